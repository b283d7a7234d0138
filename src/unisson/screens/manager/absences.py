"""Absences and closings to come, of a practitioner, a site, a room or a machine."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unisson.agenda import actions, queries
from unisson.agenda.models import Absence
from unisson.core import clock
from unisson.core.access import page
from unisson.practice.models import Practitioner, Resource, Site
from unisson.screens.manager.fields import Day, Hour
from unisson.screens.manager.frame import Sent, actor, asked, done, show, tried
from unisson.screens.shared import french

SECTION = "settings-absences"
VERB = "agenda.absence"
AHEAD = timedelta(days=400)


class AbsenceForm(Sent):
    """Who, from when to when. Without hours: whole days, the last one included."""

    who = forms.ChoiceField(label="Qui, ou quoi")
    label = forms.CharField(
        label="Écrit dans l’agenda",
        max_length=60,
        required=False,
        help_text="Congés, formation : tout le bureau le voit.",
    )
    first = Day(label="Premier jour")
    start = Hour(label="À partir de", required=False)
    last = Day(label="Dernier jour", required=False, help_text="Vide : le même jour.")
    end = Hour(label="Jusqu’à", end=True, required=False, help_text="Heures vides : jours entiers.")
    reason = forms.CharField(label="Pour l’équipe seulement", max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Practitioner.objects.filter(resource__active=True).select_related("resource")
        things = Resource.objects.filter(active=True, practitioner__isnull=True)
        self.fields["who"].choices = [  # type: ignore[attr-defined]
            ("Praticiens", [(f"practitioner-{p.pk}", p.resource.name) for p in people]),
            ("Sites", [(f"site-{s.pk}", f"Tout le site {s.name}") for s in Site.objects.all()]),
            ("Salles et matériel", [(f"resource-{r.pk}", r.name) for r in things]),
        ]

    def clean(self) -> dict[str, Any]:
        sent: dict[str, Any] = super().clean() or {}
        first = sent.get("first")
        last = sent.get("last") or first
        if isinstance(first, date) and isinstance(last, date):
            end = sent.get("end")
            sent["span"] = (
                datetime.combine(first, sent.get("start") or time()),
                datetime.combine(last, end)
                if end not in (None, time(0))
                else datetime.combine(last + timedelta(days=1), time()),
            )
        return sent

    @property
    def whom(self) -> dict[str, int]:
        kind, _, key = self.cleaned_data["who"].partition("-")
        return {f"{kind}_id": int(key)}


@page(VERB)
@require_GET
def absences(request: HttpRequest) -> HttpResponse:
    """Those that are running or coming, with how many appointments still stand in each."""
    today = clock.today()
    found = queries.absences(today, today + AHEAD, kind=Absence.Kind.ABSENCE)
    return show(
        request,
        "absences.html",
        SECTION,
        {"absences": [(one, _span(one), len(queries.standing_in(one))) for one in found]},
    )


def _span(absence: Absence) -> str:
    start, end = clock.local(absence.start), clock.local(absence.end)
    if start.time() == end.time() == time(0):
        last = (end - timedelta(days=1)).date()
        if start.date() == last:
            return french.short_day(last)
        return f"{french.short_day(start.date())} – {french.short_day(last)}"
    return f"{french.said(absence.start)} – {french.said(absence.end)}"


@page(VERB)
@require_http_methods(["GET", "POST"])
def absence_new(request: HttpRequest) -> HttpResponse:
    """Declare one. Nobody is cancelled: what stands in it is told, to be moved one by one."""
    form = AbsenceForm(request.POST or None)
    booked: list[int] = []

    def act() -> None:
        start, end = form.cleaned_data["span"]
        made = actions.declare_absence(
            start=start,
            end=end,
            label=form.cleaned_data["label"],
            reason=form.cleaned_data["reason"],
            by=actor(request),
            request_id=form.act_id("absence"),
            **form.whom,
        )
        booked.extend(made.to_rebook)

    if request.method == "POST" and tried(form, act):
        if booked:
            messages.warning(
                request,
                f"{french.plural(len(booked), 'rendez-vous', 'rendez-vous')} à déplacer ou à "
                "annuler : ils sont marqués « à replacer » au bureau.",
            )
        return done(request, "Absence enregistrée.", SECTION)
    context = {"form": form, "title": "Nouvelle absence ou fermeture", "back": SECTION,
               "pairs": True}  # fmt: skip
    return show(request, "form.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_POST
def absence_end(request: HttpRequest, absence_id: int) -> HttpResponse:
    """It no longer counts: its time can be booked again."""
    there = get_object_or_404(Absence, pk=absence_id)
    form = Sent(request.POST)
    form.is_valid()
    return asked(
        request,
        lambda: actions.end_absence(
            absence_id=there.pk, by=actor(request), request_id=form.act_id("end")
        ),
        "Absence retirée.",
        SECTION,
    )
