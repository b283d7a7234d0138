"""Who is at the keyboard, and may she open this page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from unisson.core import access
from unisson.core.errors import NotAllowed
from unisson.practice.actors import actor_of_request


class AccessMiddleware:
    """Puts `request.actor` in place and refuses every view its verb does not allow.

    A view without a verb is refused to everyone: forgetting the policy closes
    the page, it does not open it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = actor_of_request(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        verb = getattr(view, "verb", None)
        actor = request.actor  # type: ignore[attr-defined]
        if verb is not None and access.may(actor, verb):
            return None
        if actor is None and verb is not None:
            return _to_sign_in(request)
        return render(request, "refused.html", {"verb": verb}, status=403)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            return render(request, "refused.html", {"verb": error.verb}, status=403)
        return None


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back. htmx is told to move the whole page."""
    target = f"{reverse('sign-in')}?suite={request.get_full_path()}"
    if getattr(request, "htmx", False):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = reverse("sign-in")
        return response
    return redirect(target)
