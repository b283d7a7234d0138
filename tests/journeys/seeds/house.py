"""What the seeds found in the same way: a practice whose doctors receive at any hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time

MINUTES = 20


def found(names: Iterable[str], visits: Mapping[str, tuple[str, int]]) -> tuple[list, dict]:
    """Migrate, and found « Essai » : its doctors in the order of their names, its visit types.

    `visits`: label and minutes by code. So that a journey can be played whenever
    the tests run, everybody receives all day, every day.
    """
    from django.core.management import call_command

    from unisson.agenda.models import OpeningRule, VisitType, VisitTypeOffer
    from unisson.practice import models

    call_command("migrate", interactive=False, verbosity=0)
    models.Practice.objects.create(name="Essai", created_at=datetime(2020, 1, 1, tzinfo=UTC))
    site = models.Site.objects.create(name="Centre")
    types = {
        code: VisitType.objects.create(code=code, label=label, order=order)
        for order, (code, (label, _)) in enumerate(visits.items(), start=1)
    }
    doctors = []
    for order, name in enumerate(names):
        resource = models.Resource.objects.create(
            kind="practitioner", name=f"Dr {name}", site=site, order=order
        )
        one = models.Practitioner.objects.create(
            resource=resource, family_name=name, given_name="A", specialty="Médecine générale"
        )
        doctors.append(one)
        for code, (_, minutes) in visits.items():
            VisitTypeOffer.objects.create(visit_type=types[code], practitioner=one, minutes=minutes)
        for weekday in range(7):
            OpeningRule.objects.create(
                practitioner=one,
                site=site,
                weekday=weekday,
                start=time(0),
                end=time(0),
                valid_from=date(2020, 1, 1),
            )
    return doctors, types
