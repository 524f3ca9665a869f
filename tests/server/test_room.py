"""Requests wait for room: so many at once, and a slow one does not hold up the others."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from canvas.server import Room


async def test_no_more_come_in_than_there_are_places() -> None:
    room, inside, most = Room(places=3, seconds=60), 0, 0

    async def visit() -> None:
        nonlocal inside, most
        async with room.place():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(visit() for _ in range(50)))
    assert most == 3


async def test_who_begins_to_respond_makes_room_once() -> None:
    room = Room(places=1, seconds=60)
    async with AsyncExitStack() as stack:
        leave = await stack.enter_async_context(room.place())
        leave()
        leave()
        await asyncio.wait_for(stack.enter_async_context(room.place()), 5)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(stack.enter_async_context(room.place()), 0.05)


async def test_a_slow_request_gives_up_its_place() -> None:
    room = Room(places=1, seconds=0.01)
    async with room.place(), asyncio.timeout(5), room.place():
        pass


async def test_a_request_that_is_cancelled_while_it_waits_takes_no_place() -> None:
    room = Room(places=1, seconds=60)
    async with room.place():
        waiting = asyncio.create_task(AsyncExitStack().enter_async_context(room.place()))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting})
    async with asyncio.timeout(5), room.place():
        pass
