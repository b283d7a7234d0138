"""Run in a process of its own: founds a practice for the journeys of the command line.

Dr Diallo and Dr Nguyen receive all day; Dr Nguyen usually sees KACI Nadia; two
people are called ROUX, both expected today. Prints, in JSON, what the journeys
need to know of it.
"""

import json
import sys
from datetime import date, timedelta
from uuid import uuid4

import django

from tests.journeys.seeds.house import found


def main() -> None:
    django.setup()
    from benchmarks.live_practice import account

    from unisson.agenda import actions
    from unisson.core import clock
    from unisson.core.access import Actor
    from unisson.patients import search_index
    from unisson.patients.models import Patient
    from unisson.practice import models

    now = clock.now().replace(second=0, microsecond=0)
    doctors, types = found(
        ["Diallo", "Nguyen"], {"CS": ("Consultation", 20), "CTRL": ("Contrôle", 20)}
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
            visit_type_id=types["CS"].pk,
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
