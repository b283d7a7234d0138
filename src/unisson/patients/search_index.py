"""Keeping the search index true, inside the transaction that changes the patient."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched

from django.db.models import Q

from unisson.patients import merging
from unisson.patients.models import EarName, Patient, RelatedPerson, SearchKey, Telephone
from unisson.patients.rules import search_keys
from unisson.patients.rules.phonetic import bucket

# SQLite binds at most 32,766 values in one statement; a patient has about 12 keys of 4.
BATCH = 500


def refresh(ids: Iterable[int]) -> None:
    """Make the index say what these patients' records say. Merged patients leave it."""
    for some in batched(sorted(set(ids)), BATCH):
        SearchKey.objects.filter(patient_id__in=some).delete()
        add(list(Patient.objects.filter(id__in=some, merged_into__isnull=True)))


def add(patients: Sequence[Patient]) -> None:
    """Put patients that have no key yet in the index."""
    ids = [patient.pk for patient in patients]
    phones, merged = _phones(ids), merging.merged_numbers(ids)
    rows = []
    sounds: set[str] = set()
    for patient in patients:
        sounds |= search_keys.ear_names(patient.birth_name, patient.used_name)
        rows += [
            SearchKey(kind=key.kind, token=key.token, line=key.line, patient=patient)
            for key in sorted(keys_of(patient, phones[patient.pk], merged.get(patient.pk, ())))
        ]
    SearchKey.objects.bulk_create(rows, batch_size=2000)
    EarName.objects.bulk_create(
        [EarName(key=key, bucket=bucket(key)) for key in sorted(sounds)],
        ignore_conflicts=True,
        batch_size=2000,
    )


def keys_of(
    patient: Patient, phones: Iterable[str], merged: Iterable[str] = ()
) -> set[search_keys.Key]:
    """The keys a patient should have. `merged`: numbers of the files that went into hers."""
    return search_keys.keys(
        birth_name=patient.birth_name,
        used_name=patient.used_name,
        birth_first_name=patient.birth_first_name,
        used_first_name=patient.used_first_name,
        birth_given_names=patient.birth_given_names,
        birth_date=patient.birth_date,
        numbers=filter(None, [patient.file_number, patient.former_number, *merged]),
        phones=phones,
    )


def _phones(ids: Sequence[int]) -> defaultdict[int, set[str]]:
    """Numbers a patient answers at, her own and those of the people around her."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for some in batched(ids, BATCH):
        for patient_id, number in Telephone.objects.filter(
            patient_id__in=some, ended_at__isnull=True
        ).values_list("patient_id", "e164"):
            found[patient_id].add(number)
        for patient_id, number in RelatedPerson.objects.filter(
            ~Q(e164=""), patient_id__in=some
        ).values_list("patient_id", "e164"):
            found[patient_id].add(number)
    return found
