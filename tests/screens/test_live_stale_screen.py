"""Stale screen + events = fresh screen, whatever was done in between."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.screens import live_example as example
from unisson.core import live
from unisson.practice.models import Practitioner, Resource
from unisson.screens.live_frames import catch_up, compose
from unisson.screens.surfaces import Screen

DAYS = [example.DAY + timedelta(days=number) for number in range(3)]
acts = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.text("abcdéÉ<>&\"' \n", min_size=1, max_size=8),
        st.sets(st.sampled_from(DAYS), min_size=1),
    ),
    max_size=8,
)
some = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def practitioners(db):
    example.register()
    return [example.practitioner(name) for name in ("Diallo", "Nguyen", "Marchal")]


def screens_of(practitioners: list[Practitioner]) -> list[Screen]:
    scopes = [None, frozenset([practitioners[0].pk]), frozenset(p.pk for p in practitioners[1:])]
    return [Screen("essai", day, scope) for day in DAYS for scope in scopes]


def do(practitioners: list[Practitioner], act) -> None:
    """Rename on some days only: the example's columns show one name on all days."""
    number, name, _ = act
    example.rename(practitioners[number], name, days=tuple(DAYS))


@some
@given(before=acts, after=acts, cuts=st.lists(st.integers(0, 8), max_size=4))
def test_by_events_as_they_come_in_any_lots(practitioners, before, after, cuts):
    for act in before:
        do(practitioners, act)
    screens = screens_of(practitioners)
    position = live.position()
    pages = {screen: example.fresh(screen) for screen in screens}
    for act in after:
        do(practitioners, act)
    news = live.missed(position)
    assert news is not None
    edges = sorted({0, len(news), *(cut for cut in cuts if cut < len(news))})
    for first, last in pairwise(edges):
        for screen, frame in compose(news[first:last], screens).items():
            example.apply(pages[screen], example.parse(frame.data))
    assert pages == {screen: example.fresh(screen) for screen in screens}


@some
@given(before=acts, after=acts)
def test_by_catching_up_after_a_cut(practitioners, before, after):
    for act in before:
        do(practitioners, act)
    screens = screens_of(practitioners)
    position = live.position()
    pages = {screen: example.fresh(screen) for screen in screens}
    for act in after:
        do(practitioners, act)
    for screen in screens:
        example.apply(pages[screen], example.parse(catch_up(screen, position).data))
    assert pages == {screen: example.fresh(screen) for screen in screens}
    assert Resource.objects.count() == 3
