"""`unisson import patients FILE`, `unisson import agenda FILE`, `unisson import lieux FILE...`.

Without `--apply`, says what would happen and writes nothing. Settings are read
late, so that the other commands can still choose theirs.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from unisson.exchange.reading import Choices, Opened
    from unisson.exchange.rules.report import Line, Report

MANY_REMARKS = 60  # printed; all of them are in the file of --report


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `unisson import`."""
    parser = commands.add_parser("import", help="reprendre les données d’un autre logiciel")
    kinds = parser.add_subparsers(dest="kind", metavar="quoi", required=True)
    patients = kinds.add_parser("patients", help="un fichier CSV de patients")
    agenda = kinds.add_parser("agenda", help="un fichier CSV ou iCalendar de rendez-vous")
    for one in (patients, agenda):
        one.add_argument("file", type=Path, metavar="FICHIER")
        one.add_argument("--apply", action="store_true", help="écrire ; sinon, essai à blanc")
        one.add_argument("--mapping", type=Path, metavar="JSON", help="ce que sont les colonnes")
        one.add_argument("--show-mapping", action="store_true", help="imprimer la correspondance")
        one.add_argument("--source", default="", help="le logiciel d’origine : doctolib…")
        one.add_argument(
            "--month-first", action="store_true", help="les dates sont mois/jour/année"
        )
        one.add_argument("--report", type=Path, metavar="CSV", help="toutes les remarques")
        one.set_defaults(run=run, act=_run)
    agenda.add_argument("--practitioner", default="", help="de qui est cet agenda")
    agenda.add_argument("--default-type", default="", help="motif à prendre faute d’autre")
    places = kinds.add_parser("lieux", help="les communes et les pays de naissance, de l’INSEE")
    places.add_argument("files", type=Path, nargs="+", metavar="FICHIER")
    places.add_argument("--apply", action="store_true", help="écrire ; sinon, essai à blanc")
    places.set_defaults(run=run, act=_run_places)


def run(options: argparse.Namespace) -> int:
    """Import; 0 when what was given could be read, 2 when it is refused as a whole."""
    import django

    django.setup()
    from django.db import DatabaseError

    from unisson.core.errors import Refusal

    try:
        return options.act(options)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal.sentence}\n")
        return 2
    except DatabaseError as error:
        sys.stderr.write(
            "La base de données n’a pas accepté cet import ; rien n’a été écrit."
            f" A-t-elle été créée (unisson init) ? [{type(error).__name__}]\n"
        )
        return 2


def _run(options: argparse.Namespace) -> int:
    from unisson.core.access import Actor
    from unisson.exchange.actions import import_agenda, import_patients
    from unisson.exchange.reading import open_file

    data = read_bytes(options.file)
    choices = _choices(options)
    opened, settled = open_file(options.kind, data, choices)
    if options.show_mapping:
        print_mapping(opened, settled)
        return 0
    _print_columns(opened)
    act: Callable[..., Report] = import_patients if options.kind == "patients" else import_agenda
    started = time.monotonic()
    report = act(
        data,
        by=Actor.system("import"),
        file_name=options.file.name,
        choices=choices,
        apply=options.apply,
        progress=_Bar() if sys.stderr.isatty() else None,
    )
    _print_report(report, time.monotonic() - started)
    if options.report is not None:
        _write_report(options.report, report)
    return 0


def _run_places(options: argparse.Namespace) -> int:
    from unisson.core.access import Actor
    from unisson.exchange.actions import import_places

    started = time.monotonic()
    files = [(path.name, read_bytes(path)) for path in options.files]
    reports = import_places(files, by=Actor.system("import"), apply=options.apply)
    for report in reports:
        _print_places(report)
    _say(f"\nLu en {time.monotonic() - started:.1f} s.")
    _print_end(applied=options.apply, unchanged=all(report.unchanged for report in reports))
    return 0


def read_bytes(path: Path) -> bytes:
    """The whole file, unless it is missing or too big. Raises Refusal."""
    from unisson.core.errors import Refusal
    from unisson.exchange.rules import sniffing

    try:
        size = path.stat().st_size
        if size > sniffing.MAX_FILE:
            raise Refusal(f"{sniffing.too_big(size, sniffing.MAX_FILE)} Rien n’a été importé.")
        return path.read_bytes()
    except OSError as error:
        raise Refusal(f"Le fichier {path} ne s’ouvre pas ({error.strerror}).") from None


def _choices(options: argparse.Namespace) -> Choices:
    from unisson.core.errors import Refusal
    from unisson.exchange.actions.ground import names_by_label
    from unisson.exchange.reading import Choices, named, settings_from

    names = names_by_label()
    given: dict[str, Any] = {}
    if options.mapping is not None:
        try:
            text = options.mapping.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError):
            raise Refusal(f"Le fichier {options.mapping} ne se lit pas.") from None
        given = settings_from(text, options.kind, names)
    if options.source:
        given["source"] = options.source[:40]
    if options.month_first:
        given["month_first"] = True
    if who := getattr(options, "practitioner", ""):
        given["practitioner"] = named(names["praticiens"], who, "praticien")
    if what := getattr(options, "default_type", ""):
        given["default_visit_type"] = named(names["motifs"], what, "motif")
    return Choices(**given)


