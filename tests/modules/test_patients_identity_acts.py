"""What changes who a patient is: versions, status, matricule, attributes, death."""

from datetime import date

import pytest
import time_machine

from tests.modules.patients_kit import COLLEAGUE, MATRICULE, SECRETARY, make
from unisson.core.errors import Refusal
from unisson.core.models import AuditEvent
from unisson.patients import actions, queries
from unisson.patients.errors import StalePatient, WouldLowerStatus
from unisson.patients.models import IdentityStatus, Patient, PatientChange
from unisson.patients.rules import ins

pytestmark = pytest.mark.django_db


def history(patient: Patient) -> list[tuple[str, str, str]]:
    rows = PatientChange.objects.filter(patient=patient).order_by("id")
    return list(rows.values_list("field", "before", "after"))


def qualified(**changed) -> Patient:
    claire = make(birth_place_code="49007", **changed)
    actions.record_identity_check(by=SECRETARY, patient_id=claire.pk, document_kind="CN")
    warnings = actions.record_insi(
        by=SECRETARY, patient_id=claire.pk, matricule=MATRICULE, oid=ins.OID_NIR
    )
    assert warnings == []
    claire.refresh_from_db()
    return claire


def test_every_field_changed_is_in_the_history():
    claire = make()
    with time_machine.travel("2026-11-24 10:00", tick=False):
        actions.update_identity(
            by=COLLEAGUE, patient_id=claire.pk, birth_name="Morél", used_name="Lebrun", sex="F"
        )
    assert history(claire) == [("used_name", "", "Lebrun")]
    change = PatientChange.objects.get()
    assert (change.actor_name, change.version, f"{change.at:%H:%M}") == ("M. Roy", 2, "09:00")


def test_the_index_and_the_marks_follow():
    claire = make()
    clara = make(birth_first_name="Clara")
    actions.update_identity(by=SECRETARY, patient_id=clara.pk, birth_date=date(1980, 1, 1))
    claire.refresh_from_db()
    assert claire.near_mark == ""
    assert queries.near_identities(claire) == ()
    assert [f.id for f in queries.search("morel 1980")] == [clara.pk]
    actions.update_identity(
        by=SECRETARY, patient_id=clara.pk, birth_first_name="Claire", birth_name="Maurel"
    )
    claire.refresh_from_db()
    assert claire.near_mark == "homonym"
    assert queries.search("clara") == []


def test_nothing_to_change_changes_no_version():
    claire = make()
    actions.update_identity(by=SECRETARY, patient_id=claire.pk, birth_name="MOREL")
    claire.refresh_from_db()
    assert claire.version == 1


def test_two_people_correct_the_same_identity():
    claire = make()
    read = claire.version
    actions.update_identity(
        by=COLLEAGUE, patient_id=claire.pk, version=read, birth_date=date(1978, 5, 14)
    )
    with pytest.raises(StalePatient) as stale:
        actions.update_identity(
            by=SECRETARY, patient_id=claire.pk, version=read, birth_first_name="Clara"
        )
    (change,) = stale.value.changes
    assert (change.field, change.before, change.after, change.by) == (
        "birth_date",
        "1978-05-04",
        "1978-05-14",
        "M. Roy",
    )
    assert "M. Roy vient de modifier ce dossier" in stale.value.sentence
    claire.refresh_from_db()
    assert claire.birth_first_name == "CLAIRE"
    actions.update_identity(
        by=SECRETARY, patient_id=claire.pk, version=stale.value.version, birth_first_name="Clara"
    )


def test_a_change_of_contact_does_not_stop_a_correction_of_identity():
    claire = make()
    actions.update_contact(by=COLLEAGUE, patient_id=claire.pk, version=1, commune="Angers")
    actions.update_identity(by=SECRETARY, patient_id=claire.pk, version=1, used_name="Lebrun")
    claire.refresh_from_db()
    assert (claire.commune, claire.used_name, claire.version) == ("Angers", "Lebrun", 3)


def test_traits_are_checked_together():
    claire = make(birth_given_names="Claire Anne")
    with pytest.raises(Refusal) as refused:
        actions.update_identity(by=SECRETARY, patient_id=claire.pk, birth_first_name="Anne")
    assert refused.value.field == "birth_given_names"
    actions.update_identity(
        by=SECRETARY, patient_id=claire.pk, birth_first_name="Anne", birth_given_names="Anne Claire"
    )


def test_the_four_statuses():
    claire = make()
    assert claire.identity_status == IdentityStatus.PROVISIONAL
    actions.record_identity_check(by=SECRETARY, patient_id=claire.pk, document_kind="PA")
    claire.refresh_from_db()
    assert claire.identity_status == IdentityStatus.VALIDATED
    assert (claire.documents_checked_by, claire.document_kind) == ("C. Petit", "PA")
    actions.record_insi(by=SECRETARY, patient_id=claire.pk, matricule=MATRICULE, oid=ins.OID_NIR)
    claire.refresh_from_db()
    assert claire.identity_status == IdentityStatus.QUALIFIED
    assert claire.usable_matricule == MATRICULE
    actions.withdraw_identity_check(by=SECRETARY, patient_id=claire.pk)
    claire.refresh_from_db()
    assert claire.identity_status == IdentityStatus.RETRIEVED
    assert claire.usable_matricule == ""


def test_a_check_of_traits_that_changed_meanwhile_is_refused():
    claire = make()
    actions.update_identity(by=COLLEAGUE, patient_id=claire.pk, birth_name="Maurel")
    with pytest.raises(StalePatient):
        actions.record_identity_check(
            by=SECRETARY, patient_id=claire.pk, document_kind="CN", version=1
        )


