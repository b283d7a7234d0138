"""Two visits one after the other, the same day at one place, looked for and booked together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from unisson.agenda import actions, queries
from unisson.agenda.actions import ChainVisit
from unisson.agenda.queries import FreeSlot
from unisson.agenda.when import start_at
from unisson.core.access import Actor, page
from unisson.core.errors import Refusal
from unisson.screens.secretary import booking_choices as choices
from unisson.screens.secretary.booking import why_not
from unisson.screens.secretary.desk_answer import planned
from unisson.screens.shared import french
from unisson.screens.shared.dialogs import dialog, form_again, new_request_id, number, request_id

SHOWN = 12
DAYS = 28


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit of a chain as it travels in an address: `3.7.2026-11-24.540`."""

    practitioner_id: int
    visit_type_id: int
    day: date
    minute: int

    @classmethod
    def read(cls, text: str) -> Visit:
        """Raises ValueError when it is not one of ours."""
        practitioner, visit_type, day, minute = text.split(".")
        return cls(int(practitioner), int(visit_type), date.fromisoformat(day), int(minute))

    @classmethod
    def of(cls, slot: FreeSlot) -> Visit:
        return cls(slot.practitioner_id, slot.visit_type_id, slot.date, slot.start_minute)

    def __str__(self) -> str:
        return f"{self.practitioner_id}.{self.visit_type_id}.{self.day}.{self.minute}"


def find(
    visits: Sequence[tuple[int, int]], first: date, patient_id: int | None, **kept: Any
) -> list[dict[str, Any]]:
    """Times at which these (practitioner, visit type) follow one another, with their form."""
    wanted = [queries.Wanted(visit_type, who) for who, visit_type in visits]
    found = queries.chain_slots(
        visits=wanted, first=first, last=first + timedelta(days=DAYS - 1), limit=SHOWN, **kept
    )
    return [{"slots": slots, "url": _url(slots, patient_id)} for slots in found]


def _url(slots: Sequence[FreeSlot], patient_id: int | None) -> str:
    fields = [("visite", str(Visit.of(slot))) for slot in slots]
    if patient_id is not None:
        fields.append(("patient", str(patient_id)))
    return f"{reverse('booking-chain')}?{urlencode(fields)}"


@page("agenda.book")
@dialog
def chain(request: HttpRequest) -> HttpResponse:
    """The visits about to be booked together (GET), and their booking, all or none (POST)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    sent = request.POST if request.method == "POST" else request.GET
    try:
        visits = [Visit.read(text) for text in sent.getlist("visite")[:4]]
    except ValueError:
        visits = []
    if len(visits) < 2 or not all(actor.works_for(visit.practitioner_id) for visit in visits):
        raise Refusal("Ces visites ne peuvent pas s’enchaîner. Choisissez-les dans la liste.")
    patient_id = number(request, "patient", of=request.method or "GET")
    context = {
        "line": choices.patient_line(patient_id),
        "visits": _said(visits),
        "reason": sent.get("raison", ""),
        "draft_url": request.POST.get("adresse") or request.get_full_path(),
        "request_id": request.POST.get("request_id") or new_request_id(),
        "again": request.method == "POST",
    }
    if request.method != "POST":
        return render(request, "desk/chain.html", context)
    if patient_id is None:
        context["patient_error"] = "Choisissez le patient dans les réponses."
        return form_again(request, "desk/chain.html", context)
    try:
        act = actions.book_chain(
            patient_id=patient_id,
            visits=[
                ChainVisit(
                    visit_type_id=visit.visit_type_id,
                    practitioner_id=visit.practitioner_id,
                    start=start_at(visit.day, visit.minute),
                )
                for visit in visits
            ],
            reason=request.POST.get("raison", "")[:200],
            by=actor,
            request_id=request_id(request),
        )
    except Refusal as refusal:
        context |= {"request_id": new_request_id(), **why_not(refusal)}
        return form_again(request, "desk/chain.html", context, status=409)
    return planned(request, act, focus=f"r{act.appointment_ids[0]}")


def _said(visits: Sequence[Visit]) -> list[dict[str, str]]:
    """Each visit in words."""
    names = choices.names({visit.practitioner_id for visit in visits})
    labels = choices.labels({visit.visit_type_id for visit in visits})
    return [
        {
            "sent": str(visit),
            "when": f"{french.short_day(visit.day)}, {french.said_hour(visit.minute)}",
            "who": names.get(visit.practitioner_id, ""),
            "what": labels.get(visit.visit_type_id, ""),
        }
        for visit in visits
    ]
