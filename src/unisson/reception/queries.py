"""Reads of reception, as typed rows. Each takes a constant number of queries.

Minutes named `..._minute` count from midnight in Paris; other times are aware.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import models

from unisson.agenda.models import Appointment
from unisson.core import clock
from unisson.patients.queries import line_of, lines
from unisson.reception import words
from unisson.reception.models import VisitStep
from unisson.reception.rules import lateness as late_rules
from unisson.reception.rules import turn as turn_rules
from unisson.reception.rules.lateness import Outlook
from unisson.reception.rules.plan import Planned
from unisson.reception.rules.turn import Turn
from unisson.reception.rules.visit import State, Step, Visit

OFF = (
    Appointment.Status.CANCELLED,
    Appointment.Status.MISTAKE,
    Appointment.Status.NO_SHOW,
    Appointment.Status.EXCUSED,
)


@dataclass(frozen=True, slots=True)
class VisitRow:
    """Where one patient is. `likely_minute`: when she should pass, rounded up, if she waits."""

    appointment_id: int
    practitioner_id: int
    state: str
    arrived_at: datetime | None
    room_at: datetime | None
    called_at: datetime | None
    left_at: datetime | None
    changed_by: str = ""
    likely_minute: int | None = None

    @property
    def since(self) -> datetime | None:
        """When the present state began."""
        return self.visit.since

    @property
    def visit(self) -> Visit:
        return Visit(State(self.state), self.arrived_at, self.room_at, self.called_at, self.left_at)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """Somebody present and not yet called in. `long`: too long, and not for coming early."""

    appointment_id: int
    practitioner_id: int
    state: str
    since: datetime
    minutes: int
    long: bool
    urgent: bool


@dataclass(frozen=True, slots=True)
class LateRow:
    """How late one practitioner runs, in minutes, and the sentence that says how it is known.

    `sure` is False when stamps look forgotten: show it as something to check.
    `warn`: appointment id of those to warn, with the minute they should pass.
    """

    practitioner_id: int
    minutes: int
    why: str
    sure: bool
    warn: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Board:
    """Reception of one day. `likely`: minute of passing by appointment, rounded up to 5."""

    date: date
    visits: Mapping[int, VisitRow]
    waiting: tuple[WaitingRow, ...]
    late: Mapping[int, LateRow]
    likely: Mapping[int, int]
    turns: Mapping[int, Turn]

    @property
    def to_warn(self) -> dict[int, int]:
        """Everybody to warn of a delay, with the likely minute, all practitioners together."""
        return {
            appointment: minute
            for row in self.late.values()
            for appointment, minute in row.warn.items()
        }


def bounds(day: date) -> tuple[datetime, datetime]:
    """The first instant of the practice's day and the first of the next."""
    return (
        clock.from_local(datetime.combine(day, time())),
        clock.from_local(datetime.combine(day + timedelta(days=1), time())),
    )


def minute_of(moment: datetime) -> int:
    """The minute of the practice's day."""
    wall = clock.local(moment)
    return wall.hour * 60 + wall.minute


@dataclass(frozen=True, slots=True)
class _Row:
    """One appointment of the day with its visit, as read."""

    planned: Planned
    practitioner_id: int
    patient_id: int
    changed_by: str


def board(
    day: date, practitioner_ids: Iterable[int] | None = None, *, now: datetime | None = None
) -> Board:
    """Reception of a day: visits, who waits, who runs late. At most two queries.

    Lateness, likely times and turns exist today only; `now` is for tests and
    for drawing several pieces at one same moment.
    """
    now = now or clock.now()
    rows = _read(day, practitioner_ids)
    plans: dict[int, list[Planned]] = {}
    for row in rows:
        plans.setdefault(row.practitioner_id, []).append(row.planned)
    live = day == clock.local(now).date()
    outlooks = {who: late_rules.outlook(plan, now) for who, plan in plans.items() if live}
    likely = {
        number: minute_of(late_rules.rounded_up(moment))
        for outlook in outlooks.values()
        for number, moment in outlook.times.items()
    }
    return Board(
        date=day,
        visits={
            row.planned.id: _visit_row(row, likely)
            for row in rows
            if row.planned.state != State.EXPECTED
        },
        waiting=_waiting(rows, now),
        late=_late(plans, outlooks, {row.planned.id: row.patient_id for row in rows}),
        likely=likely,
        turns={
            who: turn
            for who, plan in plans.items()
            if live and (turn := turn_rules.next_turn(plan, now))
        },
    )


def visit_of(appointment_id: int) -> VisitRow | None:
    """Where this patient is; None while she is expected. One query."""
    rows = _rows(Appointment.objects.filter(pk=appointment_id))
    if not rows or rows[0].planned.state == State.EXPECTED:
        return None
    return _visit_row(rows[0], {})


@dataclass(frozen=True, slots=True)
class StepRow:
    """One line of a visit's history, newest first. `back_by`: who took it back."""

    at: datetime
    step: str
    by_name: str
    back_at: datetime | None
    back_by: str


