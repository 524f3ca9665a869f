"""How many items a run may call nodes for: refused before the run, or before the call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.runs import execute, graph
from workflows.graph import amounts, planner
from workflows.graph.amounts import ItemBudget
from workflows.models import User
from workflows.nodes import registry

EACH = graph(
    {"list": ("list", {"items": list("abcdef")}), "x": "testText", "y": "testText"},
    "list.items > x",
    "x > y",
)


@pytest.mark.parametrize(
    ("per_node", "per_run", "found"),
    [
        (6, 12, []),
        (5, 99, [("x", 6, "at most 5 items of a node"), ("y", 6, "at most 5 items of a node")]),
        (6, 11, [("y", 12, "at most 11 items of all nodes of a run together")]),
    ],
)
def test_what_is_known_before_the_run_is_said_before_it(
    ready: None, per_node: int, per_run: int, found: list[Any]
) -> None:
    planned = planner.compile(EACH, {}, registry.node_types())
    problems = list(amounts.problems(planned, ItemBudget(per_node, per_run)))
    assert [(row.node_id, row.value, row.expected) for row in problems] == found
    assert {row.code for row in problems} <= {"TOO_MANY_ITEMS"}
    assert {row.field for row in problems} <= {"items"}


def test_what_comes_only_in_the_run_fails_the_node_before_it_is_called(
    engine: None, owner: User, settings: Any
) -> None:
    settings.LIMITS = {**settings.LIMITS, "items_per_node": 5}
    document = graph({"n": ("testNumbers", {"count": 6}), "x": "testEffect"}, "n.items > x")
    run, _ = execute(owner, document)
    assert run.status == "failed"
    assert run.error["body"] == {
        "code": "TOO_MANY_ITEMS",
        "field": "items",
        "value": 6,
        "expected": "at most 5 items of a node",
    }
    settings.LIMITS = {**settings.LIMITS, "items_per_node": 6, "items_per_run": 11}
    document = graph(
        {"n": ("testNumbers", {"count": 6}), "x": "testEffect", "y": "testEffect"},
        "n.items > x",
        "x > y",
    )
    run, _ = execute(owner, document)
    assert (run.error["nodeId"], run.error["body"]["value"]) == ("y", 12)
