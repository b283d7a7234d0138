"""A practice served from a folder of its own, and people in front of its screens."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = shutil.which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ROOT = Path(__file__).parents[2]
READY_WITHIN = 60.0  # seconds


def environment(folder: Path) -> dict[str, str]:
    """For a process that works in that folder, on SQLite."""
    return {
        **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "UNISSON_DATA")},
        "UNISSON_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "unisson.site.settings",
        "UNISSON_SECRET_KEY": "tests only, protects nothing",
    }


def run(folder: Path, *arguments: str) -> str:
    """What a Python of its own, looking at the practice of that folder, prints."""
    done = subprocess.run(
        [sys.executable, *arguments],
        env=environment(folder),
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return done.stdout.strip()


def found(folder: Path, seed: str) -> dict[str, Any]:
    """Found the practice of `tests.journeys.seeds.SEED` there; what it says of itself.

    `seed` may name a variant after a space: "session demonstration".
    """
    module, *variant = seed.split()
    folder.mkdir(parents=True, exist_ok=True)
    said = run(folder, "-m", f"tests.journeys.seeds.{module}", *variant)
    return dict(json.loads(said.splitlines()[-1]))


class Server:
    """`unisson serve` in a folder of its own; it can be stopped and started again.

    `known` is what its seed said: at least "cookies", by account.
    """

    def __init__(self, folder: Path, known: dict[str, Any] | None = None) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.folder = folder
        self.known = known or {}
        self.log = folder / "server.log"
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "unisson.cli", "serve", "--port", str(self.port)],
                env=environment(self.folder),
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)  # leaves the core to the server that is starting
        raise AssertionError(f"the server did not start:\n{self.log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def python(self, code: str) -> str:
        """What a program says that looks at the same database."""
        return run(self.folder, "-c", f"import django; django.setup()\n{code}")

    def ask(self, expression: str) -> object:
        """A value read from the agenda: `Appointment.objects.count()`."""
        code = f"import json\nfrom unisson.agenda.models import *\nprint(json.dumps({expression}))"
        return json.loads(self.python(code).splitlines()[-1])

    def trail(self) -> list[str]:
        """The lines of the trail: "verb, name, detail"."""
        return self.python(
            "from unisson.core.models import AuditEvent\n"
            "for e in AuditEvent.objects.order_by('id'):\n"
            "    print(e.verb, e.actor_name, e.detail, sep=', ')"
        ).splitlines()


class Seats:
    """Screens of one practice. A mistake of a script, or a refusal of the policy, is kept."""

    def __init__(self, practice: Server, browser: Browser) -> None:
        self.practice = practice
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[str] = []

    def __call__(self, who: str = "petit", address: str = "/", **options: Any) -> Page:
        """A page on a screen of its own, opened by somebody already signed in."""
        return self.tab(self.screen(who, **options), address)

    def screen(self, who: str = "", **options: Any) -> BrowserContext:
        """A browser of its own; nobody is signed in unless named."""
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="fr-FR", **options
        )
        self.contexts.append(context)
        if who:
            self.sit(context, who)
        return context

    def sit(self, context: BrowserContext, who: str) -> None:
        """The session of this person, in place of whoever had this browser."""
        cookie = {"name": "sessionid", "value": self.practice.known["cookies"][who]}
        context.add_cookies([{**cookie, "url": self.practice.address}])

    def tab(self, context: BrowserContext, address: str = "/") -> Page:
        page = context.new_page()
        page.set_default_timeout(20000)
        page.on("pageerror", lambda error: self._failed(str(error)))
        page.on("console", lambda said: self._heard(said.text))
        page.goto(self.practice.address + address)
        return page

    def _failed(self, text: str) -> None:
        # An answer cut short because the page was left for another is no mistake of a script.
        if not any(cut in text for cut in ("Failed to fetch", "network error", "aborted")):
            self.errors.append(text)

    def _heard(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.errors.append(text)

    def sign_in(self, page: Page, username: str, password: str) -> None:
        page.goto(self.practice.address + "/connexion/")
        page.fill("#username", username)
        page.fill("#password", password)
        page.keyboard.press("Enter")
        page.wait_for_url(self.practice.address + "/")

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert self.errors == [], self.errors


def until(page: Page, condition: Callable[[], object]) -> None:
    """Let the page live until this holds; 20 s at most."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        page.wait_for_timeout(20)
