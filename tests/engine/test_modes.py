"""Muted, bypassed and pinned nodes in a run: what happens, and what the journal says of it."""

from __future__ import annotations

import pytest

from tests.engine import nodes
from tests.engine.runs import chain, check_journal, execute, of
from workflows.models import User


@pytest.fixture(autouse=True)
def _engine(engine: None) -> None:
    """Every test here needs one."""


def ran(events: list[dict]) -> list[str]:
    return [event["node_id"] for event in of(events, "submit")]


def test_a_bypassed_node_does_not_run_and_hands_on_what_came(owner: User) -> None:
    document = chain(3, "testKept")
    document["nodes"][1]["mode"] = "bypass"
    run, events = execute(owner, document)
    assert ran(events) == ["n0", "n2"]
    assert run.output == {"text": "<<hello>>"}
    assert nodes.calls["n1"] == 0
    check_journal(run)


def test_a_muted_node_ends_the_chain_before_it(owner: User) -> None:
    document = chain(3, "testKept")
    document["nodes"][2]["mode"] = "mute"
    run, events = execute(owner, document)
    assert ran(events) == ["n0", "n1"]
    assert run.output == {"text": "<<hello>>"}


def test_a_pinned_node_gives_its_result_whatever_is_above_it(owner: User) -> None:
    document = chain(3, "testKept")
    document["nodes"][1]["pinned"] = {"outputs": {"text": "held"}}
    document["nodes"][0]["data"] = {"text": "other"}
    run, events = execute(owner, document, force=True)
    assert ran(events) == ["n1", "n2"]
    assert [event["cached"] for event in of(events, "completion")] == [True, False]
    assert run.output == {"text": "<held>"}
    assert nodes.calls["n0"] == nodes.calls["n1"] == 0
    check_journal(run)


def test_what_follows_a_pinned_node_is_kept_by_the_result_it_holds(owner: User) -> None:
    document = chain(3, "testKept")
    document["nodes"][1]["pinned"] = {"outputs": {"text": "held"}}
    execute(owner, document)
    document["nodes"][1]["pinned"] = {"outputs": {"text": "held"}, "since": "today"}
    _, again = execute(owner, document)
    document["nodes"][1]["pinned"] = {"outputs": {"text": "other"}}
    run, other = execute(owner, document)
    found = [
        {e["node_id"]: e["cached"] for e in of(events, "completion")} for events in (again, other)
    ]
    assert found == [{"n1": True, "n2": True}, {"n1": True, "n2": False}]
    assert run.output == {"text": "<other>"}


def test_a_pinned_value_of_the_wrong_type_fails_where_it_is_used(owner: User) -> None:
    document = chain(2, "testKept")
    document["nodes"][0]["pinned"] = {"outputs": {"text": {"deep": [1]}}}
    run, _ = execute(owner, document)
    assert run.status == "failed"
    assert run.error["nodeId"] == "n1"
