"""A step drawn as tables of fields, so that one template draws them all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from unisson.screens.session.first_run.draft import Problems, Row

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@dataclass(frozen=True)
class Column:
    """`kind`: text, password, select, check or days. `width`: a class of session.css."""

    key: str
    label: str
    kind: str = "text"
    width: str = "m"
    choices: Sequence[tuple[str, str]] = ()
    suggestions: Sequence[str] = ()
    placeholder: str = ""
    needed: bool = False


@dataclass(frozen=True)
class Cell:
    """One field: its column, its name in the form, what it holds, what is wrong with it."""

    column: Column
    name: str
    id: str
    value: str
    error: str
    label: str
    place: int = 0
    focus: bool = False

    @property
    def days(self) -> list[tuple[int, str, str, bool]]:
        """Number, initial, name and whether it is ticked, for a line of days."""
        ticked = self.value.split(",")
        return [(i, d[0].upper(), d, str(i) in ticked) for i, d in enumerate(DAYS)]


@dataclass(frozen=True)
class Table:
    """`add`: what the button that adds a line sends, "" for no button."""

    title: str
    columns: Sequence[Column]
    lines: Sequence[Sequence[Cell]]
    lead: str = ""
    add: str = ""
    add_label: str = "Ajouter une ligne"
    copy: str = ""
    copy_label: str = ""
    errors: Sequence[str] = field(default_factory=list)


def lines(
    table: str,
    columns: Sequence[Column],
    held: Sequence[Row],
    problems: Problems,
    *,
    what: str,
    places: Sequence[int] | None = None,
    focus: bool = False,
) -> list[list[Cell]]:
    """Cells for these rows. `places`: their numbers in the draft, when they are a part of it."""
    numbers = places or range(len(held))
    return [
        [
            Cell(
                column=column,
                name=f"{table}.{column.key}",
                id=f"{table}-{place}-{column.key}",
                value=row.get(column.key, ""),
                error=problems.get(f"{table}.{place}.{column.key}", ""),
                label=f"{column.label}, {what} {rank + 1}",
                place=place,
                focus=focus and rank == len(held) - 1 and column is columns[0],
            )
            for column in columns
        ]
        for rank, (place, row) in enumerate(zip(numbers, held, strict=False))
    ]
