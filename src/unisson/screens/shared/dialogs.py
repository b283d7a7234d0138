"""Pieces of page opened in the page's one dialog, and the answers to what is sent from it.

See static/unisson/dialog.js for the other half.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

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
            answer = view(request, *args, **kwargs)
        except NotAllowed as refusal:
            answer = refused(refusal, status=403)
        except Refusal as refusal:
            answer = refused(refusal)
        return _as_page(request, answer) if _plain(request) else answer

    return shown


def _plain(request: HttpRequest) -> bool:
    """A form sent by the browser itself, without the script that reads JSON."""
    return (
        request.method == "POST"
        and request.get_preferred_type(["application/json", "text/html"]) == "text/html"
    )


def _as_page(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """The sentence of an act on the page it was asked from."""
    if not isinstance(answer, JsonResponse):
        return answer
    told = json.loads(answer.content)
    if "refusal" in told:
        messages.error(request, told["refusal"])
    elif "sentence" in told:
        messages.success(request, told["sentence"])
    back = request.headers.get("Referer", "")
    known = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if known else "/")


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
