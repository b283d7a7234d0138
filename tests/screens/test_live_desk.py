"""The desk and the practitioner's page: stale screen + events = fresh screen, on real acts."""

import random
from datetime import timedelta

import pytest
import time_machine

from tests.modules.reception_house import DAY, LEROY, PETIT, House, at, new
from tests.screens.live_example import apply, parse
from unisson.agenda import actions as agenda
from unisson.agenda.models import Appointment
from unisson.core import live
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.patients.models import Patient
from unisson.practice.models import Practitioner
from unisson.reception import actions as reception
from unisson.screens.live_frames import Clockwork, catch_up, compose
from unisson.screens.practitioner import day as practitioner_page
from unisson.screens.secretary import day_live
from unisson.screens.secretary.day import render_column, render_sides
from unisson.screens.surfaces import Change, Screen

pytestmark = pytest.mark.django_db
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def clock():
    with time_machine.travel(at("9:41"), tick=False) as moment:
        yield moment


@pytest.fixture
def house(clock):
    house = House()
    patients = [
        house.patient(name, first, sex)
        for name, first, sex in [
            ("ROUX", "Paul", "M"),
            ("LEBRUN", "Claire", "F"),
            ("COSTA", "Maria", "F"),
            ("O’BRIEN <b>", "Éva", "U"),
        ]
    ]
    for number in range(10):
        house.book(
            patients[number % 4],
            f"{8 + number // 3}:{number % 3 * 20:02}",
            (house.diallo, house.nguyen)[number % 2],
            day=(DAY, DAY, TOMORROW)[number % 3],
            patient_overlap=True,
        )
    return house


def screens(house: House) -> list[Screen]:
    return [
        Screen("jour", DAY),
        Screen("jour", DAY, frozenset([house.diallo.pk])),
        Screen("jour", TOMORROW),
        Screen("praticien", DAY, frozenset([house.nguyen.pk])),
    ]


def fresh(screen: Screen) -> dict[str, str]:
    """The parts of the page as its view draws them."""
    if screen.view == "praticien":
        return practitioner_page._draw(*screen.practitioner_ids)
    ids = Practitioner.objects.values_list("id", flat=True)
    columns = {
        f"col-{number}": render_column(number, screen.day) for number in ids if screen.shows(number)
    }
    return columns | render_sides(screen.day, screen.practitioner_ids)


class Day:
    """Random acts of two secretaries on what the practice has."""

    def __init__(self, house: House, seed: int, clock) -> None:
        self.house, self.source, self.clock = house, random.Random(seed), clock
        self.done: list[int] = []

    def act(self) -> None:
        pick = self.source.choice
        appointment = pick(list(Appointment.objects.values_list("id", flat=True)))
        by = pick([PETIT, LEROY])
        common = {"appointment_id": appointment, "by": by, "request_id": new()}
        day, minute = pick([DAY, TOMORROW]), pick(range(8 * 60, 18 * 60, 20))
        start = at(f"{minute // 60}:{minute % 60:02}", day)
        who = pick([self.house.diallo.pk, self.house.nguyen.pk])
        acts = [
            lambda: reception.arrive(**common),
            lambda: reception.to_room(**common),
            lambda: reception.call_in(**common),
            lambda: reception.leave(**common),
            lambda: reception.leave_unseen(**common),
            lambda: reception.step_back(**common),
            lambda: reception.mark_excused(**common),
            lambda: agenda.cancel(**common, by_whom="patient"),
            lambda: agenda.put_back(**common, squeeze_in=True, patient_overlap=True),
            lambda: agenda.move(
                **common, start=start, practitioner_id=who, past=True, patient_overlap=True
            ),
            lambda: agenda.change_details(**common, reason=pick(["Suivi", "À <jeun>", ""])),
            lambda: agenda.book(
                patient_id=pick(list(Patient.objects.values_list("id", flat=True))),
                visit_type_id=self.house.visit_type.pk,
                practitioner_id=who,
                start=start,
                squeeze_in=pick([False, True]),
                past=True,
                patient_overlap=True,
                by=by,
                request_id=new(),
            ),
            lambda: agenda.declare_absence(
                practitioner_id=who,
                start=start,
                end=start + timedelta(hours=1),
                label="Formation",
                by=by,
                request_id=new(),
            ),
        ]
        try:
            pick(acts)()
        except Refusal:
            return


@pytest.mark.parametrize("seed", range(4))
def test_by_events_whatever_was_done(house, clock, seed):
    day, position, memories = Day(house, seed, clock), live.position(), {}
    pages = {screen: fresh(screen) for screen in screens(house)}
    for _ in range(6):
        for _ in range(day.source.randrange(1, 5)):
            day.act()
        news = live.missed(position)
        if not news:
            continue
        position = news[-1].id
        for screen, frame in compose(news, pages, memories).items():
            apply(pages[screen], parse(frame.data))
        assert pages == {screen: fresh(screen) for screen in pages}


