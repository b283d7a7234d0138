"""Noting where patients are: one verb a gesture, each stamped, each taken back exactly.

The same request sent twice is done once; two colleagues who note the same
thing both succeed, and the second is told who was first. The appointment's row
is locked for the length of an act: what the agenda does to it meanwhile waits,
then meets the trigger of migration 0002.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.db import models

from unisson.agenda import actions as agenda
from unisson.agenda.actions.planning import Done as AgendaDone
from unisson.agenda.models import Appointment
from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal, Stale
from unisson.core.gesture import Act, gesture
from unisson.core.locks import RESOURCES, lock
from unisson.patients.queries import PatientLine, line_of
from unisson.reception import words
from unisson.reception.events import RECEPTION_CHANGED
from unisson.reception.models import Visit, VisitStep
from unisson.reception.rules import visit as rules
from unisson.reception.rules.visit import State, Step


@dataclass(frozen=True)
class Done:
    """What an act answers. `repeated`: it was already so, and nothing was written."""

    appointment_id: int
    practitioner_id: int
    date: date
    state: State
    sentence: str
    repeated: bool = False


class _Already(Exception):
    """Leaves a gesture in which there was nothing to do."""

    def __init__(self, done: Done) -> None:
        self.done = done


def arrive(*, appointment_id: int, by: Actor, request_id: UUID) -> Done:
    """She is here. Refused on another day and for an appointment no longer booked."""
    return _take(Step.ARRIVE, appointment_id, by, request_id)


def to_room(*, appointment_id: int, by: Actor, request_id: UUID) -> Done:
    """She is in a room. Someone not noted as arrived has arrived by now."""
    return _take(Step.TO_ROOM, appointment_id, by, request_id)


def call_in(
    *, appointment_id: int, by: Actor, request_id: UUID, finishing: Iterable[int] = ()
) -> Done:
    """She is with the practitioner. `finishing`: who was in, and leaves as she enters."""
    return _take(Step.CALL_IN, appointment_id, by, request_id, finishing=finishing)


def leave(*, appointment_id: int, by: Actor, request_id: UUID) -> Done:
    """She was seen and left."""
    return _take(Step.LEAVE, appointment_id, by, request_id)


def leave_unseen(*, appointment_id: int, by: Actor, request_id: UUID) -> Done:
    """She waited and left without being seen."""
    return _take(Step.LEAVE_UNSEEN, appointment_id, by, request_id)


def step_back(*, appointment_id: int, by: Actor, request_id: UUID, seen: str | None = None) -> Done:
    """Take the last step back: everything is again exactly as before it.

    `seen` is the state on the screen: Stale when somebody changed it since.
    """

    def work(act: Act) -> Done:
        _hold_still({appointment_id})
        stay = _Stay.open(appointment_id, act)
        if stay.steps.filter(back_request_id=request_id).exists():
            raise _Already(stay.done(repeated=True))
        before = stay.visit
        if seen is not None and seen != before.state:
            raise Stale(
                f"{words.noted(before, stay.line)}, noté par {stay.changed_by}. Rien n’a été"
                " changé. Regardez de nouveau avant de revenir en arrière."
            )
        last = stay.standing_steps()[-1:]
        if not last:
            raise Refusal(words.nothing_to_take_back(stay.line))
        return stay.take_back(last[0], request_id)

    return _gesture("reception.step_back", by, work)


def take_back(*, step_request_id: UUID, by: Actor, request_id: UUID) -> Done:
    """Take back everything one request of this person did: a call that ended another visit is two.

    Refused when somebody went on from there: nothing is half undone.
    """

    def work(act: Act) -> Done:
        steps = list(
            VisitStep.objects.filter(
                request_id=step_request_id, by_user_id=by.user_id, back_at=None
            ).order_by("visit_id")
        )
        if not steps:
            raise Refusal("C’était déjà repris. Rien n’a été changé.")
        _hold_still({step.visit_id for step in steps})
        stays = [_Stay.open(step.visit_id, act) for step in steps]
        for stay, step in zip(stays, steps, strict=True):
            if [one.pk for one in stay.standing_steps()][-1:] != [step.pk]:
                raise Refusal(words.went_on(stay.visit, stay.line, stay.changed_by))
        done = [stay.take_back(step, request_id) for stay, step in zip(stays, steps, strict=True)]
        return done[0]

    return _gesture("reception.step_back", by, work)


def mark_no_show(
    *, appointment_id: int, by: Actor, request_id: UUID, version: int | None = None
) -> AgendaDone:
    """She did not come: the agenda's act, refused for somebody noted as having come."""
    _must_be_expected(appointment_id)
    return agenda.mark_no_show(
        appointment_id=appointment_id, by=by, request_id=request_id, version=version
    )


