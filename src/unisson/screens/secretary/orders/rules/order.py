"""What a line means: an order, and the sentence that says it back."""

from __future__ import annotations

from dataclasses import dataclass, field

from unisson.core.french_time import NBSP, Window, say_minutes
from unisson.core.french_time.text import fold
from unisson.screens.secretary.orders.rules.verbs import ABOUT_A_PATIENT, Verb
from unisson.screens.secretary.orders.rules.vocabulary import Named


@dataclass(frozen=True, slots=True)
class Order:
    """One reading of a line. Nothing in it was guessed silently: `understood` says it all.

    `patient_text` is what remains, as typed, to be looked for among patients.
    `visit_types` holds several when the words fit several. `window` is when (for
    a move: where to), `origin` where a moved appointment stands. `minutes` is a
    length. `reason` is the label of a block or an absence, or what follows
    « motif ». `unknown` are the words nothing was made of. `cost` ranks the
    readings, the least first.
    """

    verb: Verb
    patient_text: str = ""
    practitioners: tuple[Named, ...] = ()
    visit_types: tuple[Named, ...] = ()
    resource: Named | None = None
    window: Window = field(default_factory=Window)
    origin: Window = field(default_factory=Window)
    minutes: int | None = None
    urgent: bool = False
    squeeze_in: bool = False
    reason: str = ""
    unknown: tuple[str, ...] = ()
    cost: float = 0.0

    @property
    def practitioner(self) -> Named | None:
        """The practitioner, when exactly one was named."""
        return self.practitioners[0] if len(self.practitioners) == 1 else None

    @property
    def visit_type(self) -> Named | None:
        """The visit type, when the words fit exactly one."""
        return self.visit_types[0] if len(self.visit_types) == 1 else None

    @property
    def needs_a_patient(self) -> bool:
        return self.verb in ABOUT_A_PATIENT

    @property
    def questions(self) -> tuple[str, ...]:
        """What deserves a second look, in sentences."""
        return tuple(question.said for question in (*self.origin.questions, *self.window.questions))

    @property
    def understood(self) -> str:
        """« Rendez-vous pour martin, contrôle, jeu. 26 nov., le matin, avec Dr Nguyen »."""
        return ", ".join(piece for piece in (_head(self), *_details(self)) if piece)


_HEADS: dict[Verb, tuple[str, str]] = {
    # With somebody, and without.
    Verb.BOOK: ("Rendez-vous pour {who}", "Rendez-vous (pour qui{nb}?)"),
    Verb.ARRIVE: ("Arrivée de {who}", "Arrivée (de qui{nb}?)"),
    Verb.ROOM: ("En salle{nb}: {who}", "En salle (qui{nb}?)"),
    Verb.CALL_IN: ("En consultation{nb}: {who}", "En consultation (qui{nb}?)"),
    Verb.LEAVE: ("Sortie de {who}", "Sortie (de qui{nb}?)"),
    Verb.LEAVE_UNSEEN: ("Sortie sans être vu{nb}: {who}", "Sortie sans être vu (qui{nb}?)"),
    Verb.NO_SHOW: ("Absent sans prévenir{nb}: {who}", "Absent sans prévenir (qui{nb}?)"),
    Verb.EXCUSE: ("Excusé{nb}: {who}", "Excusé (qui{nb}?)"),
    Verb.PUT_BACK: ("De nouveau attendu{nb}: {who}", "De nouveau attendu (qui{nb}?)"),
    Verb.CANCEL: ("Annuler le rendez-vous de {who}", "Annuler un rendez-vous (de qui{nb}?)"),
    Verb.MOVE: ("Déplacer le rendez-vous de {who}", "Déplacer un rendez-vous (de qui{nb}?)"),
    Verb.PATIENT: ("Patient{nb}: {who}", "Chercher un patient"),
    Verb.NEW: ("Créer un patient{nb}: {who}", "Créer un patient"),
    Verb.FREE: ("", "Créneaux libres"),
    Verb.FIRST_FREE: ("", "Premier créneau libre"),
    Verb.DAY: ("", "Aller au jour"),
    Verb.WEEK: ("", "Semaine"),
    Verb.MONTH: ("", "Mois"),
    Verb.BLOCK: ("", "Bloquer"),
    Verb.ABSENCE: ("", "Absence"),
    Verb.UNDO: ("", "Défaire le dernier geste"),
    Verb.HELP: ("", "Ce que la ligne comprend"),
}


def _head(order: Order) -> str:
    with_somebody, alone = _HEADS[order.verb]
    if order.verb in (Verb.WEEK, Verb.BLOCK, Verb.ABSENCE, Verb.DAY, Verb.MONTH):
        names = _names(order)
        if not names:
            return alone
        return f"{alone} {names if order.verb is Verb.BLOCK else _of(names)}"
    if order.patient_text and with_somebody:
        head = with_somebody.replace("de {who}", _of(order.patient_text))
        return head.replace("{who}", order.patient_text).replace("{nb}", NBSP)
    return alone.replace("{nb}", NBSP)


def _of(name: str) -> str:
    """« de roux », « d’alvarez »."""
    return f"d’{name}" if fold(name)[:1] in tuple("aeiou") else f"de {name}"


def _names(order: Order) -> str:
    named = [each.label for each in order.practitioners]
    if order.resource is not None and order.verb is not Verb.ROOM:
        named.append(order.resource.label)
    return " ou ".join(named)


def _types(order: Order) -> str:
    """The visit types the words fit; past two, only how many more."""
    labels = [named.label for named in order.visit_types]
    if len(labels) > 2:
        return f"{labels[0]} ou {len(labels) - 1} autres motifs"
    return " ou ".join(labels)


def _details(order: Order) -> list[str]:
    pieces: list[str] = []
    if order.verb is Verb.ROOM and order.resource is not None:
        pieces.append(order.resource.label)
    if order.visit_types:
        pieces.append(_types(order))
    if order.minutes is not None:
        pieces.append(say_minutes(order.minutes))
    if order.urgent:
        pieces.append("urgent")
    if order.squeeze_in:
        pieces.append("en plus")
    if order.origin.said:
        pieces.append(f"prévu{NBSP}: {order.origin.said}")
    if order.window.said:
        new = "nouvelle date" if order.window.has_days else "nouvelle heure"
        to = f"{new}{NBSP}: " if order.verb is Verb.MOVE else ""
        pieces.append(f"{to}{order.window.said}")
    if order.verb not in (Verb.WEEK, Verb.BLOCK, Verb.ABSENCE, Verb.DAY, Verb.MONTH):
        names = _names(order)
        pieces.append(f"avec {names}" if names else "")
    if order.reason:
        pieces.append(f"«{NBSP}{order.reason}{NBSP}»")
    return pieces
