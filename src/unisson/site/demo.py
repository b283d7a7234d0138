"""`unisson demo`: a fictitious practice, from nothing, in one command.

It lives in a folder of its own inside the data folder, on SQLite, whatever the
environment says: the demo never touches a real practice. A practice made on
another day is made again, so that its day is always today.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

FOLDER = "demo"
MARK = "demo.json"
PATIENTS = 20_000
DATABASE_FILES = ("unisson.sqlite3", "unisson.sqlite3-wal", "unisson.sqlite3-shm")


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `unisson demo`."""
    parser = commands.add_parser("demo", help="essayer sur un cabinet fictif")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--patients", type=int, default=PATIENTS, help=f"{PATIENTS} par défaut")
    parser.add_argument("--fresh", action="store_true", help="refaire le cabinet fictif")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make the demo practice when there is none of today, then serve it until interrupted."""
    data = use_demo_folder()
    import django

    django.setup()
    from unisson.site import server

    try:
        with server.running(data, alone=True):
            ensure(data, options.patients, fresh=options.fresh)
        server.serve("127.0.0.1", options.port, on_ready=lambda: _welcome(options.port))
    except server.CannotServe as refusal:
        _say(str(refusal))
        return 1
    return 0


def use_demo_folder() -> Path:
    """Point the settings, not yet read, at the demo's own folder and at SQLite."""
    data = Path(os.environ.get("UNISSON_DATA", "var")).resolve() / FOLDER
    os.environ["UNISSON_DATA"] = str(data)
    os.environ.pop("DATABASE_URL", None)
    data.mkdir(parents=True, exist_ok=True)
    return data


def ensure(data: Path, patients: int, *, fresh: bool = False) -> bool:
    """Have a demo practice of today with that many patients; True when it was made now."""
    from unisson.core import clock

    today = clock.today()
    wanted = {"day": today.isoformat(), "patients": patients, "tables": _tables()}
    found = _mark(data)
    if found == wanted and not fresh:
        return False
    if found:
        _say(_why(found, wanted, fresh))
    elif any((data / name).exists() for name in DATABASE_FILES):
        _say("La création précédente n’était pas allée au bout : le cabinet fictif est refait.")
    (data / MARK).unlink(missing_ok=True)
    for name in DATABASE_FILES:
        (data / name).unlink(missing_ok=True)
    _make(patients, today)
    # Written last: a practice half made is made again.
    (data / MARK).write_text(json.dumps(wanted), encoding="utf-8")
    return True


def _mark(data: Path) -> dict[str, Any]:
    try:
        found = json.loads((data / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _why(found: dict[str, Any], wanted: dict[str, Any], fresh: bool) -> str:
    if fresh:
        return "Le cabinet fictif est refait, comme demandé."
    if found.get("day") != wanted["day"]:
        made = date.fromisoformat(found["day"])
        return (
            f"Le cabinet fictif datait du {made:%d/%m/%Y} : il est refait pour aujourd’hui."
            " Ce qui y avait été saisi est effacé."
        )
    if found.get("patients") != wanted["patients"]:
        return f"Le cabinet fictif est refait avec {wanted['patients']} patients."
    return "Unisson a changé depuis : le cabinet fictif est refait."


def _tables() -> str:
    """Changes whenever the shape of the database does."""
    package = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.glob("*/migrations/0*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _make(patients: int, today: date) -> None:
    from django.core.management import call_command
    from django.db import connection

    from unisson.training.demo import seed

    started = time.monotonic()
    _say(f"Création du cabinet fictif : {patients} patients, moins d’une minute…")
    with connection.cursor() as cursor:
        # Nothing to lose yet: a cut here only means starting over.
        cursor.execute("PRAGMA synchronous=OFF")
    call_command("migrate", interactive=False, verbosity=0)
    made = seed(patients=patients, today=today)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("ANALYZE")
    connection.close()
    _say(
        f"{made.patients} patients et {made.appointments} rendez-vous fictifs,"
        f" en {time.monotonic() - started:.0f} s."
    )
    if made.guard:
        _say("Le cabinet est fermé à cette heure : des gardes ont été ouvertes pour l’essai.")


def _welcome(port: int) -> None:
    from unisson.training.house import ACCOUNTS, PASSWORD

    _say(f"\nUnisson, cabinet fictif : http://127.0.0.1:{port}\n")
    _say(f"  Comptes (mot de passe pour tous : {PASSWORD})")
    for username, name, role, _ in ACCOUNTS:
        from unisson.practice.roles import LABELS

        _say(f"    {username:<10} {name:<12} {LABELS[role].lower()}")
    _say("\n  Ctrl C pour arrêter.")


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()
