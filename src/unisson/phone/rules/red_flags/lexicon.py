"""Phrases compiled once, then all found in one pass over the words.

A phrase is words separated by spaces: `respir*` any word that begins so,
`(pas|plus)` either, `(...)?` perhaps, `mots?` with or without its last letter, `_`
any one word, `..` up to three words in between (five in a sign), `...` seven (nine),
`!(un|une)` not followed by. Between two words of a phrase up to three fillers (« la »,
« très ») may stand, unless the phrase begins with `=`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from rapidfuzz.distance import OSA

from unisson.phone.rules.red_flags.data import Typed
from unisson.phone.rules.red_flags.text import HERE, Token

_FILLERS = 3
_SHORT, _LONG, _WIDER = 3, 7, 2
_DENY = frozenset(("pas", "plus", "jamais"))
_TURNS_OVER = frozenset(("ni", "aucun", "aucune", "jamais"))
HIDDEN = "\u00b7"
"""What a word becomes when a phrase with another meaning has taken it."""


@dataclass(frozen=True, slots=True)
class Element:
    """One place of a phrase."""

    exact: frozenset[str]
    stems: tuple[str, ...]
    any_word: bool = False
    gap: int = 0
    within: bool = False
    """A gap that a comma ends: what comes after a « pas »."""
    plain: bool = False
    """A gap of a phrase that denies nothing: no denial may stand in it."""
    refused: bool = False

    def suits(self, word: str) -> bool:
        return word in self.exact or word.startswith(self.stems) or self.any_word


@dataclass(frozen=True, slots=True)
class Phrase:
    concept: str
    elements: tuple[Element, ...]
    strict: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A concept met in the text: its words are tokens first..last, both included."""

    concept: str
    first: int
    last: int


Way = tuple[Element, ...]
_LAST_LETTER = re.compile(r"[a-z]+\?").fullmatch


def _element(words: Iterable[str]) -> Element:
    exact, stems = set(), []
    for word in words:
        if word == "_":
            return Element(frozenset(), (), any_word=True)
        if word.endswith("*"):
            stems.append(word[:-1])
        else:
            exact.add(word)
            if word == "la":
                exact.add(HERE)  # « plus là », written without its accent in the lists
    return Element(frozenset(exact), tuple(stems))


def _ways(text: str) -> list[Way]:
    """Every run of elements that a phrase, or part of one, stands for."""
    runs = (_alternatives(piece) for piece in _pieces(text))
    return [tuple(element for run in way for element in run) for way in product(*runs)]


def _pieces(text: str, separator: str = " ") -> list[str]:
    """The parts of a text between separators that are outside parentheses."""
    if "(" not in text:
        return [part.strip() for part in text.split(separator) if part.strip()]
    parts, depth, part = [], 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == separator and not depth:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    if depth:
        raise ValueError(text)
    return [part for part in (*parts, part.strip()) if part]


@cache  # the same small words come back a thousand times
def _alternatives(piece: str) -> list[Way]:
    """The ways one piece of a phrase may be said."""
    if piece in ("..", "..."):
        return [(Element(frozenset(), (), gap=_SHORT if piece == ".." else _LONG),)]
    refused = piece.startswith("!")
    optional = piece.endswith(")?")
    piece = piece.removeprefix("!")
    piece = piece.removesuffix("?") if optional else piece
    choices = _pieces(piece[1:-1], "|") if piece.startswith("(") else [piece]
    # « tache? » is tach or tache: the last letter may be missing.
    choices += [choice[:-2] for choice in choices if _LAST_LETTER(choice)]
    choices = [choice[:-1] if _LAST_LETTER(choice) else choice for choice in choices]
    simple = [choice for choice in choices if not set(choice) & set(" (?!") and ".." not in choice]
    if not simple and not piece.startswith("("):
        raise ValueError(f"not a word: {piece!r}")
    ways: list[Way] = []
    if simple:
        element = _element(simple)
        ways.append((Element(element.exact, element.stems, element.any_word, refused=refused),))
    if not refused:
        ways += [way for choice in choices if choice not in simple for way in _ways(choice)]
    if optional:
        ways.append(())
    return ways


def phrases(concept: str, line: str, *, wide: bool = False) -> list[Phrase]:
    """Every way a line of the lists may be said. `wide`: with longer gaps, for signs."""
    wider = _WIDER if wide else 0
    strict = line.startswith("=")
    return [Phrase(concept, _bounded(way, wider), strict) for way in _ways(line.removeprefix("="))]


