"""How late a practitioner runs, and when those who wait are likely to pass.

Nobody tells the desk how late a doctor is: it follows from who is in, since
when, and what was planned after. The rules of thumb below come from no text;
they are chosen so that a promise made at the counter is kept:

- whoever is in stays as long as planned from the moment she came in, and once
  that is over, until now;
- everyone after takes her planned length: nobody catches up;
- nobody passes before her own time;
- someone expected who does not come is waited for PATIENCE, then skipped.

A free moment in the plan absorbs lateness, as it does in life.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from unisson.reception.rules.plan import Planned, in_order, whole_minutes
from unisson.reception.rules.visit import State

PATIENCE = timedelta(minutes=10)
WARN_FROM = timedelta(minutes=15)
WARN_AHEAD = timedelta(hours=2)
LONG_WAIT = timedelta(minutes=20)
DOUBT_FROM = timedelta(minutes=60)


class Cause(StrEnum):
    """Why the practitioner is late, or that she is not."""

    NONE = "none"
    SOMEONE_IS_IN = "someone_is_in"
    NOBODY_IS_IN = "nobody_is_in"


@dataclass(frozen=True)
class Lateness:
    """`minutes` late for the next patient, never negative, and how it is known.

    `inside_id` is who is in, `next_id` whom it is measured on, `likely` when
    she would pass. `sure` is False when the stamps look forgotten rather than
    the practitioner late: the desk then asks instead of warning anybody.
    """

    minutes: int = 0
    cause: Cause = Cause.NONE
    inside_id: int | None = None
    next_id: int | None = None
    likely: datetime | None = None
    sure: bool = True


def inside(plan: Iterable[Planned]) -> Planned | None:
    """Who is with the practitioner; of several, the one called last."""
    there = [planned for planned in plan if planned.state == State.WITH_PRACTITIONER]
    return max(there, key=lambda planned: (planned.visit.called_at, planned.id), default=None)


def free_at(plan: Iterable[Planned], now: datetime) -> datetime:
    """When the practitioner is likely to be free: never before now."""
    ends = [
        planned.visit.called_at + planned.length
        for planned in plan
        if planned.state == State.WITH_PRACTITIONER and planned.visit.called_at is not None
    ]
    return max([now, *ends])


def still_to_pass(plan: Iterable[Planned], now: datetime) -> list[Planned]:
    """Those who wait and those who may still come, in plan order."""
    return in_order(
        planned
        for planned in plan
        if planned.here(now) or (planned.state == State.EXPECTED and planned.start + PATIENCE > now)
    )


@dataclass(frozen=True)
class Outlook:
    """What is to be expected of the rest of a day.

    `times`: when each of those still to pass is likely to, by appointment id.
    `warn`: those not here yet who would wait WARN_FROM or more, with the likely
    time: only when the lateness is sure, and only those whose time comes within
    WARN_AHEAD. Further away it may well be made up, and a call is not undone.
    """

    late: Lateness
    times: Mapping[int, datetime]
    warn: Mapping[int, datetime]


def outlook(plan: Iterable[Planned], now: datetime) -> Outlook:
    """Lateness, likely times and whom to warn, of one practitioner's day."""
    plan = list(plan)
    queue = still_to_pass(plan, now)
    times = _times(queue, free_at(plan, now))
    late = _lateness(plan, queue, times, now)
    soon = [
        planned
        for planned in queue
        if planned.state == State.EXPECTED and now < planned.start <= now + WARN_AHEAD
    ]
    return Outlook(
        late=late,
        times=times,
        warn={
            planned.id: times[planned.id]
            for planned in soon
            if late.sure and times[planned.id] - planned.start >= WARN_FROM
        },
    )


def _times(queue: Sequence[Planned], free: datetime) -> dict[int, datetime]:
    times = {}
    for planned in queue:
        times[planned.id] = begin = max(free, planned.start)
        free = begin + planned.length
    return times


def _lateness(
    plan: Sequence[Planned],
    queue: Sequence[Planned],
    times: Mapping[int, datetime],
    now: datetime,
) -> Lateness:
    """How late the practitioner is for the next one to pass.

    Measured from the moment she owes the visit: a patient who came after her
    own time, or is not there yet, does not make anybody late.
    """
    if not queue:
        return Lateness()
    first, current = queue[0], inside(plan)
    inside_id = current.id if current else None
    likely = times[first.id]
    minutes = whole_minutes(likely - first.due(now))
    if minutes == 0:
        return Lateness(inside_id=inside_id, next_id=first.id, likely=likely)
    return Lateness(
        minutes=minutes,
        cause=Cause.SOMEONE_IS_IN if current else Cause.NOBODY_IS_IN,
        inside_id=inside_id,
        next_id=first.id,
        likely=likely,
        sure=not _looks_forgotten(plan, current, minutes, now),
    )


def _looks_forgotten(
    plan: Sequence[Planned], current: Planned | None, minutes: int, now: datetime
) -> bool:
    """A stay twice as long as planned and an hour over, or an hour late with nobody called today.

    Some practices note arrivals only; a list that grows all day is not a delay.
    """
    if current is not None and current.visit.called_at is not None:
        over = now - current.visit.called_at - current.length
        return over > max(current.length, DOUBT_FROM)
    nobody_called = all(planned.visit.called_at is None for planned in plan)
    return nobody_called and minutes > whole_minutes(DOUBT_FROM)


@dataclass(frozen=True)
class Wait:
    """How long somebody has been here. `long`: too long, and not for having come early."""

    minutes: int
    long: bool


def waits(plan: Iterable[Planned], now: datetime) -> Mapping[int, Wait]:
    """The wait of each patient present and not yet called in, by appointment id."""
    found = {}
    for planned in plan:
        if planned.state in (State.ARRIVED, State.IN_ROOM) and planned.visit.arrived_at:
            length = now - planned.visit.arrived_at
            found[planned.id] = Wait(
                minutes=whole_minutes(length), long=length >= LONG_WAIT and now > planned.start
            )
    return found


def rounded_up(moment: datetime, minutes: int = 5) -> datetime:
    """The next round time as said at a counter; a round one stays."""
    step = timedelta(minutes=minutes)
    over = timedelta(
        minutes=moment.minute % minutes, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment if not over else moment - over + step
