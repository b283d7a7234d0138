"""Whom a line is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from unisson.patients import queries as patients
from unisson.patients.models import Patient
from unisson.patients.queries import Found, PatientLine
from unisson.patients.rules.folding import joined, tokens
from unisson.screens.secretary.orders.ask import Ask, Choice
from unisson.screens.secretary.orders.rules import Order

MOST = 9  # patients listed: one digit each
MANY = 200  # looked among for an appointment: a common name has more than a screen shows


@dataclass(frozen=True)
class People:
    """Who answers a name. `line`: the one person meant, chosen or alone."""

    line: PatientLine | None = None
    found: tuple[Found, ...] = ()
    more: bool = False

    @property
    def nobody(self) -> bool:
        return self.line is None and not self.found

    @property
    def likeliest(self) -> int | None:
        """The place of the only one who plainly answers, others being near."""
        plain = [place for place, each in enumerate(self.found) if each.sure]
        return plain[0] if len(plain) == 1 else None


def chosen(patient_id: int | None) -> PatientLine | None:
    """The patient she chose; None when unknown or merged away."""
    if patient_id is None:
        return None
    patient = Patient.objects.filter(pk=patient_id, merged_into__isnull=True).first()
    return None if patient is None else patients.line_of(patient)


def look_for(ask: Ask, order: Order) -> People:
    """The patient chosen, else who answers the text. Alone and certain, she is the one."""
    line = chosen(ask.patient_id)
    if line is not None:
        return People(line)
    if not order.patient_text:
        return People()
    found = patients.search(order.patient_text, limit=MOST + 1, today=ask.today)
    found.sort(key=lambda each: not _bears(each.line, order.patient_text))
    if len(found) == 1 and found[0].sure:
        return People(found[0].line, tuple(found))
    return People(None, tuple(found[:MOST]), len(found) > MOST)


def everyone(ask: Ask, order: Order) -> list[int]:
    """The ids of whoever answers the text, as many as could have an appointment."""
    return [each.id for each in patients.search(order.patient_text, limit=MANY, today=ask.today)]


def _bears(line: PatientLine, text: str) -> bool:
    """Whether one of the words typed is the whole of her name: ROUX before LE ROUX-BEAUVAIS."""
    typed = tokens(text)
    return joined(line.name) in typed or bool(line.birth_name and joined(line.birth_name) in typed)


def choices(ask: Ask, people: People, **changes: object) -> tuple[Choice, ...]:
    """One choice a person; taking it asks the line again about her."""
    return tuple(
        Choice(
            each.line.phrase,
            found=each,
            line=each.line,
            further=ask.further(patient_id=each.id, **changes),
        )
        for each in people.found
    )


def notes(order: Order, people: People) -> tuple[str, ...]:
    """What to say of the search itself."""
    if people.line is not None:
        return ()
    if not order.patient_text:
        return ("Tapez le nom du patient, sa date de naissance ou son téléphone.",)
    if people.nobody:
        return (f"Personne ne répond à «\u00a0{order.patient_text}\u00a0».",)
    if people.more:
        return ("D’autres répondent aussi\u00a0: ajoutez le prénom ou la date de naissance.",)
    return ()


def answers(text: str, lines: Iterable[PatientLine]) -> set[int]:
    """Which of these patients answer a text by the beginning of their names, each word typed."""
    typed = tokens(text)
    if not typed:
        return set()
    return {line.id for line in lines if _answers(typed, line)}


def first_word(text: str) -> str:
    return next(iter(tokens(text)), "")


def begins(line: PatientLine, letters: str) -> bool:
    """Whether her name, rather than her first name, begins with these letters."""
    return any(name.startswith(letters) for name in tokens(f"{line.name} {line.birth_name}"))


def _answers(typed: Sequence[str], line: PatientLine) -> bool:
    names = tokens(f"{line.name} {line.birth_name} {line.first_name}")
    born = f"{line.birth_date:%d%m%Y}", f"{line.birth_date:%d%m%y}", f"{line.birth_date:%Y}"
    for word in typed:
        if word.isdigit():
            if not any(word in part for part in born):
                return False
        elif not any(name.startswith(word) for name in names):
            return False
    return True
