"""POST /api/workflows/<slug>/public-run and GET /api/public-executions/<id>."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from django.conf import settings
from django.test import override_settings

from tests.api.client import ECHO, Caller, a_node, an_edge, whole
from workflows.errors import RateLimitExceeded
from workflows.models import Run, RunStatus, Step
from workflows.services.limits import rates
from workflows.types import JsonObject

pytestmark = pytest.mark.django_db(transaction=True)

OPEN = {"publicPlayground": True, "publicRun": True}
PICTURE: JsonObject = {
    "nodes": [a_node("g", "gradient", width=24, height=16), a_node("end", "responseOutput")],
    "edges": [an_edge("g", "end", "image", "result")],
}


@pytest.fixture(autouse=True)
def fresh_windows() -> Iterator[None]:
    """Count again in every test."""
    rates.forget()
    yield
    rates.forget()


def run(caller: Caller, slug: str, **inputs: object) -> JsonObject:
    """Start a public run."""
    response = caller.post(f"/api/workflows/{slug}/public-run", {"inputs": inputs})
    assert response.status_code == 202, response.content
    return response.json()


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"publicPlayground": True},
        {"publicRun": True},
        {"publicPlayground": True, "publicRun": "yes"},
        {"publicPlayground": True, "publicRun": 1},
    ],
)
def test_it_is_off_until_the_owner_switches_both_on(
    hers: Caller, nobody: Caller, fields: JsonObject
) -> None:
    hers.create("Echo", **ECHO, **fields)
    missing = nobody.post("/api/workflows/never-was/public-run", {"inputs": {}})
    for caller in (nobody, hers):
        refused = caller.post("/api/workflows/echo/public-run", {"inputs": {}})
        assert (refused.status_code, refused.content) == (404, missing.content)
    assert not Run.objects.exists()


def test_a_stranger_runs_it_and_reads_the_result_by_the_ticket(
    engine: None, hers: Caller, nobody: Caller
) -> None:
    hers.create("Echo", **ECHO, **OPEN)
    started = run(nobody, "echo", text="jazz")
    assert started["_async"] is True
    whole(hers.get(f"/api/executions/{started['executionId']}/events"))
    answer = nobody.get(started["pollUrl"])
    body = answer.json()
    assert body.keys() == {
        "executionId",
        "status",
        "progress",
        "result",
        "error",
        "ms",
        "createdAt",
        "completedAt",
    }
    assert (body["status"], body["result"]) == ("completed", {"text": "You said jazz"})
    assert body["progress"] == 1.0


def test_a_stranger_sees_how_far_the_run_is(engine: None, hers: Caller, nobody: Caller) -> None:
    hers.create("Echo", **ECHO, **OPEN)
    started = run(nobody, "echo")
    path = f"/api/executions/{started['executionId']}"
    whole(hers.get(f"{path}/events"))
    Run.objects.update(status=RunStatus.RUNNING)
    Step.objects.filter(node_id="end").delete()
    seen = nobody.get(started["pollUrl"]).json()["progress"]
    assert seen == hers.get(path).json()["progress"] == pytest.approx(2 / 3, abs=1e-3)


def test_the_ticket_opens_its_own_run_alone(
    engine: None, hers: Caller, nobody: Caller, his: Caller
) -> None:
    hers.create("Echo", **ECHO, **OPEN)
    first, second = run(nobody, "echo"), run(nobody, "echo")
    whole(hers.get(f"/api/executions/{second['executionId']}/events"))
    path, ticket = first["pollUrl"].split("?token=")
    private = hers.post("/api/workflows/echo/run?async=true", {"inputs": {}}).json()["executionId"]
    missing = nobody.get("/api/public-executions/nothing")
    for tried in (
        path,
        f"{path}?token=",
        f"{path}?token={ticket[:-1]}",
        f"{path}?token={second['pollUrl'].split('?token=')[1]}",
        f"/api/public-executions/{private}?token={ticket}",
    ):
        answer = nobody.get(tried)
        assert (answer.status_code, answer.content) == (404, missing.content)
    assert nobody.get(f"/api/executions/{first['executionId']}").status_code == 401
    assert his.get(f"/api/executions/{first['executionId']}").status_code == 404


def test_pictures_of_the_result_open_by_the_ticket(
    engine: None, hers: Caller, nobody: Caller
) -> None:
    hers.create("Picture", **PICTURE, **OPEN)
    started = run(nobody, "picture")
    whole(hers.get(f"/api/executions/{started['executionId']}/events"))
    (picture,) = nobody.get(started["pollUrl"]).json()["result"]["images"]
    path = picture["url"].removeprefix("http://testserver")
    answer = nobody.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert nobody.get(f"{path}&w=8")["Content-Type"] == "image/webp"
    assert nobody.get(path.partition("?")[0]).status_code == 404
    other = hers.upload(BytesIO(b"secret")).json()["asset"]
    assert nobody.get(path.replace(picture["asset"], other)).status_code == 404
    assert nobody.get(f"/media/{picture['asset']}").status_code == 401


def test_closing_the_door_closes_the_results_too(hers: Caller, nobody: Caller) -> None:
    hers.create("Echo", **ECHO, **OPEN)
    poll = run(nobody, "echo")["pollUrl"]
    assert nobody.get(poll).status_code == 200
    hers.put("/api/workflows/echo", {"publicRun": False})
    assert nobody.get(poll).status_code == 404


def test_a_stranger_cannot_name_the_owners_files(hers: Caller, nobody: Caller) -> None:
    shown = hers.upload(BytesIO(b"shown")).json()
    hidden = hers.upload(BytesIO(b"hidden")).json()
    ask = a_node(
        "ask", "requestInput", fields=[{"name": "file", "type": "file"}], values={"file": shown}
    )
    hers.create("Files", nodes=[ask, *PICTURE["nodes"]], edges=PICTURE["edges"], **OPEN)
    for value in (hidden, {"asset": hidden["asset"]}, hidden["url"]):
        body = {"inputs": {"file": value}}
        refused = nobody.post("/api/workflows/files/public-run", body)
        assert (refused.status_code, refused.json()["code"]) == (400, "INVALID_INPUTS")
    run(nobody, "files", file=shown)
    run(nobody, "files", file="https://example.com/x.bin")


def test_one_ip_address_runs_five_times_a_minute(hers: Caller, nobody: Caller) -> None:
    hers.create("Echo", **ECHO, **OPEN)
    for _ in range(5):
        run(nobody, "echo")
    refused = nobody.post("/api/workflows/echo/public-run", {"inputs": {}})
    body = refused.json()
    assert (refused.status_code, body["code"], body["limit"]) == (429, "RATE_LIMIT_EXCEEDED", 5)
    assert int(refused["Retry-After"]) == body["retryAfter"] > 0
    other = Caller(REMOTE_ADDR="192.0.2.7")
    assert run(other, "echo")
    forged = nobody.post(
        "/api/workflows/echo/public-run", {"inputs": {}}, X_Forwarded_For="192.0.2.9"
    )
    assert forged.status_code == 429


@pytest.mark.parametrize(
    ("limits", "price"),
    [({"public_runs_per_day": 2}, {}), ({"public_credits_per_day": 9}, {"template": 4})],
)
def test_a_workflow_runs_for_strangers_within_its_day(
    hers: Caller, nobody: Caller, limits: dict[str, int], price: dict[str, float]
) -> None:
    hers.create("Echo", **ECHO, **OPEN)
    with override_settings(LIMITS={**settings.LIMITS, **limits}, CREDIT_PRICES=price):
        run(nobody, "echo")
        run(nobody, "echo")
        refused = nobody.post("/api/workflows/echo/public-run", {"inputs": {}})
    assert (refused.status_code, refused.json()["limit"]) == (429, 2)
    assert 0 < refused.json()["retryAfter"] <= 86_400


def test_a_copy_does_not_inherit_the_open_door(hers: Caller, his: Caller, nobody: Caller) -> None:
    hers.create("Echo", **ECHO, **OPEN, isTemplate=True)
    slug = his.post("/api/workflows/echo/duplicate").json()["slug"]
    refused = nobody.post(f"/api/workflows/{slug}/public-run", {"inputs": {}})
    assert refused.status_code == 404


def test_a_window_counts_from_its_first_call_and_starts_anew() -> None:
    assert [rates.take("k", limit=2, seconds=10, now=now) for now in (0.0, 9.0)] == [1, 0]
    with pytest.raises(RateLimitExceeded) as caught:
        rates.take("k", limit=2, seconds=10, now=9.5)
    assert caught.value.context == {"limit": 2, "retryAfter": 1}
    assert rates.take("k", limit=2, seconds=10, now=10.0) == 1
