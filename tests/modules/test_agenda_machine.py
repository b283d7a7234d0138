"""The whole agenda, handled at random: whatever is done in whatever order, it stays true.

Never two exclusive occupations of one resource at once; the day index is what
the occupations say; what is booked takes its time and what is not takes none; a
patient is in one place at a time; whoever stands in an absence is listed; a
refused act changes nothing; an undone act leaves what was there before it; a
request sent twice is done once.
"""

import itertools
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from tests.modules import agenda_house as house_of
from tests.modules.agenda_house import MOREAU, PETIT, TUESDAY
from unisson.agenda import actions
from unisson.agenda.models import Absence, Appointment, Hold, PlanningAct
from unisson.agenda.queries.absences import in_absence, standing_in
from unisson.agenda.when import start_at
from unisson.core import clock
from unisson.core.errors import Refusal

minutes = st.sampled_from([485, 490, 500, 505, 515, 525, 545, 560])
people = st.sampled_from([PETIT, MOREAU])
either = st.integers(0, 1)
PATIENTS = 2


class Agenda(RuleBasedStateMachine):
    appointments = Bundle("appointments")
    absences = Bundle("absences")
    holds = Bundle("holds")
    acts = Bundle("acts")

    def __init__(self):
        super().__init__()
        self.cleanup = []
        aside = house_of.set_aside()
        aside.__enter__()
        self.cleanup.append(lambda: aside.__exit__(None, None, None))
        travel = time_machine.travel("2026-11-24T08:30:00+01:00", tick=False)
        self.now = travel.start()
        self.cleanup.append(travel.stop)
        self.house = house_of.build()
        self.who = [self.house.nguyen.pk, self.house.diallo.pk]
        self.types = [self.house.control.pk, self.house.echo.pk]
        self.patients = [house_of.patient(f"P{n}").pk for n in range(PATIENTS)]
        self.worlds = {}
        self.requests = []

    def teardown(self):
        while self.cleanup:
            self.cleanup.pop()()

    # What the rules share

    def world(self):
        """Every appointment and absence, but for version numbers."""
        taken = {}
        found = {}
        for one in Appointment.objects.prefetch_related("occupations"):
            fields = {
                f.name: getattr(one, f.attname)
                for f in Appointment._meta.concrete_fields
                if f.name != "version"
            }
            taken = sorted(
                (o.resource_id, o.start, o.end, o.exclusive) for o in one.occupations.all()
            )
            found["appointment", one.pk] = (fields, taken)
        for one in Absence.objects.all():
            found["absence", one.pk] = one.ended_at is None
        return found

    def act(self, action, **more):
        """Do it; None when it was refused, in which case nothing may have changed."""
        self.now.shift(1)
        before = self.world()
        request = {"request_id": uuid4(), **more}
        try:
            done = action(**request)
        except Refusal:
            assert self.world() == before
            return None
        self.worlds[done.act_id] = before
        self.requests.append((action, request, done))
        return done

    # What a secretary does

    @rule(
        target=appointments,
        who=either,
        what=either,
        patient=st.integers(0, PATIENTS - 1),
        minute=minutes,
        squeeze_in=st.booleans(),
        by=people,
    )
    def book(self, who, what, patient, minute, squeeze_in, by):
        done = self.act(
            actions.book,
            patient_id=self.patients[patient],
            visit_type_id=self.types[what],
            practitioner_id=self.who[who],
            start=start_at(TUESDAY, minute),
            squeeze_in=squeeze_in,
            by=by,
        )
        return done.appointment_id if done else multiple()

    @rule(number=appointments, who=either, minute=minutes, squeeze_in=st.booleans(), by=people)
    def move(self, number, who, minute, squeeze_in, by):
        self.act(
            actions.move,
            appointment_id=number,
            practitioner_id=self.who[who],
            start=start_at(TUESDAY, minute),
            squeeze_in=squeeze_in,
            by=by,
        )

    @rule(number=appointments, by=people)
    def cancel(self, number, by):
        self.act(actions.cancel, appointment_id=number, by_whom="patient", by=by)

    @rule(target=appointments, number=appointments, by=people)
    def cancel_then_book_elsewhere(self, number, by):
        """The same patient, the same hour, the other practitioner: undo must see it."""
        seen = Appointment.objects.get(id=number)
        if self.act(actions.cancel, appointment_id=number, by_whom="patient", by=by) is None:
            return multiple()
        done = self.act(
            actions.book,
            patient_id=seen.patient_id,
            visit_type_id=seen.visit_type_id,
            practitioner_id=sum(self.who) - seen.practitioner_id,
            start=seen.start,
            by=by,
        )
        return done.appointment_id if done else multiple()

    @rule(number=appointments, by=people)
    def excuse(self, number, by):
        self.act(actions.mark_excused, appointment_id=number, by=by)

    @rule(number=appointments, by=people)
    def no_show(self, number, by):
        self.act(actions.mark_no_show, appointment_id=number, by=by)

    @rule(number=appointments, squeeze_in=st.booleans(), by=people)
    def put_back(self, number, squeeze_in, by):
        self.act(actions.put_back, appointment_id=number, squeeze_in=squeeze_in, by=by)

    @rule(number=appointments, by=people)
    def write_a_note(self, number, by):
        self.act(actions.change_details, appointment_id=number, note="x", by=by)

    @rule(target=absences, who=either, minute=minutes, length=st.integers(1, 3))
    def declare_absence(self, who, minute, length):
        done = self.act(
            actions.declare_absence,
            practitioner_id=self.who[who],
            start=start_at(TUESDAY, minute),
            end=start_at(TUESDAY, minute + length * 10),
            by=PETIT,
        )
        return done.absence_id

    @rule(number=absences)
    def end_absence(self, number):
        self.act(actions.end_absence, absence_id=number, by=PETIT)

    @rule(target=holds, who=either, minute=minutes, by=people)
    def hold(self, who, minute, by):
        done = self.act(
            actions.hold,
            visit_type_id=self.types[0],
            practitioner_id=self.who[who],
            start=start_at(TUESDAY, minute),
            by=by,
            seconds=60,
        )
        return (done.hold_id, by) if done else multiple()

    @rule(held=consumes(holds))
    def release(self, held):
        self.act(actions.release, hold_id=held[0], by=held[1])

    @rule(target=appointments, held=consumes(holds), patient=st.integers(0, PATIENTS - 1))
    def book_what_is_held(self, held, patient):
        kept = Hold.objects.filter(id=held[0]).first()
        if kept is None:
            return multiple()
        done = self.act(
            actions.book,
            patient_id=self.patients[patient],
            visit_type_id=kept.visit_type_id,
            practitioner_id=kept.practitioner_id,
            start=kept.start,
            hold_id=kept.pk,
            by=held[1],
        )
        return done.appointment_id if done else multiple()

    @rule(seconds=st.integers(1, 120))
    def time_passes(self, seconds):
        self.now.shift(seconds)

    @rule(by=people)
    def undo_the_last_act(self, by):
        self.undo(at=0, by=by)

    @rule(at=st.integers(1, 6), by=people)
    def undo_an_earlier_act(self, at, by):
        self.undo(at=at, by=by)

    def undo(self, at, by):
        """One of the last acts, undoing included: exactly what was there before it."""
        recent = [done for _, _, done in self.requests[-1 - at :]]
        if not recent:
            return
        undone = recent[0]
        before = self.world()
        done = self.act(actions.undo, act_id=undone.act_id, by=by)
        if done is None:
            return
        then, after = self.worlds[undone.act_id], self.world()
        touched = {("appointment", number) for number in undone.appointment_ids}
        touched |= {("absence", undone.absence_id)} if undone.absence_id else set()
        assert touched
        for key, state in after.items():
            if key not in touched:
                assert state == before[key]
            elif key in then:
                assert state == then[key]
            elif key[0] == "appointment":
                assert state[0]["status"] == "mistake"
                assert state[1] == []
            else:
                assert state is False

    @rule(at=st.integers(0, 12))
    def send_again(self, at):
        """The network hesitated: the same request comes back, whatever happened since."""
        if not self.requests:
            return
        action, request, done = self.requests[-1 - at % len(self.requests)]
        before, count = self.world(), PlanningAct.objects.count()
        assert action(**request) == done
        assert self.world() == before
        assert PlanningAct.objects.count() == count

    # What stays true

    @invariant()
    def nothing_is_taken_twice(self):
        assert house_of.overlaps() == []

    @invariant()
    def the_day_index_is_true(self):
        assert house_of.stale_loads() == []

    @invariant()
    def what_is_booked_takes_its_time(self):
        for one in Appointment.objects.prefetch_related("occupations", "visit_type__needs"):
            taken = list(one.occupations.all())
            if one.status != "booked":
                assert taken == []
                continue
            start = one.start - timedelta(minutes=one.before)
            end = one.end + timedelta(minutes=one.after)
            assert {(o.start, o.end) for o in taken} == {(start, end)}
            assert len(taken) == 1 + one.visit_type.needs.count()
            assert len({o.resource_id for o in taken}) == len(taken)
            assert one.squeeze_in == (not all(o.exclusive for o in taken))

    @invariant()
    def a_patient_is_in_one_place_at_a_time(self):
        booked = list(Appointment.objects.filter(status="booked"))
        for one, other in itertools.combinations(booked, 2):
            assert one.patient_id != other.patient_id or (
                one.end <= other.start or other.end <= one.start
            )

    @invariant()
    def whoever_stands_in_an_absence_is_listed(self):
        for absence in Absence.objects.filter(ended_at=None):
            met = in_absence(absence).order_by("start", "id").values_list("id", flat=True)
            assert standing_in(absence) == list(met)

    @invariant()
    def holds_end(self):
        assert all(
            hold.expires_at <= clock.now() + timedelta(seconds=60) for hold in Hold.objects.all()
        )


@pytest.mark.django_db
def test_the_agenda_stays_true():
    run_state_machine_as_test(
        Agenda,
        settings=settings(
            max_examples=40,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
