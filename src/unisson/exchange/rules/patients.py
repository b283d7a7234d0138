"""From the cells of one line to one patient, or the reason why not."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from unisson.core.errors import Refusal
from unisson.exchange.rules import values
from unisson.exchange.rules.values import Bad, Phone
from unisson.patients.rules import identity
from unisson.patients.rules.folding import fold
from unisson.patients.rules.identity import StrictTraits
from unisson.patients.rules.line import PatientLine, given_name_case

PHONE_KINDS = {
    "phone_mobile": "mobile",
    "phone_home": "home",
    "phone_work": "work",
    "phone": "",
}
ADULT_AGE = 16  # years: younger, a married name is a slip of the century


@dataclass(frozen=True)
class Options:
    """What the person who imports says about the file."""

    today: date
    month_first: bool = False


@dataclass(frozen=True)
class Record:
    """One patient as the file gives her. `phones`: number and kind ("" to be guessed)."""

    line: int
    traits: StrictTraits
    source_id: str = ""
    used_name: str = ""
    used_first_name: str = ""
    phones: tuple[tuple[Phone, str], ...] = ()
    email: str = ""
    address_line: str = ""
    postcode: str = ""
    commune: str = ""
    commune_code: str = ""
    treating_name: str = ""
    note: str = ""
    deceased_on: date | None = None
    remarks: tuple[str, ...] = ()

    @property
    def who(self) -> tuple[str, str, date]:
        """What two lines about one person have in common."""
        return who(self.traits.birth_name, self.traits.birth_first_name, self.traits.birth_date)

    @property
    def key(self) -> str:
        """What the line is recognised by the next time: its number, else its strict traits."""
        return f"n:{self.source_id}" if self.source_id else f"t:{self.digest}"

    @property
    def digest(self) -> str:
        """Of the strict traits, to see that a known number still means the same person."""
        return digest_of(self.traits)

    @property
    def shown(self) -> str:
        """The person in a sentence of the report, as everywhere on screen."""
        traits = self.traits
        name = self.used_name.upper() or traits.birth_name
        return PatientLine(
            id=0,
            name=name,
            first_name=given_name_case(self.used_first_name or traits.birth_first_name),
            birth_name="" if traits.birth_name == name else traits.birth_name,
            sex=traits.sex,
            birth_date=traits.birth_date,
        ).phrase


def who(name: str, first: str, born: date) -> tuple[str, str, date]:
    """Folded name and first name, birth date."""
    return _folded(name), _folded(first), born


@lru_cache(maxsize=200_000)
def _folded(text: str) -> str:
    return fold(text)


def digest_of(traits: StrictTraits) -> str:
    """SHA-256, shortened, of name, first name, birth date and sex."""
    text = "|".join((*map(str, who(traits.birth_name, traits.birth_first_name, traits.birth_date)),
                     traits.sex))  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read(line: int, cells: Mapping[str, Sequence[str]], options: Options) -> Record:
    """The patient of a line. `cells`: raw texts by field, several for phones and notes.

    Raises Bad when identity cannot be had; what else is wrong is left out and said.
    """
    cells = {name: [values.clean(text) for text in texts] for name, texts in cells.items()}
    names = _Names.of(cells)
    remarks: list[str] = []
    if not names.birth_name:
        raise Bad("le nom manque")
    if not names.first:
        raise Bad("le prénom manque")
    typed = _one(cells, "birth_date")
    if not typed:
        raise Bad("la date de naissance manque")
    born, precision = values.birth_date(typed, options.today, options.month_first)
    born = _right_century(born, typed, names, options.today, remarks)
    try:
        traits = _traits(cells, names, born, precision, options.today, remarks)
    except Refusal as refusal:
        raise Bad(refusal.sentence.rstrip(".")) from None
    record = Record(
        line=line,
        traits=traits,
        source_id=_one(cells, "source_id")[:38],
        used_name=_used(names.used_name, names.birth_name),
        used_first_name=_used(names.used_first, names.first),
        commune=_one(cells, "commune")[:80],
        treating_name=_one(cells, "treating_name")[:120],
        note=" · ".join(filter(None, _all(cells, "note"))),
        address_line=", ".join(
            filter(None, (_one(cells, "address_line"), _one(cells, "address_more")))
        )[:200],
    )
    return _contacts(record, cells, options, remarks)


@dataclass(frozen=True)
class _Names:
    birth_name: str
    used_name: str
    first: str
    used_first: str
    title: str

    @classmethod
    def of(cls, cells: Mapping[str, Sequence[str]]) -> _Names:
        """Birth names and used names, whichever columns the file has."""
        title = _one(cells, "sex")
        birth, used = _one(cells, "birth_name"), _one(cells, "used_name")
        first, used_first = _one(cells, "first_name"), _one(cells, "used_first_name")
        if name := _one(cells, "name"):
            birth, used = (birth, used or name) if birth else (name, used)
        full = _one(cells, "full_name")
        if full and not ((birth or used) and (first or used_first)):
            found_name, found_first, found_title = values.split_full_name(full)
            title = title or found_title
            birth = birth or ("" if used else found_name)
            first = first or found_first
        given = _one(cells, "birth_given_names")
        if not first and given:
            first = given.replace(",", " ").split()[0]
        return cls(birth or used, used if birth else "", first or used_first, used_first, title)


def _used(used: str, birth: str) -> str:
    """A used name only where it says something else than the birth name (EXI ID 08)."""
    return (
        "" if fold(used) == fold(birth) and used.upper() == birth.upper() else identity.used(used)
    )


def _right_century(born: date, typed: str, names: _Names, today: date, remarks: list[str]) -> date:
    """A two-digit year can be a child or somebody a hundred years older: said, and decided."""
    if not values.is_two_digit_year(typed) or born.year < today.year - 99:
        return born
    earlier = born.year - 100
    if earlier < today.year - 120:
        return born
    if names.used_name and (today - born).days < ADULT_AGE * 366:
        remarks.append(f"année de naissance lue {earlier} : un nom d’usage, donc une adulte")
        return born.replace(year=earlier)
    if born.year >= 2000:
        remarks.append(f"année de naissance sur deux chiffres, lue {born.year}")
    return born


def _traits(
    cells: Mapping[str, Sequence[str]],
    names: _Names,
    born: date,
    precision: str,
    today: date,
    remarks: list[str],
) -> StrictTraits:
    try:
        sex = values.sex(names.title)
    except Bad as bad:
        remarks.append(str(bad))
        sex = "U"
    place = _one(cells, "birth_place_code")
    code = values.insee(place)
    if place and not code:
        remarks.append(f"lieu de naissance « {place[:20]} » : ce n’est pas un code INSEE")
    traits = identity.traits(
        birth_name=names.birth_name,
        birth_first_name=names.first,
        birth_date=born,
        birth_date_precision=precision,
        sex=sex,
        today=today,
        birth_place_code=code,
        birth_place_name=_one(cells, "birth_place_name"),
    )
    if given := _one(cells, "birth_given_names"):
        try:
            listed = identity.given_names(given, traits.birth_first_name)
        except Refusal:
            remarks.append(f"liste de prénoms « {given[:40]} » laissée de côté")
        else:
            traits = replace(traits, birth_given_names=listed[:200])
    return traits


def _contacts(
    record: Record,
    cells: Mapping[str, Sequence[str]],
    options: Options,
    remarks: list[str],
) -> Record:
    phones: dict[str, tuple[Phone, str]] = {}
    for column, kind in PHONE_KINDS.items():
        for text in _all(cells, column):
            try:
                for phone in values.phone_numbers(text):
                    phones.setdefault(phone.e164, (phone, kind))
            except Bad as bad:
                remarks.append(f"téléphone laissé de côté : {bad}")
    email = ""
    try:
        email = values.email(_one(cells, "email"))
    except Bad as bad:
        remarks.append(f"{bad} : laissée de côté")
    code = _one(cells, "postcode")
    postcode = values.postcode(code)
    if code and not postcode:
        remarks.append(f"code postal « {code[:20]} » laissé de côté")
    return replace(
        record,
        phones=tuple(phones.values()),
        email=email,
        postcode=postcode,
        commune_code=values.insee(_one(cells, "commune_code")),
        deceased_on=_deceased(_one(cells, "deceased_on"), record, options, remarks),
        remarks=tuple(remarks),
    )


def _deceased(text: str, record: Record, options: Options, remarks: list[str]) -> date | None:
    if not text or values.yes(text) is False:
        return None
    try:
        day, _ = values.birth_date(text, options.today, options.month_first)
    except Bad:
        remarks.append(f"date de décès « {text[:20]} » non comprise : à vérifier sur le dossier")
        return None
    if day < record.traits.birth_date:
        remarks.append("date de décès avant la naissance : à vérifier sur le dossier")
        return None
    return day


def _one(cells: Mapping[str, Sequence[str]], field: str) -> str:
    return next(filter(None, cells.get(field, ())), "")


def _all(cells: Mapping[str, Sequence[str]], field: str) -> list[str]:
    return [text for text in cells.get(field, ()) if text]


# -- is she already there ---------------------------------------------------------


@dataclass(frozen=True)
class Known:
    """Somebody already in the practice's files, or on an earlier line."""

    id: int
    sex: str
    birth_place_code: str = ""

    def can_be(self, traits: StrictTraits) -> bool:
        """Whether nothing known of both contradicts that they are one person."""
        return (self.sex == traits.sex or "U" in (self.sex, traits.sex)) and (
            not self.birth_place_code
            or not traits.birth_place_code
            or self.birth_place_code == traits.birth_place_code
        )
