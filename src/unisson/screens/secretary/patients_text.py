"""A patient's facts as phrases: where her identity comes from, her address, her doctor."""

from __future__ import annotations

from unisson.core import clock
from unisson.patients.models import Patient
from unisson.patients.rules.identity import DOCUMENTS
from unisson.screens.shared import french


def provenance(patient: Patient) -> str:
    """Where the identity comes from: `Matricule relevé le … · passeport, vu par C. Petit`."""
    said = " · ".join(filter(None, [insi_words(patient), document_words(patient)]))
    return said[:1].upper() + said[1:] or "Aucune pièce d’identité contrôlée"


def insi_words(patient: Patient) -> str:
    """`matricule relevé le jeu. 12 sept. 2025`; empty when there is none."""
    if not (patient.insi_retrieved and patient.insi_retrieved_at):
        return ""
    return f"matricule relevé le {french.short_day(clock.local(patient.insi_retrieved_at).date())}"


def document_words(patient: Patient) -> str:
    """`carte d’identité, contrôlée par C. Petit le mar. 24 nov.`; empty when none was seen."""
    if not patient.documents_checked:
        return ""
    said = f"{DOCUMENTS.get(patient.document_kind, 'pièce d’identité')}, contrôle"
    if patient.documents_checked_by:
        said += f" par {patient.documents_checked_by}"
    if patient.documents_checked_at:
        said += f" le {french.short_day(clock.local(patient.documents_checked_at).date())}"
    return said


def address(patient: Patient) -> str:
    """`8 rue des Lices, 49000 Angers`, with what is known of it."""
    town = f"{patient.postcode} {patient.commune}".strip()
    return ", ".join(filter(None, [patient.address_line, town]))


def treating(patient: Patient) -> str:
    """The treating doctor: one of the practice, or a name."""
    if patient.treating_practitioner:
        return f"{patient.treating_practitioner}, médecin traitant"
    return patient.treating_name
