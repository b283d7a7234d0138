"""The stream that keeps open pages true: `GET /direct/`, server-sent events.

    vue=jour   jour=2026-11-24   praticiens=1,2 (default: all she works for)
    depuis=123 (the outbox position read before the page was drawn)

Events, each with `data` in JSON:
    change     id: outbox position; {"elements": {id: html}, "annonces": [...]}
    tick       the same without an id: minutes went by
    vie        nothing happened, the line is good; {"a": "9 h 41"}
    recharger  what was missed cannot be replayed: load the page again
    fin        this session may no longer watch: load the page, which will say why

An open stream holds neither a thread nor a database connection: one `Studio`
per process reads the outbox, draws each touched part once in its one thread,
and hands the same bytes to every screen that shows the same thing.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncIterator, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from importlib import import_module
from types import FrameType
from typing import Any
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, StreamingHttpResponse
from django.urls import reverse

from unisson.core import access, clock, live
from unisson.core.access import Actor
from unisson.core.live import Mailbox
from unisson.practice.actors import actor_of_request
from unisson.screens import surfaces
from unisson.screens.live_frames import (
    CLOSING,
    END,
    RELOAD,
    Clockwork,
    Frame,
    Memories,
    catch_up,
    compose,
    frame,
)
from unisson.screens.surfaces import Screen

VERB = "desk.see"
HEARTBEAT = 15.0  # seconds without anything to say
RECHECK = 5.0  # seconds between two looks at whether each session may still watch
SWEEP = 3600.0  # seconds between two sweeps of the outbox
FAR = timedelta(days=3660)  # no agenda is looked at further away than ten years
WAITING = 64  # frames a slow client may be behind before it is told to load again
RECONNECT = 1000  # milliseconds, told to the browser

log = logging.getLogger(__name__)


# Who may still watch ------------------------------------------------------------


@dataclass(frozen=True)
class Badge:
    """What is needed to ask again, later, whether this screen may watch."""

    session_key: str
    cookies: Mapping[str, str] = field(default_factory=dict, compare=False)
    scope: frozenset[int] | None = None


def still_allowed(badge: Badge) -> bool:
    """Whether the session is open, unlocked, and works for the same people as before."""
    request = HttpRequest()
    request.COOKIES = dict(badge.cookies)
    store = import_module(settings.SESSION_ENGINE).SessionStore
    request.session = store(badge.session_key)
    request.user = get_user(request)
    actor = actor_of_request(request)
    return actor is not None and access.may(actor, VERB) and actor.practitioner_ids == badge.scope


# The studio -----------------------------------------------------------------------


@dataclass(eq=False)
class Viewer:
    """One open stream."""

    screen: Screen
    badge: Badge
    box: Mailbox[Frame] = field(default_factory=lambda: Mailbox(WAITING))
    position: int = 0


class Studio:
    """Draws for every stream of one event loop, in one thread with one database connection."""

    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._thread: ThreadPoolExecutor | None = None
        self._listening = asyncio.Event()
        self._signals: dict[int, Any] = {}
        self._memories: Memories = {}

    async def admit(self, viewer: Viewer, since: int) -> Frame:
        """Add a stream and give it what it has missed.

        It is added, and the feed is being heard, before the replay is read: what
        comes in between is in its box, and is skipped by number if it is old.
        """
        self._viewers.add(viewer)
        if not self._tasks:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="studio")
            self._listening.clear()
            self._tasks = [
                asyncio.create_task(work())
                for work in (self._follow, self._count_minutes, self._check_badges, self._sweep)
            ]
            self._heed_signals()
        await self._listening.wait()
        return await self._run(catch_up, viewer.screen, since, self._memories)

    def dismiss(self, viewer: Viewer) -> None:
        """Forget a stream. The last one to leave switches the light off."""
        self._viewers.discard(viewer)
        if not self._viewers:
            for task in self._tasks:
                task.cancel()
            self._tasks = []
            if self._thread is not None:
                self._thread.submit(connections.close_all)
                self._thread.shutdown(wait=False)
                self._thread = None
            for number, before in self._signals.items():
                signal.signal(number, before)
            self._signals, self._memories = {}, {}

    def _heed_signals(self) -> None:
        """End the streams when the server is asked to stop.

        It waits for every answer to end first, and these never do. The
        server's own handlers on the loop are called as before: asyncio learns
        of signals through a file descriptor, not through these.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()

        def stop(number: int, stack: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._send_all, CLOSING)
            before = self._signals.get(number)
            if callable(before):
                before(number, stack)
            elif before == signal.SIG_DFL:
                signal.signal(number, before)
                signal.raise_signal(number)

        for number in (signal.SIGTERM, signal.SIGINT):
            self._signals[number] = signal.signal(number, stop)

    async def _run[R](self, work: Any, *arguments: Any) -> R:
        assert self._thread is not None
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, partial(_guarded, work, *arguments))

    async def _follow(self) -> None:
        while True:
            try:
                async with live.current_feed().subscription() as news:
                    self._listening.set()
                    while not news.lost:
                        fresh = await news.get()
                        if not news.lost:
                            self._send(
                                await self._try(compose, fresh, self._screens(), self._memories)
                            )
            except live.LOST:
                log.exception("Le direct n’a pas pu s’ouvrir ; nouvel essai.")
                await asyncio.sleep(live.RETRY)
            # Whoever was admitted meanwhile may have a hole: all start afresh.
            self._listening.clear()
            self._send_all(RELOAD)

    async def _count_minutes(self) -> None:
        clockwork = Clockwork()
        while True:
            moment = clock.now()
            await asyncio.sleep(60 - moment.second - moment.microsecond / 1e6 + 0.05)
            self._send(await self._try(clockwork.tick, self._screens(), self._memories))

    async def _check_badges(self) -> None:
        while True:
            await asyncio.sleep(RECHECK)
            # One at a time: fifty in a row would make a change wait behind them.
            for badge in {viewer.badge for viewer in self._viewers}:
                if not await self._try(still_allowed, badge):
                    for viewer in [each for each in self._viewers if each.badge == badge]:
                        viewer.box.put(END)

    async def _sweep(self) -> None:
        """Whoever reads the outbox throws away what is too old to be asked for again."""
        while True:
            await asyncio.sleep(SWEEP)
            try:
                await self._run(live.prune)
            except Exception:
                log.exception("Les vieilles nouveautés n’ont pas été effacées ; plus tard.")

    async def _try(self, work: Any, *arguments: Any) -> Any:
        """Run in the studio's thread; a failure makes every screen load again, and is told."""
        try:
            return await self._run(work, *arguments)
        except Exception:
            log.exception("Le direct a échoué ; les écrans vont recharger.")
            self._send_all(RELOAD)
            return {}

    def _screens(self) -> set[Screen]:
        return {viewer.screen for viewer in self._viewers}

    def _send(self, frames: Mapping[Screen, Frame]) -> None:
        for viewer in self._viewers:
            if (found := frames.get(viewer.screen)) is not None:
                viewer.box.put(found)

    def _send_all(self, sent: Frame) -> None:
        for viewer in self._viewers:
            viewer.box.put(sent)


