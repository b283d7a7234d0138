"""One act, whole or not at all: the only way to write.

    with gesture("agenda.book", by=actor) as act:
        lock(RESOURCES, ids)
        ...
        act.audit("C", appointment, patient_id=appointment.patient_id)
        act.tell("agenda.changed", practitioner=3, date="2026-11-24")

Opens a transaction, checks the policy, and on the way out writes the audit
lines and the outbox rows, last, under one lock: they carry ascending ids in
the order they become visible, which the hash chain and the live feed's replay
rely on. An act that forgot its audit line raises, so none can be missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models, transaction

from unisson.core import access, clock
from unisson.core.access import Actor
from unisson.core.locks import CHAIN, lock, turn
from unisson.core.models import AuditEvent, OutboxEvent

GENESIS = "0" * 64


class MissingAudit(AssertionError):
    """An act reached its end without saying what was done."""


class Act:
    """What happens inside a gesture: collects audit lines and news."""

    def __init__(self, verb: str, by: Actor, at: datetime) -> None:
        self.verb = verb
        self.by = by
        self.at = at
        self._lines: list[dict[str, Any]] = []
        self._news: list[tuple[str, dict[str, Any]]] = []

    def audit(
        self,
        action: str,
        subject: models.Model | str,
        *,
        object_id: int | None = None,
        patient_id: int | None = None,
        detail: str = "",
    ) -> None:
        """Say what was done (C, R, U, D, E) to what. `detail` holds no medical content."""
        kind = subject if isinstance(subject, str) else type(subject).__name__
        key = object_id if isinstance(subject, str) else subject.pk
        self._lines.append(
            {
                "action": action,
                "object_type": kind,
                "object_id": key,
                "patient_id": patient_id,
                "detail": detail[:500],
            }
        )

    def tell(self, topic: str, **payload: Any) -> None:
        """News for the outbox: keys only, never a name."""
        self._news.append((topic, payload))

    def after_commit(self, do: Callable[[], None]) -> None:
        """Run once the act is durable; never when it was rolled back."""
        transaction.on_commit(do)

    def _write(self) -> None:
        if not self._lines:
            raise MissingAudit(self.verb)
        lock(CHAIN, [0])
        head = AuditEvent.objects.order_by("-id").values_list("digest", flat=True).first()
        digest = head or GENESIS
        rows = []
        for line in self._lines:
            row = AuditEvent(
                at=self.at,
                actor_id=self.by.user_id,
                actor_name=self.by.name,
                actor_role=self.by.role,
                session=self.by.session,
                device=self.by.device,
                verb=self.verb,
                previous_digest=digest,
                **line,
            )
            digest = row.digest = seal(row)
            rows.append(row)
        AuditEvent.objects.bulk_create(rows)
        if self._news:
            OutboxEvent.objects.bulk_create(
                OutboxEvent(at=self.at, topic=topic, payload=payload)
                for topic, payload in self._news
            )


def seal(row: AuditEvent) -> str:
    """SHA-256 of the previous digest and the row's canonical text."""
    text = json.dumps(
        [
            row.at.isoformat(timespec="microseconds"),
            row.actor_id,
            row.actor_name,
            row.actor_role,
            row.session,
            row.device,
            row.verb,
            row.action,
            row.object_type,
            row.object_id,
            row.patient_id,
            row.detail,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(f"{row.previous_digest}{text}".encode()).hexdigest()


def first_broken_link(*, using: str | None = None) -> int | None:
    """The id of the first audit line that does not follow from the one before, or None.

    `using`: another database than the practice's own, such as a copy of it.
    """
    digest = GENESIS
    for row in AuditEvent.objects.using(using).order_by("id").iterator(chunk_size=2000):
        if row.previous_digest != digest or seal(row) != row.digest:
            return row.pk
        digest = row.digest
    return None


@contextmanager
def gesture(verb: str, *, by: Actor) -> Iterator[Act]:
    """Do one thing: policy, transaction, audit and outbox together.

    Raises NotAllowed before anything is read. Nested gestures are refused by
    Django's `durable` flag: an act is one transaction, not a part of one.
    """
    access.check(by, verb)
    with turn(), transaction.atomic(durable=True):
        act = Act(verb, by, clock.now())
        yield act
        act._write()
