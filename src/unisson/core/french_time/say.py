"""Days, hours and delays as people say them, with no-break spaces.

Every screen says time through these: « jeu. 26 nov. », « 9 h 40 », « dans 3 jours ».
"""

from __future__ import annotations

from datetime import date

from unisson.core.french_time.words import (
    LONG_MONTHS,
    LONG_WEEKDAYS,
    SHORT_MONTHS,
    SHORT_WEEKDAYS,
)

NBSP = "\u00a0"
FAR = 180  # days; beyond, the year is said


def sentence(text: str) -> str:
    """With its full stop; « 3 déc. » already brings one."""
    return text if text.endswith(".") else f"{text}."


def say_day(day: date, today: date | None = None) -> str:
    """« jeu. 26 nov. »; the year too when it is not the year around `today`."""
    number = "1er" if day.day == 1 else str(day.day)
    said = NBSP.join((SHORT_WEEKDAYS[day.weekday()], number, SHORT_MONTHS[day.month - 1]))
    return _with_year(said, day, today)


def say_long_day(day: date, today: date | None = None) -> str:
    """« jeudi 26 novembre »; the year too when it is not the year around `today`."""
    number = "1er" if day.day == 1 else str(day.day)
    said = NBSP.join((LONG_WEEKDAYS[day.weekday()], number, LONG_MONTHS[day.month - 1]))
    return _with_year(said, day, today)


def _with_year(said: str, day: date, today: date | None) -> str:
    if today is None or abs((day - today).days) <= FAR:
        return said
    return f"{said}{NBSP}{day.year}"


def say_time(minute: int) -> str:
    """« 9 h 40 », « 14 h » from minutes since midnight."""
    hour, rest = divmod(minute, 60)
    return f"{hour}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hour}{NBSP}h"


def say_day_time(day: date, minute: int, today: date | None = None) -> str:
    """« jeu. 26 nov., 9 h 40 »."""
    return f"{say_day(day, today)}, {say_time(minute)}"


def say_minutes(minutes: int) -> str:
    """A length: « 25 min », « 1 h », « 1 h 05 »."""
    if minutes < 60:
        return f"{minutes}{NBSP}min"
    return say_time(minutes)


def say_delay(day: date, today: date) -> str:
    """How far a day is: « demain », « dans 3 jours », « dans 2 semaines », « il y a 4 mois ».

    Exact up to 13 days, then whole weeks up to 8, then whole months, then years.
    """
    days = (day - today).days
    near = {-2: "avant-hier", -1: "hier", 0: "aujourd’hui", 1: "demain", 2: "après-demain"}
    if days in near:
        return near[days]
    size = abs(days)
    if size < 14:
        count, unit = size, "jour"
    elif size < 60:
        count, unit = size // 7, "semaine"
    else:
        early, late = sorted((day, today))
        months = (late.year - early.year) * 12 + late.month - early.month
        months -= late.day < early.day
        count, unit = (months, "mois") if months < 24 else (months // 12, "an")
    plural = "s" if count > 1 and unit != "mois" else ""
    ahead = "dans" if days > 0 else f"il{NBSP}y{NBSP}a"
    return f"{ahead}{NBSP}{count}{NBSP}{unit}{plural}"
