"""Variations: one node run for each combination of values, planned and refused; its history."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.client import Caller, a_node, an_edge
from tests.api.test_results import planned, ran
from workflows.models import Run, Step
from workflows.types import JsonObject

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("engine")]

GRAPH: dict[str, Any] = {
    "nodes": [
        a_node("g", "gradient", width=16, height=16),
        a_node("b", "blurImage", radius=2),
        a_node("p", "preview"),
    ],
    "edges": [an_edge("g", "b", "image", "image"), an_edge("b", "p", "image", "value")],
}


def of(node: str, **axes: list[Any]) -> dict[str, Any]:
    rows = [{"field": field, "values": values} for field, values in axes.items()]
    return {"variations": {"node": node, "axes": rows}}


def detail(caller: Caller, run: str) -> dict[str, Any]:
    return caller.get(f"/api/executions/{run}").json()


def history(caller: Caller, slug: str, node: str, query: str = "") -> dict[str, Any]:
    response = caller.get(f"/api/workflows/{slug}/results/{node}{query}")
    assert response.status_code == 200, response.content
    return response.json()


def refused(caller: Caller, slug: str, body: JsonObject, code: int = 400) -> dict[str, Any]:
    response = caller.post(f"/api/workflows/{slug}/run?async=true", {"inputs": {}, **body})
    assert response.status_code == code, response.content
    assert not Run.objects.exists()
    return response.json()


def test_each_combination_is_one_item_and_what_is_before_runs_once(hers: Caller) -> None:
    slug = hers.create("Grid", **GRAPH)["slug"]
    run = ran(hers, slug, **of("b", radius=[1, 3, 5], kind=["box", "gaussian"]))
    shown = detail(hers, run)
    assert shown["status"] == "completed", shown
    assert shown["variations"]["node"] == "b"
    nodes = {row["id"]: row for row in shown["nodes"]}
    # The first field changes fastest: row by row.
    assert nodes["variations-radius"]["outputs"]["items"] == [1, 3, 5, 1, 3, 5]
    assert nodes["variations-kind"]["outputs"]["items"] == ["box"] * 3 + ["gaussian"] * 3
    images = nodes["b"]["outputs"]["image"]
    assert len(images) == 6
    assert len({image["asset"] for image in images}) == 6
    assert "p" not in nodes
    assert not isinstance(nodes["g"]["outputs"]["image"], list)
    # The workflow itself is as it was.
    assert len(hers.get(f"/api/workflows/{slug}").json()["nodes"]) == 3


def test_the_plan_says_how_many_and_for_how_much_before_anything_runs(hers: Caller) -> None:
    slug = hers.create("Planned", **GRAPH)["slug"]
    plan = planned(hers, slug, **of("b", radius=[1, 2, 3, 4]))
    assert plan["problems"] == []
    assert {row["id"]: row["items"] for row in plan["nodes"]} == {"g": None, "b": 4}
    assert not Run.objects.exists()


def test_a_connected_or_pinned_field_varies_too(hers: Caller) -> None:
    nodes = [*GRAPH["nodes"], a_node("n", "textBox", text="7")]
    nodes[1] = {**nodes[1], "pinned": {"outputs": {"image": None}, "since": "x"}}
    edges = [*GRAPH["edges"], an_edge("n", "b", "text", "radius")]
    slug = hers.create("Connected", nodes=nodes, edges=edges)["slug"]
    shown = detail(hers, ran(hers, slug, **of("b", radius=[1, 2])))
    rows = {row["id"]: row for row in shown["nodes"]}
    assert len(rows["b"]["outputs"]["image"]) == 2
    assert "n" not in rows


def test_a_variation_that_fails_may_not_take_the_others_along(hers: Caller) -> None:
    slug = hers.create("Failing", **GRAPH)["slug"]
    run = ran(hers, slug, **of("b", radius=[1, 3]))
    graph = hers.get(f"/api/executions/{run}/workflow").json()
    node = next(node for node in graph["nodes"] if node["id"] == "b")
    assert node["onError"] == {"policy": "continue"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (of("nowhere", radius=[1]), "variations.node"),
        (of("b", nothing=[1]), "variations.axes"),
        (of("b", image=["x"]), "variations.axes"),
        (of("b", radius=list(range(9)), kind=["box"] * 8), "variations.axes"),
        (of("b", radius=[]), "variations.axes.0.values"),
        (of("b", radius=list(range(65))), "variations.axes.0.values"),
        (of("b", radius=["many"]), "variations.axes"),
        (of("b", radius=[None]), "variations.axes"),
        (of("b", radius=[10_000]), "variations.axes"),
        (of("b"), "variations.axes"),
        ({"variations": {"node": 1, "axes": []}}, "variations.node"),
        ({"variations": "all"}, "variations"),
    ],
)
def test_what_cannot_vary_is_refused_by_field(hers: Caller, body: JsonObject, field: str) -> None:
    slug = hers.create("Refused", **GRAPH)["slug"]
    error = refused(hers, slug, body)
    assert error["code"] == "INVALID_BODY"
    assert error["field"].startswith(field.split(".0")[0]), error


def test_a_repeated_request_with_other_variations_is_another_request(hers: Caller) -> None:
    slug = hers.create("Twice", **GRAPH)["slug"]
    path, key = f"/api/workflows/{slug}/run?async=true", {"Idempotency_Key": "k1"}
    first = hers.post(path, {"inputs": {}, **of("b", radius=[1])}, **key)
    again = hers.post(path, {"inputs": {}, **of("b", radius=[1])}, **key)
    other = hers.post(path, {"inputs": {}, **of("b", radius=[2])}, **key)
    assert first.json()["executionId"] == again.json()["executionId"]
    assert other.status_code == 422


def test_the_history_of_a_node_is_in_pages_and_lists_a_cached_result_once(hers: Caller) -> None:
    slug = hers.create("History", **GRAPH)["slug"]
    for radius in (1, 2, 3, 3):
        nodes = [GRAPH["nodes"][0], a_node("b", "blurImage", radius=radius), GRAPH["nodes"][2]]
        assert hers.put(f"/api/workflows/{slug}", {"nodes": nodes}).status_code == 200
        ran(hers, slug)
    page = history(hers, slug, "b", "?limit=2")
    assert len(page["results"]) == 2
    rest = history(hers, slug, "b", f"?limit=2&before={page['next']}")
    assert rest["next"] is None
    found = [*page["results"], *rest["results"]]
    assert len(found) == 3
    assert [row["id"] for row in found] == sorted((r["id"] for r in found), key=int, reverse=True)
    assert all(row["outputs"]["image"]["asset"] for row in found)
    assert Step.objects.filter(node_id="b").count() == 4
    assert history(hers, slug, "unknown/node") == {"results": [], "next": None}


def test_the_history_of_another_account_is_its_own(hers: Caller, his: Caller) -> None:
    slug = hers.create("Shared", **GRAPH, isTemplate=True)["slug"]
    ran(hers, slug)
    assert len(history(hers, slug, "b")["results"]) == 1
    assert history(his, slug, "b")["results"] == []
    private = hers.create("Private", **GRAPH)["slug"]
    assert his.get(f"/api/workflows/{private}/results/b").status_code == 404
