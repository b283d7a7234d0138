"""Between instants and the wall clock of Paris.

An opening from 8:00 to 12:00 is wall-clock time: it covers the instants at
which a clock on the wall shows 8:00 to 11:59. On the last Sunday of March no
clock shows 2:30; on the last Sunday of October it is 2:30 twice (decree
2001-1145 and directive 2000/84/EC).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from unisson.agenda.rules.spans import Minute, Span

PARIS = ZoneInfo("Europe/Paris")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 24 * 60


class Stretch(NamedTuple):
    """Part of a day during which the clock runs evenly: wall minute = instant - `zero`."""

    start: Minute
    end: Minute
    zero: Minute


def minute_of(instant: datetime) -> Minute:
    """Whole minutes since 1970, rounded down."""
    return int((instant - EPOCH).total_seconds() // 60)


def instant_of(minute: Minute) -> datetime:
    """The aware UTC instant of a minute."""
    return EPOCH + timedelta(minutes=minute)


def _offset(minute: Minute) -> int:
    shift = instant_of(minute).astimezone(PARIS).utcoffset()
    assert shift is not None
    return int(shift.total_seconds()) // 60


@lru_cache(maxsize=8192)
def stretches(day: date) -> tuple[Stretch, ...]:
    """The even parts of a day: one, or two on the day of a clock change."""
    first = minute_of(datetime(day.year, day.month, day.day, tzinfo=PARIS))
    after = day + timedelta(days=1)
    last = minute_of(datetime(after.year, after.month, after.day, tzinfo=PARIS))
    midnight = int((day - date(1970, 1, 1)).days) * DAY
    early, late = _offset(first), _offset(last - 1)
    if early == late:
        return (Stretch(first, last, midnight - early),)
    low, high = first, last - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle) == early else (low, middle)
    return (Stretch(first, high, midnight - early), Stretch(high, last, midnight - late))


def day_span(day: date) -> Span:
    """From midnight to midnight: 24 hours, or 23, or 25."""
    parts = stretches(day)
    return parts[0].start, parts[-1].end


def spans_of(day: date, start: int, end: int) -> list[Span]:
    """The instants of a day when the wall clock shows `start` to `end` (minutes, end excluded)."""
    parts = stretches(day)
    if len(parts) == 1:
        zero = parts[0].zero
        return [(zero + start, zero + end)] if start < end else []
    found: list[Span] = []
    for part in parts:
        low, high = max(part.start, part.zero + start), min(part.end, part.zero + end)
        if low < high:
            if found and found[-1][1] == low:
                low = found.pop()[0]
            found.append((low, high))
    return found


def instants_of(day: date, wall_minute: int) -> tuple[Minute, ...]:
    """The instants when the clock shows this: one; none or two around a clock change."""
    return tuple(
        part.zero + wall_minute
        for part in stretches(day)
        if part.start <= part.zero + wall_minute < part.end
    )


@lru_cache(maxsize=65536)
def day_of(minute: Minute) -> date:
    """The calendar day in Paris of an instant."""
    return instant_of(minute).astimezone(PARIS).date()


def wall_of(minute: Minute) -> tuple[date, int]:
    """The calendar day and the minute shown by the clock."""
    day = day_of(minute)
    for part in stretches(day):
        if part.start <= minute < part.end:
            return day, minute - part.zero
    raise AssertionError("an instant belongs to its own day")


def days(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def minute_of_day(shown: time) -> int:
    """Minutes since midnight on the wall clock."""
    return shown.hour * 60 + shown.minute
