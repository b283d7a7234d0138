"""Opening a record: a reading, and so a line of the audit trail."""

from __future__ import annotations

from unisson.core.access import Actor
from unisson.core.gesture import gesture


def note_reading(*, by: Actor, patient_id: int, detail: str = "") -> None:
    """Write in the trail that this person read this record, and which part of it."""
    with gesture("patients.read", by=by) as act:
        act.audit("R", "Patient", object_id=patient_id, patient_id=patient_id, detail=detail)
