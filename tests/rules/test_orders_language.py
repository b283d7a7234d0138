"""The command line is read as a secretary means it: see orders.txt."""

from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from unisson.core.french_time import NBSP
from unisson.core.french_time.text import fold
from unisson.screens.secretary.orders.rules import Named, Order, Verb, Vocabulary, read_line
from unisson.screens.secretary.orders.rules.verbs import BY_WORDS, FORMS, LETTERS

NOW = datetime(2026, 11, 24, 9, 41)

# Dr Martin bears the commonest surname on purpose; « écho » names an agenda, a
# visit type and, in full, a machine.
PRACTICE = Vocabulary(
    practitioners=(
        Named.practitioner(1, "Dr Diallo", family="Diallo", given="Awa"),
        Named.practitioner(2, "Dr Nguyen", family="Nguyen", given="Linh"),
        Named.practitioner(3, "Dr Marchal", family="Marchal", given="Paul", aliases="pédiatre"),
        Named.practitioner(
            4, "Mme Ferrand", family="Ferrand", given="Julie", aliases="ide, infirmière"
        ),
        Named.practitioner(
            5, "Échographie", family="Le Goff", given="Yann", aliases="écho, legoff"
        ),
        Named.practitioner(6, "Dr Martin", family="Martin", given="Luc"),
    ),
    visit_types=(
        Named.visit_type(1, "Consultation", code="CS"),
        Named.visit_type(2, "Contrôle", code="CTRL"),
        Named.visit_type(3, "Suivi diabète", code="DIAB"),
        Named.visit_type(4, "Suivi de grossesse", code="GROS"),
        Named.visit_type(5, "Échographie", code="ECHO"),
        Named.visit_type(6, "Vaccination", code="VAC"),
        Named.visit_type(7, "Renouvellement d’ordonnance", code="REN"),
        Named.visit_type(8, "Certificat de sport", code="SPORT"),
        Named.visit_type(9, "Téléconsultation", code="TLC"),
        Named.visit_type(10, "Première consultation", code="1CS"),
    ),
    resources=(
        Named.resource(11, "Salle 1"),
        Named.resource(12, "Salle 2"),
        Named.resource(13, "Cabinet 1"),
        Named.resource(14, "Échographe"),
    ),
)


def lines() -> list:
    text = Path(__file__).with_name("orders.txt").read_text(encoding="utf-8")
    rows = [line.split("|") for line in text.splitlines() if line and not line.startswith("#")]
    cells = [[cell.strip() for cell in row] for row in rows]
    return [pytest.param(*[*row, ""][:5], id=row[0]) for row in cells]


def said(order: Order) -> str:
    return order.understood.replace(NBSP, " ")


@pytest.mark.parametrize(("line", "verb", "patient", "understood", "second"), lines())
def test_a_line_is_read_as_it_is_meant(line, verb, patient, understood, second):
    readings = read_line(line, PRACTICE, NOW)
    assert (readings[0].verb, readings[0].patient_text) == (verb, patient)
    assert said(readings[0]) == understood
    assert (f"{readings[1].verb}: {said(readings[1])}" if readings[1:] else "") == second


def test_there_are_enough_lines():
    assert len(lines()) >= 150


@pytest.mark.parametrize("verb", list(Verb))
def test_every_verb_has_words_and_a_line_in_the_table(verb):
    assert verb in FORMS
    assert any(param.values[1] == verb for param in lines())


@pytest.mark.parametrize(
    ("verb", "form"), [(verb, form) for verb, forms in FORMS.items() for form in forms]
)
def test_every_form_of_every_verb_is_understood(verb, form):
    about = " nguyen" if verb in (Verb.FREE, Verb.BLOCK, Verb.WEEK, Verb.ABSENCE) else " kaci"
    if verb in (Verb.HELP, Verb.UNDO, Verb.MONTH, Verb.DAY, Verb.FIRST_FREE):
        about = ""
    assert verb in {order.verb for order in read_line(form + about, PRACTICE, NOW)}


@pytest.mark.parametrize(("letter", "verb"), LETTERS.items())
def test_a_letter_is_an_order_only_before_something(letter, verb):
    assert read_line(f"{letter} kaci", PRACTICE, NOW)[0].verb is verb
    assert read_line(letter, PRACTICE, NOW)[0].verb is Verb.PATIENT


def test_the_whole_of_a_booking():
    order = read_line("rdv martin controle jeudi matin nguyen 30 min", PRACTICE, NOW)[0]
    assert order.verb is Verb.BOOK
    assert order.patient_text == "martin"
    assert order.practitioner is not None
    assert order.practitioner.label == "Dr Nguyen"
    assert order.visit_type is not None
    assert order.visit_type.id == 2
    assert order.window.day == date(2026, 11, 26)
    assert (order.window.start, order.window.end) == (0, 720)
    assert order.minutes == 30


