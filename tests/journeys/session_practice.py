"""A server of its own for the journeys of the session and of the manager, and a seat in front.

Run as a program, it makes the small practice in the folder of UNISSON_DATA.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
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
browser_only = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
]


class Server:
    """`unisson serve` in a folder of its own. `seed`: nothing, "practice" or "demonstration"."""

    def __init__(self, folder: Path, seed: str = "") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "UNISSON_DATA")}
        self.environment = {
            **kept,
            "UNISSON_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "unisson.site.settings",
            "UNISSON_SECRET_KEY": "tests only, protects nothing",
        }
        if seed:
            self.python(f"from tests.journeys.session_practice import make; make({seed!r})")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "unisson.cli", "serve", "--port", str(self.port)],
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
        raise AssertionError("the server did not start")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def python(self, code: str) -> str:
        """What a program says that looks at the same database."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=self.environment,
            cwd=ROOT,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout.strip()

    def trail(self) -> list[str]:
        """The lines of the trail: "verb, name, detail"."""
        said = self.python(
            "from unisson.core.models import AuditEvent\n"
            "for e in AuditEvent.objects.order_by('id'):\n"
            "    print(e.verb, e.actor_name, e.detail, sep=', ')"
        )
        return said.splitlines()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


class Seat:
    """A browser at a desk. Mistakes of scripts and refusals of the policy fail the test."""

    def __init__(self, server: Server, browser: Browser, **options: object) -> None:
        self.server = server
        self.context: BrowserContext = browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="fr-FR", **options
        )
        self.errors: list[str] = []

    def tab(self, address: str = "/") -> Page:
        page = self.context.new_page()
        page.set_default_timeout(20000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)
        page.goto(self.server.address + address)
        return page

    def _heard(self, message: object) -> None:
        if "Content Security Policy" in message.text:  # type: ignore[attr-defined]
            self.errors.append(message.text)  # type: ignore[attr-defined]

    def sign_in(self, page: Page, username: str, password: str) -> None:
        page.goto(self.server.address + "/connexion/")
        page.fill("#username", username)
        page.fill("#password", password)
        page.keyboard.press("Enter")
        page.wait_for_url(self.server.address + "/")

    def close(self) -> None:
        self.context.close()
        assert self.errors == []


def make(seed: str) -> None:
    """The small practice, in the database of this process."""
    from django.core.management import call_command

    from tests.screens.session_house import small_practice

    call_command("migrate", interactive=False, verbosity=0)
    small_practice(demonstration=seed == "demonstration", lock_after_minutes=5)
