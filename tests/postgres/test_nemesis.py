"""Workers and their database are killed at random, over and over, while lists are worked on."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.engine.crashlab import Process
from tests.engine.provider import Service, service
from tests.postgres.machines import Machines
from tests.postgres.outage import Server, database
from tests.waiting import wait_until

__all__ = ["database"]
pytestmark = [pytest.mark.postgres, pytest.mark.slow]

#: How long the longest wait for progress after a kill may be on a machine with nothing else to do.
PROGRESS_SECONDS = 10.0
#: What a test waits for it at most, however busy the machine is.
PATIENCE_SECONDS = 120.0


@pytest.fixture
def provider() -> Iterator[Service]:
    with service() as made:
        made.ready.set()
        made.echoes = True
        yield made


class Nemesis:
    """Kills a worker that has a run, and restarts the database, in an order that a seed decides."""

    def __init__(self, machines: Machines, server: Server, workers: int, seed: int) -> None:
        self.machines, self.server = machines, server
        self.chance = random.Random(seed)
        self.workers = {p.pid: p for p in (self._worker() for _ in range(workers))}
        self.waits: list[float] = []

    def kill(self) -> bool:
        """Kill a worker in the middle of a run and wait until items go on; False without one."""
        query = (
            "SELECT runner, array_agg(id::text) FROM workflows_run "
            "WHERE status = 'running' AND runner <> '' GROUP BY runner ORDER BY runner"
        )
        rows = self.machines.database.execute(query).fetchall()
        runs_of = {int(runner.split(":")[1]): runs for runner, runs in rows}
        busy = [pid for pid in self.workers if pid in runs_of]
        if not busy:
            return False
        victim = self.chance.choice(busy)
        runs = runs_of[victim]
        before = self._items(runs)
        self.machines.kill(self.workers.pop(victim))
        killed = time.monotonic()
        process = self._worker()
        self.workers[process.pid] = process
        wait_until(lambda: self._items(runs) > before or self._ended(runs), PATIENCE_SECONDS)
        self.waits.append(time.monotonic() - killed)
        return True

    def restart(self) -> None:
        """Stop the database at once, as a crash does, and start it again."""
        self.machines.database.close()
        self.server.stop()
        self.server.start()
        self.machines.database = psycopg.connect(self.server.url, autocommit=True)

    def _worker(self) -> Process:
        return self.machines.worker("--concurrency", "4")

    def _items(self, runs: list[str]) -> int:
        query = (
            "SELECT coalesce(sum(jsonb_array_length(data::jsonb -> 'items')), 0) "
            "FROM workflows_event WHERE type = 'items' AND run_id::text = ANY(%s)"
        )
        (count,) = self.machines.database.execute(query, [runs]).fetchone() or (0,)
        return int(count)

    def _ended(self, runs: list[str]) -> bool:
        query = (
            "SELECT bool_and(finished_at IS NOT NULL) FROM workflows_run WHERE id::text = ANY(%s)"
        )
        return bool((self.machines.database.execute(query, [runs]).fetchone() or (True,))[0])


@pytest.mark.parametrize(
    ("items", "seconds", "workers", "kills", "restarts"),
    [(8, 0.1, 2, 2, 1), pytest.param(250, 1.0, 4, 200, 20, marks=pytest.mark.soak)],
)
def test_each_item_is_billed_once_however_often_workers_and_the_database_die(
    tmp_path: Path,
    database: Server,
    provider: Service,
    items: int,
    seconds: float,
    workers: int,
    kills: int,
    restarts: int,
) -> None:
    machines = Machines(tmp_path, database.url)
    provider.seconds = seconds
    try:
        machines.lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
        machines.lab.environment["CREDITS_MONTHLY"] = "pro=1000000"
        web = machines.web()
        nemesis = Nemesis(machines, database, workers, seed=13)
        texts = [f"t{at}" for at in range(items)]
        nodes = {
            "list": ("list", {"items": texts}),
            "paid": "testProvided",
            "end": "responseOutput",
        }
        edges = ("list.items > paid", "paid > end.result")
        runs = [machines.start(web, nodes, *edges) for _ in range(4)]
        began, done = time.monotonic(), 0
        while done < kills and not machines.is_quiet():
            wait_until(lambda: machines.is_quiet() or nemesis.kill(), PATIENCE_SECONDS)
            done += 1
            # The last kills find items left, however fast the machine is.
            pace = (4 * items - len(provider.requests)) / max(kills - done, 1)
            slower = pace < 4 * items / kills and provider.seconds < 3 * seconds
            provider.seconds *= 1.1 if slower else 1 / 1.1
            if restarts and done % max(kills // restarts, 1) == 0:
                nemesis.restart()
        wait_until(machines.is_quiet, 600)
        worst = sorted(nemesis.waits)
        print(
            f"{4 * items} items, {done} kills, {time.monotonic() - began:.0f} s; items go on after "
            f"{worst[len(worst) // 2]:.1f} s in the middle, {worst[-1]:.1f} s at worst; "
            f"{sum(wait > PROGRESS_SECONDS for wait in worst)} over {PROGRESS_SECONDS:g} s; "
            f"{len(provider.submitted)} submits of {len(provider.requests)} requests"
        )
        assert [machines.status(run) for run in runs] == ["completed"] * 4
        # Each item is one request, however often it was submitted, and paid once.
        assert len(provider.requests) == 4 * items
        assert provider.cancelled == []
        charges = "SELECT count(*), sum(usd) FROM workflows_creditentry WHERE usd IS NOT NULL"
        count, usd = machines.database.execute(charges).fetchone() or (0, 0)
        assert (count, float(usd)) == (4 * items, pytest.approx(0.05 * 4 * items))
        undisturbed = machines.start(web, nodes, *edges)
        wait_until(machines.is_quiet, 600)
        outputs = "SELECT DISTINCT output::text FROM workflows_run"
        assert len(machines.database.execute(outputs).fetchall()) == 1
        assert machines.status(undisturbed) == "completed"
        machines.lab.check()
    finally:
        machines.close()
