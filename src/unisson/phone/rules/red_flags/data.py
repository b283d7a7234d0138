"""The word lists and the table, read once from `phone/data/`.

The lists are a practice's business (words people say where it works); the
algorithm knows none of them. Their format is told at the head of each file.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "data"
_MACRO = re.compile(r"%([A-Z_]+)")


@dataclass(frozen=True, slots=True)
class Typed:
    """How French is typed in a hurry, and what it stands for."""

    forms: dict[str, tuple[str, ...]]
    after: dict[str, tuple[frozenset[str], tuple[str, ...]]]
    """Words that stand for something only after certain others (« bras g »)."""
    capitals: dict[str, tuple[str, ...]]
    """Initials, that mean it only in capitals in a text that is not (« TS », « OD »)."""
    numbers: dict[str, float]
    fillers: frozenset[str]
    """Small words that may stand between two words of a phrase and change nothing."""
    corrected: frozenset[str]
    """Words recognised after a slip of the fingers."""
    around_pas: frozenset[str]
    """Small words between a verb and its « pas »."""
    listed: frozenset[str]
    """Words that go on with a list after a comma (« pas de fièvre, ni de toux »)."""
    common: frozenset[str]
    """Words never taken for a slip."""


@dataclass(frozen=True, slots=True)
class Concept:
    """Something a caller may say, with the phrases that say it."""

    name: str
    kind: str
    """sign, diagnosis, context or place: what may hide it (see scopes)."""
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table as the reference gives it."""

    number: int
    words: str
    questions: tuple[str, ...]
    level: str
    otherwise: str
    """The level under a condition, as the reference words it; empty when there is none."""
    route: str
    """What the table says to do when it is not a level: MAT, 17."""
    source: str
    verified: bool
    """V: the statement is in a text that was read. Otherwise G: to be validated."""


@dataclass(frozen=True, slots=True)
class Table:
    """One version of the table, and who answers for it."""

    version: str
    signed_by: str
    signed_on: str
    notice: str
    rows: dict[int, Row]


def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _lines(text: str) -> tuple[str, ...]:
    """The lines of a list, without remarks (after `//`) and blanks."""
    kept = (line.split("//")[0].strip() for line in text.splitlines())
    return tuple(line for line in kept if line)


def _written_out(text: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in _lines(text):
        left, right = line.split("=")
        found |= dict.fromkeys(left.split(), tuple(right.split()))
    return found


@cache
def typed() -> Typed:
    """The spellings of `typed.toml`."""
    raw = _load("typed.toml")
    forms = _written_out(raw["forms"])
    after = {}
    for line in _lines(raw["after"]):
        left, right = line.split("=")
        word, previous = left.split("after")
        after[word.strip()] = (frozenset(previous.split()), tuple(right.split()))
    numbers = {}
    for line in _lines(raw["numbers"]):
        word, value = line.split()
        numbers[word] = float(value)
    return Typed(
        forms,
        after,
        _written_out(raw["capitals"]),
        numbers,
        frozenset(raw["fillers"].split()),
        frozenset(raw["corrected"].split()),
        frozenset(raw["around_pas"].split()),
        frozenset(raw["listed"].split()),
        frozenset(raw["common"].split()),
    )


@cache
def around_figures() -> dict[str, frozenset[str]]:
    """The words of `measures.toml`, by what they are for."""
    return {name: frozenset(words.split()) for name, words in _load("measures.toml").items()}


@cache
def concepts() -> tuple[Concept, ...]:
    """Every concept of `concepts/*.toml`, macros (`%NAME`) written out."""
    macros: dict[str, str] = {}
    found: list[Concept] = []
    raws = [_load(f"concepts/{path.name}") for path in sorted((FOLDER / "concepts").glob("*.toml"))]
    for raw in raws:
        for name, words in raw.pop("macros", {}).items():
            macros[name] = "(" + "|".join(_lines(words.replace("|", "\n"))) + ")"
    for raw in raws:
        for name, entry in raw.items():
            phrases = tuple(_spelt(line, macros) for line in _lines(entry["words"]))
            found.append(Concept(name, entry.get("kind", "sign"), phrases))
    return tuple(found)


def _spelt(line: str, macros: dict[str, str]) -> str:
    while "%" in line:
        line = _MACRO.sub(lambda match: macros[match.group(1)], line)
    return line


@cache
def combinations() -> dict[int, tuple[str, ...]]:
    """What touches each row, as written in `rows.toml`."""
    raw = _load("rows.toml")
    groups = {name: "|".join(words.split()) for name, words in raw["groups"].items()}
    found = {}
    for number, text in raw["rows"].items():
        lines = []
        for line in _lines(text):
            terms = [
                groups.get(term[1:], term) if term[0] == "%" else term for term in line.split()
            ]
            lines.append(" ".join(terms))
        found[int(number)] = tuple(lines)
    return found


@cache
def table() -> Table:
    """The table of `red_flags.toml`."""
    raw = _load("red_flags.toml")
    rows = {
        row["row"]: Row(
            row["row"],
            row["words"],
            tuple(row["questions"]),
            row["level"],
            row.get("otherwise", ""),
            row.get("route", ""),
            row["source"],
            row["mark"] == "V",
        )
        for row in raw["rows"]
    }
    return Table(raw["version"], raw["signed_by"], raw["signed_on"], raw["notice"], rows)
