"""Booking from a free slot, or squeezing somebody in beside another: the form and its sending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from unisson.agenda import actions
from unisson.agenda.errors import Obstructed
from unisson.agenda.models import Appointment, Hold
from unisson.agenda.when import start_at
from unisson.core import clock
from unisson.core.access import Actor, page
from unisson.core.errors import Refusal
from unisson.screens.secretary import booking_choices as choices
from unisson.screens.secretary.desk_answer import planned
from unisson.screens.shared import french
from unisson.screens.shared.dialogs import dialog, form_again, new_request_id, number, request_id

HOLD = 300  # seconds a time is kept while the form is filled in
BENDS = {
    "squeeze_in": "Ajouter en plus, à côté",
    "outside_hours": "Réserver hors des heures d’ouverture",
    "patient_overlap": "Réserver malgré l’autre rendez-vous du patient",
}


STEPS = (("weeks", "semaines"), ("days", "jours"), ("months", "mois"))
OTHERWISE = (
    ("nearest", "prendre la plus proche du même jour"),
    ("skip", "sauter ce jour"),
    ("refuse", "ne rien réserver et me dire lesquels"),
)


@dataclass(frozen=True)
class Place:
    """The time a form is about."""

    practitioner_id: int
    practitioner: str
    date: date
    minute: int

    @property
    def said(self) -> str:
        return f"{french.short_day(self.date)}, {french.said_hour(self.minute)}"


def _place(request: HttpRequest, of: str) -> Place:
    """The time asked for. Raises Refusal when the address is not one of ours."""
    practitioner_id = number(request, "praticien", of=of)
    minute = number(request, "minute", of=of)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    names = {who.id: who.name for who in choices.practitioners(actor)}
    try:
        day = date.fromisoformat(getattr(request, of).get("jour", ""))
    except ValueError:
        day = None
    if practitioner_id not in names or minute is None or day is None or not 0 <= minute < 1440:
        raise Refusal("Cette place n’existe pas. Choisissez-en une dans l’agenda.")
    return Place(practitioner_id, names[practitioner_id], day, minute)


class BookingForm(forms.Form):
    """What the secretary fills in. `permis`: what she explicitly allows after a refusal."""

    patient = forms.IntegerField(
        error_messages={"required": "Choisissez le patient dans les réponses."}
    )
    motif = forms.IntegerField(error_messages={"required": "Choisissez un motif."})
    duree = forms.IntegerField(
        min_value=1,
        max_value=720,
        error_messages={
            "required": "Indiquez la durée en minutes.",
            "invalid": "La durée est un nombre de minutes : 20.",
            "min_value": "La durée va d’une minute à 12 heures.",
            "max_value": "La durée va d’une minute à 12 heures.",
        },
    )
    raison = forms.CharField(required=False, max_length=200)
    note = forms.CharField(required=False, max_length=500)
    urgent = forms.BooleanField(required=False)
    plus = forms.BooleanField(required=False)
    tenu = forms.IntegerField(required=False)
    permis = forms.MultipleChoiceField(required=False, choices=list(BENDS.items()))
    fois = forms.IntegerField(
        required=False,
        min_value=2,
        max_value=52,
        error_messages={
            "min_value": "Une série va de 2 à 52 rendez-vous.",
            "max_value": "Une série va de 2 à 52 rendez-vous.",
            "invalid": "Indiquez un nombre : 6.",
        },
    )
    tous = forms.IntegerField(required=False, min_value=1, max_value=52)
    pas = forms.ChoiceField(required=False, choices=STEPS)
    sinon = forms.ChoiceField(required=False, choices=OTHERWISE)


def _context(
    request: HttpRequest, place: Place, *, patient_id: int | None, squeeze_in: bool
) -> dict[str, Any]:
    types = choices.types([place.practitioner_id])
    asked = number(request, "motif", of=request.method or "GET")
    usual = next((each for each in types if each.id == asked), types[0] if types else None)
    return {
        "request_id": request.POST.get("request_id") or new_request_id(),
        "draft_url": request.get_full_path() if request.method == "GET" else _draft_url(request),
        "slot": place,
        "line": choices.patient_line(patient_id),
        "types": types,
        "motif": usual.id if usual else None,
        "minutes": request.POST.get("duree") or (usual.minutes if usual else 20),
        "instructions": usual.instructions if usual else "",
        "squeeze_in": squeeze_in,
        "taken_by": _taken_by(place) if squeeze_in else "",
        "steps": STEPS,
        "otherwise": OTHERWISE,
    }


def _draft_url(request: HttpRequest) -> str:
    """The address the form was opened at: the name its draft is kept under."""
    return request.POST.get("adresse", "")[:500]


def _taken_by(place: Place) -> str:
    """Who has the time already, in one phrase."""
    start = start_at(place.date, place.minute)
    taken = (
        Appointment.objects.filter(
            practitioner_id=place.practitioner_id,
            status=Appointment.Status.BOOKED,
            start__lte=start,
            end__gt=start,
        )
        .values_list("patient_id", flat=True)
        .first()
    )
    line = choices.patient_line(taken)
    return line.phrase if line else ""


@page("agenda.book")
@dialog
def new(request: HttpRequest) -> HttpResponse:
    """The booking form of a time (GET), and its booking (POST)."""
    if request.method == "POST":
        return _book(request)
    place = _place(request, "GET")
    squeeze_in = request.GET.get("plus") == "1"
    patient_id = number(request, "patient", of="GET")
    context = _context(request, place, patient_id=patient_id, squeeze_in=squeeze_in)
    return render(request, "desk/booking.html", context)


def _book(request: HttpRequest) -> HttpResponse:
    place = _place(request, "POST")
    form = BookingForm(request.POST)
    squeeze_in = request.POST.get("plus") == "1"

    def again(status: int = 422, **more: Any) -> HttpResponse:
        """The form with what was typed. Read only now: most bookings go through."""
        patient_id = number(request, "patient")
        context = _context(request, place, patient_id=patient_id, squeeze_in=squeeze_in)
        return form_again(
            request, "desk/booking.html", context | {"form": form, **more}, status=status
        )

    if not form.is_valid():
        return again()
    sent = form.cleaned_data
    try:
        if sent["fois"]:
            return _book_series(request, place, sent)
        allowed = set(sent["permis"])
        act = actions.book(
            **_visit(place, sent),
            urgent=sent["urgent"],
            hold_id=sent["tenu"],
            squeeze_in=squeeze_in or "squeeze_in" in allowed,
            outside_hours="outside_hours" in allowed,
            patient_overlap="patient_overlap" in allowed,
            by=request.actor,  # type: ignore[attr-defined]
            request_id=request_id(request),
        )
    except Refusal as refusal:
        # Nothing was done under this request: the next sending is another one.
        return again(409, request_id=new_request_id(), **why_not(refusal))
    return planned(request, act)


def _visit(place: Place, sent: dict[str, Any]) -> dict[str, Any]:
    """Who, for what, with whom and when."""
    return {
        "patient_id": sent["patient"],
        "visit_type_id": sent["motif"],
        "practitioner_id": place.practitioner_id,
        "start": start_at(place.date, place.minute),
        "minutes": sent["duree"],
        "reason": sent["raison"],
        "note": sent["note"],
    }


def _book_series(request: HttpRequest, place: Place, sent: dict[str, Any]) -> HttpResponse:
    """The same time again and again; the days left out are named."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = request_id(request)
    if sent["tenu"]:  # a series takes its first time itself
        actions.release(hold_id=sent["tenu"], by=actor, request_id=uuid4())
    act = actions.book_series(
        **_visit(place, sent),
        count=sent["fois"],
        every=sent["tous"] or 1,
        step=sent["pas"] or "weeks",
        when_taken=sent["sinon"] or "nearest",
        by=actor,
        request_id=asked,
    )
    left_out = ", ".join(french.short_day(date.fromisoformat(day)) for day in act.refused)
    more = f"Sans place\u00a0: {left_out.rstrip('.')}." if left_out else ""
    return planned(request, act, focus=f"r{act.appointment_ids[0]}", more=more)


