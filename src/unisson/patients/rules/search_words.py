"""What somebody looking for a patient typed: words, dates, telephones, numbers, in any order.

One group of digits can mean several things (040578 is a date, the end of a
telephone or a file number); every meaning is kept and the data decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from unisson.core.errors import Refusal
from unisson.patients.rules import birth_dates, phones
from unisson.patients.rules.folding import fold
from unisson.patients.rules.search_keys import BIRTH, NUMBER, PHONE, TAIL

MAX_WORDS = 6
POLITE = frozenset({"mme", "madame", "mr", "monsieur", "mlle", "mademoiselle", "nee", "ne"})
"""Said around a name, and no name: « mme martin née morand »."""
INS = "ins"
_EDGE = r"(?<![\w/])", r"(?![\w/])"
_PHONE = re.compile(
    r"(?<![\w/])(?:(?:\+|00)[1-9][\d\s.\-()]{6,}\d|0[1-9](?:[\s.\-]?\d\d){4})(?![\w/])",
    re.ASCII,
)
_PART_OF_PHONE = re.compile(r"(?<![\w/])\d\d(?:[\s.\-]\d\d){1,3}(?:[\s.\-]\d)?(?![\w/])", re.ASCII)
_MATRICULE = re.compile(
    r"(?<!\w)[1-478]\s?\d\d\s?\d\d\s?(?:\d\d|2[ab])\s?\d{3}\s?\d{3}(?:\s?\d\d)?(?!\w)",
    re.ASCII,
)
_DATES = tuple(
    re.compile(_EDGE[0] + pattern.pattern + _EDGE[1], re.ASCII)
    for pattern in (*birth_dates.DAY_PATTERNS, *birth_dates.MONTH_PATTERNS)
)


@dataclass(frozen=True)
class Meaning:
    """One meaning of a group of digits: a kind of key and how its token begins."""

    kind: str
    prefix: str


@dataclass(frozen=True)
class Wanted:
    """`words` are folded; each of `groups` is the meanings of one group of digits."""

    words: tuple[str, ...] = ()
    groups: tuple[tuple[Meaning, ...], ...] = ()

    @property
    def empty(self) -> bool:
        return not self.words and not self.groups


def read(text: str, today: date) -> Wanted:
    """Understand what was typed. Never fails: what cannot be a key is a word."""
    rest = birth_dates.prepared(text[:200])
    groups: list[tuple[Meaning, ...]] = []

    def take(found: re.Match[str], meanings: list[Meaning]) -> None:
        nonlocal rest
        groups.append(tuple(dict.fromkeys(meanings)))
        rest = rest[: found.start()] + "  " + rest[found.end() :]

    if found := _MATRICULE.search(rest):
        take(found, [Meaning(INS, re.sub(r"\s", "", found[0]).upper())])
    while found := _PHONE.search(rest):
        take(found, _phone(found[0]))
    for pattern in _DATES:
        found = pattern.search(rest)
        if found and (spans := birth_dates.spans(found[0], today)):
            take(found, [Meaning(BIRTH, span.digits) for span in spans] + _number(found[0]))
    if found := _PART_OF_PHONE.search(rest):
        take(found, _number(found[0]))
    words = [word for word in fold(rest).split() if not word.isdigit()]
    words = [word for word in words if word not in POLITE] or words
    for found in list(re.finditer(r"(?<![\w/])[0-9]+(?![\w/])", rest))[:MAX_WORDS]:
        typed = found[0]
        years = [Meaning(BIRTH, span.digits) for span in birth_dates.spans(typed, today)]
        if words and len(typed) == 2:  # martin 78
            years = [Meaning(BIRTH, str(y)) for y in birth_dates.centuries(typed, today)]
        groups.append(tuple(dict.fromkeys(years + _number(typed))))
    return Wanted(tuple(dict.fromkeys(words))[:MAX_WORDS], tuple(g for g in groups if g))


def _phone(typed: str) -> list[Meaning]:
    try:
        return [Meaning(PHONE, phones.e164(typed).lstrip("+"))]
    except Refusal:
        return _number(typed)


def _number(typed: str) -> list[Meaning]:
    """File number, beginning of a national number, last digits of a telephone (4 at least)."""
    if "/" in typed or re.search("[a-z]", typed):
        return []
    digits = re.sub(r"[^0-9]", "", typed)
    found = [Meaning(NUMBER, digits)] if typed.isdigit() and len(digits) <= 12 else []
    if digits.lstrip("0") and digits.lstrip("0") != digits and found:
        found.append(Meaning(NUMBER, digits.lstrip("0")))
    if len(digits) >= 4 and digits[0] == "0" and digits[1] != "0":
        found.append(Meaning(PHONE, f"33{digits[1:]}"))
        found += [
            Meaning(PHONE, f"{code}{digits[1:]}")
            for code in ("262", "590", "594", "596", "508")
            if re.match(rf"0(?:{code}|6[39]\d)", digits)
        ]
    if len(digits) >= 4:
        found.append(Meaning(TAIL, digits[::-1]))
    return found
