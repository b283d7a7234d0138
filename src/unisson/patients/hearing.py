"""Finding a name that was heard, not read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from unisson.patients import key_ranges
from unisson.patients.key_ranges import Row, beginning
from unisson.patients.rules.phonetic import bucket, ear, soft
from unisson.patients.rules.search_keys import EAR

SOUND_ALIKE = 0.80  # Jaro-Winkler between the keys of two names
NEAR_ENOUGH = 0.80  # between what was typed and a patient, all words together
ALONE = 0.87  # the same when one word is all there is to go by
BY_EYE = 0.2  # share of the spelling; the sound decides, spelling tells equals apart
FIRST_ALIKE = 0.66  # between the keys of two first names, short as they are
CLEAR = 0.95  # no doubt about what was heard
NAMES = 20  # names that sound alike looked at, the nearest first
CLOSEST = 8  # of them, those looked at when the first name is misheard too
ENOUGH = 5


def heard(words: Sequence[str], years: Sequence[str], limit: int) -> Iterator[tuple[Row, float]]:
    """Patients whose name sounds like some of the words and first name like the others.

    With how near they are, 0 to 1. `years`: beginnings of birth dates, one of
    which the patient must have; none given, none asked.
    """
    enough = NEAR_ENOUGH if len(words) > 1 else ALONE
    good: set[int] = set()
    for name, first in _splits(words):
        if len(good) >= limit:
            break  # heard well enough: the other ways to cut the words only add doubt
        for row in _sounding(_names_like(ear(name)), ear(first), limit):
            if not years or any(f" {year}" in row.line for year in years):
                close = closeness(words, row.line)
                if close >= enough:
                    yield row, close
                if close >= CLEAR:
                    good.add(row.patient_id)


def closeness(words: Sequence[str], line: str) -> float:
    """How near the words typed are to a patient's, 0 to 1: each against its best, by eye and ear.

    Takes a line of the search index.
    """
    theirs = tuple(word for word in line.split() if word.isalpha())
    return _closeness(tuple(words), theirs) if theirs and words else 0.0


@lru_cache(maxsize=4096)
def _closeness(words: tuple[str, ...], theirs: tuple[str, ...]) -> float:
    def best(word: str) -> float:
        return max(
            BY_EYE * JaroWinkler.similarity(word, other)
            + (1 - BY_EYE) * alike(ear(word), ear(other))
            for other in theirs
        )

    return sum(map(best, words)) / len(words)


def alike(a: str, b: str) -> float:
    """How near two keys sound, 0 to 1: as they are, and with confused consonants made one."""
    plain = JaroWinkler.similarity(a, b)
    return (plain + JaroWinkler.similarity(soft(a), soft(b))) / 2 if plain < 1 else plain


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
    known = key_ranges.sounds(bucket(key))
    near = process.extract(
        soft(key),
        soft(known).split(),
        scorer=JaroWinkler.similarity,
        score_cutoff=SOUND_ALIKE,
        limit=3 * NAMES,
    )
    every = known.split()
    names = [every[index] for _, _, index in near]
    return sorted(names, key=lambda name: -alike(key, name))[:NAMES]


def _sounding(names: Sequence[str], first: str, limit: int) -> list[Row]:
    """Rows of patients whose name is one of these, by ear, and whose first name sounds so."""
    if not names:
        return []
    if not first:
        return key_ranges.rows(
            [beginning(EAR, f"{name} ") for name in names], each=limit, most=10 * limit
        )
    rows = key_ranges.among(EAR, [f"{name} {first}" for name in names], most=20 * limit)
    if len(rows) < ENOUGH:
        # The first name is misheard too, or not yet typed to its end; its first sound is right.
        near = [
            beginning(EAR, f"{name} {first[:length]}")
            for name in names[:CLOSEST]
            for length in (2, 1)
        ]
        rows += [
            row
            for row in key_ranges.rows(near, each=150, most=3000)
            if alike(first, row.token.split(" ")[1]) >= FIRST_ALIKE
        ]
    return rows
