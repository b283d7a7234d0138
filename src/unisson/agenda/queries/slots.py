"""Where there is room: free slots of one or many, the first, the nearest.

All of these ask the same small number of questions of the database, however
many practitioners, days or appointments there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from unisson.agenda.queries import setup
from unisson.agenda.queries.catalogue import Catalogue
from unisson.agenda.queries.ground import read_busy, read_hours
from unisson.agenda.queries.rows import FreeSlot
from unisson.agenda.rules import slots as rules
from unisson.agenda.rules.opening import spans_by_site
from unisson.agenda.rules.slots import Need, Slot, Visit
from unisson.agenda.rules.spans import Minute, Span
from unisson.agenda.rules.wall import day_span, days, instant_of, minute_of, wall_of
from unisson.core import clock

NOON = 12 * 60
FAR_AHEAD = 366
"""How far `first_free` looks, in days."""


class HalfDay(StrEnum):
    """Before noon, or from noon on."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the patient can accept. Empty: anything."""

    weekdays: frozenset[int] = frozenset()
    half_days: frozenset[str] = frozenset()
    site_id: int | None = None

    def day(self, day: date) -> bool:
        return not self.weekdays or day.weekday() in self.weekdays

    def time(self, wall_minute: int) -> bool:
        if not self.half_days:
            return True
        half = HalfDay.MORNING if wall_minute < NOON else HalfDay.AFTERNOON
        return half in self.half_days

    def sites(self, spans: dict[int, list[Span]]) -> dict[int, list[Span]]:
        if self.site_id is None:
            return spans
        return {site: found for site, found in spans.items() if site == self.site_id}


class Search:
    """Everything read for one visit type, some practitioners and some days."""

    def __init__(
        self,
        practitioner_ids: Collection[int],
        visit_type_id: int,
        first: date,
        last: date,
        *,
        minutes: int | None = None,
        ignore_notice: bool = False,
        catalogue: Catalogue | None = None,
    ) -> None:
        self.visit_type_id = visit_type_id
        self.first, self.last = first, last
        known = setup.current()
        self.catalogue = catalogue or Catalogue.read(practitioner_ids, [visit_type_id], known)
        self.minutes = minutes
        self.not_before, self.not_after = self._window(ignore_notice)
        self.hours = read_hours(practitioner_ids, first, last, known)
        self.practitioner_ids = [who for who in self.catalogue.who if self.visit(who) is not None]
        self.needs = self.catalogue.needs.get(visit_type_id, [])
        self.busy: dict[int, list[Span]] = {}

    def _window(self, ignore_notice: bool) -> tuple[Minute, Minute]:
        """The first and the last minute a patient may be told."""
        now = minute_of(clock.now() + timedelta(seconds=59))
        visit_type = self.catalogue.visit_types.get(self.visit_type_id)
        low, high = max(now, day_span(self.first)[0]), day_span(self.last)[1] - 1
        if visit_type is None or ignore_notice:
            return low, high
        low = max(low, now + visit_type.notice_minutes)
        if visit_type.horizon_days is not None:
            horizon = clock.today() + timedelta(days=visit_type.horizon_days)
            high = min(high, day_span(horizon)[1] - 1)
        return low, high

    def read_busy(self, windows: Sequence[Span] = ()) -> None:
        """What is taken of everything that could be needed. One query."""
        self.busy = read_busy(
            self.catalogue.resource_ids(),
            windows or [(day_span(self.first)[0], day_span(self.last)[1])],
            self.hours.broken,
        )

    def visit(self, practitioner_id: int) -> Visit | None:
        """How long this practitioner takes; with `minutes` given, that long."""
        offer = self.catalogue.visits.get((self.visit_type_id, practitioner_id))
        if self.minutes is None:
            return offer
        return Visit(self.minutes, offer.before, offer.after) if offer else Visit(self.minutes)

    def open_spans(
        self, practitioner_id: int, day: date, kept: Filter, *, urgent: bool
    ) -> dict[int, list[Span]]:
        openings = self.hours.of[practitioner_id].openings(day)
        return kept.sites(spans_by_site(openings, self.visit_type_id, urgent=urgent))

    def needs_at(self, site_ids: Iterable[int]) -> dict[int, list[Need]]:
        """What the visit needs at each site, with what is taken of it."""
        if not self.needs:
            return {}
        return {
            site_id: [
                Need({option: self.busy.get(option, []) for option in need.at(site_id).names})
                for need in self.needs
            ]
            for site_id in site_ids
        }

    def slots(
        self, practitioner_id: int, day: date, kept: Filter, *, urgent: bool = False
    ) -> list[Slot]:
        """The free slots of one practitioner on one day."""
        visit = self.visit(practitioner_id)
        spans = self.open_spans(practitioner_id, day, kept, urgent=urgent)
        if visit is None or not spans:
            return []
        who = self.catalogue.who[practitioner_id]
        return rules.free_slots(
            spans,
            self.busy.get(who.resource_id, []),
            visit,
            self.needs_at(spans),
            not_before=self.not_before,
            not_after=self.not_after,
        )

    def row(self, practitioner_id: int, slot: Slot) -> FreeSlot:
        visit = self.visit(practitioner_id)
        assert visit is not None
        day, shown = wall_of(slot.start)
        names = {o.resource_id: o.name for need in self.needs for o in need.options}
        return FreeSlot(
            practitioner_id=practitioner_id,
            practitioner=self.catalogue.who[practitioner_id].name,
            site_id=slot.site_id,
            site=self.catalogue.sites[slot.site_id].name,
            visit_type_id=self.visit_type_id,
            start=instant_of(slot.start),
            date=day,
            start_minute=shown,
            minutes=visit.minutes,
            resources=tuple(names[resource] for resource in slot.resource_ids),
        )


