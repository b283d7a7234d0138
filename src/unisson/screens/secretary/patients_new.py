"""A new patient: birth date first, three letters, who is near, and only then a record.

Source of the order: RNIV, EXI ID 17.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from unisson.core import clock
from unisson.core.access import may, page
from unisson.core.errors import Refusal
from unisson.patients import queries
from unisson.patients.actions import NewTelephone, create_patient
from unisson.patients.errors import AlreadyKnown
from unisson.patients.models import Patient
from unisson.patients.queries import Found, PatientLine
from unisson.screens.secretary import patients_words as words
from unisson.screens.secretary.patients_forms import (
    UNKNOWN_PARTS,
    NewPatientForm,
    typed_birth_date,
)
from unisson.screens.secretary.patients_frame import actor
from unisson.screens.secretary.patients_places import warn_of_place


@dataclass(frozen=True)
class Typed:
    """What was typed in the search before creation, as typed."""

    birth: str
    name: str
    first: str
    precision: str

    @classmethod
    def of(cls, query: QueryDict) -> Typed:
        precision = query.get("inconnu", "exact")
        return cls(
            birth=query.get("naissance", "").strip()[:40],
            name=query.get("nom", "").strip()[:3],
            first=query.get("prenom", "").strip()[:3],
            precision=precision if precision in dict(UNKNOWN_PARTS) else "exact",
        )

    @property
    def query(self) -> dict[str, str]:
        return {
            "naissance": self.birth,
            "nom": self.name,
            "prenom": self.first,
            "inconnu": self.precision,
        }


@dataclass(frozen=True)
class NearChoice:
    """Somebody near; `back` leads to what was under way, with her in hand."""

    found: Found
    back: str

    @property
    def line(self) -> queries.PatientLine:
        return self.found.line

    @property
    def why(self) -> str:
        return self.found.why

    @property
    def commune(self) -> str:
        return self.found.commune

    @property
    def phone(self) -> str:
        return self.found.phone


@dataclass(frozen=True)
class Faced:
    """Somebody with the same traits, to be opened or set aside by name."""

    line: PatientLine
    set_aside: bool
    back: str

    @property
    def she(self) -> str:
        return {"F": "elle", "M": "lui"}.get(self.line.sex, "cette personne")


def safe_back(request: HttpRequest) -> str:
    """Where the secretary came from, when it is one of our own pages; else nothing."""
    back = request.POST.get("retour") or request.GET.get("retour", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    return back if own else ""


def with_patient(back: str, patient_id: int) -> str:
    """`/rdv/?debut=…` with `patient=…` added."""
    parts = urlsplit(back)
    query = QueryDict(parts.query, mutable=True)
    query["patient"] = str(patient_id)
    return urlunsplit(parts._replace(query=query.urlencode()))


@page("patients.create")
def new(request: HttpRequest) -> HttpResponse:
    """The search every creation begins with. The page, or who is near alone for htmx."""
    typed = Typed.of(request.GET)
    back = safe_back(request)
    said = error = ""
    near: list[NearChoice] = []
    searched = False
    if typed.birth:
        try:
            born, precision = typed_birth_date(typed.birth, typed.precision, clock.today())
        except Refusal as refusal:
            error = refusal.sentence
        else:
            said = words.birth_words(born, precision, clock.today())
            searched = bool(typed.name or typed.first)
            if searched:
                near = [
                    NearChoice(each, with_patient(back, each.id) if back else "")
                    for each in queries.near(born, typed.name, typed.first)
                ]
    context = {
        "typed": typed,
        "birth_words": said,
        # A date being typed is not yet a wrong one: the mistake waits for Enter or a pause.
        "birth_error": error,
        "near": near,
        "searched": searched,
        "back": back,
        "unknown_parts": UNKNOWN_PARTS,
    }
    fragment = bool(request.headers.get("HX-Request"))
    response = render(
        request, "patients/new_near.html" if fragment else "patients/new.html", context
    )
    response["Vary"] = "HX-Request"
    return response


@page("patients.create")
def birth_date_words(request: HttpRequest) -> HttpResponse:
    """A birth date read back in words, or what is wrong with it."""
    typed = request.GET.get("birth_date", "").strip()
    precision = request.GET.get("birth_date_precision", "exact")
    said = error = ""
    if typed and precision in dict(UNKNOWN_PARTS):
        try:
            born, precision = typed_birth_date(typed, precision, clock.today())
            said = words.birth_words(born, precision, clock.today())
        except Refusal as refusal:
            error = refusal.sentence
    return render(request, "patients/said.html", {"words": said, "error": error})


@page("patients.create")
def new_traits(request: HttpRequest) -> HttpResponse:
    """The whole identity, then the record. Those who look the same are faced one by one first."""
    back = safe_back(request)
    if request.method != "POST":
        typed = Typed.of(request.GET)
        form = NewPatientForm(
            initial={"birth_date": typed.birth, "birth_date_precision": typed.precision}
        )
        form.focus("birth_name" if form.birth_words else "birth_date")
        return _traits_page(request, form, typed, back)
    typed = Typed.of(request.GET)
    form = NewPatientForm(request.POST)
    faced: list[PatientLine] = []
    if form.is_valid():
        try:
            patient = create_patient(
                by=actor(request),
                birth_date_precision=form.precision,
                telephones=_telephones(form),
                despite=set_aside(request),
                **{name: form.cleaned_data[name] for name in CREATED},
            )
        except AlreadyKnown as refusal:
            faced = list(refusal.known)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return _created(request, patient, back)
    return _traits_page(request, form, typed, back, faced=faced, status=422)


CREATED = (
    "birth_name",
    "birth_first_name",
    "birth_given_names",
    "birth_date",
    "sex",
    "birth_place_code",
    "birth_place_name",
    "used_name",
    "used_first_name",
)


def _telephones(form: NewPatientForm) -> list[NewTelephone]:
    data = form.cleaned_data
    return [NewTelephone(data["phone"], data["kind"], data["holder"])] if data["phone"] else []


def set_aside(request: HttpRequest) -> set[int]:
    """The records the secretary looked at and said: not this person."""
    sent = request.POST.getlist("ecarte")
    return {int(each) for each in sent if re.fullmatch("[0-9]{1,18}", each)}


def _created(request: HttpRequest, patient: Patient, back: str) -> HttpResponse:
    line = queries.line_of(patient)
    messages.success(request, f"Dossier {patient.file_number} créé\u00a0: {line.phrase}.")
    warn_of_place(request, patient)
    if back:
        return redirect(with_patient(back, patient.pk))
    if may(actor(request), "patients.read"):
        return redirect("patient", patient.pk)
    return redirect("patient-new")


def _traits_page(
    request: HttpRequest,
    form: NewPatientForm,
    typed: Typed,
    back: str,
    *,
    faced: list[PatientLine] | None = None,
    status: int = 200,
) -> HttpResponse:
    aside = set_aside(request) if request.method == "POST" else set()
    everyone = {line.id: line for line in faced or []}
    everyone |= queries.lines(aside - everyone.keys())
    query = {**typed.query, **({"retour": back} if back else {})}
    context = {
        "form": form,
        "back": back,
        "faced": [
            Faced(line, line.id in aside, with_patient(back, line.id) if back else "")
            for line in everyone.values()
        ],
        "search_url": f"{reverse('patient-new')}?{urlencode(query)}",
        "birth_words": form.birth_words,
    }
    return render(request, "patients/new_traits.html", context, status=status)
