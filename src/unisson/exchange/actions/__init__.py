"""Bringing files in: a dry run first, then the same for good, whole or not at all."""

from unisson.exchange.actions.agenda import import_agenda
from unisson.exchange.actions.patients import import_patients

__all__ = ["import_agenda", "import_patients"]
