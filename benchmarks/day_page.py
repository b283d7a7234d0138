"""What the day page costs: 5 practitioners, 170 appointments, half of them come and gone.

Two figures: as most requests find it, with arrivals at most since the last; and
the first request after the agenda changed, which reads it all again.

Processor time of whole requests (session, policy, queries, HTML) in this
process, through Django's own handler: what the application server spends on
one, without the network. Several rounds; the median is told.
"""

import argparse
import json
import os
import sys
import tempfile
from io import BytesIO
from statistics import median
from time import process_time
from uuid import uuid4

ROUNDS, REQUESTS = 7, 40


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    with tempfile.TemporaryDirectory(prefix="unisson-bench-") as folder:
        os.environ["UNISSON_DATA"] = folder
        os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "unisson.site.settings"
        import django

        django.setup()
        cookie = _fill()
        for figure in _measure(cookie, rounds=2 if quick else ROUNDS):
            print(json.dumps(figure, ensure_ascii=False), flush=True)


def _fill() -> str:
    """The practice, its day half gone, and somebody signed in."""
    from django.core.management import call_command

    from benchmarks.live_practice import account, build
    from unisson.core import clock
    from unisson.core.access import Actor
    from unisson.reception import actions as reception

    call_command("migrate", verbosity=0)
    practice = build(clock.today())
    by = Actor.system("benchmark")
    steps = [reception.arrive, reception.to_room, reception.call_in, reception.leave]
    for at, number in enumerate(practice.appointment_ids):
        for step in steps[: at % 9]:
            step(appointment_id=number, by=by, request_id=uuid4())
    return account("petit")


def _measure(cookie: str, *, rounds: int) -> list[dict[str, object]]:
    from django.core.wsgi import get_wsgi_application
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from unisson.screens.secretary.day import REMEMBERED

    application = get_wsgi_application()

    def request(path: str = "/") -> bytes:
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": f"sessionid={cookie}",
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.url_scheme": "http",
        }
        statuses: list[str] = []
        response = application(environ, lambda status, headers, *rest: statuses.append(status))
        body = b"".join(response)
        response.close()
        if not statuses[0].startswith("200"):
            raise SystemExit(f"{path}: {statuses[0]}")
        return body

    body = request()
    cells = body.count(b'data-k="r')
    if cells != 170:
        raise SystemExit(f"170 appointments were booked, the page shows {cells}")

    def cost(*, changed: bool) -> float:
        """Milliseconds of one request; `changed`: somebody booked or moved since the last."""
        spent = []
        for _ in range(rounds):
            begin = process_time()
            for _ in range(REQUESTS):
                if changed:
                    REMEMBERED.clear()
                request()
            spent.append((process_time() - begin) / REQUESTS * 1000)
        return round(median(spent), 1)

    REMEMBERED.clear()
    with CaptureQueriesContext(connection) as seen:
        request()
    queries = len(seen)
    return [
        {
            "figure": "day page, 5 practitioners, 170 appointments, CPU per request",
            "value": cost(changed=False),
            "unit": "ms",
            "target": "<= 25",
        },
        {
            "figure": "day page, the first after a booking, CPU per request",
            "value": cost(changed=True),
            "unit": "ms",
            "target": "<= 25",
        },
        {"figure": "day page, size before compression", "value": len(body) // 1024, "unit": "KiB"},
        {"figure": "day page, queries", "value": queries, "unit": "queries"},
    ]


if __name__ == "__main__":
    main()
