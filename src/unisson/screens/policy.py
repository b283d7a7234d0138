"""Verbs that belong to a page and to no act: who may look at the desk."""

from unisson.practice.roles import DESK

GRANTS: dict[str, tuple[str, ...]] = {
    "desk.see": DESK,
    "desk.print": DESK,
}
