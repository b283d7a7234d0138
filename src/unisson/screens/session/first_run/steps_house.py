"""Steps 1 and 2: the places, then the people who receive and where."""

from __future__ import annotations

from django.http import QueryDict

from unisson.core.errors import Refusal
from unisson.practice.actions.details import PractitionerDetails, RoomDetails, SiteDetails
from unisson.practice.models import Resource, Site
from unisson.practice.specialties import SPECIALTIES, specialty_named
from unisson.screens.session.first_run.draft import Draft, Problems, rows
from unisson.screens.session.first_run.fields import Column, Table, lines

SITE = ["name", "address", "postcode", "commune", "phone", "zone"]
PERSON = ["title", "given_name", "family_name", "specialty", "rpps", "site", "room"]
ROOM = ["name", "kind", "site"]
TITLES = [("Dr", "Dr"), ("Mme", "Mme"), ("M.", "M."), ("Pr", "Pr"), ("", "(aucun)")]


class Places:
    slug, title = "cabinet", "Le cabinet et ses sites"
    lead = "Le nom que l’équipe et les patients connaissent, puis chaque adresse où l’on reçoit."

    def read(self, draft: Draft, post: QueryDict) -> None:
        draft.name = " ".join(post.get("house.name", "").split())[:200]
        draft.sites = rows(post, "sites", SITE, "name")

    def problems(self, draft: Draft) -> Problems:
        found: Problems = {}
        if not draft.name:
            found["house.0.name"] = "Il manque le nom du cabinet."
        elif len(draft.name) > 120:
            found["house.0.name"] = "Le nom du cabinet dépasse 120 caractères."
        if not draft.sites:
            found["sites.0.name"] = "Il faut au moins un site."
        for place, row in enumerate(draft.sites):
            try:
                site_details(row).clean()
            except Refusal as refusal:
                found[f"sites.{place}.{_site_column(refusal.field)}"] = refusal.sentence
            if any(row["name"].casefold() == one["name"].casefold() for one in draft.sites[:place]):
                found[f"sites.{place}.name"] = f"Deux sites s’appellent {row['name']}."
        return found

    def tables(self, draft: Draft, problems: Problems, added: str) -> list[Table]:
        house = [Column("name", "Nom du cabinet", width="l", needed=True)]
        site = [
            Column("name", "Nom du site", width="l", placeholder="Centre, rue des Lilas…"),
            Column("address", "Adresse", width="l"),
            Column("postcode", "Code postal", width="s"),
            Column("commune", "Commune"),
            Column("phone", "Téléphone"),
            Column("zone", "Jours fériés", "select", "p", choices=Site.HolidayZone.choices),
        ]
        held = [*draft.sites, {}] if added == "sites" or not draft.sites else draft.sites
        return [
            Table("", house, lines("house", house, [{"name": draft.name}], problems, what="cabinet",
                                   focus=not draft.name)),
            Table("Sites", site, lines("sites", site, held, problems, what="site",
                                       focus=added == "sites"),
                  add="sites", add_label="Ajouter un site"),
        ]  # fmt: skip


def _site_column(field: str) -> str:
    return "zone" if field == "holiday_zone" else field or "name"


def site_details(row: dict[str, str]) -> SiteDetails:
    return SiteDetails(
        name=row.get("name", ""),
        address=row.get("address", ""),
        postcode=row.get("postcode", ""),
        commune=row.get("commune", ""),
        phone=row.get("phone", ""),
        holiday_zone=row.get("zone") or Site.HolidayZone.METROPOLE,
    )


class People:
    slug, title = "praticiens", "Les praticiens, leurs salles et leur matériel"
    lead = "Chaque personne qui reçoit aura sa colonne au bureau, dans cet ordre."

    def read(self, draft: Draft, post: QueryDict) -> None:
        draft.people = rows(post, "people", PERSON, "family_name")
        draft.rooms = rows(post, "rooms", ROOM, "name")

    def problems(self, draft: Draft) -> Problems:
        found: Problems = {}
        if not draft.people:
            found["people.0.family_name"] = "Il faut au moins un praticien."
        for place, row in enumerate(draft.people):
            try:
                person_details(row).clean()
            except Refusal as refusal:
                found[f"people.{place}.{refusal.field}"] = refusal.sentence
            before = {draft.person_name(other).casefold() for other in range(place)}
            if draft.person_name(place).casefold() in before:
                found[f"people.{place}.family_name"] = (
                    f"Deux praticiens s’appellent {draft.person_name(place)} : "
                    "ajoutez une initiale au nom."
                )
        for place, row in enumerate(draft.rooms):
            try:
                RoomDetails(row["name"], row.get("kind", "")).clean()
            except Refusal as refusal:
                found[f"rooms.{place}.{refusal.field}"] = refusal.sentence
        return found

    def tables(self, draft: Draft, problems: Problems, added: str) -> list[Table]:
        sites = draft.site_choices()
        where = [Column("site", "Site", "select", choices=sites)] if len(sites) > 1 else []
        person = [
            Column("title", "Titre", "select", "s", choices=TITLES),
            Column("given_name", "Prénom"),
            Column("family_name", "Nom"),
            Column(
                "specialty", "Spécialité", width="p", suggestions=[one.name for one in SPECIALTIES]
            ),
            *where,
            Column("room", "Salle habituelle", placeholder="Cabinet 1"),
            Column("rpps", "RPPS (facultatif)", width="n"),
        ]
        kinds = [k for k in Resource.Kind.choices if k[0] != Resource.Kind.PRACTITIONER]
        room = [
            Column("name", "Nom", placeholder="Salle d’échographie, échographe…"),
            Column("kind", "Sorte", "select", choices=kinds),
            *where,
        ]
        people = [*draft.people, {}] if added == "people" or not draft.people else draft.people
        rooms = [*draft.rooms, {}] if added == "rooms" or not draft.rooms else draft.rooms
        return [
            Table("Praticiens", person,
                  lines("people", person, people, problems, what="praticien",
                        focus=added == "people" or not draft.people),
                  add="people", add_label="Ajouter un praticien"),
            Table("Autres salles et matériel", room,
                  lines("rooms", room, rooms, problems, what="ligne", focus=added == "rooms"),
                  lead="Ce que plusieurs se partagent et qu’un rendez-vous peut occuper.",
                  add="rooms"),
        ]  # fmt: skip


def person_details(row: dict[str, str]) -> PractitionerDetails:
    ready = specialty_named(row.get("specialty", ""))
    return PractitionerDetails(
        family_name=row.get("family_name", ""),
        given_name=row.get("given_name", ""),
        specialty=row.get("specialty", ""),
        title=row.get("title", ""),
        short_specialty=ready.short if ready else "",
        rpps=row.get("rpps", ""),
    )


def rooms_of(draft: Draft) -> list[dict[str, str]]:
    """Every room and machine: those listed, then the usual rooms that were only named."""
    found = [dict(row) for row in draft.rooms]
    known = {row["name"].casefold() for row in found}
    for person in draft.people:
        name = person.get("room", "")
        if name and name.casefold() not in known:
            known.add(name.casefold())
            found.append({"name": name, "kind": Resource.Kind.ROOM, "site": person.get("site", "")})
    return found
