"""How late she runs and who passes when: examples a secretary would agree with, then laws."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from unisson.reception.rules.lateness import (
    WARN_AHEAD,
    WARN_FROM,
    Cause,
    Lateness,
    free_at,
    outlook,
    rounded_up,
    still_to_pass,
    waits,
)
from unisson.reception.rules.plan import Planned, in_order
from unisson.reception.rules.turn import Why, next_turn
from unisson.reception.rules.visit import State, Step, Visit, fold

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def lateness(plan, now):
    return outlook(plan, now).late


def likely_times(plan, now):
    return outlook(plan, now).times


def to_warn(plan, now):
    return outlook(plan, now).warn


def at(text: str) -> datetime:
    hours, minutes = text.split(":")
    return MIDNIGHT + timedelta(hours=int(hours), minutes=int(minutes))


def planned(
    number: int, start: str, minutes: int = 20, *steps: tuple[Step, str], **more
) -> Planned:
    begin = at(start)
    return Planned(
        id=number,
        start=begin,
        end=begin + timedelta(minutes=minutes),
        visit=fold((step, at(when)) for step, when in steps),
        **more,
    )


ARRIVED, CALLED, LEFT = Step.ARRIVE, Step.CALL_IN, Step.LEAVE
HAMEL = planned(1, "9:10", 20, (ARRIVED, "9:05"), (CALLED, "9:35"))
ROUX = planned(2, "9:30", 20, (ARRIVED, "9:18"))
COSTA = planned(3, "9:50", 20, (ARRIVED, "9:36"))
TESSIER = planned(4, "10:10")
OLIVIER = planned(5, "10:50")
DAY = [HAMEL, ROUX, COSTA, TESSIER, OLIVIER]


class TestTheDrawnDesk:
    """The morning of the drawn desk, at 9:41."""

    now = at("9:41")

    def test_twenty_five_minutes_late_because_someone_came_in_late(self):
        assert lateness(DAY, self.now) == Lateness(
            minutes=25, cause=Cause.SOMEONE_IS_IN, inside_id=1, next_id=2, likely=at("9:55")
        )

    def test_likely_times_shift_and_a_gap_absorbs(self):
        assert likely_times(DAY, self.now) == {
            2: at("9:55"),
            3: at("10:15"),
            4: at("10:35"),
            5: at("10:55"),
        }

    def test_only_those_not_here_yet_and_really_late_are_warned(self):
        assert to_warn(DAY, self.now) == {4: at("10:35")}

    def test_nobody_is_warned_hours_ahead(self):
        day = [*DAY, planned(6, "11:10"), planned(7, "11:30"), planned(8, "11:50", 40)]
        full = [planned(9, "10:30"), planned(10, "10:40", 10), *day]
        assert 7 in to_warn(full, self.now)
        assert 8 not in to_warn(full, self.now)

    def test_who_waits_since_when(self):
        found = waits(DAY, self.now)
        assert {number: wait.minutes for number, wait in found.items()} == {2: 23, 3: 5}
        assert [number for number, wait in found.items() if wait.long] == [2]

    def test_roux_is_next_and_costa_could_be(self):
        turn = next_turn(DAY, self.now)
        assert (turn.id, turn.why, turn.others) == (2, Why.FIRST_IN_PLAN, (3,))


class TestWhoIsLate:
    def test_nobody_left_to_pass(self):
        assert lateness([planned(1, "9:00", 20, (CALLED, "9:00"))], at("12:00")) == Lateness()

    def test_a_consultation_that_lasts_makes_it_grow(self):
        day = [planned(1, "9:00", 20, (CALLED, "9:00")), planned(2, "9:20", 20, (ARRIVED, "9:15"))]
        assert [lateness(day, at(when)).minutes for when in ("9:10", "9:20", "9:30", "9:45")] == [
            0,
            0,
            10,
            25,
        ]

    def test_a_patient_who_came_late_makes_nobody_late(self):
        day = [planned(1, "9:00", 20, (ARRIVED, "9:18"))]
        assert lateness(day, at("9:20")).minutes == 2

    def test_a_patient_who_is_not_there_makes_nobody_late(self):
        assert lateness([planned(1, "9:00")], at("9:08")).minutes == 0

    def test_the_absent_are_skipped_after_a_while(self):
        day = [planned(1, "9:00"), planned(2, "9:20", 20, (ARRIVED, "9:00"))]
        assert likely_times(day, at("9:05"))[2] == at("9:25")
        assert likely_times(day, at("9:10"))[2] == at("9:20")

    def test_nobody_was_called_although_someone_waits(self):
        day = [planned(1, "9:00", 20, (ARRIVED, "8:50"))]
        late = lateness(day, at("9:25"))
        assert (late.minutes, late.cause, late.sure) == (25, Cause.NOBODY_IS_IN, True)

    def test_a_list_that_only_grows_is_not_a_delay(self):
        day = [planned(1, "9:00", 20, (ARRIVED, "8:50")), planned(2, "14:00")]
        late = lateness(day, at("12:00"))
        assert (late.minutes, late.sure) == (180, False)
        assert to_warn(day, at("12:00")) == {}

    def test_a_departure_nobody_noted_is_not_a_delay(self):
        day = [planned(1, "9:00", 20, (CALLED, "9:00")), planned(2, "9:20", 20, (ARRIVED, "9:15"))]
        assert lateness(day, at("9:50")).sure
        assert not lateness(day, at("10:30")).sure

    def test_a_remote_patient_is_owed_her_time(self):
        day = [planned(1, "9:00", remote=True)]
        assert lateness(day, at("8:59")).minutes == 0
        assert lateness(day, at("9:05")).minutes == 5

    def test_a_clock_change_is_no_delay(self):
        start = datetime(2027, 3, 28, 0, 50, tzinfo=UTC)  # 1:50 in Paris, 3:10 twenty minutes later
        day = [
            Planned(1, start, start + timedelta(minutes=20), Visit()),
            Planned(2, start + timedelta(minutes=20), start + timedelta(minutes=40)),
        ]
        assert lateness(day, start).minutes == 0


class TestTurn:
    def test_nobody_is_here(self):
        assert next_turn([TESSIER], at("9:41")) is None

    def test_coming_early_takes_nobodys_place(self):
        day = [
            planned(1, "9:30", 20, (ARRIVED, "9:29")),
            planned(2, "11:00", 20, (ARRIVED, "8:30")),
        ]
        assert next_turn(day, at("9:30")).id == 1

    def test_says_who_was_before_and_is_not_here(self):
        day = [planned(1, "9:00"), planned(2, "9:20", 20, (ARRIVED, "9:00"))]
        assert next_turn(day, at("9:20")).missing == (1,)

    def test_an_urgency_is_pointed_out_not_decided(self):
        day = [
            planned(1, "9:30", 20, (ARRIVED, "9:20")),
            planned(2, "10:10", 10, (ARRIVED, "9:38"), squeeze_in=True, urgent=True),
        ]
        turn = next_turn(day, at("9:41"))
        assert (turn.id, turn.urgent) == (1, (2,))

    def test_a_squeeze_in_comes_after_the_one_booked_at_that_time(self):
        day = [
            planned(1, "10:10", 20, (ARRIVED, "9:00"), squeeze_in=True),
            planned(2, "10:10", 20, (ARRIVED, "9:50")),
        ]
        assert next_turn(day, at("10:10")).id == 2

    def test_a_remote_patient_can_be_called_from_her_time_on(self):
        day = [planned(1, "9:30", remote=True)]
        assert next_turn(day, at("9:29")) is None
        assert next_turn(day, at("9:30")).why == Why.ALONE


# Laws -----------------------------------------------------------------------


@st.composite
def visits(draw, now: datetime):
    """Any visit whose stamps are past."""
    steps, count = [], draw(st.integers(0, 4))
    moments = sorted(draw(st.lists(st.integers(0, 300), min_size=count, max_size=count)))
    path = draw(
        st.sampled_from(
            [
                [Step.ARRIVE, Step.TO_ROOM, Step.CALL_IN, Step.LEAVE],
                [Step.ARRIVE, Step.CALL_IN, Step.LEAVE],
                [Step.CALL_IN, Step.LEAVE],
                [Step.ARRIVE, Step.LEAVE_UNSEEN],
            ]
        )
    )
    begin = now - timedelta(minutes=300)
    steps = [(step, begin + timedelta(minutes=m)) for step, m in zip(path, moments, strict=False)]
    return fold(steps)


@st.composite
def days(draw):
    """A practitioner's day and a moment of it."""
    now = MIDNIGHT + timedelta(minutes=draw(st.integers(8 * 60, 19 * 60)))
    plan = []
    for number in range(draw(st.integers(0, 8))):
        start = MIDNIGHT + timedelta(minutes=5 * draw(st.integers(90, 230)))
        length = timedelta(minutes=5 * draw(st.integers(1, 12)))
        plan.append(
            Planned(
                id=number,
                start=start,
                end=start + length,
                visit=draw(visits(now)),
                squeeze_in=draw(st.booleans()),
                urgent=draw(st.booleans()),
                remote=draw(st.booleans()),
            )
        )
    return draw(st.permutations(plan)), now


