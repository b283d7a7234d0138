"""The short code that unlocks a desk: what makes one, and what is too easy."""

import re
from itertools import pairwise

SHORTEST, LONGEST = 4, 8
TRIES = 5  # wrong codes in a row at one desk, after which only the password opens it


def is_code(text: str) -> bool:
    """Whether this is written like a code. A password never is: it has 12 characters or more."""
    return re.fullmatch(rf"[0-9]{{{SHORTEST},{LONGEST}}}", text) is not None


def why_not(code: str) -> str | None:
    """The French sentence that refuses this code, or None when it will do."""
    if not is_code(code):
        return f"Le code se compose de {SHORTEST} à {LONGEST} chiffres."
    if len(set(code)) == 1:
        return "Ce code répète le même chiffre : choisissez-en un autre."
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(code)}
    if steps <= {1} or steps <= {9}:
        return "Ce code suit l’ordre des chiffres : choisissez-en un autre."
    half = len(code) // 2
    if len(code) % 2 == 0 and code[:half] == code[half:]:
        return "Ce code répète deux fois la même suite : choisissez-en un autre."
    return None
