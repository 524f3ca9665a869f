"""Web processes and workers over one database: nothing is lost, whoever dies."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.provider import service
from tests.postgres.machines import TAKEN_UP_SECONDS, Machines
from tests.waiting import wait_until

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def machines(tmp_path: Path, migrated_url: str) -> Iterator[Machines]:
    made = Machines(tmp_path, migrated_url)
    yield made
    made.close()


def test_a_run_that_one_process_accepts_is_executed_by_another(machines: Machines) -> None:
    web, _ = machines.web(), machines.worker()
    for _ in range(5):
        began = time.monotonic()
        run = machines.start(web, {"a": ("testLedger", {"text": "x"}), "b": "testText"}, "a > b")
        wait_until(lambda: machines.status(run) == "completed")  # noqa: B023  called at once
        print(f"completed after {time.monotonic() - began:.3f} s")
    assert machines.types(run)[0] == "queued"
    assert machines.calls(run) == ["a"]
    # What carried it is gone with it.
    wait_until(lambda: not machines.database.execute("SELECT 1 FROM procrastinate_jobs").fetchall())


def test_a_killed_worker_is_replaced_within_ten_seconds_and_nothing_is_paid_twice(
    machines: Machines,
) -> None:
    with service() as provider:
        machines.lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
        web = machines.web()
        workers = {process.pid: process for process in (machines.worker(), machines.worker())}
        nodes = {"a": ("testLedger", {"text": "x"}), "b": "testProvided", "c": "testText"}
        run = machines.start(web, nodes, "a > b", "b > c")
        assert provider.polled.wait(20)
        killed = workers[machines.worker_of(run)]
        machines.kill(killed)
        began = time.monotonic()
        wait_until(lambda: machines.row(run)[1] == 2, TAKEN_UP_SECONDS)
        print(f"taken up after {time.monotonic() - began:.1f} s")
        provider.ready.set()
        wait_until(lambda: machines.status(run) == "completed")
        assert len(provider.submitted) == 1
        assert provider.cancelled == []
    assert machines.calls(run) == ["a"]
    charges = "SELECT count(*) FROM workflows_creditentry WHERE run_id = %s AND usd IS NOT NULL"
    assert machines.database.execute(charges, [run]).fetchone() == (1,)
    machines.lab.check()


def test_a_run_without_a_job_is_found(machines: Machines) -> None:
    web = machines.web()
    run = machines.start(web, {"a": "testText"})
    assert machines.status(run) == "queued"
    worker = machines.worker()
    wait_until(lambda: machines.status(run) == "completed", TAKEN_UP_SECONDS)
    # Now one whose job is lost while its worker is busy with nothing.
    worker.send_signal(signal.SIGSTOP)
    lost = machines.start(web, {"a": "testText"})
    machines.database.execute("DELETE FROM procrastinate_jobs")
    worker.send_signal(signal.SIGCONT)
    wait_until(lambda: machines.status(lost) == "completed", TAKEN_UP_SECONDS)


def test_a_worker_that_was_asleep_is_fenced(machines: Machines) -> None:
    with service() as provider:
        machines.lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
        web = machines.web()
        workers = {process.pid: process for process in (machines.worker(), machines.worker())}
        run = machines.start(web, {"b": ("testProvided", {"text": "x"})})
        assert provider.polled.wait(20)
        asleep = workers[machines.worker_of(run)]
        asleep.send_signal(signal.SIGSTOP)
        wait_until(lambda: machines.row(run)[1] == 2, TAKEN_UP_SECONDS)
        asleep.send_signal(signal.SIGCONT)
        query = "SELECT count(*) FROM workflows_worker WHERE capacity > 0"
        wait_until(lambda: machines.database.execute(query).fetchone() == (2,))
        provider.ready.set()
        wait_until(lambda: machines.status(run) == "completed")
        assert machines.row(run)[1] == 2
        assert len(provider.submitted) == 1
        # What the one that woke up had waited for is the other's by now.
        assert provider.cancelled == []
    machines.lab.check()


def test_a_stopped_worker_hands_its_runs_back(machines: Machines) -> None:
    web = machines.web()
    workers = {process.pid: process for process in (machines.worker(), machines.worker())}
    nodes = {"a": ("testLedger", {"seconds": 0}), "b": ("testLedger", {"seconds": 30})}
    run = machines.start(web, nodes, "a > b")
    wait_until(lambda: machines.calls(run) == ["a", "b"])
    stopped = workers[machines.worker_of(run)]
    began = time.monotonic()
    assert machines.kill(stopped, signal.SIGTERM) == 0
    assert time.monotonic() - began < 20
    wait_until(lambda: machines.calls(run) == ["a", "b", "b"])
    print(f"went on elsewhere after {time.monotonic() - began:.1f} s")
    assert machines.types(run).count("queued") == 2
    assert web.ask("POST", f"/api/executions/{run}/cancel")[0] == 200
    wait_until(lambda: machines.status(run) == "cancelled")
