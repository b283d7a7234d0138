"""What the patient's pages say in words: dates read back, fields, acts."""

from __future__ import annotations

import re
from datetime import date

from django.core.exceptions import FieldDoesNotExist

from unisson.patients.models import DatePrecision, Patient
from unisson.patients.rules import ins, phones
from unisson.patients.rules.birth_dates import age_words
from unisson.patients.rules.identity import DOCUMENTS
from unisson.screens.shared import french

NBSP = "\u00a0"
SEX_WORDS = {"F": "Féminin", "M": "Masculin", "U": "Inconnu"}
STATUS_WORDS = {
    "PROV": "Identité provisoire",
    "RECUP": "Identité récupérée",
    "VALI": "Identité validée",
    "QUAL": "Identité qualifiée",
}


def birth_words(born: date, precision: str, on: date) -> str:
    """A birth date as read back to the caller: `jeudi 4 mai 1978, 48 ans`.

    The weekday is left out when the day is not known: it would be the weekday
    of a convention.
    """
    month = french.LONG_MONTHS[born.month - 1]
    if precision == "exact":
        day = "1er" if born.day == 1 else born.day
        weekday = french.LONG_WEEKDAYS[born.weekday()]
        return f"{weekday} {day} {month} {born.year}, {age_words(born, on)}"
    years = f"environ {max(on.year - born.year, 0)}{NBSP}ans"
    if precision == "day_unknown":
        return f"{month} {born.year}, jour inconnu, {years}"
    if precision == "month_unknown":
        return f"le {born.day}, mois inconnu, {born.year}, {years}"
    return f"{born.year}, jour et mois inconnus, {years}"


def sentence_case(text: str) -> str:
    """A capital first, the others as they are: `Matricule INS`."""
    return text[:1].upper() + text[1:]


def typed_again(born: date, precision: str) -> str:
    """A birth date as its field would have been typed, without the parts set by convention."""
    return {
        "exact": f"{born:%d/%m/%Y}",
        "day_unknown": f"{born:%m/%Y}",
        "month_unknown": f"{born.day} {born.year}",
        "unknown": f"{born.year}",
    }[precision]


FIELD_LABELS = {
    "telephone": "téléphone",
    "telephone_order": "premier téléphone",
    "related": "entourage",
    "related_phone": "téléphone de l’entourage",
    "coverage": "couverture",
    "coverage_checked": "droits vérifiés",
    "note": "à savoir à l’accueil",
    "birth_date_precision": "précision de la date de naissance",
    "commune_code": "code de la commune",
    "insi_retrieved": "matricule relevé",
    "insi_retrieved_at": "heure de la lecture à l’INSi",
    "documents_checked": "pièce d’identité",
    "documents_checked_at": "heure du contrôle de la pièce",
    "documents_checked_by": "pièce contrôlée par",
    "document_kind": "nature de la pièce",
    "ins_oid": "nature du matricule",
    "merged_into": "fusion",
    "merge": "fusion",
    "deceased_on": "décès",
    "treating_practitioner": "médecin traitant",
}


def field_label(field: str) -> str:
    """The word a secretary uses for a field of the record."""
    if field in FIELD_LABELS:
        return FIELD_LABELS[field]
    try:
        known = Patient._meta.get_field(field)
    except FieldDoesNotExist:
        return field.replace("_", " ")
    return str(getattr(known, "verbose_name", field))


# Written with another field that says the same.
HIDDEN = (
    "insi_retrieved_at",
    "documents_checked_at",
    "documents_checked_by",
)
_MATRICULE = re.compile(r"\b[1-478]\d{4}(?:\d\d|2[AB])\d{6}(?:\d\d)?\b")


def masked_numbers(text: str) -> str:
    """The text with every matricule in it masked: it is shown on demand only, one by one."""
    return _MATRICULE.sub(lambda found: ins.masked(found[0]), text)


def value(field: str, text: str) -> str:
    """A value kept in the history, as the page of the record would show it."""
    if text in {"True", "False"}:
        return "oui" if text == "True" else "non"
    if field == "sex":
        return SEX_WORDS.get(text, text)
    if field == "document_kind":
        return DOCUMENTS.get(text, text)
    if field == "ins_oid":
        return ins.OIDS.get(text, text)
    if field == "birth_date_precision":
        return str(dict(DatePrecision.choices).get(text, text))
    if field == "related_phone":
        return phones.display(text) if text else ""
    if field in {"birth_date", "deceased_on"} and len(text) == 10:
        year, month, day = text.split("-")
        return f"{day}/{month}/{year}"
    return masked_numbers(text)


VERB_LABELS = {
    "patients.create": "dossier créé",
    "patients.read": "lu",
    "patients.read_history": "historique lu",
    "patients.update": "dossier modifié",
    "patients.check_identity": "identité contrôlée",
    "patients.note": "note d’accueil",
    "patients.propose_merge": "fusion proposée",
    "patients.merge": "fusion confirmée",
    "patients.undo_merge": "fusion annulée",
    "patients.review_duplicates": "doublon examiné",
    "patients.import": "importé",
    "agenda.book": "rendez-vous pris",
    "agenda.move": "rendez-vous déplacé",
    "agenda.cancel": "rendez-vous annulé",
    "agenda.mark_no_show": "noté absent",
    "agenda.mark_excused": "noté excusé",
    "agenda.put_back": "rendez-vous remis",
    "agenda.undo": "geste annulé",
    "reception.arrive": "arrivée notée",
}


def verb_label(verb: str) -> str:
    """What was done, as said at the desk; the verb itself when nobody named it yet."""
    return VERB_LABELS.get(verb, verb)


def act_words(verb: str, detail: str) -> str:
    """What was done, and to which fields: `dossier modifié : langue, adresse`."""
    fields = [field for field in detail.split(", ") if field not in HIDDEN]
    if verb not in FIELD_VERBS or not all(re.fullmatch("[a-z_]+", field) for field in fields):
        return verb_label(verb)
    labels = dict.fromkeys(field_label(field) for field in fields)
    return f"{verb_label(verb)}\u00a0: {', '.join(labels)}"


FIELD_VERBS = {"patients.update", "patients.check_identity"}
