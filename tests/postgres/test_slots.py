"""Slots of providers over several engines: never too many, each in turn, none left behind."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from tests.waiting import wait_until
from workflows.engine.session_lock import parameters
from workflows.engine.shared_slots import SharedSlots

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

RUN = uuid.uuid4()


@asynccontextmanager
async def _engines(*names: str) -> AsyncIterator[list[SharedSlots]]:
    """The slots as these engines know them."""
    engines = [SharedSlots(name) for name in names]
    try:
        yield engines
    finally:
        for engine in engines:
            await engine.close()


class _Provider:
    """Notes who calls, and how many call at once; no call ends before it is `open`."""

    def __init__(self, slots: int) -> None:
        self.slots = slots
        self.order: list[str] = []
        self.now = self.most = 0
        self.open = asyncio.Event()

    async def call(self, engine: SharedSlots, who: str) -> None:
        async with engine.of("a provider", self.slots, RUN):
            self.order.append(who)
            self.now += 1
            self.most = max(self.most, self.now)
            await self.open.wait()
            await asyncio.sleep(0.1)
            self.now -= 1


def _sessions(name: str) -> int:
    query = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE application_name LIKE %s AND datname = current_database()"
    )
    with psycopg.connect(**parameters()) as session:
        (count,) = session.execute(query, [f"{name}%"]).fetchone() or (0,)
    return int(count)


def _turns() -> tuple[int, int]:
    """Count those who have the lock of a turn, and those who wait for it."""
    query = (
        "SELECT count(*) FILTER (WHERE granted), count(*) FILTER (WHERE NOT granted) "
        "FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' "
        "AND a.application_name LIKE 'patchbay-waits%' AND a.datname = current_database()"
    )
    with psycopg.connect(**parameters()) as session:
        granted, waiting = session.execute(query).fetchone() or (0, 0)
    return int(granted), int(waiting)


@pytest.mark.parametrize("slots", [1, 2])
async def test_a_long_list_at_one_engine_does_not_keep_the_others_waiting(slots: int) -> None:
    provider = _Provider(slots)
    async with _engines("a", "b", "c") as (a, b, c):
        calls = [asyncio.ensure_future(provider.call(a, "a")) for _ in range(12)]
        await asyncio.to_thread(wait_until, lambda: len(provider.order) == slots)
        calls.append(asyncio.ensure_future(provider.call(b, "b")))
        calls.append(asyncio.ensure_future(provider.call(c, "c")))
        await asyncio.to_thread(wait_until, lambda: _sessions("patchbay-waits") == 2)
        # One of the two has the turn, and the other one waits for it.
        await asyncio.to_thread(wait_until, lambda: _turns() == (1, 1))
        provider.open.set()
        await asyncio.gather(*calls)
    assert set(provider.order[slots : slots + 2]) == {"b", "c"}
    assert provider.most == slots
    assert len(provider.order) == 14


async def test_who_gives_up_waiting_leaves_no_session_and_keeps_no_one() -> None:
    provider = _Provider(1)
    async with _engines("a", "b", "c") as (a, b, c):
        async with a.of("a provider", 1, RUN):
            waiting = [
                asyncio.ensure_future(provider.call(one, who)) for one, who in ((b, "b"), (c, "c"))
            ]
            await asyncio.to_thread(wait_until, lambda: _sessions("patchbay-waits") == 2)
            for one in waiting:
                one.cancel()
            await asyncio.wait(waiting)
            await asyncio.to_thread(wait_until, lambda: not _sessions("patchbay-waits"))
        provider.open.set()
        await provider.call(b, "b")
        await provider.call(c, "c")
    assert provider.order == ["b", "c"]


async def test_a_slot_that_is_free_is_had_without_waiting_and_without_another_session() -> None:
    async with _engines("a", "b") as (a, b), a.of("a provider", 2, RUN), b.of("a provider", 2, RUN):
        assert await asyncio.to_thread(_sessions, "patchbay-waits") == 0
        assert await asyncio.to_thread(_sessions, "patchbay-slots") == 2


async def test_calls_wait_for_a_database_that_has_dropped_its_sessions() -> None:
    provider = _Provider(1)
    drop = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name ~ '^patchbay-(waits|slots)' AND datname = current_database()"
    )
    async with _engines("a", "b") as (a, b):
        async with a.of("a provider", 1, RUN):
            waiting = asyncio.ensure_future(provider.call(b, "b"))
            await asyncio.to_thread(wait_until, lambda: _sessions("patchbay-waits"))
            with psycopg.connect(**parameters()) as session:
                session.execute(drop)
            provider.open.set()
            await waiting
        await provider.call(a, "a")
    assert provider.order == ["b", "a"]
