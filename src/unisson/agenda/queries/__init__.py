"""Reads of the agenda, returned as typed rows for the screens."""

from unisson.agenda.queries.rows import (
    AbsenceRow,
    AppointmentRow,
    DayBoard,
    DayColumn,
    FreeRow,
    FreeSlot,
    HistoryRow,
    HoldRow,
    MonthDay,
    OpeningRow,
    UndoableAct,
)

__all__ = [
    "AbsenceRow",
    "AppointmentRow",
    "DayBoard",
    "DayColumn",
    "FreeRow",
    "FreeSlot",
    "HistoryRow",
    "HoldRow",
    "MonthDay",
    "OpeningRow",
    "UndoableAct",
]