def mark_excused(
    *,
    appointment_id: int,
    by: Actor,
    request_id: UUID,
    version: int | None = None,
    reason: str = "",
) -> AgendaDone:
    """She let the practice know: the agenda's act, refused for somebody noted as having come."""
    _must_be_expected(appointment_id)
    return agenda.mark_excused(
        appointment_id=appointment_id,
        by=by,
        request_id=request_id,
        version=version,
        reason=reason,
    )


def walk_in(
    *,
    patient_id: int,
    practitioner_id: int,
    visit_type_id: int,
    by: Actor,
    request_id: UUID,
    urgent: bool = False,
    outside_hours: bool = False,
    patient_overlap: bool = False,
    reason: str = "",
) -> Done:
    """Somebody without an appointment stands at the counter: added now, and arrived.

    `outside_hours` and `patient_overlap` are explicit permissions, as for
    `agenda.book`. Raises Obstructed, Refusal, NotAllowed. Two acts, each whole:
    sent again after a failure between them, the request finds the appointment
    it made and notes the arrival.
    """
    booked = agenda.book(
        patient_id=patient_id,
        visit_type_id=visit_type_id,
        practitioner_id=practitioner_id,
        start=clock.now().replace(second=0, microsecond=0),
        by=by,
        request_id=request_id,
        squeeze_in=True,
        outside_hours=outside_hours,
        patient_overlap=patient_overlap,
        urgent=urgent,
        reason=reason,
    )
    return arrive(
        appointment_id=booked.appointment_id, by=by, request_id=uuid5(request_id, "arrive")
    )


# What the acts share ----------------------------------------------------------


def _gesture(verb: str, by: Actor, work: Callable[[Act], Done]) -> Done:
    try:
        with gesture(verb, by=by) as act:
            return work(act)
    except _Already as nothing:
        return nothing.done


def _take(
    step: Step, appointment_id: int, by: Actor, request_id: UUID, finishing: Iterable[int] = ()
) -> Done:
    ending = set(finishing) - {appointment_id}

    def work(act: Act) -> Done:
        # Rows are locked in ascending order, whoever asks for them.
        stays = {number: _Stay.open(number, act) for number in sorted({appointment_id, *ending})}
        stays[appointment_id].must_be_new(step, request_id)
        done = stays[appointment_id].take(step, request_id)
        for number in sorted(ending):
            if stays[number].visit.state == State.WITH_PRACTITIONER:
                stays[number].take(Step.LEAVE, request_id)
        return done

    return _gesture(f"reception.{step}", by, work)


def _hold_still(appointment_ids: set[int]) -> None:
    """As the agenda does before changing an appointment: its practitioner's lock, then the row."""
    lock(
        RESOURCES,
        Appointment.objects.filter(pk__in=appointment_ids).values_list(
            "practitioner__resource_id", flat=True
        ),
    )


