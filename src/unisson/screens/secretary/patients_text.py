"""A patient's facts as phrases: where her identity comes from, her address, her doctor."""

from __future__ import annotations

from unisson.core import clock
from unisson.patients.models import Patient
from unisson.patients.rules.identity import DOCUMENTS
from unisson.screens.shared import french


def provenance(patient: Patient) -> str:
    """Where the identity comes from: `Matricule relevé le … · passeport, vu par C. Petit`."""
    said = []
    if patient.insi_retrieved and patient.insi_retrieved_at:
        day = clock.local(patient.insi_retrieved_at).date()
        said.append(f"Matricule relevé le {french.short_day(day)}")
    if patient.documents_checked:
        kind = DOCUMENTS.get(patient.document_kind, "pièce d’identité")
        by = f" par {patient.documents_checked_by}" if patient.documents_checked_by else ""
        said.append(f"{kind} vérifiée{by}" if kind.startswith("carte") else f"{kind}, vu{by}")
    return " · ".join(said) or "Aucune pièce d’identité contrôlée"


def address(patient: Patient) -> str:
    """`8 rue des Lices, 49000 Angers`, with what is known of it."""
    town = f"{patient.postcode} {patient.commune}".strip()
    return ", ".join(filter(None, [patient.address_line, town]))


def treating(patient: Patient) -> str:
    """The treating doctor: one of the practice, or a name."""
    if patient.treating_practitioner:
        return f"{patient.treating_practitioner}, médecin traitant"
    return patient.treating_name
