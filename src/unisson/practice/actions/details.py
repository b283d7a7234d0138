"""What is written on a form about a site, a room, a practitioner or an account, made clean.

Each `clean` returns the details as they will be stored, or raises a Refusal
that names the field. The first-run pages check with it before they found the
practice, the manager's pages go through the actions, which call it too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import phonenumbers

from unisson.core.errors import Refusal
from unisson.practice import roles
from unisson.practice.models import Resource, Site
from unisson.practice.rules.names import is_rpps, is_username

# Where a national number is read, by public-holiday zone (ISO 3166-1).
REGIONS = {
    "FR-971": "GP",
    "FR-972": "MQ",
    "FR-973": "GF",
    "FR-974": "RE",
    "FR-976": "YT",
}
ROOM_KINDS = (Resource.Kind.ROOM, Resource.Kind.EQUIPMENT)


def text(value: str, what: str, *, field: str, most: int, needed: bool = False) -> str:
    """One line without stray spaces, of at most `most` characters."""
    line = " ".join(value.split())
    if needed and not line:
        raise Refusal(f"Il manque {what}.", field=field)
    if len(line) > most:
        raise Refusal(f"{_capital(what)} dépasse {most} caractères.", field=field)
    return line


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def phone(value: str, zone: str, *, field: str = "phone") -> str:
    """A number as people write it, in E.164; empty stays empty."""
    if not value.strip():
        return ""
    try:
        number = phonenumbers.parse(value, REGIONS.get(zone, "FR"))
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Refusal(f"« {value.strip()} » n’est pas un numéro de téléphone complet.", field=field)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@dataclass(frozen=True)
class SiteDetails:
    """A place where patients are received. `phone` in any spelling."""

    name: str
    address: str = ""
    postcode: str = ""
    commune: str = ""
    phone: str = ""
    holiday_zone: str = Site.HolidayZone.METROPOLE

    def clean(self) -> SiteDetails:
        if self.holiday_zone not in Site.HolidayZone.values:
            raise Refusal(
                "Choisissez la zone des jours fériés dans la liste.", field="holiday_zone"
            )
        postcode = re.sub(r"\s", "", self.postcode)
        if postcode and not re.fullmatch(r"[0-9]{5}", postcode):
            raise Refusal("Le code postal se compose de 5 chiffres.", field="postcode")
        return SiteDetails(
            name=text(self.name, "le nom du site", field="name", most=80, needed=True),
            address=text(self.address, "l’adresse", field="address", most=200),
            postcode=postcode,
            commune=text(self.commune, "la commune", field="commune", most=80),
            phone=phone(self.phone, self.holiday_zone),
            holiday_zone=self.holiday_zone,
        )


@dataclass(frozen=True)
class RoomDetails:
    """A room or a machine. `site_id` None: it moves between sites."""

    name: str
    kind: str = Resource.Kind.ROOM
    site_id: int | None = None

    def clean(self) -> RoomDetails:
        if self.kind not in ROOM_KINDS:
            raise Refusal("Dites si c’est une salle ou un matériel.", field="kind")
        name = text(
            self.name, "le nom de la salle ou du matériel", field="name", most=80, needed=True
        )
        return replace(self, name=name)


@dataclass(frozen=True)
class PractitionerDetails:
    """Someone who receives patients. `shown` is the name at the desk: "Dr Nguyen"."""

    family_name: str
    given_name: str
    specialty: str
    title: str = ""
    shown: str = ""
    short_specialty: str = ""
    rpps: str = ""
    aliases: str = ""
    site_id: int | None = None
    home_room_id: int | None = None

    def clean(self) -> PractitionerDetails:
        rpps = re.sub(r"\s", "", self.rpps)
        if rpps and not is_rpps(rpps):
            raise Refusal(
                "Le numéro RPPS a 11 chiffres, et le dernier vérifie les autres : "
                f"« {rpps} » comporte une erreur. Il peut rester vide.",
                field="rpps",
            )
        family = text(self.family_name, "le nom", field="family_name", most=80, needed=True)
        title = text(self.title, "le titre", field="title", most=10)
        shown = text(self.shown, "le nom affiché", field="shown", most=80)
        return replace(
            self,
            family_name=family,
            given_name=text(self.given_name, "le prénom", field="given_name", most=80, needed=True),
            specialty=text(
                self.specialty, "la spécialité", field="specialty", most=80, needed=True
            ),
            title=title,
            shown=shown or f"{title} {family}".strip(),
            short_specialty=text(
                self.short_specialty, "la spécialité en bref", field="short_specialty", most=20
            ),
            rpps=rpps,
            aliases=text(self.aliases, "les autres mots", field="aliases", most=120),
        )


@dataclass(frozen=True)
class AccountDetails:
    """A named account. Dates are days in Paris, both included."""

    username: str
    name: str
    role: str
    practitioner_id: int | None = None
    works_for: frozenset[int] = frozenset()
    sites: frozenset[int] = frozenset()
    valid_from: date | None = None
    valid_until: date | None = None

    def clean(self) -> AccountDetails:
        username = self.username.strip().lower()
        if not is_username(username):
            raise Refusal(
                "L’identifiant a de 3 à 40 lettres sans accent, chiffres, points ou tirets, "
                "et commence par une lettre : c.petit.",
                field="username",
            )
        if self.role not in roles.LABELS:
            raise Refusal("Choisissez un rôle dans la liste.", field="role")
        care = self.role in roles.CARE
        if care and self.practitioner_id is None:
            raise Refusal("Dites de quel praticien il s’agit.", field="practitioner")
        if self.role == roles.REPLACEMENT and self.valid_until is None:
            raise Refusal(
                "Un remplacement a une fin : indiquez son dernier jour.", field="valid_until"
            )
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise Refusal("Le dernier jour vient avant le premier.", field="valid_until")
        return replace(
            self,
            username=username,
            name=text(self.name, "le nom affiché", field="name", most=80, needed=True),
            practitioner_id=self.practitioner_id if care else None,
        )
