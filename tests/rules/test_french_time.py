"""French expressions of time are read as people mean them: see french_time.txt."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from unisson.core.french_time import (
    NBSP,
    Doubt,
    Window,
    read,
    say_day,
    say_day_time,
    say_delay,
    say_long_day,
    say_minutes,
    say_time,
)
from unisson.core.french_time.text import fold, slip, tokens
from unisson.core.french_time.words import CORRECTED, MONTHS, NAMES, WEEKDAYS

NOW = datetime(2026, 11, 24, 9, 41)
TODAY = NOW.date()

SENTENCES = Path(__file__).with_name("french_time.txt").read_text(encoding="utf-8")


def _rows() -> list:
    lines = [line for line in SENTENCES.splitlines() if line and not line.startswith("#")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [pytest.param(*[*row, "", "", ""][:4], id=row[0]) for row in cells]


def _clock(minute: int | None) -> str:
    return "" if minute is None else f"{minute // 60}:{minute % 60:02d}"


def _days(window: Window) -> str:
    if not window.has_days:
        return ""
    said = str(window.day) if window.day else f"{window.first or ''}..{window.last or ''}"
    weekdays = "".join(str(day) for day in sorted(window.weekdays))
    return f"{'soonest ' if window.soonest else ''}{said} {weekdays}".strip()


def _hours(window: Window) -> str:
    if window.exact is not None:
        return _clock(window.exact)
    return f"{_clock(window.start)}-{_clock(window.end)}" if window.has_hours else ""


@pytest.mark.parametrize(("typed", "days", "hours", "doubts"), _rows())
def test_a_sentence_is_read_as_people_mean_it(typed, days, hours, doubts):
    window = read(typed, NOW)
    assert _days(window) == days
    assert _hours(window) == hours
    assert ",".join(question.doubt for question in window.questions) == doubts


@pytest.mark.parametrize("typed", [param.values[0] for param in _rows()])
def test_capitals_accents_and_spaces_change_nothing(typed):
    window = read(typed, NOW)
    for other in (typed.upper(), fold(typed), f"  {typed}  "):
        seen = read(other, NOW)
        assert (_days(seen), _hours(seen)) == (_days(window), _hours(window))


def test_there_are_enough_sentences():
    assert len(_rows()) >= 200


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("jeudi matin", "jeu. 26 nov., le matin"),
        ("demain 9h40", "demain, mer. 25 nov., à 9 h 40"),
        ("auj apres 17h", "aujourd’hui, mar. 24 nov., après 17 h"),
        ("la semaine prochaine", "la semaine du lun. 30 nov."),
        ("cette semaine", "cette semaine, jusqu’au dim. 29 nov."),
        ("dans 3 mois", "autour du mer. 24 févr."),
        ("d'ici 6 semaines", "d’ici le mar. 5 janv."),
        ("mardi ou jeudi entre 10h et 12h", "jeu. 26 nov. ou mar. 1er déc., entre 10 h et 12 h"),
        ("tous les mercredis matin", "le mercredi, le matin"),
        ("semaine prochaine sauf le mercredi", "sauf le mercredi, la semaine du lun. 30 nov."),
        ("asap", "dès que possible"),
        ("asap le matin", "dès que possible, le matin"),
        ("fin de journée", "en fin de journée (après 16 h 30)"),
        ("en mars", "en mars 2027"),
        ("12 octobre", "mar. 12 oct. 2027"),
        ("week-end", "le week-end du sam. 28 nov."),
        ("avant 10h", "avant 10 h"),
        ("martin", ""),
    ],
)
def test_what_was_understood_is_said_back(typed, said):
    assert read(typed, NOW).said.replace(NBSP, " ") == said


@pytest.mark.parametrize(
    ("typed", "time", "rest"),
    [
        ("rdv martin controle jeudi matin nguyen", "jeudi matin", "rdv martin controle nguyen"),
        ("libre nguyen à partir du 12 après 15h", "à partir du 12 après 15h", "libre nguyen"),
        ("roux lundi ou mardi aprem", "lundi ou mardi aprem", "roux"),
        ("bloque nguyen de 12h à 13h demain", "de 12h à 13h demain", "bloque nguyen"),
        ("jeudi avec dr nguyen", "jeudi", "avec dr nguyen"),
    ],
)
def test_the_letters_of_time_are_known_to_the_letter(typed, time, rest):
    spans = read(typed, NOW).spans
    covered = {place for span in spans for place in range(span.start, span.end)}
    assert "".join(c for i, c in enumerate(typed) if i in covered) == time.replace(" ", "") or (
        " ".join(typed[span.start : span.end] for span in spans) == time
    )
    left = "".join(" " if i in covered else c for i, c in enumerate(typed))
    assert " ".join(left.split()) == rest


@pytest.mark.parametrize("typed", ["rdv sam leroy", "mars", "roux 12", "jedui", "midi"])
def test_what_may_be_a_name_is_only_a_guess(typed):
    assert [span.guess for span in read(typed, NOW).spans] == [True]


@pytest.mark.parametrize("typed", ["sam matin", "le 12", "12 mars", "jeudi", "en mars", "9h"])
def test_what_is_surely_time_is_no_guess(typed):
    assert not any(span.guess for span in read(typed, NOW).spans)


PEOPLE = """
    martin marin marti matis matin-dupont jeudy lundy mardy samedy ferrier jaillet janier
    davril maillard juinet demay noel lemoine huit neuf six dix vingt semaille premier
    mardin mardon lundi-roux prochasson aoustin novel decker
