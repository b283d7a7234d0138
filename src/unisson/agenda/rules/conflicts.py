"""What stands in the way of a time, said in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from unisson.agenda.rules.opening import Closure, Opening, spans_by_site
from unisson.agenda.rules.slots import Visit
from unisson.agenda.rules.spans import Minute, Span, covers, overlap
from unisson.agenda.rules.wall import wall_of
from unisson.agenda.rules.words import say_clock, say_day, say_instant


class Kind(StrEnum):
    """Why not. The first two bend to "outside hours", the next two to a squeeze-in."""

    CLOSED = "closed"
    ABSENT = "absent"
    TAKEN = "taken"
    ROOM = "room"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way, and the French sentence that says so."""

    kind: Kind
    sentence: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Some time taken of a resource. `held_by`: somebody keeps it while talking."""

    resource_id: int
    span: Span
    exclusive: bool = True
    held_by: str = ""
    appointment_id: int | None = None
    hold_id: int | None = None


def hours_obstacles(
    wanted: Span,
    told: Minute,
    who: str,
    site_id: int,
    visit_type_id: int,
    hours: Iterable[Opening],
    closures: Iterable[Closure],
    *,
    urgent: bool,
) -> list[Obstacle]:
    """What the timetable has against it. `hours`: opening hours before absences are taken out."""
    found = []
    for closure in closures:
        if overlap(wanted, closure.span):
            found.append(Obstacle(Kind.ABSENT, _absent(closure, told, who)))
            break
    openings = list(hours)
    admitting = spans_by_site(openings, visit_type_id, urgent=urgent).get(site_id, [])
    if not covers(admitting, wanted):
        anything = spans_by_site(openings, None, urgent=True).get(site_id, [])
        if covers(anything, wanted):
            sentence = f"{who} ne prend pas ce motif {say_instant(told)}."
        else:
            sentence = f"{who} ne reçoit pas {say_instant(told)}."
        found.append(Obstacle(Kind.CLOSED, sentence))
    return found


def taken_obstacle(wanted: Span, told: Minute, who: str, taken: Iterable[Taken]) -> Obstacle | None:
    """Who already has the practitioner then."""
    for other in taken:
        if overlap(wanted, other.span):
            if other.held_by:
                sentence = (
                    f"{other.held_by} garde ce créneau de {who}, {say_instant(told)},"
                    " le temps d’un appel."
                )
            else:
                sentence = f"{who} n’est pas libre {say_instant(told)}."
            return Obstacle(Kind.TAKEN, sentence)
    return None


@dataclass(frozen=True, slots=True)
class Options:
    """A need of the visit type: its name and the rooms or machines that would do, by name."""

    label: str
    names: Mapping[int, str]


def choose_rooms(
    wanted: Span,
    told: Minute,
    needs: Sequence[Options],
    taken: Iterable[Taken],
    closures: Iterable[Closure],
) -> tuple[list[int], list[Obstacle]]:
    """The first free room or machine for each need; an obstacle for each that has none."""
    busy = {other.resource_id for other in taken if overlap(wanted, other.span)}
    broken = {
        closure.resource_id
        for closure in closures
        if closure.resource_id is not None and overlap(wanted, closure.span)
    }
    chosen: list[int] = []
    obstacles: list[Obstacle] = []
    for need in needs:
        free = next((option for option in need.names if option not in busy | broken), None)
        names = " et ".join(need.names.values())
        several = len(need.names) > 1
        if free is not None:
            chosen.append(free)
        elif not need.names:
            obstacles.append(Obstacle(Kind.ROOM, f"Rien sur ce site pour : {need.label}."))
        elif need.names.keys() <= broken:
            verb = "sont" if several else "est"
            sentence = f"{names} {verb} hors service {say_instant(told)}."
            obstacles.append(Obstacle(Kind.ABSENT, sentence))
        else:
            verb = "ne sont pas libres" if several else "n’est pas libre"
            obstacles.append(Obstacle(Kind.ROOM, f"{names} {verb} {say_instant(told)}."))
    return chosen, obstacles


def patient_obstacle(
    start: Minute, visit: Visit, others: Iterable[tuple[Span, str]]
) -> Obstacle | None:
    """Another appointment of the same patient at the same time: (its span, with whom)."""
    told = (start, start + visit.minutes)
    for span, who in others:
        if overlap(told, span):
            day, minute = wall_of(span[0])
            return Obstacle(
                Kind.PATIENT,
                f"Ce patient a déjà rendez-vous {say_day(day)} à {say_clock(minute)}, {who}.",
            )
    return None


def _absent(closure: Closure, told: Minute, who: str) -> str:
    why = f" ({closure.label})" if closure.label else ""
    if closure.practitioner_id is None:
        return f"Le site est fermé {say_instant(told)}{why}."
    if closure.kind == "block":
        return f"Le temps de {who} est bloqué {say_instant(told)}{why}."
    return f"{who} est en absence {say_instant(told)}{why}."
