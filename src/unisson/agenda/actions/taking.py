"""Taking time: what stands in the way is asked under lock, then the time is written.

The doctrine: resources are locked once, all together, then the patient; only
then is anything read that the decision rests on. A database constraint stands
behind all this and has the last word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from unisson.agenda.actions.planning import Planning, days_touched
from unisson.agenda.errors import Obstructed, SlotTaken
from unisson.agenda.models import Appointment, Hold, Occupation, VisitType
from unisson.agenda.queries import setup
from unisson.agenda.queries.catalogue import Catalogue, Who
from unisson.agenda.queries.ground import Hours, read_hours, read_taken
from unisson.agenda.rules.conflicts import (
    Kind,
    Obstacle,
    Taken,
    choose_rooms,
    hours_obstacles,
    patient_obstacle,
    taken_obstacle,
)
from unisson.agenda.rules.slots import Visit
from unisson.agenda.rules.spans import Minute, Span, merged, overlap
from unisson.agenda.rules.wall import day_of, day_span, instant_of
from unisson.agenda.rules.words import say_day
from unisson.agenda.sql import MinuteOf
from unisson.core import access, clock
from unisson.core.errors import Refusal
from unisson.core.locks import PATIENTS, RESOURCES, lock
from unisson.patients.models import Patient

LONGEST = 12 * 60
PREPARATION = 4 * 60
"""The longest visit, and the longest preparation before or after it, in minutes."""


@dataclass(frozen=True)
class Leave:
    """What the person explicitly allows. Never a default: each is a choice on the screen."""

    squeeze_in: bool = False
    outside_hours: bool = False
    patient_overlap: bool = False
    past: bool = False

    def check(self, act: Planning) -> None:
        """Squeezing in and booking outside hours are verbs of their own."""
        if self.squeeze_in:
            access.check(act.by, "agenda.squeeze_in")
        if self.outside_hours:
            access.check(act.by, "agenda.outside_hours")

    def bends(self, kind: Kind) -> bool:
        return {
            Kind.CLOSED: self.outside_hours,
            Kind.ABSENT: self.outside_hours,
            Kind.TAKEN: self.squeeze_in,
            Kind.ROOM: self.squeeze_in,
            Kind.PATIENT: self.patient_overlap,
        }[kind]


@dataclass(frozen=True)
class Wish:
    """A time somebody asks for."""

    visit_type_id: int
    practitioner_id: int
    start: Minute
    minutes: int | None = None
    site_id: int | None = None
    urgent: bool = False


@dataclass(frozen=True)
class Place:
    """A time that can be written: where, how long, and what it takes (exclusively or not)."""

    who: Who
    visit_type: VisitType
    visit: Visit
    site_id: int
    start: Minute
    resources: tuple[tuple[int, bool], ...]

    @property
    def squeezed(self) -> bool:
        return not all(exclusive for _, exclusive in self.resources)

    def occupations(
        self, *, appointment: Appointment | None = None, hold: Hold | None = None
    ) -> list[Occupation]:
        """The rows to write for it."""
        start, end = self.visit.taken(self.start)
        return [
            Occupation(
                resource_id=resource_id,
                start=instant_of(start),
                end=instant_of(end),
                exclusive=exclusive,
                appointment=appointment,
                hold=hold,
            )
            for resource_id, exclusive in self.resources
        ]


@dataclass
class Table:
    """All that is known under lock about the days of some wishes."""

    catalogue: Catalogue
    hours: Hours
    taken: list[Taken]
    patient_times: list[tuple[Span, str]] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        act: Planning,
        wishes: Sequence[Wish],
        *,
        patient_id: int | None = None,
        also_lock: Iterable[int] = (),
        own: Collection[int] = (),
        new: bool = True,
    ) -> Table:
        """Lock everything the wishes could take, then read what decides.

        `own`: appointments whose present time does not stand in the way (they
        are being moved). `also_lock`: resources they leave. `new`: a visit type
        no longer in use cannot be booked any more, though it can be moved.
        """
        for wish in wishes:
            act.must_work_for(wish.practitioner_id)
        known = setup.current()
        catalogue = Catalogue.read(
            {wish.practitioner_id for wish in wishes},
            {wish.visit_type_id for wish in wishes},
            known,
        )
        for wish in wishes:
            _check_known(catalogue, wish, new=new)
        resources = catalogue.resource_ids()
        lock(RESOURCES, {*resources, *also_lock})
        if patient_id is not None:
            lock(PATIENTS, [patient_id])
        drop_expired_holds(resources)
        windows = merged(_window(wish.start) for wish in wishes)
        first, last = day_of(windows[0][0]), day_of(windows[-1][1])
        own = set(own)
        return cls(
            catalogue,
            read_hours(catalogue.who, first, last, known),
            [one for one in read_taken(resources, windows) if one.appointment_id not in own],
            _patient_times(patient_id, windows, own) if patient_id is not None else [],
        )

    def place(self, wish: Wish, leave: Leave) -> Place:
        """Where the wish can be written. Raises Obstructed, with everything in the way.

        Each resource is taken exclusively where it is free. Where it is not,
        only a squeeze-in takes it, beside whoever has it.
        """
        who = self.catalogue.who[wish.practitioner_id]
        visit_type = self.catalogue.visit_types[wish.visit_type_id]
        visit = self.visit(wish)
        wanted = visit.taken(wish.start)
        _check_day(wish.start, leave)
        site_id = wish.site_id or self._site(wish, who, wanted)
        timetable = self.hours.of[who.id]
        obstacles = hours_obstacles(
            wanted,
            wish.start,
            who.name,
            site_id,
            wish.visit_type_id,
            [o for d in days_touched(wanted) for o in timetable.hours(d)],
            [c for c in timetable.closures if c.concerns(who.id, site_id)],
            urgent=wish.urgent,
        )
        others = [one for one in self.taken if one.resource_id == who.resource_id]
        busy = taken_obstacle(wanted, wish.start, who.name, others)
        needs = self.catalogue.options(wish.visit_type_id, site_id)
        rooms, missing = choose_rooms(wanted, wish.start, needs, self.taken, self.hours.broken)
        obstacles += [busy] if busy else []
        obstacles += missing
        meeting = patient_obstacle(wish.start, visit, self.patient_times)
        obstacles += [meeting] if meeting else []
        refuse([one for one in obstacles if not leave.bends(one.kind)])
        resources = [(who.resource_id, busy is None), *((room, True) for room in rooms)]
        if missing:
            shared = (
                next(iter(n.names)) for n in needs if n.names and not set(n.names) & set(rooms)
            )
            resources += [(room, False) for room in shared]
        return Place(who, visit_type, visit, site_id, wish.start, tuple(resources))

    def take(self, place: Place, whom: str) -> None:
        """What was just written stands in the way of the following wishes of the same act."""
        span = place.visit.taken(place.start)
        self.taken += [Taken(resource_id, span, ex) for resource_id, ex in place.resources]
        told = (place.start, place.start + place.visit.minutes)
        self.patient_times.append((told, whom))

    def forget_hold(self, hold_id: int) -> None:
        """The hold becomes the booking."""
        self.taken = [one for one in self.taken if one.hold_id != hold_id]

    def visit(self, wish: Wish) -> Visit:
        """How long the wish takes: as asked, else as this practitioner offers it."""
        who = self.catalogue.who[wish.practitioner_id]
        visit_type = self.catalogue.visit_types[wish.visit_type_id]
        offer = self.catalogue.visits.get((wish.visit_type_id, wish.practitioner_id))
        if offer is None and wish.minutes is None:
            raise Refusal(
                f"{who.name} ne prend pas le motif « {visit_type.label} »."
                " Indiquez une durée pour le réserver quand même.",
                field="visit_type",
            )
        minutes = wish.minutes if wish.minutes is not None else offer.minutes if offer else 0
        if not 1 <= minutes <= LONGEST:
            raise Refusal("La durée va d’une minute à 12 heures.", field="minutes")
        return Visit(minutes, offer.before, offer.after) if offer else Visit(minutes)

    def _site(self, wish: Wish, who: Who, wanted: Span) -> int:
        """Where she receives then; failing that where she receives that day, or usually."""
        hours = [o for d in days_touched(wanted) for o in self.hours.of[who.id].hours(d)]
        for opening in hours:
            if overlap(opening.span, wanted) and opening.admits(wish.visit_type_id, urgent=True):
                return opening.site_id
        if hours:
            return hours[0].site_id
        if who.site_id is not None:
            return who.site_id
        return next(iter(self.catalogue.sites))


def refuse(obstacles: Sequence[Obstacle]) -> None:
    """Raise what fits, if anything is left in the way."""
    if not obstacles:
        return
    if any(one.kind in (Kind.TAKEN, Kind.ROOM) for one in obstacles):
        raise SlotTaken(obstacles)
    raise Obstructed(obstacles)


def write(
    act: Planning,
    place: Place,
    patient_id: int,
    *,
    urgent: bool,
    reason: str,
    note: str,
    series: UUID | None = None,
    chain: UUID | None = None,
) -> Appointment:
    """Write one new appointment and what it takes."""
    appointment = Appointment.objects.create(
        patient_id=patient_id,
        visit_type=place.visit_type,
        practitioner_id=place.who.id,
        site_id=place.site_id,
        start=instant_of(place.start),
        end=instant_of(place.start + place.visit.minutes),
        before=place.visit.before,
        after=place.visit.after,
        squeeze_in=place.squeezed,
        urgent=urgent,
        remote=place.visit_type.remote,
        reason=reason.strip()[:200],
        note=note.strip()[:500],
        series=series,
        chain=chain,
        placed_at=act.at,
        created_at=act.at,
        created_by_id=act.by.user_id,
        created_by_name=act.by.name,
    )
    occupations = place.occupations(appointment=appointment)
    Occupation.objects.bulk_create(occupations)
    act.changed(appointment, None, occupations)
    return appointment


def check_patient(patient_id: int) -> None:
    """Refuse a patient for whom one cannot book any more."""
    patient = Patient.objects.only("merged_into", "deceased_on").filter(id=patient_id).first()
    if patient is None:
        raise Refusal("Ce patient n’existe pas. Rien n’a été réservé.", field="patient")
    if patient.merged_into_id is not None:
        raise Refusal(
            "Ce dossier a été fusionné avec un autre : prenez rendez-vous sur le dossier gardé."
            " Rien n’a été réservé.",
            field="patient",
        )
    if patient.deceased_on is not None:
        raise Refusal(
            f"Ce patient est noté décédé le {say_day(patient.deceased_on)}."
            " Rien n’a été réservé : corrigez d’abord son dossier si c’est une erreur.",
            field="patient",
        )


def drop_expired_holds(resource_ids: Collection[int]) -> None:
    """Remove the holds of these resources that nobody keeps any more.

    Locked in the order of their ids first: two acts freeing the same holds
    from two sides would otherwise wait for one another.
    """
    expired = list(
        Hold.objects.filter(
            id__in=Occupation.objects.filter(
                hold__expires_at__lte=clock.now(), resource_id__in=resource_ids
            ).values("hold_id")
        )
        .order_by("id")
        .select_for_update()
        .values_list("id", flat=True)
    )
    if expired:
        remove_holds(expired)


def remove_holds(hold_ids: Collection[int]) -> None:
    """Delete holds and what they take."""
    Occupation.objects.filter(hold_id__in=hold_ids).delete()
    Hold.objects.filter(id__in=hold_ids).delete()


def _check_known(catalogue: Catalogue, wish: Wish, *, new: bool) -> None:
    who = catalogue.who.get(wish.practitioner_id)
    visit_type = catalogue.visit_types.get(wish.visit_type_id)
    if who is None or not who.active:
        raise Refusal(
            "Ce praticien ne reçoit plus ici. Choisissez-en un autre.", field="practitioner"
        )
    if visit_type is None or (new and not visit_type.active):
        raise Refusal("Ce motif ne sert plus. Choisissez-en un autre.", field="visit_type")
    if wish.site_id is not None and wish.site_id not in catalogue.sites:
        raise Refusal("Ce site n’existe pas. Choisissez-en un autre.", field="site")


def _check_day(start: Minute, leave: Leave) -> None:
    if day_of(start) < clock.today() and not leave.past:
        raise Refusal(
            f"Le {say_day(day_of(start))} est passé. Vérifiez la date ; rien n’a été changé.",
            field="start",
        )


def _window(start: Minute) -> Span:
    """The day of a wish whole, and as far as the longest visit and its preparation reach."""
    first, last = day_span(day_of(start))
    return first - PREPARATION, max(last, start + LONGEST) + PREPARATION


def _patient_times(
    patient_id: int, windows: Sequence[Span], own: Collection[int]
) -> list[tuple[Span, str]]:
    """The patient's other appointments: when, with whom."""
    rows = Appointment.objects.filter(
        patient_id=patient_id,
        status=Appointment.Status.BOOKED,
        start__lt=instant_of(windows[-1][1]),
        end__gt=instant_of(windows[0][0]),
    ).values_list(MinuteOf("start"), MinuteOf("end"), "practitioner__resource__name", "id")
    return [((low, high), whom) for low, high, whom, key in rows if key not in own]
