"""From a line of French to the days and hours it asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise

from unisson.core import clock
from unisson.core.french_time import days, hours, periods
from unisson.core.french_time.atoms import Atom, Kind
from unisson.core.french_time.canon import Canon, canonical
from unisson.core.french_time.phrase import phrase
from unisson.core.french_time.say import NBSP, say_day, say_time, sentence
from unisson.core.french_time.window import Doubt, Question, Span, Window
from unisson.core.french_time.words import NEUTRAL, OR, PARTS, PREFIXES, TO

_PATTERNS = (*hours.PATTERNS, *days.PATTERNS, *periods.PATTERNS)
_PREFIXES = [(tuple(said.split(" ")), sense) for said, sense in PREFIXES]
ABOUT = 30  # minutes on each side of « vers 10 h »
ABOUT_DAYS = 2  # days on each side of « vers le 12 »


@dataclass(slots=True)
class _Found:
    """An atom in its place: canonical words [first, last), and the sense of its prefix."""

    atom: Atom
    first: int
    last: int
    sense: str = "is"
    lead: int = 0
    """Words before `first` that belong to it."""
    at: bool = False
    """« à midi » is twelve o’clock; « midi » alone is lunch time."""


def read(text: str, now: datetime) -> Window:
    """What a line says about time, seen from `now` (the practice's wall clock).

    A weekday or a day number alone is the next one to come. A date typed with
    its year, and « hier », are kept even past, with a question. Never raises;
    a line that says nothing of time gives an empty (false) Window.
    """
    canon = canonical(text)
    found = _find(canon, now)
    for place, item in enumerate(found):
        _prefix(canon, item, found[place - 1].last if place else 0)
    window = _combine(canon, found, now)
    spans = tuple(_span(canon, item, found) for item in found)
    window = replace(window, spans=_joined(canon, found, spans))
    window = _clock_changes(window, now)
    return replace(window, said=phrase(window, now.date()))


def _find(canon: Canon, now: datetime) -> list[_Found]:
    """The atoms, leftmost first, the longest at each place, none over another."""
    matches = []
    for rank, known in enumerate(_PATTERNS):
        for match in known.shape.finditer(canon.text):
            matches.append((match.start(), -match.end(), rank, match, known.build))
    matches.sort(key=lambda item: item[:3])
    found: list[_Found] = []
    reached = 0
    for start, minus_end, _, match, build in matches:
        if start < reached or start == -minus_end:
            continue
        atom = build(match, now)
        if atom is None:
            continue
        first = canon.word_at(start)
        found.append(_Found(atom, first, first + match.group().count(" ") + 1))
        reached = -minus_end
    return found


def _prefix(canon: Canon, item: _Found, floor: int) -> None:
    """What the words just before make of the atom, and how many belong to it."""
    before = canon.words()[floor : item.first]
    for said, sense in _PREFIXES:
        if len(said) <= len(before) and tuple(before[-len(said) :]) == said:
            item.sense, item.lead = sense, len(said)
            break
    # « à partir du 12 »: the pattern of « du 12 » took the prefix's last word.
    inner = canon.words()[item.first : item.last]
    if item.sense == "is" and inner and inner[0] in ("le", "la", "du", "au", "de", "a"):
        for said, sense in _PREFIXES:
            rest = len(said) - 1
            if rest and said[-1] == inner[0] and tuple(before[-rest:]) == said[:-1]:
                item.sense, item.lead = sense, rest
                break
    item.at = bool(before) and before[-1] == "a"
    while item.lead < len(before) and before[-1 - item.lead] in NEUTRAL:
        item.lead += 1


def _span(canon: Canon, item: _Found, found: Sequence[_Found]) -> Span:
    start = canon.spans[item.first - item.lead][0]
    end = canon.spans[item.last - 1][1]
    alone = item.last - item.first == 1 and item.lead == 0
    neighbour = any(
        other is not item and (other.last == item.first or other.first - other.lead == item.last)
        for other in found
    )
    name = alone and _may_be_a_name(canon, item)
    day = item.atom.kind is not Kind.NONE
    return Span(start, end, day=day, guess=name and not neighbour, name=name)


def _may_be_a_name(canon: Canon, item: _Found) -> bool:
    return canon.guesses[item.first] or canon.words()[item.first].isdigit()


def _joined(canon: Canon, found: Sequence[_Found], spans: Sequence[Span]) -> tuple[Span, ...]:
    """Small words between two moments (« lundi ou mardi ») belong to the second."""
    joined = list(spans)
    for place in range(1, len(found)):
        before, item = found[place - 1], found[place]
        start = item.first - item.lead
        between = canon.words()[before.last : start]
        if between and all(word in NEUTRAL or word in OR or word in TO for word in between):
            joined[place] = replace(joined[place], start=canon.spans[before.last][0])
    return tuple(joined)


# Days ------------------------------------------------------------------------


@dataclass(slots=True)
class _Days:
    """The days being put together."""

    lower: date | None = None
    upper: date | None = None
    weekdays: frozenset[int] = frozenset()
    around: date | None = None
    clash: bool = False

    def narrow(self, first: date | None, last: date | None) -> None:
        lower = max((day for day in (self.lower, first) if day), default=None)
        upper = min((day for day in (self.upper, last) if day), default=None)
        if lower and upper and lower > upper:
            self.clash = True
            return
        self.lower, self.upper = lower, upper


def _combine(canon: Canon, found: Sequence[_Found], now: datetime) -> Window:
    questions = [question for item in found for question in item.atom.questions]
    dated = [item for item in found if item.atom.kind is not Kind.NONE]
    result = _days(canon, dated, now.date(), questions)
    window = _hours(found, now, questions)
    if result.weekdays and len({item.atom.part for item in found if item.atom.part}) > 1:
        said = f"Des heures différentes selon les jours{NBSP}: elles sont toutes montrées."
        questions.append(Question(Doubt.CONFLICT, said))
    if result.clash:
        said = f"Ces jours ne vont pas ensemble{NBSP}: le premier est gardé."
        questions.append(Question(Doubt.CONFLICT, said))
    window = replace(
        window,
        first=result.lower,
        last=result.upper,
        weekdays=result.weekdays,
        around=result.around,
        soonest=any(item.atom.soonest for item in found),
    )
    if window.soonest and window.first is None:
        window = replace(window, first=now.date())
    if (
        window.day == now.date()
        and window.exact is not None
        and window.exact < now.hour * 60 + now.minute
    ):
        questions.append(Question(Doubt.PAST, f"Il est déjà plus de {say_time(window.exact)}."))
    return replace(window, questions=tuple(questions))


def _days(canon: Canon, dated: Sequence[_Found], today: date, questions: list[Question]) -> _Days:
    result = _Days()
    ranged = _ranges(canon, dated)
    points: list[Atom] = []
    weekdays: set[int] = set()
    excluded: set[int] = set()
    for item in dated:
        atom, sense = item.atom, item.sense
        if any(item is member for pair in ranged for member in pair):
            continue
        if sense == "except" and atom.first is not None:
            excluded.add(atom.weekday if atom.weekday is not None else atom.first.weekday())
        elif sense == "each" and atom.kind is Kind.WEEKDAY and atom.weekday is not None:
            weekdays.add(atom.weekday)
            result.narrow(today, None)
        elif sense in ("before", "by", "after", "from", "about"):
            _bound(result, atom, sense, today)
        elif atom.kind is Kind.PERIOD:
            result.narrow(atom.first, atom.last)
            result.around = result.around or atom.around
        elif atom.first is not None:
            points.append(atom)
    for begin, end in ranged:
        _between(result, begin.atom, end.atom)
    if excluded:
        weekdays |= set(range(7)) - excluded
        result.narrow(today, None)
    bounded = result.lower is not None or result.upper is not None
    linked = any(word in OR for word in _between_words(canon, dated))
    _points(result, points, weekdays, questions, bounded=bounded, linked=linked)
    result.weekdays = frozenset(weekdays) if 0 < len(weekdays) < 7 else frozenset()
    _single_weekday(result)
    return result


def _ranges(canon: Canon, dated: Sequence[_Found]) -> list[tuple[_Found, _Found]]:
    """Pairs said as a range: « du lundi au mercredi », « entre le 3 et le 12 »."""
    pairs: list[tuple[_Found, _Found]] = []
    words = canon.words()
    for begin, end in pairwise(dated):
        if pairs and pairs[-1][1] is begin:
            continue
        between = [word for word in words[begin.last : end.first] if word not in ("le", "la")]
        lead = words[max(0, begin.first - begin.lead) : begin.first + 1]
        opened = any(word in ("du", "de", "entre") for word in lead)
        inner = words[end.first]
        linked = (not between and inner in ("au",)) or between in (["a"], ["au"], ["-"])
        if (linked and begin.sense in ("is", "from")) or (opened and between == ["et"]):
            pairs.append((begin, end))
    return pairs


def _between_words(canon: Canon, dated: Sequence[_Found]) -> list[str]:
    words = canon.words()
    return [word for begin, end in pairwise(dated) for word in words[begin.last : end.first]]


def _between(result: _Days, begin: Atom, end: Atom) -> None:
    last = end.last
    if begin.first and last and last < begin.first and end.kind is Kind.WEEKDAY:
        last += timedelta(days=7)
    if begin.first and last and last < begin.first:
        result.clash = True
        last = begin.last
    result.narrow(begin.first, last)


def _bound(result: _Days, atom: Atom, sense: str, today: date) -> None:
    one = timedelta(days=1)
    if atom.first is None or atom.last is None:
        return
    if sense == "by" or (sense == "before" and (atom.tail or atom.bounded)):
        result.narrow(today, atom.last)
    elif sense == "before":
        result.narrow(today, max(atom.first - one, today))
    elif sense == "from":
        result.narrow(atom.first, atom.last if atom.bounded else None)
    elif sense == "after":
        result.narrow(atom.last + one, None)
    else:
        slack = timedelta(days=ABOUT_DAYS)
        result.narrow(max(atom.first - slack, today), atom.last + slack)
        result.around = atom.first


def _points(
    result: _Days,
    points: Sequence[Atom],
    weekdays: set[int],
    questions: list[Question],
    *,
    bounded: bool,
    linked: bool,
) -> None:
    """Single days: with a period they choose in it; together they are alternatives."""
    fixed = [atom for atom in points if atom.kind is Kind.DAY and atom.first is not None]
    bare = [atom for atom in points if atom.kind is Kind.WEEKDAY and atom.first is not None]
    if bounded and not fixed:
        weekdays.update(atom.weekday for atom in bare if atom.weekday is not None)
        questions[:] = [q for q in questions if not (bare and q.doubt is Doubt.EITHER)]
        return
    if fixed and bare and not linked:
        names = {atom.weekday for atom in bare}
        if len(fixed) == 1 and fixed[0].first and fixed[0].first.weekday() not in names:
            said = sentence(f"Ce n’est pas le même jour que le {say_day(fixed[0].first)}")
            questions.append(Question(Doubt.MISMATCH, said, bare[0].first))
        bare = []
    chosen = [atom.first for atom in (*fixed, *bare) if atom.first is not None]
    if not chosen:
        return
    result.narrow(min(chosen), max(chosen))
    if len(set(chosen)) > 1:
        weekdays.update(day.weekday() for day in chosen)


def _single_weekday(result: _Days) -> None:
    """« jeudi » of one week is one day."""
    if not result.weekdays or result.lower is None or result.upper is None:
        return
    if (result.upper - result.lower).days > 6:
        return
    span = (result.upper - result.lower).days + 1
    days = [result.lower + timedelta(days=ahead) for ahead in range(span)]
    kept = [day for day in days if day.weekday() in result.weekdays]
    if len(kept) == 1:
        result.lower = result.upper = kept[0]
        result.weekdays = frozenset()
    elif not kept:
        result.clash = True
        result.weekdays = frozenset()


# Hours -----------------------------------------------------------------------


def _hours(found: Sequence[_Found], now: datetime, questions: list[Question]) -> Window:
    parts: list[tuple[int, int, str]] = []
    exact: int | None = None
    start: int | None = None
    end: int | None = None
    for item in found:
        atom, sense = item.atom, item.sense
        if atom.kind is not Kind.NONE and not (atom.part or atom.start is not None):
            continue
        if atom.exact is not None:
            if sense in ("before", "by"):
                end = atom.exact
            elif sense in ("after", "from"):
                start = atom.exact
            elif sense == "about":
                start, end = max(0, atom.exact - ABOUT), min(1440, atom.exact + ABOUT)
            elif atom.noon and not item.at:
                part = PARTS["midi"]
                parts.append((part.start, part.end, "midi"))
            elif exact is None:
                exact = atom.exact
            elif atom.exact != exact:
                said = f"Deux heures{NBSP}: {say_time(exact)} est gardé."
                questions.append(Question(Doubt.CONFLICT, said))
        elif atom.part and atom.start is not None and atom.end is not None:
            if sense == "before":
                end = atom.start or atom.end
            elif sense == "after":
                start = atom.end
            elif sense == "except":
                parts.extend(_other_half(atom.part))
            else:
                parts.append((atom.start, atom.end, atom.part))
        elif atom.start is not None:
            start, end = atom.start, atom.end
    exact, start, end = (_afternoon(minute, parts) for minute in (exact, start, end))
    if parts and start is None and end is None:
        start, end = min(part[0] for part in parts), max(part[1] for part in parts)
    elif parts and exact is None:
        low, high = min(part[0] for part in parts), max(part[1] for part in parts)
        start, end = max(start or 0, low), min(end or 1440, high)
        if start >= end:
            questions.append(Question(Doubt.CONFLICT, "Ces heures ne vont pas ensemble."))
            start, end = parts[0][0], parts[0][1]
    if exact is not None:
        start = end = None
    if (start, end) == (0, 1440):
        start = end = None
    return Window(start=start, end=end, exact=exact)


def _other_half(part: str) -> list[tuple[int, int, str]]:
    other = "apresmidi" if PARTS[part].start < 720 else "matin"
    return [(PARTS[other].start, PARTS[other].end, other)]


def _afternoon(minute: int | None, parts: Sequence[tuple[int, int, str]]) -> int | None:
    """« 3 h de l’après-midi » is 15 h, « 9 h du soir » 21 h."""
    if minute is None or not parts or minute >= 720:
        return minute
    late = all(start >= 720 for start, _, _ in parts)
    return minute + 720 if late else minute


def _clock_changes(window: Window, now: datetime) -> Window:
    """Hours that Paris skips or lives twice on that day."""
    if window.day is None or window.exact is None:
        return window
    wall = datetime.combine(window.day, datetime.min.time()) + timedelta(minutes=window.exact)
    said = f"{say_time(window.exact)} le {say_day(window.day, now.date())}"
    try:
        first = clock.from_local(wall)
        second = clock.from_local(wall, fold=1)
    except clock.NonexistentTime:
        text = f"{said} n’existe pas{NBSP}: on passe à l’heure d’été."
        question = Question(Doubt.IMPOSSIBLE, text)
    else:
        if first == second:
            return window
        question = Question(Doubt.TWICE, f"{said} arrive deux fois{NBSP}: la première est gardée.")
    return replace(window, questions=(*window.questions, question))
