"""Two records side by side, what differs marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from unisson.agenda.models import Appointment
from unisson.core import clock
from unisson.patients.models import Coverage, Patient, RelatedPerson, Telephone
from unisson.patients.rules import ins, phones
from unisson.patients.rules.differences import Segment, differing, differing_date
from unisson.screens.secretary import patients_words as words
from unisson.screens.secretary.patients_text import address, treating
from unisson.screens.shared import french


@dataclass(frozen=True)
class Row:
    """One line of the comparison, or a heading when `heading` is set."""

    label: str = ""
    mine: tuple[Segment, ...] = ()
    theirs: tuple[Segment, ...] = ()
    differs: bool = False
    heading: str = ""


def rows(mine: Patient, theirs: Patient) -> list[Row]:
    """Identity, then contacts, then what each record holds."""
    return [
        Row(heading="Identité"),
        _text("Nom de naissance", mine.birth_name, theirs.birth_name),
        _text("Premier prénom", mine.birth_first_name, theirs.birth_first_name),
        _text("Prénoms de naissance", mine.birth_given_names, theirs.birth_given_names),
        _birth(mine, theirs),
        _text("Sexe", words.SEX_WORDS[mine.sex], words.SEX_WORDS[theirs.sex]),
        _text("Lieu de naissance", _place(mine), _place(theirs)),
        _text("Nom utilisé", mine.used_name, theirs.used_name),
        _text("Prénom utilisé", mine.used_first_name, theirs.used_first_name),
        _text("Statut", _status(mine), _status(theirs), differs=False),
        _text(
            "Matricule INS",
            _masked(mine),
            _masked(theirs),
            mine.ins_matricule != theirs.ins_matricule,
        ),
        Row(heading="Contacts"),
        _text("Téléphones", _numbers(mine), _numbers(theirs), whole=True),
        _text("Adresse", address(mine), address(theirs), whole=True),
        _text("Courriel", mine.email, theirs.email),
        _text("Entourage", _around(mine), _around(theirs), whole=True),
        Row(heading="Dossier"),
        _text("Médecin traitant", treating(mine), treating(theirs), whole=True),
        _text("Couverture", _covered(mine), _covered(theirs), whole=True),
        _text("Rendez-vous", _booked(mine), _booked(theirs), differs=False),
        _text("Créé", _day(mine), _day(theirs), differs=False),
    ]


def count(compared: Iterable[Row]) -> int:
    """How many lines differ."""
    return sum(row.differs for row in compared)


def _text(
    label: str, mine: str, theirs: str, differs: bool | None = None, *, whole: bool = False
) -> Row:
    """A line of text; `whole`: when it differs, all of it is marked.

    A line empty on one side is not a difference: it contradicts nothing.
    """
    both = bool(mine and theirs)
    unlike = both and (mine.casefold() != theirs.casefold() if differs is None else differs)
    if not unlike:
        return Row(label, ((mine, False),) if mine else (), ((theirs, False),) if theirs else ())
    if whole or mine.casefold() == theirs.casefold():
        return Row(label, ((mine, True),), ((theirs, True),), True)
    return Row(label, differing(mine, theirs), differing(theirs, mine), True)


def _birth(mine: Patient, theirs: Patient) -> Row:
    a, b = f"{mine.birth_date:%d/%m/%Y}", f"{theirs.birth_date:%d/%m/%Y}"
    return Row("Date de naissance", differing_date(a, b), differing_date(b, a), a != b)


def _status(patient: Patient) -> str:
    return words.STATUS_WORDS[patient.identity_status]


def _place(patient: Patient) -> str:
    return f"{patient.birth_place_name} {patient.birth_place_code}".strip()


def _masked(patient: Patient) -> str:
    return ins.masked(patient.ins_matricule)


def _numbers(patient: Patient) -> str:
    numbers = Telephone.objects.filter(patient=patient, ended_at=None)
    return ", ".join(phones.display(each.e164) for each in numbers)


def _around(patient: Patient) -> str:
    people = RelatedPerson.objects.filter(patient=patient)
    return ", ".join(f"{each} ({each.get_relation_display()})" for each in people)


def _covered(patient: Patient) -> str:
    return ", ".join(str(each) for each in Coverage.objects.filter(patient=patient))


def _booked(patient: Patient) -> str:
    booked = Appointment.objects.filter(patient=patient).exclude(status=Appointment.Status.MISTAKE)
    past = booked.filter(start__lt=clock.now()).count()
    coming = booked.filter(start__gte=clock.now()).count()
    return f"{french.plural(past, 'passé')}, {coming} à venir" if past + coming else "aucun"


def _day(patient: Patient) -> str:
    return f"le {clock.local(patient.created_at):%d/%m/%Y}"
