"""Several visits one after the other, each with its own practitioner and rooms.

Ranges of starts are pushed backwards from the last link to the first, so that a
first visit is only proposed where all the others can follow; no search is
needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from unisson.agenda.rules.slots import Range, both, either, offered
from unisson.agenda.rules.spans import Minute


@dataclass(frozen=True, slots=True)
class Link:
    """One visit of the chain: where it may start (told to the patient), and how long it lasts.

    After it the patient waits from `least_wait` to `most_wait` minutes for the
    next one.
    """

    ranges: Sequence[Range]
    minutes: int
    least_wait: int = 0
    most_wait: int = 60


def completable(links: Sequence[Link]) -> list[list[Range]]:
    """For each link, the starts from which all the following ones can be reached."""
    result: list[list[Range]] = [list(links[-1].ranges)]
    for link in reversed(links[:-1]):
        nearest, farthest = link.minutes + link.least_wait, link.minutes + link.most_wait
        reach = either([[(low - farthest, high - nearest)] for low, high in result[0]])
        result.insert(0, both(list(link.ranges), reach))
    return result


def chains(
    links: Sequence[Link], step: int, not_before: Minute, not_after: Minute
) -> Iterator[tuple[Minute, ...]]:
    """The starts of each possible chain, the earliest first.

    The first visit moves by `step`; each following one starts as soon as it can.
    """
    ranges = completable(links)
    for first in offered(ranges[0], step, not_before, not_after):
        told = [first]
        for link, possible in zip(links, ranges[1:], strict=False):
            low = told[-1] + link.minutes + link.least_wait
            high = told[-1] + link.minutes + link.most_wait
            told.append(next(max(low, a) for a, b in possible if a <= high and b >= low))
        yield tuple(told)
