"""Patients of another program.

The file is read before anything is locked; who is new is decided and written
in one transaction.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import F

from unisson.core import access, clock
from unisson.core.access import Actor
from unisson.core.gesture import Act, gesture
from unisson.core.locks import PATIENTS as PATIENTS_LOCK
from unisson.core.locks import lock
from unisson.exchange import bulk, events, patient_index
from unisson.exchange.models import ImportRun, SourceKey
from unisson.exchange.models import Mapping as Remembered
from unisson.exchange.reading import PATIENTS, Choices, Opened, columns_kept, open_file
from unisson.exchange.rules import patients as rules
from unisson.exchange.rules.directory import Names
from unisson.exchange.rules.patients import Known, Options, Record
from unisson.exchange.rules.report import Report
from unisson.exchange.rules.values import Bad
from unisson.patients import proximity
from unisson.patients.models import AdministrativeNote, Numbering, Patient, Telephone
from unisson.patients.queries import line_of
from unisson.patients.rules import phones as phone_rules
from unisson.patients.rules.nearness import Nearness, Person
from unisson.practice.models import Practitioner

VERB = "patients.import"
NOTE = 300  # characters of one administrative note
Progress = Callable[[str, int, int], None]


def import_patients(
    data: bytes,
    *,
    by: Actor,
    file_name: str,
    choices: Choices | None = None,
    apply: bool = False,
    progress: Progress | None = None,
) -> Report:
    """What importing this file would do, or, with `apply`, do it.

    Refused lines are left out and said; everything else comes in together or
    not at all. A line already imported, or about a person already there, changes
    nothing. People who look like somebody else come in, marked, and are proposed
    as duplicates: nothing is merged. Raises Refusal when the file cannot be read.
    """
    access.check(by, VERB)
    opened, choices = open_file(PATIENTS, data, choices or Choices())
    opened.check()
    report = Report(PATIENTS, file_name)
    options = Options(today=clock.today(), month_first=choices.month_first)
    records = _read(opened, options, report, progress)
    if not apply:
        _Plan.make(records, choices, report, progress)
        return report
    with gesture(VERB, by=by) as act:
        lock(PATIENTS_LOCK, [proximity.LOCK])  # nobody is created or renamed meanwhile
        plan = _Plan.make(records, choices, report, progress)
        report.applied = True
        if plan.empty:
            act.audit("E", "ImportRun", detail="patients : rien de nouveau")
            return report
        run = ImportRun.objects.create(
            kind=PATIENTS,
            source=choices.source,
            file_name=file_name[:200],
            digest=hashlib.sha256(data).hexdigest(),
            at=act.at,
            by_id=by.user_id,
            by_name=by.name,
            new=report.new,
            known=report.known,
            refused=report.refused,
            doubtful=report.doubtful,
        )
        plan.write(act, run, progress)
        remember(opened, choices, act.at)
        act.audit("C", run, detail=f"{report.new} patients de {choices.source}"[:500])
        act.tell(events.PATIENTS_IMPORTED, run=run.pk)
    return report


def remember(opened: Opened, choices: Choices, at: datetime) -> None:
    """Read the next file with these headers the same way."""
    Remembered.objects.update_or_create(
        kind=opened.kind,
        signature=opened.signature,
        defaults={
            "columns": columns_kept(opened),
            "choices": choices.kept(),
            "updated_at": at,
        },
    )


def _read(
    opened: Opened, options: Options, report: Report, progress: Progress | None
) -> list[Record]:
    """The records of the file; lines that cannot be taken are refused in the report."""
    records: list[Record] = []
    total = opened.text.count("\n") + 1
    for row, cells in opened.cells():
        report.read += 1
        if progress is not None and report.read % 500 == 0:
            progress("Lecture", min(row.line, total), total)
        if row.problem:
            report.refuse(row.line, row.problem)
            continue
        try:
            record = rules.read(row.line, cells, options)
        except Bad as bad:
            report.refuse(row.line, str(bad))
            continue
        records.append(record)
    return records


@dataclass
class _Plan:
    """What will be written: new patients under temporary negative ids, keys, near pairs."""

    source: str
    new: dict[int, Record] = field(default_factory=dict)
    keys: list[tuple[str, str, int]] = field(default_factory=list)  # key, digest, patient id
    near: dict[tuple[int, int], Nearness] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Nothing to write, not even that a known line is a known person."""
        return not self.new and not self.keys

    @classmethod
    def make(
        cls,
        records: Sequence[Record],
        choices: Choices,
        report: Report,
        progress: Progress | None,
    ) -> _Plan:
        plan = cls(choices.source)
        present = _Present.read(choices.source)
        for number, record in enumerate(records):
            if progress is not None and number % 2000 == 0:
                progress("Comparaison", number, len(records))
            plan._settle(record, present, report)
        plan._look_around(present, report)
        return plan

    def _settle(self, record: Record, present: _Present, report: Report) -> None:
        linked = present.by_key.get(record.key)
        if linked is not None:
            self._again(record, linked, present, report)
            return
        same = [one for one in present.by_who.get(record.who, ()) if one.can_be(record.traits)]
        # Another number of the same program: another file there, so another one here.
        free = [one for one in same if not record.source_id or one.id not in present.numbered]
        if len(free) > 1:
            report.refuse(
                record.line, f"{len(free)} dossiers ont déjà exactement l’identité {record.shown}"
            )
            return
        if len(free) == 1:
            report.known += 1
            report.linked += free[0].id > 0
            self._link(record, free[0].id, present)
            return
        number = -len(self.new) - 1
        self.new[number] = record
        self._link(record, number, present)
        present.by_who[record.who].append(
            Known(number, record.traits.sex, record.traits.birth_place_code)
        )
        present.lines[number] = record
        report.new += 1
        for remark in record.remarks:
            report.remark(record.line, remark)

    def _again(
        self, record: Record, linked: tuple[int, str], present: _Present, report: Report
    ) -> None:
        """The key is known: the same person, or a number used for somebody else."""
        patient_id, digest = linked
        earlier = present.lines.get(patient_id)
        if digest == record.digest or present.is_who(patient_id, record):
            report.known += 1
            if earlier is not None:
                report.remark(record.line, f"déjà à la ligne {earlier.line} : laissée de côté")
        elif earlier is not None:
            report.refuse(
                record.line,
                f"le n° {record.source_id} est déjà celui de la ligne {earlier.line},"
                f" {earlier.shown}",
            )
        else:
            report.refuse(
                record.line,
                f"le n° {record.source_id} a été importé pour quelqu’un d’autre"
                f" ({present.shown(patient_id)}) : ce n’est pas le même logiciel, ou la fiche y a"
                " changé d’identité",
            )

    def _link(self, record: Record, patient_id: int, present: _Present) -> None:
        self.keys.append((record.key, record.digest, patient_id))
        present.by_key[record.key] = patient_id, record.digest
        if record.source_id:
            present.numbered.add(patient_id)

    def _look_around(self, present: _Present, report: Report) -> None:
        """Who among the new can be taken for somebody else."""
        if not self.new:
            return
        people = dict(present.people)
        for number, record in self.new.items():
            people[number] = _person(record)
        self.near = patient_index.pairs(people, frozenset(self.new))
        told: dict[int, tuple[int, Nearness]] = {}
        for (a, b), near in self.near.items():
            if not proximity.is_likely_duplicate(near):
                continue
            # The later line is the one that comes in beside the other.
            newcomer, other = (a, b) if a < 0 and (b >= 0 or a < b) else (b, a)
            if newcomer not in told or told[newcomer][1].score < near.score:
                told[newcomer] = other, near
        for newcomer, (other, near) in sorted(told.items(), reverse=True):
            earlier = present.lines.get(other)
            whom = f"la ligne {earlier.line}" if earlier else present.shown(other)
            report.doubt(
                self.new[newcomer].line,
                f"{self.new[newcomer].shown} ressemble à {whom} ({', '.join(near.reasons)}) :"
                " créé à part et proposé dans les doublons",
            )

    def write(self, act: Act, run: ImportRun, progress: Progress | None) -> None:
        """Everything, in the transaction of the act."""

        def step(done: int) -> None:
            if progress is not None:
                progress("Écriture", done, 4)

        step(0)
        real, patients = self._patients(act.at)
        near = {
            (min(real.get(a, a), real.get(b, b)), max(real.get(a, a), real.get(b, b))): kind
            for (a, b), kind in self.near.items()
        }
        patient_index.mark(patients, near)
        bulk.insert(patients)
        step(1)
        phones = self._phones(real, act.at)
        bulk.insert(phones)
        bulk.insert(self._notes(real, act))
        bulk.insert(
            SourceKey(
                source=self.source,
                kind=SourceKey.Kind.PATIENT,
                key=key,
                digest=digest,
                object_id=real.get(patient_id, patient_id),
                run=run,
            )
            for key, digest, patient_id in self.keys
        )
        step(2)
        numbers: dict[int, list[str]] = defaultdict(list)
        for phone in phones:
            numbers[phone.patient_id].append(phone.e164)
        patient_index.add_to_search(patients, numbers)
        step(3)
        patient_index.write_pairs(near, act.at)
        proximity.remark(sorted({n for pair in near for n in pair} - set(real.values())))
        for patient in patients:
            act.audit("C", patient, patient_id=patient.pk, detail=f"import {run.pk}")
        step(4)

    def _patients(self, at: datetime) -> tuple[dict[int, int], list[Patient]]:
        """The rows, with their real ids and file numbers, by temporary id."""
        treating = _treating()
        found: dict[int, int] = {}
        rows: list[Patient] = []
        first = _take_numbers(len(self.new))
        keys = bulk.take_ids(Patient, len(self.new))
        for order, ((number, record), key) in enumerate(zip(self.new.items(), keys, strict=True)):
            found[number] = key
            rows.append(_row(key, record, f"{first + order:06d}", at, treating))
        return found, rows

    def _phones(self, real: Mapping[int, int], at: datetime) -> list[Telephone]:
        return [
            Telephone(
                patient_id=real[number],
                e164=phone.e164,
                kind=kind or ("mobile" if phone_rules.is_mobile(phone.e164) else "home"),
                holder=phone.holder,
                order=order,
                added_at=at,
            )
            for number, record in self.new.items()
            for order, (phone, kind) in enumerate(record.phones)
        ]

    def _notes(self, real: Mapping[int, int], act: Act) -> list[AdministrativeNote]:
        return [
            AdministrativeNote(
                patient_id=real[number],
                text=record.note[start : start + NOTE],
                added_at=act.at,
                added_by=act.by.name,
            )
            for number, record in self.new.items()
            for start in range(0, min(len(record.note), NOTE * 10), NOTE)
        ]


