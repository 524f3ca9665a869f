"""/v1/template: graphs that are kept, listed without their body, run with values."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.api.client import Caller, Response
from tests.comfy.graphs import ASKING, SIMPLE
from tests.comfy.test_create import asking, send
from workflows.models import Change, Run, Runner, Workflow

pytestmark = pytest.mark.django_db

PATH = "/v1/template"


def keep(caller: Caller, graph: object = ASKING, **fields: Any) -> Response:
    """Create a template."""
    fields = {"name": "cups", "description": "paints cups", **fields}
    return send(caller, graph, PATH, "body", tags=None, **fields)


def change(caller: Caller, id: str, **fields: Any) -> Response:
    """Change a template."""
    body = encode_multipart(BOUNDARY, fields)
    return caller.send("PUT", f"{PATH}/{id}", body, MULTIPART_CONTENT)


def test_a_template_is_kept_read_and_listed_without_its_body(hers: Caller) -> None:
    answer = keep(hers)
    made = answer.json()
    assert (answer.status_code, made["body"]) == (201, ASKING)
    assert made.keys() == {
        "id",
        "user_id",
        "name",
        "description",
        "body",
        "created_at",
        "updated_at",
    }
    assert hers.get(f"{PATH}/{made['id']}").json() == made
    listed = hers.get(PATH).json()
    assert listed["total"] == 1
    assert listed["templates"] == [{key: made[key] for key in made if key != "body"}]


def test_a_template_stands_in_the_library_and_the_other_way_round(hers: Caller) -> None:
    made = keep(hers).json()
    workflow = Workflow.objects.get(uid=made["id"])
    assert (workflow.name, workflow.description) == ("cups", "paints cups")
    shown = hers.get(f"/api/workflows/{workflow.slug}").json()
    assert {node["type"] for node in shown["nodes"]} >= {"comfyWorkflow", "responseOutput"}
    hers.create("no graph in it")
    assert hers.get(PATH).json()["total"] == 1
    hers.create("drawn", nodes=shown["nodes"], edges=shown["edges"])
    assert [row["name"] for row in hers.get(PATH).json()["templates"]] == ["drawn", "cups"]


def test_what_is_sent_alone_changes(hers: Caller) -> None:
    made = keep(hers).json()
    renamed = change(hers, made["id"], name="mugs").json()
    assert (renamed["name"], renamed["description"], renamed["body"]) == (
        "mugs",
        "paints cups",
        ASKING,
    )
    body = SimpleUploadedFile("b.json", b'{"1": {"class_type": "A", "inputs": {}}}')
    other = change(hers, made["id"], body=body).json()
    assert (other["name"], other["body"]) == ("mugs", {"1": {"class_type": "A", "inputs": {}}})
    assert Change.objects.filter(workflow__uid=made["id"]).count() == 2
    for wrong in ({"name": ""}, {"name": "x" * 101}, {"description": "x" * 501}, {"body": "{"}):
        assert change(hers, made["id"], **wrong).status_code == 400
    assert hers.send("PUT", f"{PATH}/{made['id']}", "{}").status_code == 415


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"name": None}, "name is required"),
        ({"name": "x" * 101}, "name is too long"),
        ({"description": None}, "description is required"),
        ({"description": " "}, "description cannot be empty"),
        ({"description": "x" * 501}, "description is too long"),
        ({"graph": None}, "body is required"),
        ({"graph": b"nope"}, "body is not valid JSON"),
        ({"graph": {"a": 1}}, "no ComfyUI workflow"),
        ({"graph": {"1": {"class_type": "A", "inputs": {"x": "$choice(a)"}}}}, "Node 1, input x"),
    ],
)
def test_what_is_missing_or_malformed_is_said(
    hers: Caller, fields: dict[str, Any], word: str
) -> None:
    answer = keep(hers, **fields)
    assert answer.status_code == 400
    assert word in answer.json()["message"]
    assert not Workflow.objects.exists()


def test_a_tier_keeps_so_many_templates(hers: Caller, settings: Any) -> None:
    settings.MAX_COMFY_TEMPLATES = {"enterprise": 1.0}
    assert keep(hers).status_code == 201
    refused = keep(hers)
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "Template limit exceeded for your tier",
    )


def test_a_template_tells_what_it_asks_for(hers: Caller) -> None:
    made = keep(hers).json()
    found = hers.get(f"{PATH}/{made['id']}/parameters").json()["parameters"]
    assert [(row["field"], row["type"], row["required"], row["default"]) for row in found] == [
        ("$input_image", "file", True, None),
        ("$steps", "text", False, "20"),
        ("#sampler", "choice", False, "euler"),
        ("$prompt", "text", True, None),
    ]
    assert found[2]["options"] == ["euler", "dpmpp_2m"]
    assert (found[1]["node"], found[1]["input"]) == ("2", "steps")


def test_a_template_runs_with_values(hers: Caller, runner: Runner) -> None:
    made = keep(hers).json()
    path = f"{PATH}/{made['id']}/run"
    refused = send(hers, None, path)
    assert refused.status_code == 400
    started = send(hers, None, path, name=None, **asking())
    assert (started.status_code, started.json()["name"]) == (201, "cups")
    run = Run.objects.get()
    assert (str(run.workflow.uid), run.source) == (made["id"], "comfy")
    detail = hers.get(f"/v1/workflow/{run.pk}").json()
    assert (detail["status"], detail["workflow_json"]) == ("accepted", ASKING)
    named = send(hers, None, path, name="mine", tags="gpu", **asking()).json()
    assert (named["name"], named["tags"]) == ("mine", ["gpu"])
    simple = keep(hers, SIMPLE).json()
    bare = hers.send("POST", f"{PATH}/{simple['id']}/run", content_type="text/plain")
    assert bare.status_code == 201


def test_the_tags_of_its_node_are_those_of_its_runs(hers: Caller, runner: Runner) -> None:
    made = keep(hers, SIMPLE).json()
    workflow = Workflow.objects.get(uid=made["id"])
    for node in workflow.nodes:
        if node["type"] == "comfyWorkflow":
            node["data"]["tags"] = ["gpu"]
    hers.put(f"/api/workflows/{workflow.slug}", {"nodes": workflow.nodes})
    path = f"{PATH}/{made['id']}/run"
    assert hers.send("POST", path, content_type="text/plain").json()["tags"] == ["gpu"]
    assert send(hers, None, path, tags="").json()["tags"] == []


def test_a_node_without_a_graph_is_a_template_without_a_body(hers: Caller, runner: Runner) -> None:
    node = {"id": "a", "type": "comfyWorkflow", "position": {"x": 0, "y": 0}, "data": {}}
    made = hers.create("empty", nodes=[node])
    (row,) = hers.get(PATH).json()["templates"]
    assert row["name"] == made["name"]
    path = f"{PATH}/{row['id']}"
    assert hers.get(path).json()["body"] is None
    assert hers.get(f"{path}/parameters").status_code == 400
    assert send(hers, None, f"{path}/run").status_code == 400


def test_a_deleted_template_is_gone_and_its_runs_stay(hers: Caller, runner: Runner) -> None:
    made = keep(hers, SIMPLE).json()
    run = hers.send("POST", f"{PATH}/{made['id']}/run", content_type="text/plain").json()
    answer = hers.delete(f"{PATH}/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert hers.get(f"{PATH}/{made['id']}").status_code == 404
    assert hers.get(f"/v1/workflow/{run['id']}").json()["workflow_json"] == SIMPLE


def test_templates_are_their_owners_alone(hers: Caller, his: Caller, runner: Runner) -> None:
    made = keep(hers).json()
    Workflow.objects.update(is_template=True, is_public=True)
    missing = his.get(f"{PATH}/{uuid4()}")
    for answer in (
        his.get(f"{PATH}/{made['id']}"),
        his.get(f"{PATH}/{made['id']}/parameters"),
        change(his, made["id"], name="mine"),
        his.delete(f"{PATH}/{made['id']}"),
        send(his, None, f"{PATH}/{made['id']}/run"),
    ):
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert his.get(PATH).json() == {"templates": [], "total": 0}
