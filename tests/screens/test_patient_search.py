"""Finding a patient: under the command line, in a picker, as a page."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from tests.screens.patient_world import PHONE, actor, claire, clara, page, signed_in, somebody
from unisson.core.models import AuditEvent
from unisson.patients import actions

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _at_the_desk():
    with time_machine.travel(datetime(2026, 11, 24, 8, 41, tzinfo=UTC), tick=False):
        yield


def found(typed: str, client=None, **query: str):
    client = client or signed_in()
    return page(client.get(reverse("patient-search"), {"q": typed, **query}, headers=HTMX))


def test_identity_is_one_phrase_in_its_order():
    patient = claire()
    shown = found("lebrun")
    assert shown.says('data-phrase="LEBRUN Claire, née MOREL, F 04/05/1978"')
    assert shown.says(f'href="/patients/{patient.pk}/" role="option" aria-selected="true"')
    assert shown.text.index("LEBRUN</b> Claire") < shown.text.index("née MOREL</span>")
    assert shown.text.index("née MOREL</span>") < shown.text.index("F 04/05/1978</span>")


def test_twins_are_marked_in_words_and_neither_is_chosen():
    claire()
    clara()
    shown = found("morel")
    assert shown.text.count("</i> jumelle</span>") == 2
    assert not shown.says('aria-selected="true"')


def test_two_for_one_telephone_are_both_there_and_neither_is_chosen():
    claire()
    somebody("LEBRUN", "Marc", telephones=[actions.NewTelephone(PHONE)])
    shown = found(PHONE)
    assert shown.text.count('role="option" aria-selected="false" class="trouve"') == 2
    assert shown.text.count("téléphone, partagé par 2") == 2


def test_by_ear_says_so_and_is_never_chosen_alone():
    somebody("LEFEVRE", "Hélène", sex="F")
    shown = found("lefaivre helaine")
    assert shown.says("nom qui sonne pareil")
    assert not shown.says('aria-selected="true"')


def test_it_ends_with_creating_and_keeps_where_to_come_back():
    shown = found("personne", retour="/rdv/nouveau/?debut=1")
    assert shown.says("Personne ne répond à « personne »")
    assert shown.says("/patients/nouveau/?retour=%2Frdv%2Fnouveau%2F%3Fdebut%3D1")
    assert shown.text.rindex("Créer un patient") > shown.text.rindex("</p>")


def test_a_picker_gets_people_to_choose_and_no_link_to_open():
    patient = claire()
    shown = found("lebrun", choix="1")
    assert shown.says(f'data-patient="{patient.pk}"')
    assert not shown.says(f'href="/patients/{patient.pk}/"')


def test_without_a_script_it_is_a_page_of_links():
    patient = claire()
    shown = page(signed_in().get(reverse("patient-search"), {"q": "lebrun"}))
    assert shown.says("<h1>Chercher un patient</h1>")
    assert shown.says(f'<a class="trouve" href="/patients/{patient.pk}/">')
    assert shown.says("Créer un patient")


def test_what_was_typed_is_written_as_text():
    shown = found("<script>alert(1)</script>")
    assert "<script>alert" not in shown.text


def test_the_dead_are_marked():
    patient = claire()
    actions.mark_deceased(by=actor(), patient_id=patient.pk, on=date(2026, 3, 2))
    assert found("lebrun").says("<b>décédée</b>")


def test_a_remote_agent_gives_two_traits_and_opens_nothing():
    patient = claire()
    agent = signed_in("agent", name="Plateau", role="remote_agent")
    vague = found("lebrun", agent)
    assert vague.says("Tapez le nom et la date de naissance entière")
    assert not vague.says("04/05/1978")
    exact = found("lebrun 04051978", agent)
    assert exact.says("LEBRUN Claire, née MOREL, F 04/05/1978")
    assert not exact.says(f'href="/patients/{patient.pk}/"')


def test_searching_reads_no_record():
    claire()
    found("lebrun")
    assert not AuditEvent.objects.filter(action="R").exists()


def test_the_number_of_queries_does_not_grow_with_the_answers(django_assert_max_num_queries):
    client = signed_in()
    for first in ("Anne", "Berthe", "Cécile", "Diane", "Emma", "Flore"):
        somebody("ROUSSEAU", first, sex="F")
    found("rousseau", client)
    with django_assert_max_num_queries(12):
        assert found("rousseau", client).text.count('class="trouve"') == 6


def test_nothing_typed_is_answered_by_nothing_at_all():
    response = signed_in().get(reverse("patient-search"), {"q": " "}, headers=HTMX)
    assert response.content == b""


@pytest.mark.parametrize("typed", ["lebrun\x00", "\x00", "%", "_'\"\\", "²", "a" * 5000, "𝕃"])
def test_anything_can_be_typed(typed):
    claire()
    assert found(typed).status == 200
    letters = {"naissance": "04051978", "nom": typed, "prenom": typed}
    assert signed_in().get(reverse("patient-new"), letters).status_code == 200
