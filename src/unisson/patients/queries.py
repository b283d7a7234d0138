"""Reads, as typed rows for the screens and the storeys above."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from unisson.core import clock
from unisson.patients import searching
from unisson.patients.lines import LINE_FIELDS, line_of, lines
from unisson.patients.models import Patient, Telephone
from unisson.patients.records import Record, near_identities, record, sharing_phone
from unisson.patients.rules import phones
from unisson.patients.rules.folding import joined, tokens
from unisson.patients.rules.line import PatientLine

__all__ = [
    "Found",
    "PatientLine",
    "Record",
    "line_of",
    "lines",
    "near",
    "near_identities",
    "record",
    "search",
    "sharing_phone",
]


@dataclass(frozen=True)
class Found:
    """A patient found, with what tells her from the next one.

    `why` is empty when what was typed is plainly hers, else says why she is
    there (numéro de dossier, téléphone, nom qui sonne pareil, autre date de
    naissance). `sure` is False when she is only near what was typed.
    """

    line: PatientLine
    why: str
    sure: bool
    phone: str
    commune: str
    version: int

    @property
    def id(self) -> int:
        return self.line.id


def search(text: str, limit: int = 12, *, today: date | None = None) -> list[Found]:
    """The quick search of the desk: names, first names, birth date, telephone, file number.

    Any mixture in any order, accents or not, the last word unfinished; names
    that sound alike complete a short list. Best first; merged files are never
    found, deceased people come after the living and are marked.
    """
    hits = searching.hunt(text, limit=limit, today=today or clock.today())
    known = _found([hit.patient_id for hit in hits])
    ordered = sorted(
        (hit for hit in hits if hit.patient_id in known),
        key=lambda hit: (hit.rank, known[hit.patient_id].line.deceased, hit.place),
    )
    return [
        replace(known[hit.patient_id], why=hit.why, sure=hit.rank < searching.SAME_DATE)
        for hit in ordered[:limit]
    ]


def near(birth_date: date, name: str = "", first_name: str = "", limit: int = 30) -> list[Found]:
    """Who may already be known, before a new patient is made (RNIV EXI ID 17).

    Birth date first; then at most the first three letters of the name and of
    the first name, each field apart. Patients born that day, then those whose
    birth date has day and month the other way round.
    """
    name, first_name = joined(name)[:3], joined(first_name)[:3]
    days = {birth_date: ""}
    if birth_date.day <= 12 and birth_date.day != birth_date.month:
        other = birth_date.replace(day=birth_date.month, month=birth_date.day)
        days[other] = "jour et mois inversés"
    people = Patient.objects.filter(birth_date__in=days, merged_into__isnull=True)
    fields = ("id", "birth_name", "used_name", "birth_first_name", "used_first_name", "birth_date")
    wanted = {
        pk: (days[born], joined(used or birth), pk)
        for pk, birth, used, first, used_first, born in people.values_list(*fields)
        if _begins(name, birth, used) and _begins(first_name, first, used_first)
    }
    known = _found(sorted(wanted, key=wanted.__getitem__)[:limit])
    return [replace(found, why=wanted[pk][0]) for pk, found in known.items()]


def _begins(letters: str, *names: str) -> bool:
    """Whether one of the names, or a word of it, begins with these letters."""
    return any(word.startswith(letters) for name in names for word in (*tokens(name), joined(name)))


def _found(ids: Sequence[int]) -> dict[int, Found]:
    """What is shown of each patient of a list, in the order given. Two queries."""
    extra = ("commune", "version")
    patients = {
        patient.pk: patient
        for patient in Patient.objects.filter(id__in=ids, merged_into__isnull=True).only(
            *LINE_FIELDS, *extra
        )
    }
    numbers: dict[int, str] = {}
    for owner, number in Telephone.objects.filter(
        patient_id__in=ids, ended_at__isnull=True
    ).values_list("patient_id", "e164"):
        numbers.setdefault(owner, phones.display(number))
    return {
        pk: Found(
            line=line_of(patient),
            why="",
            sure=True,
            phone=numbers.get(pk, ""),
            commune=patient.commune,
            version=patient.version,
        )
        for pk in ids
        if (patient := patients.get(pk)) is not None
    }
