"""The budget of memory: bounds, turns, and that nobody waits for ever."""

from __future__ import annotations

import asyncio
import random

import pytest
from PIL import Image

from workflows.errors import MediaBusy, MediaTooLarge
from workflows.media.memory import Budget, Holding, ImageCache
from workflows.media.processes.pixels import Pixels, share


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_of_it_is_had_at_once_and_a_byte_more_never() -> None:
    budget = Budget(100)
    with budget.holding("a") as held:
        await held.have(100)
        assert budget.used == 100
        with pytest.raises(MediaTooLarge) as caught:
            await held.have(101)
    assert caught.value.context == {"value": 101, "expected": "at most 0 MB"}
    assert budget.used == 0


async def test_who_came_first_is_served_first_and_no_smaller_one_passes() -> None:
    budget, order = Budget(100), list[str]()

    async def work(name: str, count: int) -> None:
        with budget.holding(name) as held:
            await held.have(count)
            order.append(name)

    first = budget.holding("first")
    await first.have(60)
    tasks = [asyncio.create_task(work(name, count)) for name, count in (("big", 80), ("small", 10))]
    await settle()
    assert order == []
    first.close()
    await asyncio.gather(*tasks)
    assert order == ["big", "small"]


async def test_a_run_with_many_pictures_leaves_room_for_another_run() -> None:
    budget = Budget(100)
    held = [budget.holding("greedy") for _ in range(10)]
    waiting = [asyncio.create_task(one.have(20)) for one in held]
    await settle()
    assert budget.used == 60
    other = budget.holding("modest")
    await other.have(40)
    for one in held:
        one.close()
        await settle()
    await asyncio.gather(*waiting)
    other.close()
    assert budget.used == 0


async def test_turns_go_round_the_runs_that_wait() -> None:
    budget, order = Budget(10), list[str]()
    first = budget.holding("x")
    await first.have(10)

    async def work(group: str) -> None:
        with budget.holding(group) as held:
            await held.have(10)
            order.append(group)
            await asyncio.sleep(0)

    tasks = [asyncio.create_task(work(group)) for group in "aaabc"]
    await settle()
    first.close()
    await asyncio.gather(*tasks)
    assert order == ["a", "b", "c", "a", "a"]


async def test_one_that_waits_no_longer_lets_others_pass() -> None:
    budget = Budget(100)
    first, second, third = (budget.holding(name) for name in "abc")
    await first.have(60)
    gone = asyncio.create_task(second.have(80))
    await settle()
    waits = asyncio.create_task(third.have(30))
    await settle()
    assert not waits.done()
    gone.cancel()
    await waits
    assert budget.used == 90


async def test_what_a_thread_still_uses_stays_held() -> None:
    budget = Budget(10)
    held = budget.holding("a")
    await held.have(10)
    held.share()
    held.close()
    assert budget.used == 10
    held.close()
    assert budget.used == 0


def test_a_page_waits_for_a_while_only() -> None:
    budget = Budget(10)
    with budget.holding("a") as first, budget.holding("b") as second:
        first.have_soon(10)
        with pytest.raises(MediaBusy):
            second.have_soon(1, seconds=0.01)
    with budget.holding("c") as third:
        third.have_soon(10, seconds=0.01)


@pytest.mark.parametrize("seed", range(20))
async def test_those_who_ask_for_more_while_they_hold_never_lock_up(seed: int) -> None:
    """Every worker takes three steps up; all end, beyond the budget by one holding at most."""
    chance, budget, most = random.Random(seed), Budget(100), 0

    async def work(group: int) -> None:
        nonlocal most
        with budget.holding(group) as held:
            count = 0
            for _ in range(3):
                count = min(100, count + chance.randint(1, 60))
                await held.have(count)
                most = max(most, budget.used)
                await asyncio.sleep(0)
                if chance.random() < 0.1:
                    return

    async with asyncio.timeout(10):
        tasks = [asyncio.create_task(work(chance.randrange(4))) for _ in range(60)]
        for task in chance.sample(tasks, 5):
            await asyncio.sleep(0)
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert budget.used == 0
    assert most <= 200
    assert isinstance(budget.holding("x"), Holding)


async def test_one_that_has_a_process_never_waits_for_those_that_wait_for_one() -> None:
    budget = Budget(100)
    older, working = budget.holding("older"), budget.holding("working")
    await older.have(60)
    await working.have(30)
    working.in_process = True
    # The older one holds its memory until the other's process is free.
    await asyncio.wait_for(working.have(50), 1)
    assert budget.used == 110
    working.close()
    older.close()
    assert budget.used == 0


def pixels(count: int) -> Pixels:
    return share(Image.new("L", (count, 1)))


async def test_what_is_kept_gives_way_to_whoever_needs_memory_the_oldest_first() -> None:
    kept = ImageCache()
    budget = Budget(100, kept)
    for name in "abc":
        budget.keep(name, pixels(30))
    assert kept.bytes == 90
    assert kept.get("a") is not None
    budget.keep("d", pixels(30))
    assert [name for name in "abcd" if kept.get(name)] == ["a", "c", "d"], "a was asked for"
    with budget.holding("run") as held:
        await held.have(60)
        assert [name for name in "acd" if kept.get(name)] == ["d"]
        budget.keep("e", pixels(50))
        assert kept.bytes == 0, "there is no room for what is larger than that"
    assert budget.used == 0