@dataclass
class _Stay:
    """One appointment and its visit, read under lock, inside one act."""

    act: Act
    appointment: Appointment
    line: PatientLine
    visit: rules.Visit
    changed_by: str

    @classmethod
    def open(cls, appointment_id: int, act: Act) -> _Stay:
        appointment = (
            Appointment.objects.select_for_update(of=("self",), no_key=True)
            .select_related("patient")
            .filter(pk=appointment_id)
            .first()
        )
        if appointment is None:
            raise Refusal("Ce rendez-vous n’existe plus. Rien n’a été changé.")
        if not act.by.works_for(appointment.practitioner_id):
            raise NotAllowed(act.verb)
        row = Visit.objects.filter(pk=appointment_id).first()
        return cls(
            act=act,
            appointment=appointment,
            line=line_of(appointment.patient),
            visit=stay_of(row),
            changed_by=row.changed_by if row else "",
        )

    @property
    def day(self) -> date:
        return clock.local(self.appointment.start).date()

    @property
    def steps(self) -> models.QuerySet[VisitStep]:
        return VisitStep.objects.filter(visit_id=self.appointment.pk)

    def standing_steps(self) -> list[VisitStep]:
        """The steps not taken back, oldest first."""
        return list(self.steps.filter(back_at=None).order_by("id"))

    def take(self, step: Step, request_id: UUID) -> Done:
        """Do one step, or find that it was done; raises Refusal when it cannot follow."""
        if self.appointment.status != Appointment.Status.BOOKED:
            raise Refusal(words.not_booked(self.appointment.status, self.line))
        if self._already(step):
            raise _Already(
                self.done(words.already(self.visit, self.line, self.changed_by), repeated=True)
            )
        if self.visit.state == State.EXPECTED and self.day != clock.local(self.act.at).date():
            raise Refusal(words.another_day(self.appointment.start, self.line))
        if not rules.may(step, self.visit.state):
            raise Refusal(words.cannot(step, self.visit, self.line))
        if not self.steps.exists():
            Visit.objects.get_or_create(
                pk=self.appointment.pk, defaults={"state": State.EXPECTED, "changed_by": ""}
            )
        VisitStep.objects.create(
            visit_id=self.appointment.pk,
            step=step,
            at=self.act.at,
            by_user_id=self.act.by.user_id,
            by_name=self.act.by.name,
            request_id=request_id,
        )
        return self.write(step)

    def take_back(self, step: VisitStep, request_id: UUID) -> Done:
        """Undo the last standing step."""
        step.back_at = self.act.at
        step.back_by_name = self.act.by.name
        step.back_request_id = request_id
        step.save()
        return self.write(f"retour avant {step.step}")

    def write(self, detail: str) -> Done:
        """The visit as its standing steps say, the audit line and the news."""
        before = self.visit
        steps = self.standing_steps()
        self.visit = rules.fold((Step(step.step), step.at) for step in steps)
        self.changed_by = self.act.by.name
        Visit.objects.filter(pk=self.appointment.pk).update(
            state=self.visit.state,
            arrived_at=self.visit.arrived_at,
            room_at=self.visit.room_at,
            called_at=self.visit.called_at,
            left_at=self.visit.left_at,
            changed_by=steps[-1].by_name if steps else "",
        )
        self.act.audit(
            "U",
            "Visit",
            object_id=self.appointment.pk,
            patient_id=self.appointment.patient_id,
            detail=f"{detail}: {before.state} -> {self.visit.state}",
        )
        self.act.tell(
            RECEPTION_CHANGED,
            practitioner_ids=[self.appointment.practitioner_id],
            dates=[self.day.isoformat()],
            appointment_id=self.appointment.pk,
            state=self.visit.state,
            by=self.act.by.user_id,
        )
        return self.done()

    def done(self, sentence: str = "", *, repeated: bool = False) -> Done:
        return Done(
            appointment_id=self.appointment.pk,
            practitioner_id=self.appointment.practitioner_id,
            date=self.day,
            state=self.visit.state,
            sentence=sentence or f"{words.noted(self.visit, self.line)}.",
            repeated=repeated,
        )

    def _already(self, step: Step) -> bool:
        if step == Step.ARRIVE:
            return self.visit.state in rules.PRESENT
        return self.visit.state == rules.LEADS_TO[step]

    def must_be_new(self, step: Step, request_id: UUID) -> None:
        """A request that comes again finds what it did; one used for something else is refused.

        A call that ended another visit wrote two steps: the call is the one that counts.
        """
        mine = VisitStep.objects.filter(request_id=request_id)
        if not mine.exists():
            return
        if not mine.filter(
            visit_id=self.appointment.pk, step=step, by_user_id=self.act.by.user_id
        ).exists():
            raise Refusal("Cette demande a déjà servi à autre chose. Rien n’a été changé.")
        raise _Already(self.done(repeated=True))


def stay_of(row: Visit | None) -> rules.Visit:
    """What the rules know of a visit's row."""
    if row is None:
        return rules.Visit()
    return rules.Visit(State(row.state), row.arrived_at, row.room_at, row.called_at, row.left_at)


def _must_be_expected(appointment_id: int) -> None:
    row = Visit.objects.select_related("appointment__patient").filter(pk=appointment_id).first()
    if row is not None and row.state != Visit.State.EXPECTED:
        raise Refusal(words.still_here(stay_of(row), line_of(row.appointment.patient)))
