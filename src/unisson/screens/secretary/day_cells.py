"""From what the agenda and reception know to what one cell of the grid shows.

State is edge, ground, glyph and word together; the order of the phrases is
always name, birth name, sex and date, state, reason. What does not fit in a
cell drops whole, so the order is also the order of importance.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.urls import reverse

from unisson.screens.shared.french import agree, clock_hour, hour, said_hour

if TYPE_CHECKING:
    from unisson.agenda.queries import AbsenceRow, AppointmentRow, DayColumn, FreeRow, HoldRow
    from unisson.patients.queries import PatientLine
    from unisson.reception.queries import VisitRow

LANES = 8  # side by side at most; scripts/grid_css.py writes as many
SHORT = 15  # minutes: under this a cell holds a single line


@dataclass(slots=True)  # not frozen: freezing costs ten times as much to make, times 200
class Cell:
    """One thing on a column that the keyboard can reach.

    `key` is the same from one drawing to the next, so that the focus and what
    the eye is on stay where they are when a colleague changes something.
    """

    key: str
    kind: str  # rdv | libre | tenu | absence
    classes: str
    start: int  # minute of the day
    minutes: int
    glyph: str = ""
    line: PatientLine | None = None
    state: str = ""
    more: tuple[str, ...] = ()
    words: str = ""
    unseen: str = ""
    version: int = 0
    appointment_id: int = 0

    @property
    def start_hour(self) -> str:
        return hour(self.start)


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A practitioner's day, ready to be drawn."""

    practitioner_id: int
    day_iso: str
    name: str
    sub_title: str
    lanes: int  # the most appointments side by side
    openings: tuple[tuple[int, int, bool], ...]  # start, minutes, urgent only
    cells: tuple[Cell, ...]
    late: int = 0
    to_warn: int = 0
    away: str = ""
    now: int | None = None
    heading_url: str = ""
    element_id: str = ""


@dataclass(slots=True)
class Look:
    """How a state is drawn and said."""

    css: str
    glyph: str
    state: str = ""
    more: list[str] = field(default_factory=list)
    unseen: str = ""


def column_view(
    column: DayColumn,
    visits: Mapping[int, VisitRow],
    *,
    day: date,
    late: int = 0,
    to_warn: int = 0,
    now: int | None = None,
    element_id: str = "",
    name: str = "",
    sub_title: str = "",
    heading_url: str = "",
) -> ColumnView:
    """Everything of one column. `late` in minutes; `now`, a minute of the day, on today only.

    The head says the practitioner, or in a week the day (`name`, `sub_title`).
    """
    free_times = [(row.start_minute, row.end_minute) for row in column.free]
    cells = [
        _appointment(row, visits.get(row.id), _beside_a_free_slot(row, free_times))
        for row in column.appointments
    ]
    ended = [
        (row.start_minute, row.end_minute)
        for row in column.appointments
        if row.freed and _beside_a_free_slot(row, free_times)
    ]
    cells += [_free(row, column.practitioner_id, ended) for row in column.free]
    cells += [_hold(row) for row in column.holds]
    cells += [_absence(row, column.practitioner_id) for row in column.absences]
    cells.sort(key=lambda cell: (cell.start, cell.kind == "absence", cell.key))
    return ColumnView(
        practitioner_id=column.practitioner_id,
        day_iso=day.isoformat(),
        name=name or column.name,
        sub_title=sub_title or column.sub_title,
        lanes=min(LANES, max([2 if ended else 1, *(row.lanes for row in column.appointments)])),
        openings=tuple(
            (row.start_minute, row.end_minute - row.start_minute, row.urgent_only)
            for row in column.openings
        ),
        cells=tuple(cells),
        late=late,
        to_warn=to_warn,
        away=_away(column),
        now=now,
        heading_url=heading_url or reverse("week", args=[column.practitioner_id, day]),
        element_id=element_id or f"col-{column.practitioner_id}",
    )


def _overlaps(start: int, end: int, times: list[tuple[int, int]]) -> bool:
    return any(start < other_end and other_start < end for other_start, other_end in times)


def _beside_a_free_slot(row: AppointmentRow, free: list[tuple[int, int]]) -> bool:
    """An absent or excused patient gives the time back: both are shown, side by side."""
    return row.freed and _overlaps(row.start_minute, row.end_minute, free)


def _place(start: int, minutes: int, lane: int, lanes: int) -> str:
    place = f"d-{start} n-{max(minutes, 5)}"
    if lanes > 1:
        place += f" v-{min(lane, LANES - 1)} vn-{min(lanes, LANES)}"
    if minutes < SHORT:
        place += " court"
    return place


def _appointment(row: AppointmentRow, visit: VisitRow | None, beside_free: bool) -> Cell:
    look = _look(row, visit)
    lane, lanes = (1, 2) if beside_free and row.lanes == 1 else (row.lane, row.lanes)
    css = f"{look.css} arep" if row.to_replace else look.css
    return Cell(
        key=f"r{row.id}",
        kind="rdv",
        classes=f"{css} {_place(row.start_minute, row.minutes, lane, lanes)}",
        start=row.start_minute,
        minutes=row.minutes,
        glyph=look.glyph,
        line=row.line,
        state=look.state,
        more=tuple(look.more),
        unseen=look.unseen,
        version=row.version,
        appointment_id=row.id,
    )


