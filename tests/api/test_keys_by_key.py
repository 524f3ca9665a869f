"""Keys and webhooks managed by a key that was given the right by name, and by no other key."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from workflows.models import Token, User
from workflows.services.identity import tokens

pytestmark = pytest.mark.django_db

KEYS = "/api/api-keys"
MANAGER = (
    "key:read",
    "key:write",
    "webhook:read",
    "webhook:write",
    "webhook:receive",
    "workflow:read",
    "workflow:run",
)


def made_by(caller: Caller, *capabilities: str, **more: object) -> dict[str, object]:
    body = {"name": "made", "capabilities": list(capabilities), **more}
    answer = caller.post(KEYS, body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_key_for_it_makes_lists_and_revokes_keys(alice: User, token: TokenCaller) -> None:
    manager = token(alice, *MANAGER)
    made = made_by(manager, "workflow:read")
    assert made["madeBy"] == str(Token.objects.get(name="test").pk)
    key = Caller({"x-api-key": str(made["key"])})
    assert key.get("/api/workflows").status_code == 200
    listed = manager.get(KEYS)
    assert {row["name"] for row in listed.json()} == {"test", "made"}
    assert str(made["key"]) not in listed.content.decode()
    assert manager.delete(f"{KEYS}/{made['id']}").json() == {"success": True}
    assert key.get("/api/workflows").status_code == 401


@pytest.mark.parametrize("held", [("*",), ("webhook:*", "workflow:*")])
def test_a_right_over_keys_is_held_by_its_name_alone(
    alice: User, token: TokenCaller, held: tuple[str, ...]
) -> None:
    caller = token(alice, *held)
    id = Token.objects.get().pk
    for method, path, needed in (
        ("GET", KEYS, "key:read"),
        ("POST", KEYS, "key:write"),
        ("DELETE", f"{KEYS}/{id}", "key:write"),
        ("PUT", f"{KEYS}/{id}/webhook", "webhook:write"),
        ("GET", "/api/webhooks/deliveries", "webhook:read"),
    ):
        answer = caller.send(method, path, "{}")
        assert (answer.status_code, answer.json()["code"]) == (403, "SESSION_REQUIRED")
        assert answer.json()["required"] == needed
    assert tokens.token_find(text=caller.headers["x-api-key"]) is not None


def test_a_key_grants_no_more_than_it_holds(alice: User, token: TokenCaller) -> None:
    manager = token(alice, "key:write", "workflow:poster:run", "execution:*")
    for capability in ("execution:read", "execution:*", "workflow:poster:run", "key:write"):
        made_by(manager, capability)
    count = Token.objects.count()
    for capability in (
        "workflow:run",
        "workflow:other:run",
        "workflow:*",
        "*",
        "key:read",
        "model:run",
        "webhook:write",
    ):
        refused = manager.post(KEYS, {"name": "k", "capabilities": [capability]})
        assert (refused.status_code, refused.json()["code"]) == (403, "CAPABILITY_ABOVE_CEILING")
        assert refused.json()["attempted"] == capability
    refused = manager.post(KEYS, {"name": "k", "preset": "full-deploy"})
    assert refused.status_code == 403
    assert Token.objects.count() == count


def test_a_key_of_a_lower_tier_by_now_grants_what_the_tier_has(
    alice: User, token: TokenCaller
) -> None:
    manager = token(alice, "key:write", "model:run", "workflow:read")
    User.objects.filter(pk=alice.pk).update(tier="pro")
    refused = manager.post(KEYS, {"name": "k", "capabilities": ["model:run"]})
    assert refused.json()["code"] == "CAPABILITY_ABOVE_CEILING"
    made_by(manager, "workflow:read")
    User.objects.filter(pk=alice.pk).update(tier="free")
    refused = manager.post(KEYS, {"name": "k", "capabilities": ["workflow:read"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "API_KEY_ACCESS_DENIED")


def test_what_a_key_makes_lives_no_longer_than_itself(alice: User, token: TokenCaller) -> None:
    manager = token(alice, "key:write", "workflow:read")
    ends = timezone.now() + timedelta(days=3)
    Token.objects.update(expires_at=ends)
    refused = manager.post(
        KEYS, {"name": "k", "capabilities": ["workflow:read"], "expiresInDays": 4}
    )
    assert (refused.status_code, refused.json()["field"]) == (400, "expiresInDays")
    made_by(manager, "workflow:read", expiresInDays=2)
    made_by(manager, "workflow:read")
    assert Token.objects.order_by("-pk")[0].expires_at == ends


def test_revoking_a_key_ends_those_it_has_made_and_theirs(
    alice: User, token: TokenCaller, her_browser: Caller
) -> None:
    first = token(alice, "key:write", "workflow:read")
    root = Token.objects.get().pk
    other = Caller(
        {"x-api-key": her_browser.post(KEYS, {"name": "o", "preset": "read-only"}).json()["key"]}
    )
    second = Caller({"x-api-key": str(made_by(first, "key:write", "workflow:read")["key"])})
    third = Caller({"x-api-key": str(made_by(second, "workflow:read")["key"])})
    assert third.get("/api/workflows").status_code == 200
    assert her_browser.delete(f"{KEYS}/{root}").status_code == 200
    assert [caller.get("/api/workflows").status_code for caller in (first, second, third)] == [
        401,
        401,
        401,
    ]
    assert other.get("/api/workflows").status_code == 200


def test_a_key_for_it_sets_webhooks(alice: User, token: TokenCaller) -> None:
    manager = token(alice, *MANAGER)
    id = made_by(manager, "webhook:receive")["id"]
    saved = manager.put(f"{KEYS}/{id}/webhook", {"url": "https://hooks.example/a", "signed": True})
    assert saved.status_code == 200, saved.content
    assert saved.json()["secret"].startswith("whsec_")
    read = manager.get(f"{KEYS}/{id}/webhook").json()
    assert read == {"url": "https://hooks.example/a", "signed": True, "deliveries": []}
    assert manager.put(f"{KEYS}/{id}/webhook", {"url": "https://hooks.example/b"}).json()["signed"]
    wrong = manager.put(f"{KEYS}/{id}/webhook", {"url": "https://hooks.example/b", "signed": 1})
    assert (wrong.status_code, wrong.json()["field"]) == (400, "signed")
    assert manager.delete(f"{KEYS}/{id}/webhook").json() == {"success": True}
