"""Processes that die while runs are paused: nothing is lost, nothing done is called again."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.crashlab import KILLED, Lab, Process
from tests.engine.provider import service
from tests.waiting import wait_until
from workflows.engine.items import ITEMS_AT_ONCE

pytestmark = pytest.mark.slow


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Processes over a database of their own."""
    with Lab(tmp_path) as found:
        yield found


def _pause_after(lab: Lab, nodes: int, **environment: str) -> Process:
    """Execute runs, and have them paused after so many calls."""
    process = lab.start("work", **environment)
    for _ in range(nodes):
        process.output.readline()
    process.send_signal(signal.SIGUSR1)
    return process


def test_a_run_that_is_paused_in_a_list_goes_on_where_it_was(lab: Lab) -> None:
    lab.seed("items")
    for _ in range(3):
        status, _ = _pause_after(lab, 20).finish()
        assert status == 0
        assert lab.statuses() == ["paused"]
        before = lab.calls()
        # Neither a restart nor the time wakes it.
        assert lab.work() == 0
        assert lab.calls() == before
        lab.resume()
    assert lab.work() == 0
    assert lab.check().split() == ["completed"]
    calls = lab.calls()
    assert len(calls) == 200
    assert max(calls.values()) == 1, "an item was called twice"


#: An early one: how many there are depends on how many items share one.
COMMIT = "journal.commit.before=4"


@pytest.mark.parametrize("place", ["run.pausing=1", "run.paused=1", COMMIT])
def test_a_death_at_each_place_of_a_pause_repeats_only_what_was_under_way(
    lab: Lab, place: str
) -> None:
    lab.seed("items")
    status, _ = _pause_after(lab, 20, FAILPOINTS=place).finish()
    assert status == KILLED
    # The next process finds that it was to pause, or that it is; or it died before it was asked.
    lab.start("pause").finish()
    assert lab.work() == 0
    assert lab.statuses() == ["paused"]
    lab.resume()
    assert lab.work() == 0
    assert lab.check().split() == ["completed"]
    calls = lab.calls()
    assert len(calls) == 200
    assert sum(calls.values()) <= 200 + 3 * ITEMS_AT_ONCE
    if place != COMMIT:
        assert max(calls.values()) == 1, "every item that was called was written down"


def test_random_kills_of_pausing_and_resuming_processes_lose_nothing(lab: Lab) -> None:
    seed = random.randrange(10_000)
    print(f"seed {seed}")
    chance = random.Random(seed)
    lab.seed("random", 12, seed, items=1)
    kills = 0
    for _ in range(6):
        process = _pause_after(lab, chance.randint(1, 10))
        for _ in range(chance.randint(0, 6)):
            if not process.output.readline():
                break
        process.send_signal(signal.SIGKILL)
        kills += process.finish()[0] == -signal.SIGKILL
        if chance.random() < 0.7:
            lab.resume()
    lab.resume()
    assert lab.work() == 0
    statuses = lab.check().split("\n")[:-1]
    assert len(statuses) == 13
    assert {status.split()[0] for status in statuses} <= {"completed", "failed"}
    assert max(lab.calls().values()) <= 1 + kills


def test_a_request_of_a_killed_process_is_waited_for_after_the_pause(lab: Lab) -> None:
    with service() as provider:
        lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
        lab.seed("provider")
        process = lab.start("work")
        assert provider.polled.wait(20)
        process.send_signal(signal.SIGUSR1)
        wait_until(lambda: lab.start("pausing").finish()[1].strip() == "1")
        process.send_signal(signal.SIGKILL)
        process.finish()
        assert lab.work() == 0
        assert lab.statuses() == ["paused"]
        provider.ready.set()
        lab.resume()
        assert lab.work() == 0
        assert lab.check().split() == ["completed"]
        assert len(provider.submitted) == 1
        assert provider.cancelled == []
