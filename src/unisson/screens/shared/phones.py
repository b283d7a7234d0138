"""The number to call each patient on, for lists on a screen or on paper."""

from __future__ import annotations

from collections.abc import Iterable

from unisson.patients.models import Telephone
from unisson.patients.rules import phones


def first_numbers(patient_ids: Iterable[int]) -> dict[int, str]:
    """The first valid telephone of each, as read aloud. One query."""
    found: dict[int, str] = {}
    rows = Telephone.objects.filter(patient_id__in=set(patient_ids), ended_at__isnull=True)
    for patient_id, e164 in rows.order_by("order", "id").values_list("patient_id", "e164"):
        found.setdefault(patient_id, phones.display(e164))
    return found
