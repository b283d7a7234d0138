"""Signing in: who gets in, who is made to wait, and what is kept of it."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.screens.session_house import PASSWORD, Small, small_practice
from unisson.core.models import AuditEvent
from unisson.practice.models import SignInAttempt, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def small() -> Small:
    return small_practice()


def sign_in(client: Client, username: str = "c.petit", password: str = PASSWORD, suite: str = "",
            **extra):  # fmt: skip
    address = reverse("sign-in") + (f"?suite={suite}" if suite else "")
    return client.post(address, {"username": username, "password": password}, **extra)


def last_audit() -> AuditEvent:
    found = AuditEvent.objects.order_by("-id").first()
    assert found
    return found


def test_name_and_password_open_the_desk(client, small):
    response = sign_in(client)
    assert response.status_code == 302
    assert response["Location"] == "/"
    line = last_audit()
    assert (line.verb, line.actor_name, line.detail) == ("session.sign_in", "C. Petit", "connexion")
    assert line.session
    assert line.device


def test_a_practitioner_lands_on_her_own_day(client, small):
    assert sign_in(client, "a.martin")["Location"] == reverse("practitioner-day")
    client.post(reverse("sign-out"))
    assert sign_in(client, "a.martin", suite="/patients/3/")["Location"] == "/patients/3/"


def test_case_and_spaces_around_the_name_do_not_matter(client, small):
    assert sign_in(client, " C.Petit ").status_code == 302


def test_the_session_key_changes_at_sign_in(client, small):
    client.get(reverse("sign-in"))
    session = client.session
    session["left by somebody"] = "x"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client)
    assert client.cookies["sessionid"].value != before
    assert not Client(headers={"cookie": f"sessionid={before}"}).session.get("_auth_user_id")


@pytest.mark.parametrize(
    ("suite", "goes"),
    [
        ("/patients/12/", "/patients/12/"),
        ("/jour/2026-11-24/%3Fx=1", "/jour/2026-11-24/?x=1"),
        ("https://ailleurs.example/", "/"),
        ("//ailleurs.example/", "/"),
        ("/%5Cailleurs.example/", "/"),
        ("%5C%5Cailleurs.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/deconnexion/", "/"),
        ("ailleurs", "/"),
    ],
)
def test_after_it_only_an_address_of_this_site(client, small, suite, goes):
    assert sign_in(client, suite=suite)["Location"] == goes


@pytest.mark.parametrize("username", ["c.petit", "personne", ""])
def test_wrong_is_said_the_same_way_whoever_it_is(client, small, username):
    response = sign_in(client, username, "faux")
    assert response.status_code == 422
    assert "Identifiant ou mot de passe incorrect." in response.content.decode()
    assert last_audit().actor_id is None


def test_a_password_typed_as_a_name_is_kept_nowhere(client, small):
    sign_in(client, "monmotdepasse", "faux")
    assert not AuditEvent.objects.filter(detail__contains="monmotdepasse").exists()
    assert "monmotdepasse" not in SignInAttempt.objects.get().account
    assert last_audit().object_id is None


def test_failures_name_the_account_in_the_trail(client, small):
    sign_in(client, password="faux")
    line = last_audit()
    assert (line.object_type, line.object_id) == ("User", small.petit.pk)
    assert line.detail == "échec : mot de passe"


def test_a_closed_account_is_like_no_account(client, small):
    User.objects.filter(pk=small.petit.pk).update(is_active=False)
    assert "incorrect" in sign_in(client).content.decode()


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2026, 12, 1), None, "s’ouvre le 01/12/2026"),
        (None, date(2026, 11, 20), "s’est fermé le 20/11/2026"),
    ],
)
def test_dates_of_an_account_are_told_to_its_owner_alone(client, small, start, end, said):
    User.objects.filter(pk=small.petit.pk).update(valid_from=start, valid_until=end)
    with time_machine.travel("2026-11-24 09:00+01:00"):
        assert said in sign_in(client).content.decode()
        assert "incorrect" in sign_in(client, password="faux").content.decode()


def test_an_account_that_ends_today_works_until_midnight_in_paris(client, small):
    User.objects.filter(pk=small.petit.pk).update(valid_until=date(2026, 11, 24))
    with time_machine.travel("2026-11-24 22:59:00Z", tick=False) as clock:
        sign_in(client)
        assert client.get(reverse("account")).status_code == 200
        clock.shift(timedelta(minutes=2))
        assert client.get(reverse("account")).status_code == 302


class TestThrottle:
    def test_five_mistakes_are_free_then_one_waits(self, client, small):
        with time_machine.travel("2026-11-24 09:00+01:00", tick=False) as clock:
            for _ in range(5):
                assert "incorrect" in sign_in(client, password="faux").content.decode()
            page = sign_in(client).content.decode()
            assert "Trop d’essais. Le prochain sera possible à 9 h 00 et 30 s" in page
            clock.shift(timedelta(seconds=31))
            assert sign_in(client).status_code == 302

    def test_it_survives_a_restart_and_another_browser(self, small):
        for _ in range(5):
            sign_in(Client(), password="faux")
        assert "Trop d’essais" in sign_in(Client()).content.decode()

    def test_each_further_mistake_doubles_the_wait_up_to_a_quarter_of_an_hour(self, client, small):
        with time_machine.travel("2026-11-24 09:00+01:00", tick=False) as clock:
            for _ in range(5):
                sign_in(client, password="faux")
            waits = []
            for _ in range(7):
                waited = 0
                while "Trop d’essais" in sign_in(client, password="faux").content.decode():
                    clock.shift(timedelta(seconds=30))
                    waited += 30
                waits.append(waited)
        assert waits == [30, 60, 120, 240, 480, 900, 900]

    def test_one_account_made_to_wait_leaves_the_others_alone(self, client, small):
        for _ in range(6):
            sign_in(client, password="faux")
        assert sign_in(client, "s.moreau").status_code == 302

    def test_one_address_that_tries_many_names_waits(self, client, small):
        for number in range(20):
            sign_in(client, f"nom{number}", "faux", REMOTE_ADDR="10.0.0.9")
        assert "Trop d’essais" in sign_in(client, REMOTE_ADDR="10.0.0.9").content.decode()
        assert sign_in(Client(), REMOTE_ADDR="10.0.0.8").status_code == 302

    def test_a_forged_header_does_not_change_the_address(self, client, small):
        for number in range(20):
            sign_in(client, f"nom{number}", "faux", headers={"X-Forwarded-For": f"10.1.1.{number}"})
        assert "Trop d’essais" in sign_in(client).content.decode()

    def test_the_proxy_is_believed_only_about_the_last_address(self, client, small, settings):
        settings.BEHIND_PROXY = True
        for number in range(20):
            forwarded = f"10.1.1.{number}, 192.0.2.7"
            sign_in(client, f"nom{number}", "faux", headers={"X-Forwarded-For": forwarded})
        page = sign_in(client, headers={"X-Forwarded-For": "10.9.9.9, 192.0.2.7"}).content.decode()
        assert "Trop d’essais" in page

    def test_failing_on_purpose_elsewhere_does_not_shut_her_out_of_her_desk(self, client, small):
        sign_in(client)
        client.post(reverse("lock"))
        for _ in range(8):
            sign_in(Client(), password="faux")
        answer = client.post(reverse("unlock"), {"account": small.petit.pk, "secret": PASSWORD})
        assert answer.status_code == 302

    def test_a_right_password_erases_the_count(self, client, small):
        for _ in range(4):
            sign_in(client, password="faux")
        sign_in(client)
        assert not SignInAttempt.objects.exists()


def test_signing_out_ends_the_session(client, small):
    sign_in(client)
    assert client.get(reverse("account")).status_code == 200
    client.post(reverse("sign-out"))
    assert last_audit().verb == "session.sign_out"
    assert client.get(reverse("account"))["Location"].startswith("/connexion/")
    # Nor is there a way back by code.
    assert client.get(reverse("unlock"))["Location"] == "/connexion/"


def test_signing_out_takes_a_form_of_ours(small):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(small.petit)
    assert strict.post(reverse("sign-out")).status_code == 403
    assert strict.get(reverse("sign-out")).status_code == 405


def test_a_temporary_password_opens_one_page_only(client, small):
    User.objects.filter(pk=small.petit.pk).update(must_change_password=True)
    sign_in(client)
    assert client.get("/")["Location"] == reverse("account")
    page = client.get(reverse("account")).content.decode()
    assert "provisoire" in page
    chosen = "quatre mots sans rapport"
    client.post(
        reverse("change-password"),
        {"password": PASSWORD, "new_password": chosen, "repeat_password": chosen},
    )
    assert not User.objects.get(pk=small.petit.pk).must_change_password
    assert client.get(reverse("account")).status_code == 200
    assert client.get("/").status_code != 302


@pytest.mark.parametrize(
    ("new", "repeat", "said"),
    [
        ("court", "court", "trop court"),
        ("motdepasse12345", "autre", "diffèrent"),
        (PASSWORD, PASSWORD, "différent de l’actuel"),
        ("c.petit12345", "c.petit12345", "ressemble"),
    ],
)
def test_a_weak_password_is_refused_in_words(client, small, new, repeat, said):
    sign_in(client)
    answer = client.post(
        reverse("change-password"),
        {"password": PASSWORD, "new_password": new, "repeat_password": repeat},
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert User.objects.get(pk=small.petit.pk).check_password(PASSWORD)


def test_changing_it_ends_her_other_sessions(client, small):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    chosen = "quatre mots sans rapport"
    client.post(
        reverse("change-password"),
        {"password": PASSWORD, "new_password": chosen, "repeat_password": chosen},
    )
    assert client.get(reverse("account")).status_code == 200
    assert elsewhere.get(reverse("account")).status_code == 302


class TestDemonstration:
    @pytest.fixture
    def listening(self, settings):
        settings.LISTENS_ON_LOOPBACK = True

    def test_one_click_lands_on_the_desk(self, client, listening):
        small = small_practice(demonstration=True)
        page = client.get(reverse("sign-in")).content.decode()
        assert "C. Petit" in page
        answer = client.post(reverse("try-out"), {"account": small.petit.pk})
        assert answer["Location"] == "/"
        assert last_audit().verb == "session.sign_in"
        assert client.get(reverse("account")).status_code == 200

    def test_nor_does_the_lock_ask_for_a_password(self, client, listening):
        small = small_practice(demonstration=True)
        client.post(reverse("try-out"), {"account": small.petit.pk})
        client.post(reverse("lock"))
        assert "reprendre sans mot de passe" in client.get(reverse("unlock")).content.decode()
        client.post(reverse("try-out"), {"account": small.petit.pk, "suite": "/mon-compte/"})
        assert client.get(reverse("account")).status_code == 200

    @pytest.mark.parametrize("why", ["a real practice", "not loopback", "afar", "proxy"])
    def test_never_elsewhere(self, client, settings, why):
        settings.LISTENS_ON_LOOPBACK = why != "not loopback"
        extra = {"REMOTE_ADDR": "10.0.0.4"} if why == "afar" else {}
        if why == "proxy":
            extra = {"HTTP_X_FORWARDED_FOR": "127.0.0.1"}
        small = small_practice(demonstration=why != "a real practice")
        assert "C. Petit" not in client.get(reverse("sign-in"), **extra).content.decode()
        answer = client.post(reverse("try-out"), {"account": small.petit.pk}, **extra)
        assert answer.status_code == 403
        assert client.get(reverse("account")).status_code == 302
