"""The driver against a real ComfyUI server, at the URL that COMFYUI_URL names.

`COMFYUI_URL=http://127.0.0.1:8188 python -m pytest tests/engine/test_comfy_real.py`; no model is
needed there.
"""

from __future__ import annotations

import os

import pytest

from tests.engine.comfy import INVERT, PHOTO, document, fact, picture_of, saving, stored_picture
from tests.engine.runs import check_journal, execute
from workflows.models import Runner, User
from workflows.runners import pool

URL = os.environ.get("COMFYUI_URL", "")
pytestmark = pytest.mark.skipif(not URL, reason="COMFYUI_URL names no ComfyUI server")


@pytest.fixture
def runner(owner: User) -> Runner:
    """The real server as olga's runner."""
    return Runner.objects.create(owner=owner, name="real", endpoint=URL, private=True)


def test_it_is_up_and_knows_its_nodes(runner: Runner) -> None:
    health = pool.probe(runner)
    assert health["state"] == "up", health["error"]
    assert {"LoadImage", "SaveImage", "ImageInvert"} <= pool.catalogue(runner).keys()


def test_a_picture_goes_there_and_comes_back_inverted(
    runner: Runner, engine: None, owner: User
) -> None:
    run, _ = execute(owner, document(INVERT, PHOTO, photo=stored_picture(owner, (255, 0, 10))))
    assert run.status == "completed", run.error
    [picture] = run.output["images"]
    assert picture_of(picture).getpixel((3, 3)) == (0, 255, 245)
    check_journal(run)


def test_a_refused_graph_is_invalid(runner: Runner, engine: None, owner: User) -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "gone.png"}}, "9": saving("1")}
    run, _ = execute(owner, document(graph))
    assert (run.status, fact(run, "code")) == ("failed", "GRAPH_REJECTED")
    assert fact(run, "cause")["node"] == "1"
