"""Who it is about, and what was measured: age, pregnancy, temperature, sugar ...

Pure. Figures are read in the words; what the patient's file says comes beside.
Every age said counts, the file's and the text's: a mother's file may be open while
she speaks of her baby.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unisson.phone.rules.red_flags import data
from unisson.phone.rules.red_flags.lexicon import Found
from unisson.phone.rules.red_flags.text import Token

_UNITS = {
    **dict.fromkeys(("jour", "jours", "j", "jrs"), 1 / 365),
    **dict.fromkeys(("semaine", "semaines", "sem", "s"), 7 / 365),
    **dict.fromkeys(("mois", "m"), 1 / 12),
    **dict.fromkeys(("an", "ans", "a"), 1.0),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the patient. Ages in years."""

    ages: tuple[float, ...] = ()
    sex: str = ""
    pregnant: bool = False
    not_pregnant: bool = False
    prior_calls: int = 0

    def younger(self, years: float) -> bool:
        return any(age < years for age in self.ages)

    def at_least(self, years: float) -> bool:
        return any(age >= years for age in self.ages)


def ages(tokens: Sequence[Token]) -> list[float]:
    """Ages said in the text, in years: « 5 semaines », « trois mois et demi », « pte 55a »."""
    found = []
    words = data.around_figures()
    for at, token in enumerate(tokens[:-1]):
        if token.value is None:
            continue
        unit = _UNITS.get(tokens[at + 1].text)
        if unit is None:
            continue
        if tokens[at + 1].text in ("a", "s", "m", "j") and not token.text[0].isdigit():
            continue
        before = [each.text for each in tokens[max(0, at - 3) : at]]
        after = tokens[at + 2].text if at + 2 < len(tokens) else ""
        if any(word in words["not_an_age_before"] for word in before[-2:]) or before[-3:-1] == [
            "il",
            "y",
        ]:
            continue
        if after in words["not_an_age_after"] or "y" in before[-2:]:
            continue
        half = unit / 2 if [each.text for each in tokens[at + 2 : at + 4]] == ["et", "demi"] else 0
        found.append(token.value * unit + half)
    return found


def measures(tokens: Sequence[Token], about: dict[str, list[Found]]) -> list[Found]:
    """Figures that say something: FEVER from 38, SUGAR_HIGH, SUGAR_LOW (g/L), OXYGEN_LOW."""
    found = []
    words = data.around_figures()
    sugar = about.get("SUGAR_WORD", [])
    oxygen = about.get("OXYGEN_WORD", [])
    heart = about.get("HEART_WORD", [])
    pressure = about.get("PRESSURE_WORD", [])
    for at, token in enumerate(tokens):
        if token.value is None:
            continue
        value = token.value
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        before = [each.text for each in tokens[max(0, at - 3) : at]]
        if after in ("gramme", "grammes") and 2.5 <= value <= 9:
            found.append(Found("SUGAR_HIGH", at, at))
            continue
        if _near(heart, at, 5) and after not in words["not_beats"]:
            if 125 <= value <= 260 or 25 <= value <= 42:
                found.append(Found("HEART_RATE", at, at))
            continue
        if _near(sugar, at, 8):
            if 2.5 <= value <= 9 or 250 <= value <= 900 or (13.9 <= value <= 40):
                found.append(Found("SUGAR_HIGH", at, at))
            elif value <= 0.6 or 25 <= value <= 60:
                found.append(Found("SUGAR_LOW", at, at))
            continue
        if _near(oxygen, at, 5):
            if 40 <= value <= 91:
                found.append(Found("OXYGEN_LOW", at, at))
            continue
        if _near(pressure, at, 4):
            if 4 <= value <= 8.5 and _near(pressure, at, 2):
                found.append(Found("PRESSURE_LOW", at, at))
            elif 14 <= value <= 28 or 140 <= value <= 280:
                found.append(Found("PRESSURE_HIGH", at, at))
            continue
        if 38 <= value <= 42.9 and _degrees(token, before, after):
            found.append(Found("FEVER", at, at))
            if value >= 39.5:
                found.append(Found("HIGH_FEVER", at, at))
    return found


def _near(words: list[Found], at: int, reach: int) -> bool:
    return any(word.first - 3 <= at <= word.last + reach for word in words)


def _degrees(token: Token, before: list[str], after: str) -> bool:
    words = data.around_figures()
    if after in words["not_degrees"]:
        return False
    if after in ("°", "degre", "degres", "c", "de"):
        return True
    said = [word for word in before if word not in ("les", "de", "plus", "presque", "deja", "bien")]
    decimal = "." in token.text
    if before and before[-1] in words["ages"]:
        return True  # « nné 12 j 38 »
    near = any(word in words["degrees_before"] for word in said[-2:])
    return decimal or near or not before or before[-1] in (",", ".", "et")


def gather(
    said: Sequence[float],
    age_years: float | None,
    sex: str | None,
    pregnant: bool | None,
    prior_calls: int | None,
) -> Facts:
    """The patient as the file and the text describe them."""
    every = [*said, *([age_years] if age_years is not None else [])]
    return Facts(
        tuple(every),
        (sex or "").upper()[:1],
        bool(pregnant),
        pregnant is False,
        prior_calls or 0,
    )
