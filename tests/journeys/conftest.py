"""What every journey stands on: Chromium, a practice of its own, seats in front of it.

A module names its practice with SEED (a module of `tests/journeys/seeds`); its
tests share the server.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.served import CHROMIUM, QUIET, Seats, Server, found, run

HERE = Path(__file__).parent
expect.set_options(timeout=20000)  # ms; two cores run a server, a browser and the tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium here"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # By module: Playwright keeps an event loop running, which other tests must not meet.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose database has every table and nothing in it: migrated once, then copied."""
    folder = tmp_path_factory.mktemp("empty")
    run(folder, "-m", "unisson.cli", "manage", "migrate", "--verbosity", "0")
    return folder


@pytest.fixture(scope="module")
def founded(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, empty: Path
) -> tuple[Path, dict[str, Any]]:
    """The folder of the module's practice, and what its seed said."""
    folder = tmp_path_factory.mktemp("practice")
    shutil.copytree(empty, folder, dirs_exist_ok=True)
    return folder, found(folder, request.module.SEED)


@pytest.fixture(scope="module")
def practice(founded: tuple[Path, dict[str, Any]]) -> Iterator[Server]:
    server = Server(*founded)
    yield server
    server.stop()


@pytest.fixture
def seat(practice: Server, browser: Browser) -> Iterator[Seats]:
    """Opens screens; a mistake in a script of a page fails the test."""
    seats = Seats(practice, browser)
    yield seats
    seats.close()
