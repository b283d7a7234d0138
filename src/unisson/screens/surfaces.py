"""What an open page shows, and how the pieces of it that can change alone are drawn.

Each page that wants to stay true registers a `Surface` under a name. The live
feed (`screens.live`) asks it which `Part`s a change touches and draws each part
once, however many screens show it.

    surfaces.register("jour", Surface(parts=..., draw=...))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from unisson.core.live import News


@dataclass(frozen=True)
class Screen:
    """What one open page shows. `practitioner_ids` None: everyone in the practice.

    Two people who may see the same and look at the same day have equal screens.
    """

    view: str
    day: date
    practitioner_ids: frozenset[int] | None = None

    def shows(self, practitioner_id: int) -> bool:
        return self.practitioner_ids is None or practitioner_id in self.practitioner_ids


@dataclass(frozen=True)
class Part:
    """A piece of a page that is drawn at once and replaced at once."""

    kind: str
    day: date
    practitioner_ids: frozenset[int] | None = None

    @property
    def practitioner_id(self) -> int:
        """The one practitioner of a part that has only one."""
        (one,) = self.practitioner_ids or frozenset()
        return one


@dataclass(frozen=True)
class Change:
    """What some news touches. Empty when it touches nothing that is shown."""

    practitioner_ids: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()

    def touches(self, screen: Screen, *days: date) -> frozenset[int]:
        """The practitioners of the screen whose day is different (default: the day it shows)."""
        if not self.dates.intersection(days or (screen.day,)):
            return frozenset()
        return frozenset(number for number in self.practitioner_ids if screen.shows(number))


@dataclass(frozen=True)
class Announcement:
    """A sentence for those who cannot see the change. `by`: who did it, who need not hear it."""

    practitioner_id: int
    day: date
    sentence: str
    by: int | None = None


Drawing = Mapping[str, str]
"""HTML by the id of the element it replaces."""

Memory = MutableMapping[Any, Any]
"""Where a surface keeps things between two drawings: one a view, gone with the last screen."""


@dataclass(frozen=True)
class Surface:
    """How one kind of page is kept true.

    `parts` gives the pieces of a screen that changes touch; `ticking` those that
    change as time goes by, with nothing done (drawn every minute, today only).
    `draw` draws many at once, so that what several of them need is read once;
    a part that is nowhere any more may be left out. In `memory` it may keep, from
    one drawing to the next, what it can tell is still true.
    """

    parts: Callable[[Screen, Sequence[Change]], Iterable[Part]]
    draw: Callable[[Sequence[Part], Memory], Mapping[Part, Drawing]]
    ticking: Callable[[Screen], Iterable[Part]] = field(default=lambda screen: ())


_surfaces: dict[str, Surface] = {}
_readers: dict[str, Callable[[News, frozenset[date]], Change]] = {}
_reloading: set[str] = set()
_announcers: dict[str, Callable[[News], Announcement | None]] = {}


def register(view: str, surface: Surface) -> None:
    """A page that is kept true, under the name its screens give."""
    _surfaces[view] = surface


def read(topic: str, reader: Callable[[News, frozenset[date]], Change]) -> None:
    """How to find what news of this topic touches, among the days being watched.

    Needed only for topics whose payload does not say `practitioner_ids` and `dates`.
    """
    _readers[topic] = reader


def announce(topic: str, announcer: Callable[[News], Announcement | None]) -> None:
    """The sentence for news of this topic, for screen readers."""
    _announcers[topic] = announcer


def reload_on(topic: str) -> None:
    """News after which pages are drawn again whole: a column was added, a name changed."""
    _reloading.add(topic)


def reloads(news: News) -> bool:
    return news.topic in _reloading


def surface(view: str) -> Surface:
    """Raises KeyError when no page of that name is kept true."""
    return _surfaces[view]


def change_of(news: News, days: frozenset[date]) -> Change:
    """What this news touches. `days` are those being watched."""
    if reader := _readers.get(news.topic):
        return reader(news, days)
    return Change(
        practitioner_ids=frozenset(_numbers(news.payload.get("practitioner_ids"))),
        dates=frozenset(date.fromisoformat(text) for text in news.payload.get("dates") or ()),
    )


def announcement_of(news: News) -> Announcement | None:
    announcer = _announcers.get(news.topic)
    return announcer(news) if announcer else None


def _numbers(values: Any) -> Iterable[int]:
    return (int(value) for value in values or ())
