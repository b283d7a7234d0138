"""Times when nobody is received, and what happens to those already booked: nothing by itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from unisson.agenda.actions.planning import Done, Planning, absence_snapshot, planning
from unisson.agenda.models import Absence
from unisson.agenda.queries.absences import standing_in
from unisson.agenda.rules.wall import instant_of, minute_of
from unisson.agenda.rules.words import say_instant
from unisson.agenda.when import start_minute
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.locks import RESOURCES, lock
from unisson.practice.models import Practitioner, Resource


def declare_absence(
    *,
    start: datetime,
    end: datetime,
    by: Actor,
    request_id: UUID,
    practitioner_id: int | None = None,
    site_id: int | None = None,
    resource_id: int | None = None,
    label: str = "",
    reason: str = "",
) -> Done:
    """A practitioner is away, a site is closed, or a room or machine is out of service.

    Nobody is cancelled: `Done.to_rebook` lists who is booked in it, to be moved
    or cancelled one by one. Times are aware, or naive on the wall clock.
    """
    return _declare(
        "agenda.absence",
        Absence.Kind.ABSENCE,
        start,
        end,
        by,
        request_id,
        practitioner_id=practitioner_id,
        site_id=site_id,
        resource_id=resource_id,
        label=label,
        reason=reason,
    )


def block(
    *,
    practitioner_id: int,
    start: datetime,
    end: datetime,
    by: Actor,
    request_id: UUID,
    label: str = "",
) -> Done:
    """Take some time of a practitioner out of what can be booked: a meeting, a visit outside."""
    return _declare(
        "agenda.block",
        Absence.Kind.BLOCK,
        start,
        end,
        by,
        request_id,
        practitioner_id=practitioner_id,
        site_id=None,
        resource_id=None,
        label=label,
        reason="",
    )


def end_absence(*, absence_id: int, by: Actor, request_id: UUID) -> Done:
    """The absence no longer counts: its time can be booked again."""
    return _end("agenda.absence", absence_id, by, request_id)


def unblock(*, absence_id: int, by: Actor, request_id: UUID) -> Done:
    """Give a blocked time back."""
    return _end("agenda.block", absence_id, by, request_id)


def _declare(
    verb: str,
    kind: str,
    start: datetime,
    end: datetime,
    by: Actor,
    request_id: UUID,
    *,
    practitioner_id: int | None,
    site_id: int | None,
    resource_id: int | None,
    label: str,
    reason: str,
) -> Done:
    with planning(verb, by=by, request_id=request_id) as act:
        if not act.repeated:
            low, high = start_minute(start), start_minute(end)
            if low >= high:
                raise Refusal("La fin vient avant le début. Corrigez l’heure de fin.", field="end")
            if practitioner_id is not None and resource_id is not None:
                raise Refusal("Choisissez le praticien ou le matériel, pas les deux.")
            if practitioner_id is site_id is resource_id is None:
                raise Refusal("Dites qui est absent : un praticien, un site ou un matériel.")
            absence = Absence(
                practitioner_id=practitioner_id,
                site_id=site_id,
                resource_id=resource_id,
                start=instant_of(low),
                end=instant_of(high),
                kind=kind,
                label=label.strip()[:60],
                reason=reason.strip()[:200],
                created_at=act.at,
                created_by_name=by.name,
            )
            _lock_and_show(act, absence)
            absence.save()
            act.absence_changed(absence, None)
            act.answer["to_rebook"] = standing_in(absence)
            what = "Temps bloqué" if kind == Absence.Kind.BLOCK else "Absence"
            act.sentence = f"{what} : de {say_instant(low)} à {say_instant(high)}"
    return act.done


def _end(verb: str, absence_id: int, by: Actor, request_id: UUID) -> Done:
    with planning(verb, by=by, request_id=request_id) as act:
        if not act.repeated:
            absence = Absence.objects.select_for_update().filter(id=absence_id).first()
            if absence is None or absence.ended_at is not None:
                raise Refusal("Cette absence a déjà été retirée. Rien n’a été changé.")
            before = absence_snapshot(absence)
            _show(act, absence)
            absence.ended_at = act.at
            absence.save(update_fields=["ended_at"])
            act.absence_changed(absence, before)
            act.sentence = f"Absence retirée : {say_instant(minute_of(absence.start))}"
    return act.done


def concerned(absence: Absence) -> dict[int, int]:
    """The practitioners whose grid an absence changes, with their resource."""
    found = Practitioner.objects.filter(resource__active=True)
    if absence.practitioner_id is not None:
        found = found.filter(id=absence.practitioner_id)
    return dict(found.values_list("id", "resource_id"))


def _show(act: Planning, absence: Absence) -> dict[int, int]:
    people = concerned(absence)
    if absence.practitioner_id is not None and not people:
        raise Refusal("Ce praticien ne reçoit plus ici. Rien n’a été changé.")
    span = minute_of(absence.start), minute_of(absence.end)
    for practitioner_id in people:
        if absence.practitioner_id is not None:
            act.must_work_for(practitioner_id)
        act.shows(practitioner_id, span)
    return people


def _lock_and_show(act: Planning, absence: Absence) -> None:
    """Nobody books in it while it is being declared: the list to rebook is complete."""
    people = _show(act, absence)
    if absence.resource_id is None:
        lock(RESOURCES, people.values())
    else:
        if not Resource.objects.filter(id=absence.resource_id, practitioner__isnull=True).exists():
            raise Refusal("Cette salle ou ce matériel n’existe pas. Rien n’a été changé.")
        lock(RESOURCES, [absence.resource_id])
