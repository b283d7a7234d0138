"""Everything that can be done to the agenda. Each act takes `by` and `request_id`.

The same request sent twice is done once and answers the same (`Done`). What is
refused raises `core.errors.Refusal` with a sentence; a time that is taken,
`agenda.errors.SlotTaken` with free slots close to it.
"""

from unisson.agenda.actions.absences import block, declare_absence, end_absence, unblock
from unisson.agenda.actions.booking import ChainVisit, book, book_chain, book_series
from unisson.agenda.actions.changing import change_details, move
from unisson.agenda.actions.ending import cancel, mark_excused, mark_no_show, put_back
from unisson.agenda.actions.holding import extend, hold, release
from unisson.agenda.actions.hours import (
    change_opening_rule,
    create_exception,
    create_opening_rule,
    remove_exception,
    remove_opening_rule,
)
from unisson.agenda.actions.planning import Done
from unisson.agenda.actions.types import (
    change_visit_type,
    create_visit_type,
    set_need,
    set_offer,
)
from unisson.agenda.actions.undoing import undo

__all__ = [
    "ChainVisit",
    "Done",
    "block",
    "book",
    "book_chain",
    "book_series",
    "cancel",
    "change_details",
    "change_opening_rule",
    "change_visit_type",
    "create_exception",
    "create_opening_rule",
    "create_visit_type",
    "declare_absence",
    "end_absence",
    "extend",
    "hold",
    "mark_excused",
    "mark_no_show",
    "move",
    "put_back",
    "release",
    "remove_exception",
    "remove_opening_rule",
    "set_need",
    "set_offer",
    "unblock",
    "undo",
]
