"""The command line: what it finds, what Enter would do, what it never does by itself."""

from __future__ import annotations

import json
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse

from tests.modules.reception_house import DAY
from tests.screens.orders_house import NOW, House, taken, typed
from unisson.agenda.models import Absence, Appointment
from unisson.core.models import AuditEvent
from unisson.patients import search_index
from unisson.reception.queries import visit_of

pytestmark = pytest.mark.django_db
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def _at_the_desk():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def client(house):
    return house.signed_in()


def act(client, option, **more):
    """Send the form of a choice, as the script does."""
    fields = {**json.loads(option["data-champs"]), **more}
    return client.post(
        option["data-poste"], fields, headers={"Accept": "application/json, text/html"}
    )


# Who ----------------------------------------------------------------------------


def test_a_name_shows_whoever_answers_and_chooses_nobody_between_two(client):
    shown = typed(client, "roux")
    assert shown.understood == "Patient : roux"
    assert [o["words"] for o in shown.options] == [
        "ROUX Léa F 07/09/2014",
        "ROUX Paul M 12/03/1951",
        "Créer un patient",
    ]
    assert shown.chosen is None
    assert "Choisir avec les flèches" in shown.words


def test_alone_and_certain_she_is_under_enter_and_nothing_is_opened_yet(client):
    shown = typed(client, "kaci")
    assert shown.chosen["words"] == "KACI Nadia F 17/08/1984"
    assert not AuditEvent.objects.filter(action="R").exists()


def test_a_patient_chosen_shows_what_can_be_done_and_the_trail_says_so(client, house):
    house.book(house.kaci, "10:00")
    house.book(house.kaci, "11:00", house.nguyen, day=TOMORROW)
    card = taken(client, typed(client, "kaci").chosen)
    assert "KACI Nadia F 17/08/1984" in card.words
    assert [(o["words"], o.get("data-touche")) for o in card.options] == [
        ("Ouvrir la fiche F", "f"),
        ("Prendre rendez-vous R", "r"),
        ("Arrivée 10 h, Dr Diallo, Consultation A", "a"),
        ("En salle 10 h, Dr Diallo, Consultation S", "s"),
        ("Absente 10 h, Dr Diallo, Consultation X", "x"),
        ("Déplacer mar. 24 nov. 10 h, Dr Diallo, Consultation D", "d"),
        ("Déplacer mer. 25 nov. 11 h, Dr Nguyen, Consultation", None),
    ]
    assert card.chosen["words"] == "Ouvrir la fiche F"
    line = AuditEvent.objects.get(action="R")
    assert (line.verb, line.patient_id) == ("agenda.read", house.kaci.pk)


def test_nobody_answers(client):
    shown = typed(client, "zzz")
    assert "Personne ne répond à « zzz »." in shown.words
    assert [o["words"] for o in shown.options] == ["Créer un patient"]
    assert shown.chosen is None


# Booking --------------------------------------------------------------------------


def test_a_booking_names_the_patient_before_it_shows_a_time(client):
    shown = typed(client, "rdv roux jeudi matin nguyen")
    assert shown.understood == "Rendez-vous pour roux, jeu. 26 nov., le matin, avec Dr Nguyen"
    assert shown.chosen is None
    slots = taken(client, shown.options[1])
    assert "ROUX Paul M 12/03/1951" in slots.words
    assert slots.chosen["words"].startswith("jeu. 26 nov., 8 h Dr Nguyen, 20 min")
    assert all("jeu. 26 nov." in o["words"] for o in slots.options if "data-poste" in o)


def test_enter_on_a_time_books_it_once(client, house):
    slots = typed(client, "rdv kaci demain 9h40 nguyen controle")
    assert "KACI Nadia F 17/08/1984" in slots.words
    option = slots.chosen
    assert option["words"] == "mer. 25 nov., 9 h 40 Dr Nguyen, 30 min, demain"
    for _ in range(2):
        answer = act(client, option).json()
        assert answer["sentence"].startswith("Rendez-vous pris")
    booked = Appointment.objects.get(patient=house.kaci)
    assert (booked.visit_type, booked.practitioner) == (house.control, house.nguyen)
    assert booked.minutes == 30


