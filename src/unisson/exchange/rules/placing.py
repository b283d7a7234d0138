"""Who stands over whom: an appointment that overlaps another becomes a squeeze-in, by name."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass
class Taken:
    """The exclusive times of each resource, minutes since 1970, kept in order."""

    _spans: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))

    def add_sorted(self, resource: int, spans: Iterable[tuple[int, int]]) -> None:
        """What is already there, in order."""
        self._spans[resource] = list(spans)

    def free(self, resource: int, start: int, end: int) -> bool:
        """Whether nothing exclusive stands between `start` and `end` (excluded)."""
        spans = self._spans[resource]
        at = bisect_left(spans, (start, start))
        return not (
            (at < len(spans) and spans[at][0] < end) or (at > 0 and spans[at - 1][1] > start)
        )

    def place(
        self, practitioner: int, needs: Sequence[Sequence[int]], start: int, end: int
    ) -> Placed:
        """Take the practitioner and one option of each need, each alone where it is free.

        As a booking at the desk does: what is not free is taken beside whoever
        has it, and the appointment is a squeeze-in.
        """
        chosen: list[tuple[int, bool]] = [(practitioner, self.free(practitioner, start, end))]
        for options in needs:
            found = next((one for one in options if self.free(one, start, end)), None)
            chosen.append((options[0], False) if found is None else (found, True))
        for resource, exclusive in chosen:
            if exclusive:
                insort(self._spans[resource], (start, end))
        return Placed(tuple(chosen))


@dataclass(frozen=True)
class Placed:
    """Resources, and whether each is taken alone."""

    resources: tuple[tuple[int, bool], ...]

    @property
    def squeezed(self) -> bool:
        return not all(exclusive for _, exclusive in self.resources)

    @property
    def practitioner_taken(self) -> bool:
        """It stands over another appointment, not only over somebody in the room it needs."""
        return not self.resources[0][1]
