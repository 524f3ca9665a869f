"""What is known of a request at a runner: out of events that may lie, and looks that do not."""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.runners import messages, shapes
from workflows.runners.messages import Message, PreviewImage, Words
from workflows.runners.shapes import Ended
from workflows.runners.tracker import MISSES, Watch

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["node", "nodes", "value", "max", "state", "prompt_id", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KINDS = (
    "execution_start",
    "execution_cached",
    "executing",
    "progress",
    "progress_state",
    "executed",
    "execution_success",
    "execution_error",
    "execution_interrupted",
)


def hear(watch: Watch, type: str, **data: Any) -> bool:
    """Tell a watch an event."""
    return watch.hear(Message(type, data, watch.prompt_id))


def test_progress_is_the_share_of_nodes_that_are_done() -> None:
    watch = Watch("p", {"1": "Load", "2": "Paint", "3": "Save", "4": "Skipped"})
    hear(watch, "execution_start")
    hear(watch, "execution_cached", nodes=["1"])
    assert (watch.state, watch.fraction) == ("running", 0.25)
    hear(watch, "executing", node="2", display_node="2")
    hear(watch, "progress", value=5, max=10, node="2")
    assert (watch.fraction, watch.text) == (0.375, "Paint 5 of 10")
    hear(watch, "progress", value=2, max=10, node="2")
    assert watch.fraction == 0.375
    hear(watch, "executed", node="2", output=None)
    hear(watch, "executing", node="3")
    assert (watch.fraction, watch.text) == (0.5, "Save")


@pytest.mark.parametrize("type", ["execution_success", "execution_error", "execution_interrupted"])
def test_no_event_ends_a_request_but_some_are_worth_a_look(type: str) -> None:
    watch = Watch("p")
    assert hear(watch, type)
    assert hear(watch, "executing", node=None)
    assert not hear(watch, "executing", node="3")
    assert watch.ended is None


def test_a_request_is_lost_after_looks_in_a_row_that_miss_it() -> None:
    watch = Watch("p")
    for _ in range(MISSES - 1):
        watch.missed()
    watch.queued(0)
    for _ in range(MISSES):
        assert not watch.is_lost
        watch.missed()
    assert watch.is_lost


def test_a_look_that_was_late_does_not_take_the_start_back() -> None:
    watch = Watch("p")
    watch.queued(2)
    assert (watch.state, watch.position) == ("queued", 2)
    hear(watch, "execution_start")
    watch.queued(0)
    assert (watch.state, watch.position) == ("running", None)


@given(st.lists(st.tuples(st.sampled_from(KINDS), JSON), max_size=12))
def test_no_event_breaks_a_watch(events: list[tuple[str, Any]]) -> None:
    watch = Watch("p", {"1": "One"})
    seen = 0.0
    for type, data in events:
        watch.hear(Message(type, data if isinstance(data, dict) else {}, "p"))
        assert seen <= (watch.fraction or 0.0) <= 1.0
        seen = watch.fraction or 0.0
        assert watch.text.isprintable() or not watch.text


@given(st.binary(max_size=64) | st.text(max_size=64))
def test_no_frame_breaks_the_reader(frame: bytes | str) -> None:
    found = messages.read(frame)
    assert found is None or isinstance(found, Message | PreviewImage | Words)


def test_frames_are_told_apart() -> None:
    facts = b'{"prompt_id": "p", "node_id": "3"}'
    assert messages.read(struct.pack(">II", 1, 1) + b"jpeg") == PreviewImage(b"jpeg")
    assert messages.read(struct.pack(">II", 4, len(facts)) + facts + b"png") == PreviewImage(
        b"png", "p"
    )
    assert messages.read(struct.pack(">II", 3, 2) + b"12hello") == Words("12", "hello")
    assert messages.read(struct.pack(">II", 4, 99) + facts) is None
    assert messages.read('{"type": "status", "data": {"sid": "x"}}') == Message(
        "status", {"sid": "x"}, ""
    )
    assert messages.read('{"type": "crystools.monitor", "data": {}}') is None


@given(JSON)
def test_no_answer_breaks_its_reader(body: Any) -> None:
    for read in (shapes.queue, shapes.refusal, shapes.stats):
        read(body)
        read({"queue_pending": [body], "node_errors": {"1": body}, "error": body, "system": body})
    found = shapes.ended({"p": {"outputs": {"9": body}, "status": body}}, "p")
    assert isinstance(found, Ended)
    assert shapes.ended(body, "q") is None or isinstance(body, dict)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (None, "success"),
        ({"status_str": "success", "completed": True, "messages": []}, "success"),
        ({"status_str": "error", "messages": [["execution_interrupted", {}]]}, "interrupted"),
        ({"status_str": "error", "messages": [["execution_error", {"node_id": "2"}]]}, "error"),
    ],
)
def test_the_outcome_is_in_the_history(status: Any, outcome: str) -> None:
    found = shapes.ended({"p": {"outputs": {}, "status": status}}, "p")
    assert found is not None
    assert found.outcome == outcome


def test_any_dictionary_with_a_name_and_a_folder_is_a_file() -> None:
    outputs = {
        "9": {
            "gifs": [{"filename": "a.mp4", "subfolder": "v", "type": "output", "format": "video"}],
            "animated": [True],
            "text": ["words"],
            "images": [{"filename": "b.png", "type": "temp"}, {"filename": "c.png", "type": "x"}],
            "result": ["model.glb", {"camera": 1}],
        }
    }
    found = shapes.ended({"p": {"outputs": outputs}}, "p")
    assert found is not None
    made = found.outputs["9"]
    assert [file.query for file in made.files] == [
        {"filename": "a.mp4", "subfolder": "v", "type": "output"},
        {"filename": "b.png", "subfolder": "", "type": "temp"},
    ]
    assert made.texts == ("words",)
