"""Who comes next: of those who are here, the first in the plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from unisson.reception.rules.plan import Planned, in_order
from unisson.reception.rules.visit import State


class Why(StrEnum):
    """What makes it her turn."""

    ALONE = "alone"
    FIRST_IN_PLAN = "first_in_plan"


@dataclass(frozen=True)
class Turn:
    """Whose turn it is and why; `others` are here too, in plan order.

    `missing` were planned before her and are not here. `urgent` are among the
    others: the practitioner decides whether they pass first.
    """

    id: int
    why: Why
    others: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    urgent: tuple[int, ...] = ()


def next_turn(plan: Iterable[Planned], now: datetime) -> Turn | None:
    """Whose turn it is; None when nobody is here.

    Plan order and not order of arrival: coming early takes nobody's place, and
    coming late loses it to nobody who is not there.
    """
    plan = in_order(plan)
    here = [planned for planned in plan if planned.here(now)]
    if not here:
        return None
    first, *others = here
    return Turn(
        id=first.id,
        why=Why.FIRST_IN_PLAN if others else Why.ALONE,
        others=tuple(planned.id for planned in others),
        missing=tuple(
            planned.id
            for planned in plan
            if planned.rank < first.rank and planned.state == State.EXPECTED
        ),
        urgent=tuple(planned.id for planned in others if planned.urgent),
    )
