"""A colleague's change on fifty open screens, through real HTTP.

    python -m benchmarks.live [--screens 50] [--changes 300] [--quick]

Founds a fictitious practice (5 practitioners, 170 appointments today), starts
the server on a loopback port with one worker and opens the screens as streams
of fifty signed-in colleagues. Then, through the desk's own addresses, one after
the other: arrivals, rooms, departures and steps taken back (three in four),
patients excused and put back in the agenda (one in four). SQLite in a temporary
folder; DATABASE_URL chooses PostgreSQL: give it an empty database of its own.

Every screen watches today, all practitioners: each change redraws one column
and both sides, and the same bytes go to all. Two latencies, in ms, over all
changes, for the last screen that received each:
    after the act began   from the outbox row's own time, which the act took before
                          it wrote anything: what the colleague waits for, and more
    after its answer      from the whole answer to the one who did it; 0 when every
                          screen was quicker than the answer, which draws as much
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import uuid4

if TYPE_CHECKING:
    from benchmarks.live_practice import Practice

PORT = 8107
READY_WITHIN = 60.0  # seconds
PAUSE = 0.03  # seconds between two changes, as if she were very quick
WARM_UP = 10  # changes before counting: a practice's server is not one second old


class Screen:
    """One open stream: notes when each outbox position arrived."""

    def __init__(self) -> None:
        self.position = 0
        self.received: dict[int, float] = {}
        self.bytes = 0
        self.events = 0

    async def watch(self, port: int, cookie: str, query: str, opened: asyncio.Event) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**22)
        writer.write(
            f"GET /direct/?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
            f"Cookie: sessionid={cookie}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        try:
            while line := await reader.readline():
                self.bytes += len(line)
                if line.startswith(b"id: "):
                    self.position = int(line[4:])
                    opened.set()
                elif line.startswith(b"data: "):
                    self.events += 1
                    self.received[self.position] = time.time()
                elif line.startswith(b"event: recharger"):
                    raise RuntimeError("a screen was told to load again")
        finally:
            writer.close()


class Colleague:
    """Acts at the desk on one kept connection."""

    def __init__(self, port: int, cookie: str, day: str) -> None:
        self.port, self.day = port, day
        self.token = "a" * 32
        self.cookie = f"sessionid={cookie}; csrftoken={self.token}"

    async def __aenter__(self) -> Colleague:
        self.reader, self.writer = await asyncio.open_connection(
            "127.0.0.1", self.port, limit=2**22
        )
        return self

    async def __aexit__(self, *error: object) -> None:
        self.writer.close()

    async def act(self, appointment: int, verb: str) -> float:
        """Do it; the moment its answer was whole."""
        body = urlencode({"request_id": str(uuid4()), "page": self.day}).encode()
        self.writer.write(
            f"POST /rdv/{appointment}/{verb}/ HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"Cookie: {self.cookie}\r\nX-CSRFToken: {self.token}\r\n"
            "Accept: application/json\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        status = await self.reader.readline()
        length, chunked = 0, False
        while (line := await self.reader.readline()) != b"\r\n":
            name, _, value = line.decode().partition(":")
            length = int(value) if name.lower() == "content-length" else length
            chunked = chunked or (name.lower() == "transfer-encoding" and "chunked" in value)
        if chunked:
            raise RuntimeError("an answer without a length")
        answer = await self.reader.readexactly(length)
        if b" 200 " not in status:
            raise RuntimeError(f"{status!r} {answer[:200]!r}")
        return time.time()


def stories(appointments: list[int], count: int) -> list[tuple[int, str]]:
    """What the colleague does: visits that go through, steps taken back, patients excused."""
    acts: list[tuple[int, str]] = []
    for number, appointment in enumerate(appointments):
        if len(acts) >= count:
            break
        verbs = ["arrive", "salle", "consultation", "sorti"]
        if number % 4 == 3:
            verbs = ["excuse", "remettre", "excuse", "remettre"]
        elif number % 4 == 0:
            verbs[2:2] = ["retour", "salle"]
        acts += [(appointment, verb) for verb in verbs]
    return acts[:count]


async def measure(
    port: int, practice: Practice, cookies: list[str], since: int, count: int
) -> tuple[list[tuple[int, float]], list[Screen]]:
    """Every change counted, by outbox position, with the moment of its answer; and the screens."""
    day = practice.day.isoformat()
    query = urlencode({"vue": "jour", "jour": day, "depuis": since})
    screens, opened, streams = [], [], []
    for cookie in cookies[1:]:
        screen, event = Screen(), asyncio.Event()
        screens.append(screen)
        opened.append(event)
        streams.append(asyncio.create_task(screen.watch(port, cookie, query, event)))
    await asyncio.wait_for(asyncio.gather(*(event.wait() for event in opened)), 60)
    acknowledged: list[tuple[int, float]] = []
    position = since
    async with Colleague(port, cookies[0], day) as colleague:
        acts = stories(practice.appointment_ids, WARM_UP + count)
        for appointment, verb in acts:
            at = await colleague.act(appointment, verb)
            position += 1
            acknowledged.append((position, at))
            await asyncio.sleep(PAUSE)
    deadline = time.time() + 10
    while any(screen.position < position for screen in screens) and time.time() < deadline:
        await asyncio.sleep(0.01)
    for stream in streams:
        if stream.done() and stream.exception():
            raise RuntimeError("a screen failed") from stream.exception()
        stream.cancel()
    await asyncio.gather(*streams, return_exceptions=True)
    return acknowledged[WARM_UP:], screens


def latencies(
    acknowledged: list[tuple[int, float]], screens: list[Screen], began: dict[int, float]
) -> tuple[list[float], list[float]]:
    """For each change, in ms: since the act began, since its answer."""
    seen, after = [], []
    for number, at in acknowledged:
        # A screen may have been given two changes at once, under the later number.
        last = max(
            min(moment for got, moment in screen.received.items() if got >= number)
            for screen in screens
        )
        seen.append((last - began[number]) * 1000)
        after.append(max(0.0, (last - at) * 1000))
    return seen, after


def beginnings(since: int) -> dict[int, float]:
    """The moment each act began, by outbox position, as the Unix time."""
    from unisson.core.models import OutboxEvent

    rows = OutboxEvent.objects.filter(id__gt=since).values_list("id", "at")
    return {number: at.timestamp() for number, at in rows}


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def serve(port: int) -> subprocess.Popen[bytes]:
    """The server, answering."""
    process = subprocess.Popen(
        [sys.executable, "-m", "unisson.cli", "serve", "--port", str(port), "--workers", "1"],
        stdout=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        try:
            asyncio.run(_knock(port))
        except OSError:
            time.sleep(0.05)
        else:
            return process
    process.kill()
    raise RuntimeError("the server did not start")


async def _knock(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=50)
    parser.add_argument("--changes", type=int, default=300)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--quick", action="store_true", help="10 screens, 40 changes")
    options = parser.parse_args()
    if options.quick:
        options.screens, options.changes = 10, 40
    with tempfile.TemporaryDirectory(prefix="unisson-bench-") as folder:
        os.environ["UNISSON_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "unisson.site.settings"
        sys.path.insert(0, str(Path(__file__).parents[1]))
        run(options.screens, options.changes, options.port)


def run(screens: int, changes: int, port: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from benchmarks import live_practice
    from unisson.core import clock, live

    call_command("migrate", verbosity=0)
    practice = live_practice.build(clock.today())
    cookies = [live_practice.account(f"poste{number}") for number in range(screens + 1)]
    since = live.position()
    engine = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    connection.close()
    server = serve(port)
    try:
        acknowledged, watching = asyncio.run(measure(port, practice, cookies, since, changes))
    finally:
        server.terminate()
        server.wait(30)
    seen, after = latencies(acknowledged, watching, beginnings(since))
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    what = f"{len(seen)} changes on {screens} screens, {engine}"
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        target = {"target": "<= 100"} if name == "p99" else {}
        figure(
            f"visible on the last screen after the act began, {name}, {what}", seen, share, target
        )
        figure(f"… after its answer, {name}, {what}", after, share, target)
    size = sum(screen.bytes for screen in watching) / max(1, sum(s.events for s in watching))
    print(
        json.dumps(
            {
                "figure": f"size of one change, {engine}",
                "value": round(size / 1024, 1),
                "unit": "KiB",
            }
        )
    )


def figure(name: str, values: list[float], share: float, target: dict[str, str]) -> None:
    value = round(percentile(values, share), 1)
    print(json.dumps({"figure": name, "value": value, "unit": "ms", **target}, ensure_ascii=False))


if __name__ == "__main__":
    main()
