"""The names, places and numbers the demo is made of are what they say."""

import random
import re
from datetime import date

from unisson.patients.rules import ins, phones
from unisson.patients.rules.identity import birth_place
from unisson.training import names, people

TODAY = date(2026, 11, 24)


def test_communes_have_real_looking_codes_and_stand_once():
    places = names.communes()
    assert len(places) > 400
    for code, place in places.items():
        assert re.fullmatch(r"(\d{5}|2[AB]\d{3})", code)
        assert re.fullmatch(r"\d{5}", place.postcode)
        assert birth_place(code) == code
    known = {
        "49007": ("Angers", "49000"),
        "97411": ("Saint-Denis", "97400"),
        "2A004": ("Ajaccio", "20000"),
        "75115": ("Paris 15e Arrondissement", "75015"),
    }
    for code, expected in known.items():
        assert (places[code].name, places[code].postcode) == expected


def test_a_place_is_called_what_it_was_called_that_day():
    assert names.place_name("49023", date(1978, 5, 4)) == "Beaupréau"
    assert names.place_name("49023", date(2015, 12, 15)) == "Beaupréau-en-Mauges"
    assert names.place_name("99352", date(1930, 1, 1)) == "Algérie"


def test_nothing_is_to_be_remarked_of_the_birth_places_of_the_demo(db):
    from unisson.patients import places
    from unisson.patients.models import Patient
    from unisson.patients.rules.birth_places import birth_days, remarks
    from unisson.training.demo import seed

    seed(patients=300, today=TODAY)
    assert places.filled()
    for patient in Patient.objects.all():
        code, name = patient.birth_place_code, patient.birth_place_name
        born = birth_days(patient.birth_date, patient.birth_date_precision)
        assert remarks(code, name, places.named(code), born) == []


def test_the_place_of_the_practice_is_on_no_map():
    assert names.FICTION_PLACE not in {place.name for place in names.communes().values()}


def test_every_origin_has_places_and_names():
    origins = [origin for origin in names.origins().items if origin is not None]
    assert len(origins) >= 10
    for origin in origins:
        assert all(names.place_name(code, TODAY) for code in origin.born)


def test_people_are_of_their_time_and_only_have_numbers_kept_for_fiction():
    everyone = people.people(2000, TODAY, random.Random(1))
    assert len(everyone) == 2000
    for person in everyone:
        assert person.birth_date <= TODAY or person.precision != "exact"
        assert person.age(TODAY) <= 105
        for e164, kind, _ in person.phones:
            block = {"mobile": "+3363998", "home": "+3326191"}[kind]
            assert re.fullmatch(re.escape(block) + r"\d{4}", e164)
            assert phones.e164(e164) == e164
    assert all(
        everyone[person.mother].birth_date < person.birth_date
        for person in everyone
        if person.mother is not None
    )


def test_as_many_twins_and_homonyms_as_a_town_has():
    everyone = people.people(20_000, TODAY, random.Random(1))
    twins = sum(person.twin is not None for person in everyone) // 2
    assert twins >= 150
    for person in everyone:
        if person.twin is not None:
            other = everyone[person.twin]
            assert (other.birth_name, other.birth_date) == (person.birth_name, person.birth_date)
            assert other.first_name != person.first_name
    seen = {}
    for person in everyone:
        seen.setdefault((person.birth_name, person.first_name), []).append(person)
    assert sum(len(same) for same in seen.values() if len(same) > 1) >= 300


def test_two_people_never_have_one_matricule(db):
    from unisson.patients.models import Patient
    from unisson.training.demo import seed

    seed(patients=400, today=TODAY)
    matricules = list(
        Patient.objects.exclude(ins_matricule="").values_list("ins_matricule", "ins_oid")
    )
    assert len(matricules) == len(set(matricules)) > 200
    assert all(ins.checked(matricule, oid) == matricule for matricule, oid in matricules)
    assert {oid for _, oid in matricules} == {ins.OID_NIR_DEMO}
