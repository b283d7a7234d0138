"""Importing patients: whole or nothing, twice is once, nobody merged, nobody mistaken."""

import random
from datetime import date
from itertools import combinations

import pytest
import time_machine
from django.db import IntegrityError

from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal
from unisson.core.gesture import first_broken_link
from unisson.core.models import AuditEvent
from unisson.exchange import bulk, patient_index
from unisson.exchange.actions import import_patients
from unisson.exchange.models import ImportRun, Mapping, SourceKey
from unisson.exchange.reading import Choices
from unisson.patients import proximity, search_index
from unisson.patients.actions.creation import NewTelephone, create_patient
from unisson.patients.models import (
    AdministrativeNote,
    DuplicateProposal,
    NearIdentity,
    Patient,
    SearchKey,
    Telephone,
)
from unisson.patients.rules import nearness
from unisson.patients.rules.nearness import Person
from unisson.training import people

pytestmark = pytest.mark.django_db
MANAGER = Actor(user_id=1, role="manager", name="M. Aubert")
HEADER = "N° dossier;Civilité;Nom;Nom de naissance;Prénom;Né(e) le;Portable;Note\n"
CLAIRE = "12;Mme;LEBRUN;MOREL;Claire;04/05/1978;06 39 98 00 01;\n"
PAUL = "13;M.;ROUX;;Paul;12/03/1951;06 39 98 00 02 (sa fille);Sourd d’une oreille\n"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-24 09:41+01:00", tick=False):
        yield


def load(text, *, apply=True, **choices):
    return import_patients(
        text.encode(),
        by=MANAGER,
        file_name="patients.csv",
        choices=Choices(**choices),
        apply=apply,
    )


def everything():
    return (
        list(Patient.objects.order_by("id").values()),
        list(Telephone.objects.order_by("id").values()),
        list(AdministrativeNote.objects.order_by("id").values()),
        list(SourceKey.objects.order_by("id").values("source", "kind", "key", "object_id")),
        sorted(SearchKey.objects.values_list("kind", "token", "line", "patient_id")),
        list(NearIdentity.objects.order_by("a_id", "b_id").values_list("a_id", "b_id", "kind")),
    )


def test_a_dry_run_writes_nothing():
    before = AuditEvent.objects.count()
    report = load(HEADER + CLAIRE + PAUL, apply=False)
    assert (report.read, report.new, report.refused) == (2, 2, 0)
    assert not Patient.objects.exists()
    assert not Mapping.objects.exists()
    assert AuditEvent.objects.count() == before


def test_what_comes_in():
    report = load(HEADER + CLAIRE + PAUL)
    assert report.applied
    claire = Patient.objects.get(former_number="12")
    assert (claire.birth_name, claire.used_name, claire.birth_first_name) == (
        "MOREL",
        "LEBRUN",
        "CLAIRE",
    )
    assert claire.identity_status == "PROV"
    assert claire.file_number == "000001"
    paul = Patient.objects.get(former_number="13")
    phone = paul.telephones.get()
    assert (phone.e164, phone.kind, phone.holder) == ("+33639980002", "mobile", "sa fille")
    assert paul.notes.get().text == "Sourd d’une oreille"
    run = ImportRun.objects.get()
    assert (run.new, run.by_name, run.file_name) == (2, "M. Aubert", "patients.csv")
    lines = AuditEvent.objects.filter(verb="patients.import")
    assert set(lines.values_list("patient_id", flat=True)) == {None, claire.pk, paul.pk}
    assert first_broken_link() is None


def test_importing_again_changes_nothing():
    text = HEADER + CLAIRE + PAUL + "14;;ROUX;;Paula;12/03/1951;;\n"
    load(text)
    before = everything()
    report = load(text)
    assert (report.new, report.known, report.refused) == (0, 3, 0)
    assert everything() == before
    assert ImportRun.objects.count() == 1


def test_importing_again_without_numbers_changes_nothing():
    text = "Nom;Prénom;Date de naissance\nROUX;Paul;12/03/1951\n"
    load(text)
    before = everything()
    assert load(text).known == 1
    assert load("Prénom;Nom;DDN\nPaul;Roux;12/03/51\n").known == 1
    assert everything()[0] == before[0]


def test_a_bigger_file_later_brings_only_what_is_new():
    load(HEADER + CLAIRE)
    report = load(HEADER + CLAIRE + PAUL)
    assert (report.new, report.known) == (1, 1)
    assert Patient.objects.count() == 2


