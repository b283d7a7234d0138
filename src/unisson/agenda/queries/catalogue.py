"""Who takes which visit, how long, with what: read once for a search or an act."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from unisson.agenda.models import VisitType, VisitTypeNeed, VisitTypeOffer
from unisson.agenda.rules.conflicts import Options
from unisson.agenda.rules.slots import Visit
from unisson.practice.models import Practitioner, Resource, Site


@dataclass(frozen=True, slots=True)
class Who:
    """A practitioner as the agenda knows her."""

    id: int
    resource_id: int
    name: str
    specialty: str
    room: str
    site_id: int | None
    active: bool


@dataclass(frozen=True, slots=True)
class NeedOption:
    """A room or a machine that would do."""

    resource_id: int
    name: str
    site_id: int | None


@dataclass(frozen=True, slots=True)
class NeedOf:
    """Something a visit type needs, and what would do on any site."""

    id: int
    label: str
    options: tuple[NeedOption, ...]

    def at(self, site_id: int) -> Options:
        """What would do at this site, or anywhere, in the practice's order."""
        return Options(
            self.label,
            {o.resource_id: o.name for o in self.options if o.site_id in (None, site_id)},
        )


@dataclass(frozen=True)
class Catalogue:
    """Practitioners, sites, visit types and what they take. Five queries, whatever the number."""

    who: dict[int, Who]
    sites: dict[int, Site]
    visit_types: dict[int, VisitType]
    visits: dict[tuple[int, int], Visit]
    needs: dict[int, list[NeedOf]] = field(default_factory=dict)

    @classmethod
    def read(cls, practitioner_ids: Collection[int], visit_type_ids: Collection[int]) -> Catalogue:
        """Everything about these practitioners and visit types; unknown ids are absent."""
        offers = VisitTypeOffer.objects.filter(
            practitioner_id__in=practitioner_ids, visit_type_id__in=visit_type_ids, active=True
        ).values_list("visit_type_id", "practitioner_id", "minutes", "before", "after")
        return cls(
            who=read_who(practitioner_ids),
            sites=Site.objects.only("name", "holiday_zone").in_bulk(),
            visit_types=VisitType.objects.only(
                "label", "remote", "active", "notice_minutes", "horizon_days"
            ).in_bulk(list(visit_type_ids)),
            visits={
                (visit_type_id, practitioner_id): Visit(*lengths)
                for visit_type_id, practitioner_id, *lengths in offers
            },
            needs=_needs(visit_type_ids),
        )

    def options(self, visit_type_id: int, site_id: int) -> list[Options]:
        """What a visit needs at a site, one entry a need."""
        return [need.at(site_id) for need in self.needs.get(visit_type_id, [])]

    def resource_ids(self) -> list[int]:
        """Every resource that could be taken: the practitioners, and all the options."""
        found = {who.resource_id for who in self.who.values()}
        found |= {o.resource_id for needs in self.needs.values() for n in needs for o in n.options}
        return sorted(found)


def read_who(practitioner_ids: Iterable[int] | None = None) -> dict[int, Who]:
    """These practitioners, or all the active ones, in the practice's order. One query."""
    found = Practitioner.objects.all()
    if practitioner_ids is None:
        found = found.filter(resource__active=True)
    else:
        found = found.filter(id__in=list(practitioner_ids))
    rows = found.values_list(
        "id",
        "resource_id",
        "resource__name",
        "specialty",
        "home_room__name",
        "resource__site_id",
        "resource__active",
    )
    return {
        key: Who(key, resource_id, name, specialty, room or "", site_id, active)
        for key, resource_id, name, specialty, room, site_id, active in rows
    }


def _needs(visit_type_ids: Collection[int]) -> dict[int, list[NeedOf]]:
    """One query: a need without any option still comes out, with no option."""
    rows = (
        VisitTypeNeed.objects.filter(visit_type_id__in=visit_type_ids)
        .order_by("id", "options__order", "options__id")
        .values_list(
            "id",
            "visit_type_id",
            "label",
            "options__id",
            "options__name",
            "options__site_id",
            "options__active",
        )
    )
    grouped: dict[int, tuple[int, str, list[NeedOption]]] = {}
    for need_id, visit_type_id, label, resource_id, name, site_id, active in rows:
        _, _, options = grouped.setdefault(need_id, (visit_type_id, label, []))
        if resource_id is not None and active:
            options.append(NeedOption(resource_id, name, site_id))
    found: dict[int, list[NeedOf]] = {}
    for need_id, (visit_type_id, label, options) in grouped.items():
        found.setdefault(visit_type_id, []).append(NeedOf(need_id, label, tuple(options)))
    return found


def resource_names(resource_ids: Sequence[int]) -> dict[int, str]:
    """Names of rooms and machines. One query, none for nothing."""
    if not resource_ids:
        return {}
    return dict(Resource.objects.filter(id__in=resource_ids).values_list("id", "name"))
