"""The day: all practitioners side by side, who waits, what is owed.

The page, the acts and the live feed draw with the same functions:
`render_column` and `render_sides` give the HTML of each part that can change
alone, and `Desk` reads what several parts need once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from unisson.agenda import queries as agenda_queries
from unisson.agenda.queries import DayBoard, DayColumn
from unisson.core import clock, live
from unisson.core.access import Actor, page
from unisson.reception import queries as reception_queries
from unisson.reception.events import RECEPTION_CHANGED
from unisson.reception.queries import Board
from unisson.screens.secretary import day_sides
from unisson.screens.secretary.day_cells import ColumnView, column_view
from unisson.screens.secretary.day_markup import cell_html
from unisson.screens.shared.french import minute_of
from unisson.screens.surfaces import Memory

REMEMBERED: Memory = {}  # by this process: the day's agenda for each scope, see `recalled`
LATE_FROM = 5  # minutes; less is not worth a word in the head of the column


@dataclass(frozen=True)
class Desk:
    """One day for some practitioners, read once and drawn in parts."""

    day: date
    practitioner_ids: frozenset[int] | None
    now: datetime

    @classmethod
    def at(cls, day: date, practitioner_ids: Collection[int] | None) -> Desk:
        ids = None if practitioner_ids is None else frozenset(practitioner_ids)
        return cls(day, ids, clock.now())

    @classmethod
    def recalled(
        cls, day: date, practitioner_ids: Collection[int] | None, memory: Memory | None = None
    ) -> Desk:
        """The same, its agenda read again only if it can have changed.

        Most of what happens at a desk is arrivals, which change nothing in the
        agenda, the dearest to read: it is kept until any other news, or the
        minute, is over. The position is read first: what is kept is never older
        than it.
        """
        memory = REMEMBERED if memory is None else memory
        desk = cls.at(day, practitioner_ids)
        now = (live.position(but=RECEPTION_CHANGED), desk.now.replace(second=0, microsecond=0))
        for each in {desk.day: desk, desk.today.day: desk.today}.values():
            key = (each.day, desk.practitioner_ids)
            when, board = memory.get(key, (None, None))
            if when == now:
                vars(each)["board"] = board
            else:
                memory[key] = (now, each.board)
        for key, (when, _) in list(memory.items()):
            if when[1] != now[1]:
                memory.pop(key, None)
        return desk

    @property
    def now_local(self) -> datetime:
        return clock.local(self.now)

    @property
    def is_today(self) -> bool:
        return self.day == self.now_local.date()

    @cached_property
    def board(self) -> DayBoard:
        return agenda_queries.day(self.day, self.practitioner_ids)

    @cached_property
    def reception(self) -> Board:
        return reception_queries.board(self.day, self.practitioner_ids, now=self.now)

    @cached_property
    def today(self) -> Desk:
        """Who waits is always about today, whatever the day in the middle."""
        today = self.now_local.date()
        return self if self.is_today else Desk(today, self.practitioner_ids, self.now)

    @property
    def minute(self) -> int | None:
        """The present minute, on today only."""
        return minute_of(self.now) if self.is_today else None

    def column(self, column: DayColumn) -> SafeString:
        """The HTML of one practitioner's column."""
        late = self.reception.late.get(column.practitioner_id)
        view = column_view(
            column,
            self.reception.visits,
            day=self.day,
            late=late.minutes if late and late.sure and late.minutes >= LATE_FROM else 0,
            to_warn=len(late.warn) if late else 0,
            now=self.minute,
        )
        return column_html(view)

    def columns(self) -> list[SafeString]:
        return [self.column(column) for column in self.board.columns]

    def sides(self) -> dict[str, str]:
        """The HTML of the parts beside the grid, by element id."""
        today = self.today
        queue = day_sides.queue(today.board, today.reception, minute_of(self.now))
        return {
            "file": get_template("desk/queue.html").render(
                {**queue, "today": today.day.isoformat(), "elsewhere": not self.is_today}
            ),
            "dus": get_template("desk/owed.html").render(
                {
                    **day_sides.owed(self.board, self.reception, self.minute),
                    "is_today": self.is_today,
                }
            ),
            "compte": day_sides.counts(self.board),
        }

    def parts(self, practitioner_ids: Iterable[int] | None) -> dict[str, str]:
        """These columns (None: all) and the sides, by element id: what an act changes."""
        wanted = None if practitioner_ids is None else set(practitioner_ids)
        columns = {
            f"col-{column.practitioner_id}": self.column(column)
            for column in self.board.columns
            if wanted is None or column.practitioner_id in wanted
        }
        return columns | self.sides()


def column_html(view: ColumnView) -> SafeString:
    """A column drawn: its head in a template, its cells by `day_markup`."""
    cells = mark_safe("".join(map(cell_html, view.cells)))  # noqa: S308 (escaped in cell_html)
    html = get_template("desk/column.html").render({"column": view, "cells": cells})
    return SafeString(html)


def render_column(practitioner_id: int, day: date) -> str:
    """The HTML of one column as it stands now; empty when there is no such practitioner."""
    desk = Desk.at(day, [practitioner_id])
    return "".join(desk.column(column) for column in desk.board.columns)


def render_sides(day: date, practitioner_ids: Collection[int] | None) -> dict[str, str]:
    """The HTML beside the grid, by element id: `file`, `dus`, `compte`. None: everyone."""
    return Desk.at(day, practitioner_ids).sides()


def hours_shown(board: DayBoard) -> dict[str, Any]:
    """Whole hours from the first to the last thing of the day."""
    first = board.first_minute // 60
    last = max(first + 1, -(-board.last_minute // 60))
    return {"from_hour": first, "to_hour": last, "hours": range(0, 24 * 60, 60)}


def scope(actor: Actor) -> frozenset[int] | None:
    """The practitioners whose agenda this person sees. None: everyone."""
    return actor.practitioner_ids


@page("desk.see")
def desk(request: HttpRequest) -> HttpResponse:
    """Today."""
    return day(request, clock.today())


@page("desk.see")
def day(request: HttpRequest, day: date) -> HttpResponse:
    """One day, all the reader's practitioners side by side."""
    position = live.position()  # before anything is read: nothing is missed in between
    desk = Desk.recalled(day, scope(request.actor))  # type: ignore[attr-defined]
    return render(
        request,
        "desk/day.html",
        {
            "day": day,
            "position": position,
            "is_today": desk.is_today,
            "previous": day - timedelta(days=1),
            "following": day + timedelta(days=1),
            "board": desk.board,
            "columns": desk.board.columns,
            "columns_html": desk.columns(),
            "sides": desk.sides(),
            "now": desk.minute,
            **hours_shown(desk.board),
        },
    )


@page("desk.see")
def go_to_day(request: HttpRequest) -> HttpResponse:
    """The day typed in the field "Aller au"."""
    try:
        wanted = date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        wanted = clock.today()
    return redirect(reverse("desk-day", args=[wanted]))
