"""One appointment opened from the desk: what it is, what was done to it, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from unisson.agenda import actions
from unisson.agenda import queries as agenda_queries
from unisson.agenda.models import Appointment
from unisson.core import clock
from unisson.core.access import Actor, may, page
from unisson.core.errors import NotAllowed, Refusal
from unisson.core.gesture import gesture
from unisson.patients.models import Telephone
from unisson.patients.queries import PatientLine, line_of
from unisson.patients.rules import phones
from unisson.reception import queries as reception_queries
from unisson.screens.secretary.booking import why_not
from unisson.screens.secretary.day_cells import state_look
from unisson.screens.secretary.desk_answer import planned
from unisson.screens.shared.dialogs import dialog, form_again, new_request_id, number, request_id

REASONS = ("Empêchement", "Guéri, plus besoin", "Erreur de date", "Praticien absent", "Doublon")


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the dialog. `key`: the letter that does the same in the grid."""

    label: str
    url: str
    key: str = ""


def of_actor(request: HttpRequest, appointment_id: int) -> tuple[Appointment, PatientLine]:
    """The appointment and its patient, for somebody who works for its practitioner."""
    appointment = (
        Appointment.objects.filter(pk=appointment_id)
        .exclude(status=Appointment.Status.MISTAKE)
        .select_related("patient", "visit_type", "practitioner__resource", "site")
        .first()
    )
    if appointment is None:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.works_for(appointment.practitioner_id):
        raise NotAllowed("agenda.read")
    return appointment, line_of(appointment.patient)


