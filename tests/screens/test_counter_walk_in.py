"""Somebody without an appointment: one explicit form, one arrival, nothing by accident."""

import json
from uuid import uuid4

import pytest
import time_machine

from tests.modules.reception_house import DAY, House, at
from unisson.agenda.models import Appointment, OpeningRule
from unisson.reception.models import Visit

pytestmark = pytest.mark.django_db
ADDRESS = "/accueil/sans-rendez-vous/"


@pytest.fixture(autouse=True)
def morning():
    with time_machine.travel(at("9:41"), tick=False) as clock:
        yield clock


@pytest.fixture
def house():
    return House()


@pytest.fixture
def secretary(house, client):
    client.force_login(house.account("petit"))
    return client


@pytest.fixture
def benali(house):
    return house.patient("BENALI", "Inès", "F")


def fields(house, patient, **more):
    return {
        "request_id": str(uuid4()),
        "patient": patient.pk,
        "praticien": house.diallo.pk,
        "motif": house.visit_type.pk,
        "page": DAY.isoformat(),
    } | more


def test_the_form_proposes_whom_she_usually_sees(house, secretary, benali):
    house.book(benali, "8:00", house.nguyen)
    page = secretary.get(ADDRESS, {"patient": benali.pk}, headers={"X-Boite": "1"}).content.decode()
    assert "BENALI Inès" in page
    assert f'value="{house.nguyen.pk}" selected' in page
    assert "9\N{NO-BREAK SPACE}h\N{NO-BREAK SPACE}41" in page


def test_she_is_added_beside_the_plan_and_arrived(house, secretary, benali):
    house.book(house.patient("ROUX", "Paul"), "9:40")
    response = secretary.post(ADDRESS, fields(house, benali, urgent="1", raison="Chute"))
    answer = json.loads(response.content)
    added = Appointment.objects.get(patient=benali)
    assert (added.start, added.squeeze_in, added.urgent, added.reason) == (
        at("9:41"),
        True,
        True,
        "Chute",
    )
    assert Visit.objects.get(pk=added.pk).state == "arrived"
    assert answer["focus"] == f"r{added.pk}"
    assert "est arrivée à" in answer["sentence"]
    assert "BENALI" in answer["parts"][f"col-{house.diallo.pk}"]
    assert "BENALI" in answer["parts"]["file"]


def test_sent_twice_she_is_added_once(house, secretary, benali):
    sent = fields(house, benali)
    for _ in range(2):
        assert secretary.post(ADDRESS, sent).status_code == 200
    assert Appointment.objects.filter(patient=benali).count() == 1


def test_outside_hours_is_asked_for_and_then_allowed(house, secretary, benali):
    OpeningRule.objects.all().delete()
    response = secretary.post(ADDRESS, fields(house, benali))
    page = response.content.decode()
    assert response.status_code == 409
    assert 'data-permettre="outside_hours"' in page
    assert "BENALI Inès" in page
    assert not Appointment.objects.filter(patient=benali).exists()
    assert secretary.post(ADDRESS, fields(house, benali, permis="outside_hours")).status_code == 200
    assert Appointment.objects.filter(patient=benali).count() == 1


@pytest.mark.parametrize("missing", ["patient", "praticien", "motif"])
def test_what_is_missing_is_said_under_its_field(house, secretary, benali, missing):
    response = secretary.post(ADDRESS, fields(house, benali) | {missing: ""})
    assert response.status_code == 422
    assert "Choisissez" in response.content.decode()
    assert not Appointment.objects.exists()


def test_only_for_practitioners_she_works_for(house, client, benali):
    account = house.account("petit")
    account.works_for.set([house.nguyen])
    client.force_login(account)
    response = client.post(ADDRESS, fields(house, benali))
    assert response.status_code in (403, 409)
    assert not Appointment.objects.exists()


def test_not_for_a_remote_agent(house, client, benali):
    client.force_login(house.account("loin", role="remote_agent"))
    assert client.post(ADDRESS, fields(house, benali)).status_code == 403
    assert not Appointment.objects.exists()
