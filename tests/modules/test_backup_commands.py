"""`unisson init`, `backup` and `restore` as a person runs them, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

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
        done = self._process([sys.executable, "-c", code], {})
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
def places(tmp_path) -> Iterator[tuple[Place, Place]]:
    """Where a practice works, and an empty place elsewhere."""
    if not POSTGRESQL:
        yield Place(tmp_path / "one", ""), Place(tmp_path / "two", "")
        return
    base = settings.DATABASES["default"]
    names = [f"unisson_{which}_{uuid4().hex[:8]}" for which in ("one", "two")]
    made = []
    with server() as admin:
        for name in names:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
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
    code = said.strip().splitlines()[-1].strip()
    assert len(code) == 14
    one.python(FOUND)
    said = one.run("backup", str(file))
    assert said.returncode == 0, said.stderr
    assert "relue et vérifiée" in said.stdout
    assert "Cabinet des Lilas" in said.stdout

    # A try changes nothing; a fresh place takes it.
    assert "reconstruite à part" in two.run("restore", "--check", str(file)).stdout
    assert two.run("init").returncode == 0
    done = two.run("restore", str(file))
    assert done.returncode == 0, done.stderr
    assert two.python(LOOK) == "Cabinet des Lilas 4 None practice.restore"

    # A place in use refuses, then keeps what it had.
    refused = two.run("restore", str(file))
    assert refused.returncode == 1
    assert "--replace" in refused.stderr
    two.python(
        "import django; django.setup();"
        "from unisson.practice.models import Practice; Practice.objects.update(name='Autre')"
    )
    replaced = two.run("restore", "--replace", str(file))
    assert replaced.returncode == 0, replaced.stderr
    assert "gardé" in replaced.stdout
    assert two.python(LOOK).startswith("Cabinet des Lilas 4")
    kept = replaced.stdout.strip().split(" : ")[-1]
    if not POSTGRESQL:
        assert Path(kept).exists()
        assert not list(two.data.glob(".unisson-*"))


def test_the_server_must_be_stopped_to_restore(places, tmp_path):
    one, _ = places
    file = tmp_path / "f"
    one.run("init")
    one.python(FOUND)
    assert one.run("backup", str(file)).returncode == 0
    holder = subprocess.Popen(
        [sys.executable, "-c",
         "from pathlib import Path; from unisson.site.server import running\n"
         f"with running(Path({str(one.data)!r})): print('ici', flush=True); input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=one.environment,
    )  # fmt: skip
    assert holder.stdout
    assert holder.stdout.readline() == "ici\n"
    refused = one.run("restore", "--replace", str(file))
    holder.communicate("\n")
    assert refused.returncode == 1
    assert "Arrêtez-le" in refused.stderr
    assert one.run("restore", "--replace", str(file)).returncode == 0


def test_a_sealed_backup_takes_its_phrase(places, tmp_path):
    one, two = places
    file = tmp_path / "f"
    one.run("init")
    one.python(FOUND)
    sealed = one.run("backup", "--seal", str(file), UNISSON_PASSPHRASE="le phare tourne")
    assert sealed.returncode == 0, sealed.stderr
    assert b"Lilas" not in file.read_bytes()
    wrong = two.run("restore", str(file), UNISSON_PASSPHRASE="autre")
    assert wrong.returncode == 1
    assert "phrase de passe" in wrong.stderr
    right = two.run("restore", str(file), UNISSON_PASSPHRASE="le phare tourne")
    assert right.returncode == 0, right.stderr
    assert two.python(LOOK).startswith("Cabinet des Lilas")


def test_init_can_be_run_twice_and_manage_passes_through(places):
    one, _ = places
    first, second = one.run("init"), one.run("init")
    assert first.stdout == second.stdout
    assert (one.data / "secret_key").stat().st_mode & 0o777 == 0o600
    assert one.data.stat().st_mode & 0o777 == 0o700
    assert "core" in one.run("manage", "showmigrations", "--plan").stdout
    assert one.run("manage", "migrate", "--check").returncode == 0
