"""The locked desk: what it refuses, who opens it, and in whose name things are then done."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.screens.session_house import PASSWORD, Small, small_practice
from unisson.core import clock
from unisson.core.models import AuditEvent
from unisson.practice.actions import sessions, staff
from unisson.practice.actors import actor_of
from unisson.practice.models import DeskPresence, User
from unisson.screens.session import keyboard

pytestmark = pytest.mark.django_db
CODE = "4719"


@pytest.fixture
def small() -> Small:
    return small_practice()


@pytest.fixture
def desk(client, small) -> Client:
    """A desk where C. Petit works, with a code."""
    enter(client, small.petit)
    choose_code(client)
    return client


def enter(client: Client, user: User) -> None:
    answer = client.post(reverse("sign-in"), {"username": user.username, "password": PASSWORD})
    assert answer.status_code == 302


def choose_code(client: Client, code: str = CODE, password: str = PASSWORD):
    return client.post(reverse("change-code"), {"code": code, "password": password})


def unlock(client: Client, user: User, secret: str, **extra):
    return client.post(reverse("unlock"), {"account": user.pk, "secret": secret}, **extra)


def who_is_there(client: Client) -> str:
    """The username the pages are drawn for, "" when nobody is let in."""
    answer = client.get(reverse("account"))
    return answer.context["user"].username if answer.status_code == 200 else ""


def verbs() -> list[tuple[str, str, str]]:
    return list(AuditEvent.objects.order_by("id").values_list("verb", "actor_name", "detail"))


def test_a_locked_desk_opens_nothing(desk):
    desk.post(reverse("lock"))
    for address in (reverse("account"), "/"):
        answer = desk.get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/verrou/?suite=")
    assert desk.post(reverse("change-code"), {"forget": "1"}).status_code == 302
    assert User.objects.get(username="c.petit").pin
    assert verbs()[-1] == ("session.lock", "C. Petit", "à la main")


def test_a_heartbeat_under_way_does_not_open_what_was_locked_meanwhile(desk, monkeypatch):
    colleague = Client()
    colleague.cookies = desk.cookies
    said = keyboard.heard

    def late(request):
        assert not request.session.get("locked")  # read before the lock
        colleague.post(reverse("lock"))
        said(request)

    monkeypatch.setattr(keyboard, "heard", late)
    desk.post(reverse("stay"))
    assert desk.get(reverse("account")).status_code == 302


def test_a_heartbeat_keeps_the_desk_open(desk):
    with time_machine.travel(clock.now() + timedelta(minutes=4), tick=False):
        desk.post(reverse("stay"))
    with time_machine.travel(clock.now() + timedelta(minutes=8), tick=False):
        assert desk.get(reverse("account")).status_code == 200


def test_htmx_is_sent_to_the_locked_page_as_a_whole(desk):
    desk.post(reverse("lock"))
    answer = desk.get(
        "/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/jour/"}
    )
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/verrou/")


def test_her_code_opens_it_and_brings_her_back(desk, small):
    desk.post(reverse("lock"))
    answer = desk.post(
        reverse("unlock") + "?suite=/patients/3/", {"account": small.petit.pk, "secret": CODE}
    )
    assert answer["Location"] == "/patients/3/"
    assert who_is_there(desk) == "c.petit"
    assert verbs()[-1] == ("session.unlock", "C. Petit", "déverrouillage, code")


def test_the_key_of_the_session_changes_when_it_opens(desk, small):
    desk.post(reverse("lock"))
    before = desk.cookies["sessionid"].value
    unlock(desk, small.petit, CODE)
    assert desk.cookies["sessionid"].value != before
    stolen = Client()
    stolen.cookies["sessionid"] = before
    assert who_is_there(stolen) == ""


def test_her_password_opens_it_too(desk, small):
    desk.post(reverse("lock"))
    assert unlock(desk, small.petit, PASSWORD).status_code == 302
    assert who_is_there(desk) == "c.petit"


def test_wrong_codes_close_the_short_way_in(desk, small):
    desk.post(reverse("lock"))
    said = [unlock(desk, small.petit, "8302").content.decode() for _ in range(6)]
    assert "Encore 4 essais" in said[0]
    assert "Encore un essai" in said[3]
    assert "Il faut maintenant le mot de passe" in said[4]
    # The right code no longer does.
    assert "tapez le mot de passe" in unlock(desk, small.petit, CODE).content.decode()
    assert who_is_there(desk) == ""
    assert unlock(desk, small.petit, PASSWORD).status_code == 302
    desk.post(reverse("lock"))
    assert unlock(desk, small.petit, CODE).status_code == 302
    assert ("session.sign_in", "non identifié", "échec : code") in verbs()


def test_no_code_at_a_desk_where_she_did_not_sign_in(desk, small):
    other = Client()
    enter(other, small.moreau)
    other.post(reverse("lock"))
    answer = unlock(other, small.petit, CODE)
    assert "Choisissez votre nom" in answer.content.decode()
    with pytest.raises(Exception, match="il faut le mot de passe"):
        sessions.prove_code(small.petit.pk, CODE, device="ailleurs")


def test_the_next_day_it_takes_the_password(small, client):
    with time_machine.travel("2026-11-24 17:00+01:00", tick=False) as clock:
        enter(client, small.petit)
        choose_code(client)
        client.post(reverse("lock"))
        # The session's own age is 14 hours; keep it to see the code refused on its own.
        session = client.session
        session.set_expiry(3 * 24 * 3600)
        session.save()
        clock.shift(timedelta(hours=16))
        assert "il faut le mot de passe" in unlock(client, small.petit, CODE).content.decode()
        assert unlock(client, small.petit, PASSWORD).status_code == 302


class TestSwitch:
    @pytest.fixture
    def two(self, desk, small) -> Client:
        """C. Petit and S. Moreau have both signed in at this desk; S. Moreau is there."""
        desk.post(reverse("lock"))
        enter(desk, small.moreau)
        choose_code(desk, "5820")
        return desk

    def test_the_locked_page_lists_who_signed_in_here_today(self, two):
        two.post(reverse("lock"))
        page = two.get(reverse("unlock")).content.decode()
        assert "C. Petit" in page
        assert "S. Moreau" in page
        assert "M. Aubert" not in page
        assert "<kbd>Alt 2</kbd>" in page

    def test_one_code_and_the_colleague_is_there_in_her_own_name(self, two, small):
        two.post(reverse("lock"))
        unlock(two, small.petit, CODE)
        assert who_is_there(two) == "c.petit"
        two.post(reverse("change-code"), {"forget": "1"})
        assert AuditEvent.objects.order_by("-id")[0].actor_id == small.petit.pk
        assert ("session.unlock", "C. Petit", "changement de personne, code") in verbs()

    def test_each_finds_her_own_session_again(self, two, small):
        session = two.session
        session["her own"] = "S. Moreau"
        session.save()
        two.post(reverse("lock"))
        unlock(two, small.petit, CODE)
        assert "her own" not in two.session
        two.post(reverse("lock"))
        unlock(two, small.moreau, "5820")
        assert two.session["her own"] == "S. Moreau"

    def test_the_code_of_one_does_not_open_the_other(self, two, small):
        two.post(reverse("lock"))
        assert "Code faux" in unlock(two, small.petit, "5820").content.decode()

    def test_a_page_of_the_one_before_writes_nothing_in_the_name_of_the_next(self, small):
        strict = Client(enforce_csrf_checks=True)
        page = strict.get(reverse("sign-in"))
        token = str(page.context["csrf_token"])
        strict.post(
            reverse("sign-in"),
            {"username": "c.petit", "password": PASSWORD, "csrfmiddlewaretoken": token},
        )
        hers = str(strict.get(reverse("account")).context["csrf_token"])
        strict.post(reverse("lock"), {"csrfmiddlewaretoken": hers})
        locked = str(strict.get(reverse("unlock")).context["csrf_token"])
        strict.post(
            reverse("sign-in"),
            {"username": "s.moreau", "password": PASSWORD, "csrfmiddlewaretoken": locked},
        )
        stale = strict.post(
            reverse("change-code"),
            {"forget": "1", "reason": "mot tapé", "csrfmiddlewaretoken": hers},
        )
        assert stale.status_code == 403
        said = stale.content.decode()
        assert "rien n’a été enregistré" in said
        assert "mot tapé" in said

    def test_signing_out_here_leaves_the_colleague_waiting(self, two, small):
        two.post(reverse("sign-out"))
        page = two.get(reverse("unlock")).content.decode()
        assert "C. Petit" in page
        assert "S. Moreau" not in page
        assert unlock(two, small.petit, CODE).status_code == 302
        assert who_is_there(two) == "c.petit"

    def test_a_closed_account_is_off_the_list_and_out(self, two, small):
        by = actor_of(small.manager)
        staff.close_account(small.petit.pk, by=by)
        two.post(reverse("lock"))
        assert "C. Petit" not in two.get(reverse("unlock")).content.decode()
        assert unlock(two, small.petit, PASSWORD).status_code == 422

    def test_a_new_password_elsewhere_ends_the_session_that_waits(self, two, small):
        staff.reset_password(small.petit.pk, by=actor_of(small.manager))
        assert not DeskPresence.objects.filter(user=small.petit).exists()
        two.post(reverse("lock"))
        assert "C. Petit" not in two.get(reverse("unlock")).content.decode()


class TestAlone:
    def test_the_page_says_it_locks_alone(self, desk):
        desk.post(reverse("lock"), {"idle": "1"}, headers={"X-Unisson": "verrou"})
        assert verbs()[-1] == ("session.lock", "C. Petit", "seul")

    def test_the_server_locks_a_page_it_no_longer_hears(self, client, small):
        with time_machine.travel("2026-11-24 09:00+01:00", tick=False) as clock:
            enter(client, small.petit)
            clock.shift(timedelta(minutes=6))
            client.post(reverse("stay"))
            clock.shift(timedelta(minutes=6))
            assert who_is_there(client) == "c.petit"
            clock.shift(timedelta(minutes=2))
            assert client.get("/")["Location"].startswith("/verrou/")
            # Too late to say that somebody is there.
            assert client.post(reverse("stay")).status_code == 302
            assert unlock(client, small.petit, PASSWORD).status_code == 302
            assert who_is_there(client) == "c.petit"


class TestByScript:
    """The cover over the desk talks to the same pages."""

    HEADERS = {"X-Unisson": "verrou"}

    def test_it_gets_the_form_alone_then_the_answer(self, desk, small):
        assert desk.post(reverse("lock"), headers=self.HEADERS).status_code == 204
        form = desk.get(reverse("unlock"), headers=self.HEADERS).content.decode()
        assert form.lstrip().startswith("<section")
        wrong = unlock(desk, small.petit, "8302", headers=self.HEADERS)
        assert wrong.status_code == 422
        right = unlock(desk, small.petit, CODE, headers=self.HEADERS)
        assert right.json() == {"go": ""}

    def test_a_colleague_goes_to_her_own_desk(self, desk, small):
        desk.post(reverse("lock"))
        enter(desk, small.moreau)
        desk.post(reverse("lock"))
        assert unlock(desk, small.petit, CODE, headers=self.HEADERS).json() == {"go": "/"}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("12", "4 à 8 chiffres"),
        ("123456789", "4 à 8 chiffres"),
        ("abcd", "4 à 8 chiffres"),
        ("0000", "répète le même"),
        ("1234", "suit l’ordre"),
        ("9876", "suit l’ordre"),
        ("2727", "répète deux fois"),
    ],
)
def test_codes_too_easy_are_refused(client, small, code, said):
    enter(client, small.petit)
    answer = choose_code(client, code)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert User.objects.get(pk=small.petit.pk).pin == ""


def test_a_code_takes_the_password(client, small):
    enter(client, small.petit)
    assert choose_code(client, CODE, "faux").status_code == 422
    assert User.objects.get(pk=small.petit.pk).pin == ""


def test_no_patient_and_no_stranger_on_the_locked_page(desk):
    desk.post(reverse("lock"))
    page = desk.get(reverse("unlock")).content.decode()
    assert 'id="ordre"' not in page
    assert "M. Aubert" not in page
