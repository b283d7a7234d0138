"""Weigh again what speaks for an urgent call, from the examples: writes likeness.tsv.

    python scripts/learn_red_flags.py [--check]

Logistic regression by stochastic gradient (Adagrad), in plain Python so that nothing
more is installed; the order of the examples is drawn from a fixed seed, so the same
examples give the same file. To run after the lists or the examples changed. `--check`
writes nothing and tells, by five-fold cross-validation, what the reader finds of
examples it has not seen.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
from collections.abc import Sequence
from typing import Any

from unisson.phone.rules.red_flags import likeness
from unisson.phone.rules.red_flags.data import FOLDER
from unisson.phone.rules.red_flags.match import engine

ROUNDS, STEP, SHRINK, SEED = 10, 0.5, 2e-6, 20261124
KEPT = 0.05
"""Weights smaller than this move nothing and are left out."""
THRESHOLD = 1.5
FOLDS = 5

Case = tuple[dict[str, float], bool]


def case(example: dict[str, Any]) -> Case:
    """One example as it is weighed."""
    reading = engine().read(
        example["text"],
        age_years=example.get("age_years"),
        sex=example.get("sex"),
        pregnant=example.get("pregnant"),
    )
    return likeness.features(reading), example["expect"] in ("E0", "E1")


def learn(cases: Sequence[Case]) -> tuple[float, dict[str, float]]:
    """The bias and the weights (log-odds)."""
    weights: dict[str, float] = {}
    moved: dict[str, float] = {}
    bias, bias_moved = 0.0, 1e-6
    order = list(range(len(cases)))
    source = random.Random(SEED)  # noqa: S311 (an order, not a secret)
    for _ in range(ROUNDS):
        source.shuffle(order)
        for at in order:
            found, urgent = cases[at]
            score = bias + sum(weights.get(name, 0.0) * share for name, share in found.items())
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - urgent
            bias_moved += error * error
            bias -= STEP * error / math.sqrt(bias_moved)
            for name, share in found.items():
                slope = error * share
                total = moved.get(name, 1e-6) + slope * slope
                moved[name] = total
                before = weights.get(name, 0.0) * (1 - SHRINK)
                weights[name] = before - STEP * slope / math.sqrt(total)
    return bias, weights


def check(cases: Sequence[Case]) -> None:
    """What each threshold would find and raise, on examples held out in turn."""
    scores: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        bias, weights = learn([each for at, each in enumerate(cases) if at % FOLDS != fold])
        reader = likeness.Likeness(bias, 0.0, weights)
        scores += [
            (reader.score(found), urgent)
            for found, urgent in (each for at, each in enumerate(cases) if at % FOLDS == fold)
        ]
    urgent = sum(each for _, each in scores)
    for threshold in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0):
        found = sum(each for score, each in scores if score > threshold)
        raised = sum(not each for score, each in scores if score > threshold)
        sys.stdout.write(
            f"{threshold:3.1f}: {100 * found / urgent:5.1f} % of the urgent found, "
            f"{100 * raised / (len(scores) - urgent):5.1f} % of the others raised\n"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    cases = [case(dict(example)) for example in likeness.read_examples()]
    if parser.parse_args().check:
        check(cases)
        return
    bias, weights = learn(cases)
    kept = sorted((name, weight) for name, weight in weights.items() if abs(weight) >= KEPT)
    lines = [f"bias\t{bias:.3f}", f"threshold\t{THRESHOLD}"]
    lines += [f"{name}\t{weight:.3f}" for name, weight in kept]
    (FOLDER / "likeness.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(cases)} examples, {len(kept)} weights of {len(weights)}\n")


if __name__ == "__main__":
    main()
