"""Which column is what: headers as French software and French people write them.

A mapping is proposed with a confidence and the reason for it; a person corrects
it; it is then remembered under the signature of the headers.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

PATIENTS = "patients"
AGENDA = "agenda"
IGNORE = ""

# field: (label on screen, spellings). The first spelling of all is the surest.
_IDENTITY: dict[str, tuple[str, str]] = {
    "birth_name": (
        "Nom de naissance",
        "nom de naissance|nom naissance|nom de jeune fille|nom jeune fille|nom patronymique"
        "|patronyme|nom de famille de naissance|nom naiss|njf|birth name|nom jf",
    ),
    "used_name": (
        "Nom utilisé",
        "nom utilise|nom d usage|nom usage|nom usuel|nom marital|nom d epouse|nom epouse"
        "|nom de mariage",
    ),
    "name": (
        "Nom (celui qui sert)",
        "nom|nom patient|nom du patient|nom de famille|last name|lastname|family name|surname"
        "|patient nom",
    ),
    "first_name": (
        "Prénom",
        "prenom|prenom patient|prenom du patient|premier prenom|prenom de naissance|prenom 1"
        "|premier prenom de naissance|first name|firstname|prenom naissance|patient prenom",
    ),
    "used_first_name": ("Prénom utilisé", "prenom utilise|prenom d usage|prenom usuel"),
    "full_name": (
        "Nom et prénom ensemble",
        "nom prenom|nom et prenom|patient|nom complet|identite|nom prenom patient|full name"
        "|nom prenoms|patients|beneficiaire",
    ),
    "birth_date": (
        "Date de naissance",
        "date de naissance|date naissance|ne e le|ne le|nee le|naissance|ddn|dob|date naiss"
        "|birth date|birthdate|date de naiss|dt naissance|date nais|d naissance"
        "|date de naissance patient",
    ),
    "sex": (
        "Sexe ou civilité",
        "sexe|genre|sex|gender|civilite|civ|titre|sexe administratif|politesse",
    ),
    "phone_mobile": (
        "Téléphone mobile",
        "telephone mobile|mobile|portable|tel portable|tel mobile|telephone portable|gsm"
        "|tel port|numero de portable|n portable|mobile phone|tel 2 portable",
    ),
    "phone_home": (
        "Téléphone du domicile",
        "telephone fixe|fixe|tel fixe|telephone domicile|tel domicile|domicile|tel dom"
        "|telephone personnel|tel perso|tel maison",
    ),
    "phone_work": (
        "Téléphone du travail",
        "telephone professionnel|tel pro|telephone travail|tel travail|telephone pro"
        "|tel professionnel|tel bureau",
    ),
    "phone": (
        "Téléphone",
        "telephone|tel|phone|numero de telephone|n telephone|telephone 1|tel 1|telephone 2"
        "|tel 2|telephone patient|autre telephone|contact telephone|telephones",
    ),
}
_PATIENT: dict[str, tuple[str, str]] = {
    "source_id": (
        "Numéro dans l’ancien logiciel",
        "numero de dossier|n dossier|no dossier|numero dossier|num dossier|ipp|id patient"
        "|identifiant patient|code patient|patient id|identifiant|id|n patient|numero patient"
        "|ref patient|reference|numero|code|no patient|id externe|iep",
    ),
    **_IDENTITY,
    "birth_given_names": (
        "Tous les prénoms de naissance",
        "prenoms|liste des prenoms|prenoms de naissance|liste des prenoms de naissance"
        "|autres prenoms|tous les prenoms|prenoms naissance",
    ),
    "birth_place_name": (
        "Lieu de naissance",
        "lieu de naissance|ville de naissance|commune de naissance|lieu naissance|ne e a|ne a"
        "|nee a|ville naissance",
    ),
    "birth_place_code": (
        "Code INSEE du lieu de naissance",
        "code insee naissance|code lieu de naissance|code commune naissance|insee naissance"
        "|code insee lieu de naissance|code insee du lieu de naissance|code cog naissance"
        "|lieu de naissance code insee",
    ),
    "email": (
        "Adresse électronique",
        "email|e mail|mail|courriel|adresse mail|adresse email|adresse e mail"
        "|adresse electronique|adr mail",
    ),
    "address_line": (
        "Adresse",
        "adresse|adresse 1|adresse postale|rue|voie|adresse ligne 1|adr|adr1|adresse1|address"
        "|numero et voie|adresse patient",
    ),
    "address_more": (
        "Complément d’adresse",
        "adresse 2|complement d adresse|complement adresse|adresse ligne 2|complement|adr2"
        "|adresse2|batiment|residence",
    ),
    "postcode": ("Code postal", "code postal|cp|code post|postal code|zip|c p|codepostal"),
    "commune": ("Commune", "ville|commune|localite|city|ville patient|bureau distributeur"),
    "commune_code": (
        "Code INSEE de la commune",
        "code insee|insee|code commune|code insee commune",
    ),
    "treating_name": (
        "Médecin traitant",
        "medecin traitant|mt|med traitant|medecin traitant nom|nom du medecin traitant"
        "|medecin traitant declare",
    ),
    "note": (
        "Note administrative",
        "note|notes|remarque|remarques|commentaire|commentaires|observation|observations"
        "|memo|divers|note administrative|a savoir",
    ),
    "deceased_on": ("Date de décès", "date de deces|deces|decede le|date deces|dcd|decede"),
}
_AGENDA: dict[str, tuple[str, str]] = {
    "source_id": (
        "Identifiant du rendez-vous",
        "id rdv|id rendez vous|identifiant du rendez vous|numero rdv|n rdv|id|uid|identifiant"
        "|reference|ref rdv|code rdv|event id|id evenement|appointment id",
    ),
    "date": (
        "Jour",
        "date|jour|date rdv|date du rdv|date du rendez vous|date rendez vous|date de debut"
        "|start date|date de consultation|date consultation|date debut",
    ),
    "start": (
        "Jour et heure de début",
        "date et heure|date heure|debut|date heure debut|date et heure de debut|start"
        "|horodatage|date et heure du rendez vous|date et heure rdv|date heure rdv|dtstart",
    ),
    "start_time": (
        "Heure de début",
        "heure|heure de debut|heure debut|heure rdv|h debut|start time|heure du rdv"
        "|heure du rendez vous|heure rendez vous|horaire",
    ),
    "end": (
        "Jour et heure de fin",
        "fin|date heure fin|date et heure de fin|end|dtend|date de fin",
    ),
    "end_time": ("Heure de fin", "heure de fin|heure fin|h fin|end time"),
    "minutes": (
        "Durée",
        "duree|duree minutes|duree min|duree rdv|duration|duree en minutes|duree du rdv"
        "|duree du rendez vous|minutes",
    ),
    "practitioner": (
        "Praticien",
        "praticien|medecin|docteur|agenda|professionnel|soignant|ressource|nom du praticien"
        "|nom agenda|nom de l agenda|intervenant|dr|calendrier|professionnel de sante",
    ),
    "site": ("Site", "site|lieu|cabinet|lieu de consultation|centre|etablissement"),
    "visit_type": (
        "Motif",
        "motif|motif de consultation|type|type de rdv|type de rendez vous|motif rdv"
        "|type de consultation|acte|prestation|motif du rdv|motif du rendez vous"
        "|motif de rdv|objet",
    ),
    "status": (
        "État",
        "statut|etat|status|statut rdv|etat du rdv|statut du rdv|statut du rendez vous"
        "|venu|presence|situation",
    ),
    "note": (
        "Note",
        "note|notes|remarque|remarques|commentaire|commentaires|observation|observations"
        "|description|precisions|consigne|memo",
    ),
    "patient_source_id": (
        "Numéro du patient dans l’ancien logiciel",
        "id patient|numero de dossier|n dossier|no dossier|numero dossier|ipp"
        "|identifiant patient|code patient|patient id|n patient|numero patient|num dossier"
        "|ref patient",
    ),
    **_IDENTITY,
}
FIELDS = {PATIENTS: _PATIENT, AGENDA: _AGENDA}
_AT_MOST = {"sex": 1, "phone": 3, "phone_mobile": 3, "phone_home": 2, "phone_work": 2, "note": 3}


@dataclass(frozen=True)
class Column:
    """One column of the file and what it is believed to hold. `confidence` 0 to 100."""

    index: int
    header: str
    field: str
    confidence: int
    why: str


def normalise(header: str) -> str:
    """Accents, case and punctuation aside: "Né(e) le" is "ne e le"."""
    plain = unicodedata.normalize("NFKD", header.replace("œ", "oe").replace("°", " "))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower()
    # camelCase and snake_case of machine-made headers were split by the caller's eye;
    # here only runs of letters and digits count.
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()


def _split_camel(header: str) -> str:
    return re.sub(r"(?<=[a-zà-ÿ])(?=[A-ZÀ-Ý])", " ", header)


def _spellings(kind: str) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for field, (label, spellings) in FIELDS[kind].items():
        for rank, spelling in enumerate([normalise(label), *spellings.split("|")]):
            found.setdefault(spelling, (field, 100 if rank <= 1 else 95))
    return found


_KNOWN = {kind: _spellings(kind) for kind in FIELDS}


def label(kind: str, field: str) -> str:
    """What a person calls this field; empty for an ignored column."""
    return FIELDS[kind][field][0] if field else ""


def is_known(kind: str, header: str) -> bool:
    """Whether this header alone says what its column is."""
    return normalise(header) in _KNOWN[kind] or normalise(_split_camel(header)) in _KNOWN[kind]


def signature(headers: Sequence[str]) -> str:
    """The same for the same headers in the same order, whatever the case and accents."""
    text = "\x1f".join(normalise(header) for header in headers)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def propose(
    kind: str, headers: Sequence[str], sample: Sequence[Sequence[str]] = ()
) -> list[Column]:
    """What each column holds, most likely; each field at most once, phones and notes apart."""
    guesses: list[tuple[int, int, str, str]] = []  # confidence, index, field, why
    for index, header in enumerate(headers):
        cells = [row[index].strip() for row in sample if index < len(row) and row[index].strip()]
        guesses.extend(
            (confidence, index, field, why)
            for field, confidence, why in _guesses(kind, header, cells)
        )
    guesses.sort(key=lambda guess: (-guess[0], guess[1]))
    taken: dict[int, Column] = {}
    used: dict[str, int] = {}
    for confidence, index, field, why in guesses:
        if index in taken or used.get(field, 0) >= _AT_MOST.get(field, 1):
            continue
        taken[index] = Column(index, headers[index], field, confidence, why)
        used[field] = used.get(field, 0) + 1
    columns = [
        taken.get(index, Column(index, header, IGNORE, 0, ""))
        for index, header in enumerate(headers)
    ]
    return _settle_names(columns)


def _guesses(kind: str, header: str, cells: list[str]) -> list[tuple[str, int, str]]:
    known = _KNOWN[kind]
    for plain in (normalise(header), normalise(_split_camel(header))):
        if plain in known:
            field, confidence = known[plain]
            return [(field, confidence, "en-tête connu")]
    plain = normalise(_split_camel(header))
    if len(plain) >= 4:
        near = process.extractOne(plain, known.keys(), scorer=fuzz.ratio, score_cutoff=86)
        if near is not None:
            return [(known[near[0]][0], int(near[1]) - 10, f"ressemble à « {near[0]} »")]
    return _by_content(kind, cells)


def _by_content(kind: str, cells: list[str]) -> list[tuple[str, int, str]]:
    if len(cells) < 3:
        return []

    def share(test: str) -> float:
        return sum(bool(re.fullmatch(test, cell)) for cell in cells) / len(cells)

    found: list[tuple[str, int, str]] = []
    if share(r"[^@\s]+@[^@\s]+\.[a-zA-Z]{2,}") > 0.8 and kind == PATIENTS:
        found.append(("email", 60, "contenu : adresses électroniques"))
    if share(r"(\+33|0033|0)[\s.\-]?[1-9]([\s.\-]?\d\d){4}") > 0.8:
        found.append(("phone", 60, "contenu : numéros de téléphone"))
    if share(r"\d{1,2}[/.\-]\d{1,2}[/.\-](\d{4}|\d{2})") > 0.8:
        field = "birth_date" if kind == PATIENTS else "date"
        found.append((field, 50, "contenu : des dates"))
    if share(r"(?i)m\.?|mme|mlle|f|h|homme|femme|masculin|f[ée]minin") > 0.9:
        found.append(("sex", 55, "contenu : sexe ou civilité"))
    if kind == AGENDA and share(r"\d{1,2}[:hH]\d{2}") > 0.8:
        found.append(("start_time", 50, "contenu : des heures"))
    return found


def _settle_names(columns: list[Column]) -> list[Column]:
    """ "Nom" alone is the birth name; beside "Nom de naissance" it is the name in use."""
    fields = {column.field for column in columns}
    if "name" not in fields:
        return columns
    if "birth_name" in fields and "used_name" not in fields:
        return [
            Column(c.index, c.header, "used_name", c.confidence, "à côté du nom de naissance")
            if c.field == "name"
            else c
            for c in columns
        ]
    return columns


def missing(kind: str, fields: Mapping[int, str] | Sequence[str]) -> list[str]:
    """What a mapping still lacks to be usable, in the words of the screen."""
    have = set(fields.values() if isinstance(fields, Mapping) else fields)
    lacking: list[str] = []
    named = have & {"birth_name", "name", "used_name", "full_name"}
    first = have & {"first_name", "used_first_name", "full_name", "birth_given_names"}
    if kind == PATIENTS:
        if not named:
            lacking.append("le nom")
        if not first:
            lacking.append("le prénom")
        if "birth_date" not in have:
            lacking.append("la date de naissance")
        return lacking
    if not have & {"start", "date"}:
        lacking.append("le jour")
    if "start" not in have and "start_time" not in have and "date" not in have:
        lacking.append("l’heure de début")
    if "patient_source_id" not in have and not named:
        lacking.append("le patient")
    return lacking
