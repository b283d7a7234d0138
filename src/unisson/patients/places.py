"""Reading the table of birth places: suggestions while one is typed, what a code is."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When

from unisson.patients.models import BirthPlace
from unisson.patients.rules import birth_places as rules
from unisson.patients.rules.birth_places import HORIZON, Asked, Born, Place

AFTER = "~"  # sorts after every character of a folded name or a code
FIELDS = ("code", "valid_from", "name", "kind", "valid_until")


def filled() -> bool:
    """Whether the practice has a table of birth places at all."""
    return BirthPlace.objects.exists()


def named(code: str) -> list[Place]:
    """Every name this code had, the oldest first; nothing when the table does not know it."""
    rows = BirthPlace.objects.filter(code=code).order_by("valid_from")
    return [Place(*row) for row in rows.values_list(*FIELDS)]


def suggest(text: str, born: Born, *, limit: int) -> list[Place]:
    """The places this can mean, `limit` at most: those that existed at birth first.

    Then those whose name begins so before those that have it inside, then by
    name and department. The index answers most of the time; names are read
    one by one only when too few begin so.
    """
    wanted = rules.asked(text)
    if not wanted:
        return []
    begin = _rows(wanted, _beginning(wanted), born, limit)
    if not wanted.words or (len(begin) == limit and begin[-1].existed(born)):
        return begin
    # A name that begins so also has it inside: asking for the others is a second question.
    inside = _rows(wanted, _inside(wanted) & ~_beginning(wanted), born, limit)
    # Sorted by this alone: both lists keep their order.
    return sorted([*begin, *inside], key=lambda place: not place.existed(born))[:limit]


def _rows(wanted: Asked, names: Q, born: Born, limit: int) -> list[Place]:
    rows: QuerySet[BirthPlace] = BirthPlace.objects.filter(names)
    for code in wanted.codes:
        rows = rows.filter(_range("code", code) | Q(folded__contains=f" {code.lower()}"))
    first, last = max(born[0], HORIZON), max(born[1], HORIZON)
    then = Q(valid_from__lte=last) & (Q(valid_until__isnull=True) | Q(valid_until__gte=first))
    rows = rows.annotate(
        then=Case(When(then, then=Value(True)), default=Value(False), output_field=BooleanField())
    ).order_by("-then", "folded", "code", "valid_from")
    return [Place(*row) for row in rows.values_list(*FIELDS)[:limit]]


def _beginning(wanted: Asked) -> Q:
    return _any(_range("folded", text) for text in wanted.beginnings)


def _inside(wanted: Asked) -> Q:
    found = Q()
    for spellings in wanted.words:
        found &= _any(_range("folded", each) | Q(folded__contains=f" {each}") for each in spellings)
    return found


def _range(field: str, start: str) -> Q:
    return Q(**{f"{field}__gte": start, f"{field}__lt": start + AFTER})


def _any(conditions: Iterable[Q]) -> Q:
    found = Q()
    for one in conditions:
        found |= one
    return found
