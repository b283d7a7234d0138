"""Arrivals and what follows: each act once, by whom, taken back exactly, never on a wrong day."""

from datetime import timedelta

import pytest
import time_machine

from tests.modules.reception_house import DAY, LEROY, PETIT, House, at, new
from unisson.agenda import actions as agenda
from unisson.agenda.models import Appointment
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal, Stale
from unisson.core.models import AuditEvent, OutboxEvent
from unisson.reception import actions, queries
from unisson.reception.models import Visit, VisitStep
from unisson.reception.rules.visit import State

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(at("9:18"), tick=False) as clock:
        yield clock


@pytest.fixture
def house():
    return House()


@pytest.fixture
def roux(house):
    return house.book(house.patient("ROUX", "Paul"), "9:30")


def stamps(appointment_id):
    row = Visit.objects.get(pk=appointment_id)
    return (row.state, row.arrived_at, row.room_at, row.called_at, row.left_at, row.changed_by)


def do(action, appointment_id, by=PETIT, **more):
    return action(appointment_id=appointment_id, by=by, request_id=new(), **more)


class TestAVisit:
    def test_every_stage_is_stamped_told_and_audited(self, house, roux, morning):
        acts = [
            (actions.arrive, "9:18", "ROUX Paul est arrivé à 9 h 18."),
            (actions.to_room, "9:50", "ROUX Paul est en salle depuis 9 h 50."),
            (actions.call_in, "9:55", "ROUX Paul est en consultation depuis 9 h 55."),
            (actions.leave, "10:15", "ROUX Paul est sorti à 10 h 15."),
        ]
        for action, moment, sentence in acts:
            morning.move_to(at(moment))
            done = do(action, roux)
            assert done.sentence.replace("\N{NO-BREAK SPACE}", " ") == sentence
            assert not done.repeated
        assert stamps(roux) == (
            "left",
            at("9:18"),
            at("9:50"),
            at("9:55"),
            at("10:15"),
            "C. Petit",
        )
        patient = Appointment.objects.get(pk=roux).patient_id
        lines = AuditEvent.objects.filter(verb__startswith="reception.").order_by("id")
        assert [(line.verb, line.patient_id, line.object_id) for line in lines] == [
            ("reception.arrive", patient, roux),
            ("reception.to_room", patient, roux),
            ("reception.call_in", patient, roux),
            ("reception.leave", patient, roux),
        ]
        news = OutboxEvent.objects.filter(topic="reception.changed").order_by("id")
        assert news.count() == 4
        assert news.first().payload == {
            "practitioner_ids": [house.diallo.pk],
            "dates": ["2026-11-24"],
            "appointment_id": roux,
            "state": "arrived",
            "by": 101,
        }

    def test_taken_straight_into_consultation(self, roux):
        do(actions.call_in, roux)
        assert stamps(roux)[:4] == ("with_practitioner", at("9:18"), None, at("9:18"))

    def test_left_without_being_seen(self, roux, morning):
        do(actions.arrive, roux)
        morning.move_to(at("10:40"))
        done = do(actions.leave_unseen, roux)
        assert "parti sans être vu" in done.sentence
        assert stamps(roux)[0] == "left_unseen"

    def test_feminine(self, house):
        lebrun = house.book(house.patient("LEBRUN", "Claire", "F"), "9:40")
        assert "est arrivée à" in do(actions.arrive, lebrun).sentence


