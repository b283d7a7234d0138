"""What the screens read: right, and with a constant number of queries."""

import random
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.modules import agenda_house as house_of
from tests.modules.agenda_house import (
    MOREAU,
    NEXT_TUESDAY,
    NOW,
    PETIT,
    TUESDAY,
    House,
    at_clock,
)
from unisson.agenda import actions, queries
from unisson.agenda.errors import Obstructed
from unisson.agenda.models import Hold, OpeningException, OpeningRule, VisitTypeOffer
from unisson.agenda.rules.wall import days

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)
LAST = MONDAY + timedelta(days=27)


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(now) -> House:
    return house_of.build()


def free(house, **more):
    wanted = {
        "practitioner_ids": [house.nguyen.pk],
        "visit_type_id": house.control.pk,
        "first": TUESDAY,
        "last": TUESDAY,
        **more,
    }
    return queries.free_slots(**wanted)


def minutes(slots):
    return [slot.start_minute for slot in slots]


# Free slots


def test_free_slots_are_the_hours_less_what_is_taken(house):
    house.book("9:00")
    house.book("9:30", patient_id=house.roux.pk)
    assert minutes(free(house)) == [480, 500, 520, *range(590, 710, 20)]


def test_a_slot_says_all_that_booking_it_takes(house):
    slot = free(house, visit_type_id=house.echo.pk)[0]
    assert (slot.practitioner, slot.site, slot.minutes, slot.resources) == (
        "Dr Nguyen",
        "Centre",
        30,
        ("Salle 4", "Échographe"),
    )
    assert slot.start == at_clock(TUESDAY, "8:05")
    house.book(visit_type_id=house.echo.pk, start=slot.start)


@pytest.mark.parametrize("minutes_", [None, 35])
def test_every_slot_offered_can_be_booked_and_the_others_cannot(house, minutes_):
    house.book("8:25", minutes=10)
    house.book("10:05", visit_type_id=house.echo.pk, practitioner_id=house.diallo.pk)
    while found := free(house, visit_type_id=house.echo.pk, minutes=minutes_):
        slot = random.Random(len(found)).choice(found)
        house.book(
            visit_type_id=house.echo.pk,
            start=slot.start,
            minutes=minutes_,
            patient_id=house_of.patient("X").pk,
        )
    for minute in range(480, 720, 5):
        with pytest.raises(Obstructed):
            house.book(
                f"{minute // 60}:{minute % 60:02}",
                visit_type_id=house.echo.pk,
                minutes=minutes_,
                patient_id=house.roux.pk,
            )
    assert house_of.overlaps() == []


def test_weekdays_half_days_sites_and_limits(house):
    house_of.open_rule(house.nguyen, house.annex, weekday=3, start=10, end=14)
    found = free(house, last=LAST, weekdays=[3])
    assert {slot.date.weekday() for slot in found} == {3}
    assert {slot.site for slot in found} == {"Annexe"}
    afternoon = free(house, last=LAST, half_days=["afternoon"])
    assert {slot.start_minute for slot in afternoon} == set(range(720, 840, 20))
    assert {slot.site for slot in free(house, last=LAST, site_id=house.main.pk)} == {"Centre"}
    assert len(free(house, last=LAST, limit=3)) == 3


def test_several_practitioners_in_the_order_of_time(house):
    found = free(house, practitioner_ids=[house.diallo.pk, house.nguyen.pk], limit=4)
    assert [(slot.start_minute, slot.practitioner) for slot in found] == [
        (480, "Dr Nguyen"),
        (480, "Dr Diallo"),
        (500, "Dr Nguyen"),
        (500, "Dr Diallo"),
    ]


def test_notice_and_horizon(house, now):
    house.control.notice_minutes = 24 * 60
    house.control.horizon_days = 1
    house.control.save()
    found = free(house, last=LAST)
    assert minutes(found) == list(range(600, 720, 20))
    assert {slot.date for slot in found} == {TUESDAY}
    assert len(free(house, last=LAST, ignore_notice=True)) == 12 * 4


def test_the_past_is_not_offered(house, now):
    now.move_to(datetime.fromisoformat("2026-11-24T09:07:30+01:00"))
    assert minutes(free(house))[0] == 560
    now.move_to(datetime.fromisoformat("2026-11-24T11:39:30+01:00"))
    assert minutes(free(house)) == [700]
    now.move_to(datetime.fromisoformat("2026-11-24T11:40:01+01:00"))
    assert free(house) == []


