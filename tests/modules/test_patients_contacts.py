"""Telephones, people around the patient, rights, notes: written, told, in the history."""

from datetime import date

import pytest
import time_machine

from tests.modules.patients_kit import COLLEAGUE, SECRETARY, make
from unisson.core.errors import Refusal
from unisson.core.models import OutboxEvent
from unisson.patients import actions, queries
from unisson.patients.errors import StalePatient
from unisson.patients.models import PatientChange, RelatedPerson

pytestmark = [pytest.mark.django_db]
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-24 10:00", tick=False):
        yield


@pytest.fixture
def claire():
    return make()


def fields(patient):
    rows = PatientChange.objects.filter(patient=patient).order_by("id")
    return list(rows.values_list("field", "before", "after"))


def test_a_change_of_contact(claire):
    actions.update_contact(
        by=SECRETARY,
        patient_id=claire.pk,
        version=1,
        address_line=" 8  rue des Lices ",
        wants_voicemail=True,
        commune="",
    )
    claire.refresh_from_db()
    assert (claire.address_line, claire.wants_voicemail, claire.version) == (
        "8 rue des Lices",
        True,
        2,
    )
    assert fields(claire) == [
        ("address_line", "", "8 rue des Lices"),
        ("wants_voicemail", "False", "True"),
    ]
    assert OutboxEvent.objects.latest("id").topic == "patients.changed"


def test_two_people_change_the_same_field(claire):
    actions.update_contact(by=COLLEAGUE, patient_id=claire.pk, version=1, commune="Angers")
    with pytest.raises(StalePatient) as stale:
        actions.update_contact(
            by=SECRETARY, patient_id=claire.pk, version=1, commune="Saumur", language="portugais"
        )
    assert [(c.field, c.after) for c in stale.value.changes] == [("commune", "Angers")]
    claire.refresh_from_db()
    assert (claire.commune, claire.language) == ("Angers", "")


def test_two_people_change_two_fields(claire):
    actions.update_contact(by=COLLEAGUE, patient_id=claire.pk, version=1, commune="Angers")
    actions.update_contact(by=SECRETARY, patient_id=claire.pk, version=1, language="portugais")
    claire.refresh_from_db()
    assert (claire.commune, claire.language) == ("Angers", "portugais")


def test_one_treating_doctor(claire):
    with pytest.raises(Refusal):
        actions.update_contact(
            by=SECRETARY,
            patient_id=claire.pk,
            treating_practitioner=object(),
            treating_name="Dr Bastide",
        )
    actions.update_contact(by=SECRETARY, patient_id=claire.pk, treating_name="Dr Bastide")
    claire.refresh_from_db()
    assert claire.treating_name == "Dr Bastide"


class TestTelephones:
    def test_added_searched_ended(self, claire):
        phone = actions.add_telephone(
            by=SECRETARY, patient_id=claire.pk, number="06.00.00.41.23", holder="sa mère"
        )
        for typed in ("0600004123", "06 00 00 41 23", "4123", "06 00 00", "004123", "+33600004123"):
            (found,) = queries.search(typed)
            assert (found.id, found.why) == (claire.pk, "téléphone"), typed
        actions.end_telephone(by=SECRETARY, telephone_id=phone.pk)
        assert queries.search("0600004123") == []
        assert fields(claire) == [
            ("telephone", "", "06 00 00 41 23 (sa mère)"),
            ("telephone", "06 00 00 41 23 (sa mère)", ""),
        ]
        with pytest.raises(Refusal):
            actions.end_telephone(by=SECRETARY, telephone_id=phone.pk)

    def test_once_in_a_file(self, claire):
        actions.add_telephone(by=SECRETARY, patient_id=claire.pk, number="0600004123")
        with pytest.raises(Refusal) as refused:
            actions.add_telephone(by=SECRETARY, patient_id=claire.pk, number="+33 6 00 00 41 23")
        assert "déjà dans ce dossier" in refused.value.sentence

    def test_shared_by_a_family(self, claire):
        leo = make(birth_name="Lebrun", birth_first_name="Léo", birth_date=date(2015, 3, 1))
        for patient in (claire, leo):
            actions.add_telephone(by=SECRETARY, patient_id=patient.pk, number="0600004123")
        assert [line.id for line in queries.sharing_phone("+33600004123")] == [claire.pk, leo.pk]
        (phone,) = queries.record(claire.pk).phones
        assert [line.id for line in phone.shared_with] == [leo.pk]
        assert {f.id for f in queries.search("06 00 00 41 23")} == {claire.pk, leo.pk}
        (only,) = queries.search("0600004123 lebrun")
        assert only.id == leo.pk

    def test_a_shared_number_and_birth_date_make_twins(self, claire):
        paul = make(birth_name="Dupont", birth_first_name="Paul", sex="M")
        actions.add_telephone(by=SECRETARY, patient_id=claire.pk, number="0600004123")
        paul.refresh_from_db()
        assert paul.near_mark == ""
        actions.add_telephone(by=SECRETARY, patient_id=paul.pk, number="0600004123")
        claire.refresh_from_db()
        assert claire.near_mark == "twin"

    def test_the_preferred_one_comes_first(self, claire):
        actions.add_telephone(by=SECRETARY, patient_id=claire.pk, number="0241990012")
        mobile = actions.add_telephone(by=SECRETARY, patient_id=claire.pk, number="0600004123")
        assert queries.search("morel")[0].phone == "02 41 99 00 12"
        actions.prefer_telephone(by=SECRETARY, telephone_id=mobile.pk)
        assert queries.search("morel")[0].phone == "06 00 00 41 23"

    def test_an_emergency_number_is_refused(self, claire):
        with pytest.raises(Refusal):
            actions.add_telephone(by=SECRETARY, patient_id=claire.pk, number="15")
        assert fields(claire) == []


