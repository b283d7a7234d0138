"""Setting up what one comes for: visit types, who takes them, what they need."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from unisson.agenda.actions.planning import Done, planning
from unisson.agenda.models import VisitType, VisitTypeNeed, VisitTypeOffer
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.practice.models import Practitioner, Resource

FIELDS = frozenset(
    {
        "code",
        "label",
        "colour",
        "online",
        "audience",
        "notice_minutes",
        "horizon_days",
        "patient_instructions",
        "staff_instructions",
        "remote",
        "active",
        "order",
    }
)


def create_visit_type(
    *, code: str, label: str, by: Actor, request_id: UUID, **settings: Any
) -> Done:
    """A new visit type; `settings` are other fields of VisitType. Id in `Done.object_id`."""
    return _write(None, {"code": code, "label": label, **settings}, by, request_id)


def change_visit_type(*, visit_type_id: int, by: Actor, request_id: UUID, **settings: Any) -> Done:
    """Change some fields. `active=False` retires it: what is booked stays booked."""
    return _write(visit_type_id, settings, by, request_id)


def _write(
    visit_type_id: int | None, settings: dict[str, Any], by: Actor, request_id: UUID
) -> Done:
    unknown = set(settings) - FIELDS
    if unknown:
        raise TypeError(f"not a field of VisitType: {sorted(unknown)}")
    with planning("agenda.configure", by=by, request_id=request_id) as act:
        if not act.repeated:
            visit_type = VisitType()
            if visit_type_id is not None:
                visit_type = _visit_type(visit_type_id)
            for name, value in settings.items():
                setattr(visit_type, name, value.strip() if isinstance(value, str) else value)
            if not visit_type.code or not visit_type.label:
                raise Refusal("Donnez un code et un nom au motif.", field="code")
            same = VisitType.objects.filter(code__iexact=visit_type.code)
            if visit_type_id is not None:
                same = same.exclude(id=visit_type_id)
            if same.exists():
                raise Refusal(
                    f"Le code {visit_type.code} sert déjà. Choisissez-en un autre.", field="code"
                )
            visit_type.save()
            act.audit.audit("C" if visit_type_id is None else "U", visit_type)
            act.answer["object"] = visit_type.pk
    return act.done


def set_offer(
    *,
    visit_type_id: int,
    practitioner_id: int,
    minutes: int,
    by: Actor,
    request_id: UUID,
    before: int = 0,
    after: int = 0,
    online: bool = False,
    active: bool = True,
) -> Done:
    """This practitioner takes this visit type, this long, with this preparation (minutes).

    Replaces what was set before; `active=False`: she no longer takes it. What
    is booked keeps its length.
    """
    with planning("agenda.configure", by=by, request_id=request_id) as act:
        if not act.repeated:
            if not 1 <= minutes <= 720:
                raise Refusal("La durée va d’une minute à 12 heures.", field="minutes")
            if not (0 <= before <= 240 and 0 <= after <= 240):
                raise Refusal("La préparation va de 0 à 4 heures.", field="before")
            _visit_type(visit_type_id)
            if not Practitioner.objects.filter(id=practitioner_id).exists():
                raise Refusal("Ce praticien n’existe pas.", field="practitioner")
            offer, created = VisitTypeOffer.objects.update_or_create(
                visit_type_id=visit_type_id,
                practitioner_id=practitioner_id,
                defaults={
                    "minutes": minutes,
                    "before": before,
                    "after": after,
                    "online": online,
                    "active": active,
                },
            )
            act.audit.audit("C" if created else "U", offer)
            act.answer["object"] = offer.pk
    return act.done


def set_need(
    *,
    visit_type_id: int,
    label: str,
    resource_ids: Collection[int],
    by: Actor,
    request_id: UUID,
    need_id: int | None = None,
) -> Done:
    """The visit also takes one of these rooms or machines. No option: the need is removed.

    An option cannot serve two needs of the same visit type.
    """
    with planning("agenda.configure", by=by, request_id=request_id) as act:
        if not act.repeated:
            visit_type = _visit_type(visit_type_id)
            need = VisitTypeNeed(visit_type=visit_type)
            if need_id is not None:
                need = VisitTypeNeed.objects.get(id=need_id, visit_type=visit_type)
            wanted = set(resource_ids)
            rooms = Resource.objects.filter(id__in=wanted, practitioner__isnull=True)
            if rooms.count() != len(wanted):
                raise Refusal("Choisissez des salles ou du matériel.", field="options")
            others = VisitTypeNeed.objects.filter(visit_type=visit_type)
            if need_id is not None:
                others = others.exclude(id=need_id)
            shared = Resource.objects.filter(
                id__in=wanted & set(others.values_list("options", flat=True))
            )
            if shared:
                raise Refusal(
                    f"{shared[0].name} sert déjà à un autre besoin de ce motif. Retirez-le de l’un"
                    " des deux.",
                    field="options",
                )
            if not wanted:
                act.audit.audit("D", "VisitTypeNeed", object_id=need_id)
                if need_id is not None:
                    need.delete()
            else:
                need.label = label.strip()[:60]
                need.save()
                need.options.set(wanted)
                act.audit.audit("C" if need_id is None else "U", need)
                act.answer["object"] = need.pk
    return act.done


def _visit_type(visit_type_id: int) -> VisitType:
    found = VisitType.objects.select_for_update().filter(id=visit_type_id).first()
    if found is None:
        raise Refusal("Ce motif n’existe pas. Rien n’a été changé.", field="visit_type")
    return found
