"""Hours, days and lengths as people type them in a form. Pure."""

from __future__ import annotations

import re
from datetime import date, time

from unisson.core.errors import Refusal

_HOUR = re.compile(r"(\d{1,2})(?:\s*[h:.]\s*(\d{2})?|(\d{2}))?\s*", re.IGNORECASE)
_DAY = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})")
_CLOSE_DAY = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")


def hour(text: str, *, field: str = "") -> time:
    """ "8:30", "8h30", "8 h", "830" and "8". "24:00" is midnight at the end of the day.

    Raises Refusal.
    """
    match = _HOUR.fullmatch(text.strip())
    hours, minutes = (int(match[1]), int(match[2] or match[3] or 0)) if match else (99, 0)
    if (hours, minutes) == (24, 0):
        return time(0)
    if hours > 23 or minutes > 59:
        raise Refusal(f"« {text.strip()} » n’est pas une heure : 8:30, 8h30 ou 830.", field=field)
    return time(hours, minutes)


def day(text: str, *, field: str = "") -> date:
    """ "24/11/2026", "24.11.26" and "24112026"; two digits of a year are of this century.

    Raises Refusal, also for a day no calendar has.
    """
    clean = text.strip()
    match = _DAY.fullmatch(clean) or _CLOSE_DAY.fullmatch(clean)
    if match is None:
        raise Refusal(f"« {clean} » n’est pas une date : jj/mm/aaaa.", field=field)
    number, month, year = int(match[1]), int(match[2]), int(match[3])
    try:
        return date(year + 2000 if year < 100 else year, month, number)
    except ValueError:
        raise Refusal(f"Le {clean} n’existe pas.", field=field) from None


def optional_day(text: str, *, field: str = "") -> date | None:
    return day(text, field=field) if text.strip() else None


def minutes(text: str, what: str, *, field: str = "", least: int = 1, most: int = 720) -> int:
    """A length in minutes, "20" or "20 min". Raises Refusal."""
    match = re.fullmatch(r"(\d{1,4})\s*(?:min|mn|minutes|')?\.?", text.strip().lower())
    if match is None or not least <= int(match[1]) <= most:
        raise Refusal(f"{what} : entre {least} et {most} minutes.", field=field)
    return int(match[1])


def shown_hour(value: time, *, end: bool = False) -> str:
    """As columns write it: "8:30"; the end of the day is "24:00"."""
    if end and value == time(0):
        return "24:00"
    return f"{value.hour}:{value.minute:02d}"
