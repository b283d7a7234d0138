"""Words of a line that may mean something to the practice or to the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from unisson.core.french_time import Doubt, Span, read
from unisson.core.french_time.text import Token
from unisson.screens.secretary.orders.rules import verbs, vocabulary
from unisson.screens.secretary.orders.rules.said import Said, verbs_of
from unisson.screens.secretary.orders.rules.verbs import Verb
from unisson.screens.secretary.orders.rules.vocabulary import Sure, Vocabulary

A_BIRTH_DATE = 400  # days in the past from which a date is somebody's birth, not a visit
SHOWS_DAYS = (Verb.DAY, Verb.WEEK, Verb.MONTH)


class What(Enum):
    TIME = "time"
    PRACTITIONER = "practitioner"
    VISIT_TYPE = "visit_type"
    RESOURCE = "resource"
    LENGTH = "length"
    REASON = "reason"
    FLAG = "flag"


@dataclass(frozen=True, slots=True)
class Mark:
    """Tokens [first, last) that mean something, at the cost of taking or leaving it."""

    what: What
    first: int
    last: int
    value: object
    taken: float = 0.0
    left: float | None = None
    """None: never left, it means nothing else."""

    @property
    def places(self) -> frozenset[int]:
        return frozenset(range(self.first, self.last))


class Line:
    """One line, its tokens and its marks."""

    def __init__(self, text: str, found: Sequence[Token], known: Vocabulary, now: datetime) -> None:
        self.text, self.tokens, self.known, self.now = text, found, known, now
        self.words = [token.text for token in found]
        self.resources = self._resources()
        said = verbs_of(self.words)
        self.when = read(self._without(self._no_time(said)), now)
        self.times = self._times()
        self.verbs = self._verbs(said)

    def _resources(self) -> list[Mark]:
        """Rooms and machines first: the 2 of « salle 2 » is no day."""
        marks: list[Mark] = []
        place = 0
        while place < len(self.words):
            found = vocabulary.resources_at(self.known, self.words[place:])
            took = found[0].took if found else 0
            if found:
                marks.append(Mark(What.RESOURCE, place, place + took, found[0].named))
            place += took or 1
        return marks

    def _no_time(self, said: Sequence[Said]) -> frozenset[int]:
        """Words that speak of no time: rooms, and the « pas » of « ne vient pas demain »."""
        phrases = [verb.places for verb in said if verb.last - verb.first > 1]
        return frozenset[int]().union(*(mark.places for mark in self.resources), *phrases)

    def _without(self, places: frozenset[int]) -> str:
        """The line with these words blanked."""
        line = list(self.text)
        for token in (self.tokens[place] for place in places):
            line[token.start : token.end] = " " * (token.end - token.start)
        return "".join(line)

    def _verbs(self, found: Sequence[Said]) -> list[Said]:
        """The verbs of the line; the « salle » of « salle 2 » is one when there is no other.

        The « semaine » of « roux semaine prochaine » is no verb, nor the « s » of « s 49 ».
        """
        room = {mark.first: mark for mark in self.resources}
        timed = frozenset[int]().union(*(mark.places for mark in self.times))
        plain = [
            said
            for said in found
            if said.first not in room and not (said.places & timed and self._tells_time(said))
        ]
        if plain:
            return plain
        for place, mark in room.items():
            if self.words[place] == "salle":
                return [Said(Verb.ROOM, place, mark.last, 0.0)]
        return []

    def _tells_time(self, said: Said) -> bool:
        """Whether words that are also a moment are only that here."""
        if said.verb in SHOWS_DAYS:
            return any(word not in verbs.SMALL for word in self.words[: said.first])
        return len(self.words[said.first]) == 1

    def _times(self) -> list[Mark]:
        marks = []
        for span in self.when.spans:
            first, last = self._inside(span)
            if first == last or self._is_birth(span):
                continue
            alone = first == 0 and last == len(self.words) == 1
            left = (0.8 if alone else 1.2) if span.name else (1.2 if alone else None)
            marks.append(Mark(What.TIME, first, last, span, 0.6 if span.guess else 0.0, left))
        return marks

    def _inside(self, span: Span) -> tuple[int, int]:
        inside = [
            place
            for place, token in enumerate(self.tokens)
            if span.start <= token.start and token.end <= span.end
        ]
        return (inside[0], inside[-1] + 1) if inside else (0, 0)

    def _is_birth(self, span: Span) -> bool:
        """« 12/03/1951 » beside a name is when she was born."""
        window = read(self.text[span.start : span.end], self.now)
        day = window.last or window.first
        return bool(
            window.has(Doubt.PAST)
            and day is not None
            and (self.now.date() - day) > timedelta(days=A_BIRTH_DATE)
        )

    def marks(self, verb: Verb, taken: frozenset[int]) -> list[Mark]:
        """Everything the line may name, apart from the verb's own words."""
        if verb in (Verb.PATIENT, Verb.NEW) and taken:
            return []
        both = verb in SHOWS_DAYS  # « semaine prochaine » says the verb and the time
        marks = [mark for mark in self.times if both or not taken & mark.places]
        marks += self.resources
        busy = taken.union(*(mark.places for mark in marks))
        place = 0
        while place < len(self.words):
            found = [] if place in busy else self._at(place, busy, verb)
            marks += found
            sure = [mark for mark in found if mark.left is None]
            place = max((mark.last for mark in sure), default=place + 1)
        return marks

    def _at(self, place: int, busy: frozenset[int], verb: Verb) -> list[Mark]:
        """The marks that begin at this word."""
        end = next((at for at in range(place, len(self.words)) if at in busy), len(self.words))
        words = self.words[place:end]
        length = self._length(place)
        if length is not None:
            return [length]
        for form in verbs.SQUEEZE:
            if tuple(words[: len(form)]) == form:
                return [Mark(What.FLAG, place, place + len(form), "squeeze")]
        if words[0] in verbs.URGENT:
            return [Mark(What.FLAG, place, place + 1, "urgent")]
        types = self._visit_type(place, words) or self._reason(place, words, verb)
        return [*self._practitioner(place, words, verb, alone=not types), *types]

    def _reason(self, place: int, words: Sequence[str], verb: Verb) -> list[Mark]:
        """Why she comes, where the practice has no visit type for it."""
        if verb not in verbs.TAKES_A_REASON:
            return []
        found = [form for form in verbs.REASONS if tuple(words[: len(form)]) == form]
        if not found:
            return []
        form = max(found, key=len)
        return [Mark(What.REASON, place, place + len(form), verbs.REASONS[form], 0.1, 1.5)]

    def _length(self, place: int) -> Mark | None:
        word = self.words[place]
        unit = self.words[place + 1] if place + 1 < len(self.words) else ""
        if word.isdigit() and unit in ("min", "mn", "minutes", "minute", "mins"):
            minutes = int(word[:4])
            if 5 <= minutes <= 480:
                return Mark(What.LENGTH, place, place + 2, minutes)
        return None

    def _practitioner(
        self, place: int, words: Sequence[str], verb: Verb, *, alone: bool
    ) -> list[Mark]:
        found = vocabulary.practitioners_at(self.known, words)
        before = self.words[place - 1] if place else ""
        titled = before in verbs.TITLES or before in verbs.WITH
        marks = []
        for match in found:
            first = place
            taken, left = (0.0, 2.0) if match.sure else (0.6, 0.7)
            if match.took == 1 and self._is_compound(place):
                taken += 3.0
            if titled:
                taken, left = (0.0, 9.0) if match.sure else (0.2, 4.0)
            elif before in verbs.CIVILITIES:
                same = before == match.named.title
                taken, left = (0.0, 3.0) if same and match.sure else (taken + 2.0, 0.0)
            if before in (verbs.TITLES | verbs.CIVILITIES) and (
                titled or before == match.named.title
            ):
                first -= 1
            last = place + match.took
            if alone and match.sure and verb not in verbs.ABOUT_A_PATIENT:
                marks.append(Mark(What.PRACTITIONER, first, last, match.named, taken))
            else:
                marks.append(Mark(What.PRACTITIONER, first, last, match.named, taken, left))
        return marks

    def _is_compound(self, place: int) -> bool:
        """Whether a word is part of a longer name: the « martin » of « saint-martin »."""
        token = self.tokens[place]
        around = self.text[max(0, token.start - 1) : token.start] + self.text[token.end :][:1]
        return "-" in around

    def _visit_type(self, place: int, words: Sequence[str]) -> list[Mark]:
        found = vocabulary.visit_types_at(self.known, words)
        if not found:
            return []
        named = tuple(match.named for match in found)
        costs = {Sure.WHOLLY: (0.1, 3.0), Sure.PARTLY: (0.3, 0.9), Sure.GUESS: (0.6, 0.7)}
        taken, left = costs[found[0].sure]
        return [Mark(What.VISIT_TYPE, place, place + found[0].took, named, taken, left)]
