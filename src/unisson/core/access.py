"""Who may do what: deny by default.

Every page and every act has a verb, such as `agenda.book`. Modules grant verbs
to roles in their `policy.py`; a verb nobody granted is refused. Two doors check
it and there is no third: `@page(verb)` on a view, `gesture(verb, by=actor)`
around a write.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from unisson.core.errors import NotAllowed


@dataclass(frozen=True)
class Actor:
    """The person (or the program, for `system`) in whose name something is done.

    `practitioner_ids` is None when the person works for everyone in the
    practice, else the ids of the practitioners she works for.
    """

    user_id: int | None
    role: str
    name: str
    session: str = ""
    device: str = ""
    practitioner_ids: frozenset[int] | None = None
    practitioner_id: int | None = None

    @classmethod
    def system(cls, name: str) -> Actor:
        """The program itself: seeding, imports on the command line, night tasks."""
        return cls(user_id=None, role=SYSTEM, name=name)

    def works_for(self, practitioner_id: int) -> bool:
        return self.practitioner_ids is None or practitioner_id in self.practitioner_ids


SYSTEM = "system"
ANYONE = "anyone"

_grants: dict[str, frozenset[str]] = {}


def grant(verbs: Mapping[str, Iterable[str]]) -> None:
    """Grant each verb to some roles. Granting a verb twice is a mistake in the code."""
    for verb, roles in verbs.items():
        if verb in _grants and _grants[verb] != frozenset(roles):
            raise ValueError(f"{verb} is already granted elsewhere")
        _grants[verb] = frozenset(roles)


def granted_verbs() -> Mapping[str, frozenset[str]]:
    """Every verb and the roles that hold it, for the manager's page and the tests."""
    return dict(_grants)


def may(actor: Actor | None, verb: str) -> bool:
    """Whether this person may do this. Unknown verbs and unknown people: no."""
    roles = _grants.get(verb)
    if roles is None:
        return False
    if ANYONE in roles:
        return True
    if actor is None:
        return False
    return actor.role == SYSTEM or actor.role in roles


def check(actor: Actor | None, verb: str) -> None:
    """Raise NotAllowed unless this person may do this."""
    if not may(actor, verb):
        raise NotAllowed(verb)


def page(verb: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Mark a view with the verb its reader needs. AccessMiddleware enforces it."""

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        view.verb = verb  # type: ignore[attr-defined]
        return view

    return mark
