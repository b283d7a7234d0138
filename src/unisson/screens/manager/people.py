"""The practitioners, in the order of the columns at the desk."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unisson.agenda.models import Appointment
from unisson.core import clock
from unisson.core.access import page
from unisson.practice.actions import house
from unisson.practice.actions.details import PractitionerDetails
from unisson.practice.models import Practitioner, Resource, Site
from unisson.practice.specialties import SPECIALTIES
from unisson.screens.manager.fields import number, whole
from unisson.screens.manager.frame import Sent, actor, asked, done, show, tried

SECTION = "settings-practitioners"
VERB = "practice.configure"


class PractitionerForm(Sent):
    """Who she is, what she is called at the desk, where she usually receives."""

    title = forms.ChoiceField(
        label="Titre",
        required=False,
        choices=[("Dr", "Dr"), ("Pr", "Pr"), ("Mme", "Mme"), ("M.", "M."), ("", "aucun")],
    )
    given_name = forms.CharField(label="Prénom", max_length=80)
    family_name = forms.CharField(label="Nom", max_length=80)
    specialty = forms.CharField(
        label="Spécialité",
        max_length=80,
        widget=forms.TextInput(attrs={"list": "specialites"}),
    )
    shown = forms.CharField(
        label="Nom affiché",
        max_length=80,
        required=False,
        help_text="En tête de colonne. Vide : le titre et le nom.",
    )
    short_specialty = forms.CharField(
        label="Spécialité en bref", max_length=20, required=False, help_text="Pédiatrie, écho, IDE."
    )
    aliases = forms.CharField(
        label="Autres mots tapés pour elle ou lui",
        max_length=120,
        required=False,
        help_text="Séparés par des virgules : écho, ide.",
    )
    rpps = forms.CharField(label="Numéro RPPS", max_length=14, required=False)
    site = forms.ChoiceField(label="Site habituel", required=False)
    home_room = forms.ChoiceField(label="Salle habituelle", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        rooms = Resource.objects.filter(kind=Resource.Kind.ROOM, active=True)
        self.fields["site"].choices = whole(  # type: ignore[attr-defined]
            list(Site.objects.values_list("pk", "name")), "selon les jours"
        )
        self.fields["home_room"].choices = whole(  # type: ignore[attr-defined]
            list(rooms.values_list("pk", "name")), "aucune"
        )

    @property
    def details(self) -> PractitionerDetails:
        sent = self.cleaned_data
        words = ("title", "given_name", "family_name", "specialty", "shown", "short_specialty")
        return PractitionerDetails(
            **{key: sent[key] for key in words},
            rpps=sent["rpps"],
            aliases=sent["aliases"],
            site_id=number(sent["site"]),
            home_room_id=number(sent["home_room"]),
        )


@page(VERB)
@require_GET
def practitioners(request: HttpRequest) -> HttpResponse:
    """All of them, with those who left at the end."""
    people = Practitioner.objects.select_related("resource__site", "home_room")
    return show(
        request,
        "practitioners.html",
        SECTION,
        {"people": people.order_by("-resource__active", "resource__order", "id")},
    )


@page(VERB)
@require_http_methods(["GET", "POST"])
def practitioner(request: HttpRequest, practitioner_id: int | None = None) -> HttpResponse:
    """One practitioner: a new one, or one who changes."""
    there = get_object_or_404(Practitioner, pk=practitioner_id) if practitioner_id else None
    initial = {}
    if there:
        words = ("title", "given_name", "family_name", "specialty", "short_specialty", "aliases",
                 "rpps")  # fmt: skip
        initial = {key: getattr(there, key) for key in words}
        initial |= {
            "shown": there.resource.name,
            "site": there.resource.site_id,
            "home_room": there.home_room_id,
        }
    form = PractitionerForm(request.POST or None, initial=initial)

    def act() -> None:
        if there:
            house.change_practitioner(there.pk, form.details, by=actor(request))
        else:
            house.add_practitioner(form.details, by=actor(request))

    if request.method == "POST" and tried(form, act):
        name = form.cleaned_data["shown"] or form.cleaned_data["family_name"]
        return done(request, f"{name} : enregistré.", SECTION)
    context = {"form": form, "there": there, "back": SECTION, "specialties": SPECIALTIES,
               "title": there.resource.name if there else "Nouveau praticien"}  # fmt: skip
    return show(request, "form.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_POST
def practitioner_in_use(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """She leaves the practice, or comes back. Her appointments stay, and are counted aloud."""
    there = get_object_or_404(Practitioner, pk=practitioner_id)
    active = request.POST.get("active") == "1"
    answer = asked(
        request,
        lambda: house.set_in_use(there.resource_id, active, by=actor(request)),
        f"{there.resource.name} : {'reçoit de nouveau' if active else 'ne reçoit plus'}.",
        SECTION,
    )
    ahead = Appointment.objects.filter(
        practitioner=there, status=Appointment.Status.BOOKED, start__gte=clock.now()
    ).count()
    if not active and ahead:
        messages.warning(
            request,
            f"{ahead} rendez-vous à venir sont encore à son nom : ils restent à déplacer ou à "
            "annuler, un par un.",
        )
    return answer


@page(VERB)
@require_POST
def practitioner_order(request: HttpRequest, practitioner_id: int) -> HttpResponse:
    """One column to the left or to the right."""
    there = get_object_or_404(Practitioner, pk=practitioner_id)
    order = list(
        Practitioner.objects.order_by("resource__order", "id").values_list("pk", flat=True)
    )
    at = order.index(there.pk)
    to = max(0, min(len(order) - 1, at + (-1 if request.POST.get("vers") == "gauche" else 1)))
    order.insert(to, order.pop(at))
    return asked(
        request,
        lambda: house.order_practitioners(order, by=actor(request)),
        f"{there.resource.name} : colonne {to + 1}.",
        SECTION,
    )
