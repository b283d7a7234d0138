"""What a process may remember of what seldom changes: the edition says when to read again.

`Reading` keeps one value per process and asks the database for the edition's
number each time: one small query instead of many. What was read inside a
transaction is never kept: it may contain what will be rolled back.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

SETUP = "setup"
"""Sites, rooms, practitioners, visit types, opening hours: what the practice sets up."""

_readings: list[Reading] = []


def current(topic: str) -> int:
    """The number of the present edition, as this transaction sees it. One query."""
    # In plain SQL: asked several times a page, it cost more to compose than to answer.
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM core_edition WHERE topic = %s", [topic])
        found = cursor.fetchone()
    return int(found[0]) if found else 0


class Reading[T]:
    """A value read once per edition, shared by the threads of this process."""

    def __init__(self, topic: str, read: Callable[[], T]) -> None:
        self._topic, self._read = topic, read
        self._kept: tuple[int, T] | None = None
        _readings.append(self)

    def get(self) -> T:
        """The value as it is now: remembered, or read again."""
        number, kept = current(self._topic), self._kept
        if kept is not None and kept[0] == number:
            return kept[1]
        # The number first: what is read may be newer than it, never older, and
        # the next edition then has it read again.
        value = self._read()
        if not connection.in_atomic_block:
            self._kept = (number, value)
        return value

    def forget(self) -> None:
        self._kept = None


def forget_all() -> None:
    """For tests, whose databases come and go under one process."""
    for reading in _readings:
        reading.forget()
