"""The search index and the near marks of many patients at once.

Says exactly what `patients` says of one patient at a time (a test compares
them); only the way to get there differs: the people who could be taken for
one another are found by shared keys instead of one search each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations

from unisson.exchange import bulk
from unisson.patients import proximity, search_index
from unisson.patients.models import (
    DuplicateProposal,
    EarName,
    NearIdentity,
    Patient,
    SearchKey,
)
from unisson.patients.rules import nearness, search_keys
from unisson.patients.rules.folding import joined
from unisson.patients.rules.nearness import Nearness, Person
from unisson.patients.rules.phonetic import bucket, ear


def add_to_search(patients: Sequence[Patient], phones: Mapping[int, Iterable[str]]) -> None:
    """Put patients that have no key yet in the search index. `phones`: E.164 by patient id."""
    rows: list[tuple[str, str, str, int]] = []
    sounds: set[str] = set()
    for patient in patients:
        sounds |= search_keys.ear_names(patient.birth_name, patient.used_name)
        rows += [
            (key.kind, key.token, key.line, patient.pk)
            for key in search_index.keys_of(patient, phones.get(patient.pk, ()))
        ]
    rows.sort()  # the table is its own index: in order, it is written once
    bulk.insert_values(SearchKey, ("kind", "token", "line", "patient"), rows)
    EarName.objects.bulk_create(
        [EarName(key=key, bucket=bucket(key)) for key in sorted(sounds)],
        ignore_conflicts=True,
        batch_size=2000,
    )


def pairs(
    people: Mapping[int, Person], among: frozenset[int] | None = None
) -> dict[tuple[int, int], Nearness]:
    """Everyone who can be taken for somebody else, smaller id first.

    `among`: only pairs with at least one of these ids; None: all pairs.
    """
    found: dict[tuple[int, int], Nearness] = {}
    seen: set[tuple[int, int]] = set()
    for group in _groups(people).values():
        if len(group) < 2 or (among is not None and among.isdisjoint(group)):
            continue
        for a, b in combinations(sorted(set(group)), 2):
            if (a, b) in seen or (among is not None and a not in among and b not in among):
                continue
            seen.add((a, b))
            near = nearness.compare(people[a], people[b])
            if near is not None:
                found[a, b] = near
    return found


def _groups(people: Mapping[int, Person]) -> dict[tuple[object, ...], list[int]]:
    """Ids by every key that two near people must share at least one of."""
    groups: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for number, person in people.items():
        born = person.birth_date
        keys: set[tuple[object, ...]] = set()
        for text in (*person.names, *person.firsts):
            if text:
                keys.add((born, joined(text)))
        for first in person.firsts:
            if first:
                keys.add((born, "ear", ear(first)))
        keys.update((born, "phone", phone) for phone in person.phones)
        if person.home:
            keys.add((born, "home", person.home))
        for name in person.names:
            for first in person.firsts:
                if name and first:
                    keys.add((ear(name), ear(first)))
        for key in keys:
            groups[key].append(number)
    return groups


def mark(patients: Sequence[Patient], found: Mapping[tuple[int, int], Nearness]) -> None:
    """Set `near_mark` on patients not yet written, from the pairs they are in."""
    kinds: dict[int, set[str]] = defaultdict(set)
    for (a, b), near in found.items():
        kinds[a].add(near.kind)
        kinds[b].add(near.kind)
    for patient in patients:
        patient.near_mark = nearness.mark(kinds.get(patient.pk, set()))


def write_pairs(found: Mapping[tuple[int, int], Nearness], at: datetime) -> None:
    """Keep the pairs; the likeliest duplicates are put in the queue for somebody to judge."""
    bulk.insert(
        NearIdentity(a_id=a, b_id=b, kind=near.kind, score=near.score, reasons=list(near.reasons))
        for (a, b), near in found.items()
    )
    bulk.insert(
        DuplicateProposal(
            a_id=a, b_id=b, score=near.score, reasons=list(near.reasons), proposed_at=at
        )
        for (a, b), near in found.items()
        if proximity.is_likely_duplicate(near)
    )
