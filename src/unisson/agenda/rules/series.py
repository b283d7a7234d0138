"""Dates that come back: every so many days, weeks or months."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from enum import StrEnum


class Step(StrEnum):
    """What a series counts in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


MOST = 60


def occurrences(first: date, step: Step, every: int, count: int) -> list[date]:
    """`count` days from `first`, `every` steps apart, in order.

    Months keep the day of the month, or the last day of a shorter month; they
    are counted from `first`, so that 31 January, 28 February, 31 March does not
    drift. Raises ValueError for a count outside 1 to 60 or an `every` below 1.
    """
    if not 1 <= count <= MOST or every < 1:
        raise ValueError("a series has 1 to 60 occurrences, at least one step apart")
    match step:
        case Step.DAYS:
            return [first + timedelta(days=every * n) for n in range(count)]
        case Step.WEEKS:
            return [first + timedelta(weeks=every * n) for n in range(count)]
        case Step.MONTHS:
            return [months_later(first, every * n) for n in range(count)]


def months_later(day: date, months: int) -> date:
    """The same day `months` later, or the last of a shorter month ("dans 3 mois")."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))
