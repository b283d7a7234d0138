"""Pieces of page opened in the page's one dialog, and the answers to what is sent from it.

See static/unisson/dialog.js for the other half.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from unisson.core.errors import NotAllowed, Refusal

View = Callable[..., HttpResponse]


def dialog(view: View) -> View:
    """A view whose GET is a piece of page: followed as a link, it opens over the desk.

    A Refusal becomes its sentence, said where the act was asked for.
    """

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "GET" and "X-Boite" not in request.headers:
            return redirect(f"/?ouvre={quote(request.get_full_path(), safe='')}")
        try:
            return view(request, *args, **kwargs)
        except NotAllowed as refusal:
            return refused(refusal, status=403)
        except Refusal as refusal:
            return refused(refusal)

    return shown


def refused(refusal: Refusal, *, status: int = 409) -> HttpResponse:
    """The sentence of a refusal, for the reading line and screen readers."""
    return JsonResponse({"refusal": refusal.sentence}, status=status)


def done(
    sentence: str, *, parts: Mapping[str, str] | None = None, focus: str = "", **more: Any
) -> JsonResponse:
    """An act was done: say it, draw again what it changed, put the focus on a cell."""
    return JsonResponse({"sentence": sentence, "parts": dict(parts or {}), "focus": focus, **more})


def form_again(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, status: int = 422
) -> HttpResponse:
    """The form with its mistakes; what was typed is in it."""
    return render(request, template, dict(context), status=status)


def request_id(request: HttpRequest) -> UUID:
    """The id the sender gave to this request: sent twice, done once.

    Raises Refusal when there is none: doing it anyway could do it twice.
    """
    try:
        return UUID(request.POST.get("request_id", ""))
    except ValueError:
        raise Refusal("La demande était incomplète. Rien n’a été changé : recommencez.") from None


def new_request_id() -> str:
    """A fresh one, for a form."""
    return str(uuid4())


def number(request: HttpRequest, name: str, *, of: str = "POST") -> int | None:
    """A whole number that was sent, or None when absent or not a number."""
    text = getattr(request, of).get(name, "")
    return int(text) if text.isascii() and text.lstrip("-").isdigit() and len(text) < 19 else None
