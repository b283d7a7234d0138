"""Where there is room: free slots of one or many, the first, the nearest, and who can.

All of these ask the same small number of questions of the database, however
many practitioners, days or appointments there are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from unisson.agenda.models import DayLoad, Hold
from unisson.agenda.queries.catalogue import Catalogue
from unisson.agenda.queries.ground import busy_spans, read_hours, read_taken
from unisson.agenda.queries.rows import FreeSlot, WhoCanRow
from unisson.agenda.rules import chain, load
from unisson.agenda.rules import slots as rules
from unisson.agenda.rules.conflicts import Taken
from unisson.agenda.rules.opening import spans_by_site
from unisson.agenda.rules.slots import Need, Slot, Visit, possible_starts
from unisson.agenda.rules.spans import Minute, Span, merged
from unisson.agenda.rules.wall import day_span, days, instant_of, minute_of, wall_of
from unisson.core import clock

NOON = 12 * 60
FAR_AHEAD = 366
"""How far `first_free` looks, in days."""

NOTHING = (0, True)
"""The day index of a resource nothing was ever taken of."""


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
        self.catalogue = catalogue or Catalogue.read(practitioner_ids, [visit_type_id])
        self.minutes = minutes
        self.not_before, self.not_after = self._window(ignore_notice)
        self.hours = read_hours(practitioner_ids, first, last, self.catalogue.sites.values())
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

    def read_busy(self, windows: Sequence[Span] | None = None) -> None:
        """What is taken of everything that could be needed. One query."""
        taken = read_taken(
            self.catalogue.resource_ids(),
            windows or [(day_span(self.first)[0], day_span(self.last)[1])],
        )
        self.set_busy(taken)

    def set_busy(self, taken: Iterable[Taken]) -> None:
        self.busy = busy_spans(taken, self.hours.broken)

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """One visit of a chain to look for. Waits in minutes, before the following visit."""

    visit_type_id: int
    practitioner_id: int
    minutes: int | None = None
    least_wait: int = 0
    most_wait: int = 60


def chain_slots(
    *,
    visits: Sequence[Wanted],
    first: date,
    last: date,
    weekdays: Collection[int] = (),
    half_days: Collection[str] = (),
    site_id: int | None = None,
    limit: int = 20,
) -> list[tuple[FreeSlot, ...]]:
    """Times at which several visits can follow one another on the same day and site."""
    kept = Filter(frozenset(weekdays), frozenset(half_days), site_id)
    searches = []
    for wanted in visits:
        search = Search(
            [wanted.practitioner_id], wanted.visit_type_id, first, last, minutes=wanted.minutes
        )
        if not search.practitioner_ids:
            return []
        search.read_busy()
        searches.append(search)
    found: list[tuple[FreeSlot, ...]] = []
    for day in days(first, last):
        if not kept.day(day):
            continue
        for site in sorted(searches[0].catalogue.sites):
            links = [
                _link(search, wanted, following, day, Filter(site_id=site))
                for search, wanted, following in zip(
                    searches, visits, [*searches[1:], None], strict=True
                )
            ]
            if site_id not in (None, site) or not all(link.ranges for link in links):
                continue
            first_visit = searches[0].visit(visits[0].practitioner_id)
            assert first_visit is not None
            for told in chain.chains(
                links, first_visit.total, searches[0].not_before, searches[0].not_after
            ):
                if kept.time(wall_of(told[0])[1]):
                    found.append(
                        tuple(
                            search.row(
                                wanted.practitioner_id, _with_rooms(search, wanted, at, site)
                            )
                            for search, wanted, at in zip(searches, visits, told, strict=True)
                        )
                    )
                if len(found) == limit:
                    return found
    return found


def _link(
    search: Search, wanted: Wanted, following: Search | None, day: date, kept: Filter
) -> chain.Link:
    """Where one visit of a chain may start, as told to the patient."""
    visit = search.visit(wanted.practitioner_id)
    assert visit is not None
    who = search.catalogue.who[wanted.practitioner_id]
    ranges = []
    for site_id, spans in search.open_spans(
        wanted.practitioner_id, day, kept, urgent=False
    ).items():
        for low, high in possible_starts(
            spans,
            search.busy.get(who.resource_id, []),
            visit,
            search.needs_at([site_id]).get(site_id, []),
        ):
            ranges.append((low + visit.before, high + visit.before))
    least = wanted.least_wait
    if following is not None and set(search.catalogue.resource_ids()) & set(
        following.catalogue.resource_ids()
    ):
        # Both visits may take the same person or room: leave time for what is
        # tidied after one and prepared before the other.
        then = next(iter(following.catalogue.visits.values()), Visit(0))
        least = max(least, visit.after + then.before)
    return chain.Link(ranges, visit.minutes, least, max(wanted.most_wait, least))


def _with_rooms(search: Search, wanted: Wanted, told: Minute, site_id: int) -> Slot:
    visit = search.visit(wanted.practitioner_id)
    assert visit is not None
    needs = search.needs_at([site_id]).get(site_id, [])
    rooms = [need.first_free(visit.taken(told)) for need in needs]
    return Slot(told, site_id, tuple(room for room in rooms if room is not None))


def who_can(
    *,
    practitioner_ids: Collection[int],
    visit_type_id: int,
    first: date,
    last: date,
    site_id: int | None = None,
    urgent: bool = False,
    minutes: int | None = None,
) -> list[WhoCanRow]:
    """Which of these practitioners still have room for a visit, on which days.

    Answered from the day index, five minutes to a bit; where a day holds times
    that do not fall on five minutes, from the occupations themselves. Same
    answer as `free_slots`, a hundred practitioners over four weeks at once.
    """
    search = Search(practitioner_ids, visit_type_id, first, last, minutes=minutes)
    kept = Filter(site_id=site_id)
    resources = search.catalogue.resource_ids()
    loads = {
        (resource_id, day): (load.unpacked(busy), aligned)
        for resource_id, day, busy, aligned in DayLoad.objects.filter(
            resource_id__in=resources, date__range=(first, last)
        ).values_list("resource_id", "date", "busy", "aligned")
    }
    window = (day_span(first)[0], day_span(last)[1])
    for resource_id, spans in busy_spans(_held(resources, window), search.hours.broken).items():
        for day in days(first, last):
            busy, aligned = load.bits(day, spans)
            known, was_aligned = loads.get((resource_id, day), NOTHING)
            loads[resource_id, day] = known | busy, aligned and was_aligned
    yes: dict[int, list[date]] = {who: [] for who in search.practitioner_ids}
    unsure: list[tuple[int, date]] = []
    for who in search.practitioner_ids:
        for day in days(first, last):
            answer = _fits(search, who, day, kept, urgent, loads)
            if answer:
                yes[who].append(day)
            elif answer is None:
                unsure.append((who, day))
    if unsure:
        search.read_busy(merged(day_span(day) for _, day in unsure))
        for who, day in unsure:
            if search.slots(who, day, kept, urgent=urgent):
                yes[who].append(day)
    return [
        WhoCanRow(who, search.catalogue.who[who].name, tuple(sorted(found)))
        for who, found in yes.items()
    ]


def _held(resources: Collection[int], window: Span) -> list[Taken]:
    """What holds take: they are not in the day index, for they end without a write."""
    if not Hold.objects.filter(expires_at__gt=clock.now()).exists():
        return []
    return [taken for taken in read_taken(resources, [window]) if taken.hold_id is not None]


def _fits(
    search: Search,
    who: int,
    day: date,
    kept: Filter,
    urgent: bool,
    loads: dict[tuple[int, date], tuple[int, bool]],
) -> bool | None:
    """Yes, no, or None when five-minute bits cannot tell."""
    visit = search.visit(who)
    assert visit is not None
    open_spans = search.open_spans(who, day, kept, urgent=urgent)
    if not open_spans:
        return False
    ticks = -(-visit.total // load.TICK)
    in_time = load.before(day, search.not_after - visit.before + 1) & ~load.before(
        day, search.not_before - visit.before
    )
    busy, exact = loads.get((search.catalogue.who[who].resource_id, day), NOTHING)
    exact = exact and visit.total % load.TICK == 0
    for site_id, spans in open_spans.items():
        hours, aligned = load.inner_bits(day, spans)
        exact = exact and aligned
        begins = load.runs(hours & ~busy, ticks) & in_time
        for need in search.needs:
            whole = (1 << load.ticks_in(day)) - 1
            rooms = 0
            for option in need.at(site_id).names:
                taken, aligned = loads.get((option, day), NOTHING)
                exact = exact and aligned
                rooms |= load.runs(whole & ~taken, ticks)
            begins &= rooms
        if begins:
            return True
    return False if exact else None


__all__ = [
    "Filter",
    "HalfDay",
    "Search",
    "Wanted",
    "chain_slots",
    "first_free",
    "free_slots",
    "nearest",
    "who_can",
]
