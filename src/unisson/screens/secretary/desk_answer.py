"""The answer to an act on the desk: the sentence, and the parts of the page it changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, JsonResponse

from unisson.agenda.actions.planning import Done
from unisson.agenda.models import PlanningAct
from unisson.core import live
from unisson.screens.secretary.day import Desk, scope
from unisson.screens.shared.dialogs import done


def page_day(request: HttpRequest) -> date | None:
    """The day the page shows, when it is the desk."""
    try:
        return date.fromisoformat(request.POST.get("page", ""))
    except ValueError:
        return None


def drawn(request: HttpRequest, practitioner_ids: Iterable[int] | None) -> dict[str, Any]:
    """These columns (None: all) and the sides of the day the page shows; {} on another page.

    With the outbox position read before drawing, so that the live feed's news
    about the same act, or older, does not draw over it.
    """
    day = page_day(request)
    if day is None:
        return {}
    position = live.position()
    desk = Desk.at(day, scope(request.actor))  # type: ignore[attr-defined]
    return {"parts": desk.parts(practitioner_ids), "position": position}


def planned(request: HttpRequest, act: Done, *, focus: str = "", then: str = "") -> JsonResponse:
    """After an act on the agenda. The focus goes to the appointment unless said otherwise."""
    row = PlanningAct.objects.get(pk=act.act_id)
    touched = {
        state["practitioner_id"]
        for states in (
            *row.changes.values_list("before", "after"),
            *row.absence_changes.values_list("before", "after"),
        )
        for state in states
        if state
    }
    if not focus and len(act.appointment_ids) == 1:
        focus = f"r{act.appointment_id}"
    changed = drawn(request, None if None in touched else touched)
    return done(f"{row.sentence}.", focus=focus, then=then, **changed)
