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

from unisson.patients import hearing, key_ranges
from unisson.patients.key_ranges import AFTER, FEW, Row, beginning, shown_as, sizes, whole
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
    """The best hits for what was typed, best first. At most twice `limit`."""
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
    return sorted(hits.values(), key=lambda hit: hit.place)[: 2 * limit]


def _named(rows: Iterable[Row], words: Sequence[str]) -> list[Hit]:
    """Hits by name: exact when every word typed is a whole word of the patient.

    The tag of a row is its tier.
    """
    wanted = set(words)
    return [
        Hit(row.patient_id, EXACT if wanted <= set(row.line.split()) else BEGINS, row.line, row.tag)
        for row in rows
    ]


def _by_name(words: Sequence[str], needles: Sequence[str], limit: int) -> list[Hit]:
    """Patients who have all these words as the beginning of names or first names.

    One word opens the index, in the names shown, then the birth names behind
    them, then the first names; the others, and the needles (digits of a birth
    date), are checked in the line. `le roy` is tried as `leroy` too.
    """
    if len(words) == 1:
        return _by_one_word(words[0], needles, limit)
    hits: dict[int, Hit] = {}
    for find in (_in_full, _by_rarest_word, _by_other_given_name):
        wanted = ENOUGH if find is _by_other_given_name else limit
        if len(hits) < wanted:
            for hit in find(words, needles, limit):
                hits.setdefault(hit.patient_id, hit)
    return list(hits.values())


def _by_one_word(word: str, needles: Sequence[str], limit: int) -> list[Hit]:
    """Those whose name it is, then those whose name begins so."""
    exact = [whole(kind, word, needles, tag=tier) for tier, kind in enumerate(NAMES, start=1)]
    begun = [beginning(kind, word, needles, tag=tier) for tier, kind in enumerate(NAMES, start=1)]
    return _named(key_ranges.rows([*exact, *begun], each=limit, most=3 * limit), [word])


def _in_full(words: Sequence[str], needles: Sequence[str], limit: int) -> list[Hit]:
    """Patients shown exactly as typed, name then first name or the other way round.

    The line begins with the words, so a second word opens the index too:
    `martin jean` does not read the Martins one by one.
    """
    ranges = []
    for cut in range(len(words)):
        turned = (*words[cut:], *words[:cut])
        token = next((word for word in turned if word not in PARTICLES), turned[0])
        ranges.append(shown_as(token, f" {' '.join(turned)}", needles))
    return _named(key_ranges.rows(ranges, each=limit, most=2 * limit), words)


def _by_rarest_word(words: Sequence[str], needles: Sequence[str], limit: int) -> Iterator[Hit]:
    """Every word of a patient leads to her; the rarest leads there quickest.

    When its range is short it is read whole: nobody else has all the words.
    Otherwise whole words are looked for too, so that a common beginning
    ("mar") does not hide the people whose name it is (MAR).
    """
    readings = _readings(words)
    openers = {
        reading: [word for word in reading if word not in PARTICLES] or list(reading)
        for reading in readings
    }
    known = sizes(NAMES, sorted({word for some in openers.values() for word in some}))
    found = 0
    for reading, some in openers.items():
        for word in sorted(some, key=lambda word: (known[word], -len(word))):
            others = [*(other for other in reading if other != word), *needles]
            ranges = [beginning(k, word, others, tag=t) for t, k in enumerate(NAMES, start=1)]
            rows = key_ranges.rows(ranges, each=limit, most=limit)
            found += len(rows)
            yield from _named(rows, words)
            if found >= limit or known[word] < FEW:
                break
    if found >= limit:
        exact = [
            whole(kind, word, [*(other for other in words if other != word), *needles], tag=tier)
            for tier, kind in enumerate(NAMES, start=1)
            for word in openers[readings[0]]
        ]
        yield from _named(key_ranges.rows(exact, each=limit, most=3 * limit), words)


def _by_other_given_name(words: Sequence[str], needles: Sequence[str], limit: int) -> list[Hit]:
    """Patients called by a given name that is not the first of their list."""
    ranges = []
    for word in words:
        others = [other for other in words if other != word]
        opener = max(others, key=len)
        rest = [GIVEN + word, *(other for other in others if other != opener), *needles]
        ranges += [beginning(kind, opener, rest, tag=4, cap=FEW) for kind in (NAME, BIRTH_NAME)]
    return _named(key_ranges.rows(ranges, each=limit, most=limit), words)


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
    others = [*words, *(m.prefix for m in dates if m != longest)]
    many = limit if words else 4 * limit
    rows = key_ranges.rows([beginning(BIRTH, longest.prefix, others)], each=many, most=many)
    if words:
        return _named(rows, words)
    rank = EXACT if len(longest.prefix) == 8 else DIGITS
    return [Hit(row.patient_id, rank, row.line) for row in rows]


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
        wanted, rank, why = whole(NUMBER, meaning.prefix, needles), CERTAIN, "numéro de dossier"
    else:
        wanted, why = beginning(meaning.kind, meaning.prefix, needles), "téléphone"
        rank = CERTAIN if meaning.kind == PHONE and len(meaning.prefix) >= 11 else DIGITS
    rows = key_ranges.rows([wanted], each=limit, most=limit)
    return [Hit(row.patient_id, rank, row.line, why=why) for row in rows]


def _same_date(wanted: Wanted, limit: int) -> list[Hit]:
    """Born on the day typed, with a name not far from the words typed."""
    days = [m.prefix for group in wanted.groups for m in group if m.kind == BIRTH]
    ranges = [beginning(BIRTH, day) for day in days if len(day) == 8]
    hits = [
        Hit(row.patient_id, SAME_DATE, row.line, 0, close, WHY[SAME_DATE])
        for row in key_ranges.rows(ranges, each=300, most=600)
        if (close := hearing.closeness(wanted.words, row.line)) >= hearing.NEAR_ENOUGH
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
    for row, close in hearing.heard(wanted.words, years, limit):
        known = best.get(row.patient_id)
        if known is None or known.closeness < close:
            best[row.patient_id] = Hit(row.patient_id, BY_EAR, row.line, 0, close, WHY[BY_EAR])
    return sorted(best.values(), key=lambda hit: hit.place)[:limit]
