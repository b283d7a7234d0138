"""kill -9 of the server, 200 times while it books, on each engine.

    python -m benchmarks.kills [--quick] [--times N]

Starts `unisson serve`, has secretaries book over HTTP, and kills the whole
process group at a random moment. Afterwards every booking that was answered
must be there, and every booking that is there must be whole: what it occupies,
its history, its audit line in an unbroken chain, its news and the day index.
(A kill is no power cut: for that, SQLite runs with synchronous=FULL.)
"""

from __future__ import annotations

import argparse
import json
import random
import threading
import time
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from benchmarks import agenda_ground as on

TIMES, SECRETARIES, DAYS = 200, 3, 330
SEED = 20261124


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args()
    times = 5 if options.quick else options.times
    for engine in on.engines():
        with on.ground(engine, on.server_url()) as ground:
            result = run(ground, times)
        _tell(engine, times, result)


def run(ground: on.Ground, times: int) -> dict[str, Any]:
    house = ground.run("small")
    pick = random.Random(SEED)
    acknowledged: list[int] = []
    errors: list[str] = []
    cut_short = 0
    for _ in range(times):
        server = on.Server(ground, on.PORT, workers=2)
        try:
            server.wait()
            stop, warm = threading.Event(), threading.Event()
            answered: list[list[int]] = [[] for _ in range(SECRETARIES)]
            hung_up = [False] * SECRETARIES
            people = [
                threading.Thread(
                    target=_secretary,
                    args=(
                        house,
                        pick.randrange(2**32),
                        answered[n],
                        hung_up,
                        n,
                        stop,
                        warm,
                        errors,
                    ),
                )
                for n in range(SECRETARIES)
            ]
            for person in people:
                person.start()
            # A new process answers its first request late: the moment is
            # drawn once bookings flow.
            warm.wait(30)
            time.sleep(pick.uniform(0, 0.3))
        finally:
            server.kill()
        stop.set()
        for person in people:
            person.join()
        acknowledged += [number for some in answered for number in some]
        cut_short += any(hung_up)
    found: dict[str, Any] = ground.run("verify", acknowledged=acknowledged)
    return {
        **found,
        "acknowledged": len(acknowledged),
        "cut_short": cut_short,
        "errors": errors,
    }


def _secretary(
    house: dict[str, Any],
    seed: int,
    answered: list[int],
    hung_up: list[bool],
    number: int,
    stop: threading.Event,
    warm: threading.Event,
    errors: list[str],
) -> None:
    """Books one patient after the other until the server is gone."""
    pick = random.Random(seed)
    first = date.fromisoformat(house["first_day"])
    try:
        client = on.Client(on.PORT, house["session"])
        while not stop.is_set():
            status, body = client.post(
                "/rdv/nouveau/",
                praticien=pick.choice(house["practitioners"]),
                jour=(first + timedelta(days=pick.randrange(DAYS))).isoformat(),
                minute=480 + 20 * pick.randrange(36),
                patient=pick.choice(house["patients"]),
                motif=house["visit_type"],
                duree=20,
                request_id=uuid4(),
            )
            if status == 200:
                answered.append(int(json.loads(body)["focus"].removeprefix("r")))
                warm.set()
            elif status != 409:
                errors.append(f"{status}: {body[:200]!r}")
    except (OSError, on.http.client.HTTPException):
        hung_up[number] = True


def _tell(engine: str, times: int, result: dict[str, Any]) -> None:
    what = f"{times} x kill -9 while booking, {engine}"
    on.tell(f"{what}: acknowledged bookings lost", result["lost"], "", "0")
    wrong = result["half_written"] + result["double"] + result["stale_index"]
    on.tell(f"{what}: half-written", wrong, "", "0")
    on.tell(f"{what}: errors answered", len(result["errors"]), "", "0")
    on.tell(f"{what}: acknowledged", result["acknowledged"], "bookings")
    on.tell(f"{what}: kills that cut a request short", result["cut_short"], "kills")
    for error in sorted(set(result["errors"]))[:5]:
        print(error)


if __name__ == "__main__":
    main()
