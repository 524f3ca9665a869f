"""/fal/run and /fal/queue: results, statuses, streams, cancelling, and runs inside runs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.api.client import ECHO, Caller, a_node, an_edge, whole
from tests.fal.contents import FAILING, TEXTS, UTIL, contents
from workflows.models import Event, Run

pytestmark = pytest.mark.usefixtures("engine")


def make(caller: Caller, name: str, what: Any) -> None:
    answer = caller.post("/v1/workflows", {"name": name, "title": name, "contents": what})
    assert answer.status_code == 201, answer.content


def events(answer: Any) -> list[dict[str, Any]]:
    """Parse a stream as strictly as the strictest client does."""
    assert answer["Content-Type"].startswith("text/event-stream")
    body = whole(answer).decode("ascii")
    frames = [frame for frame in body.split("\n\n") if frame]
    assert all(frame.startswith("data: {") or frame == ": ping" for frame in frames)
    return [json.loads(frame[6:]) for frame in frames if frame != ": ping"]


def ended(caller: Caller, submitted: dict[str, Any]) -> list[dict[str, Any]]:
    """Follow a request to its end and return the statuses told."""
    return events(caller.get(f"{submitted['status_url']}/stream?logs=1"))


@pytest.fixture
def texts(transactional_db: None, hers: Caller) -> str:
    """A workflow that puts texts together."""
    make(hers, "texts", TEXTS)
    return "workflows/alice/texts"


def test_run_answers_the_bare_output(hers: Caller, texts: str) -> None:
    answer = hers.post(f"/fal/run/{texts}", {"prompt": "a fox"})
    assert (answer.status_code, answer.json()) == (200, {"text": "a fox & more|ünï"})
    assert Run.objects.get(pk=answer["x-fal-request-id"]).source == "fal"


def test_a_workflow_of_the_canvas_runs_too(transactional_db: None, hers: Caller) -> None:
    slug = hers.create("Echo", **ECHO)["slug"]
    answer = hers.post(f"/fal/run/workflows/alice/{slug}", {"text": "x"})
    assert answer.json() == {"text": "You said x"}


def test_a_stream_tells_each_step_and_ends_with_the_output(hers: Caller, texts: str) -> None:
    told = events(
        hers.post(f"/fal/run/{texts}/stream", {"prompt": "é"}, Accept="text/event-stream")
    )
    assert [(event["type"], event["node_id"]) for event in told] == [
        ("submit", "first"),
        ("completion", "first"),
        ("submit", "second"),
        ("completion", "second"),
        ("output", "output"),
    ]
    assert told[0]["app_id"] == told[1]["app_id"] == "fal-ai/text-concat"
    assert told[0]["request_id"]
    assert told[1]["output"] == {"results": "é & more"}
    assert told[-1]["output"] == {"text": "é & more|ünï"}


def test_a_step_whose_result_is_known_is_submitted_all_the_same(hers: Caller) -> None:
    nodes = [a_node("draw", "gradient", width=8, height=8), a_node("end", "responseOutput")]
    edges = [an_edge("draw", "end", "image", "result")]
    slug = hers.create("Draw", nodes=nodes, edges=edges)["slug"]
    url = f"/fal/run/workflows/alice/{slug}/stream"
    told = [events(hers.post(url, {})) for _ in range(2)]
    kinds = [[(event["type"], event["node_id"]) for event in run] for run in told]
    assert kinds[0] == kinds[1]
    assert kinds[0] == [("submit", "draw"), ("completion", "draw"), ("output", "output")]
    done = [row.data for row in Event.objects.filter(type="completion")]
    cached = [event["cached"] for event in done if event["node_id"] == "draw"]
    assert sorted(cached) == [False, True]


def test_a_stream_that_fails_ends_with_the_error_of_the_node(hers: Caller) -> None:
    make(hers, "bad", FAILING)
    picture = "data:image/png;base64,AAAA"
    told = events(hers.post("/fal/run/workflows/alice/bad/stream", {"prompt": picture}))
    assert (told[-1]["type"], told[-1]["node_id"]) == ("error", "crop")
    assert told[-1]["error"]["status"] == 422
    assert told[-1]["error"]["body"]["detail"][0]["msg"] == told[-1]["message"]


def test_a_request_goes_through_the_queue(hers: Caller, texts: str) -> None:
    sent = hers.post(f"/fal/queue/{texts}", {"prompt": "a"})
    body = sent.json()
    assert sent.status_code == 200
    assert (
        body["status_url"]
        == f"http://testserver/fal/queue/{texts}/requests/{body['request_id']}/status"
    )
    told = ended(hers, body)
    assert told[-1]["status"] == "COMPLETED"
    lines = [line["message"] for status in told for line in status["logs"] or []]
    assert lines.count("first: done") == 1
    status = hers.get(f"{body['status_url']}/?logs=1")
    assert (status.status_code, status.json()["status"]) == (200, "COMPLETED")
    assert status.json()["metrics"]["inference_time"] >= 0
    assert status.json()["logs"][0]["message"] == "input: started"
    assert hers.get(body["response_url"]).json() == {"text": "a & more|ünï"}
    # By request id alone, as clients ask that lose the namespace.
    assert hers.get(f"/fal/queue/alice/texts/requests/{body['request_id']}/").status_code == 200
    cancel = hers.send("PUT", body["cancel_url"])
    assert (cancel.status_code, cancel.json()) == (400, {"status": "ALREADY_COMPLETED"})


def test_a_failed_request_is_completed_with_its_error(hers: Caller) -> None:
    make(hers, "bad", FAILING)
    body = hers.post(
        "/fal/queue/workflows/alice/bad", {"prompt": "data:image/png;base64,AAAA"}
    ).json()
    last = ended(hers, body)[-1]
    assert (last["status"], last["error_type"]) == ("COMPLETED", "bad_request")
    result = hers.get(body["response_url"])
    assert result.status_code == 422
    assert result["x-fal-error-type"] == "bad_request"
    assert result.json()["detail"][0]["ctx"] == {"node_id": "crop"}
    assert result.json()["message"] == last["error"]


def test_requests_are_their_owners_alone(hers: Caller, his: Caller, texts: str) -> None:
    body = hers.post(f"/fal/queue/{texts}", {"prompt": "a"}).json()
    for path in ("", "/status", "/status/stream"):
        assert his.get(body["response_url"] + path).status_code == 404
    assert his.send("PUT", body["cancel_url"]).status_code == 404
    assert his.post(f"/fal/run/{texts}", {"prompt": "a"}).status_code == 404
    ended(hers, body)


@pytest.mark.parametrize("given", [{"size": 1}, {}, {"prompt": {"a": 1}}])
def test_inputs_that_do_not_fit_are_422_with_their_place(
    hers: Caller, texts: str, given: dict[str, Any]
) -> None:
    answer = hers.post(f"/fal/run/{texts}", given)
    assert answer.status_code == 422
    detail = answer.json()["detail"]
    assert detail[0]["loc"] == ["body", "prompt"]


def test_a_workflow_in_the_body_runs(hers: Caller) -> None:
    flat = {**TEXTS["nodes"], "input": {"type": "input", "input": {"prompt": "default"}}}
    body = {"input": {}, "workflow": flat}
    told = events(hers.post("/fal/run/workflows/execute/stream", body))
    assert told[-1]["output"] == {"text": "default & more|ünï"}
    answer = hers.post("/fal/run/workflows/execute", {"input": {"prompt": "x"}, "workflow": flat})
    assert answer.json() == {"text": "x & more|ünï"}


def test_a_single_utility_runs_and_takes_its_input_as_it_is(hers: Caller) -> None:
    answer = hers.post("/fal/run/fal-ai/text-concat", {"text1": "$input.x", "text2": "$app"})
    assert answer.json() == {"results": "$input.x$app"}
    assert hers.post("/fal/run/fal-ai/flux/dev", {}).status_code == 404


def test_a_workflow_runs_another_one(hers: Caller, texts: str) -> None:
    node = {
        "id": "inner",
        "type": "run",
        "app": texts,
        "depends": ["input"],
        "input": {"prompt": "$input.word"},
    }
    outer = contents(
        {"inner": node},
        {"all": "$inner", "text": "$inner.text"},
        word={"name": "word", "type": "string"},
    )
    make(hers, "outer", outer)
    answer = hers.post("/fal/run/workflows/alice/outer", {"word": "in"})
    assert answer.json() == {"all": {"text": "in & more|ünï"}, "text": "in & more|ünï"}
    child = Run.objects.get(idempotency_key__startswith="nested:")
    assert child.options["parent"] == answer["x-fal-request-id"]


def test_a_workflow_that_runs_itself_ends_with_a_clear_error(hers: Caller) -> None:
    node = {"id": "again", "type": "run", "app": "workflows/alice/loop", "input": {}}
    make(hers, "loop", contents({"again": node}, {"x": "$again"}))
    answer = hers.post("/fal/run/workflows/alice/loop", {})
    assert answer.status_code == 422
    assert "too deep" in answer.json()["message"]
    assert Run.objects.count() == 9
    assert not Run.objects.exclude(status="failed").exists()


def test_an_app_that_nobody_here_runs_says_what_is_missing(hers: Caller) -> None:
    node = {"id": "flux", "type": "run", "app": "fal-ai/flux/dev", "input": {}}
    make(hers, "flux", contents({"flux": node}, {"x": "$flux.images"}))
    answer = hers.post("/fal/run/workflows/alice/flux", {})
    assert answer.status_code == 501
    assert answer.json()["message"] == "fal-ai/flux/dev needs a fal key."


def test_an_optional_input_that_is_absent_takes_its_key_with_it(hers: Caller) -> None:
    node = {
        "id": "merge",
        "type": "run",
        "app": f"{UTIL}/merge-text",
        "input": {"texts": ["a", "$input.b", "c"], "separator": "$input.sep"},
    }
    make(hers, "merge", contents({"merge": node}, {"text": "$merge.text"}))
    assert hers.post("/fal/run/workflows/alice/merge", {}).json() == {"text": "a--c"}
    given = {"b": "b", "sep": "+"}
    assert hers.post("/fal/run/workflows/alice/merge", given).json() == {"text": "a+b+c"}


def test_browsers_of_other_origins_are_let_in(nobody: Caller, hers: Caller, texts: str) -> None:
    asked = nobody.send("OPTIONS", f"/fal/queue/{texts}", Origin="https://app.example")
    assert asked.status_code == 204
    assert "x-fal-queue-priority" in asked["Access-Control-Allow-Headers"]
    answer = hers.post(f"/fal/run/{texts}", {"prompt": "a"}, Origin="https://app.example")
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "x-fal-request-id" in answer["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("path", ["/fal", "/fal/", "/fal/rest/none", "/fal/queue/"])
def test_where_nothing_is_clients_are_told_so_in_their_words(nobody: Caller, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE"):
        answer = nobody.send(method, path)
        assert (answer.status_code, answer.json()["error_type"]) == (404, "not_found")
        assert answer["Access-Control-Allow-Origin"] == "*"


def test_the_proxy_answers_for_the_url_in_its_header(hers: Caller, texts: str) -> None:
    target = {"x_fal_target_url": f"https://queue.fal.run/{texts}"}
    body = hers.post("/fal/proxy", {"prompt": "p"}, **target).json()
    path = f"https://queue.fal.run/{texts}/requests/{body['request_id']}"
    ended(hers, body)
    status = hers.get("/fal/proxy", x_fal_target_url=f"{path}/status?logs=1").json()
    assert (status["status"], bool(status["logs"])) == ("COMPLETED", True)
    answer = hers.get("/fal/proxy", x_fal_target_url=path)
    assert answer.json() == {"text": "p & more|ünï"}
    for wrong in ("https://evil.example/x", "", "https://api.fal.ai/api/workflows"):
        assert hers.get("/fal/proxy", x_fal_target_url=wrong).status_code in (400, 404)


def test_a_cancelled_request_is_completed_without_a_result(hers: Caller, alice: Any) -> None:
    from workflows.engine import embedded

    embedded.stop()  # so that the request waits
    make(hers, "texts", TEXTS)
    body = hers.post("/fal/queue/workflows/alice/texts", {"prompt": "a"}).json()
    assert (body["status"], body["queue_position"]) == ("IN_QUEUE", 0)
    waiting = hers.get(f"{body['status_url']}?logs=true")
    assert (waiting.status_code, waiting.json()["status"]) == (202, "IN_QUEUE")
    early = hers.get(body["response_url"])
    assert (early.status_code, early.json()["detail"]) == (400, "Request is still in progress")
    cancel = hers.send("PUT", body["cancel_url"])
    assert (cancel.status_code, cancel.json()) == (202, {"status": "CANCELLATION_REQUESTED"})
    status = hers.get(body["status_url"])
    assert (status.status_code, status.json()["error_type"]) == (200, "client_cancelled")
    assert hers.get(body["response_url"]).status_code == 499
    assert Event.objects.filter(run_id=body["request_id"], type="cancelled").exists()