def test_a_surname_of_a_patient_and_of_a_practitioner_keeps_both_readings():
    readings = read_line("rdv martin", PRACTICE, NOW)
    assert [order.patient_text for order in readings] == ["martin", ""]
    assert readings[0].practitioner is None
    assert readings[1].practitioner is not None


@pytest.mark.parametrize("line", ["rdv roux dr martin", "rdv roux avec martin", "rdv roux martin"])
def test_after_a_title_it_is_the_practitioner(line):
    order = read_line(line, PRACTICE, NOW)[0]
    assert (order.patient_text, order.practitioners[0].label) == ("roux", "Dr Martin")


def test_a_civility_says_whether_she_is_the_practitioner():
    assert read_line("rdv mme martin", PRACTICE, NOW)[0].patient_text == "martin"
    ferrand = read_line("libre mme ferrand", PRACTICE, NOW)[0]
    assert ferrand.practitioners[0].label == "Mme Ferrand"


def test_words_nothing_is_made_of_are_said():
    assert read_line("libre xyz nguyen", PRACTICE, NOW)[0].unknown == ("xyz",)
    assert read_line("semaine nguyen truc", PRACTICE, NOW)[0].unknown == ("truc",)


def test_a_visit_type_that_fits_several_names_them_all():
    order = read_line("rdv dupuis suivi", PRACTICE, NOW)[0]
    assert order.visit_type is None
    assert [named.id for named in order.visit_types] == [3, 4]


def test_a_move_knows_where_from_and_where_to():
    order = read_line("deplace roux de jeudi 9h à vendredi 10h", PRACTICE, NOW)[0]
    assert (order.origin.day, order.origin.exact) == (date(2026, 11, 26), 540)
    assert (order.window.day, order.window.exact) == (date(2026, 11, 27), 600)
    order = read_line("deplace roux 9h à 10h20", PRACTICE, NOW)[0]
    assert (order.origin.exact, order.window.exact) == (540, 620)


def test_a_reason_is_kept_as_typed():
    assert read_line("rdv roux jeudi motif Vertiges, 3 jours", PRACTICE, NOW)[0].reason == (
        "Vertiges, 3 jours"
    )
    assert read_line("bloque nguyen 12h 13h Réunion labo", PRACTICE, NOW)[0].reason == (
        "Réunion labo"
    )


def test_a_birth_date_is_the_patient_s_and_a_coming_date_the_visit_s():
    order = read_line("rdv roux 12/03/1951 jeudi", PRACTICE, NOW)[0]
    assert order.patient_text == "roux 12/03/1951"
    assert order.window.day == date(2026, 11, 26)
    order = read_line("rdv roux 12/12/2026", PRACTICE, NOW)[0]
    assert (order.patient_text, order.window.day) == ("roux", date(2026, 12, 12))


def test_an_impossible_hour_is_said():
    order = read_line("rdv roux 28/03/2027 2h30", PRACTICE, NOW)[0]
    assert any("n’existe pas" in question for question in order.questions)


def test_nothing_is_read_in_nothing():
    assert read_line("", PRACTICE, NOW) == ()
    assert read_line("  - / ", PRACTICE, NOW) == ()
    assert read_line("roux", Vocabulary(), NOW)[0].patient_text == "roux"


NAMES = [form for forms in FORMS.values() for form in forms]
WORDS = """
    roux martin nguyen le goff de la tour mme dr avec jeudi 9h mars sam salle 2 écho suivi demain
    12/03/1951 30 min urgent : motif à 3
"""
LINES = st.lists(st.sampled_from([*NAMES, *WORDS.split()]), max_size=8).map(" ".join)


@given(line=LINES | st.text(max_size=80))
@example(line="de la")
@example(line="le le le")
@example(line="salle salle 2 salle")
@example(line="motif : motif : x")
def test_anything_typed_has_a_meaning_and_never_crashes(line):
    readings = read_line(line, PRACTICE, NOW)
    assert readings or not any(letter.isascii() and letter.isalnum() for letter in line[:200])
    for order in readings:
        assert order.understood
        assert "{" in line or "{" not in order.understood
        assert order.cost >= 0
        assert order.patient_text == order.patient_text.strip()


@given(line=LINES)
def test_readings_are_ranked_and_different(line):
    readings = read_line(line, PRACTICE, NOW)
    assert [order.cost for order in readings] == sorted(order.cost for order in readings)
    sentences = [(order.verb, order.understood) for order in readings]
    assert len(set(sentences)) == len(sentences)


@given(name=st.text(alphabet="abcdefghijklmnopqrstuvwxyzéèç", min_size=4, max_size=12))
def test_the_patient_is_what_remains_to_the_letter(name):
    assume((fold(name),) not in BY_WORDS)
    order = read_line(f"patient {name}", PRACTICE, NOW)[0]
    assert order.patient_text == name
