"""@fal-ai/client, unmodified, by each of its three official hooks."""

from __future__ import annotations

from tests.clients.conftest import JavaScript

APP = "workflows/admin/texts"
INPUT = '{"prompt": "Grüße 🦊"}'
OUTPUT = {"text": "Grüße 🦊 & more|ünï"}


def test_run(javascript: JavaScript) -> None:
    answer = javascript("run", APP, INPUT)
    assert answer["data"] == OUTPUT
    assert len(answer["requestId"]) == 36


def test_subscribe_by_polling(javascript: JavaScript) -> None:
    answer = javascript("subscribe", APP, INPUT)
    assert answer["data"] == OUTPUT
    assert answer["statuses"][-1] == "COMPLETED"


def test_subscribe_by_streaming_the_status(javascript: JavaScript) -> None:
    answer = javascript("subscribeStreaming", APP, INPUT)
    assert answer["data"] == OUTPUT
    assert "second: done" in answer["logs"]


def test_submit_status_result_and_cancel(javascript: JavaScript) -> None:
    answer = javascript("queue", APP, INPUT)
    assert answer["status"]["status"] == "COMPLETED"
    assert answer["status"]["logs"][-1]["message"]
    assert answer["result"] == {"data": OUTPUT, "requestId": answer["requestId"]}
    assert answer["cancelled"] == {"status": "ALREADY_COMPLETED"}


def test_stream(javascript: JavaScript) -> None:
    answer = javascript("stream", APP, INPUT)
    assert [event["type"] for event in answer["events"]] == [
        "submit", "completion", "submit", "completion", "output",
    ]  # fmt: skip
    assert answer["last"] == answer["events"][-1]
    assert answer["last"]["output"] == OUTPUT


def test_a_stream_of_a_failing_workflow_ends_with_its_error(javascript: JavaScript) -> None:
    answer = javascript("stream", "workflows/admin/failing", '{"prompt": "data:image/png,x"}')
    assert answer["last"]["type"] == "error"
    assert answer["last"]["node_id"] == "crop"
    assert answer["last"]["error"]["body"]["detail"][0]["msg"] == answer["last"]["message"]


def test_a_request_under_way_is_cancelled(javascript: JavaScript) -> None:
    answer = javascript("cancel", "workflows/admin/slow", "{}")
    assert answer == {"status": "COMPLETED", "code": 499}


def test_upload(javascript: JavaScript) -> None:
    answer = javascript("upload")
    assert answer["body"] == "a file"


def test_inputs_that_do_not_fit_are_a_validation_error(javascript: JavaScript) -> None:
    error = javascript("failure", APP, '{"prompt": "a", "size": 3}')
    assert (error["name"], error["status"]) == ("ValidationError", 422)
    assert error["body"]["detail"][0]["loc"] == ["body", "size"]


def test_a_workflow_that_is_not_there_is_an_api_error(javascript: JavaScript) -> None:
    error = javascript("failure", "workflows/admin/none", "{}")
    assert (error["name"], error["status"]) == ("ApiError", 404)
    assert error["message"]
