"""Duplicates: reasons, comparison, two steps, undo, and the refusals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from tests.screens.patient_world import (
    actor,
    claire,
    claire_again,
    clara,
    matricule,
    page,
    signed_in,
    somebody,
)
from unisson.core.models import AuditEvent
from unisson.patients import actions
from unisson.patients.models import DuplicateProposal, Merge, MergeProposal, Patient
from unisson.patients.rules import ins

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_desk():
    with time_machine.travel(datetime(2026, 11, 24, 8, 41, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def pair() -> tuple[Patient, Patient]:
    first = claire()
    return first, claire_again(first)


def compare(a: Patient, b: Patient):
    return page(signed_in().get(reverse("patient-compare", args=[a.pk]), {"avec": b.pk}))


def propose(a: Patient, b: Patient, kept: Patient):
    return signed_in().post(
        reverse("patient-propose-merge", args=[a.pk]),
        {"avec": b.pk, "garder": kept.pk},
        follow=True,
    )


def confirm(proposal: MergeProposal):
    return signed_in().post(reverse("patient-confirm-merge", args=[proposal.pk]), follow=True)


def test_the_list_gives_the_reasons_and_both_identities(pair):
    shown = page(signed_in().get(reverse("patient-duplicates")))
    assert shown.says("1 paire à examiner")
    assert shown.says("même nom, même prénom, même date de naissance, même téléphone")
    assert shown.says(f"dossiers {pair[0].file_number} et {pair[1].file_number}")
    assert AuditEvent.objects.filter(object_type="DuplicateProposal", action="R").exists()


def test_an_empty_list_says_so():
    assert page(signed_in().get(reverse("patient-duplicates"))).says("Aucun doublon possible.")


def test_side_by_side_what_differs_is_marked_and_both_readings_are_traced(pair):
    a, b = pair
    actions.update_identity(by=actor(), patient_id=b.pk, birth_place_name="Angoulême")
    shown = compare(a, b)
    assert shown.says("Proposé parce que : même nom")
    assert shown.says('<tr class="autre"><th scope="row">Lieu de naissance')
    for patient in pair:
        assert AuditEvent.objects.filter(patient_id=patient.pk, detail="comparaison").exists()


def test_without_a_choice_the_nearest_is_compared(pair):
    shown = page(signed_in().get(reverse("patient-compare", args=[pair[0].pk])))
    assert shown.says(f"Dossier {pair[1].file_number}")


def test_alone_she_can_still_be_compared_with_anybody():
    patient, other = claire(), somebody()
    shown = page(signed_in().get(reverse("patient-compare", args=[patient.pk])))
    assert shown.says("Aucun dossier n’est proche de celui-ci.")
    assert compare(patient, other).says("<b>DURAND</b> Paul")


def test_two_people_is_remembered_and_can_be_gone_back_on(pair):
    a, b = pair
    signed_in().post(reverse("patient-two-people", args=[a.pk]), {"avec": b.pk})
    assert DuplicateProposal.objects.get().state == "rejected"
    assert page(signed_in().get(reverse("patient-duplicates"))).says("Aucun doublon possible.")
    assert compare(a, b).says("Deux personnes, d’après C. Petit.")
    signed_in().post(reverse("patient-two-people", args=[a.pk]), {"avec": b.pk, "revenir": "1"})
    assert DuplicateProposal.objects.get().state == "proposed"


def test_proposing_moves_nothing(pair):
    a, b = pair
    shown = page(propose(a, b, kept=a))
    assert shown.says("Fusion à confirmer")
    assert shown.says("Rien n’est encore changé.")
    assert shown.says("Confirmer la fusion, C. Petit")
    assert Patient.objects.get(pk=b.pk).merged_into_id is None
    assert page(signed_in().get(reverse("patient-duplicates"))).says(
        "Fusions proposées, à confirmer"
    )


def test_confirmed_by_a_named_person_then_undone_entirely(pair):
    a, b = pair
    propose(a, b, kept=a)
    shown = page(confirm(MergeProposal.objects.get()))
    assert shown.says("Fusion faite")
    assert shown.says("par C. Petit")
    assert Patient.objects.get(pk=b.pk).merged_into_id == a.pk
    closed = page(signed_in().get(reverse("patient", args=[b.pk])))
    assert closed.says("Dossier fusionné")
    assert closed.says(f'href="{reverse("patient", args=[a.pk])}"')
    kept = page(signed_in().get(reverse("patient", args=[a.pk])))
    assert kept.says(f"Le dossier {b.file_number} l’a rejoint.")
    merge = Merge.objects.get()
    undone = page(signed_in().post(reverse("patient-undo-merge", args=[merge.pk]), follow=True))
    assert undone.says("Fusion annulée")
    again = Patient.objects.get(pk=b.pk)
    assert again.merged_into_id is None
    assert again.email == "claire.lebrun@example.org"
    assert again.telephones.count() == 1


def test_given_up_nothing_was_changed(pair):
    a, b = pair
    propose(a, b, kept=a)
    proposal = MergeProposal.objects.get()
    shown = page(
        signed_in().post(reverse("patient-withdraw-merge", args=[proposal.pk]), follow=True)
    )
    assert shown.says("Fusion abandonnée")
    assert not Merge.objects.exists()


def test_two_different_matricules_are_two_people_and_it_is_explained(pair):
    a, b = pair
    for patient, thirteen in ((a, "2780549007123"), (b, "2780549007456")):
        actions.record_insi(
            by=actor(), patient_id=patient.pk, matricule=matricule(thirteen), oid=ins.OID_NIR
        )
    shown = compare(a, b)
    assert shown.says("Ces deux dossiers ne peuvent pas être fusionnés")
    assert shown.says("deux matricules INS différents")
    assert not shown.says("C’est une seule personne")
    assert page(propose(a, b, kept=a)).says("ce sont deux personnes")
    assert not MergeProposal.objects.exists()


def test_twins_are_not_merged():
    a, b = claire(), clara()
    assert page(propose(a, b, kept=a)).says("ce sont peut-être des jumeaux")
    assert not MergeProposal.objects.exists()


def test_a_record_changed_since_the_proposal_is_compared_again(pair):
    a, b = pair
    propose(a, b, kept=a)
    actions.update_contact(by=actor(), patient_id=b.pk, language="portugais")
    proposal = MergeProposal.objects.get()
    shown = page(signed_in().get(reverse("patient-merge", args=[proposal.pk])))
    assert shown.says("Un des deux dossiers a changé depuis la proposition")
    assert not shown.says("Confirmer la fusion")
    assert page(confirm(proposal)).says("Rien n’a été fusionné")
    assert Patient.objects.get(pk=b.pk).merged_into_id is None


@pytest.mark.parametrize("sent", [{}, {"avec": "x"}, {"avec": "1", "garder": "99"}])
def test_a_proposal_without_two_records_is_not_found(pair, sent):
    url = reverse("patient-propose-merge", args=[pair[0].pk])
    assert signed_in().post(url, sent).status_code == 404


def test_a_remote_agent_merges_nothing(pair):
    agent = signed_in("agent", name="Plateau", role="remote_agent")
    assert agent.get(reverse("patient-duplicates")).status_code == 403
    a, b = pair
    url = reverse("patient-propose-merge", args=[a.pk])
    assert agent.post(url, {"avec": b.pk, "garder": a.pk}).status_code == 403


@pytest.mark.parametrize("typed", ["²", "9" * 40, "-1", "x", ""])
def test_an_address_that_means_nothing_is_no_accident(pair, typed):
    url = reverse("patient-compare", args=[pair[0].pk])
    assert signed_in().get(url, {"avec": typed}).status_code in (200, 404)
    again = {"birth_date": "04/05/1978", "ecarte": [typed], "person_id": typed}
    assert signed_in().post(reverse("patient-new-traits"), again).status_code == 422
    around = reverse("patient-related", args=[pair[0].pk])
    assert signed_in().post(around, again).status_code == 422
