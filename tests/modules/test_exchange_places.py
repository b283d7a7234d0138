"""INSEE's files of places: recognised, dated, whole or nothing, twice is once.

The extracts are made up in the official format: the codes and dates of some
are real, the files are not INSEE's.
"""

from datetime import date

import pytest
import time_machine

from unisson import cli
from unisson.core.access import Actor
from unisson.core.errors import NotAllowed, Refusal
from unisson.core.models import AuditEvent
from unisson.exchange.actions import import_places, places
from unisson.patients.models import BirthPlace

pytestmark = pytest.mark.django_db
MANAGER = Actor(user_id=1, role="manager", name="M. Aubert")
CLERK = Actor(user_id=2, role="secretary", name="C. Petit")

HISTORY = """COM,TNCC,NCC,NCCENR,LIBELLE,DATE_DEBUT,DATE_FIN
49007,1,ANGERS,Angers,Angers,1943-01-01,
49023,0,BEAUPREAU,Beaupréau,Beaupréau,1943-01-01,2015-12-15
49023,0,BEAUPREAU EN MAUGES,Beaupréau-en-Mauges,Beaupréau-en-Mauges,2015-12-15,
49162,0,JALLAIS,Jallais,Jallais,1943-01-01,2015-12-15
72181,2,MANS,Mans,Le Mans,1943-01-01,
"""
CURRENT = """TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT
COM,49007,52,49,49D,491,1,ANGERS,Angers,Angers,4999,
COM,49023,52,49,49D,492,0,BEAUPREAU EN MAUGES,Beaupréau-en-Mauges,Beaupréau-en-Mauges,4902,
COMD,49023,,,,,0,BEAUPREAU,Beaupréau,Beaupréau,,49023
COMD,49162,,,,,0,JALLAIS,Jallais,Jallais,,49023
ARM,75115,11,75,75C,751,0,PARIS 15,Paris 15e Arrondissement,Paris 15e Arrondissement,,75056
"""
COUNTRIES = """COG,ACTUAL,CRPAY,ANI,LIBCOG,LIBENR,CODEISO2,CODEISO3,CODENUM3
99100,1,,,France,République française,FR,FRA,250
99352,1,,,Algérie,République algérienne démocratique et populaire,DZ,DZA,012
99109,1,,,Allemagne,"République fédérale, d’Allemagne",DE,DEU,276
XXXXX,3,99132,,Guernesey,Îles,GG,GGY,831
99230,4,99216,1997,Hong Kong,Hong Kong,HK,HKG,344
"""
COUNTRIES_HISTORY = """COG,CRPAY,LIBCOG,LIBENR,DATE_DEBUT,DATE_FIN
99102,99101,Islande,Royaume d’Islande,1943-01-01,1944-06-17
99102,,Islande,République d’Islande,1944-06-17,
99115,,Tchécoslovaquie,République tchécoslovaque,1943-01-01,1993-01-01
"""
OVERSEAS = """NATURE_ZONAGE,COM_COMER,TNCC,NCC,NCCENR,LIBELLE,DATE_DEBUT,DATE_FIN
COM,98818,0,NOUMEA,Nouméa,Nouméa,1943-01-01,
"""


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-11-24 09:41+01:00", tick=False):
        yield


def load(*texts, apply=True, encoding="utf-8"):
    files = [(f"{number}.csv", text.encode(encoding)) for number, text in enumerate(texts, 1)]
    return import_places(files, by=MANAGER, apply=apply)


def table():
    rows = BirthPlace.objects.order_by("code", "valid_from")
    return [(p.code, p.name, p.valid_from, p.valid_until) for p in rows]


def everything():
    return list(BirthPlace.objects.order_by("id").values())


def test_a_dry_run_counts_and_writes_nothing():
    (report,) = load(HISTORY, apply=False)
    assert (report.read, report.new, report.known, report.refused) == (5, 5, 0, 0)
    assert not report.applied
    assert table() == []
    assert not AuditEvent.objects.exists()


