"""Duplicates and merges: proposed, never alone, in two steps, kept whole, undone whole."""

from datetime import date
from typing import Any

import pytest
from django.core import serializers

from tests.modules.patients_kit import COLLEAGUE, MATRICULE, SECRETARY, make
from unisson.core.access import Actor
from unisson.core.errors import Refusal, Stale
from unisson.core.models import AuditEvent, OutboxEvent
from unisson.patients import actions, merging, queries
from unisson.patients.actions import NewTelephone
from unisson.patients.models import (
    AdministrativeNote,
    Coverage,
    DuplicateProposal,
    EarName,
    FormerMatricule,
    Merge,
    MergeProposal,
    NearIdentity,
    Patient,
    RelatedPerson,
    SearchKey,
    Telephone,
)
from unisson.patients.rules import ins

pytestmark = pytest.mark.django_db
KEPT_OUT = {"version", "updated_at"}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row that describes patients, without the version that counts the changes."""
    models = (
        Patient,
        Telephone,
        RelatedPerson,
        Coverage,
        AdministrativeNote,
        FormerMatricule,
        EarName,
    )
    rows = {
        model.__name__: [
            {k: v for k, v in row["fields"].items() if k not in KEPT_OUT} | {"pk": row["pk"]}
            for row in serializers.serialize("python", model.objects.order_by("pk"))
        ]
        for model in models
    }
    rows["keys"] = sorted(SearchKey.objects.values_list("kind", "token", "line", "patient_id"))
    rows["near"] = sorted(NearIdentity.objects.values_list("a", "b", "kind", "score"))
    rows["queue"] = sorted(DuplicateProposal.objects.values_list("a", "b", "score", "state"))
    return rows


@pytest.fixture
def two() -> tuple[Patient, Patient]:
    """One person in two files, each with things of its own, and people near both."""
    a = make(used_name="Lebrun", telephones=[NewTelephone("0600004123")], former_number="HD12")
    b = make(
        birth_name="Maurel",
        telephones=[NewTelephone("0600004123"), NewTelephone("0241990012")],
        email="claire@exemple.fr",
        address_line="8 rue des Lices",
        postcode="49000",
        commune="Angers",
    )
    make(birth_first_name="Clara")
    leo = make(birth_name="Lebrun", birth_first_name="Léo", birth_date=date(2015, 3, 1))
    actions.add_related(
        by=SECRETARY, patient_id=leo.pk, relation="mother", person_id=b.pk, may_act=True
    )
    actions.add_related(by=SECRETARY, patient_id=b.pk, relation="spouse", name="Lebrun")
    actions.add_related(by=SECRETARY, patient_id=b.pk, relation="other", person_id=a.pk)
    actions.add_note(by=SECRETARY, patient_id=b.pk, text="Entend mal")
    actions.add_coverage(by=SECRETARY, patient_id=a.pk, kind="amo", organisation="CPAM 49")
    actions.add_coverage(by=SECRETARY, patient_id=b.pk, kind="amo", organisation="CPAM 44")
    actions.add_coverage(by=SECRETARY, patient_id=b.pk, kind="amc", organisation="Val")
    a.refresh_from_db()
    b.refresh_from_db()
    return a, b


def merge(a: Patient, b: Patient) -> Merge:
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    return actions.confirm_merge(by=COLLEAGUE, proposal_id=proposal.pk)


def test_nothing_moves_at_the_first_step(two):
    a, b = two
    before = everything()
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    assert everything() == before
    assert (proposal.proposed_by, proposal.state) == ("C. Petit", "proposed")
    with pytest.raises(Refusal) as refused:
        actions.propose_merge(by=SECRETARY, kept_id=b.pk, absorbed_id=a.pk)
    assert "C. Petit" in refused.value.sentence
    actions.withdraw_merge(by=COLLEAGUE, proposal_id=proposal.pk)
    with pytest.raises(Refusal):
        actions.confirm_merge(by=SECRETARY, proposal_id=proposal.pk)
    assert everything() == before


def test_everything_follows_the_kept_file(two):
    a, b = two
    done = merge(a, b)
    assert (done.confirmed_by, done.proposal.proposed_by) == ("M. Roy", "C. Petit")
    a.refresh_from_db()
    b.refresh_from_db()
    assert b.merged_into_id == a.pk
    assert (a.birth_name, a.used_name) == ("MOREL", "Lebrun")
    assert (a.email, a.address_line, a.commune) == (
        "claire@exemple.fr",
        "8 rue des Lices",
        "Angers",
    )
    record = queries.record(a.pk)
    assert [phone.display for phone in record.phones] == ["06 00 00 41 23", "02 41 99 00 12"]
    assert [note.text for note in record.notes] == ["Entend mal"]
    assert {(c.kind, c.organisation) for c in record.coverages} == {
        ("amo", "CPAM 49"),
        ("amc", "Val"),
    }
    assert [person.name for person in record.related] == ["Lebrun"]
    assert [line.first_name for line in record.acts_for] == ["Leo"]
    assert queries.record(b.pk).merged_into.id == a.pk
    assert {line.action for line in AuditEvent.objects.filter(verb="patients.merge")} == {"U"}
    assert OutboxEvent.objects.latest("id").payload == {"kept_id": a.pk, "absorbed_id": b.pk}


def test_the_absorbed_file_is_no_longer_found_but_its_number_leads_to_the_kept_one(two):
    a, b = two
    merge(a, b)
    assert [f.id for f in queries.search("maurel") if f.sure] == []
    assert [f.id for f in queries.search(b.file_number)] == [a.pk]
    assert a.pk in {f.id for f in queries.search("morel claire")}
    assert b.pk not in {f.id for f in queries.near(date(1978, 5, 4))}
    assert not NearIdentity.objects.filter(b=b).exists()
    assert DuplicateProposal.objects.get(a=a, b=b).state == "merged"


def test_a_closed_file_refuses_every_change(two):
    a, b = two
    merge(a, b)
    for act in (
        lambda: actions.update_contact(by=SECRETARY, patient_id=b.pk, commune="Saumur"),
        lambda: actions.update_identity(by=SECRETARY, patient_id=b.pk, used_name="X"),
        lambda: actions.add_note(by=SECRETARY, patient_id=b.pk, text="x"),
        lambda: actions.set_flags(by=SECRETARY, patient_id=b.pk, doubtful=True),
        lambda: actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk),
        lambda: actions.propose_merge(by=SECRETARY, kept_id=b.pk, absorbed_id=a.pk),
    ):
        with pytest.raises(Refusal) as refused:
            act()
        assert f"fusionné dans le dossier {a.file_number}" in refused.value.sentence


def test_undoing_restores_everything(two):
    before = everything()
    done = merge(*two)
    assert everything() != before
    actions.undo_merge(by=COLLEAGUE, merge_id=done.pk)
    assert everything() == before
    done.refresh_from_db()
    assert done.undone_by == "M. Roy"
    with pytest.raises(Refusal):
        actions.undo_merge(by=COLLEAGUE, merge_id=done.pk)
    merge(*two)


def test_what_was_added_since_stays_with_the_kept_file(two):
    a, b = two
    done = merge(a, b)
    actions.add_note(by=SECRETARY, patient_id=a.pk, text="Préfère le matin")
    actions.update_contact(by=SECRETARY, patient_id=a.pk, email="autre@exemple.fr")
    actions.undo_merge(by=SECRETARY, merge_id=done.pk)
    a.refresh_from_db()
    b.refresh_from_db()
    assert (a.email, b.email) == ("autre@exemple.fr", "claire@exemple.fr")
    assert (a.address_line, b.address_line) == ("", "8 rue des Lices")
    assert [note.text for note in queries.record(a.pk).notes] == ["Préfère le matin"]
    assert [note.text for note in queries.record(b.pk).notes] == ["Entend mal"]


def test_a_file_changed_since_the_proposal_is_not_merged(two):
    a, b = two
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    actions.update_contact(by=COLLEAGUE, patient_id=b.pk, language="portugais")
    before = everything()
    with pytest.raises(Stale):
        actions.confirm_merge(by=SECRETARY, proposal_id=proposal.pk)
    assert everything() == before


def test_merges_into_one_file_are_undone_last_first(two):
    a, b = two
    first = merge(a, b)
    c = make(despite=[a.pk])
    second = merge(a, c)
    with pytest.raises(Refusal) as refused:
        actions.undo_merge(by=SECRETARY, merge_id=first.pk)
    assert c.file_number in refused.value.sentence
    actions.undo_merge(by=SECRETARY, merge_id=second.pk)
    actions.undo_merge(by=SECRETARY, merge_id=first.pk)
    assert Patient.objects.filter(merged_into__isnull=False).count() == 0


def test_a_chain_of_merges_keeps_every_number_and_is_undone_from_the_top(two):
    a, b = two
    first = merge(a, b)
    c = make(despite=[a.pk])
    top = merge(c, a)
    assert [f.id for f in queries.search(b.file_number)] == [c.pk]
    with pytest.raises(Refusal):
        actions.undo_merge(by=SECRETARY, merge_id=first.pk)
    actions.undo_merge(by=SECRETARY, merge_id=top.pk)
    actions.undo_merge(by=SECRETARY, merge_id=first.pk)
    assert [f.id for f in queries.search(b.file_number)] == [b.pk]


def test_two_matricules_are_never_merged(two):
    a, b = two
    other = "2780549007124" + ins.key("2780549007124")
    actions.record_insi(by=SECRETARY, patient_id=a.pk, matricule=MATRICULE, oid=ins.OID_NIR)
    actions.record_insi(by=SECRETARY, patient_id=b.pk, matricule=other, oid=ins.OID_NIR)
    with pytest.raises(Refusal) as refused:
        actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    assert "deux matricules" in refused.value.sentence
    assert not MergeProposal.objects.exists()


def test_a_matricule_received_between_the_two_steps_stops_the_merge(two):
    a, b = two
    actions.record_insi(by=SECRETARY, patient_id=a.pk, matricule=MATRICULE, oid=ins.OID_NIR)
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    other = "2780549007124" + ins.key("2780549007124")
    actions.record_insi(by=SECRETARY, patient_id=b.pk, matricule=other, oid=ins.OID_NIR)
    with pytest.raises(Refusal):
        actions.confirm_merge(by=SECRETARY, proposal_id=proposal.pk)


def test_the_file_with_the_matricule_is_the_one_kept(two):
    a, b = two
    actions.record_insi(by=SECRETARY, patient_id=b.pk, matricule=MATRICULE, oid=ins.OID_NIR)
    with pytest.raises(Refusal) as refused:
        actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    assert b.file_number in refused.value.sentence
    merge(b, a)


def test_twins_and_doubtful_people_are_not_merged(two):
    a, b = two
    clara = Patient.objects.get(birth_first_name="CLARA")
    with pytest.raises(Refusal):
        actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=clara.pk)
    actions.set_flags(by=SECRETARY, patient_id=b.pk, doubtful=True)
    with pytest.raises(Refusal):
        actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)


def test_a_merge_is_decided_by_a_named_person(two):
    a, b = two
    machine = Actor.system("nuit")
    with pytest.raises(Refusal):
        actions.propose_merge(by=machine, kept_id=a.pk, absorbed_id=b.pk)
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    with pytest.raises(Refusal):
        actions.confirm_merge(by=machine, proposal_id=proposal.pk)
    a.refresh_from_db()
    with pytest.raises(Refusal):
        actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=a.pk)


class _Shelf:
    """Something a module above hangs on patients."""

    name = "shelf"

    def __init__(self) -> None:
        self.owner = {"box": 0}
        self.refuses = False

    def move(self, absorbed_id: int, kept_id: int) -> list[str]:
        if self.refuses:
            raise Refusal("Les deux sont en salle d’attente. Rien n’a été changé.")
        moved = [box for box, owner in self.owner.items() if owner == absorbed_id]
        for box in moved:
            self.owner[box] = kept_id
        return moved

    def undo(self, moved: list[str], absorbed_id: int, kept_id: int) -> None:
        for box in moved:
            self.owner[box] = absorbed_id


@pytest.fixture
def shelf(monkeypatch):
    one = _Shelf()
    monkeypatch.setattr(merging, "_movers", dict(merging._movers))
    merging.register(one)
    return one


def test_modules_above_move_and_hand_back_what_is_theirs(two, shelf):
    a, b = two
    shelf.owner["box"] = b.pk
    done = merge(a, b)
    assert shelf.owner["box"] == a.pk
    actions.undo_merge(by=SECRETARY, merge_id=done.pk)
    assert shelf.owner["box"] == b.pk
    with pytest.raises(ValueError, match="already registered"):
        merging.register(shelf)


def test_a_mover_that_refuses_stops_the_whole_merge(two, shelf):
    a, b = two
    shelf.refuses = True
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    before = everything()
    with pytest.raises(Refusal):
        actions.confirm_merge(by=SECRETARY, proposal_id=proposal.pk)
    assert everything() == before
    assert not Merge.objects.exists()


def test_a_merge_is_not_undone_without_the_mover_that_did_it(two, shelf):
    a, b = two
    done = merge(a, b)
    before = everything()
    del merging._movers["shelf"]
    with pytest.raises(Refusal):
        actions.undo_merge(by=SECRETARY, merge_id=done.pk)
    assert everything() == before


class TestDuplicates:
    def test_the_scan_finds_what_creation_found_and_no_more(self, two):
        known = set(DuplicateProposal.objects.values_list("a", "b", "score"))
        assert known
        DuplicateProposal.objects.all().delete()
        assert actions.propose_duplicates(by=Actor.system("nuit")) == len(known)
        assert set(DuplicateProposal.objects.values_list("a", "b", "score")) == known
        assert actions.propose_duplicates(by=Actor.system("nuit")) == 0

    def test_the_scan_finds_a_slip_in_the_date(self):
        a = make()
        b = make(birth_date=date(1978, 4, 5), birth_place_code="", despite=[])
        DuplicateProposal.objects.all().delete()
        for patient in (a, b):
            actions.add_telephone(by=SECRETARY, patient_id=patient.pk, number="0600004123")
        DuplicateProposal.objects.all().delete()
        assert actions.propose_duplicates(by=SECRETARY) == 1
        assert "jour et mois inversés" in DuplicateProposal.objects.get().reasons

    def test_a_refusal_is_remembered(self, two):
        a, b = two
        actions.reject_duplicate(by=COLLEAGUE, a_id=b.pk, b_id=a.pk)
        pair = DuplicateProposal.objects.get(a=a, b=b)
        assert (pair.state, pair.decided_by) == ("rejected", "M. Roy")
        actions.propose_duplicates(by=SECRETARY)
        actions.update_contact(by=SECRETARY, patient_id=a.pk, address_line="8 rue des Lices")
        pair.refresh_from_db()
        assert pair.state == "rejected"
        actions.reconsider_duplicate(by=SECRETARY, a_id=a.pk, b_id=b.pk)
        pair.refresh_from_db()
        assert pair.state == "proposed"

    def test_a_pair_nobody_proposed_can_be_rejected_too(self):
        a, b = make(), make(birth_name="Dupont")
        actions.reject_duplicate(by=SECRETARY, a_id=a.pk, b_id=b.pk)
        assert DuplicateProposal.objects.get().state == "rejected"
        with pytest.raises(Refusal):
            actions.reject_duplicate(by=SECRETARY, a_id=a.pk, b_id=a.pk)
