"""The week of one practitioner: the day's grid, with days for columns."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from unisson.agenda import queries
from unisson.core import clock
from unisson.core.access import Actor, page
from unisson.reception import queries as reception
from unisson.screens.secretary import booking_choices as choices
from unisson.screens.secretary.day import column_html
from unisson.screens.secretary.day_cells import column_view
from unisson.screens.shared.french import long_day, minute_of, plural, short_day


@page("desk.see")
def week(request: HttpRequest, practitioner_id: int, day: date) -> HttpResponse:
    """The week that holds this day, Monday first; a weekend without anything is left out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    team = choices.practitioners(actor)
    if practitioner_id not in {who.id for who in team}:
        raise Http404
    monday = day - timedelta(days=day.weekday())
    board = queries.week(practitioner_id, monday)
    today = clock.today()
    visits = {
        each: reception.board(each, [practitioner_id]).visits
        for each in (monday + timedelta(days=at) for at in range(7))
        if each <= today
    }
    shown = [
        (monday + timedelta(days=at), column)
        for at, column in enumerate(board.columns)
        if at < 5 or column.openings or column.appointments
    ]
    now = minute_of(clock.now())
    html = [
        column_html(
            column_view(
                column,
                visits.get(day, {}),
                day=day,
                now=now if day == today else None,
                element_id=f"jour-{day:%Y-%m-%d}",
                name=short_day(day),
                sub_title=board.holidays.get(day, "")
                or plural(len(column.appointments), "rendez-vous", "rendez-vous"),
                heading_url=reverse("desk-day", args=[day]),
            )
        )
        for day, column in shown
    ]
    first = board.first_minute // 60
    return render(
        request,
        "desk/week.html",
        {
            "practitioner_id": practitioner_id,
            "name": board.name,
            "team": team,
            "day": day,
            "title": f"{long_day(monday)} au {long_day(monday + timedelta(days=6))}",
            "previous": monday - timedelta(days=7),
            "following": monday + timedelta(days=7),
            "today": today,
            "columns_html": html,
            "from_hour": first,
            "to_hour": max(first + 1, -(-board.last_minute // 60)),
            "hours": range(0, 24 * 60, 60),
            "now": now if monday <= today <= monday + timedelta(days=6) else None,
            "free": plural(sum(len(column.free) for _, column in shown), "libre"),
        },
    )
