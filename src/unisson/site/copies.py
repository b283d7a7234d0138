"""A database copied while it is used, counted, checked, and put in another's place.

SQLite's own backup call and PostgreSQL's pg_dump each see one instant of the
database; nobody is kept from writing meanwhile.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db import OperationalError, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from unisson.core.gesture import first_broken_link
from unisson.core.models import AuditEvent
from unisson.practice.models import Practice

COPY = "copie"  # the name of the connection to a copy


class NotWhole(Exception):
    """A copy that does not hold; the text is the French sentence to show."""


@dataclass(frozen=True)
class Content:
    """What a database holds, to compare a copy with what it was taken from."""

    practice: str
    counts: dict[str, int]
    audit_rows: int
    audit_head: str
    migrations: list[str]


@contextmanager
def connected(settings: dict[str, Any]) -> Iterator[str]:
    """A second connection, for as long as it is needed: its alias."""
    kept = {**connections.settings["default"], **settings}
    connections.settings[COPY] = kept
    try:
        yield COPY
    finally:
        connections[COPY].close()
        del connections[COPY]
        del connections.settings[COPY]


def content(alias: str, *, tables: list[str] | None = None, chain: bool = True) -> Content:
    """Read it all: rows of every table, the audit chain link by link. Raises NotWhole."""
    connection = connections[alias]
    names = tables if tables is not None else _tables(alias)
    counts = {}
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608
            counts[name] = cursor.fetchone()[0]
    if chain and (broken := first_broken_link(using=alias)) is not None:
        raise NotWhole(f"Le journal est rompu à la ligne {broken} : cette base a été modifiée.")
    last = AuditEvent.objects.using(alias).order_by("-id").values_list("digest", flat=True).first()
    practice = Practice.objects.using(alias).values_list("name", flat=True).first()
    applied = MigrationRecorder(connection).applied_migrations()
    return Content(
        practice=practice or "",
        counts=counts,
        audit_rows=counts.get("core_auditevent", 0),
        audit_head=last or "",
        migrations=sorted(f"{app}.{migration}" for app, migration in applied),
    )


def _tables(alias: str) -> list[str]:
    return sorted(connections[alias].introspection.django_table_names(only_existing=True))


# SQLite ----------------------------------------------------------------------


def copy_sqlite(source: Path, target: Path) -> None:
    """One instant of a database in use, as one file without its journal."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        os.chmod(target, 0o600)
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def check_sqlite(path: Path) -> None:
    """Every page, every index, every reference. Raises NotWhole."""
    with closing(sqlite3.connect(path)) as copy:
        try:
            said = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
            orphans = copy.execute("PRAGMA foreign_key_check").fetchone()
        except sqlite3.DatabaseError as error:
            said, orphans = [str(error)], None
    if said != ["ok"]:
        raise NotWhole(f"La base copiée est abîmée ({said[0]}).")
    if orphans:
        raise NotWhole(f"La base copiée a des lignes sans attache (table {orphans[0]}).")


# PostgreSQL ------------------------------------------------------------------


def tool(name: str) -> str:
    """The path of pg_dump or pg_restore. Raises NotWhole when it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise NotWhole(
            f"{name} est introuvable. Installez les outils de PostgreSQL "
            "(Debian : apt install postgresql-client)."
        )
    return found


def environment(settings: dict[str, Any]) -> dict[str, str]:
    """How PostgreSQL's tools reach a database. The password is on no command line."""
    given = {
        "PGHOST": settings.get("HOST"),
        "PGPORT": settings.get("PORT"),
        "PGUSER": settings.get("USER"),
        "PGPASSWORD": settings.get("PASSWORD"),
        "PGDATABASE": settings.get("NAME"),
    }
    return {**os.environ, **{key: str(value) for key, value in given.items() if value}}


def dump_postgresql(settings: dict[str, Any], target: Path, *, chain: bool) -> Content:
    """Dump one snapshot, and count that same snapshot. Raises NotWhole."""
    with connected({"OPTIONS": {}}) as alias, transaction.atomic(using=alias):
        with connections[alias].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = cursor.fetchone()[0]
        _run(
            [tool("pg_dump"), "-Fc", "-Z0", f"--snapshot={snapshot}", "--no-owner", "-f", target],
            settings,
        )
        os.chmod(target, 0o600)
        return content(alias, chain=chain)


def fill_postgresql(settings: dict[str, Any], dump: Path) -> None:
    """Load a dump into an empty database, whole or not at all. Raises NotWhole."""
    options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
    _run([tool("pg_restore"), *options, "-d", settings["NAME"], dump], settings)


def _run(command: list[str | Path], settings: dict[str, Any]) -> None:
    done = subprocess.run(  # noqa: S603 (no shell, our own arguments)
        [str(part) for part in command],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["sans explication"])[-1]
        raise NotWhole(f"{Path(command[0]).name} a échoué : {last}")


@contextmanager
def maintenance(settings: dict[str, Any]) -> Iterator[psycopg.Connection[Any]]:
    """A connection beside the practice's database, to make and rename databases."""
    given = {
        "host": settings.get("HOST") or None,
        "port": settings.get("PORT") or None,
        "user": settings.get("USER") or None,
        "password": settings.get("PASSWORD") or None,
    }
    known = {key: value for key, value in given.items() if value is not None}
    with psycopg.connect(dbname="postgres", autocommit=True, **known) as connection:
        yield connection


def create_database(connection: psycopg.Connection[Any], name: str) -> None:
    """Raises NotWhole when this account may not."""
    try:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(name)
            )
        )
    except psycopg.errors.InsufficientPrivilege:
        raise NotWhole(
            "Le compte PostgreSQL ne peut pas créer de base, et une restauration se vérifie "
            "à part avant de remplacer. Accordez-lui ce droit : ALTER ROLE … CREATEDB."
        ) from None


def drop_database(connection: psycopg.Connection[Any], name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def swap_databases(
    connection: psycopg.Connection[Any], name: str, fresh: str, kept: str | None
) -> None:
    """`fresh` becomes `name`; what had that name becomes `kept`, or goes. Raises NotWhole."""
    busy = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
        [name],
    ).fetchone()
    if busy and busy[0]:
        raise NotWhole(
            f"La base {name} est en service ({busy[0]} connexions). Arrêtez d’abord le serveur."
        )
    old = sql.Identifier(name)
    exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
    if exists and kept:
        connection.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(old, sql.Identifier(kept))
        )
    elif exists:
        connection.execute(sql.SQL("DROP DATABASE {}").format(old))
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(fresh), old))


def holds_a_practice() -> bool:
    """Whether the place to restore into is in use: a founded practice is there."""
    connection = connections["default"]
    try:
        if Practice._meta.db_table not in connection.introspection.table_names():
            return False
    except OperationalError:
        return False
    return Practice.objects.exists()
