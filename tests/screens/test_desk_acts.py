"""What the keys and the forms of the desk do, sent as its scripts send it."""

from datetime import date, timedelta
from html import unescape
from urllib.parse import parse_qs
from uuid import uuid4

import pytest
import time_machine

from tests.screens.desk_house import DAY, House, Secretary, account
from unisson.agenda.models import Appointment, Hold
from unisson.core import live
from unisson.practice.models import User
from unisson.screens.surfaces import Change, Screen, surface

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    with time_machine.travel(f"{DAY}T09:41:00+01:00", tick=False):
        house = House()
        house.roux = house.patient("ROUX", "Paul")
        house.lebrun = house.patient("LEBRUN", "Claire", "F", date(1978, 5, 4))
        house.nine = house.book(house.roux, "9:00")
        house.ten = house.book(house.lebrun, "10:00")
        yield house


@pytest.fixture
def petit(house):
    return Secretary(account())


def wish(house, **changes):
    return {
        "patient": house.roux.pk,
        "praticien": house.diallo.pk,
        "jour": DAY.isoformat(),
        "minute": 11 * 60,
        "motif": house.visit_type.pk,
        "duree": 20,
        "raison": "Suivi",
        **changes,
    }


def status(number: int) -> str:
    return Appointment.objects.get(pk=number).status


# Booking ---------------------------------------------------------------------------


def test_the_form_of_a_free_slot_knows_where_it_was_opened(house, petit):
    form = petit.piece(
        "/rdv/nouveau/", praticien=house.diallo.pk, jour=DAY.isoformat(), minute=660
    ).content.decode()
    assert "Dr Diallo" in form
    assert "11\u00a0h" in form
    assert "Ajouter en plus" not in form
    assert f'value="{house.visit_type.pk}"' in form


def test_booking_answers_with_what_changed_and_where_the_focus_goes(house, petit):
    position = live.position()
    answer = petit.act("/rdv/nouveau/", **wish(house)).json()
    booked = Appointment.objects.latest("id")
    assert booked.patient == house.roux
    assert booked.reason == "Suivi"
    assert answer["focus"] == f"r{booked.pk}"
    assert set(answer["parts"]) == {f"col-{house.diallo.pk}", "file", "dus", "compte"}
    assert f'data-k="r{booked.pk}"' in answer["parts"][f"col-{house.diallo.pk}"]
    assert answer["position"] > position
    assert answer["sentence"].startswith("Rendez-vous pris")


def test_the_same_request_twice_books_once(house, petit):
    request_id = str(uuid4())
    first = petit.act("/rdv/nouveau/", **wish(house, request_id=request_id))
    again = petit.act("/rdv/nouveau/", **wish(house, request_id=request_id))
    assert first.json()["focus"] == again.json()["focus"]
    assert Appointment.objects.filter(patient=house.roux).count() == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"patient": ""}, "Choisissez le patient dans les réponses."),
        ({"duree": "vingt"}, "La durée est un nombre de minutes"),
        ({"duree": "0"}, "La durée va d’une minute à 12 heures."),
    ],
)
def test_a_mistake_keeps_all_that_was_typed(house, petit, changes, words):
    response = petit.act("/rdv/nouveau/", **wish(house, **changes))
    assert response.status_code == 422
    form = response.content.decode()
    assert words in form
    assert 'value="Suivi"' in form
    assert Appointment.objects.count() == 2


def test_a_slot_taken_meanwhile_offers_the_nearest_and_keeps_the_rest(house, petit):
    response = petit.act("/rdv/nouveau/", **wish(house, minute=600))
    assert response.status_code == 409
    form = response.content.decode()
    assert "Dr Diallo n’est pas libre" in form
    assert "ce que vous avez tapé est gardé" in form
    assert 'value="Suivi"' in form
    assert "ROUX Paul, M 12/03/1951" in form
    assert 'data-minute="620"' in form
    # What bends is a choice of its own and never what Enter does.
    assert 'type="button" class="bt" data-permettre="squeeze_in"' in form
    assert Appointment.objects.count() == 2


def test_a_squeeze_in_is_an_act_of_its_own(house, petit):
    form = petit.piece(
        "/rdv/nouveau/", praticien=house.diallo.pk, jour=DAY.isoformat(), minute=605, plus=1
    ).content.decode()
    assert "<h2>Ajouter en plus</h2>" in form
    assert "LEBRUN Claire, F 04/05/1978" in form
    assert "data-tenir" not in form
    petit.act("/rdv/nouveau/", **wish(house, minute=600, plus="1"))
    assert Appointment.objects.latest("id").squeeze_in


