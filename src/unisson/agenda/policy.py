"""Who may do what with the agenda.

A remote agent sees free slots and books in them, nothing else. Whoever acts
must also work for the practitioner concerned (`Actor.works_for`): the actions
check that themselves.
"""

from unisson.practice.roles import ALL, DESK, MANAGER

GRANTS: dict[str, tuple[str, ...]] = {
    "agenda.read": DESK,
    "agenda.read_free": ALL,
    "agenda.book": ALL,
    "agenda.hold": ALL,
    "agenda.squeeze_in": DESK,
    "agenda.outside_hours": DESK,
    "agenda.move": DESK,
    "agenda.cancel": DESK,
    "agenda.mark": DESK,
    "agenda.mark_excused": DESK,
    "agenda.mark_no_show": DESK,
    "agenda.put_back": DESK,
    "agenda.change": DESK,
    "agenda.undo": DESK,
    "agenda.block": DESK,
    "agenda.absence": DESK,
    "agenda.import": (MANAGER,),
    "agenda.configure": (MANAGER,),
}
