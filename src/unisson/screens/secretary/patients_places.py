"""Where somebody was born, while it is typed: places to choose from, what does not agree.

Both answer to a form whose table of places was filled; nothing here refuses.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unisson.core import clock
from unisson.core.access import page
from unisson.patients import places
from unisson.patients.models import Patient
from unisson.patients.rules import birth_places
from unisson.patients.rules.birth_places import Place
from unisson.screens.secretary.patients_forms import born_days, place_remarks

SHOWN = 12


@dataclass(frozen=True)
class Choice:
    """A place as offered. `when`: said when it is no longer, or was not yet at birth."""

    place: Place
    when: str


@page("patients.look_up_places")
def suggest(request: HttpRequest) -> HttpResponse:
    """The places what was typed can mean, under the field. A fragment."""
    text = request.GET.get("birth_place_name", "").strip()[:80]
    today = clock.today()
    born = born_days(request.GET) or (today, today)
    found = places.suggest(text, born, limit=SHOWN + 1)
    context = {
        "typed": birth_places.asked(text),
        "more": len(found) > SHOWN,
        "choices": [
            Choice(each, each.period if each.valid_until or not each.existed(born) else "")
            for each in found[:SHOWN]
        ],
    }
    return HttpResponse(
        render(request, "patients/places.html", context).content.strip()  # an empty list: nothing
    )


@page("patients.look_up_places")
def remarks(request: HttpRequest) -> HttpResponse:
    """What does not agree between the place, its code and the birth date. A fragment."""
    said = place_remarks(request.GET) if places.filled() else []
    return render(request, "patients/place_said.html", {"remarks": said})


def warn_of_place(request: HttpRequest, patient: Patient) -> None:
    """Say on the next page what does not agree in a record just written. It is written."""
    code = patient.birth_place_code
    if not code or not places.filled():
        return
    born = birth_places.birth_days(patient.birth_date, patient.birth_date_precision)
    known = places.named(code)
    for remark in birth_places.remarks(code, patient.birth_place_name, known, born):
        messages.warning(request, remark)
