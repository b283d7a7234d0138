"""From news to bytes: what goes over the line to the screens that watch.

Runs in the studio's one thread (`screens.live`). Each touched part is drawn
once, however many screens show it; screens that show the same thing get the
same bytes.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import DatabaseError, connections

from unisson.core import clock, live
from unisson.core.live import News
from unisson.screens import surfaces
from unisson.screens.surfaces import Drawing, Memory, Part, Screen

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Frame:
    """Bytes for one or many screens. `position` None: says nothing about the outbox."""

    data: bytes
    position: int | None = None
    last: bool = False


def frame(event: str, body: Mapping[str, Any], *, position: int | None = None) -> Frame:
    head = "" if position is None else f"id: {position}\n"
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Frame(
        f"{head}event: {event}\ndata: {text}\n\n".encode(),
        position,
        last=event in ("recharger", "fin"),
    )


RELOAD = frame("recharger", {})
END = frame("fin", {})
CLOSING = Frame(b": le serveur s'arrete\n\n", last=True)


def touched(screen: Screen, news: Iterable[News], days: frozenset[date]) -> list[Part]:
    """The parts of a screen that this news changes, each once."""
    changes = [surfaces.change_of(item, days) for item in news]
    return list(dict.fromkeys(surfaces.surface(screen.view).parts(screen, changes)))


Memories = dict[str, Memory]
"""What each view keeps from one drawing to the next."""


@dataclass(frozen=True)
class Sheet:
    """What was drawn for one view, each part once. `failed`: what could not be."""

    drawings: Mapping[Part, Drawing]
    failed: frozenset[Part] = frozenset()


def drawn(wanted: Mapping[Screen, Sequence[Part]], memories: Memories) -> dict[str, Sheet]:
    """Every part that some screen wants, once, by view."""
    parts: dict[str, dict[Part, None]] = {}
    for screen, some in wanted.items():
        parts.setdefault(screen.view, {}).update(dict.fromkeys(some))
    return {
        view: _sheet(view, list(each_once), memories.setdefault(view, {}))
        for view, each_once in parts.items()
    }


def _sheet(view: str, parts: list[Part], memory: Memory) -> Sheet:
    """All at once; if that fails, one by one: a bad part costs no other screen its own."""
    draw = surfaces.surface(view).draw
    try:
        return Sheet(draw(parts, memory) if parts else {})
    except DatabaseError:
        log.exception("Le dessin de %s a échoué.", view)
        connections.close_all()
        memory.clear()
        return Sheet({}, frozenset(parts))
    except Exception:
        log.exception("Le dessin de %s a échoué.", view)
        memory.clear()
    drawings: dict[Part, Drawing] = {}
    for part in parts:
        with suppress(Exception):
            drawings[part] = draw([part], {}).get(part, {})
    return Sheet(drawings, frozenset(parts) - drawings.keys())


def elements_of(parts: Iterable[Part], sheet: Sheet) -> dict[str, str]:
    """What replaces what on one screen."""
    elements: dict[str, str] = {}
    for part in parts:
        elements.update(sheet.drawings.get(part, {}))
    return elements


def days_watched(screens: Iterable[Screen]) -> frozenset[date]:
    """The days on these screens. Today is on all of them: who waits is always about today."""
    return frozenset(screen.day for screen in screens) | {clock.today()}


def compose(
    news: list[News], screens: Iterable[Screen], memories: Memories | None = None
) -> dict[Screen, Frame]:
    """One frame for each screen that this news changes. Runs in the studio's thread."""
    screens = set(screens)
    if any(map(surfaces.reloads, news)):
        return dict.fromkeys(screens, RELOAD)
    days = days_watched(screens)
    said = [found for item in news if (found := surfaces.announcement_of(item))]
    wanted = {screen: touched(screen, news, days) for screen in screens}
    sheets = drawn(wanted, {} if memories is None else memories)
    frames = {}
    for screen, parts in wanted.items():
        sheet = sheets[screen.view]
        if sheet.failed.intersection(parts):
            # A screen must not go on showing what is no longer true.
            frames[screen] = RELOAD
            continue
        elements = elements_of(parts, sheet)
        heard = [
            {"texte": each.sentence, "par": each.by}
            for each in said
            if each.day in (screen.day, clock.today()) and screen.shows(each.practitioner_id)
        ]
        if elements or heard:
            frames[screen] = frame(
                "change", {"elements": elements, "annonces": heard}, position=news[-1].id
            )
    return frames


def catch_up(screen: Screen, since: int, memories: Memories | None = None) -> Frame:
    """What a screen drawn at `since` has missed, in its present state, each part once."""
    news = live.missed(since)
    if news is None or any(map(surfaces.reloads, news)):
        return RELOAD
    parts = touched(screen, news, days_watched([screen]))
    sheet = drawn({screen: parts}, {} if memories is None else memories)[screen.view]
    if sheet.failed:
        return RELOAD
    elements = elements_of(parts, sheet)
    return frame(
        "change",
        {"elements": elements, "annonces": []},
        position=news[-1].id if news else since,
    )


class Clockwork:
    """Redraws every minute what time alone changes, and sends what really changed."""

    def __init__(self) -> None:
        self._before: dict[tuple[str, Part], Drawing] = {}

    def tick(
        self, screens: Iterable[Screen], memories: Memories | None = None
    ) -> dict[Screen, Frame]:
        """One frame for each screen of today on which something is different."""
        today = clock.today()
        wanted = {
            screen: list(surfaces.surface(screen.view).ticking(screen))
            for screen in {screen for screen in screens if screen.day == today}
        }
        sheets = drawn(wanted, {} if memories is None else memories)
        frames = {}
        for screen, parts in wanted.items():
            # What could not be drawn is still true, one minute older.
            sheet = sheets[screen.view]
            fresh = [
                part
                for part in parts
                if sheet.drawings.get(part) != self._before.get((screen.view, part))
            ]
            if elements := elements_of(fresh, sheet):
                frames[screen] = frame("tick", {"elements": elements, "annonces": []})
        self._before = {
            (view, part): drawing
            for view, sheet in sheets.items()
            for part, drawing in sheet.drawings.items()
        }
        return frames
