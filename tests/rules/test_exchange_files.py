"""What a file is, whatever its name says; where its columns and its lines are."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.exchange.rules import headers, sniffing, table
from unisson.exchange.rules.sniffing import Unreadable, decode

HEADER = "Nom;Prénom;Date de naissance;Téléphone\n"
ROW = "LEFÈVRE;Hélène;04/05/1978;06 39 98 00 01\n"


def known(header: str) -> bool:
    return headers.is_known(headers.PATIENTS, header)


def rows(text: str) -> list[table.Row]:
    return list(table.read(text, known).rows())


def outcome(act):
    """What it gives, or the sentence that refuses it; any other error is a failure."""
    try:
        return act()
    except Unreadable as refusal:
        return str(refusal)


def xlsx() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return packed.getvalue()


def plain_zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("patients.csv", HEADER)
    return packed.getvalue()


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "cp850", "mac_roman"],
)
def test_every_encoding_french_software_uses(encoding):
    text = HEADER + ROW + "GARÇON;Noël;12/03/1951;\nBÊTE;Éloïse;01/02/2000;\n" + "àé;èê;;\n" * 5
    found = decode(text.encode(encoding))
    assert found.text == text
    assert found.encoding.replace("-sig", "")[:5] in encoding or encoding.startswith("utf-16")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (xlsx(), "CSV UTF-8"),
        (plain_zip(), "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel"),
        (b"%PDF-1.7 \n%\xe2\xe3", "PDF"),
        (b"\x1f\x8b\x08\x00" + bytes(50), "gzip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "image"),
        (b"MZ\x90\x00\x03" + bytes(200), "programme"),
        (b"SQLite format 3\x00" + bytes(90), "base de donn"),
        (b"<!DOCTYPE html><html><body><table>", "page web"),
        (b"  <table><tr><td>Nom</td></tr></table>", "page web"),
        (b"", "vide"),
        (b"\xef\xbb\xbf \r\n\r\n", "vide"),
        (bytes(range(256)) * 40, "pas du texte"),
        (b"\x00" * 5000, "vide"),
    ],
)
def test_a_file_that_is_not_what_it_says(data, words):
    with pytest.raises(Unreadable, match=words):
        decode(data)


def test_too_big_is_refused_before_anything(monkeypatch):
    monkeypatch.setattr(sniffing, "MAX_FILE", 100)
    with pytest.raises(Unreadable, match="limite"):
        decode(b"Nom;Prenom\n" * 20)


def test_a_lost_byte_does_not_change_the_encoding():
    data = (HEADER + ROW * 30).encode() + b"DUPR\xe9;Anne;01/01/1980;\n"
    found = decode(data)
    assert found.encoding == "utf-8"
    assert "\ufffd" in found.text
    assert "LEFÈVRE" in found.text


@given(st.binary(max_size=400))
def test_no_bytes_do_anything_but_give_text_or_a_sentence(data):
    assert isinstance(outcome(lambda: decode(data).text), str)


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter, newline):
    text = (HEADER + ROW).replace(";", delimiter).replace("\n", newline)
    found = table.read(text, known)
    assert found.delimiter == delimiter
    assert found.headers == ["Nom", "Prénom", "Date de naissance", "Téléphone"]
    (row,) = found.rows()
    assert (row.line, row.cells[0]) == (2, "LEFÈVRE")


def test_commas_inside_french_numbers_do_not_win():
    text = "Nom;Prénom;Solde\n" + "DUPONT;Jean, Paul;12,50\n" * 20
    assert table.read(text, known).delimiter == ";"


def test_title_lines_above_the_headers():
    text = "Liste des patients;;;\nÉditée le 12/03/2026;;;\n\n" + HEADER + ROW
    found = table.read(text, known)
    assert (found.header_line, found.headers[0]) == (4, "Nom")
    assert [row.line for row in found.rows()] == [5]


def test_excel_first_line():
    assert table.read("sep=,\nNom,Prénom\nA,B\n", known).delimiter == ","


def test_quoted_newlines_keep_line_numbers():
    text = HEADER + 'ROUX;Paul;12/03/1951;"06 39 98 00 02\nle soir"\n' + ROW
    assert [row.line for row in rows(text)] == [2, 4]
    assert rows(text)[0].cells[3] == "06 39 98 00 02\nle soir"


def test_ragged_rows():
    text = HEADER + "ROUX;Paul;12/03/1951\n" + "ROUX;Paul;12/03/1951;x;y\n" + "A;B;C;D;;\n"
    short, long, padded = rows(text)
    assert (short.cells[3], short.problem) == ("", "")
    assert "5 cellules au lieu de 4" in long.problem
    assert padded.problem == ""


def test_headers_printed_again_and_blank_lines_are_not_patients():
    assert len(rows(HEADER + ROW + "\n;;;\n" + HEADER + ROW)) == 2


@pytest.mark.parametrize(
    "broken",
    [
        HEADER + 'ROUX;"Paul;12/03/1951;\n' + ROW,
        HEADER + 'ROUX;"Paul;12/03/1951;\n' + ROW * 100,
        HEADER + 'ROUX;"Paul;12/03/1951;\n' + ROW * 9000,
    ],
)
def test_a_quote_never_closed_is_said_with_its_line(broken):
    with pytest.raises(Unreadable, match="Ligne 2 : un guillemet"):
        rows(broken)


def test_quotes_inside_a_name_are_letters():
    (row,) = rows(HEADER + 'D"ANGELO;Rosa "Rosita";01/01/1980;\n')
    assert row.cells[:2] == ['D"ANGELO', 'Rosa "Rosita"']


def test_a_cell_too_long_is_refused_alone():
    first, second = rows(HEADER + f"ROUX;{'a' * 6000};12/03/1951;\n" + ROW)
    assert "dépasse" in first.problem
    assert second.problem == ""


def test_too_many_columns():
    with pytest.raises(Unreadable, match="colonnes"):
        table.read(";".join(f"c{n}" for n in range(400)) + "\n" + ";" * 399, known)


def test_prose_is_not_a_table():
    with pytest.raises(Unreadable, match="Aucune colonne"):
        table.read("Bonjour\nvoici mes patients\n", known)


@given(st.text(max_size=300))
def test_any_text_gives_rows_or_a_sentence(text):
    assert outcome(lambda: rows(text)) != ""
