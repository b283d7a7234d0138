"""Taking an act back: everything it changed becomes exactly what it was, or nothing does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from unisson.agenda.actions.absences import concerned
from unisson.agenda.actions.planning import (
    Done,
    Planning,
    absence_snapshot,
    planning,
    restore,
    snapshot,
    who_changed,
)
from unisson.agenda.actions.taking import check_patient, drop_expired_holds
from unisson.agenda.models import (
    Absence,
    AbsenceChange,
    Appointment,
    AppointmentChange,
    Occupation,
    PlanningAct,
)
from unisson.agenda.queries.absences import in_absence
from unisson.agenda.rules.wall import minute_of
from unisson.agenda.rules.words import say_instant
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.locks import PATIENTS, RESOURCES, lock

GONE = "Il est trop tard pour revenir en arrière : {} Rien n’a été changé."


def undo(*, act_id: int, by: Actor, request_id: UUID) -> Done:
    """Take back an act on appointments or absences; undoing an undo does it again.

    Refuses, in a sentence, when what it changed was changed again since, when
    the time it would give back was taken, or when it was already undone.
    """
    with planning("agenda.undo", by=by, request_id=request_id) as act:
        if not act.repeated:
            undone = _undoable(act_id)
            act.row.undoes = undone
            changes = list(undone.changes.select_related("appointment").order_by("id"))
            absences = list(undone.absence_changes.select_related("absence").order_by("id"))
            if not changes and not absences:
                raise Refusal("Cette action ne peut pas être annulée. Rien n’a été changé.")
            _lock_all(act, changes, absences)
            _put_back(act, undone, changes)
            for one in absences:
                _put_absence_back(act, undone, one)
            act.row.save(update_fields=["undoes"])
            act.sentence = f"Annulé : {undone.sentence}"
    return act.done


def _undoable(act_id: int) -> PlanningAct:
    # The row is locked: two people undoing the same act take turns.
    undone = PlanningAct.objects.select_for_update().filter(id=act_id).first()
    if undone is None:
        raise Refusal("Cette action n’existe pas. Rien n’a été changé.")
    again = PlanningAct.objects.filter(undoes=undone).first()
    if again is not None:
        raise Refusal(GONE.format(f"{again.by_name} l’a déjà fait."))
    return undone


def _lock_all(
    act: Planning, changes: Sequence[AppointmentChange], absences: Sequence[AbsenceChange]
) -> None:
    states = [state for one in changes for state in (one.before, one.after) if state]
    for state in states:
        act.must_work_for(state["practitioner_id"])
    resources = {occupation[0] for state in states for occupation in state["occupations"]}
    for one in absences:
        people = concerned(one.absence)
        if one.absence.practitioner_id is not None:
            act.must_work_for(one.absence.practitioner_id)
        if one.absence.resource_id is None:
            resources |= set(people.values())
        else:
            resources.add(one.absence.resource_id)
        for practitioner_id in people:
            act.shows(practitioner_id, (minute_of(one.absence.start), minute_of(one.absence.end)))
    lock(RESOURCES, resources)
    lock(PATIENTS, {state["patient_id"] for state in states})
    drop_expired_holds(sorted(resources))


def _put_back(act: Planning, undone: PlanningAct, changes: Sequence[AppointmentChange]) -> None:
    """Free everything first, then take: an act may have swapped two appointments."""
    ids = [one.appointment_id for one in changes]
    current = {
        one.pk: one
        for one in Appointment.objects.select_for_update().filter(id__in=ids).order_by("id")
    }
    occupations: dict[int, list[Occupation]] = {}
    for one in Occupation.objects.filter(appointment_id__in=ids):
        occupations.setdefault(one.appointment_id or 0, []).append(one)
    for change in changes:
        if current[change.appointment_id].version != change.after["version"]:
            raise Refusal(GONE.format(who_changed(change.appointment_id)))
    Occupation.objects.filter(appointment_id__in=ids).delete()
    for change in changes:
        appointment = current[change.appointment_id]
        before = snapshot(appointment, occupations.get(appointment.pk, []))
        taken: list[Occupation] = []
        if change.before is None:
            appointment.status = Appointment.Status.MISTAKE
        else:
            taken = restore(appointment, change.before)
            _check_free(taken)
            if appointment.status == Appointment.Status.BOOKED:
                if before["status"] != Appointment.Status.BOOKED:
                    check_patient(appointment.patient_id)
                _check_patient(appointment, undone, ids)
        appointment.version += 1
        appointment.save()
        Occupation.objects.bulk_create(taken)
        act.changed(appointment, before, taken, detail=f"annule {undone.pk}")


def _check_free(taken: Iterable[Occupation]) -> None:
    """What was exclusive must be free again. A squeeze-in made since stands beside it by choice."""
    for one in taken:
        if not one.exclusive:
            continue
        other = (
            Occupation.objects.filter(
                resource_id=one.resource_id,
                exclusive=True,
                start__lt=one.end,
                end__gt=one.start,
            )
            .select_related("resource", "hold")
            .first()
        )
        if other is not None:
            when = say_instant(minute_of(other.start))
            if other.hold is not None:
                raise Refusal(
                    GONE.format(f"{other.hold.by_name} garde {other.resource.name}, {when}.")
                )
            raise Refusal(GONE.format(f"{other.resource.name} a été pris depuis, {when}."))


def _check_patient(appointment: Appointment, undone: PlanningAct, own: Sequence[int]) -> None:
    """The patient was not given another appointment at that time since."""
    other = (
        Appointment.objects.filter(
            patient_id=appointment.patient_id,
            status=Appointment.Status.BOOKED,
            start__lt=appointment.end,
            end__gt=appointment.start,
            **_since(undone),
        )
        .exclude(id__in=own)
        .first()
    )
    if other is not None:
        raise Refusal(
            GONE.format(
                "ce patient a pris depuis un autre rendez-vous à la même heure,"
                f" {say_instant(minute_of(other.start))}."
            )
        )


def _since(undone: PlanningAct) -> dict[str, Any]:
    """Appointments whose time was chosen after an act: the ids of acts ascend, clocks may tie."""
    return {"placed_at__gte": undone.at, "changes__act_id__gt": undone.pk}


def _put_absence_back(act: Planning, undone: PlanningAct, change: AbsenceChange) -> None:
    absence = Absence.objects.select_for_update().get(id=change.absence_id)
    before = absence_snapshot(absence)
    if before != change.after:
        raise Refusal(GONE.format("cette absence a été changée depuis."))
    ended_at = change.before["ended_at"] if change.before else act.at.isoformat()
    absence.ended_at = datetime.fromisoformat(ended_at) if ended_at else None
    if absence.ended_at is None and in_absence(absence).filter(**_since(undone)).exists():
        raise Refusal(GONE.format("des rendez-vous ont été pris depuis sur ce temps."))
    absence.save(update_fields=["ended_at"])
    act.absence_changed(absence, before)
