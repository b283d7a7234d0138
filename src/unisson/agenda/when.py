"""From what was typed to an instant, with a refusal in words for a time that does not exist."""

from __future__ import annotations

from datetime import date, datetime

from unisson.agenda.rules.spans import Minute
from unisson.agenda.rules.wall import DAY, instant_of, instants_of, minute_of
from unisson.agenda.rules.words import say_clock, say_day
from unisson.core.errors import Refusal


def start_at(day: date, wall_minute: int, *, second_time: bool = False) -> datetime:
    """The instant (UTC) when the clock of the practice shows `wall_minute` on that day.

    A time that occurs twice is the first one unless `second_time`. Refuses, in
    words, a time that never occurs.
    """
    if not 0 <= wall_minute < DAY:
        raise Refusal("Cette heure n’existe pas. Corrigez-la : de 0 h à 23 h 59.", field="start")
    found = instants_of(day, wall_minute)
    if not found:
        raise Refusal(
            f"Le {say_day(day)}, {say_clock(wall_minute)} n’existe pas : cette nuit-là, on avance"
            " les montres d’une heure. Choisissez une autre heure.",
            field="start",
        )
    return instant_of(found[-1] if second_time else found[0])


def occurs_twice(day: date, wall_minute: int) -> bool:
    """Whether the screen should ask which of the two is meant."""
    return len(instants_of(day, wall_minute)) == 2


def start_minute(start: datetime) -> Minute:
    """The minute of a start given to an action: aware, or naive on the practice's wall clock.

    Refuses seconds, and a wall-clock time that does not exist.
    """
    if start.second or start.microsecond:
        raise Refusal("Un rendez-vous commence à une minute entière.", field="start")
    if start.tzinfo is None:
        start = start_at(start.date(), start.hour * 60 + start.minute, second_time=bool(start.fold))
    return minute_of(start)
