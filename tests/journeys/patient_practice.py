"""A server of its own for the patient journeys, and seats in front of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

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


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Practice:
    """A practice served from a folder of its own; it can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.environment = {
            **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "UNISSON_DATA")},
            "UNISSON_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "unisson.site.settings",
            "UNISSON_SECRET_KEY": "tests only, protects nothing",
        }
        seed = subprocess.run(
            [sys.executable, "-m", "tests.journeys.patient_seed"],
            env=self.environment,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        known = json.loads(seed.stdout.splitlines()[-1])
        self.cookies: dict[str, str] = known["cookies"]
        self.people: dict[str, int] = known["people"]
        self.start()

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
        raise AssertionError("the server did not start")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def record(self, who: str, part: str = "") -> str:
        return f"/patients/{self.people[who]}/{part}"


class Seats:
    """Pages of people already signed in. Mistakes of the scripts are kept, to fail the test."""

    def __init__(self, practice: Practice, browser: Browser) -> None:
        self.practice = practice
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.errors: list[object] = []

    def context(self, who: str, **options: object) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 800}, locale="fr-FR", **options
        )
        cookie = self.practice.cookies[who]
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": self.practice.address}])
        self.contexts.append(context)
        return context

    def open(self, who: str, address: str, **options: object) -> Page:
        return self.tab(self.context(who, **options), address)

    def tab(self, context: BrowserContext, address: str) -> Page:
        page = context.new_page()
        page.set_default_timeout(15000)
        page.on("pageerror", lambda error: self.errors.append(error))
        page.goto(self.practice.address + address)
        return page

    def close(self) -> None:
        for context in self.contexts:
            context.close()
        assert self.errors == []
