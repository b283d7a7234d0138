"""The answer to an act on the desk: the sentence, and the parts of the page it changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest, JsonResponse

from unisson.agenda.actions.planning import Done
from unisson.core import live
from unisson.core.access import Actor
from unisson.screens.secretary.day import Desk, scope
from unisson.screens.secretary.week import Week
from unisson.screens.shared.dialogs import done


def drawn(request: HttpRequest, practitioner_ids: Iterable[int] | None) -> dict[str, Any]:
    """The parts of the page in front of her that changed; nothing for a page that shows none.

    The page says what it shows in `page`: `2026-11-24`, whose columns are
    practitioners (None: all of them) beside what waits, or the week
    `3/2026-11-23` of one of them. With the outbox position read before drawing, so that
    the live feed's news about the same act, or older, does not draw over it.
    """
    shown_page = request.POST.get("page", "")
    if not shown_page:
        return {}
    who, _, day = shown_page.rpartition("/")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    position = live.position()
    try:
        shown = date.fromisoformat(day)
        if not who:
            parts = Desk.recalled(shown, scope(actor)).parts(practitioner_ids)
        elif actor.works_for(int(who)):
            parts = Week.of(int(who), shown).parts()
        else:
            return {}
    except ValueError:
        return {}
    return {"parts": parts, "position": position}


def planned(
    request: HttpRequest, act: Done, *, focus: str = "", then: str = "", more: str = ""
) -> JsonResponse:
    """After an act on the agenda. The focus goes to the appointment unless said otherwise."""
    if not focus and len(act.appointment_ids) == 1:
        focus = f"r{act.appointment_id}"
    changed = drawn(
        request, None if None in act.touched else [each for each in act.touched if each]
    )
    sentence = f"{act.sentence}. {more}".strip()
    return done(sentence, focus=focus, then=then, **changed)
