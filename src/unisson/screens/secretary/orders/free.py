"""Free times for an order: when, with whom, for what, and the nearest when there is none."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from unisson.agenda.queries import FreeSlot, free_slots
from unisson.agenda.queries.slots import Filter, Search
from unisson.agenda.rules.wall import days, instants_of
from unisson.core.french_time import (
    Window,
    say_day,
    say_day_time,
    say_delay,
    say_minutes,
    sentence,
)
from unisson.screens.secretary import booking_choices as practice
from unisson.screens.secretary.orders.ask import Ask, Choice, act
from unisson.screens.secretary.orders.rules import Order

SHOWN = 8
OTHER_TYPES = 5  # visit types offered beside the one searched
FAR = 120  # days looked ahead when nothing says how far
AFTER = 60  # days looked at after the days asked for, when they are full
STEPS = (7, 28)  # days read at once: most practices answer in the first week


@dataclass(frozen=True)
class Wanted:
    """What to look for. `said`: choices the line did not make, in words, so that she sees them."""

    practitioner_ids: tuple[int, ...]
    visit_type: practice.Type | None
    minutes: int | None
    urgent: bool
    window: Window
    said: tuple[str, ...] = ()
    other_types: tuple[practice.Type, ...] = ()


def wanted(ask: Ask, order: Order, *, usual: int | None = None) -> Wanted:
    """The order made whole: the patient's usual practitioner, the first visit type."""
    team = {who.id: who.name for who in practice.practitioners(ask.actor)}
    named = [each.id for each in order.practitioners if each.id in team]
    said: list[str] = []
    if order.practitioners and not named:
        said.append("Vous ne travaillez pas pour ce praticien : les autres sont cherchés.")
    elif not named and usual in team:
        named = [usual]
        said.append(f"avec {team[usual]}, son praticien habituel")
    types = practice.types(named or list(team))
    fits = {each.id for each in order.visit_types}
    chosen = [each for each in types if each.id in fits]
    if fits and not chosen and named and not order.practitioners:
        # The usual practitioner does not take this visit: somebody does.
        named, said = [], []
        types = practice.types(list(team))
        chosen = [each for each in types if each.id in fits]
    possible = chosen or types
    visit_type = next((each for each in possible if each.id == ask.visit_type_id), None)
    visit_type = visit_type or next(iter(possible), None)
    if visit_type is not None and (not order.visit_types or len(chosen) > 1):
        said.insert(0, visit_type.label)
    return Wanted(
        practitioner_ids=tuple(named or team),
        visit_type=visit_type if chosen or not fits else None,
        minutes=order.minutes,
        urgent=order.urgent,
        window=order.window,
        said=tuple(said),
        other_types=tuple(each for each in possible if each is not visit_type)[:OTHER_TYPES],
    )


def other_types(ask: Ask, want: Wanted) -> tuple[Choice, ...]:
    """The same search for another visit type, when the line did not settle which."""
    return tuple(
        Choice(
            each.label, detail=say_minutes(each.minutes), further=ask.further(visit_type_id=each.id)
        )
        for each in want.other_types
    )


@dataclass(frozen=True)
class Slots:
    """Free times, and what to say when they are not quite what was asked."""

    found: tuple[FreeSlot, ...] = ()
    note: str = ""

    @property
    def notes(self) -> tuple[str, ...]:
        return (self.note,) if self.note else ()

    @property
    def chosen(self) -> int | None:
        """The first time is under Enter, but never a time that was not asked for."""
        return 0 if self.found and not self.note else None


def search(ask: Ask, want: Wanted, count: int = SHOWN) -> Slots:
    """The times asked for; else the nearest that can be had, and a sentence that says so."""
    if want.visit_type is None:
        return Slots((), "Aucun praticien ne prend ce motif.")
    window = want.window
    if window.last is not None and window.last < ask.today:
        return Slots((), f"Le {say_day(window.last, ask.today)} est passé.")
    found = _in_window(ask, want, window, count)
    if found:
        return Slots(tuple(found))
    asked = _asked(ask, window)
    if window.exact is not None:
        near = _nearest_minute(ask, want, count)
        if near:
            return Slots(near, f"{sentence(f'Pas libre {asked}')} Au plus près\u00a0:")
    if window.last is not None:
        after = _in_window(ask, want, _after(window), count)
        if after:
            return Slots(tuple(after), f"{sentence(f'Rien de libre {asked}')} Ensuite\u00a0:")
    return Slots((), sentence(f"Rien de libre {asked}"))


def _asked(ask: Ask, window: Window) -> str:
    """What was asked for, and how far it was looked for when nothing said it."""
    if window.last is not None:
        return window.said
    until = max(window.first or ask.today, ask.today) + timedelta(days=FAR)
    return ", ".join(
        piece for piece in (window.said, f"d’ici le {say_day(until, ask.today)}") if piece
    )


def _after(window: Window) -> Window:
    """The same hours and weekdays, just after."""
    assert window.last is not None
    first, last = (window.last + timedelta(days=ahead) for ahead in (1, AFTER))
    kept = window.weekdays if window.first != window.last else frozenset[int]()
    return Window(first, last, kept, start=window.start, end=window.end)


def _nearest_minute(ask: Ask, want: Wanted, count: int) -> tuple[FreeSlot, ...]:
    """Around the hour asked for, on the same days."""
    window = want.window
    assert window.exact is not None
    minute = window.exact
    same_days = Window(first=window.first, last=window.last, weekdays=window.weekdays)
    found = _in_window(ask, want, same_days, 200)
    if not found:
        return ()
    closest = sorted(found, key=lambda slot: abs(slot.start_minute - minute))[:count]
    return tuple(sorted(closest, key=lambda slot: slot.start))


