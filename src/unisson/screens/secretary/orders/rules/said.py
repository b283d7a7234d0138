"""The verbs a line says, or begins to say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from unisson.core.french_time.text import slip
from unisson.screens.secretary.orders.rules import verbs
from unisson.screens.secretary.orders.rules.verbs import Verb

AS_ABSENCE = 2.2  # « absent marchal » as the practitioner's absence


@dataclass(frozen=True, slots=True)
class Said:
    """A verb said by words [first, last), and how far-fetched that is.

    `beside` are other words it swallows: « rdv roux premier libre ».
    """

    verb: Verb
    first: int
    last: int
    cost: float
    beside: frozenset[int] = frozenset()
    soonest: bool = False

    @property
    def places(self) -> frozenset[int]:
        return frozenset(range(self.first, self.last)) | self.beside


def verbs_of(words: Sequence[str]) -> list[Said]:
    """The verbs of a line, the one to believe first."""
    found: list[Said] = []
    place = 0
    while place < len(words):
        took = 0
        for size in range(min(verbs.LONGEST, len(words) - place), 0, -1):
            verb = verbs.BY_WORDS.get(tuple(words[place : place + size]))
            if verb is not None:
                edge = place == 0 or place + size == len(words)
                found.append(Said(verb, place, place + size, 0.0 if edge else 0.3))
                took = size
                break
        place += took or 1
    return _settled(found or _guessed_verbs(words))


def _guessed_verbs(words: Sequence[str]) -> list[Said]:
    """One letter, « là » at the end, or a verb unfinished or mistyped at either end."""
    if len(words) < 2:
        return []
    if words[0] in verbs.LETTERS:
        return [Said(verbs.LETTERS[words[0]], 0, 1, 0.4)]
    if words[-1] == verbs.HERE:
        return [Said(Verb.ARRIVE, len(words) - 1, len(words), 0.3)]
    found: dict[Verb, Said] = {}
    for place in (0, len(words) - 1):
        word = words[place]
        for form, verb in verbs.BY_WORDS.items():
            if len(form) > 1:
                continue
            begun = place == 0 and len(word) >= 4 and form[0].startswith(word)
            if begun or (form[0] not in verbs.EXACT_ONLY and slip(word, form[0])):
                found.setdefault(verb, Said(verb, place, place + 1, 0.6))
    return list(found.values())


def _settled(found: list[Said]) -> list[Said]:
    """When a line holds several verbs: « annule le rdv de roux » cancels."""
    if len(found) > 1 and any(said.verb is Verb.BOOK for said in found):
        book = [said for said in found if said.verb is Verb.BOOK]
        acts = [said for said in found if said.verb not in verbs.BESIDE_BOOK]
        beside = [said for said in found if said.verb in verbs.SWALLOWED]
        swallowed = frozenset(place for said in beside for place in said.places)
        soonest = any(said.verb is Verb.FIRST_FREE for said in beside)
        found = acts[:1] or [replace(book[0], beside=swallowed, soonest=soonest)]
    elif len(found) > 1:
        first = found[0]
        found = [first] + [
            Said(said.verb, said.first, said.last, said.cost + 1.5)
            for said in found[1:]
            if said.verb is not first.verb
        ]
    # « absent marchal » may be the practitioner's absence.
    return found + [
        Said(Verb.ABSENCE, said.first, said.last, said.cost + AS_ABSENCE)
        for said in found
        if said.verb is Verb.NO_SHOW
    ]
