"""Who is at the keyboard, may she open this page, and what is said when she may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from unisson.core import access
from unisson.core.errors import NotAllowed, Refusal
from unisson.practice.actors import account_of_request, actor_of_request
from unisson.practice.queries import is_founded

# What someone with a temporary password may still open.
BEFORE_OWN_PASSWORD = ("session.own_secrets", "session.sign_out", "session.lock", "session.stay")


class AccessMiddleware:
    """Puts `request.actor` in place and refuses every view its verb does not allow.

    A view without a verb is refused to everyone: forgetting the policy closes
    the page, it does not open it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of_request(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        # Pages hold names: no copy stays in the browser or on the way. A view
        # that chose its own caching (nothing personal in it) keeps it.
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        verb = getattr(view, "verb", None)
        actor = request.actor  # type: ignore[attr-defined]
        if verb is None:
            return _refused(request, NotAllowed("?"))
        if not access.may(actor, verb):
            return _refused(request, NotAllowed(verb)) if actor else _to_the_door(request)
        user = account_of_request(request) if actor else None
        if user and user.must_change_password and not _spared(verb):
            return _go(request, reverse("account"))
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return _refused(request, error) if isinstance(error, Refusal) else None


def _spared(verb: str) -> bool:
    roles = access.granted_verbs()[verb]
    return verb in BEFORE_OWN_PASSWORD or access.ANYONE in roles


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A view that catches its own refusals says them in place; this is for the rest."""
    not_allowed = isinstance(refusal, NotAllowed)
    fragment = getattr(request, "htmx", False)
    return render(
        request,
        "session/refusal.html" if fragment else "refused.html",
        {"sentence": refusal.sentence, "not_allowed": not_allowed},
        status=403 if not_allowed else 409,
    )


def _to_the_door(request: HttpRequest) -> HttpResponse:
    """To the locked screen, to the sign-in page, or to the first-run pages; then back."""
    if account_of_request(request):
        door = "unlock"
    elif is_founded():
        door = "sign-in"
    else:
        return _go(request, reverse("first-run"))
    return _go(request, f"{reverse(door)}?{urlencode({'suite': _page(request)})}")


def _page(request: HttpRequest) -> str:
    """The page to come back to. A form that was sent is not sent again: back to its page."""
    if getattr(request, "htmx", False):
        return request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    return request.get_full_path() if request.method == "GET" else "/"


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """Elsewhere. htmx and the live feed are told to move the whole page."""
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
        return response
    return redirect(address)