def test_what_comes_in():
    load(HISTORY)
    start, merged = date(1943, 1, 1), date(2015, 12, 15)
    assert table() == [
        ("49007", "Angers", start, None),
        ("49023", "Beaupréau", start, date(2015, 12, 14)),
        ("49023", "Beaupréau-en-Mauges", merged, None),
        ("49162", "Jallais", start, date(2015, 12, 14)),
        ("72181", "Le Mans", start, None),
    ]
    assert BirthPlace.objects.get(code="72181").folded == "mans"
    assert [(e.verb, e.action) for e in AuditEvent.objects.all()] == [("patients.import", "C")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_in_any_encoding(encoding):
    load(HISTORY, encoding=encoding)
    assert BirthPlace.objects.filter(name="Beaupréau-en-Mauges").exists()


def test_with_semicolons_and_windows_line_ends():
    load(HISTORY.replace(",", ";").replace("\n", "\r\n"))
    assert len(table()) == 5


def test_the_edition_that_tells_the_kind_of_commune_first():
    """Since the edition of 2025 the history has TYPECOM: what is not a commune is left aside."""
    lines = HISTORY.splitlines()
    text = "\n".join(
        [f"TYPECOM,{lines[0]}", *(f"COM,{line}" for line in lines[1:]),
         "COMD,49023,0,BEAUPREAU,Beaupréau,Beaupréau,2015-12-15,"]
    )  # fmt: skip
    (report,) = load(text)
    assert (report.new, report.refused) == (5, 0)
    assert sum(report.extra.values()) == 1
    assert len(table()) == 5


def test_importing_again_changes_nothing():
    files = (HISTORY, CURRENT, COUNTRIES, COUNTRIES_HISTORY, OVERSEAS)
    load(*files)
    before = everything()
    reports = load(*files)
    assert everything() == before
    assert all(report.unchanged for report in reports)
    assert sum(report.known for report in reports) == 5 + 3 + 3 + 3 + 1
    # In any order, and one at a time.
    for text in reversed(files):
        load(text)
    assert everything() == before


def test_the_communes_of_the_year_add_the_arrondissements():
    load(HISTORY)
    (report,) = load(CURRENT)
    assert (report.new, report.known) == (1, 2)
    assert report.extra == {"communes associées ou déléguées, laissées de côté": 2}
    assert ("75115", "Paris 15e Arrondissement", date(1943, 1, 1), None) in table()
    assert len(table()) == 6


def test_the_history_takes_the_place_of_what_had_no_dates():
    load(CURRENT)
    assert ("49023", "Beaupréau-en-Mauges", date(1943, 1, 1), None) in table()
    load(HISTORY)
    rows = [row for row in table() if row[0] == "49023"]
    assert [row[1] for row in rows] == ["Beaupréau", "Beaupréau-en-Mauges"]


def test_a_newer_history_corrects_the_one_before():
    load(HISTORY)
    newer = HISTORY.replace(
        "72181,2,MANS,Mans,Le Mans,1943-01-01,",
        "72181,2,MANS,Mans,Le Mans,1943-01-01,2026-01-01",
    )
    (report,) = load(newer)
    assert (report.new, report.known) == (1, 4)
    assert ("72181", "Le Mans", date(1943, 1, 1), date(2025, 12, 31)) in table()


def test_another_name_without_dates_is_left_aside_and_said():
    load(HISTORY)
    (report,) = load(CURRENT.replace("Angers,Angers", "Angers-sur-Maine,Angers-sur-Maine"))
    assert "49007 est déjà Angers" in report.lines[0].text
    assert ("49007", "Angers", date(1943, 1, 1), None) in table()


def test_countries_and_territories_with_a_code():
    (report,) = load(COUNTRIES)
    assert [(row[0], row[1], row[2]) for row in table()] == [
        ("99109", "Allemagne", date(1943, 1, 1)),
        ("99230", "Hong Kong", date(1997, 1, 1)),
        ("99352", "Algérie", date(1943, 1, 1)),
    ]
    assert set(BirthPlace.objects.values_list("kind", flat=True)) == {"country"}
    assert sum(report.extra.values()) == 2  # France is no country of birth, Guernsey has no code


def test_a_country_that_only_changed_its_long_name_is_one():
    load(COUNTRIES_HISTORY)
    assert table() == [
        ("99102", "Islande", date(1943, 1, 1), None),
        ("99115", "Tchécoslovaquie", date(1943, 1, 1), date(1992, 12, 31)),
    ]


def test_refused_lines_keep_their_number_and_reason():
    (report,) = load(
        HISTORY
        + "4900,0,COURT,Court,Court,1943-01-01,\n"
        + "99352,0,PAYS,Pays,Pays,1943-01-01,\n"
        + "49008,0,VIDE,,,1943-01-01,\n"
        + "49009,0,DATE,Date,Date,1943-13-01,\n"
        + "49010,0,FIN,Fin,Fin,2016-01-01,2015-01-01\n"
        + "49007,0,AUTRE,Autre,Autre,1943-01-01,\n"
        + "49011,0,TROP,Trop,Trop,1943-01-01,,,en trop\n"
    )
    said = {line.line: line.text for line in report.lines}
    assert report.refused == len(said) == 7
    assert "« 4900 » n’est pas le code d’une commune" in said[7]
    assert "« 99352 » n’est pas le code d’une commune" in said[8]
    assert "le nom du lieu 49008 manque" in said[9]
    assert "« 1943-13-01 » n’est pas une date" in said[10]
    assert "finit (01/01/2015) avant d’avoir commencé (01/01/2016)" in said[11]
    assert "commence le même jour que Angers, ligne 2" in said[12]
    assert "cellules" in said[13]
    assert len(table()) == 5


@pytest.mark.parametrize(
    "text",
    [
        "Nom;Prénom;Né le\nMOREL;Claire;04/05/1978\n",
        "REG,CHEFLIEU,TNCC,NCC,NCCENR,LIBELLE\n52,44109,0,PAYS DE LA LOIRE,Pays,Pays\n",
        "MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV\n32,2016-01-01,COM,49162,Jallais\n",
    ],
)
def test_another_file_is_refused_and_nothing_comes_in(text):
    with pytest.raises(Refusal, match="n’est pas un fichier de lieux de l’INSEE"):
        load(HISTORY, text)
    assert table() == []


def test_an_archive_is_to_be_opened_first():
    with pytest.raises(Refusal, match=r"Fichier cog\.zip : C’est une archive zip"):
        import_places([("cog.zip", b"PK\x03\x04 et la suite")], by=MANAGER, apply=True)


def test_all_or_nothing(monkeypatch):
    load(HISTORY)
    before = everything()

    def broken(found):
        raise RuntimeError

    monkeypatch.setattr(places, "write", broken)
    with pytest.raises(RuntimeError):
        load(HISTORY.replace("2015-12-15", "2016-01-01"))
    assert everything() == before


def test_only_the_manager_imports():
    with pytest.raises(NotAllowed):
        import_places([("1.csv", HISTORY.encode())], by=CLERK)


# The command ---------------------------------------------------------------------------


def command(capsys, *words):
    assert cli.main(["import", "lieux", *map(str, words)]) == 0
    return capsys.readouterr().out.replace("\u00a0", " ")


@pytest.fixture
def files(tmp_path):
    for name, text in (("communes.csv", HISTORY), ("pays.csv", COUNTRIES + "9935,1,,,A,A,,,\n")):
        (tmp_path / name).write_text(text, encoding="cp1252")
    return [tmp_path / "communes.csv", tmp_path / "pays.csv"]


def test_the_command_tries_then_writes_then_has_nothing_to_do(capsys, files):
    said = command(capsys, *files)
    assert "communes.csv : 5 lignes lues." in said
    assert "Ligne 7 : « 9935 » n’est pas le code d’un pays" in said
    assert "Essai à blanc : rien n’a été écrit" in said
    assert table() == []
    assert "Import fait." in command(capsys, *files, "--apply")
    assert len(table()) == 8
    assert "rien n’a changé" in command(capsys, *files, "--apply")


def test_the_command_refuses_what_it_cannot_read(capsys, tmp_path):
    assert cli.main(["import", "lieux", str(tmp_path / "rien.csv")]) == 2
    assert "ne s’ouvre pas" in capsys.readouterr().err
