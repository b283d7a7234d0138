"""Whose session the browser holds: begun, parked for a colleague, taken up again.

One browser is one keyboard. Each person has a session of her own behind it;
only one is in the browser's cookie at a time. The others wait in the
database, locked, under the key that `DeskPresence` remembers.
"""

from __future__ import annotations

import ipaddress
import secrets
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from unisson.core import clock
from unisson.core.access import Actor
from unisson.practice.actions import sessions
from unisson.practice.actors import (
    DEVICE_COOKIE,
    account_of_request,
    actor_of,
    device_name,
    device_of_request,
    is_locked,
    session_of_request,
)
from unisson.practice.models import User
from unisson.practice.queries import practice, present_at

BACKEND = "django.contrib.auth.backends.ModelBackend"
YEAR = 365 * 24 * 3600  # seconds


def begin(request: HttpRequest, user: User, *, with_password: bool = True) -> Actor:
    """Put this person at the keyboard, under a new session key. Says nothing to the trail.

    Whoever was there keeps her own session, parked and locked.
    """
    there = account_of_request(request)
    if there is not None and there.pk != user.pk:
        _park(request, there)
        request.session = _waiting_session(request, user) or _store()(None)
    if request.session.get(SESSION_KEY) != str(user.pk):
        login(request, user, backend=BACKEND)
    else:
        request.session.cycle_key()
    if there is None or there.pk != user.pk:
        # A page of the person before cannot write in the name of this one.
        rotate_token(request)
    request.user = user
    request.session["locked"] = False
    request.session["seen"] = _seconds()
    request.session["lock_after"] = lock_minutes()
    request.session.save()
    return actor_of(user, session=session_of_request(request), device=device_of_request(request))


def heard(request: HttpRequest) -> None:
    """Someone is at this keyboard now.

    Writes on the session as it is at this instant, not as this request found
    it: saved whole, a session read just before a lock would undo the lock.
    """
    with transaction.atomic():
        row = (
            Session.objects.select_for_update()
            .filter(session_key=request.session.session_key)
            .first()
        )
        kept: dict[str, Any] = row.get_decoded() if row else {}
        if row is None or kept.get("locked"):
            return
        row.session_data = request.session.encode({**kept, "seen": _seconds()})
        row.save(update_fields=["session_data"])


def _seconds() -> int:
    return int(clock.now().timestamp())


def lock_minutes() -> int:
    house = practice()
    return house.lock_after_minutes if house else 5


def lock(request: HttpRequest, *, idle: bool) -> None:
    """Close the keyboard; the session waits for its owner."""
    if user := account_of_request(request):
        _park(request, user, idle=idle)


def end(request: HttpRequest) -> None:
    """Sign out, from an open desk or from a locked one."""
    user = account_of_request(request)
    if user is not None:
        by = actor_of(user, session=session_of_request(request), device=device_of_request(request))
        sessions.signed_out(by=by)
    logout(request)


def _park(request: HttpRequest, user: User, *, idle: bool = False) -> None:
    if not request.session.get("locked"):
        by = actor_of(user, session=session_of_request(request), device=device_of_request(request))
        idle = idle or is_locked(request)
        sessions.locked(by=by, idle=idle, session=request.session.session_key or "")
    request.session["locked"] = True
    request.session.save()


def _waiting_session(request: HttpRequest, user: User) -> SessionBase | None:
    """Her own session, if it waits at this desk and her password has not changed since."""
    for present in present_at(device_of_request(request)):
        if present.user_id != user.pk or not present.session:
            continue
        store = _store()(present.session)
        kept: dict[str, Any] = store.load()
        mark = kept.get(HASH_SESSION_KEY, "")
        if kept.get(SESSION_KEY) == str(user.pk) and constant_time_compare(
            mark, user.get_session_auth_hash()
        ):
            return store
    return None


def _store() -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore


# The desk and where requests come from -------------------------------------------


def known_device(request: HttpRequest) -> str:
    """The desk's name, given to it now if it had none. `mark_device` sends it back."""
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")
    if not 20 <= len(cookie) <= 64:
        cookie = secrets.token_urlsafe(32)
        request.COOKIES[DEVICE_COOKIE] = cookie
        request.new_device = cookie  # type: ignore[attr-defined]
    return device_name(cookie)


def mark_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Send the desk its name, if it was just given one."""
    if cookie := getattr(request, "new_device", ""):
        response.set_cookie(
            DEVICE_COOKIE,
            cookie,
            max_age=YEAR,
            httponly=True,
            samesite="Strict",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def client_address(request: HttpRequest) -> str:
    """Where a try comes from: an IPv4 address, or an IPv6 network of 64 bits.

    Behind our reverse proxy (UNISSON_HTTPS=1) it is the last address it
    appended; without one, what the browser claims is ignored.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2].strip()
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "inconnue"
    if ip.version == 6:
        return str(ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)


def from_this_machine(request: HttpRequest) -> bool:
    """Whether the browser runs on the server itself. Never through a proxy."""
    if settings.BEHIND_PROXY or request.headers.get("X-Forwarded-For"):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def local_path(address: str | None) -> str:
    """Where to go next: a path of this site, else the desk. Never another site."""
    if not address or not address.startswith("/"):
        return "/"
    if not url_has_allowed_host_and_scheme(address, allowed_hosts=None):
        return "/"
    parts = urlsplit(address)
    if parts.path.startswith(("/connexion", "/deconnexion", "/verrou", "/premiere-fois")):
        return "/"
    return address
