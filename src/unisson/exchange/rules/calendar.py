"""iCalendar files: events with their recurrences, in absolute time.

Each VEVENT is read on its own, so that a broken one is refused by its line and
the others are taken. A rule that repeats by the hour or faster, or more than a
few thousand times, is not an agenda: it is refused before anything expands it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from unisson.exchange.rules.sniffing import Unreadable
from unisson.exchange.rules.values import Bad, clean

PARIS = ZoneInfo("Europe/Paris")
MAX_EVENTS = 200_000
MAX_OCCURRENCES = 5000  # of one event: every day of the twelve years looked at, and more
BEFORE, AFTER = 3653, 731  # days around today in which a recurrence is unrolled
_BLOCK = re.compile(r"^BEGIN:(VEVENT|VTIMEZONE)[ \t]*\r?$", re.M | re.I)
_FAST = re.compile(r"FREQ=(SECONDLY|MINUTELY|HOURLY)|BYSECOND=|BY(MINUTE|HOUR)=[^;\n]*,", re.I)
OLDEST = 1990  # year: nothing before has a place in an agenda, and it would be long to unroll


@dataclass(frozen=True)
class Event:
    """One occurrence. Times are aware and in UTC; of an all-day event, days, `last` included."""

    line: int
    uid: str
    start: datetime
    end: datetime
    summary: str
    key: str
    description: str = ""
    location: str = ""
    categories: tuple[str, ...] = ()
    attendees: tuple[str, ...] = ()
    status: str = ""
    private: bool = False
    first: date | None = None
    last: date | None = None
    remarks: tuple[str, ...] = ()

    @property
    def all_day(self) -> bool:
        return self.first is not None


@dataclass
class Calendar:
    """A file of events. `refused`: line and reason of those that cannot be read."""

    name: str = ""
    events: list[Event] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class _Block:
    line: int
    text: str
    component: icalendar.Component


def read(text: str, today: date, progress: Callable[[int, int], None] | None = None) -> Calendar:
    """Every occurrence from ten years ago to two years ahead.

    Raises Unreadable when the file as a whole is not a calendar.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if not re.search(r"^END:VCALENDAR\s*$", plain, re.M | re.I):
        raise Unreadable(
            "Ce calendrier est coupé : sa fin manque. Exportez-le de nouveau et redonnez-le."
        )
    found = Calendar(name=_property(plain, "X-WR-CALNAME"))
    zones, blocks = _split(plain)
    if len(blocks) > MAX_EVENTS:
        raise Unreadable(f"Ce calendrier a plus de {MAX_EVENTS} événements ; découpez-le.")
    series: dict[str, list[_Block]] = {}
    for number, (line, body) in enumerate(blocks):
        if progress is not None and number % 500 == 0:
            progress(number, len(blocks))
        try:
            block = _parse(line, body, zones)
            uid = clean(str(block.component.get("UID", ""))) or f"ligne {line}"
            if any(name in block.component for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
                series.setdefault(uid, []).append(block)
            else:
                found.events.append(_event(block, block.component, uid, uid))
        except (Bad, ValueError, TypeError, AttributeError, KeyError) as error:
            found.refused.append((line, _reason(error)))
    for uid, some in series.items():
        try:
            found.events.extend(_unroll(uid, some, zones, today))
        except (Bad, ValueError, TypeError, AttributeError, KeyError, OverflowError) as error:
            found.refused.append((some[0].line, _reason(error)))
    found.events.sort(key=lambda event: (event.start, event.line))
    return found


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, Bad) else "événement illisible : il ne suit pas la norme"


def _property(text: str, name: str) -> str:
    found = re.search(rf"^{name}(?:;[^:\n]*)?:(.*)$", text, re.M | re.I)
    return clean(found[1].replace("\\,", ",")) if found else ""


