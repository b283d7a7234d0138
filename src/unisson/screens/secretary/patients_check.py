"""The identity looked at closely: the document seen, the matricule INS, the mentions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from unisson.core import clock
from unisson.core.access import page
from unisson.core.errors import Refusal
from unisson.patients import actions
from unisson.patients.errors import StalePatient
from unisson.patients.models import FormerMatricule, Patient
from unisson.patients.rules import ins
from unisson.patients.rules.line import given_name_case
from unisson.screens.secretary import patients_words as words
from unisson.screens.secretary.patients_forms import DocumentForm, Form, MatriculeForm
from unisson.screens.secretary.patients_frame import actor, frame, known, open_record, saved
from unisson.screens.secretary.patients_text import document_words, insi_words
from unisson.screens.shared import french

STATUS_MEANS = {
    "PROV": "ni pièce contrôlée, ni matricule relevé à l’INSi.",
    "RECUP": "le matricule est relevé, la pièce d’identité reste à contrôler.",
    "VALI": "la pièce est contrôlée, le matricule INS n’est pas relevé.",
    "QUAL": "pièce contrôlée et matricule relevé. Le matricule INS peut servir.",
}
MOVED = (
    "L’identité a changé depuis que vous l’avez lue. Rien n’a été enregistré\u00a0:"
    " comparez de nouveau chaque trait."
)


@page("patients.check_identity")
def check(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The page of the three: document, matricule, mentions."""
    return _page(request, open_record(request, patient_id, "contrôle de l’identité"))


def _page(
    request: HttpRequest,
    patient: Patient,
    *,
    document: DocumentForm | None = None,
    matricule: MatriculeForm | None = None,
    flags: Form | None = None,
    warnings: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    former = [
        {
            "when": french.short_day(clock.local(each.replaced_at).date()),
            "masked": ins.masked(each.matricule),
            "reason": each.reason,
        }
        for each in FormerMatricule.objects.filter(patient=patient)
    ]
    version = {"version": patient.version}
    context = frame(
        patient,
        given_names=given_name_case(patient.birth_given_names or patient.birth_first_name),
        born_word=french.agree("Né", patient.sex),
        sex_word=words.SEX_WORDS[patient.sex],
        status_word=words.STATUS_WORDS[patient.identity_status],
        status_means=STATUS_MEANS[patient.identity_status],
        document_words=document_words(patient),
        insi_words=insi_words(patient),
        masked=ins.masked(patient.ins_matricule),
        oid_words=ins.OIDS.get(patient.ins_oid, ""),
        usable=bool(patient.usable_matricule),
        former=former,
        document_form=document or DocumentForm(initial=version),
        ins_form=matricule or MatriculeForm(initial=version),
        flags_form=flags or Form(),
        flags=_flags(request, patient, flags),
        warnings=warnings or [],
        unsure=patient.is_doubtful or patient.is_fictitious,
    )
    return render(request, "patients/check.html", context, status=status)


def _flags(request: HttpRequest, patient: Patient, form: Form | None) -> dict[str, bool]:
    """The mentions as typed when they were refused, as they stand otherwise."""
    if form is not None:
        return _typed_flags(request)
    return {
        "homonym": patient.is_homonym,
        "doubtful": patient.is_doubtful,
        "fictitious": patient.is_fictitious,
    }


def _typed_flags(request: HttpRequest) -> dict[str, bool]:
    return {name: f"is_{name}" in request.POST for name in ("homonym", "doubtful", "fictitious")}


@page("patients.check_identity")
@require_POST
def document(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A document was seen and compared; or that check is taken back."""
    if "retirer" in request.POST:
        actions.withdraw_identity_check(by=actor(request), patient_id=patient_id)
        return saved(request, patient_id, "Contrôle de la pièce retiré.", to="patient-check")
    form = DocumentForm(request.POST)
    if form.is_valid():
        try:
            actions.record_identity_check(
                by=actor(request),
                patient_id=patient_id,
                document_kind=form.cleaned_data["document_kind"],
                version=form.cleaned_data["version"],
            )
        except StalePatient:
            form.refuse(Refusal(MOVED))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return saved(request, patient_id, "Pièce contrôlée.")
    return _page(request, known(patient_id), document=form, status=422)


@page("patients.check_identity")
@require_POST
def matricule(request: HttpRequest, patient_id: int) -> HttpResponse:
    """A matricule typed from a read-out; or the present one taken off."""
    if "retirer" in request.POST:
        actions.withdraw_insi(by=actor(request), patient_id=patient_id)
        sentence = "Matricule retiré. Il est gardé parmi les anciens."
        return saved(request, patient_id, sentence, to="patient-check")
    patient = known(patient_id)
    form = MatriculeForm(request.POST)
    warnings: list[str] = []
    if form.is_valid():
        typed = form.cleaned_data["ins_matricule"]
        warnings = ins.incoherences(typed, **_traits(patient))
        if not warnings or "malgre" in request.POST:
            try:
                actions.record_insi(
                    by=actor(request),
                    patient_id=patient_id,
                    matricule=typed,
                    oid=form.cleaned_data["ins_oid"],
                    version=form.cleaned_data["version"],
                )
            except StalePatient:
                form.refuse(Refusal(MOVED))
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                return saved(request, patient_id, "Matricule INS enregistré.")
    return _page(request, patient, matricule=form, warnings=warnings, status=422)


def _traits(patient: Patient) -> dict[str, Any]:
    return {
        "sex": patient.sex,
        "birth_date": patient.birth_date,
        "birth_place_code": patient.birth_place_code,
    }


@page("patients.check_identity")
@require_POST
def flags(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Homonym, doubtful, fictitious."""
    try:
        actions.set_flags(by=actor(request), patient_id=patient_id, **_typed_flags(request))
    except Refusal as refusal:
        form = Form(request.POST)
        form.is_valid()
        form.refuse(refusal)
        return _page(request, known(patient_id), flags=form, status=422)
    messages.success(request, "Mentions enregistrées.")
    return redirect("patient", patient_id)
