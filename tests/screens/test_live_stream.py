"""The stream: what goes to whom, replay after a cut, and who may go on watching."""

import asyncio
from datetime import date, timedelta

import pytest
import time_machine
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient

from tests.screens import live_example as example
from unisson.core import clock, live
from unisson.core.live import Mailbox
from unisson.practice.models import User
from unisson.screens import live as screen_live
from unisson.screens import surfaces
from unisson.screens.surfaces import Part, Screen

pytestmark = pytest.mark.django_db(transaction=True)
WAIT = 5  # seconds, far more than needed
OTHER_DAY = example.DAY + timedelta(days=1)


@pytest.fixture(autouse=True)
def page(transactional_db):
    example.register()
    example.begin()
    example.drawn.clear()


@pytest.fixture
def diallo():
    return example.practitioner("Diallo")


@pytest.fixture
def nguyen():
    return example.practitioner("Nguyen")


class Listening:
    """One open screen."""

    def __init__(
        self, user: User, since: int, day: date = example.DAY, last: int = 0, **more: str
    ) -> None:
        self.user, self.more = user, more
        self.headers = {"Last-Event-ID": str(last)} if last else {}
        self.query = {"vue": "essai", "jour": day.isoformat(), "depuis": str(since)}

    async def __aenter__(self) -> "Listening":
        client = AsyncClient()
        await client.aforce_login(self.user)
        self.session = client.session
        self.response = await client.get("/direct/", self.query | self.more, headers=self.headers)
        assert self.response.status_code == 200
        self.stream = self.response.streaming_content
        assert (await self.next())["retry"] == "1000"
        return self

    async def next(self) -> dict:
        return example.parse(await asyncio.wait_for(anext(self.stream), WAIT))

    async def ended(self) -> bool:
        with pytest.raises(StopAsyncIteration):
            await asyncio.wait_for(anext(self.stream), WAIT)
        return True

    async def __aexit__(self, *error) -> None:
        await self.stream.aclose()


def play(story):
    return async_to_sync(story)()


rename = sync_to_async(example.rename)


def test_a_change_reaches_a_screen_whole(diallo):
    user = example.secretary("petit")
    since = live.position()

    async def story():
        async with Listening(user, since) as screen:
            nothing = await screen.next()
            await rename(diallo, "Diallo-Sow", said="M. ROUX Paul est arrivé, Dr Diallo")
            return nothing, await screen.next()

    nothing, message = play(story)
    assert nothing["data"] == {"elements": {}, "annonces": []}
    assert message["event"] == "change"
    assert int(message["id"]) == live.position()
    assert message["data"] == {
        "elements": {
            f"col-{diallo.pk}": f'<div id="col-{diallo.pk}">2026-11-24 Diallo-Sow</div>',
            "file": '<div id="file">10</div>',
        },
        "annonces": [{"texte": "M. ROUX Paul est arrivé, Dr Diallo", "par": 7}],
    }


def test_each_part_is_drawn_once_however_many_screens(diallo, nguyen):
    users = [example.secretary(f"s{number}") for number in range(6)]
    since = live.position()

    async def story():
        screens = [Listening(user, since) for user in users]
        for screen in screens:
            await screen.__aenter__()
            await screen.next()
        example.drawn.clear()
        await rename(diallo, "Diallo-Sow")
        heard = [await screen.next() for screen in screens]
        for screen in screens:
            await screen.__aexit__()
        return heard

    heard = play(story)
    assert all(message == heard[0] for message in heard)
    assert example.drawn == {("column", diallo.pk): 1, ("panel", 0): 1}


def test_only_practitioners_she_works_for(diallo, nguyen):
    user = example.secretary("petit", nguyen)
    since = live.position()

    async def story():
        async with Listening(user, since, praticiens=f"{diallo.pk},{nguyen.pk}") as screen:
            await screen.next()
            await rename(diallo, "Diallo-Sow", said="secret")
            await rename(nguyen, "Nguyen-Le", said="open")
            return await screen.next()

    message = play(story)
    assert set(message["data"]["elements"]) == {f"col-{nguyen.pk}", "file"}
    assert [heard["texte"] for heard in message["data"]["annonces"]] == ["open"]
    assert message["data"]["elements"]["file"] == '<div id="file">9</div>'


def test_another_day_is_another_screen(diallo):
    user = example.secretary("petit")
    since = live.position()

    async def story():
        async with Listening(user, since, day=OTHER_DAY) as screen:
            await screen.next()
            await rename(diallo, "Today")
            await rename(diallo, "Tomorrow", days=(OTHER_DAY,))
            return await screen.next()

    message = play(story)
    assert message["data"]["elements"][f"col-{diallo.pk}"].endswith("2026-11-25 Tomorrow</div>")


