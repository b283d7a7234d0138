"""The processes of the agenda's benchmarks: each does one piece of work and prints an answer.

    python -m benchmarks.agenda_worker COMMAND '{"option": ...}'

The database is the one of the environment (DATABASE_URL, UNISSON_DATA).
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sys
import time as clock_time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NoReturn
from uuid import uuid4

SEED = 20261124
DAYS = 28


def _by() -> Any:
    from unisson.core.access import Actor

    return Actor(user_id=1, role="secretary", name="C. Petit")


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, skip_checks=True)


def first_day() -> date:
    from unisson.core import clock

    return clock.today() + timedelta(days=1)


def people(practitioners: int, patients: int, minutes: int = 20) -> dict[str, Any]:
    """A practice: practitioners open every day from 8:00 to 20:00, patients, one visit type."""
    from unisson.agenda.models import OpeningRule, VisitType, VisitTypeOffer
    from unisson.exchange import bulk
    from unisson.patients.models import Patient
    from unisson.practice.models import Practice, Practitioner, Resource, Site

    at = datetime(2020, 1, 1, tzinfo=UTC)
    Practice.objects.create(name="Cabinet du banc d’essai", created_at=at)
    site = Site.objects.create(name="Centre")
    visit_type = VisitType.objects.create(code="CS", label="Consultation")
    found = []
    for number in range(practitioners):
        resource = Resource.objects.create(
            kind="practitioner", name=f"Dr {number:03}", site=site, order=number
        )
        one = Practitioner.objects.create(
            resource=resource, family_name=f"{number:03}", given_name="A", specialty="Généraliste"
        )
        VisitTypeOffer.objects.create(visit_type=visit_type, practitioner=one, minutes=minutes)
        for weekday in range(7):
            for start, end in ((8, 12), (13, 20)):
                OpeningRule.objects.create(
                    practitioner=one,
                    site=site,
                    weekday=weekday,
                    start=time(start),
                    end=time(end),
                    valid_from=date(2020, 1, 1),
                )
        found.append(one)
    bulk.insert(
        Patient(
            birth_name=f"PATIENT {number}",
            birth_first_name="CLAIRE",
            birth_given_names="CLAIRE",
            birth_date=date(1930, 1, 1) + timedelta(days=number % 30000),
            sex="F",
            file_number=f"B{number:07}",
            created_at=at,
            updated_at=at,
        )
        for number in range(patients)
    )
    return {
        "site": site.pk,
        "visit_type": visit_type.pk,
        "practitioners": [one.pk for one in found],
        "resources": [one.resource_id for one in found],
        "patients": list(Patient.objects.order_by("id").values_list("id", flat=True)),
    }


def race_house() -> dict[str, Any]:
    """Three practitioners whose visit takes one of two rooms and the only machine."""
    from django.db import transaction

    from unisson.agenda.models import VisitTypeNeed
    from unisson.practice.models import Resource

    migrate()
    with transaction.atomic():
        house = people(3, 400)
        rooms = [
            Resource.objects.create(kind="room", name=f"Salle {n}", site_id=house["site"])
            for n in (1, 2)
        ]
        machine = Resource.objects.create(
            kind="equipment", name="Échographe", site_id=house["site"]
        )
        for label, options in (("Salle", rooms), ("Échographe", [machine])):
            need = VisitTypeNeed.objects.create(visit_type_id=house["visit_type"], label=label)
            need.options.set(options)
    return {**house, "first_day": first_day().isoformat()}


def race(processes: int, tries: int, days: int, blind: bool = False) -> dict[str, Any]:
    """Book at random in so many processes at once, then look at what is left.

    `days`: how many days they fight over. `blind`: nothing is locked and nothing
    taken is seen, so that the database's constraint stands alone against them all.
    """
    house = race_house()
    _hang_up()
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        answers = pool.starmap(
            racer, [(house, tries, seed, days, blind) for seed in range(processes)], chunksize=1
        )
    return {
        **{
            key: sum(answer[key] for answer in answers)
            for key in ("booked", "taken", "last_word", "refused")
        },
        "attempts": processes * tries,
        "errors": [error for answer in answers for error in answer["errors"]],
        "ms": [value for answer in answers for value in answer["ms"]],
        **verify(),
    }


def racer(house: dict[str, Any], tries: int, seed: int, days: int, blind: bool) -> dict[str, Any]:
    """One of them: every attempt is a booking, a refusal, or an error."""
    from unisson.agenda import actions
    from unisson.agenda.errors import SlotTaken
    from unisson.agenda.when import start_at
    from unisson.core.errors import Refusal

    if blind:
        from unisson.agenda.actions import planning, taking

        taking.lock = planning.lock = lambda *_: None
        taking.read_taken = lambda *_: []
    pick = random.Random(seed)
    first = date.fromisoformat(house["first_day"])
    count: Counter[str] = Counter(booked=0, taken=0, last_word=0, refused=0)
    errors: list[str] = []
    spent = []
    for _ in range(tries):
        begin = clock_time.perf_counter()
        try:
            actions.book(
                patient_id=pick.choice(house["patients"]),
                visit_type_id=house["visit_type"],
                practitioner_id=pick.choice(house["practitioners"]),
                start=start_at(
                    first + timedelta(days=pick.randrange(days)), 480 + 5 * pick.randrange(44)
                ),
                by=_by(),
                request_id=uuid4(),
            )
            count["booked"] += 1
        except SlotTaken as taken:
            # Refused by the check under lock, or by the database after it.
            last_word = "vient d’être pris" in taken.sentence
            count["last_word" if last_word else "taken"] += 1
        except Refusal:
            count["refused"] += 1
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}"[:200])
        spent.append((clock_time.perf_counter() - begin) * 1000)
    _hang_up()
    return {**count, "errors": errors, "ms": spent}


def kill_while_booking(times: int) -> dict[str, Any]:
    """Fork a process that books, kill -9 it at a random moment, again and again; then look."""
    house = race_house()
    pick = random.Random(SEED)
    acknowledged: list[int] = []
    for seed in range(times):
        _hang_up()
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            book_until_killed(house, seed, writer)
        os.close(writer)
        with os.fdopen(reader) as answers:
            for _ in range(pick.randrange(1, 12)):
                acknowledged.append(int(answers.readline()))
            # Anywhere inside a booking: they follow one another without a pause.
            clock_time.sleep(pick.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            acknowledged += [int(line) for line in answers if line.endswith("\n")]
    return {**verify(acknowledged), "acknowledged": len(acknowledged)}


def book_until_killed(house: dict[str, Any], seed: int, answers: int) -> NoReturn:
    """Book for ever; a line for each booking, written only once it is acknowledged."""
    from unisson.agenda import actions
    from unisson.agenda.when import start_at
    from unisson.core.errors import Refusal

    pick = random.Random(seed)
    first = date.fromisoformat(house["first_day"])
    while True:
        try:
            done = actions.book(
                patient_id=pick.choice(house["patients"]),
                visit_type_id=house["visit_type"],
                practitioner_id=pick.choice(house["practitioners"]),
                start=start_at(
                    first + timedelta(days=pick.randrange(300)), 480 + 20 * pick.randrange(33)
                ),
                by=_by(),
                request_id=uuid4(),
            )
            os.write(answers, f"{done.appointment_id}\n".encode())
        except Refusal:
            pass


def verify(acknowledged: list[int] | None = None) -> dict[str, Any]:
    """What is wrong with the database: every count is 0, or something was lost or half done."""
    from unisson.agenda.models import (
        Appointment,
        AppointmentChange,
        DayLoad,
        Occupation,
        PlanningAct,
    )
    from unisson.agenda.rules import load
    from unisson.agenda.rules.wall import day_of, minute_of
    from unisson.core.gesture import first_broken_link
    from unisson.core.models import AuditEvent, OutboxEvent

    taken: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for one in Occupation.objects.order_by("start"):
        taken[one.resource_id].append((minute_of(one.start), minute_of(one.end), one.pk))
    double = 0
    spans: dict[tuple[int, date], list[tuple[int, int]]] = defaultdict(list)
    for resource_id, rows in taken.items():
        until = 0
        for start, end, _ in rows:
            double += start < until
            until = max(until, end)
            spans[resource_id, day_of(start)].append((start, end))
    kept = {
        (row.resource_id, row.date): load.unpacked(row.busy)
        for row in DayLoad.objects.all()
        if bytes(row.busy)
    }
    expected = {key: load.bits(key[1], found)[0] for key, found in spans.items()}
    booked = Appointment.objects.filter(status="booked").prefetch_related(
        "occupations", "visit_type__needs"
    )
    half = sum(one.occupations.count() != 1 + len(one.visit_type.needs.all()) for one in booked)
    ids = set(Appointment.objects.values_list("id", flat=True))
    changed = set(AppointmentChange.objects.values_list("appointment_id", flat=True))
    audited = set(
        AuditEvent.objects.filter(object_type="Appointment").values_list("object_id", flat=True)
    )
    told = {
        row["appointment_id"]
        for row in OutboxEvent.objects.filter(topic="agenda.changed").values_list(
            "payload", flat=True
        )
    }
    answered = {
        number
        for result in PlanningAct.objects.values_list("result", flat=True)
        for number in result["appointments"]
    }
    traces = (changed, audited, told, answered)
    return {
        "appointments": len(ids),
        "double": double,
        "half_written": half
        + sum(len(ids ^ trace) for trace in traces)
        + (first_broken_link() is not None)
        + _corrupt(),
        "stale_index": sum(
            kept.get(key) != expected.get(key) for key in kept.keys() | expected.keys()
        ),
        "lost": len(set(acknowledged or ()) - ids),
    }


def _corrupt() -> int:
    from django.db import connection

    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        return int(cursor.fetchall() != [("ok",)])


def signed_in() -> str:
    """A secretary's account, signed in: the value of her session cookie."""
    from benchmarks.live_practice import account

    return account("petit")


