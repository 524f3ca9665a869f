"""What happens when a node fails, and what retry does about it."""

from __future__ import annotations

import json
import logging

import pytest

from tests.engine import nodes
from tests.engine.runs import check_journal, create, execute, finish, graph, ids, of, retry
from workflows.engine import embedded
from workflows.engine import retry as policy
from workflows.errors import NotRetryable
from workflows.models import Step, User


@pytest.fixture(autouse=True)
def _engine(engine: None) -> None:
    """Every test here needs one."""


def test_a_failed_node_fails_the_run_and_says_what_would_have_been_right(owner: User) -> None:
    run, events = execute(owner, graph({"a": ("testFail", {"text": "red"})}))
    error = of(events, "error")[0]
    assert error["message"] == "The colour is wrong."
    assert error["error"] == {
        "status": 422,
        "body": {"code": "NODE_FAILED", "field": "text", "value": "red", "expected": "a colour"},
    }
    assert events[-1]["type"] == "failed"
    assert events[-1]["node_id"] == "a"
    assert run.status == "failed"
    assert run.error["nodeId"] == "a"
    assert run.error["message"] == "The colour is wrong."
    check_journal(run)


def test_nodes_that_did_not_run_are_skipped_with_a_reason(owner: User) -> None:
    document = graph(
        {
            "a": ("testFail", {"label": "Paint"}),
            "b": "testText",
            "c": "testText",
            "lone": ("testWait", {"gate": "never"}),
            "end": "testText",
        },
        "a > b",
        "b > c",
        "c > end.more",
        "lone > end.more",
    )
    run, events = execute(owner, document)
    reasons = {event["node_id"]: event["reason"] for event in of(events, "skipped")}
    assert reasons == {
        "b": "needs Paint, which failed",
        "c": "needs Paint, which failed",
        "end": "needs Paint, which failed",
        "lone": "Paint failed first",
    }
    steps = dict(Step.objects.filter(run=run).values_list("node_id", "status"))
    assert steps == {
        "a": "failed",
        "b": "skipped",
        "c": "skipped",
        "end": "skipped",
        "lone": "skipped",
    }
    check_journal(run)


def test_a_running_sibling_is_cancelled(owner: User) -> None:
    document = graph(
        {
            "slow": ("testWait", {"gate": "never"}),
            "a": ("testWait", {"gate": "g", "text": "x"}),
            "bad": "testFail",
            "end": "testText",
        },
        "a > bad",
        "bad > end.more",
        "slow > end.more",
    )
    run = create(owner, document)
    assert nodes.gate("never").arrived.wait(10)
    nodes.gate("g").open()
    finish(run)
    run.refresh_from_db()
    assert run.status == "failed"
    assert nodes.gate("never").left.is_set()
    assert nodes.busy["testWait"] == 0


def test_a_crash_is_logged_with_its_ids_and_shows_no_details(
    owner: User, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        run, events = execute(owner, graph({"a": "testBroken"}))
    error = of(events, "error")[0]
    assert error["error"] == {"status": 500, "body": {"code": "NODE_CRASHED"}}
    assert "secret" not in json.dumps(events)
    assert str(run.id) in caplog.text
    assert "/etc/secret" in caplog.text


def test_an_output_that_is_not_json_fails_the_node(owner: User) -> None:
    run, events = execute(owner, graph({"a": "testNotJson"}))
    assert of(events, "error")[0]["error"]["body"]["code"] == "NODE_CRASHED"
    assert run.status == "failed"


def test_a_node_that_takes_too_long_fails(owner: User) -> None:
    run, events = execute(owner, graph({"a": "testSlow"}))
    assert of(events, "error")[0]["message"] == "This node took longer than 0.01 s."
    assert run.status == "failed"


def test_a_transient_failure_is_tried_again(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "FIRST_DELAY_SECONDS", 0.001)
    run, events = execute(owner, graph({"a": "testFlaky"}))
    assert run.output == {"text": "at last"}
    assert nodes.calls["a"] == 3
    assert len(of(events, "submit")) == 1


def test_an_unknown_node_type_fails_the_run_with_the_problem(owner: User) -> None:
    run, events = execute(owner, graph({"a": "testUnheardOf"}))
    assert [event["type"] for event in events] == ["queued", "started", "failed"]
    assert run.error["issues"][0]["code"] == "UNKNOWN_NODE_TYPE"


def test_retry_keeps_completed_steps_and_continues_the_journal(owner: User) -> None:
    document = graph(
        {"a": ("testEffect", {"text": "x"}), "b": "testFailOnce", "c": "testText"},
        "a > b",
        "b > c",
    )
    run, first = execute(owner, document)
    assert run.status == "failed"
    embedded.stop()
    retry(run)
    run.refresh_from_db()
    assert (run.status, run.error, run.finished_at) == ("queued", None, None)
    embedded.start()
    events = finish(run)
    check_journal(run)
    assert run.status == "completed"
    assert nodes.calls["a"] == 1
    assert events[: len(first)] == first
    again = events[len(first) :]
    assert [event["type"] for event in again[:2]] == ["queued", "started"]
    assert again[1]["attempt"] == 2
    assert again[1]["nodes"] == ["b", "c"]
    assert ids(again, "completion") == ["b", "c"]


def test_only_a_failed_or_cancelled_run_can_be_retried(owner: User) -> None:
    run, _ = execute(owner, graph({"a": "testText"}))
    with pytest.raises(NotRetryable):
        retry(run)


def test_a_failure_in_a_graph_of_thousands_stays_cheap(owner: User) -> None:
    names = {f"n{at}": "testText" for at in range(2000)}
    document = graph(
        {"bad": "testFail", **names}, "bad > n0", *(f"n{at} > n{at + 1}" for at in range(1999))
    )
    run = create(owner, document)
    events = finish(run)
    assert len(of(events, "skipped")) == 2000
    check_journal(run)
