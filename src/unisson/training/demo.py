"""Seeding the demo practice: everything in one act, the same for the same day and seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from unisson.agenda import holidays
from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.exchange.actions import places
from unisson.practice.models import Practice
from unisson.training import bookings, diary, files, house, names, people

FULL = 3000  # patients: from here on, six months behind and three ahead


@dataclass(frozen=True)
class Seeded:
    """What was made, for the sentence on screen."""

    patients: int
    appointments: int
    today: date
    minute: int
    guard: bool


def seed(*, patients: int, today: date, rng_seed: int = 1, at: time | None = None) -> Seeded:
    """Make the demo practice in an empty database, a day half played.

    `today` is the day the demo stands on; `at` the wall-clock time up to which
    it has been played: by default the present time when `today` is today, else
    10:00. From 3,000 patients on there are 6 months of appointments behind and
    3 ahead; below, 2 weeks behind and 4 ahead, so that tests stay quick
    (300 patients: about two seconds). Accounts are in `house.ACCOUNTS`, all
    with the password `house.PASSWORD`.

    Written in one transaction, with one audit line; refused when the database
    already holds a practice.
    """
    if at is None:
        wall = clock.local(clock.now())
        at = wall.time() if wall.date() == today else time(10, 0)
    minute = at.hour * 60 + at.minute
    rng = random.Random(f"{rng_seed} {today} {patients}")  # noqa: S311 (invents people)
    behind, ahead = (182, 91) if patients >= FULL else (15, 30)
    closed = holidays.between("FR", today - timedelta(days=behind), today + timedelta(days=ahead))
    everyone = people.people(patients, today, rng)
    plan = diary.write(
        everyone,
        today=today,
        now=minute,
        behind=behind,
        ahead=ahead,
        holidays=closed,
        rng=rng,
    )
    now = clock.from_local(datetime.combine(today, time(minute // 60, minute % 60)))
    with gesture("training.seed", by=Actor.system("démonstration")) as act:
        if Practice.objects.exists():
            raise Refusal("Cette base contient déjà un cabinet. Rien n’a été créé.")
        since = today - timedelta(days=behind)
        home = house.build(since, now)
        places.write([place for code in names.places().values() for place in code])
        rows = files.write(everyone, home, today, now, rng)
        count = bookings.write(plan, home, rows, today, now, rng)
        act.audit("C", home.practice, detail=f"{len(rows)} patients, {count} rendez-vous fictifs")
        act.tell("agenda.changed", practitioner_ids=[], dates=[today.isoformat()])
    return Seeded(len(rows), count, today, minute, bool(plan.extra_hours))
