"""The line of orders: what it understood and found, as a fragment under the field or a page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from unisson.core.access import page
from unisson.screens.secretary.orders.answering import answer
from unisson.screens.secretary.orders.ask import Ask


@page("desk.see")
@require_GET
def order(request: HttpRequest) -> HttpResponse:
    """`?q=`: the line. `lecture`, `patient`, `rdv`, `faire`: what was chosen under it.

    A fragment when the line asks for it, else a whole page that works without a script.
    """
    ask = Ask.of(request)
    fragment = "X-Ordre" in request.headers
    response = render(
        request,
        "orders/answer.html" if fragment else "orders/page.html",
        {"ask": ask, "answer": answer(ask)},
    )
    patch_vary_headers(response, ["X-Ordre"])
    return response
