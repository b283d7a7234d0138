"""A file as given, and how its columns are to be read. Reads nothing but its bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from unisson.core.errors import Refusal
from unisson.exchange.models import Mapping as Remembered
from unisson.exchange.rules import headers, sniffing, table
from unisson.exchange.rules.headers import AGENDA, PATIENTS, Column
from unisson.exchange.rules.sniffing import Unreadable
from unisson.exchange.rules.table import Row, Table
from unisson.patients.rules.folding import fold

DEFAULT_SOURCE = "ancien logiciel"
MAX_SETTINGS = 200_000  # characters of a mapping file


@dataclass(frozen=True)
class Choices:
    """What the person who imports says about the file.

    `columns`: field by header, empty to ignore; None: what is remembered or
    proposed. `practitioners` and `visit_types`: what a name of the file means
    here (ids). `practitioner`: whose agenda it is, when no column says so.
    """

    source: str = DEFAULT_SOURCE
    columns: Mapping[str, str] | None = None
    month_first: bool = False
    practitioner: int | None = None
    practitioners: Mapping[str, int] = field(default_factory=dict)
    visit_types: Mapping[str, int] = field(default_factory=dict)
    default_visit_type: int | None = None

    def kept(self) -> dict[str, Any]:
        """What is worth remembering for the next file with the same headers.

        Not whose agenda it is: the next file may well be somebody else's.
        """
        return {
            "month_first": self.month_first,
            "practitioners": dict(self.practitioners),
            "visit_types": dict(self.visit_types),
            "default_visit_type": self.default_visit_type,
        }


@dataclass(frozen=True)
class Opened:
    """A file that can be read. `table` is None for a calendar."""

    kind: str
    text: str
    encoding: str
    table: Table | None
    columns: tuple[Column, ...]
    signature: str
    remembered: bool = False

    @property
    def is_calendar(self) -> bool:
        return self.table is None

    @property
    def fields(self) -> dict[int, str]:
        """The field of each column that has one."""
        return {column.index: column.field for column in self.columns if column.field}

    @property
    def missing(self) -> list[str]:
        """What no column gives, in words; a calendar lacks nothing."""
        return [] if self.is_calendar else headers.missing(self.kind, self.fields)

    def check(self) -> None:
        """Refuse when something indispensable is in no column."""
        if self.missing:
            raise Refusal(
                "Aucune colonne ne donne "
                + ", ni ".join(self.missing)
                + ". Rien n’a été importé. Indiquez quelle colonne le contient."
            )

    def cells(self) -> Iterator[tuple[Row, dict[str, list[str]]]]:
        """Each record with its cells by field."""
        assert self.table is not None
        wanted = [(index, name) for index, name in sorted(self.fields.items())]
        for row in self.table.rows():
            found: dict[str, list[str]] = {}
            for index, name in wanted:
                found.setdefault(name, []).append(row.cells[index])
            yield row, found


def open_file(kind: str, data: bytes, choices: Choices) -> tuple[Opened, Choices]:
    """Read a file and settle its columns: as given, else as remembered, else as proposed.

    Raises Refusal when it is not a file of this kind.
    """
    try:
        text = sniffing.decode(data)
        if text.is_calendar:
            if kind == PATIENTS:
                raise Unreadable(
                    "C’est un calendrier (iCalendar) : il contient des rendez-vous, pas des"
                    " patients. Importez-le comme agenda."
                )
            opened = Opened(kind, text.text, text.encoding, None, (), "calendrier")
            return _remember(opened, choices)
        found = table.read(text.text, lambda header: headers.is_known(kind, header))
    except Unreadable as unreadable:
        raise Refusal(f"{unreadable} Rien n’a été importé.") from None
    columns = tuple(headers.propose(kind, found.headers, found.sample()))
    opened = Opened(
        kind, text.text, text.encoding, found, columns, headers.signature(found.headers)
    )
    given = choices.columns
    opened, choices = _remember(opened, choices)
    if choices.columns is not None:
        why = "comme la dernière fois" if given is None else "indiqué"
        opened = replace(
            opened, columns=tuple(_as_said(kind, opened.columns, choices.columns, why))
        )
    return opened, choices


def _remember(opened: Opened, choices: Choices) -> tuple[Opened, Choices]:
    known = Remembered.objects.filter(kind=opened.kind, signature=opened.signature).first()
    if known is None:
        return opened, choices
    before = Choices(**{k: v for k, v in known.choices.items() if k in Choices().kept()})
    choices = replace(
        choices,
        columns=known.columns if choices.columns is None else choices.columns,
        month_first=choices.month_first or before.month_first,
        practitioners={**before.practitioners, **choices.practitioners},
        visit_types={**before.visit_types, **choices.visit_types},
        default_visit_type=choices.default_visit_type or before.default_visit_type,
    )
    return replace(opened, remembered=True), choices


def _as_said(
    kind: str, columns: Sequence[Column], said: Mapping[str, str], why: str
) -> Iterator[Column]:
    """The columns with the fields a person gave them; a header not named keeps its proposal."""
    wanted = {headers.normalise(name): value for name, value in said.items()}
    by_index = {name: value for name, value in said.items() if name.isdigit()}
    for column in columns:
        value = by_index.get(str(column.index), wanted.get(headers.normalise(column.header)))
        if value is None:
            yield column
            continue
        if value and value not in headers.FIELDS[kind]:
            raise Refusal(f"« {value} » n’est pas un champ connu. Rien n’a été importé.")
        yield replace(column, field=value, confidence=100, why=why)


def columns_kept(opened: Opened) -> dict[str, str]:
    """Field by column number, the way it is remembered."""
    return {str(column.index): column.field for column in opened.columns}


def settings_from(text: str, kind: str, names: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """The choices written in a mapping file (JSON), in the words of the screen.

        {"colonnes": {"Nom marital": "Nom utilisé"}, "source": "…", "mois_d_abord": false,
         "praticiens": {"Dr N.": "Nguyen"}, "motifs": {"Suivi": "SUIVI"},
         "praticien": "Nguyen", "motif_par_defaut": "CS"}

    `names`: ids by name of "praticiens" and "motifs". Raises Refusal.
    """
    if len(text) > MAX_SETTINGS:
        raise Refusal("Ce fichier de correspondance est démesuré. Rien n’a été importé.")
    try:
        said = json.loads(text)
    except ValueError as error:
        raise Refusal(
            f"Le fichier de correspondance n’est pas du JSON ({error}). Rien n’a été importé."
        ) from None
    if not isinstance(said, dict):
        raise Refusal("Le fichier de correspondance doit être un objet JSON. Rien n’a été importé.")
    labels = {headers.normalise(headers.label(kind, code)): code for code in headers.FIELDS[kind]}
    found: dict[str, Any] = {}
    columns = _dictionary(said, "colonnes")
    if columns:
        found["columns"] = {
            header: value if value in headers.FIELDS[kind] or not value
            else labels.get(headers.normalise(value), value)
            for header, value in columns.items()
        }  # fmt: skip
    if isinstance(said.get("source"), str) and said["source"].strip():
        found["source"] = said["source"].strip()[:40]
    if said.get("mois_d_abord") is True:
        found["month_first"] = True
    found["practitioners"] = {
        label: named(names["praticiens"], value, "praticien")
        for label, value in _dictionary(said, "praticiens").items()
    }
    found["visit_types"] = {
        label: named(names["motifs"], value, "motif")
        for label, value in _dictionary(said, "motifs").items()
    }
    if value := said.get("praticien"):
        found["practitioner"] = named(names["praticiens"], str(value), "praticien")
    if value := said.get("motif_par_defaut"):
        found["default_visit_type"] = named(names["motifs"], str(value), "motif")
    return found


def _dictionary(said: Mapping[str, Any], key: str) -> dict[str, str]:
    value = said.get(key, {})
    if not isinstance(value, dict):
        raise Refusal(f"Dans le fichier de correspondance, « {key} » doit être un objet JSON.")
    return {str(name): str(meaning) for name, meaning in value.items()}


def named(known: Mapping[str, int], name: str, what: str) -> int:
    """The id of this name; `known` by folded name. Raises Refusal with the names there are."""
    key = known.get(fold(name))
    if key is None:
        raise Refusal(f"Aucun {what} ne s’appelle « {name} ». Rien n’a été importé.")
    return key


__all__ = ["AGENDA", "PATIENTS", "Choices", "Opened", "open_file", "settings_from"]
