"""From the draft to a practice: places become rows, and nothing is created twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password

from unisson.agenda import actions as agenda
from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.practice import roles
from unisson.practice.actions import house, staff
from unisson.practice.actions.details import RoomDetails
from unisson.practice.specialties import SPECIALTIES, Visit
from unisson.screens.session.first_run.draft import Draft, Row
from unisson.screens.session.first_run.fields import DAYS
from unisson.screens.session.first_run.steps_accounts import details_of, everyone, username_of
from unisson.screens.session.first_run.steps_house import person_details, rooms_of, site_details
from unisson.screens.shared import typed

FOUNDER = "première mise en service"


@dataclass
class Done:
    """What was created. `passwords`: name, username, password; `left`: what was refused."""

    name: str
    manager: str
    manager_id: int
    house: house.Founded
    passwords: list[tuple[str, str, str]] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


def create(draft: Draft) -> Done:
    """The practice, its places, its people and their accounts, in one act. Raises Refusal."""
    rooms = rooms_of(draft)
    numbers = {room["name"].casefold(): place for place, room in enumerate(rooms)}
    one_site = 0 if len(draft.sites) == 1 else None
    people = [
        replace(
            person_details(row),
            site_id=_place(row.get("site"), one_site),
            home_room_id=numbers.get(row.get("room", "").casefold()),
        )
        for row in draft.people
    ]
    passwords, accounts = [], []
    for table, _, row in everyone(draft):
        if table == "manager":
            accounts.append(staff.NewAccount(details_of(row), row["hashed"], False))
            continue
        password = staff.temporary_password()
        passwords.append((row["name"], username_of(row), password))
        accounts.append(staff.NewAccount(details_of(row), make_password(password)))
    founded = house.found(
        house.House(
            name=draft.name,
            sites=[site_details(row) for row in draft.sites],
            rooms=[
                RoomDetails(room["name"], room["kind"], _place(room.get("site"), one_site))
                for room in rooms
            ],
            practitioners=people,
            accounts=accounts,
        ),
        by=Actor.system(FOUNDER),
    )
    return Done(draft.name, draft.manager["name"], founded.accounts[0], founded, passwords)


def _place(text: str | None, otherwise: int | None) -> int | None:
    return int(text) if text and text.isdigit() else otherwise


def summary(draft: Draft) -> list[tuple[str, list[str]]]:
    """The practice read back in words."""
    hours = []
    for place in range(len(draft.people)):
        mine = [row for row in draft.hours if row["person"] == str(place)]
        said = ", ".join(f"{_days(row['days'])} {row['start']} – {row['end']}" for row in mine)
        hours.append(f"{draft.person_name(place)} : {said or 'pas encore d’horaires'}")
    visits = [
        f"{row['label']} ({row['code']}) : "
        + ", ".join(
            f"{draft.person_name(place)} {row[f'm{place}']} min"
            for place in range(len(draft.people))
            if row.get(f"m{place}")
        )
        for row in draft.visits
        if row.get("on")
    ]
    accounts = [
        f"{row['name']}, {roles.LABELS[row['role']]}, identifiant {username_of(row)}"
        for _, _, row in everyone(draft)
        if row.get("name") and row.get("role") in roles.LABELS
    ]
    return [
        ("Cabinet", [draft.name]),
        ("Sites", [f"{s['name']}, {s.get('commune', '')}".strip(", ") for s in draft.sites]),
        (
            "Praticiens",
            [
                f"{draft.person_name(place)}, {row.get('specialty', '')}"
                for place, row in enumerate(draft.people)
            ],
        ),
        ("Salles et matériel", [room["name"] for room in rooms_of(draft)]),
        ("Horaires", hours),
        ("Motifs", visits),
        ("Comptes", accounts),
    ]


def _days(ticked: str) -> str:
    """ "0,1,2" -> "lun. mar. mer."; a run of three days or more is said from–to."""
    numbers = sorted(int(day) for day in ticked.split(",") if day)
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{DAYS[numbers[0]][:3]}. à {DAYS[numbers[-1]][:3]}."
    return " ".join(f"{DAYS[number][:3]}." for number in numbers)


# The agenda ------------------------------------------------------------------


def configure_agenda(draft: Draft, done: Done, *, by: Actor) -> None:
    """Hours and visit types, through the agenda's own actions, in the manager's name.

    Each is an act of its own; one that is refused is told in `done.left` and
    can be made later on the practice's pages, which list what is missing.
    """
    for row in draft.hours:
        _try(done, f"Horaires de {draft.person_name(int(row['person']))}", _hours, row, done, by)
    for order, row in enumerate(row for row in draft.visits if row.get("on")):
        _try(done, row["label"], _visit, row, order, draft, done, by)


def _try(done: Done, what: str, act: Callable[..., None], *given: Any) -> None:
    try:
        act(*given)
    except Refusal as refusal:
        done.left.append(f"{what} : {refusal.sentence}")


def _hours(row: Row, done: Done, by: Actor) -> None:
    for day in row["days"].split(","):
        agenda.create_opening_rule(
            practitioner_id=done.house.practitioners[int(row["person"])],
            site_id=done.house.sites[_place(row.get("site"), 0) or 0],
            weekday=int(day),
            start=typed.hour(row["start"]),
            end=typed.hour(row["end"]),
            valid_from=clock.today(),
            by=by,
            request_id=uuid4(),
        )


def _visit(row: Row, order: int, draft: Draft, done: Done, by: Actor) -> None:
    ready = ready_visit(row["code"])
    made = agenda.create_visit_type(
        code=row["code"],
        label=row["label"],
        order=order,
        colour=ready.colour,
        audience=ready.audience,
        remote=ready.remote,
        online=ready.online,
        notice_minutes=ready.notice_minutes,
        patient_instructions=ready.to_patient,
        staff_instructions=ready.to_staff,
        by=by,
        request_id=uuid4(),
    )
    assert made.object_id is not None
    for place, practitioner_id in enumerate(done.house.practitioners):
        if row.get(f"m{place}"):
            agenda.set_offer(
                visit_type_id=made.object_id,
                practitioner_id=practitioner_id,
                minutes=typed.minutes(row[f"m{place}"], "Durée"),
                online=ready.online,
                by=by,
                request_id=uuid4(),
            )
    numbers = {room["name"]: n for n, room in enumerate(rooms_of(draft))}
    for name in (row.get("room"), row.get("machine")):
        if name in numbers:
            agenda.set_need(
                visit_type_id=made.object_id,
                label=name,
                resource_ids=[done.house.rooms[numbers[name]]],
                by=by,
                request_id=uuid4(),
            )


def ready_visit(code: str) -> Visit:
    """The ready-made type under that code, with its instructions; else a plain one."""
    found = (visit for one in SPECIALTIES for visit in one.visits if visit.code == code)
    return next(found, Visit(code, "", 20))
