"""What every page about one patient has: who she is, and the trace of having been read."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from unisson.core import clock
from unisson.core.access import Actor
from unisson.patients import queries
from unisson.patients.actions import note_reading
from unisson.patients.models import Patient
from unisson.patients.rules.birth_dates import age_words
from unisson.screens.shared import french


def actor(request: HttpRequest) -> Actor:
    """The person at the keyboard. AccessMiddleware let her through, so there is one."""
    person: Actor = request.actor  # type: ignore[attr-defined]
    return person


def open_record(request: HttpRequest, patient_id: int, part: str) -> Patient:
    """Read one patient, and write in the trail that this part was read. 404 when unknown."""
    patient = known(patient_id)
    note_reading(by=actor(request), patient_id=patient.pk, detail=part)
    return patient


def known(patient_id: int) -> Patient:
    """The record an act is about; the act audits itself. 404 when unknown."""
    return get_object_or_404(
        Patient.objects.select_related("treating_practitioner__resource"), pk=patient_id
    )


def saved(
    request: HttpRequest, patient_id: int, sentence: str, *, to: str = "patient"
) -> HttpResponse:
    """Say what was done, on the record or on the page it was done from."""
    messages.success(request, sentence)
    return redirect(to, patient_id)


def frame(patient: Patient, **more: Any) -> dict[str, Any]:
    """The context of the header, and whatever the page adds."""
    until = patient.deceased_on or clock.today()
    return {
        "patient": patient,
        "line": queries.line_of(patient),
        "age": _age(patient, until),
        "deceased_word": french.agree("Décédé", patient.sex),
        "she": "elle" if patient.sex == "F" else "lui" if patient.sex == "M" else "cette personne",
        **more,
    }


def _age(patient: Patient, on: date) -> str:
    """Her age in words; `environ` when the birth date is not whole."""
    about = "" if patient.birth_date_precision == "exact" else "environ "
    return about + age_words(min(patient.birth_date, on), on)
