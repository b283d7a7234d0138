"""`make bench`: every figure the README quotes, measured again on this machine.

    python -m benchmarks.run [--quick] [NAME ...]

Each benchmark is a module of this folder that prints one JSON object a line:
{"figure": "...", "value": 12.3, "unit": "ms", "target": "<= 50"}. This runner
starts them one after the other (never two at once on the same cores), prints
the table and keeps it in benchmarks/results/.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

NAMES = [
    "patient_search",
    "free_slots",
    "who_can",
    "booking",
    "day_page",
    "triage",
    "live",
    "races",
    "kills",
]
RESULTS = Path(__file__).parent / "results"


def machine() -> str:
    """This machine in one line: cores, memory, system, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def run(name: str, options: list[str]) -> list[dict[str, object]]:
    """The figures one benchmark printed. A benchmark that fails says so as a figure."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *options]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    figures = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode:
        figures.append({"figure": f"{name} failed", "value": done.returncode, "unit": "exit code"})
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these benchmarks")
    parser.add_argument("--quick", action="store_true", help="smaller sizes, to try the scripts")
    options = parser.parse_args()
    when = datetime.now(UTC)
    print(f"{machine()}, {when:%Y-%m-%d}\n")
    print("| figure | measured | to reach |\n|---|---|---|")
    figures = []
    for name in options.names or NAMES:
        for figure in run(name, ["--quick"] if options.quick else []):
            figures.append(figure)
            print(
                f"| {figure['figure']} | {figure['value']} {figure.get('unit', '')} "
                f"| {figure.get('target', '')} |",
                flush=True,
            )
    RESULTS.mkdir(exist_ok=True)
    kept = RESULTS / f"{when:%Y-%m-%d-%H%M}{'-quick' if options.quick else ''}.json"
    kept.write_text(
        json.dumps({"machine": machine(), "at": when.isoformat(), "figures": figures}, indent=1)
        + "\n"
    )


if __name__ == "__main__":
    main()
