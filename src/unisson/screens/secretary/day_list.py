"""The day as a list, on screen and on paper, to keep for when the network is down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unisson.agenda.queries import AppointmentRow, DayColumn
from unisson.core.access import Actor, page
from unisson.core.gesture import gesture
from unisson.practice.models import Practice
from unisson.screens.secretary.day import Desk, scope
from unisson.screens.secretary.day_cells import column_view
from unisson.screens.secretary.day_paper import Paper, PaperColumn, PaperRow, pdf
from unisson.screens.secretary.day_sides import counts
from unisson.screens.shared.french import hour, long_day, plural, said_hour
from unisson.screens.shared.phones import first_numbers

WARNING = "Confidentiel : à détruire après usage."


@dataclass(frozen=True, slots=True)
class ListedColumn:
    """One practitioner's day as rows."""

    id: int
    name: str
    sub_title: str
    note: str
    rows: list[ListedRow]
    free: str


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One appointment in words."""

    id: int
    hour: str
    minutes: int
    name: str
    first_name: str
    nee: str
    traits: str
    mark: str
    glyph: str
    state: str
    phone: str
    reason: str


def listed(desk: Desk) -> list[ListedColumn]:
    """Every column of the day, with the telephone of each patient."""
    phones = first_numbers(
        row.line.id for column in desk.board.columns for row in column.appointments
    )
    return [_column(desk, column, phones) for column in desk.board.columns]


def _column(desk: Desk, column: DayColumn, phones: dict[int, str]) -> ListedColumn:
    view = column_view(column, desk.reception.visits, day=desk.day)
    looks = {cell.appointment_id: cell for cell in view.cells if cell.kind == "rdv"}
    return ListedColumn(
        id=column.practitioner_id,
        name=column.name,
        sub_title=column.sub_title,
        note=view.away,
        rows=[
            _row(row, looks[row.id].glyph, looks[row.id].state or looks[row.id].unseen, phones)
            for row in sorted(column.appointments, key=lambda row: (row.start_minute, row.lane))
        ],
        free=", ".join(hour(row.start_minute) for row in column.free),
    )


def _row(row: AppointmentRow, glyph: str, state: str, phones: dict[int, str]) -> ListedRow:
    line = row.line
    return ListedRow(
        id=row.id,
        hour=hour(row.start_minute),
        minutes=row.minutes,
        name=line.name,
        first_name=line.first_name,
        nee=line.nee,
        traits=line.born if line.sex == "U" else f"{line.sex} {line.born}",
        mark=line.mark_words,
        glyph=glyph,
        state=state,
        phone=phones.get(line.id, ""),
        reason=row.reason or row.visit_type,
    )


@page("desk.see")
def day_list(request: HttpRequest, day: date) -> HttpResponse:
    """One line an appointment, with telephones."""
    desk = Desk.at(day, scope(request.actor))  # type: ignore[attr-defined]
    return render(
        request,
        "desk/day_list.html",
        {
            "day": day,
            "previous": day - timedelta(days=1),
            "following": day + timedelta(days=1),
            "counts": counts(desk.board),
            "columns": listed(desk),
        },
    )


def _paper(day: date, actor: Actor) -> Paper:
    """The day ready for paper. Taking it out of the screen is written in the trail."""
    desk = Desk.at(day, scope(actor))
    with gesture("desk.print", by=actor) as act:
        act.audit("E", "Day", detail=f"{day:%Y-%m-%d}")
    wall = desk.now_local
    printed = f"Imprimé le {wall:%d/%m/%Y} à {said_hour(wall.hour * 60 + wall.minute)}"
    return Paper(
        title=long_day(day, today=date.min),
        practice=Practice.objects.values_list("name", flat=True).first() or "Unisson",
        printed=f"{printed} par {actor.name}",
        warning=WARNING,
        columns=[_paper_column(column) for column in listed(desk)],
    )


def _paper_column(column: ListedColumn) -> PaperColumn:
    return PaperColumn(
        name=column.name,
        sub_title=column.sub_title,
        counts=plural(len(column.rows), "rendez-vous", "rendez-vous"),
        note=column.note,
        rows=[
            PaperRow(
                hour=row.hour,
                minutes=str(row.minutes),
                name=row.name,
                first_name=row.first_name,
                nee=row.nee,
                traits=row.traits,
                mark=row.mark,
                state="" if row.glyph == "prevu" and row.state.startswith("Prévu") else row.state,
                phone=row.phone,
                reason=row.reason,
            )
            for row in column.rows
        ],
        free=column.free,
    )


@page("desk.print")
def day_print(request: HttpRequest, day: date) -> HttpResponse:
    """The day on a page made for the printer."""
    paper = _paper(day, request.actor)  # type: ignore[attr-defined]
    return render(request, "desk/day_print.html", {"day": day, "paper": paper})


@page("desk.print")
def day_pdf(request: HttpRequest, day: date) -> HttpResponse:
    """The same as a PDF file, to keep on the desk."""
    response = HttpResponse(
        pdf(_paper(day, request.actor)),  # type: ignore[attr-defined]
        content_type="application/pdf",
    )
    response["Content-Disposition"] = f'attachment; filename="journee-{day:%Y-%m-%d}.pdf"'
    response["Cache-Control"] = "no-store"
    return response
