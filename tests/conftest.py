"""What every test can ask for."""

import functools
import os
import sys
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings

from unisson.agenda.queries import setup
from unisson.core import edition
from unisson.core.access import Actor

# The same examples every time: what fails in one run fails in the next. To look
# further afield: HYPOTHESIS_PROFILE=wander.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("wander", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture
def system() -> Actor:
    """The program itself, allowed everything that is granted at all."""
    return Actor.system("tests")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process remembers of one test's practice is nothing to the next."""
    edition.forget_all()
    if day := sys.modules.get("unisson.screens.secretary.day"):
        day.REMEMBERED.clear()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards() -> None:
    """Let tests that commit empty their tables: append-only triggers refuse it to everyone."""
    plain = connection.ops.sql_flush

    def sql_flush(*args: Any, **options: Any) -> list[str]:
        statements = plain(*args, **options)
        if connection.vendor == "postgresql":
            return [
                "SET LOCAL session_replication_role = replica;",
                *statements,
                "SET LOCAL session_replication_role = origin;",
            ]
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            guards = [(name, sql) for name, sql in cursor.fetchall() if "RAISE(" in sql]
        dropped = [f'DROP TRIGGER "{name}"' for name, _ in guards]
        return [*dropped, *statements, *(sql for _, sql in guards)]

    connection.ops.sql_flush = sql_flush


@pytest.fixture
def known_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The set-up read once, as a process does that answered before.

    A test's own transaction keeps it from being remembered (see core.edition),
    which would count its seven queries at every question.
    """
    known = functools.cache(setup.current)
    monkeypatch.setattr(setup, "current", known)
