"""Where to reach a patient, who is around her, what the desk should know."""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict, Unpack

from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import Refusal
from unisson.core.gesture import gesture
from unisson.patients.actions.creation import ContactFields, contact_values, guessed_kind
from unisson.patients.actions.writing import different, refuse_stale, taken, write
from unisson.patients.models import AdministrativeNote, Patient, RelatedPerson, Telephone
from unisson.patients.rules import identity, phones, relations
from unisson.patients.rules.relations import Tie


def update_contact(
    *, by: Actor, patient_id: int, version: int | None = None, **fields: Unpack[ContactFields]
) -> Patient:
    """Change address, e-mail, language, wishes or treating doctor.

    `version` is the record as it was read. StalePatient when somebody changed
    one of the fields about to change; changes elsewhere in the record do not
    get in the way.
    """
    values = contact_values(fields)
    with gesture("patients.update", by=by) as act:
        patient = taken(patient_id, near=True)
        if values.get("treating_practitioner"):
            values["treating_name"] = ""
        elif values.get("treating_name"):
            values["treating_practitioner"] = None
        changed = different(patient, values)
        refuse_stale(patient, version, changed)
        write(act, patient, changed)
    return patient


def add_telephone(
    *, by: Actor, patient_id: int, number: str, kind: str = "", holder: str = ""
) -> Telephone:
    """Add a number, typed in any way. Several patients may share one.

    `kind` empty: guessed from the number. `holder`: whose it is, if not hers.
    """
    e164 = phones.e164(number)
    with gesture("patients.update", by=by) as act:
        patient = taken(patient_id, near=True)
        current = Telephone.objects.filter(patient=patient, ended_at__isnull=True)
        if current.filter(e164=e164).exists():
            raise Refusal(
                f"Le {phones.display(e164)} est déjà dans ce dossier. Rien n’a été ajouté.",
                field="phone",
            )
        telephone = Telephone.objects.create(
            patient=patient,
            e164=e164,
            kind=kind or guessed_kind(e164),
            holder=identity.used(holder)[:80],
            order=max((each.order for each in current), default=-1) + 1,
            added_at=act.at,
        )
        write(act, patient, {}, notes=[("telephone", "", said(telephone))])
    return telephone


def said(telephone: Telephone) -> str:
    """A number as the history keeps it: 06 00 00 41 23 (sa mère)."""
    holder = f" ({telephone.holder})" if telephone.holder else ""
    return f"{phones.display(telephone.e164)}{holder}"


def end_telephone(*, by: Actor, telephone_id: int) -> None:
    """Say that a number is no longer hers. It stays in the history, out of the search."""
    with gesture("patients.update", by=by) as act:
        telephone = _found(Telephone, telephone_id)
        patient = taken(telephone.patient_id, near=True)
        telephone.refresh_from_db()
        if telephone.ended_at is not None:
            raise Refusal("Ce numéro était déjà retiré. Rien n’a été changé.")
        telephone.ended_at = act.at
        telephone.save()
        write(act, patient, {}, notes=[("telephone", said(telephone), "")])


def prefer_telephone(*, by: Actor, telephone_id: int) -> None:
    """Put a number first: the one shown in lists and dialled first."""
    with gesture("patients.update", by=by) as act:
        telephone = _found(Telephone, telephone_id)
        patient = taken(telephone.patient_id)
        numbers = list(Telephone.objects.filter(patient=patient, ended_at__isnull=True))
        before = said(numbers[0]) if numbers else ""
        numbers.sort(key=lambda each: each.pk != telephone.pk)
        for order, each in enumerate(numbers):
            each.order = order
        Telephone.objects.bulk_update(numbers, ["order"])
        write(act, patient, {}, notes=[("telephone_order", before, said(numbers[0]))])


class TieFields(TypedDict, total=False):
    """What is known of somebody around the patient. `phone` as typed."""

    relation: str
    name: str
    first_name: str
    person_id: int | None
    phone: str
    may_act: bool
    is_emergency: bool
    is_trusted: bool
    valid_from: date | None
    valid_until: date | None
    note: str


def add_related(*, by: Actor, patient_id: int, **fields: Unpack[TieFields]) -> RelatedPerson:
    """Add someone around the patient: parent, guardian, carer, person to warn.

    `person_id`: her own record when she is a patient too; her name is then
    taken from it if none is given.
    """
    with gesture("patients.update", by=by) as act:
        patient = taken(patient_id)
        tie = RelatedPerson(patient=patient)
        _fill(tie, fields)
        _check(tie, patient)
        tie.save(force_insert=True)
        notes = [("related", "", said_of(tie))]
        if tie.e164:
            notes.append(("related_phone", "", tie.e164))
        write(act, patient, {}, notes=notes)
    return tie


