"""Moving, ending, putting back, undoing; and the absences that put people to one side."""

from datetime import date, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine

from tests.modules import agenda_house as house_of
from tests.modules.agenda_house import MANAGER, MOREAU, NOW, PETIT, TUESDAY, House, at_clock
from unisson.agenda import actions, queries
from unisson.agenda.errors import Obstructed, SlotTaken
from unisson.agenda.models import Absence, Appointment, AppointmentChange, OpeningRule
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal, Stale
from unisson.core.models import OutboxEvent
from unisson.patients import merging

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def house(now) -> House:
    return house_of.build()


@pytest.fixture(autouse=True)
def _always_true(house):
    yield
    assert house_of.overlaps() == []
    assert house_of.stale_loads() == []


def get(number) -> Appointment:
    return Appointment.objects.get(id=getattr(number, "appointment_id", number))


def do(action, number, **more):
    wanted = {"appointment_id": getattr(number, "appointment_id", number), "by": PETIT}
    return action(**{**wanted, "request_id": uuid4(), **more})


def undo(done, **more):
    return actions.undo(**{"act_id": done.act_id, "by": PETIT, "request_id": uuid4(), **more})


def state(number):
    """All of an appointment but its version, and what it takes."""
    found = get(number)
    fields = {
        field.name: getattr(found, field.attname)
        for field in Appointment._meta.concrete_fields
        if field.name != "version"
    }
    taken = sorted(found.occupations.values_list("resource_id", "start", "end", "exclusive"))
    return fields, taken


# Moving


def test_moving_frees_the_old_time_and_takes_the_new(house):
    done = house.book()
    moved = do(actions.move, done, start=at_clock(TUESDAY, "10:00"), version=1)
    assert (get(done).start, get(done).version) == (at_clock(TUESDAY, "10:00"), 2)
    house.book("9:00", patient_id=house.roux.pk)
    with pytest.raises(SlotTaken):
        house.book("10:00", patient_id=house.roux.pk)
    payload = OutboxEvent.objects.filter(topic="agenda.changed").order_by("-id")[1].payload
    assert payload["appointment_id"] == done.appointment_id
    assert moved.appointment_ids == done.appointment_ids


def test_moving_a_little_does_not_meet_oneself(house):
    done = house.book()
    do(actions.move, done, start=at_clock(TUESDAY, "9:10"))
    assert get(done).occupations.count() == 1


def test_moving_tells_both_practitioners_and_both_days(house):
    done = house.book()
    next_week = TUESDAY + timedelta(days=7)
    do(actions.move, done, start=at_clock(next_week, "9:00"), practitioner_id=house.diallo.pk)
    payload = OutboxEvent.objects.filter(topic="agenda.changed").latest("id").payload
    assert payload["practitioner_ids"] == sorted([house.nguyen.pk, house.diallo.pk])
    assert payload["dates"] == ["2026-11-24", "2026-12-01"]


def test_another_type_brings_its_length_and_its_rooms(house):
    done = house.book("9:05", minutes=25)
    do(actions.move, done, start=at_clock(TUESDAY, "9:05"), visit_type_id=house.echo.pk)
    assert (get(done).minutes, get(done).before) == (30, 5)
    assert get(done).occupations.count() == 3


def test_two_people_change_the_same_appointment(house):
    done = house.book()
    do(actions.move, done, start=at_clock(TUESDAY, "10:00"), version=1, by=MOREAU)
    with pytest.raises(Stale, match="Moreau vient de changer"):
        do(actions.move, done, start=at_clock(TUESDAY, "11:00"), version=1)
    with pytest.raises(Stale):
        do(actions.cancel, done, by_whom="patient", version=1)
    assert get(done).start == at_clock(TUESDAY, "10:00")


def test_what_is_not_expected_is_not_moved(house):
    done = house.book()
    do(actions.cancel, done, by_whom="patient")
    with pytest.raises(Refusal, match="remettez-le"):
        do(actions.move, done, start=at_clock(TUESDAY, "10:00"))
    with pytest.raises(Refusal, match="n’existe plus"):
        do(actions.move, 999_999, start=at_clock(TUESDAY, "10:00"))


def test_a_refused_move_changes_nothing(house):
    done = house.book()
    house.book("10:00", patient_id=house.roux.pk)
    before = state(done)
    with pytest.raises(SlotTaken) as refused:
        do(actions.move, done, start=at_clock(TUESDAY, "10:00"))
    assert refused.value.nearest
    assert state(done) == before


