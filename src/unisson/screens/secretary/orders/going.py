"""Answers that lead somewhere: a day, a week, a form; and those that block time."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

from unisson.agenda.queries import last_undoable
from unisson.core.french_time import say_day, say_delay, say_long_day, say_time
from unisson.screens.secretary.orders.ask import Answer, Ask, Choice, act
from unisson.screens.secretary.orders.counter import names
from unisson.screens.secretary.orders.rules import Named, Order, Verb

USUAL_BLOCK = 30  # minutes, when only a beginning was said


def day(ask: Ask, order: Order) -> Answer:
    """The day itself; of a range, its first days."""
    if order.window.first is None and order.window.last is None:
        return _go(order, [_day_choice(ask, ask.today)])
    shown = list(order.window.days(since=_earliest(ask, order), horizon=6))[:7]
    # « 12 octobre » in November: last month's is the likelier one to look at.
    others = [question.day for question in order.window.questions if question.day]
    shown += [each for each in others if each not in shown]
    if order.window.day is not None and others:
        shown.sort(key=lambda each: abs((each - ask.today).days))
    return _go(order, [_day_choice(ask, each) for each in shown])


def _earliest(ask: Ask, order: Order) -> date:
    return order.window.first or ask.today


def _day_choice(ask: Ask, shown: date) -> Choice:
    return Choice(
        say_long_day(shown, ask.today),
        detail=say_delay(shown, ask.today),
        href=reverse("desk-day", args=[shown]),
    )


def _go(order: Order, choices: list[Choice], note: str = "") -> Answer:
    return Answer(
        order,
        notes=(note,) if note else (),
        choices=tuple(choices),
        chosen=0 if choices else None,
        enter="Entrée pour y aller",
        sure=bool(choices),
    )


def week(ask: Ask, order: Order) -> Answer:
    """A practitioner's week; everyone's when nobody was named."""
    at = order.window.first or ask.today
    monday = at - timedelta(days=at.weekday())
    team = names(ask)
    wanted = [each.id for each in order.practitioners if each.id in team] or list(team)
    return _go(
        order,
        [
            Choice(
                f"Semaine de {team[who]}",
                detail=f"du {say_day(monday, ask.today)}",
                href=href,
            )
            for who in wanted
            if (href := _address("week", who, monday))
        ],
    )


def month(ask: Ask, order: Order) -> Answer:
    """The month, for orientation."""
    first = (order.window.first or ask.today).replace(day=1)
    href = _address("month", first)
    said = say_long_day(first).split("\u00a0", 2)[2]
    return _go(order, [Choice(f"{said} {first.year}", href=href)] if href else [])


def _address(name: str, *args: object) -> str:
    """The address of a page, empty when this installation does not have it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def new(ask: Ask, order: Order) -> Answer:
    """The creation path: it asks for the birth date first, whatever was typed here."""
    words = f"Créer un patient ({order.patient_text})" if order.patient_text else "Créer un patient"
    return Answer(
        order,
        choices=(Choice(words, detail="date de naissance d’abord", href=reverse("patient-new")),),
        chosen=0,
        enter="Entrée pour commencer",
    )


def undo(ask: Ask, order: Order) -> Answer:
    """The last act of this person on the agenda."""
    last = last_undoable(ask.actor)
    if last is None:
        return Answer(order, notes=("Rien à défaire.",), sure=False)
    # Named here, so not asked again for being on another day.
    named = {"sur": str(last.act_id)}
    return Answer(
        order,
        choices=(act(f"Défaire\u00a0: {last.sentence}", reverse("undo"), named),),
        chosen=0,
        enter="Entrée pour défaire",
    )


def block(ask: Ask, order: Order) -> Answer:
    """Time taken out of a practitioner's agenda."""
    return _away(ask, order, "block", "Bloquer")


def absence(ask: Ask, order: Order) -> Answer:
    """A practitioner away; those booked meanwhile are then listed to move or cancel."""
    return _away(ask, order, "absence-new", "Absence de")


