"""One patient: the page the secretary reads while she speaks to her."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from unisson.core import clock
from unisson.core.access import page
from unisson.core.models import AuditEvent
from unisson.patients import queries
from unisson.patients.models import AdministrativeNote, Merge, PatientChange
from unisson.patients.rules import ins
from unisson.patients.rules.line import given_name_case
from unisson.screens.secretary import patients_appointments as appointments
from unisson.screens.secretary import patients_rows as rows
from unisson.screens.secretary import patients_words as words
from unisson.screens.secretary.patients_frame import actor, frame, open_record
from unisson.screens.secretary.patients_text import address, provenance, treating
from unisson.screens.shared import french

LINES = 50  # rows of a page of history
NEAR_SHOWN = 4  # the others are in the comparison


@page("patients.read")
def patient(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The record as the desk may see it. Opening it is written in the trail."""
    opened = open_record(request, patient_id, "dossier")
    today = clock.today()
    line = queries.line_of(opened)
    near = rows.near_rows(opened)
    related = rows.related_rows(opened, on=today)
    absorbed = opened.merged_into_id is not None
    return render(
        request,
        "patients/page.html",
        frame(
            opened,
            given_names=given_name_case(opened.birth_given_names or opened.birth_first_name),
            born_word=french.agree("Né", opened.sex),
            sex_word=words.SEX_WORDS[opened.sex],
            status_word=words.STATUS_WORDS[opened.identity_status],
            masked=ins.masked(opened.ins_matricule),
            provenance=provenance(opened),
            near=near[:NEAR_SHOWN],
            near_more=max(len(near) - NEAR_SHOWN, 0),
            near_title=rows.near_title(near) if near else "",
            near_advice=rows.near_advice(near, line) if near else "",
            telephones=rows.telephone_rows(opened),
            address=address(opened),
            related=related,
            has_trusted=any(each.trusted for each in related),
            acts_for=rows.acts_for(opened, on=today),
            coverages=rows.coverage_rows(opened, on=today),
            treating=treating(opened),
            notes=AdministrativeNote.objects.filter(patient=opened, removed_at=None),
            changes=rows.change_rows(opened),
            merges=Merge.objects.filter(kept=opened, undone_at=None).select_related("absorbed"),
            readers=rows.reader_words(opened),
            role_word=rows.role_word(actor(request).role),
            now=clock.now(),
            booking_url=f"{reverse('first-free')}?patient={opened.pk}",
            kept=queries.lines([opened.merged_into_id])[opened.merged_into_id]
            if opened.merged_into_id
            else None,
            merge=Merge.objects.filter(absorbed=opened, undone_at=None).first()
            if absorbed
            else None,
            **appointments.panel(opened),
        ),
    )


@page("patients.read")
@require_POST
def matricule(request: HttpRequest, patient_id: int) -> HttpResponse:
    """The whole matricule INS, asked for on purpose: a reading of its own in the trail."""
    shown = open_record(request, patient_id, "matricule INS")
    context = frame(
        shown,
        matricule=ins.display(shown.ins_matricule),
        oid_words=ins.OIDS.get(shown.ins_oid, ""),
    )
    if request.headers.get("HX-Request"):
        return render(request, "patients/matricule.html", context)
    return render(request, "patients/matricule_page.html", context)


@page("patients.read")
def all_appointments(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Every appointment, past and to come."""
    opened = open_record(request, patient_id, "rendez-vous")
    return render(
        request,
        "patients/appointments.html",
        frame(opened, **appointments.every(opened)),
    )


@page("patients.read_history")
def history(request: HttpRequest, patient_id: int) -> HttpResponse:
    """What changed in this record: field, before, after, by whom."""
    opened = open_record(request, patient_id, "historique")
    changes = Paginator(
        PatientChange.objects.filter(patient=opened)
        .exclude(field__in=words.HIDDEN)
        .order_by("-at", "-id"),
        LINES,
    ).get_page(request.GET.get("page"))
    shown = [
        {
            "when": french.said(change.at),
            "what": words.sentence_case(words.field_label(change.field)),
            "before": words.value(change.field, change.before),
            "after": words.value(change.field, change.after),
            "by": change.actor_name,
        }
        for change in changes
    ]
    return render(request, "patients/history.html", frame(opened, changes=shown, page_of=changes))


@page("patients.read_history")
def readers(request: HttpRequest, patient_id: int) -> HttpResponse:
    """Who read this record, and who did what with it."""
    opened = open_record(request, patient_id, "liste des lectures")
    lines = Paginator(
        AuditEvent.objects.filter(patient_id=patient_id).order_by("-at", "-id"), LINES
    ).get_page(request.GET.get("page"))
    shown = [
        {
            "when": french.said(each.at),
            "who": each.actor_name,
            "role": rows.role_word(each.actor_role),
            "what": each.get_action_display(),
            "detail": each.detail
            if each.action == "R"
            else words.act_words(each.verb, each.detail),
            "device": each.device,
        }
        for each in lines
    ]
    return render(
        request,
        "patients/readers.html",
        frame(opened, lines=shown, page_of=lines, devices=any(each["device"] for each in shown)),
    )
