"""What reception says, in whole French sentences with no-break spaces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from unisson.agenda.rules.words import NBSP, say_clock, say_day
from unisson.core import clock
from unisson.patients.queries import PatientLine
from unisson.reception.rules.lateness import Cause, Lateness, rounded_up
from unisson.reception.rules.plan import Planned
from unisson.reception.rules.visit import State, Step, Visit

ADULT = 18  # years; children are announced without M. or Mme
VISIT_UNDER_WAY = (
    "Ce patient est noté venu à ce rendez-vous. Rien n’a été changé. "
    "Si c’était une erreur, revenez d’abord en arrière sur son arrivée."
)


def agree(word: str, sex: str) -> str:
    """A participle that agrees; in full when the sex is not known."""
    return word + {"F": "e", "M": ""}.get(sex, "(e)")


def at(moment: datetime) -> str:
    """9 h 40."""
    wall = clock.local(moment)
    return say_clock(wall.hour * 60 + wall.minute)


def day_and_time(moment: datetime) -> str:
    """jeudi 26 novembre 2026 à 9 h 40."""
    return f"{say_day(clock.local(moment).date())} à {at(moment)}"


def called(line: PatientLine, today: date) -> str:
    """M. ROUX Paul, Mme LEBRUN Claire; a child, or an unknown sex: ROUX Léa."""
    born = line.birth_date
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    title = {"F": f"Mme{NBSP}", "M": f"M.{NBSP}"}.get(line.sex, "") if age >= ADULT else ""
    return f"{title}{line.name} {line.first_name}"


def name(line: PatientLine) -> str:
    """ROUX Paul."""
    return f"{line.name} {line.first_name}"


def standing(state: State, sex: str) -> str:
    """Where the patient is, after her name: est arrivée, est en salle."""
    match state:
        case State.ARRIVED:
            return f"est {agree('arrivé', sex)}"
        case State.IN_ROOM:
            return "est en salle"
        case State.WITH_PRACTITIONER:
            return "est en consultation"
        case State.LEFT:
            return f"est {agree('sorti', sex)}"
        case State.LEFT_UNSEEN:
            return f"est {agree('parti', sex)} sans être {agree('vu', sex)}"
    return f"est de nouveau {agree('attendu', sex)}"


def noted(visit: Visit, line: PatientLine) -> str:
    """ROUX Paul est en salle depuis 9 h 33."""
    said = f"{name(line)} {standing(visit.state, line.sex)}"
    if visit.since is None:
        return said
    joined = "depuis" if visit.state in (State.IN_ROOM, State.WITH_PRACTITIONER) else "à"
    return f"{said} {joined} {at(visit.since)}"


def already(visit: Visit, line: PatientLine, by: str) -> str:
    """Told to the one who came second: nothing broke, a colleague had done it."""
    return f"{noted(visit, line)}, déjà noté par {by}. Rien n’a été changé."


def cannot(step: Step, visit: Visit, line: PatientLine) -> str:
    """Why this step cannot follow, and what to do."""
    if visit.state == State.EXPECTED:
        return (
            f"{name(line)} n’est pas {agree('noté', line.sex)} {agree('arrivé', line.sex)}. "
            f"Rien n’a été changé. Notez d’abord son arrivée."
        )
    what = {
        Step.ARRIVE: "l’arrivée",
        Step.TO_ROOM: "le passage en salle",
        Step.CALL_IN: "l’entrée en consultation",
        Step.LEAVE: "la sortie",
        Step.LEAVE_UNSEEN: "le départ sans être vu",
    }[step]
    return (
        f"{noted(visit, line)} : {what} ne peut pas être noté ensuite. Rien n’a été changé. "
        f"Revenez d’abord d’une étape en arrière si c’était une erreur."
    ).replace(" : ", f"{NBSP}: ")


def another_day(start: datetime, line: PatientLine) -> str:
    """An arrival on the wrong day."""
    return (
        f"Le rendez-vous de {name(line)} est prévu {day_and_time(start)}, pas aujourd’hui. "
        f"L’arrivée n’a pas été notée. Déplacez-le, ou ajoutez un passage sans rendez-vous."
    )


def not_booked(status: str, line: PatientLine) -> str:
    """A step on an appointment that is no longer there."""
    why = {
        "cancelled": "est annulé",
        "mistake": "a été retiré de l’agenda",
        "no_show": f"est noté {agree('absent', line.sex)}",
        "excused": f"est noté {agree('excusé', line.sex)}",
    }[status]
    return (
        f"Le rendez-vous de {name(line)} {why}. Rien n’a été changé. "
        f"Remettez-le d’abord à l’agenda, ou ajoutez un passage sans rendez-vous."
    )


def still_here(visit: Visit, line: PatientLine) -> str:
    """Absent or excused, of somebody who is noted as having come."""
    return (
        f"{noted(visit, line)} : {line.first_name} ne peut pas être {agree('noté', line.sex)} "
        f"{agree('absent', line.sex)}. Rien n’a été changé. "
        f"Revenez d’abord en arrière si l’arrivée était une erreur."
    ).replace(" : ", f"{NBSP}: ")


def went_on(visit: Visit, line: PatientLine, by: str) -> str:
    """Too late to undo: a colleague went on from there."""
    return f"{noted(visit, line)}, noté depuis par {by}. Rien n’a été changé."


def nothing_to_take_back(line: PatientLine) -> str:
    return f"Rien n’est noté pour {name(line)} : il n’y a rien à reprendre.".replace(
        " : ", f"{NBSP}: "
    )


def why_late(
    late: Lateness, plan: Sequence[Planned], line: Callable[[int], PatientLine | None]
) -> str:
    """How the lateness is known: who is in since when, planned when, who comes next."""
    by_id = {planned.id: planned for planned in plan}
    following = by_id[late.next_id] if late.next_id is not None else None
    current = by_id[late.inside_id] if late.inside_id is not None else None
    said = []
    if current is not None and current.visit.called_at is not None:
        said.append(
            f"{_named(line(current.id))} ({at(current.start)} à {at(current.end)})"
            f" est en consultation depuis {at(current.visit.called_at)}"
        )
    if following is not None and late.likely is not None:
        named = f"{_named(line(following.id))} ({at(following.start)})"
        if late.cause == Cause.SOMEONE_IS_IN:
            said.append(f"{named} devrait passer vers {at(rounded_up(late.likely))}")
        elif following.visit.arrived_at is not None:
            waits = f"{named} attend depuis {at(following.visit.arrived_at)}"
            said.append(f"{waits} et personne n’est en consultation")
        else:
            said.append(f"{named} est à appeler à distance et personne n’est en consultation")
    sentence = f"{NBSP}; ".join(said) + "."
    if not late.sure:
        sentence += " Une entrée ou une sortie n’est peut-être pas notée : à vérifier.".replace(
            " : ", f"{NBSP}: "
        )
    return sentence


def _named(line: PatientLine | None) -> str:
    return name(line) if line else "Un patient"
