"""Who may note where patients are."""

from unisson.practice.roles import CARE, DESK

GRANTS: dict[str, tuple[str, ...]] = {
    "reception.own_day": CARE,
    "reception.arrive": DESK,
    "reception.to_room": DESK,
    "reception.call_in": DESK,
    "reception.leave": DESK,
    "reception.leave_unseen": DESK,
    "reception.step_back": DESK,
}
