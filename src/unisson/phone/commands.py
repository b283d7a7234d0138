"""`unisson triage`: the red-flag table over lines of JSON, for checking and measuring.

Reads {"id", "text", "age_years", "sex", "pregnant", "prior_calls_72h"} a line, writes
the judgement of each in the same order. A line that cannot be read gives an error in
its place and the rest goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from unisson.phone.rules.red_flags import judge, ready


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `unisson triage`."""
    parser = commands.add_parser(
        "triage", help="juger des lignes JSON avec la table des signaux d’alerte"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Standard input to standard output; 1 when a line could not be read."""
    ready()  # the lists are read before the first line, which then costs no more than others
    refused = False
    for answer in answers(sys.stdin.buffer):
        refused = refused or "error" in answer
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
    return 1 if refused else 0


def answers(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """One answer a line, in order; blank lines are skipped."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield answer(line, number)


def answer(line: bytes, number: int) -> dict[str, Any]:
    """The judgement of one line, or what is wrong with it."""
    try:
        call = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return {"id": None, "error": f"Ligne {number} : ce n’est pas du JSON lisible (UTF-8)."}
    if not isinstance(call, dict):
        return {"id": None, "error": f"Ligne {number} : un objet JSON est attendu."}
    known = call.get("id")
    try:
        prior = _number(call, "prior_calls_72h", 1_000)
        found = judge(
            _text(call),
            age_years=_number(call, "age_years", 130),
            sex=_sex(call),
            pregnant=_truth(call, "pregnant"),
            prior_calls=None if prior is None else int(prior),
        )
    except ValueError as wrong:
        return {"id": known, "error": f"Ligne {number} : {wrong}"}
    return {"id": known, **found.as_json()}


def _text(call: dict[str, Any]) -> str:
    text = call.get("text")
    if not isinstance(text, str) or not text.strip():
        raise ValueError("il manque « text », les mots de l’appelant.")
    return text


def _number(call: dict[str, Any], name: str, most: float) -> float | None:
    value = call.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ValueError(f"« {name} » doit être un nombre entre 0 et {most}, ou null.")
    return float(value)


def _truth(call: dict[str, Any], name: str) -> bool | None:
    value = call.get(name)
    if value is not None and not isinstance(value, bool):
        raise ValueError(f"« {name} » doit être true, false ou null.")
    return value


def _sex(call: dict[str, Any]) -> str | None:
    value = call.get("sex")
    if value is not None and not isinstance(value, str):
        raise ValueError("« sex » doit être « F », « M » ou null.")
    return value
