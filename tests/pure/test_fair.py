"""Of those who wait for a place, one of each run comes after another."""

from __future__ import annotations

import asyncio
import random

import pytest

from workflows.engine.fair import FairSemaphore


async def _calls(room: FairSemaphore, order: list[str], who: str, count: int) -> None:
    async def call(number: int) -> None:
        async with room.hold(who):
            order.append(f"{who}{number}")
            await asyncio.sleep(0)

    await asyncio.gather(*(call(number) for number in range(count)))


async def test_a_list_of_many_does_not_go_before_one_call_of_another_run() -> None:
    room, order = FairSemaphore(1), list[str]()
    await asyncio.gather(
        _calls(room, order, "a", 4), _calls(room, order, "b", 2), _calls(room, order, "c", 1)
    )
    assert order == ["a0", "a1", "b0", "c0", "a2", "b1", "a3"]


async def test_who_gives_up_waiting_takes_no_place() -> None:
    room, order = FairSemaphore(1), list[str]()
    async with room.hold("a"):
        waiting = [asyncio.ensure_future(_calls(room, order, who, 1)) for who in "bcd"]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting[0].cancel()
        waiting[1].cancel()
    await asyncio.wait(waiting)
    assert order == ["d0"]
    await _calls(room, order, "a", 1)
    assert order == ["d0", "a0"]


@pytest.mark.parametrize("seed", range(20))
async def test_whoever_is_cancelled_when_never_too_many_are_in_and_no_place_is_lost(
    seed: int,
) -> None:
    chance, room, inside, most = random.Random(seed), FairSemaphore(3), 0, 0

    async def call(group: int) -> None:
        nonlocal inside, most
        async with room.hold(group):
            inside += 1
            most = max(most, inside)
            try:
                for _ in range(chance.randrange(3)):
                    await asyncio.sleep(0)
            finally:
                inside -= 1

    calls = [asyncio.ensure_future(call(chance.randrange(4))) for _ in range(40)]
    while not all(one.done() for one in calls):
        if chance.random() < 0.3:
            chance.choice(calls).cancel()
        await asyncio.sleep(0)
    assert most == 3
    held = [room.hold("after") for _ in range(3)]
    for one in held:
        await asyncio.wait_for(one.__aenter__(), 5)
