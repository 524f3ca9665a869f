"""Errors, ids, pages and the limit of calls: the same at every path of this API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.api.client import Caller
from tests.comfy.conftest import MakeRun
from workflows.compat.comfy import errors
from workflows.models import User
from workflows.services.identity.tokens import token_create

pytestmark = pytest.mark.django_db

MISSING = {"status": 404, "message": "requested entity not found"}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/workflow/{id}",
        "/v1/workflow/{id}/outputs",
        "/v1/workflow/{id}/subscribe",
        "/v1/template/{id}",
        "/v1/template/{id}/parameters",
        "/v1/runner/{id}",
        "/v1/runner/{id}/health",
        "/v1/managed-runner/{id}",
    ],
)
def test_an_id_is_a_uuid_and_one_that_is_not_there_is_404(hers: Caller, path: str) -> None:
    missing = hers.get(path.replace("{id}", str(uuid4())))
    assert (missing.status_code, missing.json()) == (404, MISSING)
    for wrong in ("1", "x", "{0}", uuid4().hex, f"urn:uuid:{uuid4()}", "%00"):
        answer = hers.get(path.replace("{id}", wrong))
        assert (answer.status_code, answer.json()) == (
            400,
            {"status": 400, "message": "invalid UUID; expected a UUID."},
        ), wrong


@pytest.mark.parametrize(
    "path", ["/v1/workflow/", "/v1/workflow/a/b/c", "/v1/template/a/fly", "/v1/user/x", "/v1/file"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_path_below_that_is_none_is_404_in_this_form(
    nobody: Caller, path: str, method: str
) -> None:
    answer = nobody.send(method, path)
    assert (answer.status_code, answer.json()) == (404, MISSING)


def test_the_other_dialect_keeps_its_paths(nobody: Caller) -> None:
    answer = nobody.get("/v1/workflows")
    assert (answer.status_code, list(answer.json())) == (401, ["error"])
    assert errors.PATHS.fullmatch("/v1/workflows") is None


def test_a_missing_or_bad_token_is_401(nobody: Caller) -> None:
    for headers in ({}, {"Authorization": "Bearer cfc_x"}, {"Authorization": "Basic x"}):
        answer = nobody.get("/v1/workflow", **headers)
        assert (answer.status_code, answer.json()) == (
            401,
            {"status": 401, "message": "Invalid token"},
        )
        assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_token_whose_time_is_over_is_told_so(alice: User, nobody: Caller) -> None:
    past = timezone.now() - timedelta(seconds=1)
    row, text = token_create(owner=alice, name="t", capabilities=["*"], expires_at=past)
    bearer = {"Authorization": f"Bearer {text}"}
    assert nobody.get("/v1/user", **bearer).json() == {
        "status": 401,
        "message": "Token has expired",
    }
    other = nobody.get("/v1/user", Authorization=f"Bearer {text[:-1]}")
    assert other.json()["message"] == "Invalid token"
    assert nobody.get("/api/whoami", **bearer).json() == {"error": "Unauthorized"}
    row.revoked_at = past
    row.save()
    assert nobody.get("/v1/user", **bearer).json()["message"] == "Invalid token"


def test_a_bearer_token_is_let_in(hers: Caller, nobody: Caller) -> None:
    text = hers.headers["x-api-key"]
    assert nobody.get("/v1/user", Authorization=f"Bearer {text}").status_code == 200


def test_a_method_that_is_not_taken_says_which_are(hers: Caller) -> None:
    answer = hers.send("PATCH", "/v1/workflow")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, POST")
    assert answer.json()["status"] == 405


def test_a_session_needs_its_csrf_token_to_change_something(her_browser: Caller) -> None:
    assert her_browser.get("/v1/workflow").status_code == 200
    assert her_browser.post("/v1/runner", {}).json()["status"] == 403  # staff only
    del her_browser.headers["X-CSRFToken"]
    answer = her_browser.post("/v1/runner", {})
    assert (answer.status_code, answer.json()["status"]) == (403, 403)
    assert "CSRF" in answer.json()["message"]
    assert her_browser.get("/v1/workflow").status_code == 200


def test_an_ip_address_calls_so_often_in_ten_seconds_and_then_rests(
    hers: Caller, nobody: Caller, settings: Any
) -> None:
    settings.COMFY_CALLS = 3
    statuses = [hers.get("/v1/user").status_code for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]
    refused = nobody.get("/v1/workflow")
    assert (refused.status_code, refused["Retry-After"]) == (429, "10")
    assert refused.json()["status"] == 429
    assert hers.get("/api/whoami").status_code == 200
    elsewhere = Caller(hers.headers, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.get("/v1/user").status_code == 200
    settings.COMFY_CALLS = 0
    assert hers.get("/v1/user").status_code == 200


def test_lists_come_by_page_newest_first_with_a_total(hers: Caller, a_run: MakeRun) -> None:
    made = [str(a_run("completed", name=f"n{number}").pk) for number in range(12)]
    first = hers.get("/v1/workflow").json()
    assert first["total"] == 12
    assert [row["id"] for row in first["workflows"]] == made[:1:-1]
    second = hers.get("/v1/workflow?page=2&per_page=5").json()
    assert [row["id"] for row in second["workflows"]] == made[6:1:-1]
    assert hers.get("/v1/workflow?page=9").json() == {"workflows": [], "total": 12}
    for query in ("page=0", "page=-1", "page=x", "per_page=0", "per_page=101", "page=1&page=2"):
        answer = hers.get(f"/v1/workflow?{query}")
        assert (answer.status_code, answer.json()["status"]) == (400, 400), query


def test_who_calls_is_told(hers: Caller) -> None:
    person = hers.get("/v1/user").json()
    assert {key: person[key] for key in ("name", "deleted", "tier")} == {
        "name": "alice",
        "deleted": False,
        "tier": "enterprise",
    }
    assert person["created_at"].endswith("Z")
