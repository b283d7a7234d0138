"""Birth dates as people type them.

04/05/1978, 4/5/78, 04051978, 040578, 1978-05-04, « 4 mai 1978 », « 4 mai 78 »;
and, for a search, 05/1978, « mai 1978 » or 1978 alone. Today is always passed
in: it decides the century of a two-digit year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from unisson.core.errors import Refusal
from unisson.patients.rules.folding import without_accents

OLDEST = 130  # years: nobody born earlier is alive, such a date is a slip of the finger

MONTHS = {
    "janvier": 1,
    "janv": 1,
    "jan": 1,
    "fevrier": 2,
    "fevr": 2,
    "fev": 2,
    "mars": 3,
    "avril": 4,
    "avr": 4,
    "mai": 5,
    "juin": 6,
    "juillet": 7,
    "juil": 7,
    "aout": 8,
    "septembre": 9,
    "sept": 9,
    "sep": 9,
    "octobre": 10,
    "oct": 10,
    "novembre": 11,
    "nov": 11,
    "decembre": 12,
    "dec": 12,
}
_MONTH = "(?P<m>" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\.?"
_YEAR = r"(?P<y>(?:1[89]|20)\d\d|\d\d)"
_FULL_YEAR = r"(?P<y>(?:1[89]|20)\d\d)"
_SEP = r"\s*[/.\-\s]\s*"

DAY_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        rf"(?P<d>\d\d?){_SEP}(?P<m>\d\d?){_SEP}{_YEAR}",
        rf"{_FULL_YEAR}[/.\-](?P<m>\d\d?)[/.\-](?P<d>\d\d?)",
        r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>(?:1[89]|20)\d\d)",
        r"(?P<y>(?:1[89]|20)\d\d)(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d\d)",
        rf"(?P<d>\d\d?)(?:er)?[\s\-]*{_MONTH}[\s\-]*{_YEAR}",
    )
)
MONTH_PATTERNS = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (rf"(?P<m>\d\d?)[/.\-]{_FULL_YEAR}", rf"{_MONTH}[\s\-]*{_FULL_YEAR}")
)
YEAR_PATTERN = re.compile(_FULL_YEAR, re.ASCII)


@dataclass(frozen=True)
class Span:
    """What was typed of a date: a day, or a month (`day` 0), or a year (`month` 0 too)."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def digits(self) -> str:
        """Year first, as far as known: 19780504, 197805, 1978."""
        text = f"{self.year:04d}"
        if self.month:
            text += f"{self.month:02d}"
        return f"{text}{self.day:02d}" if self.day else text

    @property
    def date(self) -> date | None:
        """The day, when a whole one was typed."""
        return date(self.year, self.month, self.day) if self.day else None


def prepared(text: str) -> str:
    """Lower case, no accents, ordinary spaces and dashes: what the patterns expect."""
    return re.sub(r"\s+", " ", re.sub("[‐-―−]", "-", without_accents(text).lower())).strip()


def centuries(year: str, today: date) -> list[int]:
    """The years a typed year can mean, the likeliest first. 78 is 1978, never 2078."""
    if len(year) == 4:
        return [int(year)]
    recent = today.year - today.year % 100 + int(year)
    return [recent, recent - 100] if recent <= today.year else [recent - 100]


def _spans(found: re.Match[str], today: date) -> Iterator[Span]:
    parts = found.groupdict()
    month = parts.get("m") or "0"
    number = int(month) if month.isdigit() else MONTHS[month]
    day = int(parts.get("d") or 0)
    for year in centuries(parts["y"], today):
        if "m" in parts and not 1 <= number <= 12:
            continue
        if "d" in parts and not 1 <= day <= monthrange(year, number)[1]:
            continue
        if (year, number or 1, day or 1) <= (today.year, today.month, today.day) and (
            today.year - year <= OLDEST
        ):
            yield Span(year, number, day)


