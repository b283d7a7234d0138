"""Creating a patient: nobody twice, marks on both sides, everything in one transaction."""

from datetime import date

import pytest
import time_machine

from tests.modules.patients_kit import COLLEAGUE, REMOTE, SECRETARY, make
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal
from unisson.core.models import AuditEvent, OutboxEvent
from unisson.patients import actions, queries
from unisson.patients.actions import NewTelephone
from unisson.patients.errors import AlreadyKnown
from unisson.patients.models import (
    DuplicateProposal,
    IdentityStatus,
    NearIdentity,
    Patient,
    SearchKey,
    Telephone,
)

pytestmark = pytest.mark.django_db


def test_a_new_patient_is_provisional_numbered_found_and_told():
    claire = make(
        birth_given_names="claire anne",
        used_name="Lebrun",
        telephones=[
            NewTelephone("06 00 00 41 23"),
            NewTelephone("02 41 99 00 12", holder="sa mère"),
        ],
        commune="Angers",
        email="Claire@Exemple.fr ",
    )
    assert claire.identity_status == IdentityStatus.PROVISIONAL
    assert claire.file_number == "000001"
    assert (claire.birth_name, claire.birth_given_names) == ("MOREL", "CLAIRE ANNE")
    assert (claire.used_name, claire.used_first_name) == ("Lebrun", "")
    assert claire.email == "claire@exemple.fr"
    assert list(claire.telephones.values_list("e164", "kind", "holder")) == [
        ("+33600004123", "mobile", ""),
        ("+33241990012", "home", "sa mère"),
    ]
    (found,) = queries.search("lebrun")
    assert found.line.phrase == "LEBRUN Claire, née MOREL, F 04/05/1978"
    assert (found.phone, found.commune, found.sure) == ("06 00 00 41 23", "Angers", True)
    line = AuditEvent.objects.get()
    assert (line.action, line.patient_id, line.actor_name) == ("C", claire.pk, "C. Petit")
    assert OutboxEvent.objects.get().payload == {"patient_id": claire.pk}


def test_file_numbers_follow_one_another():
    numbers = [make(birth_first_name=name).file_number for name in ("Anne", "Rose", "Jade")]
    assert numbers == ["000001", "000002", "000003"]


def test_who_seems_known_is_shown_before_a_second_file_is_made():
    claire = make(used_name="Lebrun")
    with pytest.raises(AlreadyKnown) as refused:
        make(birth_name="LEBRUN", birth_first_name="claire")
    assert [line.id for line in refused.value.known] == [claire.pk]
    assert "LEBRUN Claire, née MOREL, F 04/05/1978, dossier 000001" in refused.value.sentence
    assert Patient.objects.count() == 1
    with pytest.raises(AlreadyKnown):
        make(despite=[claire.pk + 99])
    second = make(despite=[claire.pk])
    assert second.file_number == "000002"
    assert f"malgré {claire.pk}" in AuditEvent.objects.latest("id").detail


@pytest.mark.parametrize("changed", [{"sex": "M"}, {"birth_place_code": "44109"}])
def test_a_mistyped_sex_or_place_does_not_make_a_second_file(changed):
    make(birth_place_code="49007")
    with pytest.raises(AlreadyKnown):
        make(**changed)


def test_a_merged_file_is_not_in_the_way():
    a = make()
    b = make(despite=[a.pk])
    proposal = actions.propose_merge(by=SECRETARY, kept_id=a.pk, absorbed_id=b.pk)
    actions.confirm_merge(by=SECRETARY, proposal_id=proposal.pk)
    with pytest.raises(AlreadyKnown) as refused:
        make()
    assert [line.id for line in refused.value.known] == [a.pk]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"birth_name": "Mor3l"}, "birth_name"),
        ({"birth_first_name": " "}, "birth_first_name"),
        ({"birth_date": date(2026, 11, 25)}, "birth_date"),
        ({"birth_date": date(1890, 1, 1)}, "birth_date"),
        ({"sex": ""}, "sex"),
        ({"birth_place_code": "Angers"}, "birth_place_code"),
        ({"birth_given_names": "Anne"}, "birth_given_names"),
        ({"telephones": [NewTelephone("15")]}, "phone"),
    ],
)
@time_machine.travel("2026-11-24 10:00", tick=False)
def test_nothing_remains_of_a_refused_creation(wrong, field):
    with pytest.raises(Refusal) as refused:
        make(**wrong)
    assert refused.value.field == field
    for model in (Patient, Telephone, SearchKey, AuditEvent, OutboxEvent):
        assert not model.objects.exists()


