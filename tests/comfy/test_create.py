"""Creating workflows: what is sent, what comes back, and what is refused before it is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.client import Caller, Response
from tests.clients.fake_comfyui import serve
from tests.comfy.graphs import ASKING, SIMPLE
from tests.fal.test_storage import png
from workflows.engine import discards
from workflows.models import Asset, Run, Runner, RunnerCatalogue, Snapshot
from workflows.services.execution import runs

pytestmark = pytest.mark.django_db

OBJECT_INFO: dict[str, Any] = {
    "LoadImage": {"input": {"required": {"image": [["a.png"], {"image_upload": True}]}}},
    "KSampler": {
        "input": {
            "required": {
                "seed": ["INT", {"min": 0, "max": 1000}],
                "steps": ["INT", {"min": 1, "max": 100}],
                "sampler_name": [["euler", "dpmpp_2m"]],
                "image": ["IMAGE"],
                "prompt": ["STRING", {}],
            }
        }
    },
    "SaveImage": {
        "input": {"required": {"images": ["IMAGE"], "filename_prefix": ["STRING", {}]}},
        "output_node": True,
    },
}


def send(
    caller: Caller,
    graph: object = SIMPLE,
    path: str = "/v1/workflow",
    field: str = "workflow_json",
    **fields: Any,
) -> Response:
    """Post a form; names in `fields` are as they are, files are uploaded files."""
    body = {"name": "cup", "tags": "", **fields.pop("also", {}), **fields}
    if graph is not None:
        text = graph if isinstance(graph, bytes) else json.dumps(graph).encode()
        body[field] = SimpleUploadedFile("graph.json", text, "application/json")
    sent = {key: value for key, value in body.items() if value is not None}
    return caller.client.post(path, sent, headers=dict(caller.headers))


def asking(**changes: Any) -> dict[str, Any]:
    """Return fields for ASKING."""
    fields = {
        "$input_image": SimpleUploadedFile("x.png", png(), "image/png"),
        "$steps": "30",
        "#sampler": "dpmpp_2m",
        "$prompt": "a cat",
        **changes,
    }
    return {"also": fields}


@pytest.fixture
def known(runner: Runner) -> Runner:
    """A runner that has told its node types."""
    RunnerCatalogue.objects.create(runner=runner, version="0.3.64", object_info=OBJECT_INFO)
    runner.health = {"state": "up", "version": "0.3.64"}
    runner.save()
    return runner


def test_a_workflow_is_accepted(hers: Caller, runner: Runner) -> None:
    answer = send(hers, tags=" gpu ,, gpu")
    made = answer.json()
    assert answer.status_code == 201
    assert made == {
        "id": made["id"],
        "name": "cup",
        "status": "accepted",
        "tags": ["gpu"],
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
        "started_at": None,
        "completed_at": None,
    }
    detail = hers.get(f"/v1/workflow/{made['id']}").json()
    assert made.items() <= detail.items()
    assert detail["workflow_json"] == SIMPLE
    assert {key: detail[key] for key in detail.keys() - made.keys() - {"workflow_json"}} == {
        "user_id": hers.get("/v1/user").json()["id"],
        "user_runner_id": None,
        "managed_runner_id": None,
        "workflow_params": [],
        "prompt_id": None,
        "queue_number": None,
        "error_node": None,
        "exception_type": None,
        "exception_message": None,
        "traceback": None,
        "warnings": [],
    }
    run = Run.objects.get()
    assert (run.source, run.tags, run.name) == ("comfy", ["gpu"], "cup")


def test_values_are_kept_as_they_were_given(hers: Caller, known: Runner) -> None:
    answer = send(hers, ASKING, **asking())
    assert answer.status_code == 201, answer.content
    detail = hers.get(f"/v1/workflow/{answer.json()['id']}").json()
    params = dict(detail["workflow_params"])
    assert {key: params[key] for key in ("input_image", "steps", "sampler", "prompt")} == {
        "input_image": "x.png",
        "steps": "30",
        "sampler": "dpmpp_2m",
        "prompt": "a cat",
    }
    assert detail["workflow_json"] == ASKING
    # What is made up is filled once, within the bounds of the node, and told as text.
    assert 0 <= int(params["2.seed"]) <= 1000
    stamp = Run.objects.get().created_at.timestamp() * 1000
    assert abs(int(params["3.filename_prefix"]) - stamp) < 60_000
    node = next(node for node in Snapshot.objects.get().nodes if node["id"] == "comfy")
    inputs = node["data"]["graph"]["2"]["inputs"]
    assert str(inputs["seed"]) == params["2.seed"]
    asset = Asset.objects.get()
    assert (asset.discard, asset.run, asset.content_type) == (True, Run.objects.get(), "image/png")


def test_defaults_stand_in_for_what_is_not_given(hers: Caller, runner: Runner) -> None:
    answer = send(hers, ASKING, **asking(**{"$steps": None, "#sampler": None}))
    detail = hers.get(f"/v1/workflow/{answer.json()['id']}").json()
    assert dict(detail["workflow_params"])["steps"] == "20"
    assert dict(detail["workflow_params"])["sampler"] == "euler"


REFUSED: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"$prompt": None}, ("Node 2", "input prompt", "$prompt")),
    ({"$input_image": None}, ("Node 1", "input image", "$input_image")),
    ({"$input_image": "x.png"}, ("Node 1", "input image", "needs a file")),
    ({"$prompt": SimpleUploadedFile("a.txt", b"a")}, ("Node 2", "input prompt", "needs a text")),
    ({"$steps": SimpleUploadedFile("a.txt", b"7")}, ("Node 2", "input steps", "needs a text")),
    ({"#sampler": "fast"}, ("Node 2", "input sampler_name", "euler, dpmpp_2m")),
    ({"$steps": "many"}, ("Node 2", "input steps", "whole number")),
    ({"$steps": "1.5"}, ("Node 2", "input steps", "whole number")),
    ({"$other": "x"}, ("no placeholder for $other",)),
    ({"#steps": "x"}, ("no placeholder for #steps",)),
    ({"$sampler": "euler"}, ("no placeholder for $sampler",)),
]


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_a_value_that_does_not_fit_names_node_and_input(
    hers: Caller, known: Runner, change: dict[str, Any], words: tuple[str, ...]
) -> None:
    for value in change.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    answer = send(hers, ASKING, **asking(**change))
    assert (answer.status_code, answer.json()["status"]) == (400, 400)
    for word in words:
        assert word in answer.json()["message"], answer.json()
    assert not Run.objects.exists()
    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "$choice(a, b)",
        "$choice(a,1,2,3,4,5)",
        "$text()",
        "$file(a,b)",
        "$file(a.png)",
        "$random(1)",
        "$timestamp(x)",
        "$fly(a)",
    ],
)
def test_a_placeholder_of_wrong_form_is_refused_with_its_place(
    hers: Caller, runner: Runner, text: str
) -> None:
    graph = {"7": {"class_type": "X", "inputs": {"deep": [{"a": text}]}}}
    answer = send(hers, graph)
    assert answer.status_code == 400
    assert "Node 7, input deep" in answer.json()["message"]


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"name": None}, "name is required"),
        ({"name": " "}, "name cannot be empty"),
        ({"name": "x" * 201}, "name is too long"),
        ({"graph": None}, "workflow_json is required"),
        ({"graph": b"{"}, "workflow_json"),
        ({"graph": b"[]"}, "workflow_json must be"),
        ({"graph": b""}, "workflow_json"),
        ({"graph": {}}, "no ComfyUI workflow"),
        ({"graph": {"nodes": [], "edges": []}}, "no ComfyUI workflow"),
        ({"graph": {"1": {"class_type": "A", "inputs": 5}}}, "Node 1 has no inputs"),
        ({"graph": b'{"1": {"class_type": "A", "inputs": {"x": 1e999}}}'}, "workflow_json"),
        ({"tags": ",".join(f"t{n}" for n in range(11))}, "too many tags"),
        ({"tags": "x" * 65}, "not a tag"),
    ],
)
def test_what_is_missing_or_malformed_is_said(
    hers: Caller, runner: Runner, fields: dict[str, Any], word: str
) -> None:
    answer = send(hers, **fields)
    assert answer.status_code == 400, answer.content
    assert word in answer.json()["message"], answer.json()
    assert not Run.objects.exists()


def test_without_a_runner_with_the_tags_nothing_starts(hers: Caller, runner: Runner) -> None:
    for tags in ("gpu,a100", "GPU", "cpu"):
        answer = send(hers, tags=tags)
        assert (answer.status_code, answer.json()) == (
            400,
            {"status": 400, "message": "No runner available with matching tags"},
        )
    assert send(hers, tags="gpu").status_code == 201
    Runner.objects.update(tags=[])
    assert send(hers, tags="anything").status_code == 201
    Runner.objects.update(status="disabled")
    assert send(hers).status_code == 400


def test_the_runners_of_others_are_used_when_they_share_them(his: Caller, runner: Runner) -> None:
    assert send(his).status_code == 400
    Runner.objects.update(shared=True)
    assert send(his).status_code == 201


def test_a_tier_may_have_so_many_parameters(hers: Caller, runner: Runner, settings: Any) -> None:
    settings.MAX_COMFY_PARAMETERS = {"enterprise": 3.0}
    refused = send(hers, ASKING, **asking())
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "Workflow parameter limit exceeded for your tier",
    )
    settings.MAX_COMFY_PARAMETERS = {"enterprise": 4.0}
    assert send(hers, ASKING, **asking()).status_code == 201


def test_input_files_go_when_the_run_is_cancelled(hers: Caller, runner: Runner) -> None:
    answer = send(hers, ASKING, **asking())
    run = Run.objects.get(pk=answer.json()["id"])
    assert Asset.objects.filter(run=run).exists()
    runs.run_cancel(user=run.owner, run_id=run.pk)
    assert not Asset.objects.exists()


def test_upkeep_removes_what_a_dead_process_has_left(hers: Caller, runner: Runner) -> None:
    from datetime import timedelta

    from django.utils import timezone

    send(hers, ASKING, **asking())
    now = timezone.now()
    assert discards.delete_left(now, 10) == 0
    Asset.objects.update(run=None)
    assert discards.delete_left(now, 10) == 0
    assert discards.delete_left(now + timedelta(hours=2), 10) == 1
    send(hers, ASKING, **asking())
    Run.objects.update(status="failed")
    assert discards.delete_left(now, 10) == 1
    assert not Asset.objects.exists()


def test_nothing_stays_in_the_folder_of_parsed_bodies(hers: Caller, runner: Runner) -> None:
    send(hers, ASKING, **asking())
    send(hers, ASKING, **asking(**{"$other": "x"}))
    assert list(Path(site.FILE_UPLOAD_TEMP_DIR).iterdir()) == []


#: A graph as ComfyUI saves it for editing; the values of nodes have no names in it.
UI: dict[str, Any] = {
    "last_node_id": 2,
    "last_link_id": 1,
    "version": 0.4,
    "groups": [],
    "config": {},
    "extra": {},
    "nodes": [
        {
            "id": 1,
            "type": "KSampler",
            "pos": [0, 0],
            "size": [200, 100],
            "flags": {},
            "order": 0,
            "mode": 0,
            "inputs": [],
            "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [1]}],
            "properties": {},
            "widgets_values": ["$random()", "fixed", "$text(steps)", "euler", "$text(prompt, hi)"],
        },
        {
            "id": 2,
            "type": "SaveImage",
            "pos": [300, 0],
            "size": [200, 100],
            "flags": {},
            "order": 1,
            "mode": 0,
            "inputs": [{"name": "images", "type": "IMAGE", "link": 1}],
            "outputs": [],
            "properties": {},
            "widgets_values": ["$timestamp()"],
        },
    ],
    "links": [[1, 1, 0, 2, 0, "IMAGE"]],
}


def test_a_graph_in_the_form_for_editing_runs_as_well(hers: Caller, known: Runner) -> None:
    info = known.catalogue.object_info
    info["KSampler"]["input"]["required"].pop("image")
    info["KSampler"]["input"]["required"]["seed"][1]["control_after_generate"] = True
    known.catalogue.save()
    answer = send(hers, UI, also={"$steps": "12"})
    assert answer.status_code == 201, answer.content
    detail = hers.get(f"/v1/workflow/{answer.json()['id']}").json()
    assert detail["workflow_json"] == UI
    params = dict(detail["workflow_params"])
    assert (params["steps"], params["prompt"]) == ("12", "hi")
    assert 0 <= int(params["1.seed"]) <= 1000
    node = next(node for node in Snapshot.objects.get().nodes if node["id"] == "comfy")
    values = node["data"]["graph"]["nodes"][0]["widgets_values"]
    assert str(values[0]) == params["1.seed"]
    assert values[1:] == UI["nodes"][0]["widgets_values"][1:]
    refused = send(hers, UI, also={"$steps": "many"})
    assert (refused.status_code, "Node 1, input steps" in refused.json()["message"]) == (400, True)


def test_a_wrapped_graph_is_given_back_as_it_was_sent(hers: Caller, runner: Runner) -> None:
    graph = {
        "prompt": {"1": {"class_type": "A", "inputs": {"seed": "$random()"}}},
        "client_id": "x",
    }
    answer = send(hers, graph)
    detail = hers.get(f"/v1/workflow/{answer.json()['id']}").json()
    assert detail["workflow_json"] == graph
    assert int(dict(detail["workflow_params"])["1.seed"]) >= 0


def test_a_runner_is_asked_for_its_nodes_where_a_graph_cannot_be_read_without(
    hers: Caller, runner: Runner
) -> None:
    values = ["$text(prompt)", "$random()", "fixed", 1, "euler", 1.0, False]
    sampler = {**UI["nodes"][0], "type": "TestSampler", "widgets_values": values}
    graph = {**UI, "nodes": [sampler, UI["nodes"][1]]}
    away = send(hers, graph, also={"$prompt": "cat"})
    assert (away.status_code, away.json()["status"]) == (503, 503)
    with serve("new") as comfy:
        Runner.objects.update(endpoint=comfy.url)
        answer = send(hers, graph, also={"$prompt": "cat"})
        assert answer.status_code == 201, answer.content
    params = dict(hers.get(f"/v1/workflow/{answer.json()['id']}").json()["workflow_params"])
    assert (params["prompt"], params.keys()) == ("cat", {"prompt", "1.seed", "2.filename_prefix"})
