"""The ground on which one books: opening hours and what is taken, as the rules want them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from unisson.agenda import holidays
from unisson.agenda.models import Absence, Occupation
from unisson.agenda.queries import setup
from unisson.agenda.rules.conflicts import Taken
from unisson.agenda.rules.opening import Closure, Timetable
from unisson.agenda.rules.spans import Minute, Span, merged
from unisson.agenda.rules.wall import DAY, day_span, instant_of
from unisson.agenda.sql import MinuteOf
from unisson.core import clock

MOST_WINDOWS = 40
"""Windows asked for in one query; more would near the depth SQLite accepts."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When practitioners receive, and the rooms and machines out of service meanwhile."""

    of: dict[int, Timetable]
    broken: list[Closure]


def read_hours(
    practitioner_ids: Collection[int],
    first: date,
    last: date,
    known: setup.Setup | None = None,
) -> Hours:
    """When each of these practitioners receives from `first` to `last`: one query, for absences."""
    known = known or setup.current()
    closures = read_closures(practitioner_ids, day_span(first)[0], day_span(last)[1])
    free_days = {
        key: holidays.between(site.holiday_zone, first, last) for key, site in known.sites.items()
    }
    people = [closure for closure in closures if closure.resource_id is None]
    return Hours(
        {
            practitioner_id: Timetable(
                practitioner_id,
                known.rules.get(practitioner_id, ()),
                known.exceptions.get(practitioner_id, ()),
                [one for one in people if one.practitioner_id in (None, practitioner_id)],
                free_days,
            )
            for practitioner_id in practitioner_ids
        },
        [closure for closure in closures if closure.resource_id is not None],
    )


def timetables(
    practitioner_ids: Collection[int], first: date, last: date, known: setup.Setup | None = None
) -> dict[int, Timetable]:
    """The timetables of `read_hours` alone."""
    return read_hours(practitioner_ids, first, last, known).of


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