class TestBack:
    def test_each_step_back_restores_exactly_what_was(self, roux, morning):
        seen = []
        for action, moment in [
            (actions.arrive, "9:18"),
            (actions.to_room, "9:50"),
            (actions.call_in, "9:55"),
            (actions.leave, "10:15"),
        ]:
            seen.append(stamps(roux) if seen else None)
            morning.move_to(at(moment))
            do(action, roux, by=PETIT)
        morning.move_to(at("10:20"))
        for before in reversed(seen[1:]):
            do(actions.step_back, roux, by=LEROY)
            assert stamps(roux) == before
        done = do(actions.step_back, roux)
        assert done.state == State.EXPECTED
        assert done.sentence.startswith("ROUX Paul est de nouveau attendu")
        assert stamps(roux) == ("expected", None, None, None, None, "")
        assert queries.visit_of(roux) is None

    def test_nothing_to_take_back(self, roux):
        with pytest.raises(Refusal, match=r"il n’y a rien à reprendre"):
            do(actions.step_back, roux)
        do(actions.arrive, roux)
        do(actions.step_back, roux)
        with pytest.raises(Refusal, match=r"il n’y a rien à reprendre"):
            do(actions.step_back, roux)

    def test_the_history_keeps_what_was_taken_back(self, roux, morning):
        do(actions.arrive, roux)
        morning.move_to(at("9:20"))
        do(actions.step_back, roux, by=LEROY)
        morning.move_to(at("9:29"))
        do(actions.arrive, roux)
        told = [
            (row.step, row.at, row.by_name, row.back_at, row.back_by)
            for row in queries.history(roux)
        ]
        assert told == [
            ("arrive", at("9:29"), "C. Petit", None, ""),
            ("arrive", at("9:18"), "C. Petit", at("9:20"), "M. Leroy"),
        ]

    def test_what_is_taken_back_is_what_was_on_the_screen(self, roux):
        do(actions.arrive, roux)
        do(actions.to_room, roux, by=LEROY)
        with pytest.raises(Stale, match=r"en salle.*M. Leroy"):
            do(actions.step_back, roux, seen="arrived")
        assert stamps(roux)[0] == "in_room"
        do(actions.step_back, roux, seen="in_room")

    def test_the_same_request_takes_back_once(self, roux):
        do(actions.arrive, roux)
        do(actions.to_room, roux)
        request = new()
        for _ in range(2):
            done = actions.step_back(appointment_id=roux, by=PETIT, request_id=request)
            assert done.state == State.ARRIVED
        assert done.repeated


class TestTwice:
    def test_the_same_request_is_done_once(self, roux):
        request = new()
        first = actions.arrive(appointment_id=roux, by=PETIT, request_id=request)
        news = OutboxEvent.objects.count()
        second = actions.arrive(appointment_id=roux, by=PETIT, request_id=request)
        assert (first.repeated, second.repeated) == (False, True)
        assert second.sentence == first.sentence
        assert VisitStep.objects.count() == 1
        assert OutboxEvent.objects.count() == news

    def test_a_colleague_who_comes_second_is_told_who_was_first(self, roux, morning):
        do(actions.arrive, roux, by=LEROY)
        morning.move_to(at("9:19"))
        done = do(actions.arrive, roux, by=PETIT)
        assert done.repeated
        assert done.sentence.replace("\N{NO-BREAK SPACE}", " ") == (
            "ROUX Paul est arrivé à 9 h 18, déjà noté par M. Leroy. Rien n’a été changé."
        )
        assert stamps(roux)[1] == at("9:18")
        assert VisitStep.objects.count() == 1

    def test_arrived_again_once_in_a_room_is_no_mistake(self, roux):
        do(actions.to_room, roux, by=LEROY)
        assert "en salle" in do(actions.arrive, roux).sentence

    def test_a_request_used_for_something_else_is_refused(self, house, roux):
        other = house.book(house.patient("COSTA", "Maria", "F"), "9:50")
        request = new()
        actions.arrive(appointment_id=roux, by=PETIT, request_id=request)
        for again in [
            lambda: actions.arrive(appointment_id=other, by=PETIT, request_id=request),
            lambda: actions.to_room(appointment_id=roux, by=PETIT, request_id=request),
            lambda: actions.arrive(appointment_id=roux, by=LEROY, request_id=request),
        ]:
            with pytest.raises(Refusal, match=r"déjà servi"):
                again()


