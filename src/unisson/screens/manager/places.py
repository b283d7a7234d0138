"""Sites, rooms and machines."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unisson.core.access import page
from unisson.practice.actions import house
from unisson.practice.actions.details import ROOM_KINDS, RoomDetails, SiteDetails
from unisson.practice.models import Resource, Site
from unisson.screens.manager.fields import number, whole
from unisson.screens.manager.frame import Sent, actor, asked, done, show, tried
from unisson.screens.shared import french

SECTION = "settings-places"
VERB = "practice.configure"


class SiteForm(Sent):
    """A place and its public holidays."""

    name = forms.CharField(label="Nom", max_length=80)
    address = forms.CharField(label="Adresse", max_length=200, required=False)
    postcode = forms.CharField(label="Code postal", max_length=5, required=False)
    commune = forms.CharField(label="Commune", max_length=80, required=False)
    phone = forms.CharField(label="Téléphone", max_length=20, required=False)
    holiday_zone = forms.ChoiceField(label="Jours fériés", choices=Site.HolidayZone.choices)

    @property
    def details(self) -> SiteDetails:
        sent = self.cleaned_data
        return SiteDetails(**{key: sent[key] for key in sent if key != "request_id"})


class RoomForm(Sent):
    """A room or a machine, on one site or moving between them."""

    name = forms.CharField(label="Nom", max_length=80)
    kind = forms.ChoiceField(
        label="Sorte", choices=[c for c in Resource.Kind.choices if c[0] in ROOM_KINDS]
    )
    site = forms.ChoiceField(label="Site", required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"].choices = whole(  # type: ignore[attr-defined]
            list(Site.objects.values_list("pk", "name")), "se déplace entre les sites"
        )

    @property
    def details(self) -> RoomDetails:
        sent = self.cleaned_data
        return RoomDetails(sent["name"], sent["kind"], number(sent["site"]))


@page(VERB)
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The sites, and what stands in them."""
    rooms = Resource.objects.filter(kind__in=ROOM_KINDS).select_related("site")
    return show(
        request,
        "places.html",
        SECTION,
        {
            "sites": Site.objects.all(),
            "rooms": rooms.order_by("-active", "site__order", "order", "id"),
        },
    )


@page(VERB)
@require_http_methods(["GET", "POST"])
def site(request: HttpRequest, site_id: int | None = None) -> HttpResponse:
    """One site: a new one, or one that changes."""
    there = get_object_or_404(Site, pk=site_id) if site_id else None
    initial = {key: getattr(there, key) for key in SiteForm.base_fields if hasattr(there, key)}
    if there:
        initial["phone"] = french.phone(there.phone)
    form = SiteForm(request.POST or None, initial=initial)

    def act() -> None:
        if there:
            house.change_site(there.pk, form.details, by=actor(request))
        else:
            house.add_site(form.details, by=actor(request))

    if request.method == "POST" and tried(form, act):
        return done(request, f"Site {form.cleaned_data['name']} enregistré.", SECTION)
    context = {"form": form, "there": there, "title": there.name if there else "Nouveau site",
               "back": SECTION, "remove": "settings-site-remove" if there else ""}  # fmt: skip
    return show(request, "form.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_POST
def site_remove(request: HttpRequest, site_id: int) -> HttpResponse:
    """Take away a site that nothing uses."""
    there = get_object_or_404(Site, pk=site_id)
    return asked(
        request,
        lambda: house.remove_site(there.pk, by=actor(request)),
        f"Site {there.name} retiré.",
        SECTION,
    )


@page(VERB)
@require_http_methods(["GET", "POST"])
def room(request: HttpRequest, room_id: int | None = None) -> HttpResponse:
    """One room or machine: a new one, or one that changes."""
    rooms = Resource.objects.filter(kind__in=ROOM_KINDS)
    there = get_object_or_404(rooms, pk=room_id) if room_id else None
    initial = {"name": there.name, "kind": there.kind, "site": there.site_id} if there else {}
    form = RoomForm(request.POST or None, initial=initial)

    def act() -> None:
        if there:
            house.change_room(there.pk, form.details, by=actor(request))
        else:
            house.add_room(form.details, by=actor(request))

    if request.method == "POST" and tried(form, act):
        return done(request, f"{form.cleaned_data['name']} : enregistré.", SECTION)
    context = {"form": form, "there": there, "back": SECTION,
               "title": there.name if there else "Nouvelle salle, nouveau matériel"}  # fmt: skip
    return show(request, "form.html", SECTION, context, status=422 if form.wrong else 200)


@page(VERB)
@require_POST
def room_in_use(request: HttpRequest, room_id: int) -> HttpResponse:
    """Out of use, or back; what it was taken for stays."""
    there = get_object_or_404(Resource, pk=room_id, kind__in=ROOM_KINDS)
    active = request.POST.get("active") == "1"
    return asked(
        request,
        lambda: house.set_in_use(there.pk, active, by=actor(request)),
        f"{there.name} : {'de nouveau en service' if active else 'retiré'}.",
        SECTION,
    )
