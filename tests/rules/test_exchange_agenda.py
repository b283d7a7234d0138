"""Lines and events of an agenda: times, states, who comes, who stands over whom."""

from datetime import UTC, date, datetime

import pytest

from unisson.exchange.rules import agenda, calendar
from unisson.exchange.rules.agenda import AWAY, Hints
from unisson.exchange.rules.directory import Directory, Face, Names
from unisson.exchange.rules.patients import Options
from unisson.exchange.rules.placing import Taken
from unisson.exchange.rules.sniffing import Unreadable
from unisson.exchange.rules.values import Bad

TODAY = date(2026, 11, 24)
OPTIONS = Options(TODAY)


def line(**cells):
    full = {"full_name": "LEBRUN Claire", **cells}
    return agenda.read(2, {name: [text] for name, text in full.items()}, OPTIONS)


# -- times ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cells",
    [
        {"date": "24/11/2026", "start_time": "9h40", "end_time": "10:00"},
        {"date": "24/11/2026", "start_time": "09:40", "minutes": "20"},
        {"start": "24/11/2026 09:40", "end": "24/11/2026 10:00"},
        {"start": "2026-11-24T08:40:00Z", "minutes": "0:20"},
        {"start": "2026-11-24T09:40:00+01:00", "end": "2026-11-24T10:00:00+01:00"},
        {"date": "24/11/26 09:40", "minutes": "20 min"},
        {"date": "24/11/2026 00:00:00", "start_time": "30/12/1899 09:40:00", "minutes": "20"},
        {"start": "24/11/2026", "start_time": "9:40", "end_time": "10h"},
    ],
)
def test_one_moment_in_all_its_spellings(cells):
    entry = line(**cells)
    assert entry.start == datetime(2026, 11, 24, 8, 40, tzinfo=UTC)
    assert entry.minutes == 20


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"date": "28/03/2027", "start_time": "02:30"}, "horloges"),
        ({"date": "24/11/2026", "start_time": "10:00", "end_time": "09:00"}, "avant de commencer"),
        ({"date": "24/11/2026", "start_time": "10:00", "end_time": "10:00"}, "où il commence"),
        ({"date": "24/11/2026", "start_time": "06:00", "end_time": "23:00"}, "17 heures"),
        ({"date": "31/11/2026", "start_time": "10:00"}, "calendrier"),
        ({"date": "24/11/2099", "start_time": "10:00"}, "trop loin"),
        ({"date": "", "start_time": "10:00"}, "jour manquant"),
        ({"date": "24/11/2026", "start_time": "26:00"}, "pas une heure"),
        ({"date": "24/11/2026", "start_time": "10:00", "full_name": ""}, "patient manque"),
        ({"date": "24/11/2026", "start_time": "10:00", "status": "Zorglub"}, "non compris"),
    ],
)
def test_lines_that_are_refused(cells, words):
    with pytest.raises(Bad, match=words):
        line(**cells)


def test_an_hour_that_occurs_twice_is_the_first_and_it_is_said():
    entry = line(date="25/10/2026", start_time="02:30", minutes="20")
    assert entry.start == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert "deux fois" in entry.remarks[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("booked", "")),
        ("Honoré", ("booked", "")),
        ("Confirmé", ("booked", "")),
        ("Annulé par le patient", ("cancelled", "patient")),
        ("Annulé par le praticien", ("cancelled", "practitioner")),
        ("Supprimé", ("cancelled", "")),
        ("Non honoré", ("no_show", "")),
        ("Absent", ("no_show", "")),
        ("No-show", ("no_show", "")),
        ("Absent excusé", ("excused", "")),
        ("Venu", ("booked", "")),
        ("Non venu", ("no_show", "")),
    ],
)
def test_states(text, expected):
    assert agenda.status(text) == expected


def test_the_same_line_has_the_same_key_without_a_number_of_its_own():
    one = line(date="24/11/2026", start_time="9h40")
    assert one.key == line(start="2026-11-24 09:40").key
    assert one.key != line(date="24/11/2026", start_time="9h50").key


def test_a_line_without_a_patient_that_says_why_is_an_absence():
    entry = line(
        full_name="", date="24/11/2026", start_time="12:30", minutes="60", visit_type="Réunion"
    )
    assert (entry.kind, entry.label, entry.minutes) == (AWAY, "Réunion", 60)


# -- calendars ----------------------------------------------------------------------


def ics(*events, head=""):
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + head + "".join(events) + "END:VCALENDAR\r\n"


def event(*lines, uid="1"):
    return "".join(f"{text}\r\n" for text in ("BEGIN:VEVENT", f"UID:{uid}", *lines, "END:VEVENT"))


def starts(text):
    return [f"{found.start:%Y-%m-%dT%H:%M}" for found in calendar.read(text, TODAY).events]


