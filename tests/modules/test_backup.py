"""A backup taken while people work is whole, checked, and can be put back."""

from __future__ import annotations

import json
import shutil
import tarfile
import threading
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from tests.screens.session_house import small_practice
from unisson.core.access import Actor
from unisson.core.gesture import first_broken_link
from unisson.core.models import AuditEvent
from unisson.practice.actions import house
from unisson.practice.actions.details import SiteDetails
from unisson.practice.models import Practice, Site
from unisson.site import archive, backup, copies
from unisson.site.failures import Failed

# Real commits: what is being copied is a database in use.
pytestmark = pytest.mark.django_db(transaction=True)
AUDIT_GUARD = """CREATE TRIGGER audit_no_update BEFORE UPDATE ON core_auditevent
BEGIN SELECT RAISE(ABORT, 'le journal ne se modifie pas'); END"""
PHRASE = "le phare tourne la nuit"
needs_tools = pytest.mark.skipif(
    connection.vendor == "postgresql" and not shutil.which("pg_dump"), reason="sans pg_dump"
)


@pytest.fixture(autouse=True)
def _a_copy_may_be_opened(transactional_db, monkeypatch):
    """Django's tests forbid databases they were not told of; ours is made during the test."""
    guarded = BaseDatabaseWrapper.ensure_connection

    def ensure_connection(self: BaseDatabaseWrapper) -> None:
        if self.alias == copies.COPY and self.connection is None:
            self.connect()
        else:
            guarded(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure_connection)


@pytest.fixture
def place(tmp_path, monkeypatch) -> Path:
    """A folder for backups; the data folder is one of its own."""
    monkeypatch.setattr(settings, "DATA", tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def add_site(name: str) -> None:
    house.add_site(SiteDetails(name), by=Actor.system("tests"))


@needs_tools
def test_what_is_written_says_what_it_holds(place):
    small_practice()
    made = backup.create(place / "un.sauvegarde")
    held = made.manifest
    assert held.practice == "Cabinet des Lilas"
    assert held.counts["practice_user"] == 4
    assert held.audit_rows == AuditEvent.objects.count() - 1  # the backup's own line came after
    assert archive.check(made.path, None) == held
    line = AuditEvent.objects.order_by("-id")[0]
    assert (line.verb, line.actor_name) == ("practice.backup", "sauvegarde")
    assert held.sha256[:12] in line.detail
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert list(place.iterdir()) == [made.path]


@needs_tools
def test_into_a_folder_it_takes_the_date_and_keeps_the_last_ones(place):
    small_practice()
    for day in ("20261120-080000", "20261121-080000", "20261122-080000"):
        (place / f"unisson-{day}.sauvegarde").write_text("une ancienne")
    (place / "autre.txt").write_text("à quelqu’un d’autre")
    made = backup.create(place, keep=2)
    names = sorted(path.name for path in place.iterdir())
    assert names == ["autre.txt", "unisson-20261122-080000.sauvegarde", made.path.name]


@needs_tools
def test_nothing_is_overwritten(place):
    (place / "un").write_text("précieux")
    with pytest.raises(Failed, match="existe déjà"):
        backup.create(place / "un")
    assert (place / "un").read_text() == "précieux"


def test_a_missing_folder_is_said(place):
    with pytest.raises(Failed, match="n’existe pas"):
        backup.create(place / "nulle" / "part")


@needs_tools
def test_it_is_one_instant_while_others_write(place):
    """Each site is written with its audit line; a copy holds both or neither."""
    small_practice()
    stop, wrote = threading.Event(), []

    def work() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            add_site(f"Site {number}")
            wrote.append(number)
        connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    try:
        while len(wrote) < 5:
            stop.wait(0.01)
        made = [backup.create(place / f"{n}.sauvegarde") for n in range(3)]
    finally:
        stop.set()
        worker.join()
    assert len(wrote) > 5
    for one in made:
        sites = one.manifest.counts["practice_site"]
        # 7 lines found the practice, then one a site, and one for each backup before.
        founded = AuditEvent.objects.filter(verb="practice.found").count()
        before = made.index(one)
        assert one.manifest.audit_rows == founded + (sites - 1) + before
        assert backup.try_out(one.path) == one.manifest
    assert first_broken_link() is None


@needs_tools
def test_a_damaged_file_is_refused_whatever_was_damaged(place):
    small_practice()
    made = backup.create(place / "un.sauvegarde")
    whole = made.path.read_bytes()
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        damaged = bytearray(whole)
        damaged[at] ^= 0xFF
        made.path.write_bytes(bytes(damaged))
        try:
            found = archive.check(made.path, None)
        except archive.BadArchive:
            continue
        # A byte of the wrapping that changes nothing of what comes out.
        assert found == made.manifest
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 200):
        made.path.write_bytes(whole[:length])
        with pytest.raises(archive.BadArchive):
            archive.check(made.path, None)


