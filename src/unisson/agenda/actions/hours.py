"""Setting up when practitioners receive. Nobody already booked is touched."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, time
from uuid import UUID

from unisson.agenda.actions.planning import Done, Planning, planning
from unisson.agenda.models import Appointment, OpeningException, OpeningRule
from unisson.agenda.rules.wall import DAY, instant_of, minute_of_day, spans_of
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.locks import RESOURCES, lock
from unisson.practice.models import Practitioner, Site


def create_opening_rule(
    *,
    practitioner_id: int,
    site_id: int,
    weekday: int,
    start: time,
    end: time,
    valid_from: date,
    by: Actor,
    request_id: UUID,
    valid_until: date | None = None,
    every_weeks: int = 1,
    month_weeks: Collection[int] = (),
    visit_type_ids: Collection[int] = (),
    urgent_only: bool = False,
) -> Done:
    """Open hours that come back. `end` 00:00 is midnight; `Done.object_id` is the rule."""
    with planning("agenda.configure", by=by, request_id=request_id) as act:
        if not act.repeated:
            rule = OpeningRule(practitioner_id=practitioner_id, site_id=site_id)
            _fill_rule(
                rule,
                weekday=weekday,
                start=start,
                end=end,
                valid_from=valid_from,
                valid_until=valid_until,
                every_weeks=every_weeks,
                month_weeks=month_weeks,
                urgent_only=urgent_only,
            )
            _check_place(practitioner_id, site_id)
            rule.save()
            rule.visit_types.set(visit_type_ids)
            act.audit.audit("C", rule)
            act.answer["object"] = rule.pk
            act.sentence = f"Plage d’ouverture : {rule}"
    return act.done


def change_opening_rule(
    *,
    rule_id: int,
    by: Actor,
    request_id: UUID,
    site_id: int | None = None,
    weekday: int | None = None,
    start: time | None = None,
    end: time | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    without_end: bool = False,
    every_weeks: int | None = None,
    month_weeks: Collection[int] | None = None,
    visit_type_ids: Collection[int] | None = None,
    urgent_only: bool | None = None,
) -> Done:
    """Change a rule. What is not given stays; `without_end` takes its last day away.

    To change hours from a date on, end the rule the day before and create
    another: the past stays true.
    """
    with planning("agenda.configure", by=by, request_id=request_id) as act:
        if not act.repeated:
            rule = OpeningRule.objects.select_for_update().filter(id=rule_id).first()
            if rule is None:
                raise Refusal("Cette plage d’ouverture n’existe plus. Rien n’a été changé.")
            if site_id is not None:
                rule.site_id = site_id
            weeks = month_weeks
            if weeks is None:
                weeks = [int(week) for week in rule.month_weeks.split(",") if week]
            _fill_rule(
                rule,
                weekday=rule.weekday if weekday is None else weekday,
                start=start or rule.start,
                end=rule.end if end is None else end,
                valid_from=valid_from or rule.valid_from,
                valid_until=None if without_end else valid_until or rule.valid_until,
                every_weeks=every_weeks or rule.every_weeks,
                month_weeks=weeks,
                urgent_only=rule.urgent_only if urgent_only is None else urgent_only,
            )
            rule.save()
            if visit_type_ids is not None:
                rule.visit_types.set(visit_type_ids)
            act.audit.audit("U", rule)
            act.answer["object"] = rule.pk
    return act.done


def remove_opening_rule(*, rule_id: int, by: Actor, request_id: UUID) -> Done:
    """Take a rule away altogether, as if it had never been. See `change_opening_rule`."""
    with planning("agenda.configure", by=by, request_id=request_id) as act:
        if not act.repeated:
            rule = OpeningRule.objects.filter(id=rule_id).first()
            if rule is None:
                raise Refusal("Cette plage d’ouverture n’existe plus. Rien n’a été changé.")
            act.audit.audit("D", rule, detail=str(rule))
            rule.delete()
    return act.done


def create_exception(
    *,
    practitioner_id: int,
    site_id: int,
    day: date,
    kind: str,
    by: Actor,
    request_id: UUID,
    start: time | None = None,
    end: time | None = None,
) -> Done:
    """Open (`open`) or close (`closed`) one day; a closed one without times is the whole day.

    `Done.to_rebook`: who is booked in what was closed.
    """
    with planning("agenda.configure", by=by, request_id=request_id) as act:
        if not act.repeated:
            if (start is None) != (end is None) or (start is None and kind == "open"):
                raise Refusal("Indiquez le début et la fin.", field="start")
            if start is not None and end is not None:
                _check_times(start, end)
            resource_id = _check_place(practitioner_id, site_id)
            lock(RESOURCES, [resource_id])
            row = OpeningException.objects.create(
                practitioner_id=practitioner_id,
                site_id=site_id,
                date=day,
                start=start,
                end=end,
                kind=kind,
                created_at=act.at,
            )
            act.audit.audit("C", row)
            act.answer["object"] = row.pk
            if kind == OpeningException.Kind.CLOSED:
                act.answer["to_rebook"] = _booked_in(row)
            _shows_day(act, practitioner_id, day)
    return act.done


def remove_exception(*, exception_id: int, by: Actor, request_id: UUID) -> Done:
    """The day is like the others again."""
    with planning("agenda.configure", by=by, request_id=request_id) as act:
        if not act.repeated:
            row = OpeningException.objects.filter(id=exception_id).first()
            if row is None:
                raise Refusal("Cette exception n’existe plus. Rien n’a été changé.")
            act.audit.audit("D", row, detail=str(row))
            _shows_day(act, row.practitioner_id, row.date)
            row.delete()
    return act.done


def _fill_rule(
    rule: OpeningRule,
    *,
    weekday: int,
    start: time,
    end: time,
    valid_from: date,
    valid_until: date | None,
    every_weeks: int,
    month_weeks: Iterable[int],
    urgent_only: bool,
) -> None:
    _check_times(start, end)
    if not 0 <= weekday < 7:
        raise Refusal("Choisissez un jour de la semaine.", field="weekday")
    if valid_until is not None and valid_until < valid_from:
        raise Refusal("Le dernier jour vient avant le premier. Corrigez-le.", field="valid_until")
    if not 1 <= every_weeks <= 52:
        raise Refusal("Une semaine sur une à 52.", field="every_weeks")
    weeks = sorted(set(month_weeks))
    if any(not 1 <= week <= 5 for week in weeks):
        raise Refusal("Les semaines du mois vont de 1 à 5.", field="month_weeks")
    rule.weekday, rule.start, rule.end = weekday, start, end
    rule.valid_from, rule.valid_until = valid_from, valid_until
    rule.every_weeks, rule.urgent_only = every_weeks, urgent_only
    rule.month_weeks = ",".join(map(str, weeks))


def _check_times(start: time, end: time) -> None:
    if (minute_of_day(end) or DAY) <= minute_of_day(start):
        raise Refusal("La fin vient avant le début. Corrigez l’heure de fin.", field="end")


def _check_place(practitioner_id: int, site_id: int) -> int:
    resource_id = (
        Practitioner.objects.filter(id=practitioner_id, resource__active=True)
        .values_list("resource_id", flat=True)
        .first()
    )
    if resource_id is None:
        raise Refusal("Ce praticien ne reçoit plus ici. Choisissez-en un autre.")
    if not Site.objects.filter(id=site_id).exists():
        raise Refusal("Ce site n’existe pas. Choisissez-en un autre.", field="site")
    return resource_id


def _booked_in(row: OpeningException) -> list[int]:
    found: set[int] = set()
    start = minute_of_day(row.start) if row.start is not None else 0
    end = (minute_of_day(row.end) or DAY) if row.end is not None else DAY
    for low, high in spans_of(row.date, start, end):
        found.update(
            Appointment.objects.filter(
                practitioner_id=row.practitioner_id,
                site_id=row.site_id,
                status=Appointment.Status.BOOKED,
                start__lt=instant_of(high),
                end__gt=instant_of(low),
            ).values_list("id", flat=True)
        )
    return sorted(found)


def _shows_day(act: Planning, practitioner_id: int, day: date) -> None:
    for span in spans_of(day, 0, DAY):
        act.shows(practitioner_id, span)
