"""Birth dates in every way they are typed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.core.errors import Refusal
from unisson.patients.rules import birth_dates

TODAY = date(2026, 11, 24)
BORN = date(1978, 5, 4)
past = st.dates(date(1897, 1, 1), TODAY)


@pytest.mark.parametrize(
    "typed",
    [
        "04/05/1978",
        "4/5/1978",
        "4/5/78",
        "04-05-1978",
        "04.05.78",
        "4 5 78",
        "04 / 05 / 1978",
        "04051978",
        "040578",
        "19780504",
        "1978-05-04",
        "4 mai 1978",
        "4 MAI 78",
        "04 mai 1978",
        "4mai1978",
        " 4  mai\N{NO-BREAK SPACE}1978 ",
        "4–5–1978",
    ],
)
def test_one_date_typed_many_ways(typed):
    assert birth_dates.read(typed, TODAY) == BORN
    assert birth_dates.spans(typed, TODAY)[0].date == BORN


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("1er janvier 2001", date(2001, 1, 1)),
        ("3 fév 64", date(1964, 2, 3)),
        ("12 août 1990", date(1990, 8, 12)),
        ("9 sept. 15", date(2015, 9, 9)),
        ("24/11/26", TODAY),
        ("25/11/26", date(1926, 11, 25)),
        ("01/01/27", date(1927, 1, 1)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_the_century_of_two_digits_is_the_latest_already_begun(typed, born):
    assert birth_dates.read(typed, TODAY) == born


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("1978", "1978"),
        ("05/1978", "197805"),
        ("5-1978", "197805"),
        ("mai 1978", "197805"),
        ("déc. 2003", "200312"),
    ],
)
def test_a_month_or_a_year_is_enough_to_search(typed, digits):
    (span,) = birth_dates.spans(typed, TODAY)
    assert span.digits == digits
    assert span.date is None


def test_two_digits_can_mean_two_centuries_in_a_search():
    assert [s.year for s in birth_dates.spans("4/5/20", TODAY)] == [2020, 1920]


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("31/02/1978", "n’existe pas"),
        ("29/02/2023", "n’existe pas"),
        ("12/13/1978", "pas de mois 13"),
        ("00/05/1978", "n’existe pas"),
        ("25/11/2026", "à venir"),
        ("01/01/1890", "136 ans"),
        ("1978", "le mois et l’année"),
        ("mai 1978", "le mois et l’année"),
        ("demain", "le mois et l’année"),
        ("", "manque"),
        ("4/5/", "le mois et l’année"),
        ("99999999", "n’est pas une date"),
    ],
)
def test_what_is_wrong_is_said(typed, word):
    with pytest.raises(Refusal) as refused:
        birth_dates.read(typed, TODAY)
    assert word in refused.value.sentence
    assert refused.value.field == "birth_date"


@given(past)
def test_any_past_date_comes_back_from_every_long_spelling(born):
    month = next(word for word, number in birth_dates.MONTHS.items() if number == born.month)
    for typed in (
        f"{born:%d/%m/%Y}",
        f"{born:%d%m%Y}",
        f"{born.day}/{born.month}/{born.year}",
        f"{born.day} {month} {born.year}",
        f"{born:%Y-%m-%d}",
    ):
        assert birth_dates.read(typed, TODAY) == born
        assert birth_dates.spans(typed, TODAY)[0].date == born


@given(past)
def test_a_two_digit_year_is_never_to_come_and_less_than_a_century_old(born):
    read = birth_dates.read(f"{born:%d/%m/%y}", TODAY)
    assert read <= TODAY
    assert TODAY - read < timedelta(days=36526)
    assert (read.day, read.month, read.year % 100) == (born.day, born.month, born.year % 100)


@given(st.text(alphabet="0123456789/ -.maijunétfévrsepo", max_size=14))
def test_whatever_is_typed_is_a_past_date_or_a_sentence(text):
    said, born = "", None
    try:
        born = birth_dates.read(text, TODAY)
    except Refusal as refusal:
        said = refusal.sentence
    assert said.endswith(".") if born is None else date(1896, 1, 1) <= born <= TODAY
    for span in birth_dates.spans(text, TODAY):
        assert span.digits.isdigit()


@pytest.mark.parametrize(
    ("known", "kept"),
    [
        ((1978, 5, 4), (date(1978, 5, 4), "exact")),
        ((1978, 5, None), (date(1978, 5, 1), "day_unknown")),
        ((1978, None, 4), (date(1978, 1, 4), "month_unknown")),
        ((1978, None, None), (date(1978, 12, 31), "unknown")),
        ((2026, None, None), (date(2026, 12, 31), "unknown")),
    ],
)
def test_conventions_for_what_is_not_known(known, kept):
    assert birth_dates.by_convention(*known, TODAY) == kept


def test_an_unknown_day_of_a_year_to_come_is_refused():
    with pytest.raises(Refusal):
        birth_dates.by_convention(2027, None, None, TODAY)
    with pytest.raises(Refusal):
        birth_dates.by_convention(2026, 12, None, TODAY)


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (date(1978, 5, 4), "48 ans"),
        (date(2008, 2, 29), "18 ans"),
        (date(2024, 11, 24), "2 ans"),
        (date(2024, 11, 25), "23 mois"),
        (date(2026, 9, 24), "2 mois"),
        (date(2026, 9, 25), "8 semaines"),
        (date(2026, 11, 23), "1 jour"),
        (date(2026, 11, 24), "0 jour"),
    ],
)
def test_age_as_said_at_the_desk(born, said):
    assert birth_dates.age_words(born, TODAY) == said.replace(" ", "\N{NO-BREAK SPACE}")


def test_a_leap_day_birthday_comes_on_the_first_of_march():
    assert birth_dates.age(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert birth_dates.age(date(2008, 2, 29), date(2026, 3, 1)) == 18
