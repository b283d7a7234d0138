"""Refusals of the agenda that a screen can answer with more than a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from unisson.agenda.rules.conflicts import Kind, Obstacle
from unisson.core.errors import Refusal

if TYPE_CHECKING:
    from unisson.agenda.queries.rows import FreeSlot

BENDS = {
    Kind.CLOSED: "outside_hours",
    Kind.ABSENT: "outside_hours",
    Kind.TAKEN: "squeeze_in",
    Kind.ROOM: "squeeze_in",
    Kind.PATIENT: "patient_overlap",
}


class Obstructed(Refusal):
    """Something stands in the way of a time.

    `bends` names the arguments that would book it all the same, for a screen to
    offer as an explicit choice. `nearest` are free slots close to it, looked
    for once the act that was refused has let go of its locks.
    """

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        sentences = " ".join(obstacle.sentence for obstacle in obstacles)
        super().__init__(f"{sentences} Rien n’a été changé.", field="start")
        self.obstacles = tuple(obstacles)
        self.nearest: tuple[FreeSlot, ...] = ()

    @property
    def bends(self) -> frozenset[str]:
        return frozenset(BENDS[obstacle.kind] for obstacle in self.obstacles)


class SlotTaken(Obstructed):
    """Somebody else has the practitioner, the room or the machine at that time."""

    @classmethod
    def in_between(cls) -> SlotTaken:
        """The time was free when it was checked, and the database refused it."""
        return cls([Obstacle(Kind.TAKEN, "Ce créneau vient d’être pris.")])


LAST_WORDS: dict[str, str] = {}
"""What to say when the database itself refuses, by the name of its constraint or trigger.

A storey above that guards these tables with a trigger of its own adds its sentence.
"""
