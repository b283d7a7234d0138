"""From words to rows: which lines of the table a text touches, and by which words.

A line of `rows.toml` is concepts that must be near each other and conditions:

    CHEST PAIN ~6            both, at most six words between
    FEVER CHEMO @text        both, anywhere in the text
    BABY FEVER [age<0.25]    and the patient is under three months
    CHEST PAIN !COUGH ~6     and COUGH is nowhere
    FAINT =E1                another level than the row's
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product

from unisson.phone.rules.red_flags import data, facts, scopes
from unisson.phone.rules.red_flags.facts import Facts
from unisson.phone.rules.red_flags.lexicon import Found, Lexicon, Slips, phrases
from unisson.phone.rules.red_flags.text import Token, read

_WINDOW = 7
_TEXT = 10_000
_SENTENCE_COSTS = 4
"""A full stop between two words puts them this many words farther apart."""
_REMEMBERED = 20_000
_MOST = 6
"""Occurrences of one concept tried in a combination: the first ones, for speed."""
_CONDITION = re.compile(r"\[([a-z_]+)([<>=]*)([\d.A-Z]*)\]")
_MARKS = {"?": "QUERY", ":": "COLON"}
_WIDE = frozenset({"sign", "diagnosis", "context", "place"})
_AWAY = frozenset(
    (
        *(scopes.NEGATED, scopes.PAST, scopes.SUPPOSED, scopes.ELSEWHERE),
        *(scopes.LASTING, scopes.ROUTINE),
    )
)
_HIDES = {
    "sign": _AWAY,
    "diagnosis": _AWAY | {scopes.PERFECT},
    "context": frozenset({scopes.NEGATED, scopes.ELSEWHERE}),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to touch a row."""

    row: int
    needs: tuple[str, ...]
    refuses: tuple[str, ...]
    window: int
    conditions: tuple[tuple[str, str, str], ...]
    level: str
    """Empty: the row's own."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A row touched, the level it asks for, the words that did it (token numbers)."""

    row: int
    level: str
    words: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything understood of a text, for the explanation and the tests."""

    tokens: tuple[Token, ...]
    active: dict[str, list[Found]]
    hidden: tuple[tuple[Found, str], ...]
    facts: Facts
    touches: tuple[Touch, ...]


def _rule(row: int, line: str) -> list[Rule]:
    window, level, conditions = _WINDOW, "", []
    needs: list[list[str]] = []
    refuses: list[str] = []
    for term in line.split():
        if term.startswith("~"):
            window = int(term[1:])
        elif term == "@text":
            window = _TEXT
        elif term.startswith("="):
            level = term[1:]
        elif term.startswith("["):
            condition = _CONDITION.fullmatch(term)
            if condition is None:
                raise ValueError(f"row {row}: {term}")
            conditions.append((condition[1], condition[2], condition[3]))
        elif term.startswith("!"):
            refuses += term[1:].split("|")
        else:
            needs.append(term.split("|"))
    return [
        Rule(row, tuple(way), tuple(refuses), window, tuple(conditions), level)
        for way in product(*needs)
    ]


class Engine:
    """The lexicon and the rows, compiled."""

    def __init__(self) -> None:
        self.typed = data.typed()
        listed = data.concepts()
        self.kinds = {concept.name: concept.kind for concept in listed}
        self.kinds |= dict.fromkeys(("FEVER", "HIGH_FEVER", "SUGAR_HIGH", "SUGAR_LOW"), "sign")
        self.kinds |= dict.fromkeys(
            ("OXYGEN_LOW", "HEART_RATE", "PRESSURE_HIGH", "PRESSURE_LOW"), "sign"
        )
        self.kinds |= dict.fromkeys(_MARKS.values(), "mark")
        compiled = [
            phrase
            for concept in listed
            for line in concept.phrases
            for phrase in phrases(concept.name, line, wide=concept.kind in _WIDE)
        ]
        self.other = Lexicon((p for p in compiled if self.kinds[p.concept] == "other"), self.typed)
        self.lexicon = Lexicon(
            (p for p in compiled if self.kinds[p.concept] != "other"), self.typed
        )
        self._slips = Slips(self.typed.corrected)
        self._corrected: dict[str, str] = {}
        self.rules = [
            rule
            for row, lines in data.combinations().items()
            for line in lines
            for rule in _rule(row, line)
        ]
        self._by_need: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for name in (*rule.needs, *rule.refuses):
                if name not in self.kinds:
                    raise ValueError(f"row {rule.row}: no concept {name}")
            self._by_need.setdefault(rule.needs[0], []).append(rule)

    def read(
        self,
        text: str,
        *,
        age_years: float | None = None,
        sex: str | None = None,
        pregnant: bool | None = None,
        prior_calls: int | None = None,
    ) -> Reading:
        """What the text says and which rows it touches."""
        tokens = read(text, self.typed, self.correct)
        other = self.other.find(tokens)
        taken = frozenset(at for each in other for at in range(each.first, each.last + 1))
        found: dict[str, list[Found]] = {}
        for each in self.lexicon.find(tokens, taken):
            found.setdefault(each.concept, []).append(each)
        for each in facts.measures(tokens, found):
            if each.first in taken:
                continue
            found.setdefault(each.concept, []).append(each)
        for at, token in enumerate(tokens):
            name = _MARKS.get(text[token.start : token.end]) if token.is_mark else None
            if name:
                found.setdefault(name, []).append(Found(name, at, at))
        active, hidden = self._active(tokens, found)
        patient = facts.gather(facts.ages(tokens), age_years, sex, pregnant, prior_calls)
        form = scopes.shape(tokens, found.get("CUE_TURN", ()))
        touches = self._touches(active, patient, form)
        return Reading(tuple(tokens), active, tuple(hidden), patient, tuple(touches))

    def correct(self, word: str) -> str:
        """The word of the lists that was meant, or the word itself."""
        meant = self._corrected.get(word)
        if meant is None:
            alone = len(word) < 5 or word in self.typed.common
            meant = word if alone else self._slips.meant(word)
            if len(self._corrected) >= _REMEMBERED:
                self._corrected.clear()
            self._corrected[word] = meant
        return meant

    def _active(
        self, tokens: Sequence[Token], found: dict[str, list[Found]]
    ) -> tuple[dict[str, list[Found]], list[tuple[Found, str]]]:
        """Concepts that mean what they say, and the others with what hides them."""
        form = scopes.shape(tokens, found.get("CUE_TURN", ()))
        owners = [
            each
            for name, every in found.items()
            if self.kinds[name] in ("sign", "diagnosis", "context", "place", "owner")
            for each in every
        ]
        every_scope = scopes.scopes(tokens, found, owners, form)
        active: dict[str, list[Found]] = {}
        hidden: list[tuple[Found, str]] = []
        for name, every in found.items():
            hides = _HIDES.get(self.kinds[name])
            for each in every:
                why = hides and next(
                    (
                        scope.kind
                        for scope in every_scope
                        if scope.kind in hides and scope.covers(each) and scope.hides(each, tokens)
                    ),
                    None,
                )
                if why:
                    hidden.append((each, why))
                else:
                    active.setdefault(name, []).append(each)
        return active, hidden

    def _touches(
        self, active: dict[str, list[Found]], patient: Facts, form: scopes.Shape
    ) -> list[Touch]:
        touches: dict[tuple[int, str], Touch] = {}
        for name in active:
            for rule in self._by_need.get(name, ()):
                key = (rule.row, rule.level)
                if not all(need in active for need in rule.needs):
                    continue
                if any(refused in active for refused in rule.refuses):
                    continue
                if not all(_holds(condition, patient, active) for condition in rule.conditions):
                    continue
                words = _together(rule, active, form)
                if words is None:
                    continue
                before = touches.get(key)
                merged = (*(before.words if before else ()), *words)
                touches[key] = Touch(rule.row, rule.level, merged)
        return [touches[key] for key in sorted(touches)]


def _together(
    rule: Rule, active: dict[str, list[Found]], form: scopes.Shape
) -> tuple[Found, ...] | None:
    """Occurrences of all the concepts of a rule, close enough to each other."""
    if len(rule.needs) == 1:
        return tuple(active[rule.needs[0]])
    for chosen in product(*(active[name][:_MOST] for name in rule.needs)):
        ordered = sorted(chosen, key=lambda found: found.first)
        near = all(
            after.first
            - before.last
            - 1
            + _SENTENCE_COSTS * (form.sentences[after.first] - form.sentences[before.last])
            <= rule.window
            for before, after in pairwise(ordered)
        )
        if near:
            return tuple(chosen)
    return None


def _holds(condition: tuple[str, str, str], patient: Facts, active: dict[str, list[Found]]) -> bool:
    name, sign, value = condition
    if name == "age":
        wanted = float(value)
        return patient.younger(wanted) if sign == "<" else patient.at_least(wanted)
    if name == "pregnant":
        return patient.pregnant or ("PREGNANT" in active and not patient.not_pregnant)
    if name == "not_pregnant":
        return not patient.pregnant
    if name == "child":
        return patient.younger(16) or "CHILD" in active or "BABY" in active
    if name == "baby":
        return patient.younger(2.5) or "BABY" in active
    if name == "elder":
        return patient.at_least(70) or "ELDER" in active
    if name == "sex":
        return patient.sex in ("", value)
    raise ValueError(name)


@cache
def engine() -> Engine:
    """The engine, made once."""
    return Engine()