class TestRefused:
    def test_on_another_day(self, house):
        thursday = DAY + timedelta(days=2)
        booked = house.book(house.patient("ROUX", "Paul"), "9:40", day=thursday)
        for action in (actions.arrive, actions.to_room, actions.call_in):
            with pytest.raises(Refusal, match=r"jeudi.26.novembre.2026 à 9.h.40, pas aujourd’hui"):
                do(action, booked)
        assert not Visit.objects.exists()
        assert not OutboxEvent.objects.filter(topic="reception.changed").exists()

    def test_a_visit_begun_before_midnight_can_end_after(self, house, morning):
        late = house.book(house.patient("ROUX", "Paul"), "18:40")
        morning.move_to(at("18:40"))
        do(actions.call_in, late)
        morning.move_to(at("0:10", DAY + timedelta(days=1)))
        assert do(actions.leave, late).state == State.LEFT

    @pytest.mark.parametrize(
        ("end", "said"),
        [
            (lambda n: do(agenda.cancel, n, by_whom="patient"), "est annulé"),
            (lambda n: do(agenda.mark_excused, n), "est noté excusé"),
        ],
    )
    def test_an_appointment_no_longer_booked(self, roux, end, said):
        end(roux)
        with pytest.raises(Refusal, match=said):
            do(actions.arrive, roux)

    def test_an_appointment_taken_out_of_the_agenda(self, house):
        request = new()
        booked = agenda.book(
            patient_id=house.patient("ROUX", "Paul").pk,
            visit_type_id=house.visit_type.pk,
            practitioner_id=house.diallo.pk,
            start=at("9:30"),
            by=PETIT,
            request_id=request,
        )
        do_undo = agenda.undo(act_id=booked.act_id, by=PETIT, request_id=new())
        assert do_undo
        with pytest.raises(Refusal, match=r"retiré de l’agenda"):
            do(actions.arrive, booked.appointment_id)

    def test_no_such_appointment(self):
        with pytest.raises(Refusal, match=r"n’existe plus"):
            do(actions.arrive, 999999)

    def test_a_step_that_cannot_follow_says_what_to_do(self, roux):
        with pytest.raises(Refusal, match=r"n’est pas noté arrivé.*Notez d’abord son arrivée"):
            do(actions.leave, roux)
        do(actions.call_in, roux)
        with pytest.raises(Refusal, match=r"en consultation.*d’une étape en arrière"):
            do(actions.leave_unseen, roux)

    def test_someone_who_works_for_another_practitioner(self, house, roux):
        other = Actor(7, "secretary", "X", practitioner_ids=frozenset([house.nguyen.pk]))
        for action in (actions.arrive, actions.step_back):
            with pytest.raises(NotAllowed):
                do(action, roux, by=other)

    def test_a_remote_agent(self, roux):
        with pytest.raises(NotAllowed):
            do(actions.arrive, roux, by=Actor(7, "remote_agent", "X"))


class TestAbsentAndExcused:
    def test_are_the_agendas(self, roux, morning):
        morning.move_to(at("9:45"))
        do(actions.mark_no_show, roux)
        assert Appointment.objects.get(pk=roux).status == "no_show"

    @pytest.mark.parametrize("action", [actions.mark_no_show, actions.mark_excused])
    def test_not_for_somebody_who_came(self, roux, action, morning):
        do(actions.arrive, roux)
        morning.move_to(at("9:45"))
        with pytest.raises(Refusal, match=r"ROUX Paul est arrivé.*en arrière"):
            do(action, roux)
        do(actions.step_back, roux)
        do(action, roux)

    def test_the_database_has_the_last_word(self, roux, morning):
        """Whatever the agenda does, it does not take an appointment from under a visit."""
        do(actions.arrive, roux)
        morning.move_to(at("9:45"))
        for end in (
            lambda: do(agenda.cancel, roux, by_whom="patient"),
            lambda: do(agenda.mark_no_show, roux),
            lambda: do(agenda.move, roux, start=at("9:30", DAY + timedelta(days=1))),
        ):
            with pytest.raises(Refusal, match=r"noté venu à ce rendez-vous"):
                end()
        do(agenda.move, roux, start=at("10:00"))
        do(agenda.change_details, roux, reason="Suivi")
        assert Appointment.objects.get(pk=roux).status == "booked"
        assert stamps(roux)[0] == "arrived"


