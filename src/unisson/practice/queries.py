"""What screens ask about the practice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from unisson.core import clock
from unisson.practice import roles
from unisson.practice.models import DeskPresence, Practice, User


def practice() -> Practice | None:
    """The practice, or None before it was founded."""
    return Practice.objects.first()


def is_founded() -> bool:
    return Practice.objects.exists()


@dataclass(frozen=True)
class Present:
    """Someone who may come back to a desk: who, and whether a code is enough."""

    user_id: int
    name: str
    role: str
    has_code: bool
    session: str


def present_at(device: str, day: date | None = None) -> list[Present]:
    """The people who signed in at this desk that day, in the order they came."""
    if not device:
        return []
    found = DeskPresence.objects.filter(
        device=device, day=day or clock.today(), user__is_active=True
    )
    return [
        Present(
            user_id=row.user_id,
            name=row.user.name,
            role=roles.LABELS[row.user.role],
            has_code=bool(row.user.pin),
            session=row.session,
        )
        for row in found.select_related("user").order_by("signed_in_at", "id")
        if row.user.valid_on(clock.today())
    ]


def demonstration_accounts() -> list[User]:
    """The accounts of the fictitious practice, for its sign-in page."""
    if not Practice.objects.filter(demonstration=True).exists():
        return []
    today = clock.today()
    people = User.objects.filter(is_active=True).order_by("id")
    return [user for user in people if user.valid_on(today)]