def print_mapping(opened: Opened, choices: Choices) -> None:
    """The mapping as a file to correct and give back with --mapping."""
    said = {
        "source": choices.source,
        "mois_d_abord": choices.month_first,
        "colonnes": {column.header: column.field for column in opened.columns},
    }
    sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=2) + "\n")


def _print_columns(opened: Opened) -> None:
    from unisson.exchange.rules import headers

    if opened.table is None:
        _say(f"Calendrier, {opened.encoding}.")
        return
    separator = {"\t": "tabulation"}.get(opened.table.delimiter, opened.table.delimiter)
    _say(f"CSV, séparateur {separator}, {opened.encoding}.")
    if opened.remembered:
        _say("Colonnes comprises comme la dernière fois :")
    for column in opened.columns:
        meaning = headers.label(opened.kind, column.field) or "ignorée"
        sure = f" ({column.confidence} %, {column.why})" if column.field else ""
        _say(f"  {column.header or '(sans titre)':<32} → {meaning}{sure}")


def _print_report(report: Report, seconds: float) -> None:
    from unisson.exchange.rules.report import DOUBTFUL, REFUSED, REMARK, SQUEEZED

    what = "patients" if report.kind == "patients" else "rendez-vous"
    _say("")
    _say(f"{report.read} lignes lues en {seconds:.1f} s.")
    _say(f"  {report.new:>7} {what} {'importés' if report.applied else 'à importer'}")
    for name, number in report.extra.items():
        _say(f"          dont {number} {name}")
    _say(f"  {report.known:>7} déjà là")
    _say(f"  {report.refused:>7} refusées")
    _say(f"  {report.doubtful:>7} à vérifier")
    if report.kind != "patients":
        _say(f"  {report.squeezed:>7} en plus d’un autre rendez-vous")
    for title, kind, most in (
        ("Refusées", REFUSED, None),
        ("À vérifier", DOUBTFUL, None),
        ("Rendez-vous en plus", SQUEEZED, None),
        ("Remarques", REMARK, MANY_REMARKS),
    ):
        _print_lines(title, report.of(kind), most)
    for what, values in report.unknown.items():
        _say(f"\nNoms inconnus ({what}), à donner dans --mapping :")
        for name, number in sorted(values.items(), key=lambda pair: -pair[1]):
            _say(f"  {name} : {number} ligne{'s' if number > 1 else ''}")
    _print_end(applied=report.applied, unchanged=report.unchanged)


def _print_places(report: Report) -> None:
    from unisson.exchange.rules.report import REFUSED, REMARK

    _say(f"\n{report.file_name} : {report.read} lignes lues.")
    _say(f"  {report.new:>7} {'importées' if report.applied else 'à importer'}")
    _say(f"  {report.known:>7} déjà là")
    _say(f"  {report.refused:>7} refusées")
    for name, number in report.extra.items():
        _say(f"  {number:>7} {name}")
    _print_lines("Refusées", report.of(REFUSED), MANY_REMARKS)
    _print_lines("Remarques", report.of(REMARK), MANY_REMARKS)


def _print_end(*, applied: bool, unchanged: bool) -> None:
    if applied:
        _say("\nImport fait." if not unchanged else "\nRien de nouveau : rien n’a changé.")
    else:
        _say("\nEssai à blanc : rien n’a été écrit. Relancez avec --apply pour importer.")


def _print_lines(title: str, lines: Sequence[Line], most: int | None) -> None:
    from unisson.exchange.rules.report import numbered

    if not lines:
        return
    _say(f"\n{title} :")
    for text in numbered(lines[:most]):
        _say(f"  {text}")
    if most is not None and len(lines) > most:
        _say(f"  … et {len(lines) - most} autres (--report les donne toutes)")


def _write_report(path: Path, report: Report) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(["ligne", "genre", "texte"])
        # A text that begins with = + - @ would be run by a spreadsheet as a formula.
        writer.writerows(
            [line.line, line.kind, line.text if line.text[:1] not in "=+-@" else f"'{line.text}"]
            for line in sorted(report.lines)
        )


class _Bar:
    """A progress bar on the terminal, redrawn in place."""

    def __init__(self) -> None:
        self._stage = ""

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self._stage and stage != self._stage:
            sys.stderr.write("\n")
        self._stage = stage
        part = min(1.0, done / total) if total else 1.0
        sys.stderr.write(f"\r{stage:<12} [{'#' * int(part * 30):<30}] {part:4.0%}")
        if stage == "Écriture" and done == total:
            sys.stderr.write("\n")
        sys.stderr.flush()


def _say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
