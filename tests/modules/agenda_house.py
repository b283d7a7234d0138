"""A small practice to book in: two sites, two doctors, an echo room and its machine.

Everybody receives on Tuesdays 24 November and 1 December 2026 from 8:00 to
12:00; "now" is Monday 23 November, 10:00 in Paris.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import count
from uuid import uuid4

from django.db import transaction

from unisson.agenda import actions
from unisson.agenda.models import (
    DayLoad,
    Occupation,
    OpeningRule,
    VisitType,
    VisitTypeNeed,
    VisitTypeOffer,
)
from unisson.agenda.rules import load
from unisson.agenda.rules.wall import day_of, days, minute_of
from unisson.agenda.when import start_at
from unisson.core import clock
from unisson.core.access import Actor
from unisson.patients.models import Patient
from unisson.practice.models import Practitioner, Resource, Site

NOW = "2026-11-23T10:00:00+01:00"
TUESDAY = date(2026, 11, 24)
NEXT_TUESDAY = date(2026, 12, 1)
PETIT = Actor(user_id=1, role="secretary", name="C. Petit")
MOREAU = Actor(user_id=2, role="secretary", name="L. Moreau")
MANAGER = Actor(user_id=3, role="manager", name="A. Roy")
AGENT = Actor(user_id=4, role="remote_agent", name="Téléagent")

_numbers = count(1)


@dataclass
class House:
    """What the tests book with."""

    main: Site
    annex: Site
    nguyen: Practitioner
    diallo: Practitioner
    room: Resource
    other_room: Resource
    machine: Resource
    control: VisitType
    echo: VisitType
    lebrun: Patient
    roux: Patient

    def book(self, at: str = "9:00", **changes: object) -> actions.Done:
        """LEBRUN with Dr Nguyen, a control of 20 minutes, Tuesday at 9:00 unless said otherwise."""
        day = changes.pop("day", TUESDAY)
        wanted = {
            "patient_id": self.lebrun.pk,
            "visit_type_id": self.control.pk,
            "practitioner_id": self.nguyen.pk,
            "start": at_clock(day, at),
            "by": PETIT,
            "request_id": uuid4(),
            **changes,
        }
        return actions.book(**wanted)


def at_clock(day: date, clock_time: str) -> datetime:
    """The instant of "9:20" on a day."""
    hour, minute = map(int, clock_time.split(":"))
    return start_at(day, hour * 60 + minute)


def practitioner(name: str, site: Site, order: int = 0) -> Practitioner:
    resource = Resource.objects.create(
        kind=Resource.Kind.PRACTITIONER, name=f"Dr {name}", site=site, order=order
    )
    return Practitioner.objects.create(
        resource=resource, family_name=name, given_name="X", specialty="Médecine générale"
    )


def patient(name: str, first_name: str = "CLAIRE", **more: object) -> Patient:
    now = clock.now()
    return Patient.objects.create(
        birth_name=name,
        birth_first_name=first_name,
        birth_given_names=first_name,
        birth_date=date(1978, 5, 4),
        sex="F",
        file_number=f"T{next(_numbers)}",
        created_at=now,
        updated_at=now,
        **more,
    )


def open_rule(
    who: Practitioner, site: Site, weekday: int = 1, start: int = 8, end: int = 12
) -> OpeningRule:
    return OpeningRule.objects.create(
        practitioner=who,
        site=site,
        weekday=weekday,
        start=time(start),
        end=time(end),
        valid_from=date(2026, 1, 1),
    )


def build() -> House:
    main = Site.objects.create(name="Centre", order=1)
    annex = Site.objects.create(name="Annexe", order=2)
    nguyen, diallo = practitioner("Nguyen", main, 1), practitioner("Diallo", main, 2)
    rooms = [
        Resource.objects.create(kind=Resource.Kind.ROOM, name=name, site=main, order=n)
        for n, name in enumerate(("Salle 4", "Salle 5"))
    ]
    machine = Resource.objects.create(
        kind=Resource.Kind.EQUIPMENT, name="Échographe", site=main, order=9
    )
    control = VisitType.objects.create(code="CS", label="Consultation", order=1)
    echo = VisitType.objects.create(code="ECHO", label="Échographie", order=2)
    for who in (nguyen, diallo):
        VisitTypeOffer.objects.create(visit_type=control, practitioner=who, minutes=20)
        VisitTypeOffer.objects.create(
            visit_type=echo, practitioner=who, minutes=30, before=5, after=5
        )
        open_rule(who, main)
    VisitTypeNeed.objects.create(visit_type=echo, label="Salle").options.set(rooms)
    VisitTypeNeed.objects.create(visit_type=echo, label="Échographe").options.set([machine])
    return House(
        main,
        annex,
        nguyen,
        diallo,
        *rooms,
        machine,
        control,
        echo,
        patient("LEBRUN"),
        patient("ROUX", "PAUL"),
    )


@contextmanager
def set_aside() -> Iterator[None]:
    """What happens inside is rolled back: one example of a property is no ground for the next.

    Marked as the test's own transaction, in which acts may open theirs.
    """
    inside = transaction.atomic()
    inside._from_testcase = True
    with inside:
        yield
        transaction.set_rollback(True)


def overlaps() -> list[tuple[int, int]]:
    """Pairs of exclusive occupations of one resource that overlap: always empty, or it is a bug."""
    rows = list(
        Occupation.objects.filter(exclusive=True)
        .order_by("resource_id", "start")
        .values_list("resource_id", "start", "end", "id")
    )
    return [
        (left[3], right[3])
        for n, left in enumerate(rows)
        for right in rows[n + 1 :]
        if left[0] == right[0] and left[1] < right[2] and right[1] < left[2]
    ]


def stale_loads() -> list[tuple[int, date]]:
    """Days whose index is not what their occupations say: always empty, or it is a bug."""
    expected: dict[tuple[int, date], list[tuple[int, int]]] = {}
    for one in Occupation.objects.filter(appointment__isnull=False):
        span = minute_of(one.start), minute_of(one.end)
        for day in days(day_of(span[0]), day_of(span[1] - 1)):
            expected.setdefault((one.resource_id, day), []).append(span)
    kept = {(row.resource_id, row.date): row for row in DayLoad.objects.all()}
    wrong = []
    for key in expected.keys() | kept.keys():
        busy, aligned = load.bits(key[1], expected.get(key, []))
        row = kept.get(key)
        if row is None or (load.unpacked(row.busy), row.aligned) != (busy, aligned):
            wrong.append(key)
    return wrong
