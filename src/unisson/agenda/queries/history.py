"""Who did what to an appointment, and what can still be taken back."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q

from unisson.agenda.models import AbsenceChange, AppointmentChange, PlanningAct
from unisson.agenda.queries.rows import HistoryRow, UndoableAct
from unisson.core import clock
from unisson.core.access import Actor


def appointment_history(appointment_id: int) -> list[HistoryRow]:
    """Everything done to one appointment, the latest first. One query."""
    changes = (
        AppointmentChange.objects.filter(appointment_id=appointment_id)
        .select_related("act", "act__undone_by")
        .order_by("-id")
    )
    return [
        HistoryRow(
            act_id=change.act_id,
            at=change.act.at,
            by_name=change.act.by_name,
            by_role=change.act.by_role,
            verb=change.act.verb,
            sentence=change.act.sentence,
            undone=hasattr(change.act, "undone_by"),
        )
        for change in changes
    ]


def last_undoable(actor: Actor) -> UndoableAct | None:
    """The last act of this person that Ctrl Z would take back; None when there is nothing."""
    if actor.user_id is None:
        return None
    act = (
        PlanningAct.objects.filter(
            Q(changes__isnull=False) | Q(absence_changes__isnull=False),
            by_user_id=actor.user_id,
            undoes__isnull=True,
            undone_by__isnull=True,
        )
        .order_by("-id")
        .first()
    )
    return UndoableAct(act.pk, act.at, act.sentence) if act else None


def days_of(act_id: int) -> set[date]:
    """The days on which what this act changed begins, before or after. Two queries."""
    changes = (
        *AppointmentChange.objects.filter(act_id=act_id).values_list("before", "after"),
        *AbsenceChange.objects.filter(act_id=act_id).values_list("before", "after"),
    )
    return {
        clock.local(datetime.fromisoformat(state["start"])).date()
        for states in changes
        for state in states
        if state
    }
