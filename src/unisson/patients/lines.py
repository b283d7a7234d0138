"""Patients already read or known by id, as lines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

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
    return _line(*(getattr(patient, name) for name in LINE_FIELDS))


def lines(ids: Iterable[int]) -> dict[int, PatientLine]:
    """The lines of these patients, by id. One query; unknown ids are absent."""
    rows = Patient.objects.filter(id__in=set(ids)).values_list(*LINE_FIELDS)
    return {row[0]: _line(*row) for row in rows}


def _line(
    key: int,
    birth_name: str,
    birth_first_name: str,
    used_name: str,
    used_first_name: str,
    sex: str,
    birth_date: date,
    precision: str,
    near_mark: str,
    is_homonym: bool,
    is_doubtful: bool,
    is_fictitious: bool,
    deceased_on: date | None,
    file_number: str,
) -> PatientLine:
    """From the values of LINE_FIELDS, in their order."""
    name = used_name.upper() or birth_name
    return PatientLine(
        id=key,
        name=name,
        first_name=given_name_case(used_first_name or birth_first_name),
        birth_name="" if birth_name == name else birth_name,
        sex=sex,
        birth_date=birth_date,
        mark=near_mark or ("homonym" if is_homonym else ""),
        birth_date_precision=precision,
        deceased=deceased_on is not None,
        doubtful=is_doubtful,
        fictitious=is_fictitious,
        file_number=file_number,
    )
