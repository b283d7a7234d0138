"""Finding a name that was heard, not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from unisson.patients import key_ranges
from unisson.patients.key_ranges import Range, Row, beginning
from unisson.patients.models import EarName
from unisson.patients.rules.phonetic import bucket, ear
from unisson.patients.rules.search_keys import EAR

SOUND_ALIKE = 0.80  # Jaro-Winkler between the keys of two names
NEAR_ENOUGH = 0.80  # between what was typed and a patient, all words together
ALONE = 0.87  # the same when one word is all there is to go by
BY_EYE = 0.2  # share of the spelling; the sound decides, spelling tells equals apart
FIRST_ALIKE = 0.66  # between the keys of two first names, short as they are
NAMES = 20  # names that sound alike looked at, the nearest first
ENOUGH = 5


def heard(words: Sequence[str], years: Sequence[str], limit: int) -> Iterator[tuple[Row, float]]:
    """Patients whose name sounds like some of the words and first name like the others.

    With how near they are, 0 to 1. `years`: beginnings of birth dates, one of
    which the patient must have; none given, none asked.
    """
    enough = NEAR_ENOUGH if len(words) > 1 else ALONE
    for name, first in _splits(words):
        for row in _sounding(_names_like(ear(name)), ear(first), limit):
            if not years or any(f" {year}" in row.line for year in years):
                close = closeness(words, row.line)
                if close >= enough:
                    yield row, close


def closeness(words: Sequence[str], line: str) -> float:
    """How near the words typed are to a patient's, 0 to 1: each against its best, by eye and ear.

    Takes a line of the search index.
    """
    theirs = [word for word in line.split() if word.isalpha()]
    if not theirs or not words:
        return 0.0
    keys = [ear(word) for word in theirs]

    def best(word: str) -> float:
        key = ear(word)
        return max(
            BY_EYE * JaroWinkler.similarity(word, other)
            + (1 - BY_EYE) * JaroWinkler.similarity(key, sound)
            for other, sound in zip(theirs, keys, strict=True)
        )

    return sum(map(best, words)) / len(words)


def _splits(words: Sequence[str]) -> list[tuple[str, str]]:
    """Every way to cut the words into a name and a first name, in both orders."""
    if len(words) == 1:
        return [(words[0], "")]
    return [
        split
        for cut in range(1, len(words))
        for split in (
            (" ".join(words[:cut]), " ".join(words[cut:])),
            (" ".join(words[cut:]), " ".join(words[:cut])),
        )
    ][:6]


def _names_like(key: str) -> list[str]:
    """Keys of names in the index that sound like this one, the nearest first."""
    if len(key) < 2:
        return []
    known = EarName.objects.filter(bucket=bucket(key)).values_list("key", flat=True)
    near = process.extract(
        key, list(known), scorer=JaroWinkler.similarity, score_cutoff=SOUND_ALIKE, limit=NAMES
    )
    return [name for name, _, _ in near]


def _sounding(names: Sequence[str], first: str, limit: int) -> list[Row]:
    """Rows of patients whose name is one of these, by ear, and whose first name sounds so."""
    if not names:
        return []
    if not first:
        return key_ranges.rows(
            [beginning(EAR, f"{name} ") for name in names], each=limit, most=10 * limit
        )
    exact = [whole_pair(name, first) for name in names]
    rows = key_ranges.rows(exact, each=2 * limit, most=20 * limit)
    if len(rows) < ENOUGH:
        # The first name is misheard too, or not yet typed to its end; its first sound is right.
        near = [beginning(EAR, f"{name} {first[0]}") for name in names]
        rows += [
            row
            for row in key_ranges.rows(near, each=300, most=3000)
            if JaroWinkler.similarity(first, row.token.split(" ")[1]) >= FIRST_ALIKE
        ]
    return rows


def whole_pair(name: str, first: str) -> Range:
    """The key of a name and a first name as they sound; it holds a space, and nothing after."""
    return Range(EAR, f"{name} {first}", f"{name} {first} ")
