"""Where there is room: the first free times, all of a week, who can."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from unisson.agenda import queries
from unisson.agenda.queries import FreeSlot, WhoCanRow, setup
from unisson.core import clock
from unisson.core.access import Actor, page
from unisson.screens.secretary import booking_chain
from unisson.screens.secretary import booking_choices as choices
from unisson.screens.secretary.day_appointment import of_actor
from unisson.screens.shared import french
from unisson.screens.shared.dialogs import dialog, number

FIRST = 12  # slots shown
STARTS = (
    ("0", "aujourd’hui"),
    ("1", "demain"),
    ("7", "dans une semaine"),
    ("14", "dans 2 semaines"),
    ("30", "dans 1 mois"),
    ("90", "dans 3 mois"),
    ("180", "dans 6 mois"),
)
HALVES = (("", "toute la journée"), ("morning", "matin"), ("afternoon", "après-midi"))
VIEWS = (("premiers", "Les premiers"), ("semaine", "Toute la semaine"), ("qui", "Qui peut"))
MONTHS = {"30": 1, "90": 3, "180": 6}


@dataclass(frozen=True)
class Wanted:
    """What was asked for."""

    moving: int | None
    patient: int | None
    practitioner: int | None
    visit_type: int | None
    start: str
    half: str
    site: int | None
    view: str
    day: date
    then_practitioner: int | None = None
    then_visit_type: int | None = None
    weekdays: list[str] = field(default_factory=list)

    @property
    def first(self) -> date:
        """The first day to look at; "dans 3 mois" is the same day three months later."""
        today = clock.today()
        if self.start in MONTHS:
            return months_later(today, MONTHS[self.start])
        if self.start == "jour":
            return max(self.day, today)
        return today + timedelta(days=int(self.start))


def months_later(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), following - timedelta(1))


def _wanted(request: HttpRequest, actor: Actor) -> Wanted:
    asked = request.GET
    moving = number(request, "rdv", of="GET")
    patient = number(request, "patient", of="GET")
    practitioner = number(request, "praticien", of="GET")
    visit_type = number(request, "motif", of="GET")
    if moving is not None:
        found, line = of_actor(request, moving)
        patient = line.id
        if "praticien" not in asked:
            practitioner, visit_type = found.practitioner_id, found.visit_type_id
    elif patient is not None and "praticien" not in asked:
        practitioner = choices.usual_practitioner(patient)
    if practitioner is not None and not actor.works_for(practitioner):
        practitioner = None
    try:
        day = date.fromisoformat(asked.get("jour", ""))
    except ValueError:
        day = clock.today()
    start = asked.get("des", "jour" if day > clock.today() else "0")
    known = {value for value, _ in STARTS} | {"jour"}
    return Wanted(
        moving=moving,
        patient=patient,
        practitioner=practitioner,
        visit_type=visit_type,
        start=start if start in known else "0",
        half=asked.get("demi", "") if asked.get("demi") in dict(HALVES) else "",
        site=number(request, "site", of="GET"),
        view=asked.get("vue", "") if asked.get("vue") in dict(VIEWS) else "premiers",
        day=day,
        then_practitioner=number(request, "puis_praticien", of="GET"),
        then_visit_type=number(request, "puis_motif", of="GET"),
        weekdays=[value for value in asked.getlist("jours") if value in "0123456"],
    )


@page("desk.see")
@dialog
def first_free(request: HttpRequest) -> HttpResponse:
    """F4: where there is room for whom the caller asks. `morceau=1`: the answers alone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    wanted = _wanted(request, actor)
    team = choices.practitioners(actor)
    ids = [wanted.practitioner] if wanted.practitioner else [who.id for who in team]
    types = choices.types(ids)
    presumed = wanted.practitioner and wanted.moving is None and "praticien" not in request.GET
    if presumed and wanted.visit_type and wanted.visit_type not in {each.id for each in types}:
        # She asked for this visit; whom the patient usually sees does not make it.
        wanted = Wanted(**{**vars(wanted), "practitioner": None})
        ids = [who.id for who in team]
        types = choices.types(ids)
    if types and wanted.visit_type not in {each.id for each in types}:
        wanted = Wanted(**{**vars(wanted), "visit_type": types[0].id})
    sites = list(setup.current().sites.values())
    context = {"chosen": wanted, "several_sites": len(sites) > 1, **_answers(wanted, ids)}
    if "morceau" in request.GET:
        return render(request, "desk/first_free_slots.html", context)
    starts = list(STARTS)
    if wanted.start == "jour":
        starts.insert(0, ("jour", french.short_day(wanted.day)))
    context |= {
        "touched": "1" if request.GET.get("choisi") == "1" else "",
        "line": choices.patient_line(wanted.patient),
        "practitioners": team,
        "types": types,
        "then_types": choices.types(
            [wanted.then_practitioner] if wanted.then_practitioner else [who.id for who in team]
        ),
        "sites": sites,
        "starts": starts,
        "halves": HALVES,
        "views": VIEWS,
        "weekdays": [(str(at), day) for at, day in enumerate(french.SHORT_WEEKDAYS[:6])],
    }
    return render(request, "desk/first_free.html", context)