class TestReplay:
    def test_what_was_missed_comes_once_in_its_present_state(self, diallo, nguyen):
        user = example.secretary("petit")
        since = live.position()
        for number in range(5):
            example.rename(diallo, f"Diallo {number}")
        example.rename(nguyen, "Elsewhere", days=(OTHER_DAY,))
        example.drawn.clear()

        async def story():
            async with Listening(user, since) as screen:
                return await screen.next()

        message = play(story)
        assert message["data"]["elements"].keys() == {f"col-{diallo.pk}", "file"}
        assert message["data"]["elements"][f"col-{diallo.pk}"].endswith("Diallo 4</div>")
        assert int(message["id"]) == live.position()
        assert example.drawn == {("column", diallo.pk): 1, ("panel", 0): 1}

    def test_the_browsers_own_last_id_is_used_after_a_cut(self, diallo):
        user = example.secretary("petit")
        since = live.position()
        example.rename(diallo, "Seen")
        seen = live.position()

        async def story():
            async with Listening(user, since, last=seen) as screen:
                return await screen.next()

        assert play(story)["data"]["elements"] == {}

    @pytest.mark.parametrize("gap", ["pruned", "restored"])
    def test_a_gap_that_cannot_be_replayed_reloads_and_ends(self, diallo, gap):
        user = example.secretary("petit")
        since = live.position()
        if gap == "pruned":
            example.rename(diallo, "Missed")
            with time_machine.travel(clock.now() + timedelta(days=3)):
                example.rename(diallo, "Kept")
                live.prune()
        else:
            since += 100

        async def story():
            async with Listening(user, since) as screen:
                return await screen.next(), await screen.ended()

        message, ended = play(story)
        assert (message["event"], ended) == ("recharger", True)

    def test_a_change_during_the_replay_is_neither_lost_nor_sent_twice(self, diallo, monkeypatch):
        user = example.secretary("petit")
        since = live.position()
        plain = screen_live.catch_up

        def slow(screen: Screen, number: int, memories):
            example.rename(diallo, "Meanwhile")
            return plain(screen, number, memories)

        monkeypatch.setattr(screen_live, "catch_up", slow)

        async def story():
            async with Listening(user, since) as screen:
                first = await screen.next()
                await rename(diallo, "After")
                return first, await screen.next()

        first, second = play(story)
        name = f"col-{diallo.pk}"
        assert first["data"]["elements"][name].endswith("Meanwhile</div>")
        assert second["data"]["elements"][name].endswith("After</div>")


class TestWhoMayWatch:
    @pytest.fixture(autouse=True)
    def impatient(self, monkeypatch):
        monkeypatch.setattr(screen_live, "RECHECK", 0.02)

    def end_after(self, user, change):
        since = live.position()

        async def story():
            async with Listening(user, since) as screen:
                await screen.next()
                await sync_to_async(change)(screen)
                return (await screen.next())["event"], await screen.ended()

        return play(story)

    def test_a_locked_session_ends_the_stream(self, diallo):
        def lock(screen):
            screen.session["locked"] = True
            screen.session.save()

        assert self.end_after(example.secretary("petit"), lock) == ("fin", True)

    def test_signing_out_ends_the_stream(self, diallo):
        assert self.end_after(
            example.secretary("petit"), lambda screen: screen.session.flush()
        ) == ("fin", True)

    def test_an_account_that_ended_ends_the_stream(self, diallo):
        user = example.secretary("petit")

        def leave(screen):
            User.objects.filter(pk=user.pk).update(is_active=False)

        assert self.end_after(user, leave) == ("fin", True)

    def test_working_for_others_ends_the_stream(self, diallo, nguyen):
        user = example.secretary("petit", diallo)
        assert self.end_after(user, lambda screen: user.works_for.set([nguyen])) == ("fin", True)

    def test_nobody_signed_in_gets_no_stream(self, client):
        response = client.get("/direct/", {"vue": "essai", "jour": "2026-11-24", "depuis": "0"})
        assert response.status_code in (302, 403)

    def test_a_remote_agent_gets_no_stream(self, client):
        user = User.objects.create(username="loin", name="loin", role="remote_agent")
        client.force_login(user)
        response = client.get("/direct/", {"vue": "essai", "jour": "2026-11-24", "depuis": "0"})
        assert response.status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"vue": "essai", "jour": "2026-11-24"},
        {"vue": "essai", "jour": "hier", "depuis": "0"},
        {"vue": "nulle", "jour": "2026-11-24", "depuis": "0"},
        {"vue": "essai", "jour": "2026-11-24", "depuis": "x"},
        {"vue": "essai", "jour": "2026-11-24", "depuis": "0", "praticiens": "un"},
        {"vue": "essai", "jour": "2026-11-24", "depuis": "0", "praticiens": "9" * 30},
        {"vue": "essai", "jour": "0001-01-01", "depuis": "0"},
        {"vue": "essai", "jour": "9999-12-31", "depuis": "0"},
    ],
)
def test_a_page_that_does_not_say_what_it_shows(client, query):
    client.force_login(example.secretary("petit"))
    assert client.get("/direct/", query).status_code == 400


