"""Who is around a patient and may act for her; what the desk should know of her."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from unisson.core import clock
from unisson.core.access import page
from unisson.core.errors import Refusal
from unisson.patients import actions, queries
from unisson.patients.models import AdministrativeNote, Patient, RelatedPerson
from unisson.patients.rules import phones
from unisson.screens.secretary import patients_rows as rows
from unisson.screens.secretary.patients_forms import NoteForm, RelatedForm
from unisson.screens.secretary.patients_frame import actor, frame, known, open_record, saved
from unisson.screens.shared import french

TIE = (
    "relation",
    "name",
    "first_name",
    "person_id",
    "phone",
    "is_emergency",
    "is_trusted",
    "may_act",
    "valid_from",
    "valid_until",
    "note",
)


@page("patients.update")
def related(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Those around her, in force and ended, and one more."""
    if request.method != "POST":
        patient = open_record(request, patient_id, "entourage")
        return _related_page(request, patient, RelatedForm())
    form = RelatedForm(request.POST)
    if form.is_valid():
        try:
            actions.add_related(by=actor(request), patient_id=patient_id, **_tie(form))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return saved(request, patient_id, "Ajouté à l’entourage.", to="patient-related")
    return _related_page(request, known(patient_id), form, status=422)


def _tie(form: RelatedForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in TIE}


def _related_page(
    request: HttpRequest, patient: Patient, form: RelatedForm, *, status: int = 200
) -> HttpResponse:
    today = clock.today()
    people = RelatedPerson.objects.filter(patient=patient)
    context = frame(
        patient,
        form=form,
        picked=_picked(form),
        around=[rows.related_row(each) for each in people if not _over(each)],
        ended=[rows.related_row(each) for each in people if _over(each)],
        acts_for=rows.acts_for(patient, on=today),
    )
    return render(request, "patients/related.html", context, status=status)


def _over(person: RelatedPerson) -> bool:
    return person.valid_until is not None and person.valid_until < clock.today()


def _picked(form: RelatedForm) -> str:
    """The phrase of the record chosen for this person, when there is one."""
    chosen = str(form["person_id"].value() or "")
    if not re.fullmatch("[0-9]{1,18}", chosen):
        return ""
    line = queries.lines([int(chosen)]).get(int(chosen))
    return line.phrase if line else ""


@page("patients.update")
def related_one(request: HttpRequest, patient_id: int, related_id: int) -> HttpResponse:
    """Correct what is known of one of them, or say that it has ended."""
    person = get_object_or_404(RelatedPerson, pk=related_id, patient_id=patient_id)
    if request.method != "POST":
        patient = open_record(request, patient_id, "entourage")
        form = RelatedForm(initial=_as_typed(person))
        return render(
            request,
            "patients/related_one.html",
            frame(patient, form=form, person=person, picked=_picked(form)),
        )
    form = RelatedForm(request.POST)
    try:
        if "terminer" in request.POST:
            actions.end_related(by=actor(request), related_id=person.pk)
            sentence = "C’est terminé depuis hier. La ligne reste, avec ses dates."
            return saved(request, patient_id, sentence, to="patient-related")
        if form.is_valid():
            actions.change_related(by=actor(request), related_id=person.pk, **_tie(form))
            return saved(request, patient_id, "Entourage enregistré.", to="patient-related")
    except Refusal as refusal:
        form.refuse(refusal)
    return render(
        request,
        "patients/related_one.html",
        frame(known(patient_id), form=form, person=person, picked=_picked(form)),
        status=422,
    )


def _as_typed(person: RelatedPerson) -> dict[str, Any]:
    days = {"valid_from": person.valid_from, "valid_until": person.valid_until}
    return {
        **{name: getattr(person, name) for name in TIE if name not in {"phone", *days}},
        "phone": phones.display(person.e164) if person.e164 else "",
        **{name: f"{day:%d/%m/%Y}" if day else "" for name, day in days.items()},
    }


@page("patients.note")
def notes(request: HttpRequest, patient_id: int) -> HttpResponse:
    """What the desk should know: add a line."""
    if request.method != "POST":
        patient = open_record(request, patient_id, "à savoir à l’accueil")
        return _notes_page(request, patient, NoteForm())
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            actions.add_note(
                by=actor(request), patient_id=patient_id, text=form.cleaned_data["text"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return saved(request, patient_id, "Note ajoutée.")
    return _notes_page(request, known(patient_id), form, status=422)


def _notes_page(
    request: HttpRequest, patient: Patient, form: NoteForm, *, status: int = 200
) -> HttpResponse:
    every = AdministrativeNote.objects.filter(patient=patient, removed_at=None)
    shown = [
        {"id": note.pk, "text": note.text, "by": f"{note.added_by}, {french.said(note.added_at)}"}
        for note in every
    ]
    return render(
        request, "patients/notes.html", frame(patient, form=form, notes=shown), status=status
    )


@page("patients.note")
@require_POST
def remove_note(request: HttpRequest, patient_id: int, note_id: int) -> HttpResponse:
    """Take a line off. It stays in the history."""
    note = get_object_or_404(AdministrativeNote, pk=note_id, patient_id=patient_id)
    try:
        actions.remove_note(by=actor(request), note_id=note.pk)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return redirect("patient-notes", patient_id)
    sentence = "Note retirée. Elle reste dans l’historique."
    return saved(request, patient_id, sentence, to="patient-notes")
