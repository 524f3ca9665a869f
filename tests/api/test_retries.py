"""POST /api/executions/<id>/retry and its plan: what runs again, in which version, and why."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.client import Caller, a_node, an_edge, whole
from tests.api.test_results import CHAIN, planned, ran, save, turned
from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.models import Event, Run, Step
from workflows.nodes import registry
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db(transaction=True)

#: The words that the node of the tests refuses, and how often it was called with which.
REFUSED: set[str] = set()
CALLED: Counter[str] = Counter()


async def _say(context: object, *, text: str) -> JsonObject:
    CALLED[text] += 1
    if text in REFUSED:
        raise NodeError(f"Not {text}.")
    return {"text": f"{text}!"}


@pytest.fixture(autouse=True)
def say_type() -> Iterator[None]:
    registry.node(
        "testSay",
        name="Say",
        category="Tests",
        description="Test.",
        inputs=(Input("text", "text", required=True),),
        outputs=(Output("text", "text"),),
        credits=2.0,
        deterministic=False,
        cacheable=False,
    )(_say)
    REFUSED.clear()
    CALLED.clear()
    yield
    del registry._registered["testSay"]


def said(caller: Caller, words: list[str]) -> str:
    """Make a workflow that says words twice over, and run it; return the run's id."""
    nodes = [
        a_node("list", "list", items=words),
        {**a_node("say", "testSay"), "onError": {"policy": "continue"}},
        {**a_node("twice", "testSay"), "onError": {"policy": "continue"}},
    ]
    edges = [an_edge("list", "say", "items", "text"), an_edge("say", "twice", "text", "text")]
    return ran(caller, caller.create("Words", nodes=nodes, edges=edges)["slug"])


def plan_of(caller: Caller, id: str, query: str = "", **body: object) -> dict[str, Any]:
    response = caller.post(f"/api/executions/{id}/retry/plan{query}", body)
    assert response.status_code == 200, response.content
    return response.json()


def retried(caller: Caller, id: str, query: str = "", **body: object) -> dict[str, Any]:
    """Retry to the end; return the run."""
    seq = Event.objects.filter(run_id=id).count()
    response = caller.post(f"/api/executions/{id}/retry{query}", body)
    assert response.status_code == 200, response.content
    whole(caller.get(f"/api/executions/{id}/events?after={seq}"))
    return caller.get(f"/api/executions/{id}").json()


