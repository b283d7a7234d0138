"""The practitioner's page: who is next and why, one act a key, and only her own patients."""

import json
from uuid import uuid4

import pytest
import time_machine

from tests.modules.reception_house import PETIT, House, at, new
from unisson.core.models import OutboxEvent
from unisson.reception import actions
from unisson.reception.models import Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(at("9:41"), tick=False) as moment:
        yield moment


@pytest.fixture
def house(clock):
    return House()


@pytest.fixture
def doctor(house, client):
    client.force_login(house.account("diallo", role="practitioner", practitioner=house.diallo))
    return client


@pytest.fixture
def day(house, clock):
    """Hamel is in, Roux and Costa wait, Bailly has not come, Tessier is expected."""
    numbers = {}
    for name, first, sex, start in [
        ("HAMEL", "Gérard", "M", "9:10"),
        ("BAILLY", "Simon", "M", "9:20"),
        ("ROUX", "Paul", "M", "9:40"),
        ("COSTA", "Maria", "F", "10:00"),
        ("TESSIER", "Jean", "M", "10:20"),
    ]:
        numbers[name] = house.book(house.patient(name, first, sex), start, squeeze_in=True)
    for action, name, moment in [
        (actions.call_in, "HAMEL", "9:35"),
        (actions.arrive, "ROUX", "9:18"),
        (actions.arrive, "COSTA", "9:36"),
    ]:
        clock.move_to(at(moment))
        action(appointment_id=numbers[name], by=PETIT, request_id=new())
    clock.move_to(at("9:41"))
    return numbers


def text(response) -> str:
    return response.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def post(client, address, **fields):
    response = client.post(f"/praticien/{address}/", {"request_id": str(uuid4())} | fields)
    return response, json.loads(response.content)


def state(number: int) -> str:
    return Visit.objects.get(pk=number).state


def test_says_who_is_in_who_is_next_and_why(doctor, day):
    page = text(doctor.get("/praticien/"))
    assert "<b>HAMEL</b> Gérard" in page
    assert "Terminer et appeler ROUX Paul" in page
    assert "Premier du planning parmi les 2 présents." in page
    assert "Avant dans le planning, pas encore là : " in page
    assert "BAILLY Simon (9 h 20)" in page
    assert "arrivé à 9 h 18, attend depuis" in page
    assert "15 min de retard" in page
    assert f'data-finit="{day["HAMEL"]}"' in page


def test_calling_the_next_one_ends_the_visit_of_who_was_in(doctor, day, clock):
    clock.move_to(at("9:55"))
    response, answer = post(doctor, "appeler", rendez_vous=day["ROUX"], finit=str(day["HAMEL"]))
    assert response.status_code == 200
    assert answer["sentence"].replace("\N{NO-BREAK SPACE}", " ") == (
        "ROUX Paul est en consultation depuis 9 h 55."
    )
    assert (state(day["ROUX"]), state(day["HAMEL"])) == ("with_practitioner", "left")
    assert "appeler COSTA Maria" in answer["parts"]["journee"]
    assert answer["position"] <= OutboxEvent.objects.latest("id").pk


def test_another_can_be_chosen(doctor, day):
    post(doctor, "appeler", rendez_vous=day["COSTA"], finit=str(day["HAMEL"]))
    assert (state(day["COSTA"]), state(day["ROUX"])) == ("with_practitioner", "arrived")


def test_finishing_leaves_nobody_in(doctor, day):
    _, answer = post(doctor, "terminer", rendez_vous=day["HAMEL"])
    assert state(day["HAMEL"]) == "left"
    assert "Appeler ROUX Paul" in answer["parts"]["journee"]


