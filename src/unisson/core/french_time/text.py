"""Words of a line, with their places: what every reader of typed French starts from.

Pure. Folding removes what a hurried hand leaves out (capitals, accents,
ligatures); the places stay those of the text as typed, so that what was
understood can be shown on the very letters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d"})
_TOKEN = re.compile(r"[0-9]+|(?:[^\W\d_][\u0300-\u036f]*)+|[/:.,-]")
_COMBINING = re.compile(r"[\u0300-\u036f]")
_NOT_PLAIN = re.compile(r"[^0-9a-z\u0080-\U0010ffff]|\s")


@dataclass(frozen=True, slots=True)
class Token:
    """A run of letters, a run of digits, or one of the marks that matter (/ : . , -)."""

    text: str
    start: int
    end: int

    @property
    def is_number(self) -> bool:
        return self.text.isascii() and self.text.isdigit()

    @property
    def is_mark(self) -> bool:
        return self.text in "/:.,-"


def fold(text: str) -> str:
    """Lower case, no accent, no ligature: « Échographie » is « echographie »."""
    lowered = text.lower().translate(_LIGATURES)
    return _COMBINING.sub("", unicodedata.normalize("NFKD", lowered))


def tokens(text: str) -> list[Token]:
    """The words, numbers and marks of a line, folded, in order. Anything else is a gap."""
    found = []
    for match in _TOKEN.finditer(text):
        word = match.group()
        if word not in "/:.,-":
            word = _NOT_PLAIN.sub("", fold(word))
        if word:
            found.append(Token(word, match.start(), match.end()))
    return found


def words(text: str) -> tuple[str, ...]:
    """The folded words and numbers of a phrase, without the marks."""
    return tuple(token.text for token in tokens(text) if not token.is_mark)


def slip(typed: str, meant: str) -> bool:
    """Whether `typed` is `meant` after one slip of the fingers, both folded.

    Two letters swapped or one letter doubled, from five letters on; one letter
    missed, from six; any one wrong or extra letter, from seven. Shorter words
    are left alone: « marin » and « martin » are people, not « matin ».
    """
    size = len(meant)
    if typed == meant or size < 5 or abs(len(typed) - size) > 1:
        return False
    if len(typed) == size:
        wrong = [place for place in range(size) if typed[place] != meant[place]]
        swapped = (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and typed[wrong[0]] == meant[wrong[1]]
            and typed[wrong[1]] == meant[wrong[0]]
        )
        return swapped or (size >= 7 and len(wrong) == 1 and wrong[0] > 0)
    longer, shorter = (typed, meant) if len(typed) > size else (meant, typed)
    place = next((i for i, letter in enumerate(shorter) if letter != longer[i]), len(shorter))
    if longer[:place] + longer[place + 1 :] != shorter:
        return False
    if longer is meant:
        return size >= 6 and place > 0
    doubled = place > 0 and typed[place] == typed[place - 1]
    return doubled or (size >= 7 and place > 0)