def test_a_slow_client_is_told_to_reload(diallo, monkeypatch):
    user = example.secretary("petit")
    since = live.position()
    monkeypatch.setattr(screen_live, "WAITING", 2)

    async def story():
        async with Listening(user, since) as slow, Listening(user, since) as quick:
            await slow.next()
            await quick.next()
            for number in range(4):
                await rename(diallo, f"Diallo {number}")
                await quick.next()
            return (await slow.next())["event"], await slow.ended()

    assert play(story) == ("recharger", True)


def test_a_page_that_cannot_be_drawn_is_not_left_stale(diallo, caplog):
    user = example.secretary("petit")
    since = live.position()

    async def story():
        async with Listening(user, since) as screen:
            await screen.next()
            await rename(diallo, "BROKEN")
            return (await screen.next())["event"], await screen.ended()

    assert play(story) == ("recharger", True)
    assert "cannot be drawn" in caplog.text


def test_a_part_that_cannot_be_drawn_costs_nobody_else_theirs(diallo, nguyen, caplog):
    one, other = example.secretary("petit", diallo), example.secretary("leroy", nguyen)
    since = live.position()

    def both():
        with example.gesture("test.rename", by=example.Actor(7, "secretary", "C. Petit")) as act:
            for person, name in ((diallo, "BROKEN"), (nguyen, "Nguyen-Le")):
                example.Resource.objects.filter(pk=person.resource_id).update(name=name)
                act.audit("U", person)
            act.tell(
                "test.renamed",
                practitioner_ids=[diallo.pk, nguyen.pk],
                dates=[example.DAY.isoformat()],
            )

    async def story():
        async with Listening(one, since) as broken, Listening(other, since) as whole:
            await broken.next()
            await whole.next()
            await sync_to_async(both)()
            return await broken.next(), await whole.next()

    broken, whole = play(story)
    assert broken["event"] == "recharger"
    assert whole["data"]["elements"][f"col-{nguyen.pk}"].endswith("Nguyen-Le</div>")


def test_some_news_draws_the_page_again_whole(diallo):
    user = example.secretary("petit")
    since = live.position()

    async def story():
        async with Listening(user, since) as screen:
            await screen.next()
            await sync_to_async(example.begin)("test.rebuilt")
            return (await screen.next())["event"], await screen.ended()

    assert play(story) == ("recharger", True)


def test_silence_is_told_from_a_dead_line(diallo, monkeypatch):
    monkeypatch.setattr(screen_live, "HEARTBEAT", 0.01)
    user = example.secretary("petit")
    since = live.position()

    async def story():
        async with Listening(user, since) as screen:
            await screen.next()
            return await screen.next()

    assert play(story)["event"] == "vie"


def test_the_outbox_is_swept_by_who_reads_it(diallo, monkeypatch):
    monkeypatch.setattr(screen_live, "SWEEP", 0.01)
    swept = asyncio.Event()
    monkeypatch.setattr(live, "prune", lambda: loop.call_soon_threadsafe(swept.set))
    user, since = example.secretary("petit"), live.position()

    async def story():
        nonlocal loop
        loop = asyncio.get_running_loop()
        async with Listening(user, since) as screen:
            await screen.next()
            await asyncio.wait_for(swept.wait(), WAIT)

    loop = None
    play(story)


def test_minutes_go_by(diallo, monkeypatch):
    """What time alone changes is redrawn for today, and sent when it is different."""
    said = iter(["9 h 41", "9 h 41", "9 h 42"])
    surface = surfaces.Surface(
        parts=lambda screen, changes: [],
        draw=lambda parts, memory: {part: {"compte": next(said)} for part in parts},
        ticking=lambda screen: [Part("clock", screen.day)],
    )
    surfaces.register("heure", surface)
    screens = [Screen("heure", clock.today()), Screen("heure", clock.today() - timedelta(days=1))]
    clockwork = screen_live.Clockwork()
    sent = [clockwork.tick(screens) for _ in range(3)]
    assert [list(frames) for frames in sent] == [[screens[0]], [], [screens[0]]]
    message = example.parse(sent[2][screens[0]].data)
    assert message["event"] == "tick"
    assert "id" not in message
    assert message["data"]["elements"] == {"compte": "9 h 42"}


def test_a_mailbox_that_overflowed_keeps_nothing_old():
    async def story():
        box: Mailbox[int] = Mailbox(2)
        for number in range(5):
            box.put(number)
        return box.lost, await box.get(0.1), await box.get(0.01)

    assert play(story) == (True, [2], [])
