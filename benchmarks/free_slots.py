"""Free slots of one practitioner over 28 days, at 1,000, 100,000 and 500,000 appointments.

    python -m benchmarks.free_slots [--quick] [--data FOLDER]

Over HTTP: what F4 asks of the running server, the first twelve free times. The
practitioner's four weeks are the same at every size and nearly full (32 of 33
places each day), so that twelve days are searched through, all 28 read.
In process: `queries.free_slots` over the 28 days whole. SQLite, or PostgreSQL
when UNISSON_TEST_PG names a server. FOLDER keeps the SQLite practice.
"""

import argparse
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import agenda_ground as on

SIZES = (1_000, 100_000, 500_000)
PRACTITIONERS, TIMES = 100, 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--data", type=Path, help="keep the SQLite practice here")
    parser.add_argument("--times", type=int, default=TIMES)
    options = parser.parse_args()
    sizes = (1_000, 5_000) if options.quick else SIZES
    times = 40 if options.quick else options.times
    for engine in on.engines():
        measured = {}
        folder = options.data if engine == "sqlite" else None
        with on.ground(engine, on.server_url(), folder) as ground:
            for size in sizes:
                house = ground.run("grown", appointments=size, practitioners=PRACTITIONERS)
                measured[size] = _over_http(ground, house, times)
                inside = ground.run("time_slots", house=_short(house), times=times)
                _tell(engine, size, measured[size], inside)
        first, last = measured[sizes[0]], measured[sizes[-1]]
        on.tell(
            f"free slots, p95 at {sizes[-1]:,} over p95 at {sizes[0]:,}, {engine}",
            round(on.p95(last) / on.p95(first), 2),
            "x",
            "<= 1.3",
        )


def _short(house: dict[str, Any]) -> dict[str, Any]:
    """The house without its long list of patients."""
    return {key: value for key, value in house.items() if key != "patients"}


def _over_http(ground: on.Ground, house: dict[str, Any], times: int) -> list[float]:
    """Milliseconds of each answer, one after the other on one connection."""
    server = on.Server(ground, on.PORT, workers=1)
    try:
        server.wait()
        client = on.Client(on.PORT, house["session"])
        asked = {
            "praticien": house["practitioners"][0],
            "motif": house["visit_type"],
            "morceau": 1,
        }
        path = f"/rdv/premier/?{urlencode(asked)}"
        spent = []
        for _ in range(times + 20):
            begin = time.perf_counter()
            status, body = client.get(path)
            spent.append((time.perf_counter() - begin) * 1000)
            if status != 200 or body.count(b"/rdv/nouveau/") != 12:
                raise SystemExit(f"{status}: {body[:300]!r}")
        return spent[20:]
    finally:
        server.stop()


def _tell(engine: str, size: int, over_http: list[float], inside: list[float]) -> None:
    what = f"free slots, 1 practitioner, 28 days, {size:,} appointments, {engine}"
    on.tell(f"{what}: p95 over HTTP", round(on.p95(over_http), 1), "ms", "<= 15")
    on.tell(f"{what}: p95 in process", round(on.p95(inside), 1), "ms")


if __name__ == "__main__":
    main()