def test_what_was_allowed_on_purpose_is_done(house, petit):
    petit.act("/rdv/nouveau/", **wish(house, minute=1200, permis="outside_hours"))
    assert Appointment.objects.latest("id").minutes == 20
    assert Appointment.objects.count() == 3


def test_a_slot_is_held_while_the_form_is_open_and_given_back(house, petit):
    moreau = Secretary(account("moreau"))
    held = petit.act("/rdv/tenir/", **wish(house)).json()
    assert held["seconds"] == 300
    refused = moreau.act("/rdv/tenir/", **wish(house))
    assert refused.status_code == 409
    assert "le temps d’un appel" in refused.json()["refusal"]
    assert moreau.act("/rdv/nouveau/", **wish(house)).status_code == 409
    petit.act("/rdv/rendre/", tenu=held["hold"])
    assert not Hold.objects.exists()
    assert moreau.act("/rdv/nouveau/", **wish(house)).status_code == 200


def test_the_booking_uses_its_own_hold(house, petit):
    held = petit.act("/rdv/tenir/", **wish(house)).json()
    assert petit.act("/rdv/nouveau/", **wish(house, tenu=held["hold"])).status_code == 200
    assert not Hold.objects.exists()


# Acts of one key ----------------------------------------------------------------------


def test_arrived_in_room_and_back(house, petit):
    answer = petit.act(f"/rdv/{house.nine}/arrive/").json()
    assert answer["sentence"].startswith("ROUX Paul est arrivé")
    assert "s-arrive" in answer["parts"][f"col-{house.diallo.pk}"]
    assert "ROUX" in answer["parts"]["file"]
    petit.act(f"/rdv/{house.nine}/salle/")
    assert "s-salle" in petit.get("/").content.decode()
    back = petit.act("/annuler/").json()
    assert back["focus"] == f"r{house.nine}"
    assert "s-salle" not in petit.get("/").content.decode()


def test_undo_takes_back_whatever_came_last(house, petit):
    with time_machine.travel(f"{DAY}T09:42:00+01:00", tick=False):
        petit.act(f"/rdv/{house.ten}/arrive/")
    with time_machine.travel(f"{DAY}T09:43:00+01:00", tick=False):
        petit.act(f"/rdv/{house.nine}/absent/")
    with time_machine.travel(f"{DAY}T09:44:00+01:00", tick=False):
        said = petit.act("/annuler/").json()["sentence"]
        assert said.startswith("Annulé")
        assert status(house.nine) == "booked"
        assert "LEBRUN Claire" in petit.act("/annuler/").json()["sentence"]
        nothing = petit.act("/annuler/")
    assert nothing.status_code == 409
    assert "rien fait aujourd’hui" in nothing.json()["refusal"]


def test_undo_does_not_reach_back_to_yesterday(house, petit):
    petit.act(f"/rdv/{house.nine}/absent/")
    with time_machine.travel(f"{DAY + timedelta(days=1)}T09:00:00+01:00", tick=False):
        assert Secretary(User.objects.get(username="petit")).act("/annuler/").status_code == 409
    assert status(house.nine) == "no_show"


def test_moving_a_carried_appointment(house, petit):
    answer = petit.act(
        f"/rdv/{house.ten}/deplacer/",
        praticien=house.nguyen.pk,
        jour=DAY.isoformat(),
        minute=700,
        version=1,
    ).json()
    assert answer["focus"] == f"r{house.ten}"
    assert {f"col-{house.diallo.pk}", f"col-{house.nguyen.pk}"} <= set(answer["parts"])
    moved = Appointment.objects.get(pk=house.ten)
    assert moved.practitioner == house.nguyen


def test_a_move_onto_a_taken_time_says_where_there_is_room(house, petit):
    response = petit.act(
        f"/rdv/{house.ten}/deplacer/",
        praticien=house.diallo.pk,
        jour=DAY.isoformat(),
        minute=545,
        version=1,
    )
    assert response.status_code == 409
    assert "Libre au plus près" in response.json()["refusal"]
    assert Appointment.objects.get(pk=house.ten).version == 1


def test_two_people_who_change_the_same_appointment(house, petit):
    place = {"praticien": house.diallo.pk, "jour": DAY.isoformat(), "version": 1}
    assert petit.act(f"/rdv/{house.ten}/deplacer/", minute=700, **place).status_code == 200
    moreau = Secretary(account("moreau"))
    late = moreau.act(f"/rdv/{house.ten}/deplacer/", minute=720, **place)
    assert late.status_code == 409
    assert "C. Petit vient de changer ce rendez-vous" in late.json()["refusal"]


