"""A request too big is refused before anything keeps it.

Django under ASGI writes a whole body to disk before any middleware sees it.
Here the announced length decides, and the count of what arrives when none was
announced. What a refused sender still sends is read and thrown away, since a
browser shows the answer only once it has sent everything.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

DRAINED = 1024 * 1024 * 1024  # bytes read and thrown away, at most
PATIENCE = 10.0  # seconds without a byte, after which a refused sender is left


class _TooBig(Exception):
    """More came than the limit, without having been announced."""


def limited(application: Application) -> Application:
    """The same application, deaf to bodies over `MAX_UPLOAD_BYTES`."""

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        if _length(scope) > settings.MAX_UPLOAD_BYTES:
            await _refuse(receive, send)
            return
        received, answering = 0, False

        async def counted() -> Mapping[str, Any]:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > settings.MAX_UPLOAD_BYTES:
                raise _TooBig
            return message

        async def noted(message: Mapping[str, Any]) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await application(scope, counted, noted)
        except _TooBig:
            if not answering:
                await _refuse(receive, send)

    return call


def _length(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


async def _drain(receive: Receive) -> None:
    read = 0
    while read < DRAINED:
        try:
            message = await asyncio.wait_for(receive(), PATIENCE)
        except TimeoutError:
            return
        if message["type"] != "http.request" or not message.get("more_body"):
            return
        read += len(message.get("body", b""))


async def _refuse(receive: Receive, send: Send) -> None:
    await _drain(receive)
    most = settings.MAX_UPLOAD_BYTES // 1024 // 1024
    page = render_to_string("413.html", {"most": most}).encode()
    policy = "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'"
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
                (b"referrer-policy", settings.SECURE_REFERRER_POLICY.encode()),
                (b"content-security-policy", policy.encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": page})