class TestRelated:
    def test_a_mother_acts_for_her_child_until_eighteen(self, claire):
        leo = make(birth_name="Lebrun", birth_first_name="Léo", birth_date=date(2008, 11, 25))
        actions.add_related(
            by=SECRETARY,
            patient_id=leo.pk,
            relation="mother",
            person_id=claire.pk,
            phone="0600004123",
            may_act=True,
        )
        (mother,) = queries.record(leo.pk).may_act
        assert (mother.name, mother.first_name, mother.person.id) == ("MOREL", "CLAIRE", claire.pk)
        assert [line.id for line in queries.record(claire.pk).acts_for] == [leo.pk]
        with time_machine.travel("2026-11-25 10:00", tick=False):
            assert queries.record(leo.pk).may_act == ()
            assert queries.record(claire.pk).acts_for == ()
        assert [line.id for line in queries.sharing_phone("+33600004123")] == [leo.pk]
        assert [f.id for f in queries.search("0600004123")] == [leo.pk]

    def test_ended_ties_are_out_of_the_record_and_in_the_history(self, claire):
        tie = actions.add_related(
            by=SECRETARY,
            patient_id=claire.pk,
            relation="guardian",
            name="Roux",
            first_name="Paul",
            may_act=True,
            valid_from=date(2026, 1, 1),
        )
        assert [p.name for p in queries.record(claire.pk).may_act] == ["Roux"]
        actions.end_related(by=SECRETARY, related_id=tie.pk)
        assert queries.record(claire.pk).related == ()
        tie.refresh_from_db()
        assert tie.valid_until == date(2026, 11, 23)
        assert [name for name, _, _ in fields(claire)] == ["related", "related"]

    def test_a_tie_begun_today_can_be_ended_today(self, claire):
        tie = actions.add_related(
            by=SECRETARY, patient_id=claire.pk, relation="carer", name="Roux", valid_from=TODAY
        )
        actions.end_related(by=SECRETARY, related_id=tie.pk)
        assert queries.record(claire.pk).related == ()

    def test_corrected(self, claire):
        tie = actions.add_related(by=SECRETARY, patient_id=claire.pk, relation="carer", name="Rou")
        actions.change_related(
            by=SECRETARY, related_id=tie.pk, name="Roux", phone="06 00 00 41 24", is_emergency=True
        )
        tie.refresh_from_db()
        assert (tie.name, tie.e164, tie.is_emergency) == ("Roux", "+33600004124", True)
        assert queries.search("0600004124")[0].id == claire.pk

    def test_one_trusted_person_at_a_time(self, claire):
        first = actions.add_related(
            by=SECRETARY, patient_id=claire.pk, relation="spouse", name="Lebrun", is_trusted=True
        )
        with pytest.raises(Refusal) as refused:
            actions.add_related(
                by=SECRETARY, patient_id=claire.pk, relation="child", name="Roy", is_trusted=True
            )
        assert "Lebrun" in refused.value.sentence
        actions.end_related(by=SECRETARY, related_id=first.pk)
        actions.add_related(
            by=SECRETARY,
            patient_id=claire.pk,
            relation="child",
            name="Roy",
            is_trusted=True,
            valid_from=TODAY,
        )

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"relation": "friend"}, "relation"),
            ({"name": " "}, "name"),
            ({"relation": "father", "may_act": True}, "relation"),
            ({"valid_from": TODAY, "valid_until": date(2026, 1, 1)}, "valid_until"),
            ({"phone": "17"}, "phone"),
        ],
    )
    def test_refused(self, claire, wrong, field):
        with pytest.raises(Refusal) as refused:
            actions.add_related(
                by=SECRETARY,
                patient_id=claire.pk,
                **{"relation": "carer", "name": "Roux", **wrong},
            )
        assert refused.value.field == field
        assert not RelatedPerson.objects.exists()

    def test_nobody_is_her_own_relative(self, claire):
        with pytest.raises(Refusal):
            actions.add_related(
                by=SECRETARY, patient_id=claire.pk, relation="other", person_id=claire.pk
            )


