"""Back a practice up while it works; bring it back, checked before it replaces anything.

A backup is one file (`archive`). After it is written it is read back and its
digest compared; the copy inside was itself checked: every page and reference
of the database, the number of rows of each table, the audit chain.
"""

from __future__ import annotations

import importlib.metadata
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.gesture import gesture
from unisson.site import archive, copies
from unisson.site.archive import BadArchive, Manifest
from unisson.site.copies import NotWhole
from unisson.site.failures import Failed
from unisson.site.server import disconnect

SUFFIX = ".sauvegarde"
FOLDER = "sauvegardes"


@dataclass(frozen=True)
class Backup:
    """A backup that was written and read back. `size` of the file, in bytes."""

    path: Path
    manifest: Manifest
    size: int


@dataclass(frozen=True)
class Restored:
    """What is now in place, and where what was there before is kept ("" if nothing was)."""

    manifest: Manifest
    kept: str


# Backing up ------------------------------------------------------------------


def create(target: Path, *, passphrase: str | None = None, keep: int | None = None) -> Backup:
    """Write a backup; into a folder, under a name with the date. Raises Failed.

    `keep`: how many of the backups this command named in that folder stay.
    """
    path = target / f"unisson-{_stamp()}{SUFFIX}" if target.is_dir() else target
    made = _create(path, passphrase, chain=True)
    with gesture("practice.backup", by=Actor.system("sauvegarde")) as act:
        act.audit(
            "E", "Backup", detail=f"{path.name}, {made.size} octets, {made.manifest.sha256[:12]}"
        )
    if keep and target.is_dir():
        for old in sorted(target.glob(f"unisson-*{SUFFIX}"))[:-keep]:
            old.unlink()
    return made


def before_migrating(missing: list[str]) -> Backup | None:
    """A backup kept in the data folder before the tables change; None if there is nothing yet.

    On PostgreSQL it is left to whoever runs the server: Failed says how.
    """
    if not copies.holds_a_practice():
        return None
    if _engine() != "sqlite":
        raise Failed(
            f"{len(missing)} mises à jour de la base sont à faire. Sauvegardez "
            "(unisson backup), puis lancez : unisson manage migrate."
        )
    folder = Path(settings.DATA) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"avant-mise-a-jour-{_stamp()}{SUFFIX}"
    # The trail's own table may be one of those that are about to change.
    return _create(path, None, chain=not any(name.startswith("core.") for name in missing))


def _create(path: Path, passphrase: str | None, *, chain: bool) -> Backup:
    if path.exists():
        raise Failed(f"{path} existe déjà : choisissez un autre nom. Rien n’a été écrit.")
    if not path.parent.is_dir():
        raise Failed(f"Le dossier {path.parent} n’existe pas. Rien n’a été écrit.")
    try:
        with _workshop(path.parent) as folder:
            database = folder / ("database.sqlite3" if _engine() == "sqlite" else "database.pgdump")
            found = _copy(database, chain=chain)
            manifest = Manifest(
                made_at=clock.now().isoformat(timespec="seconds"),
                version=importlib.metadata.version("unisson"),
                engine=_engine(),
                practice=found.practice,
                file=database.name,
                size=database.stat().st_size,
                sha256=archive.digest_of(database),
                counts=found.counts,
                audit_rows=found.audit_rows,
                audit_head=found.audit_head,
                migrations=found.migrations,
            )
            archive.write(path, manifest, database, passphrase)
        archive.check(path, passphrase)
    except (NotWhole, BadArchive) as error:
        raise Failed(str(error)) from error
    except OSError as error:
        raise Failed(f"La sauvegarde n’a pas pu être écrite : {error.strerror}.") from error
    return Backup(path, manifest, path.stat().st_size)


def _copy(database: Path, *, chain: bool) -> copies.Content:
    if _engine() != "sqlite":
        return copies.dump_postgresql(_settings(), database, chain=chain)
    copies.copy_sqlite(Path(_settings()["NAME"]), database)
    copies.check_sqlite(database)
    with copies.connected({"NAME": database, "OPTIONS": {}}) as alias:
        return copies.content(alias, chain=chain)


# Restoring -------------------------------------------------------------------


def try_out(source: Path, *, passphrase: str | None = None) -> Manifest:
    """Restore aside, check everything, throw it away: proof that a backup would do."""
    with _rebuilt(source, passphrase) as (manifest, _):
        return manifest


