"""The matricule INS: thirteen characters, a two-digit key, and the OID of its kind.

Key: 97 minus the remainder of the thirteen digits by 97, with 2A read as 19
and 2B as 18 (Corsica). OIDs and the rule that a matricule is used only when
the identity is qualified: Guide INS, RNIV EXI ID 29.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from unisson.core.errors import Refusal

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_NIR_TEST = "1.2.250.1.213.1.4.10"
OID_NIR_DEMO = "1.2.250.1.213.1.4.11"
OIDS = {
    OID_NIR: "INS-NIR",
    OID_NIA: "INS-NIA",
    OID_NIR_TEST: "INS-NIR de test",
    OID_NIR_DEMO: "INS-NIR de démonstration",
}
FORM = re.compile(r"[1-478]\d{4}(?:\d\d|2[AB])\d{6}\d\d", re.ASCII)


def compact(text: str) -> str:
    """The matricule without the spaces and points people type."""
    return re.sub(r"[\s.\-]", "", text).upper()


def key(thirteen: str) -> str:
    """The two-digit key of the thirteen first characters."""
    corsican = thirteen[:5] + {"2A": "19", "2B": "18"}.get(thirteen[5:7], thirteen[5:7])
    return f"{97 - int(corsican + thirteen[7:]) % 97:02d}"


def checked(text: str, oid: str) -> str:
    """The fifteen characters of a right matricule, or a refusal that says what is wrong."""
    matricule = compact(text)
    if oid not in OIDS:
        raise Refusal(
            f"« {oid} » n’est pas un identifiant d’INS connu. Le matricule n’a pas été enregistré.",
            field="ins_oid",
        )
    if len(matricule) != 15:
        raise Refusal(
            f"Un matricule INS a 15 caractères, celui-ci en a {len(matricule)}."
            " Il n’a pas été enregistré.",
            field="ins_matricule",
        )
    if not FORM.fullmatch(matricule):
        raise Refusal(
            "Ce matricule INS contient un caractère qui n’y a pas sa place."
            " Il n’a pas été enregistré.",
            field="ins_matricule",
        )
    if key(matricule[:13]) != matricule[13:]:
        raise Refusal(
            "La clé du matricule INS ne correspond pas\N{NO-BREAK SPACE}: un chiffre est faux."
            " Il n’a pas été enregistré, relisez-le.",
            field="ins_matricule",
        )
    return matricule


def incoherences(matricule: str, *, sex: str, birth_date: date, birth_place_code: str) -> list[str]:
    """What does not agree between a matricule and the traits, in sentences.

    Warnings only: sex can have been corrected, months from 20 on mean that the
    month was unknown, and a place keeps the number it had at birth.
    """
    found = []
    expected = {"1": "M", "2": "F"}.get(matricule[0], "")
    if expected and sex in "MF" and expected != sex:
        found.append("Le matricule n’est pas celui de ce sexe.")
    if matricule[1:3] != f"{birth_date:%y}":
        found.append("Le matricule ne porte pas cette année de naissance.")
    month = int(matricule[3:5])
    if 1 <= month <= 12 and month != birth_date.month:
        found.append("Le matricule ne porte pas ce mois de naissance.")
    place = matricule[5:10]
    if birth_place_code[:2] == "99" and place[:2] != "99":
        found.append("Le matricule dit une naissance en France, le dossier à l’étranger.")
    elif birth_place_code and birth_place_code[:2] != "99" and place[:2] == "99":
        found.append("Le matricule dit une naissance à l’étranger, le dossier en France.")
    return found


def display(matricule: str) -> str:
    """`2 78 05 49 007 123 45`, as printed on the card."""
    cut = (0, 1, 3, 5, 7, 10, 13, 15)
    return " ".join(matricule[a:b] for a, b in pairwise(cut)).strip()


def masked(matricule: str) -> str:
    """The same with the order number and the key hidden: `2 78 05 49 007 ••• ••`."""
    return display(matricule[:10]).strip() + " ••• ••" if matricule else ""
