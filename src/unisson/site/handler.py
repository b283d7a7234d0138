"""How a request reaches its view: pages on threads that stay, the live feed on the event loop.

Django's own ASGI handler, with views and middleware that are synchronous as
ours are, gives each request a new thread and a new database connection, and
goes back and forth to the event loop in between. Measured on the sign-in of a
page: more than half of the time. Here a page is one job of a thread that lives
as long as the server and keeps its SQLite connection, with a warm cache. Only
the live feed, open for hours and asleep for most of them, keeps Django's way.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.handlers.base import BaseHandler
from django.core.signals import request_started
from django.http import HttpResponse
from django.urls import reverse, set_script_prefix

from unisson.site.uploads import Application, Receive, Scope, Send

THREADS = 8
"""Pages being made at once in one process; an import may hold one for a minute."""


class PagesHandler(ASGIHandler):
    """Answers one request wholly in one thread, then sends what it made."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware(is_async=False)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="page")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        loop = asyncio.get_running_loop()
        with closing(body):
            response = await loop.run_in_executor(self._threads, self._made, scope, body)
            await self.send_response(response, send)

    def _made(self, scope: Scope, body: Any) -> HttpResponse:
        """The whole answer, its database connection given back or kept for the next."""
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        request, refused = self.create_request(scope, body)
        response = self.get_response(request) if request is not None else refused
        assert response is not None
        try:
            return response if isinstance(response, HttpResponse) else _whole(response)
        finally:
            response.close()  # tells Django that the request is over: PostgreSQL's pool is served


def _whole(streaming: Any) -> HttpResponse:
    """A streamed answer gathered here, in the thread whose connection it reads."""
    whole = HttpResponse(b"".join(streaming), status=streaming.status_code)
    whole.headers = streaming.headers
    whole.cookies = streaming.cookies
    return whole


def application() -> Application:
    """The whole site as one ASGI application."""
    pages, feed = PagesHandler(), ASGIHandler()
    feed_path = reverse("live")

    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        handler = feed if scope["path"] == feed_path else pages
        await handler(scope, receive, send)

    return call
