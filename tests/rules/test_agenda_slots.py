"""Free slots, conflicts, chains, series and the bits of a day."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unisson.agenda.rules import chain, conflicts, load, series, slots
from unisson.agenda.rules.opening import Closure, Opening
from unisson.agenda.rules.slots import Need, Visit
from unisson.agenda.rules.spans import covers, merged, overlap, without
from unisson.agenda.rules.wall import day_span, instants_of

some_spans = st.lists(
    st.tuples(st.integers(0, 200), st.integers(1, 60)).map(lambda pair: (pair[0], sum(pair))),
    max_size=6,
).map(merged)
visits = st.builds(Visit, st.integers(5, 40), st.integers(0, 10), st.integers(0, 10))


def fits(begin, total, open_spans, busy):
    wanted = (begin, begin + total)
    return covers(open_spans, wanted) and not any(overlap(wanted, span) for span in busy)


@given(some_spans, some_spans, visits, some_spans, some_spans)
def test_possible_starts_are_exactly_those_that_fit(open_spans, busy, visit, room, other_room):
    needs = [Need({1: room, 2: other_room})]
    found = {
        minute
        for low, high in slots.possible_starts(open_spans, busy, visit, needs)
        for minute in range(low, high + 1)
    }
    expected = {
        begin
        for begin in range(-5, 280)
        if fits(begin, visit.total, open_spans, busy)
        and any(
            not any(overlap((begin, begin + visit.total), s) for s in r) for r in (room, other_room)
        )
    }
    assert found == expected


@given(some_spans, some_spans, visits, st.integers(0, 200), st.integers(0, 200))
def test_every_slot_fits_and_something_is_offered_wherever_something_fits(
    open_spans, busy, visit, earliest, size
):
    latest = earliest + size
    found = slots.free_slots({1: open_spans}, busy, visit, not_before=earliest, not_after=latest)
    for slot in found:
        assert earliest <= slot.start <= latest
        assert fits(slot.start - visit.before, visit.total, open_spans, busy)
    for low, high in slots.possible_starts(open_spans, busy, visit):
        told_low, told_high = max(low + visit.before, earliest), min(high + visit.before, latest)
        if told_low <= told_high:
            assert any(told_low <= slot.start <= told_high for slot in found)


@given(some_spans, some_spans, visits)
def test_slots_offered_together_can_all_be_booked(open_spans, busy, visit):
    found = slots.free_slots({1: open_spans}, busy, visit, not_before=0, not_after=300)
    taken = [visit.taken(slot.start) for slot in found]
    assert not any(overlap(a, b) for n, a in enumerate(taken) for b in taken[n + 1 :])


@given(some_spans, visits, st.randoms())
def test_a_day_filled_in_any_order_leaves_no_room(open_spans, visit, random):
    """No odd gaps: booking offered slots at random fills as many as one after the other."""
    busy, count = [], 0
    while found := slots.free_slots(
        {1: open_spans}, merged(busy), visit, not_before=0, not_after=300
    ):
        busy.append(visit.taken(random.choice(found).start))
        count += 1
    assert count == sum((end - start) // visit.total for start, end in open_spans)


@given(some_spans, some_spans, visits)
def test_the_room_given_is_free(first, second, visit):
    room = Need({5: first, 6: second})
    found = slots.free_slots({1: [(0, 240)]}, [], visit, {1: [room]}, not_before=0, not_after=300)
    for slot in found:
        (chosen,) = slot.resource_ids
        assert not any(overlap(visit.taken(slot.start), span) for span in room.options[chosen])
        if chosen == 6:
            assert any(overlap(visit.taken(slot.start), span) for span in first)


@pytest.mark.parametrize(
    ("busy", "not_before", "expected"),
    [
        ([], 480, [480, 500, 520]),
        ([(480, 495)], 480, [495, 515]),
        ([(500, 520)], 480, [480, 520]),
        ([], 507, [520]),
        # Time has run past every aligned start, but the visit still fits.
        ([(480, 500), (525, 540)], 503, [505]),
        ([(480, 500), (525, 540)], 506, []),
    ],
)
def test_slots_follow_the_opening_or_the_visit_before(busy, not_before, expected):
    found = slots.free_slots(
        {1: [(480, 540)]}, busy, Visit(20), not_before=not_before, not_after=10_000
    )
    assert [slot.start for slot in found] == expected


def test_preparation_is_taken_but_not_told():
    found = slots.free_slots(
        {1: [(480, 540)]}, [], Visit(20, before=5, after=5), not_before=0, not_after=10_000
    )
    assert [slot.start for slot in found] == [485, 515]


def test_pieces_of_a_column():
    assert slots.pieces([(0, 50), (60, 65)], 20, 10) == [(0, 20), (20, 40), (40, 50)]


# What stands in the way, in words.

NOON = instants_of(date(2026, 11, 24), 720)[0]
WANTED = (NOON, NOON + 20)


@pytest.mark.parametrize(
    ("hours", "closures", "kinds", "words"),
    [
        ([Opening(NOON - 60, NOON + 60, 1)], [], [], ""),
        ([], [], ["closed"], "Dr Nguyen ne reçoit pas mardi 24 novembre 2026 à 12 h."),
        (
            [Opening(NOON - 60, NOON + 60, 1, visit_types=frozenset({9}))],
            [],
            ["closed"],
            "Dr Nguyen ne prend pas ce motif mardi 24 novembre 2026 à 12 h.",
        ),
        ([Opening(NOON - 60, NOON + 10, 1)], [], ["closed"], ""),
        (
            [Opening(NOON - 60, NOON + 60, 1)],
            [Closure(1, (NOON + 10, NOON + 30), practitioner_id=1, label="Formation")],
            ["absent"],
            "Dr Nguyen est en absence mardi 24 novembre 2026 à 12 h (Formation).",
        ),
        (
            [Opening(NOON - 60, NOON + 60, 1)],
            [Closure(1, (NOON - 30, NOON + 30), practitioner_id=1, kind="block")],
            ["absent"],
            "Le temps de Dr Nguyen est bloqué mardi 24 novembre 2026 à 12 h.",
        ),
        (
            [Opening(NOON - 60, NOON + 60, 1)],
            [Closure(1, (NOON - 30, NOON + 30), site_id=1)],
            ["absent"],
            "Le site est fermé mardi 24 novembre 2026 à 12 h.",
        ),
        ([Opening(NOON - 60, NOON + 60, 1)], [Closure(1, (NOON - 30, NOON), site_id=1)], [], ""),
    ],
)
def test_what_the_timetable_has_against_it(hours, closures, kinds, words):
    found = conflicts.hours_obstacles(
        WANTED, NOON, "Dr Nguyen", 1, 3, hours, closures, urgent=False
    )
    assert [obstacle.kind for obstacle in found] == kinds
    if words:
        assert found[0].sentence.replace("\xa0", " ") == words


def test_taken_or_held():
    taken = [conflicts.Taken(1, (NOON + 10, NOON + 30))]
    found = conflicts.taken_obstacle(WANTED, NOON, "Dr Nguyen", taken)
    assert found is not None
    assert found.sentence.replace("\xa0", " ") == (
        "Dr Nguyen n’est pas libre mardi 24 novembre 2026 à 12 h."
    )
    held = [conflicts.Taken(1, (NOON, NOON + 20), held_by="C. Petit")]
    found = conflicts.taken_obstacle(WANTED, NOON, "Dr Nguyen", held)
    assert found is not None
    assert found.sentence.startswith("C. Petit garde ce créneau")
    touching = [conflicts.Taken(1, (NOON + 20, NOON + 40)), conflicts.Taken(1, (NOON - 9, NOON))]
    assert conflicts.taken_obstacle(WANTED, NOON, "Dr Nguyen", touching) is None


def test_rooms_are_chosen_in_order_and_missing_ones_are_named():
    salle = conflicts.Options("Salle", {4: "Salle 4", 5: "Salle 5"})
    echo = conflicts.Options("Échographe", {8: "Échographe"})
    taken = [conflicts.Taken(4, (NOON - 5, NOON + 5))]
    assert conflicts.choose_rooms(WANTED, NOON, [salle, echo], taken, []) == ([5, 8], [])
    broken = [Closure(1, (NOON - 60, NOON + 60), resource_id=8)]
    chosen, (obstacle,) = conflicts.choose_rooms(WANTED, NOON, [salle, echo], taken, broken)
    assert chosen == [5]
    assert obstacle.kind == "absent"
    assert obstacle.sentence.startswith("Échographe est hors service")
    both = [*taken, conflicts.Taken(5, (NOON, NOON + 5))]
    _, (obstacle,) = conflicts.choose_rooms(WANTED, NOON, [salle], both, [])
    assert obstacle.sentence.startswith("Salle 4 et Salle 5 ne sont pas libres")
    _, (nothing,) = conflicts.choose_rooms(WANTED, NOON, [conflicts.Options("IRM", {})], [], [])
    assert nothing.kind == "room"


def test_a_patient_is_in_one_place_at_a_time():
    others = [((NOON + 10, NOON + 30), "Dr Diallo")]
    found = conflicts.patient_obstacle(NOON, Visit(20), others)
    assert found is not None
    assert "12\xa0h\xa010, Dr Diallo" in found.sentence
    assert conflicts.patient_obstacle(NOON, Visit(10, after=15), others) is None


# Chains


@given(
    st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.integers(0, 60), st.integers(0, 15)).map(lambda p: (p[0], sum(p))),
                max_size=3,
            ),
            st.integers(5, 15),
            st.integers(0, 5),
            st.integers(0, 10),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_chains_are_found_exactly_where_they_exist(parts):
    links = [
        chain.Link(slots.either([ranges]), minutes, least, least + more)
        for ranges, minutes, least, more in parts
    ]

    def reachable(told, rest):
        if not rest:
            return True
        low, high = told + rest[0][0], told + rest[0][1]
        return any(
            reachable(t, rest[1:])
            for a, b in rest[0][2]
            for t in range(max(a, low), min(b, high) + 1)
        )

    rest = [
        (link.minutes + link.least_wait, link.minutes + link.most_wait, after.ranges)
        for link, after in itertools.pairwise(links)
    ]
    expected = {t for a, b in links[0].ranges for t in range(a, b + 1) if reachable(t, rest)}
    found = list(chain.chains(links, 1, 0, 500))
    assert {told[0] for told in found} == expected
    for told in found:
        for link, start in zip(links, told, strict=True):
            assert any(a <= start <= b for a, b in link.ranges)
        for link, here, following in zip(links, told, told[1:], strict=False):
            assert link.least_wait <= following - here - link.minutes <= link.most_wait


# Series


@pytest.mark.parametrize(
    ("first", "step", "every", "count", "expected"),
    [
        (date(2026, 11, 24), "weeks", 2, 3, ["2026-11-24", "2026-12-08", "2026-12-22"]),
        (date(2026, 12, 30), "days", 1, 3, ["2026-12-30", "2026-12-31", "2027-01-01"]),
        (date(2027, 1, 31), "months", 1, 3, ["2027-01-31", "2027-02-28", "2027-03-31"]),
        (date(2026, 11, 30), "months", 3, 2, ["2026-11-30", "2027-02-28"]),
    ],
)
def test_series(first, step, every, count, expected):
    found = series.occurrences(first, series.Step(step), every, count)
    assert [day.isoformat() for day in found] == expected


@pytest.mark.parametrize(("every", "count"), [(1, 0), (1, 61), (0, 3)])
def test_a_series_has_bounds(every, count):
    with pytest.raises(ValueError, match="series"):
        series.occurrences(date(2026, 11, 24), series.Step.DAYS, every, count)


# The bits of a day

CHANGE_DAYS = st.sampled_from([date(2026, 11, 24), date(2027, 3, 28), date(2027, 10, 31)])
day_spans = st.lists(st.tuples(st.integers(-30, 1520), st.integers(1, 90)), max_size=8)


@given(CHANGE_DAYS, day_spans)
def test_bits_are_the_ticks_touched(day, some):
    first, _ = day_span(day)
    spans = [(first + start, first + start + size) for start, size in some]
    found, aligned = load.bits(day, spans)
    inner, inner_aligned = load.inner_bits(day, spans)
    assert aligned == inner_aligned
    for tick in range(load.ticks_in(day)):
        here = (first + tick * 5, first + tick * 5 + 5)
        touched = any(overlap(here, span) for span in spans)
        inside = any(covers([span], here) for span in spans)
        assert bool(found >> tick & 1) == touched
        assert bool(inner >> tick & 1) == inside
    assert found >> load.ticks_in(day) == 0
    assert load.unpacked(load.packed(found)) == found
    last = load.ticks_in(day) * 5
    inside = [(max(a, 0), min(a + size, last)) for a, size in some if a < last and a + size > 0]
    assert aligned == all(a % 5 == 0 and b % 5 == 0 for a, b in inside)


@given(st.integers(0, 2**40 - 1), st.integers(1, 12))
def test_runs_are_the_starts_that_fit(free, ticks):
    expected = sum(1 << n for n in range(40) if all(free >> (n + k) & 1 for k in range(ticks)))
    assert load.runs(free, ticks) == expected


@given(CHANGE_DAYS, day_spans, day_spans, st.integers(1, 8), st.integers(-100, 1700))
def test_the_bits_say_the_same_as_the_spans_when_all_is_aligned(day, hours, taken, ticks, now):
    first, _ = day_span(day)
    to_day = [(first + s // 5 * 5, first + s // 5 * 5 + (z // 5 + 1) * 5) for s, z in hours]
    to_busy = [(first + s // 5 * 5, first + s // 5 * 5 + (z // 5 + 1) * 5) for s, z in taken]
    start, end = day_span(day)
    open_spans = merged((max(a, start), min(b, end)) for a, b in to_day)
    free = load.inner_bits(day, open_spans)[0] & ~load.bits(day, to_busy)[0]
    moment = first + now // 5 * 5
    by_bits = load.runs(free, ticks) & ~load.before(day, moment)
    by_spans = [
        (low, high)
        for low, high in slots.starts(without(open_spans, merged(to_busy)), ticks * 5)
        if high >= moment
    ]
    assert bool(by_bits) == bool(by_spans)
