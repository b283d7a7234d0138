"""Dates, times and words as people say them. No locale of the machine is asked.

Columns say `9:40` (tabular); sentences say `jeu. 26 nov., 9 h 40`, with
no-break spaces.
"""

from __future__ import annotations

from datetime import date, datetime

from unisson.core import clock
from unisson.core.french_time import NBSP as NBSP
from unisson.core.french_time.words import LONG_MONTHS as LONG_MONTHS
from unisson.core.french_time.words import LONG_WEEKDAYS as LONG_WEEKDAYS
from unisson.core.french_time.words import SHORT_MONTHS
from unisson.core.french_time.words import SHORT_WEEKDAYS as SHORT_WEEKDAYS

NUMBERS = ("aucun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix")


def _number(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)


def long_day(day: date, *, today: date | None = None) -> str:
    """`mardi 24 novembre`; with the year when it is not today's year."""
    words = f"{LONG_WEEKDAYS[day.weekday()]} {_number(day)} {LONG_MONTHS[day.month - 1]}"
    return words if day.year == (today or clock.today()).year else f"{words} {day.year}"


def short_day(day: date, *, today: date | None = None) -> str:
    """`jeu. 26 nov.` with no-break spaces; with the year when it is not today's year."""
    words = f"{SHORT_WEEKDAYS[day.weekday()]} {_number(day)} {SHORT_MONTHS[day.month - 1]}"
    if day.year != (today or clock.today()).year:
        words += f" {day.year}"
    return words.replace(" ", NBSP)


def month_name(day: date) -> str:
    """`novembre 2026`."""
    return f"{LONG_MONTHS[day.month - 1]} {day.year}"


def hour(minute: int) -> str:
    """A minute of the day in a column: `9:40`."""
    return f"{minute // 60 % 24}:{minute % 60:02}"


def said_hour(minute: int) -> str:
    """A minute of the day in a sentence: `9 h 40`, `16 h`."""
    hours, rest = divmod(minute, 60)
    return f"{hours % 24}{NBSP}h" + (f"{NBSP}{rest:02}" if rest else "")


def minute_of(moment: datetime) -> int:
    """The minute of the practice's day."""
    wall = clock.local(moment)
    return wall.hour * 60 + wall.minute


def clock_hour(moment: datetime) -> str:
    """An instant in a column: `9:40`."""
    return hour(minute_of(moment))


def said(moment: datetime, *, today: date | None = None) -> str:
    """An instant in a sentence: `jeu. 26 nov., 9 h 40`; today is `auj., 9 h 40`."""
    wall = clock.local(moment)
    day = "auj." if wall.date() == (today or clock.today()) else short_day(wall.date(), today=today)
    return f"{day}, {said_hour(wall.hour * 60 + wall.minute)}"


def duration(minutes: int) -> str:
    """`20 min`, `1 h`, `1 h 30`."""
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    return said_hour(minutes)


def agree(word: str, sex: str) -> str:
    """A word that agrees: `Arrivé`, `Arrivée`, `Arrivé(e)` when the sex is not known."""
    return word + {"F": "e", "M": ""}.get(sex, "(e)")


def plural(count: int, one: str, many: str = "") -> str:
    """`1 absent`, `2 absents`. French counts zero as one."""
    word = one if abs(count) < 2 else many or f"{one}s"
    return f"{count}{NBSP}{word}"


def phone(e164: str) -> str:
    """A number as read aloud: `06 12 34 56 78`; a foreign one keeps its prefix."""
    if e164.startswith("+33") and len(e164) == 12:
        digits = "0" + e164[3:]
        return NBSP.join(digits[at : at + 2] for at in range(0, 10, 2))
    return e164


TITLES = ("Dr ", "Pr ", "Mme ", "M. ")


def without_title(name: str) -> str:
    """`Dr Nguyen` as said at the desk: `Nguyen`."""
    for title in TITLES:
        if name.startswith(title):
            return name[len(title) :]
    return name
