"""Who may set the practice up: whoever sits at the server, or holds its code."""

from __future__ import annotations

import base64
import hmac

from django.conf import settings
from django.http import HttpRequest

from unisson.practice.queries import is_founded
from unisson.screens.session.keyboard import from_this_machine

OPENED = "first_run_open"


def one_time_code() -> str:
    """Twelve letters and digits (60 bits), printed in the terminal.

    Derived from the installation's secret key, so that it is the same in every
    process and written nowhere; it opens nothing once the practice exists.
    """
    digest = hmac.new(settings.SECRET_KEY.encode(), b"first run", "sha256").digest()
    letters = base64.b32encode(digest)[:12].decode()
    return "-".join(letters[place : place + 4] for place in (0, 4, 8))


def is_open(request: HttpRequest) -> bool:
    """Whether this browser may set the practice up now."""
    if is_founded():
        return False
    return from_this_machine(request) or bool(request.session.get(OPENED))


def knock(request: HttpRequest, code: str) -> bool:
    """Try a code; spaces, dashes and case do not matter."""
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    if not hmac.compare_digest(typed.encode(), one_time_code().replace("-", "").encode()):
        return False
    request.session.cycle_key()
    request.session[OPENED] = True
    return True
