"""Founding the practice, and secrets tried by many at once."""

import threading
from datetime import date, timedelta

import pytest
from django.db import connections

from tests.screens.session_house import PASSWORD, small_practice
from unisson.core.access import Actor, may
from unisson.core.errors import NotAllowed, Refusal
from unisson.core.gesture import first_broken_link
from unisson.core.models import AuditEvent
from unisson.practice.actions import house, sessions, staff
from unisson.practice.actions.details import AccountDetails, PractitionerDetails, SiteDetails
from unisson.practice.actors import actor_of
from unisson.practice.models import DeskPresence, Practice, Practitioner, Site, User
from unisson.practice.specialties import SPECIALTIES


def together(count: int, act) -> list[object]:
    """Run it in that many threads at the same moment; what each returned or raised."""
    barrier, outcomes = threading.Barrier(count), []

    def run(number: int) -> None:
        barrier.wait()
        try:
            outcomes.append(act(number))
        except Exception as error:
            outcomes.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_practices_cannot_be_founded(self):
        def found(number: int) -> object:
            return house.found(
                house.House(name=f"N° {number}", sites=[SiteDetails("Centre")]),
                by=Actor.system("tests"),
            )

        outcomes = together(4, found)
        assert Practice.objects.count() == 1
        assert Site.objects.count() == 1
        assert sum(isinstance(one, house.Founded) for one in outcomes) == 1
        assert sum(isinstance(one, Refusal) for one in outcomes) == 3
        assert first_broken_link() is None

    def test_twenty_guesses_sent_at_once_are_counted_like_twenty_in_a_row(self):
        small_practice()

        def guess(number: int) -> object:
            return sessions.prove_password(
                "c.petit", f"faux {number}", address=f"10.0.0.{number}", device=""
            )

        said = [str(one) for one in together(20, guess)]
        assert sum("incorrect" in one for one in said) == 5
        assert sum("Trop d’essais" in one for one in said) == 15

    def test_twenty_codes_sent_at_once_get_five_answers(self):
        small = small_practice()
        by = actor_of(small.petit, device="poste")
        sessions.signed_in(small.petit, by=by)
        sessions.set_code(PASSWORD, "4719", by=by, address="10.0.0.1")

        def guess(number: int) -> object:
            return sessions.prove_code(small.petit.pk, f"82{number:02}", device="poste")

        said = [str(one) for one in together(20, guess)]
        assert sum("Trop de codes faux" in one for one in said) == 15
        assert DeskPresence.objects.get().code_failures == 5


pytestmark = pytest.mark.django_db


def test_a_practice_is_founded_whole_or_not_at_all():
    wrong = PractitionerDetails("Martin", "Anne", "Médecine générale", rpps="123")
    with pytest.raises(Refusal, match="RPPS"):
        house.found(
            house.House(name="Lilas", sites=[SiteDetails("Centre")], practitioners=[wrong]),
            by=Actor.system("tests"),
        )
    assert not Practice.objects.exists()
    assert not Site.objects.exists()
    assert not AuditEvent.objects.exists()


def test_nobody_but_the_program_founds():
    small = small_practice()
    for user in (small.petit, small.manager):
        with pytest.raises(NotAllowed):
            house.found(house.House("X", [SiteDetails("Y")]), by=actor_of(user))


def test_every_thing_created_has_its_line():
    small_practice()
    kinds = list(AuditEvent.objects.order_by("id").values_list("object_type", flat=True))
    assert kinds == ["Practice", "Site", "Resource", "Practitioner", *["User"] * 4]


@pytest.mark.parametrize(
    "act",
    [
        lambda by, s: house.add_site(SiteDetails("X"), by=by),
        lambda by, s: house.configure(by=by, name="X", lock_after_minutes=5),
        lambda by, s: house.set_in_use(s.martin.resource_id, False, by=by),
        lambda by, s: staff.open_account(AccountDetails("x.yz", "X", "manager"), by=by),
        lambda by, s: staff.reset_password(s.manager.pk, by=by),
        lambda by, s: staff.close_account(s.manager.pk, by=by),
    ],
)
def test_a_secretary_changes_nothing_of_the_house(act):
    small = small_practice()
    before = AuditEvent.objects.count()
    with pytest.raises(NotAllowed):
        act(actor_of(small.petit), small)
    assert AuditEvent.objects.count() == before


def test_temporary_passwords_are_long_and_different():
    made = {staff.temporary_password() for _ in range(100)}
    assert len(made) == 100
    assert all(len(one) == 19 for one in made)
    assert not any(letter in "".join(made) for letter in "il1o0")


def test_a_reset_forgets_the_code_and_the_desks():
    small = small_practice()
    by = actor_of(small.petit, device="poste")
    sessions.signed_in(small.petit, by=by)
    sessions.set_code(PASSWORD, "4719", by=by, address="10.0.0.1")
    staff.reset_password(small.petit.pk, by=actor_of(small.manager))
    user = User.objects.get(pk=small.petit.pk)
    assert (user.pin, user.must_change_password) == ("", True)
    assert not DeskPresence.objects.exists()


def test_a_replacement_acts_for_whom_she_replaces_and_until_her_last_day():
    small = small_practice()
    today = date(2026, 11, 24)
    user, _ = staff.open_account(
        AccountDetails(
            "r.remy", "Dr Rémy", "replacement", practitioner_id=small.martin.pk,
            valid_until=today,
        ),
        by=actor_of(small.manager),
    )  # fmt: skip
    assert actor_of(user).works_for(small.martin.pk)
    assert not actor_of(user).works_for(small.martin.pk + 1)
    assert user.valid_on(today)
    assert not user.valid_on(today + timedelta(days=1))


def test_an_unknown_verb_is_granted_to_nobody():
    small = small_practice()
    assert not may(actor_of(small.manager), "practice.destroy")
    assert not may(None, "practice.configure")


def test_ready_made_lists_hold_together():
    """One code, one meaning; short enough for the columns they go into."""
    meanings: dict[str, str] = {}
    for specialty in SPECIALTIES:
        assert len(specialty.name) <= 80
        assert len(specialty.short) <= 20
        for visit in specialty.visits:
            assert meanings.setdefault(visit.code, visit.label) == visit.label
            assert 1 <= len(visit.code) <= 12
            assert visit.code == visit.code.upper()
            assert len(visit.label) <= 60
            assert 5 <= visit.minutes <= 120
            assert visit.audience in ("all", "new", "known")


def test_the_order_of_the_columns_is_refused_when_somebody_came_meanwhile():
    small = small_practice()
    by = actor_of(small.manager)
    house.add_practitioner(PractitionerDetails("Le Goff", "Yann", "Échographie", "Dr"), by=by)
    with pytest.raises(Refusal, match="a changé entre-temps"):
        house.order_practitioners([small.martin.pk], by=by)
    assert Practitioner.objects.first() == small.martin
