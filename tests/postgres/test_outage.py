"""PostgreSQL goes away under load and comes back: told as such, nothing lost, nothing restarted."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.engine.provider import service
from tests.postgres.machines import Machines
from tests.postgres.outage import Server, database
from tests.server.test_serve import Site
from tests.waiting import wait_until
from workflows.engine.heartbeat import DEAD_SECONDS

__all__ = ["database"]
pytestmark = [pytest.mark.postgres, pytest.mark.slow]

AWAY_SECONDS = 8.0
#: The longest a request may take meanwhile: 3 s, and what a busy machine adds.
ANSWER_SECONDS = 6.0
HEALTHY_SECONDS = 10.0


@pytest.fixture
def site(tmp_path: Path, database: Server) -> Iterator[Site]:
    free = {"RATES": "enterprise=1000000", "COMFY_CALLS": "0"}
    made = Site(tmp_path / "data", DATABASE_URL=database.url, **free)
    made.start()
    yield made
    made.process.kill()
    made.process.wait()


NODES = [{"id": "g", "type": "gradient", "position": {"x": 0, "y": 0}, "data": {}}]


def test_an_outage_is_told_in_time_and_leaves_no_trace(site: Site, database: Server) -> None:
    key = {"x_api_key": site.token(), "Content_Type": "application/json"}
    secret = key["x_api_key"]
    body = json.dumps({"name": "Art", "nodes": NODES})
    assert site.ask("POST", "/api/workflows", body, **key).status == 201
    calls = [
        ("POST", "/api/workflows/art/run?async=true", '{"inputs":{}}', key),
        ("PUT", "/api/workflows/art", body, key),
        ("GET", "/api/workflows", None, key),
        ("POST", "/fal/queue/workflows/ci/art", "{}", {"Authorization": f"Key {secret}"}),
        ("GET", "/v1/template", None, {"Authorization": f"Bearer {secret}"}),
        ("GET", "/", None, {"Cookie": site.cookie()}),
    ]
    runs: list[str] = []
    told: list[tuple[float, float, str, int, str | None]] = []
    over = threading.Event()

    def load(method: str, path: str, body: str | None, headers: dict[str, str]) -> None:
        while not over.is_set():
            began = time.monotonic()
            answer = site.ask(method, path, body, **headers)
            took = time.monotonic() - began
            wait = answer.headers.get("retry-after")
            told.append((began, took, path, answer.status, wait))
            if answer.status == 202:
                runs.append(answer.json()["executionId"])
            over.wait(0.05)

    threads = [threading.Thread(target=load, args=call) for call in calls]
    for thread in threads:
        thread.start()
    over.wait(1.0)
    stopped = time.monotonic()
    database.stop()
    over.wait(AWAY_SECONDS)
    assert site.ask("GET", "/healthz").json() == {"status": "database unavailable"}
    database.start()
    back = time.monotonic()
    try:
        wait_until(site.healthy, 30)
        healthy = time.monotonic() - back
        seen = len(told)
        wait_until(lambda: {row[3] for row in told[-12:]} <= {200, 202} and len(told) > seen + 12)
        working = time.monotonic() - back
    except AssertionError:
        pytest.fail(f"{Counter((row[2], row[3]) for row in told)}, last: {told[-12:]}")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    refused = [row for row in told if row[3] >= 400]
    longest = max(row[1] for row in told)
    print(
        f"{len(told)} requests, {len(refused)} refused, longest {longest:.1f} s; "
        f"healthy after {healthy:.1f} s, all working after {working:.1f} s; {len(runs)} runs"
    )
    assert {row[2] for row in refused} == {call[1] for call in calls}
    assert {row[3] for row in refused} == {503}, refused
    assert all(row[4] for row in refused)
    assert all(row[0] > stopped - ANSWER_SECONDS for row in refused)
    assert longest < ANSWER_SECONDS
    assert healthy < HEALTHY_SECONDS

    def ended() -> bool:
        with psycopg.connect(database.url) as session:
            query = "SELECT count(*) FROM workflows_run WHERE status IN ('queued', 'running')"
            return session.execute(query).fetchone() == (0,)

    wait_until(ended, 60)
    with psycopg.connect(database.url) as session:
        known = session.execute("SELECT id::text, status FROM workflows_run").fetchall()
        gaps = session.execute(
            "SELECT run_id FROM workflows_event GROUP BY run_id "
            "HAVING max(seq) <> count(*) OR min(seq) <> 1"
        ).fetchall()
    assert set(runs) <= {id for id, _ in known}
    assert {status for _, status in known} == {"completed"}
    assert gaps == []
    assert site.process.poll() is None


@pytest.mark.parametrize("away", [0.0, 10.0])
def test_workers_outlive_their_database_and_nobody_is_taken_for_dead(
    tmp_path: Path, database: Server, away: float
) -> None:
    machines = Machines(tmp_path, database.url)
    try:
        with service() as provider:
            machines.lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
            web = machines.web()
            for _ in range(2):
                machines.worker()
            nodes = {"a": ("testProvided", {"text": "x"}), "b": ("testLedger", {"seconds": 0})}
            runs = [machines.start(web, nodes, "a > b") for _ in range(4)]
            wait_until(lambda: {machines.status(run) for run in runs} == {"running"})
            machines.database.close()
            database.stop()
            threading.Event().wait(away)
            database.start()
            back = time.monotonic()
            machines.database = psycopg.connect(database.url, autocommit=True)
            wait_until(web.healthy, HEALTHY_SECONDS)
            later = machines.start(web, {"a": "testText"})
            wait_until(lambda: machines.status(later) == "completed", HEALTHY_SECONDS)
            print(f"runs are executed again after {time.monotonic() - back:.1f} s")
            # Longer than it takes to be declared dead.
            wait_until(lambda: time.monotonic() > back + DEAD_SECONDS + 3)
            assert [machines.row(run)[:2] for run in runs] == [("running", 1)] * 4
            provider.ready.set()
            wait_until(lambda: {machines.status(run) for run in runs} == {"completed"})
            assert len(provider.submitted) == 4
            jobs = "SELECT count(*) FROM procrastinate_jobs"
            wait_until(lambda: machines.database.execute(jobs).fetchone() == (0,))
        machines.lab.check()
    finally:
        machines.close()
