"""Reading the audit trail: who did what, to whose record, when, and is it whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet

from unisson.core.clock import PARIS
from unisson.core.gesture import first_broken_link
from unisson.core.models import AuditEvent

PAGE = 100  # lines


@dataclass(frozen=True)
class Wanted:
    """What to look for; what is None or empty is not asked. Days are Paris days, included."""

    user_id: int | None = None
    patient_id: int | None = None
    verb: str = ""
    first: date | None = None
    last: date | None = None

    @property
    def said(self) -> str:
        """The question, for the line that says it was asked."""
        asked = {
            "compte": self.user_id,
            "patient": self.patient_id,
            "acte": self.verb,
            "du": self.first,
            "au": self.last,
        }
        return ", ".join(f"{word} {value}" for word, value in asked.items() if value) or "tout"


def lines(wanted: Wanted, *, before: int | None = None) -> list[AuditEvent]:
    """The latest lines, newest first; `before`: those older than this one. One more than PAGE."""
    found = _lines(wanted)
    if before is not None:
        found = found.filter(id__lt=before)
    return list(found.order_by("-id")[: PAGE + 1])


def every_line(wanted: Wanted) -> Iterator[AuditEvent]:
    """All of them, oldest first, a few at a time."""
    return _lines(wanted).order_by("id").iterator(chunk_size=2000)


def _lines(wanted: Wanted) -> QuerySet[AuditEvent]:
    found = AuditEvent.objects.all()
    if wanted.user_id is not None:
        # What she did, and what was tried or changed on her account.
        by = AuditEvent.objects.filter(actor_id=wanted.user_id)
        about = AuditEvent.objects.filter(object_type="User", object_id=wanted.user_id)
        found = by | about
    if wanted.patient_id is not None:
        found = found.filter(patient_id=wanted.patient_id)
    if wanted.verb:
        found = found.filter(verb=wanted.verb)
    if wanted.first is not None:
        found = found.filter(at__gte=_midnight(wanted.first))
    if wanted.last is not None:
        found = found.filter(at__lt=_midnight(wanted.last + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)


@dataclass(frozen=True)
class Chain:
    """Whether each line follows from the one before. `broken`: the first that does not."""

    lines: int
    broken: int | None


def chain() -> Chain:
    """Walk the whole trail, link by link: 1 s for about 60,000 lines."""
    return Chain(AuditEvent.objects.count(), first_broken_link())


def verbs() -> list[str]:
    """The verbs that occur in the trail."""
    return list(AuditEvent.objects.order_by("verb").values_list("verb", flat=True).distinct())


def last(verb: str) -> AuditEvent | None:
    """The latest line of a verb."""
    return AuditEvent.objects.filter(verb=verb).order_by("-id").first()
