"""Which of the waiting runs begins next."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from workflows.engine.waiting_runs import FEW_WAITING, MOST_WAITING, WaitingRuns

ALICE, BOB = 1, 2


def run(number: int) -> UUID:
    return UUID(int=number)


def waiting(capacity: int, runs: dict[int, list[int]]) -> WaitingRuns:
    """Return these runs, by owner, waiting in this order."""
    found = WaitingRuns(capacity)
    for owner, numbers in runs.items():
        for number in numbers:
            found.add(run(number), owner)
    return found


def begun(runs: WaitingRuns, executing: Counter[int], resting: int = 0) -> list[int]:
    """Take all runs that may begin; return their numbers in the order in which they do."""
    found = []
    while (taken := runs.take(executing, resting)) is not None:
        run_id, owner = taken
        executing[owner] += 1
        found.append(run_id.int)
    return found


def test_accounts_take_turns() -> None:
    runs = waiting(4, {ALICE: [1, 2, 3, 4], BOB: [5, 6]})
    assert begun(runs, Counter()) == [1, 5, 2, 6]


def test_an_account_with_no_run_under_way_is_let_in_although_it_is_full() -> None:
    runs = waiting(2, {ALICE: [1, 2, 3], BOB: [4]})
    assert begun(runs, Counter({ALICE: 2})) == [4]


def test_even_such_accounts_wait_once_twice_as_many_execute() -> None:
    runs = waiting(2, {BOB: [1]})
    assert begun(runs, Counter({ALICE: 4})) == []


def test_a_run_that_waits_for_a_provider_takes_no_room() -> None:
    runs = waiting(2, {ALICE: [1, 2, 3]})
    assert begun(runs, Counter({ALICE: 2}), resting=1) == [1]


def test_where_very_many_wait_for_providers_few_of_an_account_may_begin() -> None:
    crowd = MOST_WAITING + 2
    runs = waiting(2, {ALICE: [1], BOB: list(range(2, FEW_WAITING + 4))})
    executing = Counter({ALICE: crowd})
    assert begun(runs, executing, resting=crowd + FEW_WAITING) == list(range(2, FEW_WAITING + 2))


def test_an_account_gives_its_runs_an_order_and_the_others_come_last() -> None:
    runs = waiting(9, {ALICE: [1, 2, 3]})
    runs.sort(ALICE, {run(3): 0, run(1): 1})
    assert begun(runs, Counter()) == [3, 1, 2]


def test_a_run_that_is_removed_does_not_begin() -> None:
    runs = waiting(9, {ALICE: [1, 2], BOB: [3]})
    runs.remove(run(1), ALICE)
    runs.remove(run(3), BOB)
    runs.remove(run(3), BOB)
    assert begun(runs, Counter()) == [2]
