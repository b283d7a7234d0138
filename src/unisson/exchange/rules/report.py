"""What an import would do, or did: counts, and every line that needs a look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

REFUSED, DOUBTFUL, SQUEEZED, REMARK = "refused", "doubtful", "squeezed", "remark"


@dataclass(frozen=True, order=True)
class Line:
    """One line of the file and what there is to say of it. `line` 0: the whole file."""

    line: int
    text: str
    kind: str = REFUSED


@dataclass
class Report:
    """`new`, `known`, `refused` count the lines of the file; `doubtful` are among the new.

    `linked` are among the known: people there by other ways, whose number in
    the other program is learnt.

    `extra` counts what else was written (absences …), by its French name.
    """

    kind: str
    file_name: str = ""
    read: int = 0
    new: int = 0
    known: int = 0
    linked: int = 0
    refused: int = 0
    doubtful: int = 0
    squeezed: int = 0
    lines: list[Line] = field(default_factory=list)
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)
    applied: bool = False

    def refuse(self, line: int, reason: str) -> None:
        """This line will not be taken."""
        self.refused += 1
        self.lines.append(Line(line, reason))

    def doubt(self, line: int, reason: str) -> None:
        """This line is taken, and somebody has to judge it afterwards."""
        self.doubtful += 1
        self.lines.append(Line(line, reason, DOUBTFUL))

    def squeeze(self, line: int, reason: str) -> None:
        """This appointment stands over another one: taken as an explicit squeeze-in."""
        self.squeezed += 1
        self.lines.append(Line(line, reason, SQUEEZED))

    def remark(self, line: int, text: str) -> None:
        """Taken, but not everything of it, or not as it was written."""
        self.lines.append(Line(line, text, REMARK))

    def does_not_know(self, what: str, value: str) -> None:
        """Count a name of the file that means nothing here: a practitioner, a visit type."""
        values = self.unknown.setdefault(what, {})
        values[value] = values.get(value, 0) + 1

    def of(self, kind: str) -> list[Line]:
        """The lines of one kind, in the order of the file."""
        return sorted(line for line in self.lines if line.kind == kind)

    @property
    def unchanged(self) -> bool:
        """Nothing to write."""
        return not self.new and not self.linked


def numbered(lines: Iterable[Line]) -> list[str]:
    """`Ligne 12 : la date de naissance manque`."""
    return [
        f"Ligne {line.line}\N{NO-BREAK SPACE}: {line.text}" if line.line else line.text
        for line in lines
    ]
