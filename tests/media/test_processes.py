"""Media processes: what goes to them and comes back, how they die, and what they cannot do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.media import work
from tests.processes import media_processes
from tests.waiting import wait_until
from workflows.errors import BadImage, MediaCrashed, MediaTimeout, NodeError
from workflows.media import images
from workflows.media.drafts import new_draft
from workflows.media.processes import pool
from workflows.media.processes.pixels import Pixels, share, view
from workflows.media.processes.pool import Lane

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def lane() -> Iterator[Lane]:
    """Two processes of a test's own."""
    lane = Lane("test", 2)
    yield lane
    lane.close()


@pytest.mark.parametrize("value", [None, 1.5, "text", b"bytes", [1, {"a": (2, 3)}], True])
def test_plain_values_go_and_come_back_as_they_are(lane: Lane, value: Any) -> None:
    assert lane.call(work.double, value) == (value, value)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_an_image_is_the_same_in_another_process(lane: Lane, mode: str) -> None:
    image = Image.effect_noise((61, 47), 90).convert(mode)
    if mode == "RGBA":
        image.putalpha(image.getchannel("R"))
    pixels = share(image)
    first, second = lane.call(work.double, pixels)
    assert isinstance(first, Pixels)
    assert (first.mode, first.size) == (mode, (61, 47))
    assert first is second
    assert view(first).tobytes() == image.tobytes()


def test_changing_an_image_leaves_the_shared_one_as_it_was() -> None:
    pixels = share(Image.new("RGB", (4, 4), "red"))
    image = view(pixels)
    image.putpixel((0, 0), (0, 0, 255))
    assert view(pixels).getpixel((0, 0)) == (255, 0, 0)


def test_files_are_read_from_their_beginning_and_written_up_to_their_limit(lane: Lane) -> None:
    pixels = share(Image.new("RGB", (8, 8), "red"))
    with new_draft(10_000) as file:
        lane.call(images.encode_to, file, pixels)  # type: ignore[arg-type]
        assert file.seek(0, os.SEEK_END) > 60
        assert lane.call(images.inspect, file, images.LIMITS).width == 8
        assert lane.call(images.inspect, file, images.LIMITS).width == 8


def test_an_error_arrives_with_its_facts(lane: Lane) -> None:
    with pytest.raises(BadImage) as caught:
        lane.call(images.inspect, b"no image", images.LIMITS)
    assert caught.value.context["expected"] == images.EXPECTED
    with pytest.raises(NodeError) as failed:
        lane.call(work.fail, "color")
    assert failed.value.context == {"field": "color", "value": "x", "expected": "a color"}


def test_a_function_that_no_process_can_import_is_refused(lane: Lane) -> None:
    with pytest.raises(TypeError, match="function of a module"):
        lane.begin(lambda: None)


def test_a_generator_goes_on_step_by_step_and_hears_what_is_said(lane: Lane) -> None:
    steps = lane.begin_steps(work.count, 3)
    assert steps.step().result(20) == (True, 0)
    assert steps.step(10).result(20) == (True, 11)
    assert steps.step().result(20) == (True, 2)
    assert steps.step().result(20) == (False, None)
    steps.stop()
    pid = lane.call(work.say_pid)
    assert pid in media_processes(), "the process of a generator that has ended lives on"


def test_a_crash_fails_its_own_call_and_no_other(lane: Lane) -> None:
    crashed, other = lane.begin(work.crash), lane.begin(work.sleep, 0.2)
    with pytest.raises(MediaCrashed, match="SIGABRT"):
        crashed.future.result(20)
    assert other.future.result(20) is None
    assert lane.call(work.double, 1) == (1, 1)


def test_a_process_that_is_killed_is_told_of_and_replaced(lane: Lane) -> None:
    pid = lane.call(work.say_pid)
    sleeping = lane.begin(work.sleep, 60)
    wait_until(lambda: sleeping._process is not None)
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(MediaCrashed, match="killed"):
        sleeping.future.result(20)
    assert lane.call(work.say_pid) != pid


def test_work_that_nobody_waits_for_ends_at_once() -> None:
    lane = Lane("test", 1)
    pid = lane.call(work.say_pid)
    sleeping, waiting = lane.begin(work.sleep, 60), lane.begin(work.sleep, 60)
    wait_until(lambda: sleeping._process is not None)
    waiting.stop()
    assert waiting.future.cancelled()
    sleeping.stop()
    wait_until(lambda: pid not in media_processes(), 1)
    with pytest.raises(CancelledError):
        sleeping.future.result(20)
    assert lane.call(work.double, 2) == (2, 2)
    lane.close()


def test_a_page_does_not_wait_for_ever(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "PAGE_SECONDS", 0.1)
    with pytest.raises(MediaTimeout):
        lane.call(work.sleep, 60)
    monkeypatch.undo()
    assert lane.call(work.double, 3) == (3, 3)


def test_a_process_gets_no_more_memory_than_it_may_have(lane: Lane) -> None:
    with pytest.raises(MemoryError):
        lane.call(work.take, 16 * 1024**3)
    assert lane.call(work.take, 1024) == 1024


def test_a_process_knows_no_secret_no_database_and_no_network(lane: Lane) -> None:
    names = set(lane.call(work.environment))
    assert not {name for name in names if "SECRET" in name or "DATA" in name or "KEY" in name}
    assert lane.call(work.knows, ["django", "rest_framework", "channels"]) == []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        if os.geteuid() == 0:
            assert lane.call(work.connect, listener.getsockname()[1]) != "connected"


@pytest.mark.parametrize(
    "text",
    [
        work.wish(),
        b"\x80\x04\x95",
        b"cworkflows.media.images\nlimits\n(tR.",
        b"(lp0\n.",
        b"\x80\x04}.",
    ],
)
def test_what_a_process_must_not_say_is_never_believed(
    lane: Lane, text: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MediaCrashed):
        lane.call(work.say, text)
    assert not (tmp_path / "harmed").exists()
    assert lane.call(work.double, 4) == (4, 4)


def test_memory_that_could_still_be_changed_is_no_image(lane: Lane) -> None:
    with pytest.raises(MediaCrashed):
        lane.call(work.give_open_memory)


def test_processes_without_work_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "IDLE_SECONDS", 0.2)
    lane = Lane("test", 2)
    pid = lane.call(work.say_pid)
    wait_until(lambda: pid not in media_processes())
    assert lane.call(work.say_pid) != pid


def test_a_server_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    program = (
        "import os, sys, django; django.setup()\n"
        "from tests.media import work; from workflows.media.processes.pool import Lane\n"
        "lane = Lane('test', 1); print(lane.call(work.say_pid), flush=True)\n"
        "lane.begin(work.sleep, 600).future.result()"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "canvas.settings",
        "DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(
        [sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        pid = int(server.stdout.readline())
        assert pid in media_processes(server.pid)
        server.kill()
    wait_until(lambda: not media_processes(server.pid), 5)
