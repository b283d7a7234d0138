"""The practice, its sites, rooms, machines and practitioners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from django.db import IntegrityError, transaction
from django.db.models import Max, ProtectedError, Q

from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import Act, gesture
from unisson.practice.actions.details import PractitionerDetails, RoomDetails, SiteDetails
from unisson.practice.actions.staff import NewAccount, create_account
from unisson.practice.models import Practice, Practitioner, Resource, Site

SHORTEST_LOCK, LONGEST_LOCK = 1, 60  # minutes


@dataclass(frozen=True)
class House:
    """A whole practice on paper: ids in it are places in its own lists, from 0."""

    name: str
    sites: Sequence[SiteDetails]
    rooms: Sequence[RoomDetails] = ()
    practitioners: Sequence[PractitionerDetails] = ()
    accounts: Sequence[NewAccount] = ()
    demonstration: bool = False
    lock_after_minutes: int = 5


@dataclass(frozen=True)
class Founded:
    """The database ids of what was created, in the order of the lists of the House."""

    practice_id: int
    sites: list[int] = field(default_factory=list)
    rooms: list[int] = field(default_factory=list)
    practitioners: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)


def found(house: House, *, by: Actor) -> Founded:
    """Set a practice up, whole or not at all; only once per installation."""
    if not house.sites:
        raise Refusal("Un cabinet a au moins un site.", field="sites")
    with gesture("practice.found", by=by) as act:
        practice = _only_practice(house, act)
        done = Founded(practice.pk)
        for site in house.sites:
            done.sites.append(_create_site(site, act).pk)
        for room in house.rooms:
            placed = replace(room, site_id=_at(done.sites, room.site_id))
            done.rooms.append(_create_room(placed, act).pk)
        for person in house.practitioners:
            settled = replace(
                person,
                site_id=_at(done.sites, person.site_id),
                home_room_id=_at(done.rooms, person.home_room_id),
            )
            done.practitioners.append(_create_practitioner(settled, act).pk)
        for account in house.accounts:
            own = account.details
            details = replace(
                own,
                practitioner_id=_at(done.practitioners, own.practitioner_id),
                works_for=frozenset(done.practitioners[place] for place in own.works_for),
                sites=frozenset(done.sites[place] for place in own.sites),
            )
            user = create_account(replace(account, details=details), act)
            done.accounts.append(user.pk)
    return done


def _at(ids: list[int], place: int | None) -> int | None:
    return None if place is None else ids[place]


def _only_practice(house: House, act: Act) -> Practice:
    """The first row and the last: its primary key keeps a second one out, on both engines."""
    practice = Practice(
        pk=1,
        name=_practice_name(house.name),
        demonstration=house.demonstration,
        lock_after_minutes=_lock_minutes(house.lock_after_minutes),
        created_at=act.at,
    )
    try:
        with transaction.atomic():
            practice.save(force_insert=True)
    except IntegrityError as error:
        raise Refusal("Un cabinet existe déjà ici. Rien n’a été créé : connectez-vous.") from error
    act.audit("C", practice)
    return practice


def _practice_name(name: str) -> str:
    line = " ".join(name.split())
    if not line:
        raise Refusal("Il manque le nom du cabinet.", field="name")
    if len(line) > 120:
        raise Refusal("Le nom du cabinet dépasse 120 caractères.", field="name")
    return line


def _lock_minutes(minutes: int) -> int:
    if not SHORTEST_LOCK <= minutes <= LONGEST_LOCK:
        raise Refusal(
            f"Le verrouillage se règle entre {SHORTEST_LOCK} et {LONGEST_LOCK} minutes.",
            field="lock_after_minutes",
        )
    return minutes


def configure(*, by: Actor, name: str, lock_after_minutes: int) -> Practice:
    """Change the practice's name and the minutes after which an idle desk locks itself."""
    with gesture("practice.configure", by=by) as act:
        practice = Practice.objects.get()
        practice.name = _practice_name(name)
        practice.lock_after_minutes = _lock_minutes(lock_after_minutes)
        practice.save()
        act.audit("U", practice, detail=f"verrouillage {practice.lock_after_minutes} min")
        act.tell("practice.changed")
    return practice


# Sites -----------------------------------------------------------------------


def add_site(details: SiteDetails, *, by: Actor) -> Site:
    with gesture("practice.configure", by=by) as act:
        site = _create_site(details, act)
        act.tell("practice.changed")
    return site


def change_site(site_id: int, details: SiteDetails, *, by: Actor) -> Site:
    with gesture("practice.configure", by=by) as act:
        site = Site.objects.get(pk=site_id)
        _fill_site(site, details)
        act.audit("U", site, detail=site.name)
        act.tell("practice.changed")
    return site


def remove_site(site_id: int, *, by: Actor) -> None:
    """Take away a site nothing refers to; one that was used stays."""
    with gesture("practice.configure", by=by) as act:
        site = Site.objects.get(pk=site_id)
        if Site.objects.count() == 1:
            raise Refusal("Un cabinet a au moins un site : celui-ci reste.")
        try:
            with transaction.atomic():
                site.delete()
        except (ProtectedError, IntegrityError) as error:
            raise Refusal(
                f"{site.name} a des salles, des horaires ou des rendez-vous : il reste. "
                "Retirez d’abord ses salles et ses horaires."
            ) from error
        act.audit("D", "Site", object_id=site_id, detail=site.name)
        act.tell("practice.changed")


