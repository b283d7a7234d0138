"""Appointments that overlap stand side by side on the grid."""

from __future__ import annotations

from collections.abc import Sequence

from unisson.agenda.rules.spans import Span


def lanes(spans: Sequence[Span]) -> list[tuple[int, int]]:
    """For each span, its lane and how many lanes its group has. Order in, order out.

    A group is what overlaps, directly or through others; all of it shares one
    width, so that nothing is drawn over anything.
    """
    order = sorted(range(len(spans)), key=lambda n: (spans[n], n))
    result: list[tuple[int, int]] = [(0, 1)] * len(spans)
    group: list[int] = []
    ends: list[int] = []

    def close() -> None:
        for n in group:
            result[n] = (result[n][0], len(ends))
        group.clear()
        ends.clear()

    for n in order:
        start, end = spans[n]
        if ends and start >= max(ends):
            close()
        lane = next((k for k, until in enumerate(ends) if until <= start), len(ends))
        if lane == len(ends):
            ends.append(end)
        else:
            ends[lane] = end
        result[n] = (lane, 0)
        group.append(n)
    close()
    return result