def test_refused_lines_keep_their_number_and_reason():
    text = (
        HEADER
        + CLAIRE
        + "20;Mme;;;Zoé;01/01/1990;;\n"
        + "21;Mme;PETIT;;Zoé;31/02/1990;;\n"
        + "22;Mme;PETIT;;Zoé;;;\n"
        + '23;Mme;PETIT;;Zoé;01/01/1990;;"une\nnote"\n'
        + "24;Mme;PETIT;;Zoé;01/01/1990;;a;b;c\n"
        + "25;Mme;P3TIT;;Zoé;01/01/1990;;\n"
    )
    report = load(text)
    assert (report.read, report.new, report.refused) == (7, 2, 5)
    refused = {line.line: line.text for line in report.of("refused")}
    assert list(refused) == [3, 4, 5, 8, 9]
    assert refused[3] == "le nom manque"
    assert "jour 31" in refused[4]
    assert "10 cellules au lieu de 8" in refused[8]
    assert Patient.objects.count() == 2


def test_duplicate_lines_are_left_out_and_said():
    report = load(HEADER + CLAIRE + PAUL + CLAIRE)
    assert (report.new, report.known) == (2, 1)
    assert "déjà à la ligne 2" in report.of("remark")[0].text


def test_one_number_for_two_people_is_refused():
    report = load(HEADER + CLAIRE + CLAIRE.replace("Claire", "Zoé").replace("MOREL", "PETIT"))
    assert (report.new, report.refused) == (1, 1)
    assert "ligne 2" in report.of("refused")[0].text


def test_another_program_with_the_same_numbers_is_seen():
    load(HEADER + CLAIRE)
    other = HEADER + PAUL.replace("13;", "12;")
    assert "pas le même logiciel" in load(other).of("refused")[0].text
    assert load(other, source="autre").new == 1


def test_somebody_already_there_is_not_created_again():
    here = create_patient(
        by=Actor.system("tests"),
        birth_name="Morel",
        birth_first_name="Claire",
        birth_date=date(1978, 5, 4),
        sex="F",
    )
    report = load(HEADER + CLAIRE)
    assert (report.new, report.known) == (0, 1)
    assert Patient.objects.get() == here
    assert SourceKey.objects.get().object_id == here.pk
    here.refresh_from_db()
    assert (here.used_name, here.former_number) == ("", "")  # an import changes no record
    assert load(HEADER + CLAIRE).known == 1


def test_she_is_still_known_after_her_identity_was_corrected_here():
    load(HEADER + CLAIRE)
    Patient.objects.update(birth_name="MORELLE")
    report = load(HEADER + CLAIRE)
    assert (report.new, report.known, report.refused) == (0, 1, 0)


def test_a_file_merged_since_leads_to_the_kept_one():
    load(HEADER + CLAIRE + PAUL)
    kept = Patient.objects.get(former_number="13")
    Patient.objects.filter(former_number="12").update(merged_into=kept)
    report = load(HEADER + CLAIRE + PAUL)
    assert (report.new, report.known) == (0, 2)


def test_near_duplicates_are_queued_never_merged():
    text = (
        HEADER
        + CLAIRE
        + CLAIRE.replace("12;", "99;")
        + PAUL
        + ("14;M.;ROUS;;Paul;12/03/1951;06 39 98 00 02;\n")
    )
    report = load(text)
    assert (report.new, report.doubtful) == (4, 2)
    assert [line.line for line in report.of("doubtful")] == [3, 5]
    assert Patient.objects.filter(merged_into__isnull=True).count() == 4
    assert DuplicateProposal.objects.filter(state="proposed").count() == 2
    assert set(Patient.objects.values_list("near_mark", flat=True)) == {"near"}


def test_a_newcomer_marks_who_was_there():
    here = create_patient(
        by=Actor.system("tests"),
        birth_name="Roux",
        birth_first_name="Paul",
        birth_date=date(1990, 1, 1),
        sex="M",
        telephones=[NewTelephone("06 39 98 00 09")],
    )
    load(HEADER + PAUL)
    here.refresh_from_db()
    assert here.near_mark == "homonym"


def test_twins_are_two():
    report = load(
        HEADER + "1;;LAMBERT;;Zoé;15/08/2020;0639980003;\n2;;LAMBERT;;Maé;15/08/2020;0639980003;\n"
    )
    assert (report.new, report.doubtful) == (2, 0)
    assert set(Patient.objects.values_list("near_mark", flat=True)) == {"twin"}


