"""How the desk is kept true: which of its parts a change touches, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from unisson.agenda.models import Appointment
from unisson.core import clock
from unisson.core.live import News
from unisson.patients import events as patient_events
from unisson.practice.models import Practitioner
from unisson.reception import queries as reception
from unisson.reception.events import RECEPTION_CHANGED
from unisson.screens import surfaces
from unisson.screens.secretary.day import Desk
from unisson.screens.surfaces import (
    Announcement,
    Change,
    Drawing,
    Memory,
    Part,
    Screen,
    Surface,
)

VIEW = "jour"


def register() -> None:
    """Tell the live feed about the desk, and about news that name a patient only."""
    surfaces.register(VIEW, Surface(parts, draw, ticking))
    surfaces.announce(RECEPTION_CHANGED, announce)
    for topic in (
        patient_events.CHANGED,
        patient_events.MERGED,
        patient_events.UNMERGED,
    ):
        surfaces.read(topic, of_patients)
    for topic in ("practice.changed", "patients.imported"):
        surfaces.reload_on(topic)


def parts(screen: Screen, changes: Sequence[Change]) -> Iterable[Part]:
    """The columns touched, and the sides: the left one is about today, whatever the day shown."""
    columns: set[int] = set()
    beside: set[int] = set()
    for change in changes:
        columns |= change.touches(screen)
        beside |= change.touches(screen, screen.day, clock.today())
    for number in sorted(columns):
        yield Part("column", screen.day, frozenset([number]))
    if beside:
        yield Part("sides", screen.day, screen.practitioner_ids)


def ticking(screen: Screen) -> Iterable[Part]:
    """As minutes go by: waits, lateness, likely times, what is no longer free."""
    for number in Practitioner.objects.filter(resource__active=True).values_list("id", flat=True):
        if screen.shows(number):
            yield Part("column", screen.day, frozenset([number]))
    yield Part("sides", screen.day, screen.practitioner_ids)


def of_patients(news: News, days: frozenset[date]) -> Change:
    """Where a patient whose name, mark or file changed is shown, among the days watched."""
    patients = [
        news.payload[key] for key in ("patient_id", "kept_id", "absorbed_id") if key in news.payload
    ]
    first, _ = reception.bounds(min(days))
    _, last = reception.bounds(max(days))
    numbers: set[int] = set()
    dates: set[date] = set()
    for number, start in Appointment.objects.filter(
        patient_id__in=patients, start__gte=first, start__lt=last
    ).values_list("practitioner_id", "start"):
        shown = clock.local(start).date()
        if shown in days:
            numbers.add(number)
            dates.add(shown)
    return Change(frozenset(numbers), frozenset(dates))


def announce(news: News) -> Announcement | None:
    """M. ROUX Paul est arrivé, Dr Diallo. Today's only: the rest is not of the moment."""
    said = reception.said(news.payload["appointment_id"], news.payload["state"])
    if said is None or said.date != clock.today():
        return None
    return Announcement(said.practitioner_id, said.date, said.sentence, by=news.payload.get("by"))


def draw(wanted: Sequence[Part], memory: Memory) -> Mapping[Part, Drawing]:
    """Columns and sides of any days. Each day is read once, for everyone concerned."""
    found: dict[Part, Drawing] = {}
    for shown in {part.day for part in wanted}:
        some = [part for part in wanted if part.day == shown]
        desk = Desk.recalled(shown, _all_of(some), memory)
        columns = {column.practitioner_id: column for column in desk.board.columns}
        for part in some:
            if part.kind == "sides":
                found[part] = _narrowed(desk, part.practitioner_ids).sides()
            elif column := columns.get(part.practitioner_id):
                found[part] = {f"col-{part.practitioner_id}": desk.column(column)}
    return found


def _all_of(parts: Iterable[Part]) -> frozenset[int] | None:
    """Everyone these parts are about; None when one of them is about the whole practice."""
    everyone: frozenset[int] = frozenset()
    for part in parts:
        if part.practitioner_ids is None:
            return None
        everyone |= part.practitioner_ids
    return everyone


def _narrowed(desk: Desk, practitioner_ids: frozenset[int] | None) -> Desk:
    """The same desk for fewer practitioners, out of what was already read."""
    if practitioner_ids is None or practitioner_ids == desk.practitioner_ids:
        return desk
    fewer = replace(desk, practitioner_ids=practitioner_ids)
    columns = [c for c in desk.board.columns if c.practitioner_id in practitioner_ids]
    vars(fewer)["board"] = replace(desk.board, columns=tuple(columns))
    vars(fewer)["reception"] = desk.reception
    if not desk.is_today:
        vars(fewer)["today"] = _narrowed(desk.today, practitioner_ids)
    return fewer
