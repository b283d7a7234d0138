"""Reads of the agenda, returned as typed rows for the screens.

Each asks a constant number of questions of the database, whatever there is in it.
"""

from unisson.agenda.queries.absences import absences, standing_in
from unisson.agenda.queries.appointments import (
    appointment,
    listing,
    patient_appointments,
    to_rebook,
)
from unisson.agenda.queries.board import day, week
from unisson.agenda.queries.chains import Wanted, chain_slots
from unisson.agenda.queries.history import appointment_history, days_of, last_undoable
from unisson.agenda.queries.month import month
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
    WeekBoard,
    WhoCanRow,
)
from unisson.agenda.queries.slots import HalfDay, first_free, free_slots, nearest
from unisson.agenda.queries.who_can import who_can

__all__ = [
    "AbsenceRow",
    "AppointmentRow",
    "DayBoard",
    "DayColumn",
    "FreeRow",
    "FreeSlot",
    "HalfDay",
    "HistoryRow",
    "HoldRow",
    "MonthDay",
    "OpeningRow",
    "UndoableAct",
    "Wanted",
    "WeekBoard",
    "WhoCanRow",
    "absences",
    "appointment",
    "appointment_history",
    "chain_slots",
    "day",
    "days_of",
    "first_free",
    "free_slots",
    "last_undoable",
    "listing",
    "month",
    "nearest",
    "patient_appointments",
    "standing_in",
    "to_rebook",
    "week",
    "who_can",
]
