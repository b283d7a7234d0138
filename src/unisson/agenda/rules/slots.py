"""Free slots: opening hours minus what is taken. Computed, never stored.

The unit of thought is the *range of starts*: `(low, high)`, both included, are
the minutes at which an occupation of a given length can begin without meeting
anything. Needing a room as well is the intersection of two sets of ranges.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from unisson.agenda.rules.spans import Minute, Span, merged, overlap, without

type Range = tuple[Minute, Minute]

FOREVER: Span = (-(2**60), 2**60)


@dataclass(frozen=True, slots=True)
class Visit:
    """How long a visit takes, in minutes. Preparation is taken but not told to the patient."""

    minutes: int
    before: int = 0
    after: int = 0

    @property
    def total(self) -> int:
        return self.before + self.minutes + self.after

    def taken(self, start: Minute) -> Span:
        """What the visit takes of each resource when the patient is told `start`."""
        return start - self.before, start + self.minutes + self.after


@dataclass(frozen=True, slots=True)
class Need:
    """One of these rooms or machines, with what is taken of each (merged)."""

    options: Mapping[int, Sequence[Span]]

    def first_free(self, wanted: Span) -> int | None:
        """The first option that is free then, in the practice's order."""
        for resource_id, busy in self.options.items():
            if not any(overlap(wanted, span) for span in busy):
                return resource_id
        return None


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that can be booked: what the patient is told, and what it takes besides."""

    start: Minute
    site_id: int
    resource_ids: tuple[int, ...] = ()


def starts(free: Iterable[Span], total: int) -> list[Range]:
    """Where an occupation of `total` minutes can begin inside these free spans."""
    return [(start, end - total) for start, end in free if end - start >= total]


def both(left: Sequence[Range], right: Sequence[Range]) -> list[Range]:
    """The starts that are in both. Sorted ranges that do not overlap, in and out."""
    found: list[Range] = []
    i = j = 0
    while i < len(left) and j < len(right):
        low, high = max(left[i][0], right[j][0]), min(left[i][1], right[j][1])
        if low <= high:
            found.append((low, high))
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1
    return found


def either(groups: Iterable[Sequence[Range]]) -> list[Range]:
    """The starts that are in any."""
    # A range of starts includes both ends; a span does not.
    spans = merged((low, high + 1) for group in groups for low, high in group)
    return [(low, high - 1) for low, high in spans]


def possible_starts(
    open_spans: Sequence[Span], busy: Sequence[Span], visit: Visit, needs: Iterable[Need] = ()
) -> list[Range]:
    """Every minute at which the visit could be taken, as ranges of its *occupation's* start.

    `open_spans` and `busy` are merged. The whole occupation, preparation
    included, stays inside the opening hours.
    """
    found = starts(without(open_spans, busy), visit.total)
    for need in needs:
        if not found:
            break
        # Rooms and machines keep no hours of their own.
        found = both(
            found,
            either(
                starts(without([FOREVER], taken), visit.total) for taken in need.options.values()
            ),
        )
    return found


def offered(
    ranges: Iterable[Range], step: int, not_before: Minute, not_after: Minute
) -> Iterator[Minute]:
    """The starts worth offering out of those possible.

    In each range the first minute (when the hours open, or the visit before
    ends) and every `step` after it, so that a day filled in any order leaves no
    gap shorter than a visit. Where time has run past all of these but the visit
    still fits, the last possible minute: something is always offered where
    something is possible.
    """
    for low, high in ranges:
        last = min(high, not_after)
        begin = max(low, not_before)
        if begin > last:
            continue
        first = low + -(-(begin - low) // step) * step
        if first > last:
            yield last
            continue
        yield from range(first, last + 1, step)


def free_slots(
    open_spans: Mapping[int, Sequence[Span]],
    busy: Sequence[Span],
    visit: Visit,
    needs: Mapping[int, Sequence[Need]] | None = None,
    *,
    not_before: Minute,
    not_after: Minute,
) -> list[Slot]:
    """The slots of one practitioner, in order.

    `open_spans`: merged opening hours of each site that admit the visit type;
    `needs`: what the visit needs at each site (a site absent from it needs
    nothing). The patient is told a start from `not_before` to `not_after`, both
    included. Source: the practice's own settings; no regulation.
    """
    found: list[Slot] = []
    for site_id, spans in open_spans.items():
        site_needs = (needs or {}).get(site_id, ())
        ranges = possible_starts(spans, busy, visit, site_needs)
        for begin in offered(
            ranges, visit.total, not_before - visit.before, not_after - visit.before
        ):
            wanted = (begin, begin + visit.total)
            rooms = tuple(need.first_free(wanted) for need in site_needs)
            assert None not in rooms, "a possible start has a room for each need"
            found.append(Slot(begin + visit.before, site_id, rooms))  # type: ignore[arg-type]
    found.sort(key=lambda slot: (slot.start, slot.site_id))
    return found


def pieces(free: Iterable[Span], usual: int, shortest: int) -> list[Span]:
    """A free column cut to the practitioner's usual length, for the grid.

    What is left at the end of a span is shown when the shortest visit still
    fits in it.
    """
    found: list[Span] = []
    for start, end in free:
        while end - start >= usual:
            found.append((start, start + usual))
            start += usual
        if end - start >= shortest:
            found.append((start, end))
    return found
