"""The ground on which one books: opening hours and what is taken, as the rules want them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from unisson.agenda import holidays
from unisson.agenda.models import Absence, Occupation, OpeningException, OpeningRule
from unisson.agenda.rules.conflicts import Taken
from unisson.agenda.rules.opening import ALL_TYPES, Closure, DayException, Rule, Timetable
from unisson.agenda.rules.spans import Minute, Span, merged
from unisson.agenda.rules.wall import DAY, day_span, days, instant_of
from unisson.agenda.sql import MinuteOf
from unisson.core import clock
from unisson.practice.models import Site

MOST_WINDOWS = 40
"""Windows asked for in one query; more would near the depth SQLite accepts."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When practitioners receive, and the rooms and machines out of service meanwhile."""

    of: dict[int, Timetable]
    broken: list[Closure]


def read_hours(
    practitioner_ids: Collection[int], first: date, last: date, sites: Iterable[Site]
) -> Hours:
    """When each of these practitioners receives from `first` to `last`. Three queries."""
    closures = read_closures(practitioner_ids, day_span(first)[0], day_span(last)[1])
    free_days = {site.pk: holidays.between(site.holiday_zone, first, last) for site in sites}
    rules = _rules(practitioner_ids, first, last)
    exceptions = _exceptions(practitioner_ids, first, last)
    people = [closure for closure in closures if closure.resource_id is None]
    return Hours(
        {
            practitioner_id: Timetable(
                practitioner_id,
                rules.get(practitioner_id, ()),
                exceptions.get(practitioner_id, ()),
                [one for one in people if one.practitioner_id in (None, practitioner_id)],
                free_days,
            )
            for practitioner_id in practitioner_ids
        },
        [closure for closure in closures if closure.resource_id is not None],
    )


def timetables(
    practitioner_ids: Collection[int], first: date, last: date, sites: Iterable[Site]
) -> dict[int, Timetable]:
    """The timetables of `read_hours` alone."""
    return read_hours(practitioner_ids, first, last, sites).of


def _rules(practitioner_ids: Collection[int], first: date, last: date) -> dict[int, list[Rule]]:
    """One query: a rule comes once for each of its visit types, or once with none."""
    wanted = days(first, min(last, first + timedelta(days=6)))
    rows = (
        OpeningRule.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=first),
            practitioner_id__in=practitioner_ids,
            valid_from__lte=last,
            weekday__in={day.weekday() for day in wanted},
        )
        .order_by("weekday", "start", "id")
        .values_list(
            "id",
            "practitioner_id",
            "site_id",
            "weekday",
            "start",
            "end",
            "valid_from",
            "valid_until",
            "every_weeks",
            "month_weeks",
            "urgent_only",
            "visit_types",
        )
    )
    types: dict[int, set[int]] = {}
    kept: dict[int, Any] = {}
    for key, *fields, visit_type_id in rows:
        kept[key] = fields
        if visit_type_id is not None:
            types.setdefault(key, set()).add(visit_type_id)
    found: dict[int, list[Rule]] = {}
    for key, (who, site, weekday, start, end, since, until, every, weeks, urgent) in kept.items():
        found.setdefault(who, []).append(
            Rule(
                practitioner_id=who,
                site_id=site,
                weekday=weekday,
                start=minute_of_day(start),
                end=minute_of_day(end) or DAY,
                valid_from=since,
                valid_until=until,
                every=every,
                month_weeks=frozenset(int(week) for week in weeks.split(",") if week),
                visit_types=frozenset(types[key]) if key in types else ALL_TYPES,
                urgent_only=urgent,
            )
        )
    return found


def _exceptions(
    practitioner_ids: Collection[int], first: date, last: date
) -> dict[int, list[DayException]]:
    found: dict[int, list[DayException]] = {}
    for row in OpeningException.objects.filter(
        practitioner_id__in=practitioner_ids, date__range=(first, last)
    ):
        found.setdefault(row.practitioner_id, []).append(
            DayException(
                row.practitioner_id,
                row.site_id,
                row.date,
                opens=row.kind == OpeningException.Kind.OPEN,
                start=minute_of_day(row.start) if row.start is not None else 0,
                end=(minute_of_day(row.end) or DAY) if row.end is not None else DAY,
                declared=row.created_at.timestamp(),
            )
        )
    return found


