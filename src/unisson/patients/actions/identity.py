"""Everything that changes who a patient is: traits, the two facts, the three attributes."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict, Unpack

from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import Act, gesture
from unisson.patients.actions.creation import used_value
from unisson.patients.actions.writing import different, refuse_stale, taken, write
from unisson.patients.errors import WouldLowerStatus
from unisson.patients.lines import line_of
from unisson.patients.models import FormerMatricule, IdentityStatus, Patient
from unisson.patients.rules import identity, ins
from unisson.patients.rules.identity import Standing, StrictTraits

IDENTITY_FIELDS = (*identity.STRICT_TRAITS, "birth_place_name", "used_name", "used_first_name")


class IdentityFields(TypedDict, total=False):
    """What `update_identity` can change; what is left out stays as it is."""

    birth_name: str
    birth_first_name: str
    birth_given_names: str
    birth_date: date
    birth_date_precision: str
    sex: str
    birth_place_code: str
    birth_place_name: str
    used_name: str
    used_first_name: str


def update_identity(
    *,
    by: Actor,
    patient_id: int,
    version: int | None = None,
    lower_status: bool = False,
    **fields: Unpack[IdentityFields],
) -> Patient:
    """Correct traits or used names, all checked again together.

    `version` is the record as it was read: if somebody changed the identity
    since, StalePatient says who and what. Changing a strict trait under a
    retrieved or checked identity raises WouldLowerStatus unless `lower_status`;
    then both facts are dropped and the matricule put among the former ones.
    """
    with gesture("patients.update", by=by) as act:
        patient = taken(patient_id, near=True)
        after = _checked(patient, fields)
        refuse_stale(patient, version, IDENTITY_FIELDS)
        changed = different(patient, after)
        if changed.keys() & set(identity.STRICT_TRAITS) and _vouched(patient):
            if not lower_status:
                raise WouldLowerStatus(IdentityStatus(patient.identity_status).label)
            after |= _dropped_facts(act, patient, "traits modifiés")
        write(act, patient, after)
    return patient


def _checked(patient: Patient, fields: IdentityFields) -> dict[str, Any]:
    """The identity of a patient with these fields changed, checked as a whole."""
    now: dict[str, Any] = {name: getattr(patient, name) for name in IDENTITY_FIELDS}
    wanted = {**now, **fields}
    used_name, used_first = wanted.pop("used_name"), wanted.pop("used_first_name")
    traits: StrictTraits = identity.traits(**wanted, today=clock.today())
    return {
        **vars(traits),
        "used_name": used_value(used_name, traits.birth_name),
        "used_first_name": used_value(used_first, traits.birth_first_name),
    }


def _vouched(patient: Patient) -> bool:
    return patient.insi_retrieved or patient.documents_checked or bool(patient.ins_matricule)


def _standing(patient: Patient) -> Standing:
    return Standing(
        insi_retrieved=patient.insi_retrieved,
        documents_checked=patient.documents_checked,
        doubtful=patient.is_doubtful,
        fictitious=patient.is_fictitious,
        homonym=patient.is_homonym,
    )


def _dropped_facts(act: Act, patient: Patient, reason: str) -> dict[str, Any]:
    """Fields of a patient whose identity nothing vouches for any more. Her matricule is kept."""
    return {
        **_without_insi(act, patient, reason),
        "documents_checked": False,
        "documents_checked_at": None,
        "documents_checked_by": "",
        "document_kind": "",
    }


def _without_insi(act: Act, patient: Patient, reason: str) -> dict[str, Any]:
    _keep_former(act, patient, reason)
    return {
        "insi_retrieved": False,
        "insi_retrieved_at": None,
        "ins_matricule": "",
        "ins_oid": "",
    }


def _keep_former(act: Act, patient: Patient, reason: str) -> None:
    """Put the present matricule among the former ones (EXI REC 08)."""
    if patient.ins_matricule:
        FormerMatricule.objects.create(
            patient=patient,
            matricule=patient.ins_matricule,
            oid=patient.ins_oid,
            replaced_at=act.at,
            reason=reason[:120],
        )


def record_identity_check(
    *, by: Actor, patient_id: int, document_kind: str, version: int | None = None
) -> Patient:
    """Say that a high-confidence document was compared with the traits, and which one.

    `version`: the traits that were compared; refused with StalePatient when
    they have changed since.
    """
    with gesture("patients.check_identity", by=by) as act:
        patient = taken(patient_id)
        refuse_stale(patient, version, IDENTITY_FIELDS)
        after = identity.with_document(_standing(patient), document_kind)
        write(
            act,
            patient,
            {
                "documents_checked": after.documents_checked,
                "documents_checked_at": act.at,
                "documents_checked_by": by.name,
                "document_kind": document_kind,
            },
        )
    return patient


def withdraw_identity_check(*, by: Actor, patient_id: int) -> Patient:
    """Take back a document check made by mistake."""
    with gesture("patients.check_identity", by=by) as act:
        patient = taken(patient_id)
        write(
            act,
            patient,
            {
                "documents_checked": False,
                "documents_checked_at": None,
                "documents_checked_by": "",
                "document_kind": "",
            },
        )
    return patient


def record_insi(
    *, by: Actor, patient_id: int, matricule: str, oid: str, version: int | None = None
) -> list[str]:
    """Keep the matricule and OID the INSi service answered. Returns warnings to show.

    The key is checked; a matricule already borne by another file is refused,
    for these are one person in two files; a different matricule held before is
    kept among the former ones. Refused while the identity is doubtful or
    fictitious. Warnings say what in the matricule does not agree with the
    traits.
    """
    right = ins.checked(matricule, oid)
    with gesture("patients.check_identity", by=by) as act:
        patient = taken(patient_id)
        refuse_stale(patient, version, IDENTITY_FIELDS)
        after = identity.with_insi(_standing(patient))
        other = (
            Patient.objects.filter(ins_matricule=right, merged_into__isnull=True)
            .exclude(pk=patient.pk)
            .first()
        )
        if other is not None:
            raise Refusal(
                f"Ce matricule INS est déjà celui de {line_of(other).phrase}, dossier"
                f" {other.file_number}. Il n’a pas été enregistré\N{NO-BREAK SPACE}:"
                " comparez les deux dossiers.",
                field="ins_matricule",
            )
        if patient.ins_matricule not in ("", right):
            _keep_former(act, patient, "nouveau matricule")
        write(
            act,
            patient,
            {
                "insi_retrieved": after.insi_retrieved,
                "insi_retrieved_at": act.at,
                "ins_matricule": right,
                "ins_oid": oid,
            },
        )
    return ins.incoherences(
        right,
        sex=patient.sex,
        birth_date=patient.birth_date,
        birth_place_code=patient.birth_place_code,
    )


def withdraw_insi(*, by: Actor, patient_id: int, reason: str = "retiré à la main") -> Patient:
    """Take the matricule off a record it does not belong to. It is kept among the former ones."""
    with gesture("patients.check_identity", by=by) as act:
        patient = taken(patient_id)
        write(act, patient, _without_insi(act, patient, reason))
    return patient


def set_flags(
    *,
    by: Actor,
    patient_id: int,
    doubtful: bool | None = None,
    fictitious: bool | None = None,
    homonym: bool | None = None,
) -> Patient:
    """Mark or unmark an identity as doubtful, fictitious, homonym; None leaves as is.

    Doubtful and fictitious drop both facts and set the matricule aside: lifting
    the mark leaves the identity provisional until both are obtained again.
    """
    with gesture("patients.check_identity", by=by) as act:
        patient = taken(patient_id)
        before = _standing(patient)
        after = identity.with_attributes(
            before, doubtful=doubtful, fictitious=fictitious, homonym=homonym
        )
        fields: dict[str, Any] = {}
        if (after.doubtful or after.fictitious) and _vouched(patient):
            word = "identité douteuse" if after.doubtful else "identité fictive"
            fields = _dropped_facts(act, patient, word)
        write(
            act,
            patient,
            {
                **fields,
                "is_doubtful": after.doubtful,
                "is_fictitious": after.fictitious,
                "is_homonym": after.homonym,
            },
        )
    return patient


def mark_deceased(*, by: Actor, patient_id: int, on: date, version: int | None = None) -> Patient:
    """Say that the patient died that day. She stays in the search, marked."""
    with gesture("patients.update", by=by) as act:
        patient = taken(patient_id)
        refuse_stale(patient, version, ["deceased_on", "birth_date"])
        if on > clock.today():
            raise Refusal(
                "La date du décès est à venir. Rien n’a été enregistré.", field="deceased_on"
            )
        if on < patient.birth_date:
            raise Refusal(
                "La date du décès est avant la naissance. Rien n’a été enregistré.",
                field="deceased_on",
            )
        write(act, patient, {"deceased_on": on})
    return patient


def undo_deceased(*, by: Actor, patient_id: int) -> Patient:
    """Take back a death written by mistake."""
    with gesture("patients.update", by=by) as act:
        patient = taken(patient_id)
        write(act, patient, {"deceased_on": None})
    return patient