def test_details_change_and_the_time_stays(house):
    done = house.book()
    do(actions.change_details, done, reason="Suivi", note="Apporte ses analyses", urgent=True)
    found = get(done)
    assert (found.reason, found.note, found.urgent) == ("Suivi", "Apporte ses analyses", True)
    do(actions.change_details, done, note="")
    assert (get(done).reason, get(done).note) == ("Suivi", "")


# Ending and putting back


@pytest.mark.parametrize("by_whom", ["patient", "practice", "practitioner"])
def test_cancelling_frees_the_time(house, by_whom):
    done = house.book()
    do(actions.cancel, done, by_whom=by_whom, reason="Grippe")
    found = get(done)
    assert (found.status, found.ended_by, found.ended_reason) == ("cancelled", by_whom, "Grippe")
    house.book(patient_id=house.roux.pk)


def test_cancelling_says_by_whom(house):
    done = house.book()
    with pytest.raises(Refusal, match="qui annule"):
        do(actions.cancel, done, by_whom="nobody")


def test_nobody_is_absent_before_the_hour(house, now):
    done = house.book()
    with pytest.raises(Refusal, match="pas encore commencé"):
        do(actions.mark_no_show, done)
    now.move_to(datetime.fromisoformat("2026-11-24T09:05:00+01:00"))
    do(actions.mark_no_show, done)
    assert get(done).status == "no_show"
    assert not get(done).occupations.exists()
    with pytest.raises(Refusal, match="déjà fait"):
        do(actions.mark_no_show, done)
    do(actions.put_back, done)
    assert get(done).status == "booked"


def test_an_excused_patient_is_put_back_where_she_was(house):
    done = house.book("9:05", visit_type_id=house.echo.pk)
    before = state(done)
    do(actions.mark_excused, done)
    assert get(done).status == "excused"
    do(actions.put_back, done)
    assert state(done) == before


def test_putting_back_asks_whether_the_time_is_free(house):
    done = house.book()
    do(actions.cancel, done, by_whom="patient")
    house.book(patient_id=house.roux.pk)
    with pytest.raises(SlotTaken):
        do(actions.put_back, done)
    do(actions.put_back, done, squeeze_in=True)
    assert get(done).squeeze_in


# Undo


def test_undo_of_a_booking_is_as_if_it_had_never_been(house):
    done = house.book()
    undo(done)
    assert get(done).status == "mistake"
    assert queries.appointment(done.appointment_id) is None
    assert queries.patient_appointments(house.lebrun.pk) == []
    house.book(patient_id=house.roux.pk)
    with pytest.raises(Refusal, match="n’existe plus"):
        do(actions.cancel, done, by_whom="patient")


@pytest.mark.parametrize(
    "change",
    [
        lambda done: do(actions.move, done, start=at_clock(TUESDAY, "10:00")),
        lambda done: do(actions.cancel, done, by_whom="patient", reason="Grippe"),
        lambda done: do(actions.mark_excused, done),
        lambda done: do(actions.change_details, done, note="x", urgent=True),
    ],
)
def test_undo_puts_everything_back_and_undoing_the_undo_does_it_again(house, change):
    done = house.book("9:05", visit_type_id=house.echo.pk, reason="Contrôle")
    before = state(done)
    act = change(done)
    after = state(done)
    back = undo(act)
    assert state(done) == before
    undo(back)
    assert state(done) == after


def test_undo_twice_is_refused_and_the_same_request_is_not(house):
    done = house.book()
    request = uuid4()
    assert undo(done, request_id=request) == undo(done, request_id=request)
    with pytest.raises(Refusal, match="l’a déjà fait"):
        undo(done)


def test_undo_is_refused_when_the_time_was_given_to_somebody_else(house):
    done = house.book()
    act = do(actions.cancel, done, by_whom="patient")
    house.book(patient_id=house.roux.pk, by=MOREAU)
    with pytest.raises(Refusal, match="Dr Nguyen a été pris depuis"):
        undo(act)
    assert get(done).status == "cancelled"


def test_undo_is_refused_when_the_appointment_was_changed_since(house):
    done = house.book()
    act = do(actions.move, done, start=at_clock(TUESDAY, "10:00"))
    do(actions.change_details, done, note="x", by=MOREAU)
    with pytest.raises(Refusal, match="Moreau vient de changer"):
        undo(act)


def test_undo_is_refused_when_the_patient_is_elsewhere_by_now(house):
    done = house.book()
    act = do(actions.cancel, done, by_whom="patient")
    house.book(practitioner_id=house.diallo.pk)
    with pytest.raises(Refusal, match="un autre rendez-vous à la même heure"):
        undo(act)


