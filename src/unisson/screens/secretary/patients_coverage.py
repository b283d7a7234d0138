"""Who pays for a patient: régime, mutuelle, C2S, ALD, with their dates."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from unisson.core import clock
from unisson.core.access import page
from unisson.core.errors import Refusal
from unisson.patients import actions
from unisson.patients.models import Coverage, Patient
from unisson.screens.secretary import patients_rows as rows
from unisson.screens.secretary.patients_forms import CoverageForm
from unisson.screens.secretary.patients_frame import actor, frame, known, open_record, saved
from unisson.screens.secretary.patients_text import treating

FIELDS = (
    "kind",
    "organisation",
    "organisation_code",
    "member_number",
    "third_party_payment",
    "valid_from",
    "valid_until",
)


@page("patients.update")
def coverage(request: HttpRequest, patient_id: int) -> HttpResponse:
    """What is known, what has ended, and one more."""
    if request.method != "POST":
        patient = open_record(request, patient_id, "couverture")
        return _page(request, patient, CoverageForm())
    form = CoverageForm(request.POST)
    if form.is_valid():
        try:
            actions.add_coverage(
                by=actor(request),
                patient_id=patient_id,
                checked=form.cleaned_data["checked"],
                **_fields(form),
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return saved(request, patient_id, "Couverture ajoutée.", to="patient-coverage")
    return _page(request, known(patient_id), form, status=422)


def _fields(form: CoverageForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in FIELDS}


def _page(
    request: HttpRequest, patient: Patient, form: CoverageForm, *, status: int = 200
) -> HttpResponse:
    context = frame(
        patient,
        form=form,
        coverages=rows.coverage_rows(patient, on=clock.today()),
        treating=treating(patient),
    )
    return render(request, "patients/coverage.html", context, status=status)


@page("patients.update")
def coverage_one(request: HttpRequest, patient_id: int, coverage_id: int) -> HttpResponse:
    """Correct one of them, or end it with a date."""
    right = get_object_or_404(Coverage, pk=coverage_id, patient_id=patient_id)
    if request.method == "POST":
        form = CoverageForm(request.POST)
        patient, status = known(patient_id), 422
        if form.is_valid():
            try:
                actions.change_coverage(
                    by=actor(request),
                    coverage_id=right.pk,
                    checked=form.cleaned_data["checked"],
                    **_fields(form),
                )
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                sentence = "Couverture enregistrée."
                return saved(request, patient_id, sentence, to="patient-coverage")
    else:
        patient, status = open_record(request, patient_id, "couverture"), 200
        form = CoverageForm(initial=_as_typed(right))
    return render(
        request,
        "patients/coverage_one.html",
        frame(patient, form=form, right=right, row=rows.coverage_row(right, on=clock.today())),
        status=status,
    )


def _as_typed(right: Coverage) -> dict[str, Any]:
    days = ("valid_from", "valid_until")
    values = {name: getattr(right, name) for name in FIELDS if name not in days}
    for name in days:
        day = getattr(right, name)
        values[name] = f"{day:%d/%m/%Y}" if day else ""
    return values


@page("patients.update")
@require_POST
def coverage_checked(request: HttpRequest, patient_id: int, coverage_id: int) -> HttpResponse:
    """The rights were verified just now."""
    right = get_object_or_404(Coverage, pk=coverage_id, patient_id=patient_id)
    try:
        actions.change_coverage(by=actor(request), coverage_id=right.pk, checked=True)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("patient-coverage", patient_id)
    return saved(request, patient_id, "Droits notés vérifiés à l’instant.", to="patient-coverage")
