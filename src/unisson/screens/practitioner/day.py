"""`/praticien/`: who is in, who is next and why, who waits, who is still to come.

What is acted on is always the patient that was on the screen: the form names
the appointment, never "the next one" of whenever the server reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_GET, require_POST

from unisson.agenda import queries as agenda
from unisson.agenda.queries import AppointmentRow, DayColumn
from unisson.core import clock, live
from unisson.core.access import Actor, page
from unisson.core.errors import Refusal
from unisson.reception import actions
from unisson.reception import queries as reception
from unisson.reception.queries import Board, LateRow, VisitRow
from unisson.reception.rules.visit import State
from unisson.screens import surfaces
from unisson.screens.live import address
from unisson.screens.shared.dialogs import dialog, done, number, request_id
from unisson.screens.shared.french import minute_of
from unisson.screens.surfaces import Change, Drawing, Memory, Part, Screen, Surface

VIEW = "praticien"
ELEMENT = "journee"
LATE_FROM = 5  # minutes; less is not worth a word
AHEAD = 120  # minutes; a likely time further away promises too much
KEYS = 9


@dataclass(frozen=True, slots=True)
class Person:
    """A patient of the day. `likely`: when she should pass, if late and soon. `key`: calls her."""

    row: AppointmentRow
    visit: VisitRow | None = None
    minutes: int = 0
    long: bool = False
    likely: int | None = None
    key: int | None = None


@dataclass(frozen=True, slots=True)
class OwnDay:
    """Everything of the page."""

    column: DayColumn
    now: datetime
    late: LateRow | None
    inside: tuple[Person, ...]
    next: Person | None
    missing: tuple[Person, ...]
    others: tuple[Person, ...]
    coming: tuple[Person, ...]
    gone: int
    absent: int

    @property
    def date(self) -> date:
        return clock.local(self.now).date()

    @property
    def finishing(self) -> str:
        """The ids of those who leave as the next one enters."""
        return ",".join(str(person.row.id) for person in self.inside)

    @property
    def present(self) -> int:
        return len(self.others) + (self.next is not None)


def own(practitioner_id: int, now: datetime) -> OwnDay | None:
    """The day of one practitioner as it stands; None when she is not active any more."""
    day = clock.local(now).date()
    columns = agenda.day(day, [practitioner_id]).columns
    if not columns:
        return None
    board = reception.board(day, [practitioner_id], now=now)
    people = {
        row.id: Person(row, board.visits.get(row.id), likely=_likely(row, board, minute_of(now)))
        for row in columns[0].appointments
        if not row.freed
    }
    turn = board.turns.get(practitioner_id)
    late = board.late.get(practitioner_id)
    waits = {row.appointment_id: row for row in board.waiting}

    def named(ids: Iterable[int], *, keys: bool = False) -> tuple[Person, ...]:
        return tuple(
            _waiting(people[number], waits, key if keys and key <= KEYS else None)
            for key, number in enumerate(ids, start=1)
            if number in people
        )

    # Urgencies are told apart, and come first among the others: whether one of
    # them passes before the plan's next is the practitioner's decision.
    others = sorted(turn.others, key=lambda n: n not in turn.urgent) if turn else []
    here = {turn.id, *turn.others} if turn else set()
    return OwnDay(
        column=columns[0],
        now=now,
        late=late if late and late.minutes >= LATE_FROM else None,
        inside=_in_state(people, State.WITH_PRACTITIONER),
        next=next(iter(named([turn.id])), None) if turn else None,
        missing=named(turn.missing) if turn else (),
        others=named(others, keys=True),
        coming=tuple(
            person
            for number, person in people.items()
            if person.visit is None and number not in here
        ),
        gone=len(_in_state(people, State.LEFT)) + len(_in_state(people, State.LEFT_UNSEEN)),
        absent=sum(row.freed for row in columns[0].appointments),
    )


def _likely(row: AppointmentRow, board: Board, minute: int) -> int | None:
    likely = board.likely.get(row.id)
    if likely is None or likely < row.start_minute + LATE_FROM or likely > minute + AHEAD:
        return None
    return likely


def _waiting(person: Person, waits: dict[int, reception.WaitingRow], key: int | None) -> Person:
    wait = waits.get(person.row.id)
    return Person(
        row=person.row,
        visit=person.visit,
        minutes=wait.minutes if wait else 0,
        long=wait.long if wait else False,
        likely=person.likely,
        key=key,
    )


def _in_state(people: dict[int, Person], state: State) -> tuple[Person, ...]:
    return tuple(p for p in people.values() if p.visit is not None and p.visit.state == state)


# Pages and acts -----------------------------------------------------------------


@page("reception.own_day")
@require_GET
def own_day(request: HttpRequest) -> HttpResponse:
    """The page. Its position in the news is read before anything else."""
    practitioner_id = _mine(request)
    direct = address(VIEW, clock.today(), [practitioner_id])
    day = own(practitioner_id, clock.now())
    if day is None:
        raise Http404
    actor: Actor = request.actor  # type: ignore[attr-defined]
    last = reception.last_act(actor.user_id, clock.today())
    return render(
        request, "practitioner/day.html", {"day": day, "direct": direct, "last": last, "view": VIEW}
    )


def _act(verb: str, work: Callable[[HttpRequest], actions.Done]) -> Callable[..., HttpResponse]:
    """A view for one act of the page."""

    @page(verb)
    @require_POST
    @dialog
    def view(request: HttpRequest) -> HttpResponse:
        position = live.position()
        noted = work(request)
        sent = "" if verb == "reception.step_back" else str(request_id(request))
        return done(
            noted.sentence,
            parts=_draw(_mine(request)),
            position=position,
            demande="" if noted.repeated else sent,
        )

    return view


def _call(request: HttpRequest) -> actions.Done:
    """Call in the patient on the screen; those who were in leave."""
    return actions.call_in(
        appointment_id=_appointment(request),
        finishing=[int(n) for n in request.POST.get("finit", "").split(",") if n.isdigit()],
        by=request.actor,  # type: ignore[attr-defined]
        request_id=request_id(request),
    )


def _finish(request: HttpRequest) -> actions.Done:
    return actions.leave(
        appointment_id=_appointment(request),
        by=request.actor,  # type: ignore[attr-defined]
        request_id=request_id(request),
    )


def _take_back(request: HttpRequest) -> actions.Done:
    try:
        asked = UUID(request.POST.get("demande", ""))
    except ValueError:
        raise Refusal("Il n’y a rien à reprendre. Rien n’a été changé.") from None
    return actions.take_back(
        step_request_id=asked,
        by=request.actor,  # type: ignore[attr-defined]
        request_id=request_id(request),
    )


call = _act("reception.call_in", _call)
finish = _act("reception.leave", _finish)
take_back = _act("reception.step_back", _take_back)


def _appointment(request: HttpRequest) -> int:
    found = number(request, "rendez_vous")
    if found is None:
        raise Refusal("La demande était incomplète. Rien n’a été changé : recommencez.")
    return found


def _mine(request: HttpRequest) -> int:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if actor.practitioner_id is None:
        raise Refusal("Cette page est celle d’un praticien. Rien n’a été changé.")
    return actor.practitioner_id


# Kept true ------------------------------------------------------------------------


def register() -> None:
    surfaces.register(VIEW, Surface(_parts, _drawn, _ticking))


def _parts(screen: Screen, changes: Sequence[Change]) -> Iterable[Part]:
    if any(change.touches(screen) for change in changes):
        yield Part("day", screen.day, screen.practitioner_ids)


def _ticking(screen: Screen) -> Iterable[Part]:
    yield Part("day", screen.day, screen.practitioner_ids)


def _drawn(parts: Sequence[Part], memory: Memory) -> Mapping[Part, Drawing]:
    today = clock.today()
    return {part: _draw(part.practitioner_id) for part in parts if part.day == today}


def _draw(practitioner_id: int) -> dict[str, str]:
    day = own(practitioner_id, clock.now())
    return {ELEMENT: render_to_string("practitioner/now.html", {"day": day})} if day else {}