def test_types_and_urgencies_have_hours_of_their_own(house):
    rule = house_of.open_rule(house.nguyen, house.main, weekday=1, start=14, end=15)
    rule.visit_types.set([house.echo])
    OpeningRule.objects.filter(
        id=house_of.open_rule(house.nguyen, house.main, start=17, end=18).pk
    ).update(urgent_only=True)
    assert max(minutes(free(house))) == 700
    assert max(minutes(free(house, visit_type_id=house.echo.pk))) == 845
    assert max(minutes(free(house, urgent=True))) == 1060
    with pytest.raises(Obstructed, match="ne prend pas ce motif"):
        house.book("14:00")
    with pytest.raises(Obstructed):
        house.book("17:00")
    house.book("17:00", urgent=True)


def test_first_free_looks_a_year_ahead(house):
    actions.declare_absence(
        practitioner_id=house.nguyen.pk,
        start=at_clock(MONDAY, "0:00"),
        end=at_clock(date(2027, 3, 1), "0:00"),
        by=PETIT,
        request_id=uuid4(),
    )
    (slot,) = queries.first_free(practitioner_ids=[house.nguyen.pk], visit_type_id=house.control.pk)
    assert (slot.date, slot.start_minute) == (date(2027, 3, 2), 480)
    assert (
        queries.first_free(
            practitioner_ids=[house.nguyen.pk], visit_type_id=house.control.pk, weekdays=[6]
        )
        == []
    )


def test_a_chain_is_found_and_can_be_booked(house):
    house.book("9:00", practitioner_id=house.diallo.pk, minutes=60)
    found = queries.chain_slots(
        visits=[
            queries.Wanted(house.echo.pk, house.nguyen.pk, most_wait=15),
            queries.Wanted(house.control.pk, house.diallo.pk),
        ],
        first=TUESDAY,
        last=TUESDAY,
    )
    assert [(a.start_minute, b.start_minute) for a, b in found][:3] == [
        (485, 515),
        (555, 600),
        (595, 625),
    ]
    for number, chain in enumerate(found[:3]):
        actions.book_chain(
            patient_id=house_of.patient(f"X{number}").pk,
            visits=[
                actions.ChainVisit(slot.visit_type_id, slot.practitioner_id, slot.start)
                for slot in chain
            ],
            by=PETIT,
            request_id=uuid4(),
        )


# Who can


def _rule(**changes):
    return lambda house, first: OpeningRule.objects.filter(practitioner=house.nguyen).update(
        **{name: how(first) for name, how in changes.items()}
    )


def _absence(house, first):
    actions.declare_absence(
        practitioner_id=house.nguyen.pk,
        start=at_clock(first + timedelta(days=8), "9:00"),
        end=at_clock(first + timedelta(days=8), "11:30"),
        by=PETIT,
        request_id=uuid4(),
    )


def _closed(house, first):
    OpeningException.objects.create(
        practitioner=house.nguyen,
        site=house.main,
        date=first + timedelta(days=15),
        kind="closed",
        created_at=NOW,
    )


def _sunday(house, first):
    """Hours on the days of a clock change, and on Christmas Eve's week."""
    for weekday, starts, ends in ((6, 0, 5), (4, 8, 12)):
        house_of.open_rule(house.nguyen, house.main, weekday, starts, ends)


# What sets one week apart from the next: `who_can` may then not look hours up.
WEEKS_APART = {
    "absence": _absence,
    "alternating": _rule(every_weeks=lambda first: 2),
    "begins": _rule(valid_from=lambda first: first + timedelta(days=9)),
    "closed": _closed,
    "ends": _rule(valid_until=lambda first: first + timedelta(days=9)),
    "first of the month": _rule(month_weeks=lambda first: "1,3"),
    "sunday": _sunday,
}


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    booked=st.lists(
        st.tuples(
            st.sampled_from(["nguyen", "diallo"]),
            st.integers(0, 3),
            st.integers(480, 700),
            st.integers(1, 240),
        ),
        max_size=6,
    ),
    held=st.lists(st.tuples(st.integers(0, 3), st.integers(480, 700)), max_size=1),
    minutes_=st.sampled_from([None, 17, 60, 125]),
    echo=st.booleans(),
    apart=st.sets(st.sampled_from(sorted(WEEKS_APART))),
    first=st.sampled_from([MONDAY, date(2026, 12, 14), date(2027, 3, 15)]),
)
def test_who_can_says_what_the_slots_say(house, booked, held, minutes_, echo, apart, first):
    visit_type = house.echo if echo else house.control
    both = [house.nguyen.pk, house.diallo.pk]
    with house_of.set_aside():
        for name in apart:
            WEEKS_APART[name](house, first)
        for who, week, start, length in booked:
            house.book(
                f"{start // 60}:{start % 60:02}",
                day=TUESDAY + timedelta(weeks=week),
                minutes=length,
                practitioner_id=getattr(house, who).pk,
                visit_type_id=house.echo.pk if length % 2 else house.control.pk,
                patient_id=house.roux.pk,
                squeeze_in=True,
                outside_hours=True,
                patient_overlap=True,
            )
        for week, start in held:
            try:
                actions.hold(
                    visit_type_id=house.control.pk,
                    practitioner_id=house.nguyen.pk,
                    start=at_clock(
                        TUESDAY + timedelta(weeks=week), f"{start // 60}:{start % 60:02}"
                    ),
                    minutes=7,
                    by=MOREAU,
                    request_id=uuid4(),
                )
            except Obstructed:
                assert not Hold.objects.exists()
        search = {
            "practitioner_ids": both,
            "visit_type_id": visit_type.pk,
            "first": first,
            "last": first + timedelta(days=27),
            "minutes": minutes_,
        }
        slots = queries.free_slots(**search)
        expected = {who: set() for who in both}
        for slot in slots:
            expected[slot.practitioner_id].add(slot.date)
        found = {row.practitioner_id: set(row.days) for row in queries.who_can(**search)}
        assert found == expected


