"""A served practice for the journeys of the desk, and a seat at one of its screens."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
MARKS = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ROOT = Path(__file__).parents[2]


class Practice:
    """A server of its own in a folder of its own, that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "UNISSON_DATA")},
            "UNISSON_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "unisson.site.settings",
            "UNISSON_SECRET_KEY": "tests only, protects nothing",
        }
        told = json.loads(self.run("-m", "tests.journeys.desk_seed").splitlines()[-1])
        self.cookies = told["cookies"]
        self.patients = told["patients"]
        self.practitioners = told["practitioners"]
        self.booked = told["booked"]
        self.start()

    def run(self, *arguments: str) -> str:
        """What a Python of its own, looking at the same practice, prints."""
        done = subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def ask(self, expression: str) -> object:
        """A value read from the practice's database: `Appointment.objects.count()`."""
        code = (
            "import django, json; django.setup()\n"
            "from unisson.agenda.models import *\n"
            f"print(json.dumps({expression}))"
        )
        return json.loads(self.run("-c", code).splitlines()[-1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "unisson.cli", "serve", "--port", str(self.port)],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, "the server stopped at once"
        raise AssertionError("the server did not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Seats:
    """Screens of the practice, each with somebody already signed in."""

    def __init__(self, practice: Practice, browser: Browser) -> None:
        self.practice, self.browser = practice, browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[object] = []

    def __call__(self, who: str = "petit", address: str = "/", **options: object) -> Page:
        context = self.browser.new_context(viewport={"width": 1280, "height": 800}, **options)
        self.contexts.append(context)
        self.sign_in(context, who)
        page = context.new_page()
        page.set_default_timeout(20000)
        page.on("pageerror", lambda error: self.errors.append(error))
        page.goto(self.practice.address + address)
        return page

    def sign_in(self, context: BrowserContext, who: str) -> None:
        """The session of this person, in place of whoever had this browser."""
        cookie = {"name": "sessionid", "value": self.practice.cookies[who]}
        context.add_cookies([{**cookie, "url": self.practice.address}])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[Practice]:
    practice = Practice(tmp_path)
    yield practice
    practice.stop()


@pytest.fixture
def seat(practice: Practice, browser: Browser) -> Iterator[Seats]:
    """Opens screens; a mistake in a script of the page fails the test."""
    seats = Seats(practice, browser)
    yield seats
    for context in seats.contexts:
        context.close()
    assert seats.errors == []
