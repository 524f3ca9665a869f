"""Graphs for the tests' ComfyUI server, the nodes that run them, and fixtures for both."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.clients.fake_comfyui import Server, serve
from tests.engine.runs import graph, of
from workflows.media import hashed, storage
from workflows.models import Runner, Step, User

PAINT: dict[str, Any] = {
    "3": {
        "class_type": "TestSampler",
        "_meta": {"title": "Painter"},
        "inputs": {
            "text": "$text(prompt)",
            "seed": 7,
            "steps": 3,
            "sampler": "euler",
            "scale": 1.0,
            "tile": False,
        },
    },
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "out/cat"}},
}
INVERT = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "inv"}},
}
RED = {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "color": 0xFF0000}}
HELD = {
    "1": RED,
    "2": {"class_type": "Hold", "inputs": {"image": ["1", 0], "gate": "gate"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "held"}},
}

PROMPT = {"name": "prompt", "type": "textarea", "target": {"placeholder": "prompt"}}
PHOTO = {"name": "photo", "type": "image", "target": {"node": "1", "input": "image"}}
PICTURES = {"name": "pictures", "type": "list<image>", "node": "9"}


def document(
    prompt: dict[str, Any], /, *inputs: dict[str, Any], tags: tuple[str, ...] = (), **values: Any
) -> dict[str, Any]:
    """Build a workflow of one ComfyUI node, `c`, whose first declared output is the result."""
    outputs = values.pop("outputs", [PICTURES])
    data = {
        "graph": prompt,
        "tags": list(tags),
        "inputs": list(inputs),
        "outputs": outputs,
        **values,
    }
    first = outputs[0]["name"] if outputs else "files"
    nodes = {"c": ("comfyWorkflow", data), "r": "responseOutput"}
    return graph(nodes, f"c.{first} > r.result")


def saving(node: str = "2", **more: Any) -> dict[str, Any]:
    """Return a node that saves what another gives."""
    return {
        "class_type": "SaveImage",
        "inputs": {"images": [node, 0], "filename_prefix": "x", **more},
    }


def register(owner: User, server: Server, name: str = "gpu-1", **more: Any) -> Runner:
    """Register the server as somebody's runner."""
    more.setdefault("private", True)
    return Runner.objects.create(owner=owner, name=name, endpoint=server.url, **more)


def states(events: list[dict[str, Any]]) -> list[str]:
    """List the states the node has had on its runners."""
    return [event["state"] for event in of(events, "runner")]


def state_of(run: Any) -> str:
    """Return the state the node has on its runner now."""
    return Step.objects.filter(run=run, node_id="c").values_list("state", flat=True).first() or ""


def picture_of(reference: dict[str, Any]) -> Image.Image:
    """Open a stored image."""
    with hashed.open_file(reference["sha256"]) as file:
        return Image.open(BytesIO(file.read())).convert("RGB")


def stored_picture(owner: User, color: tuple[int, int, int] = (255, 0, 10)) -> dict[str, Any]:
    """Store a small image for somebody."""
    body = BytesIO()
    Image.new("RGB", (10, 6), color).save(body, "PNG")
    return storage.reference(storage.asset_create(owner, body.getvalue(), "my photo.png"))


def fact(run: Any, name: str) -> Any:
    """Return one fact of a failed run's error."""
    return run.error["body"].get(name)


@pytest.fixture(params=["old", "new"])
def comfy(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server of each version."""
    with serve(request.param) as server:
        yield server


@pytest.fixture
def modern() -> Iterator[Server]:
    """A server of the new version, where both do the same."""
    with serve("new") as server:
        yield server


@pytest.fixture
def quick(settings: Any) -> None:
    """Ask runners often, for tests that wait for what comes of it, and never of themselves."""
    settings.RUNNER_POLL_SECONDS = 0.05
    settings.RUNNER_PROBE_SECONDS = 3600.0
    settings.RUNNER_LOST_SECONDS = 60.0