def _bounded(way: Way, wider: int) -> Way:
    """Gaps beside a negation stay in its clause: « pipi ce matin, pas de fièvre »."""
    if not any(element.gap for element in way):
        return way
    edge = Element(frozenset(), ())
    words = frozenset().union(*(element.exact for element in way))
    plain = not words & (_DENY | _TURNS_OVER | {"sans", "rien"})
    around = zip((edge, *way), way, (*way[1:], edge), strict=False)
    return tuple(
        Element(
            here.exact,
            here.stems,
            gap=here.gap + wider,
            within=bool((before.exact | after.exact) & _DENY),
            plain=plain,
        )
        if here.gap
        else here
        for before, here, after in around
    )


class Lexicon:
    """All phrases, by the word they begin with."""

    def __init__(self, every: Iterable[Phrase], typed: Typed) -> None:
        self._fillers = typed.fillers
        self._exact: dict[str, list[Phrase]] = {}
        self._stems: dict[str, list[Phrase]] = {}
        for phrase in every:
            first = phrase.elements[0]
            if not (first.exact or first.stems):
                raise ValueError(f"{phrase.concept}: a phrase must begin with a word")
            for word in first.exact:
                self._exact.setdefault(word, []).append(phrase)
            for stem in first.stems:
                self._stems.setdefault(stem, []).append(phrase)

    def find(self, tokens: Sequence[Token], hidden: frozenset[int] = frozenset()) -> list[Found]:
        """Every phrase in the text. `hidden`: tokens that belong to another meaning."""
        words = [HIDDEN if at in hidden else token.text for at, token in enumerate(tokens)]
        found: set[tuple[str, int, int]] = set()
        for at, word in enumerate(words):
            for phrase in self._starting(word):
                end = _follow(phrase, 1, words, at + 1, self._fillers)
                if end is not None:
                    found.add((phrase.concept, at, end - 1))
        return [Found(*each) for each in sorted(found, key=lambda f: (f[1], f[2], f[0]))]

    def _starting(self, word: str) -> list[Phrase]:
        starting = self._exact.get(word, [])
        for size in range(2, len(word) + 1):
            more = self._stems.get(word[:size])
            if more:
                starting = starting + more
        return starting


def _follow(
    phrase: Phrase, place: int, words: list[str], at: int, fillers: frozenset[str]
) -> int | None:
    """Where the rest of a phrase ends when it begins at `at`; None when it is not there."""
    if place == len(phrase.elements):
        return at
    element = phrase.elements[place]
    if element.refused:
        if at < len(words) and element.suits(words[at]):
            return None
        return _follow(phrase, place + 1, words, at, fillers)
    if element.gap:
        for skipped in range(element.gap + 1):
            if skipped:
                if at + skipped > len(words):
                    return None
                word = words[at + skipped - 1]
                if word == "." or (element.within and word == ","):
                    return None
                if element.plain and word in _TURNS_OVER:
                    return None
            end = _follow(phrase, place + 1, words, at + skipped, fillers)
            if end is not None:
                return end
        return None
    room = 0 if phrase.strict else _FILLERS
    for _ in range(room + 1):
        if at >= len(words):
            return None
        word = words[at]
        if element.suits(word) and word not in ".,":
            end = _follow(phrase, place + 1, words, at + 1, fillers)
            if end is not None:
                return end
        if word not in fillers:
            return None
        at += 1
    return None


class Slips:
    """Words one slip of the fingers away, two when long, by their spellings with letters left out.

    From five letters, two letters swapped, one missed or doubled; from six, any one
    wrong letter; from nine, two. The first letter is rarely the wrong one.
    """

    def __init__(self, meant: frozenset[str]) -> None:
        self._meant = meant
        self._index: dict[str, list[str]] = {}
        for word in sorted(meant):
            for spelling in _shorter(word, 2 if len(word) >= 9 else 1):
                self._index.setdefault(spelling, []).append(word)

    def meant(self, word: str) -> str:
        """The word that was meant, or the word itself."""
        if word in self._meant:
            return word
        candidates = {
            meant
            for spelling in _shorter(word, 2 if len(word) >= 8 else 1)
            for meant in self._index.get(spelling, ())
        }
        best = min(((OSA.distance(word, each), each) for each in candidates), default=None)
        if best is None or not _likely(word, best[1], best[0]):
            return word
        return best[1]


def _shorter(word: str, letters: int) -> set[str]:
    """The word, and the word with one letter (or up to two) left out."""
    found = {word}
    for _ in range(letters):
        found |= {each[:at] + each[at + 1 :] for each in found for at in range(len(each))}
    return found


def _likely(typed: str, meant: str, distance: int) -> bool:
    if typed[0] != meant[0] and typed[:2] != meant[1::-1]:
        return False
    if len(meant) == 5 and len(typed) == 5:
        return distance == 1 and sorted(typed) == sorted(meant)
    return distance <= (2 if len(meant) >= 9 else 1)