def _guarded(work: Any, *arguments: Any) -> Any:
    """Leave no broken connection behind in the studio's thread."""
    try:
        return work(*arguments)
    except Exception:
        connections.close_all()
        raise


_studios: WeakKeyDictionary[asyncio.AbstractEventLoop, Studio] = WeakKeyDictionary()


def studio() -> Studio:
    """The studio of the running event loop: one a process under the application server."""
    loop = asyncio.get_running_loop()
    if loop not in _studios:
        _studios[loop] = Studio()
    return _studios[loop]


# The endpoint ------------------------------------------------------------------------


@access.page(VERB)
async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """Open a stream for one page. 400 when it does not say what it shows."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    try:
        screen = _screen(request, actor)
        since = int(request.headers.get("Last-Event-ID") or request.GET["depuis"])
    except (KeyError, ValueError):
        return HttpResponseBadRequest("vue, jour et depuis sont nécessaires")
    badge = Badge(
        session_key=request.session.session_key or "",
        cookies=dict(request.COOKIES),
        scope=actor.practitioner_ids,
    )
    return StreamingHttpResponse(
        _frames(Viewer(screen, badge), since),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def address(view: str, day: date, practitioner_ids: Iterable[int] | None = None) -> str:
    """What a page puts in `<meta name="direct">`: call it before reading anything it shows.

    Whatever is committed after this is replayed when the page opens its stream.
    """
    query = {"vue": view, "jour": day.isoformat(), "depuis": str(live.position())}
    if practitioner_ids is not None:
        query["praticiens"] = ",".join(map(str, practitioner_ids))
    return f"{reverse('live')}?{urlencode(query)}"


def _screen(request: HttpRequest, actor: Actor) -> Screen:
    """What is asked for, within what she may see. Raises KeyError or ValueError."""
    view, day = request.GET["vue"], date.fromisoformat(request.GET["jour"])
    surfaces.surface(view)
    if abs(day - clock.today()) > FAR:
        raise ValueError(day)
    scope = actor.practitioner_ids
    if wanted := request.GET.get("praticiens"):
        asked = frozenset(int(number) for number in wanted.split(","))
        if not all(0 < number < 2**31 for number in asked):
            raise ValueError(wanted)
        scope = asked if scope is None else asked & scope
    return Screen(view, day, scope)


async def _frames(viewer: Viewer, since: int) -> AsyncIterator[bytes]:
    await _let_go_of_thread()
    home = studio()
    try:
        yield f"retry: {RECONNECT}\n\n".encode()
        first = await home.admit(viewer, since)
        yield first.data
        if first.last:
            return
        viewer.position = first.position or 0
        while True:
            frames = await viewer.box.get(HEARTBEAT)
            if viewer.box.lost:
                yield RELOAD.data
                return
            for each in frames:
                if each.position is None or each.position > viewer.position:
                    yield each.data
                    viewer.position = each.position or viewer.position
                if each.last:
                    return
            if not frames:
                yield frame("vie", {"a": _now_said()}).data
    finally:
        home.dismiss(viewer)


def _now_said() -> str:
    wall = clock.local(clock.now())
    return f"{wall.hour} h {wall.minute:02}"


async def _let_go_of_thread() -> None:
    """Give back what Django keeps for the length of a request: a thread and its connection.

    Its handler runs synchronous middleware in a thread of the request's own,
    and ends both only when the response does. Here that is hours later: with
    fifty screens open the pool of connections would be empty. Whatever needs a
    thread afterwards (closing the response) gets a new one.
    """
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context is None:  # the test client: the thread is not ours
        return
    await sync_to_async(connections.close_all)()
    with suppress(KeyError):
        SyncToAsync.context_to_thread_executor.pop(context).shutdown(wait=False)
