"""What stands on both sides of the grid: who waits, who is expected, what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from unisson.screens.shared.french import hour, plural, without_title

if TYPE_CHECKING:
    from unisson.agenda.queries import AppointmentRow, DayBoard, DayColumn, HoldRow
    from unisson.reception.queries import Board

SOON = 30  # minutes ahead shown under "Attendus", to the next full hour
SHOWN = 6  # lines of a section of the right panel; the rest is counted


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody in the waiting room."""

    row: AppointmentRow
    practitioner: str
    minutes: int
    long: bool
    since: int  # seconds of the Unix epoch, for the page's own clock
    mark: str

    @property
    def glyph(self) -> str:
        return "urgence" if self.row.urgent else "arrive"

    @property
    def colour(self) -> str:
        return "c-mnt" if self.row.urgent else "c-att"


@dataclass(frozen=True, slots=True)
class Expected:
    """Somebody booked who has not come yet."""

    row: AppointmentRow
    practitioner: str
    mark: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A line of the right-hand panel about an appointment."""

    row: AppointmentRow
    practitioner: str
    likely: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A slot a colleague keeps while she talks."""

    hold: HoldRow
    practitioner: str


@dataclass(frozen=True, slots=True)
class NextFree:
    """The next free times of one practitioner, and the cell they start at."""

    practitioner: str
    hours: str
    key: str


def _mark(row: AppointmentRow) -> str:
    words = row.line.mark_words
    if row.line.mark == "twin":
        return f"a {'une jumelle' if words == 'jumelle' else 'un jumeau'}"
    return {"homonym": "a un homonyme", "near": "dossier proche"}.get(row.line.mark, "")


def queue(board: DayBoard, reception: Board, minute: int) -> dict[str, Any]:
    """The left panel, for today. `minute`: the present minute of the day."""
    rows = {
        row.id: (row, without_title(column.name))
        for column in board.columns
        for row in column.appointments
        if not row.freed
    }
    waiting = [
        Waiting(
            row=rows[wait.appointment_id][0],
            practitioner=rows[wait.appointment_id][1],
            minutes=wait.minutes,
            long=wait.long,
            since=int(wait.since.timestamp()),
            mark=_mark(rows[wait.appointment_id][0]),
        )
        for wait in reception.waiting
        if wait.state == "arrived" and wait.appointment_id in rows
    ]
    horizon = min(24 * 60, (minute + SOON) // 60 * 60 + 60)
    expected = sorted(
        (
            Expected(row, name, _mark(row))
            for row, name in rows.values()
            if row.start_minute < horizon and row.id not in reception.visits
        ),
        key=lambda each: (each.row.start_minute, each.row.id),
    )
    return {
        "waiting": waiting,
        "late": [each for each in expected if each.row.start_minute < minute],
        "expected": [each for each in expected if each.row.start_minute >= minute],
        "horizon": horizon if horizon < 24 * 60 else None,
    }


def owed(board: DayBoard, reception: Board, minute: int | None) -> dict[str, Any]:
    """The right panel: only what exists. `minute` is None when the day is not today."""
    to_warn = reception.to_warn
    replace, warn, held, free = [], [], [], []
    absences = []
    for column in board.columns:
        name = without_title(column.name)
        for row in column.appointments:
            if row.to_replace and row.id not in reception.visits:
                replace.append(Owed(row, name))
            if row.id in to_warn:
                warn.append(Owed(row, name, to_warn[row.id]))
        held += [Held(hold, name) for hold in column.holds]
        absences += [absence for absence in column.absences if absence.to_replace]
        if next_free := _next_free(column, minute or 0):
            free.append(next_free)
    replace.sort(key=lambda each: each.row.start_minute)
    warn.sort(key=lambda each: each.row.start_minute)
    return {
        "to_replace": replace[:SHOWN],
        "to_replace_count": len(replace),
        "absences": absences,
        "to_warn": warn[:SHOWN],
        "to_warn_count": len(warn),
        "held": held,
        "next_free": free,
    }


def _next_free(column: DayColumn, minute: int) -> NextFree | None:
    rows = [row for row in column.free if row.start_minute >= minute and not row.urgent_only]
    if not rows:
        return None
    return NextFree(
        practitioner=column.name,
        hours=", ".join(hour(row.start_minute) for row in rows[:2]),
        key=f"l{column.practitioner_id}-{rows[0].start_minute}",
    )


def counts(board: DayBoard) -> str:
    """`25 libres · 1 absent · 2 à replacer`: the figures of the bar."""
    parts = [plural(board.free_count, "libre")]
    if board.no_show_count:
        parts.append(plural(board.no_show_count, "absent"))
    if board.to_replace_count:
        parts.append(f"{board.to_replace_count} à replacer")
    return " · ".join(parts)
