"""When an appointment will not be, or was not: cancelled, excused, absent; and back again."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from unisson.agenda.actions.booking import look_around, sentence
from unisson.agenda.actions.planning import (
    Done,
    peek,
    planning,
    snapshot,
    standing_still,
    to_change,
)
from unisson.agenda.actions.taking import Leave, Table, Wish, check_patient
from unisson.agenda.models import Appointment, Occupation
from unisson.agenda.rules.wall import minute_of
from unisson.agenda.rules.words import say_instant
from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import Refusal

Status = Appointment.Status


def cancel(
    *,
    appointment_id: int,
    by_whom: str,
    by: Actor,
    request_id: UUID,
    reason: str = "",
    version: int | None = None,
) -> Done:
    """Cancel: `by_whom` is patient, practice or practitioner. Its time is free at once."""
    if by_whom not in Appointment.EndedBy.values:
        raise Refusal("Dites qui annule : le patient, le cabinet ou le praticien.", field="by_whom")
    return _end(
        "agenda.cancel",
        Status.CANCELLED,
        "Rendez-vous annulé",
        appointment_id=appointment_id,
        by=by,
        request_id=request_id,
        version=version,
        ended_by=by_whom,
        reason=reason,
    )


def mark_excused(
    *,
    appointment_id: int,
    by: Actor,
    request_id: UUID,
    reason: str = "",
    version: int | None = None,
) -> Done:
    """She warned that she would not come. Stays on the grid; its time is free at once."""
    return _end(
        "agenda.mark_excused",
        Status.EXCUSED,
        "Patient excusé",
        appointment_id=appointment_id,
        by=by,
        request_id=request_id,
        version=version,
        ended_by=Appointment.EndedBy.PATIENT,
        reason=reason,
    )


def mark_no_show(
    *, appointment_id: int, by: Actor, request_id: UUID, version: int | None = None
) -> Done:
    """She did not come. Refused before the hour; what is left of its time is free."""
    return _end(
        "agenda.mark_no_show",
        Status.NO_SHOW,
        "Patient absent",
        appointment_id=appointment_id,
        by=by,
        request_id=request_id,
        version=version,
    )


def _end(
    verb: str,
    status: str,
    what: str,
    *,
    appointment_id: int,
    by: Actor,
    request_id: UUID,
    version: int | None,
    ended_by: str = "",
    reason: str = "",
) -> Done:
    with planning(verb, by=by, request_id=request_id) as act:
        if not act.repeated:
            appointment, occupations = standing_still(appointment_id, version, act)
            if appointment.status == status:
                raise Refusal(f"C’était déjà fait : {what.lower()}. Rien n’a été changé.")
            if status == Status.NO_SHOW and clock.now() < appointment.start:
                raise Refusal(
                    "Ce rendez-vous n’a pas encore commencé : on ne peut pas noter le patient"
                    " absent. S’il a prévenu, notez-le excusé."
                )
            before = snapshot(appointment, occupations)
            appointment.status = status
            appointment.ended_by = ended_by
            appointment.ended_reason = reason.strip()[:200]
            appointment.version += 1
            appointment.save()
            appointment.occupations.all().delete()
            act.changed(appointment, before, [])
            act.sentence = f"{what} : {say_instant(minute_of(appointment.start))}"
    return act.done


def put_back(
    *,
    appointment_id: int,
    by: Actor,
    request_id: UUID,
    version: int | None = None,
    squeeze_in: bool = False,
    outside_hours: bool = False,
    patient_overlap: bool = False,
) -> Done:
    """Expect her again at the same time: cancelled, excused or absent by mistake.

    As a booking would, it asks whether the time is still free; permissions as
    for `book`.
    """
    with planning("agenda.put_back", by=by, request_id=request_id) as act:
        if not act.repeated:
            seen = peek(appointment_id, act)
            if seen.status == Status.BOOKED:
                raise Refusal("Ce rendez-vous est déjà prévu. Rien n’a été changé.")
            leave = Leave(squeeze_in, outside_hours, patient_overlap, past=_recent(seen))
            leave.check(act)
            wish = Wish(
                seen.visit_type_id,
                seen.practitioner_id,
                minute_of(seen.start),
                seen.minutes,
                seen.site_id,
                seen.urgent,
            )
            look_around(act, wish)
            table = Table.open(act, [wish], patient_id=seen.patient_id, new=False)
            check_patient(seen.patient_id)
            appointment, occupations = to_change(seen, version)
            before = snapshot(appointment, occupations)
            place = table.place(wish, leave)
            appointment.status = Status.BOOKED
            appointment.ended_by = appointment.ended_reason = ""
            appointment.before, appointment.after = place.visit.before, place.visit.after
            appointment.squeeze_in = place.squeezed
            appointment.placed_at = act.at
            appointment.version += 1
            appointment.save()
            taken = place.occupations(appointment=appointment)
            Occupation.objects.bulk_create(taken)
            act.changed(appointment, before, taken)
            act.sentence = sentence("Rendez-vous remis", place)
    return act.done


def _recent(appointment: Appointment) -> bool:
    """A no-show is put right on the day or soon after, when its day may be over."""
    return clock.now() - appointment.start < timedelta(days=7)
