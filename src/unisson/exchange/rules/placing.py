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
        """Take the practitioner and one free option of each need.

        When one of them is taken, nothing is: the appointment is a squeeze-in
        on the practitioner and the first options.
        """
        chosen = [practitioner]
        taken = not self.free(practitioner, start, end)
        missing = False
        for options in needs:
            found = next((one for one in options if self.free(one, start, end)), None)
            if found is None:
                missing = True
                found = options[0]
            chosen.append(found)
        if taken or missing:
            return Placed(tuple(chosen), exclusive=False, practitioner_taken=taken)
        for resource in chosen:
            insort(self._spans[resource], (start, end))
        return Placed(tuple(chosen), exclusive=True)


@dataclass(frozen=True)
class Placed:
    """Resources taken; not exclusive: a squeeze-in."""

    resources: tuple[int, ...]
    exclusive: bool
    practitioner_taken: bool = False