def test_the_usual_practitioner_and_the_first_visit_type_are_said_not_guessed(client, house):
    house.book(house.kaci, "9:00", house.nguyen, day=DAY - timedelta(days=30))
    slots = typed(client, "rdv kaci")
    assert "Consultation, avec Dr Nguyen, son praticien habituel" in slots.words
    others = [o["words"] for o in slots.options if o["further"]]
    assert others == ["Contrôle 30 min"]
    again = taken(client, next(o for o in slots.options if o["further"]))
    assert "30 min" in again.chosen["words"]


def test_the_hour_asked_for_is_taken_the_nearest_are_shown(client, house):
    house.book(house.paul, "9:40", house.nguyen, day=TOMORROW)
    slots = typed(client, "rdv kaci demain 9h40 nguyen")
    assert "Pas libre demain, mer. 25 nov., à 9 h 40. Au plus près :" in slots.words
    assert slots.chosen is None
    assert [o["words"].split(" Dr")[0] for o in slots.options[1:5]] == [
        "mer. 25 nov., 8 h 40",
        "mer. 25 nov., 9 h",
        "mer. 25 nov., 9 h 20",
        "mer. 25 nov., 10 h",
    ]


def test_nothing_free_says_so_and_shows_what_follows(client, house):
    Absence.objects.create(
        practitioner=house.nguyen,
        start="2026-11-25T00:00:00+01:00",
        end="2026-11-26T00:00:00+01:00",
        label="Formation",
        kind="absence",
        created_at=NOW,
    )
    slots = typed(client, "rdv kaci demain nguyen")
    assert "Rien de libre demain, mer. 25 nov. Ensuite :" in slots.words
    assert slots.options[0]["words"].startswith("jeu. 26 nov., 8 h")
    assert slots.chosen is None


def test_a_refused_booking_answers_with_the_form_and_its_reason(client, house):
    option = typed(client, "rdv kaci demain 9h40 nguyen").chosen
    house.book(house.paul, "9:40", house.nguyen, day=TOMORROW)
    answer = act(client, option)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.content.decode()
    assert not Appointment.objects.filter(patient=house.kaci).exists()


def test_a_squeeze_in_always_goes_through_the_form_that_says_so(client, house):
    house.book(house.paul, "11:00", house.nguyen)
    shown = typed(client, "rdv kaci en plus 11h nguyen")
    assert shown.chosen["words"] == "En plus, mar. 24 nov., 11 h Dr Nguyen"
    asked = parse_qs(urlsplit(shown.chosen["data-dialogue"]).query)
    assert (asked["plus"], asked["patient"]) == (["1"], [str(house.kaci.pk)])
    assert "dites avec qui" in typed(client, "rdv kaci en plus").words


def test_a_reason_and_an_urgency_are_booked_with_it(client, house):
    option = typed(client, "rdv kaci urgent demain 10h diallo motif Vertiges").chosen
    act(client, option)
    booked = Appointment.objects.get(patient=house.kaci)
    assert (booked.reason, booked.urgent) == ("Vertiges", True)


def test_why_she_comes_is_no_name_of_hers(client, house):
    shown = typed(client, "rdv kaci mal de dos demain diallo")
    assert shown.understood.endswith("avec Dr Diallo, « Mal de dos »")
    act(client, shown.chosen)
    assert Appointment.objects.get(patient=house.kaci).reason == "Mal de dos"


# Ambiguity ------------------------------------------------------------------------


def test_a_name_of_both_a_patient_and_a_practitioner_keeps_the_other_reading(client):
    shown = typed(client, "rdv nguyen demain")
    assert shown.understood == "Rendez-vous pour nguyen, demain, mer. 25 nov."
    other = shown.options[-1]
    assert other["words"] == "Rendez-vous (pour qui ?), demain, mer. 25 nov., avec Dr Nguyen"
    assert "avec Dr Nguyen" in taken(client, other).understood


def test_a_reading_that_finds_nobody_gives_way_to_one_that_does(client, house):
    # « martine nguyen » is nobody; « martine » neither; « kaci nguyen » is KACI with Dr Nguyen.
    shown = typed(client, "rdv kaci nguyen")
    assert "KACI Nadia" in shown.words
    house.diallo.family_name = "Roux"
    house.diallo.save()
    shown = typed(client, "rdv roux lea")
    assert shown.understood == "Rendez-vous pour lea, avec Dr Diallo"
    other = [o["words"] for o in shown.options if o["further"]][-1]
    assert other == "Rendez-vous pour roux lea"


