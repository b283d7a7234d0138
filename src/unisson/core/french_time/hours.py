"""Hours, ranges of hours and parts of the day: their patterns."""

from __future__ import annotations

import re
from datetime import datetime

from unisson.core.french_time.atoms import Atom, Kind, number, pattern
from unisson.core.french_time.days import M as _NAMED_MONTH
from unisson.core.french_time.say import NBSP, say_time
from unisson.core.french_time.window import Doubt, Question
from unisson.core.french_time.words import PARTS

type Match = re.Match[str]

DAY = 1440  # minutes
_MONTH = _NAMED_MONTH.replace("?P<m>", "?:")
_H = r"w?\d{1,2}|sept|une"
_NOT_MINUTES = rf"(?! (?:{_MONTH}|/|h|:|min|jours|semaine|mois))"
_PAST = r"et demi|et quart|trois quarts|moins le quart|moins quart|moins (?:w?\d{1,2})|pile"


def _moment(i: int) -> str:
    """An hour of the clock, in groups numbered `i`."""
    return (
        rf"(?:(?P<h{i}>{_H}) (?:h|:)(?: (?P<m{i}>w?\d{{1,2}}){_NOT_MINUTES})?"
        rf"(?: (?P<x{i}>{_PAST}))?"
        rf"|(?P<noon{i}>midi|minuit)(?: (?P<y{i}>{_PAST}|w?\d\d))?)"
    )


def _bare(i: int) -> str:
    return rf"(?P<b{i}>\d{{1,2}})"


def _minute(match: Match, i: int) -> int | None:
    """Minutes since midnight of the moment in groups `i`; None when no clock has it."""
    groups = match.groupdict()
    if groups.get(f"b{i}"):
        hour, minute, extra = int(groups[f"b{i}"]), 0, None
    elif groups.get(f"noon{i}"):
        hour = 12 if groups[f"noon{i}"] == "midi" else 0
        minute, extra = 0, groups.get(f"y{i}")
        if extra and extra.removeprefix("w").isdigit():
            minute, extra = number(extra), None
    else:
        hour = number(groups[f"h{i}"])
        minute, extra = number(groups.get(f"m{i}") or "0"), groups.get(f"x{i}")
    if hour > 24 or minute > 59:
        return None
    total = hour * 60 + minute + _shift(extra)
    return total if 0 <= total <= DAY else None


def _shift(extra: str | None) -> int:
    if extra is None:
        return 0
    named = {"pile": 0, "et demi": 30, "et quart": 15, "trois quarts": 45}
    if extra in named:
        return named[extra]
    last = extra.rsplit(" ", 1)[1]
    return -15 if last == "quart" else -number(last)


def _no_such_hour(match: Match) -> Atom:
    said = match.group().replace(" ", NBSP).replace("w", "")
    return Atom(questions=(Question(Doubt.IMPOSSIBLE, f"{said} n’existe pas."),))


def _exact(match: Match, now: datetime) -> Atom:
    minute = _minute(match, 1)
    if minute is None or minute == DAY:
        return _no_such_hour(match)
    bare_noon = match["noon1"] == "midi" and not match["y1"]
    return Atom(exact=minute, noon=bare_noon)


def _after_prefix(match: Match, now: datetime) -> Atom | None:
    hour = int(match["b1"])
    return Atom(exact=hour * 60) if 7 <= hour <= 20 else None


def _digits(match: Match, now: datetime) -> Atom:
    return Atom(exact=int(match["h"]) * 60 + int(match["m"]))


def _range(match: Match, now: datetime) -> Atom | None:
    start, end = _minute(match, 1), _minute(match, 2)
    bare = [i for i in (1, 2) if match.groupdict().get(f"b{i}")]
    if len(bare) == 2 and not 420 <= (start or 0) < (end or 0) <= 1260:
        return None
    if bare and (start is None or end is None or start >= end):
        return None
    if start is None or end is None:
        return _no_such_hour(match)
    if end <= start and 1 <= end // 60 <= 6 and start >= 720:
        end += 720  # « entre midi et deux », « de 12 h à 2 h »
    if end <= start:
        said = f"La fin ({say_time(end)}) vient avant le début ({say_time(start)})."
        return Atom(start=start, questions=(Question(Doubt.IMPOSSIBLE, said),))
    return Atom(start=start, end=end)


