"""Run in a process of its own: founds a practice for the desk's journeys.

Dr Diallo and Dr Nguyen receive at any hour of every day, so that a journey can
be played whenever the tests run. Dr Nguyen expects three patients from ten
minutes ago on; Mme LEBRUN saw Dr Diallo forty days ago. Prints, in
JSON, the session cookies of two secretaries and of Dr Nguyen, and the ids a journey
needs.
"""

import json
import sys
from datetime import date, timedelta
from uuid import uuid4

import django

from tests.journeys.seeds.house import found

PEOPLE = [
    ("LEBRUN", "MOREL", "CLAIRE", "F", date(1978, 5, 4)),
    ("", "MOREL", "CLARA", "F", date(1978, 5, 4)),
    ("", "ROUX", "PAUL", "M", date(1951, 3, 12)),
    ("", "TESSIER", "JEAN", "M", date(1960, 11, 23)),
    ("", "COSTA", "MARIA", "F", date(1969, 7, 30)),
    ("", "HAMEL", "GERARD", "M", date(1943, 1, 8)),
]


def main() -> None:
    django.setup()
    from benchmarks.live_practice import account

    from unisson.agenda import actions
    from unisson.core import clock
    from unisson.core.access import Actor
    from unisson.patients.actions.creation import create_patient

    people, types = found(
        ["Diallo", "Nguyen"],
        {"CS": ("Consultation", 20), "LONG": ("Consultation longue", 40)},
    )
    control = types["CS"]
    now = clock.now().replace(second=0, microsecond=0)
    by = Actor.system("essai")
    known = []
    for used, birth, first, sex, born in PEOPLE:
        known.append(
            create_patient(
                used_name=used,
                birth_name=birth,
                birth_first_name=first,
                birth_date=born,
                sex=sex,
                despite=[each.pk for each in known],
                by=by,
            )
        )
    booked = []
    for number, patient in enumerate(known[3:]):
        done = actions.book(
            patient_id=patient.pk,
            visit_type_id=control.pk,
            practitioner_id=people[1].pk,
            start=now + timedelta(minutes=20 * number - 10),
            past=True,
            outside_hours=True,
            by=by,
            request_id=uuid4(),
        )
        booked.append(done.appointment_id)
    actions.book(
        patient_id=known[0].pk,
        visit_type_id=control.pk,
        practitioner_id=people[0].pk,
        start=now - timedelta(days=40),
        past=True,
        by=by,
        request_id=uuid4(),
    )
    told = {
        "cookies": {
            "petit": account("petit"),
            "leroy": account("leroy"),
            "nguyen": account("nguyen", role="practitioner", practitioner_id=people[1].pk),
        },
        "patients": [patient.pk for patient in known],
        "practitioners": [one.pk for one in people],
        "booked": booked,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
