"""Rights: who pays for a patient, from when to when."""

from __future__ import annotations

from datetime import date
from typing import TypedDict, Unpack

from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.patients.actions.writing import taken, write
from unisson.patients.models import Coverage, Patient
from unisson.patients.rules import coverage as rules
from unisson.patients.rules.coverage import Right


class CoverageFields(TypedDict, total=False):
    """What is known of a right; what is left out stays as it is, or empty for a new one."""

    kind: str
    organisation: str
    organisation_code: str
    member_number: str
    third_party_payment: bool
    valid_from: date | None
    valid_until: date | None


def add_coverage(
    *, by: Actor, patient_id: int, checked: bool = False, **fields: Unpack[CoverageFields]
) -> Coverage:
    """Add a right. `checked`: it was verified just now.

    Refused when it cannot stand beside another on the same days (two AMO, AMC
    beside C2S) and when its dates are in the wrong order.
    """
    with gesture("patients.update", by=by) as act:
        patient = taken(patient_id)
        right = Coverage(patient=patient)
        _fill(right, fields)
        if checked:
            right.checked_at, right.checked_by = act.at, by.name
        _check(right, patient)
        right.save(force_insert=True)
        write(act, patient, {}, notes=[("coverage", "", said(right))])
    return right


def change_coverage(
    *, by: Actor, coverage_id: int, checked: bool = False, **fields: Unpack[CoverageFields]
) -> Coverage:
    """Correct a right, end it with `valid_until`, or say with `checked` that it was verified."""
    with gesture("patients.update", by=by) as act:
        right = Coverage.objects.filter(pk=coverage_id).first()
        if right is None:
            raise Refusal("Ces droits n’existent plus. Rien n’a été changé.")
        patient = taken(right.patient_id)
        right.refresh_from_db()
        before = said(right)
        _fill(right, fields)
        if checked:
            right.checked_at, right.checked_by = act.at, by.name
        _check(right, patient)
        right.save()
        notes = [("coverage", before, said(right))] if before != said(right) else []
        if checked:
            notes.append(("coverage_checked", "", right.get_kind_display()))
        write(act, patient, {}, notes=notes)
    return right


def _fill(right: Coverage, fields: CoverageFields) -> None:
    for name, value in fields.items():
        setattr(right, name, " ".join(value.split()) if isinstance(value, str) else value)


def _check(right: Coverage, patient: Patient) -> None:
    others = Coverage.objects.filter(patient=patient).exclude(pk=right.pk)
    rules.check(_right(right), [_right(other) for other in others])


def _right(row: Coverage) -> Right:
    return Right(row.kind, row.valid_from, row.valid_until, row.organisation)


def said(row: Coverage) -> str:
    """A right as the history keeps it."""
    return ", ".join(
        filter(
            None,
            [
                f"{row.get_kind_display()} {row.organisation}".strip(),
                row.organisation_code,
                f"n° {row.member_number}" if row.member_number else "",
                "tiers payant" if row.third_party_payment else "",
                f"depuis le {row.valid_from:%d/%m/%Y}" if row.valid_from else "",
                f"jusqu’au {row.valid_until:%d/%m/%Y}" if row.valid_until else "",
            ],
        )
    )