def brief(plan: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    return [(row["id"], row["reason"], row["items"]) for row in plan["nodes"]]


def test_a_retry_says_how_many_items_run_again_and_what_that_costs(
    engine: None, her_browser: Caller
) -> None:
    REFUSED.update({"b", "d!"})
    id = said(her_browser, ["a", "b", "c", "d"])
    plan = plan_of(her_browser, id)
    assert brief(plan) == [("say", "failed", 1), ("twice", "failed", 2)]
    assert (plan["credits"], plan["problems"], plan["kept"]) == (6, [], ["list"])
    REFUSED.clear()
    CALLED.clear()
    retried(her_browser, id)
    assert CALLED == {"b": 1, "b!": 1, "d!": 1}, "as many as the plan has said"
    refused = her_browser.post(f"/api/executions/{id}/retry/plan", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "NOT_RETRYABLE")


def test_items_nodes_and_all_are_retried_as_the_plan_says(
    engine: None, her_browser: Caller
) -> None:
    id = said(her_browser, ["a", "b", "c"])
    some: dict[str, Any] = {"fromNode": "say", "items": [0, 2]}
    assert brief(plan_of(her_browser, id, **some)) == [
        ("say", "forced", 2),
        ("twice", "source", 2),
    ]
    CALLED.clear()
    retried(her_browser, id, **some)
    assert (CALLED["a"], CALLED["b"], CALLED["c"]) == (1, 0, 1)
    assert CALLED.total() == 2, "what follows gets what it got"
    assert brief(plan_of(her_browser, id, fromNode="twice")) == [("twice", "forced", 3)]
    everything = plan_of(her_browser, id, failedOnly=False)
    assert brief(everything) == [("say", "forced", 3), ("twice", "forced", 3)]
    assert (everything["passed"], everything["kept"]) == (["list"], [])
    REFUSED.add("c!")
    CALLED.clear()
    retried(her_browser, id, failedOnly=False)
    assert CALLED.total() == 6
    assert brief(plan_of(her_browser, id, fromNode="twice", failedOnly=True)) == [
        ("twice", "failed", 1)
    ]


def test_a_retry_goes_on_with_the_workflow_as_it_is_and_keeps_what_is_alike(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    id = ran(her_browser, slug)
    same = her_browser.post(f"/api/executions/{id}/retry/plan?version=draft", {})
    assert same.status_code == 409, "nothing has changed"
    nodes = [*CHAIN["nodes"][:1], a_node("s", "blurImage", radius=9), *CHAIN["nodes"][2:]]
    save(her_browser, slug, nodes)
    plan = plan_of(her_browser, id, "?version=draft")
    assert [(row["id"], row["reason"], row["fields"]) for row in plan["nodes"]] == [
        ("s", "changed", ["radius"])
    ]
    assert (plan["kept"], plan["passed"]) == (["t"], ["p"])
    before = Step.objects.get(run_id=id, node_id="t")
    run = retried(her_browser, id, "?version=draft")
    assert run["status"] == "completed"
    assert Step.objects.get(run_id=id, node_id="t").pk == before.pk
    assert her_browser.get(f"/api/executions/{id}/workflow").json()["nodes"][1] == nodes[1]
    queued = Event.objects.filter(run_id=id, type="queued").order_by("-seq")[0].data
    assert queued["version"] == her_browser.get(f"/api/workflows/{slug}").json()["version"]
    shown = her_browser.get(f"/api/workflows/{slug}/results").json()["nodes"]
    assert {node: row["outdated"] for node, row in shown.items()} == dict.fromkeys("tsp", False)


def test_a_retry_goes_on_with_the_newest_version_of_a_name(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    id = ran(her_browser, slug)
    for radius, name in ((5, "Soft"), (7, "Soft"), (9, "Softer"), (11, "")):
        nodes = [*CHAIN["nodes"][:1], a_node("s", "blurImage", radius=radius), *CHAIN["nodes"][2:]]
        save(her_browser, slug, nodes)
        if name:
            made = her_browser.post(f"/api/workflows/{slug}/versions", {"name": name})
            assert made.status_code == 201, made.json()
    asked = f"?version={quote('Soft')}"
    assert brief(plan_of(her_browser, id, asked))[0] == ("s", "changed", None)
    retried(her_browser, id, asked)
    assert her_browser.get(f"/api/executions/{id}/workflow").json()["nodes"][1]["data"] == {
        **nodes[1]["data"],
        "radius": 7,
    }
    refused = her_browser.post(f"/api/executions/{id}/retry?version=Softest", {})
    assert (refused.status_code, refused.json()["code"]) == (404, "VERSION_NOT_FOUND")


def test_a_version_that_cannot_run_or_is_not_there_is_said(
    engine: None, her_browser: Caller, his: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    id = ran(her_browser, slug)
    save(her_browser, slug, [a_node("t", "blurImage"), *CHAIN["nodes"][1:]])
    [problem] = plan_of(her_browser, id, "?version=draft")["problems"]
    assert (problem["code"], problem["nodeId"]) == ("MISSING_INPUT", "t")
    refused = her_browser.post(f"/api/executions/{id}/retry?version=draft", {})
    assert (refused.status_code, refused.json()["issues"]) == (400, [problem])
    assert Run.objects.get(pk=id).status == "completed"
    assert her_browser.post(f"/api/executions/{id}/retry?version=7", {}).status_code == 404
    for path in ("retry", "retry/plan"):
        assert his.post(f"/api/executions/{id}/{path}?version=draft", {}).status_code == 404


@pytest.mark.parametrize("seed", range(4))
def test_what_the_plan_of_a_retry_says_will_run_is_what_runs(
    engine: None, her_browser: Caller, seed: int
) -> None:
    chance = random.Random(seed)
    nodes: list[Any] = []
    edges: list[Any] = []
    for number in range(9):
        sources = [row["id"] for row in nodes]
        kind = "gradient" if not sources or chance.random() < 0.3 else "blurImage"
        data = {"width": 8, "height": 8, "angle": number} if kind == "gradient" else {"radius": 1}
        nodes.append(a_node(f"n{number}", kind, **data))
        if kind == "blurImage":
            edges.append(an_edge(chance.choice(sources), f"n{number}", "image", "image"))
    slug = her_browser.create(f"Retries {seed}", nodes=nodes, edges=edges)["slug"]
    id = ran(her_browser, slug)
    for _ in range(4):
        steps = {step.node_id for step in Step.objects.filter(run_id=id)}
        body: dict[str, Any] = chance.choice(
            [{"failedOnly": False}, {"fromNode": chance.choice(sorted(steps))}]
        )
        query = ""
        if chance.random() < 0.6:
            changed = chance.choice(nodes)["data"]
            changed.update({"angle": chance.random()} if "angle" in changed else {"radius": 2})
            save(her_browser, slug, nodes)
            query, body = "?version=draft", chance.choice([body, {}])
        response = her_browser.post(f"/api/executions/{id}/retry/plan{query}", body)
        if response.status_code == 409:
            continue
        plan = response.json()
        seq = Event.objects.filter(run_id=id).count()
        assert retried(her_browser, id, query, **body)["status"] == "completed"
        done = Event.objects.filter(run_id=id, seq__gt=seq, type="completion")
        assert {row.data["node_id"] for row in done} == {*plan["run"], *plan["passed"]}
    assert planned(her_browser, slug, only=[nodes[-1]["id"]])["problems"] == []


def test_the_graph_of_a_run_alone_goes_on_with_what_it_was_given(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    ran(her_browser, slug)
    save(her_browser, slug, turned(44))
    id = ran(her_browser, slug, only=["s"], reach="alone")
    plan = plan_of(her_browser, id, fromNode="s")
    assert ([row["id"] for row in plan["nodes"]], plan["kept"]) == (["s"], ["t"])
    given = Step.objects.get(run_id=id, node_id="t").output
    retried(her_browser, id, fromNode="s")
    assert Step.objects.get(run_id=id, node_id="t").output == given
    refused = her_browser.post(f"/api/executions/{id}/retry", {"fromNode": "t"})
    assert (refused.status_code, refused.json()["field"]) == (400, "fromNode")
