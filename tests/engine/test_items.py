"""A list item by item: what is done is kept, what fails may be gone on without and run again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.engine import nodes
from tests.engine.runs import check_journal, execute, finish, graph, of
from workflows.engine.outcome import MAX_OUTPUT_BYTES
from workflows.errors import InvalidBody, NotRetryable
from workflows.models import Run, Step, User
from workflows.services.execution import retries

TEXTS = [f"t{number}" for number in range(12)]


@pytest.fixture(autouse=True)
def _engine(engine: None) -> None:
    """Every test here needs one."""


def listed(policy: Any = None, *edges: str, **more: Any) -> dict[str, Any]:
    """A list of texts, a node that is fragile about them, what follows it, and their collection."""
    found = {
        "list": ("list", {"items": TEXTS}),
        "each": "testFragile",
        "next": "testFragile",
        "all": "testText",
        **more,
    }
    links = ("list.items > each", "each > next", "next > all.more", *edges)
    document = graph(found, *links)
    if policy is not None:
        document["nodes"][1]["onError"] = policy
    return document


def again(run: Run, **request: Any) -> list[dict[str, Any]]:
    """Retry as the API does; return the events from there on."""
    seen = run.last_seq
    retries.run_retry(user=run.owner, run_id=run.pk, request=retries.Retry(**request))
    return [event for event in finish(run) if event["seq"] > seen]


def texts_of(node_id: str) -> Counter[str]:
    """How often a node was called with each text."""
    found = {key: count for key, count in nodes.calls.items() if key.startswith(f"{node_id}:")}
    return Counter({key.partition(":")[2]: count for key, count in found.items()})


def test_a_failed_item_leaves_its_place_and_what_follows_knows_which(owner: User) -> None:
    nodes.rejected.update({"t3", "t7"})
    run, events = execute(owner, listed({"policy": "continue"}))
    assert run.status == "completed"
    each, then, everything = (of(events, "completion")[at] for at in (1, 2, 3))
    assert each["output"]["text"] == [
        None if text in nodes.rejected else f"<{text}>" for text in TEXTS
    ]
    assert (each["items"], each["failed"]) == (12, 2)
    assert then["output"]["text"][3] is None
    assert then["output"]["text"][4] == "<<t4>>"
    assert "failed" not in then
    assert sum(texts_of("next").values()) == 10, "nothing is called for what is not there"
    assert everything["output"]["text"].count("<<") == 10
    failures = {
        row["item"]: row["message"]
        for event in of(events, "items")
        for row in event["items"]
        if "message" in row
    }
    assert failures == {3: "t3 is broken.", 7: "t7 is broken."}
    assert Step.objects.get(run=run, node_id="each").warnings == ["2 of 12 items failed."]
    check_journal(run)


def test_a_retry_calls_again_only_for_what_failed(owner: User) -> None:
    nodes.rejected.update({"t3", "t7"})
    run, _ = execute(owner, listed({"policy": "continue"}))
    nodes.rejected.clear()
    nodes.calls.clear()
    events = again(run)
    run.refresh_from_db()
    assert run.status == "completed"
    assert texts_of("each") == {"t3": 1, "t7": 1}
    assert texts_of("next") == {"<t3>": 1, "<t7>": 1}
    each = next(row for row in of(events, "completion") if row["node_id"] == "each")
    assert each["output"]["text"] == [f"<{text}>" for text in TEXTS]
    assert "failed" not in each
    assert Step.objects.get(run=run, node_id="each").warnings == []
    check_journal(run)
    with pytest.raises(NotRetryable):
        again(run)


def test_a_run_that_stops_at_an_item_keeps_those_that_are_done(owner: User) -> None:
    nodes.rejected.add("t9")
    run, events = execute(owner, listed())
    assert run.status == "failed"
    assert of(events, "error")[0]["error"]["body"]["item"] == 9
    done = {
        row["item"] for event in of(events, "items") for row in event["items"] if "output" in row
    }
    assert done >= set(range(6))
    nodes.rejected.clear()
    before = texts_of("each")
    again(run)
    run.refresh_from_db()
    assert run.status == "completed"
    assert all(texts_of("each")[TEXTS[at]] == before[TEXTS[at]] for at in done)


def test_a_fallback_takes_the_place_of_what_failed(owner: User) -> None:
    nodes.rejected.add("t3")
    policy = {"policy": "fallback", "outputs": {"text": "instead"}}
    _, events = execute(owner, listed(policy))
    each = next(row for row in of(events, "completion") if row["node_id"] == "each")
    assert each["output"]["text"][3] == "instead"
    assert each["failed"] == 1
    assert texts_of("next")["instead"] == 1


def test_a_node_is_tried_again_as_often_as_it_says(
    owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.graph.on_error.FIRST_PAUSE_SECONDS", 0.01)
    nodes.rejected.add("t3")
    run, _ = execute(owner, listed({"policy": "stop", "retries": 2}))
    assert run.status == "failed"
    assert texts_of("each")["t3"] == 3


def test_a_run_goes_on_without_a_node_and_what_needs_it(owner: User) -> None:
    nodes.rejected.add("bad")
    document = graph(
        {
            "a": ("testFragile", {"text": "bad", "label": "Paint"}),
            "b": "testText",
            "c": ("testFragile", {"text": "good"}),
            "end": "testText",
        },
        "a > b",
        "b > end.more",
        "c > end.more",
    )
    document["nodes"][0]["onError"] = {"policy": "continue"}
    run, events = execute(owner, document)
    assert run.status == "completed"
    (error,) = of(events, "error")
    assert (error["node_id"], error["continued"]) == ("a", True)
    (skipped,) = of(events, "skipped")
    assert (skipped["node_id"], skipped["reason"]) == ("b", "needs Paint, which has no result")
    assert of(events, "completion")[-1]["output"] == {"text": "<good>"}
    check_journal(run)
    nodes.rejected.clear()
    events = again(run)
    assert {event["node_id"] for event in of(events, "completion")} == {"a", "b", "end"}
    assert of(events, "completion")[-1]["output"] == {"text": "<bad><good>"}
    assert texts_of("c") == {"good": 1}


def test_a_fallback_of_a_single_node_is_what_follows_gets(owner: User) -> None:
    nodes.rejected.add("bad")
    document = graph({"a": ("testFragile", {"text": "bad"}), "b": "testText"}, "a > b")
    document["nodes"][0]["onError"] = {"policy": "fallback", "outputs": {"text": "plan B"}}
    run, events = execute(owner, document)
    assert run.status == "completed"
    assert of(events, "completion")[-1]["output"] == {"text": "plan B"}


def test_a_run_is_retried_from_a_node_with_all_its_items(owner: User) -> None:
    run, _ = execute(owner, listed())
    nodes.calls.clear()
    events = again(run, from_node="next")
    assert {event["node_id"] for event in of(events, "completion")} == {"next", "all"}
    assert not texts_of("each")
    assert sum(texts_of("next").values()) == 12
    with pytest.raises(InvalidBody):
        again(run, from_node="nowhere")


def test_an_item_that_gets_something_else_is_called_again(owner: User) -> None:
    nodes.rejected.add("bad")
    document = listed(
        {"policy": "continue"},
        "extra > next.more",
        extra=("testFragile", {"text": "bad"}),
    )
    document["nodes"][-1]["onError"] = {"policy": "continue"}
    document["nodes"][2]["data"] = {}
    run, _ = execute(owner, document)
    assert run.status == "completed"
    before = texts_of("next")
    nodes.rejected.clear()
    again(run)
    assert all(texts_of("next")[text] == count + 1 for text, count in before.items())
    assert sum(texts_of("each").values()) == 12


def test_what_lacks_an_item_is_no_result_to_be_used_again(owner: User) -> None:
    nodes.rejected.add("t3")
    document = listed({"policy": "continue"}, "each > kept", kept="testKept")
    execute(owner, document)
    nodes.rejected.clear()
    _, events = execute(owner, document)
    kept = next(row for row in of(events, "completion") if row["node_id"] == "kept")
    assert kept["output"]["text"][3] == "<<t3>>"


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (f"long {MAX_OUTPUT_BYTES + 1}", "The results of the items are too large together."),
        ("number", "The result holds a number that JSON has no word for."),
    ],
)
def test_an_item_that_is_no_result_is_refused_and_never_written_down(
    owner: User, item: str, says: str
) -> None:
    document = listed()
    document["nodes"][0]["data"]["items"] = ["t0", item]
    run, events = execute(owner, document)
    assert run.status == "failed"
    assert of(events, "error")[0]["message"] == says
    written = [row["item"] for event in of(events, "items") for row in event["items"]]
    assert 1 not in written
    check_journal(run)


def test_named_items_run_again_alone_and_what_follows_for_what_has_changed(owner: User) -> None:
    run, _ = execute(owner, listed())
    assert run.status == "completed"
    nodes.calls.clear()
    events = again(run, from_node="each", items=[4, 2, 4])
    assert texts_of("each") == {"t2": 1, "t4": 1}
    # They gave the same again, so nothing is called for them below.
    assert sum(texts_of("next").values()) == 0
    (queued, *_) = of(events, "queued")
    assert queued["items"] == {"each": [2, 4]}
    run.refresh_from_db()
    assert run.status == "completed"
    check_journal(run)


def test_items_that_a_node_does_not_have_are_refused(owner: User) -> None:
    run, _ = execute(owner, listed())
    for request, field in (
        ({"items": [1]}, "fromNode"),
        ({"from_node": "each", "items": [12]}, "items"),
        ({"from_node": "all", "items": [0]}, "items"),
    ):
        with pytest.raises(InvalidBody) as caught:
            again(run, **request)
        assert caught.value.context["field"] == field
    run.refresh_from_db()
    assert run.status == "completed"
