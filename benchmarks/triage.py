"""What the red-flag table costs and what it is worth, on the frozen vignettes.

Time: one judgement a line, in this process, the lists read beforehand; the 95th
percentile over several rounds. Rates: those asserted by tests/rules/phone. The set
was frozen before tuning but has been tuned on since: calls nobody here wrote will do
less well.
"""

import argparse
import json
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from unisson.phone.rules.red_flags import LEVELS, judge

ROUNDS = 5
FOLDER = Path(__file__).parents[1] / "tests/rules/phone"
VIGNETTES = FOLDER / "vignettes.jsonl"
UNSEEN = FOLDER / "unseen.jsonl"  # written apart, the lists were not made on it


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    rounds = 1 if parser.parse_args().quick else ROUNDS
    lines = [json.loads(line) for line in VIGNETTES.read_text(encoding="utf-8").splitlines()]
    judge("il respire")
    spent: list[float] = []
    levels: dict[str, str] = {}
    for _ in range(rounds):
        for line in lines:
            begin = perf_counter()
            found = judge(
                line["text"],
                age_years=line["age_years"],
                sex=line["sex"],
                pregnant=line["pregnant"],
                prior_calls=line["prior_calls_72h"],
            )
            spent.append((perf_counter() - begin) * 1000)
            levels[line["id"]] = found.level
    for figure in (
        _figure("triage, one line, p95", quantiles(spent, n=20)[-1], "ms", "<= 10"),
        _figure("triage, E0 and E1 found, frozen set", _found(lines, levels), "%", ">= 99"),
        _figure("triage, ordinary raised", _raised(lines, levels, "ordinary"), "%", "<= 8"),
        _figure(
            "triage, hard negatives raised", _raised(lines, levels, "hard_negative"), "%", "<= 15"
        ),
    ):
        print(json.dumps(figure, ensure_ascii=False), flush=True)
    unseen = [json.loads(line) for line in UNSEEN.read_text(encoding="utf-8").splitlines()]
    urgent = [each for each in unseen if each["expect"] in ("E0", "E1")]
    for what, calls, target in (
        ("E0 and E1 found", urgent, ">= 99"),
        ("ordinary raised", [each for each in unseen if each["kind"] == "ordinary"], "<= 8"),
        (
            "hard negatives raised",
            [each for each in unseen if each["kind"] == "hard_negative"],
            "<= 15",
        ),
    ):
        figure = _figure(f"triage, {what}, unseen set", 100 * _raised_of(calls), "%", target)
        print(json.dumps(figure, ensure_ascii=False), flush=True)


def _raised_of(calls: list[dict]) -> float:
    levels = (
        judge(
            call["text"],
            age_years=call["age_years"],
            sex=call["sex"],
            pregnant=call["pregnant"],
            prior_calls=call["prior_calls_72h"],
        ).level
        for call in calls
    )
    return sum(level in ("E0", "E1") for level in levels) / len(calls)


def _figure(figure: str, value: float, unit: str, target: str) -> dict[str, object]:
    return {"figure": figure, "value": round(value, 1), "unit": unit, "target": target}


def _found(lines: list[dict], levels: dict[str, str]) -> float:
    flags = [each for each in lines if each["kind"] == "flag" and each["expect"] in ("E0", "E1")]
    enough = [
        each for each in flags if LEVELS.index(levels[each["id"]]) >= LEVELS.index(each["expect"])
    ]
    return 100 * len(enough) / len(flags)


def _raised(lines: list[dict], levels: dict[str, str], kind: str) -> float:
    every = [each for each in lines if each["kind"] == kind]
    return 100 * sum(levels[each["id"]] in ("E0", "E1") for each in every) / len(every)


if __name__ == "__main__":
    main()
