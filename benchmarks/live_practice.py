"""A fictitious practice with one full day, for the benchmark of the live feed.

Everything is written by the acts the desk uses, in the database that
DATABASE_URL or UNISSON_DATA names.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

SEED = 20261124
NAMES = ["MARTIN", "PETIT", "ROUX", "LEBRUN", "COSTA", "TESSIER", "OLIVIER", "HAMEL", "BAILLY", "KLEIN", "VASSEUR", "FAURE", "BOYER", "MEUNIER", "PICARD", "ADAM", "NOËL", "MOULIN", "GARNIER", "VIDAL", "AUBRY", "PINTO", "ROY", "HADDAD", "RENAUD", "JOLY", "BERGER", "KACI", "WEBER", "HUET", "DUPUIS", "LAMBERT"]  # fmt: skip # noqa: E501
FIRST = {
    "F": ["Claire", "Maria", "Odile", "Éva", "Zoé", "Lucie", "Rosa", "Yvette", "Alba", "Nora"],
    "M": ["Paul", "Gérard", "Jean", "Hugo", "Simon", "Denis", "Louis", "Alain", "Marc", "Luc"],
}
PEOPLE = [("Dr", "Diallo"), ("Dr", "Nguyen"), ("Dr", "Marchal"), ("Mme", "Ferrand"), ("Dr", "Le Goff")]  # fmt: skip # noqa: E501


@dataclass(frozen=True)
class Practice:
    """What the benchmark needs to know of it."""

    day: date
    practitioner_ids: list[int]
    appointment_ids: list[int]


def build(day: date) -> Practice:
    """Found the practice and fill that day: 5 practitioners, 20 minutes each from 7:00 to 22:00."""
    from unisson.agenda import actions
    from unisson.agenda.models import OpeningRule, VisitType, VisitTypeOffer
    from unisson.core import clock
    from unisson.core.access import Actor
    from unisson.patients.models import Patient
    from unisson.practice import models

    source = random.Random(SEED)
    by = Actor.system("benchmark")
    models.Practice.objects.create(
        name="Cabinet du banc d’essai", created_at=datetime(2020, 1, 1, tzinfo=UTC)
    )
    site = models.Site.objects.create(name="Centre")
    visit_type = VisitType.objects.create(code="CS", label="Consultation")
    practitioners, appointments = [], []
    for order, (title, name) in enumerate(PEOPLE):
        resource = models.Resource.objects.create(
            kind="practitioner", name=f"{title} {name}", site=site, order=order
        )
        one = models.Practitioner.objects.create(
            resource=resource,
            title=title,
            family_name=name,
            given_name="A",
            specialty="Médecine générale",
        )
        practitioners.append(one.pk)
        VisitTypeOffer.objects.create(visit_type=visit_type, practitioner=one, minutes=20)
        for weekday in range(7):
            OpeningRule.objects.create(
                practitioner=one,
                site=site,
                weekday=weekday,
                start=time(7),
                end=time(22),
                valid_from=date(2020, 1, 1),
            )
    number = 0
    for practitioner in practitioners:
        for slot in range(34):
            number += 1
            sex = source.choice("FM")
            patient = Patient.objects.create(
                birth_name=source.choice(NAMES),
                birth_first_name=source.choice(FIRST[sex]).upper(),
                birth_given_names="A",
                birth_date=date(1930, 1, 1) + timedelta(days=source.randrange(32000)),
                sex=sex,
                file_number=f"{number:06}",
                created_at=clock.now(),
                updated_at=clock.now(),
            )
            start = datetime.combine(day, time(8)) + timedelta(minutes=20 * slot)
            done = actions.book(
                patient_id=patient.pk,
                visit_type_id=visit_type.pk,
                practitioner_id=practitioner,
                start=clock.from_local(start),
                past=True,
                reason=source.choice(["", "Suivi", "Renouvellement", "Résultats"]),
                by=by,
                request_id=uuid4(),
            )
            appointments.append(done.appointment_id)
    return Practice(day, practitioners, appointments)


def account(username: str, *, role: str = "secretary", practitioner_id: int | None = None) -> str:
    """A new account already signed in; the value of its session cookie."""
    from unisson.practice.models import User

    user = User(username=username, name=username, role=role, practitioner_id=practitioner_id)
    user.set_unusable_password()
    user.save()
    return session_of(user)


def session_of(user: AbstractBaseUser) -> str:
    """A session signed in as this account; the value of its cookie."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
