"""Locking doctrine, the same code on both engines.

Once per transaction, late, in ascending order, before the check; freeing
needs no lock; the audit chain's lock (`gesture`) always comes last. On
PostgreSQL these are transaction-scoped advisory locks; SQLite's BEGIN
IMMEDIATE already admits one writer at a time, so nothing is needed there.
"""

from collections.abc import Iterable

from django.db import connection

RESOURCES = 1
PATIENTS = 2
SIGN_IN = 3
CHAIN = 9


def lock(family: int, ids: Iterable[int]) -> None:
    """Hold these until the transaction ends. `family` keeps kinds of ids apart."""
    if connection.vendor != "postgresql":
        return
    wanted = sorted(set(ids))
    if not wanted:
        return
    with connection.cursor() as cursor:
        # ORDER BY inside the function call is not promised by the planner, so
        # the ordered array is walked by unnest, which is.
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, (id %% 2147483647)::int)"
            " FROM unnest(%s::bigint[]) AS id",
            [family, wanted],
        )