def test_taking_back_restores_both(doctor, day, clock):
    before = Visit.objects.filter(pk__in=day.values()).order_by("pk").values()
    before = list(before)
    clock.move_to(at("9:55"))
    _, answer = post(doctor, "appeler", rendez_vous=day["ROUX"], finit=str(day["HAMEL"]))
    assert f'data-demande="{answer["demande"]}"' in text(doctor.get("/praticien/"))
    _, again = post(doctor, "reprendre", demande=answer["demande"])
    assert again["demande"] == ""
    assert list(Visit.objects.filter(pk__in=day.values()).order_by("pk").values()) == before


def test_what_is_called_is_what_was_on_the_screen(doctor, day):
    """A colleague sends Roux away in between: nobody else is called in her place."""
    actions.leave_unseen(appointment_id=day["ROUX"], by=PETIT, request_id=new())
    response, answer = post(doctor, "appeler", rendez_vous=day["ROUX"], finit=str(day["HAMEL"]))
    assert response.status_code == 409
    assert "parti sans être vu" in answer["refusal"]
    assert (state(day["HAMEL"]), state(day["COSTA"])) == ("with_practitioner", "arrived")


def test_the_same_request_calls_once(doctor, day):
    fields = {"rendez_vous": day["ROUX"], "finit": str(day["HAMEL"]), "request_id": str(uuid4())}
    for _ in range(2):
        response, _ = post(doctor, "appeler", **fields)
        assert response.status_code == 200
    assert (state(day["ROUX"]), state(day["HAMEL"])) == ("with_practitioner", "left")


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("appeler", {}),
        ("appeler", {"rendez_vous": "x"}),
        ("terminer", {}),
        ("reprendre", {}),
        ("reprendre", {"demande": "x"}),
        ("terminer", {"rendez_vous": "1", "request_id": ""}),
    ],
)
def test_an_incomplete_request_is_refused_in_words(doctor, day, address, fields):
    response, answer = post(doctor, address, **fields)
    assert response.status_code == 409
    assert "Rien n’a été changé" in answer["refusal"]


def test_an_empty_day(doctor):
    page = text(doctor.get("/praticien/"))
    assert "Personne n’attend." in page
    assert "Plus personne aujourd’hui." in page


def test_a_remote_patient_can_be_called_when_it_is_her_time(house, doctor, clock):
    house.visit_type.remote = True
    house.visit_type.save()
    remote = house.book(house.patient("OLIVIER", "Hugo"), "9:30")
    assert "Appeler OLIVIER Hugo" in text(doctor.get("/praticien/"))
    post(doctor, "appeler", rendez_vous=remote)
    assert state(remote) == "with_practitioner"


class TestWhoMay:
    def test_only_practitioners(self, house, client, day):
        client.force_login(house.account("petit"))
        assert client.get("/praticien/").status_code == 403

    def test_only_their_own_patients(self, house, client, day):
        client.force_login(house.account("nguyen", role="practitioner", practitioner=house.nguyen))
        page = text(client.get("/praticien/"))
        assert "ROUX" not in page
        response, _ = post(client, "appeler", rendez_vous=day["ROUX"])
        assert response.status_code == 403
        assert state(day["ROUX"]) == "arrived"

    def test_get_changes_nothing(self, doctor, day):
        for address in ("appeler", "terminer", "reprendre"):
            assert doctor.get(f"/praticien/{address}/").status_code in (302, 405)
        assert state(day["HAMEL"]) == "with_practitioner"


def test_names_are_escaped(doctor, house):
    number = house.book(house.patient("<script>X", "A"), "9:40")
    actions.arrive(appointment_id=number, by=PETIT, request_id=new())
    assert "<script>X" not in text(doctor.get("/praticien/"))


def test_constant_number_of_queries(doctor, house, day, django_assert_max_num_queries):
    for number in range(9):
        booked = house.book(
            house.patient(f"N{number}", "Zoé", "F"), f"{12 + number // 3}:{number % 3 * 20:02}"
        )
        actions.arrive(appointment_id=booked, by=PETIT, request_id=new())
    with django_assert_max_num_queries(22):
        doctor.get("/praticien/")
