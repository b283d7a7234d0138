"""Who is near whom, kept true in the transaction that changes a patient.

The rules compare two people; this module finds who is worth comparing (born
the same day, or sounding the same), keeps the pairs, and the mark shown beside
each name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import batched, combinations, groupby

from django.db.models import Q

from unisson.patients.models import (
    DuplicateProposal,
    NearIdentity,
    Patient,
    SearchKey,
    Telephone,
)
from unisson.patients.rules import nearness
from unisson.patients.rules.folding import joined
from unisson.patients.rules.nearness import Nearness, Person
from unisson.patients.rules.phonetic import ear

# Locked, with the patients and after them, by whatever can change who is near
# whom: two people created in the same second must see one another. One lock for
# all, because the pairs of one patient reach into hundreds of others.
LOCK = 2_147_483_646

# Someone called MARTIN Marie in a town has hundreds of homonyms: these many are compared.
MOST = 300
BATCH = 500
FIELDS = (
    "id",
    "birth_name",
    "used_name",
    "birth_first_name",
    "used_first_name",
    "birth_date",
    "sex",
    "birth_place_code",
    "address_line",
    "postcode",
)


def person_of(patient: Patient, phones: Iterable[str] = ()) -> Person:
    """What is compared of a patient. `phones` are E.164, in use."""
    return Person(
        names=tuple(filter(None, (patient.birth_name, patient.used_name))),
        firsts=tuple(filter(None, (patient.birth_first_name, patient.used_first_name))),
        birth_date=patient.birth_date,
        sex=patient.sex,
        birth_place_code=patient.birth_place_code,
        phones=frozenset(phones),
        # A postcode alone is no address: half a town would live together.
        address=f"{patient.address_line} {patient.postcode}" if patient.address_line else "",
    )


def candidates(patient: Patient) -> set[int]:
    """Ids of the patients worth comparing with this one, saved or not. Merged ones are left out."""
    tokens = {
        f"{ear(name)} {ear(first)}"
        for name in (patient.birth_name, patient.used_name)
        for first in (patient.birth_first_name, patient.used_first_name)
        if name and first
    }
    sounding = SearchKey.objects.filter(kind="e", token__in=tokens)
    born = Patient.objects.filter(birth_date=patient.birth_date, merged_into__isnull=True)
    found = set(sounding.values_list("patient_id", flat=True)[:MOST])
    found.update(born.values_list("id", flat=True)[:MOST])
    found.discard(patient.pk)
    return found


def phones_of(ids: Iterable[int]) -> dict[int, set[str]]:
    """Numbers in use by patient id."""
    found: dict[int, set[str]] = defaultdict(set)
    for some in batched(ids, BATCH):
        for owner, number in Telephone.objects.filter(
            patient_id__in=some, ended_at__isnull=True
        ).values_list("patient_id", "e164"):
            found[owner].add(number)
    return found


def near_to(patient: Patient, among: Iterable[int]) -> dict[int, Nearness]:
    """Why each of these patients can be taken for this one; those who cannot are absent."""
    ids = sorted(set(among))
    phones = phones_of([patient.pk, *ids])
    me = person_of(patient, phones[patient.pk])
    found = {}
    for some in batched(ids, BATCH):
        for other in Patient.objects.filter(id__in=some, merged_into__isnull=True).only(*FIELDS):
            if near := nearness.compare(me, person_of(other, phones[other.pk])):
                found[other.pk] = near
    return found


def refresh(patient: Patient, at: datetime) -> None:
    """Make the pairs of this patient, and the marks of all concerned, say what is true now.

    Under `LOCK`, the index up to date. A merged patient is near nobody. Likely
    duplicates are put in the queue; a pair somebody already judged stays judged.
    """
    among = set() if patient.merged_into_id else candidates(patient)
    near = near_to(patient, among)
    old = {
        (pair.a_id if pair.b_id == patient.pk else pair.b_id): pair
        for pair in NearIdentity.objects.filter(Q(a=patient) | Q(b=patient))
    }
    gone = [pair.pk for other, pair in old.items() if other not in near]
    NearIdentity.objects.filter(id__in=gone).delete()
    NearIdentity.objects.bulk_create(
        [
            _pair(patient.pk, other, near[other])
            for other in sorted(near)
            if other not in old or _stored(old[other]) != _stored(near[other])
        ],
        update_conflicts=True,
        unique_fields=["a", "b"],
        update_fields=["kind", "score", "reasons"],
        batch_size=BATCH,
    )
    _queue(patient, near, at)
    remark([patient.pk, *near, *old])


def _pair(one: int, other: int, near: Nearness) -> NearIdentity:
    a, b = sorted((one, other))
    return NearIdentity(
        a_id=a, b_id=b, kind=near.kind, score=near.score, reasons=list(near.reasons)
    )


def _stored(near: Nearness | NearIdentity) -> tuple[str, int, list[str]]:
    return near.kind, near.score, list(near.reasons)


def _queue(patient: Patient, near: dict[int, Nearness], at: datetime) -> None:
    """Keep the queue of likely duplicates of this patient in step with what is near."""
    likely = {other: n for other, n in near.items() if is_likely_duplicate(n)}
    queued = {
        (row.a_id if row.b_id == patient.pk else row.b_id): row
        for row in DuplicateProposal.objects.filter(Q(a=patient) | Q(b=patient))
    }
    for other, row in queued.items():
        if other not in likely and row.state == DuplicateProposal.State.PROPOSED:
            row.delete()
    for other in sorted(likely):
        wanted, known = likely[other], queued.get(other)
        if known is None:
            a, b = sorted((patient.pk, other))
            known = DuplicateProposal(a_id=a, b_id=b, proposed_at=at)
        elif known.state != DuplicateProposal.State.PROPOSED:
            continue
        known.score, known.reasons = wanted.score, list(wanted.reasons)
        known.save()


def is_likely_duplicate(near: Nearness) -> bool:
    """Whether a pair goes in the queue of duplicates to judge."""
    return near.kind == "near" and near.score >= nearness.DUPLICATE


def remark(ids: Sequence[int]) -> None:
    """Set the mark shown beside these patients from the pairs they are in."""
    for some in batched(sorted(set(ids)), BATCH):
        kinds: dict[int, set[str]] = defaultdict(set)
        wanted = set(some)
        for a, b, kind in NearIdentity.objects.filter(
            Q(a_id__in=some) | Q(b_id__in=some)
        ).values_list("a_id", "b_id", "kind"):
            for owner in wanted & {a, b}:
                kinds[owner].add(kind)
        wrong: dict[str, list[int]] = defaultdict(list)
        for pk, mark in Patient.objects.filter(id__in=some).values_list("id", "near_mark"):
            if mark != (right := nearness.mark(kinds[pk])):
                wrong[right].append(pk)
        for right, owners in wrong.items():
            Patient.objects.filter(id__in=owners).update(near_mark=right)


def likely_duplicates() -> Iterator[tuple[int, int, Nearness]]:
    """Every pair of open files that looks like one person, smaller id first, among all patients.

    Reads everything once in the order of birth dates, then once in the order
    of what sounds alike; holds one group at a time in memory.
    """
    yield from _born_the_same_day()
    yield from _dates_a_slip_apart()


def _born_the_same_day() -> Iterator[tuple[int, int, Nearness]]:
    people = Patient.objects.filter(merged_into__isnull=True).only(*FIELDS)
    ordered = people.order_by("birth_date", "id").iterator(chunk_size=2000)
    for _, same_day in groupby(ordered, key=lambda patient: patient.birth_date):
        group = list(same_day)
        if len(group) < 2:
            continue
        phones = phones_of([patient.pk for patient in group])
        persons = {patient.pk: person_of(patient, phones[patient.pk]) for patient in group}
        worth: set[tuple[int, int]] = set()
        for ids in _sharing(persons).values():
            worth.update(combinations(ids, 2))
        yield from _likely(persons, worth)


def _sharing(persons: dict[int, Person]) -> dict[str, list[int]]:
    """Ids, ascending, by each sign two files of one person born that day would share."""
    groups: dict[str, list[int]] = defaultdict(list)
    for pk, person in persons.items():
        signs = {ear(first) for first in person.firsts} | {joined(x) for x in person.names}
        for sign in signs:
            groups[sign].append(pk)
    return groups


def _dates_a_slip_apart() -> Iterator[tuple[int, int, Nearness]]:
    keys = SearchKey.objects.filter(kind="e").order_by("token", "line", "patient_id")
    rows = keys.values_list("token", "patient_id", "line").iterator(chunk_size=5000)
    seen: set[tuple[int, int]] = set()
    for _, alike in groupby(rows, key=lambda row: row[0]):
        born = {pk: _date_in(line) for _, pk, line in alike}
        worth = {
            (a, b)
            for a, b in combinations(sorted(born), 2)
            if born[a] != born[b] and nearness.slip(born[a], born[b])
        } - seen
        if worth:
            seen |= worth
            ids = {pk for pair in worth for pk in pair}
            phones = phones_of(ids)
            people = Patient.objects.filter(id__in=ids).only(*FIELDS)
            persons = {each.pk: person_of(each, phones[each.pk]) for each in people}
            yield from _likely(persons, worth)


def _date_in(line: str) -> date:
    digits = next(word for word in line.split() if word.isdigit() and len(word) == 8)
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def _likely(
    persons: dict[int, Person], pairs: Iterable[tuple[int, int]]
) -> Iterator[tuple[int, int, Nearness]]:
    for a, b in sorted(pairs):
        near = nearness.compare(persons[a], persons[b])
        if near is not None and is_likely_duplicate(near):
            yield a, b, near
