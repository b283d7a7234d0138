"""How the desk is kept true: which of its parts a change touches, and what is said of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from unisson.agenda.models import Appointment
from unisson.core import clock
from unisson.core.live import News
from unisson.patients import events as patient_events
from unisson.practice.models import Practitioner
from unisson.reception import queries as reception
from unisson.reception.events import RECEPTION_CHANGED
from unisson.screens import surfaces
from unisson.screens.secretary import day
from unisson.screens.surfaces import Announcement, Change, Drawing, Part, Screen, Surface

VIEW = "jour"


def register() -> None:
    """Tell the live feed about the desk, and about news that name a patient only."""
    surfaces.register(VIEW, Surface(parts, {"column": _column, "sides": _sides}, ticking))
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


def _column(part: Part) -> Drawing:
    html = day.render_column(part.practitioner_id, part.day)
    return {f"col-{part.practitioner_id}": html} if html else {}


def _sides(part: Part) -> Drawing:
    return day.render_sides(part.day, part.practitioner_ids)
