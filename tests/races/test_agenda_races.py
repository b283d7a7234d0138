"""Real processes on a real database: who is first, and what is left when one dies.

Small and seeded; `benchmarks.races` and `benchmarks.kills` do the same at length.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks import agenda_ground as on
from django.conf import settings

KILLS = 8


@pytest.fixture
def ground() -> Iterator[on.Ground]:
    """A database of the engine under test."""
    database = settings.DATABASES["default"]
    engine = database["ENGINE"].rpartition(".")[2]
    with on.ground(engine, on.server_url()) as found:
        yield found


@pytest.mark.slow
def test_four_processes_after_the_same_times(ground):
    """Practitioner, room and machine: every try is booked or refused, nothing is taken twice."""
    result = ground.run("race", processes=4, tries=60, days=2)
    assert result["errors"] == []
    assert (result["double"], result["half_written"], result["stale_index"]) == (0, 0, 0)
    assert result["booked"] == result["appointments"]
    counts = [result[key] for key in ("booked", "taken", "last_word", "refused")]
    assert sum(counts) == result["attempts"]
    assert result["booked"] > 15
    assert result["taken"] > 100


@pytest.mark.slow
def test_the_constraint_stands_alone(ground):
    """With no lock held and nothing seen, the database refuses what the rules would have."""
    result = ground.run("race", processes=4, tries=30, days=2, blind=True)
    assert result["last_word"] > 50
    assert (result["double"], result["half_written"]) == (0, 0)
    # Without the locks PostgreSQL may find a deadlock and undo one of the two.
    assert all("deadlock" in error for error in result["errors"])


@pytest.mark.slow
def test_kill_9_loses_nothing_that_was_answered(ground):
    """What was acknowledged is there; what is there is whole."""
    result = ground.run("kill_while_booking", times=KILLS)
    assert result["lost"] == 0
    assert (result["double"], result["half_written"], result["stale_index"]) == (0, 0, 0)
    assert result["appointments"] >= result["acknowledged"] >= KILLS