class TestCallingInWhileSomeoneIsIn:
    def test_the_one_who_was_in_leaves_in_the_same_act(self, house, roux, morning):
        hamel = house.book(house.patient("HAMEL", "Gérard"), "9:10")
        do(actions.call_in, hamel)
        do(actions.arrive, roux)
        morning.move_to(at("9:40"))
        request = new()
        for _ in range(2):
            actions.call_in(appointment_id=roux, by=PETIT, request_id=request, finishing=[hamel])
        assert stamps(hamel)[0] == "left"
        assert stamps(hamel)[4] == stamps(roux)[3] == at("9:40")
        assert VisitStep.objects.count() == 4

    def test_someone_who_already_left_is_left_alone(self, house, roux):
        hamel = house.book(house.patient("HAMEL", "Gérard"), "9:10")
        do(actions.call_in, hamel)
        do(actions.leave, hamel)
        before = stamps(hamel)
        do(actions.call_in, roux, finishing=[hamel])
        assert stamps(hamel) == before


class TestTakingBackWhatOneRequestDid:
    def back(self, request, by=PETIT):
        return actions.take_back(step_request_id=request, by=by, request_id=new())

    def test_a_call_that_ended_another_visit_is_taken_back_whole(self, house, roux, morning):
        hamel = house.book(house.patient("HAMEL", "Gérard"), "9:10")
        do(actions.call_in, hamel)
        do(actions.arrive, roux)
        before = stamps(hamel), stamps(roux)
        morning.move_to(at("9:40"))
        request = new()
        actions.call_in(appointment_id=roux, by=PETIT, request_id=request, finishing=[hamel])
        assert queries.last_act(PETIT.user_id, DAY).request_id == request
        self.back(request)
        assert (stamps(hamel), stamps(roux)) == before
        assert queries.last_act(PETIT.user_id, DAY).appointment_id == roux

    def test_not_when_a_colleague_went_on_from_there(self, house, roux, morning):
        hamel = house.book(house.patient("HAMEL", "Gérard"), "9:10")
        do(actions.call_in, hamel)
        request = new()
        actions.call_in(appointment_id=roux, by=PETIT, request_id=request, finishing=[hamel])
        morning.move_to(at("9:50"))
        do(actions.leave, roux, by=LEROY)
        before = stamps(hamel), stamps(roux)
        with pytest.raises(Refusal, match=r"sorti à 9.h.50, noté depuis par M. Leroy"):
            self.back(request)
        assert (stamps(hamel), stamps(roux)) == before

    def test_once_and_by_who_did_it(self, roux):
        request = new()
        actions.arrive(appointment_id=roux, by=PETIT, request_id=request)
        with pytest.raises(Refusal, match=r"déjà repris"):
            self.back(request, by=LEROY)
        self.back(request)
        with pytest.raises(Refusal, match=r"déjà repris"):
            self.back(request)

    def test_nothing_noted_today(self, roux, morning):
        do(actions.arrive, roux)
        assert queries.last_act(PETIT.user_id, DAY + timedelta(days=1)) is None
        assert queries.last_act(LEROY.user_id, DAY) is None


class TestWalkIn:
    def test_is_squeezed_in_now_and_arrived(self, house, roux, morning):
        morning.move_to(at("9:35"))
        patient = house.patient("BENALI", "Inès", "F")
        request = new()
        done = [
            actions.walk_in(
                patient_id=patient.pk,
                practitioner_id=house.diallo.pk,
                visit_type_id=house.visit_type.pk,
                urgent=True,
                by=PETIT,
                request_id=request,
            )
            for _ in range(2)
        ]
        assert done[0].appointment_id == done[1].appointment_id
        booked = Appointment.objects.get(pk=done[0].appointment_id)
        assert (booked.start, booked.squeeze_in, booked.urgent) == (at("9:35"), True, True)
        assert stamps(booked.pk)[:2] == ("arrived", at("9:35"))

    def test_comes_again_after_it_was_cut_in_the_middle(self, house, monkeypatch):
        patient = house.patient("BENALI", "Inès", "F")
        request = new()

        def fails(**_):
            raise ConnectionError

        def call():
            return actions.walk_in(
                patient_id=patient.pk,
                practitioner_id=house.diallo.pk,
                visit_type_id=house.visit_type.pk,
                by=PETIT,
                request_id=request,
            )

        with monkeypatch.context() as patched:
            patched.setattr(actions, "arrive", fails)
            with pytest.raises(ConnectionError):
                call()
        assert call().state == State.ARRIVED
        assert Appointment.objects.filter(patient=patient).count() == 1
