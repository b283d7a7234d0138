"""Every way one patient can be asked for, as (kind, token, line) keys.

A search reads ranges of tokens. The line holds the patient's other words and
her birth date, each after a space, so that a second word is checked without
reading the patient. It begins with the name shown, then the first name, then
the date: the order of the answers. Given names other than the first come last,
each after a dot: they answer only when nothing else does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from unisson.patients.rules.folding import fold, joined, tokens
from unisson.patients.rules.phonetic import ear

NAME, BIRTH_NAME, FIRST = "n", "b", "f"  # the name shown; the birth name behind it
EAR, BIRTH, PHONE, TAIL, NUMBER = "e", "d", "p", "t", "r"
GIVEN = "."  # before a given name that is not the first, in a line
TOKEN, LINE = 64, 160  # longest kept


@dataclass(frozen=True, order=True)
class Key:
    """One row of the index."""

    kind: str
    token: str
    line: str


def keys(
    *,
    birth_name: str,
    used_name: str,
    birth_first_name: str,
    used_first_name: str,
    birth_given_names: str,
    birth_date: date,
    numbers: Iterable[str],
    phones: Iterable[str],
) -> set[Key]:
    """The keys of a patient. `phones` are E.164; `numbers` are file numbers, former ones too."""
    names = [name for name in (used_name, birth_name) if name]
    firsts = [name for name in (used_first_name, birth_first_name) if name]
    line = _line(names, firsts, birth_given_names, birth_date)
    pairs: list[tuple[str, str]] = [(BIRTH, f"{birth_date:%Y%m%d}")]
    pairs += [(NAME, token) for token in tokens(names[0])]
    pairs += [(BIRTH_NAME, token) for name in names[1:] for token in tokens(name)]
    pairs += [(FIRST, token) for name in firsts for token in tokens(name)]
    pairs += [
        (EAR, f"{sound} {ear(first)}")
        for sound in ear_names(birth_name, used_name)
        for first in firsts
    ]
    for phone in phones:
        digits = phone.lstrip("+")
        pairs += [(PHONE, digits), (TAIL, digits[::-1])]
    for number in numbers:
        if plain := joined(number):
            pairs.append((NUMBER, plain))
            pairs.append((NUMBER, plain.lstrip("0") or plain))
    return {Key(kind, token[:TOKEN], line) for kind, token in pairs}


def _line(names: list[str], firsts: list[str], given: str, born: date) -> str:
    shown = [*fold(names[0]).split(), *fold(firsts[0]).split(), f"{born:%Y%m%d}"]
    others = [w for text in (*names, *firsts) for w in (*fold(text).split(), *tokens(text))]
    known = {*shown, *others}
    others += [GIVEN + word for word in fold(given).split() if word not in known]
    rest = dict.fromkeys(word for word in others if word not in shown)
    return f" {' '.join([*shown, *rest])}"[:LINE]


def ear_names(birth_name: str, used_name: str) -> set[str]:
    """How the patient's names, and the words of a compound name, sound."""
    words = [word for name in (birth_name, used_name) for word in tokens(name)]
    return {key for key in map(ear, words) if key}
