"""The practice's own words: its practitioners, visit types, rooms and machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from unisson.core.french_time.text import slip, words

type Words = tuple[str, ...]

SHORT = {
    "ctrl": "controle",
    "cont": "controle",
    "ctl": "controle",
    "cs": "consultation",
    "cons": "consultation",
    "consult": "consultation",
    "vacc": "vaccination",
    "vaccin": "vaccination",
    "vax": "vaccination",
    "renouv": "renouvellement",
    "renouvelement": "renouvellement",
    "ordo": "ordonnance",
    "certif": "certificat",
    "certi": "certificat",
    "visio": "teleconsultation",
    "tlc": "teleconsultation",
    "teleconsult": "teleconsultation",
    "video": "teleconsultation",
    "pst": "pansement",
    "pansmt": "pansement",
    "echo": "echographie",
    "gyneco": "gynecologie",
    "suiv": "suivi",
    "nveau": "nouveau",
}
"""Short forms people type, and the word a visit type's name may hold."""

EASY = 5  # letters from which the beginning of a name is hardly a coincidence
LEAST = 3  # letters below which it says nothing


@dataclass(frozen=True, slots=True)
class Named:
    """Something of the practice with a name: its id, how it is shown, how it is typed."""

    id: int
    label: str
    forms: tuple[Words, ...]
    title: str = ""

    @classmethod
    def practitioner(
        cls, id: int, label: str, *, family: str, given: str = "", aliases: str = ""
    ) -> Named:
        """« Dr Nguyen », typed « nguyen », « linh nguyen », or one of the aliases."""
        last, first = words(family), words(given)
        forms = [last, words(label)]
        if first:
            forms += [(*first, *last), (*last, *first)]
        forms += [words(alias) for alias in aliases.replace(";", ",").split(",")]
        title = words(label)[0] if words(label)[:1] != last[:1] else ""
        return cls(id, label, _distinct(forms), title)

    @classmethod
    def visit_type(cls, id: int, label: str, *, code: str = "") -> Named:
        """« Contrôle », typed « controle », « ctrl » or its code."""
        return cls(id, label, _distinct([words(label), words(code)]))

    @classmethod
    def resource(cls, id: int, label: str) -> Named:
        """« Salle 2 », « Échographe »."""
        return cls(id, label, _distinct([words(label)]))


def _distinct(forms: Iterable[Words]) -> tuple[Words, ...]:
    return tuple(dict.fromkeys(form for form in forms if form))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a line may name."""

    practitioners: tuple[Named, ...] = ()
    visit_types: tuple[Named, ...] = ()
    resources: tuple[Named, ...] = ()


class Sure(IntEnum):
    """How surely words name something."""

    GUESS = 0
    """The beginning of a name, or a slip of the fingers."""
    PARTLY = 1
    """A word of its name that is not the first."""
    WHOLLY = 2


@dataclass(frozen=True, slots=True)
class Match:
    """Words of the line that name something: how many, and how surely."""

    named: Named
    took: int
    sure: Sure


def exact(named: Named, line: Sequence[str]) -> int:
    """How many of the next words are one of its names, whole."""
    return max((len(form) for form in named.forms if tuple(line[: len(form)]) == form), default=0)


def practitioners_at(vocabulary: Vocabulary, line: Sequence[str]) -> list[Match]:
    """Whom the next words may name: whole names, then beginnings and slips, as guesses."""
    found = [
        Match(named, took, Sure.WHOLLY)
        for named in vocabulary.practitioners
        if (took := exact(named, line))
    ]
    if found or not line or len(line[0]) < LEAST:
        return _longest(found)
    word = line[0]
    return [
        Match(named, 1, Sure.GUESS)
        for named in vocabulary.practitioners
        if any(
            (form[0].startswith(word) or slip(word, form[0])) and form[0] != named.title
            for form in named.forms
            if len(form) == 1 or form == named.forms[0]
        )
    ]


def visit_types_at(vocabulary: Vocabulary, line: Sequence[str]) -> list[Match]:
    """Which visit types the next words may name; several when the words fit several.

    Words typed in full win over beginnings; « suivi » is every « Suivi … ».
    """
    if not line:
        return []
    found: list[Match] = []
    for named in vocabulary.visit_types:
        best = max((_begins(form, line) for form in named.forms), default=(0, False))
        if best[0]:
            took, whole = best
            found.append(Match(named, took, Sure.WHOLLY if whole else Sure.GUESS))
        elif len(line[0]) >= EASY and any(line[0] in form for form in named.forms):
            found.append(Match(named, 1, Sure.PARTLY))
    surest = max((match.sure for match in found), default=Sure.GUESS)
    return _longest([match for match in found if match.sure is surest])


def resources_at(vocabulary: Vocabulary, line: Sequence[str]) -> list[Match]:
    """Which room or machine the next words name, whole."""
    return _longest(
        [
            Match(named, took, Sure.WHOLLY)
            for named in vocabulary.resources
            if (took := exact(named, line))
        ]
    )


def _begins(form: Words, line: Sequence[str]) -> tuple[int, bool]:
    """How many words of the line follow this name from its first one, and how surely."""
    took, sure = 0, False
    for meant, typed in zip(form, line, strict=False):
        whole = SHORT.get(typed, typed)
        if meant in (typed, whole):
            took, sure = took + 1, True
        elif len(typed) >= LEAST and (meant.startswith(typed) or slip(typed, meant)):
            took, sure = took + 1, sure or len(typed) >= EASY
        else:
            break
    return took, sure


def _longest(found: list[Match]) -> list[Match]:
    most = max((match.took for match in found), default=0)
    return [match for match in found if match.took == most]
