"""Booking: one visit, several in a row, or one that comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from unisson.agenda.actions.planning import Done, Planning, planning
from unisson.agenda.actions.taking import (
    Leave,
    Place,
    Table,
    Wish,
    check_patient,
    remove_holds,
    write,
)
from unisson.agenda.errors import Obstructed, SlotTaken
from unisson.agenda.models import Hold
from unisson.agenda.queries.ground import busy_spans
from unisson.agenda.rules import series as rules
from unisson.agenda.rules.conflicts import Obstacle, patient_obstacle
from unisson.agenda.rules.opening import spans_by_site
from unisson.agenda.rules.slots import Need, free_slots
from unisson.agenda.rules.wall import day_of, day_span, instant_of, instants_of, wall_of
from unisson.agenda.rules.words import say_instant
from unisson.agenda.when import start_minute
from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import Refusal


def book(
    *,
    patient_id: int,
    visit_type_id: int,
    practitioner_id: int,
    start: datetime,
    by: Actor,
    request_id: UUID,
    site_id: int | None = None,
    minutes: int | None = None,
    squeeze_in: bool = False,
    outside_hours: bool = False,
    patient_overlap: bool = False,
    past: bool = False,
    urgent: bool = False,
    reason: str = "",
    note: str = "",
    hold_id: int | None = None,
) -> Done:
    """Book one visit. `start` is aware, or naive on the practice's wall clock.

    Site, length and preparation come from the timetable and the practitioner's
    offer unless given; rooms and machines are chosen among those free.
    `squeeze_in`, `outside_hours`, `patient_overlap` and `past` (a day that is
    over) are explicit permissions, never defaults. `hold_id`: the hold this
    booking came from; it is released.

    Raises SlotTaken or Obstructed (with the nearest free slots), Refusal, NotAllowed.
    """
    with planning("agenda.book", by=by, request_id=request_id) as act:
        if not act.repeated:
            leave = Leave(squeeze_in, outside_hours, patient_overlap, past)
            leave.check(act)
            wish = Wish(
                visit_type_id, practitioner_id, start_minute(start), minutes, site_id, urgent
            )
            look_around(act, wish)
            table = Table.open(act, [wish], patient_id=patient_id)
            check_patient(patient_id)
            if hold_id is not None:
                _use_hold(act, table, hold_id)
            place = table.place(wish, leave)
            write(act, place, patient_id, urgent=urgent, reason=reason, note=note)
            act.sentence = sentence("Rendez-vous pris", place)
    return act.done


@dataclass(frozen=True)
class ChainVisit:
    """One visit of a chain, at a time chosen from `queries.chain_slots`."""

    visit_type_id: int
    practitioner_id: int
    start: datetime
    minutes: int | None = None
    site_id: int | None = None


def book_chain(
    *,
    patient_id: int,
    visits: Sequence[ChainVisit],
    by: Actor,
    request_id: UUID,
    squeeze_in: bool = False,
    outside_hours: bool = False,
    patient_overlap: bool = False,
    urgent: bool = False,
    reason: str = "",
    note: str = "",
) -> Done:
    """Book several visits of one patient, all or none. Permissions as for `book`."""
    with planning("agenda.book", by=by, request_id=request_id) as act:
        if not act.repeated:
            if len(visits) < 2:
                raise Refusal("Un enchaînement compte au moins deux rendez-vous.")
            leave = Leave(squeeze_in, outside_hours, patient_overlap)
            leave.check(act)
            wishes = [
                Wish(
                    one.visit_type_id,
                    one.practitioner_id,
                    start_minute(one.start),
                    one.minutes,
                    one.site_id,
                    urgent,
                )
                for one in visits
            ]
            table = Table.open(act, wishes, patient_id=patient_id)
            check_patient(patient_id)
            for wish in sorted(wishes, key=lambda one: one.start):
                look_around(act, wish)
                place = table.place(wish, leave)
                write(
                    act,
                    place,
                    patient_id,
                    urgent=urgent,
                    reason=reason,
                    note=note,
                    chain=request_id,
                )
                table.take(place, place.who.name)
            act.sentence = f"{len(wishes)} rendez-vous enchaînés, {say_instant(wishes[0].start)}"
    return act.done


def book_series(
    *,
    patient_id: int,
    visit_type_id: int,
    practitioner_id: int,
    start: datetime,
    step: Literal["days", "weeks", "months"],
    every: int,
    count: int,
    by: Actor,
    request_id: UUID,
    when_taken: Literal["refuse", "nearest", "skip"] = "refuse",
    site_id: int | None = None,
    minutes: int | None = None,
    reason: str = "",
    note: str = "",
) -> Done:
    """Book `count` visits, `every` so many `step`, at the same time of the wall clock.

    Where a date cannot be booked: `refuse` books nothing and says which;
    `nearest` takes the closest free time of the same day, else leaves the date
    out; `skip` leaves it out. Dates left out are in `Done.refused` (ISO).
    """
    with planning("agenda.book", by=by, request_id=request_id) as act:
        if not act.repeated:
            wishes, refused = _series_wishes(
                Wish(visit_type_id, practitioner_id, start_minute(start), minutes, site_id),
                rules.Step(step),
                every,
                count,
            )
            if not wishes:
                raise Refusal("Aucune de ces dates ne convient. Rien n’a été réservé.")
            table = Table.open(act, wishes, patient_id=patient_id)
            check_patient(patient_id)
            in_the_way: list[Obstacle] = []
            for wish in wishes:
                try:
                    place = table.place(wish, Leave())
                except Obstructed as refusal:
                    in_the_way += refusal.obstacles
                    other = _same_day(table, wish) if when_taken == "nearest" else None
                    if other is None:
                        refused.append(day_of(wish.start).isoformat())
                        continue
                    place = table.place(other, Leave())
                write(
                    act,
                    place,
                    patient_id,
                    urgent=False,
                    reason=reason,
                    note=note,
                    series=request_id,
                )
                table.take(place, place.who.name)
            booked = len(act.answer.get("appointments", ()))
            if in_the_way and (when_taken == "refuse" or not booked):
                raise SlotTaken(in_the_way)
            act.answer["refused"] = sorted(refused)
            act.sentence = (
                f"{booked} rendez-vous en série, à partir de {say_instant(wishes[0].start)}"
            )
    return act.done


def _series_wishes(
    first: Wish, step: rules.Step, every: int, count: int
) -> tuple[list[Wish], list[str]]:
    """One wish a date; dates whose time does not exist on the wall clock are refused."""
    day, shown = wall_of(first.start)
    try:
        dates = rules.occurrences(day, step, every, count)
    except ValueError as error:
        raise Refusal(
            f"Une série va de 1 à {rules.MOST} rendez-vous. Corrigez le nombre.", field="count"
        ) from error
    wishes, refused = [], []
    for date in dates:
        found = instants_of(date, shown)
        if found:
            wishes.append(
                Wish(
                    first.visit_type_id,
                    first.practitioner_id,
                    first.start if date == day else found[0],
                    first.minutes,
                    first.site_id,
                )
            )
        else:
            refused.append(date.isoformat())
    return wishes, refused


def _same_day(table: Table, wish: Wish) -> Wish | None:
    """The same wish at the closest free time of its day, from what was read under lock."""
    who = table.catalogue.who[wish.practitioner_id]
    visit = table.visit(wish)
    day = day_of(wish.start)
    busy = busy_spans(table.taken, table.hours.broken)
    spans = spans_by_site(table.hours.of[who.id].openings(day), wish.visit_type_id)
    needs = {
        site_id: [
            Need({option: busy.get(option, []) for option in options.names})
            for options in table.catalogue.options(wish.visit_type_id, site_id)
        ]
        for site_id in spans
    }
    now = -(-int(clock.now().timestamp()) // 60)
    found = [
        slot
        for slot in free_slots(
            spans,
            busy.get(who.resource_id, []),
            visit,
            needs,
            not_before=max(now, day_span(day)[0]),
            not_after=day_span(day)[1] - 1,
        )
        if wish.site_id in (None, slot.site_id)
        and patient_obstacle(slot.start, visit, table.patient_times) is None
    ]
    if not found:
        return None
    slot = min(found, key=lambda one: abs(one.start - wish.start))
    return Wish(wish.visit_type_id, wish.practitioner_id, slot.start, wish.minutes, slot.site_id)


def _use_hold(act: Planning, table: Table, hold_id: int) -> None:
    """Release the hold this booking came from, if it is this person's."""
    hold = Hold.objects.filter(id=hold_id).first()
    if hold is None:
        return
    if hold.by_user_id != act.by.user_id:
        raise Refusal(
            f"Ce créneau est gardé par {hold.by_name}. Rien n’a été réservé :"
            " choisissez-en un autre."
        )
    remove_holds([hold_id])
    table.forget_hold(hold_id)


def look_around(act: Planning, wish: Wish) -> None:
    """Should the wish be refused, look for other times around it."""
    act.looking = {
        "practitioner_id": wish.practitioner_id,
        "visit_type_id": wish.visit_type_id,
        "start": instant_of(wish.start),
        "minutes": wish.minutes,
        "site_id": wish.site_id,
    }


def sentence(what: str, place: Place) -> str:
    """What was done, when and with whom: the line of the history."""
    return f"{what} : {say_instant(place.start)}, {place.who.name}"