def test_cancelling_says_who_asked_and_why(house, petit):
    form = petit.piece(f"/rdv/{house.ten}/annuler/").content.decode()
    assert "LEBRUN Claire" in form
    wrong = petit.act(f"/rdv/{house.ten}/annuler/", par="")
    assert wrong.status_code == 422
    petit.act(f"/rdv/{house.ten}/annuler/", par="patient", raison="Guérie", version=1)
    cancelled = Appointment.objects.get(pk=house.ten)
    assert (cancelled.status, cancelled.ended_by) == ("cancelled", "patient")
    assert cancelled.ended_reason == "Guérie"
    assert petit.act(f"/rdv/{house.ten}/remettre/").status_code == 200
    assert status(house.ten) == "booked"


def test_excused_and_back(house, petit):
    petit.act(f"/rdv/{house.ten}/excuse/")
    assert status(house.ten) == "excused"
    assert "Excusée" in petit.get("/").content.decode()
    petit.act(f"/rdv/{house.ten}/remettre/")
    assert status(house.ten) == "booked"


def test_blocked_time_is_taken_out_and_given_back(house, petit):
    fields = {"praticien": house.diallo.pk, "du": DAY, "au": DAY, "libelle": "Visite"}
    petit.act("/absence/bloquer/", de="14:00", a="15:00", **fields)
    column = petit.get("/").content.decode()
    assert "Visite" in column
    assert petit.act("/rdv/nouveau/", **wish(house, minute=850)).status_code == 409
    wrong = petit.act("/absence/bloquer/", de="16:00", a="15:00", **fields)
    assert wrong.status_code == 409
    assert "La fin vient avant le début" in wrong.content.decode()


def test_an_act_without_its_request_id_is_refused(house, petit):
    response = petit.post(f"/rdv/{house.nine}/arrive/", {"page": DAY.isoformat()})
    assert response.status_code == 409
    assert "recommencez" in response.json()["refusal"]


def test_what_is_looked_at_is_not_changed(house, petit):
    for address in (f"/rdv/{house.nine}/arrive/", "/annuler/", "/rdv/tenir/"):
        assert petit.piece(address).status_code == 405


# Where there is room ---------------------------------------------------------------------


def test_the_first_free_of_the_practitioner_she_usually_sees(house, petit):
    shown = petit.piece("/rdv/premier/", patient=house.lebrun.pk).content.decode()
    assert f'<option value="{house.diallo.pk}" selected>' in shown
    assert "LEBRUN Claire, F 04/05/1978" in shown
    first = shown.index('class="creneau"')
    assert "10:20" in shown[first : first + 400]  # 19 minutes are left before 10:00
    assert f"patient={house.lebrun.pk}" in shown[first : first + 400]


def slots(response) -> list[str]:
    html = response.content.decode()
    return [part.split('"')[0] for part in html.split('data-ouvre="')[1:]]


def test_filters_narrow_the_answers(house, petit):
    def asked(**filters):
        return slots(petit.piece("/rdv/premier/", morceau="1", **filters))

    assert all(f"praticien={house.nguyen.pk}" in s for s in asked(praticien=house.nguyen.pk))
    assert all("jour=2026-11-26" in s for s in asked(jours="3"))
    assert all(
        int(s.split("minute=")[1].split("&")[0]) < 720 for s in asked(demi="morning", jours="3")
    )
    in_three_months = asked(des="90")[0]
    assert "jour=2027-02-24" in in_three_months
    week = asked(vue="semaine", praticien=house.nguyen.pk)
    assert len({s.split("jour=")[1][:10] for s in week}) == 6
    assert len(week) > 12


def test_who_can(house, petit):
    shown = petit.piece("/rdv/premier/", vue="qui", morceau="1").content.decode()
    assert "Dr Diallo" in shown
    assert "Dr Nguyen" in shown
    assert "et 24\u00a0autres jours" in shown


@pytest.mark.parametrize("odd", [{"praticien": "x"}, {"des": "-4"}, {"jours": "9"}, {"rdv": "9e9"}])
def test_an_odd_address_is_no_mistake(petit, odd):
    assert petit.piece("/rdv/premier/", **odd).status_code == 200


def test_moving_through_the_search(house, petit):
    shown = petit.piece("/rdv/premier/", rdv=house.ten).content.decode()
    assert "Déplacer le rendez-vous" in shown
    assert f'data-poser="/rdv/{house.ten}/deplacer/"' in shown


def test_who_to_call_when_a_practitioner_is_late(house, petit):
    for number, (start, name) in enumerate([("8:00", "HAMEL"), ("8:20", "COSTA")]):
        patient = house.patient(name, "Ida", "F")
        seat = house.book(patient, start)
        if number == 0:
            petit.act(f"/rdv/{seat}/arrive/")
            petit.act(f"/rdv/{seat}/consultation/")
    shown = petit.piece(f"/jour/{DAY}/prevenir/{house.diallo.pk}/")
    assert shown.status_code == 200


