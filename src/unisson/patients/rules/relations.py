"""Who may act for a patient, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from unisson.core.errors import Refusal
from unisson.patients.rules.birth_dates import age

MAJORITY = 18  # years: parental authority ends (code civil, art. 371-1 and 388)
PARENTS = frozenset({"mother", "father", "parent"})
EMPOWERED = frozenset({"guardian", "curator", "empowered"})


@dataclass(frozen=True)
class Tie:
    """A relation to a patient, both days included; None is open."""

    relation: str
    may_act: bool = False
    is_trusted: bool = False
    start: date | None = None
    end: date | None = None

    def on(self, day: date) -> bool:
        """Whether it holds that day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def may_act(tie: Tie, *, patient_born: date, on: date) -> bool:
    """Whether this person may act for the patient that day.

    Parents until her eighteenth birthday, that day excluded; anyone else for
    as long as written.
    """
    if not (tie.may_act and tie.on(on)):
        return False
    return tie.relation not in PARENTS or age(patient_born, on) < MAJORITY


def check(tie: Tie, *, patient_born: date, today: date) -> None:
    """Refuse dates in the wrong order and a parent who would act for an adult."""
    if tie.start and tie.end and tie.end < tie.start:
        raise Refusal("La fin est avant le début. Rien n’a été enregistré.", field="valid_until")
    if tie.may_act and tie.relation in PARENTS and age(patient_born, today) >= MAJORITY:
        raise Refusal(
            "Le patient est majeur\N{NO-BREAK SPACE}: un parent n’agit plus pour lui de ce seul"
            " fait. Choisissez tuteur, curateur ou personne habilitée. Rien n’a été enregistré.",
            field="relation",
        )
