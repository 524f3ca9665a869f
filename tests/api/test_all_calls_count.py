"""Every call with a key counts for its account's limit, in every dialect, and says what is left."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import override_settings
from django.urls import resolve

from tests.api.client import Caller, Response
from tests.api.conftest import TokenCaller
from tests.api.test_other_sites import paths
from tests.fal.contents import TEXTS
from workflows.compat.comfy.errors import PATHS
from workflows.media import storage
from workflows.models import User
from workflows.models.people import Tier
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db

THINGS = {
    "node": "n",
    "owner": "alice",
    "name": "texts",
    "file": "x",
    "task": "chat",
    "signed": "x",
    "ticket": "x",
    "number": "1",
    "thread": "7349c0b0-8349-46c7-8cbb-574a0058d425",
    "app_label": "x",
    "url": "x",
    "object_id": "1",
    "content_type_id": "1",
    "slug": "texts",
    "id": "7349c0b0-8349-46c7-8cbb-574a0058d425",
    "app": "workflows/alice/texts",
    "key": "x",
}
#: What asks for no key: files and uploads carry a signature, some things are for everybody.
OPEN = (
    "/fal/cdn/",
    "/fal/rest/.well-known/",
    "/v1/file/",
    "/api/public-executions/",
    "/api/docs",
    "/api/openapi.json",
)
NOBODYS = frozenset(
    {
        "/fal/",
        "/v1/workflow/nothing/here",
        "/fal/proxy",
        "/api/workflows/texts/public-schema",
        "/api/workflows/texts/public-run",
        "/api/workflows/texts/cover",
        "/api/models/texts/run",
    }
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture(autouse=True)
def three_a_minute() -> Iterator[None]:
    rates.forget()
    with override_settings(RATES={"pro": 3.0}, COMFY_CALLS=0):
        yield
    rates.forget()


def _called() -> list[str]:
    return [
        path
        for path in dict.fromkeys(paths(THINGS))
        if path.startswith(("/api/", "/media/", "/fal/", "/v1/"))
        and not path.startswith(OPEN)
        and path not in NOBODYS
    ]


def test_every_route_that_takes_a_key_counts_and_refuses_in_its_own_words(
    alice: User, token: TokenCaller
) -> None:
    caller = token(alice)
    caller.post("/v1/workflows", {"name": "texts", "title": "T", "contents": TEXTS})
    User.objects.filter(pk=alice.pk).update(tier=Tier.PRO)
    wrong: list[tuple[object, ...]] = []
    for path in _called():
        method = next(m for m in METHODS if caller.send(m, path).status_code != 405)
        rates.forget()
        for left in (2, 1, 0):
            answer = caller.send(method, path)
            if answer.headers.get("X-RateLimit-Remaining") != str(left):
                wrong.append((method, path, answer.status_code, dict(answer.headers)))
        refused = caller.send(method, path)
        if refused.status_code != 429 or not 0 < int(refused.headers.get("Retry-After", 0)) <= 60:
            wrong.append((method, path, refused.status_code, refused.content[:200]))
            continue
        _check_words(path, refused.json(), refused)
    assert not wrong, wrong[:5]


def _check_words(path: str, body: dict, answer: Response) -> None:
    if path.startswith(("/fal/site/", "/v1/")) and not PATHS.fullmatch(path):
        assert body["error"]["type"] == "rate_limited", path
    elif path.startswith("/fal/"):
        assert body["error_type"] == "rate_limited", path
        assert answer.headers["x-fal-error-type"] == "rate_limited"
        assert answer.headers["x-fal-retryable"] == "true"
        shown = answer.headers["Access-Control-Expose-Headers"]
        assert "retry-after" in shown and "x-ratelimit-limit" in shown
    elif PATHS.fullmatch(path):
        assert body["status"] == 429, path
    else:
        assert body["code"] == "RATE_LIMIT_EXCEEDED", path


def test_what_a_key_passes_on_counts_for_its_account(
    alice: User, token: TokenCaller, nobody: Caller
) -> None:
    caller = token(alice)
    caller.post("/v1/workflows", {"name": "texts", "title": "T", "contents": TEXTS})
    asked = {"allowed_apps": ["texts"], "token_expiration": 60}
    temporary = caller.post("/fal/rest/tokens/", asked).json()
    upload = caller.post("/fal/rest/storage/auth/token").json()["token"]
    User.objects.filter(pk=alice.pk).update(tier=Tier.PRO)
    rates.forget()
    path = f"/fal/queue/workflows/alice/texts?fal_jwt_token={temporary}"
    assert [nobody.post(path, {"prompt": "x"}).status_code for _ in range(4)] == [200] * 3 + [429]
    bearer = {"Authorization": f"Bearer {upload}"}
    sent = [nobody.send("POST", "/fal/cdn/files/upload", "a", **bearer) for _ in range(4)]
    assert [answer.status_code for answer in sent] == [200] * 3 + [429]


def test_a_file_counts_like_any_call(alice: User, token: TokenCaller) -> None:
    caller = token(alice)
    file = storage.asset_create(alice, b"text", "a.txt")
    User.objects.filter(pk=alice.pk).update(tier=Tier.PRO)
    got = [caller.get(storage.url(file.pk)) for _ in range(4)]
    assert [answer.status_code for answer in got] == [200] * 3 + [429]
    assert got[0].headers["X-RateLimit-Limit"] == "3"


def test_the_routes_are_those_of_the_site() -> None:
    assert len(_called()) > 60
    assert all(resolve(path) for path in _called())
