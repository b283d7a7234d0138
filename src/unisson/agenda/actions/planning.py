"""What every act on the agenda shares: no act twice, history, undo's memory, the day index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q

from unisson.agenda.errors import LAST_WORDS, Obstructed, SlotTaken
from unisson.agenda.events import AGENDA_CHANGED
from unisson.agenda.models import (
    Absence,
    AbsenceChange,
    Appointment,
    AppointmentChange,
    DayLoad,
    Occupation,
    PlanningAct,
)
from unisson.agenda.queries import slots
from unisson.agenda.rules import load
from unisson.agenda.rules.spans import Span
from unisson.agenda.rules.wall import DAY, day_of, day_span, days, instant_of, minute_of
from unisson.agenda.sql import MinuteOf
from unisson.core import access
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal, Stale
from unisson.core.gesture import Act, gesture
from unisson.core.locks import RESOURCES, lock

APPOINTMENT_FIELDS = (
    "patient_id",
    "visit_type_id",
    "practitioner_id",
    "site_id",
    "before",
    "after",
    "status",
    "squeeze_in",
    "urgent",
    "remote",
    "reason",
    "note",
    "ended_by",
    "ended_reason",
    "version",
)
TIME_FIELDS = ("start", "end", "placed_at")
UUID_FIELDS = ("series", "chain")
ABSENCE_FIELDS = ("practitioner_id", "site_id", "resource_id", "kind", "label", "reason")
ABSENCE_TIMES = ("start", "end", "ended_at")


@dataclass(frozen=True)
class Done:
    """What an act answers, the same again when the same request comes back.

    `touched`: the practitioners whose agenda it changed; None among them: everybody's.
    `to_rebook`: appointments that stand in the absence just declared.
    `refused`: dates (ISO) of a series that could not be booked.
    """

    act_id: int
    sentence: str = ""
    touched: tuple[int | None, ...] = ()
    appointment_ids: tuple[int, ...] = ()
    absence_id: int | None = None
    hold_id: int | None = None
    object_id: int | None = None
    to_rebook: tuple[int, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def appointment_id(self) -> int:
        """The appointment of an act on one."""
        return self.appointment_ids[0]


class _SentTwice(Exception):
    """The request is being, or has been, carried out by somebody else."""


@dataclass
class Planning:
    """One act under way. `repeated`: it was already done, `done` holds its answer.

    `looking`: the search (arguments of `queries.nearest`) that finds other
    times, should this one be refused.
    """

    act: Act | None
    row: PlanningAct
    by: Actor
    repeated: bool = False
    sentence: str = ""
    looking: dict[str, Any] = field(default_factory=dict)
    answer: dict[str, Any] = field(default_factory=dict)
    _changes: list[AppointmentChange] = field(default_factory=list)
    _absence_changes: list[AbsenceChange] = field(default_factory=list)
    _loads: set[tuple[int, date]] = field(default_factory=set)
    _practitioners: set[int] = field(default_factory=set)
    _dates: set[date] = field(default_factory=set)

    @property
    def at(self) -> datetime:
        return self.row.at

    @property
    def done(self) -> Done:
        result = self.row.result
        return Done(
            act_id=self.row.pk,
            sentence=self.row.sentence,
            touched=tuple(result.get("touched", ())),
            appointment_ids=tuple(result.get("appointments", ())),
            absence_id=result.get("absence"),
            hold_id=result.get("hold"),
            object_id=result.get("object"),
            to_rebook=tuple(result.get("to_rebook", ())),
            refused=tuple(result.get("refused", ())),
        )

    @property
    def audit(self) -> Act:
        assert self.act is not None, "a repeated act writes nothing"
        return self.act

    def must_work_for(self, practitioner_id: int) -> None:
        """Refuse whoever does not work for this practitioner."""
        if not self.by.works_for(practitioner_id):
            raise NotAllowed(self.row.verb)

    def changed(
        self,
        appointment: Appointment,
        before: dict[str, Any] | None,
        occupations: Iterable[Occupation],
        *,
        detail: str = "",
    ) -> None:
        """Record one appointment made or changed; `before` is None for a new one."""
        after = snapshot(appointment, occupations)
        self._changes.append(
            AppointmentChange(act=self.row, appointment=appointment, before=before, after=after)
        )
        self.answer.setdefault("appointments", []).append(appointment.pk)
        self.audit.audit(
            "C" if before is None else "U",
            appointment,
            patient_id=appointment.patient_id,
            detail=detail or f"{appointment.start:%Y-%m-%dT%H:%MZ}",
        )
        for state in (before, after):
            if state is not None:
                self.shows(
                    state["practitioner_id"],
                    (
                        minute_of(datetime.fromisoformat(state["start"])),
                        minute_of(datetime.fromisoformat(state["end"])),
                    ),
                )
                for resource_id, start, end, _ in state["occupations"]:
                    self.takes(resource_id, (start, end))

    def absence_changed(self, absence: Absence, before: dict[str, Any] | None) -> None:
        """Record one absence declared or changed."""
        self._absence_changes.append(
            AbsenceChange(
                act=self.row, absence=absence, before=before, after=absence_snapshot(absence)
            )
        )
        self.answer["absence"] = absence.pk
        self.audit.audit("C" if before is None else "U", absence)

    def shows(self, practitioner_id: int, span: Span) -> None:
        """The grid of this practitioner looks different in this span."""
        self._practitioners.add(practitioner_id)
        self._dates.update(days_touched(span))

    def takes(self, resource_id: int, span: Span) -> None:
        """What is taken of this resource changed in this span."""
        self._loads.update((resource_id, day) for day in days_touched(span))

    def _touched(self) -> list[int | None]:
        changes: list[AppointmentChange | AbsenceChange] = [*self._changes, *self._absence_changes]
        states = (state for each in changes for state in (each.before, each.after) if state)
        return list(dict.fromkeys(state["practitioner_id"] for state in states))

    def _finish(self) -> None:
        AppointmentChange.objects.bulk_create(self._changes)
        AbsenceChange.objects.bulk_create(self._absence_changes)
        refresh_loads(self._loads)
        self.answer["touched"] = self._touched()
        self.row.result = self.answer
        self.row.sentence = self.sentence[:200]
        self.row.save(update_fields=["result", "sentence"])
        if self._practitioners:
            ids = self.answer.get("appointments", [])
            self.audit.tell(
                AGENDA_CHANGED,
                practitioner_ids=sorted(self._practitioners),
                dates=sorted(day.isoformat() for day in self._dates),
                appointment_id=ids[0] if len(ids) == 1 else None,
            )
        if self.row.verb == "agenda.configure":  # other hours, other visit types: any day
            self.audit.tell("practice.changed")


@contextmanager
def planning(verb: str, *, by: Actor, request_id: UUID) -> Iterator[Planning]:
    """A gesture that happens once however many times its request is sent.

        with planning("agenda.cancel", by=by, request_id=request_id) as act:
            if not act.repeated:
                ...
        return act.done

    The row of the act is written first: its unique request makes a twin wait,
    then find the answer of the one that went through. When a time is
    obstructed, free slots close to it are looked for once nothing is locked any
    more. The request belongs to one verb and one person: anything else is a
    mistake of the sender and is refused.
    """
    access.check(by, verb)
    known = PlanningAct.objects.filter(request_id=request_id)
    earlier = known.first() if known.exists() else None
    if earlier is None:
        try:
            with gesture(verb, by=by) as act:
                under_way = Planning(act, _begin(act, verb, request_id), by)
                try:
                    yield under_way
                except IntegrityError as error:
                    raise _last_word(error) from error
                under_way._finish()
            return
        except _SentTwice:
            earlier = known.get()
        except Obstructed as refusal:
            if under_way.looking:
                refusal.nearest = tuple(slots.nearest(**under_way.looking))
            raise
    if (earlier.verb, earlier.by_user_id) != (verb, by.user_id):
        raise Refusal("Cette demande a déjà servi à autre chose. Rien n’a été changé.")
    yield Planning(None, earlier, by, repeated=True)


def _begin(act: Act, verb: str, request_id: UUID) -> PlanningAct:
    try:
        return PlanningAct.objects.create(
            request_id=request_id,
            verb=verb,
            at=act.at,
            by_user_id=act.by.user_id,
            by_name=act.by.name,
            by_role=act.by.role,
        )
    except IntegrityError as error:
        raise _SentTwice from error


def _last_word(error: IntegrityError) -> Exception:
    """The database refused what the checks let through: say it as any other refusal."""
    if "occupation_overlap" in str(error):
        return SlotTaken.in_between()
    for guard, sentence in LAST_WORDS.items():
        if guard in str(error):
            return Refusal(sentence)
    return error


def snapshot(appointment: Appointment, occupations: Iterable[Occupation]) -> dict[str, Any]:
    """All of an appointment and what it takes, as JSON: what undo puts back."""
    state = {name: getattr(appointment, name) for name in APPOINTMENT_FIELDS}
    state |= {name: getattr(appointment, name).isoformat() for name in TIME_FIELDS}
    state |= {
        name: str(value) if (value := getattr(appointment, name)) else None for name in UUID_FIELDS
    }
    state["occupations"] = sorted(
        [one.resource_id, minute_of(one.start), minute_of(one.end), one.exclusive]
        for one in occupations
    )
    return state


def restore(appointment: Appointment, state: dict[str, Any]) -> list[Occupation]:
    """Put the fields of a snapshot back (the version goes on); the occupations to write."""
    version = appointment.version
    for name in APPOINTMENT_FIELDS:
        setattr(appointment, name, state[name])
    for name in TIME_FIELDS:
        setattr(appointment, name, datetime.fromisoformat(state[name]))
    for name in UUID_FIELDS:
        setattr(appointment, name, UUID(state[name]) if state[name] else None)
    appointment.version = version
    return [
        Occupation(
            resource_id=resource_id,
            start=instant_of(start),
            end=instant_of(end),
            exclusive=exclusive,
            appointment=appointment,
        )
        for resource_id, start, end, exclusive in state["occupations"]
    ]


def absence_snapshot(absence: Absence) -> dict[str, Any]:
    """All of an absence, as JSON."""
    state = {name: getattr(absence, name) for name in ABSENCE_FIELDS}
    return state | {
        name: value.isoformat() if (value := getattr(absence, name)) else None
        for name in ABSENCE_TIMES
    }


def peek(appointment_id: int, act: Planning) -> Appointment:
    """The appointment as it is now, before anything is locked: what to lock is read from it."""
    appointment = Appointment.objects.filter(id=appointment_id).first()
    if appointment is None or appointment.status == Appointment.Status.MISTAKE:
        raise Refusal("Ce rendez-vous n’existe plus. Rien n’a été changé.")
    act.must_work_for(appointment.practitioner_id)
    return appointment


def to_change(seen: Appointment, version: int | None) -> tuple[Appointment, list[Occupation]]:
    """The appointment and what it takes, read again under lock, ready to be changed.

    Raises Stale when it is no longer what was `seen` a moment ago, or what the
    screen showed as `version`.
    """
    appointment = Appointment.objects.select_for_update().get(id=seen.pk)
    if appointment.version != seen.version or version not in (None, seen.version):
        raise Stale(f"{who_changed(seen.pk)} Relisez-le avant de le changer à votre tour.")
    return appointment, list(appointment.occupations.all())


def standing_still(
    appointment_id: int, version: int | None, act: Planning
) -> tuple[Appointment, list[Occupation]]:
    """An appointment to change without taking anything new.

    What it takes is locked all the same: the day index is computed again from
    everything taken of these resources, and must see what others write.
    """
    seen = peek(appointment_id, act)
    lock(RESOURCES, seen.occupations.values_list("resource_id", flat=True))
    return to_change(seen, version)


def who_changed(appointment_id: int) -> str:
    """Who last changed this appointment, in a sentence."""
    last = (
        AppointmentChange.objects.filter(appointment_id=appointment_id)
        .select_related("act", "appointment")
        .order_by("-id")
        .first()
    )
    if last is None or last.after["version"] != last.appointment.version:
        return "Ce rendez-vous vient de changer de dossier patient."
    return f"{last.act.by_name} vient de changer ce rendez-vous."


def days_touched(span: Span) -> list[date]:
    """The calendar days a span shares a minute with."""
    return days(day_of(span[0]), day_of(max(span[1] - 1, span[0])))


def refresh_loads(pairs: Iterable[tuple[int, date]]) -> None:
    """Compute the day index of these resources and days again, from their occupations."""
    wanted = sorted(pairs)
    for at in range(0, len(wanted), 50):
        some = wanted[at : at + 50]
        inside = Q()
        for resource_id, day in some:
            first, last = day_span(day)
            inside |= Q(
                resource_id=resource_id,
                start__lt=instant_of(last),
                start__gt=instant_of(first - DAY),
                end__gt=instant_of(first),
            )
        found: dict[int, list[Span]] = {}
        for resource_id, start, end in Occupation.objects.filter(
            inside, appointment__isnull=False
        ).values_list("resource_id", MinuteOf("start"), MinuteOf("end")):
            found.setdefault(resource_id, []).append((start, end))
        rows = []
        for resource_id, day in some:
            busy, aligned = load.bits(day, found.get(resource_id, []))
            rows.append(
                DayLoad(resource_id=resource_id, date=day, busy=load.packed(busy), aligned=aligned)
            )
        DayLoad.objects.bulk_create(
            rows,
            update_conflicts=True,
            update_fields=["busy", "aligned"],
            unique_fields=["resource", "date"],
        )
