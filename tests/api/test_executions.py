"""GET /api/executions, /api/executions/<id>, its events; POST cancel and retry."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.api.client import ECHO, Caller, a_node, an_edge, whole
from workflows.models import Event, Run

pytestmark = pytest.mark.django_db(transaction=True)


def started(caller: Caller, slug: str = "echo", **body: object) -> str:
    response = caller.post(f"/api/workflows/{slug}/run?async=true", {"inputs": {}, **body})
    assert response.status_code == 202, response.content
    return response.json()["executionId"]


def events(caller: Caller, id: str, **headers: str) -> list[dict[str, object]]:
    """Read an event stream to its end."""
    return events_of(caller.get(f"/api/executions/{id}/events", **headers))


def events_of(response: Any) -> list[dict[str, object]]:
    assert response["Content-Type"] == "text/event-stream; charset=utf-8"
    text = whole(response).decode()
    blocks = [block for block in text.split("\n\n") if block.startswith("id:")]
    parsed = []
    for block in blocks:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        event = json.loads(fields["data"])
        assert (int(fields["id"]), fields["event"]) == (event["seq"], event["type"])
        parsed.append(event)
    return parsed


def test_the_events_of_a_run_are_numbered_and_end_with_its_output(
    engine: None, hers: Caller
) -> None:
    hers.create("Echo", **ECHO)
    found = events(hers, started(hers))
    assert [event["seq"] for event in found] == list(range(1, len(found) + 1))
    assert found[0]["type"] == "queued"
    assert found[-1]["type"] == "output"
    assert found[-1]["output"] == {"text": "You said hello"}


@pytest.mark.parametrize("path", ["workflows/echo", "models/text-box"])
def test_one_call_starts_a_run_and_streams_what_happens(
    engine: None, hers: Caller, path: str
) -> None:
    hers.create("Echo", **ECHO)
    body = {"inputs": {"text": "hello"} if path.startswith("models") else {}}
    response = hers.post(f"/api/{path}/run?stream=true", body, Idempotency_Key="one")
    found = events_of(response)
    assert (found[0]["type"], found[-1]["type"]) == ("queued", "output")
    assert events_of(hers.get(response["Content-Location"])) == found
    again = hers.post(f"/api/{path}/run?stream=true", body, Idempotency_Key="one")
    assert events_of(again) == found
    assert Run.objects.count() == 1


def test_a_stream_that_cannot_be_had_starts_no_run(
    engine: None, hers: Caller, settings: Any
) -> None:
    hers.create("Echo", **ECHO)
    path = "/api/workflows/echo/run?stream=true"
    both = hers.post(f"{path}&async=true", {"inputs": {}})
    assert (both.status_code, both.json()["field"]) == (400, "stream")
    assert hers.post(f"{path}1", {"inputs": {}}).status_code == 400
    settings.LIMITS = {**settings.LIMITS, "watchers_per_user": 0}
    assert hers.post(path, {"inputs": {}}).status_code in (429, 503)
    assert not Run.objects.exists()


def test_a_stream_resumes_behind_the_last_event_id(engine: None, hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    id = started(hers)
    every = events(hers, id)
    assert events(hers, id, Last_Event_ID="3") == every[3:]
    after = whole(hers.get(f"/api/executions/{id}/events?after={len(every) - 1}")).decode()
    assert after.count("\nid: ") == 1
    assert events(hers, id, Last_Event_ID=str(len(every))) == []


@pytest.mark.parametrize("value", ["-1", "x", "1e3", "9" * 30, "٣"])
def test_a_malformed_event_id_is_400(hers: Caller, value: str) -> None:
    hers.create("Echo", **ECHO)
    id = started(hers)
    assert hers.get(f"/api/executions/{id}/events?after={value}").status_code == 400


def test_an_execution_tells_all_about_its_nodes(engine: None, hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    id = started(hers, inputs={"text": "all"})
    events(hers, id)
    body = hers.get(f"/api/executions/{id}").json()
    assert body["workflowSlug"] == "echo"
    assert (body["status"], body["state"], body["progress"]) == ("completed", "completed", 1.0)
    assert body["inputs"] == {"text": "all"}
    assert body["modelIds"] == []
    assert body["lastSeq"] == Event.objects.filter(run_id=id).count()
    assert body["createdAt"] <= body["startedAt"] <= body["completedAt"]
    nodes = {node["id"]: node for node in body["nodes"]}
    assert list(nodes) == ["ask", "say", "end"]
    assert nodes["say"]["outputs"] == {"text": "You said all"}
    assert {node["status"] for node in body["nodes"]} == {"completed"}


def test_a_queued_execution_is_processing_without_progress(hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    body = hers.get(f"/api/executions/{started(hers)}").json()
    assert (body["status"], body["state"], body["progress"]) == ("processing", "queued", 0.0)
    assert body["completedAt"] is None


def test_media_in_results_have_whole_urls_and_in_documents_short_ones(
    engine: None, hers: Caller
) -> None:
    hers.create("Art", nodes=[a_node("g", "gradient", width=16, height=16)])
    body = hers.post("/api/workflows/art/run", {"inputs": {}}).json()
    (image,) = body["result"]["images"]
    assert image["url"] == f"http://testserver/media/{image['asset']}"
    assert hers.get(image["url"].removeprefix("http://testserver")).status_code == 200
    assert Run.objects.get().output["images"][0]["url"] == f"/media/{image['asset']}"


def test_the_list_is_newest_first_and_can_be_narrowed(hers: Caller, his: Caller) -> None:
    hers.create("Echo", **ECHO)
    hers.create("Other", **ECHO)
    ids = [started(hers), started(hers, "other"), started(hers)]
    rows = hers.get("/api/executions").json()
    assert [row["executionId"] for row in rows] == ids[::-1]
    assert "nodes" not in rows[0]
    narrowed = hers.get("/api/executions?workflow=echo&limit=1").json()
    assert [row["executionId"] for row in narrowed] == [ids[2]]
    assert hers.get("/api/executions?workflow=BAD").json()["code"] == "INVALID_SLUG"
    assert hers.get("/api/executions?limit=many").status_code == 400
    assert his.get("/api/executions").json() == []


def test_a_cancel_is_final_at_once_and_harmless_twice(hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    id = started(hers)
    for _ in range(2):
        body = hers.post(f"/api/executions/{id}/cancel").json()
        assert (body["status"], body["state"]) == ("cancelled", "cancelled")
    assert [event["type"] for event in events(hers, id)] == ["queued", "cancelled"]


def test_a_cancelled_run_can_be_taken_up_again(engine: None, hers: Caller) -> None:
    from workflows.engine import embedded

    hers.create("Echo", **ECHO)
    embedded.stop()
    id = started(hers)
    hers.post(f"/api/executions/{id}/cancel")
    embedded.start()
    retried = hers.post(f"/api/executions/{id}/retry")
    assert (retried.status_code, retried.json()["status"]) == (200, "processing")
    types = [event["type"] for event in events(hers, id)]
    assert types[:3] == ["queued", "cancelled", "queued"]
    assert types[-1] == "output"
    again = hers.post(f"/api/executions/{id}/retry")
    assert (again.status_code, again.json()["code"]) == (409, "NOT_RETRYABLE")


def test_another_persons_run_looks_exactly_like_a_missing_one(hers: Caller, his: Caller) -> None:
    hers.create("Echo", **ECHO)
    id = started(hers)
    for path in ("", "/events", "/cancel", "/retry"):
        method = "GET" if path in ("", "/events") else "POST"
        theirs = his.send(method, f"/api/executions/{id}{path}", "{}")
        missing = his.send(method, f"/api/executions/{uuid4()}{path}", "{}")
        nonsense = his.send(method, f"/api/executions/no-id{path}", "{}")
        assert theirs.status_code == 404
        assert theirs.json()["code"] == "EXECUTION_NOT_FOUND"
        assert theirs.content == missing.content == nonsense.content


def test_runs_outlive_their_workflow(engine: None, hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    id = started(hers)
    events(hers, id)
    hers.delete("/api/workflows/echo")
    body = hers.get(f"/api/executions/{id}").json()
    assert (body["status"], body["workflowSlug"], body["name"]) == ("completed", None, "Echo")


def test_a_list_runs_a_single_input_once_for_each_item(engine: None, hers: Caller) -> None:
    hers.create(
        "Each",
        nodes=[
            a_node("list", "list", items=["a", "b", "c"], excluded=[1]),
            a_node("say", "template", text="<{x}>"),
            a_node("end", "responseOutput"),
            a_node("alone", "textBox", text="never"),
        ],
        edges=[an_edge("list", "say", "items", "x"), an_edge("say", "end", "text", "result")],
    )
    body = hers.post("/api/workflows/each/run", {"inputs": {}}).json()
    assert "<a>" in json.dumps(body["result"])
    assert "<c>" in json.dumps(body["result"])
    assert "<b>" not in json.dumps(body["result"])
    nodes = hers.get(f"/api/executions/{body['executionId']}").json()["nodes"]
    assert "alone" not in {node["id"] for node in nodes}


@pytest.mark.parametrize(
    ("limit", "status", "code"),
    [("watchers", 503, "TOO_MANY_WATCHERS"), ("watchers_per_user", 429, "TOO_MANY_STREAMS")],
)
def test_beyond_a_limit_no_further_stream_is_opened(
    engine: None, hers: Caller, limit: str, status: int, code: str
) -> None:
    from django.conf import settings
    from django.test import override_settings

    hers.create("Echo", **ECHO)
    id = started(hers)
    with override_settings(LIMITS={**settings.LIMITS, limit: 0}):
        refused = hers.get(f"/api/executions/{id}/events")
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert refused["Retry-After"]
    assert events(hers, id)[-1]["type"] == "output"
