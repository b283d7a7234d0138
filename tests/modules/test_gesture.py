"""An act is whole or nothing, audited, told, and allowed."""

import pytest
from django.db import DatabaseError, connection, transaction

from unisson.core import access
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed
from unisson.core.gesture import MissingAudit, first_broken_link, gesture
from unisson.core.models import AuditEvent, OutboxEvent

pytestmark = pytest.mark.django_db
access.grant({"test.act": ["secretary"]})
SECRETARY = Actor(user_id=7, role="secretary", name="C. Petit")


def test_audit_and_news_are_written_with_the_act():
    with gesture("test.act", by=SECRETARY) as act:
        act.audit("U", "Thing", object_id=3, patient_id=5)
        act.tell("thing.changed", thing=3)
    line = AuditEvent.objects.get()
    assert (line.verb, line.actor_name, line.object_id, line.patient_id) == (
        "test.act",
        "C. Petit",
        3,
        5,
    )
    assert OutboxEvent.objects.get().payload == {"thing": 3}


def test_nothing_remains_of_a_failed_act():
    with pytest.raises(ZeroDivisionError), gesture("test.act", by=SECRETARY) as act:
        act.audit("U", "Thing", object_id=3)
        act.tell("thing.changed", thing=3)
        raise ZeroDivisionError
    assert not AuditEvent.objects.exists()
    assert not OutboxEvent.objects.exists()


def test_an_act_without_an_audit_line_is_refused():
    with pytest.raises(MissingAudit), gesture("test.act", by=SECRETARY):
        pass


@pytest.mark.parametrize("verb", ["test.act", "test.unknown"])
def test_who_may_not_is_stopped_before_anything(verb):
    patient = Actor(user_id=9, role="patient", name="x")
    with pytest.raises(NotAllowed), gesture(verb, by=patient):
        pytest.fail("the act began")


def test_the_chain_shows_a_changed_line():
    for number in range(3):
        with gesture("test.act", by=SECRETARY) as act:
            act.audit("R", "Thing", object_id=number)
    assert first_broken_link() is None
    second = AuditEvent.objects.order_by("id")[1]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER audit_no_update")
        else:
            cursor.execute("ALTER TABLE core_auditevent DISABLE TRIGGER USER")
        cursor.execute("UPDATE core_auditevent SET object_id = 99 WHERE id = %s", [second.pk])
    assert first_broken_link() == second.pk


@pytest.mark.parametrize(
    "statement", ["UPDATE core_auditevent SET object_id = 99", "DELETE FROM core_auditevent"]
)
def test_the_trail_refuses_to_be_changed(statement):
    with gesture("test.act", by=SECRETARY) as act:
        act.audit("R", "Thing", object_id=1)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get().object_id == 1