def _acts(appointment: Appointment, state: str) -> list[Act]:
    """What can be done from where the patient is, the likeliest first."""

    def act(label: str, name: str, key: str = "") -> Act:
        return Act(label, reverse(f"appointment-{name}", args=[appointment.pk]), key)

    if appointment.status != Appointment.Status.BOOKED:
        return [act("Remettre", "put-back")]
    back = act("Revenir en arrière", "step-back")
    match state:
        case "arrived":
            return [
                act("En salle", "room", "S"),
                act("En consultation", "call-in"),
                act("Parti sans être vu", "left-unseen"),
                back,
            ]
        case "in_room":
            return [
                act("En consultation", "call-in"),
                act("Parti sans être vu", "left-unseen"),
                back,
            ]
        case "with_practitioner":
            return [act("Sorti", "leave"), back]
        case "left" | "left_unseen":
            return [back]
    day, today = clock.local(appointment.start).date(), clock.today()
    here = [act("Arrivé", "arrive", "A"), act("En salle", "room", "S")] if day == today else []
    gone = [act("Absent", "no-show", "X")] if day <= today else []
    return [*here, *gone, act("Excusé", "excused")]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the history, agenda and reception together."""

    at: datetime
    sentence: str
    by_name: str
    undone: bool


STEPS = {
    "arrive": "Arrivée notée",
    "to_room": "En salle",
    "call_in": "En consultation",
    "leave": "Sorti",
    "leave_unseen": "Parti sans être vu",
}


def _history(appointment_id: int) -> list[Told]:
    planning = [
        Told(row.at, row.sentence, row.by_name, row.undone)
        for row in agenda_queries.appointment_history(appointment_id)
    ]
    steps = [
        Told(row.at, STEPS[row.step], row.by_name, row.back_at is not None)
        for row in reception_queries.history(appointment_id)
    ]
    return sorted([*planning, *steps], key=lambda told: told.at, reverse=True)


@page("agenda.read")
@require_GET
@dialog
def appointment(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """The appointment, the telephones of its patient, its history, and what can be done."""
    found, line = of_actor(request, appointment_id)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    with gesture("agenda.read", by=actor) as act:
        act.audit("R", found, patient_id=found.patient_id)
    visit = reception_queries.visit_of(found.pk)
    look = state_look(
        status=found.status,
        sex=line.sex,
        urgent=found.urgent,
        squeeze_in=found.squeeze_in,
        remote=found.remote,
        visit=visit,
    )
    state = visit.state if visit else ""
    return render(
        request,
        "desk/appointment.html",
        {
            "a": found,
            "line": line,
            "practitioner": found.practitioner.resource.name,
            "look": look,
            "state_words": ", ".join(filter(None, [look.state or look.unseen, *look.more])),
            "rooms": found.occupations.exclude(
                resource_id=found.practitioner.resource_id
            ).values_list("resource__name", flat=True),
            "phones": [
                {
                    "kind": phone.get_kind_display().capitalize(),
                    "number": phones.display(phone.e164),
                    "holder": phone.holder,
                }
                for phone in Telephone.objects.filter(
                    patient_id=found.patient_id, ended_at__isnull=True
                )
            ],
            "history": _history(found.pk),
            "acts": _acts(found, state),
            "may_change": found.status == Appointment.Status.BOOKED and not state,
            "patient_url": reverse("patient", args=[line.id])
            if may(actor, "patients.read")
            else "",
        },
    )


class DetailsForm(forms.Form):
    """What is written on an appointment."""

    raison = forms.CharField(
        label="Raison, dans ses mots",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    note = forms.CharField(label="Note pour l’accueil", required=False, max_length=500)
    urgent = forms.BooleanField(required=False)


@page("agenda.change")
@dialog
def details(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Correct the words of an appointment; its time stays."""
    found, line = of_actor(request, appointment_id)
    initial = {"raison": found.reason, "note": found.note, "urgent": found.urgent}
    form = DetailsForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {
        "a": found,
        "line": line,
        "practitioner": found.practitioner.resource.name,
        "form": form,
        "version": request.POST.get("version") or found.version,
        "request_id": request.POST.get("request_id") or new_request_id(),
    }
    if request.method != "POST":
        return render(request, "desk/details.html", context)
    if not form.is_valid():
        return form_again(request, "desk/details.html", context)
    try:
        act = actions.change_details(
            appointment_id=appointment_id,
            reason=form.cleaned_data["raison"],
            note=form.cleaned_data["note"],
            urgent=form.cleaned_data["urgent"],
            version=number(request, "version"),
            by=request.actor,  # type: ignore[attr-defined]
            request_id=request_id(request),
        )
    except Refusal as refusal:
        context |= {"request_id": new_request_id(), **why_not(refusal)}
        return form_again(request, "desk/details.html", context, status=409)
    return planned(request, act)


class CancelForm(forms.Form):
    """Who asked, and why."""

    par = forms.ChoiceField(
        choices=Appointment.EndedBy.choices,
        error_messages={"required": "Dites qui annule.", "invalid_choice": "Dites qui annule."},
    )
    raison = forms.CharField(required=False, max_length=200)


@page("agenda.cancel")
@dialog
def cancel(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Cancel, with who asked and why."""
    found, line = of_actor(request, appointment_id)
    form = CancelForm(request.POST or None, initial={"par": request.GET.get("par", "patient")})
    context: dict[str, Any] = {
        "a": found,
        "line": line,
        "practitioner": found.practitioner.resource.name,
        "form": form,
        "asked_by": request.POST.get("par") or request.GET.get("par", "patient"),
        "request_id": request.POST.get("request_id") or new_request_id(),
        "usual_reasons": REASONS,
    }
    if request.method != "POST":
        return render(request, "desk/cancel.html", context)
    if not form.is_valid():
        return form_again(request, "desk/cancel.html", context)
    try:
        act = actions.cancel(
            appointment_id=appointment_id,
            by_whom=form.cleaned_data["par"],
            reason=form.cleaned_data["raison"],
            version=number(request, "version"),
            by=request.actor,  # type: ignore[attr-defined]
            request_id=request_id(request),
        )
    except Refusal as refusal:
        context |= {"request_id": new_request_id(), **why_not(refusal)}
        return form_again(request, "desk/cancel.html", context, status=409)
    return planned(request, act)