def test_a_strict_trait_does_not_move_under_a_checked_identity_by_accident():
    claire = qualified()
    with pytest.raises(WouldLowerStatus) as refused:
        actions.update_identity(by=SECRETARY, patient_id=claire.pk, birth_name="Maurel")
    assert "identité qualifiée" in refused.value.sentence
    actions.update_identity(by=SECRETARY, patient_id=claire.pk, used_name="Lebrun")
    claire.refresh_from_db()
    assert claire.identity_status == IdentityStatus.QUALIFIED
    actions.update_identity(
        by=SECRETARY, patient_id=claire.pk, birth_name="Maurel", lower_status=True
    )
    claire.refresh_from_db()
    assert claire.identity_status == IdentityStatus.PROVISIONAL
    assert (claire.ins_matricule, claire.documents_checked_by) == ("", "")
    assert list(claire.former_matricules.values_list("matricule", "oid", "reason")) == [
        (MATRICULE, ins.OID_NIR, "traits modifiés")
    ]


def test_a_matricule_with_a_wrong_key_is_not_kept():
    claire = make()
    with pytest.raises(Refusal) as refused:
        actions.record_insi(
            by=SECRETARY, patient_id=claire.pk, matricule="2780549007123 32", oid=ins.OID_NIR
        )
    assert "clé" in refused.value.sentence
    claire.refresh_from_db()
    assert (claire.insi_retrieved, claire.ins_matricule) == (False, "")


def test_a_matricule_belongs_to_one_file():
    claire = qualified()
    other = make(birth_name="Dupont")
    with pytest.raises(Refusal) as refused:
        actions.record_insi(by=SECRETARY, patient_id=other.pk, matricule=MATRICULE, oid=ins.OID_NIR)
    assert claire.file_number in refused.value.sentence


def test_a_new_matricule_keeps_the_old_one():
    claire = qualified()
    other = "2780549007124" + ins.key("2780549007124")
    actions.record_insi(by=SECRETARY, patient_id=claire.pk, matricule=other, oid=ins.OID_NIR)
    claire.refresh_from_db()
    assert claire.ins_matricule == other
    assert [former.matricule for former in claire.former_matricules.all()] == [MATRICULE]


def test_a_matricule_that_does_not_agree_is_kept_with_a_warning():
    claire = make(sex="M")
    (warning,) = actions.record_insi(
        by=SECRETARY, patient_id=claire.pk, matricule=MATRICULE, oid=ins.OID_NIR
    )
    assert "sexe" in warning


@pytest.mark.parametrize("flag", ["doubtful", "fictitious"])
def test_doubt_makes_provisional_and_sets_the_matricule_aside(flag):
    claire = qualified()
    actions.set_flags(by=SECRETARY, patient_id=claire.pk, **{flag: True})
    claire.refresh_from_db()
    assert claire.identity_status == IdentityStatus.PROVISIONAL
    assert (claire.ins_matricule, claire.insi_retrieved, claire.documents_checked) == (
        "",
        False,
        False,
    )
    assert claire.former_matricules.get().matricule == MATRICULE
    with pytest.raises(Refusal):
        actions.record_identity_check(by=SECRETARY, patient_id=claire.pk, document_kind="CN")
    with pytest.raises(Refusal):
        actions.record_insi(
            by=SECRETARY, patient_id=claire.pk, matricule=MATRICULE, oid=ins.OID_NIR
        )
    actions.set_flags(by=SECRETARY, patient_id=claire.pk, **{flag: False})
    claire.refresh_from_db()
    assert claire.identity_status == IdentityStatus.PROVISIONAL


def test_only_doubtful_and_homonym_go_together():
    claire = make()
    actions.set_flags(by=SECRETARY, patient_id=claire.pk, doubtful=True, homonym=True)
    with pytest.raises(Refusal):
        actions.set_flags(by=SECRETARY, patient_id=claire.pk, fictitious=True)
    claire.refresh_from_db()
    assert (claire.is_doubtful, claire.is_homonym, claire.is_fictitious) == (True, True, False)
    assert queries.line_of(claire).mark == "homonym"


def test_death_is_marked_and_can_be_taken_back():
    claire = make()
    anne = make(birth_first_name="Anne")
    with time_machine.travel("2026-11-24 10:00", tick=False):
        for wrong in (date(2026, 11, 25), date(1970, 1, 1)):
            with pytest.raises(Refusal) as refused:
                actions.mark_deceased(by=SECRETARY, patient_id=anne.pk, on=wrong)
            assert refused.value.field == "deceased_on"
        actions.mark_deceased(by=SECRETARY, patient_id=anne.pk, on=date(2026, 11, 20))
    found = queries.search("morel")
    assert [(f.id, f.line.deceased) for f in found] == [(claire.pk, False), (anne.pk, True)]
    actions.undo_deceased(by=SECRETARY, patient_id=anne.pk)
    assert not queries.lines([anne.pk])[anne.pk].deceased
    assert history(anne) == [("deceased_on", "", "2026-11-20"), ("deceased_on", "2026-11-20", "")]


def test_reading_a_record_is_a_line_of_the_trail():
    claire = make()
    actions.note_reading(by=SECRETARY, patient_id=claire.pk, detail="dossier")
    line = AuditEvent.objects.latest("id")
    assert (line.action, line.patient_id, line.detail) == ("R", claire.pk, "dossier")


def test_an_unknown_file_is_refused():
    with pytest.raises(Refusal):
        actions.update_identity(by=SECRETARY, patient_id=404, birth_name="X")
    with pytest.raises(Refusal):
        queries.record(404)
