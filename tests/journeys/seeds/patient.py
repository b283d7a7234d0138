"""Run in a process of its own: founds a practice and the people of the patient journeys.

Prints, in JSON, the session cookies of two secretaries and the ids of the people.
"""

import json
import sys
from datetime import UTC, date, datetime

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from tests.screens.patient_world import account, actor, claire, claire_again, clara, somebody
    from unisson.exchange.actions.places import write
    from unisson.patients import actions
    from unisson.patients.rules.birth_places import HORIZON, Place
    from unisson.practice import models

    call_command("migrate", verbosity=0)
    models.Practice.objects.create(name="Essai", created_at=datetime(2020, 1, 1, tzinfo=UTC))
    last, since = date(2015, 12, 14), date(2015, 12, 15)
    write([Place("49007", HORIZON, "Angers"), Place("49328", HORIZON, "Saumur")])
    write([Place("49023", HORIZON, "Beaupréau", valid_until=last)])
    write([Place("49023", since, "Beaupréau-en-Mauges")])
    people = {"claire": claire()}
    people["clara"] = clara()
    people["again"] = claire_again(people["claire"])
    people["paul"] = somebody(telephones=[actions.NewTelephone("06 39 98 10 10")])
    for text in ("Parler face à elle", "Préfère avant 10 h"):
        actions.add_note(by=actor(), patient_id=people["claire"].pk, text=text)
    cookies = {}
    for username, name in (("petit", "C. Petit"), ("moreau", "S. Moreau")):
        client = Client()
        client.force_login(account(username, name=name))
        cookies[username] = client.cookies[settings.SESSION_COOKIE_NAME].value
    sys.stdout.write(
        json.dumps({"cookies": cookies, "people": {k: v.pk for k, v in people.items()}})
    )


if __name__ == "__main__":
    main()
