"""The quick search: ranges of the key table, read in the order of the answers.

Every step reads at most `CAP` rows of one range, so the slowest search has a
bound whatever the practice's size. A word that begins many names ("mar") fills
the list at once; two such words are found in a few thousand rows, because
where both are common, so are those who have both. The same SQL runs on both
engines, every value bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, product

from django.db import connection
from rapidfuzz import process
from rapidfuzz.distance import JaroWinkler

from unisson.patients.models import EarName, Patient, SearchKey
from unisson.patients.rules.folding import PARTICLES
from unisson.patients.rules.phonetic import bucket, ear
from unisson.patients.rules.search_keys import (
    BIRTH,
    BIRTH_NAME,
    EAR,
    FIRST,
    GIVEN,
    NAME,
    NUMBER,
    PHONE,
    TAIL,
)
from unisson.patients.rules.search_words import INS, Meaning, Wanted, read

CAP = 20_000  # rows read in one range at most
AFTER = "~"  # sorts after every character a token can hold
ANCHORS = 3  # words that open the index, of those typed
ENOUGH = 5  # below this many answers, names that sound alike are added
SOUND_ALIKE = 0.86  # Jaro-Winkler between two keys
NEAR_ENOUGH = 0.80  # between what was typed and a patient, all words together

# Ranks, best first.
CERTAIN, EXACT, BEGINS, DIGITS, SAME_DATE, BY_EAR, OTHER_DATE = range(7)

WHY = {
    SAME_DATE: "même date de naissance",
    BY_EAR: "nom qui sonne pareil",
    OTHER_DATE: "autre date de naissance",
}


@dataclass(frozen=True)
class Hit:
    """A patient found: how good the answer is, and where it stands among its equals."""

    patient_id: int
    rank: int
    order: str
    tier: int = 0
    closeness: float = 0.0
    why: str = ""

    @property
    def place(self) -> tuple[int, int, float, str]:
        return self.rank, self.tier, -self.closeness, self.order


Row = tuple[int, str, str]  # patient id, token, line


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
    if wanted.words and len(hits) < ENOUGH:
        keep(_by_ear(wanted, limit))
    return sorted(hits.values(), key=lambda hit: hit.place)[: 4 * limit]


RANGE = (
    f"SELECT patient_id, token, line FROM {SearchKey._meta.db_table}"  # noqa: S608  (a constant)
    " WHERE kind = %s AND token >= %s AND token < %s"
)


def scan(
    kind: str, low: str, high: str, needles: Sequence[str] = (), *, limit: int, cap: int = CAP
) -> list[Row]:
    """Rows of one range whose line has, for each needle, a word that begins with it."""
    return _run(
        f"{RANGE} ORDER BY token, line LIMIT %s",
        [kind, low, high, cap if needles else limit],
        needles,
        limit,
    )


def _run(sql: str, values: Sequence[str | int], needles: Sequence[str], limit: int) -> list[Row]:
    """Rows of a range, in its order; with needles, those that hold them all, `limit` at most."""
    if needles:
        find = "strpos" if connection.vendor == "postgresql" else "instr"
        held = " AND ".join([f"{find}(line, %s) > 0"] * len(needles))
        sql = f"SELECT patient_id, token, line FROM ({sql}) AS k WHERE {held} LIMIT %s"  # noqa: S608
        values = [*values, *(f" {needle}" for needle in needles), limit]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _prefix(
    kind: str, prefix: str, needles: Sequence[str] = (), *, limit: int, cap: int = CAP
) -> list[Row]:
    return scan(kind, prefix, prefix + AFTER, needles, limit=limit, cap=cap)


def _named(rows: Iterable[Row], words: Sequence[str], tier: int = 0) -> list[Hit]:
    """Hits by name: exact when every word typed is a whole word of the patient."""
    wanted = set(words)
    return [
        Hit(patient_id, EXACT if wanted <= set(line.split()) else BEGINS, line, tier)
        for patient_id, _, line in rows
    ]


def _by_name(words: Sequence[str], needles: Sequence[str], limit: int) -> list[Hit]:
    """Patients who have all these words as the beginning of names or first names.

    Each word in turn opens the index, as a whole word, then as the beginning
    of one; in the names shown, then the birth names behind them, then the
    first names. The other words, and the needles (digits of a birth date), are
    checked in the line. Looking stops as soon as the list is full.
    """
    hits = {hit.patient_id: hit for hit in _in_full(words, needles, limit)}
    for after, tier, kind in (
        (after, tier, kind)
        for after in (" ", AFTER)
        for tier, kind in enumerate((NAME, BIRTH_NAME, FIRST), start=1)
    ):
        if len(hits) >= limit:
            break
        for reading in _readings(words):
            # Any word of a patient leads to her; the longest lead there quickest.
            for word in sorted(reading, key=len, reverse=True)[:ANCHORS]:
                others = [other for other in reading if other != word]
                rows = scan(kind, word, word + after, [*others, *needles], limit=limit)
                for hit in _named(rows, words, tier):
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
            shown = f" {' '.join(turned)}"
            rows += _run(
                f"{RANGE} AND line >= %s AND line < %s ORDER BY token, line LIMIT %s",
                [NAME, token, token + " ", shown, shown + AFTER, CAP if needles else limit],
                needles,
                limit,
            )
    return _named(rows, words)


def _by_other_given_name(words: Sequence[str], needles: Sequence[str], limit: int) -> Iterator[Hit]:
    """Patients called by a given name that is not the first of her list."""
    for word in words:
        others = [other for other in words if other != word]
        for kind in (NAME, BIRTH_NAME):
            for anchor in others:
                rest = [other for other in others if other != anchor]
                rows = _prefix(kind, anchor, [GIVEN + word, *rest, *needles], limit=limit)
                yield from _named(rows, words, tier=4)


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
    day_or_month = max(dates, key=lambda m: len(m.prefix))
    if words and len(day_or_month.prefix) == 4:  # a year alone: the name is the better guide
        return _by_name(words, [m.prefix for m in dates], limit)
    rows = _prefix(
        BIRTH,
        day_or_month.prefix,
        [*words, *(m.prefix for m in dates if m != day_or_month)],
        limit=limit if words else 4 * limit,
    )
    if words:
        return _named(rows, words)
    whole = len(day_or_month.prefix) == 8
    return [Hit(pid, EXACT if whole else DIGITS, line) for pid, _, line in rows]


def _numbered(meaning: Meaning, needles: Sequence[str], limit: int) -> list[Hit]:
    if meaning.kind == INS:
        found = Patient.objects.filter(
            ins_matricule__gte=meaning.prefix,
            ins_matricule__lt=meaning.prefix + AFTER,
            merged_into__isnull=True,
        ).exclude(ins_matricule="")
        ids = found.values_list("id", flat=True)[:limit]
        return [Hit(pk, CERTAIN, "", why="matricule INS") for pk in ids]
    if meaning.kind == NUMBER:
        rows = scan(NUMBER, meaning.prefix, meaning.prefix + " ", needles, limit=limit)
        return [Hit(pid, CERTAIN, line, why="numéro de dossier") for pid, _, line in rows]
    rows = _prefix(meaning.kind, meaning.prefix, needles, limit=limit)
    full = {PHONE: len(meaning.prefix) >= 11, TAIL: False}[meaning.kind]
    return [Hit(pid, CERTAIN if full else DIGITS, line, why="téléphone") for pid, _, line in rows]


def _same_date(wanted: Wanted, limit: int) -> list[Hit]:
    """Born on the day typed, with a name not far from the words typed."""
    days = [m.prefix for group in wanted.groups for m in group if m.kind == BIRTH]
    rows = [row for day in days if len(day) == 8 for row in _prefix(BIRTH, day, limit=300)]
    hits = [
        Hit(pid, SAME_DATE, line, 0, _closeness(wanted.words, line), WHY[SAME_DATE])
        for pid, _, line in rows
    ]
    return sorted((hit for hit in hits if hit.closeness >= NEAR_ENOUGH), key=lambda h: h.place)[
        :limit
    ]


def _other_date(words: Sequence[str], limit: int) -> list[Hit]:
    """Patients with these names and another birth date than the one typed: one may be wrong."""
    return [
        Hit(hit.patient_id, OTHER_DATE, hit.order, hit.tier, why=WHY[OTHER_DATE])
        for hit in _by_name(words, (), limit)
    ]


def _closeness(words: Sequence[str], line: str) -> float:
    """How near the words typed are to a patient's, 0 to 1: each against its best, by eye or ear."""
    theirs = [word for word in line.split() if word.isalpha()]
    if not theirs or not words:
        return 0.0
    keys = [ear(word) for word in theirs]

    def best(word: str) -> float:
        key = ear(word)
        return max(
            0.5 * JaroWinkler.similarity(word, other) + 0.5 * JaroWinkler.similarity(key, sound)
            for other, sound in zip(theirs, keys, strict=True)
        )

    return sum(map(best, words)) / len(words)


