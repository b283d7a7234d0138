"""Hours, days and lengths as people type them in a form."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.core.errors import Refusal
from unisson.screens.shared import typed


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("8:30", time(8, 30)),
        ("8h30", time(8, 30)),
        ("8 h 30", time(8, 30)),
        ("8H", time(8)),
        ("8", time(8)),
        ("830", time(8, 30)),
        ("0830", time(8, 30)),
        ("1830", time(18, 30)),
        ("8.30", time(8, 30)),
        (" 18:00 ", time(18)),
        ("24:00", time(0)),
        ("24h", time(0)),
        ("0:00", time(0)),
    ],
)
def test_hours(text, hour):
    assert typed.hour(text) == hour


@pytest.mark.parametrize(
    "text", ["", "25:00", "8:60", "24:01", "midi", "8:3", "8:300", "-8", "8:30 8"]
)
def test_what_is_not_an_hour_is_refused(text):
    with pytest.raises(Refusal):
        typed.hour(text)


@given(st.times())
def test_an_hour_shown_is_read_back(hour):
    hour = hour.replace(second=0, microsecond=0)
    assert typed.hour(typed.shown_hour(hour)) == hour
    assert typed.hour(typed.shown_hour(hour, end=True)) == hour


@pytest.mark.parametrize(
    "text", ["24/11/2026", "24.11.2026", "24-11-26", "24 11 2026", "24112026", "241126", "24/11/26"]
)
def test_days(text):
    assert typed.day(text) == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["31/02/2026", "29/02/2027", "0/1/2026", "1/13/2026"])
def test_a_day_no_calendar_has_is_said_not_to_exist(text):
    with pytest.raises(Refusal, match="n’existe pas"):
        typed.day(text)


@pytest.mark.parametrize("text", ["", "demain", "2026-11-24", "24/11", "24/11/202"])
def test_what_is_not_a_day_is_refused(text):
    with pytest.raises(Refusal, match="jj/mm/aaaa"):
        typed.day(text)


@given(st.dates(date(1900, 1, 1), date(2999, 12, 31)))
def test_a_day_shown_is_read_back(day):
    assert typed.day(f"{day:%d/%m/%Y}") == day


@pytest.mark.parametrize(("text", "minutes"), [("20", 20), ("20 min", 20), ("5'", 5), ("45mn", 45)])
def test_lengths(text, minutes):
    assert typed.minutes(text, "Durée") == minutes


@pytest.mark.parametrize("text", ["", "0", "721", "une heure", "1h", "20.5"])
def test_lengths_out_of_reason(text):
    with pytest.raises(Refusal, match="Durée : entre 1 et 720"):
        typed.minutes(text, "Durée")
