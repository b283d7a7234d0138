"""The month, for orientation: how full each day is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date

from unisson.agenda import holidays
from unisson.agenda.models import Appointment, DayLoad
from unisson.agenda.queries import setup
from unisson.agenda.queries.catalogue import read_who
from unisson.agenda.queries.ground import timetables
from unisson.agenda.queries.rows import MonthDay
from unisson.agenda.rules import load
from unisson.agenda.rules.opening import spans_by_site
from unisson.agenda.rules.spans import length, merged
from unisson.agenda.rules.wall import day_of, day_span, days, instant_of
from unisson.agenda.sql import MinuteOf


def month(
    first: date, last: date, practitioner_ids: Collection[int] | None = None
) -> list[MonthDay]:
    """Each day from `first` to `last`: hours open, how many booked, what is left.

    `absent`: somebody who would receive that day is away. Free minutes come
    from the day index, to five minutes.
    """
    known = setup.current()
    who = read_who(practitioner_ids, known)
    sites = list(known.sites.values())
    hours = timetables(list(who), first, last, known)
    loads = {
        (resource_id, day): load.unpacked(busy)
        for resource_id, day, busy in DayLoad.objects.filter(
            resource_id__in=[one.resource_id for one in who.values()], date__range=(first, last)
        ).values_list("resource_id", "date", "busy")
    }
    booked = Counter(
        day_of(start)
        for (start,) in Appointment.objects.filter(
            practitioner_id__in=list(who),
            status=Appointment.Status.BOOKED,
            start__gte=instant_of(day_span(first)[0]),
            start__lt=instant_of(day_span(last)[1]),
        ).values_list(MinuteOf("start"))
    )
    found = []
    for day in days(first, last):
        open_minutes = free_minutes = 0
        absent = False
        for one in who.values():
            openings = hours[one.id].openings(day)
            absent = absent or (
                len(hours[one.id].hours(day)) > 0
                and (
                    length(merged(o.span for o in openings))
                    < length(merged(o.span for o in hours[one.id].hours(day)))
                )
            )
            spans = merged(
                span
                for spans in spans_by_site(openings, None, urgent=True).values()
                for span in spans
            )
            open_minutes += length(spans)
            bits = load.inner_bits(day, spans)[0] & ~loads.get((one.resource_id, day), 0)
            free_minutes += bits.bit_count() * load.TICK
        names = (holidays.name_of(site.holiday_zone, day) for site in sites)
        found.append(
            MonthDay(
                day,
                open_minutes,
                booked[day],
                free_minutes,
                absent,
                next((name for name in names if name), ""),
            )
        )
    return found
