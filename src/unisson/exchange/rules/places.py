"""INSEE's files of communes and countries, and what they make of the table of birth places.

Source: INSEE, Code officiel géographique, CSV files of each year's edition
under Licence Ouverte (edition of 2026: https://www.insee.fr/fr/information/8740222).

    v_commune_depuis_1943             [TYPECOM,]COM,TNCC,NCC,NCCENR,LIBELLE,DATE_DEBUT,DATE_FIN
    v_commune_outremer_depuis_1943    NATURE_ZONAGE,COM_COMER,TNCC,NCC,NCCENR,LIBELLE,
                                      DATE_DEBUT,DATE_FIN
    v_commune_AAAA                    TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,
                                      CAN,COMPARENT
    v_pays_et_territoire_depuis_1943  COG,CRPAY,LIBCOG,LIBENR,DATE_DEBUT,DATE_FIN
    v_pays_territoire_AAAA            COG,ACTUAL,CRPAY,ANI,LIBCOG,LIBENR,CODEISO2,CODEISO3,
                                      CODENUM3

The headers were checked in public programs that read these files (editions of
2024 to 2026), not on the files themselves. Since 2024 the countries of the
year are those in use, ACTUAL being 1, or 4 for a territory with a code of its
own, and a code is one territory (https://www.insee.fr/fr/information/7766238).

Not verified: that DATE_FIN is the first day of what follows, not the last of
what ends (Iceland, a kingdom until 1944-06-17, the day of its republic, says
so); that ANI is the year a code began to be used, taken only where no history
tells better. Municipal arrondissements are taken as communes: people are born
there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from unisson.core.errors import Refusal
from unisson.exchange.rules import table
from unisson.exchange.rules.report import Report
from unisson.exchange.rules.sniffing import Unreadable
from unisson.exchange.rules.table import Table
from unisson.patients.rules.birth_places import COMMUNE, COUNTRY, HORIZON, Place
from unisson.patients.rules.identity import birth_place

PLACES = "lieux"
NAME = 80  # characters
FRANCE = "99100"
BORN_IN = frozenset({"", "COM", "ARM"})
DAY = timedelta(days=1)
ASIDE_PARTS = "communes associées ou déléguées, laissées de côté"
ASIDE_OTHER = "territoires sans code à eux et France, laissés de côté"


class Bad(ValueError):
    """This line cannot be taken; the text says why, in French."""


class Aside(ValueError):
    """This line is not about a birth place; the text is what such lines are counted under."""


@dataclass(frozen=True)
class Layout:
    """One of the files: which columns tell it, and where things are in it.

    `dated`: it tells the whole history of each of its codes.
    """

    label: str
    kind: str
    code: str
    name: str
    dated: bool

    @property
    def needs(self) -> frozenset[str]:
        """The columns it cannot do without."""
        return frozenset({self.code, self.name, *(DATES if self.dated else ())})


DATES = ("DATE_DEBUT", "DATE_FIN")
# The dated ones first: without their dates they would pass for the others.
LAYOUTS = (
    Layout("communes depuis 1943", COMMUNE, "COM", "LIBELLE", dated=True),
    Layout("communes d’outre-mer depuis 1943", COMMUNE, "COM_COMER", "LIBELLE", dated=True),
    Layout("pays depuis 1943", COUNTRY, "COG", "LIBCOG", dated=True),
    Layout("communes de l’année", COMMUNE, "COM", "LIBELLE", dated=False),
    Layout("pays de l’année", COUNTRY, "COG", "LIBCOG", dated=False),
)
COLUMNS = frozenset().union(*(layout.needs for layout in LAYOUTS)) | {"TYPECOM", "ACTUAL"}


@dataclass(frozen=True)
class Entry:
    """A place as one line of one file says it."""

    line: int
    place: Place


@dataclass
class Source:
    """One file: what it is, its lines, the report that will be made of it."""

    layout: Layout
    report: Report
    entries: list[Entry] = field(default_factory=list)


def read(text: str, file_name: str) -> Source:
    """The file and its lines; those that cannot be taken are refused in its report.

    Raises Unreadable for a file that is none of INSEE's.
    """
    found = table.read(text, lambda header: header.strip().upper() in COLUMNS)
    headers = [header.strip().upper() for header in found.headers]
    layout = recognised(headers)
    if layout is None:
        raise Unreadable(
            f"Le fichier {file_name} n’est pas un fichier de lieux de l’INSEE. Ses colonnes sont"
            f" {', '.join(found.headers[:12])} ; on attend par exemple COM, LIBELLE, DATE_DEBUT et"
            " DATE_FIN (communes), ou COG et LIBCOG (pays)."
        )
    source = Source(layout, Report(PLACES, file_name))
    _read_lines(source, found, headers)
    return source


def recognised(headers: Sequence[str]) -> Layout | None:
    """Which file has these columns."""
    present = set(headers)
    for layout in LAYOUTS:
        if layout.needs <= present and (
            layout.dated or ({"TYPECOM", "ACTUAL"} & present and not set(DATES) & present)
        ):
            return layout
    return None


def _read_lines(source: Source, found: Table, headers: Sequence[str]) -> None:
    report = source.report
    for row in found.rows():
        report.read += 1
        cells = dict(zip(headers, (cell.strip() for cell in row.cells), strict=False))
        try:
            if row.problem:
                raise Bad(row.problem)
            source.entries.append(Entry(row.line, _place(cells, source.layout)))
        except Aside as aside:
            report.extra[str(aside)] = report.extra.get(str(aside), 0) + 1
        except Bad as bad:
            report.refuse(row.line, str(bad))


def _place(cells: Mapping[str, str], layout: Layout) -> Place:
    code, name = cells[layout.code].upper(), cells[layout.name]
    if cells.get("TYPECOM", "") not in BORN_IN:
        raise Aside(ASIDE_PARTS)
    if cells.get("ACTUAL", "1") not in {"1", "4"} or code == FRANCE:
        raise Aside(ASIDE_OTHER)
    try:
        known = birth_place(code)
    except Refusal:
        known = ""
    if not known or (layout.kind == COUNTRY) != known.startswith("99"):
        what = "d’un pays" if layout.kind == COUNTRY else "d’une commune"
        raise Bad(f"« {code} » n’est pas le code {what}")
    if not name:
        raise Bad(f"le nom du lieu {code} manque")
    if len(name) > NAME or "\ufffd" in name:
        raise Bad(f"le nom du lieu {code} est illisible ou dépasse {NAME} signes")
    start = _day(cells.get("DATE_DEBUT", ""), "de début") or HORIZON
    after = _day(cells.get("DATE_FIN", ""), "de fin")
    if after is not None and after <= start:
        raise Bad(f"{name} finit ({after:%d/%m/%Y}) avant d’avoir commencé ({start:%d/%m/%Y})")
    if not layout.dated and (year := cells.get("ANI", "")).isdigit() and 1943 < int(year) < 2200:
        start = date(int(year), 1, 1)
    return Place(known, max(start, HORIZON), name, layout.kind, after - DAY if after else None)


def _day(text: str, which: str) -> date | None:
    """A day written 2015-12-31, or 31/12/2015. Nothing: None."""
    if not text:
        return None
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 (a day, no hour)
        except ValueError:
            continue
    raise Bad(f"la date {which} « {text} » n’est pas une date (AAAA-MM-JJ)")


@dataclass(frozen=True)
class Change:
    """What a code will be in the table, in place of whatever it was."""

    code: str
    places: tuple[Place, ...]


def settle(sources: Sequence[Source], present: Mapping[str, Sequence[Place]]) -> list[Change]:
    """What changes in the table; counts each line as new or already there in its report.

    `present`: the table as it is, by code. A dated file tells all there is of
    its codes: what the table said of them otherwise goes. A file of the year
    only adds a code nothing else knows to be in use.
    """
    wanted: dict[str, list[Place]] = {}
    for source in sources:
        if source.layout.dated:
            _tell_history(source, wanted)
    told = {code: _joined(places) for code, places in wanted.items()}
    for source in sources:
        if source.layout.dated:
            for entry in source.entries:
                code = entry.place.code
                same = set(told[code]) == set(present.get(code, ()))
                source.report.known += same
                source.report.new += not same
    for source in sources:
        if not source.layout.dated:
            _add_current(source, told, present)
    return [
        Change(code, tuple(places))
        for code, places in sorted(told.items())
        if set(places) != set(present.get(code, ()))
    ]


def _tell_history(source: Source, wanted: dict[str, list[Place]]) -> None:
    kept: list[Entry] = []
    begun = {(place.code, place.valid_from): place for of in wanted.values() for place in of}
    lines: dict[tuple[str, date], int] = {}
    for entry in source.entries:
        place = entry.place
        key = place.code, place.valid_from
        earlier = begun.setdefault(key, place)
        if earlier != place:
            where = f"ligne {lines[key]}" if key in lines else "un autre fichier"
            source.report.refuse(
                entry.line,
                f"{place.name} ({place.code}) commence le même jour que {earlier.name}, {where}",
            )
            continue
        lines.setdefault(key, entry.line)
        kept.append(entry)
        if place not in wanted.setdefault(place.code, []):
            wanted[place.code].append(place)
    source.entries = kept


def _joined(places: Iterable[Place]) -> list[Place]:
    """Periods of one name that follow each other are one: what changed is not its name."""
    found: list[Place] = []
    for place in sorted(places, key=lambda each: each.valid_from):
        last = found[-1] if found else None
        if (
            last is not None
            and last.name == place.name
            and last.valid_until is not None
            and last.valid_until + DAY == place.valid_from
        ):
            found[-1] = Place(last.code, last.valid_from, last.name, last.kind, place.valid_until)
        else:
            found.append(place)
    return found


def _add_current(
    source: Source, told: dict[str, list[Place]], present: Mapping[str, Sequence[Place]]
) -> None:
    added: dict[str, int] = defaultdict(int)
    for entry in source.entries:
        place = entry.place
        before = told.get(place.code, present.get(place.code, ()))
        there = next((each for each in before if each.valid_until is None), None)
        if there is None:
            ended = max((each.valid_until for each in before if each.valid_until), default=None)
            start = place.valid_from if ended is None else max(place.valid_from, ended + DAY)
            told[place.code] = [*before, Place(place.code, start, place.name, place.kind)]
            added[place.code] = entry.line
            source.report.new += 1
        elif place.code in added:
            source.report.refuse(
                entry.line, f"le code {place.code} est déjà à la ligne {added[place.code]}"
            )
        else:
            source.report.known += 1
            if there.name != place.name:
                source.report.remark(
                    entry.line,
                    f"{place.code} est déjà {there.name}, {place.name} est laissé de côté :"
                    " importez aussi le fichier « depuis 1943 »",
                )
