"""A patient's appointments on her page: what is coming, what was, where she is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse

from unisson.agenda import queries as agenda
from unisson.agenda.models import Appointment
from unisson.agenda.queries import AppointmentRow
from unisson.core import clock
from unisson.patients.models import Patient
from unisson.practice.models import Site
from unisson.reception.models import Visit
from unisson.reception.rules.visit import State
from unisson.screens.shared import french

SHOWN = 4  # of each on the page; the others on their own page

# The word, the glyph and the tone of each state of a visit.
HERE = {
    State.ARRIVED: ("arrivé", "arrive", "c-att"),
    State.IN_ROOM: ("en salle", "salle", "c-acc"),
    State.WITH_PRACTITIONER: ("en consultation", "consult", "c-acc"),
    State.LEFT: ("venu", "sorti", "m"),
    State.LEFT_UNSEEN: ("parti sans être vu", "absent", "m"),
}
ENDED = {
    Appointment.Status.CANCELLED: "annulé",
    Appointment.Status.NO_SHOW: "absent",
    Appointment.Status.EXCUSED: "excusé",
}
AGREES = {"arrivé", "venu", "absent", "excusé"}


@dataclass(frozen=True)
class Row:
    """One appointment in words. `tone`, `glyph`: class names."""

    when: str
    who: str
    state: str
    glyph: str
    tone: str
    detail: str
    url: str


@dataclass(frozen=True)
class Here:
    """Where she is just now, for the header."""

    words: str
    glyph: str
    tone: str


@dataclass(frozen=True)
class _Known:
    """What is read once for all the rows."""

    practitioners: dict[int, str]
    sites: dict[int, str]
    endings: dict[int, str]
    visits: dict[int, Visit]
    sex: str


def panel(patient: Patient) -> dict[str, Any]:
    """The next ones and the last ones, and how many in all when some are not shown."""
    now = clock.now()
    rows = agenda.patient_appointments(patient.pk)
    coming = [row for row in reversed(rows) if _coming(row)]
    past = [row for row in rows if not _coming(row)]
    known = _read([*coming[:SHOWN], *past[:SHOWN]], patient)
    hidden = len(coming) > SHOWN or len(past) > SHOWN
    today = [row for row in coming if clock.local(row.start).date() == clock.local(now).date()]
    return {
        "coming": [_row(each, known) for each in coming[:SHOWN]],
        "past": [_row(each, known) for each in past[:SHOWN]],
        "more_appointments": len(rows) if hidden else 0,
        "today_visit": next(filter(None, (_here(each, known) for each in today)), None),
    }


def every(patient: Patient) -> dict[str, Any]:
    """All of them."""
    rows = agenda.patient_appointments(patient.pk)
    known = _read(rows, patient)
    return {
        "coming": [_row(row, known) for row in reversed(rows) if _coming(row)],
        "past": [_row(row, known) for row in rows if not _coming(row)],
    }


def _coming(row: AppointmentRow) -> bool:
    """Still to come, or today: what was cancelled leaves at once, what is over at midnight."""
    return clock.local(row.start).date() >= clock.today() and row.status == "booked"


def _read(rows: list[AppointmentRow], patient: Patient) -> _Known:
    ids = [row.id for row in rows]
    appointments = Appointment.objects.filter(id__in=ids).select_related("practitioner__resource")
    practitioners, endings = {}, {}
    for each in appointments:
        practitioners[each.practitioner_id] = str(each.practitioner)
        by = f"par {each.get_ended_by_display()}" if each.ended_by else ""
        endings[each.pk] = ", ".join(filter(None, [by, each.ended_reason]))
    sites = dict(Site.objects.values_list("id", "name"))
    return _Known(
        practitioners=practitioners,
        # Where there is one site only, its name says nothing.
        sites=sites if len(sites) > 1 else {},
        endings=endings,
        visits={visit.appointment_id: visit for visit in Visit.objects.filter(appointment__in=ids)},
        sex=patient.sex,
    )


def _row(row: AppointmentRow, known: _Known) -> Row:
    state, glyph, tone = _state(row, known)
    day = clock.local(row.start).date()
    hour = french.said_hour(row.start_minute)
    details = [
        "" if day == clock.today() else hour,
        row.visit_type,
        row.reason if row.reason.casefold() != row.visit_type.casefold() else "",
        known.sites.get(row.site_id, "") if _coming(row) else "",
        known.endings[row.id],
    ]
    return Row(
        when=f"auj. {hour}" if day == clock.today() else _when(day),
        who=known.practitioners[row.practitioner_id],
        state=french.agree(state, known.sex) if state in AGREES else state,
        glyph=glyph,
        tone=tone,
        detail=", ".join(filter(None, details)),
        url=reverse("appointment", args=[row.id]),
    )


def _when(day: date) -> str:
    """`ven. 11 déc.`; another year counts more than the weekday: `26 janv. 2027`."""
    said = french.short_day(day)
    return said if day.year == clock.today().year else said.split(french.NBSP, 1)[1]


def _state(row: AppointmentRow, known: _Known) -> tuple[str, str, str]:
    """The word, the glyph and the tone of an appointment."""
    if row.status in ENDED:
        return ENDED[Appointment.Status(row.status)], "absent", "m"
    visit = known.visits.get(row.id)
    if visit is not None and visit.state in HERE:
        return HERE[State(visit.state)]
    if not _coming(row):
        return "passé", "prevu", "m"
    if row.to_replace:
        return "à replacer", "urgence", "c-att"
    if row.remote:
        return "à distance", "video", ""
    return "prévu", "prevu", ""


def _here(row: AppointmentRow, known: _Known) -> Here | None:
    """`En salle d’attente depuis 9 h 30, Dr Nguyen à 9 h 40`."""
    visit = known.visits.get(row.id)
    if visit is None or visit.state not in HERE:
        return None
    state, glyph, tone = HERE[State(visit.state)]
    since = visit.called_at or visit.room_at or visit.arrived_at
    if visit.state == State.ARRIVED and visit.arrived_at:
        said = f"En salle d’attente depuis {french.said_hour(french.minute_of(visit.arrived_at))}"
    elif visit.state in (State.LEFT, State.LEFT_UNSEEN) or since is None:
        return None
    else:
        said = f"{state.capitalize()} depuis {french.said_hour(french.minute_of(since))}"
    who = known.practitioners[row.practitioner_id]
    return Here(f"{said}, {who} à {french.said_hour(row.start_minute)}", glyph, tone)
