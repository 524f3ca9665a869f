"""POST /api/workflows/<slug>/run, waiting and asynchronous, against the real engine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from django.db import connection
from django.test import override_settings

from tests.api.client import ECHO, Caller, a_node, an_edge, whole
from tests.api.conftest import TokenCaller
from workflows.models import Event, Run, Snapshot, User

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_run_waits_and_answers_the_result(engine: None, hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    response = hers.post("/api/workflows/echo/run", {"inputs": {"text": "jazz"}})
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["success"] is True
    assert body["result"] == {"text": "You said jazz"}
    assert body["cost"] == 0
    assert body["ms"] >= 0
    assert UUID(body["executionId"])


def test_inputs_left_out_fall_back_to_the_defaults(engine: None, hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    response = hers.post("/api/workflows/echo/run", {"inputs": {}})
    assert response.json()["result"] == {"text": "You said hello"}


@pytest.mark.parametrize("body", [{}, {"inputs": None}, {"inputs": []}, {"inputs": "x"}])
def test_inputs_must_be_an_object(hers: Caller, body: dict[str, object]) -> None:
    hers.create("Echo", **ECHO)
    response = hers.post("/api/workflows/echo/run", body)
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUTS")
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"only": "a"}, "only"),
        ({"only": []}, "only"),
        ({"only": [1]}, "only"),
        ({"force": 1}, "force"),
    ],
)
def test_options_of_the_wrong_type_are_named(
    hers: Caller, more: dict[str, object], field: str
) -> None:
    hers.create("Echo", **ECHO)
    response = hers.post("/api/workflows/echo/run", {"inputs": {}, **more})
    assert (response.status_code, response.json()["field"]) == (400, field)


def test_an_asynchronous_run_answers_at_once_and_can_be_polled(engine: None, hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    response = hers.post("/api/workflows/echo/run?async=true", {"inputs": {}})
    assert response.status_code == 202
    body = response.json()
    id = body["executionId"]
    assert body == {
        "_async": True,
        "executionId": id,
        "requestId": None,
        "status": "processing",
        "webhookDelivery": {"configured": False},
        "pollUrl": f"/api/executions/{id}",
    }
    whole(hers.get(f"/api/executions/{id}/events"))
    polled = hers.get(body["pollUrl"]).json()
    assert (polled["status"], polled["result"]) == ("completed", {"text": "You said hello"})


def test_problems_are_listed_with_their_nodes_and_nothing_runs(hers: Caller) -> None:
    hers.create(
        "Cycle",
        nodes=[
            a_node("a", "template", text="{x}"),
            a_node("b", "template", text="{x}"),
            a_node("c", "fromTheFuture"),
            a_node("end", "responseOutput"),
        ],
        edges=[
            an_edge("a", "b", "text", "x"),
            an_edge("b", "a", "text", "x"),
            an_edge("b", "end", "text", "result"),
            an_edge("c", "end", "out", "result"),
        ],
    )
    response = hers.post("/api/workflows/cycle/run", {"inputs": {}})
    assert response.status_code == 400
    body = response.json()
    assert body["code"] == "INVALID_GRAPH"
    assert {issue["nodeId"] for issue in body["issues"]} >= {"c"}
    assert all(issue["message"] and issue["code"] for issue in body["issues"])
    assert not Run.objects.exists()


@pytest.mark.parametrize("inputs", [{"other": "x"}, {"text": ["x"]}])
def test_inputs_that_do_not_fit_are_told_from_a_graph_that_cannot_run(
    hers: Caller, inputs: dict
) -> None:
    hers.create("Echo", **ECHO)
    response = hers.post("/api/workflows/echo/run", {"inputs": inputs})
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUTS")
    (issue,) = response.json()["issues"]
    assert issue["field"] in inputs
    broken = [*ECHO["nodes"], a_node("c", "fromTheFuture")]
    edges = [*ECHO["edges"], an_edge("c", "end", "out", "more")]
    hers.create("Broken", nodes=broken, edges=edges)
    both = hers.post("/api/workflows/broken/run", {"inputs": inputs})
    assert both.json()["code"] == "INVALID_GRAPH"


def test_a_failing_node_is_500_with_the_node_and_its_error(engine: None, hers: Caller) -> None:
    hers.create(
        "Broken",
        nodes=[
            a_node("crop", "loadImage", url="/media/00000000-0000-4000-8000-000000000000"),
            a_node("end", "responseOutput"),
        ],
        edges=[an_edge("crop", "end", "image", "result")],
    )
    response = hers.post("/api/workflows/broken/run", {"inputs": {}})
    assert response.status_code == 500, response.content
    body = response.json()
    assert (body["code"], body["nodeId"]) == ("EXECUTION_FAILED", "crop")
    assert body["error"]
    (error,) = body["nodeErrors"]
    assert error["nodeId"] == "crop"
    assert UUID(body["executionId"])


def test_a_slow_run_times_out_and_goes_on(hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    # No engine runs, so the run stays queued.
    with override_settings(SYNC_RUN_SECONDS=0.05):
        response = hers.post("/api/workflows/echo/run", {"inputs": {}})
    assert (response.status_code, response.json()["code"]) == (504, "EXECUTION_TIMEOUT")
    assert Run.objects.get().pk == UUID(response.json()["executionId"])


def test_a_run_freezes_the_workflow_and_an_unchanged_one_shares_its_snapshot(
    hers: Caller,
) -> None:
    hers.create("Echo", **ECHO)
    for _ in range(2):
        hers.post("/api/workflows/echo/run?async=true", {"inputs": {}})
    assert Snapshot.objects.count() == 1
    hers.put("/api/workflows/echo", {"nodes": [a_node("only")], "edges": []})
    hers.post("/api/workflows/echo/run?async=true", {"inputs": {}})
    assert [len(snapshot.nodes) for snapshot in Snapshot.objects.order_by("pk")] == [3, 1]
    assert Event.objects.filter(type="queued", seq=1).count() == 3


def test_a_repeated_key_starts_one_run_however_many_send_it_at_once(hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    barrier = threading.Barrier(10)

    def submit(number: int) -> tuple[int, str]:
        try:
            if number < 10:
                barrier.wait(timeout=20)
            response = Caller(hers.headers).post(
                "/api/workflows/echo/run?async=true", {"inputs": {}}, Idempotency_Key="once"
            )
            return response.status_code, response.json()["executionId"]
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = set(pool.map(submit, range(50)))
    assert len(answers) == 1
    assert answers.pop()[0] == 202
    assert Run.objects.count() == 1


def test_a_key_used_for_another_request_is_422(hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    path = "/api/workflows/echo/run?async=true"
    hers.post(path, {"inputs": {}}, Idempotency_Key="k")
    other = hers.post(path, {"inputs": {"text": "x"}}, Idempotency_Key="k")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert hers.post(path, {"inputs": {}}, Idempotency_Key="x" * 201).status_code == 400
    assert Run.objects.count() == 1


def test_too_many_active_runs_are_429(hers: Caller) -> None:
    from django.conf import settings

    hers.create("Echo", **ECHO)
    with override_settings(LIMITS={**settings.LIMITS, "active_runs_per_user": 1}):
        answers = [
            hers.post("/api/workflows/echo/run?async=true", {"inputs": {}}) for _ in range(2)
        ]
    assert [answer.status_code for answer in answers] == [202, 429]
    assert answers[1]["Retry-After"]


def test_a_retry_counts_like_a_new_run(hers: Caller) -> None:
    from django.conf import settings

    hers.create("Echo", **ECHO)
    with override_settings(LIMITS={**settings.LIMITS, "active_runs_per_user": 1}):
        path = "/api/workflows/echo/run?async=true"
        first = hers.post(path, {"inputs": {}}).json()["executionId"]
        hers.post(f"/api/executions/{first}/cancel")
        second = hers.post(path, {"inputs": {}}).json()["executionId"]
        refused = hers.post(f"/api/executions/{first}/retry")
        assert (refused.status_code, refused.json()["code"]) == (429, "TOO_MANY_RUNS")
        assert Run.objects.get(pk=first).status == "cancelled"
        assert hers.post(f"/api/executions/{second}/retry").status_code == 409
        hers.post(f"/api/executions/{second}/cancel")
        assert hers.post(f"/api/executions/{first}/retry").status_code == 200


def test_a_template_runs_for_everybody_and_the_run_is_the_runners(
    engine: None, hers: Caller, his: Caller, bob: User
) -> None:
    hers.create("Echo", isTemplate=True, **ECHO)
    body = his.post("/api/workflows/echo/run", {"inputs": {}}).json()
    assert body["success"] is True
    assert Run.objects.get().owner == bob
    assert hers.get(f"/api/executions/{body['executionId']}").status_code == 404


def test_another_persons_workflow_cannot_be_run(hers: Caller, his: Caller) -> None:
    hers.create("Echo", **ECHO)
    theirs = his.post("/api/workflows/echo/run", {"inputs": {}})
    missing = his.post("/api/workflows/none/run", {"inputs": {}})
    assert theirs.status_code == 404
    assert theirs.content == missing.content


def test_a_reader_cannot_run_and_a_session_can(
    engine: None, alice: User, token: TokenCaller, her_browser: Caller
) -> None:
    her_browser.create("Echo", **ECHO)
    denied = token(alice, "workflow:read").post("/api/workflows/echo/run", {"inputs": {}})
    assert (denied.status_code, denied.json()["required"]) == (403, "workflow:run")
    assert her_browser.post("/api/workflows/echo/run", {"inputs": {}}).status_code == 200
    del her_browser.headers["X-CSRFToken"]
    assert her_browser.post("/api/workflows/echo/run", {"inputs": {}}).status_code == 403


def test_only_the_named_nodes_run(engine: None, hers: Caller) -> None:
    hers.create("Echo", **ECHO)
    body = {"inputs": {}, "only": ["say"]}
    id = hers.post("/api/workflows/echo/run", body).json()["executionId"]
    nodes = hers.get(f"/api/executions/{id}").json()["nodes"]
    assert {node["id"] for node in nodes} == {"ask", "say"}
