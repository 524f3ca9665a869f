"""Workflows through the engine of this process: what becomes of their files, and of failures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.client import Caller
from tests.clients.fake_comfyui import Server, serve
from tests.comfy.test_create import send
from tests.comfy.test_states import frames
from tests.fal.test_storage import png
from tests.waiting import wait_until
from workflows.media import hashed
from workflows.models import Asset, Run, Runner

pytestmark = pytest.mark.usefixtures("engine")

GRAPH: dict[str, Any] = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "$file(picture)"}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "a"}},
}


@pytest.fixture
def comfy(transactional_db: None, runner: Runner) -> Iterator[Server]:
    """A ComfyUI server, which alice's runner is."""
    with serve("new") as server:
        Runner.objects.update(endpoint=server.url)
        yield server


def start(caller: Caller, graph: dict[str, Any]) -> Run:
    """Start a workflow with an image."""
    picture = send(caller, graph, also={"$picture": _picture()})
    assert picture.status_code == 201, picture.content
    return Run.objects.get(pk=picture.json()["id"])


def _picture() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("cup.png", png(9, 9), "image/png")


def follow(caller: Caller, run: Run) -> dict[str, Any]:
    """Return the last frame of a workflow's stream."""
    return frames(caller.get(f"/v1/workflow/{run.pk}/subscribe"))[-1]


def inputs_are_gone(run: Run) -> bool:
    return not Asset.objects.filter(run=run, discard=True).exists()


def test_inputs_go_and_outputs_stay_when_it_completes(hers: Caller, comfy: Server) -> None:
    run = start(hers, GRAPH)
    (given,) = Asset.objects.filter(run=run)
    last = follow(hers, run)
    assert last["status"] == "completed"
    wait_until(lambda: inputs_are_gone(run))
    wait_until(lambda: not hashed.exists(given.sha256))
    (made,) = Asset.objects.filter(run=run)
    assert [row["id"] for row in last["outputs"]] == [str(made.pk)]
    assert made.expires_at is None
    assert hers.get(f"/v1/gallery?workflow_id={run.pk}").json()["total"] == 1


@pytest.mark.parametrize(
    ("change", "state"),
    [({"class_type": "Explode"}, "failed"), ({"class_type": "NoSuchNode"}, "invalid")],
)
def test_inputs_go_when_it_fails_too(
    hers: Caller, comfy: Server, change: dict[str, Any], state: str
) -> None:
    run = start(hers, {**GRAPH, "2": {**GRAPH["2"], **change}})
    assert follow(hers, run)["status"] == state
    wait_until(lambda: inputs_are_gone(run))
    assert not Asset.objects.exists()


def test_inputs_go_when_nobody_is_there(
    transactional_db: None, hers: Caller, runner: Runner
) -> None:
    run = start(hers, GRAPH)
    last = follow(hers, run)
    assert (last["status"], last["cause"]["exception_type"]) == ("failed", "RUNNER_UNREACHABLE")
    wait_until(lambda: inputs_are_gone(run))


def test_a_shared_runner_does_the_work_of_others_and_tells_them_not_where_it_is(
    his: Caller, comfy: Server, runner: Runner
) -> None:
    Runner.objects.update(shared=True)
    run = start(his, GRAPH)
    assert follow(his, run)["status"] == "completed"
    detail = his.get(f"/v1/workflow/{run.pk}").json()
    assert (detail["user_runner_id"], detail["managed_runner_id"]) == (None, str(runner.pk))
    managed = his.get(f"/v1/managed-runner/{runner.pk}").json()
    assert managed.keys() == {
        "id",
        "name",
        "runner_type",
        "status",
        "tags",
        "created_at",
        "updated_at",
    }
    assert his.get(f"/v1/runner/{runner.pk}").status_code == 404
    assert his.get("/v1/managed-runner").json()["total"] == 1
    Runner.objects.update(status="disabled")
    assert his.get("/v1/managed-runner").json() == {"managed_runners": [], "total": 0}
