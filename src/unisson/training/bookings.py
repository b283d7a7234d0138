"""Writing the demo diary: appointments, what they occupy, their history, the visits of today."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from unisson.agenda.actions.planning import snapshot
from unisson.agenda.models import (
    Absence,
    Appointment,
    AppointmentChange,
    DayLoad,
    Occupation,
    OpeningException,
    PlanningAct,
)
from unisson.agenda.rules import load, wall, words
from unisson.exchange import bulk
from unisson.patients.models import Patient
from unisson.practice.models import Resource
from unisson.reception import models as reception
from unisson.reception.rules.visit import Step, fold
from unisson.training.diary import Away, Diary, Visit
from unisson.training.house import House, clock_time


def write(
    diary: Diary,
    house: House,
    patients: Sequence[Patient],
    today: date,
    now: datetime,
    rng: random.Random,
) -> int:
    """Everything in the diary; returns the number of appointments."""
    _extra_hours(diary, house, today, now)
    bulk.insert(_absence(away, house, now) for away in diary.aways)
    visits = diary.visits
    rows = [_appointment(visit, house, patients, now, rng) for visit in visits]
    bulk.insert(rows)
    taken = _occupations(visits, rows, house)
    _history(rows, taken, now, rng)
    _visits(visits, rows, rng)
    return len(rows)


def instant(day: date, minute: int) -> datetime:
    """The instant of a wall-clock minute, which may run past midnight.

    The first of two; for one that no clock showed, an hour before it is seen.
    """
    day, minute = day + timedelta(days=minute // 1440), minute % 1440
    if found := wall.instants_of(day, minute):
        return wall.instant_of(found[0])
    return wall.instant_of(wall.instants_of(day, minute + 60)[0] - 60)


def _extra_hours(diary: Diary, house: House, today: date, now: datetime) -> None:
    bulk.insert(
        OpeningException(
            practitioner=house.practitioners[hours.who],
            site=house.sites[hours.site],
            date=today,
            start=clock_time(hours.start),
            end=clock_time(hours.end),
            kind=OpeningException.Kind.OPEN,
            created_at=now,
        )
        for hours in diary.extra_hours
    )


def _absence(away: Away, house: House, now: datetime) -> Absence:
    return Absence(
        practitioner=house.practitioners[away.who],
        start=instant(away.first, away.first_minute),
        end=instant(away.last, away.last_minute),
        label=away.label,
        created_at=now - timedelta(days=40 if away.first != away.last else 0, hours=1),
        created_by_name="C. Petit",
    )


def _appointment(
    visit: Visit, house: House, patients: Sequence[Patient], now: datetime, rng: random.Random
) -> Appointment:
    start = instant(visit.day, visit.start)
    booked = start - timedelta(days=visit.booked_days_before, minutes=rng.randint(60, 600))
    latest = now - timedelta(minutes=rng.randint(5, 60 * 24 * 20))
    user = house.users[visit.booked_by]
    created = min(booked, latest).replace(microsecond=0)
    return Appointment(
        patient=patients[visit.patient],
        visit_type=house.types[visit.kind.code],
        practitioner=house.practitioners[visit.who],
        site=house.sites[visit.site],
        start=start,
        end=start + timedelta(minutes=visit.minutes),
        before=visit.kind.before,
        after=visit.kind.after,
        status=visit.status,
        version=1 if visit.status == "booked" else 2,
        squeeze_in=visit.squeeze_in,
        urgent=visit.urgent,
        remote=visit.kind.remote,
        reason=visit.reason,
        ended_by=visit.ended_by,
        ended_reason=visit.ended_reason,
        placed_at=created,
        created_at=created,
        created_by_name=user.name,
    )


def _occupations(
    visits: Sequence[Visit], rows: Sequence[Appointment], house: House
) -> dict[int, list[Occupation]]:
    """What each booked appointment takes, and the day index; by appointment id."""
    found: dict[int, list[Occupation]] = {}
    days: dict[tuple[int, date], list[tuple[int, int]]] = defaultdict(list)
    for visit, row in zip(visits, rows, strict=True):
        resources: list[Resource] = [house.resources[visit.who], *house.needs[visit.kind.code]]
        start = row.start - timedelta(minutes=row.before)
        end = row.end + timedelta(minutes=row.after)
        found[row.pk] = [
            Occupation(
                resource=resource,
                start=start,
                end=end,
                exclusive=not row.squeeze_in,
                appointment=row,
            )
            for resource in resources
        ]
        if row.status == Appointment.Status.BOOKED:
            span = wall.minute_of(start), wall.minute_of(end)
            for resource in resources:
                days[resource.pk, visit.day].append(span)
    bulk.insert(
        one for row in rows if row.status == Appointment.Status.BOOKED for one in found[row.pk]
    )
    loads = []
    for (resource_id, day), spans in days.items():
        value, aligned = load.bits(day, spans)
        loads.append(
            DayLoad(resource_id=resource_id, date=day, busy=load.packed(value), aligned=aligned)
        )
    bulk.insert(loads)
    return found


# -- history --------------------------------------------------------------------

_DESK = ("C. Petit", "S. Moreau", "E. Kaya")
_ENDS = {
    "cancelled": ("agenda.cancel", "Rendez-vous annulé"),
    "excused": ("agenda.mark", "Patient excusé"),
    "no_show": ("agenda.mark", "Patient absent"),
}


def _history(
    rows: Sequence[Appointment],
    taken: dict[int, list[Occupation]],
    now: datetime,
    rng: random.Random,
) -> None:
    """Who booked each appointment and who ended it, as the acts of the desk write it.

    The acts belong to no account: Ctrl Z takes back what was done today, never
    what the demo began with.
    """
    written: list[PlanningAct] = []
    changes: list[AppointmentChange] = []

    def act(verb: str, sentence: str, at: datetime, name: str, row: Appointment) -> PlanningAct:
        made = PlanningAct(
            request_id=_uuid(rng),
            verb=verb,
            sentence=sentence,
            at=at,
            by_name=name,
            by_role="secretary",
            result={"appointments": [row.pk]},
        )
        written.append(made)
        return made

    pairs: list[tuple[PlanningAct, Appointment, dict[str, Any] | None, dict[str, Any]]] = []
    for row in rows:
        ended, version = row.status, row.version
        row.status, row.version = Appointment.Status.BOOKED, 1
        ended_by, reason, row.ended_by, row.ended_reason = row.ended_by, row.ended_reason, "", ""
        first = snapshot(row, taken[row.pk])
        when = words.say_instant(wall.minute_of(row.start))
        name = row.created_by_name
        sentence = f"Rendez-vous pris : {when}"
        pairs.append((act("agenda.book", sentence, row.created_at, name, row), row, None, first))
        row.status, row.version, row.ended_by, row.ended_reason = ended, version, ended_by, reason
        if ended in _ENDS:
            verb, what = _ENDS[ended]
            at = min(now, row.start) if ended != "no_show" else min(now, row.end)
            made = act(verb, f"{what} : {when}", max(at, row.created_at), rng.choice(_DESK), row)
            pairs.append((made, row, first, snapshot(row, [])))
    bulk.insert(written)
    for made, row, before, after in pairs:
        changes.append(AppointmentChange(act=made, appointment=row, before=before, after=after))
    bulk.insert(changes)


# -- reception ------------------------------------------------------------------


def _visits(visits: Sequence[Visit], rows: Sequence[Appointment], rng: random.Random) -> None:
    """Who came, was called in, left: the steps, and what they lead to."""
    found: list[reception.Visit] = []
    steps: list[reception.VisitStep] = []
    for visit, row in zip(visits, rows, strict=True):
        taken = [
            (step, instant(visit.day, minute))
            for step, minute in (
                (Step.ARRIVE, visit.arrived),
                (Step.TO_ROOM, visit.roomed),
                (Step.CALL_IN, visit.called),
                (Step.LEAVE if visit.called is not None else Step.LEAVE_UNSEEN, visit.left),
            )
            if minute is not None
        ]
        if not taken:
            continue
        stands = fold(taken)
        found.append(
            reception.Visit(
                appointment=row,
                state=stands.state,
                arrived_at=stands.arrived_at,
                room_at=stands.room_at,
                called_at=stands.called_at,
                left_at=stands.left_at,
                changed_by=row.created_by_name,
            )
        )
        steps += [
            reception.VisitStep(
                visit_id=row.pk,
                step=step,
                at=moment,
                by_name=row.created_by_name,
                request_id=_uuid(rng),
            )
            for step, moment in taken
        ]
    bulk.insert(found)
    bulk.insert(steps)


def _uuid(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
