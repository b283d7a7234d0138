"""Find a patient: answers under the command line, in a picker, or as a page."""

from __future__ import annotations

import re
from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from unisson.core.access import Actor, may, page
from unisson.patients import queries
from unisson.patients.queries import Found
from unisson.practice.roles import REMOTE_AGENT
from unisson.screens.secretary.patients_frame import actor

UNDER_THE_LINE = 12
ON_THE_PAGE = 50


@page("patients.search")
def search(request: HttpRequest) -> HttpResponse:
    """Who this text can be. `?choix=1`: to be picked, not opened; `?retour=`: where to go after.

    A fragment of options for the line and the pickers, a whole page otherwise.
    """
    typed = request.GET.get("q", "").strip()[:200]
    fragment = bool(request.headers.get("HX-Request")) or "fragment" in request.GET
    reader = actor(request)
    advice = _too_vague(reader, typed)
    limit = UNDER_THE_LINE if fragment else ON_THE_PAGE
    found = queries.search(typed, limit=limit + 1) if typed and not advice else []
    answers = _shared(found[:limit], more=len(found) > limit)
    alone = len(answers) == 1 and answers[0].sure
    page_of = render_to_string(
        "patients/found.html" if fragment else "patients/search.html",
        {
            "typed": typed,
            "answers": answers,
            "advice": advice,
            "more": len(found) > limit,
            "alone": alone,
            "choice": "choix" in request.GET or not may(reader, "patients.read"),
            "back": request.GET.get("retour", ""),
            "may_review": may(reader, "patients.review_duplicates"),
        },
        request,
    )
    # Nothing to answer is nothing at all: an empty list is not drawn.
    response = HttpResponse(page_of.strip())
    patch_vary_headers(response, ["HX-Request"])
    return response


def _shared(answers: list[Found], *, more: bool) -> list[Found]:
    """Those found by their telephone say how many have it: one number is often a family's."""
    same = [each for each in answers if each.why == "téléphone"]
    if len(same) < 2:
        return answers
    why = f"téléphone, partagé par {len(same)}{' ou plus' if more else ''}"
    return [replace(each, why=why) if each in same else each for each in answers]


def _too_vague(reader: Actor, typed: str) -> str:
    """A remote agent gives two traits before a name is shown: she may not browse the list."""
    if reader.role != REMOTE_AGENT or not typed:
        return ""
    digits = len(re.sub(r"\D", "", typed))
    letters = re.search(r"[^\W\d_]{2,}", typed)
    if digits >= 6 and letters:
        return ""
    return "Tapez le nom et la date de naissance entière\u00a0: martin 12/03/1951."
