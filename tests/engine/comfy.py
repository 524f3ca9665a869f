"""Graphs for the tests' ComfyUI server, and the nodes that run them."""

from __future__ import annotations

from typing import Any

from tests.clients.fake_comfyui import Server
from tests.engine.runs import graph
from workflows.models import Runner, User


def link(node: str, slot: int = 0) -> list[Any]:
    """Name an output of a node as a prompt does."""
    return [node, slot]


PAINT = {
    "3": {"class_type": "TestSampler", "_meta": {"title": "Painter"}, "inputs": {
        "text": "$text(prompt)", "seed": 7, "steps": 3, "sampler": "euler", "scale": 1.0,
        "tile": False}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "out/cat"}},
}  # fmt: skip
INVERT = {
    "1": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
    "2": {"class_type": "ImageInvert", "inputs": {"image": ["1", 0]}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "inv"}},
}
HELD = {
    "1": {"class_type": "EmptyImage", "inputs": {"width": 8, "height": 8, "color": 0xFF0000}},
    "2": {"class_type": "Hold", "inputs": {"image": ["1", 0], "gate": "gate"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "held"}},
}

PROMPT = {"name": "prompt", "type": "textarea", "target": {"placeholder": "prompt"}}
PHOTO = {"name": "photo", "type": "image", "target": {"node": "1", "input": "image"}}
PICTURES = {"name": "pictures", "type": "list<image>", "node": "9"}


def document(
    prompt: dict[str, Any], /, *inputs: dict[str, Any], tags: tuple[str, ...] = (), **values: Any
) -> dict[str, Any]:
    """Build a workflow of one ComfyUI node, `c`, whose pictures are its result."""
    outputs = values.pop("outputs", [PICTURES])
    data = {
        "graph": prompt, "tags": list(tags), "inputs": list(inputs), "outputs": outputs, **values,
    }  # fmt: skip
    first = outputs[0]["name"] if outputs else "files"
    nodes = {"c": ("comfyWorkflow", data), "r": "responseOutput"}
    return graph(nodes, f"c.{first} > r.result")


def register(owner: User, server: Server, name: str = "gpu-1", **more: Any) -> Runner:
    """Register the server as somebody's runner."""
    more.setdefault("private", True)
    return Runner.objects.create(owner=owner, name=name, endpoint=server.url, **more)