def _away_a_tuesday(house):
    actions.declare_absence(
        practitioner_id=house.nguyen.pk,
        start=at_clock(NEXT_TUESDAY, "0:00"),
        end=at_clock(NEXT_TUESDAY, "23:59"),
        by=PETIT,
        request_id=uuid4(),
    )


def _closed_a_tuesday(house):
    OpeningException.objects.create(
        practitioner=house.nguyen,
        site=house.main,
        date=NEXT_TUESDAY,
        kind="closed",
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("how", "first", "shut"),
    [
        (_away_a_tuesday, MONDAY, NEXT_TUESDAY),
        (_closed_a_tuesday, MONDAY, NEXT_TUESDAY),
        (
            lambda h: house_of.open_rule(h.nguyen, h.main, 4, 8, 12),
            date(2026, 12, 14),
            date(2026, 12, 25),  # Christmas, a Friday
        ),
        (
            # Midnight to five is four hours on the night clocks go forward.
            lambda h: house_of.open_rule(h.nguyen, h.main, 6, 0, 5),
            date(2027, 3, 15),
            date(2027, 3, 28),
        ),
    ],
)
def test_who_can_does_not_take_one_week_for_the_next(house, how, first, shut):
    how(house)
    [row] = queries.who_can(
        practitioner_ids=[house.nguyen.pk],
        visit_type_id=house.control.pk,
        first=first,
        last=first + timedelta(days=27),
        minutes=250 if shut.month == 3 else None,
    )
    assert shut not in row.days
    assert shut - timedelta(weeks=1) in row.days or shut + timedelta(weeks=1) in row.days


# The grid


def test_the_day_shows_everything(house, now):
    first = house.book("9:00", reason="Suivi")
    squeezed = house.book("9:10", patient_id=house.roux.pk, squeeze_in=True)
    echo = house.book("10:05", visit_type_id=house.echo.pk)
    board = queries.day(TUESDAY)
    assert [column.name for column in board.columns] == ["Dr Nguyen", "Dr Diallo"]
    column = board.columns[0]
    assert [(o.start_minute, o.end_minute) for o in column.openings] == [(480, 720)]
    rows = {row.id: row for row in column.appointments}
    assert (rows[first.appointment_id].lane, rows[first.appointment_id].lanes) == (0, 2)
    assert (rows[squeezed.appointment_id].lane, rows[squeezed.appointment_id].lanes) == (1, 2)
    assert rows[echo.appointment_id].rooms == ("Salle 4", "Échographe")
    assert rows[first.appointment_id].line.phrase.startswith("LEBRUN Claire")
    assert rows[first.appointment_id].reason == "Suivi"
    assert [(row.start_minute, row.minutes) for row in column.free] == [
        (480, 20),
        (500, 20),
        (520, 20),
        (570, 20),
        *((minute, 20) for minute in (640, 660, 680, 700)),
    ]
    assert (board.first_minute, board.last_minute) == (480, 720)
    assert (board.booked_count, board.free_count) == (3, 8 + 12)
    assert column.crowded
    assert not board.columns[1].crowded


def test_an_excused_patient_leaves_the_grid_once_her_time_is_given(house):
    done = house.book()
    actions.mark_excused(appointment_id=done.appointment_id, by=PETIT, request_id=uuid4())
    rows = queries.day(TUESDAY).columns[0].appointments
    assert [(row.status, row.freed) for row in rows] == [("excused", True)]
    house.book(patient_id=house.roux.pk)
    rows = queries.day(TUESDAY).columns[0].appointments
    assert [row.status for row in rows] == ["booked"]
    assert len(queries.listing(TUESDAY, TUESDAY)) == 2


def test_the_free_time_of_today_starts_now(house, now):
    now.move_to(datetime.fromisoformat("2026-11-24T11:50:00+01:00"))
    assert queries.day(TUESDAY).columns[0].free == ()
    VisitTypeOffer.objects.filter(visit_type=house.echo, practitioner=house.nguyen).update(
        minutes=10, before=0, after=0
    )
    (row,) = queries.day(TUESDAY).columns[0].free
    assert (row.start_minute, row.minutes) == (710, 10)


