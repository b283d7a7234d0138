"""Weeks, months and delays: their patterns."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from unisson.core.french_time.atoms import (
    Atom,
    Kind,
    add_months,
    day_atom,
    last_of,
    monday,
    number,
    pattern,
    period,
)
from unisson.core.french_time.days import M2, D, M, N, Y, dated, month_of, of_month
from unisson.core.french_time.window import Doubt, Question
from unisson.core.french_time.words import LONG_MONTHS, MONTHS

type Match = re.Match[str]


def _month_year(match: Match, now: datetime) -> Atom | None:
    month, year = int(match["m"]), int(match["y"])
    return _whole_month(year, month, now.date()) if 1 <= month <= 12 else None


def _whole_month(year: int, month: int, today: date) -> Atom:
    first, last = date(year, month, 1), last_of(year, month)
    if last < today:
        said = f"{LONG_MONTHS[month - 1].capitalize()} {year} est passé."
        return Atom(Kind.PERIOD, first, last, questions=(Question(Doubt.PAST, said),))
    return period(max(first, today), last)


def _month_ahead(month: int, year: str | None, today: date) -> tuple[int, int]:
    if year:
        return int(year), month
    return (today.year + (month < today.month)), month


def _month(match: Match, now: datetime) -> Atom:
    year, month = _month_ahead(month_of(match["m"]), match.groupdict().get("y"), now.date())
    return _whole_month(year, month, now.date())


def _third(where: str, year: int, month: int, today: date) -> Atom:
    """A third of a month: 1 to 10, 11 to 20, 21 to the end."""
    bounds = {"debut": (1, 10), "fin": (21, last_of(year, month).day)}.get(where, (11, 20))
    first, last = (date(year, month, day) for day in bounds)
    if last < today:
        first, last = (add_months(day, 12) for day in (first, last))
    return period(max(first, today), last, tail=where == "fin")


def _part_of_month(match: Match, now: datetime) -> Atom:
    today = now.date()
    year, month = _month_ahead(month_of(match["m"]), match["y"], today)
    return _third(match["where"], year, month, today)


def _part_of_this_month(match: Match, now: datetime) -> Atom:
    today = now.date()
    where, target = match["where"], today.replace(day=1)
    gone = {"debut": today.day > 10, "fin": False}.get(where, today.day > 20)
    if match["next"] or gone:
        target = add_months(target, 1)
    return _third(where, target.year, target.month, today)


def _part_of_week(match: Match, now: datetime) -> Atom:
    """Monday and Tuesday, Wednesday alone, Thursday to Saturday."""
    today = now.date()
    week = monday(today)
    start, end = {"debut": (0, 1), "fin": (3, 5)}.get(match["where"], (2, 2))
    if match["next"] or week + timedelta(days=end) < today:
        week += timedelta(days=7)
    first, last = week + timedelta(days=start), week + timedelta(days=end)
    return period(max(first, today), last, tail=match["where"] == "fin")


class _Week:
    """This week from today on, the next one, the last one: Monday to Sunday."""

    def __init__(self, ahead: int) -> None:
        self.ahead = ahead

    def __call__(self, match: Match, now: datetime) -> Atom:
        today = now.date()
        first = monday(today) + timedelta(days=7 * self.ahead)
        last = first + timedelta(days=6)
        if self.ahead < 0:
            question = Question(Doubt.PAST, "La semaine dernière est passée.")
            return Atom(Kind.PERIOD, first, last, questions=(question,))
        return period(max(first, today), last)


def _week_number(match: Match, now: datetime) -> Atom | None:
    today, week = now.date(), int(match["week"])
    if not 1 <= week <= 53:
        return None
    year = today.isocalendar().year
    if not match["y"] and week < today.isocalendar().week:
        year += 1
    year = int(match["y"]) if match["y"] else year
    try:
        first = date.fromisocalendar(year, week, 1)
    except ValueError:
        question = Question(Doubt.IMPOSSIBLE, f"Il n’y a pas de semaine {week} en {year}.")
        return Atom(Kind.PERIOD, questions=(question,))
    last = first + timedelta(days=6)
    if last < today:
        question = Question(Doubt.PAST, f"La semaine {week} de {year} est passée.")
        return Atom(Kind.PERIOD, first, last, questions=(question,))
    return period(max(first, today), last)


def _week_of(match: Match, now: datetime) -> Atom:
    if match["m2"]:
        inner = dated(int(match["d"]), int(match["m2"]), None, None, now.date())
    elif match["m"]:
        inner = dated(number(match["d"]), month_of(match["m"]), None, None, now.date())
    else:
        inner = of_month(number(match["d"]), None, now.date())
    if inner.first is None:
        return inner
    first = monday(inner.first)
    return period(max(first, now.date()), first + timedelta(days=6))


def _weekend(match: Match, now: datetime) -> Atom:
    today = now.date()
    saturday = monday(today) + timedelta(days=5)
    if match["next"]:
        saturday += timedelta(days=7)
    return period(max(saturday, today), saturday + timedelta(days=1))


def _this_month(match: Match, now: datetime) -> Atom:
    return _whole_month(now.year, now.month, now.date())


def _next_month(match: Match, now: datetime) -> Atom:
    first = add_months(now.date().replace(day=1), 1)
    return period(first, last_of(first.year, first.month))


def _last_month(match: Match, now: datetime) -> Atom:
    first = add_months(now.date().replace(day=1), -1)
    return _whole_month(first.year, first.month, now.date())


def _year_end(match: Match, now: datetime) -> Atom:
    today = now.date()
    if match["where"] == "debut":
        return period(date(today.year + 1, 1, 1), date(today.year + 1, 1, 31))
    return period(max(date(today.year, 12, 1), today), date(today.year, 12, 31), tail=True)


def _next_year(match: Match, now: datetime) -> Atom:
    return period(date(now.year + 1, 1, 1), date(now.year + 1, 12, 31))


def _target(count: int, unit: str, today: date) -> tuple[date, int]:
    """The day aimed at and the days of tolerance on each side."""
    if unit == "jours":
        return today + timedelta(days=count), int(count >= 7)
    if unit in ("semaine", "s"):
        return today + timedelta(days=7 * count), min(count, 3)
    if unit == "mois":
        return add_months(today, count), 7
    return add_months(today, 12 * count), 14


def _delay(match: Match, now: datetime) -> Atom | None:
    """« dans 3 mois »: around that day. Eight and fifteen days are one and two weeks."""
    today, count, unit = now.date(), number(match["n"]), match["unit"]
    if count == 0:
        return None
    if unit == "h" or unit == "min":
        return _in_hours(count if unit == "h" else count / 60, now)
    if unit == "jours" and count in (8, 15):
        first = today + timedelta(days=count - 1)
        return Atom(Kind.PERIOD, first, first + timedelta(days=1), around=first)
    try:
        target, slack = _target(count, unit, today)
    except (ValueError, OverflowError):
        return None
    if not slack:
        return day_atom(target)
    first, last = (target + timedelta(days=side * slack) for side in (-1, 1))
    return Atom(Kind.PERIOD, max(first, today), last, around=target)


def _in_hours(hours: float, now: datetime) -> Atom:
    today = now.date()
    if hours >= 24:
        return day_atom(today + timedelta(days=int(hours // 24)))
    moment = now.replace(tzinfo=None) + timedelta(hours=hours)
    minute = moment.hour * 60 + moment.minute
    return Atom(Kind.DAY, moment.date(), moment.date(), start=minute // 5 * 5)


def _within(match: Match, now: datetime) -> Atom | None:
    """« sous 15 jours », « d’ici 6 semaines »: from today to that day."""
    today, count, unit = now.date(), number(match["n"]), match["unit"]
    if unit == "min" or (unit == "h" and count < 24):
        last = today
    elif unit == "h":
        last = today + timedelta(days=-(-count // 24))
    else:
        try:
            last, _ = _target(count, unit, today)
        except (ValueError, OverflowError):
            return None
    return Atom(Kind.PERIOD, today, last, bounded=True)


def _fortnight(match: Match, now: datetime) -> Atom:
    today = now.date()
    last = today + timedelta(days=15 if match["n"] == "w15" else 8)
    if match["by"]:
        return Atom(Kind.PERIOD, today, last, bounded=True)
    first = last - timedelta(days=1)
    return Atom(Kind.PERIOD, first, last, around=first)


_BY = r"(?:d ici a |d ici |dici |sous |dans les |dans le delai de |d ici environ )"
_IN = r"(?:dans environ |dans |au bout de )"
_WHERE = r"(?P<where>debut|mi|milieu|fin|courant)"

PATTERNS = (
    pattern(rf"(?<!/ )(?P<m>0?[1-9]|1[012]) / {Y}", _month_year),
    pattern(r"cette semaine|dans la semaine|semaine en cours|semaine ci", _Week(0)),
    pattern(r"(?:la )?(?:semaine|s) (?:prochain|suivant|d apres)", _Week(1)),
    pattern(r"(?:la )?semaine dernier", _Week(-1)),
    pattern(
        rf"(?:la )?(?:semaine|s) (?:numero |no |n )?(?P<week>\d{{1,2}})(?: {Y})?(?! (?:h|/|:))",
        _week_number,
    ),
    pattern(rf"(?:la )?semaine du (?:lundi )?{D}(?: {M}| {M2})?", _week_of),
    pattern(r"(?:ce |le )?weekend(?P<next> prochain)?", _weekend),
    pattern(r"ce mois(?: ci)?|mois en cours", _this_month),
    pattern(r"(?:le )?mois (?:prochain|suivant|d apres)", _next_month),
    pattern(r"(?:le )?mois dernier", _last_month),
    pattern(
        r"dans le mois",
        lambda m, now: Atom(Kind.PERIOD, now.date(), add_months(now.date(), 1), bounded=True),
    ),
    pattern(rf"(?:en|courant|au mois de|mois de|de) (?:la mi )?{M}(?: {Y})?", _month),
    pattern(rf"(?P<m>{'|'.join(MONTHS)})(?: {Y}| prochain)?", _month),
    pattern(rf"(?:en )?{_WHERE} (?:de |du |d )?(?:mois de )?{M}(?: {Y})?", _part_of_month),
    pattern(
        rf"(?:en )?{_WHERE} (?:de |du |de ce |le )?mois(?P<next> prochain)?", _part_of_this_month
    ),
    pattern(
        r"(?:en )?(?P<where>debut|milieu|fin) (?:de |de la |de cette )?semaine(?P<next> prochain)?",
        _part_of_week,
    ),
    pattern(r"(?P<where>debut|fin) (?:d |de l )?(?:annee|ans)(?: prochain)?", _year_end),
    pattern(r"(?:l )?annee prochain|ans prochain", _next_year),
    pattern(
        rf"{_BY}(?:un |une |les )?{N} (?P<unit>jours|semaine|mois|ans|h)(?: de jours)?", _within
    ),
    pattern(rf"avant {N} (?P<unit>jours|semaine|mois|ans)", _within),
    pattern(rf"{_IN}{N} (?P<unit>jours|semaine|mois|ans|h|min)", _delay),
    pattern(rf"(?:a|vers) {N} (?P<unit>jours|semaine|mois|ans)", _delay),
    pattern(rf"(?P<by>{_BY})(?:une |la )?(?P<n>w15|w8)(?: de jours)?", _fortnight),
    pattern(r"(?P<by>)dans (?:une |la )?(?P<n>w15|w8)(?: de jours)?", _fortnight),
)
