"""A window said back, so that she sees what was understood."""

from __future__ import annotations

from datetime import date, timedelta

from unisson.core.french_time.atoms import last_of, monday
from unisson.core.french_time.say import say_day, say_time
from unisson.core.french_time.window import Window
from unisson.core.french_time.words import LONG_MONTHS, LONG_WEEKDAYS, PARTS

LISTED = 3  # days said one by one rather than as a range


def phrase(window: Window, today: date) -> str:
    """« jeu. 26 nov., le matin »; empty when the window says nothing."""
    pieces = [_days(window, today), _hours(window)]
    if window.soonest:
        pieces.insert(0, "dès que possible")
        if window.first == today and window.last is None and not window.weekdays:
            pieces[1] = ""
    return ", ".join(piece for piece in pieces if piece)


def _days(window: Window, today: date) -> str:
    first, last = window.first, window.last
    if not window.has_days:
        return ""
    if window.day is not None:
        return _one_day(window.day, today)
    if window.around is not None:
        near = f"autour du {say_day(window.around, today)}"
        return ", ".join(piece for piece in (_weekdays(window), near) if piece)
    if first and last and window.weekdays and (last - first).days < 62:
        span = (last - first).days + 1
        every = [first + timedelta(days=ahead) for ahead in range(span)]
        kept = [day for day in every if day.weekday() in window.weekdays]
        if len(kept) <= LISTED:
            return " ou ".join(say_day(day, today) for day in kept)
    said = _range(first, last, today)
    return ", ".join(piece for piece in (_weekdays(window), said) if piece)


def _one_day(day: date, today: date) -> str:
    near = {0: "aujourd’hui, ", 1: "demain, "}
    return near.get((day - today).days, "") + say_day(day, today)


def _weekdays(window: Window) -> str:
    if not window.weekdays:
        return ""
    if len(window.weekdays) >= 5:
        missing = [LONG_WEEKDAYS[day] for day in range(7) if day not in window.weekdays]
        return "sauf le " + " et le ".join(missing)
    return "le " + " ou le ".join(LONG_WEEKDAYS[day] for day in sorted(window.weekdays))


def _range(first: date | None, last: date | None, today: date) -> str:
    if first is None and last is not None:
        return f"jusqu’au {say_day(last, today)}"
    if first is not None and last is None:
        return "" if first == today else f"à partir du {say_day(first, today)}"
    assert first is not None
    assert last is not None
    if (first.weekday(), last.weekday(), (last - first).days) == (5, 6, 1):
        return f"le week-end du {say_day(first, today)}"
    if last == monday(last) + timedelta(days=6) and monday(first) == monday(last):
        if first == today or monday(today) == monday(first):
            return f"cette semaine, jusqu’au {say_day(last, today)}"
        return f"la semaine du {say_day(monday(first), today)}"
    if last == last_of(last.year, last.month) and (first.year, first.month) == (
        last.year,
        last.month,
    ):
        if first.day == 1:
            return f"en {LONG_MONTHS[first.month - 1]} {first.year}"
        if first == today:
            return f"d’ici fin {LONG_MONTHS[first.month - 1]}"
    if first == today:
        return f"d’ici le {say_day(last, today)}"
    return f"du {say_day(first, today)} au {say_day(last, today)}"


def _hours(window: Window) -> str:
    if window.exact is not None:
        return f"à {say_time(window.exact)}"
    start, end = window.start, window.end
    for part in PARTS.values():
        if (part.start, part.end) == (start, end):
            return part.said
    if start is not None and end is not None and end < 1440 and start > 0:
        return f"entre {say_time(start)} et {say_time(end)}"
    if start:
        return f"après {say_time(start)}"
    if end is not None and end < 1440:
        return f"avant {say_time(end)}"
    return ""
