"""Who takes which visit, how long, with what: the part of the set-up a search or an act needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from unisson.agenda.models import VisitType
from unisson.agenda.queries import setup
from unisson.agenda.queries.setup import NeedOf, NeedOption, Who
from unisson.agenda.rules.conflicts import Options
from unisson.agenda.rules.slots import Visit
from unisson.practice.models import Resource, Site

__all__ = ["Catalogue", "NeedOf", "NeedOption", "Who", "read_who", "resource_names"]


@dataclass(frozen=True)
class Catalogue:
    """Practitioners, sites, visit types and what they take."""

    who: dict[int, Who]
    sites: dict[int, Site]
    visit_types: dict[int, VisitType]
    visits: dict[tuple[int, int], Visit]
    needs: dict[int, list[NeedOf]] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        practitioner_ids: Collection[int],
        visit_type_ids: Collection[int],
        known: setup.Setup | None = None,
    ) -> Catalogue:
        """Everything about these practitioners and visit types; unknown ids are absent."""
        known = known or setup.current()
        people, types = set(practitioner_ids), set(visit_type_ids)
        return cls(
            who={key: who for key, who in known.who.items() if key in people},
            sites=known.sites,
            visit_types={key: known.visit_types[key] for key in types & known.visit_types.keys()},
            visits={
                (visit_type_id, who): visit
                for (visit_type_id, who), visit in known.visits.items()
                if visit_type_id in types and who in people
            },
            needs={key: known.needs[key] for key in types & known.needs.keys()},
        )

    def options(self, visit_type_id: int, site_id: int) -> list[Options]:
        """What a visit needs at a site, one entry a need."""
        return [need.at(site_id) for need in self.needs.get(visit_type_id, [])]

    def resource_ids(self) -> list[int]:
        """Every resource that could be taken: the practitioners, and all the options."""
        found = {who.resource_id for who in self.who.values()}
        found |= {o.resource_id for needs in self.needs.values() for n in needs for o in n.options}
        return sorted(found)


def read_who(
    practitioner_ids: Iterable[int] | None = None, known: setup.Setup | None = None
) -> dict[int, Who]:
    """These practitioners, or all the active ones, in the practice's order."""
    everyone = (known or setup.current()).who
    if practitioner_ids is None:
        return {key: who for key, who in everyone.items() if who.active}
    wanted = set(practitioner_ids)
    return {key: who for key, who in everyone.items() if key in wanted}


def resource_names(resource_ids: Sequence[int]) -> dict[int, str]:
    """Names of rooms and machines. One query, none for nothing."""
    if not resource_ids:
        return {}
    return dict(Resource.objects.filter(id__in=resource_ids).values_list("id", "name"))
