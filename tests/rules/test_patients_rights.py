"""Who may act for a patient, and which rights stand side by side."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.core.errors import Refusal
from unisson.patients.rules import coverage, relations
from unisson.patients.rules.coverage import Right
from unisson.patients.rules.relations import Tie

TODAY = date(2026, 11, 24)
CHILD, ADULT = date(2015, 3, 1), date(1978, 5, 4)


def test_parents_act_until_the_eighteenth_birthday():
    mother = Tie("mother", may_act=True)
    born = date(2008, 11, 25)
    assert relations.may_act(mother, patient_born=born, on=date(2026, 11, 24))
    assert not relations.may_act(mother, patient_born=born, on=date(2026, 11, 25))


def test_a_guardian_acts_for_an_adult_within_his_dates():
    guardian = Tie("guardian", may_act=True, start=date(2026, 1, 1), end=date(2026, 12, 31))
    for day, acts in [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
    ]:
        assert relations.may_act(guardian, patient_born=ADULT, on=day) is acts


def test_a_tie_alone_gives_no_right():
    assert not relations.may_act(Tie("spouse"), patient_born=ADULT, on=TODAY)


def test_a_parent_of_an_adult_is_not_empowered_by_that_alone():
    with pytest.raises(Refusal) as refused:
        relations.check(Tie("father", may_act=True), patient_born=ADULT, today=TODAY)
    assert refused.value.field == "relation"
    relations.check(Tie("father"), patient_born=ADULT, today=TODAY)
    relations.check(Tie("father", may_act=True), patient_born=CHILD, today=TODAY)
    relations.check(Tie("guardian", may_act=True), patient_born=ADULT, today=TODAY)


def test_the_end_is_not_before_the_start():
    with pytest.raises(Refusal):
        relations.check(
            Tie("carer", start=TODAY, end=TODAY - timedelta(days=1)),
            patient_born=ADULT,
            today=TODAY,
        )
    with pytest.raises(Refusal):
        coverage.check(Right("amo", TODAY, TODAY - timedelta(days=1)), [])


Y26 = {"start": date(2026, 1, 1), "end": date(2026, 12, 31)}
Y27 = {"start": date(2027, 1, 1), "end": date(2027, 12, 31)}


@pytest.mark.parametrize(
    ("right", "beside", "accepted"),
    [
        (Right("amo", **Y26), Right("amo", **Y27), True),
        (Right("amo", **Y26), Right("amo", **Y26), False),
        (Right("amo", **Y27), Right("amo"), False),
        (Right("amo", start=date(2026, 12, 31)), Right("amo", **Y26), False),
        (Right("c2s", **Y26), Right("amc", **Y26), False),
        (Right("amc", **Y26), Right("c2s", **Y26), False),
        (Right("amc", **Y27), Right("c2s", **Y26), True),
        (Right("amc", organisation="A"), Right("amc", organisation="B"), True),
        (Right("amc", organisation="A"), Right("amc", organisation="A"), False),
        (Right("ald", **Y26), Right("amo", **Y26), True),
        (Right("amc", **Y26), Right("amo", **Y26), True),
    ],
)
def test_which_rights_stand_side_by_side(right, beside, accepted):
    if accepted:
        coverage.check(right, [beside])
    else:
        with pytest.raises(Refusal) as refused:
            coverage.check(right, [beside])
        assert "Rien n’a été enregistré" in refused.value.sentence


def test_an_unknown_kind_is_refused():
    with pytest.raises(Refusal):
        coverage.check(Right("cmu"), [])


days = st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(days, days, days, days)
def test_two_rights_overlap_when_some_day_is_in_both(a, b, c, d):
    one, two = Right("amo", a, b), Right("amo", c, d)
    if (a and b and b < a) or (c and d and d < c):
        return
    shared = any(
        one.on(day) and two.on(day)
        for day in (date(2025, 12, 1) + timedelta(days=n) for n in range(130))
    )
    assert one.overlaps(two) == two.overlaps(one) == shared