@pytest.mark.parametrize("seed", range(6, 8))
def test_by_catching_up_and_by_minutes(house, clock, seed):
    day, position, memories = Day(house, seed, clock), live.position(), {}
    pages = {screen: fresh(screen) for screen in screens(house)}
    clockwork = Clockwork()
    clockwork.tick(pages, memories)
    for _ in range(12):
        day.act()
    for screen in pages:
        apply(pages[screen], parse(catch_up(screen, position, memories).data))
    assert pages == {screen: fresh(screen) for screen in pages}
    clock.shift(timedelta(minutes=17))
    for screen, frame in clockwork.tick(pages, memories).items():
        apply(pages[screen], parse(frame.data))
    today = [screen for screen in pages if screen.day == DAY]
    assert {s: pages[s] for s in today} == {s: fresh(s) for s in today}


def test_an_arrival_does_not_read_the_agenda_again(house, clock, django_assert_max_num_queries):
    """What is kept is used for arrivals, and thrown away by anything else."""
    memories, screen = {}, Screen("jour", DAY)
    number = Appointment.objects.filter(practitioner=house.diallo, start__date=DAY).first().pk

    def sent(act):
        position = live.position()
        act()
        return live.missed(position)

    common = {"appointment_id": number, "by": PETIT}
    compose(sent(lambda: reception.arrive(**common, request_id=new())), [screen], memories)
    news = sent(lambda: reception.to_room(**common, request_id=new()))
    with django_assert_max_num_queries(4):
        frames = compose(news, [screen], memories)
    assert "En salle" in parse(frames[screen].data)["data"]["elements"][f"col-{house.diallo.pk}"]
    news = sent(lambda: agenda.change_details(**common, reason="Essoufflé", request_id=new()))
    frames = compose(news, [screen], memories)
    assert "Essoufflé" in parse(frames[screen].data)["data"]["elements"][f"col-{house.diallo.pk}"]


def test_an_arrival_today_shows_beside_every_day(house, clock):
    """The waiting room is about today, whatever day is in the middle."""
    number = Appointment.objects.filter(practitioner=house.diallo, start__date=DAY).first().pk
    position = live.position()
    reception.arrive(appointment_id=number, by=PETIT, request_id=new())
    frames = compose(live.missed(position), [Screen("jour", TOMORROW)])
    message = parse(frames[Screen("jour", TOMORROW)].data)
    assert set(message["data"]["elements"]) == {"file", "dus", "compte"}


def test_an_arrival_is_announced_in_words(house, clock):
    position = live.position()
    roux = house.book(Patient.objects.get(birth_name="ROUX"), "15:00")
    lea = house.book(house.patient("ROUX", "Léa", "F", born=DAY - timedelta(days=3000)), "15:20")
    for number in (roux, lea):
        reception.arrive(appointment_id=number, by=PETIT, request_id=new())
    reception.step_back(appointment_id=roux, by=LEROY, request_id=new())
    frames = compose(live.missed(position), [Screen("jour", DAY)])
    heard = parse(frames[Screen("jour", DAY)].data)["data"]["annonces"]
    assert [(each["texte"].replace("\N{NO-BREAK SPACE}", " "), each["par"]) for each in heard] == [
        ("M. ROUX Paul est arrivé, Dr Diallo", PETIT.user_id),
        ("ROUX Léa est arrivée, Dr Diallo", PETIT.user_id),
        ("M. ROUX Paul est de nouveau attendu, Dr Diallo", LEROY.user_id),
    ]


def test_a_corrected_name_is_drawn_where_the_patient_is_expected(house, clock):
    """News of a patient say who, not where: it is looked up among the days being watched."""
    lebrun = Patient.objects.get(birth_name="LEBRUN")
    position = live.position()
    with gesture("patients.update", by=PETIT) as act:
        Patient.objects.filter(pk=lebrun.pk).update(birth_name="LEBRUNE")
        act.audit("U", lebrun, patient_id=lebrun.pk)
        act.tell("patients.changed", patient_id=lebrun.pk)
    news = live.missed(position)
    expected = {
        (number, start.date())
        for number, start in Appointment.objects.filter(patient=lebrun).values_list(
            "practitioner_id", "start"
        )
    }
    change = day_live.of_patients(news[0], frozenset([DAY]))
    assert change == Change(
        frozenset(number for number, day in expected if day == DAY), frozenset([DAY])
    )
    pages = {Screen("jour", DAY): fresh(Screen("jour", DAY))}
    frames = compose(news, pages)
    for screen, frame in frames.items():
        apply(pages[screen], parse(frame.data))
    assert pages[Screen("jour", DAY)] == fresh(Screen("jour", DAY))
    assert "LEBRUNE" in "".join(pages[Screen("jour", DAY)].values())


def test_a_change_of_the_practice_draws_every_page_again(house, clock):
    position = live.position()
    with gesture("practice.configure", by=PETIT.__class__(9, "manager", "G. Roy")) as act:
        act.audit("U", "Practice")
        act.tell("practice.changed")
    frames = compose(live.missed(position), screens(house))
    assert {parse(frame.data)["event"] for frame in frames.values()} == {"recharger"}
