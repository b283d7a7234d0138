"""Absences, and who is still booked in them."""

from __future__ import annotations

from datetime import date

from django.db.models import F, Q, QuerySet

from unisson.agenda.models import Absence, Appointment
from unisson.agenda.rules.wall import day_span, instant_of


def in_absence(absence: Absence) -> QuerySet[Appointment]:
    """The appointments an absence meets, whenever they were booked."""
    found = Appointment.objects.filter(
        status=Appointment.Status.BOOKED, start__lt=absence.end, end__gt=absence.start
    )
    if absence.resource_id is not None:
        return found.filter(
            occupations__resource_id=absence.resource_id,
            occupations__start__lt=absence.end,
            occupations__end__gt=absence.start,
        )
    if absence.practitioner_id is not None:
        found = found.filter(practitioner_id=absence.practitioner_id)
    if absence.site_id is not None:
        found = found.filter(site_id=absence.site_id)
    return found


def standing_in(absence: Absence) -> list[int]:
    """The appointments to move or cancel: booked before the absence was declared.

    One booked since was put there on purpose.
    """
    return list(
        in_absence(absence)
        .filter(placed_at__lte=absence.created_at)
        .order_by("start", "id")
        .values_list("id", flat=True)
    )


def absences(
    first: date, last: date, *, practitioner_id: int | None = None, kind: str = ""
) -> list[Absence]:
    """The absences that count between two days, both included; those of sites too."""
    found = Absence.objects.filter(
        ended_at__isnull=True,
        start__lt=instant_of(day_span(last)[1]),
        end__gt=instant_of(day_span(first)[0]),
    ).select_related("practitioner__resource", "site", "resource")
    if practitioner_id is not None:
        found = found.filter(Q(practitioner_id=practitioner_id) | Q(practitioner__isnull=True))
    if kind:
        found = found.filter(kind=kind)
    return list(found.order_by(F("start"), "id"))
