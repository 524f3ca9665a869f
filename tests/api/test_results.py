"""GET /api/workflows/<slug>/results, POST /plan, GET /api/executions/<id>/workflow."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.api.client import Caller, a_node, an_edge, whole
from workflows.models import CreditEntry, Entry, NodeResult, Step, User, Workflow
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db(transaction=True)

#: Two nodes whose results are kept, their preview, and one that stands apart.
CHAIN: dict[str, Any] = {
    "nodes": [
        a_node("t", "gradient", width=16, height=16, angle=0),
        a_node("s", "blurImage", radius=2),
        a_node("p", "preview"),
        a_node("apart", "textBox", text="x"),
    ],
    "edges": [
        an_edge("t", "s", "image", "image"),
        an_edge("s", "p", "image", "value"),
    ],
}


def ran(caller: Caller, slug: str, **body: object) -> str:
    """Run to the end; return the run's id."""
    response = caller.post(f"/api/workflows/{slug}/run?async=true", {"inputs": {}, **body})
    assert response.status_code == 202, response.content
    id = response.json()["executionId"]
    whole(caller.get(f"/api/executions/{id}/events"))
    return id


def results(caller: Caller, slug: str) -> dict[str, Any]:
    response = caller.get(f"/api/workflows/{slug}/results")
    assert response.status_code == 200, response.content
    return response.json()["nodes"]


def outdated(caller: Caller, slug: str) -> dict[str, bool]:
    return {id: result["outdated"] for id, result in results(caller, slug).items()}


def planned(caller: Caller, slug: str, **body: object) -> dict[str, Any]:
    response = caller.post(f"/api/workflows/{slug}/plan", {"inputs": {}, **body})
    assert response.status_code == 200, response.content
    return response.json()


def save(caller: Caller, slug: str, nodes: list[Any]) -> None:
    assert caller.put(f"/api/workflows/{slug}", {"nodes": nodes}).status_code == 200


def turned(angle: int) -> list[Any]:
    return [a_node("t", "gradient", width=16, height=16, angle=angle), *CHAIN["nodes"][1:]]


