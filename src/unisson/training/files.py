"""Writing the demo patients: thousands of rows at a time, the same rows the desk would write."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from unisson.exchange import bulk, patient_index
from unisson.patients import proximity
from unisson.patients.models import (
    AdministrativeNote,
    Coverage,
    Numbering,
    Patient,
    RelatedPerson,
    Telephone,
)
from unisson.patients.rules import identity, ins
from unisson.patients.rules.folding import without_accents
from unisson.training import names
from unisson.training.house import House
from unisson.training.people import ADULT, Person

NOTES = (
    "Malentendante : parler lentement, bien en face.",
    "Vient en fauteuil : prévoir le cabinet du rez-de-chaussée.",
    "Appeler plutôt après 17 h.",
    "Ne parle pas français : sa fille traduit.",
    "Transport VSL : confirmer l’heure à la société.",
    "Préfère être appelé sur le fixe.",
    "Arrive toujours en avance.",
    "Demander si le chien est resté dehors.",
    "A changé de mutuelle : redemander la carte.",
)
MUTUALS = (
    "Mutuelle du Val",
    "Mutuelle des Rives",
    "Prévoyance des Tisserands",
    "Mutuelle de l’Ardoise",
    "Entraide des Mariniers",
    "Mutuelle Bocage",
)
DOCTORS_ELSEWHERE = ("Dr Aubert, Angers", "Dr Rousseau, Cholet", "Dr Petit, Saumur")
LANGUAGES = {
    "turquie": "turc",
    "chine": "chinois",
    "europe-est": "ukrainien",
    "portugal": "portugais",
    "maghreb-maroc": "arabe",
}


@dataclass
class _Writer:
    people: Sequence[Person]
    house: House
    today: date
    now: datetime
    rng: random.Random

    def __post_init__(self) -> None:
        self._orders: dict[str, int] = defaultdict(lambda: self.rng.randint(1, 300))

    def patient(self, number: int, person: Person) -> Patient:
        first = _profile(person.first_name)
        age = person.age(self.today)
        registered = self.now - timedelta(days=self.rng.randint(1, min(4000, max(2, age * 365))))
        row = Patient(
            birth_name=_profile(person.birth_name),
            birth_first_name=first,
            birth_given_names=" ".join(_profile(name) for name in person.given_names),
            birth_date=person.birth_date,
            birth_date_precision=person.precision,
            sex=person.sex,
            birth_place_code=person.birth_place,
            birth_place_name=names.place_name(person.birth_place, person.birth_date),
            used_name=person.used_name,
            # What people write on the form: accents are theirs, the strict traits have none.
            used_first_name=(
                person.first_name
                if without_accents(person.first_name) != person.first_name
                and self.rng.random() < 0.8
                else ""
            ),
            file_number=f"{number:06d}",
            former_number=f"HD{number * 7 + 1000}" if self.rng.random() < 0.3 else "",
            deceased_on=person.deceased_on,
            email=person.email,
            address_line=person.street,
            postcode=person.home.postcode,
            commune=person.home.name,
            commune_code=person.home.code,
            wants_sms=self.rng.random() < 0.93,
            wants_email=bool(person.email) and self.rng.random() < 0.85,
            wants_voicemail=self.rng.random() < 0.25,
            language=self._language(person, age),
            created_at=registered,
            updated_at=registered,
        )
        self._doctor(row, number, age)
        self._identity(row, person, age, registered)
        return row

    def _language(self, person: Person, age: int) -> str:
        if person.origin is None or age < 30 or self.rng.random() > 0.12:
            return ""
        return LANGUAGES.get(person.origin.label, "")

    def _doctor(self, row: Patient, number: int, age: int) -> None:
        if self.rng.random() < 0.12:
            row.treating_name = self.rng.choice(DOCTORS_ELSEWHERE)
        elif age < 10 and self.rng.random() < 0.6:
            row.treating_practitioner = self.house.practitioners["marchal"]
        else:
            key = "nguyen" if number % 2 == 0 else "diallo"
            row.treating_practitioner = self.house.practitioners[key]

    def _identity(self, row: Patient, person: Person, age: int, at: datetime) -> None:
        if person.precision != "exact" or person.double_of is not None:
            return
        draw = self.rng.random()
        row.insi_retrieved = draw < 0.70
        row.documents_checked = draw < 0.62 or draw >= 0.86
        if row.insi_retrieved:
            row.insi_retrieved_at = at
            row.ins_matricule = self._matricule(person)
            row.ins_oid = ins.OID_NIR_DEMO
        if row.documents_checked:
            row.document_kind = "LEP" if age < ADULT else self.rng.choice(("CN", "CN", "PA", "eCN"))
            row.documents_checked_at = at
            row.documents_checked_by = "C. Petit"

    def _matricule(self, person: Person) -> str:
        head = {"M": "1", "F": "2"}[person.sex]
        start = f"{head}{person.birth_date:%y%m}{person.birth_place}"
        self._orders[start] = self._orders[start] % 999 + 1
        thirteen = f"{start}{self._orders[start]:03d}"
        return thirteen + ins.key(thirteen)

    def telephones(self, row: Patient, person: Person) -> list[Telephone]:
        return [
            Telephone(
                patient=row,
                e164=e164,
                kind=kind,
                holder=holder,
                order=order,
                added_at=row.created_at,
            )
            for order, (e164, kind, holder) in enumerate(person.phones)
        ]

    def coverages(self, row: Patient, person: Person) -> list[Coverage]:
        found = []
        age = person.age(self.today)
        since = max(person.birth_date, date(self.today.year - 3, 1, 1))
        year_end = date(self.today.year, 12, 31)
        if self.rng.random() < 0.9:
            found.append(
                Coverage(
                    patient=row,
                    kind=Coverage.Kind.AMO,
                    organisation="CPAM de Maine-et-Loire",
                    organisation_code="01491",
                    member_number=row.ins_matricule if age >= ADULT else "",
                    valid_from=since,
                    checked_at=row.created_at,
                    checked_by="C. Petit",
                )
            )
        draw = self.rng.random()
        if draw < 0.72:
            found.append(
                Coverage(
                    patient=row,
                    kind=Coverage.Kind.AMC,
                    organisation=self.rng.choice(MUTUALS),
                    member_number=f"{self.rng.randint(10**7, 10**8 - 1)}",
                    valid_from=max(person.birth_date, date(self.today.year, 1, 1)),
                    valid_until=year_end,
                    third_party_payment=draw < 0.3,
                )
            )
        elif draw < 0.8:
            found.append(
                Coverage(
                    patient=row,
                    kind=Coverage.Kind.C2S,
                    organisation="Complémentaire santé solidaire",
                    valid_from=self.today - timedelta(days=self.rng.randint(0, 300)),
                    valid_until=self.today + timedelta(days=self.rng.randint(5, 300)),
                    third_party_payment=True,
                )
            )
        if self.rng.random() < (0.22 if age > 60 else 0.03):
            found.append(
                Coverage(
                    patient=row,
                    kind=Coverage.Kind.ALD,
                    valid_from=max(person.birth_date, self.today - timedelta(days=900)),
                    valid_until=self.today + timedelta(days=self.rng.randint(30, 2500)),
                )
            )
        return found

    def relations(self, rows: Sequence[Patient], number: int) -> list[RelatedPerson]:
        person = self.people[number]
        minor = person.age(self.today) < ADULT
        found = []
        for other, relation in (
            (person.mother, RelatedPerson.Relation.MOTHER),
            (person.father, RelatedPerson.Relation.FATHER),
            (person.spouse, RelatedPerson.Relation.SPOUSE),
        ):
            if other is None or (other == person.spouse and self.rng.random() < 0.6):
                continue
            somebody = self.people[other]
            mobile = next((p[0] for p in somebody.phones if p[1] == "mobile"), "")
            found.append(
                RelatedPerson(
                    patient=rows[number],
                    relation=relation,
                    name=somebody.used_name or somebody.birth_name,
                    first_name=somebody.first_name,
                    person=rows[other],
                    e164=mobile or next((p[0] for p in somebody.phones), ""),
                    may_act=minor and relation != RelatedPerson.Relation.SPOUSE,
                    is_emergency=True,
                    is_trusted=relation == RelatedPerson.Relation.SPOUSE,
                    valid_until=_eighteen(person.birth_date) if minor else None,
                )
            )
        return found

    def note(self, row: Patient) -> AdministrativeNote:
        return AdministrativeNote(
            patient=row,
            text=self.rng.choice(NOTES),
            added_at=row.created_at,
            added_by=self.rng.choice(("C. Petit", "S. Moreau", "E. Kaya")),
        )


def _eighteen(born: date) -> date:
    """The day before majority: parents act until then."""
    year = born.year + ADULT
    birthday = date(year, 3, 1) if (born.month, born.day) == (2, 29) else born.replace(year=year)
    return birthday - timedelta(days=1)


@lru_cache(maxsize=20_000)
def _profile(name: str) -> str:
    return identity.normalised(name, field="name", label="nom", family=True).replace("--", "-")


def write(
    people: Sequence[Person], house: House, today: date, now: datetime, rng: random.Random
) -> list[Patient]:
    """All the patients with what hangs on them, index and near marks included."""
    writer = _Writer(people, house, today, now, rng)
    rows = [writer.patient(number, person) for number, person in enumerate(people, 1)]
    for row, key in zip(rows, bulk.take_ids(Patient, len(rows)), strict=True):
        row.pk = key
    pairs = list(zip(rows, people, strict=True))
    phones = {row.pk: {e164 for e164, *_ in person.phones} for row, person in pairs}
    near = patient_index.pairs({row.pk: proximity.person_of(row, phones[row.pk]) for row in rows})
    patient_index.mark(rows, near)
    bulk.insert(rows)
    patient_index.write_pairs(near, now)
    Numbering.objects.update_or_create(name="patient", defaults={"last": len(rows)})
    bulk.insert(phone for row, person in pairs for phone in writer.telephones(row, person))
    bulk.insert(coverage for row, person in pairs for coverage in writer.coverages(row, person))
    related = [
        somebody
        for number, person in enumerate(people)
        if person.mother is not None or person.father is not None or person.spouse is not None
        for somebody in writer.relations(rows, number)
    ]
    bulk.insert(related)
    bulk.insert(writer.note(row) for row in rows if rng.random() < 0.03)
    # A child is found by her parents' numbers too.
    for somebody in related:
        phones[somebody.patient_id].add(somebody.e164)
    patient_index.add_to_search(rows, phones)
    return rows
