"""The answer to a line: the likeliest reading that finds something, and the other readings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.urls import reverse

from unisson.agenda.queries import AppointmentRow, patient_appointments
from unisson.core import clock
from unisson.core.french_time import say_day, say_day_time
from unisson.core.gesture import gesture
from unisson.patients.queries import PatientLine
from unisson.screens.secretary import booking_choices as practice
from unisson.screens.secretary.orders import counter, free, going, people
from unisson.screens.secretary.orders.ask import Answer, Ask, Choice
from unisson.screens.secretary.orders.known import vocabulary
from unisson.screens.secretary.orders.rules import Order, Verb, read_line
from unisson.screens.secretary.orders.visits import (
    MARKS,
    STEPS,
    Today,
    day_of,
    detail,
    look_of,
    step_choice,
)
from unisson.screens.shared.french import agree

TRIED = 3  # readings looked at before giving up on finding somebody
HERS = 4  # coming appointments shown of a patient

ACTS = frozenset({*STEPS, *MARKS, Verb.PUT_BACK, Verb.CANCEL, Verb.MOVE, Verb.BLOCK, Verb.ABSENCE})
"""Verbs that change something straight from the line."""

Builder = Callable[[Ask, Order], Answer]


def answer(ask: Ask) -> Answer:
    """What the line shows. Reads only; opening one patient is written in the trail."""
    readings = read_line(ask.line, vocabulary(), ask.now)
    if ask.verb is not None and ask.patient_id is not None:
        order = replace(_forced(readings, ask), verb=ask.verb)
        return _build(ask, order)
    if not readings:
        return Answer()
    if ask.reading is not None and 0 <= ask.reading < len(readings):
        chosen = _build(ask, readings[ask.reading])
        return _with_others(ask, chosen, readings, ask.reading)
    tried: list[Answer] = []
    for place, order in enumerate(readings[:TRIED]):
        built = _build(replace(ask, reading=place) if place else ask, order)
        if built.sure:
            return _with_others(ask, built, readings, place)
        tried.append(built)
    return _with_others(ask, tried[0], readings, 0)


def _forced(readings: Sequence[Order], ask: Ask) -> Order:
    """The reading taken, for what was chosen to be done under it."""
    place = ask.reading or 0
    if place < len(readings):
        return readings[place]
    return Order(Verb.PATIENT)


def _with_others(ask: Ask, built: Answer, readings: Sequence[Order], taken: int) -> Answer:
    """And the other readings, each a choice: ambiguity is shown, not settled in silence."""
    others = tuple(
        Choice(order.understood, further=Ask(ask.actor, ask.now, ask.line, place).further())
        for place, order in enumerate(readings)
        if place != taken
    )
    chosen = built.chosen
    if chosen is not None and ask.reading is None and built.choices[chosen].writes:
        # « absent nguyen »: a patient or a doctor; Enter alone does not settle it.
        verbs = {order.verb for order in readings if order.verb in ACTS}
        chosen = None if len(verbs) > 1 else chosen
    return replace(built, chosen=chosen, others=(*built.others, *others))


def _build(ask: Ask, order: Order) -> Answer:
    if order.verb in BUILDERS:
        return BUILDERS[order.verb](ask, order)
    return going.WITHOUT_PATIENT[order.verb](ask, order)


def book(ask: Ask, order: Order) -> Answer:
    """First whom, then when."""
    found = people.look_for(ask, order)
    if found.line is None:
        return _whom(ask, order, found)
    line = found.line
    want = free.wanted(ask, order, usual=practice.usual_practitioner(line.id))
    if order.squeeze_in:
        return _squeeze_in(ask, order, want, line)
    slots = free.search(ask, want)
    return Answer(
        order,
        who=line,
        about=", ".join(want.said),
        notes=slots.notes,
        choices=free.book_choices(ask, order, slots.found, line.id),
        others=free.other_types(replace(ask, patient_id=line.id), want),
        chosen=slots.chosen,
        enter="Entrée pour réserver, Ctrl Entrée pour préciser",
    )


def _whom(ask: Ask, order: Order, found: people.People) -> Answer:
    """Who it may be; the only one who plainly answers is under Enter, and nobody otherwise."""
    create = Choice("Créer un patient", href=reverse("patient-new"))
    choices = people.choices(ask, found)
    asked = bool(order.patient_text)
    return Answer(
        order,
        notes=people.notes(order, found),
        choices=(*choices, create) if asked else choices,
        chosen=found.likeliest,
        enter="Entrée pour choisir cette personne",
        sure=not asked or bool(choices),
    )


def _squeeze_in(ask: Ask, order: Order, want: free.Wanted, line: PatientLine) -> Answer:
    """Beside another: never from the line alone, always through the form that says so."""
    window = order.window
    if window.exact is None or len(want.practitioner_ids) != 1:
        note = "En plus\u00a0: dites avec qui et à quelle heure, par exemple 11h nguyen."
        return Answer(order, who=line, notes=(note,))
    day = window.day or ask.today
    name = counter.names(ask).get(want.practitioner_ids[0], "")
    url = free.place_form(want, day, window.exact, line.id)
    words = f"En plus, {say_day_time(day, window.exact, ask.today)}"
    return Answer(
        order,
        who=line,
        choices=(Choice(words, detail=name, opens=url),),
        chosen=0,
        enter="Entrée pour ouvrir la réservation",
    )


def find_free(ask: Ask, order: Order) -> Answer:
    """Free times for nobody yet."""
    want = free.wanted(ask, order)
    slots = free.search(ask, want)
    return Answer(
        order,
        about=", ".join(want.said),
        notes=slots.notes,
        choices=free.open_choices(ask, slots.found),
        others=free.other_types(ask, want),
        chosen=slots.chosen,
        enter="Entrée pour réserver ce créneau",
    )


def patient(ask: Ask, order: Order) -> Answer:
    """Who answers; once one is chosen, what can be done for her."""
    line = people.chosen(ask.patient_id)
    if line is None:
        found = people.look_for(replace(ask, patient_id=None), order)
        if found.line is not None:
            # Alone, she is under Enter, and nothing of hers is opened before it.
            found = people.People(None, found.found)
        answer = _whom(ask, order, found)
        return replace(answer, enter="Entrée pour choisir cette personne")
    return _card(ask, order, line)


def _card(ask: Ask, order: Order, line: PatientLine) -> Answer:
    """Her coming appointments and what can be done. Reading them is written in the trail."""
    with gesture("agenda.read", by=ask.actor) as act:
        act.audit("R", "Patient", object_id=line.id, patient_id=line.id, detail="ligne d’ordre")
    team = counter.names(ask)
    today = Today(ask)
    chosen = replace(ask, patient_id=line.id)
    record = Choice("Ouvrir la fiche", href=reverse("patient", args=[line.id]), key="F")
    booking = Choice("Prendre rendez-vous", further=chosen.further(verb=Verb.BOOK), key="R")
    steps = [
        replace(step_choice(today, row, verb, team), words=words, line=None, key=key)
        for row in today.rows
        if row.line.id == line.id
        for verb, words, key in _next(today, row)
    ]
    later = [
        Choice(
            f"Déplacer {say_day(day_of(row), ask.today)}",
            detail=detail(row, team),
            look=look_of(row, today.visits.get(row.id)),
            further=chosen.further(verb=Verb.MOVE, appointment_id=row.id),
            key="D" if place == 0 else "",
        )
        for place, row in enumerate(_coming(line.id, ask)[:HERS])
    ]
    return Answer(
        order,
        who=line,
        choices=(record, booking, *steps, *later),
        chosen=0,
        enter="Entrée pour ouvrir la fiche, R pour un rendez-vous",
    )


def _next(today: Today, row: AppointmentRow) -> list[tuple[Verb, str, str]]:
    """What can be noted of her visit from where she is: the verb, its word, its letter."""
    words = {
        Verb.ARRIVE: (agree("Arrivé", row.line.sex), "A"),
        Verb.ROOM: ("En salle", "S"),
        Verb.LEAVE: (agree("Sorti", row.line.sex), ""),
        Verb.NO_SHOW: (agree("Absent", row.line.sex), "X"),
        Verb.PUT_BACK: (agree("De nouveau attendu", row.line.sex), ""),
    }
    return [(verb, said, key) for verb, (said, key) in words.items() if today.can(row, verb)]


def _coming(patient_id: int, ask: Ask) -> list[AppointmentRow]:
    """Her booked appointments from now on, the next one first."""
    now = clock.now()
    rows = [row for row in patient_appointments(patient_id) if row.start > now and not row.freed]
    return [row for row in reversed(rows) if ask.actor.works_for(row.practitioner_id)]


BUILDERS: dict[Verb, Builder] = {
    Verb.BOOK: book,
    Verb.PATIENT: patient,
    Verb.FREE: find_free,
    Verb.FIRST_FREE: find_free,
    Verb.CANCEL: counter.cancel,
    Verb.MOVE: counter.move,
    Verb.EXCUSE: counter.excuse,
    **dict.fromkeys((*STEPS, Verb.NO_SHOW, Verb.PUT_BACK), counter.at_the_counter),
}