def _answers(wanted: Wanted, ids: list[int]) -> dict[str, Any]:
    """The slots, or who can, and the words when there is none."""
    if wanted.visit_type is None:
        return {"none_words": "Aucun motif n’est ouvert chez ce praticien."}
    asked: dict[str, Any] = {
        "practitioner_ids": ids,
        "visit_type_id": wanted.visit_type,
        "site_id": wanted.site,
    }
    days = frozenset(map(int, wanted.weekdays))
    halves = [wanted.half] if wanted.half else []
    if wanted.then_practitioner and wanted.then_visit_type:
        if wanted.practitioner is None:
            return {"none_words": "Pour enchaîner, choisir aussi le premier praticien."}
        return {
            "chains": booking_chain.find(
                [
                    (wanted.practitioner, wanted.visit_type),
                    (wanted.then_practitioner, wanted.then_visit_type),
                ],
                wanted.first,
                wanted.patient,
                weekdays=days,
                half_days=halves,
                site_id=wanted.site,
            ),
            "none_words": "Rien qui s’enchaîne en quatre semaines avec ces choix.",
        }
    if wanted.view == "qui":
        last = wanted.first + timedelta(days=27)
        rows = queries.who_can(**asked, first=wanted.first, last=last)
        return {
            "who_can": [_who(row, wanted) for row in rows],
            "none_words": "Aucun praticien ne prend ce motif.",
        }
    asked |= {"weekdays": days, "half_days": halves, "first": wanted.first}
    if wanted.view == "semaine":
        monday = wanted.first - timedelta(days=wanted.first.weekday())
        found = queries.free_slots(**asked, last=monday + timedelta(days=6))
        words = f"Rien de libre la semaine du {french.long_day(monday)}."
    else:
        found = queries.first_free(**asked, count=FIRST)
        words = "Rien de libre d’ici un an. Élargir les jours, le moment ou le praticien."
    return {
        "slots": [{"slot": slot, "url": booking_url(slot, wanted.patient)} for slot in found],
        "none_words": words,
    }


def booking_url(slot: FreeSlot, patient_id: int | None) -> str:
    """The booking form of this slot, for this patient."""
    fields = {
        "praticien": slot.practitioner_id,
        "jour": slot.date.isoformat(),
        "minute": slot.start_minute,
        "motif": slot.visit_type_id,
    }
    if patient_id is not None:
        fields["patient"] = patient_id
    return f"{reverse('booking-new')}?{urlencode(fields)}"


def _who(row: WhoCanRow, wanted: Wanted) -> dict[str, Any]:
    """One practitioner and the days she has room, with the way to her first slots."""
    fields = {"praticien": row.practitioner_id, "motif": wanted.visit_type, "des": wanted.start}
    if wanted.patient is not None:
        fields["patient"] = wanted.patient
    shown = ", ".join(french.short_day(day) for day in row.days[:4])
    return {
        "name": row.practitioner,
        "days": shown,
        "more": max(0, len(row.days) - 4),
        "url": f"{reverse('first-free')}?{urlencode(fields)}" if row.days else "",
    }
