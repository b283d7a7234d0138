"""Patients already read or known by id, as lines."""

from __future__ import annotations

from collections.abc import Iterable

from unisson.patients.models import Patient
from unisson.patients.rules.line import PatientLine, given_name_case

LINE_FIELDS = (
    "id",
    "birth_name",
    "birth_first_name",
    "used_name",
    "used_first_name",
    "sex",
    "birth_date",
    "birth_date_precision",
    "near_mark",
    "is_homonym",
    "is_doubtful",
    "is_fictitious",
    "deceased_on",
    "file_number",
)


def line_of(patient: Patient) -> PatientLine:
    """The line of a patient already read."""
    name = patient.used_name.upper() or patient.birth_name
    return PatientLine(
        id=patient.pk,
        name=name,
        first_name=given_name_case(patient.used_first_name or patient.birth_first_name),
        birth_name="" if patient.birth_name == name else patient.birth_name,
        sex=patient.sex,
        birth_date=patient.birth_date,
        mark=patient.near_mark or ("homonym" if patient.is_homonym else ""),
        birth_date_precision=patient.birth_date_precision,
        deceased=patient.deceased_on is not None,
        doubtful=patient.is_doubtful,
        fictitious=patient.is_fictitious,
        file_number=patient.file_number,
    )


def lines(ids: Iterable[int]) -> dict[int, PatientLine]:
    """The lines of these patients, by id. One query; unknown ids are absent."""
    patients = Patient.objects.filter(id__in=set(ids)).only(*LINE_FIELDS)
    return {patient.pk: line_of(patient) for patient in patients}
