"""Dates and weekdays: their patterns."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from unisson.core.french_time.atoms import (
    Atom,
    Kind,
    add_months,
    day_atom,
    monday,
    number,
    pattern,
)
from unisson.core.french_time.say import NBSP, say_day, say_long_day, sentence
from unisson.core.french_time.window import Doubt, Question
from unisson.core.french_time.words import LONG_MONTHS, LONG_WEEKDAYS, MONTHS, WEEKDAYS

type Match = re.Match[str]

RECENT = 90  # days: « 12 octobre » said in November may well be last month's
NEAR = 62  # days within which « lundi 30 » is looked for

_WEEKDAY = "|".join((*WEEKDAYS, "mar"))
_MONTH = "|".join((*MONTHS, "mar", "sept"))
WD = rf"(?P<wd>{_WEEKDAY})"
M = rf"(?P<m>{_MONTH})"
_D = r"w?(?:0?[1-9]|[12]\d|3[01])(?: er)?|premier|sept"
D = rf"(?P<d>{_D})"
Y = r"(?P<y>(?:19|20)\d\d)"
N = r"(?P<n>w?\d{1,3}|un|une|sept)"
UNIT = "jours|semaine|mois|ans|h|min|s"
NOT_UNIT = rf"(?! (?:{UNIT}|:|/|\.|-|er|et demi)(?!\S))(?! \d+(?!\S)(?! (?:h|:)))"
NOT_DAY = rf"(?! (?:a|et) w?\d+ h(?!\S)){NOT_UNIT}"
LE = r"(?:le |au |du |ce )?"


def month_of(text: str) -> int:
    return {"mar": 3, "sept": 9}.get(text) or MONTHS.index(text) + 1


def weekday_of(text: str) -> int:
    return 1 if text == "mar" else WEEKDAYS.index(text)


def next_weekday(weekday: int, today: date) -> date:
    """The first such day after today."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _impossible(text: str) -> Atom:
    return Atom(Kind.DAY, questions=(Question(Doubt.IMPOSSIBLE, text),))


def _past(day: date, today: date) -> tuple[Question, ...]:
    if day >= today:
        return ()
    return (Question(Doubt.PAST, f"Le {say_day(day, today)} est passé."),)


def _agrees(day: date, weekday: int | None, today: date) -> tuple[Question, ...]:
    if weekday is None or day.weekday() == weekday:
        return ()
    said = (
        f"Le {say_long_day(day, today).split(NBSP, 1)[1]} est un "
        f"{LONG_WEEKDAYS[day.weekday()]}, pas un {LONG_WEEKDAYS[weekday]}."
    )
    return (Question(Doubt.MISMATCH, said, day),)


def dated(day: int, month: int, year: int | None, weekday: int | None, today: date) -> Atom:
    """A date with its month. Without a year, the next one; with one, as typed."""
    if year is not None:
        try:
            found = date(year, month, day)
        except ValueError:
            return _impossible(f"Le {day} {LONG_MONTHS[month - 1]} {year} n’existe pas.")
        return day_atom(found, *_past(found, today), *_agrees(found, weekday, today))
    try:
        this_year = date(today.year, month, day)
    except ValueError:
        this_year = None
    if this_year is not None and this_year >= today:
        return day_atom(this_year, *_agrees(this_year, weekday, today))
    try:
        coming = date(today.year + 1, month, day)
    except ValueError:
        leap = f" en {today.year + 1}" if (day, month) == (29, 2) else ""
        return _impossible(f"Le {day} {LONG_MONTHS[month - 1]} n’existe pas{leap}.")
    if this_year is None or (today - this_year).days > RECENT:
        return day_atom(coming, *_agrees(coming, weekday, today))
    if weekday is not None and this_year.weekday() == weekday != coming.weekday():
        return day_atom(this_year, *_past(this_year, today))
    said = f"Le prochain{NBSP}: {say_day(coming, today)}{NBSP}; le dernier{NBSP}: "
    doubt = Question(Doubt.EITHER, sentence(said + say_day(this_year)), this_year)
    return day_atom(coming, doubt, *_agrees(coming, weekday, today))


