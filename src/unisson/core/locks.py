"""Locking doctrine, the same code on both engines.

Once per transaction, late, in ascending order, before the check; freeing
needs no lock; the audit chain's lock (`gesture`) always comes last. On
PostgreSQL these are transaction-scoped advisory locks; SQLite's BEGIN
IMMEDIATE already admits one writer at a time: there, `turn` only makes the
others wait in a queue instead of polling.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

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


@contextmanager
def turn() -> Iterator[None]:
    """Wait one's turn to write on SQLite; nothing to wait for on PostgreSQL.

    SQLite waits by sleeping and asking again, longer and longer: among many
    writers an unlucky one waits past any limit. A file lock beside the database
    wakes the next one at once, and the kernel lets go of it when its holder dies.
    Inside a transaction the turn was had already.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    descriptor = os.open(f"{connection.settings_dict['NAME']}.turn", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
