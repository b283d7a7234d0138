"""The quick search: which patients can be meant by what was typed, best first.

A word that begins many names ("mar") fills the list at once; where two such
words are common, so are the patients who have both, and a few hundred rows
hold enough of them. The rarest word always opens the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, product

from unisson.patients import hearing
from unisson.patients.key_ranges import AFTER, FEW, Row, beginning, exactly, shown_as, size
from unisson.patients.models import Patient
from unisson.patients.rules.folding import PARTICLES
from unisson.patients.rules.search_keys import (
    BIRTH,
    BIRTH_NAME,
    FIRST,
    GIVEN,
    NAME,
    NUMBER,
    PHONE,
)
from unisson.patients.rules.search_words import INS, Meaning, Wanted, read

ENOUGH = 5  # below this many answers to words alone, names that sound alike are added
NAMES = (NAME, BIRTH_NAME, FIRST)

# Ranks, best first.
CERTAIN, EXACT, BEGINS, DIGITS, SAME_DATE, BY_EAR, OTHER_DATE = range(7)

WHY = {
    SAME_DATE: "même date de naissance",
    BY_EAR: "nom qui sonne pareil",
    OTHER_DATE: "autre date de naissance",
}


@dataclass(frozen=True)
class Hit:
    """A patient found: how good the answer is, and where it stands among its equals.

    `tier`: shown as typed, name shown, birth name, first name, other given name.
    """

    patient_id: int
    rank: int
    order: str
    tier: int = 0
    closeness: float = 0.0
    why: str = ""

    @property
    def place(self) -> tuple[int, int, float, str]:
        return self.rank, self.tier, -self.closeness, self.order


def hunt(text: str, *, limit: int, today: date) -> list[Hit]:
    """The best hits for what was typed, best first. At most four times `limit`."""
    wanted = read(text, today)
    hits: dict[int, Hit] = {}

    def keep(found: Iterable[Hit]) -> None:
        for hit in found:
            known = hits.get(hit.patient_id)
            if known is None or hit.place < known.place:
                hits[hit.patient_id] = hit

    if wanted.empty:
        return []
    if wanted.groups:
        for combination in islice(product(*wanted.groups), 12):
            keep(_with_digits(wanted.words, combination, limit))
        if not hits and wanted.words:
            keep(_same_date(wanted, limit))
            keep(_other_date(wanted.words, limit))
    else:
        keep(_by_name(wanted.words, (), limit))
    if wanted.words and len(hits) < (1 if wanted.groups else ENOUGH):
        keep(_by_ear(wanted, limit))
    return sorted(hits.values(), key=lambda hit: hit.place)[: 4 * limit]


def _named(rows: Iterable[Row], words: Sequence[str], tier: int = 0) -> list[Hit]:
    """Hits by name: exact when every word typed is a whole word of the patient."""
    wanted = set(words)
    return [
        Hit(patient_id, EXACT if wanted <= set(line.split()) else BEGINS, line, tier)
        for patient_id, _, line in rows
    ]


def _by_name(words: Sequence[str], needles: Sequence[str], limit: int) -> list[Hit]:
    """Patients who have all these words as the beginning of names or first names.

    One word opens the index, in the names shown, then the birth names behind
    them, then the first names; the others, and the needles (digits of a birth
    date), are checked in the line. `le roy` is tried as `leroy` too.
    """
    hits = {hit.patient_id: hit for hit in _in_full(words, needles, limit)}
    for reading in _readings(words):
        if len(hits) >= limit:
            break
        for hit in _by_rarest_word(reading, needles, limit):
            hits.setdefault(hit.patient_id, hit)
    if len(words) > 1 and len(hits) < ENOUGH:
        for hit in _by_other_given_name(words, needles, limit):
            hits.setdefault(hit.patient_id, hit)
    return list(hits.values())


def _in_full(words: Sequence[str], needles: Sequence[str], limit: int) -> list[Hit]:
    """Patients shown exactly as typed, name then first name or the other way round.

    The line begins with the words, so a second word opens the index too:
    `martin jean` does not read the Martins one by one.
    """
    rows: list[Row] = []
    if len(words) > 1:
        for cut in range(len(words)):
            turned = (*words[cut:], *words[:cut])
            token = next((word for word in turned if word not in PARTICLES), turned[0])
            rows += shown_as(token, f" {' '.join(turned)}", needles, limit=limit)
    return _named(rows, words)


def _by_rarest_word(words: Sequence[str], needles: Sequence[str], limit: int) -> Iterator[Hit]:
    """Every word of a patient leads to her; the rarest leads there quickest.

    When its range is short it was read whole: nobody else has all the words.
    Otherwise whole words are looked for too, so that a common beginning
    ("mar") does not hide the people whose name it is (MAR).
    """
    openers = [word for word in words if word not in PARTICLES] or list(words)
    sizes = {word: size(NAMES, word) for word in openers}
    found = 0
    for word in sorted(openers, key=lambda word: (sizes[word], -len(word))):
        others = [*(other for other in words if other != word), *needles]
        for tier, kind in enumerate(NAMES, start=1):
            if found >= limit and kind != NAME:
                break
            rows = beginning(kind, word, others, limit=limit)
            found += len(rows)
            yield from _named(rows, words, tier)
        if found >= limit or sizes[word] < FEW:
            break
    if found >= limit:
        for word in openers:
            others = [*(other for other in words if other != word), *needles]
            for tier, kind in enumerate(NAMES, start=1):
                yield from _named(exactly(kind, word, others, limit=limit), words, tier)


def _by_other_given_name(words: Sequence[str], needles: Sequence[str], limit: int) -> Iterator[Hit]:
    """Patients called by a given name that is not the first of their list."""
    for word in words:
        others = [other for other in words if other != word]
        opener = max(others, key=len)
        rest = [GIVEN + word, *(other for other in others if other != opener), *needles]
        for kind in (NAME, BIRTH_NAME):
            yield from _named(beginning(kind, opener, rest, limit=limit, cap=FEW), words, tier=4)


def _readings(words: Sequence[str]) -> list[tuple[str, ...]]:
    """The words as typed, and with a particle run into the word that follows."""
    readings = [tuple(words)]
    for index in range(len(words) - 1):
        if words[index] in PARTICLES:
            joined = words[index] + words[index + 1]
            readings.append((*words[:index], joined, *words[index + 2 :]))
    return readings


def _with_digits(words: Sequence[str], meanings: Sequence[Meaning], limit: int) -> list[Hit]:
    """Patients who answer one reading of the digits typed, and all the words."""
    dates = [m for m in meanings if m.kind == BIRTH]
    numbers = [m for m in meanings if m.kind != BIRTH]
    needles = [*words, *(m.prefix for m in dates)]
    if numbers:
        found = _numbered(numbers[0], needles, limit)
        for other in numbers[1:]:
            among = {hit.patient_id for hit in _numbered(other, (), 10 * limit)}
            found = [hit for hit in found if hit.patient_id in among]
        return found
    longest = max(dates, key=lambda m: len(m.prefix))
    if words and len(longest.prefix) == 4:  # a year alone: the name is the better guide
        return _by_name(words, [m.prefix for m in dates], limit)
    rows = beginning(
        BIRTH,
        longest.prefix,
        [*words, *(m.prefix for m in dates if m != longest)],
        limit=limit if words else 4 * limit,
    )
    if words:
        return _named(rows, words)
    whole = len(longest.prefix) == 8
    return [Hit(pid, EXACT if whole else DIGITS, line) for pid, _, line in rows]


def _numbered(meaning: Meaning, needles: Sequence[str], limit: int) -> list[Hit]:
    """Patients with this matricule, file number or telephone."""
    if meaning.kind == INS:
        found = Patient.objects.filter(
            ins_matricule__gte=meaning.prefix,
            ins_matricule__lt=meaning.prefix + AFTER,
            merged_into__isnull=True,
        ).exclude(ins_matricule="")
        ids = found.values_list("id", flat=True)[:limit]
        return [Hit(pk, CERTAIN, "", why="matricule INS") for pk in ids]
    if meaning.kind == NUMBER:
        rows = exactly(NUMBER, meaning.prefix, needles, limit=limit)
        return [Hit(pid, CERTAIN, line, why="numéro de dossier") for pid, _, line in rows]
    whole = meaning.kind == PHONE and len(meaning.prefix) >= 11
    rows = beginning(meaning.kind, meaning.prefix, needles, limit=limit)
    return [Hit(pid, CERTAIN if whole else DIGITS, line, why="téléphone") for pid, _, line in rows]


def _same_date(wanted: Wanted, limit: int) -> list[Hit]:
    """Born on the day typed, with a name not far from the words typed."""
    days = [m.prefix for group in wanted.groups for m in group if m.kind == BIRTH]
    hits = [
        Hit(pid, SAME_DATE, line, 0, close, WHY[SAME_DATE])
        for day in days
        if len(day) == 8
        for pid, _, line in beginning(BIRTH, day, limit=300)
        if (close := hearing.closeness(wanted.words, line)) >= hearing.NEAR_ENOUGH
    ]
    return sorted(hits, key=lambda hit: hit.place)[:limit]


def _other_date(words: Sequence[str], limit: int) -> list[Hit]:
    """Patients with these names and another birth date than the one typed: one may be wrong."""
    return [
        Hit(hit.patient_id, OTHER_DATE, hit.order, hit.tier, why=WHY[OTHER_DATE])
        for hit in _by_name(words, (), limit)
    ]


def _by_ear(wanted: Wanted, limit: int) -> list[Hit]:
    """Patients whose name sounds like what was typed, the nearest first."""
    years = [m.prefix for group in wanted.groups for m in group if m.kind == BIRTH]
    best: dict[int, Hit] = {}
    for (pid, _, line), close in hearing.heard(wanted.words, years, limit):
        if pid not in best or best[pid].closeness < close:
            best[pid] = Hit(pid, BY_EAR, line, 0, close, WHY[BY_EAR])
    return sorted(best.values(), key=lambda hit: hit.place)[:limit]