def test_one_site_of_a_day(house):
    house_of.open_rule(house.nguyen, house.annex, start=14, end=16)
    board = queries.day(TUESDAY, site_id=house.annex.pk)
    assert [column.name for column in board.columns] == ["Dr Nguyen"]
    assert [o.site_id for o in board.columns[0].openings] == [house.annex.pk]
    assert {row.site_id for row in board.columns[0].free} == {house.annex.pk}


def test_an_empty_day_and_a_holiday(house):
    board = queries.day(date(2026, 12, 25))
    assert board.holiday == "Noël"
    assert (board.first_minute, board.last_minute, board.free_count) == (480, 1140, 0)


def test_the_week_of_one(house):
    house.book()
    board = queries.week(house.nguyen.pk, MONDAY)
    assert [len(column.appointments) for column in board.columns] == [0, 1, 0, 0, 0, 0, 0]
    assert [column.day for column in board.columns] == days(MONDAY, MONDAY + timedelta(days=6))
    assert board.name == "Dr Nguyen"


def test_the_month_for_orientation(house):
    house.book("9:00")
    house.book("9:05", practitioner_id=house.diallo.pk, minutes=12, patient_id=house.roux.pk)
    actions.declare_absence(
        practitioner_id=house.diallo.pk,
        start=at_clock(NEXT_TUESDAY, "8:00"),
        end=at_clock(NEXT_TUESDAY, "10:00"),
        by=PETIT,
        request_id=uuid4(),
    )
    found = {row.date: row for row in queries.month(MONDAY, LAST)}
    today, next_week = found[TUESDAY], found[NEXT_TUESDAY]
    assert (today.open_minutes, today.booked, today.free_minutes, today.absent) == (
        480,
        2,
        480 - 20 - 15,
        False,
    )
    assert (next_week.open_minutes, next_week.booked, next_week.absent) == (360, 0, True)
    assert found[MONDAY].open_minutes == 0
    assert queries.month(date(2026, 12, 25), date(2026, 12, 25))[0].holiday == "Noël"


def test_the_appointments_of_one_patient(house):
    house.book("9:00")
    late = house.book("9:00", day=NEXT_TUESDAY)
    actions.cancel(
        appointment_id=late.appointment_id, by_whom="patient", by=PETIT, request_id=uuid4()
    )
    house.book("10:00", patient_id=house.roux.pk)
    rows = queries.patient_appointments(house.lebrun.pk)
    assert [(row.status, row.practitioner) for row in rows] == [
        ("cancelled", "Dr Nguyen"),
        ("booked", "Dr Nguyen"),
    ]


# However much there is, the same number of questions


def fill(house, count):
    for _ in range(count):
        slots = queries.first_free(
            practitioner_ids=[house.nguyen.pk, house.diallo.pk],
            visit_type_id=house.echo.pk,
        )
        house.book(
            visit_type_id=house.echo.pk,
            practitioner_id=slots[0].practitioner_id,
            start=slots[0].start,
            patient_id=house_of.patient("X").pk,
        )


QUESTIONS = {
    "free_slots": (
        2,
        lambda h: free(
            h,
            practitioner_ids=[h.nguyen.pk, h.diallo.pk],
            visit_type_id=h.echo.pk,
            last=LAST,
        ),
    ),
    "first_free": (
        2,
        lambda h: queries.first_free(
            practitioner_ids=[h.nguyen.pk], visit_type_id=h.control.pk, count=3
        ),
    ),
    "who_can": (
        3,
        lambda h: queries.who_can(
            practitioner_ids=[h.nguyen.pk, h.diallo.pk],
            visit_type_id=h.echo.pk,
            first=MONDAY,
            last=LAST,
        ),
    ),
    "day": (7, lambda h: queries.day(TUESDAY)),
    "week": (7, lambda h: queries.week(h.nguyen.pk, MONDAY)),
    "month": (3, lambda h: queries.month(MONDAY, LAST)),
    "listing": (4, lambda h: queries.listing(MONDAY, LAST)),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_number_of_queries_does_not_grow(
    house, known_set_up, django_assert_max_num_queries, name
):
    most, ask = QUESTIONS[name]
    counts = []
    for more in (2, 8):
        fill(house, more)
        with django_assert_max_num_queries(most) as seen:
            assert ask(house)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_booking_asks_a_constant_number_of_questions(
    house, known_set_up, django_assert_max_num_queries
):
    house.book("8:00")
    with django_assert_max_num_queries(21) as seen:
        house.book("11:00", patient_id=house.roux.pk)
    before = len(seen)
    fill(house, 4)
    with django_assert_max_num_queries(21) as seen:
        house.book("11:20", patient_id=house.roux.pk)
    assert len(seen) == before
