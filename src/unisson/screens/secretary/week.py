"""The week of one practitioner: the day's grid, with days for columns, kept true like it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString

from unisson.agenda import queries
from unisson.agenda.queries import DayColumn, WeekBoard
from unisson.core import clock, live
from unisson.core.access import Actor, page
from unisson.reception import queries as reception
from unisson.screens import surfaces
from unisson.screens.secretary import booking_choices as choices
from unisson.screens.secretary.day import column_html
from unisson.screens.secretary.day_cells import column_view
from unisson.screens.shared.french import long_day, minute_of, plural, short_day
from unisson.screens.surfaces import Change, Drawing, Memory, Part, Screen, Surface

VIEW = "semaine"


@dataclass(frozen=True)
class Week:
    """Seven days of one practitioner from a Monday, read once and drawn in parts."""

    practitioner_id: int
    monday: date
    now: datetime

    @classmethod
    def of(cls, practitioner_id: int, day: date) -> Week:
        """The week that holds this day."""
        return cls(practitioner_id, day - timedelta(days=day.weekday()), clock.now())

    @cached_property
    def board(self) -> WeekBoard:
        return queries.week(self.practitioner_id, self.monday)

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=at) for at in range(7)]

    @property
    def today(self) -> date:
        return clock.local(self.now).date()

    @property
    def minute(self) -> int | None:
        """The present minute, in this week only."""
        return minute_of(self.now) if self.today in self.days else None

    @property
    def columns(self) -> list[tuple[date, DayColumn]]:
        """Monday to Friday, and a weekend day on which there is something."""
        return [
            (day, column)
            for day, column in zip(self.days, self.board.columns, strict=False)
            if day.weekday() < 5 or column.openings or column.appointments
        ]

    def parts(self) -> dict[str, str]:
        """The HTML of each day and of the count, by element id."""
        drawn: dict[str, str] = {
            f"jour-{day:%Y-%m-%d}": self._column(day, column) for day, column in self.columns
        }
        free = sum(len(column.free) for _, column in self.columns)
        return drawn | {"compte": plural(free, "libre")}

    def _column(self, day: date, column: DayColumn) -> SafeString:
        come = reception.board(day, [self.practitioner_id]) if day <= self.today else None
        count = plural(len(column.appointments), "rendez-vous", "rendez-vous")
        return column_html(
            column_view(
                column,
                come.visits if come else {},
                day=day,
                now=self.minute if day == self.today else None,
                element_id=f"jour-{day:%Y-%m-%d}",
                name=short_day(day),
                sub_title=self.board.holidays.get(day, "") or count,
                heading_url=reverse("desk-day", args=[day]),
            )
        )


@page("desk.see")
def week(request: HttpRequest, practitioner_id: int, day: date) -> HttpResponse:
    """The week that holds this day, Monday first; a weekend without anything is left out."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    team = choices.practitioners(actor)
    if practitioner_id not in {who.id for who in team}:
        raise Http404
    position = live.position()
    shown = Week.of(practitioner_id, day)
    parts = shown.parts()
    first = shown.board.first_minute // 60
    return render(
        request,
        "desk/week.html",
        {
            "practitioner_id": practitioner_id,
            "name": shown.board.name,
            "team": team,
            "day": day,
            "monday": shown.monday,
            "position": position,
            "title": f"{long_day(shown.monday)} au {long_day(shown.days[-1])}",
            "previous": shown.monday - timedelta(days=7),
            "following": shown.monday + timedelta(days=7),
            "today": shown.today,
            "free": parts.pop("compte"),
            "columns_html": list(parts.values()),
            "from_hour": first,
            "to_hour": max(first + 1, -(-shown.board.last_minute // 60)),
            "hours": range(0, 24 * 60, 60),
            "now": shown.minute,
        },
    )


# Kept true: the screen of a week gives its Monday as its day -----------------------------


def register() -> None:
    """Tell the live feed about the week."""
    surfaces.register(VIEW, Surface(_touched, _draw, _ticking))


def _touched(screen: Screen, changes: Sequence[Change]) -> Iterable[Part]:
    days = [screen.day + timedelta(days=at) for at in range(7)]
    if any(change.touches(screen, *days) for change in changes):
        yield from _ticking(screen)


def _ticking(screen: Screen) -> Iterable[Part]:
    for number in sorted(screen.practitioner_ids or ()):
        yield Part("week", screen.day, frozenset([number]))


def _draw(wanted: Sequence[Part], memory: Memory) -> dict[Part, Drawing]:
    return {part: Week.of(part.practitioner_id, part.day).parts() for part in wanted}
