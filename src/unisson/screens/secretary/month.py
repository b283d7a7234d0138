"""The month, for orientation: how full each day is, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from unisson.agenda import queries
from unisson.agenda.queries import MonthDay
from unisson.core import clock
from unisson.core.access import Actor, page
from unisson.screens.secretary import booking_choices as choices
from unisson.screens.secretary.booking_search import months_later
from unisson.screens.shared.dialogs import number
from unisson.screens.shared.french import SHORT_WEEKDAYS, month_name


@dataclass(frozen=True, slots=True)
class Square:
    """One day of the table. `outside`: it belongs to the month before or after."""

    day: MonthDay
    outside: bool
    today: bool
    past: bool

    @property
    def closed(self) -> bool:
        return self.day.open_minutes == 0 and self.day.booked == 0


@page("desk.see")
def month(request: HttpRequest, month: date) -> HttpResponse:
    """Counts of each day, for everyone or for one practitioner (`?praticien=`)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    team = choices.practitioners(actor)
    chosen = number(request, "praticien", of="GET")
    if chosen not in {who.id for who in team}:
        chosen = None
    ids = [chosen] if chosen is not None else [who.id for who in team]
    first = month - timedelta(days=month.weekday())
    following = months_later(month, 1)
    last = following + timedelta(days=(7 - following.weekday()) % 7 - 1)
    today = clock.today()
    squares = [
        Square(
            day,
            outside=(day.date.year, day.date.month) != (month.year, month.month),
            today=day.date == today,
            past=day.date < today,
        )
        for day in queries.month(first, last, ids)
    ]
    return render(
        request,
        "desk/month.html",
        {
            "month": month,
            "title": month_name(month),
            "previous": months_later(month, -1),
            "following": following,
            "today": today,
            "team": team,
            "chosen": chosen,
            "weekdays": SHORT_WEEKDAYS,
            "weeks": [squares[at : at + 7] for at in range(0, len(squares), 7)],
        },
    )
