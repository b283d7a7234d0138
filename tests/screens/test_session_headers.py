"""What every answer carries, and the pages for what went wrong."""

import asyncio
import re

import pytest
from django.test import Client, override_settings
from django.urls import path, reverse

from tests.screens.session_house import Small, small_practice
from unisson.core.access import page
from unisson.core.errors import Refusal
from unisson.site.uploads import limited
from unisson.site.urls import urlpatterns as site_urlpatterns

pytestmark = pytest.mark.django_db
PAGES = ["/connexion/", "/", "/mon-compte/", "/cabinet/", "/cabinet/journal/", "/nulle-part/"]


@page("session.sign_out")
def _breaks(request):
    raise ZeroDivisionError


@page("session.sign_out")
def _refuses(request):
    raise Refusal("Ce créneau vient d’être pris. Rien n’a été changé.")


def _without_verb(request):
    pytest.fail("a view without a verb was run")


urlpatterns = [
    *site_urlpatterns,
    path("casse/", _breaks),
    path("refuse/", _refuses),
    path("sans-verbe/", _without_verb),
]
handler500 = "unisson.screens.session.errors.server_error"
these_urls = override_settings(ROOT_URLCONF="tests.screens.test_session_headers")


@pytest.fixture
def small() -> Small:
    return small_practice()


@pytest.fixture
def boss(client, small) -> Client:
    client.force_login(small.manager)
    return client


@pytest.mark.parametrize("address", PAGES)
def test_headers(boss, address):
    answer = boss.get(address)
    policy = answer["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert rules["form-action"] == "'self'"
    assert rules["base-uri"] == "'none'"
    assert "unsafe" not in policy
    assert "http" not in policy
    for rule in ("script-src", "style-src"):
        assert re.fullmatch(r"'self'( 'nonce-[\w+/=-]{16,}')?", rules[rule])
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("address", PAGES)
def test_nothing_inline_and_nothing_from_elsewhere(boss, address):
    html = boss.get(address).content.decode()
    assert not re.search(r"\sstyle=", html)
    assert not re.search(r"\son[a-z]+=\"", html)
    assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", html)
    assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//[^\"]+", html)


def test_a_nonce_is_of_one_answer_only(boss):
    nonces = {
        re.search(r"nonce-([^']+)", boss.get("/")["Content-Security-Policy"])[1] for _ in range(3)
    }
    assert len(nonces) == 3


@pytest.mark.parametrize("https", [False, True])
def test_cookies(client, small, settings, https):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = https
    client.get(reverse("sign-in"), secure=https)
    form = {"username": "c.petit", "password": "un chat dort sur le toit"}
    client.post(reverse("sign-in"), form, secure=https)
    for name in ("sessionid", "poste"):
        cookie = client.cookies[name]
        assert cookie["httponly"]
        assert cookie["samesite"] == "Strict"
        assert bool(cookie["secure"]) == https
    assert client.cookies["csrftoken"]["samesite"] == "Strict"
    assert bool(client.cookies["csrftoken"]["secure"]) == https


def test_another_host_name_is_not_answered(client, small):
    answer = client.get("/connexion/", headers={"host": "mauvais.example"})
    assert answer.status_code == 400
    assert "Rien n’a été enregistré" in answer.content.decode()


class TestPages:
    def test_not_found(self, boss):
        answer = boss.get("/nulle-part/")
        assert answer.status_code == 404
        assert "Il n’y a rien à cette adresse" in answer.content.decode()

    @these_urls
    def test_our_mistake(self, boss, caplog):
        boss.raise_request_exception = False
        answer = boss.get("/casse/?q=LEBRUN")
        said = answer.content.decode()
        assert answer.status_code == 500
        assert "n’a pas été fait, ni à moitié" in said
        reference = re.search(r"<b>([0-9A-F]{6})</b>", said)[1]
        line = next(r for r in caplog.records if r.name == "unisson.errors")
        assert reference in line.getMessage()
        assert line.exc_info[0] is ZeroDivisionError
        # What was searched for is not written in the log.
        assert not any("LEBRUN" in r.getMessage() for r in caplog.records)

    @these_urls
    def test_a_refusal_nobody_caught_is_said_as_a_page_or_as_a_piece(self, boss):
        answer = boss.get("/refuse/")
        assert answer.status_code == 409
        assert "Ce créneau vient d’être pris" in answer.content.decode()
        piece = boss.get("/refuse/", headers={"HX-Request": "true"})
        assert piece.status_code == 409
        assert piece.content.decode().lstrip().startswith("<p")

    @these_urls
    def test_a_view_without_a_verb_is_closed_even_to_the_manager(self, boss):
        answer = boss.get("/sans-verbe/")
        assert answer.status_code == 403

    def test_a_forged_form_changes_nothing_and_is_explained(self, small):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(small.manager)
        answer = strict.post("/cabinet/", {"name": "Pris", "password": "secret", "csrf": ""})
        said = answer.content.decode()
        assert answer.status_code == 403
        assert "rien n’a été enregistré" in said
        assert "Pris" in said
        assert "secret" not in said

    def test_a_stranger_is_shown_nothing_of_what_was_sent(self, small):
        answer = Client(enforce_csrf_checks=True).post("/cabinet/", {"name": "LEBRUN"})
        assert answer.status_code == 403
        assert "LEBRUN" not in answer.content.decode()


class TestUploads:
    """The door in front of Django, asked as a server asks it."""

    def answer(self, settings, *, announced: int | None, blocks: int, block: int = 1000):
        settings.MAX_UPLOAD_BYTES = 10_000
        read, sent = [], []

        async def application(scope, receive, send):
            more = True
            while more:
                message = await receive()
                read.append(len(message["body"]))
                more = message["more_body"]
            await send({"type": "http.response.start", "status": 200, "headers": []})

        left = blocks

        async def receive():
            nonlocal left
            left -= 1
            return {"type": "http.request", "body": b"x" * block, "more_body": left > 0}

        async def send(message):
            sent.append(message)

        headers = [] if announced is None else [(b"content-length", str(announced).encode())]
        scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}
        asyncio.run(limited(application)(scope, receive, send))
        return sent, sum(read), left

    def test_announced_too_big_reaches_nobody(self, settings):
        sent, read, left = self.answer(settings, announced=200_000, blocks=200)
        assert sent[0]["status"] == 413
        assert "trop gros" in sent[1]["body"].decode()
        assert read == 0
        assert left == 0  # all of it was listened to, none of it kept

    def test_unannounced_it_is_cut_at_the_limit(self, settings):
        sent, read, left = self.answer(settings, announced=None, blocks=200)
        assert sent[0]["status"] == 413
        assert read <= 10_000
        assert left == 0

    def test_what_fits_goes_through(self, settings):
        sent, read, _ = self.answer(settings, announced=9000, blocks=9)
        assert sent[0]["status"] == 200
        assert read == 9000

    def test_the_page_has_its_headers(self, settings):
        sent, _, _ = self.answer(settings, announced=200_000, blocks=1)
        names = {name for name, _ in sent[0]["headers"]}
        assert {b"content-security-policy", b"x-content-type-options", b"x-frame-options"} <= names
