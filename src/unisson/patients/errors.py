"""Refusals that carry what the screen needs to let a person choose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from unisson.core.errors import Refusal, Stale
from unisson.patients.rules.line import PatientLine


@dataclass(frozen=True)
class FieldChange:
    """A field somebody else changed meanwhile, as kept in the history."""

    field: str
    before: str
    after: str
    by: str
    at: datetime


class StalePatient(Stale):
    """Somebody changed the same record since it was read. Nothing was written."""

    def __init__(self, changes: Sequence[FieldChange], version: int) -> None:
        last = changes[-1] if changes else None
        who = last.by if last else "Quelqu’un"
        super().__init__(
            f"{who} vient de modifier ce dossier. Rien n’a été enregistré,"
            " ce que vous avez tapé est gardé\N{NO-BREAK SPACE}: choisissez champ par champ."
        )
        self.changes = tuple(changes)
        self.version = version
        self.by = who
        self.at = last.at if last else None


class AlreadyKnown(Refusal):
    """The person to create seems to have a file. `known` are those files, to be shown first."""

    def __init__(self, known: Sequence[PatientLine]) -> None:
        files = "\N{NO-BREAK SPACE}; ".join(
            f"{line.phrase}, dossier {line.file_number}" for line in known
        )
        super().__init__(
            f"Cette personne semble avoir déjà un dossier\N{NO-BREAK SPACE}: {files}."
            " Rien n’a été créé. Ouvrez ce dossier, ou dites que ce n’est pas la même personne.",
            field="birth_date",
        )
        self.known = tuple(known)


class WouldLowerStatus(Refusal):
    """A strict trait would change under a checked identity. Nothing was written."""

    def __init__(self, status: str) -> None:
        super().__init__(
            f"C’est une {status}\N{NO-BREAK SPACE}: changer un trait la rend provisoire,"
            " le matricule INS sera mis de côté et la pièce devra être revue."
            " Rien n’a été enregistré. Confirmez si c’est bien ce que vous voulez."
        )
