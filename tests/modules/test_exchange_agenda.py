"""Importing an agenda: past and future, squeezed in by name, twice is once."""

from datetime import UTC, datetime, time

import pytest
import time_machine

from unisson.agenda.actions.planning import refresh_loads
from unisson.agenda.models import (
    Absence,
    Appointment,
    AppointmentChange,
    DayLoad,
    Occupation,
    VisitType,
    VisitTypeNeed,
    VisitTypeOffer,
)
from unisson.core import clock
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal
from unisson.core.models import AuditEvent, OutboxEvent
from unisson.exchange.actions import import_agenda, import_patients
from unisson.exchange.models import SourceKey
from unisson.exchange.reading import Choices
from unisson.patients.models import Patient
from unisson.practice.models import Practitioner, Resource, Site

pytestmark = pytest.mark.django_db
MANAGER = Actor(user_id=1, role="manager", name="M. Aubert")
PATIENTS = (
    "N° dossier;Sexe;Nom;Prénom;Date de naissance;Portable\n"
    "1;F;LEBRUN;Claire;04/05/1978;06 39 98 00 01\n"
    "2;M;ROUX;Paul;12/03/1951;06 39 98 00 02\n"
    "3;M;ROUX;Paul;01/01/1990;06 39 98 00 03\n"
)
HEADER = "Date;Heure;Durée;Praticien;Motif;N° dossier;Patient;Date de naissance;Statut\n"


@pytest.fixture(autouse=True)
def house():
    with time_machine.travel("2026-11-24 09:41+01:00", tick=False):
        site = Site.objects.create(name="Centre")
        resource = Resource.objects.create(kind="practitioner", name="Dr Nguyen", site=site)
        nguyen = Practitioner.objects.create(
            resource=resource, family_name="Nguyen", given_name="Minh", specialty="MG"
        )
        other = Practitioner.objects.create(
            resource=Resource.objects.create(kind="practitioner", name="Dr Diallo", site=site),
            family_name="Diallo",
            given_name="Aïssata",
            specialty="MG",
        )
        room = Resource.objects.create(kind="room", name="Salle 4", site=site)
        plain = VisitType.objects.create(code="CS", label="Consultation")
        echo = VisitType.objects.create(code="ECHO", label="Échographie")
        need = VisitTypeNeed.objects.create(visit_type=echo, label="Salle")
        need.options.add(room)
        for kind, minutes in ((plain, 20), (echo, 30)):
            for who in (nguyen, other):
                VisitTypeOffer.objects.create(visit_type=kind, practitioner=who, minutes=minutes)
        import_patients(PATIENTS.encode(), by=MANAGER, file_name="p.csv", apply=True)
        yield


def load(text, *, apply=True, **choices):
    return import_agenda(
        text.encode(), by=MANAGER, file_name="agenda", choices=Choices(**choices), apply=apply
    )


def line(day="01/12/2026", hour="09:00", minutes="", who="Dr Nguyen", kind="Consultation",
         number="1", name="", born="", status=""):  # fmt: skip
    return f"{day};{hour};{minutes};{who};{kind};{number};{name};{born};{status}\n"


def everything():
    return (
        list(Appointment.objects.order_by("id").values()),
        sorted(Occupation.objects.values_list("resource_id", "start", "end", "exclusive")),
        list(Absence.objects.order_by("id").values()),
        list(SourceKey.objects.order_by("id").values()),
        sorted((r.resource_id, r.date, bytes(r.busy)) for r in DayLoad.objects.all()),
    )


def test_a_dry_run_writes_nothing():
    report = load(HEADER + line() + line(hour="10:00"), apply=False)
    assert (report.new, report.refused) == (2, 0)
    assert not Appointment.objects.exists()


def test_what_comes_in():
    load(HEADER + line(hour="9h40", minutes="25"))
    row = Appointment.objects.get()
    assert row.start == datetime(2026, 12, 1, 8, 40, tzinfo=UTC)
    assert (row.minutes, row.practitioner.family_name, row.patient.birth_name) == (
        25,
        "Nguyen",
        "LEBRUN",
    )
    taken = row.occupations.get()
    assert (taken.resource.name, taken.exclusive) == ("Dr Nguyen", True)
    change = AppointmentChange.objects.get()
    assert change.before is None
    assert change.act.sentence == "Import de 1 rendez-vous (agenda)"
    assert AuditEvent.objects.filter(object_type="Appointment", patient_id=row.patient_id).exists()
    news = OutboxEvent.objects.filter(topic="agenda.changed").get()
    assert news.payload["dates"] == ["2026-12-01"]


