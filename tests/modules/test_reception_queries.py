"""The board of a day: who is where, who waits, who is late, in two queries."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.modules.reception_house import DAY, PETIT, SYSTEM, House, at, new
from unisson.agenda import actions as agenda
from unisson.reception import actions, queries

pytestmark = pytest.mark.django_db
NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def house():
    return House()


@pytest.fixture
def morning(house):
    """The drawn desk at 9:41: Hamel came in at 9:35 instead of 9:10."""
    people = {}
    with time_machine.travel(at("9:00"), tick=False) as clock:
        for name, first, start in [
            ("HAMEL", "Gérard", "9:10"),
            ("ROUX", "Paul", "9:30"),
            ("COSTA", "Rui", "9:50"),
            ("TESSIER", "Jean", "10:10"),
            ("OLIVIER", "Hugo", "10:50"),
        ]:
            people[name] = house.book(house.patient(name, first), start)
        for action, name, moment in [
            (actions.arrive, "HAMEL", "9:05"),
            (actions.arrive, "ROUX", "9:18"),
            (actions.call_in, "HAMEL", "9:35"),
            (actions.arrive, "COSTA", "9:36"),
        ]:
            clock.move_to(at(moment))
            action(appointment_id=people[name], by=PETIT, request_id=new())
        clock.move_to(at("9:41"))
        yield people


def test_the_drawn_morning(house, morning):
    board = queries.board(DAY)
    late = board.late[house.diallo.pk]
    assert (late.minutes, late.sure) == (25, True)
    assert late.why.replace(NBSP, " ") == (
        "HAMEL Gérard (9 h 10 à 9 h 30) est en consultation depuis 9 h 35 ; "
        "ROUX Paul (9 h 30) devrait passer vers 9 h 55."
    )
    assert late.warn == {morning["TESSIER"]: 10 * 60 + 35}
    assert board.to_warn == late.warn
    assert [(row.appointment_id, row.minutes, row.long) for row in board.waiting] == [
        (morning["ROUX"], 23, True),
        (morning["COSTA"], 5, False),
    ]
    assert {
        name: (row.state, row.likely_minute)
        for name, number in morning.items()
        if (row := board.visits.get(number))
    } == {
        "HAMEL": ("with_practitioner", None),
        "ROUX": ("arrived", 9 * 60 + 55),
        "COSTA": ("arrived", 10 * 60 + 15),
    }
    assert board.visits[morning["HAMEL"]].since == at("9:35")
    assert board.turns[house.diallo.pk].id == morning["ROUX"]


def test_two_queries_however_long_the_day(house, morning):
    for number in range(12):
        house.book(house.patient(f"A{number}", "Zoé"), f"{12 + number // 3}:{number % 3 * 20:02}")
        house.book(
            house.patient(f"B{number}", "Zoé"),
            f"{9 + number // 3}:{number % 3 * 20:02}",
            house.nguyen,
        )
    with CaptureQueriesContext(connection) as queries_made:
        board = queries.board(DAY)
    assert len(board.visits) == 3
    assert len(queries_made) == 2


def test_only_the_practitioners_asked_for(house, morning):
    other = house.book(house.patient("LEBRUN", "Claire", "F"), "9:40", house.nguyen)
    actions.arrive(appointment_id=other, by=PETIT, request_id=new())
    assert set(queries.board(DAY, [house.nguyen.pk]).visits) == {other}
    assert other in queries.board(DAY).visits
    assert queries.board(DAY, []).visits == {}


def test_the_waiting_room_begins_with_urgencies(house, morning):
    urgent = actions.walk_in(
        patient_id=house.patient("BENALI", "Inès", "F").pk,
        practitioner_id=house.nguyen.pk,
        visit_type_id=house.visit_type.pk,
        urgent=True,
        by=PETIT,
        request_id=new(),
    )
    assert queries.board(DAY).waiting[0].appointment_id == urgent.appointment_id


def test_another_day_has_visits_and_no_lateness(house, morning):
    with time_machine.travel(at("9:00", DAY + timedelta(days=1)), tick=False):
        board = queries.board(DAY)
    assert len(board.visits) == 3
    assert (board.late, board.likely, board.turns) == ({}, {}, {})


def test_who_will_not_come_is_not_waited_for(house, morning):
    for name in ("TESSIER", "OLIVIER"):
        agenda.cancel(appointment_id=morning[name], by_whom="patient", by=SYSTEM, request_id=new())
    assert queries.board(DAY).late[house.diallo.pk].warn == {}


def test_a_patient_moved_to_another_day_leaves_the_board(house, morning):
    agenda.move(
        appointment_id=morning["OLIVIER"],
        start=at("10:50", DAY + timedelta(days=1)),
        by=SYSTEM,
        request_id=new(),
    )
    assert morning["OLIVIER"] not in queries.board(DAY).likely


def test_a_step_taken_back_leaves_no_trace_on_the_board(house, morning):
    actions.step_back(appointment_id=morning["COSTA"], by=PETIT, request_id=new())
    board = queries.board(DAY)
    assert morning["COSTA"] not in board.visits
    assert morning["COSTA"] in board.late[house.diallo.pk].warn
