"""Who to call because a practitioner runs late."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from unisson.core.access import Actor, page
from unisson.core.errors import NotAllowed
from unisson.screens.secretary.day import Desk
from unisson.screens.shared.dialogs import dialog
from unisson.screens.shared.phones import first_numbers


@page("desk.see")
@require_GET
@dialog
def warn(request: HttpRequest, day: date, practitioner_id: int) -> HttpResponse:
    """The patients not here yet who would wait, when they should pass, and their telephone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.works_for(practitioner_id):
        raise NotAllowed("desk.see")
    desk = Desk.at(day, [practitioner_id])
    late = desk.reception.late.get(practitioner_id)
    names = [column.name for column in desk.board.columns]
    rows = [
        row
        for column in desk.board.columns
        for row in column.appointments
        if late is not None and row.id in late.warn
    ]
    numbers = first_numbers(row.line.id for row in rows)
    return render(
        request,
        "desk/warn.html",
        {
            "practitioner": names[0] if names else "",
            "late": late,
            "rows": [
                {
                    "start_minute": row.start_minute,
                    "likely": late.warn[row.id],
                    "line": row.line,
                    "phone": numbers.get(row.line.id, ""),
                }
                for row in sorted(rows, key=lambda row: row.start_minute)
                if late is not None
            ],
        },
    )
