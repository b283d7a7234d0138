"""Which rights can stand side by side, and which are in force on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from unisson.core.errors import Refusal

# Two of a kind never overlap; AMC may (two mutuelles are allowed), ALD may (two diseases).
ONE_AT_A_TIME = frozenset({"amo", "c2s"})
NAMES = {
    "amo": "un régime obligatoire",
    "amc": "une mutuelle",
    "c2s": "la complémentaire santé solidaire",
    "ald": "une ALD",
}


@dataclass(frozen=True)
class Right:
    """Who pays, both days included; None is open."""

    kind: str
    start: date | None = None
    end: date | None = None
    organisation: str = ""

    def on(self, day: date) -> bool:
        """Whether it is in force that day."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def overlaps(self, other: Right) -> bool:
        """Whether some day belongs to both."""
        return (self.start is None or other.end is None or self.start <= other.end) and (
            other.start is None or self.end is None or other.start <= self.end
        )


def check(right: Right, others: Iterable[Right]) -> None:
    """Refuse dates in the wrong order and rights that exclude one another on a same day.

    The C2S is itself a complementary cover, so it does not stand beside a
    mutuelle. The same right over the same days is refused as entered twice.
    """
    if right.kind not in NAMES:
        raise Refusal("Cette nature de couverture n’est pas connue.", field="kind")
    if right.start and right.end and right.end < right.start:
        raise Refusal(
            "La fin des droits est avant leur début. Rien n’a été enregistré.", field="valid_until"
        )
    for other in others:
        if not right.overlaps(other):
            continue
        if right.kind == other.kind and (
            right.kind in ONE_AT_A_TIME or right.organisation == other.organisation
        ):
            raise Refusal(
                f"Le dossier a déjà {NAMES[other.kind]} sur cette période{_dates(other)}."
                " Mettez d’abord une date de fin à l’ancien. Rien n’a été enregistré.",
                field="valid_from",
            )
        if {right.kind, other.kind} == {"amc", "c2s"}:
            raise Refusal(
                "La complémentaire santé solidaire remplace la mutuelle\N{NO-BREAK SPACE}:"
                f" mettez d’abord une date de fin à {NAMES[other.kind]}{_dates(other)}."
                " Rien n’a été enregistré.",
                field="valid_from",
            )


def _dates(right: Right) -> str:
    if right.start and right.end:
        return f" (du {right.start:%d/%m/%Y} au {right.end:%d/%m/%Y})"
    if right.start:
        return f" (depuis le {right.start:%d/%m/%Y})"
    return f" (jusqu’au {right.end:%d/%m/%Y})" if right.end else ""