def test_a_file_that_is_not_a_backup(place):
    other = place / "facture.pdf"
    other.write_bytes(b"%PDF-1.7 rien a voir")
    with pytest.raises(Failed, match="n’est pas une sauvegarde"):
        backup.try_out(other)
    with pytest.raises(Failed, match="Il n’y a pas de fichier"):
        backup.try_out(place / "absent")


@needs_tools
class TestSealed:
    def test_it_opens_with_its_phrase_only(self, place):
        small_practice()
        made = backup.create(place / "un", passphrase=PHRASE)
        assert b"practice" not in made.path.read_bytes()
        assert backup.try_out(made.path, passphrase=PHRASE) == made.manifest
        with pytest.raises(Failed, match="phrase de passe"):
            backup.try_out(made.path)
        with pytest.raises(Failed, match="bonne phrase de passe"):
            backup.try_out(made.path, passphrase="une autre phrase")

    def test_a_cut_or_changed_file_is_noticed(self, place):
        small_practice()
        made = backup.create(place / "un", passphrase=PHRASE)
        whole = made.path.read_bytes()
        changed = bytearray(whole)
        changed[len(whole) // 2] ^= 1
        for bad in (whole[:-1], whole[:-20], bytes(changed), whole + b"x" * 8):
            made.path.write_bytes(bad)
            if bad.startswith(whole):
                assert archive.check(made.path, PHRASE) == made.manifest
            else:
                with pytest.raises(archive.BadArchive):
                    archive.check(made.path, PHRASE)


def rewrite(path: Path, **changes) -> None:
    """The same archive with another manifest: what a forger, or a newer version, would write."""
    with archive.opened(path, None) as (manifest, body):
        database = path.with_suffix(".base")
        database.write_bytes(body.read())
    told = {**manifest.__dict__, **changes}
    path.unlink()
    archive.write(path, archive.Manifest(**told), database, None)
    database.unlink()


@needs_tools
def test_a_manifest_that_does_not_agree_is_refused(place):
    small_practice()
    made = backup.create(place / "un.sauvegarde")
    whole = made.path.read_bytes()
    for changes, said in (
        ({"engine": "oracle"}, "vient d’une base oracle"),
        ({"migrations": ["agenda.9999_future"]}, "version plus récente"),
        ({"format": 99}, "version plus récente"),
        ({"counts": {"practice_site": 12}}, "1 lignes au lieu de 12"),
        ({"audit_head": "0" * 64}, "fin du journal"),
    ):
        made.path.write_bytes(whole)
        rewrite(made.path, **changes)
        with pytest.raises(Failed, match=said):
            backup.try_out(made.path)


@needs_tools
def test_a_place_in_use_is_not_replaced_by_mistake(place):
    small_practice()
    made = backup.create(place / "un.sauvegarde")
    with pytest.raises(Failed, match="existe déjà ici"):
        backup.restore(made.path)
    assert Practice.objects.count() == 1


@needs_tools
def test_a_trail_tampered_with_is_not_backed_up_as_if_it_were_whole(place):
    small_practice()
    off, on = (
        ("DROP TRIGGER audit_no_update", AUDIT_GUARD)
        if connection.vendor == "sqlite"
        else (
            "ALTER TABLE core_auditevent DISABLE TRIGGER USER",
            "ALTER TABLE core_auditevent ENABLE TRIGGER USER",
        )
    )
    with connection.cursor() as cursor:
        cursor.execute(off)
        cursor.execute("UPDATE core_auditevent SET actor_name = 'x'")
        cursor.execute(on)
    with pytest.raises(Failed, match="journal est rompu"):
        backup.create(place / "un.sauvegarde")
    assert list(place.iterdir()) == []


def test_the_archive_opens_with_ordinary_tools(place):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite")
    small_practice()
    made = backup.create(place / "un.sauvegarde")
    with tarfile.open(made.path) as tar:
        assert tar.getnames() == ["manifest.json", "database.sqlite3"]
        file = tar.extractfile("manifest.json")
        assert file is not None
        assert json.load(file)["practice"] == "Cabinet des Lilas"
    assert Site.objects.count() == 1
