"""Pausing, ordering and fairness where workers share the runs: nothing is lost or called twice."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.provider import service
from tests.postgres.machines import TAKEN_UP_SECONDS, Machines, Web
from tests.waiting import wait_until
from workflows.engine.items import ITEMS_AT_ONCE

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

ITEMS: dict[str, Any] = {
    "list": ("list", {"items": [f"t{at}" for at in range(120)]}),
    "each": "testLedgerOfItems",
    "end": "testText",
}
EDGES = ("list.items > each", "each > end.more")


@pytest.fixture
def machines(tmp_path: Path, migrated_url: str) -> Iterator[Machines]:
    made = Machines(tmp_path, migrated_url)
    yield made
    made.close()


def _ask(web: Web, run: str, verb: str) -> Any:
    status, found = web.ask("POST", f"/api/executions/{run}/{verb}", {})
    assert status == 200, found
    return found


def _items(machines: Machines, run: str) -> list[str]:
    lines = machines.lab.ledger.read_text("ascii").splitlines()
    return [line.split()[2] for line in lines if line.startswith(run)]


def _jobs(machines: Machines) -> int:
    row = machines.database.execute("SELECT count(*) FROM procrastinate_jobs").fetchone()
    return int(row[0]) if row else 0


def test_a_run_paused_here_rests_there_and_goes_on_at_another(machines: Machines) -> None:
    web, first = machines.web(), machines.worker()
    run = machines.start(web, ITEMS, *EDGES)
    wait_until(lambda: len(machines.calls(run)) > 8)
    began = time.monotonic()
    assert _ask(web, run, "pause")["pausing"]
    wait_until(lambda: machines.status(run) == "paused")
    print(f"paused after {time.monotonic() - began:.2f} s")
    done = len(machines.calls(run))
    assert done < 120
    wait_until(lambda: _jobs(machines) == 0)
    # Neither the death of its worker nor a new one wakes it.
    machines.kill(first)
    machines.worker()
    other = machines.start(web, {"a": "testText"})
    wait_until(lambda: machines.status(other) == "completed")
    assert (machines.status(run), len(machines.calls(run))) == ("paused", done)
    _ask(web, run, "resume")
    wait_until(lambda: machines.status(run) == "completed", TAKEN_UP_SECONDS)
    assert sorted(_items(machines, run)) == sorted(f"t{at}" for at in range(120))
    machines.lab.check()


def test_a_worker_killed_while_it_pauses_leaves_the_run_paused(machines: Machines) -> None:
    with service() as provider:
        machines.lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
        web = machines.web()
        workers = {process.pid: process for process in (machines.worker(), machines.worker())}
        nodes = {"a": ("testLedger", {"text": "x"}), "b": "testProvided", "c": "testText"}
        run = machines.start(web, nodes, "a > b", "b > c")
        assert provider.polled.wait(20)
        assert _ask(web, run, "pause")["pausing"]
        machines.kill(workers[machines.worker_of(run)])
        wait_until(lambda: machines.status(run) == "paused", TAKEN_UP_SECONDS)
        assert machines.types(run)[-1] == "paused"
        provider.ready.set()
        _ask(web, run, "resume")
        wait_until(lambda: machines.status(run) == "completed", TAKEN_UP_SECONDS)
        assert len(provider.submitted) == 1
        assert provider.cancelled == []
    assert machines.calls(run) == ["a"]
    machines.lab.check()


def test_kills_between_pauses_repeat_only_items_under_way(machines: Machines) -> None:
    web = machines.web()
    run = machines.start(web, ITEMS, *EDGES)
    kills = 3
    for number in range(kills):
        worker = machines.worker()
        wait_until(lambda: len(machines.calls(run)) > 12 * (number + 1), TAKEN_UP_SECONDS)  # noqa: B023
        _ask(web, run, "pause")
        machines.kill(worker)
        if number == 1:
            # While no worker lives: it has not paused yet, and never will.
            _ask(web, run, "resume")
            continue
        other = machines.worker()
        wait_until(lambda: machines.status(run) == "paused", TAKEN_UP_SECONDS)
        machines.kill(other)
        _ask(web, run, "resume")
    machines.worker()
    wait_until(lambda: machines.status(run) == "completed", TAKEN_UP_SECONDS)
    found = _items(machines, run)
    assert set(found) == {f"t{at}" for at in range(120)}
    assert len(found) <= 120 + kills * 3 * ITEMS_AT_ONCE
    machines.lab.check()


def test_waiting_runs_are_taken_in_their_order_and_paused_ones_not(machines: Machines) -> None:
    web = machines.web()
    runs = [machines.start(web, {"a": ("testLedger", {"text": "x"})}) for _ in range(6)]
    assert web.ask("POST", "/api/queue/move", {"executionIds": [runs[5], runs[3]]})[0] == 204
    assert _ask(web, runs[1], "pause")["state"] == "paused"
    machines.worker("--concurrency", "1")
    left = [run for run in runs if run != runs[1]]
    wait_until(lambda: all(machines.status(run) == "completed" for run in left), TAKEN_UP_SECONDS)
    lines = [line.split()[0] for line in machines.lab.ledger.read_text("ascii").splitlines()]
    assert lines == [runs[number] for number in (5, 3, 0, 2, 4)]
    assert machines.status(runs[1]) == "paused"
    wait_until(lambda: _jobs(machines) == 0)
    _ask(web, runs[1], "resume")
    wait_until(lambda: machines.status(runs[1]) == "completed", TAKEN_UP_SECONDS)


def test_ten_thousand_runs_of_one_account_do_not_delay_another(machines: Machines) -> None:
    web = machines.web(MAX_ACTIVE_RUNS_PER_USER="20000")
    other = machines.as_user(web, "bob")
    first = machines.start(web, {"a": ("testLedger", {"seconds": 0.05})})
    # As many more, with jobs like hers, without ten thousand requests.
    columns = [
        name
        for (name,) in machines.database.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = 'workflows_run' AND column_name NOT IN ('id', 'job_id', 'turn')"
        )
    ]
    names = ", ".join(f'"{name}"' for name in columns)
    machines.database.execute(
        f"INSERT INTO workflows_run (id, turn, job_id, {names}) "
        f"SELECT gen_random_uuid(), turn + n, NULL, {names} "
        "FROM workflows_run, generate_series(1, 9999) AS n WHERE id = %s",
        [first],
    )
    machines.database.execute(
        "INSERT INTO workflows_event (run_id, seq, type, data, at) "
        "SELECT r.id, 1, 'queued', '{}', now() FROM workflows_run r "
        "WHERE NOT EXISTS (SELECT 1 FROM workflows_event e WHERE e.run_id = r.id)"
    )
    for _ in range(2):
        machines.worker("--concurrency", "8")
    done = "SELECT count(*) FROM workflows_run WHERE status = 'completed'"
    wait_until(lambda: machines.database.execute(done).fetchone() > (20,), TAKEN_UP_SECONDS)
    waits, before = [], []
    for _ in range(10):
        run = machines.start(other, {"a": "testText"})
        wait_until(lambda: machines.status(run) == "completed", TAKEN_UP_SECONDS)  # noqa: B023
        row = machines.database.execute(
            "SELECT extract(epoch FROM b.started_at - b.created_at), (SELECT count(*) FROM "
            "workflows_run a WHERE a.owner_id <> b.owner_id AND a.started_at > b.created_at "
            "AND a.started_at < b.started_at) FROM workflows_run b WHERE b.id = %s",
            [run],
        ).fetchone()
        assert row is not None
        waits.append(round(float(row[0]), 2))
        before.append(row[1])
    left = machines.database.execute(
        "SELECT count(*) FROM workflows_run WHERE status = 'queued'"
    ).fetchone()
    print(f"{left} wait; the other account waited {sorted(waits)} s behind {sorted(before)} runs")
    assert left is not None and left[0] > 5000
    # Those that are executed when it comes, and as many again that are taken at that moment.
    assert max(before) <= 4 * 8