def test_the_length_is_that_of_the_visit_type_when_the_file_has_none():
    load(HEADER + line(kind="Échographie"))
    row = Appointment.objects.get()
    assert row.minutes == 30
    assert set(row.occupations.values_list("resource__name", flat=True)) == {
        "Dr Nguyen", "Salle 4",
    }  # fmt: skip


def test_past_appointments_and_their_states():
    load(
        HEADER
        + line(day="01/12/2025", status="Honoré")
        + line(day="02/12/2025", status="Absent")
        + line(day="03/12/2025", status="Annulé par le patient")
        + line(day="04/12/2025", status="Excusé")
    )
    rows = Appointment.objects.order_by("start").values_list("status", "ended_by")
    assert list(rows) == [
        ("booked", ""), ("no_show", ""), ("cancelled", "patient"), ("excused", ""),
    ]  # fmt: skip
    assert Occupation.objects.count() == 1


def test_importing_again_changes_nothing_even_after_a_move():
    text = HEADER + line() + line(hour="09:10", number="2") + line(hour="11:00", kind="Échographie")
    load(text)
    Appointment.objects.filter(start__hour=10).update(
        start=datetime(2026, 12, 2, 10, tzinfo=UTC), end=datetime(2026, 12, 2, 10, 30, tzinfo=UTC)
    )
    before = everything()
    report = load(text)
    assert (report.new, report.known, report.refused) == (0, 3, 0)
    assert everything() == before


def test_overlaps_become_squeeze_ins_each_listed():
    report = load(
        HEADER
        + line(minutes="30")
        + line(hour="09:10", number="2")
        + line(hour="09:30", number="3")
        + line(who="Dr Diallo", hour="10:00", kind="Échographie")
        + line(who="Dr Nguyen", hour="10:10", kind="Échographie", number="2")
    )
    assert (report.new, report.squeezed) == (5, 2)
    squeezed = {found.line: found.text for found in report.of("squeezed")}
    assert set(squeezed) == {3, 6}
    assert "Dr Nguyen, mardi 1er décembre 2026 à 9 h 10" in squeezed[3].replace("\xa0", " ")
    assert "salle" in squeezed[6]
    rows = Appointment.objects.order_by("start").values_list("squeeze_in", flat=True)
    assert list(rows) == [False, True, False, False, True]
    room = Occupation.objects.filter(resource__name="Salle 4").order_by("start")
    assert list(room.values_list("exclusive", flat=True)) == [True, False]


def test_over_what_is_already_here():
    load(HEADER + line())
    report = load(HEADER + line(hour="09:10", number="2"), source="deux")
    assert report.refused == 1  # no patient of that program is known
    text = HEADER + line(hour="09:10", number="", name="ROUX Paul", born="12/03/1951")
    assert load(text, source="deux").squeezed == 1


def test_what_was_booked_here_by_hand_is_not_doubled():
    load(HEADER + line())
    SourceKey.objects.filter(kind="appointment").delete()
    report = load(HEADER + line())
    assert (report.new, report.refused) == (0, 1)
    assert "déjà ce rendez-vous" in report.of("refused")[0].text


def test_the_day_index_is_that_of_the_agenda():
    load(HEADER + line() + line(hour="09:07", minutes="13", number="2") + line(hour="11:00"))
    before = everything()[4]
    refresh_loads({(row.resource_id, row.date) for row in DayLoad.objects.all()})
    assert everything()[4] == before


def test_refused_lines():
    report = load(
        HEADER
        + line(who="Dr House")
        + line(kind="Tisane")
        + line(number="77")
        + line(number="", name="ROUX Paul")
        + line(number="", name="PERSONNE Anne")
        + line(day="28/03/2027", hour="02:30")
        + line(day="32/01/2027")
        + line(status="Absent")
        + line(number="1", name="DURAND Zoé")
    )
    reasons = [found.text for found in report.of("refused")]
    assert report.refused == 9
    for words, reason in zip(
        ("House", "Tisane", "n° 77", "2 patients", "introuvable", "horloges", "calendrier",
         "à venir", "la ligne dit DURAND"),
        reasons,
        strict=True,
    ):  # fmt: skip
        assert words in reason
    assert report.unknown == {"praticiens": {"Dr House": 1}, "motifs": {"Tisane": 1}}
    assert not Appointment.objects.exists()


def test_unknown_names_get_a_meaning_that_is_remembered():
    nguyen = Practitioner.objects.get(family_name="Nguyen")
    plain = VisitType.objects.get(code="CS")
    text = HEADER + line(who="Cabinet B", kind="Tisane")
    given = {"practitioners": {"Cabinet B": nguyen.pk}, "visit_types": {"Tisane": plain.pk}}
    assert load(text, **given).new == 1
    assert load(HEADER + line(who="cabinet b", kind="TISANE", hour="10:00")).new == 1
    row = Appointment.objects.first()
    assert row.visit_type == plain


