"""A patient in one phrase, always in the same order.

NOM Prénom, née NOM DE NAISSANCE, sex, birth date with a four-digit year. Where
there is no used name, NOM is the birth name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

BORN = {"F": "née", "M": "né", "U": "né(e)"}
MARK_WORDS = {
    ("twin", "F"): "jumelle",
    ("twin", "M"): "jumeau",
    ("twin", "U"): "jumeau",
    ("homonym", "F"): "homonyme",
    ("homonym", "M"): "homonyme",
    ("homonym", "U"): "homonyme",
    ("near", "F"): "dossier proche",
    ("near", "M"): "dossier proche",
    ("near", "U"): "dossier proche",
}
PRECISION_WORDS = {
    "exact": "",
    "day_unknown": "jour inconnu",
    "month_unknown": "mois inconnu",
    "unknown": "jour et mois inconnus",
}


def given_name_case(text: str) -> str:
    """`JEAN-PIERRE` as said and read: `Jean-Pierre`. Mixed case is left as typed."""
    if text != text.upper():
        return text
    return re.sub(r"\w+", lambda word: word[0].capitalize(), text)


@dataclass(frozen=True)
class PatientLine:
    """What is shown of a patient wherever she appears.

    `birth_name` is empty when it is the same as `name`. `mark` is empty, or
    why she can be taken for someone else: twin, homonym, near.
    """

    id: int
    name: str
    first_name: str
    birth_name: str
    sex: str
    birth_date: date
    mark: str = ""
    birth_date_precision: str = "exact"
    deceased: bool = False
    doubtful: bool = False
    fictitious: bool = False
    file_number: str = ""

    @property
    def born(self) -> str:
        """The birth date as written on the desk: 04/05/1978."""
        born = self.birth_date
        return f"{born.day:02}/{born.month:02}/{born.year:04}"

    @property
    def precision_words(self) -> str:
        """What is not known of the birth date, in words; empty when it is exact."""
        return PRECISION_WORDS[self.birth_date_precision]

    @property
    def mark_words(self) -> str:
        """The mark in a word, empty when there is none."""
        return MARK_WORDS.get((self.mark, self.sex), "")

    @property
    def nee(self) -> str:
        """`née MOREL`, or nothing when the birth name is the name."""
        return f"{BORN[self.sex]} {self.birth_name}" if self.birth_name else ""

    @property
    def name_phrase(self) -> str:
        """`LEBRUN Claire, née MOREL`."""
        return ", ".join(filter(None, [f"{self.name} {self.first_name}", self.nee]))

    @property
    def phrase(self) -> str:
        """`LEBRUN Claire, née MOREL, F 04/05/1978`."""
        sex = "" if self.sex == "U" else f"{self.sex} "
        return f"{self.name_phrase}, {sex}{self.born}"
