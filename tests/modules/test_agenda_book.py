"""Booking: what is taken, what is refused and in which words, once and once only."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction

from tests.modules import agenda_house as house_of
from tests.modules.agenda_house import (
    AGENT,
    MOREAU,
    NEXT_TUESDAY,
    NOW,
    PETIT,
    TUESDAY,
    House,
    at_clock,
)
from unisson.agenda import actions, queries
from unisson.agenda.errors import Obstructed, SlotTaken
from unisson.agenda.models import Appointment, AppointmentChange, Hold, Occupation, PlanningAct
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal
from unisson.core.models import AuditEvent, OutboxEvent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house(now) -> House:
    return house_of.build()


def get(done) -> Appointment:
    return Appointment.objects.get(id=done.appointment_id)


def test_a_booking_takes_its_time_and_leaves_its_trace(house):
    done = house.book(reason=" Suivi thyroïde ")
    booked = get(done)
    assert (booked.start, booked.minutes, booked.site_id) == (
        at_clock(TUESDAY, "9:00"),
        20,
        house.main.pk,
    )
    assert (booked.reason, booked.status, booked.version) == ("Suivi thyroïde", "booked", 1)
    (taken,) = booked.occupations.all()
    assert (taken.resource_id, taken.exclusive) == (house.nguyen.resource_id, True)
    line = AuditEvent.objects.get()
    assert (line.verb, line.action, line.patient_id) == ("agenda.book", "C", house.lebrun.pk)
    assert OutboxEvent.objects.get(topic="agenda.changed").payload == {
        "practitioner_ids": [house.nguyen.pk],
        "dates": ["2026-11-24"],
        "appointment_id": booked.pk,
    }
    (change,) = AppointmentChange.objects.all()
    assert change.before is None
    assert change.act.sentence.replace("\xa0", " ") == (
        "Rendez-vous pris : mardi 24 novembre 2026 à 9 h, Dr Nguyen"
    )
    assert house_of.stale_loads() == []


def test_the_same_request_books_once_and_answers_the_same(house):
    request = uuid4()
    first = house.book(request_id=request)
    again = house.book(request_id=request)
    assert first == again
    assert Appointment.objects.count() == 1
    assert AuditEvent.objects.count() == 1
    assert OutboxEvent.objects.count() == 1


def test_a_request_belongs_to_one_verb_and_one_person(house):
    request = uuid4()
    done = house.book(request_id=request)
    with pytest.raises(Refusal, match="déjà servi"):
        house.book(request_id=request, by=MOREAU)
    with pytest.raises(Refusal, match="déjà servi"):
        actions.cancel(
            appointment_id=done.appointment_id, by_whom="patient", by=PETIT, request_id=request
        )


def test_a_taken_time_is_refused_with_the_nearest_free_ones(house):
    house.book()
    with pytest.raises(SlotTaken) as refused:
        house.book("9:10", patient_id=house.roux.pk, by=MOREAU)
    assert refused.value.sentence.replace("\xa0", " ") == (
        "Dr Nguyen n’est pas libre mardi 24 novembre 2026 à 9 h 10. Rien n’a été changé."
    )
    assert refused.value.bends == {"squeeze_in"}
    assert [slot.start_minute for slot in refused.value.nearest] == [500, 520, 560, 580]
    assert Appointment.objects.count() == 1
    assert PlanningAct.objects.count() == 1


def test_a_squeeze_in_is_explicit_and_not_exclusive(house):
    house.book()
    done = house.book("9:10", patient_id=house.roux.pk, squeeze_in=True)
    assert get(done).squeeze_in
    assert not get(done).occupations.get().exclusive
    assert house_of.overlaps() == []


def test_a_squeeze_in_that_meets_nobody_is_an_ordinary_appointment(house):
    done = house.book(squeeze_in=True)
    assert not get(done).squeeze_in
    assert get(done).occupations.get().exclusive


def test_nobody_books_over_a_squeeze_in_by_accident(house):
    first = house.book()
    house.book("9:10", patient_id=house.roux.pk, squeeze_in=True)
    actions.cancel(
        appointment_id=first.appointment_id, by_whom="patient", by=PETIT, request_id=uuid4()
    )
    with pytest.raises(SlotTaken):
        house.book("9:20")


def test_touching_is_not_overlapping(house):
    house.book()
    house.book("9:20", patient_id=house.roux.pk)
    house.book("8:40", patient_id=house.roux.pk)


def test_preparation_takes_the_agenda_but_is_not_told(house):
    done = house.book("9:05", visit_type_id=house.echo.pk)
    assert get(done).start == at_clock(TUESDAY, "9:05")
    taken = {(o.resource_id, o.start, o.end) for o in get(done).occupations.all()}
    assert taken == {
        (resource, at_clock(TUESDAY, "9:00"), at_clock(TUESDAY, "9:40"))
        for resource in (house.nguyen.resource_id, house.room.pk, house.machine.pk)
    }
    with pytest.raises(SlotTaken):
        house.book("9:35", patient_id=house.roux.pk)
    house.book("9:40", patient_id=house.roux.pk)


def test_a_room_or_a_machine_is_never_taken_twice(house):
    house.book("9:05", visit_type_id=house.echo.pk)
    with pytest.raises(SlotTaken, match="Échographe n’est pas libre"):
        house.book(
            "9:05",
            visit_type_id=house.echo.pk,
            practitioner_id=house.diallo.pk,
            patient_id=house.roux.pk,
        )
    house.book(
        "9:45",
        visit_type_id=house.echo.pk,
        practitioner_id=house.diallo.pk,
        patient_id=house.roux.pk,
    )


def test_the_second_room_is_taken_when_the_first_is(house):
    house.machine.__class__.objects.create(
        kind="equipment", name="Échographe 2", site=house.main, order=10
    )
    need = house.echo.needs.get(label="Échographe")
    need.options.add(house.machine.__class__.objects.get(name="Échographe 2"))
    house.book("9:05", visit_type_id=house.echo.pk)
    done = house.book(
        "9:05",
        visit_type_id=house.echo.pk,
        practitioner_id=house.diallo.pk,
        patient_id=house.roux.pk,
    )
    names = set(get(done).occupations.values_list("resource__name", flat=True))
    assert names == {"Dr Diallo", "Salle 5", "Échographe 2"}


@pytest.mark.parametrize(
    ("clock", "words"),
    [("12:00", "ne reçoit pas"), ("11:50", "ne reçoit pas"), ("7:50", "ne reçoit")],
)
def test_outside_hours_needs_to_be_said(house, clock, words):
    with pytest.raises(Obstructed, match=words) as refused:
        house.book(clock)
    assert refused.value.bends == {"outside_hours"}
    assert refused.value.nearest
    done = house.book(clock, outside_hours=True)
    assert get(done).site_id == house.main.pk


def test_a_public_holiday_is_closed(house):
    house_of.open_rule(house.nguyen, house.main, weekday=4)
    christmas = date(2026, 12, 25)
    with pytest.raises(Obstructed):
        house.book(day=christmas)
    house.book(day=date(2026, 12, 18))


def test_the_same_patient_is_not_in_two_places(house):
    house.book()
    with pytest.raises(Obstructed, match="a déjà rendez-vous") as refused:
        house.book(practitioner_id=house.diallo.pk)
    assert refused.value.bends == {"patient_overlap"}
    house.book(practitioner_id=house.diallo.pk, patient_overlap=True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"deceased_on": date(2026, 11, 1)}, "décédé"),
        ({"merged": True}, "fusionné"),
        ({"unknown": True}, "n’existe pas"),
    ],
)
def test_nobody_books_for_who_is_gone(house, change, words):
    if change.get("merged"):
        house.lebrun.merged_into = house.roux
    house.lebrun.deceased_on = change.get("deceased_on")
    house.lebrun.save()
    number = 999_999 if change.get("unknown") else house.lebrun.pk
    with pytest.raises(Refusal, match=words):
        house.book(patient_id=number)
    assert not Appointment.objects.exists()


def test_a_day_that_is_over_needs_to_be_said(house):
    last_week = TUESDAY - timedelta(days=7)
    with pytest.raises(Refusal, match="est passé"):
        house.book(day=last_week)
    house.book(day=last_week, past=True)


def test_a_time_that_does_not_exist_is_refused_in_words(house):
    with pytest.raises(Refusal) as refused:
        house.book(start=datetime(2027, 3, 28, 2, 30), outside_hours=True)
    assert refused.value.sentence.replace("\xa0", " ") == (
        "Le dimanche 28 mars 2027, 2 h 30 n’existe pas : cette nuit-là, on avance"
        " les montres d’une heure. Choisissez une autre heure."
    )


def test_the_hour_that_occurs_twice_is_two_times(house):
    night = datetime(2027, 10, 31, 2, 30)
    first = house.book(start=night, outside_hours=True)
    second = house.book(start=night.replace(fold=1), outside_hours=True, patient_id=house.roux.pk)
    assert get(second).start - get(first).start == timedelta(hours=1)
    row = queries.appointment(second.appointment_id)
    assert row.start_minute == 150
    assert house_of.stale_loads() == []


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2027, 10, 31)])
def test_eight_o_clock_is_eight_o_clock_on_both_sides_of_a_change(house, day):
    house_of.open_rule(house.nguyen, house.main, weekday=6)
    done = house.book("8:00", day=day)
    assert queries.appointment(done.appointment_id).start_minute == 480
    with pytest.raises(Obstructed):
        house.book("7:40", day=day, patient_id=house.roux.pk)
    slots = queries.free_slots(
        practitioner_ids=[house.nguyen.pk], visit_type_id=house.control.pk, first=day, last=day
    )
    assert [slot.start_minute for slot in slots] == list(range(500, 720, 20))


def test_who_may_book_for_whom(house):
    only_diallo = Actor(
        user_id=8, role="secretary", name="S. Roy", practitioner_ids=frozenset({house.diallo.pk})
    )
    with pytest.raises(NotAllowed):
        house.book(by=only_diallo)
    house.book(by=AGENT)
    with pytest.raises(NotAllowed):
        house.book("9:10", by=AGENT, squeeze_in=True, patient_id=house.roux.pk)
    with pytest.raises(NotAllowed):
        house.book("13:00", by=AGENT, outside_hours=True, patient_id=house.roux.pk)
    nobody = Actor(user_id=9, role="patient", name="x")
    with pytest.raises(NotAllowed):
        house.book("10:00", by=nobody)
    assert Appointment.objects.count() == 1


def test_a_type_she_does_not_take_needs_a_length(house):
    house.echo.offers.filter(practitioner=house.nguyen).delete()
    with pytest.raises(Refusal, match="ne prend pas le motif"):
        house.book(visit_type_id=house.echo.pk)
    done = house.book(visit_type_id=house.echo.pk, minutes=45)
    assert get(done).minutes == 45


def test_a_long_visit_over_midnight_meets_what_comes_in_the_morning(house):
    house.book("7:00", day=TUESDAY + timedelta(days=1), outside_hours=True)
    with pytest.raises(SlotTaken) as refused:
        house.book("20:00", minutes=720, patient_id=house.roux.pk, outside_hours=True)
    assert "n’est pas libre" in refused.value.sentence
    house.book("20:00", minutes=660, patient_id=house.roux.pk, outside_hours=True)
    assert house_of.stale_loads() == []


@pytest.mark.parametrize("minutes", [0, -5, 721])
def test_absurd_lengths(house, minutes):
    with pytest.raises(Refusal, match="durée"):
        house.book(minutes=minutes)


def test_a_retired_type_or_practitioner_is_not_booked(house):
    house.control.active = False
    house.control.save()
    with pytest.raises(Refusal, match="motif"):
        house.book()
    house.control.active = True
    house.control.save()
    house.nguyen.resource.active = False
    house.nguyen.resource.save()
    with pytest.raises(Refusal, match="ne reçoit plus"):
        house.book()


# Holds


def hold(house, clock="9:00", **changes):
    wanted = {
        "visit_type_id": house.control.pk,
        "practitioner_id": house.nguyen.pk,
        "start": at_clock(TUESDAY, clock),
        "by": PETIT,
        "request_id": uuid4(),
        **changes,
    }
    return actions.hold(**wanted)


def test_a_held_slot_is_kept_from_others_and_becomes_the_booking(house):
    held = hold(house)
    with pytest.raises(SlotTaken, match="Petit garde ce créneau"):
        house.book(by=MOREAU, patient_id=house.roux.pk)
    done = house.book(hold_id=held.hold_id)
    assert get(done).occupations.get().exclusive
    assert not Hold.objects.exists()
    assert Occupation.objects.count() == 1


def test_nobody_books_with_the_hold_of_a_colleague(house):
    held = hold(house)
    with pytest.raises(Refusal, match="gardé par"):
        house.book(by=MOREAU, hold_id=held.hold_id)
    assert Hold.objects.count() == 1


def test_a_hold_lets_go_by_itself(house):
    hold(house, seconds=180)
    (slot,) = queries.first_free(practitioner_ids=[house.nguyen.pk], visit_type_id=house.control.pk)
    assert slot.start_minute == 480
    assert hold_minutes(house) == [540]
    with time_machine.travel(datetime.fromisoformat(NOW) + timedelta(seconds=181), tick=False):
        assert hold_minutes(house) == []
        house.book(by=MOREAU, patient_id=house.roux.pk)
    assert not Hold.objects.exists()


def hold_minutes(house):
    board = queries.day(TUESDAY, [house.nguyen.pk])
    return [row.start_minute for row in board.columns[0].holds]


def test_a_hold_is_extended_and_released(house):
    held = hold(house, seconds=60)
    actions.extend(hold_id=held.hold_id, by=PETIT, request_id=uuid4(), seconds=600)
    with time_machine.travel(datetime.fromisoformat(NOW) + timedelta(seconds=300), tick=False):
        assert hold_minutes(house) == [540]
        actions.release(hold_id=held.hold_id, by=PETIT, request_id=uuid4())
        assert hold_minutes(house) == []
        actions.release(hold_id=held.hold_id, by=PETIT, request_id=uuid4())
        with pytest.raises(Refusal, match="n’est plus gardé"):
            actions.extend(hold_id=held.hold_id, by=PETIT, request_id=uuid4())


def test_an_expired_hold_still_books_when_nobody_took_the_time(house):
    held = hold(house, seconds=60)
    with time_machine.travel(datetime.fromisoformat(NOW) + timedelta(seconds=90), tick=False):
        house.book(hold_id=held.hold_id)


# Chains and series


def test_a_chain_is_all_or_nothing(house):
    visits = [
        actions.ChainVisit(house.echo.pk, house.nguyen.pk, at_clock(TUESDAY, "9:05")),
        actions.ChainVisit(house.control.pk, house.diallo.pk, at_clock(TUESDAY, "9:40")),
    ]
    done = actions.book_chain(
        patient_id=house.lebrun.pk, visits=visits, by=PETIT, request_id=uuid4()
    )
    booked = Appointment.objects.filter(id__in=done.appointment_ids)
    assert len({one.chain for one in booked}) == 1
    with pytest.raises(SlotTaken):
        actions.book_chain(
            patient_id=house.roux.pk,
            visits=[
                actions.ChainVisit(house.control.pk, house.diallo.pk, at_clock(TUESDAY, "9:20")),
                actions.ChainVisit(house.control.pk, house.diallo.pk, at_clock(TUESDAY, "9:40")),
            ],
            by=PETIT,
            request_id=uuid4(),
        )
    assert Appointment.objects.count() == 2


def test_a_chain_does_not_meet_itself(house):
    visits = [
        actions.ChainVisit(house.control.pk, house.nguyen.pk, at_clock(TUESDAY, "9:00")),
        actions.ChainVisit(house.control.pk, house.diallo.pk, at_clock(TUESDAY, "9:10")),
    ]
    with pytest.raises(Obstructed, match="a déjà rendez-vous"):
        actions.book_chain(patient_id=house.lebrun.pk, visits=visits, by=PETIT, request_id=uuid4())


def series(house, **changes):
    wanted = {
        "patient_id": house.lebrun.pk,
        "visit_type_id": house.control.pk,
        "practitioner_id": house.nguyen.pk,
        "start": at_clock(TUESDAY, "9:00"),
        "step": "weeks",
        "every": 1,
        "count": 3,
        "by": PETIT,
        "request_id": uuid4(),
        **changes,
    }
    return actions.book_series(**wanted)


def starts(done):
    found = Appointment.objects.filter(id__in=done.appointment_ids).order_by("start")
    return [
        f"{queries.appointment(one.pk).start:%d/%m} {queries.appointment(one.pk).start_minute}"
        for one in found
    ]


def test_a_series_keeps_the_time_of_the_wall_clock(house):
    done = series(house, start=at_clock(date(2027, 3, 23), "9:00"), count=2)
    assert starts(done) == ["23/03 540", "30/03 540"]
    booked = Appointment.objects.filter(id__in=done.appointment_ids)
    assert len({one.series for one in booked}) == 1


def test_a_series_says_what_is_taken(house):
    house.book(day=NEXT_TUESDAY, patient_id=house.roux.pk)
    with pytest.raises(SlotTaken, match="1er\xa0décembre\xa02026"):
        series(house)
    assert Appointment.objects.count() == 1
    skipped = series(house, when_taken="skip")
    assert starts(skipped) == ["24/11 540", "08/12 540"]
    assert skipped.refused == ("2026-12-01",)


def test_a_series_can_take_the_nearest_time_of_the_day(house):
    house.book(day=NEXT_TUESDAY, patient_id=house.roux.pk)
    done = series(house, when_taken="nearest")
    assert starts(done) == ["24/11 540", "01/12 520", "08/12 540"]
    assert done.refused == ()
    assert house_of.stale_loads() == []


def test_a_series_over_nothing_books_nothing(house):
    with pytest.raises(Refusal):
        series(house, start=at_clock(date(2026, 11, 25), "9:00"), when_taken="skip")
    with pytest.raises(Refusal, match="60"):
        series(house, count=100)
    assert not Appointment.objects.exists()


# The last word of the database


def occupation(house, start, end, *, exclusive=True, appointment):
    return Occupation(
        resource_id=house.nguyen.resource_id,
        start=at_clock(TUESDAY, start),
        end=at_clock(TUESDAY, end),
        exclusive=exclusive,
        appointment=appointment,
    )


@pytest.mark.parametrize(
    ("start", "end", "exclusive", "refused"),
    [
        ("9:00", "9:20", True, True),
        ("9:19", "9:30", True, True),
        ("8:30", "9:01", True, True),
        ("8:00", "11:00", True, True),
        ("9:05", "9:10", True, True),
        ("9:20", "9:40", True, False),
        ("8:40", "9:00", True, False),
        ("9:00", "9:20", False, False),
    ],
)
def test_the_database_refuses_what_overlaps_whoever_writes(house, start, end, exclusive, refused):
    taken = get(house.book())
    other = occupation(house, start, end, exclusive=exclusive, appointment=taken)
    if not refused:
        other.save()
        return
    with pytest.raises(IntegrityError, match="occupation_overlap"), transaction.atomic():
        other.save()
    with pytest.raises(IntegrityError, match="occupation_overlap"), transaction.atomic():
        Occupation.objects.bulk_create([other])


def test_the_database_refuses_an_update_onto_a_taken_time(house):
    taken = get(house.book())
    later = occupation(house, "10:00", "10:20", appointment=taken)
    later.save()
    for change in (
        {"start": at_clock(TUESDAY, "9:10")},
        {"start": at_clock(TUESDAY, "9:00"), "end": at_clock(TUESDAY, "9:10")},
    ):
        with pytest.raises(IntegrityError, match="occupation_overlap"), transaction.atomic():
            Occupation.objects.filter(id=later.pk).update(**change)
    beside = occupation(house, "9:00", "9:20", exclusive=False, appointment=taken)
    beside.save()
    with pytest.raises(IntegrityError, match="occupation_overlap"), transaction.atomic():
        Occupation.objects.filter(id=beside.pk).update(exclusive=True)
    Occupation.objects.filter(id=later.pk).update(end=at_clock(TUESDAY, "10:30"))


def test_the_database_wants_whole_minutes_and_at_most_a_day(house):
    taken = get(house.book())
    seconds = occupation(house, "10:00", "10:20", appointment=taken)
    seconds.end += timedelta(seconds=30)
    endless = occupation(house, "10:00", "10:20", appointment=taken)
    endless.end += timedelta(days=2)
    backwards = occupation(house, "10:20", "10:00", appointment=taken)
    for wrong in (seconds, endless, backwards):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong.save()


def test_over_midnight_and_long_times_are_compared_as_times(house):
    taken = get(house.book())
    night = occupation(house, "23:30", "23:50", appointment=taken)
    night.end += timedelta(hours=8)
    night.save()
    early = occupation(house, "7:00", "7:20", appointment=taken)
    early.start += timedelta(days=1)
    early.end += timedelta(days=1)
    with pytest.raises(IntegrityError, match="occupation_overlap"), transaction.atomic():
        early.save()


@pytest.mark.skipif("connection.vendor != 'sqlite'")
@pytest.mark.parametrize(
    "text", ["2026-11-24T08:00:00", "2026-11-24 08:00:00+00:00", "2026-11-24 8:00:00", "24/11/2026"]
)
def test_sqlite_accepts_one_spelling_of_a_time(house, text):
    taken = get(house.book())
    with pytest.raises(IntegrityError, match="occupation_shape"), connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO agenda_occupation (resource_id, start, "end", exclusive, appointment_id)'
            " VALUES (%s, %s, '2026-11-24 09:00:00', 1, %s)",
            [house.room.pk, text, taken.pk],
        )


def test_a_refusal_of_the_database_is_a_refusal_like_another(house, monkeypatch):
    """Were the check under lock ever wrong, nothing is booked and the sentence is French."""
    house.book()
    monkeypatch.setattr("unisson.agenda.actions.taking.read_taken", lambda *_: [])
    with pytest.raises(SlotTaken, match="vient d’être pris") as refused:
        house.book(patient_id=house.roux.pk)
    assert refused.value.nearest
    assert Appointment.objects.count() == 1
