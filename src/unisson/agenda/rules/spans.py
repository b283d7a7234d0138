"""Half-open stretches of time, sorted and apart: `[start, end)` in minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

type Minute = int
type Span = tuple[Minute, Minute]


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as sorted spans that neither touch nor overlap. Empty ones vanish."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            if end > result[-1][1]:
                result[-1] = (result[-1][0], end)
        else:
            result.append((start, end))
    return result


def without(spans: Sequence[Span], taken: Sequence[Span]) -> list[Span]:
    """`spans` less `taken`. Both must come from `merged`."""
    result: list[Span] = []
    first = 0
    for start, end in spans:
        while first < len(taken) and taken[first][1] <= start:
            first += 1
        at = first
        while at < len(taken) and taken[at][0] < end:
            if taken[at][0] > start:
                result.append((start, taken[at][0]))
            start = taken[at][1]
            at += 1
        if start < end:
            result.append((start, end))
    return result


def common(left: Sequence[Span], right: Sequence[Span]) -> list[Span]:
    """The time that is in both. Both must come from `merged`."""
    result: list[Span] = []
    i = j = 0
    while i < len(left) and j < len(right):
        start = max(left[i][0], right[j][0])
        end = min(left[i][1], right[j][1])
        if start < end:
            result.append((start, end))
        if left[i][1] <= right[j][1]:
            i += 1
        else:
            j += 1
    return result


def clipped(spans: Iterable[Span], start: Minute, end: Minute) -> list[Span]:
    """What of `spans` lies between `start` and `end`."""
    return [
        (max(first, start), min(last, end)) for first, last in spans if first < end and last > start
    ]


def covers(spans: Iterable[Span], wanted: Span) -> bool:
    """Whether one of `spans` holds all of `wanted`."""
    return any(start <= wanted[0] and wanted[1] <= end for start, end in spans)


def overlap(left: Span, right: Span) -> bool:
    """Whether two spans share a minute. Touching is not overlapping."""
    return left[0] < right[1] and right[0] < left[1]


def length(spans: Iterable[Span]) -> int:
    """Minutes in all."""
    return sum(end - start for start, end in spans)
