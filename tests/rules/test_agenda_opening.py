"""Opening hours: rules that come back, exceptions, holidays, absences."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.agenda.rules.opening import (
    Closure,
    DayException,
    Opening,
    Rule,
    Timetable,
    spans_by_site,
)
from unisson.agenda.rules.wall import instants_of, wall_of

NGUYEN, MAIN, ANNEX = 1, 10, 11
TUESDAY = date(2026, 11, 24)
MORNING = Rule(NGUYEN, MAIN, 1, 480, 720, valid_from=date(2026, 1, 1))


def shown(openings):
    """Wall-clock minutes, as read on the grid."""
    return [(wall_of(o.start)[1], wall_of(o.end - 1)[1] + 1) for o in openings]


def hours(day, *rules, **more):
    return Timetable(NGUYEN, rules, **more).openings(day)


@pytest.mark.parametrize(
    ("changes", "day", "open_"),
    [
        ({}, TUESDAY, True),
        ({}, TUESDAY + timedelta(days=1), False),
        ({"valid_from": date(2026, 11, 25)}, TUESDAY, False),
        ({"valid_until": TUESDAY}, TUESDAY, True),
        ({"valid_until": date(2026, 11, 23)}, TUESDAY, False),
        # One week in two from the week of Thursday 12 November: 10, 24 ...
        ({"valid_from": date(2026, 11, 12), "every": 2}, TUESDAY, True),
        ({"valid_from": date(2026, 11, 12), "every": 2}, date(2026, 11, 17), False),
        ({"valid_from": date(2026, 11, 12), "every": 2}, date(2026, 12, 8), True),
        # Across a year of 53 weeks.
        ({"valid_from": date(2026, 12, 22), "every": 2}, date(2027, 1, 5), True),
        # 24 November 2026 is the fourth Tuesday of its month.
        ({"month_weeks": frozenset({2, 4})}, TUESDAY, True),
        ({"month_weeks": frozenset({1, 3, 5})}, TUESDAY, False),
        ({"month_weeks": frozenset({5})}, date(2026, 12, 29), True),
    ],
)
def test_when_a_rule_applies(changes, day, open_):
    fields = {"valid_from": date(2026, 1, 1), **changes}
    rule = Rule(NGUYEN, MAIN, 1, 480, 720, **fields)
    assert shown(hours(day, rule)) == ([(480, 720)] if open_ else [])


def test_a_closed_exception_takes_out_and_an_open_one_adds():
    exceptions = [
        DayException(NGUYEN, MAIN, TUESDAY, opens=False, start=600, end=660),
        DayException(NGUYEN, ANNEX, TUESDAY, opens=True, start=840, end=1080),
        DayException(NGUYEN, ANNEX, TUESDAY, opens=False, start=480, end=540),
    ]
    found = hours(TUESDAY, MORNING, exceptions=exceptions)
    assert shown(found) == [(480, 600), (660, 720), (840, 1080)]
    assert [o.site_id for o in found] == [MAIN, MAIN, ANNEX]


def test_a_whole_day_closed():
    closed = [DayException(NGUYEN, MAIN, TUESDAY, opens=False)]
    assert hours(TUESDAY, MORNING, exceptions=closed) == []


def test_a_holiday_closes_its_site_only_and_an_exception_reopens_it():
    annex = Rule(NGUYEN, ANNEX, 1, 840, 1080, valid_from=date(2026, 1, 1))
    holidays = {MAIN: frozenset({TUESDAY})}
    assert shown(hours(TUESDAY, MORNING, annex, holidays=holidays)) == [(840, 1080)]
    reopened = [DayException(NGUYEN, MAIN, TUESDAY, opens=True, start=540, end=600)]
    found = hours(TUESDAY, MORNING, holidays=holidays, exceptions=reopened)
    assert shown(found) == [(540, 600)]


def at(day, minute):
    return instants_of(day, minute)[0]


@pytest.mark.parametrize(
    ("closure", "left"),
    [
        ({"practitioner_id": NGUYEN}, [(480, 540), (600, 720)]),
        ({"practitioner_id": NGUYEN, "site_id": MAIN}, [(480, 540), (600, 720)]),
        ({"practitioner_id": NGUYEN, "site_id": ANNEX}, [(480, 720)]),
        ({"practitioner_id": 2}, [(480, 720)]),
        ({"site_id": MAIN}, [(480, 540), (600, 720)]),
        ({"resource_id": 5}, [(480, 720)]),
    ],
)
def test_who_an_absence_keeps_away(closure, left):
    span = (at(TUESDAY, 540), at(TUESDAY, 600))
    found = hours(TUESDAY, MORNING, closures=[Closure(1, span, **closure)])
    assert shown(found) == left


@pytest.mark.parametrize(
    ("day", "start", "end", "length"),
    [
        (date(2027, 3, 28), 480, 720, 240),
        (date(2027, 10, 31), 480, 720, 240),
        (date(2027, 3, 28), 0, 480, 420),
        (date(2027, 10, 31), 0, 480, 540),
        (date(2027, 3, 28), 120, 180, 0),
    ],
)
def test_hours_are_wall_clock_on_both_sides_of_a_change(day, start, end, length):
    rule = Rule(NGUYEN, MAIN, 6, start, end, valid_from=date(2026, 1, 1))
    found = hours(day, rule)
    assert sum(o.end - o.start for o in found) == length
    if found:
        assert shown(found)[0][0] == start
        assert shown(found)[-1][1] == end


def test_visit_types_and_urgencies():
    plain = Opening(0, 60, MAIN)
    vaccines = Opening(60, 120, MAIN, visit_types=frozenset({7}))
    urgent = Opening(120, 180, MAIN, urgent_only=True)
    found = [plain, vaccines, urgent]
    assert spans_by_site(found, 3) == {MAIN: [(0, 60)]}
    assert spans_by_site(found, 7) == {MAIN: [(0, 120)]}
    assert spans_by_site(found, 7, urgent=True) == {MAIN: [(0, 180)]}


days = st.dates(date(2026, 1, 1), date(2028, 12, 31))


@given(days, st.integers(0, 700), st.integers(1, 700), days, st.integers(1, 6))
def test_openings_stay_inside_their_rule(day, start, size, valid_from, every):
    rule = Rule(NGUYEN, MAIN, day.weekday(), start, start + size, valid_from, every=every)
    for opening in hours(day, rule):
        assert day >= valid_from
        for minute in (opening.start, opening.end - 1):
            where, clock = wall_of(minute)
            assert where == day
            assert start <= clock < start + size


@given(days, st.lists(st.tuples(st.integers(0, 1400), st.integers(1, 300)), max_size=5))
def test_nothing_is_open_during_an_absence(day, some):
    rule = Rule(NGUYEN, MAIN, day.weekday(), 0, 1440, valid_from=date(2025, 1, 1))
    first = hours(day, rule)[0].start
    closures = [
        Closure(n, (first + start, first + start + size), practitioner_id=NGUYEN)
        for n, (start, size) in enumerate(some)
    ]
    left = {m for o in hours(day, rule, closures=closures) for m in range(o.start, o.end)}
    gone = {m for closure in closures for m in range(*closure.span)}
    whole = {m for o in hours(day, rule) for m in range(o.start, o.end)}
    assert left == whole - gone


RULES = st.builds(
    Rule,
    practitioner_id=st.just(NGUYEN),
    site_id=st.sampled_from([MAIN, ANNEX]),
    weekday=st.integers(0, 6),
    start=st.sampled_from([0, 480, 545]),
    end=st.sampled_from([600, 720, 1440]),
    valid_from=st.dates(date(2026, 11, 1), date(2026, 12, 10)),
    valid_until=st.none() | st.dates(date(2026, 12, 11), date(2027, 1, 20)),
    every=st.sampled_from([1, 1, 1, 2]),
    month_weeks=st.sampled_from([frozenset(), frozenset(), frozenset({1, 3})]),
)
EXCEPTIONS = st.builds(
    DayException,
    practitioner_id=st.just(NGUYEN),
    site_id=st.sampled_from([MAIN, ANNEX]),
    day=st.dates(date(2026, 11, 1), date(2027, 1, 20)),
    opens=st.booleans(),
    start=st.just(480),
    end=st.just(600),
)


@given(rules=st.lists(RULES, max_size=5), exceptions=st.lists(EXCEPTIONS, max_size=2))
def test_weeks_said_to_be_alike_are(rules, exceptions):
    """Whoever looks the hours of a week up for the next one may, where this says so."""
    timetable = Timetable(NGUYEN, rules, exceptions=exceptions)
    first, last = date(2026, 12, 1), date(2026, 12, 28)
    weeks = [
        [
            (offset, shown(timetable.openings(monday + timedelta(days=offset))))
            for offset in range(7)
        ]
        for monday in (first + timedelta(weeks=number) for number in range(4))
    ]
    if timetable.every_week_alike(first, last):
        assert weeks[1:] == weeks[:-1]


def test_most_practitioners_have_weeks_alike():
    """Else the property above would hold for nothing."""
    assert Timetable(NGUYEN, [MORNING]).every_week_alike(TUESDAY, TUESDAY + timedelta(days=27))
    over = Rule(NGUYEN, MAIN, 1, 480, 720, date(2020, 1, 1), valid_until=date(2021, 1, 1), every=2)
    assert Timetable(NGUYEN, [over, MORNING]).every_week_alike(TUESDAY, date(2026, 12, 20))
