"""What follows a patient when two files become one, and goes back when they part again.

Modules above register a mover for what they hang on patients:

    merging.register(RowMover("appointments", Appointment))

Each mover says what it moved; the merge keeps that, and undoing hands it back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import batched
from typing import Any, Protocol

from django.db import models

from unisson.core.errors import Refusal
from unisson.patients.models import (
    AdministrativeNote,
    Coverage,
    FormerMatricule,
    Patient,
    RelatedPerson,
    Telephone,
)
from unisson.patients.rules import coverage
from unisson.patients.rules.coverage import Right


class Mover(Protocol):
    """Moves one kind of thing. Runs inside the merge's transaction, patients locked.

    `move` returns what it needs to undo, as JSON; it may raise Refusal, and
    nothing at all is then merged. `undo` gives back exactly that, leaving
    alone what was changed or removed since.
    """

    @property
    def name(self) -> str: ...

    def move(self, absorbed_id: int, kept_id: int) -> Any: ...

    def undo(self, moved: Any, absorbed_id: int, kept_id: int) -> None: ...


class RowMover:
    """Moves the rows of a model that point to the patient. `only` leaves some of them behind."""

    def __init__(
        self,
        name: str,
        model: type[models.Model],
        field: str = "patient",
        only: Callable[[Any, int], bool] = lambda row, kept_id: True,
    ) -> None:
        self.name = name
        self.model = model
        self.column = f"{field}_id"
        self.only = only

    def move(self, absorbed_id: int, kept_id: int) -> list[Any]:
        rows = self.model._default_manager.filter(**{self.column: absorbed_id}).order_by("pk")
        moved = []
        for row in rows:
            if self.only(row, kept_id):
                self.model._default_manager.filter(pk=row.pk).update(**{self.column: kept_id})
                moved.append(row.pk)
        return moved

    def undo(self, moved: list[Any], absorbed_id: int, kept_id: int) -> None:
        self.model._default_manager.filter(pk__in=moved, **{self.column: kept_id}).update(
            **{self.column: absorbed_id}
        )


def _new_number(telephone: Telephone, kept_id: int) -> bool:
    """A number the kept file does not have already, or an old one kept for the record."""
    return (
        telephone.ended_at is not None
        or not Telephone.objects.filter(
            patient_id=kept_id, e164=telephone.e164, ended_at__isnull=True
        ).exists()
    )


def _fits(row: Coverage, kept_id: int) -> bool:
    """Rights that can stand beside those of the kept file; the others stay where they are."""
    others = [_right(other) for other in Coverage.objects.filter(patient_id=kept_id)]
    try:
        coverage.check(_right(row), others)
    except Refusal:
        return False
    return True


def _right(row: Coverage) -> Right:
    return Right(row.kind, row.valid_from, row.valid_until, row.organisation)


def _someone_else(tie: RelatedPerson, kept_id: int) -> bool:
    """Not a tie between the two files themselves, nor a second trusted person."""
    if tie.person_id == kept_id:
        return False
    return not (
        tie.is_trusted
        and RelatedPerson.objects.filter(patient_id=kept_id, is_trusted=True).exists()
    )


def _not_herself(tie: RelatedPerson, kept_id: int) -> bool:
    return tie.patient_id != kept_id


_movers: dict[str, Mover] = {}


def register(mover: Mover) -> None:
    """Have this moved at every merge from now on. Names are kept in merges: never change one."""
    if mover.name in _movers:
        raise ValueError(f"{mover.name} is already registered")
    _movers[mover.name] = mover


def movers() -> list[Mover]:
    """In the order they were registered."""
    return list(_movers.values())


register(RowMover("telephones", Telephone, only=_new_number))
register(RowMover("related_people", RelatedPerson, only=_someone_else))
register(RowMover("related_to", RelatedPerson, "person", only=_not_herself))
register(RowMover("coverages", Coverage, only=_fits))
register(RowMover("notes", AdministrativeNote))
register(RowMover("former_matricules", FormerMatricule))

# Filled on the kept file from the absorbed one when empty; each group as a whole.
FILLED = (
    ("email",),
    ("address_line", "postcode", "commune", "commune_code"),
    ("treating_practitioner_id", "treating_name"),
    ("language",),
    ("former_number",),
)


def filling(kept: Patient, absorbed: Patient) -> dict[str, Any]:
    """What the kept file lacks and the absorbed one has."""
    return {
        name: getattr(absorbed, name)
        for group in FILLED
        if not any(getattr(kept, name) for name in group)
        for name in group
        if getattr(absorbed, name)
    }


def move_all(absorbed_id: int, kept_id: int) -> dict[str, Any]:
    """Move everything, by mover name."""
    return {mover.name: mover.move(absorbed_id, kept_id) for mover in movers()}


def undo_all(moved: dict[str, Any], absorbed_id: int, kept_id: int) -> None:
    """Hand everything back, last moved first. A mover that is gone stops it: nothing is lost."""
    for name in reversed(list(moved)):
        if name not in _movers:
            raise Refusal(
                f"Ce qui a été déplacé ({name}) ne peut plus être rendu par cette version."
                " Rien n’a été changé."
            )
        _movers[name].undo(moved[name], absorbed_id, kept_id)


def merged_numbers(ids: Iterable[int]) -> dict[int, set[str]]:
    """Numbers of the files that went into these ones, for people still ask by them."""
    found: dict[int, set[str]] = defaultdict(set)
    heirs = {pk: pk for pk in ids}  # a file, and the one its numbers end in
    while heirs:
        below: dict[int, int] = {}
        for some in batched(sorted(heirs), 500):
            for pk, kept, number, former in Patient.objects.filter(
                merged_into_id__in=some
            ).values_list("id", "merged_into_id", "file_number", "former_number"):
                heir = heirs[kept or 0]
                found[heir].update({number, former} - {""})
                below[pk] = heir
        heirs = below
    return found