def test_undo_of_a_cancelling_under_a_squeeze_in_is_possible(house):
    done = house.book()
    house.book("9:10", patient_id=house.roux.pk, squeeze_in=True)
    before = state(done)
    undo(do(actions.cancel, done, by_whom="patient"))
    assert state(done) == before


def test_undo_is_refused_during_a_hold(house):
    done = house.book()
    act = do(actions.cancel, done, by_whom="patient")
    actions.hold(
        visit_type_id=house.control.pk,
        practitioner_id=house.nguyen.pk,
        start=at_clock(TUESDAY, "9:00"),
        by=MOREAU,
        request_id=uuid4(),
    )
    with pytest.raises(Refusal, match="Moreau garde"):
        undo(act)


def test_undo_of_a_series_takes_it_all_back(house):
    done = actions.book_series(
        patient_id=house.lebrun.pk,
        visit_type_id=house.control.pk,
        practitioner_id=house.nguyen.pk,
        start=at_clock(TUESDAY, "9:00"),
        step="weeks",
        every=1,
        count=3,
        by=PETIT,
        request_id=uuid4(),
    )
    undo(done)
    assert {one.status for one in Appointment.objects.all()} == {"mistake"}


def test_undo_needs_to_work_for_the_practitioner(house):
    done = house.book()
    only_diallo = Actor(
        user_id=8, role="secretary", name="S. Roy", practitioner_ids=frozenset({house.diallo.pk})
    )
    with pytest.raises(NotAllowed):
        undo(done, by=only_diallo)
    with pytest.raises(NotAllowed):
        do(actions.cancel, done, by_whom="patient", by=only_diallo)


def test_history_says_who_did_what_and_what_was_taken_back(house):
    done = house.book()
    do(actions.move, done, start=at_clock(TUESDAY, "10:00"), by=MOREAU)
    act = do(actions.cancel, done, by_whom="patient")
    assert queries.last_undoable(PETIT).act_id == act.act_id
    undo(act)
    rows = queries.appointment_history(done.appointment_id)
    assert [(row.by_name, row.undone) for row in rows] == [
        ("C. Petit", False),
        ("C. Petit", True),
        ("L. Moreau", False),
        ("C. Petit", False),
    ]
    assert rows[1].sentence.startswith("Rendez-vous annulé")
    assert queries.last_undoable(PETIT).act_id == done.act_id


def test_every_change_keeps_before_and_after(house):
    done = house.book()
    do(actions.move, done, start=at_clock(TUESDAY, "10:00"))
    first, second = AppointmentChange.objects.order_by("id")
    assert first.before is None
    assert second.before == first.after
    assert second.after["start"] == "2026-11-24T09:00:00+00:00"


# Two files of one patient


def test_appointments_follow_a_merge_and_come_back(house):
    done, other = house.book(), house.book("10:00", patient_id=house.roux.pk)
    cancelled = house.book("11:00")
    act = do(actions.cancel, cancelled, by_whom="patient")
    moved = merging.move_all(house.lebrun.pk, house.roux.pk)
    assert {row.id for row in queries.patient_appointments(house.roux.pk)} == {
        done.appointment_id,
        other.appointment_id,
        cancelled.appointment_id,
    }
    with pytest.raises(Refusal, match="changer de dossier patient"):
        undo(act)
    with pytest.raises(Stale, match="changer de dossier patient"):
        do(actions.cancel, done, by_whom="patient", version=1)
    merging.undo_all(moved, house.lebrun.pk, house.roux.pk)
    assert {row.id for row in queries.patient_appointments(house.roux.pk)} == {other.appointment_id}
    assert get(done).patient_id == house.lebrun.pk


# Absences


def away(house, start="9:00", end="11:00", **more):
    wanted = {
        "practitioner_id": house.nguyen.pk,
        "start": at_clock(TUESDAY, start),
        "end": at_clock(TUESDAY, end),
        "label": "Formation",
        "by": PETIT,
        "request_id": uuid4(),
        **more,
    }
    return actions.declare_absence(**wanted)


def test_an_absence_cancels_nobody_and_says_who_is_in_it(house):
    inside, outside = house.book("9:00"), house.book("11:00", patient_id=house.roux.pk)
    other = house.book("9:00", practitioner_id=house.diallo.pk, patient_id=house.roux.pk)
    done = away(house)
    assert done.to_rebook == (inside.appointment_id,)
    assert get(inside).status == "booked"
    board = queries.day(TUESDAY)
    flags = {row.id: row.to_replace for column in board.columns for row in column.appointments}
    assert flags == {
        inside.appointment_id: True,
        outside.appointment_id: False,
        other.appointment_id: False,
    }
    assert board.to_replace_count == 1
    assert [
        (a.label, a.start_minute, a.end_minute, a.to_replace) for a in board.columns[0].absences
    ] == [("Formation", 540, 660, 1)]
    assert [row.id for row in queries.to_rebook(done.absence_id)] == [inside.appointment_id]
    do(actions.move, inside, start=at_clock(TUESDAY, "11:20"))
    assert queries.to_rebook(done.absence_id) == []


