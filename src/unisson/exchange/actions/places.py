"""The table of birth places, from INSEE's files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from unisson.core import access
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.exchange import bulk
from unisson.exchange.rules import places as rules
from unisson.exchange.rules import sniffing
from unisson.exchange.rules.report import Report
from unisson.exchange.rules.sniffing import Unreadable
from unisson.patients.models import BirthPlace
from unisson.patients.places import FIELDS
from unisson.patients.rules.birth_places import Place, search_key

VERB = "patients.import"


def import_places(
    files: Sequence[tuple[str, bytes]], *, by: Actor, apply: bool = False
) -> list[Report]:
    """What these files (name, content) would put in the table, or, with `apply`, put it.

    A report a file, in the order given. Refused lines are left out and said;
    everything else comes in together or not at all, and a second time changes
    nothing. Patients are not touched. Raises Refusal when one of the files
    cannot be read: then none is.
    """
    access.check(by, VERB)
    sources = [_opened(name, data) for name, data in files]
    reports = [source.report for source in sources]
    if not apply:
        rules.settle(sources, _present())
        return reports
    with gesture(VERB, by=by) as act:
        changes = rules.settle(sources, _present())
        for report in reports:
            report.applied = True
        if not changes:
            act.audit("E", "BirthPlace", detail="lieux : rien de nouveau")
            return reports
        codes = [change.code for change in changes]
        for start in range(0, len(codes), 500):
            BirthPlace.objects.filter(code__in=codes[start : start + 500]).delete()
        write([place for change in changes for place in change.places])
        act.audit("C", "BirthPlace", detail=f"{len(changes)} codes de lieux de l’INSEE")
    return reports


def write(places: Sequence[Place]) -> None:
    """Put these in the table, in the transaction of an act."""
    bulk.insert(
        BirthPlace(
            code=place.code,
            name=place.name,
            folded=search_key(place.name),
            kind=place.kind,
            valid_from=place.valid_from,
            valid_until=place.valid_until,
        )
        for place in places
    )


def _opened(name: str, data: bytes) -> rules.Source:
    try:
        return rules.read(sniffing.decode(data).text, name)
    except Unreadable as unreadable:
        said = str(unreadable)
        if name not in said:
            said = f"Fichier {name} : {said}"
        raise Refusal(f"{said} Rien n’a été importé.") from None


def _present() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for row in BirthPlace.objects.values_list(*FIELDS):
        place = Place(*row)
        found[place.code].append(place)
    return found