def _by_ear(wanted: Wanted, limit: int) -> list[Hit]:
    """Patients whose name sounds like some of the words, and first name like the others."""
    years = tuple(m.prefix for group in wanted.groups for m in group if m.kind == BIRTH)
    hits: dict[int, Hit] = {}
    for name, first in _splits(wanted.words):
        names = _sounding_like(ear(name))
        for row in _heard(names, first, limit):
            pid, _, line = row
            if years and not any(f" {year}" in line for year in years):
                continue
            close = _closeness(wanted.words, line)
            if close >= NEAR_ENOUGH and (pid not in hits or hits[pid].closeness < close):
                hits[pid] = Hit(pid, BY_EAR, line, 0, close, WHY[BY_EAR])
    return sorted(hits.values(), key=lambda hit: hit.place)[:limit]


def _splits(words: Sequence[str]) -> list[tuple[str, str]]:
    """Every way to cut the words into a name and a first name, in both orders."""
    if len(words) == 1:
        return [(words[0], "")]
    cuts = range(1, len(words))
    return [
        split
        for cut in cuts
        for split in (
            (" ".join(words[:cut]), " ".join(words[cut:])),
            (" ".join(words[cut:]), " ".join(words[:cut])),
        )
    ][:6]


def _sounding_like(key: str) -> list[str]:
    """Keys of names in the index that sound like this one, the nearest first."""
    if len(key) < 2:
        return []
    known = EarName.objects.filter(bucket=bucket(key)).values_list("key", flat=True)
    return [
        name
        for name, _, _ in process.extract(
            key, list(known), scorer=JaroWinkler.similarity, score_cutoff=SOUND_ALIKE, limit=15
        )
    ]


def _heard(names: Sequence[str], first: str, limit: int) -> list[Row]:
    if not names:
        return []
    key = ear(first)
    if not key:
        return [row for name in names for row in _prefix(EAR, f"{name} ", limit=limit, cap=limit)]
    pairs = SearchKey.objects.filter(kind=EAR, token__in=[f"{name} {key}" for name in names])
    rows: list[Row] = list(pairs.values_list("patient_id", "token", "line")[: 20 * limit])
    if len(rows) < ENOUGH:
        # The first name is misheard too, or not yet typed to its end.
        for name in names[:5]:
            rows += [
                row
                for row in _prefix(EAR, f"{name} ", limit=3000)
                if JaroWinkler.similarity(key, row[1][len(name) + 1 :]) >= SOUND_ALIKE
            ]
    return rows
