"""The grid: a day of several practitioners, a week of one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from unisson.agenda import holidays
from unisson.agenda.models import Appointment, Hold, VisitTypeOffer
from unisson.agenda.queries import setup
from unisson.agenda.queries.appointments import appointment_rows
from unisson.agenda.queries.catalogue import Who, read_who
from unisson.agenda.queries.ground import read_busy, read_hours
from unisson.agenda.queries.rows import (
    AbsenceRow,
    AppointmentRow,
    DayBoard,
    DayColumn,
    FreeRow,
    HoldRow,
    OpeningRow,
    WeekBoard,
)
from unisson.agenda.rules.lanes import lanes
from unisson.agenda.rules.opening import Opening, Timetable, spans_by_site
from unisson.agenda.rules.slots import Visit, pieces
from unisson.agenda.rules.spans import Minute, Span, clipped, overlap, without
from unisson.agenda.rules.wall import DAY, day_span, days, instant_of, minute_of, wall_of
from unisson.core import clock
from unisson.practice.models import Site

EARLIEST, LATEST = 8 * 60, 19 * 60
"""What an empty grid shows, in minutes of the day."""

FALLBACK = Visit(15)
"""The length of a free piece for somebody who takes no visit type yet."""


def day(
    date: date, practitioner_ids: Collection[int] | None = None, site_id: int | None = None
) -> DayBoard:
    """The columns of a day, in the practice's order. A constant number of queries.

    `practitioner_ids` None: everyone active. `site_id`: only what happens there,
    and only those who receive or are expected there that day.
    """
    ground = _Ground.read(practitioner_ids, date, date)
    columns = [ground.column(who, date, site_id) for who in ground.who.values()]
    if site_id is not None:
        columns = [column for column in columns if column.openings or column.appointments]
    first, last = _extent(columns)
    return DayBoard(date, tuple(columns), first, last, ground.holiday(date))


def week(practitioner_id: int, monday: date) -> WeekBoard:
    """Seven days of one practitioner from `monday`. As many queries as a day."""
    week_days = days(monday, monday + timedelta(days=6))
    ground = _Ground.read([practitioner_id], week_days[0], week_days[-1])
    columns = [ground.column(who, one, None) for who in ground.who.values() for one in week_days]
    first, last = _extent(columns)
    return WeekBoard(
        practitioner_id,
        columns[0].name if columns else "",
        tuple(columns),
        first,
        last,
        {one: name for one in week_days if (name := ground.holiday(one))},
    )


@dataclass(frozen=True)
class _Usual:
    """The cut of a practitioner's free time."""

    visit: Visit
    shortest: int
    visit_type_id: int | None


@dataclass
class _Ground:
    """Everything read for some practitioners and some days."""

    who: dict[int, Who]
    sites: list[Site]
    timetables: dict[int, Timetable]
    busy: dict[int, list[Span]]
    rows: dict[tuple[int, date], list[AppointmentRow]]
    holds: dict[tuple[int, date], list[HoldRow]]
    usual: dict[int, _Usual]
    now: Minute

    @classmethod
    def read(cls, practitioner_ids: Collection[int] | None, first: date, last: date) -> _Ground:
        known = setup.current()
        who = read_who(practitioner_ids, known)
        sites = list(known.sites.values())
        hours = read_hours(list(who), first, last, known)
        window = (day_span(first)[0], day_span(last)[1])
        busy = read_busy([one.resource_id for one in who.values()], [window])
        booked = Appointment.objects.filter(
            practitioner_id__in=list(who),
            start__gte=instant_of(window[0]),
            start__lt=instant_of(window[1]),
        ).exclude(status__in=(Appointment.Status.CANCELLED, Appointment.Status.MISTAKE))
        rows: dict[tuple[int, date], list[AppointmentRow]] = {}
        for row in appointment_rows(booked, hours):
            key = (row.practitioner_id, wall_of(minute_of(row.start))[0])
            rows.setdefault(key, []).append(row)
        return cls(
            who,
            sites,
            hours.of,
            busy,
            rows,
            _holds(list(who), window),
            _usual(list(who)),
            minute_of(clock.now()),
        )

    def holiday(self, day: date) -> str:
        """The public holiday of that day on one of the sites, or nothing."""
        names = (holidays.name_of(site.holiday_zone, day) for site in self.sites)
        return next((name for name in names if name), "")

    def column(self, who: Who, day: date, site_id: int | None) -> DayColumn:
        timetable = self.timetables[who.id]
        hours = [o for o in timetable.hours(day) if site_id in (None, o.site_id)]
        rows = [row for row in self.rows.get((who.id, day), []) if site_id in (None, row.site_id)]
        usual = self.usual.get(who.id, _Usual(FALLBACK, FALLBACK.total, None))
        return DayColumn(
            practitioner_id=who.id,
            name=who.name,
            sub_title=who.room or who.specialty,
            openings=tuple(OpeningRow(*wall_span(o.span), o.site_id, o.urgent_only) for o in hours),
            absences=tuple(self._absences(timetable, day, hours, rows)),
            appointments=tuple(side_by_side(_on_the_grid(rows))),
            free=tuple(self._free(who, timetable, day, usual, site_id)),
            holds=tuple(self.holds.get((who.id, day), ())),
            usual_minutes=usual.visit.minutes,
            usual_visit_type_id=usual.visit_type_id,
            day=day,
        )

    def _absences(
        self,
        timetable: Timetable,
        day: date,
        hours: Sequence[Opening],
        rows: Sequence[AppointmentRow],
    ) -> Iterable[AbsenceRow]:
        sites = {o.site_id for o in hours} | {row.site_id for row in rows}
        for closure in timetable.closures:
            everywhere = closure.practitioner_id is not None and closure.site_id is None
            if not everywhere and closure.site_id not in sites:
                continue
            for span in clipped([closure.span], *day_span(day)):
                meets = [
                    row for row in rows if row.to_replace and overlap(_told(row), closure.span)
                ]
                yield AbsenceRow(
                    closure.id, *wall_span(span), closure.label, closure.kind, len(meets)
                )

    def _free(
        self, who: Who, timetable: Timetable, day: date, usual: _Usual, site_id: int | None
    ) -> Iterable[FreeRow]:
        """What can still be booked, cut to the usual length; nothing that is past."""
        openings = timetable.openings(day)
        ordinary = spans_by_site(openings, None)
        everything = spans_by_site(openings, None, urgent=True)
        found: list[FreeRow] = []
        for site, spans in everything.items():
            if site_id not in (None, site):
                continue
            usually = ordinary.get(site, [])
            for urgent, open_spans in ((False, usually), (True, without(spans, usually))):
                free = without(open_spans, self.busy.get(who.resource_id, []))
                for start, end in pieces(free, usual.visit.total, usual.shortest):
                    told = max(start, self.now) + usual.visit.before
                    minutes = end - usual.visit.after - told
                    if end - max(start, self.now) < usual.shortest or minutes <= 0:
                        continue
                    found.append(FreeRow(wall_of(told)[1], minutes, instant_of(told), site, urgent))
        return sorted(found, key=lambda row: row.start)


