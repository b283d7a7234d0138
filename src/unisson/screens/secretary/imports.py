"""Taking over another program's data: give a file, correct the columns, try, import."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from unisson.agenda.models import VisitType
from unisson.core.access import Actor, page
from unisson.core.errors import Refusal
from unisson.exchange import actions
from unisson.exchange.actions.ground import PRACTITIONERS, VISIT_TYPES
from unisson.exchange.models import ImportRun, WaitingFile
from unisson.exchange.reading import Choices, Opened, open_file
from unisson.exchange.rules import headers
from unisson.exchange.rules.report import DOUBTFUL, REFUSED, REMARK, SQUEEZED, Line, Report
from unisson.practice.models import Practitioner

VERB = "patients.import"
SHOWN = 200  # lines of each kind on the page; all of them are in the CSV
SAMPLE = 3
NAMES = 60  # unknown names asked about at once
TITLES = (
    (REFUSED, "Lignes refusées"),
    (DOUBTFUL, "À vérifier"),
    (SQUEEZED, "Rendez-vous en plus d’un autre"),
    (REMARK, "Remarques"),
)


@dataclass(frozen=True)
class ColumnRow:
    """One column to confirm: what it is called, what is in it, what it is taken for."""

    index: int
    header: str
    samples: list[str]
    field: str
    sure: bool
    why: str


@dataclass(frozen=True)
class Section:
    """The lines of one kind."""

    title: str
    kind: str
    lines: list[Line]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.lines)


@dataclass(frozen=True)
class UnknownName:
    """A name of the file that means nothing here yet."""

    number: int
    what: str
    name: str
    count: int


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@page(VERB)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Choose a file; see what was imported before."""
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            return redirect("import-columns", _keep(request).token)
        except Refusal as refused:
            refusal = refused
    return render(
        request,
        "imports/give.html",
        {
            "refusal": refusal,
            "kind": request.POST.get("kind", headers.PATIENTS),
            "source": request.POST.get("source", ""),
            "runs": ImportRun.objects.all()[:20],
            "waiting": WaitingFile.objects.filter(by_id=_actor(request).user_id or 0).order_by(
                "-id"
            ),
        },
        status=422 if refusal else 200,
    )


def _keep(request: HttpRequest) -> WaitingFile:
    given = request.FILES.get("file")
    if given is None:
        raise Refusal("Choisissez d’abord un fichier.", field="file")
    by = _actor(request)
    row = actions.keep_file(
        kind=request.POST.get("kind", ""),
        file_name=given.name or "fichier",
        chunks=given.chunks(),
        by=by,
    )
    try:
        # Say at once when it is not what it says; nothing of it is kept then.
        open_file(row.kind, actions.content(row), Choices())
    except Refusal:
        actions.drop(token=row.token, by=by)
        raise
    source = request.POST.get("source", "").strip() or Choices().source
    return actions.settle(token=row.token, choices=Choices(source=source), by=by)


@page(VERB)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, token: str) -> HttpResponse:
    """What each column is taken for, to correct; then the trial."""
    try:
        row = actions.waiting(token, by=_actor(request))
        said = actions.choices_of(row)
        opened, settled = open_file(row.kind, actions.content(row), said)
        if request.method == "POST":
            settled = _said(request, opened, settled)
            actions.settle(token=token, choices=settled, by=_actor(request))
            return redirect("import-trial", token)
    except Refusal as refusal:
        return _back(request, refusal)
    return render(
        request,
        "imports/columns.html",
        {
            "file": row,
            "opened": opened,
            "choices": settled,
            "rows": _column_rows(opened),
            "fields": [(code, label) for code, (label, _) in headers.FIELDS[row.kind].items()],
            "practitioners": _practitioners(),
            "visit_types": _visit_types(),
        },
    )


def _said(request: HttpRequest, opened: Opened, choices: Choices) -> Choices:
    known = headers.FIELDS[opened.kind]
    chosen = {
        str(column.index): value
        for column in opened.columns
        if (value := request.POST.get(f"col-{column.index}", "")) in known or value == ""
    }
    return replace(
        choices,
        columns=chosen or None,
        source=request.POST.get("source", choices.source).strip() or choices.source,
        month_first=request.POST.get("order") == "month",
        practitioner=_key(request.POST.get("practitioner"), _practitioners()),
        default_visit_type=_key(request.POST.get("default_visit_type"), _visit_types()),
    )


def _key(text: str | None, known: dict[int, str]) -> int | None:
    """The id in a field, if it is one of those offered."""
    return int(text) if text and text.isdigit() and int(text) in known else None


