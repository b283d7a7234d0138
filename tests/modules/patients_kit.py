"""A secretary and some fictitious patients, for the tests of the patients module."""

from datetime import date
from typing import Any

from unisson.core.access import Actor
from unisson.patients import actions
from unisson.patients.models import Patient

SECRETARY = Actor(user_id=7, role="secretary", name="C. Petit")
COLLEAGUE = Actor(user_id=8, role="secretary", name="M. Roy")
PRACTITIONER = Actor(user_id=9, role="practitioner", name="Dr Nguyen")
REMOTE = Actor(user_id=10, role="remote_agent", name="T. Loin")
MATRICULE = "278054900712331"  # of Claire, key included


def make(**changed: Any) -> Patient:
    """Claire Morel, or somebody else where she differs."""
    return actions.create_patient(
        **{
            "by": SECRETARY,
            "birth_name": "Morel",
            "birth_first_name": "Claire",
            "birth_date": date(1978, 5, 4),
            "sex": "F",
            **changed,
        }
    )
