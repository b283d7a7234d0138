"""A second reader: what resembles the examples, though no phrase of the lists was said.

No list holds every way of saying that somebody is dying. `data/examples/` holds some
thousands of sentences, urgent and not, each with its row; `scripts/learn_red_flags.py`
weighs from them how much each word, pair of words, four letters in a row and concept
of the lists speaks for an urgent call, and writes `data/likeness.tsv`. A text that
weighs more than the threshold touches the row of the examples it resembles most.

This reader only ever adds a row: nothing it finds takes away what the lists touched,
and its silence reassures of nothing.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from unisson.phone.rules.red_flags.data import FOLDER
from unisson.phone.rules.red_flags.lexicon import Found
from unisson.phone.rules.red_flags.text import Token, fold

if TYPE_CHECKING:
    from unisson.phone.rules.red_flags.match import Reading

LETTERS = 4
"""Letters in a row that are weighed: enough to see through an ending or a slip."""
FEWEST = 6
"""Words below which nothing can be said to resemble anything: she has just begun."""
_SHOWN = 4
"""Words lit at most: those that weigh most."""
_NEIGHBOURS = 7
"""Examples that vote for the row."""
_STEM = 5


def features(reading: Reading) -> dict[str, float]:
    """What a reading is weighed by; each family of features counts the same in all."""
    hidden = _hidden(reading)
    words = [
        token.text
        for at, token in enumerate(reading.tokens)
        if not token.is_mark and at not in hidden
    ]
    concepts = {f"c:{name}" for name in reading.active}
    concepts |= {f"h:{found.concept}" for found, _ in reading.hidden}
    concepts |= set(_patient(reading))
    pairs = {f"{one} {two}" for one, two in pairwise(words)}
    letters = {f"~{part}" for word in set(words) for part in _parts(word)}
    found: dict[str, float] = {}
    for family, share in ((concepts, 0.7), (set(words) | pairs, 1.0), (letters, 1.0)):
        found |= dict.fromkeys(family, share / math.sqrt(max(len(family), 1)))
    return found


def _hidden(reading: Reading) -> set[int]:
    """The words denied, past or of another meaning: they speak for nothing."""
    return {at for found, _ in reading.hidden for at in range(found.first, found.last + 1)}


def _patient(reading: Reading) -> Iterator[str]:
    facts = reading.facts
    for name, years in (("baby", 0.26), ("infant", 2.5), ("child", 16.0)):
        if facts.younger(years):
            yield f"a:{name}"
            break
    else:
        if facts.at_least(70):
            yield "a:old"
    if facts.pregnant:
        yield "a:pregnant"


def _parts(word: str) -> Iterator[str]:
    marked = f"<{word}>"
    for at in range(max(len(marked) - LETTERS, 0) + 1):
        yield marked[at : at + LETTERS]


@dataclass(frozen=True, slots=True)
class Likeness:
    """The weights learnt, and the threshold they are held against."""

    bias: float
    threshold: float
    weights: dict[str, float]

    def score(self, found: dict[str, float]) -> float:
        """Above zero: more like the urgent examples than like the others (log-odds)."""
        weights = self.weights
        return self.bias + sum(weights.get(name, 0.0) * share for name, share in found.items())

    def urgent(self, reading: Reading) -> bool:
        hidden = _hidden(reading)
        said = sum(
            not token.is_mark and at not in hidden for at, token in enumerate(reading.tokens)
        )
        return said >= FEWEST and self.score(features(reading)) > self.threshold

    def words(self, reading: Reading) -> tuple[Found, ...]:
        """The words that weigh most, in the order of the text."""
        tokens = reading.tokens
        heard = sorted(
            (
                (self._weight(tokens, at), at)
                for at, token in enumerate(tokens)
                if not token.is_mark
            ),
            reverse=True,
        )
        shown = sorted(at for weight, at in heard[:_SHOWN] if weight > 0)
        return tuple(Found("LIKENESS", at, at) for at in shown or [heard[0][1]])

    def _weight(self, tokens: Sequence[Token], at: int) -> float:
        weights, word = self.weights, tokens[at].text
        own = weights.get(word, 0.0)
        if at + 1 < len(tokens):
            own += weights.get(f"{word} {tokens[at + 1].text}", 0.0) / 2
        if at:
            own += weights.get(f"{tokens[at - 1].text} {word}", 0.0) / 2
        parts = list(_parts(word))
        return own + sum(weights.get(f"~{part}", 0.0) for part in parts) / len(parts)


@dataclass(frozen=True, slots=True)
class Examples:
    """The urgent examples, found again by the words they share with a text."""

    rows: tuple[int, ...]
    sizes: tuple[float, ...]
    holding: dict[str, tuple[int, ...]]
    rarity: dict[str, float]

    def row(self, text: str) -> int:
        """The row of those that resemble it most: each votes as much as it resembles."""
        alike: dict[int, float] = {}
        for stem in _stems(text):
            for example in self.holding.get(stem, ()):
                alike[example] = alike.get(example, 0.0) + self.rarity[stem] ** 2
        votes: dict[int, float] = {}
        near = sorted(alike, key=lambda each: (-alike[each] / self.sizes[each], each))
        for each in near[:_NEIGHBOURS]:
            row = self.rows[each]
            votes[row] = votes.get(row, 0.0) + alike[each] / self.sizes[each]
        return min(votes, key=lambda row: (-votes[row], row)) if votes else UNSURE


UNSURE = 52
"""The row of the worried caller: where nothing tells what it resembles."""


def _stems(text: str) -> set[str]:
    return {word[:_STEM] for word in fold(text).replace("'", " ").replace("’", " ").split()}


@cache
def likeness() -> Likeness:
    """The weights of `likeness.tsv`."""
    lines = iter((FOLDER / "likeness.tsv").read_text(encoding="utf-8").splitlines())
    head = dict(line.split("\t") for line in (next(lines), next(lines)))
    pairs = (line.rsplit("\t", 1) for line in lines)
    return Likeness(
        float(head["bias"]),
        float(head["threshold"]),
        {name: float(weight) for name, weight in pairs},
    )


@cache
def examples() -> Examples:
    """The urgent ones of `examples/*.jsonl`."""
    rows: list[int] = []
    stems: list[set[str]] = []
    for example in read_examples():
        if example["expect"] in ("E0", "E1"):
            rows.append(example["row"])
            stems.append(_stems(example["text"]))
    spread = Counter(stem for each in stems for stem in each)
    rarity = {stem: math.log(len(rows) / count) for stem, count in spread.items()}
    holding: dict[str, list[int]] = {}
    for number, each in enumerate(stems):
        for stem in each:
            holding.setdefault(stem, []).append(number)
    sizes = tuple(math.sqrt(sum(rarity[stem] ** 2 for stem in each)) or 1.0 for each in stems)
    return Examples(
        tuple(rows), sizes, {stem: tuple(each) for stem, each in holding.items()}, rarity
    )


def read_examples() -> Iterable[dict[str, Any]]:
    """Every example, urgent or not, in the order of the files."""
    for path in sorted((FOLDER / "examples").glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