# The week -----------------------------------------------------------------------------------


def test_an_act_from_the_week_draws_the_week(house, petit):
    monday = DAY - timedelta(days=DAY.weekday())
    answer = petit.act(f"/rdv/{house.nine}/arrive/", page=f"{house.diallo.pk}/{monday}").json()
    assert "s-arrive" in answer["parts"]["jour-2026-11-24"]
    assert f"col-{house.diallo.pk}" not in answer["parts"]


def test_the_week_is_kept_true(house):
    monday = DAY - timedelta(days=DAY.weekday())
    screen = Screen("semaine", monday, frozenset([house.diallo.pk]))
    week = surface("semaine")
    mine = Change(frozenset([house.diallo.pk]), frozenset([DAY]))
    hers = Change(frozenset([house.nguyen.pk]), frozenset([DAY]))
    later = Change(frozenset([house.diallo.pk]), frozenset([DAY + timedelta(days=7)]))
    (part,) = week.parts(screen, [mine])
    assert f'data-k="r{house.nine}"' in week.draw([part], {})[part]["jour-2026-11-24"]
    assert not list(week.parts(screen, [hers, later]))


# Series, words ---------------------------------------------------------------------------------


def test_a_series_names_the_days_left_out(house, petit):
    house.book(house.lebrun, "11:00", day=DAY + timedelta(days=7))
    held = petit.act("/rdv/tenir/", **wish(house)).json()
    answer = petit.act(
        "/rdv/nouveau/",
        **wish(house, fois="3", tous="1", pas="weeks", sinon="skip", tenu=held["hold"]),
    ).json()
    assert "Sans place\u00a0: mar.\u00a01er\u00a0déc." in answer["sentence"]
    booked = Appointment.objects.filter(patient=house.roux, series__isnull=False)
    assert booked.count() == 2
    assert not Hold.objects.exists()


def test_a_series_that_must_be_whole_books_nothing(house, petit):
    house.book(house.lebrun, "11:00", day=DAY + timedelta(days=7))
    before = Appointment.objects.count()
    response = petit.act("/rdv/nouveau/", **wish(house, fois="3", sinon="refuse"))
    assert response.status_code == 409
    assert "1er décembre" in response.content.decode().replace("\u00a0", " ")
    assert Appointment.objects.count() == before


def test_the_words_of_an_appointment_are_corrected(house, petit):
    form = petit.piece(f"/rdv/{house.ten}/corriger/").content.decode()
    assert "LEBRUN Claire" in form
    fields = {"raison": "Certificat", "note": "Entend mal", "urgent": "on"}
    assert petit.act(f"/rdv/{house.ten}/corriger/", version=1, **fields).status_code == 200
    corrected = Appointment.objects.get(pk=house.ten)
    assert (corrected.reason, corrected.note, corrected.urgent) == (
        "Certificat",
        "Entend mal",
        True,
    )
    late = petit.act(f"/rdv/{house.ten}/corriger/", version=1, raison="Autre")
    assert late.status_code == 409
    assert 'value="Autre"' in late.content.decode()


def test_two_visits_follow_one_another_or_none_is_booked(house, petit):
    shown = petit.piece(
        "/rdv/premier/",
        morceau="1",
        patient=house.lebrun.pk,
        praticien=house.diallo.pk,
        motif=house.visit_type.pk,
        puis_praticien=house.nguyen.pk,
        puis_motif=house.visit_type.pk,
        des="1",
    )
    (address, *_) = slots(shown)
    assert address.startswith("/rdv/enchainer/?visite=")
    path, _, query = unescape(address).partition("?")
    sent = parse_qs(query)
    form = petit.piece(path, **sent).content.decode()
    assert "Dr Diallo" in form
    assert "Dr Nguyen" in form
    assert "LEBRUN Claire" in form
    before = Appointment.objects.count()
    assert petit.act(path, **{**sent, "patient": ""}).status_code == 422
    answer = petit.act(path, **sent, raison="Bilan").json()
    assert "enchaînés" in answer["sentence"]
    assert Appointment.objects.filter(chain__isnull=False, reason="Bilan").count() == 2
    again = petit.act(path, **{**sent, "patient": house.roux.pk})
    assert again.status_code == 409
    assert "Aucune des visites n’a été réservée" in again.content.decode()
    assert Appointment.objects.count() == before + 2


@pytest.mark.parametrize("visits", [[], ["1.1.2026-11-24.540"], ["a", "b"], ["9.9.9.9"] * 2])
def test_a_chain_from_an_odd_address_is_refused_in_words(petit, visits):
    response = petit.piece("/rdv/enchainer/", visite=visits)
    assert response.status_code == 409
    assert "ne peuvent pas s’enchaîner" in response.json()["refusal"]
