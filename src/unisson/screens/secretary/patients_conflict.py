"""Two people wrote in the same record: who, when, what differs, and a choice field by field."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unisson.patients.models import Patient, PatientChange
from unisson.patients.rules.differences import Segment, differing
from unisson.screens.secretary import patients_words as words
from unisson.screens.secretary.patients_forms import RecordForm
from unisson.screens.secretary.patients_frame import frame
from unisson.screens.shared import french


@dataclass(frozen=True)
class Contested:
    """A field both changed. `theirs` and `mine` are sent as typed, the pieces are shown."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    theirs_pieces: tuple[Segment, ...]
    mine_pieces: tuple[Segment, ...]


@dataclass(frozen=True)
class Taken:
    """A field only the other person changed: kept as she left it."""

    label: str
    theirs_said: str


def as_typed(patient: Patient, names: list[str]) -> dict[str, str]:
    """The record's values as a form would send them."""
    return {name: _typed(getattr(patient, name)) for name in names}


def _typed(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Model):
        return str(value.pk)
    return "" if value is None else str(value)


def conflict(
    request: HttpRequest, patient: Patient, form: RecordForm, *, draft: str
) -> HttpResponse:
    """The page where she chooses. Its form sends the same fields, for the version now current.

    What she left as she read it takes the other's value; what the other left
    alone takes hers; what both changed to different values is asked.
    """
    since = int(form.data.get("version") or 0)
    changes = PatientChange.objects.filter(patient=patient, version__gt=since).order_by("id")
    first: dict[str, PatientChange] = {}
    for each in changes:
        first.setdefault(each.field, each)
    names = [name for name in form.fields if name != "version"]
    now = as_typed(patient, names)
    contested: list[Contested] = []
    taken: list[Taken] = []
    kept = [("version", str(patient.version))]
    for name in names:
        mine = _sent(form, name)
        change = first.get(name)
        if change is None:
            kept.append((name, mine))
        elif _same(mine, now[name]):
            kept.append((name, now[name]))
        elif _same(mine, _before(form, name, change.before)):
            kept.append((name, now[name]))
            taken.append(Taken(_label(form, name), said(form, name, now[name])))
        else:
            theirs, ours = said(form, name, now[name]), said(form, name, mine)
            contested.append(
                Contested(
                    name=name,
                    label=_label(form, name),
                    before=words.value(name, change.before),
                    theirs=now[name],
                    mine=mine,
                    theirs_pieces=differing(theirs, ours),
                    mine_pieces=differing(ours, theirs),
                )
            )
    last = changes.last()
    return render(
        request,
        "patients/conflict.html",
        frame(
            patient,
            who=last.actor_name if last else "Quelqu’un",
            when=f"Enregistré {french.said(last.at)}" if last else "À l’instant",
            fields=contested,
            theirs_only=taken,
            kept=kept,
            draft=draft,
        ),
        status=409,
    )


def touched(patient: Patient, form: RecordForm) -> dict[str, Any]:
    """What she changed since she read the record, ready for the action.

    A field she left as she read it is not sent: a colleague who changed it
    meanwhile keeps her change, and nobody is asked anything.
    """
    names = [name for name in form.fields if name != "version"]
    read = as_typed(patient, names)
    since = int(form.data.get("version") or 0)
    changes = PatientChange.objects.filter(patient=patient, version__gt=since, field__in=names)
    for change in changes.order_by("-id"):
        read[change.field] = _before(form, change.field, change.before)
    return {
        name: form.cleaned_data[name] for name in names if not _same(_sent(form, name), read[name])
    }


def _sent(form: RecordForm, name: str) -> str:
    """What she typed, in the spelling the record would keep when the form could read it."""
    if isinstance(form.fields[name], forms.BooleanField):
        return "true" if form.cleaned_data.get(name) else "false"
    cleaned = form.cleaned_data.get(name)
    return _typed(cleaned) if cleaned is not None else str(form.data.get(name, "")).strip()


def _before(form: RecordForm, name: str, before: str) -> str:
    """The value kept in the history, in the spelling of a form."""
    if before in {"True", "False"}:
        return before.lower()
    if len(before) == 10 and before[4:5] == "-":
        return words.value("birth_date", before)
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        # The history keeps a name; the form sends a number.
        found = (row for row in field.queryset or [] if str(row) == before)
        return next((str(row.pk) for row in found), "")
    return before


def _same(one: str, other: str) -> bool:
    return one.strip() == other.strip()


def _label(form: RecordForm, name: str) -> str:
    return str(form.fields[name].label or name)


def said(form: RecordForm, name: str, value: str) -> str:
    """A value as the page shows it: the words of a choice, `oui`, `rien`."""
    if value in {"true", "false"}:
        return "oui" if value == "true" else "non"
    choices = dict(getattr(form.fields[name], "choices", []))
    for key, label in choices.items():
        if str(key) == value and value:
            return str(label)
    return value or "rien"