def _create_site(details: SiteDetails, act: Act) -> Site:
    site = Site(order=_next_order(Site))
    _fill_site(site, details)
    act.audit("C", site, detail=site.name)
    return site


def _fill_site(site: Site, details: SiteDetails) -> None:
    clean = details.clean()
    if Site.objects.filter(name__iexact=clean.name).exclude(pk=site.pk).exists():
        raise Refusal(f"Un site s’appelle déjà {clean.name}.", field="name")
    site.name = clean.name
    site.address = clean.address
    site.postcode = clean.postcode
    site.commune = clean.commune
    site.phone = clean.phone
    site.holiday_zone = clean.holiday_zone
    site.save()


# Rooms and machines ----------------------------------------------------------


def add_room(details: RoomDetails, *, by: Actor) -> Resource:
    with gesture("practice.configure", by=by) as act:
        room = _create_room(details, act)
        act.tell("practice.changed")
    return room


def change_room(room_id: int, details: RoomDetails, *, by: Actor) -> Resource:
    with gesture("practice.configure", by=by) as act:
        room = Resource.objects.get(
            pk=room_id, kind__in=[Resource.Kind.ROOM, Resource.Kind.EQUIPMENT]
        )
        _fill_room(room, details)
        act.audit("U", room, detail=room.name)
        act.tell("practice.changed")
    return room


def set_in_use(resource_id: int, active: bool, *, by: Actor) -> Resource:
    """Take a room, a machine or a practitioner out of use, or back. What it did is kept."""
    with gesture("practice.configure", by=by) as act:
        resource = Resource.objects.get(pk=resource_id)
        resource.active = active
        resource.save(update_fields=["active"])
        act.audit("U", resource, detail=f"{resource.name}, {'en service' if active else 'retiré'}")
        act.tell("practice.changed")
    return resource


def _create_room(details: RoomDetails, act: Act) -> Resource:
    room = Resource(order=_next_order(Resource))
    _fill_room(room, details)
    act.audit("C", room, detail=room.name)
    return room


def _fill_room(room: Resource, details: RoomDetails) -> None:
    clean = details.clean()
    here = Q(site__isnull=True) if clean.site_id is None else Q(site_id=clean.site_id)
    same = Resource.objects.filter(here, name__iexact=clean.name, active=True)
    if same.exclude(pk=room.pk).exists():
        raise Refusal(f"{clean.name} existe déjà sur ce site.", field="name")
    room.name = clean.name
    room.kind = clean.kind
    room.site_id = clean.site_id
    room.save()


# Practitioners ---------------------------------------------------------------


def add_practitioner(details: PractitionerDetails, *, by: Actor) -> Practitioner:
    with gesture("practice.configure", by=by) as act:
        practitioner = _create_practitioner(details, act)
        act.tell("practice.changed")
    return practitioner


def change_practitioner(
    practitioner_id: int, details: PractitionerDetails, *, by: Actor
) -> Practitioner:
    with gesture("practice.configure", by=by) as act:
        practitioner = Practitioner.objects.select_related("resource").get(pk=practitioner_id)
        _fill_practitioner(practitioner, details)
        act.audit("U", practitioner, detail=practitioner.resource.name)
        act.tell("practice.changed")
    return practitioner


def order_practitioners(practitioner_ids: Sequence[int], *, by: Actor) -> None:
    """The order of the columns at the desk, from the left."""
    with gesture("practice.configure", by=by) as act:
        people = {p.pk: p for p in Practitioner.objects.select_related("resource")}
        if set(practitioner_ids) != set(people):
            raise Refusal(
                "La liste des praticiens a changé entre-temps. L’ordre n’a pas été modifié : "
                "rechargez la page."
            )
        for place, key in enumerate(practitioner_ids):
            resource = people[key].resource
            resource.order = place
            resource.save(update_fields=["order"])
        act.audit("U", "Practitioner", detail="ordre des colonnes")
        act.tell("practice.changed")


def _create_practitioner(details: PractitionerDetails, act: Act) -> Practitioner:
    resource = Resource(kind=Resource.Kind.PRACTITIONER, order=_next_order(Resource))
    practitioner = Practitioner(resource=resource)
    _fill_practitioner(practitioner, details)
    act.audit("C", practitioner, detail=resource.name)
    return practitioner


def _fill_practitioner(practitioner: Practitioner, details: PractitionerDetails) -> None:
    clean = details.clean()
    resource = practitioner.resource
    same = Resource.objects.filter(
        kind=Resource.Kind.PRACTITIONER, name__iexact=clean.shown, active=True
    )
    if same.exclude(pk=resource.pk).exists():
        raise Refusal(
            f"{clean.shown} est déjà un nom affiché : ajoutez une initiale pour les distinguer.",
            field="shown",
        )
    resource.name = clean.shown
    resource.site_id = clean.site_id
    resource.save()
    practitioner.resource = resource
    practitioner.title = clean.title
    practitioner.family_name = clean.family_name
    practitioner.given_name = clean.given_name
    practitioner.specialty = clean.specialty
    practitioner.short_specialty = clean.short_specialty
    practitioner.rpps = clean.rpps
    practitioner.aliases = clean.aliases
    practitioner.home_room_id = clean.home_room_id
    practitioner.save()


def _next_order(model: type[Site] | type[Resource]) -> int:
    highest = model.objects.aggregate(highest=Max("order"))["highest"]
    return 0 if highest is None else highest + 1
