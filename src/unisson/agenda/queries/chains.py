"""Times at which several visits of one patient can follow one another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from unisson.agenda.queries.rows import FreeSlot
from unisson.agenda.queries.slots import Filter, Search
from unisson.agenda.rules import chain
from unisson.agenda.rules.slots import Slot, Visit, possible_starts
from unisson.agenda.rules.spans import Minute
from unisson.agenda.rules.wall import days, wall_of


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
