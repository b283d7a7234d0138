"""How a French name sounds, as a short key.

Two spellings of one sound give one key (LEFEVRE, LEFEBVRE, LEFAIVRE), so that
a name heard on the telephone finds the written one. Vowels stay in the key:
Claire and Clara must not become one person. Keys are compared with
Jaro-Winkler, which forgives what the ear confuses.
"""

from __future__ import annotations

import re
from functools import lru_cache

from unisson.patients.rules.folding import fold

# Applied in order to the folded word. Capitals are sounds already decided:
# A E I O U (ou) Y (u), 1 = in, 2 = an, 3 = on, X = ch, J, K, S (z too), N (gn too).
_STEPS: tuple[tuple[str, str], ...] = (
    (r"sch", "X"),
    (r"chr", "Kr"),
    (r"chl", "Kl"),
    (r"[cs]h", "X"),
    (r"ph", "F"),
    (r"gh", "G"),
    (r"h", ""),
    (r"tz", "S"),
    (r"bv", "v"),  # lefebvre
    (r"(?<=n)co(?=is)", "So"),  # françois, its cedilla folded away
    (r"ss", "S"),
    (r"([a-z])\1+", r"\1"),
    (r"e?au(?:lt|ld|[xtds])?$", "O"),
    (r"(?<=[a-z])o(?:ts|ds|[tdsxpc])$", "O"),
    (r"oe?u[xsdt]?$", "U"),
    (r"(?:ois|oit|oix|oy|oi|ouet)$", "UA"),
    (r"(?:ais|ait|aix|ay|ai|ets|et|ey|ez|er)$", "E"),
    (r"(?<=[a-z])[dtsxzS]+$", ""),
    (r"gn", "N"),
    (r"gu(?=[eiy])", "G"),
    (r"g(?=[eiyE])", "J"),
    (r"j", "J"),
    (r"ck|cq|qu|q|k", "K"),
    (r"s?c(?=[eiyE])", "S"),
    (r"c", "K"),
    (r"x", "KS"),
    (r"z", "s"),  # an s between vowels sounds z, and is often written for ss
    (r"w", "v"),
    (r"oin(?![aeiouynmAEIOUY])", "U1"),
    (r"ien(?![aeiouynmAEIOUY])", "I1"),
    (r"(?:ain|ein|aim|eim|in|im|yn|ym|un|um)(?![aeiouynmAEIOUY])", "1"),
    (r"(?:ean|eam|aon|an|am|en|em)(?![aeiouynmAEIOUY])", "2"),
    (r"(?:on|om)(?![aeiouynmAEIOUY])", "3"),
    (r"(?<=.)e$", ""),
    (r"e?au", "O"),
    (r"oeu|eu|oe", "E"),
    (r"ou", "U"),
    (r"o[iy]", "UA"),
    (r"a[iy]|e[iy]|ae", "E"),
    (r"e", "E"),
    (r"a", "A"),
    (r"o", "O"),
    (r"[iy]", "I"),
    (r"u", "Y"),
)
_COMPILED = tuple((re.compile(pattern), sound) for pattern, sound in _STEPS)

# Sounds one ear takes for another on the telephone: for the first one of a name,
# where all vowels are one, then for any.
_CLASSES = str.maketrans("BDGJKLMNPQRSTVXFAEIOUY123W", "PTKXKLNNPKRSTFXFAAAAAAAAAF")

_SOFT = str.maketrans("BDGJMVZ", "PTKXNFS")


def _sound(letters: str) -> str:
    for pattern, sound in _COMPILED:
        letters = pattern.sub(sound, letters)
    return re.sub(r"(.)\1+", r"\1", letters.upper())[:24]


@lru_cache(maxsize=65536)
def ear(name: str) -> str:
    """The key of a name or first name, its words run together as they are said.

    Empty when the name has no letter. At most 24 characters.
    """
    return _sound("".join(letter for letter in fold(name) if letter.isalpha()))


def bucket(key: str) -> str:
    """One letter shared by keys whose first sounds are confused: B and P, M and N, vowels."""
    return key[:1].translate(_CLASSES)


def soft(key: str) -> str:
    """The key with the consonants one ear takes for another made one: b and p, m and n ...

    For comparing only; vowels stay.
    """
    return key.translate(_SOFT)