@given(days())
def test_never_negative_and_explained(day):
    plan, now = day
    late = lateness(plan, now)
    assert late.minutes >= 0
    assert (late.cause == Cause.NONE) == (late.minutes == 0)
    if late.minutes:
        assert late.next_id in {planned.id for planned in still_to_pass(plan, now)}
        assert late.likely == likely_times(plan, now)[late.next_id]
        assert (late.cause == Cause.SOMEONE_IS_IN) == (late.inside_id is not None)


@given(days())
def test_nobody_passes_before_now_nor_before_her_time_nor_two_at_once(day):
    plan, now = day
    times = likely_times(plan, now)
    by_id = {planned.id: planned for planned in plan}
    assert set(times) == {planned.id for planned in still_to_pass(plan, now)}
    before = free_at(plan, now)
    assert before >= now
    for number in sorted(times, key=lambda number: by_id[number].rank):
        assert times[number] >= max(now, before, by_id[number].start)
        before = times[number] + by_id[number].length


@given(days(), st.integers(1, 60))
def test_one_more_patient_makes_nobody_pass_earlier(day, minutes):
    plan, now = day
    times = likely_times(plan, now)
    more = Planned(99, now, now + timedelta(minutes=minutes), Visit(State.ARRIVED, now))
    later = likely_times([*plan, more], now)
    assert all(later[number] >= time for number, time in times.items())


