"""Change who a patient is, how to reach her, what she wishes. Every version is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from unisson.core.access import page
from unisson.core.errors import Refusal
from unisson.patients import actions
from unisson.patients.errors import StalePatient, WouldLowerStatus
from unisson.patients.models import Patient, Telephone
from unisson.screens.secretary import patients_conflict as conflicts
from unisson.screens.secretary import patients_rows as rows
from unisson.screens.secretary import patients_words as words
from unisson.screens.secretary.patients_forms import (
    ContactsForm,
    DeceasedForm,
    RecordForm,
    TelephoneForm,
    TraitsForm,
    TreatingForm,
    WishesForm,
)
from unisson.screens.secretary.patients_frame import actor, frame, known, open_record, saved
from unisson.screens.secretary.patients_places import warn_of_place


@dataclass(frozen=True)
class FieldRow:
    """Fields side by side. `kind`: the class that lays them out."""

    kind: str
    fields: list[forms.BoundField]


TRAITS = (
    "birth_name",
    "birth_first_name",
    "birth_given_names",
    "sex",
    "birth_place_name",
    "birth_place_code",
    "used_name",
    "used_first_name",
)

PLACED = ("birth_place_name", "birth_place_code", "birth_date", "birth_date_precision")


@page("patients.update")
def identity(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Traits and used names. A checked identity loses its status only when she confirms it."""
    if request.method != "POST":
        patient = open_record(request, patient_id, "identité")
        return _identity_page(request, patient, TraitsForm(initial=_traits(patient)))
    patient = known(patient_id)
    form = TraitsForm(request.POST)
    lowering = ""
    if form.is_valid():
        fields = {name: form.cleaned_data[name] for name in (*TRAITS, "birth_date")}
        try:
            after = actions.update_identity(
                by=actor(request),
                patient_id=patient_id,
                version=form.cleaned_data["version"],
                lower_status=request.POST.get("baisser") == "oui",
                birth_date_precision=form.precision,
                **fields,
            )
        except StalePatient:
            return conflicts.conflict(request, known(patient_id), form, draft="identite")
        except WouldLowerStatus as refusal:
            lowering = refusal.sentence
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if any(getattr(patient, name) != getattr(after, name) for name in PLACED):
                warn_of_place(request, after)
            return saved(request, patient_id, "Identité enregistrée.")
    return _identity_page(request, patient, form, lowering=lowering, status=422)


def _traits(patient: Patient) -> dict[str, Any]:
    values: dict[str, Any] = {name: getattr(patient, name) for name in TRAITS}
    return {
        **values,
        "version": patient.version,
        "birth_date": words.typed_again(patient.birth_date, patient.birth_date_precision),
        "birth_date_precision": patient.birth_date_precision,
    }


def _identity_page(
    request: HttpRequest,
    patient: Patient,
    form: TraitsForm,
    *,
    lowering: str = "",
    status: int = 200,
) -> HttpResponse:
    context = frame(
        patient,
        form=form,
        lowering=lowering,
        birth_words=form.birth_words,
        status_word=words.STATUS_WORDS[patient.identity_status],
    )
    return render(request, "patients/identity.html", context, status=status)


