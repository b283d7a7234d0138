"""The tail hears every act, once, in order, whichever process or thread did it."""

import asyncio
import threading
from datetime import timedelta

import pytest
import time_machine
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connection

from unisson.core import access, clock, live
from unisson.core.access import Actor
from unisson.core.gesture import gesture
from unisson.core.models import OutboxEvent

access.grant({"test.tell": ["secretary"]})
SECRETARY = Actor(user_id=7, role="secretary", name="C. Petit")
WAIT = 5  # seconds, far more than needed


def tell(number: int, count: int = 1) -> None:
    with gesture("test.tell", by=SECRETARY) as act:
        act.audit("U", "Thing", object_id=number)
        for _ in range(count):
            act.tell("thing.changed", number=number)


def numbers(news: list[live.News]) -> list[int]:
    return [item.payload["number"] for item in news]


async def gather(box: live.Mailbox[live.News], count: int) -> list[live.News]:
    heard: list[live.News] = []
    while len(heard) < count:
        fresh = await box.get(WAIT)
        assert fresh, f"only {len(heard)} of {count} came"
        heard += fresh
    return heard


@pytest.mark.django_db(transaction=True)
class TestFeed:
    def test_hears_what_comes_after_it_began_to_listen(self):
        async def listen():
            await sync_to_async(tell)(1)
            async with live.current_feed().subscription() as box:
                await sync_to_async(tell)(2)
                await sync_to_async(tell)(3, count=2)
                return await gather(box, 3)

        heard = async_to_sync(listen)()
        assert numbers(heard) == [2, 3, 3]
        assert [item.id for item in heard] == sorted(item.id for item in heard)
        assert heard[0].topic == "thing.changed"

    def test_hears_nothing_of_an_act_that_failed(self):
        def fail():
            with pytest.raises(ZeroDivisionError), gesture("test.tell", by=SECRETARY) as act:
                act.audit("U", "Thing", object_id=1)
                act.tell("thing.changed", number=1)
                raise ZeroDivisionError

        async def listen():
            async with live.current_feed().subscription() as box:
                await sync_to_async(fail)()
                await sync_to_async(tell)(2)
                return await gather(box, 1)

        assert numbers(async_to_sync(listen)()) == [2]

    def test_one_tail_for_all_who_listen_and_none_when_nobody_does(self):
        async def listen():
            feed = live.current_feed()
            before = set(threading.enumerate())
            async with feed.subscription() as first, feed.subscription() as second:
                tails = [t for t in set(threading.enumerate()) - before if t.name == "tail"]
                await sync_to_async(tell)(4)
                heard = [numbers(await gather(box, 1)) for box in (first, second)]
            return len(tails), heard, feed._tail

        count, heard, tail = async_to_sync(listen)()
        assert (count, heard, tail) == (1, [[4], [4]], None)

    def test_writers_at_the_same_time_are_heard_in_the_order_of_the_ids(self):
        def write(first: int) -> None:
            try:
                for number in range(first, first + 15):
                    tell(number)
            finally:
                connection.close()

        async def listen():
            async with live.current_feed().subscription() as box:
                writers = [asyncio.to_thread(write, first) for first in (100, 200, 300)]
                heard, *_ = await asyncio.gather(gather(box, 45), *writers)
                return heard

        heard = async_to_sync(listen)()
        assert [item.id for item in heard] == sorted({item.id for item in heard})
        assert sorted(numbers(heard)) == [n for f in (100, 200, 300) for n in range(f, f + 15)]

    def test_a_lost_connection_loses_no_news(self, monkeypatch):
        monkeypatch.setattr(live, "RETRY", 0.01)
        sources = []
        plain = live._source

        def remembered():
            sources.append(plain())
            return sources[-1]

        monkeypatch.setattr(live, "_source", remembered)

        async def listen():
            async with live.current_feed().subscription() as box:
                await sync_to_async(tell)(1)
                first = await gather(box, 1)
                sources[0].close()
                await sync_to_async(tell)(2)
                return first + await gather(box, 1)

        assert numbers(async_to_sync(listen)()) == [1, 2]
        assert len(sources) > 1

    def test_a_slow_subscriber_is_told_and_the_others_hear_everything(self):
        async def listen():
            feed = live.current_feed()
            async with feed.subscription(size=2) as slow, feed.subscription() as quick:
                for number in range(5):
                    await sync_to_async(tell)(number)
                heard = await gather(quick, 5)
                return numbers(heard), slow.lost, quick.lost

        assert async_to_sync(listen)() == ([0, 1, 2, 3, 4], True, False)

    def test_position_is_read_before_and_replay_finds_the_rest(self):
        tell(1)
        seen = live.position()
        tell(2)
        tell(3)
        assert numbers(live.missed(seen) or []) == [2, 3]
        assert live.missed(live.position()) == []


@pytest.mark.django_db
class TestWhatCannotBeReplayed:
    def test_an_empty_outbox_has_nothing_to_replay(self):
        assert live.position() == 0
        assert live.missed(0) == []

    def test_too_many(self):
        for number in range(4):
            tell(number)
        after = live.position() - 4
        assert live.missed(after, limit=3) is None
        assert len(live.missed(after, limit=4) or []) == 4

    def test_a_number_never_given(self):
        tell(1)
        assert live.missed(live.position() + 1) is None

    def test_older_than_what_is_kept(self):
        with time_machine.travel(clock.now() - timedelta(days=3), tick=False):
            for number in range(3):
                tell(number)
        first = live.position() - 2
        tell(4)
        assert live.prune() == 3
        assert live.missed(first) is None
        assert live.missed(first + 1) is None
        assert numbers(live.missed(first + 2) or []) == [4]

    def test_pruning_leaves_no_hole_when_the_clock_went_back(self):
        tell(1)
        with time_machine.travel(clock.now() - timedelta(days=3), tick=False):
            tell(2)
        tell(3)
        assert live.prune() == 0

    def test_pruning_keeps_the_last_one_however_old(self):
        with time_machine.travel(clock.now() - timedelta(days=30), tick=False):
            tell(1)
            tell(2)
        seen = live.position() - 1
        assert live.prune() == 1
        assert OutboxEvent.objects.count() == 1
        assert numbers(live.missed(seen) or []) == [2]
        assert live.missed(seen - 1) is None
