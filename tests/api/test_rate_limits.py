"""Calls a minute by tier, per account and URL pattern, and what shows them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.db import connection
from django.test import override_settings

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from workflows.models import User
from workflows.models.people import Tier
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    rates.forget()
    with override_settings(RATES={"free": 2, "pro": 3}):
        yield
    rates.forget()


@pytest.fixture
def pro(alice: User, token: TokenCaller) -> Caller:
    """Alice's script, on a tier with a limit of three."""
    User.objects.filter(pk=alice.pk).update(tier=Tier.PRO)
    alice.refresh_from_db()
    return token(alice, "workflow:*", "execution:*")


def test_every_answer_tells_what_is_left_and_the_fourth_is_refused(pro: Caller) -> None:
    began = time.time()
    left = []
    for _ in range(3):
        response = pro.get("/api/workflows")
        assert response.status_code == 200
        assert response["X-RateLimit-Limit"] == "3"
        assert began + 58 <= int(response["X-RateLimit-Reset"]) <= time.time() + 61
        left.append(response["X-RateLimit-Remaining"])
    assert left == ["2", "1", "0"]
    refused = pro.get("/api/workflows")
    assert refused.status_code == 429
    wait = int(refused["Retry-After"])
    assert refused.json() == {
        "error": "Rate limit exceeded",
        "code": "RATE_LIMIT_EXCEEDED",
        "tier": "pro",
        "limit": 3,
        "retryAfter": wait,
    }
    assert 55 <= wait <= 60
    assert refused["X-RateLimit-Remaining"] == "0"
    assert abs(int(refused["X-RateLimit-Reset"]) - time.time() - wait) <= 2


def test_two_routes_share_no_bucket_but_all_slugs_of_a_route_do(pro: Caller) -> None:
    for slug in ("a", "b", "c"):
        assert pro.get(f"/api/workflows/{slug}").status_code == 404
    assert pro.get("/api/workflows/d").status_code == 429
    assert pro.get("/api/workflows").status_code == 200
    runs = [pro.post(f"/api/workflows/{slug}/run", {"inputs": {}}) for slug in "abcd"]
    assert [run.status_code for run in runs] == [404, 404, 404, 429]
    assert runs[0]["X-RateLimit-Remaining"] == "2"
    assert "Retry-After" in runs[3]


def test_two_keys_of_one_person_share_a_bucket_and_two_people_do_not(
    pro: Caller, alice: User, his: Caller, token: TokenCaller
) -> None:
    second = token(alice, "workflow:read")
    assert [caller.get("/api/workflows").status_code for caller in (pro, second, pro, second)] == [
        200,
        200,
        200,
        429,
    ]
    assert his.get("/api/workflows").status_code == 200


def test_a_tier_without_a_limit_is_told_of_none(hers: Caller) -> None:
    for _ in range(10):
        response = hers.get("/api/workflows")
        assert response.status_code == 200
        assert "X-RateLimit-Limit" not in response


def test_a_browser_is_counted_where_it_runs_or_uploads_only(
    her_browser: Caller, alice: User
) -> None:
    User.objects.filter(pk=alice.pk).update(tier=Tier.FREE)
    for _ in range(5):
        assert her_browser.get("/api/workflows").status_code == 200
    uploads = [her_browser.upload(BytesIO(b"text")).status_code for _ in range(3)]
    assert uploads == [201, 201, 429]
    runs = [her_browser.post("/api/workflows/none/run", {"inputs": {}}) for _ in range(3)]
    assert [run.status_code for run in runs] == [404, 404, 429]


def test_the_limit_is_judged_before_slug_capability_and_body(
    pro: Caller, token: TokenCaller, alice: User
) -> None:
    reader = token(alice, "workflow:read")
    for _ in range(3):
        reader.get("/api/workflows/a")
    assert reader.send("PUT", "/api/workflows/BAD", "{").status_code == 429
    assert Caller({"x-api-key": "pb_none"}).get("/api/workflows/a").status_code == 401


def test_a_minute_later_there_is_a_new_window(pro: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(4):
        last = pro.get("/api/workflows").status_code
    assert last == 429
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert pro.get("/api/workflows").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_requests_at_once_get_no_more_than_the_limit(pro: Caller) -> None:
    def call() -> int:
        try:
            return Caller(pro.headers).get("/api/workflows").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = [future.result() for future in [pool.submit(call) for _ in range(24)]]
    assert sorted(statuses) == [200] * 3 + [429] * 21