@dataclass
class _Present:
    """Everyone already there, as needed to recognise somebody."""

    people: dict[int, Person] = field(default_factory=dict)
    by_who: dict[tuple[str, str, date], list[Known]] = field(
        default_factory=lambda: defaultdict(list)
    )
    by_key: dict[str, tuple[int, str]] = field(default_factory=dict)
    numbered: set[int] = field(default_factory=set)
    lines: dict[int, Record] = field(default_factory=dict)

    @classmethod
    def read(cls, source: str) -> _Present:
        present = cls()
        merged = dict(
            Patient.objects.filter(merged_into__isnull=False).values_list("id", "merged_into_id")
        )
        phones: dict[int, set[str]] = defaultdict(set)
        for patient_id, e164 in Telephone.objects.filter(ended_at__isnull=True).values_list(
            "patient_id", "e164"
        ):
            phones[patient_id].add(e164)
        for row in Patient.objects.filter(merged_into__isnull=True).iterator(chunk_size=5000):
            present.people[row.pk] = proximity.person_of(row, phones.get(row.pk, ()))
            present.by_who[rules.who(row.birth_name, row.birth_first_name, row.birth_date)].append(
                Known(row.pk, row.sex, row.birth_place_code)
            )
        for key, digest, patient_id in SourceKey.objects.filter(
            source=source, kind=SourceKey.Kind.PATIENT
        ).values_list("key", "digest", F("object_id")):
            kept = patient_id
            while kept in merged:
                kept = merged[kept]
            present.by_key[key] = kept, digest
            if key.startswith("n:"):
                present.numbered.add(kept)
        return present

    def is_who(self, patient_id: int, record: Record) -> bool:
        """Whether this patient, as she is now, is the person of the record."""
        return any(
            one.id == patient_id and one.can_be(record.traits)
            for one in self.by_who.get(record.who, ())
        )

    def shown(self, patient_id: int) -> str:
        """Somebody there, in a sentence of the report."""
        patient = Patient.objects.filter(pk=patient_id).first()
        if patient is None:
            return "dossier supprimé"
        return f"{line_of(patient).phrase}, dossier {patient.file_number}"


