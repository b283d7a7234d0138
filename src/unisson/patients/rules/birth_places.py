"""Birth places: what was typed to find one, when one existed, what does not agree.

A place is a commune or a country with its code in INSEE's Code officiel
géographique (COG), the one asked among the strict traits (RNIV). Communes
merge and take new names, countries come and go: a code is a place's from a
day to another. INSEE's files begin on 1 January 1943; a place there on that
day is taken to have been there before, for nothing says when it began.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from unisson.patients.rules.folding import SAINTS, fold

COMMUNE, COUNTRY = "commune", "country"
HORIZON = date(1943, 1, 1)
ARTICLES = frozenset({"le", "la", "les", "l", "los", "las", "aux"})
MOST_WORDS = 8
_CODE = re.compile(r"\d{2,5}|2[ab]\d{0,3}", re.ASCII)
_ORDINAL = re.compile(r" (\d{1,2})(?:e|er|eme)?(?: arrondissement)?$", re.ASCII)
_TAIL = re.compile(r" \d{1,2}$", re.ASCII)

Born = tuple[date, date]  # the first and the last day somebody can be born on


@dataclass(frozen=True, order=True)
class Place:
    """One name of one code, from a day to another, both included. None: still."""

    code: str
    valid_from: date
    name: str
    kind: str = COMMUNE
    valid_until: date | None = None

    @property
    def department(self) -> str:
        """`49`, `2A`, `974`; nothing for a country."""
        if self.kind == COUNTRY:
            return ""
        return self.code[:3] if self.code[:2] in {"97", "98"} else self.code[:2]

    @property
    def period(self) -> str:
        """`jusqu’au 31/12/2015`; nothing when it was always there and still is."""
        begins = self.valid_from > HORIZON
        if self.valid_until is None:
            return f"depuis le {self.valid_from:%d/%m/%Y}" if begins else ""
        end = f"{self.valid_until:%d/%m/%Y}"
        return f"du {self.valid_from:%d/%m/%Y} au {end}" if begins else f"jusqu’au {end}"

    def existed(self, born: Born) -> bool:
        """Whether somebody can be born there on one of these days."""
        first, last = max(born[0], HORIZON), max(born[1], HORIZON)
        return self.valid_from <= last and (self.valid_until is None or self.valid_until >= first)


def birth_days(born: date, precision: str) -> Born:
    """The days a birth date can mean: one, a month, or a year."""
    if precision == "exact":
        return born, born
    if precision == "day_unknown":
        return born.replace(day=1), born.replace(day=monthrange(born.year, born.month)[1])
    return date(born.year, 1, 1), date(born.year, 12, 31)


def search_key(name: str) -> str:
    """The name as it is looked for: folded, without the article it begins with.

    `L’Abergement-Clémenciat` is `abergement clemenciat`, `Le Mans` is `mans`.
    """
    words = fold(name).split()
    if len(words) > 1 and words[0] in ARTICLES:
        words = words[1:]
    return " ".join(words)


@dataclass(frozen=True)
class Asked:
    """What was typed, ready to be looked for.

    `beginnings`: how the name can begin. `words`: each must begin a word of
    the name, in one of its spellings. `codes`: each begins the code (a
    department does) or, like the 15 of `paris 15`, a word of the name.
    """

    beginnings: tuple[str, ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    codes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.codes)


def asked(text: str) -> Asked:
    """Read what was typed: part of a name, a code, a department, in any order.

    `st` and `ste` unfinished may be `saint` and `sainte`, or the beginning of
    `Strasbourg`. One letter alone asks nothing.
    """
    typed = search_key(text).split()[:MOST_WORDS]
    codes = tuple(word.upper() for word in typed if _CODE.fullmatch(word))
    words = [word for word in typed if not _CODE.fullmatch(word)]
    if not codes and len("".join(words)) < 2:
        return Asked()
    if not words:
        return Asked(codes=codes)
    *before, last = words
    spellings = (last, SAINTS[last]) if last in SAINTS else (last,)
    return Asked(
        beginnings=tuple(" ".join([*before, each]) for each in spellings),
        words=(*((word,) for word in before), spellings),
        codes=codes,
    )


def remarks(code: str, name: str, known: Sequence[Place], born: Born | None) -> list[str]:
    """What does not agree between a code, a name and a birth date, in words. Refuses nothing.

    `code`: well formed. `known`: what the table says of this code, nothing
    when it does not know it; ask only of a table that was filled.
    """
    if not code:
        return []
    if not known:
        return [f"Code {code} inconnu de la table des lieux\u00a0: vérifiez-le sur la pièce."]
    then = [place for place in known if born is None or place.existed(born)]
    if not then:
        return [_out_of_time(code, known, born)]
    if not name.strip() or any(_same(name, place) for place in then):
        return []
    then_named = " ou ".join(f"«\u00a0{place.name}\u00a0»" for place in then)
    other = next((place for place in known if _same(name, place)), None)
    if other is not None:
        return [
            f"À la date de naissance, le lieu {code} s’appelait {then_named}"
            f" ({other.name}\u00a0: {other.period})."
        ]
    return [f"Le code {code} est celui de {then_named}, pas de «\u00a0{name.strip()}\u00a0»."]


def _out_of_time(code: str, known: Sequence[Place], born: Born | None) -> str:
    """None of the names of this code was in use on that day: which, and when they were."""
    assert born is not None
    ended = all(p.valid_until is not None and p.valid_until < born[0] for p in known)
    begun = any(p.valid_from <= born[1] for p in known)
    when = "n’existait plus" if ended else "n’existait pas" if begun else "n’existait pas encore"
    periods = ", ".join(f"{place.name}, {place.period}" for place in known)
    return f"Le lieu {code} {when} à la date de naissance\u00a0: {periods}."


def _same(typed: str, place: Place) -> bool:
    """The same place, however written: `ANGERS (49)`, `Paris`, `Paris 15`."""
    wrote, name = _numbered(typed), _numbered(place.name)
    return wrote in {name, _TAIL.sub("", name)} or (
        bool(place.department) and wrote == f"{name} {place.department.lower()}"
    )


def _numbered(name: str) -> str:
    """`Paris 15e Arrondissement` is `paris 15`."""
    return _ORDINAL.sub(r" \1", search_key(name))