def test_an_act_of_two_readings_waits_for_a_choice(client):
    shown = typed(client, "absent nguyen demain")
    assert shown.understood == "Absence de Dr Nguyen, demain, mer. 25 nov."
    assert shown.chosen is None
    assert "Absent sans prévenir" in shown.options[-1]["words"]
    assert typed(client, "absence nguyen demain").chosen is not None


def test_what_was_not_understood_is_shown(client):
    shown = typed(client, "libre xyz nguyen")
    assert "Pas compris : « xyz »" in shown.words


def test_a_doubt_about_the_day_is_shown(client):
    assert "la semaine d’après : jeu. 3 déc." in typed(client, "rdv kaci jeudi prochain").words
    assert "n’existe pas" in typed(client, "rdv kaci 28/03/2027 2h30").words


# The counter ----------------------------------------------------------------------


def test_only_those_of_today_answer_at_the_counter(client, house):
    house.book(house.paul, "10:00")
    house.book(house.lea, "10:00", day=TOMORROW)
    shown = typed(client, "arrive roux")
    assert shown.chosen["words"] == "ROUX Paul M 12/03/1951 10 h, Dr Diallo, Consultation"
    assert len(shown.options) == 1
    answer = act(client, shown.chosen).json()
    assert "ROUX Paul" in answer["sentence"]
    appointment = Appointment.objects.get(patient=house.paul)
    assert visit_of(appointment.pk).state == "arrived"
    again = typed(client, "arrive roux")
    assert not again.options
    assert "ROUX Paul, M 12/03/1951, 10 h : Arrivé 9:41." in again.words


def test_two_patients_of_today_are_never_chosen_by_the_machine(client, house):
    house.book(house.paul, "10:00")
    house.book(house.lea, "10:20")
    shown = typed(client, "arrive roux")
    assert len(shown.options) == 2
    assert shown.chosen is None
    assert typed(client, "arrive roux paul").chosen is not None
    assert typed(client, "arrive roux 10h20").chosen["words"].startswith("ROUX Léa")
    assert typed(client, "arrive roux 1951").chosen["words"].startswith("ROUX Paul")


def test_a_surname_comes_before_a_first_name(client, house):
    house.book(house.patient("ANDRE", "Roux"), "8:00")
    house.book(house.paul, "10:00")
    assert typed(client, "arrive roux").options[0]["words"].startswith("ROUX Paul")


def test_without_a_name_the_counter_lists_and_chooses_nobody(client, house):
    house.book(house.paul, "10:00")
    shown = typed(client, "arrive")
    assert len(shown.options) == 2
    assert shown.chosen is None


@pytest.mark.parametrize(
    ("line", "state"),
    [("salle roux", "in_room"), ("roux en consultation", "with_practitioner")],
)
def test_the_steps_of_a_visit(client, house, line, state):
    appointment = house.book(house.paul, "10:00")
    act(client, typed(client, line).chosen)
    assert visit_of(appointment).state == state
    act(client, typed(client, "sorti roux").chosen)
    assert visit_of(appointment).state == "left"
    act(client, typed(client, "attendu roux").chosen)
    assert visit_of(appointment).state == state


def test_absent_excused_and_put_back(client, house):
    appointment = house.book(house.mercier, "9:00")
    act(client, typed(client, "absent mercier").chosen)
    assert Appointment.objects.get(pk=appointment).status == "no_show"
    act(client, typed(client, "remettre mercier").chosen)
    assert Appointment.objects.get(pk=appointment).status == "booked"
    act(client, typed(client, "excusé mercier").chosen)
    assert Appointment.objects.get(pk=appointment).status == "excused"


def test_somebody_not_expected_is_said_and_can_be_booked(client):
    shown = typed(client, "arrive kaci")
    assert "Pas attendue aujourd’hui." in shown.words
    assert shown.chosen is None
    assert "KACI Nadia" in taken(client, shown.options[0]).words


def test_an_arrival_of_another_day_is_not_taken(client, house):
    house.book(house.paul, "10:00", day=TOMORROW)
    shown = typed(client, "arrive roux demain")
    assert "Cela se note le jour même" in shown.words
    assert not [o for o in shown.options if "data-poste" in o]