def test_an_unknown_visit_type_can_have_a_substitute_and_keeps_its_words():
    plain = VisitType.objects.get(code="CS")
    load(HEADER + line(kind="Frottis"), default_visit_type=plain.pk)
    assert Appointment.objects.get().reason == "Frottis"


def test_whose_agenda_it_is_is_asked_each_time():
    nguyen = Practitioner.objects.get(family_name="Nguyen")
    text = "Date;Heure;Motif;N° dossier\n01/12/2026;09:00;Consultation;1\n"
    assert load(text, practitioner=nguyen.pk).new == 1
    report = load(text.replace("09:00", "10:00"))
    assert (report.new, report.refused) == (0, 1)
    assert "praticien manquant" in report.of("refused")[0].text


ICS = """BEGIN:VCALENDAR
VERSION:2.0
X-WR-CALNAME:Dr Nguyen
BEGIN:VEVENT
UID:1
DTSTART;TZID=Europe/Paris:20261124T090000
DTEND;TZID=Europe/Paris:20261124T092000
SUMMARY:LEBRUN Claire - Consultation
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART;TZID=Europe/Paris:20261005T100000
DTEND;TZID=Europe/Paris:20261005T102000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/Paris:20261012T100000
SUMMARY:Consultation ROUX Paul 12/03/1951
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
SUMMARY:Congés
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART;TZID=Europe/Paris:20261125T123000
DTEND;TZID=Europe/Paris:20261125T133000
SUMMARY:Déjeuner
END:VEVENT
BEGIN:VEVENT
UID:5
DTSTART;TZID=Europe/Paris:20261126T090000
DTEND;TZID=Europe/Paris:20261126T092000
SUMMARY:Chose
END:VEVENT
END:VCALENDAR
"""


def test_a_calendar():
    report = load(ICS)
    assert (report.new, report.refused, report.extra) == (6, 1, {"absences": 2})
    assert Appointment.objects.count() == 4
    holiday = Absence.objects.get(label="Congés")
    assert clock.local(holiday.start).date().isoformat() == "2026-12-24"
    assert clock.local(holiday.end).time() == time(0)
    assert (holiday.kind, holiday.practitioner.family_name) == ("absence", "Nguyen")
    assert Absence.objects.get(label="Déjeuner").kind == "block"
    claire = Appointment.objects.get(patient__birth_name="LEBRUN")
    assert claire.visit_type.code == "CS"
    before = everything()
    again = load(ICS)
    assert (again.new, again.known) == (0, 6)
    assert everything() == before


def test_an_occurrence_moved_in_the_source_is_the_same_one():
    load(ICS)
    moved = ICS.replace(
        "BEGIN:VEVENT\nUID:3",
        "BEGIN:VEVENT\nUID:2\nRECURRENCE-ID;TZID=Europe/Paris:20261019T100000\n"
        "DTSTART;TZID=Europe/Paris:20261020T150000\nDTEND;TZID=Europe/Paris:20261020T152000\n"
        "SUMMARY:Consultation ROUX Paul 12/03/1951\nEND:VEVENT\nBEGIN:VEVENT\nUID:3",
    )
    report = load(moved)
    assert (report.new, report.known) == (0, 6)


def test_all_or_nothing(monkeypatch):
    def stop(*args, **kwargs):
        raise RuntimeError("cut")

    monkeypatch.setattr("unisson.exchange.actions.agenda.remember", stop)
    with pytest.raises(RuntimeError):
        load(ICS)
    assert not Appointment.objects.exists()
    assert not Absence.objects.exists()
    assert not SourceKey.objects.exclude(kind="patient").exists()


def test_patients_merged_since_are_found_under_the_kept_file():
    kept = Patient.objects.get(birth_name="LEBRUN")
    gone = Patient.objects.filter(birth_name="ROUX").first()
    Patient.objects.filter(pk=gone.pk).update(merged_into=kept)
    load(HEADER + line(number="2"))
    assert Appointment.objects.get().patient == kept


def test_only_the_manager_imports():
    with pytest.raises(NotAllowed):
        import_agenda(b"x", by=Actor(2, "secretary", "x"), file_name="x")


def test_a_file_without_times_is_refused():
    with pytest.raises(Refusal, match="le jour"):
        load("Praticien;Motif;Patient\nNguyen;CS;LEBRUN Claire\n")
