"""A request too big is refused before anything keeps it.

Django under ASGI writes a whole body to disk before any middleware sees it.
Here the announced length decides; what still arrives is read and thrown away,
since a browser shows the answer only once it has sent everything.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

DRAINED = 1024 * 1024 * 1024  # bytes read and thrown away, at most


def limited(application: Application) -> Application:
    """The same application, deaf to bodies over `MAX_UPLOAD_BYTES`."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _length(scope) > settings.MAX_UPLOAD_BYTES:
            await _drain(receive)
            await _refuse(send)
            return
        await application(scope, receive, send)

    return call


def _length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


async def _drain(receive: Receive) -> None:
    read = 0
    while read < DRAINED:
        message = await receive()
        if message["type"] != "http.request" or not message.get("more_body"):
            return
        read += len(message.get("body", b""))


async def _refuse(send: Send) -> None:
    most = settings.MAX_UPLOAD_BYTES // 1024 // 1024
    page = render_to_string("413.html", {"most": most}).encode()
    await send(
        {
            "type": "http.response.start",
            "status": 413,
            "headers": [
                (b"content-type", b"text/html; charset=utf-8"),
                (b"content-length", str(len(page)).encode()),
                (b"cache-control", b"no-store"),
                (b"x-content-type-options", b"nosniff"),
                (b"x-frame-options", b"DENY"),
                (b"content-security-policy", b"default-src 'none'; style-src 'self'"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": page})
