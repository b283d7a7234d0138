"""What an expression of time means, and what is doubtful about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Doubt(StrEnum):
    """Why what was understood deserves a second look before acting on it."""

    PAST = "past"
    """An explicit day, or an hour of today, that is over. Kept as typed."""
    IMPOSSIBLE = "impossible"
    """A day or an hour that no calendar or clock has: 31/02, 9 h 75, 2 h 30 on 28/03/2027."""
    TWICE = "twice"
    """An hour that occurs twice, when clocks go back."""
    MISMATCH = "mismatch"
    """A weekday and a date that do not go together. The date is kept."""
    EITHER = "either"
    """Words that people use for two different days; `day` is the other one."""
    CONFLICT = "conflict"
    """Moments that exclude each other. The first is kept."""


@dataclass(frozen=True, slots=True)
class Question:
    """A doubt, in a French sentence to show; `day` is the other day it could be."""

    doubt: Doubt
    said: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Letters of the line that speak of time: text[start:end].

    `day` tells a day from an hour. `name` marks one word that may as well be
    somebody's name (Mars, Sam, a corrected typo); `guess`, one with no other
    word of time beside it: a reader with a patient to find keeps both readings.
    """

    start: int
    end: int
    day: bool
    guess: bool = False
    name: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """Days and hours somebody asked for. All bounds are the practice's wall clock.

    Days run from `first` to `last`, both included; None is open. `weekdays`
    (Monday 0) keeps only those days; empty keeps all. Hours run from `start`
    (included) to `end` (excluded), minutes since midnight; `exact` is one
    precise minute. `around` is the day aimed at, in « dans 3 mois ».
    """

    first: date | None = None
    last: date | None = None
    weekdays: frozenset[int] = frozenset()
    start: int | None = None
    end: int | None = None
    exact: int | None = None
    soonest: bool = False
    around: date | None = None
    said: str = ""
    spans: tuple[Span, ...] = ()
    questions: tuple[Question, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything about time was understood, even something impossible."""
        return bool(self.spans)

    @property
    def day(self) -> date | None:
        """The one day meant, when there is only one."""
        return self.first if self.first is not None and self.first == self.last else None

    @property
    def has_days(self) -> bool:
        return self.first is not None or self.last is not None or bool(self.weekdays)

    @property
    def has_hours(self) -> bool:
        return self.exact is not None or self.start is not None or self.end is not None

    def has(self, doubt: Doubt) -> bool:
        return any(question.doubt is doubt for question in self.questions)

    def keeps(self, day: date) -> bool:
        """Whether this day is one of those asked for."""
        return (
            (self.first is None or self.first <= day)
            and (self.last is None or day <= self.last)
            and (not self.weekdays or day.weekday() in self.weekdays)
        )

    def keeps_minute(self, minute: int) -> bool:
        """Whether something starting at this minute of the day is what was asked for."""
        if self.exact is not None:
            return minute == self.exact
        return (self.start is None or self.start <= minute) and (
            self.end is None or minute < self.end
        )

    def days(self, *, since: date, horizon: int = 90) -> Iterator[date]:
        """The days asked for, in order, from `since` on, at most `horizon` days ahead."""
        day = max(since, self.first) if self.first else since
        stop = since + timedelta(days=horizon)
        if self.last:
            stop = min(stop, self.last)
        while day <= stop:
            if self.keeps(day):
                yield day
            day += timedelta(days=1)
