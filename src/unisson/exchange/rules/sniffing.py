"""What a file really is, whatever its name says, and which characters it holds.

Exports of medical software come as UTF-8 with or without a mark, as cp1252
(Windows), as UTF-16 (Excel's "texte Unicode"), and still as cp850 or Mac Roman
from the oldest ones. Nothing here opens or unpacks anything.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass

MAX_BYTES = 50 * 1024 * 1024  # in the browser, the upload limit; 100,000 patients take 10 MB
MAX_FILE = 500 * 1024 * 1024  # on the command line


class Unreadable(ValueError):
    """The file cannot be taken; the text is the French sentence to show."""


@dataclass(frozen=True)
class Text:
    """A file turned into characters."""

    text: str
    encoding: str

    @property
    def is_calendar(self) -> bool:
        return self.text.lstrip("\ufeff \t\r\n")[:15].upper() == "BEGIN:VCALENDAR"


# First bytes of what people send instead of a CSV, and what to tell them.
_EXCEL = (
    "C’est un classeur Excel ou LibreOffice, pas un fichier CSV. Ouvrez-le, choisissez"
    " « Enregistrer sous », puis le format « CSV UTF-8 », et donnez ce nouveau fichier."
)
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _EXCEL),
    (b"%PDF", "C’est un PDF : il est fait pour être lu, pas repris. Demandez un export CSV."),
    (b"\x1f\x8b", "C’est un fichier compressé (gzip). Décompressez-le d’abord."),
    (b"7z\xbc\xaf\x27\x1c", "C’est une archive 7-Zip. Décompressez-la d’abord."),
    (b"Rar!", "C’est une archive RAR. Décompressez-la d’abord."),
    (b"\x89PNG", "C’est une image, pas un fichier CSV."),
    (b"\xff\xd8\xff", "C’est une image, pas un fichier CSV."),
    (b"GIF8", "C’est une image, pas un fichier CSV."),
    (b"SQLite format 3\x00", "C’est une base de données, pas un export CSV."),
    (b"MZ", "C’est un programme, pas un fichier CSV. Ne l’ouvrez pas."),
    (b"\x7fELF", "C’est un programme, pas un fichier CSV. Ne l’ouvrez pas."),
    (b"{\\rtf", "C’est un document de traitement de texte (RTF), pas un fichier CSV."),
)
_HTML = "C’est une page web enregistrée, pas un fichier CSV. Demandez l’export CSV du logiciel."
_BINARY = (
    "Ce fichier n’est pas du texte : ce n’est pas un CSV ni un calendrier, quel que soit son nom."
)


def decode(data: bytes) -> Text:
    """The characters of a file and the encoding they were in.

    Raises Unreadable, with the sentence to show, for anything that is not text.
    """
    if len(data) > MAX_FILE:
        raise Unreadable(too_big(len(data), MAX_FILE))
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("Ce fichier est vide.")
    _refuse_other_kinds(data)
    encoding = _encoding(data)
    # A stray byte becomes U+FFFD; the row that holds it is refused by name later.
    text = data.decode(encoding, "replace")
    text = text.removeprefix("\ufeff")
    if _looks_binary(text):
        raise Unreadable(_BINARY)
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<table", "<?xml")):
        raise Unreadable(_HTML)
    return Text(text, encoding)


def too_big(size: int, limit: int) -> str:
    """The sentence for a file over the limit. Both in bytes."""
    return (
        f"Ce fichier fait {size / 1024 / 1024:.0f}\u00a0Mo ; la limite est de"
        f" {limit // 1024 // 1024}\u00a0Mo. Découpez l’export (par année ou par initiale)."
    )


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        head = data[:4096]
        if b"xl/" in head or b"[Content_Types]" in head or b"opendocument" in head:
            raise Unreadable(_EXCEL)
        raise Unreadable("C’est une archive zip. Décompressez-la d’abord.")
    for signature, sentence in _SIGNATURES:
        if data.startswith(signature):
            raise Unreadable(sentence)


def _encoding(data: bytes) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    sample = data[:4000]
    odd, even = sample[1::2].count(0), sample[0::2].count(0)
    half = len(sample) // 2 or 1
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    if even > half * 0.6 and odd < half * 0.1:
        return "utf-16-be"
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(1 for letter in text if letter > "\x7f") - bad
    if bad * 20 <= good:
        return "utf-8"
    return _eight_bits(data)


# Letters a French file is full of. The right table turns high bytes into these;
# the wrong ones turn them into symbols.
_FRENCH = frozenset("éèêëàâîïôùûüçœÉÈÊÀÇ’«»€°–…\u00a0")


def _eight_bits(data: bytes) -> str:
    high = bytes(byte for byte in data[:2_000_000] if byte >= 0x80)[:20_000]
    best, best_score = "cp1252", -1.0
    for encoding in ("cp1252", "cp850", "mac_roman"):
        try:
            letters = high.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = sum(letter in _FRENCH for letter in letters) / len(letters)
        # cp1252 first: the others must be clearly better to be believed.
        if score > best_score + 0.2:
            best, best_score = encoding, score
    return best if best_score >= 0 else "latin-1"


def _looks_binary(text: str) -> bool:
    sample = text[:20_000]
    strange = sum(1 for c in sample if (c < " " and c not in "\t\r\n\x0b\x0c") or c == "\ufffd")
    return strange * 200 > len(sample)