def test_a_used_name_that_repeats_the_birth_name_is_none():
    assert make(used_name="MOREL", used_first_name="CLAIRE").used_name == ""


def test_a_number_typed_twice_is_kept_once():
    claire = make(telephones=[NewTelephone("0600004123"), NewTelephone("06 00 00 41 23")])
    assert claire.telephones.count() == 1


def test_twins_are_marked_on_both_sides():
    claire = make()
    clara = make(birth_first_name="Clara")
    claire.refresh_from_db()
    assert (claire.near_mark, clara.near_mark) == ("twin", "twin")
    (near,) = queries.near_identities(claire)
    assert (near.line.id, near.kind) == (clara.pk, "twin")
    assert near.first_name == (("Cla", False), ("ra", True))
    assert near.name == (("MOREL", False),)
    assert "même jour de naissance" in near.reasons
    assert not DuplicateProposal.objects.exists()


def test_homonyms_are_marked_on_both_sides():
    claire = make(used_name="Lebrun")
    other = make(birth_name="Garreau", used_name="Lebrun", birth_date=date(1987, 5, 14))
    claire.refresh_from_db()
    assert (claire.near_mark, other.near_mark) == ("homonym", "homonym")
    (near,) = queries.near_identities(claire)
    assert near.birth_name == (("GARREAU", True),)
    assert near.born == (("14", True), ("/05/19", False), ("87", True))


def test_a_second_file_of_one_person_is_proposed_as_a_duplicate():
    claire = make()
    again = make(birth_name="Maurel", by=COLLEAGUE)
    claire.refresh_from_db()
    assert (claire.near_mark, again.near_mark) == ("near", "near")
    proposal = DuplicateProposal.objects.get()
    assert (proposal.a_id, proposal.b_id) == (claire.pk, again.pk)
    assert "même date de naissance" in proposal.reasons


def test_strangers_are_not_marked():
    make()
    assert make(birth_name="Dupont", birth_first_name="Anne").near_mark == ""
    assert not NearIdentity.objects.exists()


def test_a_remote_agent_creates_and_finds_and_does_no_more():
    claire = make(by=REMOTE)
    with pytest.raises(NotAllowed):
        actions.update_contact(by=REMOTE, patient_id=claire.pk, commune="Angers")
    with pytest.raises(NotAllowed):
        actions.note_reading(by=REMOTE, patient_id=claire.pk)


def test_who_has_no_role_creates_nobody():
    with pytest.raises(NotAllowed):
        make(by=Actor(user_id=1, role="accountant", name="x"))


class TestNear:
    """The search every creation begins with (EXI ID 17)."""

    def test_birth_date_then_three_letters(self):
        claire = make(used_name="Lebrun")
        anne = make(birth_name="Dupont", birth_first_name="Anne")
        born = date(1978, 5, 4)
        assert {f.id for f in queries.near(born)} == {claire.pk, anne.pk}
        assert [f.id for f in queries.near(born, "mor")] == [claire.pk]
        assert [f.id for f in queries.near(born, "Léb")] == [claire.pk]
        assert [f.id for f in queries.near(born, "", "cla")] == [claire.pk]
        assert [f.id for f in queries.near(born, "dup", "ann")] == [anne.pk]
        assert queries.near(born, "dup", "cla") == []
        assert queries.near(date(1978, 5, 5)) == []

    def test_letters_past_the_third_do_not_hide_anybody(self):
        claire = make()
        assert [f.id for f in queries.near(date(1978, 5, 4), "morand")] == [claire.pk]

    def test_day_and_month_the_other_way_round_are_shown_too(self):
        claire = make()
        (found,) = queries.near(date(1978, 4, 5), "mor")
        assert (found.id, found.why) == (claire.pk, "jour et mois inversés")

    def test_words_inside_a_name_count(self):
        claire = make(birth_name="de la Tour")
        for letters in ("tou", "del", "de"):
            assert [f.id for f in queries.near(date(1978, 5, 4), letters)] == [claire.pk]
