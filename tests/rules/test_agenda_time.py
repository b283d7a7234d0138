"""Spans, the wall clock of Paris, and words, against the slow obvious way."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.agenda.rules import wall, words
from unisson.agenda.rules.spans import clipped, common, covers, length, merged, without

SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)

spans = st.lists(
    st.tuples(st.integers(0, 80), st.integers(0, 30)).map(lambda pair: (pair[0], sum(pair))),
    max_size=8,
)


def minutes(some):
    return {minute for start, end in some for minute in range(start, end)}


@given(spans)
def test_merged_keeps_the_time_and_leaves_gaps(some):
    found = merged(some)
    assert minutes(found) == minutes(some)
    assert all(start < end for start, end in found)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(found))
    assert length(found) == len(minutes(some))


@given(spans, spans)
def test_without_and_common_are_set_operations(left, right):
    left, right = merged(left), merged(right)
    assert minutes(without(left, right)) == minutes(left) - minutes(right)
    assert minutes(common(left, right)) == minutes(left) & minutes(right)
    assert without(left, right) == merged(without(left, right))
    assert common(left, right) == merged(common(left, right))


@given(spans, st.integers(0, 80), st.integers(1, 30))
def test_clipped_and_covers(some, start, size):
    window = (start, start + size)
    assert minutes(clipped(some, *window)) == minutes(some) & minutes([window])
    assert covers(merged(some), window) == (minutes([window]) <= minutes(some))


def clock_shows(day, start, end):
    """Minute by minute, what a clock on the wall shows."""
    first = wall.minute_of(datetime(day.year, day.month, day.day, tzinfo=UTC)) - 180
    found = set()
    for minute in range(first, first + 31 * 60):
        shown = wall.instant_of(minute).astimezone(wall.PARIS)
        if shown.date() == day and start <= shown.hour * 60 + shown.minute < end:
            found.add(minute)
    return found


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2026, 11, 24), date(2026, 6, 1)])
@pytest.mark.parametrize(
    ("start", "end"),
    [
        (480, 720),
        (0, 1440),
        (120, 180),
        (60, 150),
        (150, 240),
        (135, 165),
        (1380, 1440),
        (300, 300),
    ],
)
def test_an_opening_is_what_the_clock_shows(day, start, end):
    found = wall.spans_of(day, start, end)
    assert minutes(found) == clock_shows(day, start, end)
    assert found == merged(found)


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (AUTUMN, 25), (date(2026, 11, 24), 24)])
def test_a_day_has_23_24_or_25_hours(day, hours):
    start, end = wall.day_span(day)
    assert end - start == hours * 60
    assert end == wall.day_span(day + timedelta(days=1))[0]


def test_half_past_two_never_and_twice():
    assert wall.instants_of(SPRING, 150) == ()
    once, again = wall.instants_of(AUTUMN, 150)
    assert again - once == 60
    assert wall.instants_of(SPRING, 180) == (
        wall.minute_of(datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
    )
    assert wall.wall_of(once) == wall.wall_of(again) == (AUTUMN, 150)


@given(st.integers(0, 60 * 24 * 365 * 80))
def test_wall_of_is_what_the_zone_says(minute):
    shown = wall.instant_of(minute).astimezone(wall.PARIS)
    assert wall.wall_of(minute) == (shown.date(), shown.hour * 60 + shown.minute)
    assert wall.minute_of(wall.instant_of(minute)) == minute


def test_words():
    assert words.say_day(date(2026, 11, 24)) == "mardi 24 novembre 2026".replace(" ", "\xa0")
    assert words.say_day(date(2027, 5, 1)) == "samedi 1er mai 2027".replace(" ", "\xa0")
    assert [words.say_clock(m) for m in (580, 720, 5)] == [
        "9\xa0h\xa040",
        "12\xa0h",
        "0\xa0h\xa005",
    ]
    assert [words.say_minutes(m) for m in (20, 60, 75)] == ["20\xa0min", "1\xa0h", "1\xa0h\xa015"]
    once, again = wall.instants_of(AUTUMN, 150)
    assert words.say_instant(once).endswith("à 2\xa0h\xa030 (heure d’été)")
    assert words.say_instant(again).endswith("à 2\xa0h\xa030 (heure d’hiver)")