def spans(text: str, today: date) -> list[Span]:
    """Every past date this text can be as a whole, the likeliest first; empty when none."""
    typed = prepared(text)
    for pattern in (*DAY_PATTERNS, *MONTH_PATTERNS, YEAR_PATTERN):
        if (found := pattern.fullmatch(typed)) and (result := list(_spans(found, today))):
            return result
    return []


def read(text: str, today: date) -> date:
    """The exact birth date typed in a form.

    Refuses, with a sentence that says why, what is not a date, does not exist,
    is to come or is more than 130 years ago.
    """
    typed = prepared(text)
    if not typed:
        raise Refusal("La date de naissance manque. Tapez-la comme 04/05/1978.", field="birth_date")
    for pattern in DAY_PATTERNS:
        found = pattern.fullmatch(typed)
        if found is None:
            continue
        parts = found.groupdict()
        month = int(parts["m"]) if parts["m"].isdigit() else MONTHS[parts["m"]]
        year = next(
            (y for y in centuries(parts["y"], today) if _is_past(y, month, int(parts["d"]), today)),
            centuries(parts["y"], today)[0],
        )
        return checked(year, month, int(parts["d"]), today)
    raise Refusal(
        f"« {text.strip()} » n’est pas une date de naissance complète."
        " Tapez le jour, le mois et l’année, comme 04/05/1978.",
        field="birth_date",
    )


def _is_past(year: int, month: int, day: int, today: date) -> bool:
    return (year, month, day) <= (today.year, today.month, today.day)


def checked(year: int, month: int, day: int, today: date) -> date:
    """This birth date, or a refusal that says what is wrong with it."""
    written = f"{day:02d}/{month:02d}/{year:04d}"
    if not 1 <= month <= 12:
        raise Refusal(
            f"Le {written} n’existe pas\N{NO-BREAK SPACE}: il n’y a pas de mois {month}."
            " Vérifiez la date de naissance.",
            field="birth_date",
        )
    if year < 1 or not 1 <= day <= monthrange(year, month)[1]:
        raise Refusal(
            f"Le {written} n’existe pas\N{NO-BREAK SPACE}: ce mois n’a pas de jour {day}."
            " Vérifiez la date de naissance.",
            field="birth_date",
        )
    born = date(year, month, day)
    if born > today:
        raise Refusal(
            f"Le {written} est une date à venir. Vérifiez l’année de naissance.",
            field="birth_date",
        )
    if today.year - year > OLDEST:
        raise Refusal(
            f"Le {written} donnerait {today.year - year} ans. Vérifiez l’année de naissance.",
            field="birth_date",
        )
    return born


def by_convention(year: int, month: int | None, day: int | None, today: date) -> tuple[date, str]:
    """A partly known birth date and its precision (RNIV EXI ID 11-12).

    Unknown day: the 1st. Unknown month: January. Both: 31 December. The year
    has to be known, or estimated by the person who asks.
    """
    if month is None and day is None:
        return checked(year, 12, 31, date(today.year, 12, 31)), "unknown"
    if month is None:
        return checked(year, 1, day or 1, today), "month_unknown"
    if day is None:
        return checked(year, month, 1, today), "day_unknown"
    return checked(year, month, day, today), "exact"


def age(born: date, on: date) -> int:
    """Whole years on that day. Someone born on 29 February is older on 1 March."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def age_words(born: date, on: date) -> str:
    """As said at the desk: 48 ans, 8 mois, 3 semaines, 5 jours."""
    years = age(born, on)
    if years >= 2:
        return f"{years}\N{NO-BREAK SPACE}ans"
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if months >= 2:
        return f"{months}\N{NO-BREAK SPACE}mois"
    days = (on - born).days
    if days >= 14:
        return f"{days // 7}\N{NO-BREAK SPACE}semaines"
    return f"{days}\N{NO-BREAK SPACE}jour{'s' if days > 1 else ''}"