def test_time_zones():
    windows = (
        "BEGIN:VTIMEZONE\r\nTZID:Romance Standard Time\r\nBEGIN:STANDARD\r\n"
        "DTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\n"
        "DTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
        "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n"
    )
    assert starts(
        ics(
            event("DTSTART;TZID=Europe/Paris:20261124T090000", "DURATION:PT20M", uid="a"),
            event("DTSTART;TZID=Romance Standard Time:20261124T100000", "DURATION:PT20M", uid="b"),
            event("DTSTART:20261124T100000Z", "DURATION:PT20M", uid="c"),
            event("DTSTART:20261124T120000", "DURATION:PT20M", uid="d"),
            event("DTSTART;TZID=Indian/Reunion:20261124T160000", "DURATION:PT20M", uid="e"),
            head=windows,
        )
    ) == [
        "2026-11-24T08:00", "2026-11-24T09:00", "2026-11-24T10:00", "2026-11-24T11:00",
        "2026-11-24T12:00",
    ]  # fmt: skip


def test_recurrences_with_exceptions_across_the_clock_change():
    text = ics(
        event(
            "DTSTART;TZID=Europe/Paris:20261005T090000",
            "DTEND;TZID=Europe/Paris:20261005T092000",
            "RRULE:FREQ=WEEKLY;COUNT=6",
            "EXDATE;TZID=Europe/Paris:20261019T090000",
            "SUMMARY:ROUX Paul",
        ),
        event(
            "RECURRENCE-ID;TZID=Europe/Paris:20261026T090000",
            "DTSTART;TZID=Europe/Paris:20261027T110000",
            "DTEND;TZID=Europe/Paris:20261027T112000",
            "SUMMARY:ROUX Paul",
        ),
    )
    assert starts(text) == [
        "2026-10-05T07:00", "2026-10-12T07:00", "2026-10-27T10:00", "2026-11-02T08:00",
        "2026-11-09T08:00",
    ]  # fmt: skip
    keys = [found.key for found in calendar.read(text, TODAY).events]
    assert len(set(keys)) == 5
    assert keys[2] == "1#20261026T0800"


def test_a_rule_without_end_is_unrolled_for_two_years():
    found = starts(ics(event("DTSTART:20261124T090000Z", "RRULE:FREQ=WEEKLY", "DURATION:PT20M")))
    assert 100 <= len(found) <= 106


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=MINUTELY;COUNT=100000000",
        "RRULE:FREQ=DAILY;BYHOUR=0,1,2,3,4;BYMINUTE=0,1,2,3",
        "RRULE:FREQ=DAILY;BYSECOND=0,1,2",
    ],
)
def test_rules_that_would_never_end_are_refused_at_once(rule):
    found = calendar.read(ics(event("DTSTART:20261124T090000Z", rule, "SUMMARY:x")), TODAY)
    assert found.events == []
    assert "plusieurs fois par jour" in found.refused[0][1]


def test_each_broken_event_is_refused_by_its_line_and_the_others_are_taken():
    text = ics(
        event("SUMMARY:sans début"),
        event("DTSTART:2026", "SUMMARY:faux"),
        event("DTSTART:20261124T100000Z", "DTEND:20261124T090000Z"),
        event("DTSTART;TZID=Europe/Paris:20270328T023000", "DURATION:PT20M"),
        event("DTSTART:18900101T090000Z", "RRULE:FREQ=DAILY"),
        event("DTSTART:20261124T100000Z", "DTEND:20261124T102000Z", "SUMMARY:bon", uid="z"),
    )
    found = calendar.read(text, TODAY)
    assert [one.summary for one in found.events] == ["bon"]
    assert [number for number, _ in found.refused] == [3, 7, 12, 17, 22]


def test_a_calendar_cut_in_the_middle_is_refused():
    text = ics(event("DTSTART:20261124T100000Z", "SUMMARY:x"))
    with pytest.raises(Unreadable, match="coupé"):
        calendar.read(text[:-20], TODAY)


def test_folded_lines_and_escapes():
    text = ics(event("DTSTART:20261124T100000Z", "SUMMARY:LEBRUN Claire\\, née\r\n  MOREL"))
    assert calendar.read(text, TODAY).events[0].summary == "LEBRUN Claire, née MOREL"


def entry(*lines):
    found = calendar.read(ics(event(*lines)), TODAY)
    return agenda.from_event(found.events[0], OPTIONS)


def test_all_day_events_are_absences_with_both_days():
    found = entry("DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261227", "SUMMARY:Congés")
    assert (found.kind, found.label) == (AWAY, "Congés")
    assert found.start == datetime(2026, 12, 23, 23, tzinfo=UTC)
    assert found.end == datetime(2026, 12, 26, 23, tzinfo=UTC)


@pytest.mark.parametrize("summary", ["Déjeuner", "Réunion d’équipe", "PAUSE", "Formation SST"])
def test_times_that_are_nobody_s_are_blocks(summary):
    times = "DTSTART:20261124T120000Z", "DTEND:20261124T130000Z"
    assert entry(*times, f"SUMMARY:{summary}").kind == AWAY


