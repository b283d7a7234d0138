"""When each practitioner receives: hours that come back, and days that are not like the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unisson.agenda import actions
from unisson.agenda.models import OpeningException, OpeningRule, VisitType
from unisson.core import clock
from unisson.core.access import page
from unisson.core.errors import Refusal
from unisson.practice.models import Practitioner, Site
from unisson.screens.manager.fields import WEEKDAYS, Day, Hour, Ticks, whole
from unisson.screens.manager.frame import Sent, actor, asked, done, show, tried
from unisson.screens.shared import french, typed

SECTION = "settings-hours"
ONE = "settings-hours-of"
VERB = "agenda.configure"
RHYTHMS = [
    ("1", "toutes les semaines"),
    ("2", "une semaine sur deux"),
    ("3", "une semaine sur trois"),
    ("4", "une semaine sur quatre"),
]
MONTH_WEEKS = [("1", "1er"), ("2", "2e"), ("3", "3e"), ("4", "4e"), ("5", "5e")]


class RuleForm(Sent):
    """Hours that come back on one or several days of the week."""

    days = Ticks(label="Jours", choices=WEEKDAYS)
    start = Hour(label="De")
    end = Hour(label="À", end=True)
    site = forms.ChoiceField(label="Site")
    every_weeks = forms.ChoiceField(
        label="Rythme", choices=RHYTHMS, help_text="Compté depuis la semaine du premier jour."
    )
    month_weeks = Ticks(
        label="Seulement ces fois dans le mois", choices=MONTH_WEEKS, required=False
    )
    valid_from = Day(label="Premier jour")
    valid_until = Day(
        label="Dernier jour", required=False, help_text="Vide : jusqu’à nouvel ordre."
    )
    visit_types = Ticks(
        label="Seulement pour ces motifs", required=False, help_text="Rien de coché : tous."
    )
    urgent_only = forms.BooleanField(label="Gardé pour les urgences", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = VisitType.objects.filter(active=True)
        self.fields["site"].choices = whole(list(Site.objects.values_list("pk", "name")))  # type: ignore[attr-defined]
        self.fields["visit_types"].choices = whole(list(types.values_list("pk", "label")))  # type: ignore[attr-defined]
        if not types:
            del self.fields["visit_types"]

    @property
    def rule(self) -> dict[str, Any]:
        """What both creating and changing a rule take."""
        sent = self.cleaned_data
        return {
            "site_id": int(sent["site"]),
            "start": sent["start"],
            "end": sent["end"],
            "every_weeks": int(sent["every_weeks"]),
            "month_weeks": [int(week) for week in sent["month_weeks"]],
            "valid_from": sent["valid_from"],
            "valid_until": sent["valid_until"],
            "visit_type_ids": [int(key) for key in sent.get("visit_types", [])],
            "urgent_only": sent["urgent_only"],
        }


class ExceptionForm(Sent):
    """One day that is closed, or open out of the ordinary."""

    day = Day(label="Jour")
    kind = forms.ChoiceField(label="Ce jour-là", choices=[("closed", "fermé"), ("open", "ouvert")])
    start = Hour(label="De", required=False)
    end = Hour(label="À", end=True, required=False, help_text="Vides : fermé toute la journée.")
    site = forms.ChoiceField(label="Site")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = whole(list(Site.objects.values_list("pk", "name")))  # type: ignore[attr-defined]


class PeriodForm(Sent):
    """From what day other hours hold."""

    day = Day(label="À partir du")


@dataclass(frozen=True)
class RuleLine:
    """A rule said in words, for the list."""

    id: int
    weekday: str
    hours: str
    site: str
    rhythm: str
    dates: str
    what: str
    over: bool


def _said(rule: OpeningRule) -> RuleLine:
    today = clock.today()
    rhythm = dict(RHYTHMS).get(str(rule.every_weeks), f"une semaine sur {rule.every_weeks}")
    if rule.month_weeks:
        times = [dict(MONTH_WEEKS)[week] for week in rule.month_weeks.split(",")]
        rhythm = f"{' et '.join(times)} du mois"
    types = [one.label for one in rule.visit_types.all()]
    what = ", ".join(types) or "tous les motifs"
    dates = f"depuis le {rule.valid_from:%d/%m/%Y}"
    if rule.valid_from > today:
        dates = f"à partir du {rule.valid_from:%d/%m/%Y}"
    if rule.valid_until:
        dates = f"du {rule.valid_from:%d/%m/%Y} au {rule.valid_until:%d/%m/%Y}"
    return RuleLine(
        rule.pk,
        french.LONG_WEEKDAYS[rule.weekday],
        f"{typed.shown_hour(rule.start)} – {typed.shown_hour(rule.end, end=True)}",
        rule.site.name,
        rhythm,
        dates,
        f"{what}, urgences seulement" if rule.urgent_only else what,
        rule.valid_until is not None and rule.valid_until < today,
    )


@page(VERB)
@require_GET
def hours(request: HttpRequest) -> HttpResponse:
    """To the first practitioner's hours."""
    first = Practitioner.objects.filter(resource__active=True).first()
    if first is None:
        return show(request, "hours_none.html", SECTION)
    return redirect(ONE, first.pk)