def history(appointment_id: int) -> tuple[StepRow, ...]:
    """Every step of a visit, those taken back included, newest first. One query."""
    steps = VisitStep.objects.filter(visit_id=appointment_id).order_by("-id")
    return tuple(
        StepRow(step.at, Step(step.step), step.by_name, step.back_at, step.back_by_name)
        for step in steps
    )


@dataclass(frozen=True, slots=True)
class LastAct:
    """The last thing a person noted that still stands: what she would take back."""

    request_id: UUID
    appointment_id: int
    at: datetime


def last_act(user_id: int | None, day: date) -> LastAct | None:
    """What this person noted last on that day, if it still stands. One query."""
    start, end = bounds(day)
    step = (
        VisitStep.objects.filter(by_user_id=user_id, at__gte=start, at__lt=end, back_at=None)
        .order_by("-id")
        .first()
    )
    return LastAct(step.request_id, step.visit_id, step.at) if step else None


def _read(day: date, practitioner_ids: Iterable[int] | None) -> list[_Row]:
    start, end = bounds(day)
    appointments = Appointment.objects.filter(start__gte=start, start__lt=end)
    if practitioner_ids is not None:
        appointments = appointments.filter(practitioner_id__in=list(practitioner_ids))
    return _rows(appointments.exclude(status__in=OFF).order_by("start", "id"))


def _rows(appointments: models.QuerySet[Appointment]) -> list[_Row]:
    values = appointments.values_list(
        "id",
        "start",
        "end",
        "squeeze_in",
        "urgent",
        "remote",
        "practitioner_id",
        "patient_id",
        "visit__state",
        "visit__arrived_at",
        "visit__room_at",
        "visit__called_at",
        "visit__left_at",
        "visit__changed_by",
    )
    return [
        _Row(
            planned=Planned(
                id=id,
                start=start,
                end=end,
                visit=Visit(State(state or State.EXPECTED), arrived, room, called, left),
                squeeze_in=squeeze_in,
                urgent=urgent,
                remote=remote,
            ),
            practitioner_id=practitioner_id,
            patient_id=patient_id,
            changed_by=changed_by or "",
        )
        for (
            id,
            start,
            end,
            squeeze_in,
            urgent,
            remote,
            practitioner_id,
            patient_id,
            state,
            arrived,
            room,
            called,
            left,
            changed_by,
        ) in values
    ]


def _visit_row(row: _Row, likely: Mapping[int, int]) -> VisitRow:
    visit = row.planned.visit
    return VisitRow(
        appointment_id=row.planned.id,
        practitioner_id=row.practitioner_id,
        state=visit.state,
        arrived_at=visit.arrived_at,
        room_at=visit.room_at,
        called_at=visit.called_at,
        left_at=visit.left_at,
        changed_by=row.changed_by,
        likely_minute=likely.get(row.planned.id),
    )


def _waiting(rows: list[_Row], now: datetime) -> tuple[WaitingRow, ...]:
    """Urgencies first, then who has been here longest."""
    by_id = {row.planned.id: row for row in rows}
    found = [
        WaitingRow(
            appointment_id=number,
            practitioner_id=row.practitioner_id,
            state=row.planned.state,
            since=row.planned.visit.arrived_at,
            minutes=wait.minutes,
            long=wait.long,
            urgent=row.planned.urgent,
        )
        for number, wait in late_rules.waits([row.planned for row in rows], now).items()
        if (row := by_id[number]).planned.visit.arrived_at is not None
    ]
    found.sort(key=lambda row: (not row.urgent, row.since, row.appointment_id))
    return tuple(found)


def _late(
    plans: Mapping[int, list[Planned]],
    outlooks: Mapping[int, Outlook],
    patients: Mapping[int, int],
) -> dict[int, LateRow]:
    late = {who: outlook for who, outlook in outlooks.items() if outlook.late.minutes}
    named = {
        patients[number]
        for outlook in late.values()
        for number in (outlook.late.inside_id, outlook.late.next_id)
        if number is not None
    }
    names = lines(named) if named else {}
    return {
        who: LateRow(
            practitioner_id=who,
            minutes=outlook.late.minutes,
            why=words.why_late(
                outlook.late, plans[who], lambda number: names.get(patients[number])
            ),
            sure=outlook.late.sure,
            warn={
                number: minute_of(late_rules.rounded_up(moment))
                for number, moment in outlook.warn.items()
            },
        )
        for who, outlook in late.items()
    }


@dataclass(frozen=True, slots=True)
class Said:
    """A change told to those who cannot see it: M. ROUX Paul est arrivé, Dr Diallo."""

    practitioner_id: int
    date: date
    sentence: str


def said(appointment_id: int, state: str) -> Said | None:
    """What to say of a patient who came to this state; None when she is gone. One query."""
    found = (
        Appointment.objects.select_related("patient", "practitioner__resource")
        .filter(pk=appointment_id)
        .first()
    )
    if found is None:
        return None
    line = line_of(found.patient)
    day = clock.local(found.start).date()
    who = words.called(line, clock.today())
    return Said(
        practitioner_id=found.practitioner_id,
        date=day,
        sentence=f"{who} {words.standing(State(state), line.sex)}, {found.practitioner}",
    )
