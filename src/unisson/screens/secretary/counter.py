"""Somebody at the counter without an appointment: added beside the plan and arrived, at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unisson.core import clock
from unisson.core.access import Actor, page
from unisson.core.errors import Refusal
from unisson.reception import actions
from unisson.screens.secretary import booking_choices as choices
from unisson.screens.secretary.booking import BENDS, why_not
from unisson.screens.secretary.desk_answer import drawn
from unisson.screens.shared import french
from unisson.screens.shared.dialogs import (
    dialog,
    done,
    form_again,
    new_request_id,
    number,
    request_id,
)


class WalkInForm(forms.Form):
    """Who stands there, for whom. `permis`: what is explicitly allowed after a refusal."""

    patient = forms.IntegerField(
        error_messages={"required": "Choisissez le patient dans les réponses."}
    )
    praticien = forms.IntegerField(error_messages={"required": "Choisissez le praticien."})
    motif = forms.IntegerField(error_messages={"required": "Choisissez un motif."})
    raison = forms.CharField(required=False, max_length=200)
    urgent = forms.BooleanField(required=False)
    permis = forms.MultipleChoiceField(required=False, choices=list(BENDS.items()))


@page("reception.arrive")
@dialog
def walk_in(request: HttpRequest) -> HttpResponse:
    """The form (GET), and the arrival it notes (POST)."""
    if request.method != "POST":
        patient_id = number(request, "patient", of="GET")
        return render(request, "counter/walk_in.html", _context(request, patient_id))
    form = WalkInForm(request.POST)
    context = _context(request, number(request, "patient")) | {"form": form}
    if not form.is_valid():
        return form_again(request, "counter/walk_in.html", context)
    sent = form.cleaned_data
    try:
        noted = actions.walk_in(
            patient_id=sent["patient"],
            practitioner_id=sent["praticien"],
            visit_type_id=sent["motif"],
            reason=sent["raison"],
            urgent=sent["urgent"],
            outside_hours="outside_hours" in sent["permis"],
            patient_overlap="patient_overlap" in sent["permis"],
            by=request.actor,  # type: ignore[attr-defined]
            request_id=request_id(request),
        )
    except Refusal as refusal:
        # Nothing was done under this request: the next sending is another one.
        context |= {"request_id": new_request_id(), **why_not(refusal)}
        return form_again(request, "counter/walk_in.html", context, status=409)
    return done(
        noted.sentence,
        focus=f"r{noted.appointment_id}",
        **drawn(request, [noted.practitioner_id]),
    )


def _context(request: HttpRequest, patient_id: int | None) -> dict[str, Any]:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    team = choices.practitioners(actor)
    asked = number(request, "praticien", of=request.method or "GET")
    usual = choices.usual_practitioner(patient_id) if patient_id and not asked else None
    return {
        "request_id": request.POST.get("request_id") or new_request_id(),
        "now": french.said_hour(french.minute_of(clock.now())),
        "line": choices.patient_line(patient_id),
        "team": team,
        "praticien": asked or usual or actor.practitioner_id,
        "types": choices.types([who.id for who in team]),
        "motif": number(request, "motif"),
    }
