"""From a line to its readings, the likeliest first.

Every word or run of words that could mean something is a mark; those that
could also be somebody's name are guesses. A reading takes each guess or leaves
it; what no mark takes is the patient. The cost of a reading says how far it
strays from what people usually mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise, product

from unisson.core.french_time import Span, Window, read
from unisson.core.french_time.text import tokens
from unisson.screens.secretary.orders.rules import verbs
from unisson.screens.secretary.orders.rules.marks import Line, Mark, What
from unisson.screens.secretary.orders.rules.order import Order
from unisson.screens.secretary.orders.rules.said import AS_ABSENCE, Said
from unisson.screens.secretary.orders.rules.verbs import Verb
from unisson.screens.secretary.orders.rules.vocabulary import Named, Vocabulary

MOST_GUESSES = 5
MOST_READINGS = 4
LONGEST_LINE = 200

NOBODY = 1.0  # a verb about somebody, and nobody on the line
NAME_TAKEN = 2.0  # the same, when a word of the line could have been her name
IMPLIED = {Verb.BOOK: 0.9, Verb.PATIENT: 1.0, Verb.DAY: 1.3, Verb.FREE: 1.4, Verb.WEEK: 3.2}
"""What a line without a verb may mean, and at what cost."""
FAR = 2.6  # readings that stray further than the best one by this are not shown
A_GUESS = 0.5  # a mark that costs this much or more is no certainty
STRAY = 1.0  # a word nothing was made of


def read_line(line: str, known: Vocabulary, now: datetime) -> tuple[Order, ...]:
    """The readings of a line, the likeliest first; none for an empty line.

    `now` is the practice's wall clock. Never raises, whatever was typed.
    """
    line, reason = _split_reason(line[:LONGEST_LINE])
    found = [token for token in tokens(line) if not token.is_mark]
    if not found:
        return (Order(Verb.HELP),) if line.strip() == "?" else ()
    reader = _Reader(Line(line, found, known, now))
    orders: dict[str, Order] = {}
    for order in sorted(reader.readings(reason), key=lambda order: order.cost):
        orders.setdefault(f"{order.verb} {order.understood}", order)
    # « a », « le »: the beginning of anything; a name, until more is typed.
    ranked = list(orders.values()) or [Order(Verb.PATIENT, " ".join(line.split()))]
    return tuple(order for order in ranked if order.cost <= ranked[0].cost + FAR)[:MOST_READINGS]


_REASON = re.compile(r"\s(?:motif\s*:?|:)\s+(?P<reason>\S.*)$", re.IGNORECASE)


def _split_reason(line: str) -> tuple[str, str]:
    """« rdv roux jeudi motif vertiges »: the words after « motif » are kept as typed."""
    match = _REASON.search(line)
    if match is None:
        return line, ""
    return line[: match.start()], match["reason"].strip()


class _Reader:
    """The readings of one line."""

    def __init__(self, line: Line) -> None:
        self.line = line

    def readings(self, reason: str) -> Iterator[Order]:
        for said in self._said():
            marks = self.line.marks(said.verb, said.places)
            for chosen, price in _choices(marks):
                order = self._order(said, chosen, reason, said.cost + price)
                if order is not None:
                    yield order

    def _said(self) -> Iterator[Said]:
        """The verbs the line may mean, said or not."""
        yield from self.line.verbs
        if not any(said.cost < 0.5 for said in self.line.verbs):
            for verb, cost in IMPLIED.items():
                yield Said(verb, 0, 0, cost)
        elif len(self.line.words) == 1:
            yield Said(Verb.PATIENT, 0, 0, 2.5)

    def _order(self, said: Said, chosen: Sequence[Mark], reason: str, cost: float) -> Order | None:
        verb, places = said.verb, said.places
        implied = not places
        taken = places | frozenset[int]().union(*(mark.places for mark in chosen))
        of = {what: [mark for mark in chosen if mark.what is what] for what in What}
        rest = self._rest(taken)
        if implied and not _fits_without_verb(verb, of, rest):
            return None
        window, origin = self._window(verb, of[What.TIME])
        text = " ".join(rest)
        unknown: tuple[str, ...] = ()
        if verb in verbs.TAKES_A_LABEL:
            reason, text = reason or text, ""
        elif verb not in verbs.ABOUT_A_PATIENT and verb is not Verb.NEW:
            unknown, text = tuple(rest), ""
            cost += STRAY * len(unknown)
        if verb in verbs.ABOUT_A_PATIENT and not text:
            named = any(mark.left is not None for mark in chosen)
            cost += NOBODY + (NAME_TAKEN if named else 0.0)
        elif verb in verbs.ABOUT_A_PATIENT:
            cost += self._out_of_order(of[What.PRACTITIONER], taken)
        if implied and verb is Verb.BOOK and all(mark.taken >= A_GUESS for mark in chosen):
            cost += 0.8
        if of[What.RESOURCE] and verb not in verbs.TAKES_A_RESOURCE:
            unknown += tuple(named.label for named in _named(of[What.RESOURCE]))
            cost += STRAY
        if verb is Verb.ABSENCE and said.cost >= AS_ABSENCE:
            if not of[What.PRACTITIONER] and not of[What.RESOURCE]:
                return None
            if window.has_days and not window.keeps(self.line.now.date()):
                cost -= 1.5  # « absent marchal vendredi »: nobody has missed next Friday yet
        reasons = [mark.value for mark in of[What.REASON] if isinstance(mark.value, str)]
        if said.soonest:
            window = replace(window, soonest=True, said=window.said or "dès que possible")
        types = of[What.VISIT_TYPE][0].value if of[What.VISIT_TYPE] else ()
        cost += 2.0 * max(0, len(of[What.VISIT_TYPE]) - 1)
        return Order(
            verb=verb,
            patient_text=text,
            practitioners=tuple(dict.fromkeys(_named(of[What.PRACTITIONER]))),
            visit_types=types if isinstance(types, tuple) else (),
            resource=next(iter(_named(of[What.RESOURCE])), None)
            if verb in verbs.TAKES_A_RESOURCE
            else None,
            window=window,
            origin=origin,
            minutes=next((m.value for m in of[What.LENGTH] if isinstance(m.value, int)), None),
            urgent=any(mark.value == "urgent" for mark in of[What.FLAG]),
            squeeze_in=any(mark.value == "squeeze" for mark in of[What.FLAG]),
            reason=", ".join(piece for piece in (*reasons, reason) if piece),
            unknown=unknown,
            cost=round(cost, 3),
        )

    def _out_of_order(self, practitioners: Sequence[Mark], taken: frozenset[int]) -> float:
        """What it costs to name a practitioner before the patient: people rarely do.

        Side by side (« marchal léa »), the two words may well be one person's name.
        """
        rest = [place for place in range(len(self.line.words)) if place not in taken]
        if not practitioners or not rest or practitioners[0].first > rest[0]:
            return 0.0
        return 1.5 if practitioners[0].last in rest else 0.1

    def _rest(self, taken: frozenset[int]) -> list[str]:
        """The words no mark takes, as typed, without the small words around them."""
        runs: list[list[int]] = [[]]
        for place in range(len(self.line.words)):
            if place in taken:
                runs.append([])
            else:
                runs[-1].append(place)
        kept: list[str] = []
        for run in runs:
            run = self._trimmed(run)
            if run:
                start, end = self.line.tokens[run[0]].start, self.line.tokens[run[-1]].end
                kept.append(" ".join(self.line.text[start:end].split()))
        return kept

    def _trimmed(self, run: list[int]) -> list[int]:
        """Without the small words at both ends; a particle of a name stays: « de la tour »."""
        words = self.line.words
        while run and words[run[-1]] in verbs.SMALL:
            run = run[:-1]
        while len(run) > 1 and words[run[0]] in verbs.SMALL and not self._is_particle(run):
            run = run[1:]
        return run

    def _is_particle(self, run: Sequence[int]) -> bool:
        """« le » in « le goff », « de » in « de la tour »; not in « de roux »."""
        first, second = (self.line.words[place] for place in run[:2])
        if first in ("d", "l"):
            return self.line.tokens[run[0]].end + 1 == self.line.tokens[run[1]].start
        if first == "de":
            return second in ("la", "l") and len(run) > 2
        return first in ("le", "la", "les", "du", "des") and second not in verbs.SMALL

    def _window(self, verb: Verb, times: Sequence[Mark]) -> tuple[Window, Window]:
        """When, and for a move where from."""
        spans = [mark.value for mark in times if isinstance(mark.value, Span)]
        if not spans:
            return Window(), Window()
        whole = self._read(spans)
        if verb is not Verb.MOVE:
            return whole, Window()
        days = [at for at, span in enumerate(spans) if span.day]
        if len(days) > 1:
            cut = days[1]
            return self._read(spans[cut:]), self._read(spans[:cut])
        if whole.start is not None and whole.end is not None and len(spans) - len(days) == 1:
            hours = next(span for span in spans if not span.day)
            others = [span for span in spans if span is not hours]
            for cut in range(hours.start + 1, hours.end):
                before, after = replace(hours, end=cut), replace(hours, start=cut)
                origin, target = self._read([*others, before]), self._read([after])
                if None not in (origin.exact, target.exact) and self.line.text[cut] in " -":
                    return target, origin
        return whole, Window()

    def _read(self, spans: Sequence[Span]) -> Window:
        """The window of these letters alone, the rest of the line blanked."""
        kept = [" "] * len(self.line.text)
        for span in spans:
            kept[span.start : span.end] = self.line.text[span.start : span.end]
        return read("".join(kept), self.line.now)


def _named(marks: Sequence[Mark]) -> list[Named]:
    return [mark.value for mark in marks if isinstance(mark.value, Named)]


def _fits_without_verb(verb: Verb, of: dict[What, list[Mark]], rest: Sequence[str]) -> bool:
    """Whether a line without a verb can mean this one."""
    named = bool(of[What.PRACTITIONER] or of[What.VISIT_TYPE])
    timed = bool(of[What.TIME])
    if verb is Verb.PATIENT:
        return bool(rest) and not timed and not named and not of[What.RESOURCE]
    if verb is Verb.BOOK:
        return (named or timed) and bool(rest)
    if verb is Verb.FREE:
        return not rest and (bool(of[What.VISIT_TYPE]) or (named and timed))
    if verb is Verb.DAY:
        return timed and not rest and not of[What.VISIT_TYPE] and not of[What.PRACTITIONER]
    return bool(of[What.PRACTITIONER]) and not rest and not timed and not of[What.VISIT_TYPE]


def _choices(marks: Sequence[Mark]) -> Iterator[tuple[list[Mark], float]]:
    """Every way to take or leave the guesses, marks never overlapping, with its cost."""
    sure = [mark for mark in marks if mark.left is None]
    guesses = [mark for mark in marks if mark.left is not None][:MOST_GUESSES]
    for taking in product((True, False), repeat=len(guesses)):
        chosen = [*sure, *(mark for mark, take in zip(guesses, taking, strict=True) if take)]
        chosen.sort(key=lambda mark: mark.first)
        if any(one.last > other.first for one, other in pairwise(chosen)):
            continue
        price = sum(mark.taken for mark in chosen)
        kept = frozenset[int]().union(*(mark.places for mark in chosen))
        for mark, take in zip(guesses, taking, strict=True):
            # A guess left because its words serve a better one costs nothing.
            if not take and not mark.places <= kept:
                price += mark.left or 0.0
        yield chosen, price
