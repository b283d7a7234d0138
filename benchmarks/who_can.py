"""Which of 100 practitioners still have room on each of 28 days, at 500,000 appointments.

    python -m benchmarks.who_can [--quick] [--data FOLDER]

`queries.who_can` in process, and the page that shows it over HTTP. The answer is
compared with the free slots themselves. SQLite, or PostgreSQL when
UNISSON_TEST_PG names a server. FOLDER keeps the SQLite practice (the one of
`benchmarks.free_slots` will do).
"""

import argparse
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import agenda_ground as on

PRACTITIONERS, SIZE, TIMES = 100, 500_000, 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--data", type=Path, help="keep the SQLite practice here")
    options = parser.parse_args()
    size = 5_000 if options.quick else SIZE
    times = 10 if options.quick else TIMES
    for engine in on.engines():
        folder = options.data if engine == "sqlite" else None
        with on.ground(engine, on.server_url(), folder) as ground:
            house = ground.run("grown", appointments=size, practitioners=PRACTITIONERS)
            house = {key: value for key, value in house.items() if key != "patients"}
            inside = ground.run("time_who_can", house=house, times=times)
            over_http = _over_http(ground, house, times)
        what = f"which of {PRACTITIONERS} practitioners on 28 days, {size:,} appointments, {engine}"
        on.tell(f"{what}: p95 in process", round(on.p95(inside["ms"]), 1), "ms", "<= 50")
        on.tell(f"{what}: p95 of the page over HTTP", round(on.p95(over_http), 1), "ms")
        on.tell(f"{what}: days with room", inside["yes"], "of 2800")


def _over_http(ground: on.Ground, house: dict[str, Any], times: int) -> list[float]:
    server = on.Server(ground, on.PORT, workers=1)
    try:
        server.wait()
        client = on.Client(on.PORT, house["session"])
        asked = {"praticien": "", "motif": house["visit_type"], "vue": "qui", "morceau": 1}
        path = f"/rdv/premier/?{urlencode(asked)}"
        spent = []
        for _ in range(times + 5):
            begin = time.perf_counter()
            status, body = client.get(path)
            spent.append((time.perf_counter() - begin) * 1000)
            if status != 200 or b"Dr 000" not in body:
                raise SystemExit(f"{status}: {body[:300]!r}")
        return spent[5:]
    finally:
        server.stop()


if __name__ == "__main__":
    main()