def _person(record: Record) -> Person:
    traits = record.traits
    return Person(
        names=tuple(filter(None, (traits.birth_name, record.used_name))),
        firsts=tuple(filter(None, (traits.birth_first_name, record.used_first_name))),
        birth_date=traits.birth_date,
        sex=traits.sex,
        birth_place_code=traits.birth_place_code,
        phones=frozenset(phone.e164 for phone, _ in record.phones),
        address=f"{record.address_line} {record.postcode}" if record.address_line else "",
    )


def _treating() -> Names:
    return Names(
        {
            practitioner.pk: (
                practitioner.family_name,
                f"{practitioner.given_name} {practitioner.family_name}",
                str(practitioner),
            )
            for practitioner in Practitioner.objects.select_related("resource")
        }
    )


def _row(key: int, record: Record, number: str, at: datetime, treating: Names) -> Patient:
    traits = record.traits
    doctor = treating.find(record.treating_name)
    return Patient(
        id=key,
        birth_name=traits.birth_name,
        birth_first_name=traits.birth_first_name,
        birth_given_names=traits.birth_given_names,
        birth_date=traits.birth_date,
        birth_date_precision=traits.birth_date_precision,
        sex=traits.sex,
        birth_place_code=traits.birth_place_code,
        birth_place_name=traits.birth_place_name,
        used_name=record.used_name,
        used_first_name=record.used_first_name,
        file_number=number,
        former_number=record.source_id,
        deceased_on=record.deceased_on,
        treating_practitioner_id=doctor,
        treating_name="" if doctor else record.treating_name,
        email=record.email,
        address_line=record.address_line,
        postcode=record.postcode,
        commune=record.commune,
        commune_code=record.commune_code,
        created_at=at,
        updated_at=at,
    )


def _take_numbers(count: int) -> int:
    """The first of `count` file numbers that follow one another."""
    row, _ = Numbering.objects.select_for_update().get_or_create(name="patient")
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return first
