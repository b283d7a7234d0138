"""What is typed to find a patient, and the keys she is found by."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.patients.rules import search_keys
from unisson.patients.rules.folding import fold, joined, tokens
from unisson.patients.rules.line import PatientLine, given_name_case
from unisson.patients.rules.phonetic import bucket, ear
from unisson.patients.rules.search_keys import BIRTH, NUMBER, PHONE, TAIL
from unisson.patients.rules.search_words import INS, read

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("D’Angélo-Œuf", "d angelo oeuf"),
        ("  LE   ROY ", "le roy"),
        ("Saint-Étienne", "saint etienne"),
        ("St Martin", "saint martin"),
        ("Ste-Marie", "sainte marie"),
        ("ST", "st"),
        ("Großmann Łódź Ærø", "grossmann lodz aero"),
        ("İpek", "ipek"),
        ("%_*\"'", ""),
    ],
)
def test_folding(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=40))
def test_folding_leaves_plain_words_and_is_stable(text):
    folded = fold(text)
    assert re.fullmatch(r"(?:[a-z0-9]+(?: [a-z0-9]+)*)?", folded)
    assert fold(folded) == folded


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("MARTIN", ["martin"]),
        ("DA SILVA", ["silva", "dasilva"]),
        ("LE ROY", ["roy", "leroy"]),
        ("DE LA TOUR", ["tour", "delatour"]),
        ("D'ANGELO", ["angelo", "dangelo"]),
        ("MARTIN-DUPONT", ["martin", "dupont", "martindupont"]),
        ("BEN", ["ben"]),
        ("", []),
    ],
)
def test_the_words_a_name_is_asked_by(name, words):
    assert tokens(name) == words


ALIKE = """
LEFEVRE LEFEBVRE LEFAIVRE LEFÈBVRE
MARTIN MARTAIN MARTYN
DUPONT DUPOND DUPON
GAUTHIER GAUTIER GOTIER
LE-ROY LEROY LEROI
RENAUD RENAULT RENAUT RAYNAUD RENO
THIBAULT THIBAUD TIBO
PHILIPPE PHILIP FILIPPE
QUENTIN KENTIN
CHRISTOPHE KRISTOF CRISTOPHE
MOREAU MOREAUX MORAUD MORO
DUBOIS DUBOY DUBOIT
HADDAD ADAD
LAURENT LORAND LAURAN
COSTA KOSTA
HENRY HENRI ENRY
BENALI BEN-ALI BENNALI
HÉLÈNE ELENE HELAINE
FRANÇOIS FRANCOIS FRANSOIS
PETIT PETIS PETTIT
"""


@pytest.mark.parametrize("group", [line.split() for line in ALIKE.strip().splitlines()])
def test_spellings_of_one_sound_have_one_key(group):
    assert len({ear(name.replace("-", " ")) for name in group}) == 1


@pytest.mark.parametrize(
    "pair",
    [
        ("CLAIRE", "CLARA"),
        ("MARTIN", "MARTINE"),
        ("JEAN", "JEANNE"),
        ("LEO", "THEO"),
        ("DUPONT", "DUPUIS"),
        ("SIMON", "SIMONE"),
        ("EMMA", "EMMY"),
        ("FRANCOIS", "FRANCOISE"),
    ],
)
def test_names_that_are_heard_apart_have_two_keys(pair):
    assert ear(pair[0]) != ear(pair[1])


@given(st.text(max_size=60))
def test_any_text_has_a_short_plain_key(text):
    key = ear(text)
    assert re.fullmatch(r"[A-Z123]{0,24}", key)
    assert len(bucket(key)) <= 1
    assert ear(fold(text).upper()) == key


def test_confused_first_sounds_share_a_bucket():
    assert bucket(ear("BARDET")) == bucket(ear("PARDET"))
    assert bucket(ear("MICHEL")) == bucket(ear("NICHEL"))
    assert bucket(ear("VASSEUR")) == bucket(ear("FASSEUR"))
    assert bucket(ear("HADDAD")) == bucket(ear("EDDAD"))


def meanings(text):
    return {(m.kind, m.prefix) for group in read(text, TODAY).groups for m in group}


@pytest.mark.parametrize(
    ("text", "words", "meaning"),
    [
        ("Lebrun Claire", ("lebrun", "claire"), None),
        ("martin 04/05/1978", ("martin",), (BIRTH, "19780504")),
        ("04/05/78 martin", ("martin",), (BIRTH, "19780504")),
        ("martin 4 mai 78 jean", ("martin", "jean"), (BIRTH, "19780504")),
        ("martin 1978", ("martin",), (BIRTH, "1978")),
        ("martin 78", ("martin",), (BIRTH, "1978")),
        ("martin 05/1978", ("martin",), (BIRTH, "197805")),
        ("040578", (), (BIRTH, "19780504")),
        ("040578", (), (NUMBER, "040578")),
        ("004217", (), (NUMBER, "004217")),
        ("4217", (), (NUMBER, "4217")),
        ("4123", (), (TAIL, "3214")),
        ("martin 4123", ("martin",), (TAIL, "3214")),
        ("41 23", (), (TAIL, "3214")),
        ("00 41 23", (), (TAIL, "321400")),
        ("0600004123", (), (PHONE, "33600004123")),
        ("06 00 00 41 23 lebrun", ("lebrun",), (PHONE, "33600004123")),
        ("+33 6 00 00 41 23", (), (PHONE, "33600004123")),
        ("0262 12 34 56", (), (PHONE, "262262123456")),
        ("06 00 00", (), (PHONE, "3360000")),
        ("2 78 05 49 007 123 45", (), (INS, "278054900712345")),
        ("mai lan", ("mai", "lan"), None),
        ("31/02/1978", (), None),
    ],
)
def test_what_was_typed_is_understood(text, words, meaning):
    assert read(text, TODAY).words == words
    if meaning:
        assert meaning in meanings(text)


@pytest.mark.parametrize("text", ["", "   ", "%", "'; --", '"*', "()", "?!"])
def test_nothing_is_wanted_of_punctuation(text):
    assert read(text, TODAY).empty


@given(st.text(max_size=80))
def test_no_text_is_too_strange(text):
    wanted = read(text, TODAY)
    assert len(wanted.words) <= 6
    for word in wanted.words:
        assert re.fullmatch(r"[a-z0-9]+", word)
    for group in wanted.groups:
        for meaning in group:
            assert re.fullmatch(r"[0-9AB]+", meaning.prefix)


def keys(**changed):
    return search_keys.keys(
        **{
            "birth_name": "MOREL",
            "used_name": "Lebrun",
            "birth_first_name": "CLAIRE",
            "used_first_name": "",
            "birth_given_names": "CLAIRE ANNE MARIE",
            "birth_date": date(1978, 5, 4),
            "numbers": ["004217"],
            "phones": ["+33600004123"],
            **changed,
        }
    )


def test_the_keys_of_a_patient():
    assert {(key.kind, key.token) for key in keys()} == {
        ("n", "lebrun"),
        ("b", "morel"),
        ("f", "claire"),
        ("e", "LEBR1 KLER"),
        ("e", "MOREL KLER"),
        ("d", "19780504"),
        ("p", "33600004123"),
        ("t", "32140000633"),
        ("r", "004217"),
        ("r", "4217"),
    }
    assert {key.line for key in keys()} == {" lebrun claire 19780504 morel .anne .marie"}


name = st.text(alphabet="ABCDEÉ' -ŒZ", min_size=1, max_size=100).filter(lambda t: joined(t))


@given(name, name, name, st.sets(st.from_regex(r"[0-9]{1,12}", fullmatch=True), max_size=3))
def test_keys_always_fit_and_lead_back_to_the_date(birth, used, first, numbers):
    found = keys(birth_name=birth, used_name=used, birth_first_name=first, numbers=numbers)
    for key in found:
        assert 0 < len(key.token) <= search_keys.TOKEN
        assert len(key.line) <= search_keys.LINE
        assert key.token.isascii()
        assert key.token < "~"
    assert {"n", "f", "e", "d"} <= {key.kind for key in found}


def line(**changed):
    return PatientLine(
        **{
            "id": 1,
            "name": "LEBRUN",
            "first_name": "Claire",
            "birth_name": "MOREL",
            "sex": "F",
            "birth_date": date(1978, 5, 4),
            **changed,
        }
    )


def test_the_phrase_is_always_in_one_order():
    assert line().phrase == "LEBRUN Claire, née MOREL, F 04/05/1978"
    assert line(birth_name="").phrase == "LEBRUN Claire, F 04/05/1978"
    assert line(sex="M").phrase == "LEBRUN Claire, né MOREL, M 04/05/1978"
    assert line(sex="U").phrase == "LEBRUN Claire, né(e) MOREL, 04/05/1978"


def test_marks_in_words():
    assert line(mark="twin").mark_words == "jumelle"
    assert line(mark="twin", sex="M").mark_words == "jumeau"
    assert line(mark="homonym").mark_words == "homonyme"
    assert line(mark="near").mark_words == "dossier proche"
    assert line().mark_words == ""


@pytest.mark.parametrize(
    ("kept", "said"),
    [("JEAN-PIERRE", "Jean-Pierre"), ("CLAIRE", "Claire"), ("Zoé", "Zoé"), ("N'GOLO", "N'Golo")],
)
def test_given_names_as_said(kept, said):
    assert given_name_case(kept) == said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mme Martin née Morand", ("martin", "morand")),
        ("monsieur roux", ("roux",)),
        ("née", ("nee",)),
        ("mr", ("mr",)),
    ],
)
def test_what_is_said_around_a_name_is_no_name(text, words):
    assert read(text, TODAY).words == words
