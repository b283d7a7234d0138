"""Strict traits, statuses, attributes, matricule: the national rules, one by one."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.core.errors import Refusal
from unisson.patients.rules import identity, ins
from unisson.patients.rules.identity import Standing

TODAY = date(2026, 11, 24)


def traits(**changed):
    return identity.traits(
        **{
            "birth_name": "Morel",
            "birth_first_name": "Claire",
            "birth_date": date(1978, 5, 4),
            "sex": "F",
            "today": TODAY,
            **changed,
        }
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Morel", "MOREL"),
        ("  le   roy ", "LE ROY"),
        ("L’Hôte", "L'HOTE"),
        ("D' Artagnan", "D'ARTAGNAN"),
        ("Nuñez–Œuvrard", "NUNEZ-OEUVRARD"),
        ("Garcia -- Lopez", "GARCIA--LOPEZ"),
        ("Müßig", "MUSSIG"),
        ("Łukasz Ødegård", "LUKASZ ODEGARD"),
        ("-Petit-", "PETIT"),
        ("N''Diaye", "N'DIAYE"),
    ],
)
def test_a_family_name_in_the_insi_profile(typed, kept):
    assert identity.normalised(typed, field="birth_name", label="nom", family=True) == kept


def test_two_hyphens_are_for_family_names_only():
    assert identity.normalised("Anne--Marie", field="f", label="prénom") == "ANNE-MARIE"


@pytest.mark.parametrize(("typed", "said"), [("Mor3l", "3"), ("Morel (veuve)", "("), ("А", "А")])
def test_what_the_profile_does_not_admit_is_named(typed, said):
    with pytest.raises(Refusal) as refused:
        identity.normalised(typed, field="birth_name", label="nom de naissance", family=True)
    assert f"«\N{NO-BREAK SPACE}{said}\N{NO-BREAK SPACE}»" in refused.value.sentence
    assert refused.value.field == "birth_name"


@given(st.text(max_size=60))
def test_whatever_is_typed_ends_in_the_profile_or_is_refused(text):
    try:
        name = identity.normalised(text, field="birth_name", label="nom", family=True)
    except Refusal:
        return
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-")
    assert name[0] not in " -"
    assert "  " not in name
    assert "''" not in name
    assert " '" not in name
    assert "' " not in name
    assert "---" not in name
    assert identity.normalised(name, field="birth_name", label="nom", family=True) == name


def test_the_list_of_given_names_begins_with_the_first_one():
    assert traits(birth_given_names="Claire, Anne Marie").birth_given_names == "CLAIRE ANNE MARIE"
    with pytest.raises(Refusal) as refused:
        traits(birth_given_names="Anne Claire")
    assert refused.value.field == "birth_given_names"


@pytest.mark.parametrize("listed", ["JEAN-PIERRE PAUL", "Jean Pierre Paul", "jean pierre"])
def test_hyphen_and_space_are_the_same_at_the_head_of_the_list(listed):
    assert identity.given_names(listed, "JEAN-PIERRE")


def test_the_beginning_of_a_word_is_not_the_first_name():
    with pytest.raises(Refusal):
        identity.given_names("JEANNE", "JEAN")


def test_used_names_are_not_filled_from_birth_names():
    assert not hasattr(traits(), "used_name")
    assert identity.used("  Le  Goff ") == "Le Goff"
    assert identity.used("D'Arc") == "D’Arc"


@pytest.mark.parametrize("code", ["49007", "2A004", "2b033", "99352", "97411", "20004", ""])
def test_birth_place_codes(code):
    assert identity.birth_place(code) == code.upper()


@pytest.mark.parametrize("code", ["4900", "490071", "2C004", "ANGERS", "00000", "96001", "99999"])
def test_what_is_not_a_birth_place_code(code):
    with pytest.raises(Refusal) as refused:
        identity.birth_place(code)
    assert refused.value.field == "birth_place_code"


@pytest.mark.parametrize(
    ("precision", "born"),
    [
        ("day_unknown", date(1978, 5, 1)),
        ("month_unknown", date(1978, 1, 4)),
        ("unknown", date(1978, 12, 31)),
        ("unknown", date(2026, 12, 31)),
    ],
)
def test_a_partly_known_date_follows_the_convention(precision, born):
    assert traits(birth_date=born, birth_date_precision=precision).birth_date == born


@pytest.mark.parametrize("precision", ["day_unknown", "month_unknown", "unknown", "guessed"])
def test_a_date_outside_the_convention_is_refused(precision):
    with pytest.raises(Refusal):
        traits(birth_date=date(1978, 5, 4), birth_date_precision=precision)


@pytest.mark.parametrize(
    ("retrieved", "checked", "status"),
    [(False, False, "PROV"), (True, False, "RECUP"), (False, True, "VALI"), (True, True, "QUAL")],
)
def test_two_facts_make_four_statuses(retrieved, checked, status):
    assert Standing(insi_retrieved=retrieved, documents_checked=checked).status == status


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_doubtful_and_fictitious_are_always_provisional(i, c, doubtful, fictitious, homonym):
    before = Standing(i, c, homonym=homonym and not fictitious)
    try:
        after = identity.with_attributes(before, doubtful=doubtful, fictitious=fictitious)
    except Refusal:
        assert fictitious
        assert doubtful or homonym
        return
    if doubtful or fictitious:
        assert after.status == "PROV"
        lifted = identity.with_attributes(after, doubtful=False, fictitious=False)
        assert lifted.status == "PROV", "lifting a doubt gives no fact back"
    else:
        assert after.status == before.status


def test_only_doubtful_and_homonym_stand_together():
    both = identity.with_attributes(Standing(), doubtful=True, homonym=True)
    assert (both.doubtful, both.homonym) == (True, True)
    with pytest.raises(Refusal):
        identity.with_attributes(Standing(), fictitious=True, homonym=True)
    with pytest.raises(Refusal):
        identity.with_attributes(both, fictitious=True)


@pytest.mark.parametrize("mark", [{"doubtful": True}, {"fictitious": True}])
def test_nothing_is_checked_while_in_doubt(mark):
    with pytest.raises(Refusal):
        identity.with_document(Standing(**mark), "CN")
    with pytest.raises(Refusal):
        identity.with_insi(Standing(**mark))


def test_only_high_confidence_documents_count():
    assert identity.with_document(Standing(insi_retrieved=True), "PA").status == "QUAL"
    with pytest.raises(Refusal):
        identity.with_document(Standing(), "carte de bus")


def test_the_key():
    """2 55 08 14 168 025 38 is the example every description of the number gives."""
    assert ins.key("2550814168025") == "38"
    assert ins.checked("2 55 08 14 168 025 38", ins.OID_NIR) == "255081416802538"


def test_corsica_is_read_as_19_and_18():
    assert ins.key("180052A012345") == ins.key("1800519012345")
    assert ins.key("180052B012345") == ins.key("1800518012345")


@given(st.from_regex(r"[12][0-9]{4}(?:[0-9]{2}|2[AB])[0-9]{6}", fullmatch=True), st.data())
def test_one_wrong_digit_never_passes(thirteen, data):
    """97 is prime and greater than 10: any single wrong digit changes the key."""
    number = thirteen + ins.key(thirteen)
    places = [i for i, c in enumerate(number) if c.isdigit() and i not in (0, 6)]
    place = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    wrong = number[:place] + other + number[place + 1 :]
    with pytest.raises(Refusal):
        ins.checked(wrong, ins.OID_NIR)


@pytest.mark.parametrize("oid", ["", "1.2.3", ins.OID_NIR + "1"])
def test_an_unknown_oid_is_refused(oid):
    with pytest.raises(Refusal) as refused:
        ins.checked("255081416802538", oid)
    assert refused.value.field == "ins_oid"


@pytest.mark.parametrize("text", ["2550814168025", "2550814168025389", "25508X416802538"])
def test_a_matricule_of_another_shape_is_refused(text):
    with pytest.raises(Refusal) as refused:
        ins.checked(text, ins.OID_NIR)
    assert refused.value.field == "ins_matricule"


def test_what_does_not_agree_is_said():
    agrees = {"sex": "F", "birth_date": date(1955, 8, 3), "birth_place_code": "14118"}
    assert ins.incoherences("255081416802538", **agrees) == []
    for change, word in [
        ({"sex": "M"}, "sexe"),
        ({"birth_date": date(1956, 8, 3)}, "année"),
        ({"birth_date": date(1955, 9, 3)}, "mois"),
        ({"birth_place_code": "99352"}, "étranger"),
    ]:
        (said,) = ins.incoherences("255081416802538", **{**agrees, **change})
        assert word in said


def test_display_and_mask():
    assert ins.display("278054900712345") == "2 78 05 49 007 123 45"
    assert ins.masked("278054900712345") == "2 78 05 49 007 ••• ••"
    assert ins.masked("") == ""
