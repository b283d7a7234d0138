"""What a booking form offers: practitioners, visit types with their lengths, the patient."""

from __future__ import annotations

from dataclasses import dataclass

from unisson.agenda.models import Appointment, VisitType
from unisson.agenda.queries import setup
from unisson.core.access import Actor
from unisson.patients.models import Patient
from unisson.patients.queries import PatientLine, line_of
from unisson.practice.models import Practitioner


@dataclass(frozen=True, slots=True)
class Type:
    """A visit type as the list shows it. `minutes`: with this practitioner, or the shortest."""

    id: int
    code: str
    label: str
    minutes: int
    instructions: str


@dataclass(frozen=True, slots=True)
class Who:
    """A practitioner as the list shows her."""

    id: int
    name: str
    site_id: int | None


def practitioners(actor: Actor) -> list[Who]:
    """Those this person works for, in the practice's order."""
    return [
        Who(who.id, who.name, who.site_id)
        for who in setup.current().who.values()
        if who.active and actor.works_for(who.id)
    ]


def types(practitioner_ids: list[int]) -> list[Type]:
    """The visit types these practitioners take, in the practice's order."""
    known = setup.current()
    found = []
    for key, one in known.visit_types.items():
        lengths = [
            known.visits[key, who].minutes for who in practitioner_ids if (key, who) in known.visits
        ]
        if one.active and lengths:
            found.append(Type(key, one.code, one.label, min(lengths), one.staff_instructions))
    return found


def patient_line(patient_id: int | None) -> PatientLine | None:
    """The patient a form is about. None when nobody, merged away, or unknown."""
    if patient_id is None:
        return None
    patient = Patient.objects.filter(pk=patient_id, merged_into__isnull=True).first()
    return None if patient is None else line_of(patient)


def usual_practitioner(patient_id: int) -> int | None:
    """Whom this patient sees: the last booked, else the treating one."""
    last = (
        Appointment.objects.filter(patient_id=patient_id)
        .exclude(status=Appointment.Status.MISTAKE)
        .order_by("-start")
        .values_list("practitioner_id", flat=True)
        .first()
    )
    if last is not None:
        return last
    return (
        Patient.objects.filter(pk=patient_id)
        .values_list("treating_practitioner_id", flat=True)
        .first()
    )


def names(practitioner_ids: set[int]) -> dict[int, str]:
    """What the desk calls them. One query."""
    rows = Practitioner.objects.filter(id__in=practitioner_ids)
    return dict(rows.values_list("id", "resource__name"))


def labels(visit_type_ids: set[int]) -> dict[int, str]:
    """What the practice calls these visit types. One query."""
    return dict(VisitType.objects.filter(id__in=visit_type_ids).values_list("id", "label"))
