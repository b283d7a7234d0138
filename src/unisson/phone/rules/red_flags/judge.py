"""The level: the highest of the rows touched, never lowered by anything.

Rules 1 to 6 of the table. « MAT » (the maternity's own emergency ward) counts as E1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from unisson.phone.rules.red_flags import data
from unisson.phone.rules.red_flags.likeness import examples, likeness
from unisson.phone.rules.red_flags.match import Reading, Touch, engine

LEVELS = ("E4", "E3", "E2", "E1", "E0")
_UNSURE = 52


@dataclass(frozen=True, slots=True)
class Word:
    """Letters start..end (end excluded) of the text, and the row they touched."""

    row: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the table says of a text. `rows`, `words` and `ask` explain `level`."""

    level: str
    rows: tuple[int, ...]
    words: tuple[Word, ...]
    ask: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "rows": list(self.rows),
            "words": [{"row": w.row, "start": w.start, "end": w.end} for w in self.words],
            "ask": list(self.ask),
        }


def judge(
    text: str,
    *,
    age_years: float | None = None,
    sex: str | None = None,
    pregnant: bool | None = None,
    prior_calls: int | None = None,
) -> Judgement:
    """The level of a caller's words: E0 (15 now) to E4 (ordinary), and why."""
    reading = engine().read(
        text, age_years=age_years, sex=sex, pregnant=pregnant, prior_calls=prior_calls
    )
    rows = data.table().rows

    def highest(touches: Iterable[Touch]) -> str:
        level = "E4"
        for touch in touches:
            level = higher(level, touch.level or rows[touch.row].level)
        return level

    touches = list(reading.touches)
    if LEVELS.index(highest(touches)) < LEVELS.index("E1") and (alike := _alike(text, reading)):
        touches.append(alike)
    touches += _repeated(prior_calls or 0)
    level = highest(touches)
    ordered = sorted(
        {touch.row: None for touch in touches},
        key=lambda row: (-_weight(row, touches), row),
    )
    words = {
        Word(touch.row, reading.tokens[found.first].start, reading.tokens[found.last].end)
        for touch in touches
        for found in touch.words
    }
    questions: dict[str, None] = {}
    for row in ordered:
        questions |= dict.fromkeys(rows[row].questions)
    return Judgement(
        level,
        tuple(ordered),
        tuple(sorted(words, key=lambda word: (word.start, word.end, word.row))),
        tuple(questions),
    )


def ready() -> None:
    """Read every list now, so that the first call costs no more than the others."""
    engine()
    likeness()
    examples()


def higher(one: str, other: str) -> str:
    """The more urgent of two levels."""
    return max(one, other, key=LEVELS.index)


def _weight(row: int, touches: list[Touch]) -> int:
    own = data.table().rows[row].level
    return max(LEVELS.index(touch.level or own) for touch in touches if touch.row == row)


def _alike(text: str, reading: Reading) -> Touch | None:
    """What the second reader hears where the lists heard nothing that cannot wait."""
    reader = likeness()
    if not reader.urgent(reading):
        return None
    row = examples().row(text)
    return Touch(row, higher(data.table().rows[row].level, "E1"), reader.words(reading))


def _repeated(prior_calls: int) -> list[Touch]:
    """Rule 6: a second call within 72 hours is at least E2, a third E1."""
    if prior_calls >= 2:
        return [Touch(_UNSURE, "E1", ())]
    return [Touch(_UNSURE, "E2", ())] if prior_calls == 1 else []
