"""Keeping a slot for the person on the phone. It lets go by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from unisson.agenda.actions.booking import look_around
from unisson.agenda.actions.planning import Done, Planning, planning
from unisson.agenda.actions.taking import Leave, Table, Wish, drop_expired_holds, remove_holds
from unisson.agenda.models import Hold, Occupation
from unisson.agenda.rules.wall import instant_of, minute_of
from unisson.agenda.when import start_minute
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.locks import RESOURCES, lock

SECONDS = 180
LONGEST = 900
"""Nobody keeps a slot for more than a quarter of an hour at a time."""


def hold(
    *,
    visit_type_id: int,
    practitioner_id: int,
    start: datetime,
    by: Actor,
    request_id: UUID,
    minutes: int | None = None,
    site_id: int | None = None,
    urgent: bool = False,
    seconds: int = SECONDS,
) -> Done:
    """Keep a free slot for `seconds` (1 to 900). `Done.hold_id` goes to `book`."""
    with planning("agenda.hold", by=by, request_id=request_id) as act:
        if not act.repeated:
            wish = Wish(
                visit_type_id, practitioner_id, start_minute(start), minutes, site_id, urgent
            )
            look_around(act, wish)
            table = Table.open(act, [wish])
            place = table.place(wish, Leave())
            kept = Hold.objects.create(
                practitioner_id=practitioner_id,
                visit_type_id=visit_type_id,
                start=instant_of(place.start),
                end=instant_of(place.start + place.visit.minutes),
                expires_at=act.at + timedelta(seconds=min(max(seconds, 1), LONGEST)),
                by_user_id=by.user_id,
                by_name=by.name,
            )
            Occupation.objects.bulk_create(place.occupations(hold=kept))
            _record(act, kept)
    return act.done


def extend(*, hold_id: int, by: Actor, request_id: UUID, seconds: int = SECONDS) -> Done:
    """Keep it a little longer, from now. Refused once it is gone."""
    with planning("agenda.hold", by=by, request_id=request_id) as act:
        if not act.repeated:
            kept = Hold.objects.filter(id=hold_id, by_user_id=by.user_id).first()
            resources = list(kept.occupations.values_list("resource_id", flat=True)) if kept else []
            lock(RESOURCES, resources)
            drop_expired_holds(resources)
            kept = Hold.objects.filter(id=hold_id, by_user_id=by.user_id).first()
            if kept is None:
                raise Refusal(
                    "Ce créneau n’est plus gardé : le temps est passé. Choisissez-le à nouveau."
                )
            kept.expires_at = act.at + timedelta(seconds=min(max(seconds, 1), LONGEST))
            kept.save(update_fields=["expires_at"])
            _record(act, kept)
    return act.done


def release(*, hold_id: int, by: Actor, request_id: UUID) -> Done:
    """Let go of it at once. Letting go of what is gone already is no mistake."""
    with planning("agenda.hold", by=by, request_id=request_id) as act:
        if not act.repeated:
            kept = Hold.objects.filter(id=hold_id, by_user_id=by.user_id).first()
            if kept is None:
                act.audit.audit("D", "Hold", object_id=hold_id, detail="déjà libre")
            else:
                _record(act, kept, action="D")
                remove_holds([hold_id])
    return act.done


def _record(act: Planning, kept: Hold, *, action: str = "C") -> None:
    act.answer["hold"] = kept.pk
    act.audit.audit(action, kept)
    act.shows(kept.practitioner_id, (minute_of(kept.start), minute_of(kept.end)))
