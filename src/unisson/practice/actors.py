"""From a signed-in account to the Actor that policies and the audit trail know."""

from unisson.core.access import Actor
from unisson.practice import roles
from unisson.practice.models import User


def actor_of(user: User, *, session: str = "", device: str = "") -> Actor:
    """The actor for this account.

    A secretary with no `works_for` list works for everyone; a practitioner or
    a replacement for her own agenda and those she is listed for.
    """
    listed = frozenset(user.works_for.values_list("id", flat=True))
    if user.role in roles.CARE:
        scope: frozenset[int] | None = listed | {user.practitioner_id or 0}
    else:
        scope = listed or None
    return Actor(
        user_id=user.pk,
        role=user.role,
        name=user.name,
        session=session,
        device=device,
        practitioner_ids=scope,
        practitioner_id=user.practitioner_id,
    )