def of_month(number_: int, weekday: int | None, today: date) -> Atom:
    """« le 12 », « lundi 30 »: the next such day."""
    days = [today + timedelta(days=ahead) for ahead in range(NEAR)]
    days = [day for day in days if day.day == number_]
    if not days:
        return _impossible(f"Le {number_} n’existe pas.")
    right = [day for day in days if weekday is None or day.weekday() == weekday]
    if right:
        return day_atom(right[0])
    return day_atom(days[0], *_agrees(days[0], weekday, today))


def _right_weekday(match: Match, now: datetime) -> Atom | None:
    """« lundi 7 à 10 h » is a date when that day is a Monday, else a range of hours."""
    atom = of_month(number(match["d"]), weekday_of(match["wd"]), now.date())
    return None if atom.questions else atom


def _christmas(match: Match, now: datetime) -> Atom:
    return dated(25, 12, None, None, now.date())


def _weekday(match: Match) -> int | None:
    text = match.groupdict().get("wd")
    return weekday_of(text) if text else None


def _numeric(match: Match, now: datetime) -> Atom | None:
    month, day = int(match["m"]), int(match["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):
        if match["y"] is None or len(match["y"]) < 4:
            return None
        return _impossible(f"Le {day}/{month:02d}/{match['y']} n’existe pas.")
    return dated(day, month, _year(match["y"], now.date()), _weekday(match), now.date())


def _year(text: str | None, today: date) -> int | None:
    """Two digits: this century up to five years ahead, else the last one."""
    if text is None or len(text) == 4:
        return int(text) if text else None
    year = today.year // 100 * 100 + int(text)
    return year if year <= today.year + 5 else year - 100


def _named(match: Match, now: datetime) -> Atom:
    year = match["y"]
    return dated(
        number(match["d"]),
        month_of(match["m"]),
        int(year) if year else None,
        _weekday(match),
        now.date(),
    )


def _relative(match: Match, now: datetime) -> Atom:
    ahead = {"avanthier": -2, "hier": -1, "aujourdhui": 0, "demain": 1, "apresdemain": 2}
    day = now.date() + timedelta(days=ahead[match["rel"]])
    if match.groupdict().get("en"):
        day += timedelta(days=7 if number(match["en"]) == 8 else 14)
    return day_atom(day, *_past(day, now.date()), *_agrees(day, _weekday(match), now.date()))


def _bare_weekday(match: Match, now: datetime) -> Atom:
    today, weekday = now.date(), weekday_of(match["wd"])
    day = next_weekday(weekday, today)
    questions: tuple[Question, ...] = ()
    if weekday == today.weekday():
        said = f"Le prochain, {say_day(day, today)}{NBSP}; pas aujourd’hui."
        questions = (Question(Doubt.EITHER, said, today),)
    return Atom(Kind.WEEKDAY, day, day, weekday, questions=questions)


def _this_weekday(match: Match, now: datetime) -> Atom:
    today, weekday = now.date(), weekday_of(match["wd"])
    day = today if weekday == today.weekday() else next_weekday(weekday, today)
    return Atom(Kind.WEEKDAY, day, day, weekday)


def _next_named_weekday(match: Match, now: datetime) -> Atom:
    """« jeudi prochain » is the first to come (Académie française); many mean next week's."""
    today = now.date()
    day = next_weekday(weekday_of(match["wd"]), today)
    if monday(day) > monday(today):
        return day_atom(day)
    other = day + timedelta(days=7)
    said = (
        f"Le premier à venir{NBSP}: {say_day(day, today)}{NBSP}; "
        f"la semaine d’après{NBSP}: {say_day(other)}"
    )
    return day_atom(day, Question(Doubt.EITHER, sentence(said), other))


def _weekday_in(match: Match, now: datetime) -> Atom:
    day = next_weekday(weekday_of(match["wd"]), now.date())
    return day_atom(day + timedelta(days=7 if number(match["en"]) == 8 else 14))


def _last_weekday(match: Match, now: datetime) -> Atom:
    today = now.date()
    back = (today.weekday() - weekday_of(match["wd"]) - 1) % 7 + 1
    day = today - timedelta(days=back)
    return day_atom(day, *_past(day, today))


def _two_days(match: Match, now: datetime) -> Atom:
    """« du 3 au 12 janvier », « 3 et 4 janvier »: the month said once."""
    today = now.date()
    month = int(match["m2"]) if match["m2"] else month_of(match["m"])
    year = match.groupdict().get("y")
    end = dated(number(match["d"]), month, int(year) if year else None, None, today)
    if end.last is None:
        return end
    begin = dated(number(match["d1"]), month, end.last.year, None, today)
    if begin.first is None:
        return begin
    if begin.first > end.last:
        begin = day_atom(add_months(begin.first, -1))
    assert begin.first is not None
    return Atom(Kind.PERIOD, begin.first, end.last, bounded=True, questions=end.questions)


M2 = r"/ (?P<m2>0?[1-9]|1[012])"
_D1 = rf"(?P<d1>{_D})"
_EN = r"en (?P<en>w?8|w?15)"

PATTERNS = (
    pattern(
        rf"{LE}(?:{WD} )?{LE}(?P<d>\d{{1,2}}) (?P<sep>[/.-]) (?P<m>\d{{1,2}}) (?P=sep) "
        r"(?P<y>\d{4}|\d\d)(?! [/])",
        _numeric,
    ),
    pattern(r"(?P<y>(?:19|20)\d\d) - (?P<m>\d{1,2}) - (?P<d>\d{1,2})", _numeric),
    pattern(
        rf"{LE}(?:{WD} )?{LE}(?P<d>\d{{1,2}})(?: er)? / (?P<m>\d{{1,2}})(?P<y>)??(?! [/h])",
        _numeric,
    ),
    pattern(rf"{LE}(?:{WD} )?{LE}{D} {M}(?: {Y})?", _named),
    pattern(
        rf"(?:du |entre le |le |les )?{_D1} (?:au|a|-|et|et le|ou|ou le) {D} "
        rf"(?:{M}|{M2})(?: {Y})?",
        _two_days,
    ),
    pattern(
        rf"{LE}{WD} (?:le )?{D}{NOT_DAY}",
        lambda m, now: of_month(number(m["d"]), weekday_of(m["wd"]), now.date()),
    ),
    pattern(
        rf"(?:le|au|du) {D}{NOT_UNIT}", lambda m, now: of_month(number(m["d"]), None, now.date())
    ),
    pattern(
        rf"(?<!\d )(?<![/.:-] )(?P<d>0?[1-9]|[12]\d|3[01])(?: er)?{NOT_DAY}",
        lambda m, now: of_month(number(m["d"]), None, now.date()),
    ),
    pattern(rf"{LE}{WD} (?:le )?{D}(?= a w?\d+ (?:h|:))", _right_weekday),
    pattern(r"(?:(?<=d ici )|(?<=avant )|(?<=apres )|(?<=a ))noel", _christmas),
    pattern(
        rf"(?P<rel>aujourdhui|demain|apresdemain|hier|avanthier)(?: {WD})?(?: {_EN})?", _relative
    ),
    pattern(rf"(?:de )?{WD} {_EN}", _weekday_in),
    pattern(rf"{LE}{WD} prochain", _next_named_weekday),
    pattern(rf"{LE}{WD} dernier", _last_weekday),
    pattern(rf"ce {WD}", _this_weekday),
    pattern(WD, _bare_weekday),
)
