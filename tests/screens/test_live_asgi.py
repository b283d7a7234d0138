"""Open streams through the real application: they hold nothing, and go when the browser goes."""

import asyncio
import signal
import threading

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from asgiref.testing import ApplicationCommunicator
from django.db import connection
from django.test import Client

from tests.screens import live_example as example
from unisson.core import live
from unisson.screens import live as screen_live
from unisson.site.asgi import application

pytestmark = pytest.mark.django_db(transaction=True)
SCREENS = 12


def scope(cookie: str, query: str) -> dict:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "path": "/direct/",
        "raw_path": b"/direct/",
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost"), (b"cookie", cookie.encode())],
    }


async def opened(cookie: str, query: str) -> ApplicationCommunicator:
    """A stream whose first answer has come."""
    line = ApplicationCommunicator(application, scope(cookie, query))
    await line.send_input({"type": "http.request"})
    start = await line.receive_output(5)
    assert start["status"] == 200, start
    while b"event: change" not in (await line.receive_output(5))["body"]:
        pass
    return line


@sync_to_async
def backends() -> int:
    """Connections to this database, as PostgreSQL counts them."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        return cursor.fetchone()[0]


@pytest.fixture
def cookie(transactional_db):
    example.register()
    example.begin()
    example.practitioner("Diallo")
    client = Client()
    client.force_login(example.secretary("petit"))
    return f"sessionid={client.cookies['sessionid'].value}"


def test_open_streams_hold_neither_thread_nor_connection_and_leave_nothing(cookie):
    query = f"vue=essai&jour=2026-11-24&depuis={live.position()}"

    async def story():
        first = await opened(cookie, query)
        await asyncio.sleep(0)
        threads = threading.active_count()
        held = await backends()
        others = [await opened(cookie, query) for _ in range(SCREENS)]
        await asyncio.sleep(0)
        more = threading.active_count() - threads
        more_held = await backends() - held
        home = screen_live.studio()
        watching = len(home._viewers)
        for line in [first, *others]:
            await line.send_input({"type": "http.disconnect"})
        for line in [first, *others]:
            await line.wait(5)
        return more, more_held, watching, len(home._viewers), home._tasks, home._thread

    more, more_held, watching, left, tasks, thread = async_to_sync(story)()
    assert watching == SCREENS + 1
    assert more <= 1  # a thread on its way out
    assert more_held <= 1
    assert (left, tasks, thread) == (0, [], None)


def test_open_streams_end_when_the_server_is_asked_to_stop(cookie):
    """It waits for every answer to end before it stops."""
    query = f"vue=essai&jour=2026-11-24&depuis={live.position()}"
    heard = []
    before = signal.signal(signal.SIGTERM, lambda number, stack: heard.append(number))

    async def story():
        lines = [await opened(cookie, query) for _ in range(3)]
        signal.raise_signal(signal.SIGTERM)
        bodies = []
        for line in lines:
            while (part := await line.receive_output(5)).get("more_body"):
                bodies.append(part["body"])
            await line.wait(5)
        return bodies, screen_live.studio()._viewers

    try:
        # In the main thread, as the server's workers: signals are heard there alone.
        bodies, left = asyncio.run(story())
        assert signal.getsignal(signal.SIGTERM).__name__ == "<lambda>"
    finally:
        signal.signal(signal.SIGTERM, before)
    assert bodies == [screen_live.CLOSING.data] * 3
    assert (left, heard) == (set(), [signal.SIGTERM])
