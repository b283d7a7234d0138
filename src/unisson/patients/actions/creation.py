"""Creating a patient: only when nobody in the practice seems to be her already."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypedDict, Unpack

from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.core.locks import PATIENTS, lock
from unisson.patients import events, proximity, search_index
from unisson.patients.errors import AlreadyKnown
from unisson.patients.lines import line_of
from unisson.patients.models import Numbering, Patient, Telephone
from unisson.patients.rules import identity, nearness, phones
from unisson.practice.models import Practitioner


class ContactFields(TypedDict, total=False):
    """What `update_contact` can change; what is left out stays as it is."""

    email: str
    address_line: str
    postcode: str
    commune: str
    commune_code: str
    language: str
    wants_sms: bool
    wants_email: bool
    wants_voicemail: bool
    treating_practitioner: Practitioner | None
    treating_name: str


@dataclass(frozen=True)
class NewTelephone:
    """A number as typed. `kind` empty: guessed from the number. `holder`: whose, if not hers."""

    number: str
    kind: str = ""
    holder: str = ""


def create_patient(
    *,
    by: Actor,
    birth_name: str,
    birth_first_name: str,
    birth_date: date,
    sex: str,
    birth_given_names: str = "",
    birth_date_precision: str = "exact",
    birth_place_code: str = "",
    birth_place_name: str = "",
    used_name: str = "",
    used_first_name: str = "",
    telephones: Sequence[NewTelephone] = (),
    former_number: str = "",
    despite: Collection[int] = (),
    **contact: Unpack[ContactFields],
) -> Patient:
    """A new record, provisional. Its file number is given here and never again.

    Refuses with AlreadyKnown, which names them, when patients with the same
    names, birth date and sex exist, except those listed in `despite`: somebody
    saw them and said this is another person. Refuses wrong traits and wrong
    telephone numbers with the field at fault.
    """
    traits = identity.traits(
        birth_name=birth_name,
        birth_first_name=birth_first_name,
        birth_given_names=birth_given_names,
        birth_date=birth_date,
        birth_date_precision=birth_date_precision,
        sex=sex,
        birth_place_code=birth_place_code,
        birth_place_name=birth_place_name,
        today=clock.today(),
    )
    numbers = [(phones.e164(each.number), each) for each in telephones if each.number.strip()]
    with gesture("patients.create", by=by) as act:
        patient = Patient(
            **vars(traits),
            used_name=used_value(used_name, traits.birth_name),
            used_first_name=used_value(used_first_name, traits.birth_first_name),
            former_number=former_number.strip(),
            created_at=act.at,
            updated_at=act.at,
            **contact_values(contact),
        )
        lock(PATIENTS, [proximity.LOCK])
        _refuse_known(patient, despite)
        patient.file_number = _next_number()
        patient.save(force_insert=True)
        Telephone.objects.bulk_create(
            Telephone(
                patient=patient,
                e164=number,
                kind=each.kind or guessed_kind(number),
                holder=each.holder.strip()[:80],
                order=order,
                added_at=act.at,
            )
            for order, (number, each) in enumerate(dict(numbers).items())
        )
        search_index.refresh([patient.pk])
        proximity.refresh(patient, act.at)
        patient.refresh_from_db(fields=["near_mark"])
        detail = f"malgré {', '.join(map(str, sorted(despite)))}" if despite else ""
        act.audit("C", patient, patient_id=patient.pk, detail=detail)
        act.tell(events.CREATED, patient_id=patient.pk)
    return patient


def used_value(text: str, birth: str) -> str:
    """A used name; one that only repeats the birth name is no used name."""
    name = identity.used(text)
    return "" if name == birth else name


def contact_values(contact: ContactFields) -> dict[str, Any]:
    """Contact fields tidied: spaces, case of the e-mail address."""
    values: dict[str, Any] = {}
    for name, value in contact.items():
        values[name] = " ".join(value.split()) if isinstance(value, str) else value
    if "email" in values:
        values["email"] = values["email"].lower()
    if values.get("treating_practitioner") and values.get("treating_name"):
        raise Refusal(
            "Un seul médecin traitant\N{NO-BREAK SPACE}: quelqu’un du cabinet, ou un autre nom.",
            field="treating_name",
        )
    return values


def guessed_kind(number: str) -> str:
    """Mobile or home, from an E.164 number."""
    return Telephone.Kind.MOBILE if phones.is_mobile(number) else Telephone.Kind.HOME


def _refuse_known(patient: Patient, despite: Collection[int]) -> None:
    me = proximity.person_of(patient)
    born = Patient.objects.filter(birth_date=patient.birth_date, merged_into__isnull=True).exclude(
        id__in=despite
    )
    known = [other for other in born if nearness.seems_known(me, proximity.person_of(other))]
    if known:
        raise AlreadyKnown([line_of(other) for other in known])


def _next_number() -> str:
    """The next file number, six digits or more. The row stays locked until the commit."""
    row, _ = Numbering.objects.select_for_update().get_or_create(name="patient")
    row.last += 1
    row.save()
    return f"{row.last:06d}"