def small() -> dict[str, Any]:
    """What booking over HTTP needs: five practitioners, an empty year, an account."""
    from django.db import transaction

    migrate()
    with transaction.atomic():
        house = people(5, 500)
    return {**house, "first_day": first_day().isoformat(), "session": signed_in()}


def grown(appointments: int, practitioners: int) -> dict[str, Any]:
    """A practice that holds so many appointments, added to what is there already.

    The first practitioner's next four weeks are the same at every size: nearly
    full, with one free time a day. The others share the rest, over the past
    and the coming year.
    """
    from django.db import transaction

    from unisson.agenda.models import Appointment, VisitType
    from unisson.practice.models import Practitioner

    migrate()
    with transaction.atomic():
        if not VisitType.objects.exists():
            people(practitioners, 2000)
            signed_in()
    from django.contrib.sessions.models import Session

    from unisson.patients.models import Patient

    staff = list(Practitioner.objects.order_by("id").values_list("id", "resource_id"))
    house = {
        "visit_type": VisitType.objects.get().pk,
        "practitioners": [key for key, _ in staff],
        "session": Session.objects.latest("expire_date").session_key,
        "first_day": first_day().isoformat(),
        "patients": list(Patient.objects.order_by("id").values_list("id", flat=True)),
    }
    have = Appointment.objects.count()
    with transaction.atomic():
        _fill(have, appointments, staff, house)
    if os.environ.get("DATABASE_URL"):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return house


