"""GET /api/models and POST /api/models/<internalName>/run."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import override_settings

from tests.api.client import Caller, whole
from tests.api.conftest import TokenCaller
from workflows.models import Run, Snapshot, User
from workflows.nodes import registry
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db(transaction=True)


def result(caller: Caller, model: str, inputs: JsonObject) -> JsonObject:
    """Run a model and return its result."""
    response = caller.post(f"/api/models/{model}/run", {"inputs": inputs})
    assert response.status_code == 200, response.content
    return response.json()["result"]


def test_every_type_that_does_work_is_a_model_with_its_fields(hers: Caller) -> None:
    rows = {row["internalName"]: row for row in hers.get("/api/models").json()}
    work = [row for row in registry.node_types().values() if row.category != "Interface"]
    assert len(rows) == len(work) > 10
    assert list(rows) == sorted(rows)
    gradient = rows["gradient"]
    assert (gradient["category"], gradient["creditCost"]) == ("Image", None)
    angle = next(field for field in gradient["fields"] if field["name"] == "angle")
    assert (angle["type"], angle["widget"], angle["required"]) == ("number", "slider", False)
    assert {field["name"] for field in rows["blur-image"]["fields"]} >= {"image", "radius"}
    assert not {"request-input", "response-output", "note", "preview", "upload"} & rows.keys()


@override_settings(CREDIT_PRICES={"gradient": 4}, CREDIT_PERCENTS={"enterprise": 50})
def test_a_model_tells_what_it_costs_the_caller(hers: Caller) -> None:
    rows = {row["internalName"]: row for row in hers.get("/api/models").json()}
    assert (rows["gradient"]["creditCost"], rows["pattern"]["creditCost"]) == (2, None)


def test_a_model_runs_as_an_api_of_its_own(
    engine: None, alice: User, token: TokenCaller, hers: Caller
) -> None:
    caller = token(alice, "model:run")
    inputs = {"start": "#ff0000", "width": 40, "height": 30}
    response = caller.post("/api/models/gradient/run", {"inputs": inputs})
    assert response.status_code == 200, response.content
    body = response.json()
    assert body["success"] is True
    (picture,) = body["result"]["images"]
    assert (picture["width"], picture["height"]) == (40, 30)
    assert hers.get(picture["url"].removeprefix("http://testserver")).status_code == 200
    execution = hers.get(f"/api/executions/{body['executionId']}").json()
    assert (execution["workflowSlug"], execution["modelIds"]) == (None, ["gradient"])
    assert (execution["inputs"], execution["name"]) == (inputs, "Gradient")
    assert execution["result"] == body["result"]


def test_models_take_texts_lists_and_files_as_their_nodes_do(engine: None, hers: Caller) -> None:
    made = result(hers, "gradient", {"width": 16, "height": 16})
    blurred = result(hers, "blur-image", {"image": made["images"][0], "radius": 2})
    assert blurred["images"][0]["width"] == 16
    assert result(hers, "template", {"text": "Hi {who}", "who": "Ann"}) == {"text": "Hi Ann"}
    assert result(hers, "join-text", {"texts": ["a", "b"], "separator": "-"}) == {"text": "a-b"}


def test_a_model_can_be_submitted_and_repeated_under_a_key(engine: None, hers: Caller) -> None:
    caller = hers
    caller.headers["Idempotency-Key"] = "order-1"
    path, body = "/api/models/text-box/run?async=true", {"inputs": {"text": "slow"}}
    first, second = caller.post(path, body), caller.post(path, body)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json() == second.json()
    id = first.json()["executionId"]
    assert UUID(id)
    whole(caller.get(f"/api/executions/{id}/events"))
    assert caller.get(first.json()["pollUrl"]).json()["result"] == {"text": "slow"}
    other = caller.post("/api/models/gradient/run", {"inputs": {}})
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_CONFLICT")
    assert Run.objects.count() == 1


def test_one_graph_is_kept_once(hers: Caller) -> None:
    for _ in range(3):
        hers.post("/api/models/text-box/run?async=true", {"inputs": {"text": "same"}})
    assert (Run.objects.count(), Snapshot.objects.count()) == (3, 1)


def test_inputs_that_do_not_suit_are_listed(hers: Caller) -> None:
    response = hers.post("/api/models/gradient/run", {"inputs": {"angle": "x", "width": -4}})
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_INPUTS")
    assert {issue["field"] for issue in response.json()["issues"]} == {"angle", "width"}
    response = hers.post("/api/models/gradient/run", {"inputs": {"colour": "#fff"}})
    (issue,) = response.json()["issues"]
    assert (issue["code"], issue["field"]) == ("UNKNOWN_INPUT", "colour")
    assert "angle" in issue["expected"]
    bodies: list[Any] = [{}, {"inputs": []}, {"inputs": {}, "only": ["model"]}]
    for body in bodies:
        refused = hers.post("/api/models/gradient/run", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_INPUTS")
    assert not Run.objects.exists()


@pytest.mark.parametrize("name", ["nothing", "note", "request-input", "gradient-2"])
def test_an_unknown_model_is_404(hers: Caller, name: str) -> None:
    response = hers.post(f"/api/models/{name}/run", {"inputs": {}})
    assert (response.status_code, response.json()["code"]) == (404, "MODEL_NOT_FOUND")


def test_a_models_name_has_a_syntax(hers: Caller) -> None:
    response = hers.post("/api/models/blurImage/run", {"inputs": {}})
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_SLUG")


def test_async_is_true_or_false(hers: Caller) -> None:
    response = hers.post("/api/models/gradient/run?async=later", {"inputs": {}})
    assert (response.status_code, response.json()["field"]) == (400, "async")
    assert not Run.objects.exists()


def test_running_models_is_a_right_of_its_own(alice: User, token: TokenCaller) -> None:
    path = "/api/models/gradient/run?async=true"
    refused = token(alice, "workflow:*", "execution:*").post(path, {"inputs": {}})
    assert (refused.status_code, refused.json()["required"]) == (403, "model:run")
    assert refused.json()["anyOf"] == ["model:run", "model:gradient:run"]
    named = token(alice, "model:gradient:run")
    assert named.post(path, {"inputs": {}}).status_code == 202
    assert named.post("/api/models/pattern/run", {"inputs": {}}).status_code == 403


@pytest.mark.parametrize(("tier", "status"), [("free", 403), ("pro", 403), ("business", 202)])
def test_models_begin_with_the_business_tier(
    her_browser: Caller, alice: User, tier: str, status: int
) -> None:
    User.objects.filter(pk=alice.pk).update(tier=tier)
    response = her_browser.post("/api/models/gradient/run?async=true", {"inputs": {}})
    assert response.status_code == status
