"""French public holidays of each site, Alsace-Moselle and overseas included.

Source: article L3133-1 of the Code du travail (the eleven), L3134-13 for
Alsace-Moselle, L3422-2 for overseas; Good Friday, kept in Alsace-Moselle only where there is a
Protestant church, is always counted there (a day is reopened by an exception).
The dates come from the `holidays` library.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=512)
def holidays_of(zone: str, year: int) -> dict[date, str]:
    """Date and French name of each public holiday of a `Site.HolidayZone` in a year."""
    subdivision = zone.partition("-")[2] or None
    found = holidays.country_holidays("FR", subdiv=subdivision, years=year, language="fr")
    return {day: name.replace("'", "’") for day, name in found.items() if day.year == year}


@lru_cache(maxsize=512)
def between(zone: str, first: date, last: date) -> frozenset[date]:
    """The public holidays from `first` to `last`, both included."""
    return frozenset(
        day
        for year in range(first.year, last.year + 1)
        for day in holidays_of(zone, year)
        if first <= day <= last
    )


def name_of(zone: str, day: date) -> str:
    """The name of the holiday, or nothing."""
    return holidays_of(zone, day.year).get(day, "")
