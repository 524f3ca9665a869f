"""@fal-ai/client, unmodified, by each of its three official hooks and by fal's own names."""

from __future__ import annotations

import json

from tests.clients.conftest import JavaScript, Site, node

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
        "submit",
        "completion",
        "submit",
        "completion",
        "output",
    ]
    assert answer["last"] == answer["events"][-1]
    assert answer["last"]["output"] == OUTPUT


def test_a_stream_of_a_failing_workflow_ends_with_its_error(javascript: JavaScript) -> None:
    answer = javascript("stream", "workflows/admin/failing", '{"prompt": "data:image/png,x"}')
    assert answer["last"]["type"] == "error"
    assert answer["last"]["node_id"] == "crop"
    assert answer["last"]["error"]["body"]["detail"][0]["msg"] == answer["last"]["message"]


def test_each_step_of_a_stream_can_be_asked_for(javascript: JavaScript) -> None:
    assert javascript("steps", APP, INPUT) == {
        "first": {"results": "Grüße 🦊 & more"},
        "second": OUTPUT,
    }


def test_a_start_timeout_and_other_wishes_are_taken(javascript: JavaScript) -> None:
    assert javascript("wishes", APP, INPUT) == OUTPUT


def test_a_request_under_way_is_cancelled(javascript: JavaScript) -> None:
    answer = javascript("cancel", "workflows/admin/slow", "{}")
    assert answer == {"status": "COMPLETED", "code": 499}


def test_upload(javascript: JavaScript) -> None:
    answer = javascript("upload")
    assert answer["body"] == "a file"


def test_an_upload_in_parts(javascript: JavaScript) -> None:
    assert javascript("uploadParts")["body"] == "a large file"


def test_a_file_in_the_input_is_uploaded(javascript: JavaScript) -> None:
    answer = javascript("fileInput", "fal-ai/workflow-utilities/image-size")
    assert (answer["data"]["width"], answer["data"]["height"]) == (1, 1)


def test_a_page_without_a_key_streams_by_a_token(own_requests: JavaScript) -> None:
    answer = own_requests("clientStream", APP, INPUT)
    assert answer["events"][-1] == "output"
    assert answer["last"]["output"] == OUTPUT


def test_realtime(site: Site) -> None:
    assert node(site, "names", "realtime", APP, INPUT) == [OUTPUT, OUTPUT]


def test_a_realtime_token_that_is_not_good_is_asked_for_again(site: Site) -> None:
    told = node(site, "names", "realtimeRenewed", APP, INPUT)
    assert told == {"asked": [f"{APP}/realtime"] * 2, "errors": [], "result": OUTPUT}


def test_a_realtime_input_that_does_not_fit_is_an_error(site: Site) -> None:
    error = node(site, "names", "realtimeError", APP)
    assert error["body"]["type"] == "x-fal-error"
    assert error["message"].startswith("bad_request: ")


def test_the_end_is_reported_to_a_webhook(site: Site, javascript: JavaScript) -> None:
    sent = javascript("webhook", APP, INPUT)
    body = json.loads(site.hooks.wait().body)
    assert (body["request_id"], body["payload"]) == (sent["request_id"], OUTPUT)


def test_inputs_that_do_not_fit_are_a_validation_error(javascript: JavaScript) -> None:
    error = javascript("failure", APP, '{"prompt": ["a"], "size": 3}')
    assert (error["name"], error["status"]) == ("ValidationError", 422)
    assert [problem["loc"] for problem in error["body"]["detail"]] == [["body", "prompt"]]
    assert error["fieldErrors"] == error["body"]["detail"]


def test_a_workflow_that_is_not_there_is_an_api_error(javascript: JavaScript) -> None:
    error = javascript("failure", "workflows/admin/none", "{}")
    assert (error["name"], error["status"]) == ("ApiError", 404)
    assert error["message"]
