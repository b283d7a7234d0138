"""From a signed-in account to the Actor that policies and the audit trail know."""

import hashlib

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from unisson.core import clock
from unisson.core.access import Actor
from unisson.practice import roles
from unisson.practice.models import User

DEVICE_COOKIE = "poste"
IDLE_GRACE = 2  # minutes past the practice's delay, for a page that is a little late


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
    user = account_of_request(request)
    if user is None or is_locked(request):
        return None
    return actor_of(user, session=session_of_request(request), device=device_of_request(request))


def account_of_request(request: HttpRequest) -> User | None:
    """Whose session this is, locked or not; None when signed out or outside her dates."""
    user: User | AnonymousUser = request.user
    if isinstance(user, AnonymousUser) or not user.valid_on(clock.today()):
        return None
    return user


def is_locked(request: HttpRequest) -> bool:
    """Locked by a key, by the idle page, or because no page has been heard of for too long.

    The page locks itself after the practice's delay; should it fail to (a
    closed lid, a stopped script), the server does a little later.
    """
    session = request.session
    if session.get("locked"):
        return True
    seen, minutes = session.get("seen"), session.get("lock_after")
    if seen is None or minutes is None:
        return False
    return clock.now().timestamp() - seen > (minutes + IDLE_GRACE) * 60


def session_of_request(request: HttpRequest) -> str:
    """Enough of the session's key to tell it from others, not enough to use it."""
    return (request.session.session_key or "")[:12]


def device_of_request(request: HttpRequest) -> str:
    """The desk's name in the trail: a hash, for the cookie itself opens a way in by code."""
    return device_name(request.COOKIES.get(DEVICE_COOKIE, ""))


def device_name(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()[:32] if cookie else ""
