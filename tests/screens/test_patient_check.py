"""The identity looked at closely: document, matricule INS, mentions."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests.screens.patient_world import actor, claire, matricule, page, signed_in, somebody
from unisson.patients import actions
from unisson.patients.models import FormerMatricule, Patient
from unisson.patients.rules import ins

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_desk():
    with time_machine.travel(datetime(2026, 11, 24, 8, 41, tzinfo=UTC), tick=False):
        yield


def send(name: str, patient: Patient, **fields: Any):
    sent = {"version": Patient.objects.get(pk=patient.pk).version, **fields}
    return signed_in().post(reverse(name, args=[patient.pk]), sent)


def check(patient: Patient):
    return page(signed_in().get(reverse("patient-check", args=[patient.pk])))


def status(patient: Patient) -> str:
    return str(Patient.objects.get(pk=patient.pk).identity_status)


def test_nobody_pretends_to_ask_the_insi_service():
    shown = check(claire())
    assert shown.says("Téléservice INSi non branché")
    assert shown.says("Unisson vérifie sa clé, pas qu’il est celui de cette personne.")


def test_document_then_matricule_make_a_qualified_identity():
    patient = claire()
    send("patient-document", patient, document_kind="CN")
    assert status(patient) == "VALI"
    assert check(patient).says("Carte d’identité, contrôle par C. Petit le mar. 24 nov.")
    send("patient-ins", patient, ins_matricule=matricule(), ins_oid=ins.OID_NIR)
    assert status(patient) == "QUAL"


def test_a_document_has_to_be_chosen():
    shown = page(send("patient-document", claire(), document_kind=""))
    assert shown.status == 422
    assert shown.says("Choisissez la pièce que vous avez vue.")


def test_traits_that_moved_since_are_compared_again():
    patient = claire()
    old = patient.version
    actions.update_identity(by=actor(), patient_id=patient.pk, used_name="Durand")
    shown = page(send("patient-document", patient, document_kind="CN", version=old))
    assert shown.status == 422
    assert shown.says("L’identité a changé depuis que vous l’avez lue.")
    assert status(patient) == "PROV"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2 78 05 49 007 123 99", "La clé du matricule INS ne correspond pas"),
        ("2 78 05 49", "Un matricule INS a 15 caractères"),
        ("", "Le matricule manque"),
    ],
)
def test_a_wrong_matricule_is_refused_and_kept(typed, said):
    patient = claire()
    shown = page(send("patient-ins", patient, ins_matricule=typed, ins_oid=ins.OID_NIR))
    assert shown.status == 422
    assert shown.says(said)
    if typed:
        assert shown.says(f'value="{typed}"')
    assert Patient.objects.get(pk=patient.pk).ins_matricule == ""


def test_a_matricule_that_does_not_go_with_the_traits_is_read_again_first():
    patient = claire()
    of_a_man = matricule("1780549007123")
    typed = {"ins_matricule": of_a_man, "ins_oid": ins.OID_NIR}
    shown = page(send("patient-ins", patient, **typed))
    assert shown.status == 422
    assert shown.says("Le matricule n’est pas celui de ce sexe.")
    assert Patient.objects.get(pk=patient.pk).ins_matricule == ""
    send("patient-ins", patient, **typed, malgre="1")
    assert Patient.objects.get(pk=patient.pk).ins_matricule == of_a_man


def test_the_matricule_of_another_record_is_refused_with_her_name():
    first, second = claire(), somebody()
    send("patient-ins", first, ins_matricule=matricule(), ins_oid=ins.OID_NIR)
    typed = {"ins_matricule": matricule(), "ins_oid": ins.OID_NIR, "malgre": "1"}
    shown = page(send("patient-ins", second, **typed))
    assert shown.status == 422
    assert shown.says("est déjà celui de LEBRUN Claire, née MOREL, F 04/05/1978")


def test_an_old_matricule_is_kept_and_listed():
    patient = claire()
    send("patient-ins", patient, ins_matricule=matricule(), ins_oid=ins.OID_NIR)
    other = matricule("2780549007456")
    send("patient-ins", patient, ins_matricule=other, ins_oid=ins.OID_NIR)
    assert FormerMatricule.objects.get().matricule == matricule()
    shown = check(patient)
    assert shown.says("Anciens matricules, gardés")
    assert shown.says("nouveau matricule")
    assert matricule() not in shown.text.replace(" ", "")


def test_a_doubtful_identity_loses_both_facts_and_says_so_beforehand():
    patient = claire()
    send("patient-document", patient, document_kind="PA")
    assert check(patient).says("L’identité redevient provisoire")
    send("patient-flags", patient, is_doubtful="on")
    assert status(patient) == "PROV"
    shown = check(patient)
    assert shown.says("Ni pièce ni matricule ne peuvent être enregistrés")
    assert not shown.says("J’ai vu cette pièce")
    record = page(signed_in().get(reverse("patient", args=[patient.pk])))
    assert record.says("identité douteuse")


def test_mentions_that_exclude_one_another_are_refused_in_words():
    patient = claire()
    response = send("patient-flags", patient, is_fictitious="on", is_homonym="on")
    shown = page(response)
    assert shown.status == 422
    assert shown.says("Une identité fictive ne peut être ni douteuse ni homonyme.")
    assert shown.says('name="is_fictitious" checked')


def test_what_was_checked_by_mistake_is_taken_back():
    patient = claire()
    send("patient-document", patient, document_kind="CN")
    send("patient-ins", patient, ins_matricule=matricule(), ins_oid=ins.OID_NIR)
    send("patient-document", patient, retirer="1")
    assert status(patient) == "RECUP"
    send("patient-ins", patient, retirer="1")
    assert status(patient) == "PROV"
    assert FormerMatricule.objects.get().matricule == matricule()
