"""One patient's record as the screens read it: everything, typed, in a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from unisson.core import clock
from unisson.core.errors import Refusal
from unisson.patients.lines import line_of
from unisson.patients.models import (
    AdministrativeNote,
    Coverage,
    FormerMatricule,
    NearIdentity,
    Patient,
    PatientChange,
    RelatedPerson,
    Telephone,
)
from unisson.patients.rules import phones, relations
from unisson.patients.rules.coverage import Right
from unisson.patients.rules.differences import Segment, differing, differing_date
from unisson.patients.rules.line import PatientLine
from unisson.patients.rules.relations import Tie


@dataclass(frozen=True)
class Phone:
    """A number in use. `shared_with`: the other patients who have it too."""

    id: int
    e164: str
    display: str
    kind: str
    holder: str
    shared_with: tuple[PatientLine, ...]


@dataclass(frozen=True)
class Related:
    """Somebody around the patient. `acts`: she may act for the patient today."""

    id: int
    relation: str
    name: str
    first_name: str
    phone: str
    person: PatientLine | None
    acts: bool
    is_emergency: bool
    is_trusted: bool
    valid_from: date | None
    valid_until: date | None
    note: str


@dataclass(frozen=True)
class Rights:
    """A coverage. `in_force`: today is within its dates."""

    id: int
    kind: str
    label: str
    organisation: str
    organisation_code: str
    member_number: str
    third_party_payment: bool
    valid_from: date | None
    valid_until: date | None
    checked_at: datetime | None
    checked_by: str
    in_force: bool


@dataclass(frozen=True)
class Near:
    """A patient who can be taken for this one, and what differs, piece by piece."""

    line: PatientLine
    kind: str
    reasons: tuple[str, ...]
    score: int
    name: tuple[Segment, ...]
    first_name: tuple[Segment, ...]
    birth_name: tuple[Segment, ...]
    sex: tuple[Segment, ...]
    born: tuple[Segment, ...]
    commune: str


@dataclass(frozen=True)
class Record:
    """All of a patient. `merged_into` is set when this file went into another one."""

    patient: Patient
    line: PatientLine
    merged_into: PatientLine | None
    phones: tuple[Phone, ...]
    related: tuple[Related, ...]
    coverages: tuple[Rights, ...]
    notes: tuple[AdministrativeNote, ...]
    changes: tuple[PatientChange, ...]
    near: tuple[Near, ...]
    former_matricules: tuple[FormerMatricule, ...]
    acts_for: tuple[PatientLine, ...]

    @property
    def may_act(self) -> tuple[Related, ...]:
        """Who may act for her today."""
        return tuple(person for person in self.related if person.acts)


def record(patient_id: int, *, today: date | None = None, changes: int = 20) -> Record:
    """The record of one patient, with her last `changes` changes.

    Reading it is not written in the trail here: the page that shows it does
    that, with `actions.note_reading`. Refusal when there is no such patient.
    """
    today = today or clock.today()
    patient = (
        Patient.objects.select_related("merged_into", "treating_practitioner__resource")
        .filter(pk=patient_id)
        .first()
    )
    if patient is None:
        raise Refusal("Ce dossier n’existe pas.")
    return Record(
        patient=patient,
        line=line_of(patient),
        merged_into=line_of(patient.merged_into) if patient.merged_into else None,
        phones=_phones(patient),
        related=_related(patient, today),
        coverages=_coverages(patient, today),
        notes=tuple(AdministrativeNote.objects.filter(patient=patient, removed_at__isnull=True)),
        changes=tuple(PatientChange.objects.filter(patient=patient).order_by("-id")[:changes]),
        near=near_identities(patient),
        former_matricules=tuple(FormerMatricule.objects.filter(patient=patient)),
        acts_for=acts_for(patient, today),
    )


def _phones(patient: Patient) -> tuple[Phone, ...]:
    own = list(Telephone.objects.filter(patient=patient, ended_at__isnull=True))
    shared: dict[str, list[PatientLine]] = defaultdict(list)
    for number, line in _bearers([each.e164 for each in own]):
        if line.id != patient.pk:
            shared[number].append(line)
    return tuple(
        Phone(
            id=each.pk,
            e164=each.e164,
            display=phones.display(each.e164),
            kind=each.get_kind_display(),
            holder=each.holder,
            shared_with=tuple(shared[each.e164]),
        )
        for each in own
    )


def _bearers(numbers: Iterable[str]) -> list[tuple[str, PatientLine]]:
    """Who answers at these numbers, with the number, oldest first."""
    telephones = Telephone.objects.filter(
        e164__in=list(numbers), ended_at__isnull=True, patient__merged_into__isnull=True
    ).select_related("patient")
    found = [(each.e164, line_of(each.patient)) for each in telephones]
    return sorted(found, key=lambda pair: (pair[1].birth_date, pair[1].id))


def sharing_phone(e164: str) -> list[PatientLine]:
    """Every patient reached at this number, oldest first.

    Her own numbers, and those of the people around her: a mother calling from
    her mobile is calling for her children. A number proves nobody's identity.
    """
    found = {line.id: line for _, line in _bearers([e164])}
    around = RelatedPerson.objects.filter(e164=e164, patient__merged_into__isnull=True).exclude(
        valid_until__lt=clock.today()
    )
    for tie in around.select_related("patient"):
        found.setdefault(tie.patient_id, line_of(tie.patient))
    return sorted(found.values(), key=lambda line: (line.birth_date, line.id))


def _tie(row: RelatedPerson) -> Tie:
    return Tie(row.relation, row.may_act, row.is_trusted, row.valid_from, row.valid_until)


def _related(patient: Patient, today: date) -> tuple[Related, ...]:
    rows = RelatedPerson.objects.filter(patient=patient).select_related("person")
    return tuple(
        Related(
            id=row.pk,
            relation=row.get_relation_display(),
            name=row.name,
            first_name=row.first_name,
            phone=phones.display(row.e164) if row.e164 else "",
            person=line_of(row.person) if row.person else None,
            acts=relations.may_act(_tie(row), patient_born=patient.birth_date, on=today),
            is_emergency=row.is_emergency,
            is_trusted=row.is_trusted,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            note=row.note,
        )
        for row in rows
        if row.valid_until is None or row.valid_until >= today
    )


def acts_for(patient: Patient, today: date) -> tuple[PatientLine, ...]:
    """Those this patient may act for today: her children until they are of age, her ward."""
    rows = RelatedPerson.objects.filter(
        person=patient, may_act=True, patient__merged_into__isnull=True
    ).select_related("patient")
    found = [
        line_of(row.patient)
        for row in rows
        if relations.may_act(_tie(row), patient_born=row.patient.birth_date, on=today)
    ]
    return tuple(sorted(found, key=lambda line: (line.birth_date, line.id)))


def _coverages(patient: Patient, today: date) -> tuple[Rights, ...]:
    return tuple(
        Rights(
            id=row.pk,
            kind=row.kind,
            label=row.get_kind_display(),
            organisation=row.organisation,
            organisation_code=row.organisation_code,
            member_number=row.member_number,
            third_party_payment=row.third_party_payment,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            checked_at=row.checked_at,
            checked_by=row.checked_by,
            in_force=Right(row.kind, row.valid_from, row.valid_until).on(today),
        )
        for row in Coverage.objects.filter(patient=patient)
    )


def near_identities(patient: Patient) -> tuple[Near, ...]:
    """Who can be taken for this patient, the nearest first, with the characters that differ."""
    pairs = (
        NearIdentity.objects.filter(Q(a=patient) | Q(b=patient))
        .select_related("a", "b")
        .order_by("-score", "id")
    )
    mine = line_of(patient)
    found = []
    for pair in pairs:
        other = pair.b if pair.a_id == patient.pk else pair.a
        line = line_of(other)
        found.append(
            Near(
                line=line,
                kind=pair.kind,
                reasons=tuple(pair.reasons),
                score=pair.score,
                name=differing(line.name, mine.name),
                first_name=differing(line.first_name, mine.first_name),
                birth_name=differing(other.birth_name, patient.birth_name),
                sex=((line.sex, line.sex != mine.sex),),
                born=differing_date(line.born, mine.born),
                commune=other.commune,
            )
        )
    return tuple(found)