def _away(ask: Ask, order: Order, name: str, words: str) -> Answer:
    team = names(ask)
    if order.resource is not None:
        note = f"{order.resource.label}\u00a0: une salle se ferme dans les réglages du cabinet."
        return Answer(order, notes=(note,), sure=False)
    people = [each for each in order.practitioners if each.id in team]
    if not people:
        everyone = tuple(Named(key, label, ()) for key, label in team.items())
        people = list(everyone) if not order.practitioners else []
    if not people:
        return Answer(order, notes=("Vous ne travaillez pas pour ce praticien.",), sure=False)
    choices = tuple(_away_choice(ask, order, who, name, words) for who in people)
    one = len(order.practitioners) == 1 and len(choices) == 1
    return Answer(
        order,
        choices=choices,
        chosen=0 if one else None,
        enter="Entrée pour l’écrire dans l’agenda" if choices[0].writes else "Entrée pour préciser",
    )


def _away_choice(ask: Ask, order: Order, who: Named, name: str, words: str) -> Choice:
    """Whole when the days and the hours are known; else the form, with what is."""
    window = order.window
    first, last = window.first, window.last
    if first is None and name == "block" and window.has_hours:
        first = last = ask.today
    start, end = window.start, window.end
    if window.exact is not None:
        start = window.exact
        end = min(start + (order.minutes or USUAL_BLOCK), 1440)
    url = reverse(name)
    complete = first is not None and last is not None and not window.weekdays
    if name == "block" and (start is None or end is None):
        complete = False
    if not complete:
        asked = {"praticien": who.id, "jour": (first or ask.today).isoformat()}
        if start is not None:
            asked |= {"minute": start, "duree": (end or start + USUAL_BLOCK) - start}
        return Choice(f"{words} {who.label}", opens=f"{url}?{urlencode(asked)}")
    assert first is not None
    assert last is not None
    fields = {
        "praticien": who.id,
        "du": first.isoformat(),
        "au": last.isoformat(),
        "de": _hour(start) if start else None,
        "a": _hour(end) if end is not None and end < 1440 else None,
        "libelle": order.reason[:60],
    }
    days = say_day(first, ask.today)
    if last != first:
        days = f"du {days} au {say_day(last, ask.today)}"
    hours = ""
    if start or (end is not None and end < 1440):
        until = f"à {say_time(end)}" if end is not None and end < 1440 else "à la fin du jour"
        hours = f"de {say_time(start or 0)} {until}"
    return act(
        f"{words} {who.label}",
        url,
        fields,
        detail=", ".join(piece for piece in (days, hours, order.reason) if piece),
    )


def _hour(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


HELP = (
    ("roux paul", "chercher un patient\u00a0: nom, prénom, date de naissance, téléphone"),
    ("rdv roux controle jeudi matin nguyen", "prendre un rendez-vous"),
    ("libre nguyen cette semaine", "voir les créneaux libres"),
    ("premier libre echo", "trouver le premier créneau"),
    ("arrive roux", "noter une arrivée\u00a0; aussi salle, sorti, absent, excusé"),
    ("deplace dupuis lundi", "déplacer un rendez-vous"),
    ("annule roux demain", "annuler un rendez-vous"),
    ("jour 3 decembre", "aller à un jour\u00a0; aussi semaine nguyen"),
    ("bloque nguyen 12h 13h", "bloquer du temps"),
    ("absence marchal vendredi", "noter l’absence d’un praticien"),
    ("nouveau", "créer un patient"),
)


def helping(ask: Ask, order: Order) -> Answer:
    """Examples, each a line to take."""
    return Answer(
        order,
        choices=tuple(
            Choice(line, detail=said, further=Ask(ask.actor, ask.now, line=line).further())
            for line, said in HELP
        ),
        enter="Entrée pour essayer",
    )


WITHOUT_PATIENT = {
    Verb.DAY: day,
    Verb.WEEK: week,
    Verb.MONTH: month,
    Verb.NEW: new,
    Verb.UNDO: undo,
    Verb.BLOCK: block,
    Verb.ABSENCE: absence,
    Verb.HELP: helping,
}
