"""What every change of a patient has in common: lock, compare versions, history, index, news."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from unisson.core.errors import Refusal
from unisson.core.gesture import Act
from unisson.core.locks import PATIENTS, lock
from unisson.patients import events, proximity, search_index
from unisson.patients.errors import FieldChange, StalePatient
from unisson.patients.models import Patient, PatientChange

SEARCHED = frozenset(
    {
        "birth_name",
        "birth_first_name",
        "birth_given_names",
        "birth_date",
        "used_name",
        "used_first_name",
        "file_number",
        "former_number",
    }
)
COMPARED = SEARCHED | {"sex", "birth_place_code", "address_line", "postcode"}


def taken(patient_id: int, *, near: bool = False) -> Patient:
    """The patient, locked until the transaction ends.

    `near`: what is about to change can change who is near whom, so that lock
    is taken too.
    """
    lock(PATIENTS, [patient_id, proximity.LOCK] if near else [patient_id])
    try:
        patient = Patient.objects.get(pk=patient_id)
    except Patient.DoesNotExist:
        raise Refusal("Ce dossier n’existe pas. Rien n’a été changé.") from None
    refuse_merged(patient)
    return patient


def refuse_merged(patient: Patient) -> None:
    """A file that went into another one is closed."""
    if patient.merged_into_id is not None:
        kept = patient.merged_into
        number = kept.file_number if kept else ""
        raise Refusal(
            f"Ce dossier a été fusionné dans le dossier {number}\N{NO-BREAK SPACE}:"
            " c’est lui qu’il faut modifier. Rien n’a été changé."
        )


def spelled(value: Any) -> str:
    """A value as the history keeps it: dates in ISO, booleans True or False."""
    if value is None:
        return ""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)[:300]


def refuse_stale(patient: Patient, version: int | None, watched: Collection[str]) -> None:
    """Raise StalePatient when somebody changed one of these fields after that version."""
    if version is None or version == patient.version:
        return
    since = PatientChange.objects.filter(
        patient=patient, version__gt=version, field__in=watched
    ).order_by("id")
    changes = [
        FieldChange(row.field, row.before, row.after, row.actor_name, row.at) for row in since
    ]
    if changes:
        raise StalePatient(changes, patient.version)


def different(patient: Patient, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields whose value is not already that one."""
    return {name: value for name, value in fields.items() if getattr(patient, name) != value}


def write(
    act: Act,
    patient: Patient,
    fields: Mapping[str, Any],
    *,
    notes: Iterable[tuple[str, str, str]] = (),
) -> None:
    """Set fields of a locked patient: history, version, index, near marks, audit and news.

    `notes` are changes of what hangs on the patient (field, before, after).
    """
    changed = different(patient, fields)
    rows = [(name, spelled(getattr(patient, name)), spelled(v)) for name, v in changed.items()]
    rows += [(name, before[:300], after[:300]) for name, before, after in notes]
    if not rows:
        act.audit("U", patient, patient_id=patient.pk, detail="rien à changer")
        return
    for name, value in changed.items():
        setattr(patient, name, value)
    patient.version += 1
    patient.updated_at = act.at
    patient.save()
    history(act, patient, rows)
    names = {name for name, _, _ in rows}
    if names & SEARCHED or names & {"telephone", "related_phone"}:
        search_index.refresh([patient.pk])
    if names & COMPARED or "telephone" in names:
        proximity.refresh(patient, act.at)
    act.audit("U", patient, patient_id=patient.pk, detail=", ".join(sorted(names)))
    act.tell(events.CHANGED, patient_id=patient.pk)


def history(act: Act, patient: Patient, rows: Iterable[tuple[str, str, str]]) -> None:
    """One line of history per field, under the patient's present version."""
    PatientChange.objects.bulk_create(
        PatientChange(
            patient=patient,
            at=act.at,
            actor_id=act.by.user_id,
            actor_name=act.by.name,
            verb=act.verb,
            version=patient.version,
            field=field,
            before=before,
            after=after,
        )
        for field, before, after in rows
    )
