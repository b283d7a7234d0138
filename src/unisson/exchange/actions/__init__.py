"""Bringing files in: a dry run first, then the same for good, whole or not at all."""

from unisson.exchange.actions.agenda import import_agenda
from unisson.exchange.actions.patients import import_patients
from unisson.exchange.actions.places import import_places
from unisson.exchange.actions.waiting import (
    choices_of,
    content,
    drop,
    keep_file,
    settle,
    waiting,
)

__all__ = [
    "choices_of",
    "content",
    "drop",
    "import_agenda",
    "import_patients",
    "import_places",
    "keep_file",
    "settle",
    "waiting",
]
