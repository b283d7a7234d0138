"""One practitioner's day as reception sees it: what was planned, what happened."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from unisson.reception.rules.visit import WAITING, State, Visit


@dataclass(frozen=True)
class Planned:
    """One appointment and its visit. `end` is what the patient was told, without preparation.

    A remote patient never arrives: she is reachable from her time on.
    """

    id: int
    start: datetime
    end: datetime
    visit: Visit = field(default_factory=Visit)
    squeeze_in: bool = False
    urgent: bool = False
    remote: bool = False

    @property
    def length(self) -> timedelta:
        return self.end - self.start

    @property
    def state(self) -> State:
        return self.visit.state

    @property
    def rank(self) -> tuple[datetime, bool, int]:
        """Plan order: by time; at one time, who was added comes after who was booked."""
        return (self.start, self.squeeze_in, self.id)

    def here(self, now: datetime) -> bool:
        """Whether she could be called in at this moment."""
        if self.state == State.EXPECTED:
            return self.remote and self.start <= now
        return self.state in WAITING

    def due(self, now: datetime) -> datetime:
        """From when the practitioner owes her the visit: her time, once she is here."""
        if self.visit.arrived_at is not None:
            return max(self.start, self.visit.arrived_at)
        return self.start if self.remote else max(self.start, now)


def in_order(plan: Iterable[Planned]) -> list[Planned]:
    return sorted(plan, key=lambda planned: planned.rank)


def whole_minutes(length: timedelta) -> int:
    """Minutes fully gone by; never negative."""
    return max(0, int(length.total_seconds() // 60))