def test_a_misheard_name_finds_who_is_expected(client, house):
    house.book(house.kaci, "10:00")
    assert typed(client, "arrive kassi").chosen["words"].startswith("KACI Nadia")


# Moving, cancelling -----------------------------------------------------------------


def test_the_only_appointment_goes_straight_to_the_free_times(client, house):
    appointment = house.book(house.kaci, "10:00")
    shown = typed(client, "deplace kaci demain 11h")
    assert "KACI Nadia F 17/08/1984" in shown.words
    assert "mar. 24 nov., 10 h, Dr Diallo, Consultation, à déplacer" in shown.words
    assert shown.chosen["words"] == "mer. 25 nov., 11 h Dr Diallo, 20 min, demain"
    act(client, shown.chosen)
    assert Appointment.objects.get(pk=appointment).start.isoformat().startswith("2026-11-25T10:00")


def test_of_two_appointments_of_two_people_none_is_chosen(client, house):
    house.book(house.paul, "10:00")
    house.book(house.lea, "10:20")
    shown = typed(client, "deplace roux demain")
    assert len(shown.options) == 2
    assert shown.chosen is None
    assert "à déplacer" in taken(client, shown.options[0]).words
    assert "à déplacer" in typed(client, "deplace roux de 10h20 à 11h").words


def test_cancelling_opens_the_dialog_that_asks_who_and_why(client, house):
    appointment = house.book(house.kaci, "10:00", day=TOMORROW)
    shown = typed(client, "annule kaci demain")
    assert shown.chosen["data-dialogue"] == f"/rdv/{appointment}/annuler/"
    assert "Aucun rendez-vous à venir" in typed(client, "annule kaci lundi").words


def test_of_a_common_name_the_one_with_an_appointment_is_found(client, house):
    """Fourteen people called ROUX: more than are ever listed."""
    others = [house.patient("ROUX", f"Alix{letter}") for letter in "abcdefghijkl"]
    last = house.patient("ROUX", "Zoé", "F", date(1990, 5, 6))
    search_index.refresh([each.pk for each in (*others, last)])
    appointment = house.book(last, "10:00", day=TOMORROW)
    shown = typed(client, "annule roux demain")
    assert shown.chosen["data-dialogue"] == f"/rdv/{appointment}/annuler/"
    assert typed(client, "excuse roux demain").chosen["words"].startswith("ROUX Zoé")
    assert "Aucun rendez-vous à venir" in typed(client, "annule roux lundi").words


# Elsewhere ------------------------------------------------------------------------


def test_free_times_open_the_booking_of_that_time(client, house):
    shown = typed(client, "libre nguyen demain aprem")
    assert shown.chosen["words"].startswith("mer. 25 nov., 12 h Dr Nguyen")
    asked = parse_qs(urlsplit(shown.chosen["data-dialogue"]).query)
    assert asked["praticien"] == [str(house.nguyen.pk)]
    assert asked["jour"] == ["2026-11-25"]


def test_a_day_leads_to_its_page(client):
    assert typed(client, "jour 3 decembre").chosen["href"] == "/jour/2026-12-03/"
    assert typed(client, "demain").chosen["href"] == "/jour/2026-11-25/"
    assert typed(client, "jour 12 octobre").chosen["href"] == "/jour/2026-10-12/"


def test_a_week_and_a_month_lead_to_their_pages(client, house):
    shown = typed(client, "semaine 49 nguyen")
    assert shown.chosen["href"] == reverse("week", args=[house.nguyen.pk, date(2026, 11, 30)])
    assert shown.chosen["words"] == "Semaine de Dr Nguyen du lun. 30 nov."
    assert len([o for o in typed(client, "la semaine prochaine").options if "href" in o]) >= 2
    assert typed(client, "mois de janvier").chosen["words"] == "janvier 2027"


def test_time_is_blocked_when_all_is_said_and_asked_for_when_not(client, house):
    shown = typed(client, "bloque nguyen demain 12h 13h Réunion")
    assert shown.chosen["words"] == ("Bloquer Dr Nguyen mer. 25 nov., de 12 h à 13 h, Réunion")
    answer = act(client, shown.chosen).json()
    assert "sentence" in answer
    blocked = Absence.objects.get()
    assert (blocked.kind, blocked.label, blocked.practitioner) == ("block", "Réunion", house.nguyen)
    assert blocked.end - blocked.start == timedelta(hours=1)
    assert "data-dialogue" in typed(client, "bloque nguyen").chosen
    assert typed(client, "bloque demain 12h 13h").chosen is None


