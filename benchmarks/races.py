"""10,000 attempts to book the same times at once, by 16 processes, on each engine.

    python -m benchmarks.races [--quick]

Each visit takes a practitioner, one of two rooms and the only machine. Every
attempt must end as a booking or as a refusal in French; afterwards the database
is searched for two occupations of one resource at once, half-written bookings
and a day index that lies.
"""

import argparse
from typing import Any

from benchmarks import agenda_ground as on

PROCESSES, TRIES, DAYS = 16, 625, 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    tries = 40 if parser.parse_args().quick else TRIES
    for engine in on.engines():
        with on.ground(engine, on.server_url()) as ground:
            result = ground.run("race", processes=PROCESSES, tries=tries, days=DAYS)
        _tell(engine, result)


def _tell(engine: str, result: dict[str, Any]) -> None:
    attempts = f"{result['attempts']:,} racing attempts, {PROCESSES} processes, {engine}"
    deadlocks = sum("deadlock" in error.lower() for error in result["errors"])
    on.tell(f"{attempts}: double bookings", result["double"], "", "0")
    on.tell(f"{attempts}: errors", len(result["errors"]), "", "0")
    on.tell(f"{attempts}: deadlocks", deadlocks, "", "0")
    on.tell(
        f"{attempts}: half-written or stale",
        result["half_written"] + result["stale_index"],
        "",
        "0",
    )
    on.tell(f"{attempts}: booked", result["booked"], "appointments")
    on.tell(f"{attempts}: left to the database's last word", result["last_word"], "attempts")
    on.tell(f"{attempts}: p95 of one attempt", round(on.p95(result["ms"]), 1), "ms")
    for error in sorted(set(result["errors"]))[:5]:
        print(error)


if __name__ == "__main__":
    main()
