"""Which of many practitioners still have room on which days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from unisson.agenda.models import DayLoad, Hold
from unisson.agenda.queries.ground import busy_spans, read_taken
from unisson.agenda.queries.rows import WhoCanRow
from unisson.agenda.queries.slots import Filter, Search
from unisson.agenda.rules import load
from unisson.agenda.rules.conflicts import Taken
from unisson.agenda.rules.slots import Visit
from unisson.agenda.rules.spans import merged
from unisson.agenda.rules.wall import DAY, day_span, days
from unisson.core import clock

Bits = dict[int, tuple[int, bool]]
"""Opening hours of a day by site: five-minute bits, and whether they are exact."""

NOTHING = (0, True)
"""The day index of a resource nothing was ever taken of."""


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
    index = _Index.read(search)
    asked = days(first, last)
    yes: dict[int, list[date]] = {who: [] for who in search.practitioner_ids}
    unsure: list[tuple[int, date]] = []
    for who in search.practitioner_ids:
        visit = search.visit(who)
        assert visit is not None
        for day in asked:
            answer = index.fits(who, visit, day, kept, urgent)
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


@dataclass
class _Index:
    """The day index of everything the visit could take: (bits, exact) by resource and day.

    `_times` and `_rooms` remember what is the same for every practitioner,
    `_weeks` the hours of practitioners whose weeks are all alike.
    """

    search: Search
    loads: dict[tuple[int, date], tuple[int, bool]]
    _alike: dict[int, bool] = field(default_factory=dict)
    _usual_days: dict[date, bool] = field(default_factory=dict)
    _weeks: dict[tuple[int, int], Bits] = field(default_factory=dict)
    _times: dict[tuple[date, int], int] = field(default_factory=dict)
    _rooms: dict[tuple[int, date, int], tuple[int, bool]] = field(default_factory=dict)

    @classmethod
    def read(cls, search: Search) -> _Index:
        resources = search.catalogue.resource_ids()
        rows = DayLoad.objects.filter(
            resource_id__in=resources, date__range=(search.first, search.last)
        ).values_list("resource_id", "date", "busy", "aligned")
        loads = {(key, day): (load.unpacked(busy), aligned) for key, day, busy, aligned in rows}
        held = _held(search, resources)
        for resource_id, spans in busy_spans(held, search.hours.broken).items():
            for day in days(search.first, search.last):
                busy, aligned = load.bits(day, spans)
                known, was_aligned = loads.get((resource_id, day), NOTHING)
                loads[resource_id, day] = known | busy, aligned and was_aligned
        return cls(search, loads)

    def fits(self, who: int, visit: Visit, day: date, kept: Filter, urgent: bool) -> bool | None:
        """Yes, no, or None when five-minute bits cannot tell."""
        opened = self.opened(who, day, kept, urgent)
        if not opened:
            return False
        ticks = -(-visit.total // load.TICK)
        busy, exact = self.loads.get((self.search.catalogue.who[who].resource_id, day), NOTHING)
        exact = exact and visit.total % load.TICK == 0
        for site_id, (hours, aligned) in opened.items():
            exact = exact and aligned
            begins = load.runs(hours & ~busy, ticks) & self.in_time(day, visit.before)
            if begins and self.search.needs:
                rooms, aligned = self.rooms(site_id, day, ticks)
                exact = exact and aligned
                begins &= rooms
            if begins:
                return True
        return False if exact else None

    def opened(self, who: int, day: date, kept: Filter, urgent: bool) -> Bits:
        """The hours of a day as bits, by site. Looked up where every week is alike."""
        usual = self.alike(who) and self.is_usual(day)
        key = who, day.weekday()
        if usual and key in self._weeks:
            return self._weeks[key]
        spans = self.search.open_spans(who, day, kept, urgent=urgent)
        found = {site_id: load.inner_bits(day, open_) for site_id, open_ in spans.items()}
        if usual:
            self._weeks[key] = found
        return found

    def alike(self, who: int) -> bool:
        if who not in self._alike:
            timetable = self.search.hours.of[who]
            self._alike[who] = timetable.every_week_alike(self.search.first, self.search.last)
        return self._alike[who]

    def is_usual(self, day: date) -> bool:
        """Neither a public holiday at some site nor the day of a clock change."""
        if day not in self._usual_days:
            start, end = day_span(day)
            holidays = next(iter(self.search.hours.of.values())).holidays or {}
            self._usual_days[day] = end - start == DAY and not any(
                day in free for free in holidays.values()
            )
        return self._usual_days[day]

    def in_time(self, day: date, before: int) -> int:
        """The bits that are neither too soon nor too far away to be offered."""
        key = day, before
        if key not in self._times:
            late = load.before(day, self.search.not_after - before + 1)
            self._times[key] = late & ~load.before(day, self.search.not_before - before)
        return self._times[key]

    def rooms(self, site_id: int, day: date, ticks: int) -> tuple[int, bool]:
        """The bits from which some room and machine are free for each need."""
        key = site_id, day, ticks
        if key not in self._rooms:
            whole = (1 << load.ticks_in(day)) - 1
            begins, exact = whole, True
            for need in self.search.needs:
                some = 0
                for option in need.at(site_id).names:
                    taken, aligned = self.loads.get((option, day), NOTHING)
                    exact = exact and aligned
                    some |= load.runs(whole & ~taken, ticks)
                begins &= some
            self._rooms[key] = begins, exact
        return self._rooms[key]


def _held(search: Search, resources: Collection[int]) -> list[Taken]:
    """What holds take: they are not in the day index, for they end without a write."""
    if not Hold.objects.filter(expires_at__gt=clock.now()).exists():
        return []
    window = (day_span(search.first)[0], day_span(search.last)[1])
    return [taken for taken in read_taken(resources, [window]) if taken.hold_id is not None]
