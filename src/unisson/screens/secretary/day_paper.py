"""The day as a PDF, made in the process by Typst: no browser, no service."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

SOURCE = Path(__file__).with_name("day_print.typ")


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One appointment on paper. All texts are ready to be read."""

    hour: str
    minutes: str
    name: str
    first_name: str
    nee: str
    traits: str
    mark: str
    state: str
    phone: str
    reason: str


@dataclass(frozen=True, slots=True)
class PaperColumn:
    """One practitioner's day on paper."""

    name: str
    sub_title: str
    counts: str
    note: str
    rows: Sequence[PaperRow]
    free: str


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole document."""

    title: str
    practice: str
    printed: str
    warning: str
    columns: Sequence[PaperColumn]


def pdf(paper: Paper) -> bytes:
    """A4 pages. Texts are data, never markup: Typst receives them as JSON strings."""
    inputs: Mapping[str, str] = {"data": json.dumps(asdict(paper), ensure_ascii=False)}
    return typst.compile(str(SOURCE), sys_inputs=dict(inputs), format="pdf")
