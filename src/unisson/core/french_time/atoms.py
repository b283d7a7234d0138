"""The smallest moments found in a line, before they are put together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from unisson.core.french_time.window import Question


class Kind(StrEnum):
    """How a moment speaks of days."""

    NONE = "none"
    DAY = "day"
    WEEKDAY = "weekday"
    EACH = "each"
    PERIOD = "period"


@dataclass(frozen=True, slots=True)
class Atom:
    """One moment: days, hours, or both (« ce matin »)."""

    kind: Kind = Kind.NONE
    first: date | None = None
    last: date | None = None
    weekday: int | None = None
    around: date | None = None
    tail: bool = False
    """The end of a period: « avant fin janvier » reaches into it."""
    bounded: bool = False
    """Already says « d’ici », « à partir de »: a range, whatever the other moments."""
    start: int | None = None
    end: int | None = None
    exact: int | None = None
    part: str = ""
    noon: bool = False
    soonest: bool = False
    questions: tuple[Question, ...] = ()


Builder = Callable[["re.Match[str]", datetime], Atom | None]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shape of canonical words and what it means."""

    shape: re.Pattern[str]
    build: Builder


def pattern(shape: str, build: Builder) -> Pattern:
    """Whole words only: a shape never begins or ends inside one."""
    return Pattern(re.compile(rf"(?<!\S)(?:{shape})(?!\S)"), build)


def day_atom(day: date, *questions: Question) -> Atom:
    return Atom(Kind.DAY, day, day, questions=questions)


def period(first: date | None, last: date | None, *, tail: bool = False) -> Atom:
    return Atom(Kind.PERIOD, first, last, tail=tail)


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def add_months(day: date, months: int) -> date:
    """The same day number, or the month's last one. Raises ValueError past year 9999."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, last_of(year, month).day))


def last_of(year: int, month: int) -> date:
    """The last day of a month."""
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def number(text: str) -> int:
    """The value of a number as the canonical words write it (9, w9, sept, une)."""
    named = {"sept": 7, "un": 1, "une": 1, "premier": 1}
    if text in named:
        return named[text]
    return int(text.removeprefix("w").removesuffix(" er"))
