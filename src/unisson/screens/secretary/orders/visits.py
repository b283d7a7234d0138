"""Appointments an order is about: those of today at the counter, the coming ones elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from django.urls import reverse

from unisson.agenda.models import Appointment
from unisson.agenda.queries import AppointmentRow, listing
from unisson.agenda.queries.appointments import list_rows
from unisson.agenda.rules.wall import day_span, instant_of
from unisson.core import clock
from unisson.core.french_time import Window, say_time
from unisson.patients import queries as patients
from unisson.reception import queries as reception
from unisson.reception.queries import VisitRow
from unisson.reception.rules.visit import FROM, State, Step
from unisson.screens.secretary.day_cells import Look, state_look
from unisson.screens.secretary.orders import people
from unisson.screens.secretary.orders.ask import Ask, Choice, act
from unisson.screens.secretary.orders.rules import Order, Verb

BOOKED = Appointment.Status.BOOKED
SOUND_ALIKE = 40  # patients looked at by ear among those of the day

STEPS = {
    Verb.ARRIVE: (Step.ARRIVE, "appointment-arrive"),
    Verb.ROOM: (Step.TO_ROOM, "appointment-room"),
    Verb.CALL_IN: (Step.CALL_IN, "appointment-call-in"),
    Verb.LEAVE: (Step.LEAVE, "appointment-leave"),
    Verb.LEAVE_UNSEEN: (Step.LEAVE_UNSEEN, "appointment-left-unseen"),
}
MARKS = {Verb.NO_SHOW: "appointment-no-show", Verb.EXCUSE: "appointment-excused"}


class Today:
    """Everybody of today this person works for, and where they are."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        scope = ask.actor.practitioner_ids
        self.rows = listing(ask.today, ask.today, practitioner_ids=scope)
        self.visits: Mapping[int, VisitRow] = reception.board(ask.today, scope).visits

    def state(self, row: AppointmentRow) -> State:
        visit = self.visits.get(row.id)
        return State(visit.state) if visit else State.EXPECTED

    def look(self, row: AppointmentRow) -> Look:
        return look_of(row, self.visits.get(row.id))

    def matching(self, order: Order) -> list[AppointmentRow]:
        """Those the line names: by letters, then by ear; the hour and the practitioner too."""
        rows = [row for row in self.rows if _fits(row, order)]
        if self.ask.patient_id is not None:
            return [row for row in rows if row.line.id == self.ask.patient_id]
        if not order.patient_text:
            return rows
        plain = people.answers(order.patient_text, [row.line for row in rows])
        if not plain:
            near = patients.search(order.patient_text, limit=SOUND_ALIKE, today=self.ask.today)
            plain = {each.id for each in near}
        found = [row for row in rows if row.line.id in plain]
        first = people.first_word(order.patient_text)
        return sorted(found, key=lambda row: not people.begins(row.line, first))

    def can(self, row: AppointmentRow, verb: Verb) -> bool:
        """Whether the act can follow from where the patient is."""
        state = self.state(row)
        if verb in STEPS:
            return row.status == BOOKED and state in FROM[STEPS[verb][0]]
        if verb in MARKS:
            return row.status == BOOKED and state is State.EXPECTED
        return row.status != BOOKED or state is not State.EXPECTED


def _fits(row: AppointmentRow, order: Order) -> bool:
    window = order.window
    named = {each.id for each in order.practitioners}
    if named and row.practitioner_id not in named:
        return False
    return not window.has_hours or window.keeps_minute(row.start_minute)


def look_of(row: AppointmentRow, visit: VisitRow | None) -> Look:
    return state_look(
        status=row.status,
        sex=row.line.sex,
        urgent=row.urgent,
        squeeze_in=row.squeeze_in,
        remote=row.remote,
        visit=visit,
    )


def coming(
    ask: Ask, patient_ids: Collection[int], order: Order, when: Window
) -> list[AppointmentRow]:
    """The booked appointments of these patients from today on that the line may mean."""
    found = Appointment.objects.filter(
        patient_id__in=list(patient_ids),
        start__gte=instant_of(day_span(ask.today)[0]),
        status=BOOKED,
    )
    if ask.actor.practitioner_ids is not None:
        found = found.filter(practitioner_id__in=ask.actor.practitioner_ids)
    named = {each.id for each in order.practitioners}
    return [
        row
        for row in list_rows(found)
        if (not named or row.practitioner_id in named) and _within(row, when)
    ]


def _within(row: AppointmentRow, when: Window) -> bool:
    return (not when.has_days or when.keeps(day_of(row))) and when.keeps_minute(row.start_minute)


def day_of(row: AppointmentRow) -> date:
    """The practice's day of an appointment."""
    return clock.local(row.start).date()


def step_choice(
    today: Today, row: AppointmentRow, verb: Verb, practitioners: Mapping[int, str]
) -> Choice:
    """What taking this appointment does, for a verb of the counter."""
    if verb in STEPS:
        url, fields = STEPS[verb][1], {}
    elif verb in MARKS:
        url, fields = MARKS[verb], {"version": row.version}
    elif row.status == BOOKED:
        url, fields = "appointment-step-back", {}
    else:
        url, fields = "appointment-put-back", {"version": row.version}
    return act(
        row.line.phrase,
        reverse(url, args=[row.id]),
        fields,
        line=row.line,
        look=today.look(row),
        detail=detail(row, practitioners),
    )


def detail(row: AppointmentRow, practitioners: Mapping[int, str], *, day: str = "") -> str:
    """« 9 h 40, Dr Nguyen, Contrôle »."""
    pieces = [day, say_time(row.start_minute), practitioners.get(row.practitioner_id, "")]
    return ", ".join(piece for piece in (*pieces, row.visit_type) if piece)
