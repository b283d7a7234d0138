"""818 vignettes written from the reference alone, frozen before anything was tuned on them.

The three rates asserted are the requirement: signs of E0 and E1 missed, ordinary
requests and hard negatives (negated, past, another meaning) raised to E0 or E1.
"""

import hashlib
import json
from pathlib import Path

import pytest

from unisson.phone.rules.red_flags import LEVELS, judge

FILE = Path(__file__).with_name("vignettes.jsonl")
SHA256 = "e2ff64d657c02836cab7084a2d08b87ba4d21907736a775e8cffee9dc2652b86"

# Vignettes that are wrong beyond doubt, with the reason. None so far.
ERRATA: dict[str, str] = {}

VIGNETTES = [json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines()]
URGENT = ("E0", "E1")


def level(vignette: dict) -> str:
    return judge(
        vignette["text"],
        age_years=vignette["age_years"],
        sex=vignette["sex"],
        pregnant=vignette["pregnant"],
        prior_calls=vignette["prior_calls_72h"],
    ).level


def of(kind: str) -> list[dict]:
    return [v for v in VIGNETTES if v["kind"] == kind and v["id"] not in ERRATA]


def raised(kind: str) -> float:
    every = of(kind)
    return sum(level(vignette) in URGENT for vignette in every) / len(every)


def test_the_set_is_the_frozen_one():
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == SHA256
    assert len(VIGNETTES) == 818


def test_no_sign_of_e0_or_e1_is_missed():
    flags = [v for v in of("flag") if v["expect"] in URGENT]
    missed = [
        (vignette["id"], vignette["expect"], vignette["text"])
        for vignette in flags
        if LEVELS.index(level(vignette)) < LEVELS.index(vignette["expect"])
    ]
    assert len(flags) > 450
    assert missed == []


def test_the_other_levels_expected_are_reached():
    others = [v for v in VIGNETTES if v["at_least"] and v["expect"] not in URGENT]
    assert [v["id"] for v in others if LEVELS.index(level(v)) < LEVELS.index(v["expect"])] == []


@pytest.mark.parametrize(("kind", "most"), [("ordinary", 0.08), ("hard_negative", 0.15)])
def test_few_calls_are_raised_for_nothing(kind: str, most: float):
    assert raised(kind) <= most
