"""Waits after wrong passwords, codes too easy, names of accounts, the key of an RPPS number."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.practice.rules import codes, names, throttle

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ago = st.integers(0, 7200).map(lambda seconds: NOW - timedelta(seconds=seconds))


@given(st.lists(ago, max_size=40))
def test_a_wait_never_passes_the_longest_and_never_lies_in_the_past(failures):
    opens = throttle.next_try(failures, throttle.ACCOUNT, NOW)
    if opens is not None:
        assert NOW < opens <= NOW + throttle.ACCOUNT.longest


@given(st.lists(ago, max_size=40), ago)
def test_one_more_failure_never_shortens_the_wait(failures, another):
    before = throttle.next_try(failures, throttle.ACCOUNT, NOW)
    after = throttle.next_try([*failures, another], throttle.ACCOUNT, NOW)
    if before is not None:
        assert after is not None
        assert after >= before


@given(st.lists(ago, max_size=4))
def test_a_few_mistakes_cost_nothing(failures):
    assert throttle.next_try(failures, throttle.ACCOUNT, NOW) is None


@given(st.lists(st.integers(6 * 3600 + 1, 10**6), max_size=60))
def test_old_mistakes_are_forgotten(seconds):
    failures = [NOW - timedelta(seconds=s) for s in seconds]
    assert throttle.next_try(failures, throttle.ACCOUNT, NOW) is None


def test_whoever_guesses_at_every_occasion_gets_about_a_hundred_guesses_a_day():
    """Ten thousand codes of four digits, or any password, are out of reach."""
    failures: list[datetime] = []
    moment, guesses = NOW, 0
    while moment < NOW + timedelta(days=1):
        opens = throttle.next_try(failures, throttle.ACCOUNT, moment)
        if opens is None:
            failures.append(moment)
            guesses += 1
            moment += timedelta(milliseconds=1)
        else:
            moment = opens
    assert guesses <= 120


@pytest.mark.parametrize("code", ["4719", "80302", "13579", "27182818"])
def test_ordinary_codes_do(code):
    assert codes.why_not(code) is None


@pytest.mark.parametrize(
    "code",
    ["", "123", "0000", "1234", "4321", "8901", "2727", "999999", "12 4", "१२३४", "123456789"],
)
def test_easy_ones_and_other_things_do_not(code):
    assert codes.why_not(code)


@given(st.text(max_size=12))
def test_what_is_accepted_is_made_of_four_to_eight_digits(text):
    if codes.why_not(text) is None:
        assert text.isascii()
        assert text.isdigit()
        assert 4 <= len(text) <= 8


@pytest.mark.parametrize(
    ("given_name", "family_name", "username"),
    [
        ("Claire", "Petit", "c.petit"),
        ("Élise-Anne", "Le Goff", "e.legoff"),
        ("Aïssata", "N’Diaye", "a.ndiaye"),
        ("Lœtitia", "Œuvrard", "l.oeuvrard"),
        ("", "Martin", "martin"),
        ("Łukasz", "", "ukasz"),
    ],
)
def test_usernames_are_made_as_a_practice_would(given_name, family_name, username):
    assert names.suggested_username(given_name, family_name) == username


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_a_suggestion_is_usable_or_short(given_name, family_name):
    username = names.suggested_username(given_name, family_name)
    assert names.is_username(username) or len(username) < 3


def test_the_key_of_an_rpps_number():
    assert names.is_rpps("10003456786")
    assert not names.is_rpps("10003456785")
    assert not names.is_rpps("1000345678")
    assert not names.is_rpps("1000345678A")


@given(st.from_regex(r"\A[0-9]{10}\Z"))
def test_one_key_in_ten_is_right(ten):
    assert sum(names.is_rpps(f"{ten}{key}") for key in range(10)) == 1


@given(st.from_regex(r"\A[0-9]{11}\Z"), st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_seen(number, place, shift):
    if not names.is_rpps(number):
        return
    digit = (int(number[place]) + shift) % 10
    assert not names.is_rpps(f"{number[:place]}{digit}{number[place + 1 :]}")
