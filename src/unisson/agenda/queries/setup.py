"""Everything the practice set up that says when one may book, read once per edition.

Who receives, where, for what, how long, with what, and the hours that come
back: seven queries when something of it changed, one small one otherwise.
Absences and what is taken are not in it: they change all day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from unisson.agenda.models import (
    OpeningException,
    OpeningRule,
    VisitType,
    VisitTypeNeed,
    VisitTypeOffer,
)
from unisson.agenda.rules.conflicts import Options
from unisson.agenda.rules.opening import ALL_TYPES, DayException, Rule
from unisson.agenda.rules.slots import Visit
from unisson.agenda.rules.wall import DAY, minute_of_day
from unisson.core import edition
from unisson.practice.models import Practitioner, Site


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


@dataclass(frozen=True, slots=True)
class Setup:
    """By id; practitioners, sites and needs in the practice's order. Never changed in place."""

    who: dict[int, Who]
    sites: dict[int, Site]
    visit_types: dict[int, VisitType]
    visits: dict[tuple[int, int], Visit]
    needs: dict[int, list[NeedOf]]
    rules: dict[int, list[Rule]]
    exceptions: dict[int, list[DayException]]


def current() -> Setup:
    """The set-up as it is now. One query while nothing of it changed."""
    return _reading.get()


def _read() -> Setup:
    offers = VisitTypeOffer.objects.filter(active=True).values_list(
        "visit_type_id", "practitioner_id", "minutes", "before", "after"
    )
    return Setup(
        who=_who(),
        sites=Site.objects.only("name", "holiday_zone").in_bulk(),
        visit_types=VisitType.objects.only(
            "code",
            "label",
            "remote",
            "active",
            "notice_minutes",
            "horizon_days",
            "staff_instructions",
        ).in_bulk(),
        visits={
            (visit_type_id, practitioner_id): Visit(*lengths)
            for visit_type_id, practitioner_id, *lengths in offers
        },
        needs=_needs(),
        rules=_rules(),
        exceptions=_exceptions(),
    )


_reading = edition.Reading(edition.SETUP, _read)


def _who() -> dict[int, Who]:
    rows = Practitioner.objects.values_list(
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


def _needs() -> dict[int, list[NeedOf]]:
    """A need without any option still comes out, with no option."""
    rows = VisitTypeNeed.objects.order_by("id", "options__order", "options__id").values_list(
        "id",
        "visit_type_id",
        "label",
        "options__id",
        "options__name",
        "options__site_id",
        "options__active",
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


def _rules() -> dict[int, list[Rule]]:
    """A rule comes once for each of its visit types, or once with none."""
    rows = OpeningRule.objects.order_by("weekday", "start", "id").values_list(
        "id",
        "practitioner_id",
        "site_id",
        "weekday",
        "start",
        "end",
        "valid_from",
        "valid_until",
        "every_weeks",
        "month_weeks",
        "urgent_only",
        "visit_types",
    )
    types: dict[int, set[int]] = {}
    kept: dict[int, Any] = {}
    for key, *fields, visit_type_id in rows:
        kept[key] = fields
        if visit_type_id is not None:
            types.setdefault(key, set()).add(visit_type_id)
    found: dict[int, list[Rule]] = {}
    for key, (who, site, weekday, start, end, since, until, every, weeks, urgent) in kept.items():
        found.setdefault(who, []).append(
            Rule(
                practitioner_id=who,
                site_id=site,
                weekday=weekday,
                start=minute_of_day(start),
                end=minute_of_day(end) or DAY,
                valid_from=since,
                valid_until=until,
                every=every,
                month_weeks=frozenset(int(week) for week in weeks.split(",") if week),
                visit_types=frozenset(types[key]) if key in types else ALL_TYPES,
                urgent_only=urgent,
            )
        )
    return found


def _exceptions() -> dict[int, list[DayException]]:
    found: dict[int, list[DayException]] = {}
    for row in OpeningException.objects.all():
        found.setdefault(row.practitioner_id, []).append(
            DayException(
                row.practitioner_id,
                row.site_id,
                row.date,
                opens=row.kind == OpeningException.Kind.OPEN,
                start=minute_of_day(row.start) if row.start is not None else 0,
                end=(minute_of_day(row.end) or DAY) if row.end is not None else DAY,
                declared=row.created_at.timestamp(),
            )
        )
    return found
