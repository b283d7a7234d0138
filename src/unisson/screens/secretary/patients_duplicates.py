"""Duplicates: proposed with reasons, compared, merged in two steps, undone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from unisson.core.access import may, page
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.patients import actions, queries
from unisson.patients.models import (
    DuplicateProposal,
    Merge,
    MergeProposal,
    NearIdentity,
    Patient,
)
from unisson.patients.queries import PatientLine
from unisson.screens.secretary import patients_compare as compare_rows
from unisson.screens.secretary import patients_rows as rows
from unisson.screens.secretary.patients_frame import actor, frame, open_record
from unisson.screens.shared.dialogs import number

PAIRS = 30  # a page


@dataclass(frozen=True)
class Pair:
    """Two records that look like one person."""

    a: PatientLine
    b: PatientLine
    reasons: str


@dataclass(frozen=True)
class Pending:
    """A merge proposed and not yet confirmed."""

    pk: int
    kept: PatientLine
    absorbed: PatientLine
    by: str
    at: datetime


@page("patients.review_duplicates")
def duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs to judge, the likeliest first, and the merges that wait for a yes."""
    proposed = DuplicateProposal.objects.filter(state=DuplicateProposal.State.PROPOSED)
    shown = Paginator(proposed, PAIRS).get_page(request.GET.get("page"))
    waiting = list(MergeProposal.objects.filter(state=MergeProposal.State.PROPOSED))
    ids = {each.a_id for each in shown} | {each.b_id for each in shown}
    ids |= {each.kept_id for each in waiting} | {each.absorbed_id for each in waiting}
    lines = queries.lines(ids)
    with gesture("patients.review_duplicates", by=actor(request)) as act:
        act.audit("R", "DuplicateProposal", detail=f"liste des doublons, {len(ids)} dossiers")
    return render(
        request,
        "patients/duplicates.html",
        {
            "pairs": [
                Pair(lines[each.a_id], lines[each.b_id], ", ".join(each.reasons)) for each in shown
            ],
            "pending": [
                Pending(
                    each.pk,
                    lines[each.kept_id],
                    lines[each.absorbed_id],
                    each.proposed_by,
                    each.proposed_at,
                )
                for each in waiting
            ],
            "total": shown.paginator.count,
            "page_of": shown,
        },
    )