def why_not(refusal: Refusal) -> dict[str, Any]:
    """What a form shows of a refusal: the sentence, the nearest times, what could be allowed."""
    if not isinstance(refusal, Obstructed):
        return {"refusal": refusal.sentence}
    return {
        "refusal": " ".join(obstacle.sentence for obstacle in refusal.obstacles),
        "nearest": refusal.nearest,
        "bends": [(name, BENDS[name]) for name in BENDS if name in refusal.bends],
    }


@page("agenda.hold")
@require_POST
@dialog
def hold(request: HttpRequest) -> HttpResponse:
    """Keep a time for the person who fills in the form, for a few minutes.

    What she keeps already, in a form that was closed by accident, is kept on.
    """
    place = _place(request, "POST")
    start, minutes = start_at(place.date, place.minute), number(request, "duree")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    own = Hold.objects.filter(
        by_user_id=actor.user_id,
        practitioner_id=place.practitioner_id,
        start=start,
        expires_at__gt=clock.now(),
    ).first()
    if own is not None and own.end - own.start == timedelta(minutes=minutes or 0):
        held = actions.extend(
            hold_id=own.pk, by=actor, request_id=request_id(request), seconds=HOLD
        )
        return JsonResponse({"hold": held.hold_id, "seconds": HOLD})
    if own is not None:
        actions.release(hold_id=own.pk, by=actor, request_id=uuid4())
    held = actions.hold(
        practitioner_id=place.practitioner_id,
        visit_type_id=number(request, "motif") or 0,
        start=start,
        minutes=minutes,
        seconds=HOLD,
        by=actor,
        request_id=request_id(request),
    )
    return JsonResponse({"hold": held.hold_id, "seconds": HOLD})


@page("agenda.hold")
@require_POST
@dialog
def release(request: HttpRequest) -> HttpResponse:
    """Give a kept time back."""
    hold_id = number(request, "tenu")
    if hold_id is not None:
        actions.release(hold_id=hold_id, by=request.actor, request_id=request_id(request))  # type: ignore[attr-defined]
    return JsonResponse({})
