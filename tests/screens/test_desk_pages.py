"""The day page and its other views: what they show, to whom, and at what cost."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.modules.reception_house import new
from tests.screens.desk_house import DAY, House, Secretary, account
from unisson.core.access import Actor
from unisson.core.models import AuditEvent
from unisson.patients.models import NearKind
from unisson.reception import actions as reception
from unisson.screens.secretary.day import REMEMBERED, render_column, render_sides

pytestmark = pytest.mark.django_db
PETIT = Actor(user_id=1, role="secretary", name="C. Petit")


@pytest.fixture
def house():
    with time_machine.travel(f"{DAY}T09:41:00+01:00", tick=False):
        house = House()
        house.roux = house.patient("ROUX", "Paul")
        house.lebrun = house.patient("LEBRUN", "Claire", "F", date(1978, 5, 4))
        house.lebrun.used_name, house.lebrun.birth_name = "Lebrun", "MOREL"
        house.lebrun.near_mark = NearKind.TWIN
        house.lebrun.save()
        house.nine = house.book(house.roux, "9:00")
        house.ten = house.book(house.lebrun, "10:00")
        house.other = house.book(house.lebrun, "11:00", house.nguyen)
        yield house


@pytest.fixture
def petit(house):
    return Secretary(account())


def text(response) -> str:
    assert response.status_code == 200, response.content
    return response.content.decode()


def test_the_day_shows_everyone_side_by_side(house, petit):
    reception.arrive(appointment_id=house.nine, by=PETIT, request_id=new())
    page = text(petit.get("/"))
    assert "<h1>mardi 24 novembre</h1>" in page
    assert page.index("Dr Diallo") < page.index("Dr Nguyen")
    assert f'id="col-{house.diallo.pk}"' in page
    assert f'data-k="r{house.nine}"' in page
    assert "Arrivé 9:41" in page
    # The whole identity, in its order, with the mark beside it.
    cell = page[page.index(f'data-k="r{house.ten}"') :]
    order = [cell.index(word) for word in ("LEBRUN", "née MOREL", "F 04/05/1978", "Jumelle")]
    assert order == sorted(order)
    assert "1 person" not in page
    assert '<h2 id="t-att">Salle d’attente <span class="n">1</span>' in page


def test_the_page_draws_with_the_same_code_as_the_live_feed(house, petit):
    page = text(petit.get("/"))
    assert render_column(house.diallo.pk, DAY) in page
    sides = render_sides(DAY, None)
    assert set(sides) == {"file", "dus", "compte"}
    assert all(html in page for html in sides.values())


def test_a_secretary_of_one_practitioner_sees_her_agenda_alone(house):
    user = account("kaya")
    user.works_for.set([house.nguyen])
    kaya = Secretary(user)
    page = text(kaya.get("/"))
    assert "Dr Nguyen" in page
    assert "Dr Diallo" not in page
    assert kaya.get(f"/semaine/{house.diallo.pk}/{DAY}/").status_code == 404
    assert kaya.piece(f"/rdv/{house.nine}/").status_code == 403
    assert kaya.act(f"/rdv/{house.nine}/arrive/").status_code in (403, 409)
    assert "ROUX" not in text(kaya.get(f"/liste/{DAY}/"))
    assert not AuditEvent.objects.filter(verb="reception.arrive").exists()


def test_nobody_enters_without_an_account(house, client):
    for address in ("/", f"/jour/{DAY}/", f"/rdv/{house.nine}/", "/rdv/premier/"):
        assert client.get(address)["Location"].startswith("/connexion/")
    assert client.post("/annuler/")["Location"].startswith("/connexion/")


def test_another_day_keeps_todays_waiting_room_beside_it(house, petit):
    reception.arrive(appointment_id=house.nine, by=PETIT, request_id=new())
    page = text(petit.get(f"/jour/{DAY + timedelta(days=2)}/"))
    assert "jeudi 26 novembre" in page
    waiting = page[page.index('id="file"') : page.index("<main")]
    assert "ROUX" in waiting
    assert 'class="mnt' not in page  # no "now" on another day


def test_an_empty_practice_says_so(db):
    with time_machine.travel(f"{DAY}T09:41:00+01:00", tick=False):
        page = text(Secretary(account()).get("/"))
    assert "Aucun agenda à montrer" in page


@pytest.mark.parametrize("address", ["/jour/2026-02-30/", "/mois/2026-13/", "/jour/demain/"])
def test_a_day_that_does_not_exist_is_not_a_page(petit, address):
    assert petit.get(address).status_code == 404


def test_the_typed_day_leads_to_its_page(petit):
    assert petit.get("/aller/", {"jour": "2026-12-24"})["Location"] == "/jour/2026-12-24/"
    assert petit.get("/aller/", {"jour": "n’importe"})["Location"] == f"/jour/{DAY}/"


def test_hours_shown_follow_what_is_there(house, petit):
    house.book(house.roux, "6:30", outside_hours=True, patient_overlap=True)
    assert "grille de-6 a-19" in text(petit.get("/"))


def test_an_absence_lists_who_is_left_to_replace(house, petit):
    response = petit.act(
        "/absence/nouvelle/",
        praticien=house.diallo.pk,
        du="2026-11-24",
        de="10:00",
        au="2026-11-24",
        a="12:00",
        libelle="Formation",
    )
    answer = response.json()
    assert f"col-{house.diallo.pk}" in answer["parts"]
    listed = text(petit.piece(answer["then"]))
    assert "1 rendez-vous à déplacer ou à annuler" in listed.replace("\u00a0", " ")
    assert "LEBRUN Claire, née MOREL, F 04/05/1978" in listed
    page = text(petit.get("/"))
    assert "À replacer" in page
    assert "Formation" in page
    ended = petit.act(f"{answer['then']}retirer/")
    assert ended.status_code == 200
    assert "À replacer" not in text(petit.get("/"))


def test_the_week_of_one(house, petit):
    page = text(petit.get(f"/semaine/{house.diallo.pk}/{DAY}/"))
    assert "lundi 23 novembre au dimanche 29 novembre" in page
    assert 'id="jour-2026-11-24"' in page
    assert f'data-k="r{house.nine}"' in page
    assert f'data-k="r{house.other}"' not in page


def test_the_month_counts(house, petit):
    page = text(petit.get("/mois/2026-11/"))
    assert "<b>3</b> rendez-vous" in page
    assert "<b>1</b> rendez-vous" in text(petit.get(f"/mois/2026-11/?praticien={house.nguyen.pk}"))


def test_the_list_and_the_paper_name_everyone_and_leave_a_trace(house, petit):
    page = text(petit.get(f"/liste/{DAY}/"))
    assert "LEBRUN" in page
    assert not AuditEvent.objects.filter(verb="desk.print").exists()
    paper = text(petit.get(f"/jour/{DAY}/imprimer/"))
    assert "née MOREL" in paper
    response = petit.get(f"/jour/{DAY}/journee.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(verb="desk.print", action="E").count() == 2


def test_a_name_is_text_on_paper_too(house, petit):
    house.roux.birth_name = '#panic("x") $ <b> *'
    house.roux.save()
    assert petit.get(f"/jour/{DAY}/journee.pdf").content.startswith(b"%PDF-")
    assert "<b> *" not in text(petit.get(f"/jour/{DAY}/imprimer/"))


def test_opening_an_appointment_is_in_the_trail(house, petit):
    shown = text(petit.piece(f"/rdv/{house.ten}/"))
    assert "LEBRUN Claire" in shown
    assert "jumelle" in shown
    read = AuditEvent.objects.get(verb="agenda.read")
    assert (read.action, read.patient_id) == ("R", house.lebrun.pk)


def test_a_piece_of_page_followed_as_a_link_opens_over_the_desk(house, petit):
    assert petit.get(f"/rdv/{house.ten}/")["Location"] == f"/?ouvre=%2Frdv%2F{house.ten}%2F"


def count(petit, address: str) -> int:
    REMEMBERED.clear()
    with CaptureQueriesContext(connection) as seen:
        assert petit.get(address).status_code == 200
    return len(seen)


def test_the_day_asks_as_much_of_the_database_whatever_is_in_it(house, petit):
    petit.get("/")
    few = count(petit, "/")
    for hour in range(12, 18):
        for minute in (0, 20, 40):
            house.book(house.patient(f"X{hour}{minute}", "A"), f"{hour}:{minute:02}")
    for number in (house.nine, house.other):
        reception.arrive(appointment_id=number, by=PETIT, request_id=new())
    many = count(petit, "/")
    assert many - few <= 1  # the names of who makes a practitioner late, once somebody does
    assert many <= 30, f"{few} then {many}"


def test_an_arrival_reads_the_agenda_again_no_more_than_it_must(house, petit):
    def asked() -> int:
        with CaptureQueriesContext(connection) as seen:
            page = text(petit.get("/"))
        assert "Dr Diallo" in page
        return sum("agenda_openingrule" in query["sql"] for query in seen)

    assert asked() == 1
    reception.arrive(appointment_id=house.nine, by=PETIT, request_id=new())
    assert asked() == 0
    assert "Arrivé 9:41" in text(petit.get("/"))
    number = house.book(house.patient("VIDAL", "Pierre"), "15:00")
    assert asked() == 1
    assert f'data-k="r{number}"' in text(petit.get("/"))
    with time_machine.travel(f"{DAY}T09:43:00+01:00", tick=False):
        assert asked() == 1  # minutes go by: what was free is past
