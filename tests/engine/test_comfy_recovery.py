"""Whatever ends, restarts or goes silent: a graph runs once, and nothing waits for ever."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.clients.fake_comfyui import Server, serve
from tests.engine.comfy import (
    HELD,
    PAINT,
    PROMPT,
    comfy,
    document,
    fact,
    modern,
    quick,
    register,
    saving,
    state_of,
    states,
)
from tests.engine.crashlab import KILLED, Lab
from tests.engine.runs import cancel, chain, check_journal, create, execute, finish, of
from tests.started import ROOT
from tests.waiting import wait_until
from workflows.engine import embedded
from workflows.models import Event, Runner, RunnerCancel, Step, User
from workflows.runners import cancels, http

__all__ = ["comfy", "modern", "quick"]


@pytest.fixture
def runner(quick: None, owner: User, comfy: Server) -> Runner:
    """The server as olga's runner."""
    return register(owner, comfy)


@pytest.fixture
def new_runner(quick: None, owner: User, modern: Server) -> Runner:
    """The new server as olga's runner."""
    return register(owner, modern)


def test_a_waiting_request_is_taken_out_of_the_queue_by_a_cancel(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    first = create(owner, document(HELD))
    wait_until(lambda: state_of(first) == "running")
    second = create(owner, document(HELD))
    wait_until(lambda: state_of(second) == "queued")
    cancel(second)
    wait_until(lambda: not comfy.comfy.queue)
    comfy.open()
    finish(first)
    first.refresh_from_db()
    assert first.status == "completed", first.error
    assert comfy.comfy.executed == comfy.comfy.taken[:1]
    assert comfy.comfy.interrupted == []
    check_journal(second)
    assert Step.objects.get(run=second, node_id="c").state == ""


def test_a_running_request_is_stopped_by_a_cancel(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    cancel(run)
    wait_until(lambda: comfy.comfy.interrupted == comfy.comfy.taken)
    check_journal(run)


def test_a_cancel_never_stops_what_somebody_else_runs(
    quick: None, engine: None, owner: User
) -> None:
    with serve("old", targeted_interrupt=False) as server:
        register(owner, server)
        theirs = _submit(server, HELD)
        wait_until(lambda: server.comfy.running is not None)
        run = create(owner, document(HELD))
        wait_until(lambda: state_of(run) == "queued")
        cancel(run)
        wait_until(lambda: not server.comfy.queue)
        server.open()
        wait_until(lambda: server.comfy.executed == [theirs])
        assert server.comfy.interrupted == []


def test_what_somebody_stops_at_the_runner_fails_and_is_not_tried_again(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    _post(f"{comfy.url}/interrupt", {})
    finish(run)
    run.refresh_from_db()
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_STOPPED")
    assert len(comfy.comfy.taken) == 1


def test_a_runner_that_hangs_is_told_of_a_cancel_when_it_listens_again(
    new_runner: Runner, engine: None, owner: User, modern: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cancels, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(cancels, "RESPONSE_SECONDS", 0.2)
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    calls = [f"POST /api/jobs/{modern.comfy.taken[0]}/cancel", "POST /queue", "GET /queue"]
    modern.misbehave(hold=calls)
    cancel(run)
    time.sleep(0.5)
    assert modern.comfy.interrupted == []
    assert RunnerCancel.objects.count() == 1
    modern.misbehave(hold=[])
    wait_until(lambda: modern.comfy.interrupted == modern.comfy.taken)
    wait_until(lambda: not RunnerCancel.objects.exists())


def test_a_runner_that_is_away_is_told_of_a_cancel_by_the_next_engine(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    modern.misbehave(proxy=502)
    cancel(run)
    embedded.stop()
    modern.do(modern.comfy.misbehaviour.clear)
    assert RunnerCancel.objects.count() == 1
    embedded.start()
    wait_until(lambda: modern.comfy.interrupted == modern.comfy.taken)


@pytest.mark.parametrize("place", ["waiting", "running"])
def test_what_somebody_deletes_at_the_runner_stays_deleted(
    runner: Runner, engine: None, owner: User, comfy: Server, place: str
) -> None:
    other = create(owner, document(HELD))
    wait_until(lambda: state_of(other) == "running")
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "queued")
    if place == "waiting":
        _post(f"{comfy.url}/queue", {"delete": [comfy.comfy.taken[1]]})
    else:
        # It ends, and is gone from the history before anybody here has looked.
        comfy.misbehave(history="forgets")
    comfy.open()
    finish(run)
    run.refresh_from_db()
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_STOPPED")
    assert "deleted" in run.error["message"]
    assert len(comfy.comfy.taken) == 2


def test_what_is_gone_while_nobody_listened_is_submitted_again(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    modern.misbehave(socket="refused")
    other = create(owner, document(HELD))
    wait_until(lambda: state_of(other) == "running")
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "queued")
    modern.do(modern.comfy.lose, modern.comfy.taken[1])
    wait_until(lambda: len(modern.comfy.taken) == 3)
    modern.open()
    finish(run)
    run.refresh_from_db()
    assert run.status == "completed", run.error


def test_an_answer_that_is_lost_on_its_way_causes_no_second_request(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    comfy.misbehave(prompt="drop")
    run, _ = execute(owner, document(PAINT, PROMPT, prompt="once"))
    assert run.status == "completed", run.error
    assert len(comfy.comfy.taken) == 1


def test_an_answer_that_never_comes_causes_no_second_request(
    new_runner: Runner, engine: None, owner: User, modern: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        http.Http.json,
        "__kwdefaults__",
        {
            **(http.Http.json.__kwdefaults__ or {}),
            "seconds": 0.5,
        },
    )
    modern.misbehave(prompt="swallow")
    run, _ = execute(owner, document(PAINT, PROMPT, prompt="once"))
    assert run.status == "completed", run.error
    assert len(modern.comfy.taken) == 1


def test_a_runner_that_is_restarted_gets_the_request_again(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    comfy.restart()
    wait_until(lambda: len(comfy.comfy.taken) == 2)
    comfy.open()
    events = finish(run)
    run.refresh_from_db()
    assert run.status == "completed", run.error
    assert comfy.comfy.executed == comfy.comfy.taken[1:]
    assert states(events).count("uploaded") == 1
    assert len({event["prompt_id"] for event in of(events, "runner")}) == 2
    check_journal(run)


def test_another_runner_gets_a_request_that_the_first_has_lost(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    with serve("old") as other:
        other.open()
        register(owner, other, "gpu-2")
        Runner.objects.filter(pk=new_runner.pk).update(status="disabled")
        modern.restart()
        events = finish(run)
        run.refresh_from_db()
        assert run.status == "completed", run.error
        assert len(other.comfy.executed) == 1
    names = [event["runner"]["name"] for event in of(events, "runner")]
    assert (names[0], names[-1]) == ("gpu-1", "gpu-2")


def test_a_runner_that_is_away_for_a_while_is_waited_for(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    comfy.misbehave(queue="away")
    wait_until(lambda: any("Waiting for" in text for text in _progress(run)))
    comfy.open()
    wait_until(lambda: len(comfy.comfy.executed) == 1)
    comfy.misbehave(queue="")
    finish(run)
    run.refresh_from_db()
    assert run.status == "completed", run.error
    assert len(comfy.comfy.taken) == 1


def test_a_runner_that_stays_away_fails_the_run_with_a_sentence(
    new_runner: Runner, engine: None, owner: User, modern: Server, settings: Any
) -> None:
    settings.RUNNER_LOST_SECONDS = 0.2
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    modern.stop()
    try:
        finish(run)
        run.refresh_from_db()
        assert (run.status, fact(run, "code")) == ("failed", "RUNNER_UNREACHABLE")
        assert "gpu-1 has been unreachable for 0.2 s" in run.error["message"]
    finally:
        modern.start()


def test_a_runner_that_is_not_there_is_passed_over_for_one_that_is(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    Runner.objects.create(
        owner=owner, name="gone", endpoint="http://127.0.0.1:9", private=True, tags=["gpu"]
    )
    Runner.objects.filter(pk=new_runner.pk).update(tags=["gpu"])
    for _ in range(4):
        run, _ = execute(owner, document(PAINT, PROMPT, prompt="x", tags=("gpu",)))
        assert run.status == "completed", run.error
    assert len(modern.comfy.taken) == 4


def test_a_runner_that_is_deleted_under_a_run_fails_it(
    new_runner: Runner, engine: None, owner: User, modern: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.runners.connections.FRESH_SECONDS", 0.0)
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    new_runner.delete()
    finish(run)
    run.refresh_from_db()
    assert (run.status, fact(run, "code")) == ("failed", "NO_RUNNER")


def test_runs_that_wait_for_a_runner_keep_no_others_from_running(
    new_runner: Runner, engine: None, owner: User, modern: Server, settings: Any
) -> None:
    settings.ACTIVE_RUNS = 1
    waiting = [create(owner, document(HELD)) for _ in range(3)]
    wait_until(lambda: len(modern.comfy.taken) == 3)
    other, _ = execute(owner, chain(2))
    assert other.status == "completed", other.error
    modern.open()
    for run in waiting:
        finish(run)
        run.refresh_from_db()
        assert run.status == "completed", run.error


def test_an_engine_that_stops_leaves_the_request_to_the_next_one(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    embedded.stop()
    comfy.open()
    embedded.start()
    finish(run)
    run.refresh_from_db()
    assert run.status == "completed", run.error
    assert len(comfy.comfy.taken) == 1
    assert comfy.comfy.interrupted == []
    check_journal(run)


def test_a_request_goes_on_being_told_of_after_a_restart(
    new_runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    graph = {
        **HELD,
        "3": {**PAINT["3"], "inputs": {**PAINT["3"]["inputs"], "text": "x", "steps": 100}},
        "10": saving("3"),
    }
    run = create(owner, document(graph))
    wait_until(lambda: state_of(run) == "running")
    embedded.stop()
    wait_until(lambda: not modern.comfy._sockets)  # the one that comes is another
    modern.comfy.step_pause = 0.2
    embedded.start()
    wait_until(lambda: modern.comfy._sockets)
    modern.open()
    # The first preview may wait for a process that makes it small; so long it paints.
    progress = Event.objects.filter(run=run, type="progress")
    wait_until(lambda: any(event.data.get("preview") for event in progress.all()))
    modern.comfy.step_pause = 0.0
    events = finish(run)
    run.refresh_from_db()
    assert run.status == "completed", run.error
    second = [event["seq"] for event in of(events, "started")][1]
    told = [event for event in of(events, "progress") if event["seq"] > second]
    assert any(event["text"].startswith("Painter ") for event in told)
    assert any(event.get("preview") for event in told)
    assert all(0 < (event["fraction"] or 0.5) <= 1 for event in told)
    check_journal(run)


# --- Processes that are killed --------------------------------------------------------------------


class Process:
    """The server as a process of its own, to be killed."""

    def __init__(self, mode: str) -> None:
        self.mode, self.port = mode, 0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.clients.fake_comfyui", "--mode", self.mode]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        self.port = int(self.url.rpartition(":")[2])

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def log(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/test/log", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def do(self, **what: Any) -> None:
        _post(f"{self.url}/test/do", what)


@contextmanager
def process(mode: str) -> Iterator[Process]:
    """Run the server as a process for as long as the block lasts."""
    server = Process(mode)
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """Engines as processes, which ask runners often."""
    with Lab(tmp_path) as found:
        found.environment |= {"RUNNER_POLL_SECONDS": "0.05", "RUNNER_PROBE_SECONDS": "3600"}
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["old", "new"])
@pytest.mark.parametrize("place", ["step.request_recorded", "step.request_sent"])
def test_a_process_killed_around_the_submit_causes_one_execution(
    lab: Lab, mode: str, place: str
) -> None:
    with process(mode) as server:
        lab.environment["COMFY_RUNNER"] = server.url
        lab.seed("comfy")
        assert lab.work(FAILPOINTS=place) == KILLED
        assert len(server.log()["taken"]) == (place == "step.request_sent")
        server.do(open="gate")
        assert lab.work() == 0
        assert lab.check().split() == ["completed"]
        assert len(server.log()["taken"]) == len(server.log()["executed"]) == 1


@pytest.mark.slow
def test_a_process_killed_while_the_graph_runs_is_followed_by_one_that_asks_for_it(
    lab: Lab,
) -> None:
    with process("new") as server:
        lab.environment["COMFY_RUNNER"] = server.url
        lab.seed("comfy")
        worker = lab.start("work")
        _until(lambda: server.log()["running"])
        worker.send_signal(signal.SIGKILL)
        worker.finish()
        server.do(open="gate")
        assert lab.work() == 0
        assert lab.check().split() == ["completed"]
        assert len(server.log()["taken"]) == 1
        assert server.log()["interrupted"] == []


@pytest.mark.slow
def test_a_process_killed_before_the_answer_was_kept_asks_for_it_again(lab: Lab) -> None:
    with process("old") as server:
        lab.environment |= {"COMFY_RUNNER": server.url, "RUNNER_FORGET": "true"}
        server.do(open="gate")
        lab.seed("comfy")
        assert lab.work(FAILPOINTS="step.completed=1") == KILLED
        assert lab.work() == 0
        assert lab.assets() == ["held_00001_.png"]
        assert lab.check().split() == ["completed"]
        assert len(server.log()["taken"]) == 1


@pytest.mark.slow
def test_a_runner_killed_in_the_middle_and_started_again_gets_the_request_once_more(
    lab: Lab,
) -> None:
    with process("new") as server:
        lab.environment["COMFY_RUNNER"] = server.url
        lab.seed("comfy")
        worker = lab.start("work")
        try:
            _until(lambda: server.log()["running"])
            [first] = server.log()["taken"]
            server.kill()
            server.start()
            _until(lambda: server.log()["running"])
            [second] = server.log()["taken"]
            assert second != first
            server.do(open="gate")
        except BaseException:
            worker.send_signal(signal.SIGKILL)
            raise
        finally:
            status, output = worker.finish()
        assert status == 0, output
        assert lab.check().split() == ["completed"]


@pytest.mark.slow
def test_a_process_killed_right_after_a_cancel_is_followed_by_one_that_tells_the_runner(
    lab: Lab,
) -> None:
    with process("new") as server:
        lab.environment["COMFY_RUNNER"] = server.url
        lab.seed("comfy", 3)
        worker = lab.start("work")
        try:
            _until(lambda: server.log()["running"] and len(server.log()["pending"]) == 2)
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.finish()
        # The services write what a cancel is; there is no engine any more that could act on it.
        lab.cancel()
        assert server.log()["interrupted"] == []
        worker = lab.start("idle")
        try:
            _until(lambda: not server.log()["running"] and not server.log()["pending"])
        finally:
            worker.send_signal(signal.SIGTERM)
            worker.finish()
        assert lab.check().split() == ["cancelled"] * 3


def _progress(run: Any) -> list[str]:
    return [
        row["text"] for row in run.events.filter(type="progress").values_list("data", flat=True)
    ]


def _submit(server: Server, prompt: dict[str, Any]) -> str:
    answer: str = _post(f"{server.url}/prompt", {"prompt": prompt})["prompt_id"]
    return answer


def _post(url: str, body: Any) -> Any:
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.loads(answer.read() or b"null")


def _until(condition: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        os.sched_yield()