def test_an_absence_of_whole_days(client, house):
    act(client, typed(client, "absence diallo du 3 au 5 decembre congés").chosen)
    away = Absence.objects.get()
    assert (away.kind, away.label) == ("absence", "congés")
    assert away.end - away.start == timedelta(days=3)


def test_the_last_act_can_be_undone_from_the_line(client, house):
    act(client, typed(client, "rdv kaci demain 9h40 nguyen").chosen)
    shown = typed(client, "défaire")
    assert "Rendez-vous pris" in shown.chosen["words"]
    other_day = (DAY - timedelta(days=7)).isoformat()  # the desk behind shows another day
    act(client, shown.chosen, page=other_day)
    assert not typed(client, "annule kaci").chosen


def test_help_shows_lines_to_try(client):
    assert "prendre un rendez-vous" in typed(client, "aide").words
    assert typed(client, "?").understood == "Ce que la ligne comprend"


# The page, the rights -----------------------------------------------------------------


def test_without_a_script_the_line_is_a_page_and_its_acts_are_forms(client, house):
    response = client.get("/ordre/", {"q": "arrive roux"})
    house.book(house.paul, "10:00")
    response = client.get("/ordre/", {"q": "arrive roux"})
    page = response.content.decode()
    assert "<html" in page
    assert 'method="post"' in page
    assert "Compris" in page
    fields = json.loads(typed(client, "arrive roux").chosen["data-champs"])
    url = typed(client, "arrive roux").chosen["data-poste"]
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = client.post(
        url,
        fields,
        headers={"Accept": browser, "Referer": "http://testserver/ordre/?q=arrive+roux"},
        follow=True,
    )
    assert answer.redirect_chain == [("http://testserver/ordre/?q=arrive+roux", 302)]
    assert "ROUX Paul" in answer.content.decode()
    assert client.get("/ordre/").status_code == 200


def test_an_empty_line_answers_nothing(client):
    assert typed(client, "").options == []
    assert typed(client, "  ").options == []


@pytest.mark.parametrize("line", ["<script>x</script>", "'\"><b>", "%00", "rdv {{ 7 }}", "🦷 roux"])
def test_what_is_typed_is_never_markup(client, line):
    shown = typed(client, line)
    assert shown.status == 200
    assert "<script>x" not in shown.html
    assert not {"<", '"'} & set(line) or line not in shown.html


@pytest.mark.parametrize(
    "address",
    [
        "/ordre/?q=rdv+roux&patient=abc&lecture=99&rdv=-1&faire=rm",
        "/ordre/?q=deplace+roux&rdv=999999",
        "/ordre/?q=roux&patient=999999&faire=book",
        "/ordre/?patient=1&faire=book",
        "/ordre/?q=" + "a" * 5000,
    ],
)
def test_an_address_made_by_hand_breaks_nothing(client, address):
    assert client.get(address, headers={"X-Ordre": "1"}).status_code == 200


def test_who_is_not_signed_in_or_has_no_desk_sees_nothing(client, house):
    client.logout()
    assert client.get("/ordre/?q=roux").status_code == 302
    client.force_login(house.account("agent", "remote_agent"))
    assert client.get("/ordre/?q=roux").status_code == 403


def test_a_secretary_of_one_practitioner_gets_the_times_of_that_one(client, house):
    house.secretary.works_for.add(house.diallo)
    shown = typed(client, "libre demain")
    slots = [option for option in shown.options if "data-dialogue" in option]
    assert slots
    assert all("Dr Diallo" in option["words"] for option in slots)
    assert "Vous ne travaillez pas pour ce praticien" in typed(client, "libre nguyen demain").words
    house.book(house.kaci, "10:00", house.nguyen)
    assert not [o for o in typed(client, "arrive kaci").options if "data-poste" in o]


def test_the_line_asks_few_questions_of_the_database(
    client, house, known_set_up, django_assert_max_num_queries
):
    house.book(house.paul, "10:00")
    typed(client, "roux")
    for line, most in (("roux", 11), ("rdv kaci demain", 15), ("arrive roux", 11), ("libre", 8)):
        with django_assert_max_num_queries(most):
            typed(client, line)