"""


@pytest.mark.parametrize("name", PEOPLE.split())
def test_names_of_people_are_left_alone(name):
    found = [name[span.start : span.end] for span in read(name, NOW).spans]
    assert found in ([], ["matin"], ["lundi"])


def test_every_surname_one_slip_away_from_a_correction_is_listed():
    assert all(any(slip(name, word) for word in CORRECTED) for name in NAMES)


def test_an_hour_that_does_not_exist_is_flagged_and_kept():
    window = read("28/03/2027 2h30", NOW)
    assert window.has(Doubt.IMPOSSIBLE)
    assert (window.day, window.exact) == (date(2027, 3, 28), 150)
    assert "n’existe pas" in window.questions[0].said
    assert not read("28/03/2027 3h00", NOW).questions


def test_an_hour_that_occurs_twice_is_flagged():
    assert read("31/10/2027 2h30", NOW).has(Doubt.TWICE)
    assert not read("31/10/2027 3h30", NOW).questions


def test_an_hour_of_today_that_is_over_is_flagged():
    assert read("aujourd'hui 9h", NOW).has(Doubt.PAST)
    assert not read("aujourd'hui 10h", NOW).questions


def test_jeudi_prochain_names_the_other_thursday():
    question = read("jeudi prochain", NOW).questions[0]
    assert question.doubt is Doubt.EITHER
    assert question.day == date(2026, 12, 3)


def test_the_window_keeps_days_and_minutes():
    window = read("mardi ou jeudi matin", NOW)
    assert list(window.days(since=TODAY)) == [date(2026, 11, 26), date(2026, 12, 1)]
    assert window.keeps_minute(719)
    assert not window.keeps_minute(720)
    assert list(read("9h40", NOW).days(since=TODAY, horizon=2))[-1] == date(2026, 11, 26)
    assert read("9h40", NOW).keeps_minute(580)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (say_day(date(2026, 11, 26)), "jeu. 26 nov."),
        (say_day(date(2026, 12, 1), TODAY), "mar. 1er déc."),
        (say_day(date(1951, 3, 12), TODAY), "lun. 12 mars 1951"),
        (say_long_day(date(2026, 11, 24)), "mardi 24 novembre"),
        (say_long_day(date(2027, 8, 1), TODAY), "dimanche 1er août 2027"),
        (say_time(580), "9 h 40"),
        (say_time(840), "14 h"),
        (say_time(545), "9 h 05"),
        (say_day_time(date(2026, 11, 26), 580), "jeu. 26 nov., 9 h 40"),
        (say_minutes(25), "25 min"),
        (say_minutes(60), "1 h"),
        (say_minutes(65), "1 h 05"),
        (say_delay(TODAY, TODAY), "aujourd’hui"),
        (say_delay(TODAY + timedelta(1), TODAY), "demain"),
        (say_delay(TODAY - timedelta(1), TODAY), "hier"),
        (say_delay(TODAY + timedelta(3), TODAY), "dans 3 jours"),
        (say_delay(TODAY + timedelta(15), TODAY), "dans 2 semaines"),
        (say_delay(date(2027, 2, 24), TODAY), "dans 3 mois"),
        (say_delay(date(2027, 2, 23), TODAY), "dans 2 mois"),
        (say_delay(TODAY - timedelta(32), TODAY), "il y a 4 semaines"),
        (say_delay(date(2029, 11, 24), TODAY), "dans 3 ans"),
    ],
)
def test_time_is_said_as_people_say_it(said, expected):
    assert said.replace(NBSP, " ") == expected


def test_a_day_and_an_hour_never_break_over_two_lines():
    assert " " not in say_day(TODAY)
    assert " " not in say_time(580)


PIECES = """
    rdv roux 12 9h 14 30 2027 / : - , . le du au en dans 3 mois semaine prochaine entre et
    avant après d'ici fin début de matin midi aprem à partir vers sauf pas les huit sept vingt
    un jours sem 0940 31 02 moins quart demi
