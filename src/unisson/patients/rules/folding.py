"""Names without what typing leaves out: case, accents, ligatures, hyphens, apostrophes."""

from __future__ import annotations

import re
import unicodedata

# Letters that Unicode does not decompose into a base letter and a mark.
LETTERS = str.maketrans(
    {
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ß": "ss",
        "ẞ": "SS",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ħ": "h",
        "Ħ": "H",
        "ı": "i",
        "İ": "I",
        "ĳ": "ij",
        "Ĳ": "IJ",
        "ŋ": "n",
        "Ŋ": "N",
    }
)
_PARTICLES = """
a al ap ben bel bou d da dal de del della den der des di do dos du e el la las le les lo los
l mac mc o saint sainte san santa ten van vande vander von y zu
"""
PARTICLES = frozenset(_PARTICLES.split())
SAINTS = {"st": "saint", "ste": "sainte"}


def without_accents(text: str) -> str:
    """The same text in plain Latin letters; case and punctuation are kept."""
    if text.isascii():
        return text
    spread = unicodedata.normalize("NFKD", text.translate(LETTERS))
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


def fold(text: str) -> str:
    """Lower-case words of a to z and digits, one space apart: `D’Angélo-Œuf` is `d angelo oeuf`.

    `St` and `Ste` become `saint` and `sainte` when another word follows.
    """
    words = re.findall(r"[a-z0-9]+", without_accents(text).lower())
    return " ".join(
        SAINTS.get(word, word) if index < len(words) - 1 else word
        for index, word in enumerate(words)
    )


def joined(text: str) -> str:
    """The folded text in one piece: `LE ROY` and `LEROY` are the same."""
    return fold(text).replace(" ", "")


def tokens(name: str) -> list[str]:
    """The words by which a name can be asked for, without repeats.

    The words themselves except particles, and the whole in one piece:
    `DA SILVA` gives `silva` and `dasilva`.
    """
    words = fold(name).split()
    found = [word for word in words if word not in PARTICLES]
    if len(words) > 1 or not found:
        found.append("".join(words))
    return [word for word in dict.fromkeys(found) if word]
