"""The line rewritten in the few words the patterns know, letters kept in sight.

« Jedui 9H », « jeu 9 heures » and « jeudi neuf heures » all become `jeudi 9 h`.
A number said in words is marked (w9), because « Neuf » may be a name where « 9 »
could be a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from unisson.core.french_time import words
from unisson.core.french_time.text import Token, slip, tokens

_PAIRS = {
    ("aujourd", "hui"): "aujourdhui",
    ("ajourd", "hui"): "aujourdhui",
    ("aujour", "hui"): "aujourdhui",
    ("apres", "demain"): "apresdemain",
    ("apre", "demain"): "apresdemain",
    ("apres", "midi"): "apresmidi",
    ("aprs", "midi"): "apresmidi",
    ("apre", "midi"): "apresmidi",
    ("ap", "midi"): "apresmidi",
    ("avant", "hier"): "avanthier",
    ("week", "end"): "weekend",
}
_FORMS = {**words.FORMS, "apresdemain": "apresdemain", "avanthier": "avanthier"}


@dataclass(slots=True)
class Canon:
    """Canonical words in one string, and where each one came from."""

    text: str = ""
    places: list[int] = field(default_factory=list)
    spans: list[tuple[int, int]] = field(default_factory=list)
    guesses: list[bool] = field(default_factory=list)

    def add(self, word: str, start: int, end: int, *, guess: bool = False) -> None:
        self.text += f" {word}" if self.text else word
        self.places.append(len(self.text) - len(word))
        self.spans.append((start, end))
        self.guesses.append(guess)

    def word_at(self, place: int) -> int:
        """The number of the word that begins at this place of the string."""
        return self.places.index(place)

    def words(self) -> list[str]:
        return self.text.split(" ") if self.text else []


def canonical(line: str) -> Canon:
    found = tokens(line)
    canon = Canon()
    index = 0
    while index < len(found):
        index += _step(canon, found, index)
    return canon


def _step(canon: Canon, found: Sequence[Token], index: int) -> int:
    """Rewrite what stands at `index`; how many tokens it took."""
    token = found[index]
    if token.is_mark:
        if _speaks(found, index):
            canon.add(token.text, token.start, token.end)
        return 1
    if token.is_number:
        canon.add(token.text, token.start, token.end)
        return 1
    after = [place for place in range(index + 1, len(found)) if not found[place].is_mark][:3]
    if after:
        pair = _PAIRS.get((token.text, found[after[0]].text))
        past_noon = pair == "apresmidi" and [found[place].text for place in after[1:]] in (
            ["et", "demi"],
            ["et", "quart"],
        )
        if pair and not past_noon:
            canon.add(pair, token.start, found[after[0]].end)
            return after[0] - index + 1
    value, took = _number(found, index)
    if took:
        canon.add(f"w{value}", token.start, found[index + took - 1].end)
        return took
    word = _FORMS.get(token.text, token.text)
    guess = token.text in words.WEAK
    if word == token.text and not guess and word not in words.NAMES:
        meant = next((known for known in words.CORRECTED if slip(word, known)), "")
        if meant:
            word, guess = _FORMS.get(meant, meant), True
    canon.add(word, token.start, token.end, guess=guess)
    return 1


def _speaks(found: Sequence[Token], index: int) -> bool:
    """Whether a mark means something here: inside 12/12, 9:40, 14-16 h, between days."""
    mark = found[index]
    if mark.text == ",":
        return True
    if not 0 < index < len(found) - 1:
        return False
    before, after = found[index - 1], found[index + 1]
    tight = before.end == mark.start and mark.end == after.start
    if mark.text in ":.":
        return tight and before.is_number and after.is_number
    if mark.text == "/":
        return before.is_number and after.is_number
    return before.is_number or after.is_number or not tight


def _number(found: Sequence[Token], index: int) -> tuple[int, int]:
    """A number said in words (« vingt et un ») and the tokens it took, or 0, 0."""

    def word(place: int) -> str:
        return found[place].text if place < len(found) else ""

    def hyphen(place: int) -> int:
        return 1 if word(place) == "-" else 0

    first = word(index)
    if first in words.TENS:
        place = index + 1 + hyphen(index + 1)
        if word(place) == "et" and word(place + 1) in ("un", "une"):
            return words.TENS[first] + 1, place + 2 - index
        unit = words.AFTER_TENS.get(word(place))
        if unit and (unit > 1 or place > index + 1):
            return words.TENS[first] + unit, place + 1 - index
        return words.TENS[first], 1
    if first == "dix":
        place = index + 1 + hyphen(index + 1)
        if word(place) in words.AFTER_TEN:
            return words.AFTER_TEN[word(place)], place + 1 - index
    if first in words.UNITS:
        return words.UNITS[first], 1
    return 0, 0
