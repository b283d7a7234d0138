"""A small world for the patient's pages: accounts, and people who can be taken for one another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client

from unisson.core.access import Actor
from unisson.patients import actions
from unisson.patients.models import Patient
from unisson.patients.rules import ins
from unisson.practice.actors import actor_of
from unisson.practice.models import User

BORN = date(1978, 5, 4)
SPOUSE_PHONE = "06 39 98 41 24"
PHONE = "06 39 98 41 23"


def account(username: str = "petit", name: str = "C. Petit", role: str = "secretary") -> User:
    user, _ = User.objects.get_or_create(username=username, defaults={"name": name, "role": role})
    return user


def actor(username: str = "petit", **more: Any) -> Actor:
    return actor_of(account(username, **more))


def signed_in(username: str = "petit", **more: Any) -> Client:
    client = Client()
    client.force_login(account(username, **more))
    return client


def matricule(thirteen: str = "2780549007123") -> str:
    return thirteen + ins.key(thirteen)


def claire(**more: Any) -> Patient:
    """LEBRUN Claire, née MOREL, F 04/05/1978."""
    fields: dict[str, Any] = {
        "birth_name": "MOREL",
        "birth_first_name": "Claire",
        "birth_given_names": "Claire Anne Marie",
        "birth_date": BORN,
        "sex": "F",
        "birth_place_code": "49007",
        "birth_place_name": "Angers",
        "used_name": "Lebrun",
        "telephones": [actions.NewTelephone(PHONE)],
        "address_line": "8 rue des Lices",
        "postcode": "49000",
        "commune": "Angers",
        **more,
    }
    return actions.create_patient(by=actor(), **fields)


def clara(**more: Any) -> Patient:
    """MOREL Clara, her twin."""
    fields: dict[str, Any] = {
        "birth_name": "MOREL",
        "birth_first_name": "Clara",
        "birth_date": BORN,
        "sex": "F",
        "commune": "Saumur",
        **more,
    }
    return actions.create_patient(by=actor(), **fields)


def claire_again(first: Patient, **more: Any) -> Patient:
    """Claire written a second time, under her birth name: a duplicate."""
    fields: dict[str, Any] = {
        "birth_name": "MOREL",
        "birth_first_name": "Claire",
        "birth_date": BORN,
        "sex": "F",
        "telephones": [actions.NewTelephone(PHONE)],
        "email": "claire.lebrun@example.org",
        "despite": [first.pk],
        **more,
    }
    return actions.create_patient(by=actor(), **fields)


def somebody(name: str = "DURAND", first: str = "Paul", **more: Any) -> Patient:
    """Nobody in particular."""
    fields: dict[str, Any] = {
        "birth_name": name,
        "birth_first_name": first,
        "birth_date": date(1951, 3, 12),
        "sex": "M",
        **more,
    }
    return actions.create_patient(by=actor(), **fields)


@dataclass(frozen=True)
class Page:
    """A page's text, spaces made plain so that a sentence can be looked for."""

    status: int
    text: str

    def says(self, sentence: str) -> bool:
        return sentence.replace("\u00a0", " ") in self.text


def page(response: Any) -> Page:
    """The page as text: tags kept, no-break spaces and runs of spaces made one space."""
    content = response.content.decode().replace("&#x27;", "'")
    content = content.replace("\u00a0", " ").replace("&nbsp;", " ")
    return Page(response.status_code, " ".join(content.split()))
