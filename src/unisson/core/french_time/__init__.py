"""Time as French secretaries type and say it, both ways.

`read(line, now)` understands « jeudi en 8 après 17h » or « controle ds 3 mois » and
says back what it understood; `say_day`, `say_time`, `say_delay` and their like are
how every screen writes time. Pure: no clock, no database.
"""

from unisson.core.french_time.reader import read
from unisson.core.french_time.say import (
    NBSP,
    say_day,
    say_day_time,
    say_delay,
    say_long_day,
    say_minutes,
    say_time,
    sentence,
)
from unisson.core.french_time.window import Doubt, Question, Span, Window

__all__ = [
    "NBSP",
    "Doubt",
    "Question",
    "Span",
    "Window",
    "read",
    "say_day",
    "say_day_time",
    "say_delay",
    "say_long_day",
    "say_minutes",
    "say_time",
    "sentence",
]
