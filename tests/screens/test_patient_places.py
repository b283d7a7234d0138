"""The birth place: completed from the table, and what does not agree said, never refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests.screens.patient_world import claire, page, signed_in
from unisson.exchange.actions.places import write
from unisson.patients.models import Patient
from unisson.patients.rules.birth_places import COUNTRY, HORIZON, Place

pytestmark = pytest.mark.django_db
LAST = date(2015, 12, 14)


@pytest.fixture(autouse=True)
def _at_the_desk():
    with time_machine.travel(datetime(2026, 11, 24, 8, 41, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def table():
    names = {
        "49007": "Angers",
        "49099": "Cholet",
        "16014": "Angeac-Champagne",
        "72181": "Le Mans",
        "93066": "Saint-Denis",
        "97411": "Saint-Denis",
        "53210": "Saint-Denis-d'Anjou",
        "67482": "Strasbourg",
        "75115": "Paris 15e Arrondissement",
        "2A004": "Ajaccio",
    }
    write(
        [
            *(Place(code, HORIZON, name) for code, name in names.items()),
            Place("49023", HORIZON, "Beaupréau", valid_until=LAST),
            Place("49023", date(2015, 12, 15), "Beaupréau-en-Mauges"),
            Place("99352", HORIZON, "Algérie", COUNTRY),
        ]
    )


def answers(typed: str, **more: str) -> list[str]:
    """The answers as they are read, in order."""
    query = {"birth_place_name": typed, **more}
    html = page(signed_in().get(reverse("patient-places"), query)).text
    found = []
    for option in html.split('role="option"')[1:]:
        text = "".join(part.split(">", 1)[1] for part in option.split("<")[1:] if ">" in part)
        found.append(" ".join(text.split()))
    return found


# Suggestions ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["angers", "ANGERS", "ange", "49007", "angers 49", "49 ang", "Angers (49)"]
)
def test_a_place_is_found_however_it_is_typed(table, typed):
    assert "Angers (49) 49007" in answers(typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("st den", ["Saint-Denis (93) 93066", "Saint-Denis (974) 97411", "Saint-Denis-d&#39;Anj"]),
        ("St-Denis 974", ["Saint-Denis (974) 97411"]),
        ("denis", ["Saint-Denis (93) 93066", "Saint-Denis (974) 97411", "Saint-Denis-d&#39;Anj"]),
        ("st", ["Saint-Denis (93) 93066", "Saint-Denis (974) 97411", "Saint-Denis-d", "Strasb"]),
        ("le mans", ["Le Mans (72) 72181"]),
        ("mans", ["Le Mans (72) 72181"]),
        ("2a", ["Ajaccio (2A) 2A004"]),
        ("paris 15", ["Paris 15e Arrondissement (75) 75115"]),
        ("alg", ["Algérie 99352"]),
        ("99", ["Algérie 99352"]),
    ],
)
def test_what_is_offered(table, typed, found):
    said = answers(typed.replace("'", "’"))
    said = [each.replace("'", "&#39;") for each in said]
    assert len(said) == len(found)
    for each, begins in zip(said, found, strict=True):
        assert each.startswith(begins)


def test_those_that_existed_at_birth_come_first_the_others_say_when(table):
    then = answers("beau", birth_date="04/05/1978", birth_date_precision="exact")
    assert then == [
        "Beaupréau (49) 49023 jusqu’au 14/12/2015",
        "Beaupréau-en-Mauges (49) 49023 depuis le 15/12/2015",
    ]
    now = answers("beau", birth_date="04/05/2020", birth_date_precision="exact")
    assert now == ["Beaupréau-en-Mauges (49) 49023", "Beaupréau (49) 49023 jusqu’au 14/12/2015"]
    # Without a birth date, today counts.
    assert answers("beau") == now
    assert answers("beau", birth_date="hier") == now


def test_only_the_year_of_birth_is_known(table):
    both = answers("beau", birth_date="2015", birth_date_precision="unknown")
    assert both == ["Beaupréau (49) 49023 jusqu’au 14/12/2015", "Beaupréau-en-Mauges (49) 49023"]


def test_one_that_has_it_inside_and_existed_comes_before_one_that_begins_so_and_did_not(table):
    write([Place("53999", HORIZON, "Anjou-Ville", valid_until=LAST)])
    assert answers("anj", birth_date="04/05/2020")[1].startswith("Anjou-Ville")


def test_nothing_is_marked_even_when_alone(table):
    html = page(signed_in().get(reverse("patient-places"), {"birth_place_name": "cholet"})).text
    assert html.count('role="option"') == 1
    assert 'aria-selected="true"' not in html


@pytest.mark.parametrize("typed", ["", "a", "'", "   "])
def test_too_little_offers_nothing(table, typed):
    assert signed_in().get(reverse("patient-places"), {"birth_place_name": typed}).content == b""


def test_an_unknown_name_leaves_the_hand_free(table):
    shown = page(signed_in().get(reverse("patient-places"), {"birth_place_name": "zzz%_"}))
    assert shown.says("Aucun lieu de ce nom dans la table. Le nom et le code peuvent se taper à")


def test_many_are_cut_and_said(table):
    write([Place(f"01{number:03}", HORIZON, f"Angely-{number}") for number in range(30)])
    shown = page(signed_in().get(reverse("patient-places"), {"birth_place_name": "ang"}))
    assert shown.text.count('role="option"') == 12
    assert shown.says("D’autres lieux répondent aussi")


def test_a_few_queries_whatever_is_typed(table, django_assert_max_num_queries):
    client = signed_in()
    client.get(reverse("patient-places"))
    with django_assert_max_num_queries(8):
        client.get(reverse("patient-places"), {"birth_place_name": "saint denis 974"})


def test_somebody_not_signed_in_reads_nothing(client, table):
    for name in ("patient-places", "patient-place-remarks"):
        assert client.get(reverse(name), {"birth_place_name": "angers"}).status_code == 302


# Remarks -------------------------------------------------------------------------------


def remarks(**typed: str):
    query = {f"birth_{name}": value for name, value in typed.items()}
    return page(signed_in().get(reverse("patient-place-remarks"), query))


@pytest.mark.parametrize(
    ("code", "name", "born", "said"),
    [
        ("49998", "Angers", "04/05/1978", "Code 49998 inconnu de la table des lieux"),
        ("49007", "Cholet", "", "Le code 49007 est celui de « Angers », pas de « Cholet »."),
        ("49023", "Beaupréau-en-Mauges", "04/05/1978", "s’appelait « Beaupréau »"),
        ("49007", "Angers", "04/05/1978", ""),
        ("4900", "Angers", "04/05/1978", ""),
        ("", "Angers", "04/05/1978", ""),
    ],
)
def test_what_does_not_agree_is_said(table, code, name, born, said):
    shown = remarks(place_code=code, place_name=name, date=born)
    assert shown.says(said)
    assert bool(shown.text) == bool(said)


def test_without_a_table_nothing_is_said_nor_changed():
    assert remarks(place_code="49998", place_name="Angers").text == ""
    html = page(signed_in().get(reverse("patient-new-traits"))).text
    assert 'name="birth_place_name"' in html
    assert "lieu-suite" not in html
    assert "patients/lieux" not in html


def test_the_form_is_a_combobox_once_there_is_a_table(table):
    html = page(signed_in().get(reverse("patient-new-traits"))).text
    field = html.split('name="birth_place_name"')[1].split(">")[0]
    for attribute in ('role="combobox"', 'aria-controls="lieu-suite"', 'aria-expanded="false"'):
        assert attribute in field
    assert 'aria-describedby="id_birth_place_name_helptext"' in field
    assert 'id="lieu-suite" class="choix-liste" role="listbox"' in html


# Kept as typed -------------------------------------------------------------------------


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "birth_date": "04/05/1978",
        "birth_date_precision": "exact",
        "birth_name": "Dupont",
        "birth_first_name": "Lucie",
        "sex": "F",
        **changes,
    }


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("49998", "Nulle-Part", "Code 49998 inconnu de la table"),
        ("49007", "Cholet", "celui de « Angers », pas de « Cholet »"),
        ("49007", "Angers", ""),
        ("", "Angers", ""),
    ],
)
def test_a_record_is_created_whatever_the_table_says(table, code, name, said):
    client = signed_in()
    fields = typed(birth_place_code=code, birth_place_name=name)
    shown = page(client.post(reverse("patient-new-traits"), fields, follow=True))
    patient = Patient.objects.get()
    assert (patient.birth_place_code, patient.birth_place_name) == (code, name)
    assert ("message warning" in shown.text) == bool(said)
    assert shown.says(said)


def test_a_code_of_another_shape_is_refused_as_ever(table):
    answer = signed_in().post(reverse("patient-new-traits"), typed(birth_place_code="ANGER"))
    assert answer.status_code == 422
    assert page(answer).says("n’est pas un code de lieu de naissance")
    assert not Patient.objects.exists()


def test_changing_the_place_of_a_record_warns_and_keeps(table):
    patient = claire()
    fields = typed(
        version=patient.version,
        birth_name="MOREL",
        birth_first_name="Claire",
        birth_given_names="Claire Anne Marie",
        used_name="Lebrun",
        birth_place_name="Beaupréau-en-Mauges",
        birth_place_code="49023",
    )
    address = reverse("patient-identity", args=[patient.pk])
    shown = page(signed_in().post(address, fields, follow=True))
    assert shown.says("À la date de naissance, le lieu 49023 s’appelait « Beaupréau »")
    patient.refresh_from_db()
    assert patient.birth_place_name == "Beaupréau-en-Mauges"
    # It stays said beside the fields; another change says nothing again.
    assert page(signed_in().get(address)).says("le lieu 49023 s’appelait")
    fields |= {"version": patient.version, "used_name": "Lebrun-Morel"}
    shown = page(signed_in().post(address, fields, follow=True))
    assert shown.says("Identité enregistrée.")
    assert "message warning" not in shown.text
