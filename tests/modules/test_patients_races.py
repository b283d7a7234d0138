"""Several people at the same second: one file for one person, no deadlock, marks that hold."""

import threading
from collections import Counter
from datetime import date

import pytest
from django.db import connection

from tests.modules.patients_kit import SECRETARY, make
from unisson.core.errors import Refusal
from unisson.patients import actions
from unisson.patients.errors import AlreadyKnown
from unisson.patients.models import MergeProposal, NearIdentity, Patient
from unisson.patients.rules import nearness

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*jobs):
    """Run the jobs in as many threads, started together; what each returned or raised."""
    outcomes = [None] * len(jobs)
    gate = threading.Barrier(len(jobs))

    def run(index, job):
        try:
            gate.wait(10)
            outcomes[index] = job()
        except Exception as error:
            outcomes[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_one_person_created_eight_times_at_once_has_one_file():
    outcomes = at_once(*[make] * 8)
    kinds = Counter(type(outcome) for outcome in outcomes)
    assert kinds == {Patient: 1, AlreadyKnown: 7}
    assert Patient.objects.count() == 1


def test_near_people_created_at_once_are_all_marked_and_numbered():
    names = ["Claire", "Clara", "Clémence", "Chloé", "Cécile", "Céline"]
    jobs = [lambda name=name: make(birth_first_name=name) for name in names]
    jobs += [
        lambda year=year: make(birth_name="Roux", birth_date=date(year, 1, 15))
        for year in (1950, 1962, 1974)
    ]
    outcomes = at_once(*jobs)
    assert [outcome for outcome in outcomes if not isinstance(outcome, Patient)] == []
    assert len(set(Patient.objects.values_list("file_number", flat=True))) == 9
    kinds = {"MOREL": "twin", "ROUX": "homonym"}
    for patient in Patient.objects.all():
        assert patient.near_mark == kinds[patient.birth_name]
    assert NearIdentity.objects.filter(kind="twin").count() == 15
    assert NearIdentity.objects.filter(kind="homonym").count() == 3


def test_everybody_changes_everybody_near_without_a_deadlock():
    people = [make(birth_first_name=name) for name in ("Anne", "Rose", "Jade", "Lola", "Inès")]

    def work(patient, turn):
        for step in range(4):
            actions.update_contact(
                by=SECRETARY, patient_id=patient.pk, address_line=f"{(turn + step) % 3} rue"
            )

    jobs = [lambda p=p, t=t: work(p, t) for t, p in enumerate(people)]
    assert at_once(*jobs) == [None] * len(people)
    for pair in NearIdentity.objects.all():
        assert pair.kind == "twin"
    for patient in Patient.objects.all():
        assert patient.near_mark == nearness.mark({"twin"})


def test_a_merge_confirmed_twice_at_once_is_done_once():
    a = make()
    b = make(despite=[a.pk])
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    outcomes = at_once(*[lambda: actions.confirm_merge(by=SECRETARY, proposal_id=proposal.pk)] * 4)
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 3
    assert MergeProposal.objects.get().state == "confirmed"
    done = next(outcome for outcome in outcomes if not isinstance(outcome, Refusal))
    outcomes = at_once(*[lambda: actions.undo_merge(by=SECRETARY, merge_id=done.pk)] * 4)
    assert sum(outcome is None for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refusal) for outcome in outcomes) == 3


def test_a_merge_and_a_change_of_the_absorbed_file_do_not_cross():
    a = make()
    b = make(despite=[a.pk])
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    merged, changed = at_once(
        lambda: actions.confirm_merge(by=SECRETARY, proposal_id=proposal.pk),
        lambda: actions.add_note(by=SECRETARY, patient_id=b.pk, text="Entend mal"),
    )
    assert isinstance(merged, Refusal) != isinstance(changed, Refusal)
