"""Who can be taken for whom, who may become one, and what differs to the eye."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.core.errors import Refusal
from unisson.patients.rules import merging, nearness
from unisson.patients.rules.differences import differing, differing_date
from unisson.patients.rules.merging import File
from unisson.patients.rules.nearness import Person, compare

CLAIRE = Person(
    names=("MOREL", "LEBRUN"),
    firsts=("CLAIRE",),
    birth_date=date(1978, 5, 4),
    sex="F",
    birth_place_code="49007",
    phones=frozenset({"+33600004123"}),
    address="8 rue des Lices 49000",
)


def kind(**changed):
    near = compare(CLAIRE, replace(CLAIRE, **changed))
    return near.kind if near else None


def test_a_twin_has_the_same_birth_date_and_name_and_another_first_name():
    alone = {"phones": frozenset(), "address": ""}
    assert kind(names=("MOREL",), firsts=("CLARA",), **alone) == "twin"
    assert kind(names=("MOREL",), firsts=("PAUL",), sex="M", **alone) == "twin"
    assert kind(names=("GARREAU",), firsts=("CLARA",), **alone) is None


def test_a_twin_is_also_known_by_address_or_telephone():
    assert kind(names=("GARREAU",), firsts=("PAUL",), phones=frozenset()) == "twin"
    assert kind(names=("GARREAU",), firsts=("PAUL",), address="") == "twin"


def test_twins_are_born_in_one_place():
    apart = {"phones": frozenset(), "address": ""}
    assert kind(firsts=("CLARA",), birth_place_code="44109", **apart) is None


def test_twins_of_each_sex_whose_names_sound_the_same_are_twins():
    assert kind(firsts=("DANIEL",), sex="M") == "twin"
    daniel = replace(CLAIRE, firsts=("DANIEL",), sex="M")
    danielle = replace(CLAIRE, firsts=("DANIELLE",), sex="F")
    assert compare(daniel, danielle).kind == "twin"


def test_a_homonym_has_the_same_names_and_another_birth_date():
    other = {"birth_date": date(1987, 5, 14), "phones": frozenset(), "address": ""}
    assert kind(names=("GARREAU", "LEBRUN"), **other) == "homonym"
    assert kind(names=("LEBRUN",), **other) == "homonym"
    assert kind(names=("MAUREL",), firsts=("CLAIR",), **other) == "homonym"
    assert kind(names=("GARREAU",), **other) is None


@pytest.mark.parametrize(
    "born",
    [date(1978, 4, 5), date(1978, 5, 14), date(1987, 5, 4), date(1978, 6, 4), date(1978, 5, 3)],
)
def test_one_slip_of_the_finger_in_the_date_is_near(born):
    near = compare(CLAIRE, replace(CLAIRE, birth_date=born))
    assert near.kind == "near"
    assert any("date" in reason or "inversés" in reason for reason in near.reasons)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"names": ("MAUREL",)},
        {"firsts": ("CLAIRRE",)},
        {"names": ("MOREAL",)},
        {"names": ("CLAIRE",), "firsts": ("MOREL",)},
        {"names": ("GARREAU",)},
        {"sex": "U"},
    ],
)
def test_one_person_written_twice_is_near_and_proposed(changed):
    near = compare(CLAIRE, replace(CLAIRE, **changed))
    assert near.kind == "near"
    assert near.score >= nearness.DUPLICATE


def test_two_neighbours_of_one_birthday_are_not_near():
    stranger = Person(("DUPONT",), ("MARIE",), CLAIRE.birth_date, "F")
    assert compare(CLAIRE, stranger) is None
    namesake = Person(("DUPONT",), ("CLAIRE",), CLAIRE.birth_date, "F")
    assert compare(CLAIRE, namesake) is None


names = st.sampled_from(["MOREL", "MAUREL", "LEBRUN", "DE LA TOUR", "CLAIRE", "NGUYEN", "X"])
people = st.builds(
    Person,
    names=st.lists(names, min_size=1, max_size=2).map(tuple),
    firsts=st.lists(
        st.sampled_from(["CLAIRE", "CLARA", "PAUL", "MOREL"]), min_size=1, max_size=2
    ).map(tuple),
    birth_date=st.dates(date(1978, 1, 1), date(1978, 2, 15)),
    sex=st.sampled_from("FMU"),
    birth_place_code=st.sampled_from(["", "49007", "44109"]),
    phones=st.frozensets(st.sampled_from(["+33600004123", "+33600004124"]), max_size=2),
    address=st.sampled_from(["", "8 rue des Lices", "8, rue des Lices"]),
)


@given(people, people)
def test_nearness_looks_the_same_from_both_sides(a, b):
    here, there = compare(a, b), compare(b, a)
    assert (here is None) == (there is None)
    if here:
        assert (here.kind, here.score) == (there.kind, there.score)
        assert 0 <= here.score <= 100
        assert here.reasons


@given(people)
def test_everybody_is_near_herself(person):
    assert compare(person, person).kind == "near"
    assert nearness.seems_known(person, person)


@given(people, people)
def test_who_seems_known_is_always_near(a, b):
    if nearness.seems_known(a, b) and (a.sex == b.sex or "U" in (a.sex, b.sex)):
        assert compare(a, b).kind == "near"


@given(st.dates(date(1900, 1, 1), date(2026, 11, 24)), st.integers(-400, 400))
def test_a_slip_is_symmetric_and_never_nothing(born, days):
    other = born + timedelta(days=days)
    assert nearness.slip(born, other) == nearness.slip(other, born)
    assert nearness.slip(born, born) == ""


def test_the_mark_is_the_most_dangerous_confusion():
    assert nearness.mark({"homonym", "twin", "near"}) == "twin"
    assert nearness.mark({"homonym", "near"}) == "near"
    assert nearness.mark(set()) == ""


FILE = File(number="000001", person=CLAIRE)


def refusal(**changed):
    kept = {k[5:]: v for k, v in changed.items() if k.startswith("kept_")}
    other = {k: v for k, v in changed.items() if not k.startswith("kept_")}
    with pytest.raises(Refusal) as refused:
        merging.check(replace(FILE, **kept), replace(FILE, number="000002", **other))
    return refused.value.sentence


def test_one_person_in_two_files_may_be_merged():
    merging.check(FILE, replace(FILE, number="000002"))
    merging.check(replace(FILE, matricule="1"), replace(FILE, number="000002"))
    merging.check(replace(FILE, matricule="1"), replace(FILE, matricule="1"))
    maiden = replace(CLAIRE, names=("MOREL",), phones=frozenset(), address="")
    merging.check(FILE, replace(FILE, person=maiden))


def test_two_matricules_are_two_people():
    assert "deux personnes" in refusal(kept_matricule="1", matricule="2")


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"birth_date": date(1978, 5, 5)}, "date de naissance"),
        ({"sex": "M"}, "sexe"),
        ({"firsts": ("CLARA",)}, "jumeaux"),
        ({"names": ("DUPONT",), "phones": frozenset(), "address": ""}, "Rien ne rapproche"),
    ],
)
def test_two_files_that_can_be_two_people_are_not_merged(changed, word):
    assert word in refusal(person=replace(CLAIRE, **changed))


def test_in_doubt_nothing_is_merged():
    assert "douteuse" in refusal(unsure=True)
    assert "douteuse" in refusal(kept_unsure=True)


def test_the_best_checked_identity_is_the_one_kept():
    assert "000002" in refusal(matricule="1")
    assert "000002" in refusal(status="VALI")


def test_a_death_is_not_lost_in_a_merge():
    assert "décès" in refusal(deceased_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("text", "other", "pieces"),
    [
        ("Clara", "Claire", (("Cla", False), ("ra", True))),
        ("Claire", "Clara", (("Cla", False), ("ire", True))),
        ("MOREL", "LEBRUN", (("MOREL", True),)),
        ("GARREAU", "MOREL", (("GARREAU", True),)),
        ("MOREL", "MOREL", (("MOREL", False),)),
        ("MOREL", "morel", (("MOREL", False),)),
        ("DUPOND", "DUPONT", (("DUPON", False), ("D", True))),
        ("MOREAU", "MORREAU", (("MO", False), ("R", True), ("EAU", False))),
        ("MARTIN", "MARTINE", (("MARTI", False), ("N", True))),
        ("MARTINE", "MARTIN", (("MARTIN", False), ("E", True))),
        ("", "MOREL", ()),
    ],
)
def test_what_differs_in_a_name(text, other, pieces):
    assert tuple(p for p in differing(text, other) if p[0]) == pieces


def test_what_differs_in_a_date():
    assert differing_date("14/05/1987", "04/05/1978") == (
        ("14", True),
        ("/05/19", False),
        ("87", True),
    )


@given(st.text(max_size=12), st.text(max_size=12))
def test_the_pieces_are_the_whole_text(a, b):
    assert "".join(piece for piece, _ in differing(a, b)) == a
    if a.casefold() == b.casefold():
        assert not any(differs for _, differs in differing(a, b))
    elif a and b:
        assert any(differs for _, differs in differing(a, b))
