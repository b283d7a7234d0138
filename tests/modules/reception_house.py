"""A small practice for the tests of reception: two practitioners, a room, some patients."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

from unisson.agenda import actions as agenda
from unisson.agenda.models import OpeningRule, VisitType, VisitTypeOffer
from unisson.core import clock
from unisson.core.access import Actor
from unisson.patients.models import Patient
from unisson.practice.models import Practice, Practitioner, Resource, Site, User

DAY = date(2026, 11, 24)  # a Tuesday
SYSTEM = Actor.system("tests")
PETIT = Actor(user_id=101, role="secretary", name="C. Petit")
LEROY = Actor(user_id=102, role="secretary", name="M. Leroy")


def at(text: str, day: date = DAY) -> datetime:
    """A time of the wall clock in Paris, aware."""
    return clock.from_local(datetime.combine(day, time.fromisoformat(text.rjust(5, "0"))))


def new() -> UUID:
    return uuid4()


class House:
    """The practice, open from 8:00 to 19:00 every day of the week."""

    def __init__(self) -> None:
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        Practice.objects.create(name="Cabinet des tests", created_at=long_ago)
        self.site = Site.objects.create(name="Centre")
        self.visit_type = VisitType.objects.create(code="CS", label="Consultation")
        self.diallo = self.practitioner("Diallo", 1)
        self.nguyen = self.practitioner("Nguyen", 2)
        self._patients = 0

    def practitioner(self, name: str, order: int) -> Practitioner:
        resource = Resource.objects.create(
            kind=Resource.Kind.PRACTITIONER, name=f"Dr {name}", site=self.site, order=order
        )
        one = Practitioner.objects.create(
            resource=resource,
            title="Dr",
            family_name=name,
            given_name="A",
            specialty="Médecine générale",
        )
        for weekday in range(7):
            OpeningRule.objects.create(
                practitioner=one,
                site=self.site,
                weekday=weekday,
                start=time(8),
                end=time(19),
                valid_from=date(2020, 1, 1),
            )
        VisitTypeOffer.objects.create(visit_type=self.visit_type, practitioner=one, minutes=20)
        return one

    def patient(
        self, name: str, first: str, sex: str = "M", born: date = date(1951, 3, 12)
    ) -> Patient:
        self._patients += 1
        return Patient.objects.create(
            birth_name=name,
            birth_first_name=first.upper(),
            birth_given_names=first.upper(),
            birth_date=born,
            sex=sex,
            file_number=f"T{self._patients:05}",
            created_at=clock.now(),
            updated_at=clock.now(),
        )

    def book(
        self,
        patient: Patient,
        start: str,
        practitioner: Practitioner | None = None,
        *,
        day: date = DAY,
        **more: object,
    ) -> int:
        """The id of a new appointment of 20 minutes."""
        return agenda.book(
            patient_id=patient.pk,
            visit_type_id=self.visit_type.pk,
            practitioner_id=(practitioner or self.diallo).pk,
            start=at(start, day),
            by=SYSTEM,
            request_id=new(),
            past=True,
            **more,
        ).appointment_id

    def account(self, username: str, role: str = "secretary", **more: object) -> User:
        return User.objects.create(username=username, name=username, role=role, **more)


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)
