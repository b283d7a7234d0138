"""The names, places and streets fictitious people are made of, from `data/`.

First names and family names keep the order of frequency of the INSEE files;
communes keep their INSEE code, a postcode and their population.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path

from unisson.patients.rules.birth_places import COUNTRY, HORIZON, Place

DAY = timedelta(days=1)
DATA = Path(__file__).parent / "data"
HOME_DEPARTMENT = "49"
FICTION_PLACE = "Saint-Aubin-du-Lac"  # on no map


class Draw[T]:
    """Picks among items by weight, the same way every time for the same generator."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self.items = items
        self._steps = list(accumulate(weights))

    def __call__(self, rng: random.Random) -> T:
        return self.items[bisect(self._steps, rng.random() * self._steps[-1])]


def by_rank[T](items: Sequence[T], flatten: float = 12.0) -> Draw[T]:
    """A draw over items sorted by frequency, the first ones much more often."""
    return Draw(items, [1 / (rank + flatten) for rank in range(len(items))])


@dataclass(frozen=True)
class Commune:
    code: str
    name: str
    postcode: str
    population: int


@dataclass(frozen=True)
class Origin:
    """Families from one place: where elders were born, how they are called."""

    label: str
    share: int
    born: tuple[str, ...]
    names: Draw[str]
    women: Draw[str] | None
    men: Draw[str] | None


# Countries of birth: the INSEE codes used in origins.txt (code officiel géographique).
COUNTRIES = {
    "99122": "Pologne",
    "99114": "Roumanie",
    "99123": "Russie",
    "99127": "Italie",
    "99134": "Espagne",
    "99139": "Portugal",
    "99155": "Ukraine",
    "99208": "Turquie",
    "99216": "Chine",
    "99234": "Cambodge",
    "99241": "Laos",
    "99243": "Viêt Nam",
    "99312": "Congo (République démocratique)",
    "99322": "Cameroun",
    "99324": "Congo",
    "99326": "Côte d’Ivoire",
    "99328": "Gabon",
    "99330": "Guinée",
    "99333": "Madagascar",
    "99335": "Mali",
    "99341": "Sénégal",
    "99350": "Maroc",
    "99351": "Tunisie",
    "99352": "Algérie",
    "99397": "Comores",
}

# Communes that merged (Wikipédia, wiki-anjou.fr): code, name, last day. The others of the
# demo have today's name for all times: the real history comes with INSEE's files.
MERGED = (
    ("49023", "Beaupréau", date(2015, 12, 14)),
    ("49006", "Andrezé", date(2015, 12, 14)),
    ("49151", "Gesté", date(2015, 12, 14)),
    ("49162", "Jallais", date(2015, 12, 14)),
)


def _lines(name: str) -> list[str]:
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def communes() -> dict[str, Commune]:
    """Every commune of the data file, by INSEE code."""
    rows = (line.split(";") for line in _lines("communes.csv")[1:])
    return {row[0]: Commune(row[0], row[1], row[2], int(row[3])) for row in rows}


@cache
def homes() -> Draw[Commune]:
    """Where the patients live: around the fictitious place, the bigger the likelier."""
    near = [place for place in communes().values() if place.code.startswith(HOME_DEPARTMENT)]
    return Draw(near, [min(place.population, 12_000) for place in near])


@cache
def birth_places() -> Draw[Commune]:
    """Where they were born: mostly the department's towns with a maternity, else anywhere."""
    places = [p for p in communes().values() if p.population >= 15_000]
    weights = [
        p.population * (150 if p.code.startswith(HOME_DEPARTMENT) else 0.6)
        if not p.code.startswith(("97", "98"))
        else 0
        for p in places
    ]
    return Draw(places, weights)


@cache
def _first_names() -> dict[tuple[str, int], Draw[str]]:
    found = {}
    for line in _lines("first_names.txt"):
        sex, decade, *names = line.split()
        found[sex, int(decade)] = by_rank(names)
    return found


def first_names(sex: str, year: int) -> Draw[str]:
    """First names given in France around that year. `sex`: F or M."""
    decade = min(max((year - 1) // 10 * 10 + 1, 1921), 2011)
    return _first_names()[sex, decade]


@cache
def family_names() -> Draw[str]:
    """Family names of France by frequency."""
    names = [name.strip() for line in _lines("surnames.txt") for name in line.split(",")]
    return by_rank([name for name in names if name], flatten=150)


@cache
def origins() -> Draw[Origin | None]:
    """Where a family comes from: usually nowhere in particular (None)."""
    found: list[Origin | None] = [None]
    weights = [0]
    label, share, fields = "", 0, dict[str, str]()

    def close() -> None:
        if label:
            found.append(
                Origin(
                    label,
                    share,
                    tuple(fields["born"].split()),
                    by_rank(_split(fields["names"])),
                    by_rank(_split(fields["women"])) if fields["women"] != "=" else None,
                    by_rank(_split(fields["men"])) if fields["men"] != "=" else None,
                )
            )
            weights.append(share)

    for line in _lines("origins.txt"):
        if line.startswith("["):
            close()
            label, number = line[1:].split("]")
            share, fields = int(number), {}
        else:
            key, _, value = line.partition(": ")
            fields[key] = value
    close()
    weights[0] = 10_000 - sum(weights)
    return Draw(found, weights)


def _split(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


@cache
def streets() -> tuple[str, ...]:
    """Names of streets found everywhere."""
    return tuple(_lines("streets.txt"))


def place_name(code: str, on: date) -> str:
    """What the commune or country of this INSEE code was called that day."""
    return next(place.name for place in places()[code] if place.existed((on, on)))


@cache
def places() -> dict[str, list[Place]]:
    """The table of birth places of the demo, by code: the communes and countries named here."""
    found = {code: [Place(code, HORIZON, one.name)] for code, one in communes().items()}
    for code, name in COUNTRIES.items():
        found[code] = [Place(code, HORIZON, name, COUNTRY)]
    for code, name, last in MERGED:
        before = Place(code, HORIZON, name, valid_until=last)
        found[code] = [
            before,
            *(replace(place, valid_from=last + DAY) for place in found.get(code, ())),
        ]
    return found