def free_slots(
    *,
    practitioner_ids: Collection[int],
    visit_type_id: int,
    first: date,
    last: date,
    weekdays: Collection[int] = (),
    half_days: Collection[str] = (),
    site_id: int | None = None,
    limit: int | None = None,
    urgent: bool = False,
    minutes: int | None = None,
    ignore_notice: bool = False,
) -> list[FreeSlot]:
    """The free slots from `first` to `last` (both included), the earliest first.

    Slots in the past, sooner than the visit type's notice or beyond its horizon
    are left out (`ignore_notice=True` lifts the last two). `minutes` replaces
    the practitioner's usual length. `urgent` opens the hours kept for urgencies.
    """
    search = Search(
        practitioner_ids, visit_type_id, first, last, minutes=minutes, ignore_notice=ignore_notice
    )
    search.read_busy()
    kept = Filter(frozenset(weekdays), frozenset(half_days), site_id)
    found: list[FreeSlot] = []
    for day in days(first, last):
        if not kept.day(day):
            continue
        todays = sorted(
            (
                (slot.start, order, slot)
                for order, who in enumerate(search.practitioner_ids)
                for slot in search.slots(who, day, kept, urgent=urgent)
            ),
            key=lambda one: one[:2],
        )
        for start, order, slot in todays:
            if kept.time(wall_of(start)[1]):
                found.append(search.row(search.practitioner_ids[order], slot))
                if limit is not None and len(found) == limit:
                    return found
    return found


def first_free(
    *,
    practitioner_ids: Collection[int],
    visit_type_id: int,
    first: date | None = None,
    weekdays: Collection[int] = (),
    half_days: Collection[str] = (),
    site_id: int | None = None,
    urgent: bool = False,
    minutes: int | None = None,
    count: int = 1,
) -> list[FreeSlot]:
    """The first free slots from a day on (today when not given), up to a year ahead.

    Looks four weeks at a time: most practices answer in the first.
    """
    begin = max(first or clock.today(), clock.today())
    found: list[FreeSlot] = []
    for ahead in range(0, FAR_AHEAD, 28):
        start = begin + timedelta(days=ahead)
        found += free_slots(
            practitioner_ids=practitioner_ids,
            visit_type_id=visit_type_id,
            first=start,
            last=start + timedelta(days=27),
            weekdays=weekdays,
            half_days=half_days,
            site_id=site_id,
            limit=count - len(found),
            urgent=urgent,
            minutes=minutes,
        )
        if len(found) >= count:
            break
    return found


def nearest(
    *,
    practitioner_id: int,
    visit_type_id: int,
    start: datetime,
    minutes: int | None = None,
    site_id: int | None = None,
    count: int = 4,
) -> list[FreeSlot]:
    """The free slots closest to a time, in the order of time, for one that was taken."""
    wanted = minute_of(start)
    day = wall_of(wanted)[0]
    found = free_slots(
        practitioner_ids=[practitioner_id],
        visit_type_id=visit_type_id,
        first=max(day - timedelta(days=3), clock.today()),
        last=max(day, clock.today()) + timedelta(days=10),
        site_id=site_id,
        minutes=minutes,
    )
    closest = sorted(found, key=lambda slot: abs(minute_of(slot.start) - wanted))[:count]
    return sorted(closest, key=lambda slot: slot.start)
