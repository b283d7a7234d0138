"""Two files of one person become one, in two steps by named people, and can part again."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from unisson.core.access import Actor
from unisson.core.errors import Refusal, Stale
from unisson.core.gesture import Act, gesture
from unisson.core.locks import PATIENTS, lock
from unisson.patients import events, merging, proximity, search_index
from unisson.patients.actions.writing import history, refuse_merged, spelled
from unisson.patients.lines import line_of
from unisson.patients.models import DuplicateProposal, Merge, MergeProposal, Patient
from unisson.patients.rules import merging as rules
from unisson.patients.rules.merging import File


def propose_merge(*, by: Actor, kept_id: int, absorbed_id: int) -> MergeProposal:
    """First step: say which file is kept and which goes into it. Moves nothing.

    Refused for every reason two files might be two people: see rules.merging.
    """
    _named(by)
    if kept_id == absorbed_id:
        raise Refusal("C’est deux fois le même dossier. Rien n’a été changé.")
    with gesture("patients.propose_merge", by=by) as act:
        kept, absorbed = _both(kept_id, absorbed_id)
        rules.check(*_files(kept, absorbed))
        pending = MergeProposal.objects.filter(
            Q(kept_id__in=[kept_id, absorbed_id]) | Q(absorbed_id__in=[kept_id, absorbed_id]),
            state=MergeProposal.State.PROPOSED,
        ).first()
        if pending is not None:
            raise Refusal(
                f"Une fusion de ce dossier attend déjà, proposée par {pending.proposed_by}."
                " Confirmez-la ou abandonnez-la d’abord."
            )
        proposal = MergeProposal.objects.create(
            kept=kept,
            absorbed=absorbed,
            kept_version=kept.version,
            absorbed_version=absorbed.version,
            proposed_at=act.at,
            proposed_by_id=by.user_id,
            proposed_by=by.name,
        )
        _audit_both(act, "C", proposal.pk, kept, absorbed)
    return proposal


def withdraw_merge(*, by: Actor, proposal_id: int) -> None:
    """Give up a merge that was proposed."""
    with gesture("patients.propose_merge", by=by) as act:
        proposal = _pending(proposal_id)
        proposal.state = MergeProposal.State.WITHDRAWN
        proposal.save()
        _audit_both(act, "D", proposal.pk, proposal.kept, proposal.absorbed)


def confirm_merge(*, by: Actor, proposal_id: int) -> Merge:
    """Second step: do it. Everything of the absorbed file follows, and the whole is kept.

    Refused when either file changed since the proposal: what was compared is
    no longer what would be merged.
    """
    _named(by)
    with gesture("patients.merge", by=by) as act:
        proposal = _pending(proposal_id)
        kept, absorbed = _both(proposal.kept_id, proposal.absorbed_id)
        if (kept.version, absorbed.version) != (
            proposal.kept_version,
            proposal.absorbed_version,
        ):
            raise Stale(
                "Un des deux dossiers a été modifié depuis que la fusion a été proposée."
                " Rien n’a été fusionné\N{NO-BREAK SPACE}: comparez-les de nouveau."
            )
        rules.check(*_files(kept, absorbed))
        filled = merging.filling(kept, absorbed)
        snapshot: dict[str, Any] = {
            "kept": _photograph(kept),
            "absorbed": _photograph(absorbed),
            "filled": {name: spelled(value) for name, value in filled.items()},
            "duplicate": _duplicate_state(kept, absorbed, DuplicateProposal.State.MERGED, act),
            "moved": merging.move_all(absorbed.pk, kept.pk),
        }
        rows = [
            (name.removesuffix("_id"), spelled(getattr(kept, name)), spelled(value))
            for name, value in filled.items()
        ]
        for name, value in filled.items():
            setattr(kept, name, value)
        absorbed.merged_into = kept
        _saved(act, kept, [*rows, ("merge", "", f"dossier {absorbed.file_number}")])
        _saved(act, absorbed, [("merged_into", "", f"dossier {kept.file_number}")])
        proposal.state = MergeProposal.State.CONFIRMED
        proposal.save()
        merge = Merge.objects.create(
            proposal=proposal,
            kept=kept,
            absorbed=absorbed,
            confirmed_at=act.at,
            confirmed_by_id=by.user_id,
            confirmed_by=by.name,
            snapshot=snapshot,
        )
        _derived(act, kept, absorbed)
        _audit_both(act, "U", merge.pk, kept, absorbed)
        act.tell(events.MERGED, kept_id=kept.pk, absorbed_id=absorbed.pk)
    return merge


def undo_merge(*, by: Actor, merge_id: int) -> None:
    """Part two files again: each as it was, with all that was its own.

    What was added to the kept file since the merge stays with it, for nobody
    can say whose it is; fields changed there since keep their last value.
    """
    _named(by)
    with gesture("patients.undo_merge", by=by) as act:
        merge = Merge.objects.select_related("kept", "absorbed").filter(pk=merge_id).first()
        if merge is None or merge.undone_at is not None:
            raise Refusal("Cette fusion a déjà été annulée. Rien n’a été changé.")
        lock(PATIENTS, [merge.kept_id, merge.absorbed_id, proximity.LOCK])
        merge.refresh_from_db()
        if merge.undone_at is not None:
            raise Refusal("Cette fusion a déjà été annulée. Rien n’a été changé.")
        kept = Patient.objects.get(pk=merge.kept_id)
        absorbed = Patient.objects.get(pk=merge.absorbed_id)
        refuse_merged(kept)
        _refuse_if_entangled(merge)
        snapshot = merge.snapshot
        rows = []
        for name, value in snapshot["filled"].items():
            if spelled(getattr(kept, name)) == value:
                before = snapshot["kept"][name]
                rows.append((name.removesuffix("_id"), value, spelled(before)))
                setattr(kept, name, before)
        absorbed.merged_into = None
        # What is the absorbed file's own goes back before anything is compared.
        _saved(act, kept, [*rows, ("merge", f"dossier {absorbed.file_number}", "")])
        _saved(act, absorbed, [("merged_into", f"dossier {kept.file_number}", "")])
        merging.undo_all(snapshot["moved"], absorbed.pk, kept.pk)
        merge.undone_at, merge.undone_by = act.at, by.name
        merge.save()
        if snapshot["duplicate"]:
            DuplicateProposal.objects.filter(pk=snapshot["duplicate"]["id"]).update(
                state=snapshot["duplicate"]["state"],
                decided_by=snapshot["duplicate"]["decided_by"],
                decided_at=None,
            )
        _derived(act, kept, absorbed)
        _audit_both(act, "U", merge.pk, kept, absorbed)
        act.tell(events.UNMERGED, kept_id=kept.pk, absorbed_id=absorbed.pk)


def _named(by: Actor) -> None:
    if by.user_id is None:
        raise Refusal("Une fusion se décide par une personne nommée. Rien n’a été changé.")


def _both(kept_id: int, absorbed_id: int) -> tuple[Patient, Patient]:
    """Both files, locked, neither of them merged."""
    lock(PATIENTS, [kept_id, absorbed_id, proximity.LOCK])
    found = Patient.objects.in_bulk([kept_id, absorbed_id])
    if len(found) < 2:
        raise Refusal("Un de ces dossiers n’existe pas. Rien n’a été changé.")
    kept, absorbed = found[kept_id], found[absorbed_id]
    refuse_merged(kept)
    refuse_merged(absorbed)
    return kept, absorbed


def _files(*patients: Patient) -> list[File]:
    phones = proximity.phones_of([patient.pk for patient in patients])
    return [
        File(
            number=patient.file_number,
            person=proximity.person_of(patient, phones[patient.pk]),
            status=patient.identity_status,
            matricule=patient.ins_matricule,
            unsure=patient.is_doubtful or patient.is_fictitious,
            deceased_on=patient.deceased_on,
        )
        for patient in patients
    ]


def _pending(proposal_id: int) -> MergeProposal:
    proposal = (
        MergeProposal.objects.select_for_update(of=("self",))
        .select_related("kept", "absorbed")
        .filter(pk=proposal_id)
        .first()
    )
    if proposal is None or proposal.state != MergeProposal.State.PROPOSED:
        raise Refusal(
            "Cette fusion n’attend plus\N{NO-BREAK SPACE}: elle a été faite ou abandonnée."
        )
    return proposal


def _refuse_if_entangled(merge: Merge) -> None:
    """Later merges into the same file are undone first: what came last leaves first."""
    later = Merge.objects.filter(kept=merge.kept, undone_at__isnull=True, pk__gt=merge.pk).first()
    if later is not None:
        raise Refusal(
            f"Le dossier {later.absorbed.file_number} a été fusionné ensuite dans le même dossier"
            f" ({line_of(later.absorbed).phrase}). Annulez d’abord cette fusion-là."
        )


def _photograph(patient: Patient) -> dict[str, Any]:
    """Every field of a patient, as JSON."""
    fields = {field.attname: getattr(patient, field.attname) for field in patient._meta.fields}
    plain = (str, int, bool, type(None))
    return {name: v if isinstance(v, plain) else spelled(v) for name, v in fields.items()}


def _saved(act: Act, patient: Patient, rows: list[tuple[str, str, str]]) -> None:
    patient.version += 1
    patient.updated_at = act.at
    patient.save()
    history(act, patient, rows)


def _duplicate_state(
    kept: Patient, absorbed: Patient, state: DuplicateProposal.State, act: Act
) -> dict[str, Any] | None:
    """Mark the pair as decided in the queue; what it was, to be put back."""
    a, b = sorted((kept.pk, absorbed.pk))
    pair = DuplicateProposal.objects.filter(a_id=a, b_id=b).first()
    if pair is None:
        return None
    before = {"id": pair.pk, "state": pair.state, "decided_by": pair.decided_by}
    pair.state, pair.decided_at, pair.decided_by = state, act.at, act.by.name
    pair.save()
    return before


def _derived(act: Act, kept: Patient, absorbed: Patient) -> None:
    """Index, pairs and marks, for both files and those near them."""
    search_index.refresh([kept.pk, absorbed.pk])
    for patient in (absorbed, kept):
        proximity.refresh(patient, act.at)
        patient.refresh_from_db(fields=["near_mark"])


def _audit_both(act: Act, action: str, number: int, kept: Patient, absorbed: Patient) -> None:
    detail = f"{absorbed.file_number} dans {kept.file_number}"
    for patient in (kept, absorbed):
        act.audit(action, "Merge", object_id=number, patient_id=patient.pk, detail=detail)
