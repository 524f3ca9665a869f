"""Why a node runs again: the field, the input or the node above that is not as it was."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.api.client import a_node, an_edge
from tests.pure.test_digests import dags
from workflows.graph import digests, why
from workflows.graph.why import Before, Result, Why
from workflows.nodes import registry

TYPES = registry.node_types()

CHAIN: dict[str, Any] = {
    "nodes": [
        a_node(
            "ask",
            "requestInput",
            fields=[{"name": "angle", "type": "number"}, {"name": "other", "type": "text"}],
            values={"angle": 3, "other": "x"},
        ),
        a_node("t", "gradient", width=16, height=16),
        a_node("s", "blurImage", radius=2),
        a_node("p", "preview"),
    ],
    "edges": [
        an_edge("ask", "t", "angle", "angle"),
        an_edge("t", "s", "image", "image"),
        an_edge("s", "p", "image", "value"),
    ],
}


def changed(id: str, **data: Any) -> dict[str, Any]:
    """The chain with other data in one node."""
    nodes = [
        node | {"data": {**node["data"], **data}} if node["id"] == id else node
        for node in CHAIN["nodes"]
    ]
    return {**CHAIN, "nodes": nodes}


def reasons(document: Any, running: str, before: Any = CHAIN, **more: Any) -> dict[str, Why]:
    """Why these nodes run, one character each, when all have a result of the graph before."""
    then = Before.of(digests.given(before, {}, TYPES))
    made = {id: Result(then, digest) for id, digest in then.digests.items()}
    now = digests.given(document, {}, TYPES)
    return why.reasons(now, made, running.split(), **more)


def test_a_changed_field_is_named_and_what_follows_names_the_node_above() -> None:
    assert reasons(changed("t", width=32), "t s") == {
        "t": Why("changed", ("width",)),
        "s": Why("source", source="t"),
    }


def test_a_field_of_the_inputs_is_a_reason_for_what_it_is_connected_to_alone() -> None:
    angle = changed("ask", values={"angle": 4, "other": "x"})
    assert reasons(angle, "t")["t"] == Why("source", source="ask")
    other = changed("ask", values={"angle": 3, "other": "y"})
    assert reasons(other, "t")["t"] == Why("missing")


def test_another_connection_is_a_change_of_the_input() -> None:
    edges = [*CHAIN["edges"][:1], an_edge("t", "p", "image", "value")]
    assert reasons({**CHAIN, "edges": edges}, "p s") == {
        "s": Why("changed", ("image",)),
        "p": Why("changed", ("value",)),
    }


def test_what_ran_alone_since_is_a_reason_for_what_follows_it() -> None:
    document = changed("t", width=32)
    then = Before.of(digests.given(CHAIN, {}, TYPES))
    now = Before.of(digests.given(document, {}, TYPES))
    made = {id: Result(then, then.digests[id]) for id in ("s", "p")}
    made["t"] = Result(now, now.digests["t"])
    assert why.reasons(now.given, made, ["s"]) == {"s": Why("source", source="t")}


def test_a_node_without_a_result_is_new_and_one_whose_type_has_changed_is_updated() -> None:
    then = Before.of(digests.given(CHAIN, {}, TYPES))
    made = {"s": Result(then, "of an earlier version")}
    assert why.reasons(then.given, made, ["s", "t"])["t"] == Why("new")
    made["t"] = Result(then, then.digests["t"])
    assert why.reasons(then.given, made, ["s"]) == {"s": Why("updated")}


def test_what_was_asked_for_varies_or_draws_a_number_says_so() -> None:
    assert reasons(CHAIN, "t s", forced=["s"])["s"] == Why("forced")
    assert reasons(CHAIN, "s", varying=["s"])["s"] == Why("varies")
    assert reasons(CHAIN, "t s", random={"t": ["seed"]}) == {
        "t": Why("random", ("seed",)),
        "s": Why("source", source="t"),
    }
    drawn = reasons(CHAIN, "t", random={"ask": ["angle"]})
    assert drawn["t"] == Why("source", source="ask")


def test_of_a_run_too_long_ago_only_the_change_is_known() -> None:
    now = digests.given(CHAIN, {}, TYPES)
    assert why.reasons(now, {"t": Result(None, "other")}, ["t"]) == {"t": Why("changed")}


@given(document=dags(), data=st.data())
def test_every_node_that_runs_has_a_reason_and_one_that_nothing_has_changed_is_missing(
    document: dict[str, Any], data: st.DataObject
) -> None:
    now = digests.given(document, {}, TYPES)
    then = Before.of(now)
    made = {id: Result(then, digest) for id, digest in then.digests.items()}
    ids = data.draw(st.sets(st.sampled_from(sorted(now)))) if now else set()
    found = why.reasons(now, made, ids)
    assert found.keys() == ids
    above: dict[str, set[str]] = {}
    for id, node in now.items():
        sources = {source for ends in node.sources.values() for source, _ in ends}
        above[id] = sources.union(*(above[source] for source in sources))
    for id, reason in found.items():
        assert reason.reason == ("source" if above[id] & ids else "missing")
