"""What happened and what is planned at the demo practice, day by day. Pure and seeded.

Past days are played to the end: seen, missed, excused, cancelled, squeezed in.
Today is played up to a given minute. Days to come fill up less and less.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache

from unisson.agenda.rules import wall
from unisson.training.house import GUARD_HOURS, HOURS, KINDS, LAKE, Hours, Kind, at
from unisson.training.people import Person

SECRETARIES = ("petit", "moreau", "kaya")
LATE = {"diallo": 25, "legoff": 5}  # minutes behind, today
FORMATION = "marchal"  # away part of today
TO_REPLACE = 3  # appointments of her absence nobody has moved yet
_KINDS = {kind.code: kind for kind in KINDS}


@dataclass
class Visit:
    """One appointment. Minutes are on the wall clock of `day`."""

    who: str
    site: str
    day: date
    start: int
    minutes: int
    kind: Kind
    patient: int
    status: str = "booked"
    squeeze_in: bool = False
    urgent: bool = False
    reason: str = ""
    ended_by: str = ""
    ended_reason: str = ""
    booked_days_before: int = 0
    booked_by: str = "petit"
    # Reception, today only: wall minutes.
    arrived: int | None = None
    roomed: int | None = None
    called: int | None = None
    left: int | None = None

    @property
    def end(self) -> int:
        return self.start + self.minutes


@dataclass(frozen=True)
class Away:
    """A time nobody is received by `who`. `first_minute` and `last_minute` of the two days."""

    who: str
    first: date
    last: date
    label: str
    first_minute: int = 0
    last_minute: int = 24 * 60


@dataclass
class Diary:
    """Everything, as it stands on `today` at minute `now`."""

    visits: list[Visit] = field(default_factory=list)
    aways: list[Away] = field(default_factory=list)
    extra_hours: list[Hours] = field(default_factory=list)  # today's, beside the weekly ones


def write(
    people: Sequence[Person],
    *,
    today: date,
    now: int,
    behind: int,
    ahead: int,
    holidays: frozenset[date],
    rng: random.Random,
) -> Diary:
    """The diary from `behind` days ago to `ahead` days from now."""
    diary = Diary()
    pool = _Pool(people, today, rng)
    since = today - timedelta(days=behind)
    diary.aways = _aways(today, behind, ahead)
    diary.extra_hours = _extra_hours(today, now, holidays)
    for number in range(-behind, ahead + 1):
        day = today + timedelta(days=number)
        for who in ("diallo", "nguyen", "marchal", "ferrand", "legoff"):
            hours = _hours_of(who, day, since, holidays)
            if number == 0:
                hours += [extra for extra in diary.extra_hours if extra.who == who]
            if any(_covers(away, who, day) for away in diary.aways):
                continue
            made = _fill(who, day, hours, _share(number), pool, rng)
            if number < 0:
                made += _past(made, pool, rng)
                _seen(made, rng)
            elif number > 0:
                made += _to_come(made, pool, rng)
            diary.visits += made
    todays = [visit for visit in diary.visits if visit.day == today]
    _twins_together(todays, now, people)
    diary.visits += _urgency(todays, now, pool, rng)
    _play(diary, today, now, pool, rng)
    _formation(diary, today, now)
    return diary


# -- hours --------------------------------------------------------------------


def _hours_of(who: str, day: date, since: date, holidays: frozenset[date]) -> list[Hours]:
    if day in holidays:
        return []
    monday = since - timedelta(days=since.weekday())
    weeks = (day - monday).days // 7
    return [
        hours
        for hours in HOURS
        if hours.who == who and day.weekday() in hours.weekdays and weeks % hours.every_weeks == 0
    ]


def _extra_hours(today: date, now: int, holidays: frozenset[date]) -> list[Hours]:
    """Guard hours, so that the demo shows a living day whenever it is looked at.

    On a Saturday, a Sunday or a public holiday everyone is on duty. Early or
    late, two doctors hold a guard around the present hour.
    """
    extra: list[Hours] = []
    if today.weekday() >= 5 or today in holidays:
        extra += GUARD_HOURS
    opens, closes = at(8, 20), at(18, 40)
    if now < opens + 30 or now > closes - 60:
        start = max(0, (now - 90) // 20 * 20)
        end = min(24 * 60, (now + 170) // 20 * 20)
        if now < opens + 30:
            end = min(end, opens)
        else:
            start = max(start, closes)
            end = max(end, start + 60)
        if end - start >= 40 and end <= 24 * 60:
            extra += [Hours(who, (), start, end) for who in ("diallo", "nguyen")]
    return extra


def _covers(away: Away, who: str, day: date) -> bool:
    return away.who == who and away.first <= day <= away.last


def _aways(today: date, behind: int, ahead: int) -> list[Away]:
    monday = today - timedelta(days=today.weekday())
    weeks = [
        ("diallo", -9, 2, "Congés"),
        ("nguyen", -15, 1, "Congés"),
        ("marchal", -5, 1, "Congés"),
        ("ferrand", -3, 1, "Formation"),
        ("legoff", -12, 2, "Congés"),
        ("nguyen", 4, 1, "Congés"),
        ("legoff", 7, 1, "Congrès"),
    ]
    return [
        Away(who, first, first + timedelta(days=7 * length - 2), label)
        for who, week, length, label in weeks
        if -behind < ((first := monday + timedelta(weeks=week)) - today).days < ahead - 7
    ]


# -- filling a day ------------------------------------------------------------


def _share(number: int) -> float:
    """How full a day is, by its distance from today in days."""
    if number < 0:
        return 0.93
    return max(0.12, 0.86 - 0.021 * number)


def _fill(
    who: str, day: date, hours: Iterable[Hours], share: float, pool: _Pool, rng: random.Random
) -> list[Visit]:
    made: list[Visit] = []
    for piece in hours:
        minute = piece.start
        while minute < piece.end:
            kind, minutes = _kind_for(who, piece, rng)
            taken = kind.before + minutes + kind.after
            if minute + taken > piece.end:
                kind, minutes = _shortest(who, piece)
                taken = kind.before + minutes + kind.after
                if minute + taken > piece.end:
                    break
            # On the last Sunday of March the clock jumps over an hour of the night.
            if rng.random() < share and wall.instants_of(day, minute + kind.before):
                patient = pool.pick(who, kind, day)
                if patient is not None:
                    made.append(
                        Visit(
                            who,
                            piece.site,
                            day,
                            minute + kind.before,
                            minutes,
                            kind,
                            patient,
                            urgent=kind.code == "URG",
                            reason=rng.choice(kind.reasons),
                            booked_days_before=_notice(kind, rng),
                            booked_by=rng.choice(SECRETARIES),
                        )
                    )
            minute += taken
    return made


def _notice(kind: Kind, rng: random.Random) -> int:
    return 0 if kind.code == "URG" else int(rng.triangular(0, 75, 4))


@cache
def _takers(who: str) -> list[tuple[Kind, int, float]]:
    return [
        (kind, minutes, weight)
        for kind in KINDS
        for taker, minutes, weight in kind.takers
        if taker == who
    ]


def _kind_for(who: str, piece: Hours, rng: random.Random) -> tuple[Kind, int]:
    takers = _takers(who)
    if piece.urgent_only:
        return next((kind, minutes) for kind, minutes, _ in takers if kind.code == "URG")
    kind, minutes, _ = rng.choices(takers, [weight for *_, weight in takers])[0]
    return kind, minutes


def _shortest(who: str, piece: Hours) -> tuple[Kind, int]:
    if piece.urgent_only:
        return next((kind, minutes) for kind, minutes, _ in _takers(who) if kind.code == "URG")
    kind, minutes, _ = min(
        (taker for taker in _takers(who) if taker[2] > 0),
        key=lambda taker: (taker[1] + taker[0].before + taker[0].after, -taker[2]),
    )
    return kind, minutes


class _Pool:
    """Who comes: each practitioner has her patients, and they come back now and then."""

    def __init__(self, people: Sequence[Person], today: date, rng: random.Random) -> None:
        self._rng = rng
        self._people = people
        self._today = today
        self._decks: dict[tuple[str, str], list[int]] = {}
        self._places: dict[tuple[str, str], int] = defaultdict(int)
        self._seen: set[tuple[int, date]] = set()
        self._ages = [person.age(today) for person in people]
        self._alive = [
            number
            for number, person in enumerate(people)
            if person.deceased_on is None and person.double_of is None
        ]

    def _deck(self, who: str, kind: Kind) -> list[int]:
        key = who, kind.code
        if key not in self._decks:
            low, high = kind.ages
            if who == "marchal":
                high = min(high, 17)
            elif who in ("diallo", "nguyen") and kind.code != "URG":
                low = max(low, 10)
            elif who == "ferrand" and kind.code == "VAC":
                low = 18
            deck = [
                number
                for number in self._alive
                if low <= self._ages[number] <= high
                and (not kind.sex or self._people[number].sex == kind.sex)
                and (who not in ("diallo", "nguyen") or number % 2 == (who == "diallo"))
            ]
            self._rng.shuffle(deck)
            self._decks[key] = deck
        return self._decks[key]

    def pick(self, who: str, kind: Kind, day: date) -> int | None:
        """Somebody not already coming that day; nobody when there is nobody left."""
        deck = self._deck(who, kind)
        key = who, kind.code
        for _ in range(min(len(deck), 60)):
            number = deck[self._places[key] % len(deck)]
            self._places[key] += 1
            if (number, day) not in self._seen and self._people[number].birth_date < day:
                self._seen.add((number, day))
                return number
        return None


# -- what became of it ----------------------------------------------------------

_CANCELLED = (
    ("patient", "Empêché"),
    ("patient", "Guéri"),
    ("patient", "Prend un autre jour"),
    ("practitioner", "Praticien absent"),
)


def _past(made: list[Visit], pool: _Pool, rng: random.Random) -> list[Visit]:
    """Misses and excuses among those booked; cancellations and squeeze-ins beside them."""
    more: list[Visit] = []
    for visit in made:
        draw = rng.random()
        if draw < 0.035:
            visit.status = "no_show"
        elif draw < 0.055:
            visit.status, visit.ended_by = "excused", "patient"
            visit.ended_reason = "A prévenu le matin"
        elif draw < 0.10:
            more += _beside(visit, pool, rng, cancelled=True)
        elif draw < 0.13:
            more += _beside(visit, pool, rng, cancelled=False)
    return more


def _seen(made: Sequence[Visit], rng: random.Random) -> None:
    """Everybody came, waited a little, was seen and left; one in a hundred did not wait."""
    late, free_at = rng.choice((0, 0, 5, 10, 20)), 0
    for visit in sorted(made, key=lambda one: (one.start, one.squeeze_in)):
        if visit.status != "booked" or visit.kind.remote:
            continue
        visit.arrived = max(0, visit.start - rng.randint(0, 15))
        if rng.random() < 0.01:
            visit.left = visit.start + rng.randint(25, 50)
            continue
        visit.called = max(visit.start + late, free_at, visit.arrived)
        free_at = visit.left = visit.called + max(5, visit.minutes + rng.choice((-4, -2, 0, 0, 3)))


def _to_come(made: list[Visit], pool: _Pool, rng: random.Random) -> list[Visit]:
    return [
        extra
        for visit in made
        if rng.random() < 0.04
        for extra in _beside(visit, pool, rng, cancelled=True)
    ]


def _beside(visit: Visit, pool: _Pool, rng: random.Random, *, cancelled: bool) -> list[Visit]:
    patient = pool.pick(visit.who, visit.kind, visit.day)
    if patient is None:
        return []
    other = Visit(
        visit.who,
        visit.site,
        visit.day,
        visit.start,
        visit.minutes,
        visit.kind,
        patient,
        reason=rng.choice(visit.kind.reasons),
        booked_days_before=visit.booked_days_before + (12 if cancelled else 0),
        booked_by=rng.choice(SECRETARIES),
    )
    if cancelled:
        other.status = "cancelled"
        other.ended_by, other.ended_reason = rng.choice(_CANCELLED)
    else:
        other.squeeze_in = True
        other.booked_days_before = 0
    return [other]


# -- today ----------------------------------------------------------------------


def _twins_together(todays: list[Visit], now: int, people: Sequence[Person]) -> None:
    """Two children born the same day, one after the other: the confusion to avoid."""
    coming = sorted(
        (v for v in todays if v.who == FORMATION and v.start > now and v.kind.code == "PED"),
        key=lambda visit: visit.start,
    )
    busy = {visit.patient for visit in todays}
    for number, person in enumerate(people):
        other = person.twin
        if other is None or not 0 <= (todays[0].day - person.birth_date).days < 12 * 365:
            continue
        if number in busy or other in busy or len(coming) < 2:
            continue
        coming[0].patient, coming[1].patient = number, other
        return


def _urgency(todays: list[Visit], now: int, pool: _Pool, rng: random.Random) -> list[Visit]:
    """A child brought in this morning, seen by Dr Diallo between two others."""
    later = [v for v in todays if v.who == "diallo" and v.start > now + 20 and v.kind.code != "URG"]
    if not later:
        return []
    visit = min(later, key=lambda v: v.start)
    child = pool.pick("marchal", _KINDS["PED"], visit.day)
    if child is None:
        return []
    return [
        Visit(
            "diallo",
            visit.site,
            visit.day,
            visit.start,
            10,
            _KINDS["URG"],
            child,
            squeeze_in=True,
            urgent=True,
            reason="Fièvre",
            booked_by="petit",
            arrived=max(0, now - 3),
        ),
        *_beside_today(later, pool, rng),
    ]


def _beside_today(later: list[Visit], pool: _Pool, rng: random.Random) -> list[Visit]:
    return _beside(later[-1], pool, rng, cancelled=False) if len(later) > 3 else []


def _play(diary: Diary, today: date, now: int, pool: _Pool, rng: random.Random) -> None:
    """Who left, who is inside, who waits, who is still expected, at minute `now`."""
    for who in ("diallo", "nguyen", "marchal", "ferrand", "legoff"):
        todays = sorted(
            (
                visit
                for visit in diary.visits
                if visit.day == today and visit.who == who and visit.status == "booked"
            ),
            key=lambda visit: (visit.start, visit.squeeze_in),
        )
        free_at, excused = 0, False
        # Somebody does not come, at Dr Nguyen's for sure.
        missing = 0 if who == "nguyen" else rng.randint(1, 12)
        for order, visit in enumerate(todays):
            if visit.urgent and visit.squeeze_in:
                continue
            called = max(visit.start + LATE.get(who, 0), free_at)
            if visit.kind.remote and called > now:
                continue
            if called + visit.minutes <= now and order == missing:
                visit.status = "no_show"
            elif called + visit.minutes <= now and not excused and rng.random() < 0.06:
                excused = True
                visit.status, visit.ended_by = "excused", "patient"
                visit.ended_reason = "A téléphoné ce matin"
            elif called <= now:
                visit.arrived = max(0, visit.start - rng.randint(1, 14))
                visit.called = called
                length = visit.minutes + rng.choice((-2, 0, 0, 3))
                free_at = called + length
                if free_at <= now:
                    visit.left = free_at
            else:
                early = visit.start - rng.randint(2, 18)
                if early <= now:
                    visit.arrived = max(0, early)
                    if who in ("marchal", "legoff") and visit.start <= now + 10:
                        visit.roomed = max(visit.arrived, now - 4)


def _formation(diary: Diary, today: date, now: int) -> None:
    """The paediatrician leaves for a training: some booked with her still need another time.

    The others were given one already: their appointments of today are cancelled.
    """
    hers = sorted(
        (
            visit
            for visit in diary.visits
            if visit.day == today
            and visit.who == FORMATION
            and visit.status == "booked"
            and visit.arrived is None
        ),
        key=lambda visit: visit.start,
    )
    concerned = [visit for visit in hers if visit.start >= max(now + 60, at(11, 0))] or hers[-3:]
    if not concerned:
        return
    diary.aways.append(Away(FORMATION, today, today, "Formation", concerned[0].start, at(18, 40)))
    if concerned[-1].start >= at(18, 40):  # a guard in the evening
        diary.aways[-1] = replace(diary.aways[-1], last_minute=24 * 60)
    for visit in concerned[TO_REPLACE:]:
        visit.status, visit.ended_by = "cancelled", "practitioner"
        visit.ended_reason = "Formation : un autre jour a été donné"


__all__ = ["LAKE", "LATE", "Away", "Diary", "Visit", "write"]
