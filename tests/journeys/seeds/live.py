"""Run in a process of its own: founds a practice around the present hour.

Each practitioner receives all day and expects a patient every 20 minutes from
an hour ago on. Prints, in JSON, the session cookies of the accounts and the
appointments of each practitioner in order.
"""

import json
import sys
from datetime import date, timedelta
from uuid import uuid4

import django

from tests.journeys.seeds.house import found

SECRET = "quatre mots pas si simples"
PRACTITIONERS = ["Diallo", "Nguyen", "Marchal", "Ferrand"]
NAMES = ["HAMEL", "ROUX", "COSTA", "TESSIER", "OLIVIER", "LEBRUN", "BAILLY", "KLEIN"]


def main() -> None:
    django.setup()
    from benchmarks.live_practice import account, session_of

    from unisson.agenda import actions
    from unisson.core import clock
    from unisson.core.access import Actor
    from unisson.patients.models import Patient
    from unisson.practice import models

    people, types = found(PRACTITIONERS, {"CS": ("Consultation", 20)})
    now = clock.now().replace(second=0, microsecond=0)
    appointments: dict[str, list[int]] = {}
    for order, practitioner in enumerate(people):
        for number, name in enumerate(NAMES):
            patient = Patient.objects.create(
                birth_name=name,
                birth_first_name=["PAUL", "JEAN", "LUC", "GUY"][order],
                birth_given_names="PAUL",
                birth_date=date(1951, 3, 12),
                sex="M",
                file_number=f"{order}{number}",
                created_at=now,
                updated_at=now,
            )
            done = actions.book(
                patient_id=patient.pk,
                visit_type_id=types["CS"].pk,
                practitioner_id=practitioner.pk,
                start=now + timedelta(minutes=20 * number - 60),
                squeeze_in=True,
                outside_hours=True,
                past=True,
                by=Actor.system("essai"),
                request_id=uuid4(),
            )
            appointments.setdefault(practitioner.family_name, []).append(done.appointment_id)
    cookies = {name: account(name) for name in ("petit", "leroy", "morel")} | {
        one.family_name: account(one.family_name, role="practitioner", practitioner_id=one.pk)
        for one in people
    }
    morel = models.User.objects.get(username="morel")
    morel.set_password(SECRET)
    morel.save()
    cookies["morel"] = session_of(morel)
    sys.stdout.write(json.dumps({"cookies": cookies, "appointments": appointments}) + "\n")


if __name__ == "__main__":
    main()