class _Part:
    def __init__(self, name: str, *, today: bool = False) -> None:
        self.name, self.today = name, today

    def __call__(self, match: Match, now: datetime) -> Atom:
        part = PARTS[self.name]
        if not self.today:
            return Atom(part=self.name, start=part.start, end=part.end)
        day = now.date()
        return Atom(Kind.DAY, day, day, part=self.name, start=part.start, end=part.end)


def _later_today(match: Match, now: datetime) -> Atom:
    minute = (now.hour * 60 + now.minute) // 5 * 5
    return Atom(Kind.DAY, now.date(), now.date(), start=minute)


def _soonest(match: Match, now: datetime) -> Atom:
    return Atom(soonest=True)


_ANY1 = f"(?:{_moment(1)}|{_bare(1)})"
_ANY2 = f"(?:{_moment(2)}|{_bare(2)})"
_BEFORE_HOUR = ("avant", "apres", "vers", "des", "a", "jusqu")
_LOOK = "|".join(f"(?<={word} )" for word in _BEFORE_HOUR)
_NO_UNIT = r"(?! (?:jours|semaine|mois|ans|h|:|/|min|-|\.|,|\d|" + _MONTH + r"))"
_DE = r"(?:de |du |d |de la |de l |en |dans la )?"

PATTERNS = (
    pattern(rf"(?:entre|de|du|des) {_ANY1} (?:et|a|-|jusqu a|au) {_moment(2)}", _range),
    pattern(rf"(?:entre|de) {_moment(1)} (?:et|a|-) {_bare(2)}{_NO_UNIT}", _range),
    pattern(rf"entre {_bare(1)} et {_bare(2)}{_NO_UNIT}", _range),
    pattern(r"entre (?P<noon1>midi)(?P<y1>)?? et (?P<h2>w?2|w?14)(?P<m2>)??(?P<x2>)??", _range),
    pattern(rf"{_ANY1} (?:a|-|jusqu a) {_moment(2)}", _range),
    pattern(rf"{_moment(1)} (?:a|-) {_bare(2)}{_NO_UNIT}", _range),
    pattern(rf"{_moment(1)} {_moment(2)}", _range),
    pattern(_moment(1), _exact),
    pattern(rf"(?:{_LOOK}){_bare(1)}{_NO_UNIT}", _after_prefix),
    pattern(r"(?P<h>0[6-9]|1\d|20)(?P<m>[0-5][05])(?<!19[0-9][05])(?<!20[0-9][05])", _digits),
    pattern(r"(?:debut|tot) (?:de |du |le |dans )?(?:la )?(?:matin|matinee)", _Part("debut_matin")),
    pattern(r"(?:en )?fin (?:de |du )?(?:la )?(?:matin|matinee)", _Part("fin_matin")),
    pattern(r"(?:en )?debut (?:d |de l )?apresmidi", _Part("debut_apresmidi")),
    pattern(r"(?:en )?fin (?:d |de l )?apresmidi", _Part("fin_apresmidi")),
    pattern(
        r"(?:en )?debut (?:de )?(?:la )?journee|(?:a la )?premiere heure|de bonne heure",
        _Part("debut_journee"),
    ),
    pattern(r"(?:en )?fin (?:de )?(?:la )?journee|le plus tard possible", _Part("fin_journee")),
    pattern(r"toute la journee|journee entiere|dans la journee|(?:la )?journee", _Part("journee")),
    pattern(rf"{_DE}(?:le |la )?(?:matin|matinee)", _Part("matin")),
    pattern(rf"{_DE}(?:l |le )?apresmidi", _Part("apresmidi")),
    pattern(rf"{_DE}(?:le |la )?soir", _Part("soir")),
    pattern(r"ce matin|cette matinee", _Part("matin", today=True)),
    pattern(r"ce soir", _Part("soir", today=True)),
    pattern(r"(?:cet|cette|cet l|c) apresmidi|ce apresmidi", _Part("apresmidi", today=True)),
    pattern(r"ce midi", _Part("midi", today=True)),
    pattern(r"tout a l h|maintenant|tout de suite|de suite|immediatement", _later_today),
    pattern(
        r"asap|des que possible|des que vous pouvez|(?:le |au )?plus (?:tot|vite)(?: possible)?"
        r"|rapidement|d urgence|le premier possible",
        _soonest,
    ),
)
