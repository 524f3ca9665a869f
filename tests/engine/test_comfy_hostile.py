"""A runner may send anything: memory and time stay bounded, other runs and files untouched."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.clients.fake_comfyui import Server, serve
from tests.engine.comfy import (
    HELD,
    INVERT,
    PAINT,
    PHOTO,
    PICTURES,
    PROMPT,
    document,
    fact,
    modern,
    quick,
    register,
    state_of,
    stored_picture,
)
from tests.engine.runs import check_journal, create, execute, finish, of
from tests.waiting import wait_until
from workflows.models import Asset, Event, Run, Runner, User

__all__ = ["modern", "quick"]

MB = 1024 * 1024
PAINTED = document(PAINT, PROMPT, prompt="paint")


@pytest.fixture
def runner(quick: None, owner: User, modern: Server, settings: Any) -> Runner:
    """The server as olga's runner, whose files may have 8 MB."""
    settings.LIMITS = {**django_settings.LIMITS, "runner_file_bytes": 8 * MB}
    return register(owner, modern)


@pytest.fixture
def bounded() -> Iterator[Callable[[int], None]]:
    """Return how much more memory the process has needed at its peak; the server's is in it."""
    Path("/proc/self/clear_refs").write_text("5")
    before = _memory("VmRSS")

    def check(limit: int) -> None:
        grown = _memory("VmHWM") - before
        assert grown <= limit, f"the process grew by {grown / MB:.0f} MB"

    yield check


def _memory(name: str) -> int:
    text = Path("/proc/self/status").read_text()
    found = re.search(rf"{name}:\s+(\d+) kB", text)
    assert found is not None
    return int(found.group(1)) * 1024


@pytest.fixture
def stray() -> Callable[[], set[str]]:
    """Return which files are new in the store and no stored ones; other tests share the store."""
    before = _stray_files()
    return lambda: _stray_files() - before


def _stray_files() -> set[str]:
    """List what lies in the store and is no stored file, nor a thumbnail of another test's."""
    root = Path(django_settings.MEDIA_ROOT)
    files = [path.relative_to(root) for path in root.rglob("*") if path.is_file()]
    kept = re.compile(r"thumbnails/.*|.*/[0-9a-f]{64}")
    return {str(path) for path in files if not kept.fullmatch(str(path))}


def test_an_endless_file_is_cut_off(
    runner: Runner,
    engine: None,
    owner: User,
    modern: Server,
    bounded: Callable[[int], None],
    stray: Callable[[], set[str]],
) -> None:
    modern.misbehave(view="endless")
    run, _ = execute(owner, PAINTED)
    assert (run.status, fact(run, "code")) == ("failed", "TOO_LARGE")
    assert not stray()
    assert not Asset.objects.filter(run=run).exists()
    bounded(50 * MB)


def test_a_file_that_trickles_is_not_waited_for(
    runner: Runner,
    engine: None,
    owner: User,
    modern: Server,
    monkeypatch: pytest.MonkeyPatch,
    stray: Callable[[], set[str]],
) -> None:
    monkeypatch.setattr("workflows.engine.host.runner_files.COPY_SECONDS", 0.3)
    modern.misbehave(view="slow")
    run, _ = execute(owner, PAINTED)
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_UNREACHABLE")
    assert not stray()


