"""`unisson init`, `backup` and `restore` as a person runs them, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from unisson.site.server import running

POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
pytestmark = pytest.mark.skipif(POSTGRESQL and not shutil.which("pg_dump"), reason="sans pg_dump")
FOUND = """
import django; django.setup()
from tests.screens.session_house import small_practice
small_practice()
"""
LOOK = """
import django; django.setup()
from unisson.core.gesture import first_broken_link
from unisson.core.models import AuditEvent
from unisson.practice.models import Practice, User
print(Practice.objects.values_list("name", flat=True).first(), User.objects.count(),
      first_broken_link(), AuditEvent.objects.order_by("-id")[0].verb)
"""


RENAME = """
import django; django.setup()
from unisson.practice.models import Practice
Practice.objects.update(name="Autre")
"""
PHRASE = "le phare tourne"


class Place:
    """A data folder and, on PostgreSQL, a database of its own."""

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        kept = {key: value for key, value in os.environ.items() if not key.startswith("UNISSON")}
        kept.pop("DATABASE_URL", None)
        self.environment = {
            **kept,
            "UNISSON_DATA": str(data),
            "DJANGO_SETTINGS_MODULE": "unisson.site.settings",
            **({"DATABASE_URL": url} if url else {}),
        }

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        return self._process([sys.executable, "-m", "unisson.cli", *command], more)

    def python(self, code: str) -> str:
        # Let go of the connection pool: a process that keeps it takes long seconds to end.
        leave = "\nfrom unisson.site.server import disconnect; disconnect()"
        done = self._process([sys.executable, "-c", code + leave], {})
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _process(self, command: list[str], more: dict[str, str]) -> subprocess.CompletedProcess:
        return subprocess.run(
            command,
            env={**self.environment, **more},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )


def server() -> psycopg.Connection:
    base = settings.DATABASES["default"]
    return psycopg.connect(
        host=base["HOST"] or None,
        port=base["PORT"] or None,
        user=base["USER"] or None,
        password=base["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )


@pytest.fixture
def places(tmp_path, django_db_setup) -> Iterator[tuple[Place, Place]]:
    """Where a practice will work, its tables already made, and an empty place elsewhere."""
    base = connection.settings_dict
    if not POSTGRESQL:
        one, two = Place(tmp_path / "one", ""), Place(tmp_path / "two", "")
        one.data.mkdir()
        with (
            closing(sqlite3.connect(base["NAME"])) as tables,
            closing(sqlite3.connect(one.data / "unisson.sqlite3")) as copy,
        ):
            tables.backup(copy)
        yield one, two
        return
    connection.close()  # a database with visitors cannot be copied
    names = [f"unisson_{which}_{uuid4().hex[:8]}" for which in ("one", "two")]
    templates = [base["NAME"], "template0"]
    made = []
    with server() as admin:
        for name, template in zip(names, templates, strict=True):
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(template)
                )
            )
            login = (
                f"{base['USER']}:{base['PASSWORD']}@" if base["PASSWORD"] else f"{base['USER']}@"
            )
            url = f"postgres://{login}{base['HOST']}:{base['PORT']}/{name}"
            made.append(Place(tmp_path / name, url))
        yield made[0], made[1]
        for (name,) in admin.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE ANY(%s)", [[f"{n}%" for n in names]]
        ).fetchall():
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def test_from_one_place_to_another_and_back(places, tmp_path):
    one, two = places
    file = tmp_path / "lilas.sauvegarde"

    said = one.run("init").stdout
    assert "premiere-fois" in said
    assert len(said.strip().splitlines()[-1].strip()) == 14  # the one-time code
    assert (one.data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert one.data.stat().st_mode & 0o777 == 0o700
    one.python(FOUND)
    said = one.run("backup", "--seal", str(file), UNISSON_PASSPHRASE=PHRASE)
    assert said.returncode == 0, said.stderr
    assert "relue et vérifiée" in said.stdout
    assert "Cabinet des Lilas" in said.stdout
    assert b"Lilas" not in file.read_bytes()

    # With another phrase, nothing; a try changes nothing; a fresh place takes it.
    wrong = two.run("restore", str(file), UNISSON_PASSPHRASE="autre")
    assert wrong.returncode == 1
    assert "phrase de passe" in wrong.stderr
    tried = two.run("restore", "--check", str(file), UNISSON_PASSPHRASE=PHRASE)
    assert "reconstruite à part" in tried.stdout
    done = two.run("restore", str(file), UNISSON_PASSPHRASE=PHRASE)
    assert done.returncode == 0, done.stderr
    assert two.python(LOOK) == "Cabinet des Lilas 4 None practice.restore"

    # A place in use refuses; a place that is being served, even when told to replace.
    refused = two.run("restore", str(file), UNISSON_PASSPHRASE=PHRASE)
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    with running(two.data):
        served = two.run("restore", "--replace", str(file), UNISSON_PASSPHRASE=PHRASE)
    assert served.returncode == 1
    assert "Arrêtez-le" in served.stderr

    # Otherwise it keeps what it had.
    two.python(RENAME)
    replaced = two.run("restore", "--replace", str(file), UNISSON_PASSPHRASE=PHRASE)
    assert replaced.returncode == 0, replaced.stderr
    assert two.python(LOOK).startswith("Cabinet des Lilas 4")
    kept = replaced.stdout.strip().split(" : ")[-1]
    assert "avant" in kept
    if not POSTGRESQL:
        with closing(sqlite3.connect(kept)) as before:
            names = before.execute("SELECT name FROM practice_practice").fetchall()
        assert names == [("Autre",)]
        assert not list(two.data.glob(".unisson-*"))


def test_init_makes_the_tables_and_can_be_run_twice(places):
    _, two = places
    first, second = two.run("init"), two.run("init")
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert two.run("manage", "migrate", "--check").returncode == 0
