"""Answers about appointments: arrived, in room, absent, excused, cancelled, moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from django.urls import reverse

from unisson.agenda.queries import AppointmentRow, appointment
from unisson.core.french_time import Window, say_day, say_time
from unisson.screens.secretary import booking_choices as practice
from unisson.screens.secretary.orders import free, people
from unisson.screens.secretary.orders.ask import Answer, Ask, Choice, act
from unisson.screens.secretary.orders.rules import Order, Verb
from unisson.screens.secretary.orders.visits import (
    Today,
    coming,
    day_of,
    detail,
    look_of,
    step_choice,
)
from unisson.screens.shared.french import agree

MOST = 9

NOT_NOW = {
    Verb.LEAVE: "pas encore arrivé, ou déjà parti",
    Verb.LEAVE_UNSEEN: "pas en attente",
    Verb.PUT_BACK: "toujours attendu",
}

type Names = Mapping[int, str]


def names(ask: Ask) -> dict[int, str]:
    """The names of the practitioners this person works for, by id."""
    return {who.id: who.name for who in practice.practitioners(ask.actor)}


def at_the_counter(ask: Ask, order: Order) -> Answer:
    """Somebody of today. Those the act no longer fits are told, not offered."""
    day = order.window.day
    if day is not None and day != ask.today:
        said = f"Cela se note le jour même, pas le {say_day(day, ask.today)}."
        return Answer(order, notes=(said,), sure=False)
    today, who = Today(ask), names(ask)
    rows = today.matching(order)
    if not rows:
        return _nobody_today(ask, order)
    able = [row for row in rows if today.can(row, order.verb)]
    told = tuple(
        f"{row.line.phrase}, {say_time(row.start_minute)}\u00a0: "
        f"{today.look(row).state or NOT_NOW.get(order.verb, 'déjà noté')}."
        for row in rows
        if row not in able
    )
    notes = told[:3] if order.patient_text or ask.patient_id else ()
    if len(able) > MOST:
        more = "encore une lettre" if order.patient_text else "les premières lettres du nom"
        notes = (f"Plus de {MOST} personnes\u00a0: tapez {more}.",)
    return Answer(
        order,
        notes=notes,
        choices=tuple(step_choice(today, row, order.verb, who) for row in able[:MOST]),
        chosen=_only(ask, order, able),
        enter="Entrée pour noter",
    )


def excuse(ask: Ask, order: Order) -> Answer:
    """Somebody who says she does not come: today or later."""
    return _one_of_hers(ask, order, order.window, _excuse, "Entrée pour noter")


def cancel(ask: Ask, order: Order) -> Answer:
    """A coming appointment to cancel: its dialog asks who cancels and why."""
    return _one_of_hers(ask, order, order.window, _cancel, "Entrée pour annuler ce rendez-vous")


def move(ask: Ask, order: Order) -> Answer:
    """First which appointment, then where to. The only one there is goes without saying."""
    row = appointment(ask.appointment_id) if ask.appointment_id is not None else None
    if row is None:
        rows, found = _hers(ask, order, order.origin)
        if len(rows) != 1 or _only(ask, order, rows) is None:
            return _listed(ask, order, rows, found, _move, "Entrée pour déplacer ce rendez-vous")
        row = rows[0]
    if not ask.actor.works_for(row.practitioner_id):
        return Answer(order, notes=("Vous ne travaillez pas pour ce praticien.",))
    return _where_to(ask, order, row)


def _where_to(ask: Ask, order: Order, row: AppointmentRow) -> Answer:
    team = names(ask)
    named = [each.id for each in order.practitioners if each.id in team]
    types = practice.types(named or [row.practitioner_id])
    want = free.Wanted(
        practitioner_ids=tuple(named or [row.practitioner_id]),
        visit_type=next((each for each in types if each.id == row.visit_type_id), None),
        minutes=row.minutes,
        urgent=row.urgent,
        window=order.window,
    )
    slots = free.search(ask, want)
    about = f"{detail(row, team, day=say_day(day_of(row), ask.today))}, à déplacer"
    return Answer(
        order,
        who=row.line,
        about=about,
        notes=slots.notes,
        choices=free.move_choices(ask, slots.found, row.id, row.version),
        chosen=slots.chosen,
        enter="Entrée pour déplacer là",
    )


def _excuse(ask: Ask, row: AppointmentRow, said: str) -> Choice:
    return act(
        row.line.phrase,
        reverse("appointment-excused", args=[row.id]),
        {"version": row.version},
        line=row.line,
        look=look_of(row, None),
        detail=said,
    )


def _cancel(ask: Ask, row: AppointmentRow, said: str) -> Choice:
    return Choice(
        row.line.phrase,
        line=row.line,
        look=look_of(row, None),
        detail=said,
        opens=reverse("cancel", args=[row.id]),
    )


def _move(ask: Ask, row: AppointmentRow, said: str) -> Choice:
    return Choice(
        row.line.phrase,
        line=row.line,
        look=look_of(row, None),
        detail=said,
        further=ask.further(appointment_id=row.id),
    )


def _hers(ask: Ask, order: Order, when: Window) -> tuple[list[AppointmentRow], people.People]:
    """The coming appointments of whoever answers the name."""
    found = people.look_for(ask, order)
    if found.line is not None:
        ids = [found.line.id]
    else:
        ids = people.everyone(ask, order) if found.more else [each.id for each in found.found]
    return (coming(ask, ids, order, when) if ids else []), found


def _one_of_hers(
    ask: Ask,
    order: Order,
    when: Window,
    choice: Callable[[Ask, AppointmentRow, str], Choice],
    enter: str,
) -> Answer:
    rows, found = _hers(ask, order, when)
    return _listed(ask, order, rows, found, choice, enter)


def _listed(
    ask: Ask,
    order: Order,
    rows: Sequence[AppointmentRow],
    found: people.People,
    choice: Callable[[Ask, AppointmentRow, str], Choice],
    enter: str,
) -> Answer:
    if not rows:
        # All who answer were looked among, more than are ever listed.
        notes = () if found.more else people.notes(order, found)
        if not notes:
            whose = found.line.phrase if found.line else f"«\u00a0{order.patient_text}\u00a0»"
            notes = (f"Aucun rendez-vous à venir pour {whose}.",)
        return Answer(order, notes=notes, sure=False)
    team = names(ask)
    shown = [
        choice(ask, row, detail(row, team, day=say_day(day_of(row), ask.today)))
        for row in rows[:MOST]
    ]
    return Answer(order, choices=tuple(shown), chosen=_only(ask, order, rows), enter=enter)


def _only(ask: Ask, order: Order, rows: Sequence[AppointmentRow]) -> int | None:
    """Under Enter when one person was named, and she alone answers; two people never."""
    if not rows or not (order.patient_text or ask.patient_id):
        return None
    return 0 if len({row.line.id for row in rows}) == 1 else None


def _nobody_today(ask: Ask, order: Order) -> Answer:
    """Not expected: say so, and offer to see her all the same."""
    if not order.patient_text and ask.patient_id is None:
        return Answer(order, notes=("Personne n’est attendu aujourd’hui.",), sure=False)
    found = people.look_for(ask, order)
    if found.line is None:
        said = f"«\u00a0{order.patient_text}\u00a0» n’est pas attendu aujourd’hui."
        return Answer(
            order,
            notes=(said,),
            choices=people.choices(ask, found, verb=Verb.PATIENT),
            sure=False,
        )
    book = Choice(
        "Lui donner un rendez-vous",
        detail="le premier libre, ou en plus",
        further=ask.further(patient_id=found.line.id, verb=Verb.BOOK),
    )
    return Answer(
        order,
        who=found.line,
        notes=(f"Pas {agree('attendu', found.line.sex)} aujourd’hui.",),
        choices=(book,),
        sure=False,
    )
