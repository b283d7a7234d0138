"""A page of the tests' own, with one column a practitioner: the live feed without the desk.

A column shows the name of the practitioner's resource and the day; a panel
counts the letters of all names it may show. Renaming is the act.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

from unisson.core import access
from unisson.core.access import Actor
from unisson.core.gesture import gesture
from unisson.core.live import News
from unisson.practice.models import Practitioner, Resource, User
from unisson.screens import surfaces
from unisson.screens.surfaces import Announcement, Change, Memory, Part, Screen, Surface

access.grant({"test.rename": ["secretary"]})
DAY = date(2026, 11, 24)
drawn: Counter[tuple[str, int]] = Counter()


def parts(screen: Screen, changes: Sequence[Change]) -> list[Part]:
    numbers = sorted(set().union(*(change.touches(screen) for change in changes)))
    columns = [Part("column", screen.day, frozenset([number])) for number in numbers]
    return [*columns, Part("panel", screen.day, screen.practitioner_ids)] if columns else []


def column(part: Part) -> dict[str, str]:
    number = part.practitioner_id
    drawn["column", number] += 1
    name = Practitioner.objects.select_related("resource").get(pk=number).resource.name
    if name == "BROKEN":
        raise RuntimeError("this column cannot be drawn")
    return {f"col-{number}": f'<div id="col-{number}">{part.day} {name}</div>'}


def panel(part: Part) -> dict[str, str]:
    drawn["panel", 0] += 1
    shown = Practitioner.objects.select_related("resource").order_by("id")
    if part.practitioner_ids is not None:
        shown = shown.filter(id__in=part.practitioner_ids)
    return {"file": f'<div id="file">{sum(len(one.resource.name) for one in shown)}</div>'}


def draw(wanted: Sequence[Part], memory: Memory) -> dict[Part, dict[str, str]]:
    return {part: column(part) if part.kind == "column" else panel(part) for part in wanted}


def announce(news: News) -> Announcement | None:
    if "said" not in news.payload:
        return None
    return Announcement(news.payload["practitioner_ids"][0], DAY, news.payload["said"], by=7)


def register() -> None:
    surfaces.register("essai", Surface(parts, draw))
    surfaces.announce("test.renamed", announce)
    surfaces.reload_on("test.rebuilt")


def fresh(screen: Screen) -> dict[str, str]:
    """The page as drawn from nothing."""
    numbers = Practitioner.objects.values_list("id", flat=True)
    shown = [number for number in numbers if screen.shows(number)]
    page = panel(Part("panel", screen.day, screen.practitioner_ids))
    for number in shown:
        page |= column(Part("column", screen.day, frozenset([number])))
    return page


def practitioner(name: str) -> Practitioner:
    resource = Resource.objects.create(kind=Resource.Kind.PRACTITIONER, name=name)
    return Practitioner.objects.create(
        resource=resource, family_name=name, given_name="A", specialty="Médecine générale"
    )


def secretary(username: str, *works_for: Practitioner) -> User:
    user = User.objects.create(username=username, name=username, role="secretary")
    user.works_for.set(works_for)
    return user


def rename(one: Practitioner, name: str, *, days: tuple[date, ...] = (DAY,), **more: Any) -> None:
    with gesture("test.rename", by=Actor(7, "secretary", "C. Petit")) as act:
        Resource.objects.filter(pk=one.resource_id).update(name=name)
        act.audit("U", one)
        act.tell(
            "test.renamed",
            practitioner_ids=[one.pk],
            dates=[day.isoformat() for day in days],
            **more,
        )


def begin(topic: str = "test.began") -> None:
    """A first news, so that the outbox has a position in a database used before."""
    with gesture("test.rename", by=Actor(7, "secretary", "C. Petit")) as act:
        act.audit("E", "Practice")
        act.tell(topic)


def parse(chunk: bytes) -> dict[str, Any]:
    """One server-sent event: id, event, and its data decoded."""
    said = dict(line.split(": ", 1) for line in chunk.decode().strip().split("\n"))
    return {**said, "data": json.loads(said["data"])} if "data" in said else said


def apply(page: dict[str, str], message: dict[str, Any]) -> None:
    """What live.js does with a message."""
    for name, html in message["data"].get("elements", {}).items():
        if name in page:
            page[name] = html
