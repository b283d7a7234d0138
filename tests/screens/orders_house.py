"""A small practice for the command line: two doctors, three people called ROUX, one twin pair.

Open every day from 8:00 to 19:00; "now" is Tuesday 24 November 2026, 9:41.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.test import Client

from tests.modules.reception_house import House as Reception
from unisson.agenda.models import VisitType, VisitTypeOffer
from unisson.patients import search_index
from unisson.patients.models import Patient

NOW = "2026-11-24T09:41:00+01:00"


class House(Reception):
    """The practice of the tests of reception, with patients to be told apart."""

    def __init__(self) -> None:
        super().__init__()
        self.control = VisitType.objects.create(code="CTRL", label="Contrôle", order=5)
        for who in (self.diallo, self.nguyen):
            VisitTypeOffer.objects.create(visit_type=self.control, practitioner=who, minutes=30)
        self.paul = self.patient("ROUX", "Paul")
        self.lea = self.patient("ROUX", "Léa", "F", date(2014, 9, 7))
        self.kaci = self.patient("KACI", "Nadia", "F", date(1984, 8, 17))
        self.mercier = self.patient("MERCIER", "Théo", "M", date(2001, 3, 13))
        # A patient who bears a practitioner's name.
        self.nguyen_patient = self.patient("NGUYEN", "Anh", "F", date(1990, 1, 2))
        search_index.refresh(Patient.objects.values_list("id", flat=True))
        self.secretary = self.account("petit")

    def signed_in(self) -> Client:
        client = Client()
        client.force_login(self.secretary)
        return client


@dataclass(frozen=True)
class Shown:
    """A fragment, read as somebody sees it."""

    status: int
    html: str

    @property
    def words(self) -> str:
        return _plain(self.html)

    @property
    def understood(self) -> str:
        found = re.search(r'<p class="phrase">(.*?)</p>', self.html, re.DOTALL)
        return _plain(found[1]).removeprefix("Compris : ") if found else ""

    @property
    def options(self) -> list[dict[str, Any]]:
        """The choices, in order: words, whether Enter takes it, and what taking it does."""
        found = re.findall(r'<(a|div) ([^>]*role="option"[^>]*)>(.*?)</\1>\n', self.html, re.DOTALL)
        return [
            {
                "words": _plain(re.sub(r'<span class="no".*?</span>', "", inside)),
                "chosen": 'aria-selected="true"' in attributes,
                **{
                    name: html.unescape(value)
                    for name, value in re.findall(r'([\w-]+)="([^"]*)"', attributes)
                },
                "further": "data-suite" in attributes,
            }
            for _, attributes, inside in found
        ]

    @property
    def chosen(self) -> dict[str, Any] | None:
        return next((option for option in self.options if option["chosen"]), None)


def _plain(text: str) -> str:
    bare = html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")
    return re.sub(r" +([,.])", r"\1", " ".join(bare.split()))


def typed(client: Client, line: str, **chosen: Any) -> Shown:
    """What the line shows under these letters."""
    response = client.get("/ordre/", {"q": line, **chosen}, headers={"X-Ordre": "1"})
    return Shown(response.status_code, response.content.decode())


def taken(client: Client, option: dict[str, Any]) -> Shown:
    """What the line shows once this choice, which asks further, was taken."""
    assert option["further"], option
    response = client.get(option["href"], headers={"X-Ordre": "1"})
    return Shown(response.status_code, response.content.decode())
