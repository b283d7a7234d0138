"""What a cell of the grid says: state is edge, ground, glyph and word, in that order of phrases."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from unisson.agenda.queries import AbsenceRow, AppointmentRow, DayColumn, FreeRow, OpeningRow
from unisson.patients.queries import PatientLine
from unisson.reception.queries import VisitRow
from unisson.screens.secretary.day_cells import column_view
from unisson.screens.secretary.day_markup import cell_html

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 8, 18, tzinfo=UTC)  # 9:18 in Paris
LEBRUN = PatientLine(1, "LEBRUN", "Claire", "MOREL", "F", date(1978, 5, 4), mark="twin")
ROUX = PatientLine(2, "ROUX", "Paul", "", "M", date(1951, 3, 12))
PLAIN = AppointmentRow(
    id=12,
    version=3,
    practitioner_id=7,
    site_id=1,
    start=AT,
    start_minute=570,
    minutes=20,
    before=0,
    after=0,
    line=ROUX,
    visit_type_id=1,
    visit_type="Suivi habituel",
    visit_code="SUI",
    colour="",
    status="booked",
    squeeze_in=False,
    urgent=False,
    remote=False,
    reason="Suivi diabète",
    note="",
)


def visit(state, **more):
    stamps = {"arrived_at": AT, "room_at": AT, "called_at": AT, "left_at": AT}
    order = ["arrived", "in_room", "with_practitioner", "left"]
    known = order.index(state) if state in order else 3
    given = {name: at if i <= known else None for i, (name, at) in enumerate(stamps.items())}
    return VisitRow(12, 7, state, **given, **more)


def column(appointments=(), free=(), absences=()):
    return DayColumn(
        practitioner_id=7,
        name="Dr Diallo",
        sub_title="Cabinet 1",
        openings=(OpeningRow(540, 720, 1),),
        absences=tuple(absences),
        appointments=tuple(appointments),
        free=tuple(free),
        holds=(),
        usual_minutes=20,
        usual_visit_type_id=1,
    )


def cells(column, visits=()):
    return column_view(column, {row.appointment_id: row for row in visits}, day=DAY).cells


def said(cell):
    """The texts of a cell, in order."""
    return [text for text in re.split(r"<[^>]*>", cell_html(cell)) if text.strip()]


def test_the_default_state_has_no_word_but_is_spoken():
    (cell,) = cells(column([PLAIN]))
    assert "s-prevu" in cell.classes
    assert cell.state == ""
    assert said(cell)[-1] == "Prévu"
    assert said(cell)[1:-1] == ["ROUX", " Paul", "M 12/03/1951", "Suivi diabète"]


@pytest.mark.parametrize(
    ("state", "css", "glyph", "words"),
    [
        ("arrived", "s-arrive", "arrive", "Arrivé 9:18"),
        ("in_room", "s-salle", "salle", "En salle 9:18"),
        ("with_practitioner", "s-consult", "consult", "En consultation 9:18"),
        ("left", "s-sorti", "sorti", "Sorti 9:18"),
        ("left_unseen", "s-absent", "absent", "Parti sans être vu"),
    ],
)
def test_each_state_of_a_visit(state, css, glyph, words):
    (cell,) = cells(column([PLAIN]), [visit(state)])
    assert css in cell.classes
    assert (cell.glyph, cell.state) == (glyph, words)


@pytest.mark.parametrize(
    ("change", "css", "glyph", "words"),
    [
        ({"status": "no_show"}, "s-absent", "absent", "Absent"),
        ({"status": "excused"}, "s-absent", "absent", "Excusé"),
        ({"urgent": True}, "s-urgence", "urgence", "Urgence"),
        ({"squeeze_in": True}, "s-plus", "plus", "En plus"),
        ({"remote": True}, "s-prevu", "video", "Téléconsultation"),
        ({"to_replace": True}, "arep", "prevu", "À replacer"),
    ],
)
def test_each_state_of_an_appointment(change, css, glyph, words):
    (cell,) = cells(column([replace(PLAIN, **change)]))
    assert css in cell.classes
    assert (cell.glyph, cell.state) == (glyph, words)


def test_words_agree_and_the_whole_identity_is_there_in_order():
    (cell,) = cells(column([replace(PLAIN, line=LEBRUN)]), [visit("arrived", likely_minute=595)])
    assert said(cell)[1:] == [
        "LEBRUN",
        " Claire",
        "née MOREL",
        "F 04/05/1978",
        "Arrivée 9:18",
        "Jumelle",
        "Passage vers 9:55",
        "Suivi diabète",
    ]


def test_an_urgency_that_has_arrived_says_both():
    (cell,) = cells(column([replace(PLAIN, urgent=True)]), [visit("arrived")])
    assert (cell.state, cell.more[0]) == ("Urgence", "Arrivé 9:18")


def test_who_gave_the_time_back_stands_beside_the_free_slot():
    free = FreeRow(570, 20, AT, 1)
    view = column_view(column([replace(PLAIN, status="excused")], [free]), {}, day=DAY)
    places = {cell.kind: cell.classes for cell in view.cells}
    assert "v-0 vn-2" in places["libre"] or "vn-2" in places["libre"]
    assert "v-1 vn-2" in places["rdv"]
    assert view.lanes == 2


def test_what_comes_from_data_is_never_markup():
    line = replace(ROUX, name="<script>", first_name='"><img src=x>')
    row = replace(PLAIN, line=line, reason="<b>&", status="booked")
    free = FreeRow(600, 20, AT, 1)
    absence = AbsenceRow(1, 700, 720, "<i>Formation</i>", "absence", 1)
    for cell in cells(column([row], [free], [absence])):
        html = cell_html(cell)
        assert "<script>" not in html
        assert "<img" not in html
        assert "<b>&<" not in html
        assert "<i>Formation" not in html


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (540, 720, "Absence"),
        (660, 720, "Absence dès 11\u00a0h"),
        (540, 600, "Absence jusqu’à 10\u00a0h"),
        (600, 620, ""),
    ],
)
def test_an_absence_is_told_in_the_head_of_the_column(start, end, words):
    away = column_view(
        column(absences=[AbsenceRow(1, start, end, "Formation", "absence", 0)]), {}, day=DAY
    ).away
    assert away == words


def test_the_keys_of_cells_do_not_change_with_their_state():
    before = cells(column([PLAIN], [FreeRow(600, 20, AT, 1)]))
    after = cells(column([PLAIN], [FreeRow(600, 20, AT, 1)]), [visit("arrived")])
    assert [cell.key for cell in before] == [cell.key for cell in after] == ["r12", "l7-600"]


def test_more_side_by_side_than_there_are_places_for_stay_inside_the_column():
    rows = [replace(PLAIN, id=n, lane=n, lanes=12) for n in range(12)]
    view = column_view(column(rows), {}, day=DAY)
    assert view.lanes == 8
    assert all("vn-8" in cell.classes for cell in view.cells)
    assert all("v-11" not in cell.classes for cell in view.cells)
