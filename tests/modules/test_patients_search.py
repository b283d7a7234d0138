"""The quick search finds who is meant, in the order meant, whatever is typed."""

from datetime import date

import pytest
import time_machine
from django.db import connection

from tests.modules.patients_kit import MATRICULE, SECRETARY, make
from unisson.patients import actions, queries, search_index
from unisson.patients.actions import NewTelephone
from unisson.patients.models import SearchKey
from unisson.patients.rules import ins

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-24 10:00", tick=False):
        yield


PEOPLE = {
    "claire": ("Morel", "Claire", "1978-05-04", "F", {"used_name": "Lebrun"}),
    "helene": ("Lefebvre", "Hélène", "1965-02-11", "F", {}),
    "lefevre": ("Lefèvre", "Hugo", "2001-01-30", "M", {}),
    "martin": ("Martin", "Jean", "1951-03-12", "M", {}),
    "martine": ("Martinez", "Jeanne", "1988-07-21", "F", {}),
    "prenom": ("Dupont", "Martin", "1990-09-09", "M", {}),
    "nee": ("Martin", "Rose", "1970-06-06", "F", {"used_name": "Bernard"}),
    "silva": ("da Silva", "Rosa", "1967-06-14", "F", {}),
    "goff": ("Le Goff", "Yann", "1980-10-10", "M", {}),
    "leroy": ("Leroy", "Anne-Marie", "1944-12-01", "F", {}),
    "benali": ("Ben Ali", "Inès", "2019-02-03", "F", {}),
    "angelo": ("D'Angelo", "Marco", "1959-04-18", "M", {}),
    "saint": ("Saint-Martin", "Zoé", "2015-08-20", "F", {}),
    "given": ("Roux", "Marie", "1939-01-15", "F", {"birth_given_names": "Marie Solange Odette"}),
    "jp": ("Girard", "Jean-Pierre", "1947-11-11", "M", {"used_first_name": "Jipé"}),
}


@pytest.fixture
def ids():
    found = {}
    for key, (name, first, born, sex, more) in PEOPLE.items():
        patient = make(
            birth_name=name,
            birth_first_name=first,
            birth_date=date.fromisoformat(born),
            sex=sex,
            **more,
        )
        found[key] = patient.pk
    actions.add_telephone(by=SECRETARY, patient_id=found["claire"], number="06 00 00 41 23")
    actions.add_telephone(by=SECRETARY, patient_id=found["silva"], number="0692 12 34 56")
    return found


def who(ids, text, **options):
    names = {pk: key for key, pk in ids.items()}
    return [names[found.id] for found in queries.search(text, **options)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lebrun", "claire"),
        ("LEBRUN claire", "claire"),
        ("claire lebrun", "claire"),
        ("morel cl", "claire"),
        ("Léb", "claire"),
        ("lebrun morel", "claire"),
        ("lebrun 1978", "claire"),
        ("lebrun 78", "claire"),
        ("cl 4/5/78", "claire"),
        ("04051978", "claire"),
        ("4 mai 78", "claire"),
        ("mai 1978 leb", "claire"),
        ("05/1978", "claire"),
        ("0600004123", "claire"),
        ("06 00 00 41 23 lebrun", "claire"),
        ("+33 6 00 00 41 23", "claire"),
        ("4123", "claire"),
        ("41 23", "claire"),
        ("06 00 00 4", "claire"),
        ("000001", "claire"),
        ("0692123456", "silva"),
        ("lefebvre", "helene"),
        ("lefebvre helene", "helene"),
        ("HELENE LEFEB", "helene"),
        ("da silva", "silva"),
        ("dasilva", "silva"),
        ("silva rosa", "silva"),
        ("rosa da sil", "silva"),
        ("le goff", "goff"),
        ("legoff", "goff"),
        ("goff yann", "goff"),
        ("le roy", "leroy"),
        ("leroy anne marie", "leroy"),
        ("leroy marie", "leroy"),
        ("annemarie", "leroy"),
        ("ben ali", "benali"),
        ("benali ines", "benali"),
        ("d'angelo", "angelo"),
        ("D’Ang", "angelo"),
        ("dangelo", "angelo"),
        ("angelo", "angelo"),
        ("st martin", "saint"),
        ("Saint Martin Zoé", "saint"),
        ("roux solange", "given"),
        ("girard jipe", "jp"),
        ("girard jean", "jp"),
        ("jean pierre girard", "jp"),
    ],
)
def test_found_first(ids, typed, first):
    found = queries.search(typed)
    assert found
    assert found[0].id == ids[first]
    assert found[0].sure


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("lefaivre elene", "helene"),
        ("elene lefevre", "helene"),
        ("lebrin claire", "claire"),
        ("dassilva roza", "silva"),
        ("goffe yan", "goff"),
        ("benaly inesse", "benali"),
        ("jirard jean pierre", "jp"),
        ("morrel klaire", "claire"),
        ("leroi", "leroy"),
    ],
)
def test_heard_rather_than_read(ids, typed, first):
    found = queries.search(typed)
    assert found[0].id == ids[first]
    assert (found[0].sure, found[0].why) == (False, "nom qui sonne pareil")


def test_the_whole_name_comes_before_its_beginning_and_names_before_first_names(ids):
    assert who(ids, "martin")[:4] == ["martin", "saint", "nee", "prenom"]
    assert "martine" in who(ids, "martin")
    assert who(ids, "marti").index("martine") < who(ids, "marti").index("prenom")