def test_index_and_marks_are_those_of_the_desk():
    rows = "".join(
        f"{number};;{name};;{first};{born};06 39 98 00 {number:02d};\n"
        for number, (name, first, born) in enumerate(
            [
                ("LEFÈVRE", "Hélène", "04/05/1978"),
                ("LEFEBVRE", "Hélène", "04/05/1978"),
                ("LE ROY", "Jean-Pierre", "01/02/1960"),
                ("LEROY", "Jean Pierre", "01/02/1961"),
                ("D’ANGELO", "Rosa", "03/03/1980"),
                ("MARTIN", "Zoé", "15/08/2020"),
                ("MARTIN", "Maé", "15/08/2020"),
                ("MARTIN", "Zoé", "15/08/2002"),
            ]
        )
    )
    load(HEADER + rows)
    before = everything()
    search_index.refresh(Patient.objects.values_list("id", flat=True))
    for patient in Patient.objects.all():
        proximity.refresh(patient, patient.created_at)
    assert everything() == before


def test_pairs_found_by_keys_are_all_the_pairs_there_are():
    """Grouping by shared keys misses nobody: compared with everyone against everyone."""
    everyone = people.people(260, date(2026, 11, 24), random.Random(5))
    persons = {
        number: Person(
            names=tuple(filter(None, (one.birth_name, one.used_name))),
            firsts=(one.first_name,),
            birth_date=one.birth_date,
            sex=one.sex,
            birth_place_code=one.birth_place,
            phones=frozenset(phone[0] for phone in one.phones),
            address=one.street,
        )
        for number, one in enumerate(everyone)
    }
    expected = {
        (a, b): near
        for a, b in combinations(persons, 2)
        if (near := nearness.compare(persons[a], persons[b]))
    }
    assert {near.kind for near in expected.values()} == {"twin", "homonym", "near"}
    assert patient_index.pairs(persons) == expected
    some = frozenset(range(200, 260))
    assert patient_index.pairs(persons, some) == {
        pair: near for pair, near in expected.items() if some & set(pair)
    }


def test_all_or_nothing(monkeypatch):
    real = bulk.insert

    def stop(rows):
        rows = list(rows)
        if rows and isinstance(rows[0], SourceKey):
            raise IntegrityError("cut")
        real(rows)

    monkeypatch.setattr("unisson.exchange.actions.patients.bulk.insert", stop)
    with pytest.raises(IntegrityError):
        load(HEADER + CLAIRE + PAUL)
    assert not Patient.objects.exists()
    assert not Telephone.objects.exists()
    assert not ImportRun.objects.exists()
    assert not AuditEvent.objects.filter(verb="patients.import").exists()


def test_a_mapping_can_be_given_and_is_remembered():
    text = "A;B;C\nROUX;Paul;12/03/1951\n"
    with pytest.raises(Refusal, match="le nom, ni le prénom"):
        load(text)
    columns = {"A": "birth_name", "B": "first_name", "C": "birth_date"}
    assert load(text, columns=columns).new == 1
    assert load(text).known == 1
    assert load("a;b;c\nPETIT;Anne;01/01/1990\n").new == 1


def test_american_dates_are_remembered_too():
    text = "Nom;Prénom;Date de naissance\nROUX;Paul;03/12/1951\n"
    load(text, month_first=True)
    assert Patient.objects.get().birth_date == date(1951, 3, 12)
    assert load(text).known == 1


def test_a_calendar_is_not_a_list_of_patients():
    with pytest.raises(Refusal, match="calendrier"):
        load("BEGIN:VCALENDAR\nEND:VCALENDAR\n")


def test_only_the_manager_imports():
    for role in ("secretary", "practitioner", "remote_agent"):
        with pytest.raises(NotAllowed):
            import_patients(b"x", by=Actor(2, role, "x"), file_name="x")


def test_excel_in_windows():
    text = "Nom;Prénom;Date de naissance;CP;Téléphone\r\nLEFÈVRE;Hélène;4/5/78;1000;639980001\r\n"
    import_patients(text.encode("cp1252"), by=MANAGER, file_name="x.csv", apply=True)
    patient = Patient.objects.get()
    assert (patient.birth_name, patient.postcode) == ("LEFEVRE", "01000")
    assert patient.birth_date == date(1978, 5, 4)
    assert patient.telephones.get().e164 == "+33639980001"


def test_file_numbers_go_on_from_the_last():
    create_patient(
        by=Actor.system("tests"), birth_name="A", birth_first_name="B",
        birth_date=date(1990, 1, 1), sex="F",
    )  # fmt: skip
    load(HEADER + CLAIRE)
    create_patient(
        by=Actor.system("tests"), birth_name="C", birth_first_name="D",
        birth_date=date(1991, 1, 1), sex="F",
    )  # fmt: skip
    assert list(Patient.objects.order_by("id").values_list("file_number", flat=True)) == [
        "000001", "000002", "000003",
    ]  # fmt: skip
