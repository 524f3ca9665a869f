"""Planning: which nodes run, in which order, fed by what; and every problem at once."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.effort import lines
from tests.pure.strategies import documents, values
from tests.pure.types import TYPES, edge, graph, node
from workflows.errors import InvalidGraph, Problem
from workflows.graph.plan import Connection, Plan
from workflows.graph.planner import compile

PICTURE = {"asset": "6f", "url": "/media/6f", "content_type": "image/png"}


def plan(document: dict[str, Any], only: Any = None, **inputs: Any) -> Plan:
    return compile(document, inputs, TYPES, only)


def problems(document: dict[str, Any], only: Any = None, **inputs: Any) -> list[Problem]:
    with pytest.raises(InvalidGraph) as raised:
        plan(document, only, **inputs)
    assert raised.value.context["issues"] == [found.as_json() for found in raised.value.problems]
    return raised.value.problems


def only_problem(document: dict[str, Any], only: Any = None, **inputs: Any) -> Problem:
    (problem,) = problems(document, only, **inputs)
    return problem


def test_a_plan_says_what_feeds_each_node() -> None:
    found = plan(
        graph(
            node("out", "responseOutput"),
            node("b", "blur", radius="7", label="Soften"),
            node("a", "upload", asset=PICTURE),
            edge("b.image-out", "out.result-in", data={"label": "soft"}),
            edge("a.image-out", "b.image-in", id="e2"),
        )
    )
    assert list(found.nodes) == ["a", "b", "out"]
    b = found.nodes["b"]
    assert b.values == {"radius": 7, "mode": "box"}
    assert b.links == {"image": (("a", "image"),)}
    assert b.connections == {"image": (Connection("a", "image", "e2"),)}
    assert found.nodes["out"].connections["result"][0].label == "soft"
    assert (b.title, found.nodes["a"].title) == ("Soften", "Upload")
    assert found.depends == {"a": (), "b": ("a",), "out": ("b",)}
    assert found.dependants == {"a": ("b",), "b": ("out",), "out": ()}
    assert found.sinks == ("out",)
    assert found.nodes["a"].output_type("image") == "image"


def test_edges_into_a_many_port_keep_their_order() -> None:
    found = plan(
        graph(
            node("c", text="c"),
            node("a", text="a"),
            node("out", "list"),
            edge("a", "out.items", id="1"),
            edge("c", "out.items", id="2"),
            edge("a.text", "out", id="3"),
        )
    )
    assert found.nodes["out"].links["items"] == (("a", "text"), ("c", "text"), ("a", "text"))
    assert found.depends["out"] == ("a", "c")


def test_only_connected_sinks_and_their_ancestors_run() -> None:
    found = plan(
        graph(
            node("a", text="x"),
            node("p", "preview"),
            node("idle", "preview"),
            node("b"),
            node("c", "mystery"),
            edge("a", "p.value"),
            edge("b", "c.whatever"),
        )
    )
    assert list(found.nodes) == ["a", "p"]


def test_without_sinks_everything_connected_runs_and_notes_never_do() -> None:
    document = graph(
        node("a", text="x"), node("s", "split"), node("alone"), node("n", "note"), edge("a", "s")
    )
    found = plan(document)
    assert list(found.nodes) == ["a", "s"]
    assert found.sinks == ("s",)
    assert list(plan(graph(node("n", "note"), node("alone"))).nodes) == ["alone"]


def test_only_runs_the_named_nodes_and_what_they_need() -> None:
    document = graph(
        node("a", text="x"),
        node("s", "split"),
        node("p", "preview"),
        edge("a", "s"),
        edge("s", "p"),
    )
    assert list(plan(document, only=["s"]).nodes) == ["a", "s"]
    assert only_problem(document, only=["gone"]).code == "UNKNOWN_NODE"
    lonely = graph(node("n", "note"))
    assert only_problem(lonely, only=["n"]).code == "NOTHING_TO_RUN"
    assert only_problem(lonely).code == "NOTHING_TO_RUN"
    assert only_problem(graph(node("a"), node("b"))).code == "NOTHING_TO_RUN"
    assert only_problem(graph()).code == "NOTHING_TO_RUN"


def test_each_fault_of_a_graph_is_a_problem_with_its_place() -> None:
    found = problems(
        graph(
            node("a", text="x"),
            node("u", "mystery"),
            node("b", "blur", radius=500, mode="motion"),
            node("s", "split"),
            node("t", "template", text="Hi {name}, {other}", other="you"),
            node("out", "responseOutput"),
            edge("a.text-out", "b.image-in", id="text into image"),
            edge("a.gone-out", "out.result", id="no such output"),
            edge("a.text", "out.gone-in", id="no such input"),
            edge("a.text", "s.text", id="first"),
            edge("t.text", "s.text", id="second"),
            edge("ghost.text", "s.text", id="from nowhere"),
            edge("s.parts", "ghost.text", id="to nowhere"),
            edge("out.result", "out.result", id="itself"),
            edge("u.x", "out.result"),
            edge("b", "out.result"),
            edge("s", "out.result"),
        )
    )
    facts = {(p.code, p.node_id, p.field, p.edge_id) for p in found}
    assert facts == {
        ("TYPE_MISMATCH", "b", "image", "text into image"),
        ("UNKNOWN_PORT", "a", "sourceHandle", "no such output"),
        ("UNKNOWN_PORT", "out", "targetHandle", "no such input"),
        ("TWO_WIRES", "s", "text", "second"),
        ("DANGLING_EDGE", "s", "source", "from nowhere"),
        ("DANGLING_EDGE", "s", "target", "to nowhere"),
        ("SELF_LOOP", "out", None, "itself"),
        ("UNKNOWN_NODE_TYPE", "u", "type", None),
        ("INVALID_VALUE", "b", "radius", None),
        ("INVALID_VALUE", "b", "mode", None),
        ("MISSING_INPUT", "t", "name", None),
    }
    by_code = {p.code: p for p in found}
    mismatch = by_code["TYPE_MISMATCH"]
    assert mismatch.message == "Textbox gives text (text); Blur takes image (image)."
    assert (mismatch.value, mismatch.expected) == ("text", "image")
    assert by_code["UNKNOWN_PORT"].expected == "one of result"
    assert by_code["MISSING_INPUT"].expected == "a value of type text"


def test_a_missing_input_says_how_to_give_it_and_names_no_id() -> None:
    document = graph(
        node("b-f6cc4ab0af", "blur", label="Soften"),
        node("c-1", "blur", label="Soften"),
        node("s-2", "split"),
        edge("b-f6cc4ab0af.image", "c-1.image"),
        edge("s-2.parts", "c-1.radius"),
    )
    texts = {p.message for p in problems(document) if p.code == "MISSING_INPUT"}
    assert texts == {"Soften needs Picture: connect an image.", "Split needs text: connect text."}
    alone = only_problem(document, only=["c-1", "b-f6cc4ab0af", "s-2"][:2][1:])
    assert alone.message == "Soften needs Picture: connect an image."
    second = graph(
        node("a", "split", text="x"),
        node("b", "split"),
        node("p", "preview"),
        edge("a", "p"),
        edge("b", "p"),
    )
    named = next(p for p in problems(second) if p.code == "MISSING_INPUT")
    assert named.message == "Split 2 needs text: connect text."


def test_a_cycle_is_named_by_the_titles_in_it() -> None:
    problem = only_problem(
        graph(
            node("out", "preview"),
            node("a", "template", text="{x}"),
            node("b", "template", text="{y}"),
            edge("a", "b.y-in"),
            edge("b", "a.x-in"),
            edge("a", "out"),
        )
    )
    assert problem.code == "CYCLE"
    assert problem.value == ["a", "b"]
    assert problem.message.endswith("Template → Template 2 → Template.")


def test_faults_of_nodes_that_do_not_run_are_no_problem() -> None:
    document = graph(
        node("a", text="x"),
        node("p", "preview"),
        node("b", "blur", radius="many"),
        node("m", "mystery"),
        edge("a", "p"),
        edge("m.x", "b.image"),
        edge("ghost.x", "b.gone"),
        edge("ghost.x", "phantom.y"),
    )
    assert list(plan(document).nodes) == ["a", "p"]
    codes = {problem.code for problem in problems(document, only=["b"])}
    assert codes == {"UNKNOWN_NODE_TYPE", "INVALID_VALUE", "DANGLING_EDGE"}


def test_a_bad_typed_value_behind_an_edge_does_no_harm() -> None:
    found = plan(
        graph(
            node("a", text="7"),
            node("b", "blur", radius="many", image=PICTURE),
            edge("a", "b.radius"),
        )
    )
    assert "radius" not in found.nodes["b"].values
    assert found.calls("b", {"a": {"text": "7"}}).arguments[0]["radius"] == 7


FIELDS = [
    {"name": "prompt", "type": "textarea", "label": "Prompt", "required": True, "default": ""},
    {"name": "count", "type": "slider", "min": 1, "max": 4, "default": 1},
    {"name": "photo", "type": "image"},
]


def request(**values: Any) -> dict[str, Any]:
    return graph(
        node("in", "requestInput", fields=FIELDS, values=values),
        node("out", "responseOutput"),
        edge("in.prompt-out", "out.result-in"),
    )


def test_a_request_takes_the_given_value_then_the_saved_one_then_the_default() -> None:
    found = plan(request(prompt="saved", count=2), count="3")
    assert found.inputs == {"prompt": "saved", "count": 3, "photo": None}
    assert found.nodes["in"].request == found.inputs
    assert plan(request(), prompt="given").inputs["count"] == 1
    assert found.nodes["in"].output_type("photo") == "image"
    assert found.nodes["in"].output_type("params") == "json"


def test_inputs_of_a_run_are_checked_by_name_and_type() -> None:
    found = problems(request(), promt="x", count=9, photo="a cat")
    facts = [(p.code, p.field, p.value, p.expected) for p in found]
    assert facts == [
        ("UNKNOWN_INPUT", "promt", "promt", "one of prompt, count, photo"),
        ("MISSING_INPUT", "prompt", None, "a value of type text"),
        ("INVALID_VALUE", "count", 9, "a number from 1 to 4"),
        ("INVALID_VALUE", "photo", "a cat", "an image (a file of this server or a URL)"),
    ]
    assert only_problem(graph(node("a")), x=1).expected == "no inputs"


def test_a_field_name_declared_twice_is_a_problem() -> None:
    twice = graph(node("in", "requestInput", fields=[FIELDS[1], FIELDS[1]]))
    assert only_problem(twice).code == "DUPLICATE_FIELD"


def test_a_required_field_of_a_request_that_does_not_run_may_stay_empty() -> None:
    document = graph(
        node("in", "requestInput", fields=FIELDS),
        node("a", text="x"),
        node("p", "preview"),
        edge("a", "p"),
    )
    assert list(plan(document).nodes) == ["a", "p"]


def test_calls_come_from_the_outputs_of_the_nodes_before() -> None:
    found = plan(
        graph(
            node("a", text="x y"),
            node("s", "split"),
            node("t", "template", text="{w}!"),
            node("out", "list"),
            edge("a", "s"),
            edge("s", "t.w"),
            edge("t", "out"),
        )
    )
    calls = found.calls("t", {"a": {"text": "x y"}, "s": {"parts": ["x", "y"]}})
    assert calls.items == 2
    assert [row["w"] for row in calls.arguments] == ["x", "y"]


@given(st.permutations(range(6)), st.sets(st.tuples(st.integers(0, 5), st.integers(0, 5))))
def test_every_acyclic_graph_is_ordered_sources_first(
    order: list[int], pairs: set[tuple[int, int]]
) -> None:
    edges = [edge(f"n{min(p)}.items", f"n{max(p)}.items") for p in pairs if p[0] != p[1]]
    distinct = {item["id"]: item for item in edges}
    found = plan(
        graph(
            *(node(f"n{at}", "list") for at in order),
            *distinct.values(),
            node("p", "preview"),
            edge(f"n{order[0]}", "p"),
        )
    )
    place = {id: at for at, id in enumerate(found.nodes)}
    for id, planned in found.nodes.items():
        assert all(place[source] < place[id] for source in found.depends[id])
        sources = [source for links in planned.links.values() for source, _ in links]
        assert set(sources) == set(found.depends[id])


@given(documents(), st.dictionaries(st.sampled_from(["prompt", "x"]), values, max_size=2))
def test_every_stored_document_is_planned_or_refused_with_problems(
    document: dict[str, Any], inputs: dict[str, Any]
) -> None:
    try:
        found = compile(document, inputs, TYPES)
    except InvalidGraph as error:
        assert error.problems
        known = {item["id"] for item in document["nodes"]}
        assert all(p.node_id is None or p.node_id in known for p in error.problems)
        assert all(p.message.endswith(".") for p in error.problems)
        return
    assert found.nodes.keys() == found.depends.keys() == found.dependants.keys()


def chain(length: int) -> dict[str, Any]:
    return graph(
        *(node(f"n{at}", text="x") for at in range(length)),
        *(edge(f"n{at}.text-out", f"n{at + 1}.text-in") for at in range(length - 1)),
    )


def test_a_chain_of_five_thousand_nodes_is_planned_without_recursion() -> None:
    found = plan(chain(5_000))
    assert len(found.nodes) == 5_000
    assert list(found.nodes)[-1] == "n4999"


def test_twice_the_nodes_take_twice_the_work() -> None:
    def effort(count: int) -> int:
        document = chain(count)
        return lines(lambda: plan(document))

    assert effort(2_000) < 2.3 * effort(1_000)
