"""Web processes and workers over one database: nothing is lost, whoever dies."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.clients.fake_comfyui import serve
from tests.engine.comfy import HELD, document
from tests.engine.crashlab import Process
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


def test_a_killed_worker_is_replaced_and_nothing_is_paid_twice(
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


def test_two_workers_at_one_runner_hear_of_their_own_and_one_takes_up_the_others(
    machines: Machines,
) -> None:
    web = machines.web()
    machines.database.execute("UPDATE workflows_user SET is_staff = true")
    machines.database.execute("""UPDATE workflows_token SET capabilities = '["*"]'""")
    with serve("new") as comfy:
        runner = {"name": "gpu", "endpoint": comfy.url}
        status, made = web.ask("POST", "/api/runners", runner)
        assert status == 201, made
        status, made = web.ask("POST", "/api/workflows", {"name": "Held", **document(HELD)})
        assert status == 201, made
        path = f"/api/workflows/{made['slug']}/run?async=true"

        def started(worker: Process) -> str:
            status, run = web.ask("POST", path, {"inputs": {}, "force": True})
            assert status == 202, run
            assert machines.worker_of(run["executionId"]) == worker.pid
            return str(run["executionId"])

        first = machines.worker("--concurrency", "1")
        one = started(first)
        wait_until(lambda: len(comfy.comfy.taken) == 1)
        two = started(machines.worker("--concurrency", "2"))
        wait_until(lambda: len(comfy.comfy.taken) == 2)
        # Each has a connection of its own: what one hears of, the other does not miss.
        wait_until(lambda: len(comfy.do(lambda: list(comfy.comfy._sockets))) == 2)
        machines.kill(first)
        wait_until(lambda: machines.row(one)[1] == 2, TAKEN_UP_SECONDS)
        comfy.open()
        for run in (one, two):
            wait_until(partial(machines.has_completed, run), TAKEN_UP_SECONDS)
        assert len(comfy.comfy.taken) == 2, "what the dead one has submitted is waited for"


def test_an_engine_that_is_asleep_loses_the_lead(machines: Machines) -> None:
    web = machines.web()
    first, second = machines.worker(), machines.worker()
    run = machines.start(web, {"a": ("gradient", {})})
    wait_until(lambda: machines.status(run) == "completed")
    oldest = "SELECT name FROM workflows_worker WHERE capacity > 0 ORDER BY created_at LIMIT 1"
    left = "SELECT count(*) FROM workflows_asset WHERE expires_at IS NOT NULL"

    def leader() -> int:
        (name,) = machines.database.execute(oldest).fetchone() or ("",)
        return int(name.split(":")[1])

    assert leader() == first.pid
    first.send_signal(signal.SIGSTOP)
    machines.database.execute("UPDATE workflows_asset SET expires_at = now()")
    wait_until(lambda: machines.database.execute(left).fetchone() == (0,), TAKEN_UP_SECONDS)
    first.send_signal(signal.SIGCONT)
    engines = "SELECT count(*) FROM workflows_worker WHERE capacity > 0"
    wait_until(lambda: machines.database.execute(engines).fetchone() == (2,))
    assert leader() == second.pid
    # One that leads goes, and the other does what is due.
    machines.kill(second)
    again = machines.start(web, {"a": ("gradient", {"angle": 7})})
    wait_until(lambda: machines.status(again) == "completed", TAKEN_UP_SECONDS)
    machines.database.execute("UPDATE workflows_asset SET expires_at = now()")
    wait_until(lambda: machines.database.execute(left).fetchone() == (0,), TAKEN_UP_SECONDS)


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


def test_a_run_is_watched_and_cancelled_at_a_web_process_that_did_not_start_it(
    machines: Machines,
) -> None:
    with service() as provider:
        machines.lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
        first, second = machines.web(), machines.web()
        machines.worker()
        nodes = {"a": ("testLedger", {"seconds": 1}), "b": "testProvided"}
        run = machines.start(first, nodes, "a > b")
        streamed: list[tuple[float, str]] = []

        def stream() -> None:
            streamed.extend((time.time(), event["type"]) for event in second.events(run))

        reader = threading.Thread(target=stream)
        reader.start()
        seen: list[tuple[float, dict[str, Any]]] = []
        with second.socket(machines.log_in(second)) as socket:
            socket.send(json.dumps({"watch": run, "after": 0}))
            while not any(event.get("request_id") for _, event in seen):
                events = json.loads(socket.recv(20))["events"]
                seen += [(time.time(), event) for event in events]
            assert provider.polled.wait(20)
            late = [
                at - datetime.fromisoformat(event["at"]).timestamp()
                for at, event in seen
                if event.get("node_id") == "b"
            ]
            print(f"seen at the other web process after {max(late) * 1e3:.0f} ms")
            # Nothing was waited for by looking again, which takes two seconds.
            assert max(late) < 1.5
            began = time.monotonic()
            assert second.ask("POST", f"/api/executions/{run}/cancel")[0] == 200
            while seen[-1][1]["type"] != "cancelled":
                events = json.loads(socket.recv(20))["events"]
                seen += [(time.time(), event) for event in events]
            wait_until(lambda: provider.cancelled == ["r1"])
            print(f"the provider was told after {(time.monotonic() - began) * 1e3:.0f} ms")
        reader.join(20)
        assert [type for _, type in streamed] == [event["type"] for _, event in seen]
    assert machines.types(run)[-1] == "cancelled"


def test_a_watcher_and_a_cancel_arrive_although_every_message_is_lost(machines: Machines) -> None:
    first, second = machines.web(), machines.web()
    machines.worker()
    machines.database.execute(
        # Who listens gets nothing of what anybody sends from now on.
        "CREATE FUNCTION public.pg_notify(text, text) RETURNS void AS '' LANGUAGE sql"
    )
    machines.database.execute("LISTEN patchbay")
    name = machines.database.info.dbname
    machines.database.execute(f'ALTER DATABASE "{name}" SET search_path = public, pg_catalog')
    machines.database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    wait_until(lambda: first.healthy() and second.healthy())
    run = machines.start(first, {"a": ("testLedger", {"seconds": 60})})
    wait_until(lambda: machines.calls(run) == ["a"])
    assert second.ask("POST", f"/api/executions/{run}/cancel")[0] == 200
    assert [event["type"] for event in first.events(run)][-1] == "cancelled"
    assert not [
        notice for notice in machines.database.notifies(timeout=0) if "runs" in notice.payload
    ]
    running = "SELECT count(*) FROM procrastinate_jobs"
    # The worker has let go of it.
    wait_until(lambda: machines.database.execute(running).fetchone() == (0,))


def test_tags_choose_the_pool_and_one_that_dies_hands_its_runs_to_another_that_fits(
    machines: Machines,
) -> None:
    web = machines.web()
    small = machines.worker("--tags", "gpu", "--concurrency", "1")
    other = machines.worker("--tags", "cpu")
    running = machines.start(web, {"a": ("testLedger", {"seconds": 60})}, tags=["gpu"])
    assert machines.worker_of(running) == small.pid
    status, refused = machines.try_start(web, {"a": "testText"}, tags=["gpu", "tpu"])
    assert (status, refused["code"]) == (400, "NO_WORKER")
    assert refused["error"] == "No worker is available with matching tags."
    waiting = machines.start(web, {"a": "testText"}, tags=["gpu"])
    assert machines.status(waiting) == "queued"
    large = machines.worker("--tags", "gpu,big")
    machines.kill(small)
    wait_until(lambda: machines.status(waiting) == "completed", TAKEN_UP_SECONDS)
    wait_until(lambda: machines.row(running)[1] == 2, TAKEN_UP_SECONDS)
    assert {machines.worker_of(running), machines.ran_at(waiting)} == {large.pid}
    # Without tags, the least loaded one takes it.
    free = machines.start(web, {"a": "testText"})
    wait_until(lambda: machines.status(free) == "completed")
    assert machines.ran_at(free) == other.pid


def test_the_owner_of_many_runs_does_not_keep_others_waiting(machines: Machines) -> None:
    web = machines.web()
    machines.worker("--concurrency", "1")
    first = machines.start(web, {"a": ("testLedger", {"seconds": 60})})
    machines.worker_of(first)
    many = [machines.start(web, {"a": ("testLedger", {"seconds": 0})}) for _ in range(5)]
    other = machines.start(machines.as_user(web, "other"), {"a": "testText"})
    assert web.ask("POST", f"/api/executions/{first}/cancel")[0] == 200
    wait_until(lambda: all(machines.status(run) == "completed" for run in [*many, other]))
    query = "SELECT id::text FROM workflows_run WHERE id <> %s ORDER BY started_at"
    order = [id for (id,) in machines.database.execute(query, [first])]
    assert order == [other, *many]


def test_counts_are_those_of_all_web_processes(machines: Machines) -> None:
    limits = {"RATES": "pro=4", "MAX_WATCHERS_PER_USER": "2"}
    first, second = machines.web(**limits), machines.web(**limits)
    statuses = [web.ask("GET", "/api/workflows")[0] for web in [first, second] * 3]
    assert statuses == [200] * 4 + [429] * 2
    cookies = machines.log_in(first)
    with ExitStack() as opened:
        for web in (first, second):
            opened.enter_context(web.socket(cookies))

        def is_refused() -> bool:
            try:
                with first.socket(cookies):
                    return False
            except InvalidStatus:
                return True

        # What is open elsewhere is known with the next heartbeat.
        wait_until(is_refused, 5)


def test_wrong_passwords_are_counted_over_all_web_processes(machines: Machines) -> None:
    webs = [machines.web(), machines.web()]
    statuses = [web.log_in("admin", "wrong password") for web in webs * 3]
    assert statuses == [401] * 5 + [429]


def test_a_provider_gets_no_more_calls_than_its_slots_from_all_workers_together(
    machines: Machines,
) -> None:
    with service() as provider:
        machines.lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
        web = machines.web()
        for _ in range(2):
            machines.worker("--concurrency", "3")
        runs = [machines.start(web, {"b": ("testProvided", {"text": "x"})}) for _ in range(6)]
        wait_until(lambda: {machines.status(run) for run in runs} == {"running"})
        assert len({machines.ran_at(run) for run in runs}) == 2
        wait_until(lambda: len(provider.submitted) == 2)
        # Long enough for the others to have tried again some times.
        assert not provider.overcrowded.wait(1.0)
        provider.ready.set()
        wait_until(lambda: {machines.status(run) for run in runs} == {"completed"})
        assert len(provider.submitted) == 6


def test_a_worker_of_the_version_before_leaves_runs_with_new_nodes_to_those_that_know_them(
    machines: Machines,
) -> None:
    web = machines.web()
    old = machines.worker("--concurrency", "8", WITHOUT_NODES="testLedger")
    known = [machines.start(web, {"a": "testText"}) for _ in range(2)]
    wait_until(lambda: all(map(machines.has_completed, known)), TAKEN_UP_SECONDS)
    assert {machines.ran_at(run) for run in known} == {old.pid}
    # Side by side; the one of before has more room, and takes most of what waits.
    new = machines.worker("--concurrency", "1")
    nodes: dict[str, Any] = {"a": ("testLedger", {"text": "x"}), "b": "testText"}
    runs = [machines.start(web, nodes, "a > b") for _ in range(12)]
    wait_until(lambda: all(map(machines.has_completed, runs)), TAKEN_UP_SECONDS)
    assert {machines.ran_at(run) for run in runs} == {new.pid}
    assert [machines.calls(run) for run in runs] == [["a"]] * 12
    # With none that knows its nodes a run fails, and says what is unknown.
    machines.kill(new)
    engines = "SELECT count(*) FROM workflows_worker WHERE capacity > 0"
    wait_until(lambda: machines.database.execute(engines).fetchone() == (1,), TAKEN_UP_SECONDS)
    failed = machines.start(web, nodes, "a > b")
    wait_until(lambda: machines.status(failed) == "failed", TAKEN_UP_SECONDS)
    query = "SELECT error::jsonb->'issues'->0->>'code' FROM workflows_run WHERE id = %s"
    assert machines.database.execute(query, [failed]).fetchone() == ("UNKNOWN_NODE_TYPE",)


def test_an_embedded_engine_and_workers_share_the_runs(machines: Machines) -> None:
    inside, web = machines.web(ENGINE="embedded", ACTIVE_RUNS="1"), machines.web()
    alone = machines.start(web, {"a": "testText"})
    wait_until(lambda: machines.status(alone) == "completed")
    assert machines.ran_at(alone) == inside.process.pid
    worker = machines.worker("--concurrency", "1")
    long = {"a": ("testLedger", {"seconds": 60})}
    two = [machines.start(inside, long) for _ in range(2)]
    assert {machines.worker_of(run) for run in two} == {inside.process.pid, worker.pid}
    machines.kill(inside.process)
    # What the dead one had goes on when there is room.
    left = next(run for run in two if machines.ran_at(run) == inside.process.pid)
    other = next(run for run in two if run != left)
    assert web.ask("POST", f"/api/executions/{other}/cancel")[0] == 200
    wait_until(lambda: machines.ran_at(left) == worker.pid, 2 * TAKEN_UP_SECONDS)


def test_random_kills_of_workers_lose_nothing(machines: Machines) -> None:
    web = machines.web()
    chance = random.Random(24)
    lab = machines.lab
    lab.seed("any", 12, number=24)
    workers = [machines.worker("--concurrency", "4") for _ in range(2)]
    done = "SELECT count(*) FROM workflows_event WHERE type = 'completion'"
    for _ in range(4):
        victim = workers.pop(chance.randrange(2))
        (before,) = machines.database.execute(done).fetchone() or (0,)
        wait_until(lambda: machines.progressed(before) or machines.is_quiet())  # noqa: B023
        machines.kill(victim)
        workers.append(machines.worker("--concurrency", "4"))
    wait_until(machines.is_quiet, 60)
    lab.check()
    # Once, and once more for each death while a node was under way.
    assert max(lab.calls().values()) <= 5
    assert web.healthy()


def test_runs_on_two_workers_never_spend_the_same_credits(machines: Machines) -> None:
    with service() as provider:
        machines.lab.environment["TEST_SERVICE"] = os.environ["TEST_SERVICE"]
        # Enough for three of the four nodes, which cost two each.
        machines.lab.environment["CREDITS_MONTHLY"] = "pro=6"
        web = machines.web()
        for _ in range(2):
            machines.worker("--concurrency", "2")
        runs = [machines.start(web, {"b": ("testProvided", {"text": "x"})}) for _ in range(4)]
        wait_until(lambda: "failed" in {machines.status(run) for run in runs})
        wait_until(lambda: len(provider.submitted) == 2)
        assert len({machines.ran_at(run) for run in runs}) == 2
        provider.ready.set()
        wait_until(machines.is_quiet)
    assert sorted(machines.status(run) for run in runs) == ["completed"] * 3 + ["failed"]
    spent = "SELECT -sum(amount) FROM workflows_creditentry WHERE amount < 0"
    assert machines.database.execute(spent).fetchone() == (6,)
    left = "SELECT count(*) FROM workflows_reservation"
    wait_until(lambda: machines.database.execute(left).fetchone() == (0,))
