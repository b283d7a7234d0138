"""Dates, times and words are said as people say them."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from unisson.screens.shared import french

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
N = french.NBSP


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 11, 24), "mardi 24 novembre", f"mar.{N}24{N}nov."),
        (date(2026, 12, 1), "mardi 1er décembre", f"mar.{N}1er{N}déc."),
        (date(2027, 3, 28), "dimanche 28 mars 2027", f"dim.{N}28{N}mars{N}2027"),
    ],
)
def test_a_day_in_words(day, long, short):
    assert french.long_day(day, today=TODAY) == long
    assert french.short_day(day, today=TODAY) == short


@pytest.mark.parametrize(
    ("minute", "column", "sentence"),
    [(0, "0:00", f"0{N}h"), (485, "8:05", f"8{N}h{N}05"), (960, "16:00", f"16{N}h")],
)
def test_a_time_in_a_column_and_in_a_sentence(minute, column, sentence):
    assert french.hour(minute) == column
    assert french.said_hour(minute) == sentence


def test_an_instant_is_told_on_the_wall_clock_of_paris():
    summer = datetime(2026, 7, 1, 7, 40, tzinfo=UTC)
    winter = datetime(2026, 11, 26, 8, 40, tzinfo=UTC)
    assert french.said(summer, today=date(2026, 7, 1)) == f"auj., 9{N}h{N}40"
    assert french.said(winter, today=TODAY) == f"jeu.{N}26{N}nov., 9{N}h{N}40"


def test_words_agree_with_the_patient():
    assert [french.agree("Arrivé", sex) for sex in "MFU"] == ["Arrivé", "Arrivée", "Arrivé(e)"]


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 libre"), (1, "1 libre"), (2, "2 libres"), (25, "25 libres")]
)
def test_french_counts_zero_as_one(count, words):
    assert french.plural(count, "libre") == words.replace(" ", N)


def test_durations_and_phones():
    assert french.duration(20) == f"20{N}min"
    assert french.duration(90) == f"1{N}h{N}30"
    assert french.phone("+33612345678") == "06 12 34 56 78".replace(" ", N)
    assert french.phone("+3221234567") == "+3221234567"


def test_the_classes_of_the_grid_are_those_the_script_writes():
    script = ROOT / "scripts/grid_css.py"
    code = f"import runpy; print(runpy.run_path({str(script)!r})['rules'](), end='')"
    written = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    served = ROOT / "src/unisson/screens/static/unisson/grid.css"
    assert written.stdout.decode() == served.read_text()
