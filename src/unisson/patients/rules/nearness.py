"""Who can be taken for whom: twins, homonyms, and files that look like one person.

- twin: same birth date, different first names, and the same birth name or the
  same address or telephone;
- homonym: same name and first name, or names that sound alike, and another
  birth date;
- near: probably one person written twice, or one slip of the finger away.

Thresholds are ours: no text gives any.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from rapidfuzz.distance import Hamming, JaroWinkler

from unisson.patients.rules.folding import fold, joined
from unisson.patients.rules.phonetic import ear

LIKE = 0.92  # Jaro-Winkler on folded names: one or two letters of a name
DUPLICATE = 65  # a near pair is proposed as a duplicate from this score on


@dataclass(frozen=True)
class Person:
    """What is compared of a patient. `names` is birth name then used name, if any."""

    names: tuple[str, ...]
    firsts: tuple[str, ...]
    birth_date: date
    sex: str = "U"
    birth_place_code: str = ""
    phones: frozenset[str] = field(default_factory=frozenset)
    address: str = ""

    @property
    def home(self) -> str:
        """The address as compared; empty when there is none."""
        return fold(self.address)


@dataclass(frozen=True)
class Nearness:
    """Why two people are near. `score`, 0 to 100, only orders a list."""

    kind: str
    score: int
    reasons: tuple[str, ...]


def _same(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    return bool({joined(x) for x in a if x} & {joined(x) for x in b if x})


def _like(a: tuple[str, ...], b: tuple[str, ...], *, by_letters: bool) -> bool:
    """Whether some spelling of one sounds, or is nearly written, like one of the other."""
    if {ear(x) for x in a if x} & {ear(x) for x in b if x}:
        return True
    return by_letters and any(
        JaroWinkler.similarity(joined(x), joined(y)) >= LIKE for x in a if x for y in b if y
    )


def slip(a: date, b: date) -> str:
    """The one slip of the finger between two dates, in words; empty when there is none."""
    if a == b:
        return ""
    if (a.day, a.month, a.year) == (b.month, b.day, b.year):
        return "jour et mois inversés"
    left, right = f"{a:%d%m%Y}", f"{b:%d%m%Y}"
    if Hamming.distance(left, right) == 1:
        return "un chiffre d’écart dans la date de naissance"
    for i in range(7):
        if left[:i] + left[i + 1] + left[i] + left[i + 2 :] == right:
            return "deux chiffres inversés dans la date de naissance"
    return ""


def compare(a: Person, b: Person) -> Nearness | None:
    """Why these two can be taken for one another, or None."""
    same_date = a.birth_date == b.birth_date
    same_name = _same(a.names, b.names)
    same_first = _same(a.firsts, b.firsts)
    like_name = same_name or _like(a.names, b.names, by_letters=same_date)
    one_sex = a.sex == b.sex or "U" in (a.sex, b.sex)
    like_first = same_first or (one_sex and _like(a.firsts, b.firsts, by_letters=False))
    shared = _shared(a, b)
    if same_date:
        if like_first and like_name:
            return _duplicate(a, b, same_name, same_first, shared)
        if same_first and shared:
            return Nearness(
                "near",
                _weighed(75, a, b),
                ("même prénom", "même date de naissance", *shared),
            )
        if _same(a.names, b.firsts) and _same(a.firsts, b.names):
            return Nearness(
                "near",
                _weighed(80, a, b),
                ("nom et prénom inversés", "même date de naissance", *shared),
            )
        return _twin(a, b, shared)
    if not (like_name and like_first):
        return None
    if same_name and same_first and (finger := slip(a.birth_date, b.birth_date)):
        reasons = ("même nom", "même prénom", finger, *shared)
        return Nearness("near", _weighed(60, a, b), reasons)
    exact = same_name and same_first
    return Nearness(
        "homonym",
        40 if exact else 30,
        ("même nom et même prénom" if exact else "noms qui sonnent pareil",),
    )


def seems_known(a: Person, b: Person) -> bool:
    """Whether `a`, about to be created, has every sign of being `b`.

    One of her names, one of her first names and her birth date are the same.
    Sex and birth place are not asked to agree: those are what gets mistyped,
    and whoever creates only has to look and say no.
    """
    return a.birth_date == b.birth_date and _same(a.names, b.names) and _same(a.firsts, b.firsts)


def one_first_name(a: Person, b: Person) -> bool:
    """Whether their first names are, or sound, the same (name and first name swapped included)."""
    return (
        _same(a.firsts, b.firsts)
        or _like(a.firsts, b.firsts, by_letters=False)
        or (_same(a.names, b.firsts) and _same(a.firsts, b.names))
    )


def something_in_common(a: Person, b: Person) -> bool:
    """Whether they share a name, or one that sounds like it, a telephone or an address."""
    return bool(
        _like(a.names, b.names, by_letters=True) or _same(a.names, b.firsts) or _shared(a, b)
    )


def _duplicate(
    a: Person, b: Person, same_name: bool, same_first: bool, shared: tuple[str, ...]
) -> Nearness:
    base = 70 + 10 * same_name + 10 * same_first
    return Nearness(
        "near",
        _weighed(base, a, b),
        (
            "même nom" if same_name else "noms proches",
            "même prénom" if same_first else "prénoms proches",
            "même date de naissance",
            *shared,
        ),
    )


def _twin(a: Person, b: Person, shared: tuple[str, ...]) -> Nearness | None:
    """Two first names for one birth date. Twins are born in one place; later they may part."""
    elsewhere = (
        a.birth_place_code and b.birth_place_code and a.birth_place_code != b.birth_place_code
    )
    same_birth_name = joined(a.names[0]) == joined(b.names[0]) and not elsewhere
    if not (same_birth_name or shared):
        return None
    reasons = ["même jour de naissance"]
    if same_birth_name:
        reasons.append("même nom de naissance")
    return Nearness("twin", 50 + 5 * len(shared), (*reasons, *shared))


def _shared(a: Person, b: Person) -> tuple[str, ...]:
    reasons = []
    if a.phones & b.phones:
        reasons.append("même téléphone")
    if a.home and a.home == b.home:
        reasons.append("même adresse")
    return tuple(reasons)


def _weighed(base: int, a: Person, b: Person) -> int:
    """A near pair's score once contacts, place and sex are counted."""
    score = base + (8 if a.phones & b.phones else 0) + (5 if a.home and a.home == b.home else 0)
    if a.birth_place_code and b.birth_place_code:
        score += 5 if a.birth_place_code == b.birth_place_code else -15
    if a.sex != b.sex and "U" not in (a.sex, b.sex):
        score -= 10
    return max(0, min(100, score))


PRECEDENCE = ("twin", "near", "homonym")


def mark(kinds: frozenset[str] | set[str]) -> str:
    """The one mark shown beside a name: the most dangerous confusion first. Empty: none."""
    return next((kind for kind in PRECEDENCE if kind in kinds), "")
