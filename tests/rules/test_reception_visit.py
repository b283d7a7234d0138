"""A visit is the fold of its steps; taking one back restores exactly what was."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.reception.rules.visit import (
    FROM,
    GONE,
    LEADS_TO,
    NotFromHere,
    State,
    Step,
    Visit,
    fold,
    may,
    steps_from,
    take,
)

NINE = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
minutes = st.integers(0, 600)


@st.composite
def stories(draw):
    """Steps that can follow one another, each later than the one before."""
    steps, visit, at = [], Visit(), NINE
    while draw(st.booleans()) and steps_from(visit.state):
        step = draw(st.sampled_from(steps_from(visit.state)))
        at += timedelta(minutes=draw(st.integers(0, 60)))
        steps.append((step, at))
        visit = take(visit, step, at)
    return steps


def test_a_usual_visit():
    visit = fold(
        [
            (Step.ARRIVE, NINE),
            (Step.TO_ROOM, NINE + timedelta(minutes=15)),
            (Step.CALL_IN, NINE + timedelta(minutes=17)),
            (Step.LEAVE, NINE + timedelta(minutes=35)),
        ]
    )
    assert visit == Visit(
        state=State.LEFT,
        arrived_at=NINE,
        room_at=NINE + timedelta(minutes=15),
        called_at=NINE + timedelta(minutes=17),
        left_at=NINE + timedelta(minutes=35),
    )


@pytest.mark.parametrize(
    ("state", "steps"),
    [
        (State.EXPECTED, (Step.ARRIVE, Step.TO_ROOM, Step.CALL_IN)),
        (State.ARRIVED, (Step.TO_ROOM, Step.CALL_IN, Step.LEAVE, Step.LEAVE_UNSEEN)),
        (State.IN_ROOM, (Step.CALL_IN, Step.LEAVE, Step.LEAVE_UNSEEN)),
        (State.WITH_PRACTITIONER, (Step.LEAVE,)),
        (State.LEFT, ()),
        (State.LEFT_UNSEEN, ()),
    ],
)
def test_what_can_follow(state, steps):
    assert steps_from(state) == steps


@pytest.mark.parametrize("step", [Step.TO_ROOM, Step.CALL_IN])
def test_taken_straight_in_means_arrived_at_that_moment(step):
    assert take(Visit(), step, NINE).arrived_at == NINE


@given(stories())
def test_taking_the_last_step_back_restores_exactly(steps):
    if steps:
        before = fold(steps[:-1])
        after = fold(steps)
        assert after == take(before, *steps[-1])
        assert fold(steps[:-1]) == before


@given(stories(), st.sampled_from(Step), minutes)
def test_a_step_is_taken_or_refused_and_never_half(steps, step, late):
    visit = fold(steps)
    at = NINE + timedelta(days=1, minutes=late)
    if may(step, visit.state):
        after = take(visit, step, at)
        assert after.state == LEADS_TO[step]
        assert after.since == at
    else:
        with pytest.raises(NotFromHere):
            take(visit, step, at)


@given(stories())
def test_stages_follow_one_another_in_time(steps):
    visit = fold(steps)
    stamps = [
        stamp
        for stamp in (visit.arrived_at, visit.room_at, visit.called_at, visit.left_at)
        if stamp is not None
    ]
    assert stamps == sorted(stamps)
    assert (visit.arrived_at is None) == (visit.state == State.EXPECTED)
    assert (visit.left_at is None) == (visit.state not in GONE)


@given(stories())
def test_a_stamp_once_given_is_never_lost_or_changed(steps):
    for count in range(len(steps)):
        before, after = fold(steps[:count]), fold(steps[: count + 1])
        for name in ("arrived_at", "room_at", "called_at", "left_at"):
            if getattr(before, name) is not None:
                assert getattr(after, name) == getattr(before, name)


def test_no_step_leads_back():
    order = [State.EXPECTED, State.ARRIVED, State.IN_ROOM, State.WITH_PRACTITIONER]
    rank = {state: order.index(state) if state in order else 9 for state in State}
    for step, states in FROM.items():
        assert all(rank[LEADS_TO[step]] > rank[state] for state in states)
