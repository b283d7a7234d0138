"""One backup, one file: a manifest, then the database; compressed, sealed if asked.

A gzipped tar, so that any system can open an unsealed one: `manifest.json`
says what it is, how much it holds and the SHA-256 of the database's copy.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from unisson.site.sealing import Opener, Sealer, WrongPassphrase, is_sealed

FORMAT = 1
MANIFEST = "manifest.json"
BLOCK = 1024 * 1024  # bytes
LEVEL = 3  # gzip: half the time of the default for a few percent more bytes


class BadArchive(Exception):
    """It is not a backup, or not a whole one; the text is the French sentence to show."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `counts`: rows by table; `audit_head`: last digest."""

    made_at: str
    version: str
    engine: str
    practice: str
    file: str
    size: int
    sha256: str
    counts: dict[str, int]
    audit_rows: int
    audit_head: str
    migrations: list[str] = field(default_factory=list)
    format: int = FORMAT


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(target: Path, manifest: Manifest, database: Path, passphrase: str | None) -> None:
    """Write the archive beside its final name, then put it there: never a half one.

    Raises FileExistsError rather than overwrite.
    """
    if target.exists():
        raise FileExistsError(target)
    partial = target.with_name(target.name + ".partiel")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            sealer = Sealer(out, passphrase) if passphrase else None
            _pack(cast(IO[bytes], sealer or out), manifest, database)
            if sealer:
                sealer.close()
            out.flush()
            os.fsync(out.fileno())
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)


def _pack(out: IO[bytes], manifest: Manifest, database: Path) -> None:
    with tarfile.open(fileobj=out, mode="w|gz", compresslevel=LEVEL) as tar:
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size = len(text)
        tar.addfile(about, io.BytesIO(text))
        body = tarfile.TarInfo(manifest.file)
        body.size = manifest.size
        with database.open("rb") as source:
            tar.addfile(body, source)


@contextmanager
def opened(source: Path, passphrase: str | None) -> Iterator[tuple[Manifest, IO[bytes]]]:
    """The manifest and the database's bytes, to be read to the end. Raises BadArchive."""
    try:
        with source.open("rb") as raw:
            plain: Any = raw
            if is_sealed(raw):
                if not passphrase:
                    raise BadArchive("Cette sauvegarde est fermée par une phrase de passe.")
                plain = Opener(raw, passphrase)
            with closing(tarfile.open(fileobj=plain, mode="r|gz")) as tar:
                yield _manifest(tar), _body(tar)
    except WrongPassphrase:
        raise BadArchive(
            "Ce n’est pas la bonne phrase de passe, ou le fichier a été abîmé."
        ) from None
    except (FileNotFoundError, IsADirectoryError):
        raise BadArchive(f"Il n’y a pas de fichier {source}.") from None
    except (tarfile.TarError, zlib.error, EOFError, KeyError, TypeError, ValueError) as error:
        raise BadArchive("Ce fichier n’est pas une sauvegarde, ou il est incomplet.") from error


def _manifest(tar: tarfile.TarFile) -> Manifest:
    member = tar.next()
    if member is None or member.name != MANIFEST or member.size > BLOCK:
        raise BadArchive("Ce fichier n’est pas une sauvegarde d’Unisson.")
    file = tar.extractfile(member)
    found = json.loads(file.read() if file else b"")
    if found.get("format", 0) > FORMAT:
        raise BadArchive("Cette sauvegarde vient d’une version plus récente d’Unisson.")
    return Manifest(**found)


def _body(tar: tarfile.TarFile) -> IO[bytes]:
    member = tar.next()
    file = tar.extractfile(member) if member else None
    if file is None:
        raise BadArchive("Cette sauvegarde est incomplète : la base n’y est pas.")
    return file


def extract(source: Path, target: Path, passphrase: str | None) -> Manifest:
    """Put the database's copy at `target`, a new file, once its digest agrees.

    Raises BadArchive; then there is no file at `target`.
    """
    with opened(source, passphrase) as (manifest, body):
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as out:
                _copy(body, out, manifest)
        except BaseException:
            target.unlink(missing_ok=True)
            raise
    return manifest


def check(source: Path, passphrase: str | None) -> Manifest:
    """Read the whole archive back and compare its digest. Raises BadArchive."""
    with opened(source, passphrase) as (manifest, body):
        _copy(body, None, manifest)
    return manifest


def _copy(body: IO[bytes], out: IO[bytes] | None, manifest: Manifest) -> None:
    seen, digest = 0, hashlib.sha256()
    while block := body.read(BLOCK):
        seen += len(block)
        digest.update(block)
        if out:
            out.write(block)
    if seen != manifest.size or digest.hexdigest() != manifest.sha256:
        raise BadArchive("La sauvegarde est abîmée : son empreinte ne correspond pas.")