def test_nobody_is_booked_in_an_absence_by_accident(house, now):
    away(house)
    with pytest.raises(Obstructed, match=r"en absence .*Formation") as refused:
        house.book("9:00")
    assert refused.value.bends == {"outside_hours"}
    assert all(not 540 <= slot.start_minute < 660 for slot in refused.value.nearest)
    now.shift(1)
    on_purpose = house.book("9:00", outside_hours=True)
    assert not queries.appointment(on_purpose.appointment_id).to_replace


def test_a_closed_site_concerns_those_who_are_there(house):
    inside = house.book("9:00")
    done = away(house, practitioner_id=None, site_id=house.annex.pk)
    assert done.to_rebook == ()
    house.book("9:20", patient_id=house.roux.pk)
    done = away(house, practitioner_id=None, site_id=house.main.pk, start="8:00", end="9:10")
    assert done.to_rebook == (inside.appointment_id,)
    with pytest.raises(Obstructed, match="Le site est fermé"):
        house.book("8:00", practitioner_id=house.diallo.pk, patient_id=house.roux.pk)


def test_a_machine_out_of_service_stops_what_needs_it(house):
    inside = house.book("9:05", visit_type_id=house.echo.pk)
    done = away(
        house, practitioner_id=None, resource_id=house.machine.pk, start="8:00", end="12:00"
    )
    assert done.to_rebook == (inside.appointment_id,)
    assert queries.appointment(inside.appointment_id).to_replace
    with pytest.raises(Obstructed, match="Échographe est hors service"):
        house.book("10:05", visit_type_id=house.echo.pk, patient_id=house.roux.pk)
    house.book("10:00", patient_id=house.roux.pk)
    assert (
        queries.free_slots(
            practitioner_ids=[house.diallo.pk],
            visit_type_id=house.echo.pk,
            first=TUESDAY,
            last=TUESDAY,
        )
        == []
    )


def test_an_absence_ends_and_its_time_is_free_again(house):
    done = away(house)
    ended = actions.end_absence(absence_id=done.absence_id, by=PETIT, request_id=uuid4())
    house.book("9:00")
    with pytest.raises(Refusal, match="déjà été retirée"):
        actions.end_absence(absence_id=done.absence_id, by=PETIT, request_id=uuid4())
    with pytest.raises(Refusal, match="pris depuis"):
        undo(ended)


def test_absences_are_undone_too(house):
    done = away(house)
    back = undo(done)
    house.book("11:00")
    undo(back)
    with pytest.raises(Obstructed):
        house.book("9:00", patient_id=house.roux.pk)
    assert Absence.objects.get().ended_at is None


def test_undoing_the_undo_of_an_end_ends_it_again(house):
    done = away(house)
    ended = actions.end_absence(absence_id=done.absence_id, by=PETIT, request_id=uuid4())
    at = Absence.objects.get().ended_at
    back = undo(ended)
    assert Absence.objects.get().ended_at is None
    undo(back)
    assert Absence.objects.get().ended_at == at
    house.book("9:00")


def test_a_blocked_time_is_given_back(house):
    done = actions.block(
        practitioner_id=house.nguyen.pk,
        start=at_clock(TUESDAY, "9:00"),
        end=at_clock(TUESDAY, "9:30"),
        label="Réunion",
        by=PETIT,
        request_id=uuid4(),
    )
    with pytest.raises(Obstructed, match="est bloqué"):
        house.book("9:00")
    actions.unblock(absence_id=done.absence_id, by=PETIT, request_id=uuid4())
    house.book("9:00")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"end": "8:00"}, "avant le début"),
        ({"practitioner_id": None}, "qui est absent"),
        ({"resource_id": 1}, "pas les deux"),
    ],
)
def test_an_absence_that_makes_no_sense(house, changes, words):
    with pytest.raises(Refusal, match=words):
        away(house, **changes)


# Setting up


def configure(action, **more):
    return action(**{"by": MANAGER, "request_id": uuid4(), **more})


