"""What the screens receive: frozen rows, in the practice's wall clock.

`start_minute` counts from midnight in Paris; on the day of a clock change it is
the wall-clock minute as well. `minutes` is a true length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from unisson.patients.queries import PatientLine


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """One appointment on the grid. `lane` of `lanes`: side by side with what it overlaps.

    `to_replace`: it stands in an absence or a closure. `freed`: it no longer
    takes its time (absent, excused).
    """

    id: int
    version: int
    practitioner_id: int
    site_id: int
    start: datetime
    start_minute: int
    minutes: int
    before: int
    after: int
    line: PatientLine
    visit_type_id: int
    visit_type: str
    visit_code: str
    colour: str
    status: str
    squeeze_in: bool
    urgent: bool
    remote: bool
    reason: str
    note: str
    rooms: tuple[str, ...] = ()
    series: UUID | None = None
    chain: UUID | None = None
    to_replace: bool = False
    lane: int = 0
    lanes: int = 1
    practitioner: str = ""

    @property
    def end_minute(self) -> int:
        return self.start_minute + self.minutes

    @property
    def freed(self) -> bool:
        return self.status != "booked"


@dataclass(frozen=True, slots=True)
class FreeRow:
    """A free piece of a column, cut to the practitioner's usual length."""

    start_minute: int
    minutes: int
    start: datetime
    site_id: int
    urgent_only: bool = False

    @property
    def end_minute(self) -> int:
        return self.start_minute + self.minutes


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A time somebody keeps while talking."""

    id: int
    start_minute: int
    minutes: int
    by_name: str
    by_user_id: int | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """A time the practitioner receives."""

    start_minute: int
    end_minute: int
    site_id: int
    urgent_only: bool = False


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """A time the practitioner does not receive, and how many are still booked in it."""

    id: int
    start_minute: int
    end_minute: int
    label: str
    kind: str
    to_replace: int = 0


@dataclass(frozen=True, slots=True)
class DayColumn:
    """One practitioner's day. `sub_title`: specialty or room."""

    practitioner_id: int
    name: str
    sub_title: str
    openings: tuple[OpeningRow, ...]
    absences: tuple[AbsenceRow, ...]
    appointments: tuple[AppointmentRow, ...]
    free: tuple[FreeRow, ...]
    holds: tuple[HoldRow, ...]
    usual_minutes: int
    usual_visit_type_id: int | None
    day: date | None = None

    @property
    def crowded(self) -> bool:
        """Some appointments stand side by side."""
        return any(row.lanes > 1 for row in self.appointments)


@dataclass(frozen=True, slots=True)
class DayBoard:
    """All the columns of a day. `first_minute` and `last_minute` hold everything shown.

    `holiday`: its name when the day is a public holiday somewhere in the practice.
    """

    date: date
    columns: tuple[DayColumn, ...]
    first_minute: int
    last_minute: int
    holiday: str = ""

    @property
    def free_count(self) -> int:
        return sum(len(column.free) for column in self.columns)

    @property
    def to_replace_count(self) -> int:
        return sum(row.to_replace for column in self.columns for row in column.appointments)

    @property
    def booked_count(self) -> int:
        return sum(not row.freed for column in self.columns for row in column.appointments)

    @property
    def no_show_count(self) -> int:
        return sum(
            row.status == "no_show" for column in self.columns for row in column.appointments
        )


@dataclass(frozen=True, slots=True)
class WeekBoard:
    """Seven days of one practitioner, as columns. `holidays`: names by day."""

    practitioner_id: int
    name: str
    columns: tuple[DayColumn, ...]
    first_minute: int
    last_minute: int
    holidays: dict[date, str]


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day of the month view. Minutes; `booked` counts appointments."""

    date: date
    open_minutes: int
    booked: int
    free_minutes: int
    absent: bool
    holiday: str


@dataclass(frozen=True, slots=True)
class FreeSlot:
    """A time that can be booked, with what it would take. `resources`: rooms and machines."""

    practitioner_id: int
    practitioner: str
    site_id: int
    site: str
    visit_type_id: int
    start: datetime
    date: date
    start_minute: int
    minutes: int
    resources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WhoCanRow:
    """One practitioner, and the days on which the visit would still fit."""

    practitioner_id: int
    practitioner: str
    days: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of an appointment's history. `undoable`: the act can still be taken back."""

    act_id: int
    at: datetime
    by_name: str
    by_role: str
    verb: str
    sentence: str
    undone: bool


@dataclass(frozen=True, slots=True)
class UndoableAct:
    """The last act of a person that Ctrl Z would take back."""

    act_id: int
    at: datetime
    sentence: str