def wall_span(span: Span) -> tuple[int, int]:
    """The minutes of the day a span begins and ends at; midnight at the end is 1440."""
    return wall_of(span[0])[1], wall_of(span[1] - 1)[1] + 1


def side_by_side(rows: Sequence[AppointmentRow]) -> list[AppointmentRow]:
    """The rows with their lanes."""
    places = lanes([_told(row) for row in rows])
    return [
        row if count == 1 else replace(row, lane=lane, lanes=count)
        for row, (lane, count) in zip(rows, places, strict=True)
    ]


def _on_the_grid(rows: Sequence[AppointmentRow]) -> list[AppointmentRow]:
    """An excused patient whose time was given to somebody else leaves the grid, not the list."""
    booked = [_told(row) for row in rows if not row.freed]
    return [
        row
        for row in rows
        if row.status != Appointment.Status.EXCUSED
        or not any(overlap(_told(row), span) for span in booked)
    ]


def _told(row: AppointmentRow) -> Span:
    start = minute_of(row.start)
    return start, start + row.minutes


def _holds(
    practitioner_ids: Collection[int], window: Span
) -> dict[tuple[int, date], list[HoldRow]]:
    found: dict[tuple[int, date], list[HoldRow]] = {}
    for hold in Hold.objects.filter(
        practitioner_id__in=practitioner_ids,
        expires_at__gt=clock.now(),
        start__gte=instant_of(window[0]),
        start__lt=instant_of(window[1]),
    ).order_by("start"):
        start = minute_of(hold.start)
        day, shown = wall_of(start)
        found.setdefault((hold.practitioner_id, day), []).append(
            HoldRow(
                hold.pk,
                shown,
                minute_of(hold.end) - start,
                hold.by_name,
                hold.by_user_id,
                hold.expires_at,
            )
        )
    return found


def _usual(practitioner_ids: Collection[int]) -> dict[int, _Usual]:
    """The first visit type each one takes, in the practice's order, and the shortest."""
    found: dict[int, _Usual] = {}
    for row in VisitTypeOffer.objects.filter(
        practitioner_id__in=practitioner_ids, active=True, visit_type__active=True
    ).order_by("visit_type__order", "visit_type_id"):
        visit = Visit(row.minutes, row.before, row.after)
        first = found.get(row.practitioner_id)
        found[row.practitioner_id] = (
            _Usual(visit, visit.total, row.visit_type_id)
            if first is None
            else replace(first, shortest=min(first.shortest, visit.total))
        )
    return found


def _extent(columns: Iterable[DayColumn]) -> tuple[int, int]:
    """The minutes of the day that hold all that is shown."""
    starts, ends = [], []
    for column in columns:
        for opening in column.openings:
            starts.append(opening.start_minute)
            ends.append(opening.end_minute)
        shown: list[AppointmentRow | HoldRow] = [*column.appointments, *column.holds]
        for row in shown:
            starts.append(row.start_minute)
            ends.append(row.start_minute + row.minutes)
    if not starts:
        return EARLIEST, LATEST
    return min(starts), min(max(ends), DAY)
