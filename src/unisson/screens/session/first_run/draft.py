"""What was typed so far, kept in the session as it was typed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from django.http import HttpRequest, QueryDict

KEY = "first_run_house"
Row = dict[str, str]
Problems = dict[str, str]  # "sites.0.phone": the sentence to show there
MOST_ROWS = 60


@dataclass
class Draft:
    """A practice on paper. People, rooms and sites know each other by their place in the lists."""

    name: str = ""
    sites: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    rooms: list[Row] = field(default_factory=list)
    hours: list[Row] = field(default_factory=list)
    visits: list[Row] = field(default_factory=list)
    manager: Row = field(default_factory=dict)
    staff: list[Row] = field(default_factory=list)

    @classmethod
    def of(cls, request: HttpRequest) -> Draft:
        kept: dict[str, Any] = request.session.get(KEY) or {}
        return cls(**{f.name: kept[f.name] for f in fields(cls) if f.name in kept})

    def keep(self, request: HttpRequest) -> None:
        request.session[KEY] = asdict(self)

    def person_name(self, place: int) -> str:
        """As at the desk: "Dr Martin"."""
        person = self.people[place]
        return f"{person.get('title', '')} {person.get('family_name', '')}".strip()

    def site_choices(self) -> list[tuple[str, str]]:
        return [(str(place), site["name"]) for place, site in enumerate(self.sites)]

    def people_choices(self) -> list[tuple[str, str]]:
        return [(str(place), self.person_name(place)) for place in range(len(self.people))]


def rows(post: QueryDict, table: str, columns: list[str], key: str) -> list[Row]:
    """The lines of a table of fields named `table.column`; a line whose `key` is empty is out."""
    lists = {column: post.getlist(f"{table}.{column}") for column in columns}
    height = min(max((len(found) for found in lists.values()), default=0), MOST_ROWS)
    found = [
        {
            column: values[place].strip()[:300] if place < len(values) else ""
            for column, values in lists.items()
        }
        for place in range(height)
    ]
    return [row for row in found if row.get(key)]
