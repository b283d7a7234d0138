"""The busy bits of a day: which of many practitioners still have room on which days.

Bit n is the n-th five minutes since midnight in Paris. Finding where a visit
fits is a few shifts of one big integer, whatever the number of appointments.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from unisson.agenda.rules.spans import Minute, Span
from unisson.agenda.rules.wall import day_span

TICK = 5


def ticks_in(day: date) -> int:
    """288, or 276, or 300 on the day of a clock change."""
    start, end = day_span(day)
    return (end - start) // TICK


def bits(day: date, spans: Iterable[Span]) -> tuple[int, bool]:
    """The bits touched by these spans, and whether all their edges in the day fall on a bit."""
    first, last = day_span(day)
    found, aligned = 0, True
    for start, end in spans:
        low, high = max(start, first) - first, min(end, last) - first
        if low >= high:
            continue
        aligned = aligned and low % TICK == 0 and high % TICK == 0
        begin, stop = low // TICK, -(-high // TICK)
        found |= ((1 << (stop - begin)) - 1) << begin
    return found, aligned


def inner_bits(day: date, spans: Iterable[Span]) -> tuple[int, bool]:
    """The bits that lie wholly inside these spans: opening hours seen with caution."""
    first, last = day_span(day)
    found, aligned = 0, True
    for start, end in spans:
        low, high = max(start, first) - first, min(end, last) - first
        if low >= high:
            continue
        aligned = aligned and low % TICK == 0 and high % TICK == 0
        begin, stop = -(-low // TICK), high // TICK
        if begin < stop:
            found |= ((1 << (stop - begin)) - 1) << begin
    return found, aligned


def runs(free: int, ticks: int) -> int:
    """The bits from which `ticks` free bits follow one another."""
    done = 1
    while done < ticks and free:
        shift = min(done, ticks - done)
        free &= free >> shift
        done += shift
    return free


def packed(value: int) -> bytes:
    """The bits as kept in the database: little-endian, as short as they are."""
    return value.to_bytes(-(-value.bit_length() // 8), "little")


def unpacked(kept: bytes | memoryview) -> int:
    return int.from_bytes(bytes(kept), "little")


def before(day: date, moment: Minute) -> int:
    """The bits of a day that begin before `moment`: too late to be offered."""
    first, last = day_span(day)
    passed = min(max(moment - first, 0), last - first)
    return (1 << -(-passed // TICK)) - 1
