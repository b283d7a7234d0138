"""Birth places: what was typed, when a place existed, what does not agree."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.patients.rules import birth_places as rules
from unisson.patients.rules.birth_places import COUNTRY, HORIZON, Place

DAY = timedelta(days=1)
MERGER = date(2015, 12, 15)
BEFORE = Place("49023", HORIZON, "Beaupréau", valid_until=MERGER - DAY)
SINCE = Place("49023", MERGER, "Beaupréau-en-Mauges")
GONE = Place("49162", HORIZON, "Jallais", valid_until=MERGER - DAY)
ANGERS = Place("49007", HORIZON, "Angers")
PARIS_15 = Place("75115", HORIZON, "Paris 15e Arrondissement")
CONGO = Place("99312", HORIZON, "Congo (République démocratique)", COUNTRY)


def on(year: int, month: int = 5, day: int = 4) -> rules.Born:
    return date(year, month, day), date(year, month, day)


# What is looked for --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Saint-Denis", "saint denis"),
        ("St Denis", "saint denis"),
        ("STE-MARIE", "sainte marie"),
        ("L’Haÿ-les-Roses", "hay les roses"),
        ("L'Abergement-Clémenciat", "abergement clemenciat"),
        ("Le Mans", "mans"),
        ("Œuilly", "oeuilly"),
        ("La", "la"),
    ],
)
def test_a_name_is_looked_for_without_what_typing_leaves_out(name, key):
    assert rules.search_key(name) == key


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("angers", rules.Asked(("angers",), (("angers",),))),
        ("St-Den", rules.Asked(("saint den",), (("saint",), ("den",)))),
        ("st", rules.Asked(("st", "saint"), (("st", "saint"),))),
        ("bourg ste", rules.Asked(("bourg ste", "bourg sainte"), (("bourg",), ("ste", "sainte")))),
        ("saint denis 974", rules.Asked(("saint denis",), (("saint",), ("denis",)), ("974",))),
        ("49", rules.Asked(codes=("49",))),
        ("2a004", rules.Asked(codes=("2A004",))),
        ("paris 1", rules.Asked(("paris 1",), (("paris",), ("1",)))),
    ],
)
def test_what_was_typed_is_read(typed, asked):
    assert rules.asked(typed) == asked


@pytest.mark.parametrize("typed", ["", " ", "a", "-", "’", "5"])
def test_one_letter_asks_nothing(typed):
    assert not rules.asked(typed)


@given(st.text(max_size=90))
def test_anything_can_be_typed(text):
    asked = rules.asked(text)
    for word in (word for spellings in asked.words for word in spellings):
        assert word.isascii()
        assert word.isalnum()


# When ----------------------------------------------------------------------------------


@given(
    begin=st.dates(HORIZON, date(2030, 1, 1)),
    length=st.none() | st.integers(0, 30_000),
    born=st.dates(date(1900, 1, 1), date(2030, 1, 1)),
)
def test_a_place_is_there_from_its_first_day_to_its_last(begin, length, born):
    end = None if length is None else begin + timedelta(days=length)
    place = Place("49001", begin, "Essai", valid_until=end)
    # Before 1943 nothing is known: what was there that year is taken to have been there.
    seen = max(born, HORIZON)
    assert place.existed((born, born)) == (begin <= seen and (end is None or seen <= end))


def test_its_last_day_counts_and_the_day_after_is_another_s():
    assert BEFORE.existed(on(2015, 12, 14))
    assert not BEFORE.existed(on(2015, 12, 15))
    assert SINCE.existed(on(2015, 12, 15))


@pytest.mark.parametrize(
    ("precision", "born", "days"),
    [
        ("exact", date(2015, 12, 31), (date(2015, 12, 31), date(2015, 12, 31))),
        ("day_unknown", date(2016, 2, 1), (date(2016, 2, 1), date(2016, 2, 29))),
        ("month_unknown", date(2015, 1, 4), (date(2015, 1, 1), date(2015, 12, 31))),
        ("unknown", date(2015, 12, 31), (date(2015, 1, 1), date(2015, 12, 31))),
    ],
)
def test_a_date_not_wholly_known_is_any_of_its_days(precision, born, days):
    assert rules.birth_days(born, precision) == days


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (ANGERS, ""),
        (GONE, "jusqu’au 14/12/2015"),
        (SINCE, "depuis le 15/12/2015"),
        (
            Place("1", date(1964, 1, 1), "Essai", valid_until=date(1972, 12, 31)),
            "du 01/01/1964 au 31/12/1972",
        ),
    ],
)
def test_a_period_is_said_when_there_is_one(place, said):
    assert place.period == said


@pytest.mark.parametrize(
    ("code", "kind", "department"),
    [("49007", "commune", "49"), ("2A004", "commune", "2A"), ("97411", "commune", "974"),
     ("98818", "commune", "988"), ("99352", COUNTRY, "")],
)  # fmt: skip
def test_homonyms_are_told_apart_by_their_department(code, kind, department):
    assert Place(code, HORIZON, "Essai", kind).department == department


# What does not agree -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Angers", [ANGERS]),
        ("ANGERS (49)", [ANGERS]),
        ("angers", [ANGERS]),
        ("", [ANGERS]),
        ("Paris 15", [PARIS_15]),
        ("Paris 15e", [PARIS_15]),
        ("Paris", [PARIS_15]),
        ("Congo (Rép. démocratique)", []),
        ("Congo (République démocratique)", [CONGO]),
    ],
)
def test_nothing_is_said_of_what_agrees(name, known):
    said = rules.remarks(known[0].code if known else "", name, known, on(1978))
    assert said == []


@pytest.mark.parametrize(
    ("code", "name", "known", "born", "said"),
    [
        ("49999", "Angers", [], on(1978), "Code 49999 inconnu de la table des lieux"),
        ("49007", "Cholet", [ANGERS], on(1978), "celui de «\u00a0Angers\u00a0», pas de «\u00a0Ch"),
        ("49007", "Cholet", [ANGERS], None, "celui de «\u00a0Angers\u00a0»"),
        ("75115", "Paris 16", [PARIS_15], on(1978), "celui de «\u00a0Paris 15e Arrondissement"),
        ("99312", "Congo", [CONGO], on(1978), "celui de «\u00a0Congo (République démocratique)"),
        ("49162", "Jallais", [GONE], on(2020), "n’existait plus à la date de naissance\u00a0: Jal"),
        ("49162", "Jallais", [GONE], on(2020), "jusqu’au 14/12/2015"),
        ("49500", "Neuve", [Place("49500", MERGER, "Neuve")], on(1978), "n’existait pas encore"),
        ("49023", "Beaupréau-en-Mauges", [BEFORE, SINCE], on(1978), "s’appelait «\u00a0Beaupréau"),
        ("49023", "Beaupréau-en-Mauges", [BEFORE, SINCE], on(1978), "depuis le 15/12/2015"),
    ],
)
def test_what_does_not_agree_is_said_in_words(code, name, known, born, said):
    remarks = rules.remarks(code, name, known, born)
    assert len(remarks) == 1
    assert said in remarks[0]


def test_a_place_that_came_and_went_says_its_periods():
    places = [
        Place("1", HORIZON, "Essai", valid_until=date(1964, 1, 1)),
        Place("1", date(1980, 1, 1), "Essai"),
    ]
    (said,) = rules.remarks("1", "Essai", places, on(1970))
    assert "n’existait pas à la date" in said
    assert "jusqu’au 01/01/1964, Essai, depuis le 01/01/1980" in said


def test_a_month_that_saw_both_names_says_nothing():
    born = rules.birth_days(date(2015, 12, 1), "day_unknown")
    assert rules.remarks("49023", "Beaupréau", [BEFORE, SINCE], born) == []
    assert rules.remarks("49023", "Beaupréau-en-Mauges", [BEFORE, SINCE], born) == []


@given(st.text(max_size=80), st.dates(date(1900, 1, 1), date(2026, 11, 24)))
def test_a_remark_never_refuses(name, born):
    assert len(rules.remarks("49023", name, [BEFORE, SINCE], (born, born))) <= 1
