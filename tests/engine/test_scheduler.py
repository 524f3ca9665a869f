"""Order, parallelism, lists and results."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine import nodes
from tests.engine.runs import chain, check_journal, execute, graph, ids, of
from workflows.models import Step, User


@pytest.fixture(autouse=True)
def _engine(engine: None) -> None:
    """Every test here needs one."""


def test_a_chain_runs_in_order_and_its_last_value_is_the_result(owner: User) -> None:
    run, events = execute(owner, chain(5))
    assert ids(events, "completion") == ["n0", "n1", "n2", "n3", "n4"]
    assert run.output == {"text": "hello"}
    assert events[-1]["output"] == {"text": "hello"}
    assert of(events, "started")[0]["nodes"] == ["n0", "n1", "n2", "n3", "n4"]
    check_journal(run)


def test_a_chain_of_five_thousand_nodes_runs(owner: User) -> None:
    run, events = execute(owner, chain(5000))
    assert run.status == "completed"
    assert len(of(events, "completion")) == 5000
    check_journal(run)


def test_a_node_waits_for_everything_it_depends_on(owner: User) -> None:
    document = graph(
        {"a": ("testTogether", {"text": "a"}), "b": ("testText", {"text": "b"}), "c": "testText"},
        "a > c.more",
        "b > c.more",
    )
    run, events = execute(owner, document)
    assert ids(events, "completion")[-1] == "c"
    assert run.output == {"text": "ab"}


def test_independent_nodes_run_at_once_up_to_the_limit(owner: User, settings: Any) -> None:
    held = {"text": "x", "crowd": settings.RUN_PARALLELISM}
    names = {f"n{at}": ("testTogether", held) for at in range(100)}
    document = graph({**names, "end": "testText"}, *(f"{name} > end.more" for name in names))
    run, _ = execute(owner, document)
    assert run.status == "completed"
    assert nodes.most["testTogether"] == settings.RUN_PARALLELISM


def test_nodes_that_only_wait_do_not_hold_others_up(owner: User) -> None:
    nodes.gate("g").open()
    document = graph(
        {
            "slow": ("testWait", {"gate": "g", "text": "s"}),
            "a": ("testText", {"text": "a"}),
            "b": "testText",
            "end": "testText",
        },
        "a > b",
        "b > end.more",
        "slow > end.more",
    )
    run, _ = execute(owner, document)
    assert run.output == {"text": "as"}


def test_a_list_runs_a_node_once_per_item_in_order_and_four_at_once(owner: User) -> None:
    document = graph(
        {
            "list": ("testNumbers", {"count": 20}),
            "each": ("testTogether", {"crowd": 4}),
            "end": "testText",
        },
        "list.items > each",
        "each > end.more",
    )
    run, events = execute(owner, document)
    completion = next(e for e in of(events, "completion") if e["node_id"] == "each")
    assert completion["items"] == 20
    assert completion["output"]["text"] == [str(number) for number in range(20)]
    assert nodes.most["testTogether"] == 4
    assert run.output == {"text": "".join(str(number) for number in range(20))}


def test_only_the_named_nodes_and_their_ancestors_run(owner: User) -> None:
    run, events = execute(owner, chain(5), only=["n1"])
    assert ids(events, "completion") == ["n0", "n1"]
    assert run.output == {"text": "hello"}


def test_steps_say_what_the_events_said(owner: User) -> None:
    run, _ = execute(owner, chain(3))
    steps = Step.objects.filter(run=run).order_by("node_id")
    assert [(s.node_id, s.status, s.output) for s in steps] == [
        (f"n{at}", "completed", {"text": "hello"}) for at in range(3)
    ]
    assert all(s.started_at and s.finished_at and s.started_at <= s.finished_at for s in steps)


@st.composite
def dags(draw: st.DrawFn) -> dict:
    """Random graphs of up to 30 nodes; edges lead from earlier to later nodes."""
    count = draw(st.integers(2, 30))
    kinds = st.sampled_from(["testText", "testKept", "testEffect", "testTogether", "testFail"])
    weights = draw(st.lists(kinds, min_size=count, max_size=count))
    names = {f"n{at}": (type, {"text": f"{at}"}) for at, type in enumerate(weights)}
    edges = [f"n{at - 1} > n{at}.more" for at in range(1, count) if draw(st.booleans())]
    for _ in range(draw(st.integers(1, count))):
        target = draw(st.integers(1, count - 1))
        edges.append(f"n{draw(st.integers(0, target - 1))} > n{target}.more")
    return graph(names, *edges)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=dags())
def test_any_graph_ends_with_a_valid_journal(owner: User, document: dict) -> None:
    run, events = execute(owner, document)
    check_journal(run)
    will_run = set(of(events, "started")[0]["nodes"])
    told = ids(events, "completion") + ids(events, "error") + ids(events, "skipped")
    assert sorted(told) == sorted(will_run)
    seen: set[str] = set()
    sources: dict[str, set[str]] = {id: set() for id in will_run}
    for edge in document["edges"]:
        if edge["target"] in sources:
            sources[edge["target"]].add(edge["source"])
    for event in events:
        if event["type"] == "submit":
            assert sources[event["node_id"]] <= seen, "it ran before what it depends on"
        if event["type"] == "completion":
            seen.add(event["node_id"])
    failing = [node["id"] for node in document["nodes"] if node["type"] == "testFail"]
    assert run.status == ("failed" if will_run & set(failing) else "completed")
