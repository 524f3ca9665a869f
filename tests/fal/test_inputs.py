"""What an app takes: undeclared inputs are ignored and noted, declared ones held to their type."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import ECHO, Caller, a_node, an_edge
from tests.fal.contents import TEXTS, contents
from tests.fal.test_running import ended, events, make
from workflows.models import Event, Run

pytestmark = pytest.mark.usefixtures("engine")

EXTRA = {"prompt": "a", "num_images": 2, "seed": 7, "image_size": {"width": 64, "height": 64}}
NOTE = "Ignored, for the workflow does not declare them: num_images, seed, image_size"
DONE = {"text": "a & more|ünï"}
TYPED = contents(
    {"out": {"id": "out", "type": "display", "depends": ["input"], "fields": {"all": "$input"}}},
    {"all": "$input"},
    count={"name": "count", "type": "integer"},
    ratio={"name": "ratio", "type": "number"},
    names={"name": "names", "type": {"kind": "list", "elementType": "string"}},
    sizes={"name": "sizes", "type": "array", "items": {"type": "integer"}},
    options={"name": "options", "type": "object"},
    sure={"name": "sure", "type": "boolean"},
    image_url={"name": "image_url", "type": "string"},
)


def noted(run: Run) -> list[str]:
    return Event.objects.get(run_id=run.pk, seq=1).data.get("ignored", [])


@pytest.fixture
def texts(transactional_db: None, hers: Caller) -> str:
    make(hers, "texts", TEXTS)
    return "workflows/alice/texts"


def test_undeclared_inputs_are_ignored_and_stand_in_the_log(hers: Caller, texts: str) -> None:
    answer = hers.post(f"/fal/run/{texts}", EXTRA)
    assert (answer.status_code, answer.json()) == (200, DONE)
    run = Run.objects.get()
    assert run.inputs == {"prompt": "a"}
    assert noted(run) == ["num_images", "seed", "image_size"]
    body = hers.post(f"/fal/queue/{texts}", EXTRA).json()
    lines = [line for status in ended(hers, body) for line in status["logs"]]
    assert [line["level"] for line in lines if line["message"] == NOTE] == ["WARN"]
    assert events(hers.post(f"/fal/run/{texts}/stream", EXTRA))[-1]["output"] == DONE


def test_a_run_with_declared_inputs_alone_notes_nothing(hers: Caller, texts: str) -> None:
    hers.post(f"/fal/run/{texts}", {"prompt": "a"})
    assert Event.objects.get(seq=1).data == {}


def test_a_workflow_of_the_canvas_and_one_in_the_body_ignore_them_too(hers: Caller) -> None:
    slug = hers.create("Echo", **ECHO)["slug"]
    answer = hers.post(f"/fal/run/workflows/alice/{slug}", {"text": "x", "seed": 1})
    assert answer.json() == {"text": "You said x"}
    body = {"input": EXTRA, "workflow": TEXTS["nodes"]}
    assert hers.post("/fal/run/workflows/execute", body).json() == DONE
    assert [noted(run) for run in Run.objects.order_by("created_at")] == [
        ["seed"],
        ["num_images", "seed", "image_size"],
    ]


def test_a_step_that_gives_a_workflow_too_much_is_noted_in_the_run_of_that(
    hers: Caller, texts: str
) -> None:
    step = {"id": "s", "type": "run", "app": texts, "input": EXTRA}
    make(hers, "outer", contents({"s": step}, {"text": "$s.text"}))
    assert hers.post("/fal/run/workflows/alice/outer", {}).json() == DONE
    assert noted(Run.objects.get(name="texts")) == ["num_images", "seed", "image_size"]


def test_the_native_api_refuses_an_unknown_input(hers: Caller, texts: str) -> None:
    answer = hers.post("/api/workflows/texts/run", {"inputs": EXTRA})
    assert answer.status_code == 400
    assert {issue["code"] for issue in answer.json()["issues"]} == {"UNKNOWN_INPUT"}
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", 1.5),
        ("count", "1.5"),
        ("count", True),
        ("ratio", True),
        ("ratio", [1]),
        ("names", "a"),
        ("names", {"a": 1}),
        ("names", [1]),
        ("sizes", 3),
        ("sizes", [1.5]),
        ("options", "a"),
        ("options", [1]),
        ("sure", 1),
        ("image_url", "a fox"),
        ("image_url", {"url": "a fox"}),
        ("image_url", {"content_type": "image/png"}),
    ],
)
def test_a_declared_input_is_held_to_its_type(hers: Caller, name: str, value: Any) -> None:
    make(hers, "typed", TYPED)
    answer = hers.post("/fal/run/workflows/alice/typed", {name: value})
    assert answer.status_code == 422
    [detail] = answer.json()["detail"]
    assert detail["loc"] == ["body", name]
    native = hers.post("/api/workflows/typed/run", {"inputs": {name: value}})
    assert native.status_code == 400
    assert [issue["field"] for issue in native.json()["issues"]] == [name]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("count", 3),
        ("count", 3.0),
        ("count", "3"),
        ("ratio", 1.5),
        ("names", ["a", "b"]),
        ("names", []),
        ("sizes", [1, 2]),
        ("options", {"a": 1}),
        ("sure", False),
    ],
)
def test_an_input_of_its_type_is_taken(hers: Caller, name: str, value: Any) -> None:
    make(hers, "typed", TYPED)
    answer = hers.post("/fal/run/workflows/alice/typed", {name: value})
    assert answer.status_code == 200, answer.content
    assert answer.json()["all"][name] == (3 if name == "count" else value)


def test_a_random_number_needs_no_caller_and_stands_in_the_log(hers: Caller) -> None:
    seed = {"name": "seed", "type": "number", "required": True, "min": 1, "randomize": True}
    nodes = [
        a_node("in", "requestInput", fields=[seed]),
        a_node("say", "template", text="{n}"),
        a_node("end", "responseOutput"),
    ]
    edges = [an_edge("in", "say", "seed", "n"), an_edge("say", "end", "text", "result")]
    slug = hers.create("Luck", nodes=nodes, edges=edges)["slug"]
    app = f"workflows/alice/{slug}"
    texts = {hers.post(f"/fal/run/{app}", {}).json()["text"] for _ in range(2)}
    assert len(texts) == 2
    body = hers.post(f"/fal/queue/{app}", {}).json()
    lines = {line["message"] for status in ended(hers, body) for line in status["logs"]}
    number = Run.objects.order_by("-created_at")[0].options["randomized"]["in"]["seed"]
    assert f"Random numbers of this run: seed = {number}" in lines