@page("patients.update")
def contacts(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Telephones, each by itself, then address, e-mail and language."""
    if request.method != "POST":
        patient = open_record(request, patient_id, "contacts")
        return _contacts_page(request, patient)
    return _contact_form(
        request,
        patient_id,
        ContactsForm(request.POST),
        "Contacts enregistrés.",
        draft="contacts",
        again=lambda patient, form: _contacts_page(request, patient, contact=form, status=422),
    )


def _contact_form[F: RecordForm](
    request: HttpRequest,
    patient_id: int,
    form: F,
    sentence: str,
    *,
    draft: str,
    again: Callable[[Patient, F], HttpResponse],
) -> HttpResponse:
    """Send what she touched to `update_contact`; the form again, or the conflict page, else."""
    patient = known(patient_id)
    if form.is_valid():
        try:
            actions.update_contact(
                by=actor(request),
                patient_id=patient_id,
                version=form.cleaned_data["version"],
                **conflicts.touched(patient, form),
            )
        except StalePatient:
            return conflicts.conflict(request, known(patient_id), form, draft=draft)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return saved(request, patient_id, sentence)
    return again(patient, form)


CONTACTS = ("address_line", "postcode", "commune", "email", "language")


def _contacts_page(
    request: HttpRequest,
    patient: Patient,
    *,
    contact: ContactsForm | None = None,
    telephone: TelephoneForm | None = None,
    status: int = 200,
) -> HttpResponse:
    form = contact or ContactsForm(
        initial={
            "version": patient.version,
            **{name: getattr(patient, name) for name in CONTACTS},
        }
    )
    layout = [
        FieldRow("seul", form.chosen("address_line")),
        FieldRow("duo", form.chosen("postcode", "commune")),
        FieldRow("duo", form.chosen("email", "language")),
    ]
    context = frame(
        patient,
        form=form,
        layout=layout,
        telephone_form=telephone or TelephoneForm(),
        telephones=rows.telephone_rows(patient),
    )
    return render(request, "patients/contacts.html", context, status=status)


@page("patients.update")
@require_POST
def add_telephone(request: HttpRequest, patient_id: int) -> HttpResponse:
    """One more number."""
    form = TelephoneForm(request.POST)
    if form.is_valid():
        try:
            actions.add_telephone(
                by=actor(request),
                patient_id=patient_id,
                number=form.cleaned_data["phone"],
                kind=form.cleaned_data["kind"],
                holder=form.cleaned_data["holder"],
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return saved(request, patient_id, "Numéro ajouté.", to="patient-contacts")
    return _contacts_page(request, known(patient_id), telephone=form, status=422)


@page("patients.update")
@require_POST
def telephone(request: HttpRequest, patient_id: int, telephone_id: int) -> HttpResponse:
    """Put a number first, or say that it is no longer hers."""
    number = get_object_or_404(Telephone, pk=telephone_id, patient_id=patient_id)
    acts = {
        "premier": (actions.prefer_telephone, "Ce numéro est maintenant le premier."),
        "retirer": (actions.end_telephone, "Numéro retiré. Il reste dans l’historique."),
    }
    asked = request.POST.get("acte", "")
    if asked not in acts:
        raise Http404
    act, sentence = acts[asked]
    try:
        act(by=actor(request), telephone_id=number.pk)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("patient-contacts", patient_id)
    return saved(request, patient_id, sentence, to="patient-contacts")


@page("patients.update")
def wishes(request: HttpRequest, patient_id: int) -> HttpResponse:
    """How she accepts to be reached."""

    def again(patient: Patient, form: WishesForm, status: int = 422) -> HttpResponse:
        names = ("wants_sms", "wants_email", "wants_voicemail")
        context = frame(
            patient,
            form=form,
            layout=[FieldRow("champs", form.chosen(*names))],
            title="Accords",
            draft="accords",
            lead=["Ce que la personne accepte, telle qu’elle l’a dit."],
        )
        return render(request, "patients/form.html", context, status=status)

    if request.method == "POST":
        form = WishesForm(request.POST)
        return _contact_form(
            request, patient_id, form, "Accords enregistrés.", draft="accords", again=again
        )
    patient = open_record(request, patient_id, "accords")
    names = ("version", "wants_sms", "wants_email", "wants_voicemail")
    return again(patient, WishesForm(initial={n: getattr(patient, n) for n in names}), 200)


@page("patients.update")
def treating(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Her treating doctor."""

    def again(patient: Patient, form: TreatingForm, status: int = 422) -> HttpResponse:
        context = frame(
            patient,
            form=form,
            layout=[FieldRow("duo", form.chosen("treating_practitioner", "treating_name"))],
            title="Médecin traitant",
            draft="medecin",
            lead=["Celui qu’elle a déclaré\u00a0: quelqu’un du cabinet, ou un autre nom."],
        )
        return render(request, "patients/form.html", context, status=status)

    if request.method == "POST":
        form = TreatingForm(request.POST)
        return _contact_form(
            request, patient_id, form, "Médecin traitant enregistré.", draft="medecin", again=again
        )
    patient = open_record(request, patient_id, "médecin traitant")
    names = ("version", "treating_practitioner", "treating_name")
    return again(patient, TreatingForm(initial={n: getattr(patient, n) for n in names}), 200)


@page("patients.update")
def deceased(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Say that she died, or take it back."""
    form = DeceasedForm(request.POST or None)
    if request.method == "POST":
        if "annuler" in request.POST:
            actions.undo_deceased(by=actor(request), patient_id=patient_id)
            return saved(request, patient_id, "Le décès est retiré du dossier.")
        if form.is_valid():
            try:
                actions.mark_deceased(
                    by=actor(request),
                    patient_id=patient_id,
                    on=form.cleaned_data["deceased_on"],
                    version=form.cleaned_data["version"],
                )
            except StalePatient:
                return conflicts.conflict(request, known(patient_id), form, draft="deces")
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                return saved(request, patient_id, "Décès enregistré.")
        patient, status = known(patient_id), 422
    else:
        patient, status = open_record(request, patient_id, "décès"), 200
        day = patient.deceased_on
        form = DeceasedForm(
            initial={
                "version": patient.version,
                "deceased_on": f"{day:%d/%m/%Y}" if day else "",
            }
        )
    return render(request, "patients/deceased.html", frame(patient, form=form), status=status)
