"""Every verb that writes to patients. Each one is a gesture of its own."""

from unisson.patients.actions.contacts import (
    add_note,
    add_related,
    add_telephone,
    change_related,
    end_related,
    end_telephone,
    prefer_telephone,
    remove_note,
    update_contact,
)
from unisson.patients.actions.coverage import add_coverage, change_coverage
from unisson.patients.actions.creation import NewTelephone, create_patient
from unisson.patients.actions.duplicates import (
    propose_duplicates,
    reconsider_duplicate,
    reject_duplicate,
)
from unisson.patients.actions.identity import (
    mark_deceased,
    record_identity_check,
    record_insi,
    set_flags,
    undo_deceased,
    update_identity,
    withdraw_identity_check,
    withdraw_insi,
)
from unisson.patients.actions.merges import (
    confirm_merge,
    propose_merge,
    undo_merge,
    withdraw_merge,
)
from unisson.patients.actions.reading import note_reading

__all__ = [
    "NewTelephone",
    "add_coverage",
    "add_note",
    "add_related",
    "add_telephone",
    "change_coverage",
    "change_related",
    "confirm_merge",
    "create_patient",
    "end_related",
    "end_telephone",
    "mark_deceased",
    "note_reading",
    "prefer_telephone",
    "propose_duplicates",
    "propose_merge",
    "reconsider_duplicate",
    "record_identity_check",
    "record_insi",
    "reject_duplicate",
    "remove_note",
    "set_flags",
    "undo_deceased",
    "undo_merge",
    "update_contact",
    "update_identity",
    "withdraw_identity_check",
    "withdraw_insi",
    "withdraw_merge",
]
