"""Reading ranges of the key table: the only SQL of the quick search.

The same statements on both engines, every value bound. A range is walked in
the order of its index and never further than its cap, so that the slowest
search has a bound whatever the practice's size. Several ranges are asked for
in one statement and read one after the other, only until enough is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from unisson.patients.models import EarName, SearchKey

CAP = 20_000  # rows of one range read by one search
FEW = 3_000  # a range this short is read whole without a second thought
AFTER = "~"  # sorts after every character a token can hold


@dataclass(frozen=True)
class Range:
    """Keys of one kind whose token lies from `low` to before `high`, in order.

    `needles`: each must begin a word of the line. `line`: how the line must
    begin. `tag` comes back with each row, to tell the ranges of one statement
    apart.
    """

    kind: str
    low: str
    high: str
    needles: tuple[str, ...] = ()
    line: str = ""
    tag: int = 0
    cap: int = CAP


@dataclass(frozen=True)
class Row:
    """One key found."""

    patient_id: int
    token: str
    line: str
    tag: int


def beginning(
    kind: str, prefix: str, needles: Sequence[str] = (), *, tag: int = 0, cap: int = CAP
) -> Range:
    """Keys that begin so."""
    return Range(kind, prefix, prefix + AFTER, tuple(needles), tag=tag, cap=cap)


def whole(kind: str, token: str, needles: Sequence[str] = (), *, tag: int = 0) -> Range:
    """Keys that are exactly this."""
    return Range(kind, token, token + " ", tuple(needles), tag=tag)


def shown_as(token: str, line: str, needles: Sequence[str] = (), *, tag: int = 0) -> Range:
    """Patients with this word in the name shown, and whose line begins so."""
    return Range("n", token, token + " ", tuple(needles), line, tag)


def rows(ranges: Sequence[Range], *, each: int, most: int) -> list[Row]:
    """`each` rows of every range at most, range after range, until there are `most`."""
    if not ranges:
        return []
    parts, values = [], []
    for one in ranges:
        sql, bound = _select(one, each)
        parts.append(f"SELECT * FROM ({sql}) AS r")  # noqa: S608  (built from constants)
        values += bound
    statement = f"{' UNION ALL '.join(parts)} LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, most])
        return [Row(*found) for found in cursor.fetchall()]


def among(kind: str, tokens: Sequence[str], *, most: int) -> list[Row]:
    """Keys that are exactly one of these."""
    found = SearchKey.objects.filter(kind=kind, token__in=tokens)
    return [Row(*key, 0) for key in found.values_list("patient_id", "token", "line")[:most]]


def sizes(kinds: Sequence[str], words: Sequence[str]) -> dict[str, int]:
    """How many keys of these kinds begin with each word, counted up to `FEW` of each kind."""
    parts, values = [], []
    for index, word in enumerate(words):
        for kind in kinds:
            sql, bound = _walk(beginning(kind, word))
            parts.append(
                f"SELECT %s AS i, count(*) AS n FROM ({sql} LIMIT %s) AS k"  # noqa: S608
            )
            values += [index, *bound, FEW]
    counts = dict.fromkeys(words, 0)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        for index, count in cursor.fetchall():
            counts[words[int(index)]] += count
    return counts


def sounds(bucket: str) -> str:
    """Every key of names in a bucket, a space between: thousands of short words, read as one."""
    gather = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {gather}(key, ' ') FROM {EarName._meta.db_table} WHERE bucket = %s",  # noqa: S608
            [bucket],
        )
        return cursor.fetchone()[0] or ""


def _walk(one: Range) -> tuple[str, list[str | int]]:
    sql = (
        f"SELECT patient_id, token, line FROM {SearchKey._meta.db_table}"  # noqa: S608  (a constant)
        " WHERE kind = %s AND token >= %s AND token < %s"
    )
    values: list[str | int] = [one.kind, one.low, one.high]
    if one.line:
        sql += " AND line >= %s AND line < %s"
        values += [one.line, one.line + AFTER]
    return sql, values


def _select(one: Range, each: int) -> tuple[str, list[str | int]]:
    sql, values = _walk(one)
    sql += " ORDER BY token, line LIMIT %s"
    values.append(one.cap if one.needles else each)
    find = "strpos" if connection.vendor == "postgresql" else "instr"
    held = "".join([f" AND {find}(line, %s) > 0"] * len(one.needles))
    outer = (
        f"SELECT patient_id, token, line, {int(one.tag)} AS tag"  # noqa: S608
        f" FROM ({sql}) AS k WHERE 1 = 1{held} LIMIT %s"
    )
    return outer, [*values, *(f" {needle}" for needle in one.needles), each]
