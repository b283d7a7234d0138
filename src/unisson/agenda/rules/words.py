"""Dates, times and lengths as a secretary says them, with no-break spaces."""

from __future__ import annotations

from datetime import date

from unisson.agenda.rules.spans import Minute
from unisson.agenda.rules.wall import instants_of, wall_of
from unisson.core.french_time import NBSP as NBSP
from unisson.core.french_time.words import LONG_MONTHS, LONG_WEEKDAYS


def say_day(day: date) -> str:
    """mardi 24 novembre 2026; the first of a month is "1er"."""
    number = "1er" if day.day == 1 else str(day.day)
    return NBSP.join(
        (LONG_WEEKDAYS[day.weekday()], number, LONG_MONTHS[day.month - 1], str(day.year))
    )


def say_clock(wall_minute: int) -> str:
    """9 h 40, 12 h, 0 h 05."""
    hours, minutes = divmod(wall_minute, 60)
    return f"{hours}{NBSP}h" + (f"{NBSP}{minutes:02}" if minutes else "")


def say_instant(minute: Minute) -> str:
    """mardi 24 novembre 2026 à 9 h 40; says which of the two when the hour occurs twice."""
    day, shown = wall_of(minute)
    sentence = f"{say_day(day)} à {say_clock(shown)}"
    twice = instants_of(day, shown)
    if len(twice) == 2:
        sentence += " (heure d’été)" if minute == twice[0] else " (heure d’hiver)"
    return sentence


def say_minutes(minutes: int) -> str:
    """20 min, 1 h, 1 h 15."""
    return say_clock(minutes) if minutes >= 60 else f"{minutes}{NBSP}min"
