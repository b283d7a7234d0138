"""What is asked of the line at one moment, and what it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from unisson.agenda.queries import AppointmentRow
from unisson.core import clock
from unisson.core.access import Actor
from unisson.patients.queries import Found, PatientLine
from unisson.screens.secretary.day_cells import Look
from unisson.screens.secretary.orders.rules import Order, Verb
from unisson.screens.shared.dialogs import new_request_id, number

LONGEST = 200  # letters of a line


@dataclass(frozen=True)
class Ask:
    """The line typed, and what was chosen under it so far.

    `reading`: which of the readings, when she took another than the first.
    `patient_id`, `appointment_id`, `visit_type_id`: chosen among the answers.
    `verb`: what to do with the patient chosen, when the line named nothing to do.
    """

    actor: Actor
    now: datetime
    line: str = ""
    reading: int | None = None
    patient_id: int | None = None
    appointment_id: int | None = None
    visit_type_id: int | None = None
    verb: Verb | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Ask:
        verb = request.GET.get("faire", "")
        return cls(
            actor=request.actor,  # type: ignore[attr-defined]
            now=clock.local(clock.now()),
            line=request.GET.get("q", "")[:LONGEST],
            reading=number(request, "lecture", of="GET"),
            patient_id=number(request, "patient", of="GET"),
            appointment_id=number(request, "rdv", of="GET"),
            visit_type_id=number(request, "motif", of="GET"),
            verb=Verb(verb) if verb in set(Verb) else None,
        )

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def minute(self) -> int:
        return self.now.hour * 60 + self.now.minute

    def further(self, **changes: object) -> str:
        """The address of the next step: this one, and what was just chosen."""
        then = replace(self, **changes)  # type: ignore[arg-type]
        fields = {
            "q": then.line,
            "lecture": then.reading,
            "patient": then.patient_id,
            "rdv": then.appointment_id,
            "motif": then.visit_type_id,
            "faire": then.verb,
        }
        return f"{reverse('order')}?{urlencode({k: v for k, v in fields.items() if v is not None})}"


@dataclass(frozen=True)
class Choice:
    """One answer. Exactly one of `further`, `href`, `opens`, `post` says what taking it does.

    `further` asks the line again; `href` leaves for a page; `opens` opens a
    dialog; `post` acts, with `fields`. `form` is the dialog that lets her say
    more before acting. `key` is the letter that takes it.
    """

    words: str
    detail: str = ""
    line: PatientLine | None = None
    found: Found | None = None
    look: Look | None = None
    further: str = ""
    href: str = ""
    opens: str = ""
    post: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    form: str = ""
    key: str = ""

    @property
    def writes(self) -> bool:
        """Taking it changes something."""
        return bool(self.post)

    @property
    def sent(self) -> str:
        """The fields of the act, as the script sends them."""
        return json.dumps(dict(self.fields))


def act(words: str, url: str, fields: Mapping[str, object], **more: object) -> Choice:
    """A choice that acts: one request, with an id of its own so that it is done once."""
    kept = {name: str(value) for name, value in fields.items() if value not in (None, "")}
    kept["request_id"] = new_request_id()
    return Choice(words, post=url, fields=tuple(kept.items()), **more)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Answer:
    """What the line shows: what it understood, about whom, what can be done, what Enter does.

    `chosen` is the place of the choice under Enter; None when she must choose
    (two patients that match are never told apart by the machine). `sure` is
    False when the reading found nobody and another should be tried first.
    """

    order: Order | None = None
    who: PatientLine | None = None
    about: str = ""
    notes: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    chosen: int | None = None
    enter: str = ""
    sure: bool = True
    others: tuple[Choice, ...] = field(default_factory=tuple)

    @property
    def all(self) -> tuple[Choice, ...]:
        return (*self.choices, *self.others)


@dataclass(frozen=True)
class Appointments:
    """Appointments that answer an order, and those that nearly do."""

    rows: tuple[AppointmentRow, ...] = ()
    near: tuple[AppointmentRow, ...] = ()
