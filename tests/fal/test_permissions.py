"""Who is let in: every route of the dialect by visitors, and by keys that hold too little."""

from __future__ import annotations

import pytest

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from tests.fal.contents import TEXTS
from workflows.compat.fal.urls import urlpatterns
from workflows.models import Run, User

ID = "7349c0b0-8349-46c7-8cbb-574a0058d425"
REQUEST = f"/fal/queue/workflows/alice/texts/requests/{ID}"
#: (method, route, capability that is needed)
CLOSED = [
    ("GET", "/v1/models", "workflow:read"),
    ("GET", "/v1/models/pricing", "workflow:read"),
    ("GET", "/v1/models/usage", "execution:read"),
    ("GET", "/v1/workflows", "workflow:read"),
    ("POST", "/v1/workflows", "workflow:write"),
    ("GET", "/v1/workflows/alice/texts", "workflow:read"),
    ("POST", "/fal/run/workflows/alice/texts", "workflow:run"),
    ("POST", "/fal/run/workflows/alice/texts/stream", "workflow:run"),
    ("POST", "/fal/run/fal-ai/text-concat", "workflow:run"),
    ("POST", "/fal/run/workflows/execute", "workflow:run"),
    ("POST", "/fal/queue/workflows/alice/texts", "workflow:run"),
    ("GET", REQUEST, "execution:read"),
    ("GET", f"{REQUEST}/status", "execution:read"),
    ("GET", f"{REQUEST}/status/stream", "execution:read"),
    ("PUT", f"{REQUEST}/cancel", "execution:cancel"),
    ("GET", "/fal/rest/workflows/", "workflow:read"),
    ("POST", "/fal/rest/workflows/", "workflow:write"),
    ("GET", "/fal/rest/workflows/alice/texts", "workflow:read"),
    ("PATCH", "/fal/rest/workflows/alice/texts", "workflow:write"),
    ("DELETE", "/fal/rest/workflows/alice/texts", "workflow:write"),
    ("POST", "/fal/rest/tokens/", "workflow:run"),
    ("POST", "/fal/rest/storage/auth/token", "workflow:run"),
    ("POST", "/fal/rest/storage/upload/initiate", "workflow:run"),
    ("POST", "/fal/rest/storage/upload/initiate-multipart", "workflow:run"),
]
#: What carries a permission of its own, answers for another route, or is for everybody.
SIGNED = 12


def test_every_route_is_in_the_table() -> None:
    # The list and the single app share their routes with two rows each, the streams too.
    tried = {route for _, route, _ in CLOSED}
    found = {
        str(entry.pattern)
        for entry in urlpatterns
        if any(entry.resolve(route.lstrip("/")) for route in tried)
    }
    assert len(found) == len(urlpatterns) - SIGNED


@pytest.mark.parametrize(("method", "route", "needed"), CLOSED)
def test_strangers_and_keys_that_hold_too_little_are_refused(
    alice: User,
    hers: Caller,
    nobody: Caller,
    token: TokenCaller,
    method: str,
    route: str,
    needed: str,
) -> None:
    hers.post("/v1/workflows", {"name": "texts", "title": "T", "contents": TEXTS})
    assert nobody.send(method, route).status_code == 401
    assert token(alice, "webhook:receive").send(method, route).status_code == 403
    assert token(alice, needed).send(method, route).status_code not in (401, 403)
    assert Run.objects.filter(owner=alice).count() <= 1


def test_a_key_for_one_workflow_runs_that_one_alone(
    alice: User, hers: Caller, token: TokenCaller
) -> None:
    for name in ("texts", "other"):
        hers.post("/v1/workflows", {"name": name, "title": name, "contents": TEXTS})
    key = token(alice, "workflow:texts:run")
    sent = key.post("/fal/queue/workflows/alice/texts", {"prompt": "a"})
    assert sent.status_code == 200
    assert key.post("/fal/queue/workflows/alice/other", {"prompt": "a"}).status_code == 403
    assert key.post("/fal/run/fal-ai/text-concat", {}).status_code == 403
