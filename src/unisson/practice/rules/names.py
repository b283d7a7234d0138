"""Names of accounts, and numbers that identify professionals."""

import re
import unicodedata


def plain(text: str) -> str:
    """Lower case letters without accents, everything else out: "Élise-Anne" -> "eliseanne"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z]", "", decomposed.replace("œ", "oe").replace("æ", "ae"))


def suggested_username(given_name: str, family_name: str) -> str:
    """As a practice would write it: "c.petit" for Claire Petit."""
    given, family = plain(given_name), plain(family_name)
    return f"{given[:1]}.{family}" if given and family else given or family


def is_username(text: str) -> bool:
    """Three to forty lower case letters, digits, dots and hyphens, a letter first."""
    return re.fullmatch(r"[a-z][a-z0-9.-]{2,39}", text) is not None


def is_rpps(number: str) -> bool:
    """Eleven digits, the last one a Luhn key (Agence du numérique en santé, Annuaire santé)."""
    if re.fullmatch(r"[0-9]{11}", number) is None:
        return False
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