def _in_window(ask: Ask, want: Wanted, window: Window, count: int) -> list[FreeSlot]:
    first = max(window.first or ask.today, ask.today)
    last = window.last or first + timedelta(days=FAR)
    found: list[FreeSlot] = []
    day = first
    while day <= last and len(found) < count:
        step = STEPS[0] if day == first and window.around is None else STEPS[1]
        until = min(last, day + timedelta(days=step - 1))
        found += _read(want, day, until, window, count - len(found))
        day = until + timedelta(days=1)
    if window.around is not None:
        around = window.around
        found.sort(key=lambda slot: (abs((slot.date - around).days), slot.start))
    return found[:count]


def _read(want: Wanted, first: date, last: date, window: Window, count: int) -> list[FreeSlot]:
    assert want.visit_type is not None
    if window.exact is not None:
        return _at(want, first, last, window)
    by_minute = window.start is not None or window.end is not None
    found = free_slots(
        practitioner_ids=want.practitioner_ids,
        visit_type_id=want.visit_type.id,
        first=first,
        last=last,
        weekdays=window.weekdays,
        half_days=_halves(window),
        limit=None if by_minute or window.around else count,
        urgent=want.urgent,
        minutes=want.minutes,
    )
    return [slot for slot in found if window.keeps_minute(slot.start_minute)]


def _at(want: Wanted, first: date, last: date, window: Window) -> list[FreeSlot]:
    """Where the very minute asked for is free, even between the times usually offered."""
    assert want.visit_type is not None
    assert window.exact is not None
    search = Search(want.practitioner_ids, want.visit_type.id, first, last, minutes=want.minutes)
    search.read_busy()
    low, high = search.not_before, search.not_after
    found: list[FreeSlot] = []
    for day in days(first, last):
        for told in instants_of(day, window.exact) if window.keeps(day) else ():
            if not low <= told <= high:
                continue
            search.not_before = search.not_after = told
            for who in search.practitioner_ids:
                slots = search.slots(who, day, Filter(), urgent=want.urgent)
                found += [search.row(who, slot) for slot in slots]
    return found


def _halves(window: Window) -> Collection[str]:
    if window.end is not None and window.end <= 720:
        return ("morning",)
    if window.start is not None and window.start >= 720:
        return ("afternoon",)
    return ()


def booking_form(slot: FreeSlot, patient_id: int | None) -> str:
    """The form of this time, with what the line said already in it."""
    fields = {
        "praticien": slot.practitioner_id,
        "jour": slot.date.isoformat(),
        "minute": slot.start_minute,
        "motif": slot.visit_type_id,
        "patient": patient_id,
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    return f"{reverse('booking-new')}?{urlencode(kept)}"


def book_choices(
    ask: Ask, order: Order, slots: Sequence[FreeSlot], patient_id: int
) -> tuple[Choice, ...]:
    """One choice a time: taking it books. Ctrl Enter opens the form instead, to say more."""
    sites = {slot.site for slot in slots}
    return tuple(
        act(
            say_day_time(slot.date, slot.start_minute, ask.today),
            reverse("booking-new"),
            {
                "patient": patient_id,
                "praticien": slot.practitioner_id,
                "jour": slot.date.isoformat(),
                "minute": slot.start_minute,
                "motif": slot.visit_type_id,
                "duree": slot.minutes,
                "raison": order.reason,
                "urgent": "on" if order.urgent else None,
            },
            detail=_detail(ask, slot, several_sites=len(sites) > 1),
            form=booking_form(slot, patient_id),
        )
        for slot in slots
    )


def open_choices(ask: Ask, slots: Sequence[FreeSlot]) -> tuple[Choice, ...]:
    """One choice a time, for nobody yet: taking it opens the booking form."""
    sites = {slot.site for slot in slots}
    return tuple(
        Choice(
            say_day_time(slot.date, slot.start_minute, ask.today),
            detail=_detail(ask, slot, several_sites=len(sites) > 1),
            opens=booking_form(slot, None),
        )
        for slot in slots
    )


def move_choices(
    ask: Ask, slots: Sequence[FreeSlot], appointment_id: int, version: int
) -> tuple[Choice, ...]:
    """One choice a time: taking it moves the appointment there."""
    sites = {slot.site for slot in slots}
    return tuple(
        act(
            say_day_time(slot.date, slot.start_minute, ask.today),
            reverse("appointment-move", args=[appointment_id]),
            {
                "praticien": slot.practitioner_id,
                "jour": slot.date.isoformat(),
                "minute": slot.start_minute,
                "version": version,
            },
            detail=_detail(ask, slot, several_sites=len(sites) > 1),
        )
        for slot in slots
    )


def _detail(ask: Ask, slot: FreeSlot, *, several_sites: bool) -> str:
    pieces = [slot.practitioner, say_minutes(slot.minutes), *slot.resources]
    if several_sites:
        pieces.append(slot.site)
    pieces.append(say_delay(slot.date, ask.today))
    return ", ".join(pieces)


def place_form(want: Wanted, day: date, minute: int, patient_id: int) -> str:
    """The booking form of a time that is not free, to be taken beside another."""
    fields = {
        "praticien": want.practitioner_ids[0],
        "jour": day.isoformat(),
        "minute": minute,
        "motif": want.visit_type.id if want.visit_type else None,
        "patient": patient_id,
        "plus": "1",
    }
    kept = {name: value for name, value in fields.items() if value is not None}
    return f"{reverse('booking-new')}?{urlencode(kept)}"