def test_a_manager_opens_hours_changes_and_removes_them(house):
    done = configure(
        actions.create_opening_rule,
        practitioner_id=house.nguyen.pk,
        site_id=house.annex.pk,
        weekday=3,
        start=time(14),
        end=time(0),
        valid_from=date(2026, 11, 1),
        every_weeks=2,
        month_weeks=[1, 3],
        visit_type_ids=[house.control.pk],
    )
    rule = OpeningRule.objects.get(id=done.object_id)
    assert (rule.month_weeks, rule.end, list(rule.visit_types.all())) == (
        "1,3",
        time(0),
        [house.control],
    )
    configure(actions.change_opening_rule, rule_id=rule.pk, month_weeks=[], every_weeks=1)
    thursday = date(2026, 11, 26)
    board = queries.day(thursday, [house.nguyen.pk])
    assert [(o.start_minute, o.end_minute) for o in board.columns[0].openings] == [(840, 1440)]
    done = house.book("23:40", day=thursday)
    assert get(done).site_id == house.annex.pk
    configure(actions.remove_opening_rule, rule_id=rule.pk)
    assert queries.day(thursday, [house.nguyen.pk]).columns[0].openings == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"end": time(8)},
        {"weekday": 7},
        {"valid_until": date(2025, 1, 1)},
        {"every_weeks": 0},
        {"month_weeks": [6]},
    ],
)
def test_hours_that_make_no_sense(house, changes):
    wanted = {
        "practitioner_id": house.nguyen.pk,
        "site_id": house.main.pk,
        "weekday": 2,
        "start": time(9),
        "end": time(12),
        "valid_from": date(2026, 1, 1),
        **changes,
    }
    with pytest.raises(Refusal):
        configure(actions.create_opening_rule, **wanted)


def test_a_closed_day_says_who_is_in_it_and_an_open_one_can_be_booked(house):
    inside = house.book("9:00")
    done = configure(
        actions.create_exception,
        practitioner_id=house.nguyen.pk,
        site_id=house.main.pk,
        day=TUESDAY,
        kind="closed",
        start=time(8),
        end=time(10),
    )
    assert done.to_rebook == (inside.appointment_id,)
    assert queries.appointment(inside.appointment_id).to_replace
    with pytest.raises(Obstructed):
        house.book("9:40", patient_id=house.roux.pk)
    configure(actions.remove_exception, exception_id=done.object_id)
    house.book("9:40", patient_id=house.roux.pk)
    wednesday = TUESDAY + timedelta(days=1)
    configure(
        actions.create_exception,
        practitioner_id=house.nguyen.pk,
        site_id=house.annex.pk,
        day=wednesday,
        kind="open",
        start=time(14),
        end=time(16),
    )
    assert get(house.book("14:00", day=wednesday)).site_id == house.annex.pk


def test_visit_types_offers_and_needs(house):
    done = configure(
        actions.create_visit_type, code="VAC", label="Vaccin", notice_minutes=60, remote=False
    )
    vaccine = done.object_id
    with pytest.raises(Refusal, match="sert déjà"):
        configure(actions.create_visit_type, code="vac", label="Autre")
    with pytest.raises(TypeError):
        configure(actions.create_visit_type, code="X", label="X", id=3)
    configure(actions.set_offer, visit_type_id=vaccine, practitioner_id=house.nguyen.pk, minutes=10)
    configure(
        actions.set_offer,
        visit_type_id=vaccine,
        practitioner_id=house.nguyen.pk,
        minutes=15,
        before=5,
    )
    need = configure(
        actions.set_need, visit_type_id=vaccine, label="Salle", resource_ids=[house.room.pk]
    )
    with pytest.raises(Refusal, match="déjà à un autre besoin"):
        configure(
            actions.set_need, visit_type_id=vaccine, label="Bis", resource_ids=[house.room.pk]
        )
    with pytest.raises(Refusal, match="salles ou du matériel"):
        configure(
            actions.set_need,
            visit_type_id=vaccine,
            label="Bis",
            resource_ids=[house.nguyen.resource_id],
        )
    booked = get(house.book("9:05", visit_type_id=vaccine))
    assert (booked.minutes, booked.occupations.count()) == (15, 2)
    configure(
        actions.set_need,
        visit_type_id=vaccine,
        label="Salle",
        resource_ids=[],
        need_id=need.object_id,
    )
    configure(actions.change_visit_type, visit_type_id=vaccine, label="Vaccins", active=False)
    with pytest.raises(Refusal, match="ne sert plus"):
        house.book("10:05", visit_type_id=vaccine, patient_id=house.roux.pk)


@pytest.mark.parametrize("by", [PETIT, Actor(user_id=4, role="remote_agent", name="x")])
def test_only_a_manager_sets_up(house, by):
    with pytest.raises(NotAllowed):
        configure(actions.create_visit_type, code="VAC", label="Vaccin", by=by)
