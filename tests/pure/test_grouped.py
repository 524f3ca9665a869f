"""Calls for one thing that come while one is under way are made as one."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.waiting import wait_until
from workflows.services.library.grouped import MOST, Grouped


class Work:
    """Work that waits until it may go on, and notes what it was asked for at once."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.may = threading.Semaphore(0)
        self.calls = Grouped(self.do)
        self.pool = ThreadPoolExecutor(MOST + 8)

    def do(self, key: str, asked: Sequence[int]) -> list[str]:
        self.groups.append(list(asked))
        assert self.may.acquire(timeout=60)
        if -1 in asked:
            raise ValueError("no")
        return [f"{key}{number}" for number in asked]

    def ask(self, number: int, key: str = "a") -> Future[str]:
        """Call it, and return when the call waits or works."""
        before = self.number(key)
        future = self.pool.submit(self.calls.call, key, number)
        wait_until(lambda: self.number(key) > before)
        return future

    def number(self, key: str) -> int:
        return sum(map(len, self.groups)) + len(self.calls._waiting.get(key, ()))


def test_who_comes_meanwhile_is_worked_for_together_and_others_are_not_waited_for() -> None:
    work = Work()
    asked = [work.ask(number) for number in range(4)]
    other = work.ask(7, "b")
    assert work.groups == [[0], [7]]
    work.may.release(3)
    assert [future.result(60) for future in asked] == ["a0", "a1", "a2", "a3"]
    assert other.result(60) == "b7"
    assert work.groups == [[0], [7], [1, 2, 3]]
    assert work.calls._waiting == {}


def test_what_fails_for_several_is_tried_for_each_alone() -> None:
    work = Work()
    first, good, bad = work.ask(0), work.ask(1), work.ask(-1)
    work.may.release(4)
    assert (first.result(60), good.result(60)) == ("a0", "a1")
    with pytest.raises(ValueError, match="no"):
        bad.result(60)
    assert work.groups[:2] == [[0], [1, -1]]
    assert sorted(work.groups[2:]) == [[-1], [1]]
    assert work.calls._waiting == {}


def test_a_group_has_a_limit_and_all_get_their_turn() -> None:
    work = Work()
    asked = [work.ask(number) for number in range(MOST + 3)]
    work.may.release(3)
    assert [future.result(60) for future in asked] == [f"a{n}" for n in range(MOST + 3)]
    assert [len(group) for group in work.groups] == [1, MOST, 2]
