"""Absences and blocked times from the desk, and who is left to move or cancel in them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from unisson.agenda import actions
from unisson.agenda.models import Absence, Appointment
from unisson.agenda.queries.absences import standing_in
from unisson.core import clock
from unisson.core.access import Actor, may, page
from unisson.core.errors import Refusal
from unisson.patients.queries import lines
from unisson.practice.models import Site
from unisson.screens.secretary import booking_choices as choices
from unisson.screens.secretary.desk_answer import planned
from unisson.screens.shared.dialogs import (
    dialog,
    form_again,
    new_request_id,
    number,
    request_id,
)
from unisson.screens.shared.phones import first_numbers

DAY_INPUT = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
TIME_INPUT = forms.TimeInput(attrs={"type": "time", "step": "300"}, format="%H:%M")
WHAT = "Dites quel jour : 24/11/2026."
HOUR = "Dites l’heure : 9:40."


class AbsenceForm(forms.Form):
    """Who, from when to when, and why. Without hours: whole days."""

    praticien = forms.ChoiceField(label="Qui", error_messages={"required": "Dites qui est absent."})
    du = forms.DateField(
        label="Du", widget=DAY_INPUT, error_messages={"invalid": WHAT, "required": WHAT}
    )
    de = forms.TimeField(
        label="À partir de", required=False, widget=TIME_INPUT, error_messages={"invalid": HOUR}
    )
    au = forms.DateField(
        label="Au", widget=DAY_INPUT, error_messages={"invalid": WHAT, "required": WHAT}
    )
    a = forms.TimeField(
        label="Jusqu’à", required=False, widget=TIME_INPUT, error_messages={"invalid": HOUR}
    )
    libelle = forms.CharField(
        label="Écrit dans l’agenda",
        required=False,
        max_length=60,
        help_text="Formation, congés, visite à domicile : tout le bureau le voit.",
    )
    raison = forms.CharField(label="Pour l’équipe seulement", required=False, max_length=200)

    def __init__(self, *args: Any, actor: Actor, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        who = [(str(each.id), each.name) for each in choices.practitioners(actor)]
        if kind == Absence.Kind.ABSENCE and actor.practitioner_ids is None:
            who += [
                (f"site-{site.pk}", f"Tout le site : {site.name}") for site in Site.objects.all()
            ]
        field = self.fields["praticien"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = who
        if kind == Absence.Kind.BLOCK:
            del self.fields["raison"]

    @property
    def span(self) -> tuple[datetime, datetime]:
        """From and to on the wall clock; without hours, from midnight to midnight."""
        sent = self.cleaned_data
        start = datetime.combine(sent["du"], sent["de"] or time())
        if sent["a"] is None:
            return start, datetime.combine(sent["au"] + timedelta(days=1), time())
        return start, datetime.combine(sent["au"], sent["a"])

    def whom(self) -> dict[str, int]:
        """The practitioner or the site, as the action wants it."""
        kind, _, key = self.cleaned_data["praticien"].rpartition("-")
        return {"site_id" if kind else "practitioner_id": int(key)}


def _asked(request: HttpRequest) -> dict[str, Any]:
    """What the form begins with: the cell it was opened from, else the day shown."""
    asked = request.GET
    try:
        day = date.fromisoformat(asked.get("jour", ""))
    except ValueError:
        day = clock.today()
    initial: dict[str, Any] = {"du": day, "au": day, "praticien": asked.get("praticien", "")}
    minute = number(request, "minute", of="GET")
    if minute is not None and 0 <= minute < 24 * 60:
        end = min(minute + (number(request, "duree", of="GET") or 20), 24 * 60 - 1)
        initial |= {"de": time(*divmod(minute, 60)), "a": time(*divmod(end, 60))}
    return initial


@page("agenda.absence")
@dialog
def absence_new(request: HttpRequest) -> HttpResponse:
    """Declare an absence; those booked in it are then listed, to move or cancel one by one."""
    return _declare(request, Absence.Kind.ABSENCE)


@page("agenda.block")
@dialog
def block(request: HttpRequest) -> HttpResponse:
    """Take some time out of what can be booked."""
    return _declare(request, Absence.Kind.BLOCK)


def _declare(request: HttpRequest, kind: str) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    form = AbsenceForm(request.POST or None, actor=actor, kind=kind, initial=_asked(request))
    context: dict[str, Any] = {
        "form": form,
        "kind": kind,
        "address": request.path,
        "draft_url": request.POST.get("adresse") or request.get_full_path(),
        "request_id": request.POST.get("request_id") or new_request_id(),
    }
    if request.method != "POST":
        return render(request, "desk/absence_new.html", context)
    if not form.is_valid():
        return form_again(request, "desk/absence_new.html", context)
    start, end = form.span
    label, sent = form.cleaned_data["libelle"], request_id(request)
    try:
        if kind == Absence.Kind.BLOCK:
            act = actions.block(
                practitioner_id=form.whom()["practitioner_id"],
                start=start,
                end=end,
                label=label,
                by=actor,
                request_id=sent,
            )
        else:
            act = actions.declare_absence(
                practitioner_id=form.whom().get("practitioner_id"),
                site_id=form.whom().get("site_id"),
                start=start,
                end=end,
                label=label,
                reason=form.cleaned_data["raison"],
                by=actor,
                request_id=sent,
            )
    except Refusal as refusal:
        context |= {"request_id": new_request_id(), "refusal": refusal.sentence}
        return form_again(request, "desk/absence_new.html", context, status=409)
    then = reverse("absence", args=[act.absence_id]) if act.to_rebook else ""
    return planned(request, act, then=then)


@page("agenda.read")
@require_GET
@dialog
def absence(request: HttpRequest, absence_id: int) -> HttpResponse:
    """An absence or a blocked time, and those still booked in it."""
    found, actor = _of_actor(request, absence_id)
    rows = list(
        Appointment.objects.filter(id__in=standing_in(found))
        .select_related("visit_type")
        .order_by("start", "id")
    )
    named = lines(row.patient_id for row in rows)
    numbers = first_numbers(row.patient_id for row in rows)
    blocked = found.kind == Absence.Kind.BLOCK
    return render(
        request,
        "desk/absence.html",
        {
            "absence": found,
            "label": found.label or ("Temps bloqué" if blocked else "Absence"),
            "who": _who(found),
            "may_end": may(actor, "agenda.block" if blocked else "agenda.absence"),
            "rows": [
                {
                    "id": row.pk,
                    "start": row.start,
                    "line": named[row.patient_id],
                    "phone": numbers.get(row.patient_id, "aucun numéro"),
                    "what": row.reason or row.visit_type.label,
                    "move_url": f"{reverse('first-free')}?rdv={row.pk}",
                }
                for row in rows
            ],
        },
    )


@page("agenda.absence")
@require_POST
@dialog
def absence_end(request: HttpRequest, absence_id: int) -> HttpResponse:
    """The time can be booked again."""
    found, actor = _of_actor(request, absence_id)
    end = actions.unblock if found.kind == Absence.Kind.BLOCK else actions.end_absence
    return planned(request, end(absence_id=absence_id, by=actor, request_id=request_id(request)))


def _of_actor(request: HttpRequest, absence_id: int) -> tuple[Absence, Actor]:
    found = (
        Absence.objects.filter(pk=absence_id, ended_at__isnull=True)
        .select_related("practitioner__resource", "site", "resource")
        .first()
    )
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    if found.practitioner_id is not None and not actor.works_for(found.practitioner_id):
        raise Http404
    return found, actor


def _who(absence: Absence) -> str:
    if absence.practitioner is not None:
        return absence.practitioner.resource.name
    if absence.resource is not None:
        return absence.resource.name
    return f"tout le site {absence.site}"
