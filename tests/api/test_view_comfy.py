"""/api/comfy/view and /ports: a ComfyUI file as it is drawn, and what of it can be a port."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.client import Caller
from workflows.models import Runner, RunnerCatalogue, User

pytestmark = pytest.mark.django_db

PATH = "/api/comfy/view"
GRAPH = {
    "nodes": [
        {
            "id": 1,
            "type": "Strange",
            "pos": [10, 20],
            "size": [200, 80],
            "mode": 4,
            "outputs": [{"name": "OUT", "type": "ODD", "links": [1]}],
            "widgets_values": ["a", 7],
        },
        {"id": 2, "type": "Note", "pos": [0, 300], "size": [200, 80], "widgets_values": ["Hello"]},
        {
            "id": 3,
            "type": "Sink",
            "pos": [300, 20],
            "inputs": [{"name": "in", "type": "ODD", "link": 1}],
        },
    ],
    "links": [[1, 1, 0, 3, 0, "ODD"]],
    "groups": [{"title": "All", "bounding": [0, 0, 500, 400], "color": "#3f789e"}],
    "version": 0.4,
}


def test_nodes_nobody_knows_are_drawn_with_their_values_links_groups_and_notes(
    hers: Caller,
) -> None:
    found = hers.post(PATH, {"graph": GRAPH}).json()
    strange, note, _ = found["nodes"]
    assert (strange["type"], strange["mode"], strange["x"], strange["width"]) == (
        "Strange",
        4,
        10,
        200,
    )
    assert [row["value"] for row in strange["widgets"]] == ["a", 7]
    assert note["note"] == "Hello"
    assert [(link["from"], link["to"], link["type"]) for link in found["links"]] == [
        ("1", "3", "ODD")
    ]
    assert [group["title"] for group in found["groups"]] == ["All"]


def test_a_runner_one_may_use_names_the_values(hers: Caller, alice: User) -> None:
    runner = Runner.objects.create(owner=alice, name="r", endpoint="https://r.example")
    info = {
        "Strange": {
            "input": {"required": {"word": ["STRING", {}], "kind": [["x", "y"], {}]}},
            "input_order": {"required": ["word", "kind"]},
            "output": ["ODD"],
        }
    }
    RunnerCatalogue.objects.create(runner=runner, version="1", object_info=info)
    widgets = hers.post(PATH, {"graph": GRAPH}).json()["nodes"][0]["widgets"]
    assert [row["name"] for row in widgets] == ["word", "kind"]
    assert widgets[1]["options"] == ["x", "y"]


def test_what_can_be_a_port_is_named_by_that_runner(hers: Caller, alice: User) -> None:
    runner = Runner.objects.create(owner=alice, name="r", endpoint="https://r.example")
    info = {"Strange": {"input": {"required": {"kind": [["x", "y"], {}]}}, "output_node": True}}
    RunnerCatalogue.objects.create(runner=runner, version="1", object_info=info)
    graph = {"4": {"class_type": "Strange", "inputs": {"kind": "y"}}}
    assert hers.post("/api/comfy/ports", {"graph": graph}).json() == {
        "inputs": [
            {
                "name": "Kind",
                "label": "Kind",
                "type": "select",
                "options": ["x", "y"],
                "default": "y",
                "target": {"node": "4", "input": "kind"},
            }
        ],
        "outputs": [{"name": "Strange", "label": "Strange", "type": "list<file>", "node": "4"}],
    }


def test_a_file_that_comes_in_has_its_values_named_by_that_runner(
    hers: Caller, alice: User
) -> None:
    runner = Runner.objects.create(owner=alice, name="r", endpoint="https://r.example")
    info = {
        "Painter": {
            "input": {"required": {"prompt": ["STRING", {"multiline": True}], "seed": ["INT", {}]}},
            "input_order": {"required": ["prompt", "seed"]},
            "output": ["IMAGE"],
            "output_node": True,
        }
    }
    graph = {
        "nodes": [{"id": 1, "type": "Painter", "pos": [0, 0], "widgets_values": ["a", 7]}],
        "links": [],
        "version": 0.4,
    }

    def inputs() -> list[str]:
        body = SimpleUploadedFile("p.json", json.dumps(graph).encode())
        nodes = hers.upload(body, to="/api/import").json()["document"]["nodes"]
        data = next(node["data"] for node in nodes if node["type"] == "comfyWorkflow")
        return [row["name"] for row in data["inputs"]]

    assert inputs() == []
    RunnerCatalogue.objects.create(runner=runner, version="1", object_info=info)
    assert inputs() == ["Prompt", "Seed"]


@pytest.mark.parametrize("graph", [None, [], "x", {}, {"nodes": 3, "links": []}])
def test_anything_else_is_refused_with_what_was_expected(hers: Caller, graph: object) -> None:
    refused = hers.post(PATH, {"graph": graph})
    assert refused.status_code == 400
    assert "ComfyUI" in refused.json()["error"]
