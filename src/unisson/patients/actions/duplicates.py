"""The queue of likely duplicates: filled with reasons, judged by somebody, never merged alone."""

from __future__ import annotations

from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.patients import proximity
from unisson.patients.models import DuplicateProposal, Patient


def propose_duplicates(*, by: Actor) -> int:
    """Look through all patients and queue the pairs that look like one person.

    Returns how many pairs are new. Pairs already judged are left alone. The
    looking happens before anything is locked; a file merged meanwhile is
    left out when the pairs are written.
    """
    pairs = list(proximity.likely_duplicates())
    with gesture("patients.review_duplicates", by=by) as act:
        known = set(DuplicateProposal.objects.values_list("a_id", "b_id"))
        open_files = set(
            Patient.objects.filter(
                merged_into__isnull=True, id__in={pk for a, b, _ in pairs for pk in (a, b)}
            ).values_list("id", flat=True)
            if len(pairs) < 10_000
            else Patient.objects.filter(merged_into__isnull=True).values_list("id", flat=True)
        )
        new = [
            DuplicateProposal(
                a_id=a, b_id=b, score=near.score, reasons=list(near.reasons), proposed_at=act.at
            )
            for a, b, near in pairs
            if (a, b) not in known and a in open_files and b in open_files
        ]
        DuplicateProposal.objects.bulk_create(new, batch_size=500)
        act.audit("C", "DuplicateProposal", detail=f"{len(new)} paires proposées")
    return len(new)


def reject_duplicate(*, by: Actor, a_id: int, b_id: int) -> None:
    """Say that these two files are two people. Remembered: the pair is not proposed again."""
    with gesture("patients.review_duplicates", by=by) as act:
        pair = _pair(a_id, b_id)
        if pair is None:
            a, b = sorted((a_id, b_id))
            if a == b or Patient.objects.filter(pk__in=[a, b]).count() < 2:
                raise Refusal("Il faut deux dossiers différents. Rien n’a été changé.")
            pair = DuplicateProposal(a_id=a, b_id=b, score=0, proposed_at=act.at)
        if pair.state == DuplicateProposal.State.MERGED:
            raise Refusal("Ces deux dossiers sont déjà fusionnés. Annulez d’abord la fusion.")
        pair.state = DuplicateProposal.State.REJECTED
        pair.decided_at, pair.decided_by = act.at, by.name
        pair.save()
        for patient_id in (pair.a_id, pair.b_id):
            act.audit("U", pair, patient_id=patient_id, detail="deux personnes")


def reconsider_duplicate(*, by: Actor, a_id: int, b_id: int) -> None:
    """Put a pair that was rejected back in the queue."""
    with gesture("patients.review_duplicates", by=by) as act:
        pair = _pair(a_id, b_id)
        if pair is None or pair.state != DuplicateProposal.State.REJECTED:
            raise Refusal("Cette paire n’avait pas été écartée. Rien n’a été changé.")
        pair.state = DuplicateProposal.State.PROPOSED
        pair.decided_at, pair.decided_by = None, ""
        pair.save()
        for patient_id in (pair.a_id, pair.b_id):
            act.audit("U", pair, patient_id=patient_id, detail="à examiner de nouveau")


def _pair(a_id: int, b_id: int) -> DuplicateProposal | None:
    a, b = sorted((a_id, b_id))
    return DuplicateProposal.objects.select_for_update().filter(a_id=a, b_id=b).first()