STARTS = [480 + 20 * n for n in range(12)] + [780 + 20 * n for n in range(21)]


def _fill(have: int, wanted: int, staff: list[tuple[int, int]], house: dict[str, Any]) -> None:
    first = first_day()
    site = __import__("unisson.practice.models", fromlist=["Site"]).Site.objects.get()
    near = [first + timedelta(days=n) for n in range(DAYS)]
    far = [first + timedelta(days=n) for n in range(-400, 400) if n not in range(-1, DAYS)]
    pick = random.Random(SEED)
    places: list[tuple[int, int, date, int]] = []
    for day in near:
        free = pick.choice(STARTS)
        places += [(*staff[0], day, start) for start in STARTS if start != free]
    # Two thirds of the places of the others are taken in the near weeks, so that
    # "who can" has to look; what is left goes to the rest of the two years.
    for who in staff[1:]:
        for day in near:
            places += [(*who, day, start) for start in STARTS if pick.random() < 0.66]
    for day in far:
        for who in staff:
            places += [(*who, day, start) for start in STARTS if pick.random() < 0.6]
    fixed = DAYS * (len(STARTS) - 1)
    rest = places[fixed:]
    if wanted < 100_000:
        # Few appointments: the first practitioner's weeks, then the past of all.
        rest = rest[::-1]
    ordered = places[:fixed] + rest
    _write(ordered[have:wanted], site.pk, house)


