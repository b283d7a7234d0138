"""Who may note where patients are."""

from unisson.practice.roles import DESK

GRANTS: dict[str, tuple[str, ...]] = {
    "reception.watch": DESK,
    "reception.arrive": DESK,
    "reception.to_room": DESK,
    "reception.call_in": DESK,
    "reception.leave": DESK,
    "reception.leave_unseen": DESK,
    "reception.step_back": DESK,
}