def test_an_edit_makes_what_is_below_outdated_and_taking_it_back_does_not(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    assert results(her_browser, slug) == {}
    id = ran(her_browser, slug)
    found = results(her_browser, slug)
    assert {result["executionId"] for result in found.values()} == {id}
    assert found["s"]["outputs"]["image"]["width"] == 16
    assert outdated(her_browser, slug) == {"t": False, "s": False, "p": False}
    save(her_browser, slug, turned(90))
    assert outdated(her_browser, slug) == {"t": True, "s": True, "p": True}
    assert planned(her_browser, slug)["upToDate"] == []
    save(her_browser, slug, turned(0))
    assert outdated(her_browser, slug) == {"t": False, "s": False, "p": False}


def test_a_run_of_one_node_leaves_the_results_of_the_others(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    first = ran(her_browser, slug)
    save(her_browser, slug, turned(90))
    second = ran(her_browser, slug, only=["s"])
    found = results(her_browser, slug)
    assert {id: result["executionId"] for id, result in found.items()} == {
        "t": second,
        "s": second,
        "p": first,
    }
    assert outdated(her_browser, slug) == {"t": False, "s": False, "p": True}


def test_a_failed_and_a_cancelled_run_take_no_result_away(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    first = ran(her_browser, slug)
    broken = [CHAIN["nodes"][0], a_node("s", "outline"), *CHAIN["nodes"][2:]]
    save(her_browser, slug, broken)
    ran(her_browser, slug)
    found = results(her_browser, slug)
    assert found["p"]["executionId"] == first
    assert set(found) == {"t", "s", "p"}


def test_what_a_cancelled_run_had_done_is_kept(her_browser: Caller, alice: Any) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    body: JsonObject = {"inputs": {}}
    id = her_browser.post(f"/api/workflows/{slug}/run?async=true", body).json()["executionId"]
    Step.objects.create(run_id=id, node_id="t", status="completed", output={"text": "x"})
    assert her_browser.post(f"/api/executions/{id}/cancel").status_code == 200
    assert list(NodeResult.objects.values_list("node_id", "step__run__status")) == [
        ("t", "cancelled")
    ]


def test_runs_by_key_leave_the_canvas_as_it_is(
    engine: None, her_browser: Caller, hers: Caller, his: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    ran(hers, slug)
    assert results(her_browser, slug) == {}
    assert his.get(f"/api/workflows/{slug}/results").status_code == 404


def test_results_of_a_large_workflow_are_two_questions(engine: None, her_browser: Caller) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    ran(her_browser, slug)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            results(her_browser, slug)
        return len(caught)

    few = queries()
    many = [*CHAIN["nodes"], *(a_node(f"m{at}", "textBox", text="x") for at in range(50))]
    chain = [an_edge(f"m{at}", f"m{at + 1}", "text", "text") for at in range(49)]
    edges = [*CHAIN["edges"], *chain, an_edge("m49", "p2", "text", "value")]
    document = {"nodes": [*many, a_node("p2", "preview")], "edges": edges}
    assert her_browser.put(f"/api/workflows/{slug}", document).status_code == 200
    ran(her_browser, slug)
    assert len(results(her_browser, slug)) == 54
    assert queries() == few


def test_a_plan_tells_what_runs_what_is_kept_and_what_is_left_out(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    before = planned(her_browser, slug)
    assert (before["run"], before["cached"], before["passed"]) == (["t", "s"], [], ["p"])
    assert before["skipped"] == ["apart"]
    assert before["problems"] == []
    ran(her_browser, slug)
    after = planned(her_browser, slug)
    assert (after["run"], after["cached"]) == ([], ["t", "s"])
    assert sorted(after["upToDate"]) == ["p", "s", "t"]
    assert planned(her_browser, slug, force=True)["run"] == ["t", "s"]
    assert planned(her_browser, slug, only=["t"])["cached"] == ["t"]


def test_a_plan_that_cannot_run_says_why_and_starts_nothing(her_browser: Caller) -> None:
    nodes = [a_node("b-1", "blurImage"), a_node("p", "preview")]
    slug = her_browser.create("Unfed", nodes=nodes, edges=[an_edge("b-1", "p", "image", "value")])[
        "slug"
    ]
    found = planned(her_browser, slug)
    [problem] = found["problems"]
    assert (problem["code"], problem["nodeId"], problem["field"]) == (
        "MISSING_INPUT",
        "b-1",
        "image",
    )
    assert "b-1" not in problem["message"]
    assert her_browser.get("/api/executions").json() == []


def test_the_graph_of_a_run_is_that_of_its_start(engine: None, her_browser: Caller) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    id = ran(her_browser, slug)
    save(her_browser, slug, turned(90))
    found = her_browser.get(f"/api/executions/{id}/workflow").json()
    assert found["workflowSlug"] == slug
    assert found["nodes"] == CHAIN["nodes"]
    assert her_browser.delete(f"/api/workflows/{slug}").status_code == 200
    assert her_browser.get(f"/api/executions/{id}/workflow").status_code == 404


def test_a_plan_says_why_each_node_runs_how_often_and_what_that_takes(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    first = planned(her_browser, slug)
    assert [(row["id"], row["reason"]) for row in first["nodes"]] == [("t", "new"), ("s", "new")]
    assert (first["seconds"], first["untimed"], first["credits"], first["usd"]) == (
        None,
        2,
        0,
        None,
    )
    ran(her_browser, slug)
    assert planned(her_browser, slug)["nodes"] == []
    save(her_browser, slug, turned(90))
    found = planned(her_browser, slug)
    turn, blur = found["nodes"]
    assert (turn["reason"], turn["fields"], turn["source"]) == ("changed", ["angle"], None)
    assert (blur["reason"], blur["fields"], blur["source"]) == ("source", [], "t")
    assert found["seconds"] == pytest.approx(turn["seconds"] + blur["seconds"])
    assert found["untimed"] == 0
    again = planned(her_browser, slug, force=True)
    assert {row["reason"] for row in again["nodes"]} == {"forced"}


def test_a_plan_counts_items_and_what_they_cost(her_browser: Caller, settings: Any) -> None:
    settings.CREDIT_PRICES = {"openai/x": 2}
    made = her_browser.create(
        "Words",
        nodes=[
            a_node("list", "list", items=["a", "b", "c"]),
            a_node("say", "chat", prompt="", model="openai/x"),
        ],
        edges=[an_edge("list", "say", "items", "prompt")],
    )
    (row,) = planned(her_browser, made["slug"])["nodes"]
    assert (row["id"], row["items"], row["credits"], row["model"]) == ("say", 3, 6, "openai/x")
    assert row["usd"] == {"low": 0.03, "high": 0.03}, "what such calls usually cost"
    user = User.objects.get(username="alice")
    for cost in ("0.002", "0.004"):
        CreditEntry.objects.create(
            owner=user,
            kind=Entry.CALL,
            model="openai/x",
            usd=Decimal(cost),
            amount=0,
            balance_after=0,
        )
    found = planned(her_browser, made["slug"])
    assert found["nodes"][0]["usd"] == {"low": 0.006, "high": 0.012}, "what they have cost"
    assert found["usd"] == {"low": 0.006, "high": 0.012}


@pytest.mark.parametrize("seed", range(6))
def test_what_a_plan_says_will_run_is_what_runs(
    engine: None, her_browser: Caller, seed: int
) -> None:
    chance = random.Random(seed)
    nodes: list[Any] = []
    edges: list[Any] = []
    for number in range(12):
        type = chance.choice(["gradient", "blurImage", "preview"])
        id = f"n{number}"
        images = [row["id"] for row in nodes if row["type"] != "preview"]
        if type == "gradient" or not images:
            nodes.append(a_node(id, "gradient", width=8, height=8, angle=chance.randrange(360)))
            continue
        nodes.append(a_node(id, type, **({"radius": 1} if type == "blurImage" else {})))
        port = "value" if type == "preview" else "image"
        edges.append(an_edge(chance.choice(images), id, "image", port))
    previews = [row["id"] for row in nodes if row["type"] == "preview"]
    slug = her_browser.create(f"Graph {seed}", nodes=nodes, edges=edges)["slug"]
    for turn in range(6):
        # Every second time all of it, else some nodes with what they need, some of it again.
        body: dict[str, Any] = {}
        if turn % 2:
            only = chance.sample([row["id"] for row in nodes], 2)
            run = {step["id"] for step in planned(her_browser, slug, only=only)["nodes"]}
            able = sorted(run | set(planned(her_browser, slug, only=only)["cached"]))
            again = chance.sample(able, min(2, len(able)))
            body = {"only": only, "force": chance.choice([again, True, False])}
            if turn > 1:
                body["reach"] = chance.choice(["to", "from", "alone"])
            if body.get("reach") == "alone" and isinstance(body["force"], list):
                body["force"] = [id for id in again if id in only]
        plan = planned(her_browser, slug, **body)
        if body.get("reach") == "alone":
            assert {*plan["run"], *plan["passed"]} <= {*only, *previews}
        if isinstance(body.get("force"), list):
            assert set(body["force"]) <= set(plan["run"])
        id = ran(her_browser, slug, **body)
        steps = Step.objects.filter(run_id=id)
        assert {step.node_id for step in steps if step.cached} == set(plan["cached"])
        worked = {step.node_id for step in steps if not step.cached}
        assert worked == {*plan["run"], *plan["passed"]}
        assert {row["id"] for row in plan["nodes"]} == set(plan["run"])
        turned = chance.choice([row for row in nodes if row["type"] == "gradient"])
        turned["data"]["angle"] = chance.randrange(360)
        save(her_browser, slug, nodes)


def test_a_node_runs_alone_on_the_results_that_are_there(engine: None, her_browser: Caller) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    alone = {"only": ["s"], "reach": "alone"}
    [problem] = planned(her_browser, slug, **alone)["problems"]
    assert (problem["code"], problem["nodeId"]) == ("NO_RESULT", "t")
    assert "has no result yet" in problem["message"]
    refused = her_browser.post(f"/api/workflows/{slug}/run", {"inputs": {}, **alone})
    assert (refused.status_code, refused.json()["issues"]) == (400, [problem])
    ran(her_browser, slug)
    save(her_browser, slug, turned(90))
    plan = planned(her_browser, slug, **alone, force=["s"])
    assert (plan["run"], plan["cached"], plan["earlier"]) == (["s"], ["t"], ["t"])
    assert [(row["id"], row["reason"]) for row in plan["nodes"]] == [("s", "forced")]
    made = her_browser.get(f"/api/workflows/{slug}/results").json()["nodes"]
    ran(her_browser, slug, **alone, force=["s"])
    after = results(her_browser, slug)
    assert after["t"]["outputs"] == made["t"]["outputs"]
    assert outdated(her_browser, slug) == {"t": True, "s": True, "p": True}
    # With the angle as it was, all of them are results of the workflow again.
    save(her_browser, slug, turned(0))
    assert outdated(her_browser, slug) == {"t": False, "s": False, "p": False}
    assert planned(her_browser, slug)["run"] == []


def test_a_selection_runs_alone_and_only_what_it_lacks_is_missing(
    engine: None, her_browser: Caller
) -> None:
    slug = her_browser.create("Chain", **CHAIN)["slug"]
    plan = planned(her_browser, slug, only=["t", "s"], reach="alone")
    assert (plan["run"], plan["passed"], plan["problems"]) == (["t", "s"], [], [])
    id = ran(her_browser, slug, only=["t", "s"], reach="alone")
    nodes = her_browser.get(f"/api/executions/{id}").json()["nodes"]
    assert {node["id"] for node in nodes} == {"t", "s"}
    # What only shows a value needs no result of its own.
    plan = planned(her_browser, slug, only=["p"], reach="alone")
    assert (plan["run"], plan["cached"], plan["passed"]) == ([], ["s"], ["p"])
    follows = planned(her_browser, slug, only=["s"], reach="from", force=["s"])
    assert (follows["run"], follows["cached"], follows["passed"]) == (["s"], ["t"], ["p"])


def test_results_of_runs_by_key_count_where_the_canvas_has_none(
    engine: None, her_browser: Caller, hers: Caller, his: Caller
) -> None:
    made = her_browser.create("Chain", **{**CHAIN, "nodes": turned(17)})
    slug = made["slug"]
    ran(hers, slug)
    save(her_browser, slug, turned(18))
    plan = planned(her_browser, slug, only=["s"], reach="alone", force=["s"])
    assert (plan["run"], plan["earlier"]) == (["s"], ["t"])
    refused = her_browser.post(f"/api/workflows/{slug}/run", {"inputs": {}, "reach": "alone"})
    assert (refused.status_code, refused.json()["field"]) == (400, "only")
    # Results of others are not taken.
    Workflow.objects.filter(slug=slug).update(is_template=True)
    theirs = his.post(
        f"/api/workflows/{slug}/plan", {"inputs": {}, "only": ["s"], "reach": "alone"}
    ).json()
    assert [problem["code"] for problem in theirs["problems"]] == ["NO_RESULT"]
