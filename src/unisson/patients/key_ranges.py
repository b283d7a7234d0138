"""Reading ranges of the key table: the only SQL of the quick search.

The same statements on both engines, every value bound. A range is walked in
the order of its index and never further than `CAP` rows, so that the slowest
search has a bound whatever the practice's size.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from unisson.patients.models import SearchKey

CAP = 20_000  # rows of one range read by one search
FEW = 5_000  # a range this short is read whole without a second thought
AFTER = "~"  # sorts after every character a token can hold

Row = tuple[int, str, str]  # patient id, token, line

RANGE = (
    f"SELECT patient_id, token, line FROM {SearchKey._meta.db_table}"  # noqa: S608  (a constant)
    " WHERE kind = %s AND token >= %s AND token < %s"
)


def beginning(
    kind: str, prefix: str, needles: Sequence[str] = (), *, limit: int, cap: int = CAP
) -> list[Row]:
    """Rows whose token begins so, in order; with needles, those whose line has them all.

    A needle is held when a word of the line begins with it.
    """
    return _between(kind, prefix, prefix + AFTER, needles, limit, cap)


def exactly(kind: str, token: str, needles: Sequence[str] = (), *, limit: int) -> list[Row]:
    """The same for one whole token."""
    return _between(kind, token, token + " ", needles, limit, CAP)


def shown_as(token: str, line: str, needles: Sequence[str] = (), *, limit: int) -> list[Row]:
    """Patients with this word in the name shown and whose line begins so."""
    return _run(
        f"{RANGE} AND line >= %s AND line < %s ORDER BY token, line LIMIT %s",
        ["n", token, token + " ", line, line + AFTER, CAP if needles else limit],
        needles,
        limit,
    )


def size(kinds: Sequence[str], prefix: str) -> int:
    """How many keys of these kinds begin so, counted up to `FEW` of each."""
    one = f"SELECT count(*) AS n FROM ({RANGE} LIMIT {FEW}) AS k"  # noqa: S608  (constants)
    parts = " UNION ALL ".join([one] * len(kinds))
    values = [value for kind in kinds for value in (kind, prefix, prefix + AFTER)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT sum(n) FROM ({parts}) AS counts", values)  # noqa: S608
        return int(cursor.fetchone()[0])


def _between(
    kind: str, low: str, high: str, needles: Sequence[str], limit: int, cap: int
) -> list[Row]:
    return _run(
        f"{RANGE} ORDER BY token, line LIMIT %s",
        [kind, low, high, cap if needles else limit],
        needles,
        limit,
    )


def _run(sql: str, values: Sequence[str | int], needles: Sequence[str], limit: int) -> list[Row]:
    if needles:
        find = "strpos" if connection.vendor == "postgresql" else "instr"
        held = " AND ".join([f"{find}(line, %s) > 0"] * len(needles))
        sql = f"SELECT patient_id, token, line FROM ({sql}) AS k WHERE {held} LIMIT %s"  # noqa: S608
        values = [*values, *(f" {needle}" for needle in needles), limit]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