def test_a_file_that_breaks_off_comes_again(
    runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    modern.misbehave(view="drop-once")
    run, _ = execute(owner, PAINTED)
    assert run.status == "completed", run.error
    assert len(modern.comfy.taken) == 1


def test_a_file_that_always_breaks_off_fails_the_node(
    runner: Runner,
    engine: None,
    owner: User,
    modern: Server,
    monkeypatch: pytest.MonkeyPatch,
    stray: Callable[[], set[str]],
) -> None:
    monkeypatch.setattr("workflows.engine.retry.FIRST_DELAY_SECONDS", 0.01)
    modern.misbehave(view="drop")
    run, _ = execute(owner, PAINTED)
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_UNREACHABLE")
    assert not stray()
    assert len(modern.comfy.taken) == 1


@pytest.mark.parametrize(
    ("view", "said"), [("html", "not what its name says"), ("redirect", "does not return")]
)
def test_a_file_that_is_none_is_refused(
    runner: Runner, engine: None, owner: User, modern: Server, view: str, said: str
) -> None:
    modern.misbehave(view=view)
    run, _ = execute(owner, PAINTED)
    assert run.status == "failed"
    assert said in run.error["message"]
    assert not Asset.objects.filter(run=run, content_type__startswith="image/").exists()


def test_names_from_a_runner_lead_nowhere(
    runner: Runner,
    engine: None,
    owner: User,
    modern: Server,
    stray: Callable[[], set[str]],
) -> None:
    modern.misbehave(history="traversal", view="any")
    run, _ = execute(owner, document(PAINT, PROMPT, outputs=[], prompt="x"))
    assert run.status == "completed", run.error
    names = [file["name"] for file in run.output["files"]]
    assert names[:4] == ["passwd", "passwd", "boot.ini", "x.png"]
    for name in names:
        assert not set(name) & set("/\\\n\u202e")
        assert len(name) <= 255
    assert not stray()
    modern.misbehave(view="")
    run, _ = execute(owner, document(PAINT, PROMPT, outputs=[], prompt="y"))
    assert (run.status, fact(run, "code")) == ("failed", "NODE_FAILED")


@pytest.mark.parametrize("how", ["types", "text", "endless"])
def test_answers_of_wrong_types_or_without_end_fail_the_node(
    runner: Runner,
    engine: None,
    owner: User,
    modern: Server,
    how: str,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    bounded: Callable[[int], None],
) -> None:
    monkeypatch.setattr("workflows.engine.retry.FIRST_DELAY_SECONDS", 0.01)
    settings.RUNNER_LOST_SECONDS = 0.2
    run = create(owner, document(HELD))
    wait_until(lambda: state_of(run) == "running")
    modern.misbehave(json=how)
    finish(run)
    run.refresh_from_db()
    assert run.status == "failed"
    assert fact(run, "code") in ("RUNNER_UNREACHABLE", "RUNNER_STOPPED")
    check_journal(run)
    bounded(50 * MB)


def test_a_history_of_wrong_types_brings_nothing(
    runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    modern.misbehave(history="types")
    run, _ = execute(owner, document(PAINT, PROMPT, outputs=[], prompt="x"))
    assert run.status == "completed", run.error
    assert run.output == {"files": []}


@pytest.mark.parametrize("how", ["flood", "giant", "garbage", "foreign"])
def test_whatever_the_socket_says_the_graph_runs_to_its_end_and_so_do_others(
    runner: Runner,
    engine: None,
    owner: User,
    modern: Server,
    how: str,
    bounded: Callable[[int], None],
) -> None:
    modern.misbehave(socket=how)
    with serve("old") as honest:
        register(owner, honest, "honest", tags=["honest"])
        Runner.objects.filter(pk=runner.pk).update(tags=["odd"])
        mine = create(owner, document(PAINT, PROMPT, prompt="mine", tags=("odd",)))
        other = create(owner, document(PAINT, PROMPT, prompt="other", tags=("honest",)))
        for run in (mine, other):
            events = finish(run)
            run.refresh_from_db()
            assert run.status == "completed", run.error
            assert len(run.output["images"]) == 1
            for report in of(events, "progress"):
                assert report["fraction"] is None or 0 <= report["fraction"] <= 1
            check_journal(run)
    # The frame of 64 MB that the server makes is its own.
    bounded((50 + 130 * (how == "giant")) * MB)


def test_a_runner_that_is_too_busy_is_not_asked_twice_for_one_run(
    runner: Runner, engine: None, owner: User, modern: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.engine.retry.FIRST_DELAY_SECONDS", 0.01)
    modern.misbehave(prompt="busy")
    run, _ = execute(owner, PAINTED)
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_LOST")
    assert modern.comfy.taken == []


def test_a_file_the_runner_finds_too_large_is_not_tried_again(
    runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    modern.misbehave(upload="large")
    run, _ = execute(owner, document(INVERT, PHOTO, photo=stored_picture(owner)))
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_UNREACHABLE")
    assert "files as large" in run.error["message"]
    assert modern.comfy.calls.count("POST /upload/image") == 1


def test_a_key_that_is_turned_away_is_no_fault_of_the_graph(
    runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    modern.misbehave(prompt="denied")
    run, _ = execute(owner, PAINTED)
    assert (run.status, fact(run, "code")) == ("failed", "RUNNER_UNREACHABLE")
    assert "returned 401" in run.error["message"]


def test_texts_of_a_runner_are_shown_in_short_and_hold_no_secret(
    runner: Runner, engine: None, owner: User, modern: Server
) -> None:
    secret = "0123-a-key-that-nobody-may-see"
    headers = json.dumps({"Authorization": f"Bearer {secret}"})
    Runner.objects.filter(pk=runner.pk).update(headers=headers)
    graph = {
        "3": {"class_type": "PrimitiveString", "inputs": {"value": f"echo {secret}\u0000\u202e"}},
        "9": {"class_type": "PreviewAny", "inputs": {"source": ["3", 0]}},
    }
    run, _ = execute(owner, document(graph, outputs=[{**PICTURES, "name": "t", "type": "text"}]))
    assert run.status == "completed", run.error
    assert "\u0000" not in run.output["text"]
    told = "".join(json.dumps(row) for row in Event.objects.values_list("data", flat=True))
    assert secret not in told
    assert not Run.objects.filter(output__contains=secret).exists()