@page("patients.review_duplicates")
def compare(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Her record beside another's: the one asked for, else the nearest."""
    patient = open_record(request, patient_id, "comparaison")
    others = rows.near_rows(patient)
    other_id = number(request, "avec", of="GET")
    if other_id is None and others:
        other_id = others[0].line.id
    if other_id == patient.pk:
        other_id = None
    context = frame(patient, others=others)
    if other_id is not None:
        context |= _compared(request, patient, other_id)
    return render(request, "patients/compare.html", context)


def _compared(request: HttpRequest, patient: Patient, other_id: int) -> dict[str, Any]:
    other = open_record(request, other_id, "comparaison")
    compared = compare_rows.rows(patient, other)
    a, b = sorted((patient.pk, other.pk))
    pair = DuplicateProposal.objects.filter(a=a, b=b).first()
    near = NearIdentity.objects.filter(a=a, b=b).first()
    both = Q(kept=patient, absorbed=other) | Q(kept=other, absorbed=patient)
    pending = MergeProposal.objects.filter(both, state=MergeProposal.State.PROPOSED).first()
    closed = patient.merged_into_id is not None or other.merged_into_id is not None
    return {
        "other": other,
        "other_line": queries.line_of(other),
        "rows": compared,
        "differences": compare_rows.count(compared),
        "reasons": ", ".join(
            pair.reasons if pair and pair.reasons else near.reasons if near else []
        ),
        "blocked": TWO_MATRICULES if _two_matricules(patient, other) else "",
        "pending": pending,
        "decided": pair is not None and pair.state == DuplicateProposal.State.REJECTED,
        "decided_by": pair.decided_by if pair else "",
        "closed": closed,
        "may_merge": may(actor(request), "patients.propose_merge") and not closed,
    }


TWO_MATRICULES = (
    "Ils portent deux matricules INS différents, et un matricule n’appartient qu’à une personne."
    " Si l’un des deux a été mal relevé, retirez-le d’abord de son dossier, page"
    " «\u00a0Contrôler l’identité\u00a0»."
)


def _two_matricules(a: Patient, b: Patient) -> bool:
    return bool(a.ins_matricule and b.ins_matricule and a.ins_matricule != b.ins_matricule)


def _other_id(request: HttpRequest) -> int:
    other_id = number(request, "avec")
    if other_id is None:
        raise Http404
    return other_id


def _back_to_compare(patient_id: int, other_id: int) -> HttpResponse:
    return redirect(f"{reverse('patient-compare', args=[patient_id])}?avec={other_id}")


@page("patients.review_duplicates")
@require_POST
def two_people(request: HttpRequest, patient_id: int) -> HttpResponse:
    """These are two people: remembered. Or, on second thoughts, to be looked at again."""
    other_id = _other_id(request)
    try:
        if "revenir" in request.POST:
            actions.reconsider_duplicate(by=actor(request), a_id=patient_id, b_id=other_id)
            messages.success(request, "La paire est de nouveau à examiner.")
        else:
            actions.reject_duplicate(by=actor(request), a_id=patient_id, b_id=other_id)
            messages.success(request, "Noté\u00a0: deux personnes. La paire ne sera plus proposée.")
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    return _back_to_compare(patient_id, other_id)


@page("patients.propose_merge")
@require_POST
def propose_merge(request: HttpRequest, patient_id: int) -> HttpResponse:
    """First step: which record is kept. Nothing moves."""
    other_id = _other_id(request)
    kept = request.POST.get("garder", "")
    if kept not in {str(patient_id), str(other_id)}:
        raise Http404
    absorbed = other_id if int(kept) == patient_id else patient_id
    try:
        proposal = actions.propose_merge(by=actor(request), kept_id=int(kept), absorbed_id=absorbed)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
        return _back_to_compare(patient_id, other_id)
    return redirect("patient-merge", proposal.pk)


TITLES = {
    MergeProposal.State.PROPOSED: "Fusion à confirmer",
    MergeProposal.State.WITHDRAWN: "Fusion abandonnée",
    MergeProposal.State.CONFIRMED: "Fusion faite",
}


@page("patients.review_duplicates")
def merge(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """A merge, whatever its step: to be confirmed, done, undone, given up."""
    proposal = get_object_or_404(
        MergeProposal.objects.select_related("kept", "absorbed"), pk=proposal_id
    )
    patient = open_record(request, proposal.kept_id, "fusion")
    done = Merge.objects.filter(proposal=proposal).first()
    title = (
        "Fusion annulée" if done and done.undone_at else TITLES[MergeProposal.State(proposal.state)]
    )
    context = frame(
        patient,
        proposal=proposal,
        merge=done,
        title=title,
        kept=queries.line_of(proposal.kept),
        absorbed=queries.line_of(proposal.absorbed),
        changed=(proposal.kept.version, proposal.absorbed.version)
        != (proposal.kept_version, proposal.absorbed_version),
    )
    return render(request, "patients/merge.html", context)


@page("patients.merge")
@require_POST
def confirm_merge(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Second step, in the name of whoever is signed in."""
    try:
        actions.confirm_merge(by=actor(request), proposal_id=proposal_id)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Les deux dossiers sont fusionnés.")
    return redirect("patient-merge", proposal_id)


@page("patients.propose_merge")
@require_POST
def withdraw_merge(request: HttpRequest, proposal_id: int) -> HttpResponse:
    """Give the proposal up."""
    try:
        actions.withdraw_merge(by=actor(request), proposal_id=proposal_id)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Proposition abandonnée. Rien n’a été changé.")
    return redirect("patient-merge", proposal_id)


@page("patients.undo_merge")
@require_POST
def undo_merge(request: HttpRequest, merge_id: int) -> HttpResponse:
    """Part the two records again."""
    done = get_object_or_404(Merge, pk=merge_id)
    try:
        actions.undo_merge(by=actor(request), merge_id=done.pk)
    except Refusal as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(
            request, "La fusion est annulée, chaque dossier a repris ce qui est à lui."
        )
    return redirect("patient-merge", done.proposal_id)
