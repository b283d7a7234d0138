"""Run in a process of its own: founds a practice for the journeys of the command line.

Dr Diallo and Dr Nguyen receive all day; Dr Nguyen usually sees KACI Nadia; two
people are called ROUX, both expected today. Prints, in JSON, what the journeys
need to know of it.
"""

import json
import sys
from datetime import date, time, timedelta
from uuid import uuid4

import django


def main() -> None:
    django.setup()
    from benchmarks.live_practice import account
    from django.core.management import call_command

    from unisson.agenda import actions
    from unisson.agenda.models import OpeningRule, VisitType, VisitTypeOffer
    from unisson.core import clock
    from unisson.core.access import Actor
    from unisson.patients import search_index
    from unisson.patients.models import Patient
    from unisson.practice import models

    call_command("migrate", verbosity=0)
    now = clock.now().replace(second=0, microsecond=0)
    models.Practice.objects.create(name="Essai", created_at=now)
    site = models.Site.objects.create(name="Centre")
    visit_type = VisitType.objects.create(code="CS", label="Consultation")
    control = VisitType.objects.create(code="CTRL", label="Contrôle", order=2)
    doctors = []
    for order, name in enumerate(["Diallo", "Nguyen"]):
        resource = models.Resource.objects.create(
            kind="practitioner", name=f"Dr {name}", site=site, order=order
        )
        one = models.Practitioner.objects.create(
            resource=resource, family_name=name, given_name="A", specialty="Médecine générale"
        )
        doctors.append(one)
        for each in (visit_type, control):
            VisitTypeOffer.objects.create(visit_type=each, practitioner=one, minutes=20)
        for weekday in range(7):
            OpeningRule.objects.create(
                practitioner=one,
                site=site,
                weekday=weekday,
                start=time(0),
                end=time(0),
                valid_from=date(2020, 1, 1),
            )

    def patient(name: str, first: str, sex: str, born: date) -> Patient:
        return Patient.objects.create(
            birth_name=name,
            birth_first_name=first.upper(),
            birth_given_names=first.upper(),
            birth_date=born,
            sex=sex,
            file_number=first,
            created_at=now,
            updated_at=now,
        )

    def book(who: Patient, doctor: models.Practitioner, ahead: int) -> int:
        return actions.book(
            patient_id=who.pk,
            visit_type_id=visit_type.pk,
            practitioner_id=doctor.pk,
            start=now + timedelta(minutes=ahead),
            squeeze_in=True,
            past=True,
            by=Actor.system("essai"),
            request_id=uuid4(),
        ).appointment_id

    kaci = patient("KACI", "Nadia", "F", date(1984, 8, 17))
    book(kaci, doctors[1], -60 * 24 * 30)
    appointments = {
        "paul": book(patient("ROUX", "Paul", "M", date(1951, 3, 12)), doctors[0], 1),
        "lea": book(patient("ROUX", "Léa", "F", date(2014, 9, 7)), doctors[0], 2),
        "mercier": book(patient("MERCIER", "Théo", "M", date(2001, 3, 13)), doctors[1], 1),
    }
    search_index.refresh(Patient.objects.values_list("id", flat=True))
    sys.stdout.write(
        json.dumps({"cookies": {"petit": account("petit")}, "appointments": appointments})
    )


if __name__ == "__main__":
    main()
