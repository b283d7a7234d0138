"""More than a thousand further phrases, in heard.txt: written during tuning, so a
guard against going back, not a measure."""

from pathlib import Path

from unisson.phone.rules.red_flags import LEVELS, judge

LINES = [
    line.split("|", 2)
    for line in Path(__file__).with_name("heard.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
SIGNS = [(f"E{level}", text) for level, _, text in LINES if level != "4"]
ORDINARY = [text for level, _, text in LINES if level == "4"]


def test_nearly_every_sign_is_seen():
    missed = [
        text for least, text in SIGNS if LEVELS.index(judge(text).level) < LEVELS.index(least)
    ]
    assert len(SIGNS) > 1_000
    assert len(missed) / len(SIGNS) <= 0.01, missed


def test_few_ordinary_calls_are_raised():
    raised = [text for text in ORDINARY if judge(text).level in ("E0", "E1")]
    assert len(raised) / len(ORDINARY) <= 0.08, raised
