"""The panels of the patient's page, as rows ready to be shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from unisson.core import clock
from unisson.core.models import AuditEvent
from unisson.patients import queries
from unisson.patients.models import (
    Coverage,
    NearIdentity,
    Patient,
    PatientChange,
    RelatedPerson,
    Telephone,
)
from unisson.patients.queries import PatientLine
from unisson.patients.rules import phones
from unisson.patients.rules.differences import Segment, differing, differing_date
from unisson.practice.roles import LABELS
from unisson.screens.secretary import patients_words as words
from unisson.screens.shared import french

# Reasons the eye reads in the columns beside.
SEEN = {
    "même nom",
    "même prénom",
    "même nom de naissance",
    "même date de naissance",
    "même nom et même prénom",
}
NEAR_WORDS = {"homonym": "Homonyme", "near": "Dossier proche"}


@dataclass(frozen=True)
class NearRow:
    """Someone she can be taken for: what differs from her is marked, piece by piece."""

    line: PatientLine
    name: tuple[Segment, ...]
    nee: tuple[Segment, ...]
    sex: tuple[Segment, ...]
    born: tuple[Segment, ...]
    lives: str
    kind: str
    why: str


@dataclass(frozen=True)
class TelephoneRow:
    id: int
    kind: str
    number: str
    holder: str
    also: str


@dataclass(frozen=True)
class RelatedRow:
    id: int
    role: str
    who: str
    detail: str
    record_id: int | None
    trusted: bool


@dataclass(frozen=True)
class CoverageRow:
    """`state` is empty when nothing is known of the dates. `tone`, `glyph`: class names."""

    id: int
    kind: str
    who: str
    detail: str
    state: str = ""
    tone: str = ""
    glyph: str = ""
    over: bool = False


@dataclass(frozen=True)
class ChangeRow:
    day: str
    what: str
    by: str


def near_rows(patient: Patient) -> list[NearRow]:
    """Those who can be taken for her, the nearest first. One query."""
    pairs = (
        NearIdentity.objects.filter(Q(a=patient) | Q(b=patient))
        .select_related("a", "b")
        .order_by("-score", "id")
    )
    mine = queries.line_of(patient)
    rows = []
    for pair in pairs:
        other = pair.b if pair.a_id == patient.pk else pair.a
        if other.merged_into_id is None:
            rows.append(_near_row(mine, other, pair.kind, pair.reasons))
    return rows


def _near_row(mine: PatientLine, other: Patient, kind: str, reasons: Iterable[str]) -> NearRow:
    line = queries.line_of(other)
    name = differing(line.name, mine.name)
    first = differing(line.first_name, mine.first_name)
    return NearRow(
        line=line,
        name=(*name, (" ", False), *first),
        nee=_nee(line, mine),
        sex=((line.sex, line.sex != mine.sex),),
        born=differing_date(line.born, mine.born),
        lives=f"habite {other.commune}" if other.commune else "",
        kind=("Jumelle" if line.sex == "F" else "Jumeau") if kind == "twin" else NEAR_WORDS[kind],
        why=", ".join(each for each in reasons if each not in SEEN),
    )


def _nee(line: PatientLine, mine: PatientLine) -> tuple[Segment, ...]:
    """`née MOREL`, the name marked where it differs; empty when neither has another birth name."""
    if not line.nee and not mine.nee:
        return ()
    birth_name = line.birth_name or line.name
    born = line.nee.split(" ")[0] or "née"
    pieces = differing(birth_name, mine.birth_name or mine.name)
    return ((f"{born} ", False), *pieces)


def near_title(rows: list[NearRow]) -> str:
    """`Un dossier proche`, `Deux dossiers proches`."""
    if len(rows) == 1:
        return "Un dossier proche"
    count = french.NUMBERS[len(rows)] if len(rows) < len(french.NUMBERS) else str(len(rows))
    return f"{count.capitalize()} dossiers proches"


def near_advice(rows: list[NearRow], mine: PatientLine) -> str:
    """What to have repeated: whatever tells these people apart at the telephone."""
    if any(row.line.birth_date == mine.birth_date for row in rows):
        return "Faire épeler le prénom"
    return "Faire redire la date de naissance"


def telephone_rows(patient: Patient) -> list[TelephoneRow]:
    """Her numbers in use, and with how many others each one is shared. Two queries."""
    numbers = list(Telephone.objects.filter(patient=patient, ended_at=None))
    shared = Counter(
        Telephone.objects.filter(e164__in=[n.e164 for n in numbers], ended_at=None)
        .exclude(patient=patient)
        .values_list("e164", flat=True)
    )
    return [
        TelephoneRow(
            id=number.pk,
            kind=number.get_kind_display(),
            number=said_number(number.e164),
            holder=number.holder,
            also=_shared(shared[number.e164]),
        )
        for number in numbers
    ]


def said_number(e164: str) -> str:
    """A number as read aloud, kept on one line."""
    return phones.display(e164).replace(" ", french.NBSP)


def _shared(others: int) -> str:
    if not others:
        return ""
    return f"Aussi le numéro de {french.plural(others, 'autre dossier', 'autres dossiers')}"


def related_rows(patient: Patient, *, on: date) -> list[RelatedRow]:
    """Who is around her on that day: to warn, trusted, empowered. One query."""
    people = RelatedPerson.objects.filter(patient=patient).exclude(valid_until__lt=on)
    return [related_row(person) for person in people]


def related_row(person: RelatedPerson) -> RelatedRow:
    """One of them, in words."""
    role = (
        "Prévenir"
        if person.is_emergency
        else "Confiance"
        if person.is_trusted
        else person.get_relation_display().capitalize()
    )
    details = [
        "personne de confiance" if person.is_trusted and person.is_emergency else "",
        "peut agir pour le patient" if person.may_act else "",
        _dates(person.valid_from, person.valid_until),
        person.note,
    ]
    detail = ", ".join(filter(None, details))
    who = [
        f"{person.name} {person.first_name}".strip(),
        person.get_relation_display(),
        said_number(person.e164) if person.e164 else "",
    ]
    return RelatedRow(
        id=person.pk,
        role=role,
        who=", ".join(filter(None, who)),
        detail=detail[:1].upper() + detail[1:],
        record_id=person.person_id,
        trusted=person.is_trusted,
    )


def acts_for(patient: Patient, *, on: date) -> list[PatientLine]:
    """Those she may act for on that day: her children, her ward. Two queries at most."""
    ids = (
        RelatedPerson.objects.filter(person=patient, may_act=True)
        .exclude(valid_until__lt=on)
        .exclude(valid_from__gt=on)
        .values_list("patient_id", flat=True)
    )
    return sorted(queries.lines(ids).values(), key=lambda line: line.birth_date)


def _dates(start: date | None, end: date | None) -> str:
    if start and end:
        return f"du {start:%d/%m/%Y} au {end:%d/%m/%Y}"
    if start:
        return f"depuis le {start:%d/%m/%Y}"
    return f"jusqu’au {end:%d/%m/%Y}" if end else ""


def coverage_rows(patient: Patient, *, on: date) -> list[CoverageRow]:
    """Who pays: those in force first, then what has ended. One query."""
    every = sorted(
        Coverage.objects.filter(patient=patient),
        key=lambda coverage: (list(COVERAGE_LABELS).index(coverage.kind), -coverage.pk),
    )
    return sorted((coverage_row(each, on=on) for each in every), key=lambda row: row.over)


COVERAGE_LABELS = {"amo": "Régime", "amc": "Mutuelle", "c2s": "C2S", "ald": "ALD"}


def coverage_row(coverage: Coverage, *, on: date) -> CoverageRow:
    """One coverage on that day."""
    over = coverage.valid_until is not None and coverage.valid_until < on
    later = coverage.valid_from is not None and coverage.valid_from > on
    dated = coverage.valid_from is not None or coverage.valid_until is not None
    if over:
        state, tone, glyph = "droits terminés", "c-att", "urgence"
    elif later:
        state, tone, glyph = "pas encore ouverts", "", "prevu"
    elif dated or coverage.checked_at:
        state, tone, glyph = "droits ouverts", "c-ok", "sorti"
    else:
        state, tone, glyph = "dates non renseignées", "", "prevu"
    details = [
        words.masked_numbers(f"n° {coverage.member_number}") if coverage.member_number else "",
        _dates(coverage.valid_from, coverage.valid_until),
        f"vérifiés {french.said(coverage.checked_at)}" if coverage.checked_at else "non vérifiés",
        f"par {coverage.checked_by}" if coverage.checked_by else "",
    ]
    who = [
        coverage.organisation or coverage.get_kind_display().capitalize(),
        "tiers payant" if coverage.third_party_payment else "",
    ]
    detail = ", ".join(filter(None, details))
    return CoverageRow(
        id=coverage.pk,
        kind=COVERAGE_LABELS[coverage.kind],
        who=", ".join(filter(None, who)),
        detail=detail[:1].upper() + detail[1:],
        state=state,
        tone=tone,
        glyph=glyph,
        over=over,
    )


def change_rows(patient: Patient, *, count: int = 4) -> list[ChangeRow]:
    """The last changes, one row for what one person changed in a day. One query."""
    latest = (
        PatientChange.objects.filter(patient=patient)
        .exclude(field__in=words.HIDDEN)
        .order_by("-at", "-id")[: count * 10]
    )
    groups: dict[tuple[date, str], list[str]] = {}
    for change in latest:
        fields = groups.setdefault((clock.local(change.at).date(), change.actor_name), [])
        fields.append(words.field_label(change.field))
    return [
        ChangeRow(french.short_day(day), _listed(list(dict.fromkeys(fields))), by)
        for (day, by), fields in list(groups.items())[:count]
    ]


def _listed(labels: list[str]) -> str:
    """`Langue, adresse, couverture et 2 autres`."""
    more = f" et {french.plural(len(labels) - 3, 'autre')}" if len(labels) > 3 else ""
    said = ", ".join(labels[:3]) + more
    return said[:1].upper() + said[1:]


def reader_words(patient: Patient, *, count: int = 2) -> list[str]:
    """Who read this record before the reading under way, the latest first. One query."""
    readings = AuditEvent.objects.filter(patient_id=patient.pk, action="R").order_by("-at", "-id")
    return [f"{each.actor_name}, {french.said(each.at)}" for each in readings[1 : count + 1]]


def role_word(role: str) -> str:
    """The reader's role in her own words."""
    return LABELS.get(role, role).lower()
