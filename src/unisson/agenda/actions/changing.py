"""Moving an appointment, and correcting what is written on it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from unisson.agenda.actions.booking import look_around, sentence
from unisson.agenda.actions.planning import Done, peek, planning, snapshot, to_change
from unisson.agenda.actions.taking import Leave, Table, Wish
from unisson.agenda.models import Appointment, Occupation
from unisson.agenda.rules.wall import instant_of, minute_of
from unisson.agenda.rules.words import say_instant
from unisson.agenda.when import start_minute
from unisson.core.access import Actor
from unisson.core.errors import Refusal


def move(
    *,
    appointment_id: int,
    start: datetime,
    by: Actor,
    request_id: UUID,
    practitioner_id: int | None = None,
    visit_type_id: int | None = None,
    minutes: int | None = None,
    site_id: int | None = None,
    version: int | None = None,
    squeeze_in: bool = False,
    outside_hours: bool = False,
    patient_overlap: bool = False,
    past: bool = False,
) -> Done:
    """Give an appointment another time, practitioner, visit type or length.

    What is not given stays, except that another practitioner or visit type
    brings its own length. `version` is the one on the screen: Stale when
    somebody changed the appointment since. Permissions as for `book`.
    """
    with planning("agenda.move", by=by, request_id=request_id) as act:
        if not act.repeated:
            seen = peek(appointment_id, act)
            leave = Leave(squeeze_in, outside_hours, patient_overlap, past)
            leave.check(act)
            same_visit = practitioner_id in (None, seen.practitioner_id) and (
                visit_type_id in (None, seen.visit_type_id)
            )
            if minutes is None and same_visit:
                minutes = seen.minutes
            wish = Wish(
                visit_type_id or seen.visit_type_id,
                practitioner_id or seen.practitioner_id,
                start_minute(start),
                minutes,
                site_id,
                seen.urgent,
            )
            look_around(act, wish)
            table = Table.open(
                act,
                [wish],
                patient_id=seen.patient_id,
                also_lock=seen.occupations.values_list("resource_id", flat=True),
                own=[appointment_id],
                new=False,
            )
            appointment, occupations = to_change(seen, version)
            if appointment.status != Appointment.Status.BOOKED:
                raise Refusal(
                    "Ce rendez-vous n’est plus prévu : remettez-le d’abord, puis déplacez-le."
                    " Rien n’a été changé."
                )
            before = snapshot(appointment, occupations)
            place = table.place(wish, leave)
            appointment.visit_type = place.visit_type
            appointment.remote = place.visit_type.remote
            appointment.practitioner_id = place.who.id
            appointment.site_id = place.site_id
            appointment.start = instant_of(place.start)
            appointment.end = instant_of(place.start + place.visit.minutes)
            appointment.before, appointment.after = place.visit.before, place.visit.after
            appointment.squeeze_in = place.squeezed
            appointment.placed_at = act.at
            appointment.version += 1
            appointment.save()
            appointment.occupations.all().delete()
            taken = place.occupations(appointment=appointment)
            Occupation.objects.bulk_create(taken)
            act.changed(appointment, before, taken)
            act.sentence = sentence("Rendez-vous déplacé", place)
    return act.done


def change_details(
    *,
    appointment_id: int,
    by: Actor,
    request_id: UUID,
    version: int | None = None,
    reason: str | None = None,
    note: str | None = None,
    urgent: bool | None = None,
) -> Done:
    """Correct the words of an appointment, or whether it is urgent. Its time stays."""
    with planning("agenda.change", by=by, request_id=request_id) as act:
        if not act.repeated:
            appointment, occupations = to_change(peek(appointment_id, act), version)
            before = snapshot(appointment, occupations)
            if reason is not None:
                appointment.reason = reason.strip()[:200]
            if note is not None:
                appointment.note = note.strip()[:500]
            if urgent is not None:
                appointment.urgent = urgent
            appointment.version += 1
            appointment.save()
            act.changed(appointment, before, occupations)
            act.sentence = f"Précisions changées : {say_instant(minute_of(appointment.start))}"
    return act.done
