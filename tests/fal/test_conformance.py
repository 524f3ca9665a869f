"""What clients of fal insist on, field by field, and what each wrong call is answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.test import override_settings

from tests.api.client import Caller
from tests.clients.far import Gate, gate
from tests.fal.contents import FAILING, TEXTS, UTIL, contents
from tests.fal.test_running import ended, events, make
from workflows.api import streams
from workflows.models import Run

pytestmark = pytest.mark.usefixtures("engine")

QUEUE = "/fal/queue/workflows/alice/texts"
NOTHING = "7349c0b0-8349-46c7-8cbb-574a0058d425"


@pytest.fixture(autouse=True)
def texts(transactional_db: None, hers: Caller) -> None:
    """A workflow that puts texts together."""
    make(hers, "texts", TEXTS)


@pytest.fixture
def door(settings: Any) -> Iterator[Gate]:
    """A URL that answers once it is opened."""
    with gate() as server:
        settings.FETCH_ALLOW = (server.origin,)
        yield server


@pytest.fixture
def held(hers: Caller, door: Gate) -> dict[str, Any]:
    """A request whose only step waits before the door."""
    step = {
        "id": "wait",
        "type": "run",
        "app": f"{UTIL}/image-size",
        "input": {"image_url": f"{door.origin}/x"},
    }
    make(hers, "held", contents({"wait": step}, {"x": "$wait.width"}))
    body: dict[str, Any] = hers.post("/fal/queue/workflows/alice/held", {}).json()
    assert door.arrived.wait(20)
    return body


ALWAYS = {"status", "request_id", "response_url", "status_url", "cancel_url", "logs"}


def test_a_status_has_the_fields_of_its_state(
    hers: Caller, held: dict[str, Any], door: Gate
) -> None:
    assert held.keys() == ALWAYS | {"queue_position"}
    running = hers.get(f"{held['status_url']}?logs=0")
    assert (running.status_code, running.json()["status"]) == (202, "IN_PROGRESS")
    assert running.json().keys() == ALWAYS
    assert running.json()["logs"] is None
    told = hers.get(f"{held['status_url']}?logs=true").json()["logs"]
    assert told and all({"message", "level", "source", "timestamp"} <= line.keys() for line in told)
    door.opened.set()
    assert ended(hers, held)[-1]["status"] == "COMPLETED"
    done = hers.get(held["status_url"])
    assert (done.status_code, done["x-fal-request-id"]) == (200, held["request_id"])
    # What the door answers is no image.
    assert done.json().keys() == ALWAYS | {"metrics", "error", "error_type"}


def test_the_lines_of_a_log_come_whole_when_polled_and_once_when_streamed(hers: Caller) -> None:
    body = hers.post(QUEUE, {"prompt": "a"}).json()
    streamed = [line for status in ended(hers, body) for line in status["logs"] or []]
    for _ in range(2):
        assert hers.get(f"{body['status_url']}?logs=1").json()["logs"] == streamed
    assert hers.get(f"{body['status_url']}?logs=0").json()["logs"] is None
    assert hers.get(body["status_url"]).json()["logs"] is None


@pytest.mark.parametrize("end", ["", "/"])
def test_a_path_with_a_slash_at_its_end_is_the_same_and_none_redirects(
    hers: Caller, end: str
) -> None:
    body = hers.post(f"{QUEUE}{end}", {"prompt": "a"})
    assert body.status_code == 200
    ended(hers, body.json())
    for place in (
        f"{QUEUE}/requests/{body.json()['request_id']}{more}" for more in ("", "/status")
    ):
        assert hers.get(f"{place}{end}").status_code == 200
    assert hers.post(f"/fal/run/workflows/alice/texts{end}", {"prompt": "a"}).status_code == 200
    stream = hers.post(f"/fal/run/workflows/alice/texts/stream{end}", {"prompt": "a"})
    assert events(stream)[-1]["type"] == "output"


@pytest.mark.parametrize(
    "accept",
    ["text/event-stream", "application/json, text/event-stream", "application/json", "x/y"],
)
def test_whatever_a_client_accepts_it_gets_its_stream(hers: Caller, accept: str) -> None:
    answer = hers.post("/fal/run/workflows/alice/texts/stream", {"prompt": "a"}, Accept=accept)
    assert answer["x-fal-request-id"] == str(Run.objects.get().pk)
    assert events(answer)[-1]["output"] == {"text": "a & more|ünï"}


def test_a_get_takes_its_input_from_the_query(hers: Caller) -> None:
    for headers in ({}, {"content_type": "application/json"}):
        answer = hers.send("GET", "/fal/run/workflows/alice/texts?prompt=q", **headers)
        assert answer.json() == {"text": "q & more|ünï"}


#: What is called, and what it is answered: status, error_type, a part of what is said.
WRONG: list[tuple[str, str, Any, int, str, str]] = [
    ("GET", f"{QUEUE}/requests/{NOTHING}", "", 404, "not_found", "not found"),
    ("GET", f"{QUEUE}/requests/{NOTHING}/status", "", 404, "not_found", "not found"),
    ("GET", f"{QUEUE}/requests/{NOTHING}/status/stream", "", 404, "not_found", "not found"),
    ("GET", f"{QUEUE}/requests/none", "", 404, "not_found", "not found"),
    ("POST", "/fal/queue/workflows/alice/none", "{}", 404, "not_found", "not found"),
    ("POST", "/fal/run/workflows/nobody/texts", "{}", 404, "not_found", "not found"),
    ("POST", "/fal/run/fal-ai/flux/dev", "{}", 404, "not_found", "needs a fal key"),
    ("POST", "/fal/run/alone", "{}", 404, "not_found", "not an app that can run here"),
    ("GET", QUEUE, "", 405, "bad_request", "method"),
    ("DELETE", f"{QUEUE}/requests/{NOTHING}", "", 405, "bad_request", "method"),
    ("POST", f"{QUEUE}/requests/{NOTHING}/cancel", "", 405, "bad_request", "method"),
    ("POST", QUEUE, "{", 422, "bad_request", "JSON"),
    ("POST", QUEUE, "[1]", 422, "bad_request", "object"),
    ("POST", QUEUE, '{"prompt": 1e999}', 422, "bad_request", ""),
    ("POST", QUEUE, "{}", 422, "bad_request", "Prompt"),
    ("POST", QUEUE, '{"prompt": {}}', 422, "bad_request", "prompt"),
    ("POST", "/fal/run/workflows/execute", "{}", 422, "bad_request", "workflow is missing"),
    (
        "POST",
        "/fal/run/workflows/execute",
        '{"workflow": {"a": {"type": "run"}}}',
        422,
        "bad_request",
        "",
    ),
    ("POST", "/fal/run/fal-ai/text-concat", "{}", 422, "bad_request", "text1 is missing"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind", "text"), WRONG, ids=lambda value: str(value)[-40:]
)
def test_a_wrong_call_is_answered_as_at_fal(
    hers: Caller, method: str, path: str, body: str, status: int, kind: str, text: str
) -> None:
    answer = hers.send(method, path, body)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/json"
    told = answer.json()
    assert told.keys() == {"detail", "error_type", "message"}
    assert told["error_type"] == answer["x-fal-error-type"] == kind
    assert answer["x-fal-retryable"] == "false"
    assert answer["x-fal-request-id"]
    assert text in told["message"]
    if status == 422:
        assert all({"loc", "msg", "type"} <= item.keys() for item in told["detail"])
        assert all(item["loc"][0] == "body" for item in told["detail"])
    else:
        assert told["detail"] == told["message"]


def test_a_stranger_is_refused_in_the_same_words(nobody: Caller) -> None:
    answer = nobody.post(QUEUE, {"prompt": "a"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == answer.json()["message"]


def test_cancelling_says_what_became_of_it(hers: Caller, held: dict[str, Any]) -> None:
    cancel = hers.send("PUT", held["cancel_url"])
    assert (cancel.status_code, cancel.json()) == (202, {"status": "CANCELLATION_REQUESTED"})
    again = hers.send("PUT", held["cancel_url"])
    assert (again.status_code, again.json()) == (400, {"status": "ALREADY_COMPLETED"})
    missing = hers.send("PUT", f"{QUEUE}/requests/{NOTHING}/cancel")
    assert (missing.status_code, missing.json()) == (404, {"status": "NOT_FOUND"})
    result = hers.get(held["response_url"])
    assert (result.status_code, result.json()["error_type"]) == (499, "client_cancelled")


def test_the_result_of_what_is_under_way_is_the_one_sentence_clients_wait_for(
    hers: Caller, held: dict[str, Any]
) -> None:
    early = hers.get(held["response_url"])
    assert early.status_code == 400
    assert early.json()["detail"] == "Request is still in progress"


def test_a_call_that_takes_too_long_names_its_request_and_is_not_sent_again(
    hers: Caller, held: dict[str, Any], door: Gate
) -> None:
    with override_settings(SYNC_RUN_SECONDS=0.1):
        answer = hers.post("/fal/run/workflows/alice/held", {})
    assert (answer.status_code, answer["x-fal-request-timeout-type"]) == (504, "user")
    door.opened.set()
    path = f"/fal/queue/workflows/alice/held/requests/{answer['x-fal-request-id']}"
    assert ended(hers, {"status_url": f"{path}/status"})[-1]["status"] == "COMPLETED"


def test_pings_come_often_enough_for_clients_and_proxies() -> None:
    assert streams.KEEP_ALIVE_SECONDS <= 15


@pytest.mark.parametrize("whole", [True, False], ids=["workflow", "status"])
def test_a_silent_step_is_bridged_by_pings(
    hers: Caller, held: dict[str, Any], door: Gate, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.02)
    if whole:
        answer = hers.post("/fal/run/workflows/alice/held/stream", {})
    else:
        answer = hers.get(f"{held['status_url']}/stream")

    async def read() -> list[str]:
        pieces: list[str] = []
        async for piece in cast(Any, answer):
            pieces.append(piece.decode("ascii"))
            if pieces.count(": ping\n\n") == 5:
                door.opened.set()
        return pieces

    pieces = async_to_sync(read)()
    assert pieces.count(": ping\n\n") >= 5
    frame = json.loads(pieces[-1].removeprefix("data: "))
    assert (frame["type"] == "error") if whole else (frame["status"] == "COMPLETED")


def test_a_failed_stream_says_all_that_the_result_of_the_queue_says(hers: Caller) -> None:
    make(hers, "bad", FAILING)
    given = {"prompt": "data:,x"}
    told = events(hers.post("/fal/run/workflows/alice/bad/stream", given))[-1]
    queued = hers.post("/fal/queue/workflows/alice/bad", given).json()
    ended(hers, queued)
    result = hers.get(queued["response_url"])
    assert told["error"] == {
        "status": result.status_code,
        "body": {"detail": result.json()["detail"], "error_type": result.json()["error_type"]},
    }
    assert told["message"] == result.json()["message"]
