"""Workflows of this server, those with a ComfyUI graph among them, as models of a task."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api.client import a_node, an_edge
from tests.models.site import User, output_of
from tests.models.test_queues import fields_of


def published(user: User, name: str, tag: str, fields: list[Any], *nodes: Any, edges: Any) -> str:
    """Publish a workflow as a model and return the model's id."""
    body = {
        "name": name,
        "tags": [tag],
        "nodes": [
            a_node("ask", "requestInput", fields=fields, values={}),
            *nodes,
            a_node("end", "responseOutput"),
        ],
        "edges": edges,
    }
    made = user.call("POST", "/api/workflows", body)
    task = tag.removeprefix("model:")
    found = user.call("GET", f"/api/tasks/{task}/models")["models"]
    ids = {row["name"]: row["id"] for row in found if row["provider"] == "workflow"}
    assert name in ids, made["slug"]
    return str(ids[name])


@pytest.fixture(scope="module")
def painter(user: User) -> str:
    """A workflow that draws a text, and says how large."""
    fields = [
        {"name": "prompt", "type": "text", "required": True},
        {"name": "wide", "type": "slider", "min": 16, "max": 200, "step": 1, "default": 64},
        {"name": "seed", "type": "number"},
    ]
    return published(
        user,
        "Painter",
        "model:image",
        fields,
        a_node("draw", "drawText", height=60),
        edges=[
            an_edge("ask", "draw", "prompt", "text"),
            an_edge("ask", "draw", "wide", "width"),
            an_edge("draw", "end", "image", "result"),
        ],
    )


def test_a_workflow_published_as_a_model_makes_the_image_of_a_task(
    user: User, painter: str
) -> None:
    assert painter.startswith("workflow/")
    run = user.run("generateImage", prompt="a fox", model=painter)
    assert output_of(run)["image"]["width"] == 64


def test_its_request_fields_are_the_models_own_fields(user: User, painter: str) -> None:
    inputs = fields_of(user, "image", painter)
    assert [row["name"] for row in inputs] == ["wide"]
    assert inputs[0] | {"min": 16, "max": 200, "default": 64} == inputs[0]
    run = user.run("generateImage", prompt="a fox", model=painter, inputs=inputs, wide=90)
    assert output_of(run)["image"]["width"] == 90


def test_an_image_goes_to_the_field_for_images_whatever_it_is_called_and_is_not_sent_around(
    user: User, files: dict[str, Path]
) -> None:
    model = published(
        user,
        "Turner",
        "model:edit",
        [
            {"name": "subject", "type": "image", "required": True},
            {"name": "prompt", "type": "text"},
        ],
        a_node("turn", "rotateImage", angle=90),
        edges=[
            an_edge("ask", "turn", "subject", "image"),
            an_edge("turn", "end", "image", "result"),
        ],
    )
    image = user.upload(files["image"], "image/png")
    run = user.run("editImage", prompt="turn it", image=image, model=model)
    assert (output_of(run)["image"]["width"], output_of(run)["image"]["height"]) == (48, 64)
    # The child's input is the stored file, by its URL.
    child = next(row for row in user.call("GET", "/api/executions") if row["name"] == "Turner")
    inputs = user.call("GET", f"/api/executions/{child['executionId']}")["inputs"]
    assert image["asset"] in str(inputs)
    assert "data:" not in str(inputs)


def test_any_model_returns_the_whole_result_of_a_workflow(user: User, painter: str) -> None:
    inputs = fields_of(user, "any", painter)
    run = user.run("anyModel", model=painter, inputs=inputs, prompt="a fox")
    outputs = output_of(run)
    assert outputs["image"]["width"] == 64
    assert outputs["json"] == {"images": [outputs["image"]]}


def test_a_workflow_that_is_gone_is_named(user: User) -> None:
    run = user.run("generateImage", prompt="a fox", model="workflow/nobody/none")
    assert "workflows/nobody/none" in run["error"]["message"]


def test_a_workflow_that_runs_itself_as_a_model_comes_to_an_end(user: User) -> None:
    body = {"name": "Loop", "tags": ["model:image"], "nodes": [], "edges": []}
    made = user.call("POST", "/api/workflows", body)
    choices = user.call("GET", "/api/tasks/image/models")["models"]
    model = next(row["id"] for row in choices if row["name"] == "Loop")
    nodes = [
        a_node("it", "generateImage", prompt="a fox", model=model),
        a_node("end", "responseOutput"),
    ]
    edges = [an_edge("it", "end", "image", "result")]
    user.call("PUT", f"/api/workflows/{made['slug']}", {**body, "nodes": nodes, "edges": edges})
    run = user.call("POST", f"/api/workflows/{made['slug']}/run?async=true", {"inputs": {}})
    assert "too deep" in user.ended(run["executionId"])["error"]["message"]
