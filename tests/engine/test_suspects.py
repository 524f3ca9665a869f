"""Who is suspected of a process's death: turns, their end, and journals of before."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from workflows.engine import suspects
from workflows.engine.suspects import Suspect, Turns
from workflows.journal.journal import Journal
from workflows.journal.past import Past, replay


class Pen(Journal):
    """A journal of which every line is on disk at once."""

    def __init__(self, name: str, lines: list[tuple[str, str]]) -> None:
        super().__init__(uuid4(), 2, 0, self._keep)
        self.name, self.kept = name, lines

    def _keep(self, journal: Journal, awaited: bool) -> None:
        lines, _ = self.take()
        self.kept += [(self.name, line.data) for line in lines]
        self.committed(self.seq)


def marks(count: int) -> str:
    return f'{{"node_id":"n","deaths":{count}}}'


Make = Callable[..., Suspect]


@pytest.fixture
def lines() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def make(lines: list[tuple[str, str]]) -> Make:
    turns = Turns()
    return lambda name, deaths=0: Suspect(turns, Pen(name, lines), "n", deaths)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suspects, "BACK_OFF_SECONDS", 0.01)


def test_one_suspect_at_a_time_bears_the_mark(make: Make, lines: list[tuple[str, str]]) -> None:
    async def story() -> None:
        first, second = make("first"), make("second")
        await first.begin()
        waiting = asyncio.create_task(second.begin())
        await asyncio.sleep(0.02)
        assert lines == [("first", marks(1))]
        first.end()
        await waiting
        assert lines == [("first", marks(1)), ("second", marks(1))]

    asyncio.run(story())


def test_a_suspect_that_waits_for_somebody_else_is_cleared_before_the_next_is_marked(
    make: Make, lines: list[tuple[str, str]]
) -> None:
    async def story() -> None:
        first, second = make("first"), make("second")
        await first.begin()
        waiting = asyncio.create_task(second.begin())
        await asyncio.sleep(0)
        async with first.outside(), first.outside():
            await waiting
            assert lines[1:] == [("first", marks(0)), ("second", marks(1))]
            second.end()
        assert lines[3:] == [("first", marks(1))]

    asyncio.run(story())


def test_one_that_is_cleared_needs_no_turn_and_leaves_it_to_the_next(
    make: Make, lines: list[tuple[str, str]]
) -> None:
    async def story() -> None:
        first, second = make("first", 1), make("second")
        await first.begin()
        waiting = asyncio.create_task(second.begin())
        await asyncio.sleep(0)
        first.clear()
        await waiting
        await first.begin()
        async with first.outside():
            pass
        assert lines == [("first", marks(2)), ("first", marks(0)), ("second", marks(1))]

    asyncio.run(story())


def test_those_of_the_fewest_deaths_come_first(make: Make, lines: list[tuple[str, str]]) -> None:
    async def story() -> None:
        crowd = [make("two", 2), make("none", 0), make("one", 1)]

        async def go(suspect: Suspect) -> None:
            await suspect.begin()
            await asyncio.sleep(0.05)
            suspect.end()

        await asyncio.gather(*(go(suspect) for suspect in crowd))
        assert lines == [("none", marks(1)), ("one", marks(2)), ("two", marks(3))]

    asyncio.run(story())


def test_the_suspicion_goes_over_when_a_turn_lasts_for_long(
    make: Make, lines: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suspects, "TURN_SECONDS", 0.02)

    async def story() -> None:
        await make("long").begin()
        await make("next").begin()
        assert lines == [("long", marks(1)), ("long", marks(0)), ("next", marks(1))]

    asyncio.run(story())


def test_a_cancelled_suspect_leaves_its_turn_and_its_place(
    make: Make, lines: list[tuple[str, str]]
) -> None:
    async def story() -> None:
        first, second, third = make("first"), make("second"), make("third")
        await first.begin()
        gone, waiting = (asyncio.create_task(one.begin()) for one in (second, third))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        first.end()
        await waiting
        assert [name for name, _ in lines] == ["first", "third"]

    asyncio.run(story())


def test_a_process_that_lives_forgets_the_deaths_before_it(
    make: Make, lines: list[tuple[str, str]]
) -> None:
    async def story() -> None:
        holder, waiter, late = make("holder", 1), make("waiter", 2), make("late", 1)
        await holder.begin()
        waiting = asyncio.create_task(waiter.begin())
        await asyncio.sleep(0.05)
        holder._turns.forget()
        await waiting
        await late.begin()
        assert lines == [
            ("holder", marks(2)),
            ("holder", marks(0)),
            ("waiter", marks(0)),
            ("late", marks(0)),
        ]

    asyncio.run(story())


def test_waiting_for_a_turn_is_not_the_nodes_time(make: Make) -> None:
    async def story() -> None:
        slow, other = make("slow"), make("other")
        await slow.begin()
        async with asyncio.timeout(0.1) as scope:
            slow.scope = scope
            async with slow.outside():
                await other.begin()
                asyncio.get_running_loop().call_later(0.15, other.end)
            await asyncio.sleep(0.02)

    asyncio.run(story())


def submit(node: str, request_id: str | None = None) -> tuple[str, dict[str, Any]]:
    return "submit", {"node_id": node, "app_id": "t", "request_id": request_id}


#: Journals as earlier versions wrote them, and of now, with the suspects they leave.
JOURNALS: dict[str, tuple[list[tuple[str, dict[str, Any]]], dict[str, int]]] = {
    "three deaths of before are nobody's": (
        [("queued", {}), *[("started", {"attempt": 1}), submit("a")] * 3],
        {"a": 0},
    ),
    "what had ended is not suspected": (
        [
            ("queued", {}),
            ("started", {}),
            submit("a"),
            submit("b"),
            ("completion", {"node_id": "a"}),
        ],
        {"b": 0},
    ),
    "a stop in good order clears all": (
        [
            ("queued", {}),
            ("started", {}),
            submit("a"),
            ("suspected", {"node_id": "a", "deaths": 2}),
            ("queued", {}),
        ],
        {},
    ),
    "a request at a provider is no second beginning": (
        [("queued", {}), ("started", {}), submit("a"), submit("a", "r1")],
        {"a": 0},
    ),
    "the last mark counts": (
        [
            ("queued", {}),
            ("started", {}),
            submit("a"),
            submit("b"),
            ("started", {}),
            submit("a"),
            ("suspected", {"node_id": "a", "deaths": 1}),
            ("suspected", {"node_id": "a", "deaths": 0}),
            ("suspected", {"node_id": "b", "deaths": 1}),
        ],
        {"a": 0, "b": 1},
    ),
}


@pytest.mark.parametrize("case", JOURNALS)
def test_a_journal_tells_who_is_suspected(case: str) -> None:
    rows, expected = JOURNALS[case]
    past = Past()
    replay(rows, past)
    assert past.suspects == expected