"""
WORDS = st.sampled_from([*WEEKDAYS, *MONTHS, *PIECES.split()])
LINES = st.lists(WORDS, max_size=12).map(" ".join) | st.text(max_size=60)
DAYS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2090, 12, 31))


@given(line=LINES, now=DAYS)
@example(line="29/02", now=datetime(2026, 2, 28))
@example(line="\ufdfa ﬁn ① ²", now=NOW)
@example(line="999 ans dans 999 ans", now=NOW)
@example(line="le 31 dans 1 mois", now=datetime(2026, 1, 31))
def test_anything_typed_is_read_without_a_crash_and_in_its_place(line, now):
    window = read(line, now)
    assert bool(window) == bool(window.spans)
    reached = 0
    for span in window.spans:
        assert reached <= span.start < span.end <= len(line)
        reached = span.end
    if window.first and window.last:
        assert window.first <= window.last
    if window.start is not None and window.end is not None:
        assert 0 <= window.start < window.end <= 1440
    assert window.exact is None or 0 <= window.exact < 1440
    assert all(question.said for question in window.questions)
    assert not (window.has_days or window.has_hours) or window


@given(day=st.dates(min_value=TODAY, max_value=TODAY + timedelta(days=300)))
def test_a_day_said_is_read_back_as_the_same_day(day):
    for said in (say_day(day), say_long_day(day), f"{day:%d/%m/%Y}", f"{day:%d/%m}"):
        assert read(said, NOW).day == day


@given(minute=st.integers(0, 1439))
def test_an_hour_said_is_read_back_as_the_same_hour(minute):
    for said in (say_time(minute), f"{minute // 60}h{minute % 60:02d}", _clock(minute)):
        assert read(said, NOW).exact == minute


@given(text=st.text(max_size=40))
def test_tokens_stay_on_the_letters_typed(text):
    for token in tokens(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.text
        assert token.text == fold(token.text)


@given(weekday=st.sampled_from(WEEKDAYS), now=DAYS)
def test_a_weekday_alone_is_the_next_one(weekday, now):
    day = read(weekday, now).day
    assert day is not None
    assert 1 <= (day - now.date()).days <= 7
    assert WEEKDAYS[day.weekday()] == weekday
