"""Changing a record: nothing is lost, and two people at once are told of one another."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests.screens.patient_world import (
    SPOUSE_PHONE,
    actor,
    claire,
    page,
    signed_in,
    somebody,
)
from unisson.core.models import AuditEvent
from unisson.patients import actions
from unisson.patients.models import Coverage, Patient, PatientChange, RelatedPerson, Telephone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_the_desk():
    with time_machine.travel(datetime(2026, 11, 24, 8, 41, tzinfo=UTC), tick=False):
        yield


def traits(patient: Patient, **changes: Any) -> dict[str, Any]:
    """The identity form as it would be sent, with some fields typed over."""
    return {
        "version": patient.version,
        "birth_date": f"{patient.birth_date:%d/%m/%Y}",
        "birth_date_precision": patient.birth_date_precision,
        "birth_name": patient.birth_name,
        "birth_first_name": patient.birth_first_name,
        "birth_given_names": patient.birth_given_names,
        "sex": patient.sex,
        "birth_place_name": patient.birth_place_name,
        "birth_place_code": patient.birth_place_code,
        "used_name": patient.used_name,
        "used_first_name": patient.used_first_name,
        **changes,
    }


def send(name: str, patient: Patient, fields: dict[str, Any], *more: int):
    return signed_in().post(reverse(name, args=[patient.pk, *more]), fields)


def moreau():
    return actor("moreau", name="S. Moreau")


# Identity ---------------------------------------------------------------------------


def test_the_identity_is_changed_and_said():
    patient = claire()
    response = signed_in().post(
        reverse("patient-identity", args=[patient.pk]),
        traits(patient, used_name="Durand"),
        follow=True,
    )
    assert page(response).says("Identité enregistrée.")
    assert Patient.objects.get(pk=patient.pk).used_name == "Durand"


def test_a_mistake_keeps_what_was_typed_and_changes_nothing():
    patient = claire()
    shown = page(send("patient-identity", patient, traits(patient, birth_name="M0REL")))
    assert shown.status == 422
    assert shown.says("Le nom de naissance contient « 0 »")
    assert shown.says('value="M0REL"')
    assert Patient.objects.get(pk=patient.pk).version == patient.version


def test_a_checked_identity_is_lowered_only_when_she_says_so():
    patient = claire()
    patient = actions.record_identity_check(by=actor(), patient_id=patient.pk, document_kind="CN")
    typed = traits(patient, birth_first_name="Clara", birth_given_names="Clara Anne")
    shown = page(send("patient-identity", patient, typed))
    assert shown.status == 422
    assert shown.says("Un trait de naissance change")
    assert shown.says('value="Clara"')
    assert Patient.objects.get(pk=patient.pk).documents_checked
    assert send("patient-identity", patient, {**typed, "baisser": "oui"}).status_code == 302
    assert not Patient.objects.get(pk=patient.pk).documents_checked


def test_two_people_at_once_are_told_who_when_what_and_choose():
    patient = claire()
    actions.update_identity(
        by=moreau(),
        patient_id=patient.pk,
        version=patient.version,
        used_name="Bernard",
        birth_place_name="Saumur",
    )
    typed = traits(patient, used_name="Besnard", used_first_name="Clairette")
    shown = page(send("patient-identity", patient, typed))
    assert shown.status == 409
    assert shown.says("S. Moreau a changé ce dossier pendant votre saisie")
    assert shown.says("Enregistré auj., 9 h 41")
    assert shown.says('name="used_name" value="Bernard" required')
    assert shown.says('name="used_name" value="Besnard" required')
    assert shown.says("avant : Lebrun")
    assert shown.says('Be<mark class="dif">r</mark>nard')
    assert shown.says("pas touché, repris de S. Moreau")
    assert shown.says('type="hidden" name="birth_place_name" value="Saumur"')
    assert shown.says('type="hidden" name="used_first_name" value="Clairette"')
    now = Patient.objects.get(pk=patient.pk)
    assert (now.used_name, now.used_first_name) == ("Bernard", "")
    chosen = {
        **typed,
        "version": now.version,
        "birth_place_name": "Saumur",
        "used_name": "Besnard",
    }
    assert send("patient-identity", patient, chosen).status_code == 302
    now = Patient.objects.get(pk=patient.pk)
    assert (now.used_name, now.used_first_name, now.birth_place_name) == (
        "Besnard",
        "Clairette",
        "Saumur",
    )


def test_a_birth_date_both_changed_is_asked_in_days():
    patient = claire()
    actions.update_identity(by=moreau(), patient_id=patient.pk, birth_date=date(1978, 5, 14))
    shown = page(send("patient-identity", patient, traits(patient, birth_date="24/05/1978")))
    assert shown.status == 409
    assert shown.says('name="birth_date" value="14/05/1978"')
    assert shown.says('name="birth_date" value="24/05/1978"')
    assert shown.says("avant : 04/05/1978")


def test_a_partly_known_date_comes_back_as_it_was_typed():
    patient = somebody(birth_date=date(1951, 3, 1), birth_date_precision="day_unknown")
    shown = page(signed_in().get(reverse("patient-identity", args=[patient.pk])))
    assert shown.says('name="birth_date" value="03/1951"')
    assert shown.says("mars 1951, jour inconnu")


# Contacts and wishes ------------------------------------------------------------------


def contact(patient: Patient, **changes: Any) -> dict[str, Any]:
    names = ("address_line", "postcode", "commune", "email", "language")
    return {
        "version": patient.version,
        **{name: getattr(patient, name) for name in names},
        **changes,
    }


def test_changes_to_other_fields_get_in_nobodys_way():
    patient = claire()
    actions.update_contact(
        by=moreau(), patient_id=patient.pk, version=patient.version, commune="Saumur"
    )
    response = send("patient-contacts", patient, contact(patient, language="portugais"))
    assert response.status_code == 302
    now = Patient.objects.get(pk=patient.pk)
    assert (now.commune, now.language) == ("Saumur", "portugais")


def test_the_same_contact_changed_twice_is_asked():
    patient = claire()
    actions.update_contact(
        by=moreau(), patient_id=patient.pk, version=patient.version, commune="Saumur"
    )
    shown = page(send("patient-contacts", patient, contact(patient, commune="Trélazé")))
    assert shown.status == 409
    assert shown.says('name="commune" value="Saumur" required')
    assert shown.says('name="commune" value="Trélazé" required')
    assert Patient.objects.get(pk=patient.pk).commune == "Saumur"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"postcode": "4900"}, "Un code postal a cinq chiffres."),
        ({"email": "claire@"}, "Cette adresse n’est pas complète"),
    ],
)
def test_a_wrong_contact_is_said_beside_it(changes, said):
    patient = claire()
    shown = page(send("patient-contacts", patient, contact(patient, **changes)))
    assert shown.status == 422
    assert shown.says(said)
    assert shown.says(f'value="{next(iter(changes.values()))}"')


def test_a_treating_doctor_changed_meanwhile_is_asked_by_name():
    patient = claire(treating_name="Dr Bastide")
    actions.update_contact(by=moreau(), patient_id=patient.pk, treating_name="Dr Roche")
    sent = {"version": patient.version, "treating_name": "Dr Petit", "treating_practitioner": ""}
    shown = page(send("patient-treating", patient, sent))
    assert shown.status == 409
    assert shown.says("avant : Dr Bastide")
    assert shown.says('name="treating_name" value="Dr Roche"')


def test_wishes_are_kept_as_said():
    patient = claire()
    sent = {"version": patient.version, "wants_voicemail": "on"}
    assert send("patient-wishes", patient, sent).status_code == 302
    now = Patient.objects.get(pk=patient.pk)
    assert (now.wants_sms, now.wants_email, now.wants_voicemail) == (False, False, True)


def test_a_number_is_added_put_first_and_taken_off():
    patient = claire()
    added = {"phone": SPOUSE_PHONE, "holder": "son mari", "kind": ""}
    assert send("patient-telephones", patient, added).status_code == 302
    second = Telephone.objects.get(e164="+33639984124")
    send("patient-telephone", patient, {"acte": "premier"}, second.pk)
    assert patient.telephones.first() == second
    send("patient-telephone", patient, {"acte": "retirer"}, second.pk)
    second.refresh_from_db()
    assert second.ended_at is not None
    assert PatientChange.objects.filter(patient=patient, field="telephone").count() == 2


@pytest.mark.parametrize(
    ("typed", "said"),
    [("15", "c’est le SAMU"), ("06 12", "numéro court"), ("abc", "contient des lettres")],
)
def test_a_number_nobody_can_have_is_refused_and_kept(typed, said):
    patient = claire()
    shown = page(send("patient-telephones", patient, {"phone": typed, "holder": "sa mère"}))
    assert shown.status == 422
    assert shown.says(said)
    assert shown.says(f'value="{typed}"')
    assert shown.says('value="sa mère"')
    assert patient.telephones.count() == 1


def test_a_number_of_somebody_else_is_not_touched_through_her():
    patient, other = claire(), somebody(telephones=[actions.NewTelephone(SPOUSE_PHONE)])
    number = other.telephones.get()
    response = send("patient-telephone", patient, {"acte": "retirer"}, number.pk)
    assert response.status_code == 404
    number.refresh_from_db()
    assert number.ended_at is None


# Around her ---------------------------------------------------------------------------


TIE = {"relation": "spouse", "name": "Lebrun", "first_name": "Marc", "phone": SPOUSE_PHONE}


def test_somebody_is_added_corrected_and_ended():
    patient = claire()
    assert send("patient-related", patient, {**TIE, "is_emergency": "on"}).status_code == 302
    tie = RelatedPerson.objects.get()
    assert (tie.e164, tie.is_emergency, tie.may_act) == ("+33639984124", True, False)
    send("patient-related-one", patient, {**TIE, "first_name": "Marcel"}, tie.pk)
    tie.refresh_from_db()
    assert tie.first_name == "Marcel"
    send("patient-related-one", patient, {"terminer": "1"}, tie.pk)
    tie.refresh_from_db()
    assert tie.valid_until == date(2026, 11, 23)
    shown = page(signed_in().get(reverse("patient-related", args=[patient.pk])))
    assert shown.says("Terminé")


def test_a_parent_does_not_act_for_an_adult():
    patient = claire()
    shown = page(send("patient-related", patient, {**TIE, "relation": "mother", "may_act": "on"}))
    assert shown.status == 422
    assert shown.says("Le patient est majeur")
    assert shown.says('value="Marc"')


def test_dates_in_the_wrong_order_are_said():
    patient = claire()
    dates = {"valid_from": "02/01/2026", "valid_until": "01/01/2026"}
    shown = page(send("patient-related", patient, {**TIE, **dates}))
    assert shown.says("La fin est avant le début")


def test_her_own_record_can_be_chosen_for_somebody_around():
    patient, husband = claire(), somebody("LEBRUN", "Marc")
    sent = {"relation": "spouse", "name": "Lebrun", "person_id": husband.pk}
    send("patient-related", patient, sent)
    tie = RelatedPerson.objects.get()
    assert tie.person_id == husband.pk
    shown = page(signed_in().get(reverse("patient-related-one", args=[patient.pk, tie.pk])))
    assert shown.says("Choisi : LEBRUN Marc, M 12/03/1951") or shown.says(
        "Choisi : LEBRUN Marc, né LEBRUN"
    )


def test_notes_are_added_and_taken_off():
    patient = claire()
    send("patient-notes", patient, {"text": "Parler face à elle"})
    note = patient.notes.get()
    assert page(signed_in().get(reverse("patient", args=[patient.pk]))).says("Parler face à elle")
    signed_in().post(reverse("patient-note-remove", args=[patient.pk, note.pk]))
    assert not page(signed_in().get(reverse("patient", args=[patient.pk]))).says(
        "<li>Parler face à elle</li>"
    )


@pytest.mark.parametrize(("text", "said"), [("", "Tapez la note"), ("x" * 301, "300 signes")])
def test_a_note_too_long_or_empty_is_refused(text, said):
    shown = page(send("patient-notes", claire(), {"text": text}))
    assert shown.status == 422
    assert shown.says(said)


# Coverage -----------------------------------------------------------------------------


RIGHT = {"kind": "amo", "organisation": "CPAM 49", "valid_from": "01/01/2026"}


def test_coverage_is_added_ended_and_checked():
    patient = claire()
    assert send("patient-coverage", patient, {**RIGHT, "checked": "on"}).status_code == 302
    right = Coverage.objects.get()
    assert right.checked_by == "C. Petit"
    ended = {**RIGHT, "valid_until": "31/10/2026"}
    send("patient-coverage-one", patient, ended, right.pk)
    shown = page(signed_in().get(reverse("patient", args=[patient.pk])))
    assert shown.says("droits terminés")
    right.refresh_from_db()
    with time_machine.travel(datetime(2026, 11, 25, 9, tzinfo=UTC), tick=False):
        send("patient-coverage-checked", patient, {}, right.pk)
    right.refresh_from_db()
    assert right.checked_at == datetime(2026, 11, 25, 9, tzinfo=UTC)


def test_two_regimes_at_once_are_refused_in_words():
    patient = claire()
    send("patient-coverage", patient, RIGHT)
    shown = page(send("patient-coverage", patient, {**RIGHT, "organisation": "MSA"}))
    assert shown.status == 422
    assert shown.says("Le dossier a déjà un régime obligatoire")
    assert shown.says('value="MSA"')


def test_a_day_no_calendar_has_is_refused():
    shown = page(send("patient-coverage", claire(), {**RIGHT, "valid_until": "31/11/2026"}))
    assert shown.status == 422
    assert shown.says("n’existe pas")


# Death --------------------------------------------------------------------------------


def test_a_death_is_written_and_taken_back():
    patient = claire()
    sent = {"version": patient.version, "deceased_on": "02/03/2026"}
    assert send("patient-deceased", patient, sent).status_code == 302
    assert Patient.objects.get(pk=patient.pk).deceased_on == date(2026, 3, 2)
    send("patient-deceased", patient, {"annuler": "1"})
    assert Patient.objects.get(pk=patient.pk).deceased_on is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("25/11/2026", "à venir"),
        ("01/01/1970", "avant la naissance"),
        ("", "La date manque"),
        ("31/02/2026", "n’existe pas"),
    ],
)
def test_a_death_that_cannot_be_is_refused(typed, said):
    patient = claire()
    sent = {"version": patient.version, "deceased_on": typed}
    shown = page(send("patient-deceased", patient, sent))
    assert shown.status == 422
    assert shown.says(said)


def test_every_change_is_in_the_trail():
    patient = claire()
    send("patient-notes", patient, {"text": "Parler face à elle"})
    send("patient-coverage", patient, RIGHT)
    send("patient-identity", patient, traits(Patient.objects.get(pk=patient.pk), used_name="Roy"))
    verbs = list(
        AuditEvent.objects.filter(patient_id=patient.pk, action="U")
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert verbs == ["patients.note", "patients.update", "patients.update"]


def test_a_record_that_does_not_exist_is_not_chosen_for_somebody():
    shown = page(send("patient-related", claire(), {**TIE, "person_id": 99999999}))
    assert shown.status == 422
    assert shown.says("Ce dossier n’existe pas.")