def read_closures(practitioner_ids: Collection[int], start: Minute, end: Minute) -> list[Closure]:
    """Absences, blocked times, closed sites and broken machines that touch a span. One query."""
    rows = (
        Absence.objects.filter(
            Q(practitioner_id__in=practitioner_ids) | Q(practitioner__isnull=True),
            ended_at__isnull=True,
            end__gt=instant_of(start),
            start__lt=instant_of(end),
        )
        .order_by("start", "id")
        .values_list(
            "id",
            MinuteOf("start"),
            MinuteOf("end"),
            "practitioner_id",
            "site_id",
            "resource_id",
            "label",
            "kind",
            "created_at",
        )
    )
    return [
        Closure(key, (low, high), who, site, resource, label, kind, declared.timestamp())
        for key, low, high, who, site, resource, label, kind, declared in rows
    ]


def read_taken(resource_ids: Collection[int], windows: Sequence[Span]) -> list[Taken]:
    """What is taken of these resources inside any of the windows, and by what, in order.

    Holds that have expired count for nothing. Times at the edge are whole, not
    clipped. One query for every 40 windows.
    """
    found: dict[int, Taken] = {}
    for occupied in _occupied(resource_ids, windows):
        rows = occupied.values_list(
            "id",
            "resource_id",
            MinuteOf("start"),
            MinuteOf("end"),
            "exclusive",
            F("hold__by_name"),
            "appointment_id",
            "hold_id",
        )
        for key, resource_id, low, high, exclusive, held_by, appointment_id, hold_id in rows:
            found[key] = Taken(
                resource_id, (low, high), exclusive, held_by or "", appointment_id, hold_id
            )
    return sorted(found.values(), key=lambda taken: taken.span)


def read_busy(
    resource_ids: Collection[int], windows: Sequence[Span], broken: Iterable[Closure] = ()
) -> dict[int, list[Span]]:
    """What is taken of each resource inside the windows, merged: all a search needs to know."""
    found = _broken_spans(broken)
    for occupied in _occupied(resource_ids, windows):
        rows = occupied.values_list("resource_id", MinuteOf("start"), MinuteOf("end"))
        for resource_id, low, high in rows:
            found.setdefault(resource_id, []).append((low, high))
    return {resource_id: merged(spans) for resource_id, spans in found.items()}


def busy_spans(taken: Iterable[Taken], broken: Iterable[Closure] = ()) -> dict[int, list[Span]]:
    """The same from what was read already; machines out of service count as taken."""
    found = _broken_spans(broken)
    for one in taken:
        found.setdefault(one.resource_id, []).append(one.span)
    return {resource_id: merged(spans) for resource_id, spans in found.items()}


def _broken_spans(broken: Iterable[Closure]) -> dict[int, list[Span]]:
    found: dict[int, list[Span]] = {}
    for closure in broken:
        if closure.resource_id is not None:
            found.setdefault(closure.resource_id, []).append(closure.span)
    return found


def _occupied(
    resource_ids: Collection[int], windows: Sequence[Span]
) -> Iterator[QuerySet[Occupation]]:
    """The occupations that count, of these resources, inside the windows."""
    for at in range(0, len(windows), MOST_WINDOWS):
        inside = Q()
        for low, high in windows[at : at + MOST_WINDOWS]:
            # Nothing lasts more than a day (occupation_shape): this lower bound
            # lets the index on (resource, start) answer alone.
            inside |= Q(
                start__lt=instant_of(high),
                start__gt=instant_of(low - DAY),
                end__gt=instant_of(low),
            )
        yield Occupation.objects.filter(
            inside,
            Q(hold__isnull=True) | Q(hold__expires_at__gt=clock.now()),
            resource_id__in=resource_ids,
        )


def minute_of_day(shown: time) -> int:
    """Minutes since midnight on the wall clock."""
    return shown.hour * 60 + shown.minute
