"""The practice's words, read from what it has today: practitioners, visit types, rooms."""

from __future__ import annotations

from unisson.agenda.models import VisitType
from unisson.practice.models import Practitioner, Resource
from unisson.screens.secretary.orders.rules import Named, Vocabulary


def vocabulary() -> Vocabulary:
    """Everything a line may name, active only. Three queries."""
    people = Practitioner.objects.filter(resource__active=True).select_related("resource")
    places = Resource.objects.filter(active=True).exclude(kind=Resource.Kind.PRACTITIONER)
    return Vocabulary(
        practitioners=tuple(
            Named.practitioner(
                one.pk,
                one.resource.name,
                family=one.family_name,
                given=one.given_name,
                aliases=one.aliases,
            )
            for one in people
        ),
        visit_types=tuple(
            Named.visit_type(pk, label, code=code)
            for pk, label, code in VisitType.objects.filter(active=True).values_list(
                "id", "label", "code"
            )
        ),
        resources=tuple(Named.resource(pk, name) for pk, name in places.values_list("id", "name")),
    )