class TestCoverage:
    def test_added_checked_ended(self, claire):
        amo = actions.add_coverage(
            by=SECRETARY,
            patient_id=claire.pk,
            checked=True,
            kind="amo",
            organisation="CPAM 49",
            valid_from=date(2020, 1, 1),
        )
        (rights,) = queries.record(claire.pk).coverages
        assert (rights.in_force, rights.checked_by, rights.organisation) == (
            True,
            "C. Petit",
            "CPAM 49",
        )
        with pytest.raises(Refusal):
            actions.add_coverage(by=SECRETARY, patient_id=claire.pk, kind="amo")
        actions.change_coverage(by=COLLEAGUE, coverage_id=amo.pk, valid_until=date(2026, 10, 31))
        (rights,) = queries.record(claire.pk).coverages
        assert not rights.in_force
        actions.add_coverage(
            by=SECRETARY, patient_id=claire.pk, kind="amo", valid_from=date(2026, 11, 1)
        )
        assert [name for name, _, _ in fields(claire)] == ["coverage"] * 3

    def test_c2s_takes_the_place_of_the_mutuelle(self, claire):
        actions.add_coverage(
            by=SECRETARY, patient_id=claire.pk, kind="amc", organisation="Mutuelle du Val"
        )
        with pytest.raises(Refusal) as refused:
            actions.add_coverage(by=SECRETARY, patient_id=claire.pk, kind="c2s", valid_from=TODAY)
        assert refused.value.field == "valid_from"

    def test_checking_again_is_dated_and_signed(self, claire):
        amo = actions.add_coverage(by=SECRETARY, patient_id=claire.pk, kind="amo")
        actions.change_coverage(by=COLLEAGUE, coverage_id=amo.pk, checked=True)
        amo.refresh_from_db()
        assert amo.checked_by == "M. Roy"
        assert fields(claire)[-1] == ("coverage_checked", "", "régime obligatoire")


class TestNotes:
    def test_added_and_removed(self, claire):
        note = actions.add_note(by=SECRETARY, patient_id=claire.pk, text=" Entend  mal ")
        assert [n.text for n in queries.record(claire.pk).notes] == ["Entend mal"]
        actions.remove_note(by=COLLEAGUE, note_id=note.pk)
        assert queries.record(claire.pk).notes == ()
        note.refresh_from_db()
        assert (note.added_by, note.removed_by) == ("C. Petit", "M. Roy")
        with pytest.raises(Refusal):
            actions.remove_note(by=COLLEAGUE, note_id=note.pk)

    @pytest.mark.parametrize("text", ["", "  ", "x" * 301])
    def test_empty_and_too_long_are_refused(self, claire, text):
        with pytest.raises(Refusal):
            actions.add_note(by=SECRETARY, patient_id=claire.pk, text=text)


def test_the_record_is_read_in_a_fixed_number_of_queries(claire, django_assert_max_num_queries):
    for number in range(5):
        make(birth_first_name=f"Clara{'abcde'[number]}")
        actions.add_telephone(by=SECRETARY, patient_id=claire.pk, number=f"060000412{number}")
        actions.add_note(by=SECRETARY, patient_id=claire.pk, text=f"note {number}")
    with django_assert_max_num_queries(10):
        record = queries.record(claire.pk)
    assert len(record.phones) == 5
    assert len(record.near) == 5
    assert len(record.changes) == 10
