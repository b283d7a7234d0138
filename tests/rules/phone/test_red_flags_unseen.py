"""585 calls whose words nobody looked at while the lists were made: how far they carry.

A measure, not yet the requirement (99 % found, at most 8 % of ordinary requests and
15 % of hard negatives raised): the bounds below are what was reached, so that a
change that makes it worse is seen.
"""

import json
from pathlib import Path

import pytest

from unisson.phone.rules.red_flags import judge

CALLS = [
    json.loads(line)
    for line in Path(__file__).with_name("unseen.jsonl").read_text(encoding="utf-8").splitlines()
]
URGENT = ("E0", "E1")


def raised(calls: list[dict]) -> float:
    levels = [
        judge(
            call["text"],
            age_years=call["age_years"],
            sex=call["sex"],
            pregnant=call["pregnant"],
            prior_calls=call["prior_calls_72h"],
        ).level
        for call in calls
    ]
    return sum(level in URGENT for level in levels) / len(calls)


def test_nearly_every_sign_is_found():
    signs = [call for call in CALLS if call["kind"] == "flag" and call["expect"] in URGENT]
    assert len(signs) == 310
    assert raised(signs) >= 0.98


@pytest.mark.parametrize(("kind", "most"), [("ordinary", 0.11), ("hard_negative", 0.24)])
def test_the_others_are_not_raised_more_than_before(kind, most):
    assert raised([call for call in CALLS if call["kind"] == kind]) <= most