@given(days(), st.integers(0, 120))
def test_a_longer_stay_never_makes_her_less_late(day, minutes):
    plan, now = day
    inside = [planned for planned in plan if planned.state == State.WITH_PRACTITIONER]
    assume(inside)
    longer = [
        replace(planned, end=planned.end + timedelta(minutes=minutes))
        if planned is inside[0]
        else planned
        for planned in plan
    ]
    assert lateness(longer, now).minutes >= lateness(plan, now).minutes


@given(days())
def test_the_order_in_which_rows_are_read_does_not_matter(day):
    plan, now = day
    assert lateness(plan, now) == lateness(in_order(plan), now)
    assert likely_times(plan, now) == likely_times(in_order(plan), now)
    assert next_turn(plan, now) == next_turn(in_order(plan), now)


@given(days())
def test_only_the_expected_are_warned_and_for_a_real_delay(day):
    plan, now = day
    by_id = {planned.id: planned for planned in plan}
    for number, likely in to_warn(plan, now).items():
        assert by_id[number].state == State.EXPECTED
        assert now < by_id[number].start <= now + WARN_AHEAD
        assert likely - by_id[number].start >= WARN_FROM


@given(days())
def test_the_turn_is_first_in_the_plan_of_those_here(day):
    plan, now = day
    turn = next_turn(plan, now)
    here = [planned for planned in plan if planned.here(now)]
    if turn is None:
        assert here == []
    else:
        by_id = {planned.id: planned for planned in plan}
        assert {turn.id, *turn.others} == {planned.id for planned in here}
        assert all(by_id[turn.id].rank < by_id[other].rank for other in turn.others)
        assert all(by_id[missing].rank < by_id[turn.id].rank for missing in turn.missing)
        assert turn.id in likely_times(plan, now)


@given(days())
def test_waits_are_past_and_whole(day):
    plan, now = day
    found = waits(plan, now)
    assert set(found) == {
        planned.id for planned in plan if planned.state in (State.ARRIVED, State.IN_ROOM)
    }
    assert all(wait.minutes >= 0 for wait in found.values())


@given(st.datetimes(timezones=st.just(UTC)), st.sampled_from([1, 5, 10, 15]))
def test_rounding_up_is_round_later_and_close(moment, minutes):
    assume(moment.year < 9999)
    round_one = rounded_up(moment, minutes)
    assert timedelta() <= round_one - moment < timedelta(minutes=minutes)
    assert (round_one.minute % minutes, round_one.second, round_one.microsecond) == (0, 0, 0)
    assert rounded_up(round_one, minutes) == round_one