@page(VERB)
@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, token: str) -> HttpResponse:
    """What importing would do. POST: names of the file that were given a meaning."""
    by = _actor(request)
    try:
        row = actions.waiting(token, by=by)
        if request.method == "POST":
            actions.settle(token=token, choices=_named(request, row), by=by)
            return redirect("import-trial", token)
        report = _run(row, by)
    except Refusal as refusal:
        return _back(request, refusal, token=token)
    return render(request, "imports/report.html", _shown(row, report))


def _named(request: HttpRequest, row: WaitingFile) -> Choices:
    choices = actions.choices_of(row)
    found: dict[str, dict[str, int]] = {
        PRACTITIONERS: dict(choices.practitioners),
        VISIT_TYPES: dict(choices.visit_types),
    }
    offered = {PRACTITIONERS: _practitioners(), VISIT_TYPES: _visit_types()}
    for number in range(NAMES):
        what = request.POST.get(f"what-{number}", "")
        name = request.POST.get(f"name-{number}", "")
        if what in found and name:
            key = _key(request.POST.get(f"meaning-{number}"), offered[what])
            if key is not None:
                found[what][name] = key
    return replace(choices, practitioners=found[PRACTITIONERS], visit_types=found[VISIT_TYPES])


def _run(row: WaitingFile, by: Actor, *, apply: bool = False) -> Report:
    act = actions.import_patients if row.kind == headers.PATIENTS else actions.import_agenda
    return act(
        actions.content(row),
        by=by,
        file_name=row.file_name,
        choices=actions.choices_of(row),
        apply=apply,
    )


@page(VERB)
@require_GET
def trial_lines(request: HttpRequest, token: str) -> HttpResponse:
    """Every line of the trial's report, as a CSV for a spreadsheet."""
    by = _actor(request)
    try:
        report = _run(actions.waiting(token, by=by), by)
    except Refusal as refusal:
        return _back(request, refusal)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="essai.csv"'
    response.write("\ufeff")
    writer = csv.writer(response, delimiter=";")
    writer.writerow(["ligne", "genre", "texte"])
    words = dict(TITLES)
    for line in sorted(report.lines):
        # A text that begins like a formula would be run by a spreadsheet.
        text = line.text if line.text[:1] not in "=+-@" else f"'{line.text}"
        writer.writerow([line.line or "", words[line.kind], text])
    return response


@page(VERB)
@require_POST
def apply(request: HttpRequest, token: str) -> HttpResponse:
    """Import for good. The file is forgotten once it is in."""
    by = _actor(request)
    try:
        row = actions.waiting(token, by=by)
        report = _run(row, by, apply=True)
        actions.drop(token=token, by=by)
    except Refusal as refusal:
        return _back(request, refusal, token=token)
    return render(request, "imports/report.html", _shown(row, report))


@page(VERB)
@require_POST
def drop(request: HttpRequest, token: str) -> HttpResponse:
    """Forget a file that waits."""
    try:
        actions.drop(token=token, by=_actor(request))
        messages.success(request, "Le fichier a été abandonné ; rien n’en a été gardé.")
    except Refusal as refusal:
        messages.warning(request, refusal.sentence)
    return redirect("imports")


def _back(request: HttpRequest, refusal: Refusal, token: str = "") -> HttpResponse:
    """Say why, on the page where it can be put right."""
    messages.error(request, refusal.sentence)
    gone = not token or not WaitingFile.objects.filter(token=token).exists()
    return redirect("imports") if gone else redirect("import-columns", token)


def _shown(row: WaitingFile, report: Report) -> dict[str, Any]:
    sections = [
        Section(title, kind, lines[:SHOWN], len(lines))
        for kind, title in TITLES
        if (lines := report.of(kind))
    ]
    asked = [
        (what, name, count)
        for what, names in report.unknown.items()
        for name, count in sorted(names.items(), key=lambda pair: -pair[1])
        if not name.startswith("(")
    ][:NAMES]
    return {
        "file": row,
        "report": report,
        "sections": sections,
        "unknown": [UnknownName(number, *one) for number, one in enumerate(asked)],
        "practitioners": _practitioners(),
        "visit_types": _visit_types(),
        "absences": report.extra.get("absences", 0),
    }


def _column_rows(opened: Opened) -> list[ColumnRow]:
    if opened.table is None:
        return []
    sample = opened.table.sample(40)
    return [
        ColumnRow(
            column.index,
            column.header.strip() or f"Colonne {column.index + 1}",
            list(dict.fromkeys(cell[:40] for row in sample if (cell := row[column.index].strip())))[
                :SAMPLE
            ],
            column.field,
            column.confidence >= 95,
            column.why,
        )
        for column in opened.columns
    ]


def _practitioners() -> dict[int, str]:
    return {one.pk: str(one) for one in Practitioner.objects.select_related("resource")}


def _visit_types() -> dict[int, str]:
    return dict(VisitType.objects.filter(active=True).values_list("id", "label"))