def _write(places: list[tuple[int, int, date, int]], site: int, house: dict[str, Any]) -> None:
    from unisson.agenda.models import Appointment, DayLoad, Occupation
    from unisson.agenda.rules import load
    from unisson.agenda.rules.wall import instant_of, instants_of, minute_of
    from unisson.exchange import bulk

    at = datetime(2020, 1, 1, tzinfo=UTC)
    patients = house["patients"]
    rows, resources, loads = [], [], defaultdict(list)
    for number, (practitioner, resource, day, shown) in enumerate(places):
        start = instants_of(day, shown)[0]
        rows.append(
            Appointment(
                patient_id=patients[number % len(patients)],
                visit_type_id=house["visit_type"],
                practitioner_id=practitioner,
                site_id=site,
                start=instant_of(start),
                end=instant_of(start + 20),
                placed_at=at,
                created_at=at,
                created_by_name="banc d’essai",
            )
        )
        resources.append(resource)
        loads[resource, day].append((start, start + 20))
    bulk.insert(rows)
    bulk.insert(
        Occupation(
            resource_id=resource, start=row.start, end=row.end, exclusive=True, appointment=row
        )
        for row, resource in zip(rows, resources, strict=True)
    )
    known = {
        (row.resource_id, row.date): row
        for row in DayLoad.objects.filter(resource_id__in={key[0] for key in loads})
    }
    fresh = []
    for key, spans in loads.items():
        value = load.bits(key[1], spans)[0]
        if key in known:
            row = known[key]
            row.busy = load.packed(load.unpacked(row.busy) | value)
            row.save()
        else:
            fresh.append(
                DayLoad(resource_id=key[0], date=key[1], busy=load.packed(value), aligned=True)
            )
    bulk.insert(fresh)
    assert minute_of(rows[0].start) if rows else True


def time_slots(house: dict[str, Any], times: int) -> list[float]:
    """Milliseconds of `queries.free_slots`, one practitioner, 28 days, in this process."""
    from unisson.agenda import queries

    first = date.fromisoformat(house["first_day"])
    spent = []
    for _ in range(times + 5):
        begin = clock_time.perf_counter()
        found = queries.free_slots(
            practitioner_ids=house["practitioners"][:1],
            visit_type_id=house["visit_type"],
            first=first,
            last=first + timedelta(days=DAYS - 1),
        )
        spent.append((clock_time.perf_counter() - begin) * 1000)
        assert len(found) == DAYS, len(found)
    return spent[5:]


def time_who_can(house: dict[str, Any], times: int) -> dict[str, Any]:
    """Milliseconds of `queries.who_can`, everybody, 28 days, in this process."""
    from unisson.agenda import queries

    first = date.fromisoformat(house["first_day"])
    asked = {
        "practitioner_ids": house["practitioners"],
        "visit_type_id": house["visit_type"],
        "first": first,
        "last": first + timedelta(days=DAYS - 1),
    }
    spent = []
    for _ in range(times + 3):
        begin = clock_time.perf_counter()
        found = queries.who_can(**asked)
        spent.append((clock_time.perf_counter() - begin) * 1000)
    expected: dict[int, set[date]] = defaultdict(set)
    for slot in queries.free_slots(**asked):
        expected[slot.practitioner_id].add(slot.date)
    assert {row.practitioner_id: set(row.days) for row in found if row.days} == expected
    return {"ms": spent[3:], "yes": sum(len(row.days) for row in found)}


COMMANDS = {
    command.__name__: command
    for command in (race, kill_while_booking, verify, small, grown, time_slots, time_who_can)
}


def main() -> None:
    import django

    django.setup()
    print(json.dumps(COMMANDS[sys.argv[1]](**json.loads(sys.argv[2]))))
    _hang_up()


def _hang_up() -> None:
    """Close the connection pool: its threads would be waited for."""
    from django.db import connection

    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


if __name__ == "__main__":
    main()
