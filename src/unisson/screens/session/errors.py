"""Pages for what went wrong: said in French, with what was kept and what to do."""

import logging
import re
import secrets
import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader

log = logging.getLogger("unisson.errors")

# Never shown back, even to the person who typed it.
SECRETS = ("password", "code", "pin", "token", "secret")
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST_FIELDS, MOST_CHARACTERS = 40, 2000


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose page is no longer this person's, or was never ours.

    Usually a colleague signed in meanwhile at the same desk. Nothing was
    done; what was typed is shown again so that it can be copied, never sent
    on by itself: that would make the check useless.
    """
    typed = []
    if getattr(request, "actor", None) is not None:
        typed = [
            value[:MOST_CHARACTERS]
            for name, values in request.POST.lists()
            for value in map(str, values)
            if value.strip() and not _secret(name) and not UUID_TEXT.fullmatch(value)
        ][:MOST_FIELDS]
    return render(request, "403_csrf.html", {"typed": typed}, status=403)


def _secret(name: str) -> bool:
    return any(word in name.lower() for word in SECRETS)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our mistake. The page stands alone: whatever broke may be what pages are made of."""
    reference = secrets.token_hex(3).upper()
    log.error("référence %s, %s", reference, request.path, exc_info=sys.exc_info())
    page = loader.get_template("500.html").render({"reference": reference})
    return HttpResponse(page, status=500)
