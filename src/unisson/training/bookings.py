"""Writing the demo diary: appointments, what they occupy, their history, the visits of today."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from unisson.agenda.models import (
    Absence,
    Appointment,
    DayLoad,
    Occupation,
    OpeningException,
)
from unisson.agenda.rules import load, wall
from unisson.exchange import bulk
from unisson.patients.models import Patient
from unisson.practice.models import Resource
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
    visits = [visit for visit in diary.visits if wall.instants_of(visit.day, visit.start)]
    rows = [_appointment(visit, house, patients, now, rng) for visit in visits]
    bulk.insert(rows)
    _occupations(visits, rows, house)
    return len(rows)


def instant(day: date, minute: int) -> datetime:
    """The instant of a wall-clock minute; `minute` may run past midnight."""
    start = wall.instants_of(day + timedelta(days=minute // 1440), minute % 1440)
    return wall.instant_of(start[0])


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


def _occupations(visits: Sequence[Visit], rows: Sequence[Appointment], house: House) -> None:
    found: list[Occupation] = []
    days: dict[tuple[int, date], list[tuple[int, int]]] = defaultdict(list)
    for visit, row in zip(visits, rows, strict=True):
        if row.status != Appointment.Status.BOOKED:
            continue
        resources: list[Resource] = [house.resources[visit.who], *house.needs[visit.kind.code]]
        start = row.start - timedelta(minutes=row.before)
        end = row.end + timedelta(minutes=row.after)
        span = wall.minute_of(start), wall.minute_of(end)
        for resource in resources:
            found.append(
                Occupation(
                    resource=resource,
                    start=start,
                    end=end,
                    exclusive=not row.squeeze_in,
                    appointment=row,
                )
            )
            days[resource.pk, visit.day].append(span)
    bulk.insert(found)
    loads = []
    for (resource_id, day), spans in days.items():
        value, aligned = load.bits(day, spans)
        loads.append(
            DayLoad(resource_id=resource_id, date=day, busy=load.packed(value), aligned=aligned)
        )
    bulk.insert(loads)