@page(VERB)
@require_GET
def hours_of(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """The hours of one practitioner and her coming exceptions."""
    there = get_object_or_404(Practitioner.objects.select_related("resource"), pk=practitioner_id)
    rules = OpeningRule.objects.filter(practitioner=there).select_related("site")
    said = [_said(rule) for rule in rules.prefetch_related("visit_types")]
    coming = OpeningException.objects.filter(practitioner=there, date__gte=clock.today())
    return show(
        request,
        "hours.html",
        SECTION,
        {
            "there": there,
            "people": Practitioner.objects.filter(resource__active=True).select_related("resource"),
            "rules": [line for line in said if not line.over],
            "over": [line for line in said if line.over],
            "exceptions": coming.select_related("site"),
            "period": PeriodForm(),
        },
    )


@page(VERB)
@require_http_methods(["GET", "POST"])
def rule_new(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """Hours for one or several days of the week, each a rule of its own."""
    there = get_object_or_404(Practitioner.objects.select_related("resource"), pk=practitioner_id)
    initial = {"valid_from": clock.today(), "site": there.resource.site_id, "every_weeks": "1"}
    form = RuleForm(request.POST or None, initial=initial)

    def act() -> None:
        for day in form.cleaned_data["days"]:
            actions.create_opening_rule(
                practitioner_id=there.pk,
                weekday=int(day),
                by=actor(request),
                request_id=form.act_id(day),
                **form.rule,
            )

    if request.method == "POST" and tried(form, act):
        return done(request, f"Horaires de {there.resource.name} enregistrés.", ONE, there.pk)
    context = {"form": form, "there": there, "title": f"Nouvelle plage, {there.resource.name}"}
    return show(request, "hours_form.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_http_methods(["GET", "POST"])
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """One rule that changes, for all its days; several days make several rules."""
    old = get_object_or_404(
        OpeningRule.objects.select_related("practitioner__resource"), pk=rule_id
    )
    there = old.practitioner
    initial = {
        "days": [str(old.weekday)],
        "start": old.start,
        "end": old.end,
        "site": old.site_id,
        "every_weeks": str(old.every_weeks),
        "month_weeks": old.month_weeks.split(","),
        "valid_from": old.valid_from,
        "valid_until": old.valid_until,
        "visit_types": [str(key) for key in old.visit_types.values_list("pk", flat=True)],
        "urgent_only": old.urgent_only,
    }
    form = RuleForm(request.POST or None, initial=initial)

    def act() -> None:
        first, *others = form.cleaned_data["days"]
        kept = str(old.weekday) if str(old.weekday) in [first, *others] else first
        actions.change_opening_rule(
            rule_id=old.pk,
            weekday=int(kept),
            by=actor(request),
            request_id=form.act_id("change"),
            without_end=form.cleaned_data["valid_until"] is None,
            **form.rule,
        )
        for day in {first, *others} - {kept}:
            actions.create_opening_rule(
                practitioner_id=there.pk,
                weekday=int(day),
                by=actor(request),
                request_id=form.act_id(day),
                **form.rule,
            )

    if request.method == "POST" and tried(form, act):
        return done(request, f"Horaires de {there.resource.name} enregistrés.", ONE, there.pk)
    context = {"form": form, "there": there, "title": f"Plage de {there.resource.name}"}
    return show(request, "hours_form.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_POST
def rule_remove(request: HttpRequest, rule_id: int) -> HttpResponse:
    """As if it had never been. The appointments inside stay."""
    old = get_object_or_404(OpeningRule, pk=rule_id)
    form = Sent(request.POST)
    form.is_valid()
    return asked(
        request,
        lambda: actions.remove_opening_rule(
            rule_id=old.pk, by=actor(request), request_id=form.act_id("remove")
        ),
        "Plage retirée. Les rendez-vous qui s’y trouvent restent.",
        ONE,
        old.practitioner_id,
    )


@page(VERB)
@require_POST
def period(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """Other hours from a day on: those that run end the day before and start again, to be changed.

    The past stays true: what was open then is still shown as open.
    """
    there = get_object_or_404(Practitioner, pk=practitioner_id)
    form = PeriodForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(map(str, form.errors["day"])))
        return redirect(ONE, there.pk)
    day = form.cleaned_data["day"]
    current = OpeningRule.objects.filter(practitioner=there, valid_from__lt=day)
    held = [one for one in current if one.valid_until is None or one.valid_until >= day]

    def act() -> None:
        if not held:
            raise Refusal("Aucune plage ne court à cette date. Rien n’a été changé.")
        for old in held:
            actions.change_opening_rule(
                rule_id=old.pk,
                valid_until=day - timedelta(days=1),
                by=actor(request),
                request_id=form.act_id(f"end {old.pk}"),
            )
            actions.create_opening_rule(
                practitioner_id=there.pk,
                site_id=old.site_id,
                weekday=old.weekday,
                start=old.start,
                end=old.end,
                valid_from=_same_weeks(old, day),
                valid_until=old.valid_until,
                every_weeks=old.every_weeks,
                month_weeks=[int(week) for week in old.month_weeks.split(",") if week],
                visit_type_ids=list(old.visit_types.values_list("pk", flat=True)),
                urgent_only=old.urgent_only,
                by=actor(request),
                request_id=form.act_id(f"begin {old.pk}"),
            )

    sentence = (
        f"Les plages en cours s’arrêtent la veille du {day:%d/%m/%Y} et reprennent ce jour-là : "
        "changez celles qui diffèrent."
    )
    return asked(request, act, sentence, ONE, there.pk)


def _same_weeks(old: OpeningRule, day: date) -> date:
    """Where a rule can start again from `day` on without changing which weeks it holds.

    One week in two is counted from the week of its first day: in a week off,
    the new first day is the Monday of the next week on.
    """
    monday = day - timedelta(days=day.weekday())
    first = old.valid_from - timedelta(days=old.valid_from.weekday())
    off = (monday - first).days // 7 % old.every_weeks
    return monday + timedelta(weeks=old.every_weeks - off) if off else day


@page(VERB)
@require_http_methods(["GET", "POST"])
def exception_new(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """Close or open one day."""
    there = get_object_or_404(Practitioner.objects.select_related("resource"), pk=practitioner_id)
    form = ExceptionForm(request.POST or None, initial={"site": there.resource.site_id})
    booked: list[int] = []

    def act() -> None:
        sent = form.cleaned_data
        made = actions.create_exception(
            practitioner_id=there.pk,
            site_id=int(sent["site"]),
            day=sent["day"],
            kind=sent["kind"],
            start=sent["start"],
            end=sent["end"],
            by=actor(request),
            request_id=form.act_id("exception"),
        )
        booked.extend(made.to_rebook)

    if request.method == "POST" and tried(form, act):
        if booked:
            messages.warning(
                request,
                f"{french.plural(len(booked), 'rendez-vous', 'rendez-vous')} ce jour-là : "
                "à déplacer ou à annuler depuis le bureau.",
            )
        said = french.long_day(form.cleaned_data["day"])
        return done(request, f"{there.resource.name}, {said} : enregistré.", ONE, there.pk)
    context = {"form": form, "there": there, "title": f"Un jour à part, {there.resource.name}"}
    return show(request, "hours_form.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_POST
def exception_remove(request: HttpRequest, exception_id: int) -> HttpResponse:
    """The day is like the others again."""
    old = get_object_or_404(OpeningException, pk=exception_id)
    form = Sent(request.POST)
    form.is_valid()
    return asked(
        request,
        lambda: actions.remove_exception(
            exception_id=old.pk, by=actor(request), request_id=form.act_id("remove")
        ),
        f"Le {old.date:%d/%m/%Y} est de nouveau un jour comme les autres.",
        ONE,
        old.practitioner_id,
    )
