"""Pages through the application server's door: threads that stay, answers that are whole."""

import asyncio
import threading
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from unisson.core import access
from unisson.core.access import ANYONE, page
from unisson.screens.urls import urlpatterns as real
from unisson.site.handler import THREADS, PagesHandler

pytestmark = pytest.mark.django_db(transaction=True)
access.grant({"test.door": [ANYONE]})
seen: set[int] = set()


@page("test.door")
def who(request: HttpRequest) -> HttpResponse:
    seen.add(threading.get_ident())
    request.session.get("locked")
    return HttpResponse(f"{request.method} {request.body.decode()}")


@page("test.door")
def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError("as a mistake in a view would")


@page("test.door")
def long(request: HttpRequest) -> StreamingHttpResponse:
    response = StreamingHttpResponse((f"{n};" for n in range(3)), content_type="text/csv")
    response["Content-Disposition"] = 'attachment; filename="a.csv"'
    response.set_cookie("k", "v")
    return response


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody said who may read this")


urlpatterns = [
    path("sans-verbe/", bare),
    path("qui/", who),
    path("casse/", broken),
    path("long/", long),
    *real,
]
handler500 = "django.views.defaults.server_error"


async def ask(site: PagesHandler, where: str, method: str = "GET", body: bytes = b"") -> Any:
    scope = {
        "type": "http",
        "method": method,
        "path": where,
        "raw_path": where.encode(),
        "query_string": b"",
        "headers": [(b"host", b"localhost"), (b"content-length", str(len(body)).encode())],
    }
    line = ApplicationCommunicator(site, scope)
    await line.send_input({"type": "http.request", "body": body})
    start = await line.receive_output(20)
    text = b""
    while True:
        part = await line.receive_output(20)
        text += part.get("body", b"")
        if not part.get("more_body"):
            await line.wait(20)
            return start["status"], dict(start["headers"]), text


def in_turn(*asked: Any) -> list[Any]:
    async def all_of_them() -> list[Any]:
        site = PagesHandler()
        return [await ask(site, *one) for one in asked]

    with override_settings(ROOT_URLCONF=__name__):
        return asyncio.run(all_of_them())


def test_threads_are_few_and_stay():
    seen.clear()
    answers = in_turn(*[("/qui/",)] * (THREADS * 4))
    assert {status for status, _, _ in answers} == {200}
    assert len(seen) <= THREADS


def test_a_sent_form_arrives_whole():
    [(status, _, text)] = in_turn(("/qui/", "GET", b"a" * 200_000))
    assert (status, len(text)) == (200, 200_004)


@pytest.mark.filterwarnings("ignore")
def test_a_mistake_is_answered_and_the_next_page_works():
    broken_one, next_one = in_turn(("/casse/",), ("/qui/",))
    assert broken_one[0] == 500
    assert next_one[0] == 200


def test_a_streamed_answer_keeps_its_headers_and_cookies():
    [(status, headers, text)] = in_turn(("/long/",))
    assert (status, text) == (200, b"0;1;2;")
    assert headers[b"Content-Type"] == b"text/csv"
    assert b"a.csv" in headers[b"Content-Disposition"]
    assert headers[b"Set-Cookie"].startswith(b"k=v")


def test_a_page_without_a_verb_stays_closed_here_too():
    [(status, _, text)] = in_turn(("/sans-verbe/",))
    assert status == 403
    assert b"nobody said" not in text
