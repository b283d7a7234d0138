"""What a cell says: dates, times, sexes, phones, codes, as people and programs write them.

Everything either gives a value or raises `Bad` with the reason in French. A
value is never guessed where a wrong guess would make somebody else of a
patient: an ambiguous date is refused, a lost digit is put back only where
there is one way to put it back.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from unisson.core.errors import Refusal
from unisson.patients.rules import birth_dates, phones
from unisson.patients.rules.folding import fold, without_accents


class Bad(ValueError):
    """A cell that cannot be taken; the text is the reason, for the report."""


def clean(text: str) -> str:
    """Without control characters, spaces tidied, the quotes of spreadsheets taken off.

    Raises Bad when a character was lost on the way (U+FFFD).
    """
    if text.isascii() and text.isprintable() and text.isalnum():
        return "" if text in ("NULL", "null", "None", "NaN", "nan") else text
    if "\ufffd" in text:
        raise Bad(f"caractère illisible dans « {text.strip()[:40]} »")
    plain = re.sub(r"[\s\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060\ufeff]+", " ", text).strip()
    if plain.startswith('="') and plain.endswith('"'):  # ="0612345678", Excel's text
        plain = plain[2:-1]
    return "" if fold(plain) in {"null", "none", "nan", "n a"} else plain


# -- dates ----------------------------------------------------------------------

_PLACEHOLDERS = {date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31), date(1901, 1, 1)}
_PARTS = re.compile(r"(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{2}|\d{4})")


@lru_cache(maxsize=65536)
def birth_date(text: str, today: date, month_first: bool = False) -> tuple[date, str]:
    """A birth date and its precision: exact, day_unknown, month_unknown, unknown.

    Takes what `patients.rules.birth_dates` takes, a time of day left aside, and
    00/00/1950, 00/05/1950 and a bare year for partly known dates. `month_first`:
    the file writes 05/04/1978 for 4 May.
    """
    typed = _without_time(text)
    if re.fullmatch(r"\d{5}([.,]\d+)?", typed):
        raise Bad(f"« {typed} » est un nombre d’Excel et non une date : exportez en format date")
    if month_first and (found := _PARTS.fullmatch(typed)):
        typed = f"{found[2]}/{found[1]}/{found[3]}"
    if found := _PARTS.fullmatch(typed):
        day, month, year = int(found[1]), int(found[2]), found[3]
        if (day == 0 or month == 0) and len(year) == 4:
            return _by_convention(int(year), month or None, day or None, today)
    if re.fullmatch(r"(1[89]|20)\d\d", typed):
        return _by_convention(int(typed), None, None, today)
    try:
        born = birth_dates.read(typed, today)
    except Refusal as refusal:
        raise Bad(_reason(refusal)) from None
    if born in _PLACEHOLDERS:
        raise Bad(f"{born:%d/%m/%Y} est une date de remplissage, pas une date de naissance")
    return born, "exact"


def is_two_digit_year(text: str) -> bool:
    """Whether the century of this date was guessed."""
    return bool(re.fullmatch(r"\d{1,2}[/.\- ]\d{1,2}[/.\- ]\d{2}", _without_time(text)))


def _by_convention(year: int, month: int | None, day: int | None, today: date) -> tuple[date, str]:
    try:
        return birth_dates.by_convention(year, month, day, today)
    except Refusal as refusal:
        raise Bad(_reason(refusal)) from None


def _without_time(text: str) -> str:
    return re.sub(
        r"[T ]\d{1,2}[:hH]\d{2}(:\d{2}(\.\d+)?)?(Z|[+\-]\d{2}:?\d{2})?$", "", text.strip()
    )


def _reason(refusal: Refusal) -> str:
    """The first sentence of a refusal, as a reason in a list."""
    sentence = refusal.sentence.split(". ")[0].rstrip(".")
    return sentence[:1].lower() + sentence[1:] if sentence[:1] != "«" else sentence


@lru_cache(maxsize=65536)
def day(text: str, today: date, month_first: bool = False) -> date:
    """A calendar day of the agenda. A two-digit year is of this century."""
    typed = _without_time(text)
    if not typed:
        raise Bad("jour manquant")
    typed = re.sub(
        r"^(lun|mar|mer|jeu|ven|sam|dim)[a-z]*\.?,?\s+", "", without_accents(typed).lower()
    )
    for pattern in birth_dates.DAY_PATTERNS:
        found = pattern.fullmatch(typed)
        if found is None:
            continue
        parts = found.groupdict()
        month = int(parts["m"]) if parts["m"].isdigit() else birth_dates.MONTHS[parts["m"]]
        number = int(parts["d"])
        year = int(parts["y"]) + (2000 if len(parts["y"]) == 2 else 0)
        if month_first and _PARTS.fullmatch(typed):
            month, number = number, month
        if not 1 <= month <= 12 or not 1 <= number <= monthrange(year, month)[1]:
            raise Bad(f"« {text.strip()} » n’existe pas dans le calendrier")
        if abs(year - today.year) > 60:
            raise Bad(f"« {text.strip()} » est trop loin d’aujourd’hui pour un rendez-vous")
        return date(year, month, number)
    raise Bad(f"« {text.strip()} » n’est pas une date")


_TIME = re.compile(r"(\d{1,2})\s*(?:[:hH.]\s*(\d{2})?(?::\d{2}(?:\.\d+)?)?|)\s*([ap]m)?", re.I)


@lru_cache(maxsize=4096)
def clock_time(text: str) -> time:
    """9:40, 9h40, 09H, 0940, 9 h, 14:30:00, 2:30 pm."""
    typed = text.strip()
    if re.fullmatch(r"\d{3,4}", typed):
        typed = f"{typed[:-2]}:{typed[-2:]}"
    found = _TIME.fullmatch(typed)
    if found is None:
        raise Bad(f"« {typed} » n’est pas une heure" if typed else "heure manquante")
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0)
    if hour > 23 or minute > 59:
        raise Bad(f"« {typed} » n’est pas une heure")
    return time(hour, minute)


_MOMENT = re.compile(
    r"(.+?)(?:[T ]|\s+à\s+)(\d{1,2}[:hH]\d{0,2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+\-]\d{2}:?\d{2})?"
)


def moment(text: str, today: date, month_first: bool = False) -> tuple[datetime, str]:
    """A day and a time in one cell, and the offset if there is one ("", "Z", "+02:00").

    The datetime is naive: what the cell shows.
    """
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        raise Bad(f"« {text.strip()} » n’est pas une date avec une heure")
    shown = datetime.combine(day(found[1], today, month_first), clock_time(found[2]))
    return shown, found[3] or ""


def minutes(text: str) -> int:
    """A length in minutes: 20, "20 min", 0:20, 00:20:00, 1h15."""
    typed = text.strip().lower()
    if found := re.fullmatch(r"(\d{1,3})(?:[.,]0+)?\s*(?:min\w*|mn|')?", typed):
        length = int(found[1])
    elif found := re.fullmatch(r"(\d{1,2})\s*[h:]\s*(\d{2})?(?::00)?", typed):
        length = int(found[1]) * 60 + int(found[2] or 0)
    else:
        raise Bad(f"« {text.strip()} » n’est pas une durée")
    if not 1 <= length <= 720:
        raise Bad(f"durée de {length} minutes")
    return length


# -- people ---------------------------------------------------------------------

_SEXES = {
    "F": "f femme feminin fem female 2 mme mlle madame mademoiselle fille mme mlle dame me",
    "M": "m h homme masculin masc male 1 mr monsieur garcon g mons",
    "U": "u i x inconnu indetermine nr non renseigne enfant bebe 0 9 dr pr docteur",
}
_SEX = {word: sex for sex, words in _SEXES.items() for word in words.split()}


def sex(text: str) -> str:
    """F, M, or U when the cell does not say. 1 and 2 as in the social security number."""
    typed = fold(text)
    if not typed:
        return "U"
    first = typed.split()[0]
    if typed in _SEX or first in _SEX:
        return _SEX.get(typed, _SEX.get(first, "U"))
    raise Bad(f"sexe « {text.strip()[:20]} » non compris")


@dataclass(frozen=True)
class Phone:
    """A number and, when the cell says so, whose it is."""

    e164: str
    holder: str = ""


_PHONE = re.compile(r"(?:\+|00)?[\d(][\d\s.\-()]{6,}\d")


@lru_cache(maxsize=65536)
def phone_numbers(text: str) -> tuple[Phone, ...]:
    """Every number in a cell: "06 12 34 56 78 (fille) / 0241…".

    Raises Bad when there is something but no number in it.
    """
    if not text:
        return ()
    if re.fullmatch(r"\d[.,]\d+[eE]\+?\d+", text.strip()):
        raise Bad(f"« {text} » : le tableur a perdu des chiffres de ce numéro")
    found: list[Phone] = []
    rest = re.split(r"\s*[/;|]\s*|\s+(?:ou|et)\s+", text)
    reason = ""
    for part in rest:
        if not part.strip():
            continue
        number = _PHONE.search(part)
        digits = re.sub(r"\D", "", number[0]) if number else ""
        if number is None:
            reason = reason or f"« {part.strip()[:30]} » n’est pas un numéro de téléphone"
            continue
        holder = re.sub(r"[()\-:,.]", " ", part.replace(number[0], " ")).strip()
        typed = number[0]
        if len(digits) == 9 and digits[0] in "123456789" and "+" not in typed:
            typed = f"0{digits}"  # the 0 a spreadsheet ate
        if len(digits) == 11 and digits.startswith("33"):
            typed = f"+{digits}"
        try:
            found.append(Phone(phones.e164(typed), re.sub(r"\s+", " ", holder)[:80]))
        except Refusal as refusal:
            reason = reason or _reason(refusal)
    if reason and not found:
        raise Bad(reason)
    return tuple({phone.e164: phone for phone in found}.values())


def email(text: str) -> str:
    """An address, lower-case domain. Raises Bad for what cannot be one."""
    typed = text.strip().strip("<>").removeprefix("mailto:")
    if not typed:
        return ""
    if not re.fullmatch(r"[^@\s,;]{1,64}@[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+", typed):
        raise Bad(f"« {typed[:60]} » n’est pas une adresse électronique")
    local, _, domain = typed.rpartition("@")
    return f"{local}@{domain.lower()}"[:254]


def postcode(text: str) -> str:
    """Five digits; the leading 0 of 01000 is put back. Foreign ones are left out."""
    digits = re.sub(r"\s|\.0$", "", text)
    if re.fullmatch(r"\d{4}", digits):
        return f"0{digits}"
    return digits if re.fullmatch(r"\d{5}", digits) else ""


def insee(text: str) -> str:
    """A COG code: 49007, 2A004, 99350; 1053 is 01053. Empty when it is not one."""
    code = re.sub(r"\s|\.0$", "", text).upper()
    if re.fullmatch(r"\d{4}", code):
        code = f"0{code}"
    return code if re.fullmatch(r"\d{5}|2[AB]\d{3}", code) and code[:2] != "00" else ""


_TITLES = frozenset(
    ("m", "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle", "dr", "pr", "enfant")
)


def split_full_name(text: str) -> tuple[str, str, str]:
    """Name, first name and civility of "Mme LEBRUN Claire", "LEBRUN, Claire", "Claire LEBRUN".

    Capitals say which is the name; without capitals the name is the first word.
    Raises Bad when only one word is left.
    """
    words = text.replace("\t", " ").split()
    title = ""
    while words and fold(words[0]) in _TITLES:
        title = title or words[0]
        words = words[1:]
    if "," in " ".join(words):
        name, _, first = " ".join(words).partition(",")
        if name.strip() and first.strip():
            return name.strip(), first.strip(), title
        words = [word.strip(",") for word in words if word.strip(",")]
    if len(words) < 2:
        raise Bad(f"« {text.strip()} » ne donne pas un nom et un prénom")
    capital = [len(word) > 1 and word == word.upper() and word != word.lower() for word in words]
    if capital[0] and not all(capital):
        cut = capital.index(False)
        return " ".join(words[:cut]), " ".join(words[cut:]), title
    if capital[-1] and not capital[0]:
        cut = len(words) - capital[::-1].index(False)
        return " ".join(words[cut:]), " ".join(words[:cut]), title
    particles = 1
    while particles < len(words) - 1 and fold(words[particles - 1]) in _PARTICLES:
        particles += 1
    return " ".join(words[:particles]), " ".join(words[particles:]), title


_PARTICLES = frozenset(("de", "du", "des", "da", "dos", "le", "la", "el", "ben", "van", "von"))


def yes(text: str) -> bool | None:
    """Whether a cell says yes; None when it says neither."""
    typed = fold(text)
    if typed in {"oui", "o", "1", "vrai", "true", "x", "yes", "y"}:
        return True
    return False if typed in {"non", "n", "0", "faux", "false", "no", ""} else None
