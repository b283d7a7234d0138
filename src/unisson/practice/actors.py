"""From a signed-in account to the Actor that policies and the audit trail know."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from unisson.core import clock
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


def actor_of_request(request: HttpRequest) -> Actor | None:
    """Who is at the keyboard: nobody while the session is signed out, outdated or locked.

    The one place that decides it, for the middleware at each request and for
    the live feed, which asks again while a stream is open. Reads the database.
    """
    user: User | AnonymousUser = request.user
    if isinstance(user, AnonymousUser) or not user.valid_on(clock.today()):
        return None
    if request.session.get("locked"):
        return None
    return actor_of(
        user,
        session=(request.session.session_key or "")[:12],
        device=request.COOKIES.get("poste", "")[:64],
    )
