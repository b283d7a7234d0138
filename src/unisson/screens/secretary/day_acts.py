"""What one key does to one appointment: arrived, in room, absent, moved, put back, undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from unisson.agenda import actions
from unisson.agenda import queries as agenda_queries
from unisson.agenda.actions.planning import Done
from unisson.agenda.errors import Obstructed
from unisson.agenda.when import start_at
from unisson.core import clock
from unisson.core.access import Actor, page
from unisson.core.errors import Refusal
from unisson.reception import actions as reception
from unisson.reception import queries as reception_queries
from unisson.screens.secretary.day_appointment import of_actor
from unisson.screens.secretary.desk_answer import drawn, planned
from unisson.screens.shared.dialogs import dialog, done, number, request_id
from unisson.screens.shared.french import said

View = Callable[..., HttpResponse]


def _step(verb: str, act: Callable[..., reception.Done]) -> View:
    """A view for one step of a visit."""

    @page(verb)
    @require_POST
    @dialog
    def view(request: HttpRequest, appointment_id: int) -> HttpResponse:
        noted = act(
            appointment_id=appointment_id,
            by=request.actor,  # type: ignore[attr-defined]
            request_id=request_id(request),
        )
        return _noted(request, noted)

    return view


def _noted(request: HttpRequest, noted: reception.Done) -> HttpResponse:
    return done(
        noted.sentence,
        focus=f"r{noted.appointment_id}",
        **drawn(request, [noted.practitioner_id]),
    )


arrive = _step("reception.arrive", reception.arrive)
to_room = _step("reception.to_room", reception.to_room)
call_in = _step("reception.call_in", reception.call_in)
leave = _step("reception.leave", reception.leave)
leave_unseen = _step("reception.leave_unseen", reception.leave_unseen)
step_back = _step("reception.step_back", reception.step_back)


def _mark(verb: str, act: Callable[..., Done]) -> View:
    """A view for an appointment that will not be, was not, or is again."""

    @page(verb)
    @require_POST
    @dialog
    def view(request: HttpRequest, appointment_id: int) -> HttpResponse:
        marked = act(
            appointment_id=appointment_id,
            version=number(request, "version"),
            by=request.actor,  # type: ignore[attr-defined]
            request_id=request_id(request),
        )
        return planned(request, marked)

    return view


no_show = _mark("agenda.mark_no_show", reception.mark_no_show)
excused = _mark("agenda.mark_excused", reception.mark_excused)
put_back = _mark("agenda.put_back", actions.put_back)


@page("agenda.move")
@require_POST
@dialog
def move(request: HttpRequest, appointment_id: int) -> HttpResponse:
    """Put a carried appointment down on a free time."""
    of_actor(request, appointment_id)
    minute = number(request, "minute")
    try:
        day = date.fromisoformat(request.POST.get("jour", ""))
    except ValueError:
        day = None
    if day is None or minute is None:
        raise Refusal("Cette place n’existe pas. Le rendez-vous est resté à sa place.")
    try:
        moved = actions.move(
            appointment_id=appointment_id,
            start=start_at(day, minute),
            practitioner_id=number(request, "praticien"),
            version=number(request, "version"),
            by=request.actor,  # type: ignore[attr-defined]
            request_id=request_id(request),
        )
    except Obstructed as refusal:
        raise Refusal(_with_nearest(refusal)) from refusal
    return planned(request, moved)


def _with_nearest(refusal: Obstructed) -> str:
    """The refusal, and the nearest free times in the same sentence."""
    if not refusal.nearest:
        return refusal.sentence
    times = " ; ".join(said(slot.start) for slot in refusal.nearest[:3])
    return f"{refusal.sentence} Libre au plus près : {times}."


@page("agenda.undo")
@require_POST
@dialog
def undo(request: HttpRequest) -> HttpResponse:
    """Ctrl Z: take back what this person did last today, on the agenda or at reception."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = clock.today()
    step = reception_queries.last_act(actor.user_id, today)
    act = agenda_queries.last_undoable(actor)
    if act is not None and clock.local(act.at).date() != today:
        act = None
    if step is not None and (act is None or step.at > act.at):
        back = reception.take_back(
            step_request_id=step.request_id, by=actor, request_id=request_id(request)
        )
        return _noted(request, back)
    if act is None:
        raise Refusal("Vous n’avez rien fait aujourd’hui qui puisse être annulé ainsi.")
    if request.POST.get("sur") != str(act.act_id) and not _shown(request, act.act_id):
        return JsonResponse(
            {
                "refusal": f"Le dernier geste n’est pas sur ce jour : {act.sentence}."
                " Ctrl Z encore une fois pour le défaire. Rien n’a été changé.",
                "sur": str(act.act_id),
            },
            status=409,
        )
    return planned(
        request, actions.undo(act_id=act.act_id, by=actor, request_id=request_id(request))
    )


def _shown(request: HttpRequest, act_id: int) -> bool:
    """Whether the page in front of her shows a day of this act; so does one that shows no day."""
    who, _, shown = request.POST.get("page", "").rpartition("/")
    try:
        first = date.fromisoformat(shown)
    except ValueError:
        return True
    last = first + timedelta(days=6 if who else 0)
    return any(first <= day <= last for day in agenda_queries.days_of(act_id))
