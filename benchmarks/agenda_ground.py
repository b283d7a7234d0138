"""What the agenda's benchmarks and race tests run on: a database of their own, real processes.

Nothing here imports Django: every piece of work is a process of
`benchmarks.agenda_worker`, started with the environment of the database it
works on, as a server would be.
"""

from __future__ import annotations

import http.client
import json
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

ENGINES = ("sqlite", "postgresql")
CSRF = "b" * 32
PORT = int(os.environ.get("UNISSON_BENCH_PORT", "8102"))
"""The loopback port the measured server listens on."""


@dataclass
class Ground:
    """One database and the environment that leads to it."""

    engine: str
    folder: Path
    url: str = ""
    processes: list[subprocess.Popen[str]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        found = {
            **os.environ,
            "UNISSON_DATA": str(self.folder),
            "UNISSON_SECRET_KEY": "benchmarks only, protects nothing",
            "DJANGO_SETTINGS_MODULE": "unisson.site.settings",
        }
        found.pop("DATABASE_URL", None)
        if self.url:
            found["DATABASE_URL"] = self.url
        return found

    def start(self, command: str, **options: Any) -> subprocess.Popen[str]:
        """Start a process of the worker; its answer is read with `answer`."""
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.agenda_worker", command, json.dumps(options)],
            env=self.env,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        return process

    def run(self, command: str, **options: Any) -> Any:
        """Have the worker do one thing, and wait for its answer."""
        return answer(self.start(command, **options))


def answer(process: subprocess.Popen[str]) -> Any:
    """The last line a worker printed, as JSON. Raises RuntimeError when it failed."""
    output, _ = process.communicate()
    if process.returncode:
        raise RuntimeError(f"a worker ended with {process.returncode}")
    return json.loads(output.splitlines()[-1])


@contextmanager
def ground(engine: str, server_url: str = "", folder: Path | None = None) -> Iterator[Ground]:
    """A database of one's own: a file in a folder, or a new database of a PostgreSQL server.

    A `folder` that is given is kept, with what is in it; anything else is removed.
    """
    own = folder is None
    place = folder or Path(tempfile.mkdtemp(prefix="unisson-agenda-"))
    place.mkdir(parents=True, exist_ok=True)
    found = Ground(engine, place)
    name = f"unisson_agenda_{os.getpid()}_{int(time.time() * 1000) % 10**8}"
    if engine == "postgresql":
        found.url = urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
        on_server(server_url, f'CREATE DATABASE "{name}"')
    try:
        yield found
    finally:
        for process in found.processes:
            if process.poll() is None:
                process.kill()
                process.communicate()
        if engine == "postgresql":
            on_server(server_url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if own:
            shutil.rmtree(place, ignore_errors=True)


def on_server(url: str, statement: str) -> None:
    """Run one statement on a PostgreSQL server, outside any transaction."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def server_url() -> str:
    """The PostgreSQL server to measure on: UNISSON_TEST_PG or DATABASE_URL, or nothing."""
    return os.environ.get("UNISSON_TEST_PG") or os.environ.get("DATABASE_URL", "")


def engines() -> list[str]:
    """The engines that can be measured here; says which cannot."""
    if server_url():
        return list(ENGINES)
    print("PostgreSQL not measured: name a server in UNISSON_TEST_PG.", file=sys.stderr)
    return ["sqlite"]


def tell(figure: str, value: object, unit: str, target: str = "") -> None:
    """One figure, as `benchmarks.run` reads it."""
    line = {"figure": figure, "value": value, "unit": unit, "target": target}
    print(json.dumps(line, ensure_ascii=False), flush=True)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(0.95 * len(ordered)) - 1)]


class Server:
    """`unisson serve` on a loopback port, in a process group of its own."""

    def __init__(self, on: Ground, port: int, workers: int | None = None) -> None:
        self.port = port
        _wait_free(port)
        command = [
            sys.executable,
            "-c",
            "from unisson.cli import main; raise SystemExit(main())",
            "serve",
            "--port",
            str(port),
        ]
        if workers:
            command += ["--workers", str(workers)]
        # What it says is kept beside its data, for whoever has to understand an error.
        with (on.folder / "server.log").open("a") as log:
            self.process = subprocess.Popen(
                command,
                env=on.env,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, seconds: float = 60) -> None:
        """Until the port answers."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}")
            try:
                status, _ = Client(self.port, timeout=2).get("/connexion/")
            except OSError:
                time.sleep(0.02)
                continue
            if status < 500:
                return
        raise RuntimeError("the server did not answer")

    def kill(self) -> None:
        """kill -9, the whole group: nothing of it can finish what it was doing."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to stop."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


def _wait_free(port: int, seconds: float = 5) -> None:
    """Until nobody listens there: what was killed lets go of its port a moment later."""
    until = time.monotonic() + seconds
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return
        if time.monotonic() > until:
            raise SystemExit(f"Port {port} is taken: choose one with UNISSON_BENCH_PORT.")
        time.sleep(0.02)


class Client:
    """One signed-in browser on one connection."""

    def __init__(self, port: int, session: str = "", timeout: float = 30) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        # One small request at a time: waiting for more to send would be measured too.
        self.connection.connect()
        self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.headers = {"X-Boite": "1", "Accept": "application/json"}
        if session:
            self.headers["Cookie"] = f"sessionid={session}; csrftoken={CSRF}"

    def get(self, path: str) -> tuple[int, bytes]:
        return self._send("GET", path)

    def post(self, path: str, **fields: object) -> tuple[int, bytes]:
        return self._send(
            "POST",
            path,
            urlencode(fields, doseq=True),
            {"Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": CSRF},
        )

    def _send(
        self, method: str, path: str, body: str | None = None, more: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        self.connection.request(method, path, body, {**self.headers, **(more or {})})
        response = self.connection.getresponse()
        return response.status, response.read()
