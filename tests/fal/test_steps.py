"""Each step of a run has a request id of its own and is asked for like any request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from tests.api.client import Caller
from tests.clients.far import Gate, gate
from tests.fal.contents import FAILING, TEXTS, UTIL, contents
from tests.fal.test_running import ended, events, make

pytestmark = pytest.mark.usefixtures("engine")


def at(id: str) -> str:
    return f"/fal/queue/fal-ai/text-concat/requests/{id}"


def ids_of(told: list[dict[str, Any]]) -> dict[str, str]:
    return {event["node_id"]: event["request_id"] for event in told if event["type"] == "submit"}


def test_the_request_of_a_step_has_a_status_a_result_and_a_stream(
    transactional_db: None, hers: Caller, his: Caller
) -> None:
    make(hers, "texts", TEXTS)
    told = events(hers.post("/fal/run/workflows/alice/texts/stream", {"prompt": "é"}))
    ids = ids_of(told)
    assert ids.keys() == {"first", "second"} and len(set(ids.values())) == 2
    completed = {event["node_id"]: event["output"] for event in told if "output" in event}
    for node, id in ids.items():
        status = hers.get(f"{at(id)}/status?logs=1")
        assert (status.status_code, status["x-fal-request-id"]) == (200, id)
        body = status.json()
        assert (body["status"], body["request_id"]) == ("COMPLETED", id)
        assert [line["message"] for line in body["logs"]] == [f"{node}: started", f"{node}: done"]
        assert body["metrics"]["inference_time"] >= 0
        assert hers.get(at(id)).json() == completed[node]
        assert hers.get(f"{at(id)}/response").json() == completed[node]
        [frame] = events(hers.get(f"{at(id)}/status/stream?logs=1"))
        assert frame["status"] == "COMPLETED"
        cancel = hers.send("PUT", f"{at(id)}/cancel")
        assert (cancel.status_code, cancel.json()) == (400, {"status": "ALREADY_COMPLETED"})
        assert his.get(at(id)).status_code == 404


def test_a_step_that_failed_answers_with_its_error_and_a_later_one_did_not_run(
    transactional_db: None, hers: Caller
) -> None:
    after = {
        "id": "after",
        "type": "run",
        "app": f"{UTIL}/resize-image",
        "depends": ["crop"],
        "input": {"image_url": "$crop.image.url", "width": 1, "height": 1},
    }
    make(hers, "bad", {**FAILING, "nodes": {**FAILING["nodes"], "after": after}})
    told = events(hers.post("/fal/run/workflows/alice/bad/stream", {"prompt": "data:,x"}))
    [crop] = ids_of(told).values()
    result = hers.get(at(crop))
    assert result.status_code == 422
    assert result.json()["detail"] == told[-1]["error"]["body"]["detail"]
    status = hers.get(f"{at(crop)}/status").json()
    assert (status["status"], status["error"]) == ("COMPLETED", told[-1]["message"])
    number = UUID(crop).int & 0xFFFF
    later = [str(UUID(int=UUID(crop).int - number + other)) for other in range(6)]
    answers = {hers.get(at(id)).status_code for id in later}
    assert 424 in answers and answers <= {200, 404, 422, 424}


@pytest.fixture
def door(settings: Any) -> Any:
    """A URL that answers once it is opened."""
    with gate() as server:
        settings.FETCH_ALLOW = (server.origin,)
        yield server


def test_a_step_under_way_is_in_progress_the_next_in_the_queue_and_both_end_by_a_cancel(
    transactional_db: None, hers: Caller, door: Gate
) -> None:
    nodes = {
        "wait": {
            "id": "wait",
            "type": "run",
            "app": f"{UTIL}/image-size",
            "input": {"image_url": f"{door.origin}/x"},
        },
        "after": {
            "id": "after",
            "type": "run",
            "app": "fal-ai/text-concat",
            "depends": ["wait"],
            "input": {"text1": "$wait.width", "text2": "px"},
        },
    }
    make(hers, "held", contents(nodes, {"x": "$after.results"}))
    body = hers.post("/fal/queue/workflows/alice/held", {}).json()
    assert door.arrived.wait(20)
    from workflows.compat.fal.shapes import step_id
    from workflows.models import Run

    run = Run.objects.get(pk=body["request_id"])
    places = {node["id"]: number for number, node in enumerate(run.snapshot.nodes)}
    wait, after = (str(step_id(run.pk, places[node])) for node in ("wait", "after"))
    status = hers.get(f"{at(wait)}/status")
    assert (status.status_code, status.json()["status"]) == (202, "IN_PROGRESS")
    assert status.json()["logs"] is None
    queued = hers.get(f"{at(after)}/status").json()
    assert (queued["status"], queued["queue_position"]) == ("IN_QUEUE", 0)
    early = hers.get(at(wait))
    assert (early.status_code, early.json()["detail"]) == (400, "Request is still in progress")
    cancel = hers.send("PUT", f"{at(wait)}/cancel")
    assert (cancel.status_code, cancel.json()) == (202, {"status": "CANCELLATION_REQUESTED"})
    assert ended(hers, body)[-1]["error_type"] == "client_cancelled"
    for id in (wait, after):
        assert hers.get(f"{at(id)}/status").json()["error_type"] == "client_cancelled"
        assert hers.get(at(id)).status_code == 499


@pytest.mark.parametrize("id", ["00000000-0000-8000-8000-000000000000", "not-a-uuid" + "0" * 26])
def test_an_id_of_nothing_is_not_found(transactional_db: None, hers: Caller, id: str) -> None:
    assert hers.get(f"{at(id)}/status").status_code == 404
    assert hers.get(at(id)).status_code == 404
