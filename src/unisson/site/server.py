"""The application server: one command, no other service needed.

Granian speaks HTTP, runs Django in worker processes and serves the style
sheets, scripts and pictures itself under names that carry their content's
hash, so that browsers keep them for a year and never see an old one.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

from unisson.site.failures import CannotServe as CannotServe

YEAR = 365 * 24 * 3600  # seconds
READY_WITHIN = 30.0  # seconds
STOP_WITHIN = 3  # seconds; screens that watch live never hang up by themselves
LOCK_FILE = "serveur.lock"


def serve(
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int | None = None,
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Bring the database up to date and serve until interrupted.

    `workers` is a number of processes; SQLite always has one, PostgreSQL as
    many as asked (default: one a core, 4 at most). `on_ready` is called once,
    in this process, when the server answers. Raises CannotServe.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")
    os.environ["UNISSON_LISTEN"] = host
    from django.conf import settings

    os.umask(0o077)  # the workers' too: a database is for this account of the system alone
    static = Path(settings.DATA) / "static"
    os.environ["UNISSON_STATIC"] = str(static)
    django.setup()
    _check_free(host, port)
    with running(settings.DATA):
        prepare(static)
        _granian(host, port, processes(workers), static, on_ready)


def processes(asked: int | None) -> int:
    """How many worker processes: SQLite admits one writer, so one process serves it best."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return 1
    return asked or min(4, os.cpu_count() or 1)


def prepare(static: Path) -> None:
    """Migrate, with a backup first when there is something to lose, and lay out static files."""
    from django.core.management import call_command

    from unisson.core import live
    from unisson.site import backup

    if missing := pending_migrations():
        backup.before_migrating(missing)
        call_command("migrate", interactive=False, verbosity=0)
    call_command("clearsessions")
    live.prune()
    collect(static)
    disconnect()


def disconnect() -> None:
    """Let go of the database. A PostgreSQL pool left open holds its process for seconds."""
    from django.db import connections

    connections.close_all()
    for connection in connections.all():
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def collect(static: Path) -> None:
    """Lay every static file out under its hashed name, whatever storage this process uses."""
    from django.contrib.staticfiles.finders import get_finders

    from unisson.site.static import HashedFiles

    found: dict[str, tuple[Any, str]] = {}
    for finder in get_finders():
        for path, storage in finder.list([]):
            found.setdefault(path, (storage, path))
    for path, (storage, _) in found.items():
        place = static / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with storage.open(path) as source:
            place.write_bytes(source.read())
    for _, _, outcome in HashedFiles(location=static, base_url="/static/").post_process(found):
        if isinstance(outcome, Exception):
            raise outcome


def pending_migrations() -> list[str]:
    """The migrations this version has and the database has not, as `app.name`."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


@contextmanager
def running(data: Path, *, alone: bool = False) -> Iterator[None]:
    """Hold the data folder while serving it; `alone`, refuse while a server runs.

    The mark is a file lock, which the system drops when the process dies,
    however it dies. Raises CannotServe.
    """
    data.mkdir(parents=True, exist_ok=True)
    with (data / LOCK_FILE).open("a") as mark:
        try:
            fcntl.flock(mark, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotServe(
                "Le serveur est en marche dans ce dossier, ou une restauration y est en cours. "
                "Rien n’a été fait. Arrêtez-le d’abord."
            ) from None
        yield


def address_of(host: str, port: int) -> str:
    """The address to type in a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104
    if ":" in shown and not shown.startswith("["):
        shown = f"[{shown}]"
    return f"http://{shown}:{port}"


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host.strip("[]"), port))
        except OSError as error:
            raise CannotServe(
                f"Impossible d’écouter sur {host}, port {port} ({error.strerror}). "
                "Un autre serveur l’occupe peut-être : choisissez un autre --port."
            ) from error


def _granian(
    host: str, port: int, workers: int, static: Path, on_ready: Callable[[], None] | None
) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    # Forking a process that has already opened a database is asking for
    # trouble: every worker starts from a clean interpreter, on every system.
    multiprocessing.set_start_method("spawn", force=True)
    server = Granian(
        "unisson.site.asgi:application",
        address=host.strip("[]"),
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        websockets=False,
        log_level=LogLevels.warning,
        static_path_route=["/static"],
        static_path_mount=[static],
        static_path_expires=YEAR,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_WITHIN,
    )
    if on_ready is not None:
        threading.Thread(target=_announce, args=(host, port, on_ready), daemon=True).start()
    server.serve()


def _announce(host: str, port: int, on_ready: Callable[[], None]) -> None:
    reachable = address_of(host, port).removeprefix("http://").rpartition(":")[0].strip("[]")
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            with socket.create_connection((reachable, port), timeout=1) as probe:
                probe.sendall(b"GET /static/ HTTP/1.0\r\n\r\n")
                if probe.recv(1):
                    break
        except OSError:
            time.sleep(0.02)
    else:
        sys.stderr.write("Le serveur ne répond pas encore.\n")
        return
    on_ready()