def test_what_sounds_alike_completes_a_short_list(ids):
    assert who(ids, "lefevre") == ["lefevre", "helene"]
    found = queries.search("lefevre")
    assert [each.sure for each in found] == [True, False]


def test_a_name_and_a_date_that_nearly_agree(ids):
    found = queries.search("lebrum 04/05/1978")
    assert (found[0].id, found[0].why) == (ids["claire"], "même date de naissance")
    found = queries.search("lebrun 14/05/1978")
    assert (found[0].id, found[0].why) == (ids["claire"], "autre date de naissance")
    assert not found[0].sure


def test_two_birth_dates_for_two_digits(ids):
    old = make(birth_name="Ancel", birth_date=date(1920, 1, 1))
    young = make(birth_name="Ancel", birth_date=date(2020, 1, 1))
    assert {found.id for found in queries.search("1/1/20")} == {old.pk, young.pk}
    assert {found.id for found in queries.search("ancel 20")} == {old.pk, young.pk}


def test_by_matricule(ids):
    actions.record_insi(
        by=SECRETARY, patient_id=ids["claire"], matricule=MATRICULE, oid=ins.OID_NIR
    )
    for typed in (MATRICULE, ins.display(MATRICULE), MATRICULE[:13]):
        (found,) = queries.search(typed)
        assert (found.id, found.why) == (ids["claire"], "matricule INS")


def test_by_the_number_of_the_former_software():
    claire = make(former_number="HD-0042/b")
    assert [f.id for f in queries.search("hd0042b")] == []
    search_index.refresh([claire.pk])
    (found,) = queries.search("000001")
    assert found.why == "numéro de dossier"
    digits = make(birth_name="Dupont", former_number="77123")
    assert [f.id for f in queries.search("77123")] == [digits.pk]


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "%",
        "_",
        "%%%",
        "'",
        "'; DROP TABLE patients_patient; --",
        '" OR 1=1',
        "lebrun*",
        "(lebrun",
        "NEAR(lebrun claire)",
        "lebrun AND NOT claire",
        "\\",
        "\x00lebrun",
        "lebrun\n",
        "~",
        "^lebrun",
        "{}",
        "é" * 300,
        "a " * 300,
        "1" * 300,
        "00",
        "0",
        "+",
        "٠٤/٠٥/١٩٧٨",
        "99/99/9999",
        "lebrun 99/99/9999",
    ],
)
def test_nothing_typed_breaks_the_search(ids, typed):
    for found in queries.search(typed):
        assert found.id in ids.values()


def test_special_characters_are_no_wildcards(ids):
    assert queries.search("%") == []
    assert queries.search("l_brun") == []
    assert who(ids, "lebrun*") == ["claire"]


def test_the_list_is_no_longer_than_asked(ids):
    assert len(queries.search("m", limit=3)) == 3
    assert len(queries.search("martin", limit=1)) == 1


def test_exact_names_are_not_pushed_out_by_a_common_beginning():
    for letter in "abcdefghijklmnopqrst":
        make(birth_name=f"Mar{letter}d", birth_first_name="Paul", sex="M")
    mar = make(birth_name="Dupuis", birth_first_name="Mar", sex="M")
    assert mar.pk in {found.id for found in queries.search("mar", limit=12)}


def test_the_living_come_before_the_dead_of_the_same_name():
    gone = make(birth_name="Petit", birth_first_name="Anne")
    here = make(birth_name="Petit", birth_first_name="Zoé")
    actions.mark_deceased(by=SECRETARY, patient_id=gone.pk, on=date(2026, 1, 1))
    assert [(f.id, f.line.deceased) for f in queries.search("petit")] == [
        (here.pk, False),
        (gone.pk, True),
    ]


def test_two_groups_of_digits_narrow_one_another(ids):
    twin = make(
        birth_name="Lebrun",
        birth_first_name="Marc",
        sex="M",
        birth_date=date(1975, 1, 1),
        telephones=[NewTelephone("0600004123")],
    )
    assert {f.id for f in queries.search("4123")} == {ids["claire"], twin.pk}
    assert [f.id for f in queries.search("4123 01/01/1975")] == [twin.pk]
    assert [f.id for f in queries.search("marc 4123")] == [twin.pk]


def test_the_index_says_what_the_records_say(ids):
    before = sorted(SearchKey.objects.values_list("kind", "token", "line", "patient_id"))
    search_index.refresh(ids.values())
    assert sorted(SearchKey.objects.values_list("kind", "token", "line", "patient_id")) == before


@pytest.mark.parametrize(
    ("typed", "most"),
    [("lebrun", 12), ("04/05/1978", 3), ("0600004123", 3), ("4123", 4), ("martin jean", 20)],
)
def test_a_search_asks_few_questions(ids, typed, most, django_assert_max_num_queries):
    with django_assert_max_num_queries(most):
        queries.search(typed)


def test_prefix_ranges_follow_the_bytes_on_this_engine(ids):
    """The index is read by ranges of bytes: a locale's order would lose people."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM patients_searchkey"
            " WHERE kind = 'e' AND token >= 'LE' AND token < 'LE~'"
        )
        (count,) = cursor.fetchone()
    assert count == SearchKey.objects.filter(kind="e", token__startswith="LE").count()
