"""Creating a patient: birth date, three letters, who is near, and only then a record."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests.screens.patient_world import claire, claire_again, clara, page, signed_in
from unisson.patients.models import Patient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_desk():
    with time_machine.travel(datetime(2026, 11, 24, 8, 41, tzinfo=UTC), tick=False):
        yield


def near(**query: str):
    return page(signed_in().get(reverse("patient-new"), query, headers={"HX-Request": "true"}))


@pytest.mark.parametrize(
    "typed", ["04/05/1978", "4/5/78", "04051978", "040578", "4 mai 1978", "1978-05-04"]
)
def test_a_birth_date_typed_any_way_is_read_back_in_words(typed):
    shown = near(naissance=typed)
    assert shown.says("jeudi 4 mai 1978, 48 ans")
    assert shown.says("Tapez maintenant trois lettres")
    assert not shown.says("Créer un nouveau dossier")


@pytest.mark.parametrize(
    ("typed", "unknown", "said"),
    [
        ("05/1978", "day_unknown", "mai 1978, jour inconnu"),
        ("4 1978", "month_unknown", "le 4, mois inconnu, 1978"),
        ("4/?/1978", "month_unknown", "le 4, mois inconnu, 1978"),
        ("1978", "unknown", "1978, jour et mois inconnus"),
    ],
)
def test_what_is_not_known_of_it_is_said(typed, unknown, said):
    assert near(naissance=typed, inconnu=unknown).says(said)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("30/02/1978", "Le 30/02/1978 n’existe pas"),
        ("25/11/2026", "est une date à venir"),
        ("04/05/1850", "Vérifiez l’année"),
        ("05/1978", "Il manque le jour."),
        ("hier", "n’est pas une date de naissance"),
    ],
)
def test_a_date_that_cannot_be_is_said_in_words(typed, said):
    shown = near(naissance=typed, nom="mor")
    assert shown.says(said)
    assert not shown.says("Créer un nouveau dossier")


def test_who_is_near_comes_before_the_right_to_create():
    claire()
    shown = near(naissance="04/05/1978", nom="leb")
    assert shown.says("Une personne est proche")
    assert shown.text.index("LEBRUN</b> Claire") < shown.text.index("Créer un nouveau dossier")


@pytest.mark.parametrize("letters", [{"nom": "mor"}, {"prenom": "cla"}])
def test_the_name_or_the_first_name_will_do(letters):
    claire()
    clara()
    assert near(naissance="040578", **letters).says("2 personnes sont proches")


def test_no_more_than_three_letters_count():
    claire()
    assert near(naissance="040578", nom="morvan").says("Une personne est proche")


def test_nobody_near_lets_a_record_be_made():
    shown = near(naissance="12/03/1951", nom="dur")
    assert shown.says("Personne de connu à cette date")
    assert shown.says("Créer un nouveau dossier")


def test_used_names_are_never_filled():
    shown = page(
        signed_in().get(reverse("patient-new-traits"), {"naissance": "04/05/1978", "nom": "leb"})
    )
    for name in ("used_name", "used_first_name", "birth_name", "birth_first_name"):
        field = shown.text.split(f'name="{name}"')[1].split(">")[0]
        assert "value=" not in field, name
    assert shown.says('name="birth_date" value="04/05/1978"')


FILLED: dict[str, Any] = {
    "birth_date": "4 mai 1978",
    "birth_date_precision": "exact",
    "birth_name": "Morel",
    "birth_first_name": "Claire",
    "birth_given_names": "Claire Anne Marie",
    "sex": "F",
    "birth_place_name": "Angers",
    "birth_place_code": "49007",
    "used_name": "Lebrun",
    "phone": "06.39.98.41.23",
}


def create(**changes: Any):
    return signed_in().post(reverse("patient-new-traits"), {**FILLED, **changes})


def test_the_record_is_made_with_what_was_typed():
    response = create()
    patient = Patient.objects.get()
    assert response["Location"] == reverse("patient", args=[patient.pk])
    assert (patient.birth_name, patient.birth_first_name, patient.birth_date) == (
        "MOREL",
        "CLAIRE",
        date(1978, 5, 4),
    )
    assert patient.birth_given_names == "CLAIRE ANNE MARIE"
    assert (patient.used_name, patient.used_first_name) == ("Lebrun", "")
    assert patient.telephones.get().e164 == "+33639984123"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"birth_date": "31/04/1978"}, "Le 31/04/1978 n’existe pas"),
        ({"birth_date": "01/01/2027"}, "est une date à venir"),
        ({"birth_name": "M0REL"}, "Le nom de naissance contient « 0 »"),
        ({"birth_given_names": "Anne Marie"}, "ne commence pas par le premier prénom"),
        ({"birth_place_code": "4900"}, "n’est pas un code de lieu de naissance"),
        ({"phone": "15"}, "c’est le SAMU"),
        ({"phone": "0612"}, "numéro court ou incomplet"),
        ({"sex": ""}, "Le sexe manque"),
        ({"birth_name": ""}, "Le nom de naissance manque"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_everything_typed_is_kept(changes, said):
    shown = page(create(**changes))
    assert shown.status == 422
    assert shown.says(said)
    kept = {**FILLED, **changes}
    for name in ("birth_name", "birth_first_name", "birth_place_name", "used_name", "phone"):
        if kept[name]:
            assert shown.says(f'value="{kept[name]}"'), name
    assert not Patient.objects.exists()


def test_all_mistakes_are_said_at_once():
    shown = page(create(birth_date="30/02/1978", phone="17", birth_place_code="x"))
    for said in ("n’existe pas", "la police", "code de lieu de naissance"):
        assert shown.says(said)


def test_the_same_person_is_faced_before_a_second_record():
    first = claire()
    shown = page(create())
    assert shown.status == 422
    assert shown.says("Une personne connue ici a les mêmes traits")
    assert shown.says(f'href="{reverse("patient", args=[first.pk])}"')
    assert shown.says("C’est elle, ouvrir son dossier")
    assert shown.says(": LEBRUN Claire, née MOREL, F 04/05/1978")
    assert Patient.objects.count() == 1


def test_each_one_is_faced_one_by_one():
    first = claire()
    second = claire_again(first)
    one_left = page(create(ecarte=[first.pk]))
    assert one_left.status == 422
    assert one_left.says(f'name="ecarte" value="{first.pk}" checked')
    assert one_left.says(f'name="ecarte" value="{second.pk}">')
    assert create(ecarte=[first.pk, second.pk]).status_code == 302
    assert Patient.objects.count() == 3


def test_after_creation_what_was_under_way_goes_on_with_her():
    response = create(retour="/rdv/nouveau/?praticien=3")
    patient = Patient.objects.get()
    assert response["Location"] == f"/rdv/nouveau/?praticien=3&patient={patient.pk}"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere(elsewhere):
    response = create(retour=elsewhere)
    assert response["Location"] == reverse("patient", args=[Patient.objects.get().pk])


def test_a_remote_agent_creates_and_opens_nothing():
    agent = signed_in("agent", name="Plateau", role="remote_agent")
    response = agent.post(reverse("patient-new-traits"), FILLED)
    assert response["Location"] == reverse("patient-new")
    assert Patient.objects.count() == 1