def change_related(*, by: Actor, related_id: int, **fields: Unpack[TieFields]) -> RelatedPerson:
    """Correct what is known of someone around the patient."""
    with gesture("patients.update", by=by) as act:
        tie = _found(RelatedPerson, related_id)
        patient = taken(tie.patient_id)
        tie.refresh_from_db()
        before, number = said_of(tie), tie.e164
        _fill(tie, fields)
        _check(tie, patient)
        tie.save()
        notes = [("related", before, said_of(tie))] if before != said_of(tie) else []
        if tie.e164 != number:
            notes.append(("related_phone", number, tie.e164))
        write(act, patient, {}, notes=notes)
    return tie


def end_related(*, by: Actor, related_id: int, on: date | None = None) -> None:
    """Say that the tie ended; `on` is its last day, yesterday when not given."""
    last = on or date.fromordinal(clock.today().toordinal() - 1)
    tie = _found(RelatedPerson, related_id)
    start = tie.valid_from
    if start and start > last:  # began today or later: it never held
        change_related(by=by, related_id=related_id, valid_from=last, valid_until=last)
    else:
        change_related(by=by, related_id=related_id, valid_until=last)


def _fill(tie: RelatedPerson, fields: TieFields) -> None:
    values: dict[str, Any] = dict(fields)
    if "phone" in values:
        typed = values.pop("phone").strip()
        tie.e164 = phones.e164(typed) if typed else ""
    for name in ("name", "first_name", "note"):
        if name in values:
            values[name] = identity.used(values[name])
    for name, value in values.items():
        setattr(tie, name, value)
    if tie.person_id is not None and not tie.name:
        own = Patient.objects.get(pk=tie.person_id)
        tie.name = own.used_name or own.birth_name
        tie.first_name = own.used_first_name or own.birth_first_name


def _check(tie: RelatedPerson, patient: Patient) -> None:
    if tie.relation not in RelatedPerson.Relation.values:
        raise Refusal("Dites le lien\N{NO-BREAK SPACE}: mère, tuteur, aidant…", field="relation")
    if not tie.name:
        raise Refusal("Le nom manque. Rien n’a été enregistré.", field="name")
    if tie.person_id == patient.pk:
        raise Refusal(
            "C’est le dossier du patient lui-même. Choisissez celui de son proche.", field="person"
        )
    mine = Tie(tie.relation, tie.may_act, tie.is_trusted, tie.valid_from, tie.valid_until)
    relations.check(mine, patient_born=patient.birth_date, today=clock.today())
    if tie.is_trusted:
        for other in RelatedPerson.objects.filter(patient=patient, is_trusted=True):
            if other.pk != tie.pk and _together(tie, other):
                raise Refusal(
                    f"La personne de confiance est déjà {other}. Retirez-la d’abord.",
                    field="is_trusted",
                )


def _together(a: RelatedPerson, b: RelatedPerson) -> bool:
    return (not a.valid_until or not b.valid_from or b.valid_from <= a.valid_until) and (
        not b.valid_until or not a.valid_from or a.valid_from <= b.valid_until
    )


def said_of(tie: RelatedPerson) -> str:
    """Somebody as the history keeps her: LEBRUN Marc, conjoint, à prévenir, jusqu’au 03/05/2026."""
    rights = [
        "peut agir" if tie.may_act else "",
        "à prévenir" if tie.is_emergency else "",
        "personne de confiance" if tie.is_trusted else "",
        f"depuis le {tie.valid_from:%d/%m/%Y}" if tie.valid_from else "",
        f"jusqu’au {tie.valid_until:%d/%m/%Y}" if tie.valid_until else "",
        tie.note,
    ]
    return ", ".join(filter(None, [str(tie), tie.get_relation_display(), *rights]))


def add_note(*, by: Actor, patient_id: int, text: str) -> AdministrativeNote:
    """Add what the desk should know. At most 300 characters, nothing medical."""
    tidy = " ".join(text.split())
    if not tidy:
        raise Refusal("Tapez la note avant de l’ajouter.", field="text")
    if len(tidy) > 300:
        raise Refusal(
            f"La note a {len(tidy)} signes, il en faut 300 au plus. Raccourcissez-la.", field="text"
        )
    with gesture("patients.note", by=by) as act:
        patient = taken(patient_id)
        note = AdministrativeNote.objects.create(
            patient=patient, text=tidy, added_at=act.at, added_by=by.name
        )
        write(act, patient, {}, notes=[("note", "", tidy)])
    return note


def remove_note(*, by: Actor, note_id: int) -> None:
    """Take a note off the page. It stays in the history, with who removed it."""
    with gesture("patients.note", by=by) as act:
        note = _found(AdministrativeNote, note_id)
        patient = taken(note.patient_id)
        note.refresh_from_db()
        if note.removed_at is not None:
            raise Refusal("Cette note était déjà retirée. Rien n’a été changé.")
        note.removed_at, note.removed_by = act.at, by.name
        note.save()
        write(act, patient, {}, notes=[("note", note.text, "")])


def _found[Row: (Telephone, RelatedPerson, AdministrativeNote)](
    model: type[Row], row_id: int
) -> Row:
    row = model.objects.filter(pk=row_id).first()
    if row is None:
        raise Refusal("Cela n’existe plus dans ce dossier. Rien n’a été changé.")
    return row
