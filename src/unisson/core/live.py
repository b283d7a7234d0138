"""News as it becomes true, for whoever in this process wants to hear it.

    async with current_feed().subscription() as box:
        for news in await box.get(): ...

One `Tail` per process reads the outbox behind whatever process wrote it: on
SQLite it polls `PRAGMA data_version` on a connection of its own (a few
microseconds a poll), on PostgreSQL it sleeps in LISTEN until a trigger's NOTIFY
(migration 0003), with a slow poll in case one is lost. `Feed` hands what it
read to any number of asyncio subscribers of one event loop.

The ids of the outbox ascend in the order in which they become visible (see
`gesture`), so "everything after n" misses nothing and repeats nothing.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from django.db.models import Max, Min

from unisson.core import clock
from unisson.core.models import OutboxEvent

POLL = 0.01  # seconds between two looks at SQLite's data_version
NAP = 0.1  # seconds PostgreSQL's tail sleeps at most before it looks whether to stop
FALLBACK = 0.5  # seconds after which PostgreSQL is read even without a NOTIFY
RETRY = 1.0  # seconds before a lost database is tried again
KEEP = timedelta(days=2)
CHANNEL = "unisson_outbox"
LOST = (sqlite3.Error, psycopg.Error, OSError)  # what a database that went away raises

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class News:
    """One row of the outbox: keys only, never a name."""

    id: int
    topic: str
    payload: Mapping[str, Any]


# What was missed ------------------------------------------------------------


def position(*, but: str = "") -> int:
    """The id of the latest news, 0 before the first. `but`: not counting this topic.

    A page reads it before anything it shows; replaying from there then brings
    it up to date whatever happened while it was drawn.
    """
    if but:
        latest = OutboxEvent.objects.exclude(topic=but).order_by("-id").values_list("id", flat=True)
        return latest.first() or 0
    return OutboxEvent.objects.aggregate(last=Max("id"))["last"] or 0


def missed(after: int, *, limit: int = 1000) -> list[News] | None:
    """The news that followed number `after`, oldest first.

    None when it cannot be told: older than what is kept, more than `limit`, or
    a number that was never given (the database was restored since).
    """
    rows = list(
        OutboxEvent.objects.filter(id__gt=after)
        .order_by("id")
        .values_list("id", "topic", "payload")[: limit + 1]
    )
    # Read after the rows: what was pruned in between then shows as a gap.
    kept = OutboxEvent.objects.aggregate(first=Min("id"), last=Max("id"))
    first, last = kept["first"] or 1, kept["last"] or 0
    if after < first - 1 or after > last or len(rows) > limit:
        return None
    return [News(*row) for row in rows]


def prune(keep: timedelta = KEEP) -> int:
    """Delete news older than `keep`; returns how many. For a nightly task.

    The latest row stays whatever its age: it is what tells a screen that comes
    back after a long night whether it missed anything. No audit line: the
    outbox records nothing that the audit trail does not.
    """
    recent = OutboxEvent.objects.filter(at__gte=clock.now() - keep).aggregate(first=Min("id"))
    # Always from the oldest on, without a hole: `missed` knows only where the rest begins.
    old = OutboxEvent.objects.filter(id__lt=recent["first"] or position())
    return old.delete()[0]


# Behind the outbox ----------------------------------------------------------


class _Source(Protocol):
    """A connection of its own to the outbox of one engine."""

    def changed(self) -> bool:
        """Wait a moment; whether there may be something new to read."""

    def after(self, number: int) -> list[News]: ...
    def last(self) -> int: ...
    def close(self) -> None: ...


class _Sqlite:
    def __init__(self) -> None:
        name = str(connection.settings_dict["NAME"])
        # Opened in the thread that starts the tail, then used by the tail's alone.
        self._db = sqlite3.connect(
            name, timeout=20, isolation_level=None, check_same_thread=False, uri="file:" in name
        )
        self._db.execute("PRAGMA query_only=ON")
        self._version: int | None = None
        self._pause = threading.Event()

    def changed(self) -> bool:
        self._pause.wait(POLL)
        (version,) = self._db.execute("PRAGMA data_version").fetchone()
        before, self._version = self._version, version
        return bool(version != before)

    def after(self, number: int) -> list[News]:
        rows = self._db.execute(
            "SELECT id, topic, payload FROM core_outboxevent WHERE id > ? ORDER BY id", [number]
        ).fetchall()
        return [News(id, topic, json.loads(payload)) for id, topic, payload in rows]

    def last(self) -> int:
        (last,) = self._db.execute("SELECT coalesce(max(id), 0) FROM core_outboxevent").fetchone()
        return int(last)

    def close(self) -> None:
        self._db.close()


class _Postgresql:
    def __init__(self) -> None:
        wanted = ("dbname", "user", "password", "host", "port", "sslmode")
        parameters = connection.get_connection_params()
        self._db = psycopg.connect(
            autocommit=True,
            keepalives_idle=10,
            **{key: parameters[key] for key in wanted if key in parameters},
        )
        self._db.execute(f"LISTEN {CHANNEL}")
        self._read_at = 0.0

    def changed(self) -> bool:
        told = bool(list(self._db.notifies(timeout=NAP, stop_after=1)))
        return told or monotonic() - self._read_at > FALLBACK

    def after(self, number: int) -> list[News]:
        self._read_at = monotonic()
        rows = self._db.execute(
            "SELECT id, topic, payload FROM core_outboxevent WHERE id > %s ORDER BY id", [number]
        ).fetchall()
        return [News(*row) for row in rows]

    def last(self) -> int:
        row = self._db.execute("SELECT coalesce(max(id), 0) FROM core_outboxevent").fetchone()
        return int(row[0]) if row else 0

    def close(self) -> None:
        self._db.close()


def _source() -> _Source:
    return _Sqlite() if connection.vendor == "sqlite" else _Postgresql()


class Tail:
    """Follows the outbox in a thread of its own and hands over what appears."""

    def __init__(self, hand_over: Callable[[list[News]], None]) -> None:
        self._hand_over = hand_over
        self._stopped = threading.Event()
        self._position = 0

    def start(self) -> None:
        """Note where the outbox ends and follow from there. Blocks while connecting."""
        source = _source()
        self._position = source.last()
        threading.Thread(target=self._run, args=[source], name="tail", daemon=True).start()

    def stop(self) -> None:
        """Ask the thread to end; it does at its next look."""
        self._stopped.set()

    def _run(self, source: _Source | None) -> None:
        while not self._stopped.is_set():
            try:
                source = source or _source()
                self._follow(source)
            except LOST:
                # Nothing is lost: the position stays, what comes is read later.
                log.exception("La lecture des nouveautés est interrompue ; nouvel essai.")
                _close(source)
                source = None
                self._stopped.wait(RETRY)
        _close(source)

    def _follow(self, source: _Source) -> None:
        while not self._stopped.is_set():
            if source.changed() and (news := source.after(self._position)):
                self._position = news[-1].id
                self._hand_over(news)


def _close(source: _Source | None) -> None:
    if source is not None:
        with suppress(*LOST):
            source.close()


# To whoever listens ---------------------------------------------------------


class Mailbox[T]:
    """What one subscriber has not read yet. Bounded: `lost` says it overflowed.

    An overflow throws away everything that waits: half of the news is worse
    than none, and whoever reads starts again from the present state.
    """

    def __init__(self, size: int) -> None:
        self._queue: asyncio.Queue[T] = asyncio.Queue(size)
        self.lost = False

    def put(self, item: T) -> None:
        if self.lost:
            return
        if self._queue.full():
            self.lost = True
            self._drain()
        # After an overflow this one item wakes the reader, who sees `lost`.
        self._queue.put_nowait(item)

    async def get(self, timeout: float | None = None) -> list[T]:
        """Everything that waits, at least one; empty when `timeout` seconds pass."""
        try:
            first = await asyncio.wait_for(self._queue.get(), timeout)
        except TimeoutError:
            return []
        return [first, *self._drain()]

    def _drain(self) -> list[T]:
        items = []
        while not self._queue.empty():
            items.append(self._queue.get_nowait())
        return items


class Post[T]:
    """A set of mailboxes and one door to put the same thing into all of them."""

    def __init__(self) -> None:
        self._boxes: set[Mailbox[T]] = set()

    def __len__(self) -> int:
        return len(self._boxes)

    def send(self, items: Iterable[T]) -> None:
        for item in items:
            for box in self._boxes:
                box.put(item)

    @contextmanager
    def box(self, size: int) -> Iterator[Mailbox[T]]:
        box: Mailbox[T] = Mailbox(size)
        self._boxes.add(box)
        try:
            yield box
        finally:
            self._boxes.discard(box)


class Feed:
    """The process's one tail, shared by the subscribers of one event loop."""

    def __init__(self) -> None:
        self._post: Post[News] = Post()
        self._tail: Tail | None = None
        self._starting = asyncio.Lock()

    @asynccontextmanager
    async def subscription(self, size: int = 1000) -> AsyncIterator[Mailbox[News]]:
        """Everything that becomes true from now on.

        The tail runs while somebody listens. Once this is entered, whatever
        is committed later arrives, so a replay read afterwards leaves no hole.
        """
        with self._post.box(size) as box:
            try:
                async with self._starting:
                    if self._tail is None:
                        self._tail = await self._started()
                yield box
            finally:
                if len(self._post) == 1 and self._tail is not None:
                    self._tail.stop()
                    self._tail = None

    async def _started(self) -> Tail:
        loop = asyncio.get_running_loop()

        def from_thread(news: list[News]) -> None:
            with suppress(RuntimeError):  # the loop was closed: nobody listens any more
                loop.call_soon_threadsafe(self._post.send, news)

        tail = Tail(from_thread)
        try:
            await asyncio.to_thread(tail.start)
        except BaseException:
            tail.stop()
            raise
        return tail


_feeds: WeakKeyDictionary[asyncio.AbstractEventLoop, Feed] = WeakKeyDictionary()


def current_feed() -> Feed:
    """The feed of the running event loop: one a process under the application server."""
    loop = asyncio.get_running_loop()
    if loop not in _feeds:
        _feeds[loop] = Feed()
    return _feeds[loop]