def _split(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The time zones as text, and each event with the line it starts on."""
    zones: list[str] = []
    blocks: list[tuple[int, str]] = []
    line, at = 1, 0
    while (begin := _BLOCK.search(text, at)) is not None:
        line += text.count("\n", at, begin.start())
        kind = begin[1].upper()
        end = re.compile(rf"^END:{kind}[ \t]*$", re.M | re.I).search(text, begin.end())
        stop = end.end() if end else len(text)
        body = text[begin.start() : stop]
        if kind == "VTIMEZONE":
            zones.append(body)
        else:
            blocks.append((line, body))
        line += body.count("\n")
        at = stop
    return "\n".join(zones), blocks


def _parse(line: int, body: str, zones: str) -> _Block:
    if _FAST.search(body):
        raise Bad("se répète plusieurs fois par jour : ce n’est pas un rendez-vous")
    if len(body) > 200_000:
        raise Bad("événement démesuré")
    wrapped = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{zones}\n{body}\nEND:VCALENDAR\n"
    calendar = icalendar.Calendar.from_ical(wrapped)
    events = calendar.walk("VEVENT")
    if len(events) != 1:
        raise Bad("événement illisible : il ne suit pas la norme")
    component = events[0]
    if "DTSTART" not in component:
        raise Bad("début manquant")
    if component.decoded("DTSTART").year < OLDEST:
        raise Bad("commence avant 1990")
    if component.errors:
        names = ", ".join(sorted({str(name) for name, _ in component.errors if name}))
        raise Bad(f"propriété illisible : {names}")
    return _Block(line, body, component)


def _event(block: _Block, component: icalendar.Component, uid: str, key: str) -> Event:
    remarks: list[str] = []
    start = component.decoded("DTSTART")
    if "DTEND" in component:
        end = component.decoded("DTEND")
    elif "DURATION" in component:
        end = start + component.decoded("DURATION")
    else:
        end = start + (timedelta(days=1) if not isinstance(start, datetime) else timedelta(0))
    first = last = None
    if not isinstance(start, datetime):
        stop = end.date() if isinstance(end, datetime) else end
        first, last = start, max(start, stop - timedelta(days=1))
        moment = datetime(start.year, start.month, start.day, tzinfo=PARIS)
        until = datetime(last.year, last.month, last.day, tzinfo=PARIS) + timedelta(days=1)
    else:
        moment = _aware(start, remarks)
        until = _aware(end if isinstance(end, datetime) else start, remarks)
        if until < moment:
            raise Bad("finit avant de commencer")
        if until == moment:
            remarks.append("sans durée : celle du motif est prise")
    return Event(
        line=block.line,
        uid=uid,
        start=moment.astimezone(UTC),
        end=until.astimezone(UTC),
        summary=_text(component, "SUMMARY"),
        key=key,
        description=_text(component, "DESCRIPTION"),
        location=_text(component, "LOCATION"),
        categories=_categories(component),
        attendees=_attendees(component),
        status=_text(component, "STATUS").upper(),
        private=_text(component, "TRANSP").upper() == "TRANSPARENT",
        first=first,
        last=last,
        remarks=tuple(remarks),
    )


def _aware(moment: datetime, remarks: list[str]) -> datetime:
    """A floating time is on the practice's clock; one that no clock ever showed is refused."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=PARIS)
    back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    if back.replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise Bad(f"{moment:%d/%m/%Y %H:%M} n’existe pas : les horloges ont avancé cette nuit-là")
    if moment.utcoffset() != moment.replace(fold=1).utcoffset():
        remarks.append(f"{moment:%H:%M} a eu lieu deux fois ce jour-là : la première est prise")
    return moment


def _text(component: icalendar.Component, name: str) -> str:
    value = component.get(name)
    if isinstance(value, list):
        value = value[0] if value else ""
    return clean(str(value)) if value is not None else ""


def _categories(component: icalendar.Component) -> tuple[str, ...]:
    value = component.get("CATEGORIES")
    groups = value if isinstance(value, list) else [value] if value is not None else []
    return tuple(
        plain
        for group in groups
        for one in getattr(group, "cats", [])
        if (plain := clean(str(one)))
    )


def _attendees(component: icalendar.Component) -> tuple[str, ...]:
    value = component.get("ATTENDEE")
    people = value if isinstance(value, list) else [value] if value is not None else []
    return tuple(
        plain for one in people if (plain := clean(str(getattr(one, "params", {}).get("CN", ""))))
    )


def _unroll(uid: str, blocks: list[_Block], zones: str, today: date) -> Iterator[Event]:
    """The occurrences of a series, moved and removed ones as its exceptions say."""
    bodies = "\n".join(block.text for block in blocks)
    wrapped = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{zones}\n{bodies}\nEND:VCALENDAR\n"
    calendar = icalendar.Calendar.from_ical(wrapped)
    expanded = recurring_ical_events.of(calendar)
    master = next((b for b in blocks if "RECURRENCE-ID" not in b.component), blocks[0])
    own = {_recurrence(b.component): b for b in blocks if "RECURRENCE-ID" in b.component}
    first, last = today - timedelta(days=BEFORE), today + timedelta(days=AFTER)
    for number, component in enumerate(expanded.between(first, last)):
        if number >= MAX_OCCURRENCES:
            raise Bad(f"se répète plus de {MAX_OCCURRENCES} fois")
        origin = _recurrence(component)
        yield _event(own.get(origin, master), component, uid, f"{uid}#{origin}")


def _recurrence(component: icalendar.Component) -> str:
    """When the occurrence was to be, whatever it was moved to: its name in the series."""
    moment = component.decoded("RECURRENCE-ID" if "RECURRENCE-ID" in component else "DTSTART")
    if isinstance(moment, datetime):
        aware = moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
        return f"{aware.astimezone(UTC):%Y%m%dT%H%M}"
    return f"{moment:%Y%m%d}"
