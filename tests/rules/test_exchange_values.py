"""What a cell says, and what it does not."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.exchange.rules import agenda, patients, values
from unisson.exchange.rules.patients import Options
from unisson.exchange.rules.values import Bad

TODAY = date(2026, 11, 24)
OPTIONS = Options(TODAY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04/05/1978", date(1978, 5, 4)),
        ("4/5/78", date(1978, 5, 4)),
        ("04-05-1978", date(1978, 5, 4)),
        ("04.05.1978", date(1978, 5, 4)),
        ("1978-05-04", date(1978, 5, 4)),
        ("1978-05-04T00:00:00.000Z", date(1978, 5, 4)),
        ("04/05/1978 00:00:00", date(1978, 5, 4)),
        ("04051978", date(1978, 5, 4)),
        ("19780504", date(1978, 5, 4)),
        ("4 mai 1978", date(1978, 5, 4)),
        ("04-mai-78", date(1978, 5, 4)),
        ("1er janvier 2001", date(2001, 1, 1)),
        ("12/03/24", date(2024, 3, 12)),
        ("12/03/27", date(1927, 3, 12)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_birth_dates(text, expected):
    assert values.birth_date(text, TODAY) == (expected, "exact")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("00/05/1950", (date(1950, 5, 1), "day_unknown")),
        ("12/00/1950", (date(1950, 1, 12), "month_unknown")),
        ("00/00/1950", (date(1950, 12, 31), "unknown")),
        ("1950", (date(1950, 12, 31), "unknown")),
    ],
)
def test_partly_known_birth_dates_follow_the_convention(text, expected):
    assert values.birth_date(text, TODAY) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("28614", "Excel"),
        ("28614,0", "Excel"),
        ("13/13/1978", "mois 13"),
        ("31/02/1980", "jour 31"),
        ("29/02/2023", "jour 29"),
        ("25/11/2026", "venir"),
        ("01/01/1850", "ans"),
        ("01/01/1900", "remplissage"),
        ("05/13/1978", "mois 13"),
        ("lundi", "pas une date"),
        ("00/00/0000", "."),
    ],
)
def test_dates_that_are_refused(text, words):
    with pytest.raises(Bad, match=words):
        values.birth_date(text, TODAY)


def test_american_dates_only_when_told():
    assert values.birth_date("05/04/1978", TODAY, True)[0] == date(1978, 5, 4)
    assert values.birth_date("05/04/1978", TODAY)[0] == date(1978, 4, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("06 39 98 00 01", [("+33639980001", "")]),
        ("06.39.98.00.01", [("+33639980001", "")]),
        ("0639980001", [("+33639980001", "")]),
        ("639980001", [("+33639980001", "")]),
        ("261910001", [("+33261910001", "")]),
        ("+33 (0)6 39 98 00 01", [("+33639980001", "")]),
        ("0033639980001", [("+33639980001", "")]),
        ("33639980001", [("+33639980001", "")]),
        ('="0639980001"', [("+33639980001", "")]),
        ("06 39 98 00 01 (sa fille)", [("+33639980001", "sa fille")]),
        ("06 39 98 00 01 / 02 61 91 00 01", [("+33639980001", ""), ("+33261910001", "")]),
        ("0639980001 ou 0639980001", [("+33639980001", "")]),
        ("", []),
    ],
)
def test_phones(text, expected):
    found = values.phone_numbers(values.clean(text))
    assert [(phone.e164, phone.holder) for phone in found] == expected


@pytest.mark.parametrize("text", ["6,39E+08", "néant", "15", "06 39", "liste rouge"])
def test_what_is_no_phone(text):
    with pytest.raises(Bad):
        values.phone_numbers(text)


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["F", "Mme", "Mlle", "Madame", "Féminin", "femme", "2", "Fille"], "F"),
        (["M", "M.", "Mr", "Monsieur", "H", "homme", "masculin", "1", "Garçon"], "M"),
        (["", "I", "Enfant", "inconnu"], "U"),
    ],
)
def test_sexes(texts, expected):
    assert {values.sex(text) for text in texts} == {expected}


def test_a_sex_not_understood():
    with pytest.raises(Bad):
        values.sex("Zorglub")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1000", "01000"), ("1000.0", "01000"), ("49 000", "49000"), ("49000", "49000"),
        ("B-1000", ""), ("", ""), ("750", ""),
    ],
)  # fmt: skip
def test_postcodes_lose_their_zero_to_spreadsheets(text, expected):
    assert values.postcode(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("49007", "49007"), ("1053", "01053"), ("2a004", "2A004"), ("99350", "99350"), ("Angers", "")],
)
def test_insee_codes(text, expected):
    assert values.insee(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LEBRUN Claire", ("LEBRUN", "Claire", "")),
        ("Claire LEBRUN", ("LEBRUN", "Claire", "")),
        ("Mme LE GOFF Anne-Marie", ("LE GOFF", "Anne-Marie", "Mme")),
        ("DA SILVA, Maria José", ("DA SILVA", "Maria José", "")),
        ("de Oliveira Ana", ("de Oliveira", "Ana", "")),
        ("M. DUPONT Jean-Pierre", ("DUPONT", "Jean-Pierre", "M.")),
    ],
)
def test_names_in_one_cell(text, expected):
    assert values.split_full_name(text) == expected


def test_one_word_is_not_a_name_and_a_first_name():
    with pytest.raises(Bad):
        values.split_full_name("Mme DUPONT")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:40", time(9, 40)), ("09h40", time(9, 40)), ("9 h", time(9)), ("0940", time(9, 40)),
        ("14:30:00", time(14, 30)), ("2:30 pm", time(14, 30)), ("12:15 AM", time(0, 15)),
    ],
)  # fmt: skip
def test_times(text, expected):
    assert values.clock_time(text) == expected


@pytest.mark.parametrize("text", ["25:00", "9:75", "midi", ""])
def test_times_that_are_not(text):
    with pytest.raises(Bad):
        values.clock_time(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20", 20), ("20 min", 20), ("0:20", 20), ("00:20:00", 20), ("1h15", 75), ("1h", 60)],
)
def test_lengths(text, expected):
    assert values.minutes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected", "offset"),
    [
        ("24/11/2026 09:40", datetime(2026, 11, 24, 9, 40), ""),
        ("24/11/2026 à 9h40", datetime(2026, 11, 24, 9, 40), ""),
        ("2026-11-24T09:40:00Z", datetime(2026, 11, 24, 9, 40), "Z"),
        ("2026-11-24 09:40:00+01:00", datetime(2026, 11, 24, 9, 40), "+01:00"),
        ("mar. 24 nov. 2026 09:40", datetime(2026, 11, 24, 9, 40), ""),
    ],
)
def test_moments(text, expected, offset):
    assert values.moment(text, TODAY) == (expected, offset)


def reason_or_nothing(read, text):
    """None when it can be read, else why not; any other error is a failure."""
    try:
        read(text)
    except Bad as bad:
        return str(bad)
    return None


@given(st.text(max_size=60))
def test_no_text_does_anything_but_give_a_value_or_a_reason(text):
    for read in (
        values.phone_numbers,
        values.sex,
        values.clock_time,
        values.minutes,
        values.email,
        values.postcode,
        values.insee,
        values.split_full_name,
        values.clean,
        agenda.status,
        lambda cell: values.birth_date(cell, TODAY),
        lambda cell: values.day(cell, TODAY),
        lambda cell: values.moment(cell, TODAY),
    ):
        assert reason_or_nothing(read, text) != ""


# -- one patient ------------------------------------------------------------------


def record(**cells):
    full = {"birth_date": "04/05/1978", "first_name": "Claire", **cells}
    return patients.read(2, {name: [text] for name, text in full.items()}, OPTIONS)


def test_nom_beside_nom_de_naissance():
    found = record(birth_name="MOREL", used_name="LEBRUN", sex="Mme")
    assert (found.traits.birth_name, found.used_name, found.traits.sex) == ("MOREL", "LEBRUN", "F")


def test_a_used_name_that_only_repeats_the_birth_name_is_none():
    assert record(birth_name="MOREL", used_name="Morel").used_name == ""


def test_without_a_birth_name_the_name_is_taken_for_it():
    found = record(birth_name="", used_name="LEBRUN")
    assert (found.traits.birth_name, found.used_name) == ("LEBRUN", "")


def test_accents_go_to_the_used_first_name_never_to_the_strict_traits():
    assert record(name="Lefèvre", first_name="Hélène").traits.birth_first_name == "HELENE"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"name": ""}, "nom manque"),
        ({"name": "ROUX", "first_name": ""}, "prénom manque"),
        ({"name": "ROUX", "birth_date": ""}, "naissance manque"),
        ({"name": "R0UX"}, "«"),
        ({"name": "DUPR\ufffd"}, "illisible"),
        ({"name": "ROUX", "birth_date": "31/02/1980"}, "jour 31"),
    ],
)
def test_lines_that_are_refused(cells, words):
    with pytest.raises(Bad, match=words):
        record(**cells)


def test_what_is_not_identity_is_left_out_and_said():
    found = record(
        name="ROUX", phone="liste rouge", email="pas d’adresse", postcode="B-1000", sex="Zorglub"
    )
    assert (found.phones, found.email, found.postcode, found.traits.sex) == ((), "", "", "U")
    assert len(found.remarks) == 4


def test_two_digit_years_are_said_and_a_married_child_is_an_adult():
    assert "lue 2020" in record(name="ROUX", birth_date="12/03/20").remarks[0]
    wed = record(birth_name="MOREL", used_name="LEBRUN", birth_date="12/03/24")
    assert wed.traits.birth_date == date(1924, 3, 12)
    assert "1924" in wed.remarks[0]
    assert record(name="ROUX", birth_date="12/03/51").remarks == ()


def test_given_names():
    found = patients.read(
        2,
        {"name": ["ROUX"], "birth_given_names": ["Paul, Marie"], "birth_date": ["12/03/1951"]},
        OPTIONS,
    )
    assert (found.traits.birth_first_name, found.traits.birth_given_names) == ("PAUL", "PAUL MARIE")


def test_formulas_are_only_text():
    assert record(name="ROUX", note="=cmd|' /C calc'!A0").note.startswith("=cmd")
