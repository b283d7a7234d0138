"""Strict traits, their spelling, the four statuses, the three attributes.

Source: référentiel national d’identitovigilance (RNIV), requirements cited as
EXI ID nn, and the lexical profile of the INSi service (SEL-MP-043).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from unisson.core.errors import Refusal
from unisson.patients.rules import birth_dates
from unisson.patients.rules.folding import fold, without_accents

STRICT_TRAITS = (
    "birth_name",
    "birth_first_name",
    "birth_given_names",
    "birth_date",
    "birth_date_precision",
    "sex",
    "birth_place_code",
)
DOCUMENTS = {
    "CN": "carte d’identité",
    "PA": "passeport",
    "CS": "titre de séjour",
    "eCN": "carte d’identité électronique",
    "IN": "identité numérique (France Identité)",
    "AV": "appli carte Vitale",
    "LECV": "lecture de la carte Vitale avec pièce d’identité",
    "AN": "acte de naissance",
    "LEP": "livret de famille et pièce d’un parent",
    "CC": "carnet de circulation",
    "ANCV": "acte de naissance avec carte Vitale",
}
_APOSTROPHES = re.compile("['’‘ʼ`´′]")
_DASHES = re.compile("[‐-―−]")
_FORBIDDEN = re.compile(r"[^A-Z '\-]")


@dataclass(frozen=True)
class StrictTraits:
    """What makes a person one person and no other. Names in the INSi profile."""

    birth_name: str
    birth_first_name: str
    birth_given_names: str
    birth_date: date
    sex: str
    birth_date_precision: str = "exact"
    birth_place_code: str = ""
    birth_place_name: str = ""


def normalised(text: str, *, field: str, label: str, family: bool = False) -> str:
    """A birth name or given name in the lexical profile of INSi.

    A to Z, space, apostrophe, hyphen; accents dropped, ligatures spread. Two
    hyphens running are allowed in a family name only. Refuses anything else
    and says which character.
    """
    plain = without_accents(_DASHES.sub("-", _APOSTROPHES.sub("'", text))).upper()
    plain = re.sub(r"\s+", " ", plain).strip()
    plain = re.sub(r" ?' ?", "'", plain)
    plain = re.sub(r"''+", "'", plain)
    plain = re.sub(r" *(-+) *", lambda dashes: "--"[: len(dashes[1])], plain)
    if not family:
        plain = plain.replace("--", "-")
    plain = plain.strip("- ")
    if bad := _FORBIDDEN.search(plain):
        raise Refusal(
            f"Le {label} contient «\N{NO-BREAK SPACE}{bad[0]}\N{NO-BREAK SPACE}»."
            " Seuls les lettres, l’espace, l’apostrophe et le trait d’union y sont admis.",
            field=field,
        )
    if not re.search("[A-Z]", plain):
        raise Refusal(f"Le {label} manque.", field=field)
    if len(plain) > 100:
        raise Refusal(
            f"Le {label} est trop long\N{NO-BREAK SPACE}: 100 lettres au plus.", field=field
        )
    return plain


def used(text: str) -> str:
    """A used name as the person writes it, spaces and quotes tidied. Empty stays empty."""
    return re.sub(r"\s+", " ", _DASHES.sub("-", _APOSTROPHES.sub("’", text))).strip(" -")[:100]


def given_names(text: str, first: str) -> str:
    """The list of given names, which must begin with the first one (EXI ID 10).

    Hyphen, apostrophe and space are the same there. An empty list stays empty:
    it is not known yet. Commas between names are taken for spaces.
    """
    if not text.strip(" ,;"):
        return ""
    names = normalised(
        re.sub("[,;]", " ", text), field="birth_given_names", label="liste des prénoms"
    )
    if not f"{fold(names)} ".startswith(f"{fold(first)} "):
        raise Refusal(
            f"La liste des prénoms ({names}) ne commence pas par le premier prénom ({first})."
            " Corrigez l’un ou l’autre d’après la pièce d’identité.",
            field="birth_given_names",
        )
    return names


def birth_place(code: str) -> str:
    """A COG code: five characters, 2A and 2B for Corsica, 99xxx for a country. Empty: unknown.

    The code is that of the commune on the day of birth; communes merge and
    change numbers, so it is not compared with today's list.
    """
    place = code.strip().upper()
    if place and not re.fullmatch(r"(?:\d{5}|2[AB]\d{3})", place, re.ASCII):
        raise Refusal(
            f"« {code.strip()} » n’est pas un code de lieu de naissance."
            " Il a cinq caractères, comme 49007, 2A004, ou 99xxx pour un pays."
            " Ce n’est pas le code postal.",
            field="birth_place_code",
        )
    if place[:2] in {"00", "96"} or place == "99999":
        raise Refusal(
            f"Le code de lieu de naissance {place} n’existe pas. Vérifiez-le sur la pièce.",
            field="birth_place_code",
        )
    return place


def traits(
    *,
    birth_name: str,
    birth_first_name: str,
    birth_date: date,
    sex: str,
    today: date,
    birth_given_names: str = "",
    birth_date_precision: str = "exact",
    birth_place_code: str = "",
    birth_place_name: str = "",
) -> StrictTraits:
    """Strict traits, each checked and put in its one spelling. Refuses with the field at fault."""
    if sex not in {"F", "M", "U"}:
        raise Refusal("Le sexe manque\N{NO-BREAK SPACE}: féminin ou masculin.", field="sex")
    if birth_date_precision not in {"exact", "day_unknown", "month_unknown", "unknown"}:
        raise Refusal("La précision de la date de naissance n’est pas connue.", field="birth_date")
    # By convention an unknown day and month is 31 December, possibly still to come this year.
    horizon = date(today.year, 12, 31) if birth_date_precision == "unknown" else today
    born = birth_dates.checked(birth_date.year, birth_date.month, birth_date.day, horizon)
    conventional = {
        "exact": True,
        "day_unknown": born.day == 1,
        "month_unknown": born.month == 1,
        "unknown": (born.month, born.day) == (12, 31),
    }[birth_date_precision]
    if not conventional:
        raise Refusal(
            "Une date de naissance en partie inconnue s’écrit au 1er du mois, en janvier,"
            " ou au 31 décembre si le jour et le mois manquent.",
            field="birth_date",
        )
    first = normalised(birth_first_name, field="birth_first_name", label="premier prénom")
    return StrictTraits(
        birth_name=normalised(
            birth_name, field="birth_name", label="nom de naissance", family=True
        ),
        birth_first_name=first,
        birth_given_names=given_names(birth_given_names, first),
        birth_date=born,
        sex=sex,
        birth_date_precision=birth_date_precision,
        birth_place_code=birth_place(birth_place_code),
        birth_place_name=re.sub(r"\s+", " ", birth_place_name).strip()[:80],
    )


@dataclass(frozen=True)
class Standing:
    """What decides the status: two facts and three attributes."""

    insi_retrieved: bool = False
    documents_checked: bool = False
    doubtful: bool = False
    fictitious: bool = False
    homonym: bool = False

    @property
    def status(self) -> str:
        """PROV, RECUP, VALI or QUAL. Doubtful and fictitious people stay PROV (EXI ID 24/26)."""
        if self.doubtful or self.fictitious:
            return "PROV"
        if self.insi_retrieved:
            return "QUAL" if self.documents_checked else "RECUP"
        return "VALI" if self.documents_checked else "PROV"


def with_attributes(
    standing: Standing,
    *,
    doubtful: bool | None = None,
    fictitious: bool | None = None,
    homonym: bool | None = None,
) -> Standing:
    """The standing after somebody changes attributes; None leaves one as it is.

    Doubtful and fictitious drop both facts: the INSi answer and the document
    have to be obtained again once the doubt is lifted. Only doubtful and
    homonym may stand together.
    """
    after = replace(
        standing,
        doubtful=standing.doubtful if doubtful is None else doubtful,
        fictitious=standing.fictitious if fictitious is None else fictitious,
        homonym=standing.homonym if homonym is None else homonym,
    )
    if after.fictitious and (after.doubtful or after.homonym):
        raise Refusal(
            "Une identité fictive ne peut être ni douteuse ni homonyme."
            " Retirez d’abord l’autre mention.",
            field="is_fictitious",
        )
    if after.doubtful or after.fictitious:
        after = replace(after, insi_retrieved=False, documents_checked=False)
    return after


def with_document(standing: Standing, document: str) -> Standing:
    """The standing after a high-confidence document was compared with the traits."""
    if document not in DOCUMENTS:
        raise Refusal(
            "Cette pièce ne suffit pas à contrôler une identité."
            " Demandez une carte d’identité, un passeport ou un titre de séjour.",
            field="document_kind",
        )
    _refuse_if_unsure(standing, "contrôler cette identité")
    return replace(standing, documents_checked=True)


def with_insi(standing: Standing) -> Standing:
    """The standing after the INSi service answered. Refused while in doubt (EXI ID 24/26)."""
    _refuse_if_unsure(standing, "enregistrer un matricule INS")
    return replace(standing, insi_retrieved=True)


def _refuse_if_unsure(standing: Standing, what: str) -> None:
    if standing.doubtful or standing.fictitious:
        word = "douteuse" if standing.doubtful else "fictive"
        raise Refusal(
            f"L’identité est marquée {word}\N{NO-BREAK SPACE}: on ne peut pas {what}."
            " Levez d’abord cette mention."
        )
