"""The patient's page: what it says, who may open it, what it leaves in the trail."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from tests.screens.patient_world import (
    actor,
    claire,
    clara,
    matricule,
    page,
    signed_in,
    somebody,
)
from unisson.core import clock
from unisson.core.models import AuditEvent
from unisson.patients import actions
from unisson.patients.models import Patient
from unisson.patients.rules import ins
from unisson.practice.models import Practice
from unisson.screens.secretary import patients_urls

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_desk():
    with time_machine.travel(datetime(2026, 11, 24, 8, 41, tzinfo=UTC), tick=False):
        yield


def test_it_says_who_she_is_and_writes_that_it_was_read():
    patient = claire()
    shown = page(signed_in().get(reverse("patient", args=[patient.pk])))
    assert shown.status == 200
    assert shown.says("<title>LEBRUN Claire, née MOREL, F 04/05/1978 · Unisson</title>")
    for fact in (
        "<dd>Claire Anne Marie</dd>",
        "Angers <small>49007</small>",
        "Née le",
        "48 ans",
        "Identité provisoire",
        "06 39 98 41 23",
        "8 rue des Lices, 49000 Angers",
        "Ouvert par C. Petit à 9:41, secrétaire. Cette lecture est tracée.",
    ):
        assert shown.says(fact), fact
    line = AuditEvent.objects.filter(patient_id=patient.pk, action="R").get()
    assert (line.verb, line.actor_name, line.detail) == ("patients.read", "C. Petit", "dossier")


def test_no_section_pretends():
    shown = page(signed_in().get(reverse("patient", args=[claire().pk])))
    for absent in ("Documents", "Solde", "Espace santé"):
        assert not shown.says(absent), absent


def test_who_read_before_is_said():
    patient = claire()
    signed_in("moreau", name="S. Moreau").get(reverse("patient", args=[patient.pk]))
    shown = page(signed_in().get(reverse("patient", args=[patient.pk])))
    assert shown.says("Avant : S. Moreau, auj., 9 h 41")


def test_a_remote_agent_opens_no_record():
    patient = claire()
    agent = signed_in("agent", name="Plateau", role="remote_agent")
    assert agent.get(reverse("patient", args=[patient.pk])).status_code == 403
    assert not AuditEvent.objects.filter(patient_id=patient.pk, action="R").exists()


def test_nobody_signed_in_sees_nothing(client):
    Practice.objects.create(name="Les Tilleuls", created_at=clock.now())
    response = client.get(reverse("patient", args=[claire().pk]))
    assert response.status_code == 302
    assert response["Location"].startswith("/connexion/")


def test_a_number_that_is_nobody_is_not_found():
    assert signed_in().get(reverse("patient", args=[999999])).status_code == 404


def test_the_matricule_is_masked_until_asked_for_and_asking_is_traced():
    patient = claire()
    actions.record_insi(by=actor(), patient_id=patient.pk, matricule=matricule(), oid=ins.OID_NIR)
    client = signed_in()
    shown = page(client.get(reverse("patient", args=[patient.pk])))
    assert shown.says("INS 2 78 05 49 007 ••• ••")
    assert matricule() not in shown.text.replace(" ", "")
    response = client.post(
        reverse("patient-matricule", args=[patient.pk]), headers={"HX-Request": "true"}
    )
    assert page(response).says(ins.display(matricule()))
    assert AuditEvent.objects.filter(patient_id=patient.pk, detail="matricule INS").count() == 1


def test_the_matricule_is_never_shown_by_a_plain_link():
    patient = claire()
    assert signed_in().get(reverse("patient-matricule", args=[patient.pk])).status_code == 405


@pytest.mark.parametrize("name", ["patient-history", "patient-coverage", "patient"])
def test_no_page_gives_the_matricule_away(name):
    patient = claire()
    actions.record_insi(by=actor(), patient_id=patient.pk, matricule=matricule(), oid=ins.OID_NIR)
    actions.add_coverage(by=actor(), patient_id=patient.pk, kind="amo", member_number=matricule())
    shown = page(signed_in().get(reverse(name, args=[patient.pk])))
    assert matricule() not in shown.text.replace(" ", "")


def test_near_identities_are_beside_her_with_what_differs_marked():
    patient = claire()
    clara()
    shown = page(signed_in().get(reverse("patient", args=[patient.pk])))
    assert shown.says("Un dossier proche")
    assert shown.says("Faire épeler le prénom")
    assert shown.says("<b>Jumelle</b>")
    assert shown.says('Cla<mark class="dif">ra</mark>')
    assert shown.says('<i class="g g-proche"></i> jumelle</span>')


def test_a_homonym_born_another_day_has_her_date_asked_again():
    patient = somebody("MARTIN", "Jean")
    somebody("MARTIN", "Jean", birth_date=date(1963, 7, 8))
    shown = page(signed_in().get(reverse("patient", args=[patient.pk])))
    assert shown.says("Faire redire la date de naissance")
    assert shown.says('<mark class="dif">08/07</mark>/19<mark class="dif">63</mark>') or shown.says(
        '<mark class="dif">08</mark>/<mark class="dif">07</mark>/19<mark class="dif">63</mark>'
    )


def test_the_dead_are_marked_on_every_page():
    patient = claire()
    actions.mark_deceased(by=actor(), patient_id=patient.pk, on=date(2026, 3, 2))
    client = signed_in()
    assert page(client.get(reverse("patient", args=[patient.pk]))).says(
        "<b>Décédée le 2 mars 2026</b>"
    )
    assert page(client.get(reverse("patient-contacts", args=[patient.pk]))).says("<b>Décédée</b>")


def test_a_child_shows_who_may_act_and_the_mother_for_whom_she_acts():
    mother = claire()
    child = somebody("LEBRUN", "Théo", birth_date=date(2019, 2, 3))
    actions.add_related(
        by=actor(),
        patient_id=child.pk,
        relation="mother",
        person_id=mother.pk,
        may_act=True,
    )
    client = signed_in()
    assert page(client.get(reverse("patient", args=[child.pk]))).says("Peut agir pour le patient")
    shown = page(client.get(reverse("patient", args=[mother.pk])))
    assert shown.says("Peut agir pour")
    assert shown.says(f'href="{reverse("patient", args=[child.pk])}"')


def test_the_history_says_before_after_and_by_whom():
    patient = claire()
    actions.update_identity(
        by=actor("moreau", name="S. Moreau"), patient_id=patient.pk, used_name="Durand"
    )
    shown = page(signed_in().get(reverse("patient-history", args=[patient.pk])))
    assert shown.says("<td>Nom utilisé</td><td>Lebrun</td><td>Durand</td>")
    assert shown.says("S. Moreau")


def test_the_readings_say_who_and_what_was_changed():
    patient = claire()
    actions.update_contact(by=actor(), patient_id=patient.pk, language="portugais")
    shown = page(signed_in().get(reverse("patient-readers", args=[patient.pk])))
    assert shown.says("dossier créé")
    assert shown.says("dossier modifié : langue")
    assert shown.says("liste des lectures")


def test_opening_takes_a_fixed_number_of_queries(django_assert_max_num_queries):
    """However many people are near and however much is in the record."""
    patient = claire()
    client = signed_in()
    client.get(reverse("patient", args=[patient.pk]))
    for number in range(6):
        clara(birth_first_name=f"Clar{'abcdef'[number]}")
        actions.add_note(by=actor(), patient_id=patient.pk, text=f"note {number}")
        actions.add_related(
            by=actor(), patient_id=patient.pk, relation="other", name=f"VOISIN {number}"
        )
    with django_assert_max_num_queries(40):
        assert client.get(reverse("patient", args=[patient.pk])).status_code == 200


def test_every_address_has_a_verb():
    for url in patients_urls.urlpatterns:
        assert getattr(url.callback, "verb", ""), url.name


def test_every_page_about_one_patient_carries_her_identity_and_is_traced():
    patient = claire()
    client = signed_in()
    for url in patients_urls.urlpatterns:
        if list(url.pattern.converters) != ["patient_id"]:
            continue
        before = AuditEvent.objects.filter(patient_id=patient.pk, action="R").count()
        response = client.get(reverse(url.name, args=[patient.pk]))
        if response.status_code == 405:
            continue
        shown = page(response)
        assert shown.status == 200, url.name
        assert shown.says("<title>LEBRUN Claire, née MOREL, F 04/05/1978"), url.name
        assert shown.says("<b>LEBRUN</b> <span>Claire</span>"), url.name
        assert shown.says("née MOREL"), url.name
        after = AuditEvent.objects.filter(patient_id=patient.pk, action="R").count()
        assert after == before + 1, url.name


def test_reading_changes_nothing_but_the_trail():
    patient = claire()
    version = Patient.objects.get(pk=patient.pk).version
    client = signed_in()
    for name in ("patient", "patient-identity", "patient-contacts", "patient-check"):
        client.get(reverse(name, args=[patient.pk]))
    assert Patient.objects.get(pk=patient.pk).version == version
