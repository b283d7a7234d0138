"""A caller's words, made regular, each with its place in the text as typed.

Pure. Accents, capitals and apostrophes go; abbreviations and SMS spellings are
written out; a slip of the fingers is corrected towards the lexicon. Whatever
happens to a word, `start` and `end` stay those of the letters typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from unisson.phone.rules.red_flags.data import Typed

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_COMBINING = re.compile(r"[\u0300-\u036f]")
_TOKEN = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?)"
    r"|(?P<word>(?:[^\W\d_][\u0300-\u036f]*)+)"
    r"|(?P<dots>\.{2,}|…)"
    r"|(?P<stop>[.!?;\n]|\s[-–—]\s)"
    r"|(?P<pause>[,:()/\"«»])"
    r"|(?P<sign>[%°+])"
)
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_PLAIN = re.compile(r"[^a-z0-9]")
_ELISION = ("'", "’", "ʼ", "`", "´")
STOP, PAUSE = ".", ","
HERE = "la2"
"""« là » (now), that folding would make an article."""
MAX_CHARACTERS = 20_000
"""Longer than any call note: what is past it is not read word by word."""


@dataclass(frozen=True, slots=True)
class Token:
    """One regular word, number or mark, and where it was typed."""

    text: str
    start: int
    end: int
    value: float | None = None
    """What a number is worth, in figures or in letters; None for other words."""

    @property
    def is_mark(self) -> bool:
        return self.text in (STOP, PAUSE)


def fold(text: str) -> str:
    """Lower case, no accent, no ligature: « Œdème » is « oedeme »."""
    lowered = text.lower().translate(_LIGATURES)
    return _COMBINING.sub("", unicodedata.normalize("NFKD", lowered))


def read(text: str, typed: Typed, correct: Callable[[str], str]) -> list[Token]:
    """The regular words of a text, in order. `correct` is given words nobody knows."""
    tokens: list[Token] = []
    shouted = text.isupper()
    for match in _TOKEN.finditer(text[:MAX_CHARACTERS]):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "word":
            typed_word = match.group()
            word = _PLAIN.sub("", _DRAWN_OUT.sub(r"\1", fold(typed_word)))
            if typed_word.lower() == "là" and text[end : end + 1] != "-":
                tokens.append(Token(HERE, start, end))
            elif word:
                previous = tokens[-1].text if tokens else STOP
                if len(tokens) > 1 and word == previous and tokens[-1].start == tokens[-2].start:
                    continue  # « C EST », « J AI »: written out already from « C », « J »
                whole = text[end : end + 1] in _ELISION or text[end : end + 1].isdigit()
                if whole and len(word) <= 2:
                    tokens.append(Token(word, start, end))
                    continue
                if typed_word.isupper() and not shouted and word in typed.capitals:
                    tokens += [Token(each, start, end) for each in typed.capitals[word]]
                    continue
                for regular in _regular(word, previous, typed, correct):
                    value = typed.numbers.get(regular)
                    tokens.append(Token(regular, start, end, value))
        elif kind == "number":
            figure = match.group().replace(",", ".")
            if figure.isascii():
                tokens.append(Token(figure, start, end, float(figure)))
        elif kind == "stop":
            tokens.append(Token(STOP, start, end))
        elif kind == "pause":
            tokens.append(Token(PAUSE, start, end))
        elif kind == "sign":
            tokens.append(Token(match.group(), start, end))
    return tokens


def _regular(
    word: str, previous: str, typed: Typed, correct: Callable[[str], str]
) -> tuple[str, ...]:
    """What a typed word stands for: one word, several, or itself."""
    after = typed.after.get(word)
    if after is not None and previous in after[0]:
        return after[1]
    short = typed.forms.get(word)
    if short is not None:
        return short
    return (correct(word),)
