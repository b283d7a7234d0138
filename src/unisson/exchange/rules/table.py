"""A CSV file as rows: finds the delimiter and the line of headers, keeps line numbers.

Quoted cells may hold line breaks. A quote that is never closed would swallow
the rest of the file in silence: it is looked for and refused.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from unisson.exchange.rules.sniffing import Unreadable

DELIMITERS = (";", "\t", ",", "|")
MAX_COLUMNS = 300
MAX_CELL = 5000  # characters
MAX_ROWS = 500_000
MAX_LINES_PER_ROW = 40  # a note of forty lines inside one cell is already unheard of
_PREVIEW_LINES = 200
_HEADER_SEARCH = 12  # some programs print a title and a date above the headers


@dataclass(frozen=True)
class Row:
    """One record. `line` is where it starts in the file, as an editor numbers lines."""

    line: int
    cells: list[str]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """A file read as a table; `rows()` walks it again from the start."""

    text: str
    delimiter: str
    headers: list[str]
    header_line: int

    def rows(self) -> Iterator[Row]:
        """Every record below the headers, blank ones left out.

        A record with too many cells or a cell too long carries the reason in
        `problem`. Raises Unreadable when a quote is never closed.
        """
        width = len(self.headers)
        count = 0
        for line, cells in _records(self.text, self.delimiter):
            if line <= self.header_line or not any(cell.strip() for cell in cells):
                continue
            if cells == self.headers:
                continue  # headers printed again at each page
            count += 1
            if count > MAX_ROWS:
                raise Unreadable(
                    f"Ce fichier a plus de {MAX_ROWS:,} lignes ; découpez-le.".replace(",", " ")
                )
            yield Row(line, *_fit(cells, width))

    def sample(self, size: int = 200) -> list[list[str]]:
        """The first cells, to guess what each column holds."""
        found: list[list[str]] = []
        for row in self.rows():
            found.append(row.cells)
            if len(found) == size:
                break
        return found


def read(text: str, recognise: Callable[[str], bool]) -> Table:
    """The table in this text. `recognise` says whether a header is a known one.

    Raises Unreadable when there is no table in it.
    """
    head = _head(text)
    best: tuple[float, str, int, list[str]] | None = None
    for delimiter in _declared(head) or DELIMITERS:
        rows = list(_records(head, delimiter, check=False))
        widths = Counter(len(cells) for _, cells in rows if any(c.strip() for c in cells))
        if not widths:
            continue
        width, times = widths.most_common(1)[0]
        if width < 2:
            continue
        known, line, cells = _header(rows, width, recognise)
        score = known * 10 + times / sum(widths.values()) * 5 + min(width, 8) / 8
        if best is None or score > best[0]:
            best = (score, delimiter, line, cells)
    if best is None:
        raise Unreadable(
            "Aucune colonne trouvée : le fichier doit être un CSV dont les colonnes sont séparées"
            " par des points-virgules, des virgules ou des tabulations."
        )
    _, delimiter, line, headers = best
    if len(headers) > MAX_COLUMNS:
        raise Unreadable(f"Ce fichier a plus de {MAX_COLUMNS} colonnes.")
    while headers and not headers[-1].strip():
        headers = headers[:-1]
    return Table(text, delimiter, headers, line)


def _head(text: str) -> str:
    end = 0
    for _ in range(_PREVIEW_LINES):
        next_end = text.find("\n", end)
        if next_end < 0:
            return text.replace("\r\n", "\n") if "\n" in text else text[:200_000]
        end = next_end + 1
        if end > 400_000:
            break
    return text[:end]


def _declared(head: str) -> tuple[str, ...]:
    """Excel's own first line, such as `sep=;`."""
    first = head.lstrip().split("\n", 1)[0].strip()
    if first.lower().startswith("sep=") and len(first) == 5:
        return (first[4],)
    return ()


def _header(
    rows: list[tuple[int, list[str]]], width: int, recognise: Callable[[str], bool]
) -> tuple[int, int, list[str]]:
    best: tuple[int, int, list[str]] = (-1, 0, [])
    for line, cells in rows[:_HEADER_SEARCH]:
        if len(cells) < 2 or len(cells) < width - 1:
            continue
        known = sum(1 for cell in cells if recognise(cell))
        if known > best[0]:
            best = (known, line, cells)
    return best


def _fit(cells: list[str], width: int) -> tuple[list[str], str]:
    problem = ""
    if len(cells) > width:
        if any(cell.strip() for cell in cells[width:]):
            problem = (
                f"{len(cells)} cellules au lieu de {width} : un séparateur de trop, sans doute dans"
                " un texte sans guillemets"
            )
        cells = cells[:width]
    elif len(cells) < width:
        cells = cells + [""] * (width - len(cells))
    if any(len(cell) > MAX_CELL for cell in cells):
        problem = f"une cellule dépasse {MAX_CELL} caractères"
        cells = [cell[:MAX_CELL] for cell in cells]
    return cells, problem


def _records(text: str, delimiter: str, *, check: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Records with the line each starts on. Bare \\r line ends (old Mac) count as well."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter)
    start = 1
    while True:
        lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            # The only error a lenient reader raises on text: a cell over 131,072 characters.
            if check:
                raise Unreadable(_unclosed(start)) from None
            return
        taken = lines.number - start + 1
        if check and taken > 1 and (taken > MAX_LINES_PER_ROW or lines.quotes % 2):
            raise Unreadable(_unclosed(start))
        yield start, cells
        start = lines.number + 1


def _unclosed(line: int) -> str:
    return (
        f"Ligne {line} : un guillemet est ouvert et n’est jamais refermé, la suite du fichier"
        " serait avalée. Corrigez cette ligne et redonnez le fichier ; rien n’a été importé."
    )


class _Lines:
    """Lines of a text one at a time, counting lines and, inside a record, quotes."""

    def __init__(self, text: str) -> None:
        self.number = 0
        self.quotes = 0
        newline = "\n" if "\n" in text or "\r" not in text else "\r"
        self._lines = _split(text, newline)

    def begin(self) -> None:
        self.quotes = 0

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self.quotes += line.count('"')
        return line


def _split(text: str, newline: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = text.find(newline, start)
        if end < 0:
            yield text[start:]
            return
        # The csv module wants \n at the end of a line; \x00 it would refuse.
        yield text[start:end].rstrip("\r").replace("\x00", "") + "\n"
        start = end + 1
