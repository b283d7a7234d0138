"""Run in a process of its own: founds a practice around the present hour.

Each practitioner receives all day and expects a patient every 20 minutes from
an hour ago on. Prints, in JSON, the session cookies of the accounts and the
appointments of each practitioner in order.
"""

import json
import sys
from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import django

SECRET = "quatre mots pas si simples"
PRACTITIONERS = ["Diallo", "Nguyen", "Marchal", "Ferrand"]
NAMES = ["HAMEL", "ROUX", "COSTA", "TESSIER", "OLIVIER", "LEBRUN", "BAILLY", "KLEIN"]


def main() -> None:
    django.setup()
    from benchmarks.live_practice import account, session_of
    from django.core.management import call_command

    from unisson.agenda import actions
    from unisson.agenda.models import OpeningRule, VisitType, VisitTypeOffer
    from unisson.core import clock
    from unisson.core.access import Actor
    from unisson.patients.models import Patient
    from unisson.practice import models

    call_command("migrate", verbosity=0)
    models.Practice.objects.create(name="Essai", created_at=datetime(2020, 1, 1, tzinfo=UTC))
    site = models.Site.objects.create(name="Centre")
    visit_type = VisitType.objects.create(code="CS", label="Consultation")
    people = []
    for order, name in enumerate(PRACTITIONERS):
        resource = models.Resource.objects.create(
            kind="practitioner", name=f"Dr {name}", site=site, order=order
        )
        one = models.Practitioner.objects.create(
            resource=resource, family_name=name, given_name="A", specialty="Médecine générale"
        )
        people.append(one)
        VisitTypeOffer.objects.create(visit_type=visit_type, practitioner=one, minutes=20)
        for weekday in range(7):
            OpeningRule.objects.create(
                practitioner=one,
                site=site,
                weekday=weekday,
                start=time(0),
                end=time(0),
                valid_from=date(2020, 1, 1),
            )
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
                visit_type_id=visit_type.pk,
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
