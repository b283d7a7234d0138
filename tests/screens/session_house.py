"""A small practice with staff, for the tests of the session and manager pages."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from unisson.core.access import Actor
from unisson.practice import roles
from unisson.practice.actions import house
from unisson.practice.actions.details import (
    AccountDetails,
    PractitionerDetails,
    RoomDetails,
    SiteDetails,
)
from unisson.practice.actions.staff import NewAccount
from unisson.practice.models import Practitioner, Site, User

PASSWORD = "un chat dort sur le toit"


@dataclass(frozen=True)
class Small:
    """The people and places of the small practice."""

    site: Site
    martin: Practitioner
    petit: User
    moreau: User
    doctor: User
    manager: User


def small_practice(*, demonstration: bool = False, lock_after_minutes: int = 5) -> Small:
    """One site, one physician, two secretaries, a manager; everyone has the same password."""
    hashed = make_password(PASSWORD)

    def account(username: str, name: str, role: str, practitioner: int | None = None) -> NewAccount:
        details = AccountDetails(username, name, role, practitioner_id=practitioner)
        return NewAccount(details, hashed, must_change_password=False)

    founded = house.found(
        house.House(
            name="Cabinet des Lilas",
            sites=[SiteDetails("Centre", commune="Angers", phone="02 61 91 00 01")],
            rooms=[RoomDetails("Cabinet 1", site_id=0)],
            practitioners=[
                PractitionerDetails("Martin", "Anne", "Médecine générale", "Dr", site_id=0,
                                    home_room_id=0)
            ],
            accounts=[
                account("c.petit", "C. Petit", roles.SECRETARY),
                account("s.moreau", "S. Moreau", roles.SECRETARY),
                account("a.martin", "Dr Martin", roles.PRACTITIONER, 0),
                account("m.aubert", "M. Aubert", roles.MANAGER),
            ],
            demonstration=demonstration,
            lock_after_minutes=lock_after_minutes,
        ),
        by=Actor.system("tests"),
    )  # fmt: skip
    people = [User.objects.get(pk=key) for key in founded.accounts]
    return Small(
        Site.objects.get(), Practitioner.objects.get(), people[0], people[1], people[2], people[3]
    )
