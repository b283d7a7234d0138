"""Telephone numbers: any French spelling in, one spelling kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.core.errors import Refusal
from unisson.patients.rules import phones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("06 00 00 41 23", "+33600004123"),
        ("0600004123", "+33600004123"),
        ("06.00.00.41.23", "+33600004123"),
        ("06-00-00-41-23", "+33600004123"),
        ("06/00/00/41/23", "+33600004123"),
        ("+33 6 00 00 41 23", "+33600004123"),
        ("+33 (0)6 00 00 41 23", "+33600004123"),
        ("0033600004123", "+33600004123"),
        ("+33 06 00 00 41 23", "+33600004123"),
        ("600004123", "+33600004123"),
        ("06\N{NO-BREAK SPACE}00 00 41 23", "+33600004123"),
        ("02 41 99 00 12", "+33241990012"),
        ("09 70 00 12 34", "+33970001234"),
        ("07 56 78 12 34", "+33756781234"),
        ("06 39 98 12 34", "+33639981234"),
        ("0262 12 34 56", "+262262123456"),
        ("0692 12 34 56", "+262692123456"),
        ("0639 12 34 56", "+262639123456"),
        ("0590 12 34 56", "+590590123456"),
        ("0696 12 34 56", "+596696123456"),
        ("0594 12 34 56", "+594594123456"),
        ("+262 262 12 34 56", "+262262123456"),
        ("+262 263 20 00 00", "+262263200000"),
        ("+262 639 98 12 34", "+262639981234"),
        ("+32 2 555 12 12", "+3225551212"),
        ("0041 22 730 51 11", "+41227305111"),
    ],
)
def test_spellings(typed, kept):
    assert phones.e164(typed) == kept


@pytest.mark.parametrize("number", sorted(phones.EMERGENCY))
def test_nobody_lives_at_an_emergency_number(number):
    with pytest.raises(Refusal) as refused:
        phones.e164(number)
    assert phones.EMERGENCY[number] in refused.value.sentence
    assert refused.value.field == "phone"


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("36 46", "numéro court"),
        ("1234", "numéro court"),
        ("06 00 00 41", "n’est pas un numéro"),
        ("06 00 00 41 23 4", "n’est pas un numéro"),
        ("00 00 00 00 00", "n’est pas un numéro"),
        ("06 00 00 41 23 (maman)", "lettres"),
        ("0800 123 456", "service"),
        ("0899 12 34 56", "service"),
        ("+1 555", "n’est pas un numéro"),
        ("+999 123456789", "n’est pas un numéro"),
        ("+33 8 99 12 34 56", "service"),
        ("", "manque"),
        ("---", "n’est pas un numéro"),
        ("০৬০০০০৪১২৩", "n’est pas un numéro"),
    ],
)
def test_what_is_not_a_number_is_said(typed, word):
    with pytest.raises(Refusal) as refused:
        phones.e164(typed)
    assert word in refused.value.sentence


@given(
    st.from_regex(r"0[1-79][0-9]{8}", fullmatch=True)
    | st.from_regex(r"0(?:26[239]|5(?:08|90|94|96)|6(?:39|9[0-7]))[0-9]{6}", fullmatch=True)
)
def test_any_national_number_keeps_its_ten_digits(number):
    kept = phones.e164(number)
    assert phones.display(kept).replace(" ", "") == number
    assert phones.e164(phones.display(kept)) == kept
    assert phones.e164(kept) == kept


@given(st.text(max_size=25))
def test_whatever_is_typed_is_a_number_or_a_sentence(text):
    try:
        kept = phones.e164(text)
    except Refusal:
        return
    assert kept.startswith("+")
    assert kept[1:].isascii()
    assert kept[1:].isdigit()
    assert len(kept) <= 16


def test_display():
    assert phones.display("+33600004123") == "06 00 00 41 23"
    assert phones.display("+262692123456") == "06 92 12 34 56"
    assert phones.display("+3225551212") == "+32 2 555 12 12"
    assert phones.display("?") == "?"


@pytest.mark.parametrize(
    ("number", "mobile"),
    [
        ("+33600004123", True),
        ("+33756781234", True),
        ("+33241990012", False),
        ("+33970001234", False),
        ("+262692123456", True),
        ("+262639123456", True),
        ("+262262123456", False),
        ("+596696123456", True),
        ("+596596123456", False),
        ("+32470123456", True),
    ],
)
def test_whether_a_text_message_gets_there(number, mobile):
    assert phones.is_mobile(number) is mobile