def test_who_comes_is_in_the_words_of_the_event():
    found = entry(
        "DTSTART:20261124T090000Z",
        "DTEND:20261124T092000Z",
        "SUMMARY:LEBRUN Claire - Suivi",
        "DESCRIPTION:Née le 04/05/1978\\nTél : 06 39 98 00 01",
        "CATEGORIES:Consultation",
    )
    assert found.who.born == date(1978, 5, 4)
    assert found.who.phones == {"+33639980001"}
    assert found.visit_type == "Consultation"


# -- recognising ----------------------------------------------------------------------

CLAIRE = Face(1, ("MOREL", "LEBRUN"), ("CLAIRE", ""), date(1978, 5, 4), frozenset({"+33639980001"}))
PAUL = Face(2, ("ROUX", ""), ("PAUL", ""), date(1951, 3, 12))
OTHER_PAUL = Face(3, ("ROUX", ""), ("PAUL", ""), date(1990, 1, 1), frozenset({"+33639980002"}))
BOOK = Directory.of([CLAIRE, PAUL, OTHER_PAUL], {"12": 1})


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        (Hints(source_id="12"), 1),
        (Hints(source_id="12", name="Lebrun", first="Claire"), 1),
        (Hints(source_id="12", name="MOREL-LEBRUN", first="Claire"), 1),
        (Hints(name="LEBRUN", first="Claire", born=date(1978, 5, 4)), 1),
        (Hints(name="Morel", first="Claire", born=date(1978, 5, 4)), 1),
        (Hints(name="ROUX", first="Paul", born=date(1951, 3, 12)), 2),
        (Hints(name="ROUX", first="Paul", phones=frozenset({"+33639980002"})), 3),
        (Hints(text="Claire Lebrun"), 1),
        (Hints(text="RDV Mme LEBRUN Claire - Suivi thyroïde"), 1),
        (Hints(text="Suivi : Lebrun Claire (née Morel)"), 1),
        (Hints(text="ROUX Paul 12/03/1951", born=date(1951, 3, 12)), 2),
    ],
)
def test_who_is_meant(who, expected):
    assert BOOK.find(who).id == expected


@pytest.mark.parametrize(
    ("who", "words"),
    [
        (Hints(source_id="99"), "n° 99 inconnu"),
        (Hints(source_id="12", name="DURAND", first="Zoé"), "la ligne dit DURAND"),
        (Hints(source_id="12", born=date(1980, 1, 1)), "né le 04/05/1978"),
        (Hints(name="ROUX", first="Paul"), "2 patients"),
        (Hints(name="ROUX", first="Paul", born=date(2000, 1, 1)), "autre date de naissance"),
        (Hints(name="NOBODY", first="Known"), "introuvable"),
        (Hints(text="Paul Roux"), "2 patients"),
        (Hints(text="Suivi"), "aucun patient"),
    ],
)
def test_who_is_not_chosen(who, words):
    with pytest.raises(Bad, match=words):
        BOOK.find(who)


def test_a_name_alone_is_said():
    assert "au nom seul" in BOOK.find(Hints(name="LEBRUN", first="Claire")).remark
    known = Hints(name="LEBRUN", first="Claire", phones=frozenset({"+33639980001"}))
    assert BOOK.find(known).remark == ""


def test_a_name_that_changed_is_said():
    found = BOOK.find(Hints(source_id="12", name="DURAND", first="Claire"))
    assert found.id == 1
    assert "DURAND" in found.remark


def test_words_beside_the_name_are_kept():
    assert BOOK.find(Hints(text="Mme LEBRUN Claire - Suivi thyroïde")).rest == "Suivi thyroïde"


NAMES = Names(
    {1: ("Nguyen", "Minh Nguyen", "Dr Nguyen", ""), 2: ("Le Goff", "Dr Le Goff", "echo")},
    {"Cabinet 2": 1},
)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("NGUYEN", 1), ("Dr NGUYEN Minh", 1), ("Docteur Minh Nguyen", 1), ("Nguyn", 1),
        ("cabinet 2", 1), ("Écho", 2), ("LE GOFF", 2), ("Agenda du Dr Le Goff", 2),
        ("House", None), ("", None), ("Dr", None),
    ],
)  # fmt: skip
def test_names_of_practitioners(label, expected):
    assert NAMES.find(label) == expected


# -- placing --------------------------------------------------------------------------


def test_what_overlaps_becomes_a_squeeze_in():
    taken = Taken()
    taken.add_sorted(1, [(0, 20), (40, 60)])
    assert taken.place(1, [], 20, 40).squeezed is False
    assert taken.place(1, [], 39, 41).squeezed is True
    assert taken.place(1, [], 60, 80).squeezed is False
    assert taken.place(1, [], 60, 80).practitioner_taken is True


def test_a_room_is_taken_where_one_is_free():
    taken = Taken()
    taken.add_sorted(10, [(0, 30)])
    first = taken.place(1, [[10, 11]], 0, 30)
    assert first.resources == ((1, True), (11, True))
    second = taken.place(2, [[10, 11]], 10, 40)
    assert second.resources == ((2, True), (10, False))
    assert second.squeezed
    assert not second.practitioner_taken
