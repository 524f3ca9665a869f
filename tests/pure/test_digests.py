"""Digests: a change marks what it reaches and nothing else, and undoing it brings all back."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.pure.effort import lines
from tests.pure.strategies import documents
from tests.pure.types import TYPES, edge, graph, node
from workflows.graph.digests import Made, digests, up_to_date
from workflows.graph.ports import NodeType, Output

START = datetime(2026, 1, 1, tzinfo=UTC)
DICE = NodeType("dice", "Dice", "test", "", (), (Output("text", "text"),), deterministic=False)
KINDS = {**TYPES, "dice": DICE}


def of(document: dict[str, Any], **inputs: Any) -> dict[str, str]:
    return digests(document, inputs, KINDS)


def marked(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """Return the nodes of both whose digest is not the same any more."""
    old, new = of(before), of(after)
    return {id for id in old if id in new and old[id] != new[id]}


def below(document: dict[str, Any], start: str) -> set[str]:
    found = {start}
    while True:
        more = {edge["target"] for edge in document["edges"] if edge["source"] in found}
        if more <= found:
            return found
        found |= more


@st.composite
def dags(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a graph of text boxes in which edges lead from earlier to later nodes."""
    count = draw(st.integers(1, 8))
    nodes = [node(f"n{at}", "list", text=draw(st.text(max_size=3))) for at in range(count)]
    pairs = [(a, b) for b in range(count) for a in range(b)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    edges = [edge(f"n{a}.items-out", f"n{b}.items-in") for a, b in chosen]
    return graph(*nodes, *edges)


@given(dags(), st.data())
def test_a_changed_value_marks_its_node_and_exactly_what_is_below(
    document: dict[str, Any], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(document["nodes"]) - 1))
    changed = deepcopy(document)
    changed["nodes"][at]["data"]["text"] += "!"
    assert marked(document, changed) == below(document, f"n{at}")
    changed["nodes"][at]["data"]["text"] = document["nodes"][at]["data"]["text"]
    assert of(changed) == of(document)


@given(dags(), st.data())
def test_an_edge_less_marks_its_target_and_exactly_what_is_below(
    document: dict[str, Any], data: st.DataObject
) -> None:
    if not document["edges"]:
        return
    at = data.draw(st.integers(0, len(document["edges"]) - 1))
    changed = deepcopy(document)
    taken = changed["edges"].pop(at)
    assert marked(document, changed) == below(document, taken["target"])
    changed["edges"].insert(at, taken)
    assert of(changed) == of(document)


@given(documents())
def test_any_document_has_digests_however_broken_it_is(document: dict[str, Any]) -> None:
    assert digests(document, {}, KINDS) == digests(deepcopy(document), {}, KINDS)


def test_titles_places_and_how_a_port_is_spelt_change_nothing() -> None:
    before = graph(node("a", text="x"), node("b"), edge("a.text-out", "b.text-in"))
    after = graph(node("a", text="x", label="Mine"), node("b"), edge("a.text", "b"))
    after["nodes"][0]["position"] = {"x": 5, "y": 5}
    assert of(before) == of(after)


def test_one_field_of_the_inputs_says_nothing_about_the_others() -> None:
    fields = [{"name": "one", "type": "text"}, {"name": "two", "type": "text"}]
    document = graph(
        node("in", "requestInput", fields=fields, values={"one": "1", "two": "2"}),
        node("a"),
        node("b"),
        node("c", "list"),
        edge("in.one", "a.text"),
        edge("in.two", "b.text"),
        edge("in.params", "c.items"),
    )
    changed = deepcopy(document)
    changed["nodes"][0]["data"]["values"]["one"] = "other"
    assert marked(document, changed) == {"in", "a", "c"}
    assert of(document, one="other") == of(changed)
    assert of(document, one="1") == of(document)


def test_the_order_of_edges_counts_where_a_port_takes_many() -> None:
    ends = [edge("a.text", "out.items"), edge("b.text", "out.items")]
    nodes = [node("a"), node("b", text="x"), node("out", "list")]
    assert marked(graph(*nodes, *ends), graph(*nodes, *reversed(ends))) == {"out"}


def made(document: dict[str, Any], *ran: tuple[str, int]) -> dict[str, Made]:
    """Say when each node's newest result was made, in seconds since the start."""
    known = of(document)
    second = timedelta(seconds=1)
    return {id: Made(known[id], START + at * second, START + (at + 0.5) * second) for id, at in ran}


def test_what_is_below_a_node_that_gave_something_new_is_not_up_to_date() -> None:
    document = graph(
        node("d", "dice"),
        node("a"),
        node("b"),
        node("z"),
        edge("d.text", "a.text"),
        edge("a.text", "b.text"),
    )
    once = made(document, ("d", 0), ("a", 1), ("b", 2), ("z", 3))
    assert up_to_date(document, KINDS, once) == {"d", "a", "b", "z"}
    again = once | made(document, ("d", 9))
    assert up_to_date(document, KINDS, again) == {"d", "z"}
    followed = again | made(document, ("a", 10))
    assert up_to_date(document, KINDS, followed) == {"d", "a", "z"}


def test_an_edit_and_its_undo_are_told_from_the_results_alone() -> None:
    document = graph(node("a", text="x"), node("b"), edge("a.text", "b.text"))
    results = made(document, ("a", 0), ("b", 1))
    edited = deepcopy(document)
    edited["nodes"][0]["data"]["text"] = "y"
    assert up_to_date(edited, KINDS, results) == set()
    assert up_to_date(document, KINDS, results) == {"a", "b"}
    assert up_to_date(document, KINDS, {"a": Made("", START, START)}) == set()


def test_a_chain_costs_its_length() -> None:
    def chain(length: int) -> dict[str, Any]:
        nodes = [node(f"n{at}") for at in range(length)]
        return graph(*nodes, *(edge(f"n{at}.text", f"n{at + 1}.text") for at in range(length - 1)))

    short, long = (lines(lambda: of(chain(length))) for length in (500, 5_000))  # noqa: B023
    assert long < 11 * short


RANDOM = {"name": "seed", "type": "number", "randomize": True}
ASKING = graph(
    node("in", "requestInput", fields=[RANDOM, {"name": "word", "type": "text"}], values={}),
    node("s"),
    node("w"),
    node("both"),
    edge("in.seed-out", "s.text-in"),
    edge("in.word", "w.text"),
    edge("in.params", "both.text"),
)


def test_a_random_number_makes_no_result_outdated_but_a_fixed_one_does() -> None:
    once = made(ASKING, ("in", 0), ("s", 1), ("w", 1), ("both", 1))
    assert up_to_date(ASKING, KINDS, once) == {"in", "s", "w", "both"}
    fixed = deepcopy(ASKING)
    fixed["nodes"][0]["data"]["values"] = {"seed": 4}
    assert up_to_date(fixed, KINDS, once) == {"w"}


def test_a_number_that_is_drawn_anew_outdates_what_it_is_connected_to_alone() -> None:
    again = made(ASKING, ("s", 1), ("w", 1), ("both", 1), ("in", 5))
    assert up_to_date(ASKING, KINDS, again) == {"in", "w"}
