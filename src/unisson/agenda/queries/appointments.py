"""Appointments as rows: one, a list, a patient's, those to give another time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import QuerySet

from unisson.agenda.models import Absence, Appointment, Occupation
from unisson.agenda.queries.absences import standing_in
from unisson.agenda.queries.ground import Hours, read_hours
from unisson.agenda.queries.rows import AppointmentRow
from unisson.agenda.rules.spans import overlap
from unisson.agenda.rules.wall import day_of, day_span, instant_of, wall_of
from unisson.agenda.sql import MinuteOf
from unisson.patients.queries import PatientLine, lines
from unisson.practice.models import Resource


def appointment(appointment_id: int) -> AppointmentRow | None:
    """One appointment, whatever its state; None when it never was or was a mistake."""
    found = list_rows(Appointment.objects.filter(id=appointment_id))
    return found[0] if found else None


def listing(
    first: date,
    last: date,
    *,
    practitioner_ids: Collection[int] | None = None,
    site_id: int | None = None,
    statuses: Collection[str] = (),
) -> list[AppointmentRow]:
    """The appointments from `first` to `last` (both included) in the order of time.

    Without `statuses`, all but the cancelled.
    """
    found = Appointment.objects.filter(
        start__gte=instant_of(day_span(first)[0]), start__lt=instant_of(day_span(last)[1])
    )
    if practitioner_ids is not None:
        found = found.filter(practitioner_id__in=practitioner_ids)
    if site_id is not None:
        found = found.filter(site_id=site_id)
    if statuses:
        found = found.filter(status__in=statuses)
    else:
        found = found.exclude(status=Appointment.Status.CANCELLED)
    return list_rows(found)


def patient_appointments(patient_id: int) -> list[AppointmentRow]:
    """All the appointments of one patient, the latest first, cancelled ones included."""
    return list_rows(Appointment.objects.filter(patient_id=patient_id))[::-1]


def to_rebook(absence_id: int) -> list[AppointmentRow]:
    """Who stands in an absence and must be given another time, in the order of time."""
    absence = Absence.objects.get(id=absence_id)
    return list_rows(Appointment.objects.filter(id__in=standing_in(absence)))


def list_rows(found: QuerySet[Appointment]) -> list[AppointmentRow]:
    """Rows of any choice of appointments, "à replacer" included. A constant number of queries."""
    kept = _read(found.exclude(status=Appointment.Status.MISTAKE))
    if not kept:
        return []
    hours = read_hours(
        {one.practitioner_id for one in kept},
        day_of(kept[0].low),
        day_of(kept[-1].low),
    )
    return _rows(kept, hours)


def appointment_rows(found: QuerySet[Appointment], hours: Hours) -> list[AppointmentRow]:
    """Rows for a grid whose hours are already read."""
    return _rows(_read(found), hours)


FIELDS = (
    "id",
    "version",
    "practitioner_id",
    "site_id",
    "before",
    "after",
    "patient_id",
    "visit_type_id",
    "visit_type__label",
    "visit_type__code",
    "visit_type__colour",
    "status",
    "squeeze_in",
    "urgent",
    "remote",
    "reason",
    "note",
    "series",
    "chain",
    "placed_at",
    "practitioner__resource__name",
)
MINUTES = {"low": MinuteOf("start"), "high": MinuteOf("end")}


def _read(found: QuerySet[Appointment]) -> list[Any]:
    """Plain tuples with names, instants as minutes: models would cost five times as much."""
    rows = found.order_by("start", "id").annotate(**MINUTES)
    return list(rows.values_list(*FIELDS, *MINUTES, named=True))


def _rows(found: list[Any], hours: Hours) -> list[AppointmentRow]:
    if not found:
        return []
    who = lines(one.patient_id for one in found)
    rooms = _rooms([one.id for one in found])
    return [_row(one, who, rooms.get(one.id, []), hours) for one in found]


def _row(
    one: Any,
    who: Mapping[int, PatientLine],
    rooms: list[tuple[int, str]],
    hours: Hours,
) -> AppointmentRow:
    told = one.low, one.high
    placed = one.placed_at.timestamp()
    booked = one.status == Appointment.Status.BOOKED
    without_room = any(
        closure.resource_id == room
        and closure.declared >= placed
        and overlap(closure.span, (told[0] - one.before, told[1] + one.after))
        for closure in hours.broken
        for room, _ in rooms
    )
    return AppointmentRow(
        id=one.id,
        version=one.version,
        practitioner_id=one.practitioner_id,
        site_id=one.site_id,
        start=instant_of(one.low),
        start_minute=wall_of(one.low)[1],
        minutes=one.high - one.low,
        before=one.before,
        after=one.after,
        line=who[one.patient_id],
        visit_type_id=one.visit_type_id,
        visit_type=one.visit_type__label,
        visit_code=one.visit_type__code,
        colour=one.visit_type__colour,
        status=one.status,
        squeeze_in=one.squeeze_in,
        urgent=one.urgent,
        remote=one.remote,
        reason=one.reason,
        note=one.note,
        rooms=tuple(name for _, name in rooms),
        series=one.series,
        chain=one.chain,
        to_replace=booked
        and (without_room or hours.of[one.practitioner_id].to_replace(told, one.site_id, placed)),
        practitioner=one.practitioner__resource__name,
    )


def _rooms(appointment_ids: list[int]) -> dict[int, list[tuple[int, str]]]:
    """The rooms and machines each appointment takes. One query."""
    found: dict[int, list[tuple[int, str]]] = {}
    for key, resource_id, name in (
        Occupation.objects.filter(appointment_id__in=appointment_ids)
        .exclude(resource__kind=Resource.Kind.PRACTITIONER)
        .order_by("resource__order", "id")
        .values_list("appointment_id", "resource_id", "resource__name")
    ):
        found.setdefault(key or 0, []).append((resource_id, name))
    return found
