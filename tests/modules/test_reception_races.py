"""Two people at once: an arrival is noted once, and never on an appointment just taken away."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
import time_machine
from django.db import connection

from tests.modules.reception_house import LEROY, PETIT, House, at, new
from unisson.agenda import actions as agenda
from unisson.agenda.models import Appointment
from unisson.core.errors import Refusal
from unisson.core.gesture import first_broken_link
from unisson.reception import actions
from unisson.reception.models import Visit, VisitStep

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 12


def at_once(*works):
    """What each answers or raises, started together."""
    start = Barrier(len(works))

    def run(work):
        try:
            start.wait(5)
            return work()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def act(action, number, by):
    return action(appointment_id=number, by=by, request_id=new())


@pytest.fixture
def house():
    return House()


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(at("12:00"), tick=True):
        yield


def booked(house, count):
    return [
        house.book(house.patient("ROUX", f"Paul{n}"), f"{8 + n // 3}:{n % 3 * 20:02}")
        for n in range(count)
    ]


def test_two_secretaries_note_the_same_arrival(house):
    for number in booked(house, ROUNDS):
        answers = at_once(*(partial(act, actions.arrive, number, by) for by in (PETIT, LEROY)))
        assert sorted(answer.repeated for answer in answers) == [False, True]
        (second,) = [answer for answer in answers if answer.repeated]
        assert "déjà noté par" in second.sentence
        assert VisitStep.objects.filter(visit_id=number).count() == 1
    assert first_broken_link() is None


def test_the_same_request_sent_twice_at_once(house):
    for number in booked(house, ROUNDS):
        request = new()
        answers = at_once(
            *[partial(actions.arrive, appointment_id=number, by=PETIT, request_id=request)] * 2
        )
        assert sorted(answer.repeated for answer in answers) == [False, True]
        assert VisitStep.objects.filter(visit_id=number).count() == 1


def test_arrived_and_absent_at_the_same_moment_is_one_or_the_other(house):
    for number in booked(house, ROUNDS):
        arrived, absent = at_once(
            partial(act, actions.arrive, number, PETIT),
            partial(act, agenda.mark_no_show, number, LEROY),
        )
        status = Appointment.objects.get(pk=number).status
        visit = Visit.objects.filter(pk=number).first()
        came = visit is not None and visit.state == "arrived"
        assert (status, came) in {("booked", True), ("no_show", False)}
        assert isinstance(arrived, Refusal) != isinstance(absent, Refusal)
        assert isinstance(arrived, Refusal) == (not came)
