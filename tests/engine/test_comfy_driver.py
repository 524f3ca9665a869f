"""Graphs run on ComfyUI servers, old and new: once each, to their end, whatever happens between."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.clients.fake_comfyui import Server, serve
from tests.engine.comfy import INVERT, PAINT, PHOTO, PROMPT, document, register
from tests.engine.runs import check_journal, execute, of
from workflows.media import storage
from workflows.models import Asset, Runner, Step, User


@pytest.fixture(params=["old", "new"])
def comfy(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of each version."""
    with serve(request.param) as server:
        yield server


@pytest.fixture
def quick(settings: Any) -> None:
    """Ask runners often, for tests that wait for it."""
    settings.RUNNER_POLL_SECONDS = 0.05
    settings.RUNNER_PROBE_SECONDS = 3600.0
    settings.RUNNER_LOST_SECONDS = 30.0


@pytest.fixture
def runner(quick: None, owner: User, comfy: Server) -> Runner:
    """The server as olga's runner."""
    return register(owner, comfy)


def _states(events: list[dict[str, Any]]) -> list[str]:
    return [event["state"] for event in of(events, "runner")]


def _picture(reference: dict[str, Any]) -> Image.Image:
    with storage.open_file(reference["sha256"]) as file:
        return Image.open(BytesIO(file.read())).convert("RGB")


def test_a_graph_runs_and_its_pictures_are_copied(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    run, events = execute(owner, document(PAINT, PROMPT, prompt="a cat"))
    assert run.status == "completed", run.error
    [picture] = next(iter(run.output.values()))
    assert (picture["width"], picture["height"]) == (64, 64)
    assert picture["name"] == "cat_00001_.png"
    assert Asset.objects.get(pk=picture["asset"]).run_id == run.pk
    states = _states(events)
    assert states[0] == "uploaded"
    assert set(states) <= {"uploaded", "queued", "running"}
    [standing, *_] = of(events, "runner")
    assert standing["runner"] == {"id": str(runner.pk), "name": "gpu-1"}
    [prompt_id] = comfy.comfy.taken
    step = Step.objects.get(run=run, node_id="c")
    assert step.request_id == f"{runner.pk}/{prompt_id}"
    assert (step.state, step.position) == ("", None)
    check_journal(run)


def test_files_go_to_a_folder_of_the_run_under_the_hash_of_their_content(
    runner: Runner, engine: None, owner: User, comfy: Server
) -> None:
    body = BytesIO()
    Image.new("RGB", (10, 6), (255, 0, 10)).save(body, "PNG")
    photo = storage.reference(storage.asset_create(owner, body.getvalue(), "my photo.png"))
    run, events = execute(owner, document(INVERT, PHOTO, photo=photo))
    assert run.status == "completed", run.error
    [picture] = next(iter(run.output.values()))
    assert _picture(picture).getpixel((3, 3)) == (0, 255, 245)
    [stored] = (comfy.comfy.folder / "input" / "patchbay" / str(run.pk)).iterdir()
    assert stored.name == f"{photo['sha256'][:40]}.png"
    assert _states(events)[0] == "uploaded"