def _look(row: AppointmentRow, visit: VisitRow | None) -> Look:
    look = state_look(
        status=row.status,
        sex=row.line.sex,
        urgent=row.urgent,
        squeeze_in=row.squeeze_in,
        remote=row.remote,
        visit=visit,
    )
    waits = look.css in ("s-prevu", "s-arrive", "s-plus", "s-urgence")
    if row.to_replace and waits:
        look = Look(look.css, look.glyph, "À replacer", [*_said(look), *look.more])
    mark = row.line.mark_words
    if mark and waits:
        mark = mark[0].upper() + mark[1:]
        glyph = "proche" if look.glyph == "prevu" else look.glyph
        look = (
            Look(look.css, glyph, look.state, [mark, *look.more])
            if look.state
            else Look(look.css, glyph, mark, look.more)
        )
    look.more.append(row.reason or row.visit_type)
    return look


def _said(look: Look) -> list[str]:
    return [look.state] if look.state else []


def state_look(
    *,
    status: str,
    sex: str,
    urgent: bool,
    squeeze_in: bool,
    remote: bool,
    visit: VisitRow | None,
) -> Look:
    """The one word that says where the patient is. "Prévu", the default, is only spoken."""
    ended = {
        "no_show": agree("Absent", sex),
        "excused": agree("Excusé", sex),
        "cancelled": "Annulé",
    }
    if status in ended:
        return Look("s-absent", "absent", ended[status])
    if visit is not None and (known := _present(visit, sex, urgent=urgent, extra=squeeze_in)):
        return known
    if urgent:
        return Look("s-urgence", "urgence", "Urgence")
    if squeeze_in:
        return Look("s-plus", "plus", "En plus")
    if remote:
        return Look("s-prevu", "video", "Téléconsultation")
    return Look("s-prevu", "prevu", unseen=agree("Prévu", sex))


def _present(visit: VisitRow, sex: str, *, urgent: bool, extra: bool) -> Look | None:
    more = ["En plus"] if extra else []
    since = clock_hour(visit.since) if visit.since else ""
    match visit.state:
        case "arrived":
            arrived = f"{agree('Arrivé', sex)} {since}"
            if visit.likely_minute is not None:
                more.append(f"Passage vers {hour(visit.likely_minute)}")
            if urgent:
                return Look("s-urgence", "urgence", "Urgence", [arrived, *more])
            return Look("s-arrive", "arrive", arrived, more)
        case "in_room":
            return Look("s-salle", "salle", f"En salle {since}", more)
        case "with_practitioner":
            return Look("s-consult", "consult", f"En consultation {since}", more)
        case "left":
            return Look("s-sorti", "sorti", f"{agree('Sorti', sex)} {since}", more)
        case "left_unseen":
            return Look("s-absent", "absent", f"{agree('Parti', sex)} sans être {agree('vu', sex)}")
    return None


def _free(row: FreeRow, practitioner_id: int, ended: list[tuple[int, int]]) -> Cell:
    beside = _overlaps(row.start_minute, row.end_minute, ended)
    words = "libre, urgences" if row.urgent_only else "libre"
    return Cell(
        key=f"l{practitioner_id}-{row.start_minute}",
        kind="libre",
        classes=f"s-libre {_place(row.start_minute, row.minutes, 0, 2 if beside else 1)}",
        start=row.start_minute,
        minutes=row.minutes,
        words=words,
    )


def _hold(row: HoldRow) -> Cell:
    return Cell(
        key=f"t{row.id}",
        kind="tenu",
        classes=f"s-tenu {_place(row.start_minute, row.minutes, 0, 1)}",
        start=row.start_minute,
        minutes=row.minutes,
        words=f"tenu par {row.by_name}",
    )


def _absence(row: AbsenceRow, practitioner_id: int) -> Cell:
    return Cell(
        key=f"a{row.id}-{practitioner_id}",
        kind="absence",
        classes=f"d-{row.start_minute} n-{max(5, row.end_minute - row.start_minute)}",
        start=row.start_minute,
        minutes=row.end_minute - row.start_minute,
        words=row.label or ("Temps bloqué" if row.kind == "block" else "Absence"),
        more=(f"{row.to_replace} à replacer",) if row.to_replace else (),
        appointment_id=row.id,
    )


def _away(column: DayColumn) -> str:
    """`Absence dès 11 h` in the head of the column, where the eye begins."""
    if not column.openings:
        return "" if column.appointments else "Ne reçoit pas"
    away = [row for row in column.absences if row.kind == "absence"]
    if not away:
        return ""
    first, last = column.openings[0].start_minute, column.openings[-1].end_minute
    row = away[0]
    if row.start_minute <= first and row.end_minute >= last:
        return "Absence"
    if row.end_minute >= last:
        return f"Absence dès {said_hour(row.start_minute)}"
    if row.start_minute <= first:
        return f"Absence jusqu’à {said_hour(row.end_minute)}"
    return ""
