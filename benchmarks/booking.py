"""Booking one slot over HTTP, p95, on each engine.

    python -m benchmarks.booking [--quick]

One secretary, one booking after the other, in the running server: session,
policy, form, locks, checks, everything written in one durable transaction
(SQLite with synchronous=FULL), the answer. Told apart: the act alone, and the
act with the column and the sides of the day drawn again, as the desk asks.
Also the refusal of a taken time, with the nearest free ones.
"""

import argparse
import random
import time
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from benchmarks import agenda_ground as on

TIMES, SEED = 400, 20261124
PLACES = [480 + 20 * n for n in range(12)] + [780 + 20 * n for n in range(21)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    times = 40 if parser.parse_args().quick else TIMES
    for engine in on.engines():
        with on.ground(engine, on.server_url()) as ground:
            house = ground.run("small")
            server = on.Server(ground, on.PORT, workers=2)
            try:
                server.wait()
                _measure(engine, house, times)
            finally:
                server.stop()


def _measure(engine: str, house: dict[str, Any], times: int) -> None:
    client = on.Client(on.PORT, house["session"])
    first = date.fromisoformat(house["first_day"])
    places = [
        (who, first + timedelta(days=ahead), minute)
        for who in house["practitioners"]
        for ahead in range(14)
        for minute in PLACES
    ]
    random.Random(SEED).shuffle(places)
    book = _Booking(client, house)
    for place in places[:40]:
        book(place)
    alone = [book(place) for place in places[40 : 40 + times]]
    drawn = [book(place, drawn=True) for place in places[40 + times : 40 + 2 * times]]
    taken = [book(place, expected=409) for place in places[: min(times, 100)]]
    what = f"book one slot over HTTP, {engine}"
    on.tell(f"{what}: p95", round(on.p95(alone), 1), "ms", "<= 25")
    on.tell(f"{what}: p95 with the day drawn again", round(on.p95(drawn), 1), "ms")
    on.tell(f"{what}: p95 of a refusal with the nearest times", round(on.p95(taken), 1), "ms")


class _Booking:
    """Books a place; milliseconds."""

    def __init__(self, client: on.Client, house: dict[str, Any]) -> None:
        self.client = client
        self.house = house
        self.patients = iter(house["patients"] * 20)

    def __call__(
        self, place: tuple[int, date, int], *, drawn: bool = False, expected: int = 200
    ) -> float:
        who, day, minute = place
        fields = {
            "praticien": who,
            "jour": day.isoformat(),
            "minute": minute,
            "patient": next(self.patients),
            "motif": self.house["visit_type"],
            "duree": 20,
            "permis": "patient_overlap",
            "request_id": uuid4(),
        }
        if drawn:
            fields["page"] = day.isoformat()
        begin = time.perf_counter()
        status, body = self.client.post("/rdv/nouveau/", **fields)
        spent = (time.perf_counter() - begin) * 1000
        if status != expected:
            raise SystemExit(f"{status}: {body[:300]!r}")
        return spent


if __name__ == "__main__":
    main()
