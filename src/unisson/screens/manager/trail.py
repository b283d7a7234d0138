"""The trail: who did what, when, to whose record. Reading it leaves a line in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from unisson.core import clock
from unisson.core.access import page
from unisson.core.gesture import gesture
from unisson.core.models import AuditEvent
from unisson.patients.lines import lines as patient_lines
from unisson.patients.models import Patient
from unisson.practice import roles, trail
from unisson.practice.models import User
from unisson.screens.manager.fields import Day, number, whole
from unisson.screens.manager.frame import actor, show
from unisson.screens.manager.verbs import said, thing

SECTION = "settings-trail"
AT_ONCE = 20_000  # lines the page checks by itself; beyond, on demand
HEADERS = ("numéro", "jour", "heure", "compte", "rôle", "acte", "action", "objet", "n° objet",
           "n° patient", "détail", "session", "poste", "empreinte")  # fmt: skip


class Question(forms.Form):
    """What to look for."""

    personne = forms.ChoiceField(label="Compte", required=False)
    dossier = forms.CharField(label="N° de dossier", required=False, max_length=20)
    patient = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    acte = forms.ChoiceField(label="Acte", required=False)
    du = Day(label="Du", required=False)
    au = Day(label="Au", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["label_suffix"] = ""
        super().__init__(*args, **kwargs)
        people = User.objects.order_by("name").values_list("pk", "name")
        verbs = sorted(((verb, said(verb)) for verb in trail.verbs()), key=lambda pair: pair[1])
        self.fields["personne"].choices = whole(list(people), "tous")  # type: ignore[attr-defined]
        self.fields["acte"].choices = [("", "tous"), *verbs]  # type: ignore[attr-defined]
        self.fields["dossier"].widget.attrs["class"] = "court"

    def clean_dossier(self) -> int | None:
        """The id of the patient whose record has this number."""
        number = self.cleaned_data["dossier"].replace(" ", "").replace("\u00a0", "")
        if not number:
            return None
        found = Patient.objects.filter(file_number=number).values_list("pk", flat=True).first()
        if found is None:
            raise forms.ValidationError(f"Aucun dossier ne porte le numéro {number}.")
        return found

    @property
    def wanted(self) -> trail.Wanted:
        if not self.is_valid():
            return trail.Wanted()
        sent = self.cleaned_data
        return trail.Wanted(
            user_id=number(sent["personne"]),
            patient_id=sent["dossier"] or sent["patient"],
            verb=sent["acte"],
            first=sent["du"],
            last=sent["au"],
        )


@page("audit.read")
@require_GET
def journal(request: HttpRequest) -> HttpResponse:
    """A hundred lines at a time, newest first."""
    question = Question(request.GET if set(request.GET) - {"avant"} else None)
    wanted = question.wanted if question.is_bound else trail.Wanted()
    before = request.GET.get("avant", "")
    found = trail.lines(wanted, before=int(before) if before.isdigit() else None)
    with gesture("audit.read", by=actor(request)) as act:
        act.audit("R", "AuditEvent", patient_id=wanted.patient_id, detail=wanted.said)
    more = found[trail.PAGE - 1].pk if len(found) > trail.PAGE else None
    asked = {key: value for key, value in request.GET.items() if key != "avant" and value}
    context = {
        "form": question,
        "days": _by_day(found[: trail.PAGE]),
        "older": f"?{urlencode({**asked, 'avant': more})}" if more else "",
        "asked": urlencode(asked),
        "chain": _chain(),
        "checked": trail.last("audit.verify"),
    }
    return show(request, "trail.html", SECTION, context)


def _chain() -> trail.Chain | None:
    return trail.chain() if AuditEvent.objects.count() <= AT_ONCE else None


def _by_day(found: list[AuditEvent]) -> list[tuple[date, list[dict[str, Any]]]]:
    people = patient_lines({one.patient_id for one in found if one.patient_id})
    accounts = dict(User.objects.values_list("pk", "name"))
    days: dict[date, list[dict[str, Any]]] = {}
    for one in found:
        wall = clock.local(one.at)
        days.setdefault(wall.date(), []).append(
            {
                "id": one.pk,
                "hour": f"{wall:%H:%M:%S}",
                "who": one.actor_name,
                "role": _role(one.actor_role),
                "words": said(one.verb),
                "action": one.get_action_display(),
                "object": _object(one, accounts),
                "patient": people.get(one.patient_id) if one.patient_id else None,
                "patient_id": one.patient_id,
                "detail": one.detail,
                "device": one.device[:6],
            }
        )
    return list(days.items())


def _role(role: str) -> str:
    return roles.LABELS.get(role, {"system": "programme", "anyone": ""}.get(role, role)).lower()


def _object(one: AuditEvent, accounts: dict[int, str]) -> str:
    """An account by name; the rest by its kind and number, which support can look up."""
    if one.object_type == "User" and one.object_id:
        return f"compte {accounts.get(one.object_id, one.object_id)}"
    return f"{thing(one.object_type)} {one.object_id or ''}".strip()


@page("audit.verify")
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain, and leave a line that says what was found."""
    found = trail.chain()
    with gesture("audit.verify", by=actor(request)) as act:
        outcome = "chaîne intacte" if found.broken is None else f"rompue à la ligne {found.broken}"
        act.audit("E", "AuditEvent", detail=f"{outcome}, {found.lines} lignes")
    return redirect(SECTION)


@page("audit.export")
@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The lines asked for, all of them, for a spreadsheet. The export is itself a line."""
    question = Question(request.POST)
    wanted = question.wanted
    with gesture("audit.export", by=actor(request)) as act:
        act.audit("E", "AuditEvent", patient_id=wanted.patient_id, detail=wanted.said)
    response = StreamingHttpResponse(_csv(wanted), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="journal-{clock.today()}.csv"'
    return response


class _Line:
    """What csv writes to: hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv(wanted: trail.Wanted) -> Iterator[str]:
    out = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    # The mark by which spreadsheets know UTF-8.
    yield "\ufeff" + str(out.writerow(HEADERS))
    for one in trail.every_line(wanted):
        wall = clock.local(one.at)
        cells = (one.pk, f"{wall:%d/%m/%Y}", f"{wall:%H:%M:%S}", one.actor_name,
                 _role(one.actor_role), said(one.verb), one.get_action_display(), one.object_type,
                 one.object_id, one.patient_id, one.detail, one.session, one.device,
                 one.digest)  # fmt: skip
        yield str(out.writerow([_harmless(cell) for cell in cells]))


def _harmless(cell: Any) -> Any:
    """A spreadsheet takes a cell that begins like a formula for one: it must not."""
    if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{cell}"
    return cell
