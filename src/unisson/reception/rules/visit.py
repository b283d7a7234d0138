"""The steps of a visit: what each allows, what it stamps, how it is taken back.

A visit is the fold of its steps, so that taking the last one back restores
exactly what stood before it. FHIR Encounter: arrived, in-progress, finished.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where the patient is. Absent and excused belong to the appointment."""

    EXPECTED = "expected"
    ARRIVED = "arrived"
    IN_ROOM = "in_room"
    WITH_PRACTITIONER = "with_practitioner"
    LEFT = "left"
    LEFT_UNSEEN = "left_unseen"


PRESENT = frozenset({State.ARRIVED, State.IN_ROOM, State.WITH_PRACTITIONER})
WAITING = frozenset({State.ARRIVED, State.IN_ROOM})
GONE = frozenset({State.LEFT, State.LEFT_UNSEEN})


class Step(StrEnum):
    """What the desk or the practitioner does."""

    ARRIVE = "arrive"
    TO_ROOM = "to_room"
    CALL_IN = "call_in"
    LEAVE = "leave"
    LEAVE_UNSEEN = "leave_unseen"


LEADS_TO = {
    Step.ARRIVE: State.ARRIVED,
    Step.TO_ROOM: State.IN_ROOM,
    Step.CALL_IN: State.WITH_PRACTITIONER,
    Step.LEAVE: State.LEFT,
    Step.LEAVE_UNSEEN: State.LEFT_UNSEEN,
}

# Steps may be skipped, never walked backwards: a practice that notes only
# arrivals and departures loses nothing, and going back is an act of its own.
FROM = {
    Step.ARRIVE: frozenset({State.EXPECTED}),
    Step.TO_ROOM: frozenset({State.EXPECTED, State.ARRIVED}),
    Step.CALL_IN: frozenset({State.EXPECTED, State.ARRIVED, State.IN_ROOM}),
    Step.LEAVE: PRESENT,
    Step.LEAVE_UNSEEN: WAITING,
}


@dataclass(frozen=True)
class Visit:
    """Where a visit stands and when each stage began. Times are aware."""

    state: State = State.EXPECTED
    arrived_at: datetime | None = None
    room_at: datetime | None = None
    called_at: datetime | None = None
    left_at: datetime | None = None

    @property
    def since(self) -> datetime | None:
        """When the present state began."""
        return {
            State.EXPECTED: None,
            State.ARRIVED: self.arrived_at,
            State.IN_ROOM: self.room_at,
            State.WITH_PRACTITIONER: self.called_at,
            State.LEFT: self.left_at,
            State.LEFT_UNSEEN: self.left_at,
        }[self.state]


class NotFromHere(ValueError):
    """This step cannot follow the present state."""


def may(step: Step, state: State) -> bool:
    """Whether the step can be taken from there."""
    return state in FROM[step]


def take(visit: Visit, step: Step, at: datetime) -> Visit:
    """The visit after one step. Raises NotFromHere.

    Someone taken straight to a room or into consultation had arrived by then:
    the arrival is stamped at the same moment.
    """
    if not may(step, visit.state):
        raise NotFromHere(f"{step} from {visit.state}")
    after = replace(visit, state=LEADS_TO[step], arrived_at=visit.arrived_at or at)
    match step:
        case Step.TO_ROOM:
            return replace(after, room_at=at)
        case Step.CALL_IN:
            return replace(after, called_at=at)
        case Step.LEAVE | Step.LEAVE_UNSEEN:
            return replace(after, left_at=at)
    return after


def fold(steps: Iterable[tuple[Step, datetime]]) -> Visit:
    """The visit that these steps, oldest first, lead to."""
    visit = Visit()
    for step, at in steps:
        visit = take(visit, step, at)
    return visit


def steps_from(state: State) -> tuple[Step, ...]:
    """What can be done next, in the order of a usual visit."""
    return tuple(step for step in Step if may(step, state))
