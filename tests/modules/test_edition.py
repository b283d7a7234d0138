"""What a process remembers of the set-up is never older than the database, nor from a rollback."""

from datetime import date, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from unisson.agenda.models import (
    OpeningException,
    OpeningRule,
    VisitType,
    VisitTypeNeed,
    VisitTypeOffer,
)
from unisson.agenda.queries import setup
from unisson.core import clock, edition
from unisson.practice.models import Practitioner, Resource, Site

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def house() -> Practitioner:
    site = Site.objects.create(name="Lac")
    resource = Resource.objects.create(kind="practitioner", name="Dr Diallo", site=site)
    Resource.objects.create(kind="room", name="Salle 1", site=site)
    who = Practitioner.objects.create(
        resource=resource, family_name="Diallo", given_name="A", specialty="Médecine"
    )
    kind = VisitType.objects.create(code="CS", label="Consultation")
    VisitTypeOffer.objects.create(visit_type=kind, practitioner=who, minutes=20)
    VisitTypeNeed.objects.create(visit_type=kind, label="Une salle")
    OpeningRule.objects.create(
        practitioner=who,
        site=site,
        weekday=0,
        start=time(8),
        end=time(12),
        valid_from=date(2026, 1, 1),
    )
    return who


def _an_exception(who: Practitioner) -> None:
    OpeningException.objects.create(
        practitioner=who,
        site=Site.objects.get(),
        date=date(2026, 12, 1),
        kind="closed",
        created_at=clock.now(),
    )


WRITES = {
    "site": lambda who: Site.objects.update(name="Tilleuls"),
    "resource": lambda who: Resource.objects.update(name="Autre nom"),
    "practitioner": lambda who: Practitioner.objects.update(specialty="Pédiatrie"),
    "visit type": lambda who: VisitType.objects.update(notice_minutes=60),
    "offer": lambda who: VisitTypeOffer.objects.update(minutes=30),
    "offer, deleted": lambda who: VisitTypeOffer.objects.all().delete(),
    "need": lambda who: VisitTypeNeed.objects.update(label="Une machine"),
    "option": lambda who: VisitTypeNeed.objects.get().options.add(Resource.objects.last()),
    "rule": lambda who: OpeningRule.objects.update(end=time(13)),
    "rule, types": lambda who: OpeningRule.objects.get().visit_types.add(VisitType.objects.get()),
    "exception": _an_exception,
}


@pytest.mark.parametrize("what", WRITES)
def test_every_table_of_the_set_up_raises_the_edition(house, what):
    """Whoever writes, by whatever way: nothing read before it is believed after it."""
    before, number = setup.current(), edition.current(edition.SETUP)
    WRITES[what](house)
    assert edition.current(edition.SETUP) > number
    assert setup.current() is not before


def test_unchanged_it_costs_one_query(house):
    setup.current()
    with CaptureQueriesContext(connection) as asked:
        setup.current()
    assert len(asked) == 1


def test_what_is_rolled_back_is_not_remembered(house):
    setup.current()
    kind = VisitType.objects.get()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        VisitTypeOffer.objects.update(minutes=99)
        inside = setup.current().visits[kind.pk, house.pk]
        raise ZeroDivisionError
    assert inside.minutes == 99
    assert setup.current().visits[kind.pk, house.pk].minutes == 20
    # The next edition has the number the rolled-back one had: it is read again all the same.
    VisitTypeOffer.objects.update(minutes=45)
    assert setup.current().visits[kind.pk, house.pk].minutes == 45


def test_a_first_reading_inside_a_transaction_is_not_kept(house):
    edition.forget_all()
    with transaction.atomic():
        VisitTypeOffer.objects.update(minutes=50)
        setup.current()
        transaction.set_rollback(True)
    kind = VisitType.objects.get()
    assert setup.current().visits[kind.pk, house.pk].minutes == 20


def test_hours_of_long_ago_do_not_open(house):
    """The set-up keeps every rule, also those that are over: their dates must decide."""
    OpeningRule.objects.update(valid_until=date(2026, 2, 1))
    [rule] = setup.current().rules[house.pk]
    monday = date(2026, 2, 2)
    assert not rule.applies(monday)
    assert rule.applies(monday - timedelta(days=7))
