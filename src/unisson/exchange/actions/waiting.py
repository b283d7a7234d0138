"""A file given in the browser, kept until somebody imports it or drops it.

It holds personal data: its own folder, readable by the server alone, a random
name, and a day at most.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.exchange.actions.agenda import VERB as AGENDA_VERB
from unisson.exchange.actions.patients import VERB as PATIENTS_VERB
from unisson.exchange.models import WaitingFile
from unisson.exchange.reading import Choices
from unisson.exchange.rules import sniffing
from unisson.exchange.rules.headers import AGENDA, PATIENTS

VERBS = {PATIENTS: PATIENTS_VERB, AGENDA: AGENDA_VERB}
KEPT = timedelta(hours=24)
GONE = "Ce fichier a déjà été importé ou abandonné. Donnez-le de nouveau si besoin."


def folder() -> Path:
    """Where waiting files are, made on first use."""
    path = Path(settings.DATA) / "imports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def keep_file(*, kind: str, file_name: str, chunks: Iterable[bytes], by: Actor) -> WaitingFile:
    """Keep an uploaded file; those a day old are removed. Raises Refusal over the limit."""
    if kind not in VERBS:
        raise Refusal("Dites ce que contient le fichier : des patients ou un agenda.", field="kind")
    token = secrets.token_urlsafe(24)
    path = folder() / token
    size = _write(path, chunks)
    try:
        with gesture(VERBS[kind], by=by) as act:
            old = list(WaitingFile.objects.filter(at__lt=act.at - KEPT))
            WaitingFile.objects.filter(id__in=[one.pk for one in old]).delete()
            row = WaitingFile.objects.create(
                token=token,
                kind=kind,
                file_name=Path(file_name).name[:200],
                size=size,
                at=act.at,
                by_id=by.user_id or 0,
            )
            act.audit("C", row, detail=f"{kind}, {size} octets")
            act.after_commit(lambda: _remove(one.token for one in old))
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return row


def _write(path: Path, chunks: Iterable[bytes]) -> int:
    size = 0
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > sniffing.MAX_BYTES:
                break
            file.write(chunk)
    if size > sniffing.MAX_BYTES:
        path.unlink()
        raise Refusal(
            f"{sniffing.too_big(size, sniffing.MAX_BYTES)} Rien n’a été gardé.", field="file"
        )
    return size


def _remove(tokens: Iterable[str]) -> None:
    for token in tokens:
        (folder() / token).unlink(missing_ok=True)


def waiting(token: str, *, by: Actor) -> WaitingFile:
    """A file this person gave. Raises Refusal when it is gone or somebody else's."""
    row = WaitingFile.objects.filter(token=token, by_id=by.user_id or 0).first()
    if row is None or clock.now() - row.at > KEPT or not (folder() / row.token).exists():
        raise Refusal(GONE)
    return row


def content(row: WaitingFile) -> bytes:
    """The bytes of a waiting file."""
    return (folder() / row.token).read_bytes()


def choices_of(row: WaitingFile) -> Choices:
    """What was said about the file so far."""
    return Choices(**row.settings)


def settle(*, token: str, choices: Choices, by: Actor) -> WaitingFile:
    """Keep what a person said about the columns and names of a waiting file."""
    row = waiting(token, by=by)
    with gesture(VERBS[row.kind], by=by) as act:
        kept = replace(choices, source=choices.source.strip()[:40] or Choices().source)
        row.settings = asdict(kept)
        row.save(update_fields=["settings"])
        act.audit("U", row)
    return row


def drop(*, token: str, by: Actor) -> None:
    """Forget a waiting file."""
    row = waiting(token, by=by)
    with gesture(VERBS[row.kind], by=by) as act:
        act.audit("D", row)
        row.delete()
        act.after_commit(lambda: _remove([token]))