def restore(source: Path, *, passphrase: str | None = None, replace: bool = False) -> Restored:
    """Put a backup in the place of the data folder or the database of DATABASE_URL.

    Rebuilt and checked beside it first. A place where a practice already lives
    is refused without `replace`; with it, what was there is kept under another
    name. The server must be stopped. Raises Failed.
    """
    occupied = copies.holds_a_practice()
    disconnect()
    if occupied and not replace:
        raise Failed(
            "Un cabinet existe déjà ici : rien n’a été changé. Pour le remplacer, "
            "en gardant l’ancien à côté, ajoutez --replace."
        )
    with _rebuilt(source, passphrase) as (manifest, rebuilt):
        kept = _put_in_place(rebuilt, keep=occupied)
    call_command("migrate", interactive=False, verbosity=0)
    with gesture("practice.restore", by=Actor.system("restauration")) as act:
        act.audit("E", "Backup", detail=f"{source.name}, faite le {manifest.made_at}")
    return Restored(manifest, kept)


@contextmanager
def _rebuilt(source: Path, passphrase: str | None) -> Iterator[tuple[Manifest, Any]]:
    """The database of a backup, rebuilt beside the place and checked against its manifest.

    Yields a file (SQLite) or a database name (PostgreSQL); whatever is left of
    it at the end goes.
    """
    engine = _engine()
    data = Path(settings.DATA)
    data.mkdir(parents=True, exist_ok=True)
    try:
        with _workshop(data) as folder:
            copy = folder / "database"
            manifest = archive.extract(source, copy, passphrase)
            _same_engine(manifest, engine)
            _known_version(manifest)
            if engine == "sqlite":
                copies.check_sqlite(copy)
                with copies.connected({"NAME": copy, "OPTIONS": {}}) as alias:
                    _compare(alias, manifest)
                yield manifest, copy
            else:
                with _scratch_database(copy) as name:
                    with copies.connected({"NAME": name, "OPTIONS": {}}) as alias:
                        _compare(alias, manifest)
                    yield manifest, name
    except (NotWhole, BadArchive) as error:
        raise Failed(f"{error} Rien n’a été changé.") from error
    except OSError as error:
        raise Failed(f"La restauration n’a pas pu se faire : {error.strerror}.") from error


@contextmanager
def _scratch_database(dump: Path) -> Iterator[str]:
    base = _settings()
    name = f"{base['NAME']}_restauration_{_stamp()}"
    with copies.maintenance(base) as server:
        copies.create_database(server, name)
        try:
            copies.fill_postgresql({**base, "NAME": name}, dump)
            yield name
        finally:
            copies.drop_database(server, name)


def _compare(alias: str, manifest: Manifest) -> None:
    found = copies.content(alias, tables=list(manifest.counts))
    for table, count in manifest.counts.items():
        if found.counts[table] != count:
            raise NotWhole(f"La table {table} a {found.counts[table]} lignes au lieu de {count}.")
    if found.audit_head != manifest.audit_head:
        raise NotWhole("La fin du journal n’est pas celle que la sauvegarde annonce.")


def _same_engine(manifest: Manifest, engine: str) -> None:
    if manifest.engine != engine:
        raise BadArchive(
            f"Cette sauvegarde vient d’une base {manifest.engine}, "
            f"et cette installation utilise {engine}."
        )


def _known_version(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if set(manifest.migrations) - known:
        raise BadArchive("Cette sauvegarde vient d’une version plus récente d’Unisson.")


def _put_in_place(rebuilt: Any, *, keep: bool) -> str:
    if _engine() == "sqlite":
        return _put_file(rebuilt, Path(_settings()["NAME"]), keep=keep)
    name = str(_settings()["NAME"])
    kept = f"{name}_avant_{_stamp()}" if keep else None
    with copies.maintenance(_settings()) as server:
        copies.swap_databases(server, name, rebuilt, kept)
    return kept or ""


def _put_file(rebuilt: Path, place: Path, *, keep: bool) -> str:
    """The old database's journal goes with it: it must never be read with the new one."""
    kept = place.with_name(f"{place.name}.avant-{_stamp()}")
    for ending in ("", "-wal", "-shm"):
        old = place.with_name(place.name + ending)
        if old.exists() and keep:
            old.rename(kept.with_name(kept.name + ending))
        else:
            old.unlink(missing_ok=True)
    os.replace(rebuilt, place)
    folder = os.open(place.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    return str(kept) if keep else ""


# Shared ----------------------------------------------------------------------


def _engine() -> str:
    return connections["default"].vendor


def _settings() -> dict[str, Any]:
    return connections["default"].settings_dict


def _stamp() -> str:
    return f"{clock.local(clock.now()):%Y%m%d-%H%M%S}"


@contextmanager
def _workshop(beside: Path) -> Iterator[Path]:
    """A private folder on the same disk, gone at the end whatever happens."""
    with tempfile.TemporaryDirectory(dir=beside, prefix=".unisson-") as folder:
        yield Path(folder)
