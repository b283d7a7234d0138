"""What the practice has, what it still lacks, and the settings that are about nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from unisson.agenda.models import OpeningRule, VisitType, VisitTypeOffer
from unisson.core import clock
from unisson.core.access import page
from unisson.practice import roles, trail
from unisson.practice.actions import house
from unisson.practice.models import Practice, Practitioner, User
from unisson.screens.manager.fields import Minutes
from unisson.screens.manager.frame import Sent, actor, done, show, tried
from unisson.screens.shared import french

SECTION = "settings"
STALE_BACKUP = timedelta(days=7)
SOON = timedelta(days=14)


class PracticeForm(Sent):
    """The name, and how long a desk left alone stays open."""

    name = forms.CharField(label="Nom du cabinet", max_length=120)
    lock_after_minutes = Minutes(
        "Le délai",
        least=house.SHORTEST_LOCK,
        most=house.LONGEST_LOCK,
        label="Un poste laissé seul se verrouille après (minutes)",
        help_text="Compte à partir de la prochaine connexion ou du prochain déverrouillage.",
    )


@dataclass(frozen=True)
class Missing:
    """Something to do, and where."""

    sentence: str
    address: str


@page("practice.configure")
@require_http_methods(["GET", "POST"])
def overview(request: HttpRequest) -> HttpResponse:
    """The first page of the practice."""
    practice = Practice.objects.get()
    form = PracticeForm(
        request.POST or None,
        initial={"name": practice.name, "lock_after_minutes": practice.lock_after_minutes},
    )

    def act() -> None:
        sent = form.cleaned_data
        house.configure(
            by=actor(request), name=sent["name"], lock_after_minutes=sent["lock_after_minutes"]
        )

    if request.method == "POST" and tried(form, act):
        return done(request, "Réglages enregistrés.", SECTION)
    context = {"form": form, "practice": practice, "missing": missing()}
    return show(request, "overview.html", SECTION, context, status=422 if form.wrong else 200)


def missing() -> list[Missing]:
    """What would stop somebody from working, or will soon; nothing when all is well."""
    return [*_practitioners(), *_visit_types(), *_accounts(), *_backups()]


def _practitioners() -> list[Missing]:
    people = {p.pk: p.resource.name for p in Practitioner.objects.filter(resource__active=True)
              .select_related("resource")}  # fmt: skip
    if not people:
        return [Missing("Personne ne reçoit encore.", reverse("settings-practitioners"))]
    running = OpeningRule.objects.exclude(valid_until__lt=clock.today())
    open_ = set(running.values_list("practitioner_id", flat=True))
    taking = set(
        VisitTypeOffer.objects.filter(active=True, visit_type__active=True).values_list(
            "practitioner_id", flat=True
        )
    )
    return [
        Missing(f"{name} n’a pas d’horaires.", reverse("settings-hours-of", args=[key]))
        for key, name in people.items()
        if key not in open_
    ] + [
        Missing(f"{name} ne prend aucun motif.", reverse("settings-visit-types"))
        for key, name in people.items()
        if key not in taking
    ]


def _visit_types() -> list[Missing]:
    nobody = VisitType.objects.filter(active=True).exclude(offers__active=True)
    return [
        Missing(
            f"Personne ne prend « {one.label} ».", reverse("settings-visit-type", args=[one.pk])
        )
        for one in nobody
    ]


def _accounts() -> list[Missing]:
    today = clock.today()
    ending = User.objects.filter(
        is_active=True, valid_until__gte=today, valid_until__lte=today + SOON
    )
    found = [
        Missing(
            f"Le compte de {one.name} se ferme le {one.valid_until:%d/%m/%Y}.",
            reverse("settings-account", args=[one.pk]),
        )
        for one in ending
    ]
    if User.objects.filter(is_active=True, role=roles.MANAGER).count() < 2:
        found.append(
            Missing(
                "Un seul compte de gestionnaire : si son mot de passe se perd, "
                "personne ne peut en donner un autre.",
                reverse("settings-account-new"),
            )
        )
    return found


def _backups() -> list[Missing]:
    if Practice.objects.filter(demonstration=True).exists():
        return []
    last = trail.last("practice.backup")
    if last is None:
        return [Missing("Rien n’a encore été sauvegardé.", reverse("settings-backups"))]
    if clock.now() - last.at > STALE_BACKUP:
        said = f"La dernière sauvegarde date de {french.said(last.at)}."
        return [Missing(said, reverse("settings-backups"))]
    return []


@page("practice.see_backups")
@require_GET
def backups(request: HttpRequest) -> HttpResponse:
    """The last ones, and how to make, keep and try them."""
    last = trail.last("practice.backup")
    context = {
        "last": last,
        "stale": last is None or clock.now() - last.at > STALE_BACKUP,
        "history": trail.lines(trail.Wanted(verb="practice.backup"))[:10],
        "restored": trail.last("practice.restore"),
    }
    return show(request, "backups.html", "settings-backups", context)
