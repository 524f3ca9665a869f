"""/api/api-keys: making keys by preset or capability, listing them, and what they may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.client import Caller
from workflows.models import Token, User
from workflows.models.people import Tier
from workflows.services.identity import tokens

pytestmark = pytest.mark.django_db

BrowserOf = Callable[[User], Caller]
KEYS = "/api/api-keys"


def on_tier(user: User, tier: str) -> None:
    User.objects.filter(pk=user.pk).update(tier=tier)


def test_a_key_is_shown_once_and_works(her_browser: Caller) -> None:
    response = her_browser.post(KEYS, {"name": "ci", "preset": "full-deploy"})
    assert response.status_code == 201, response.content
    made = response.json()
    text = made.pop("key")
    assert text.startswith(made["prefix"])
    assert made["capabilities"] == ["workflow:run", "workflow:read", "workflow:write"]
    assert made["webhook"] is made["expiresAt"] is made["lastUsedAt"] is None
    assert Caller({"x-api-key": text}).get("/api/workflows").status_code == 200
    listed = her_browser.get(KEYS)
    (row,) = listed.json()
    assert row.pop("lastUsedAt") is not None
    made.pop("lastUsedAt")
    assert made["madeBy"] is None
    assert row == made
    assert text not in listed.content.decode()
    assert not Token.objects.filter(digest=text).exists()


def test_presets_and_ceiling_are_listed(her_browser: Caller, alice: User) -> None:
    on_tier(alice, Tier.PRO)
    body = her_browser.get(f"{KEYS}/presets").json()
    assert {row["preset"]: row["capabilities"] for row in body["presets"]} == {
        "read-only": ["workflow:read"],
        "workflow-deploy": ["workflow:run", "workflow:read"],
        "webhook-receiver": ["webhook:receive"],
        "full-deploy": ["workflow:run", "workflow:read", "workflow:write"],
        "comfyui-client": [
            "workflow:run",
            "workflow:read",
            "workflow:write",
            "runner:read",
            "runner:write",
        ],
    }
    assert body["ceiling"] == ["execution:*", "key:*", "runner:*", "webhook:*", "workflow:*"]
    for row in body["presets"]:
        made = her_browser.post(KEYS, {"name": row["label"], "preset": row["preset"]})
        assert made.status_code == 201


@pytest.mark.parametrize(
    ("tier", "capability", "granted"),
    [
        (Tier.PRO, "workflow:run", True),
        (Tier.PRO, "workflow:poster:run", True),
        (Tier.PRO, "execution:read", True),
        (Tier.PRO, "webhook:receive", True),
        (Tier.PRO, "model:run", False),
        (Tier.PRO, "model:blur-image:run", False),
        (Tier.PRO, "agent:invoke", False),
        (Tier.PRO, "*", False),
        (Tier.BUSINESS, "model:run", True),
        (Tier.BUSINESS, "model:*", True),
        (Tier.BUSINESS, "agent:invoke", True),
        (Tier.ENTERPRISE, "*", False),
    ],
)
def test_a_tier_grants_up_to_its_ceiling(
    her_browser: Caller, alice: User, tier: str, capability: str, granted: bool
) -> None:
    on_tier(alice, tier)
    response = her_browser.post(KEYS, {"name": "k", "capabilities": [capability]})
    if granted:
        assert response.status_code == 201, response.content
        return
    assert response.status_code == 403
    body = response.json()
    assert (body["code"], body["attempted"]) == ("CAPABILITY_ABOVE_CEILING", capability)
    assert not Token.objects.exists()


def test_staff_can_grant_everything(her_browser: Caller, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    assert her_browser.post(KEYS, {"name": "k", "capabilities": ["*"]}).status_code == 201


@pytest.mark.parametrize(
    "capability",
    [
        "workflow:fly",
        "key:*",
        "nothing:read",
        "workflow",
        "workflow:A:run",
        "workflow:a:read",
        "",
        7,
        None,
    ],
)
def test_what_is_no_capability_is_named(her_browser: Caller, capability: object) -> None:
    response = her_browser.post(KEYS, {"name": "k", "capabilities": ["workflow:read", capability]})
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_CAPABILITY")


@pytest.mark.parametrize("tier", [Tier.FREE, Tier.CREATOR])
def test_tiers_without_external_api_make_no_keys(
    her_browser: Caller, alice: User, tier: str
) -> None:
    on_tier(alice, tier)
    response = her_browser.post(KEYS, {"name": "k", "preset": "read-only"})
    assert (response.status_code, response.json()["code"]) == (403, "API_KEY_ACCESS_DENIED")
    assert her_browser.get(KEYS).json() == []
    assert her_browser.get(f"{KEYS}/presets").json()["ceiling"] == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "k"}, "capabilities"),
        ({"name": "k", "capabilities": []}, "capabilities"),
        ({"name": "k", "capabilities": "workflow:read"}, "capabilities"),
        ({"name": "k", "preset": "godlike"}, "preset"),
        ({"name": "k", "preset": "read-only", "capabilities": ["*"]}, "capabilities"),
        ({"name": "k", "preset": "read-only", "expiresInDays": 0}, "expiresInDays"),
        ({"name": "k", "preset": "read-only", "expiresInDays": "7"}, "expiresInDays"),
        ({"name": "k", "preset": "read-only", "expiresInDays": True}, "expiresInDays"),
    ],
)
def test_a_malformed_request_names_the_field(
    her_browser: Caller, body: dict[str, object], field: str
) -> None:
    response = her_browser.post(KEYS, body)
    assert (response.status_code, response.json()["field"]) == (400, field)


def test_a_key_expires_when_it_said(her_browser: Caller) -> None:
    body = {"name": "k", "preset": "read-only", "expiresInDays": 7}
    text = her_browser.post(KEYS, body).json()["key"]
    week = timezone.now() + timedelta(days=7)
    assert tokens.token_find(text=text, now=week - timedelta(minutes=1)) is not None
    assert tokens.token_find(text=text, now=week + timedelta(minutes=1)) is None


def test_fifty_keys_are_enough_and_a_revoked_one_makes_room(
    her_browser: Caller, alice: User
) -> None:
    for number in range(tokens.MAX_KEYS):
        tokens.token_create(owner=alice, name=str(number), capabilities=["workflow:read"])
    body = {"name": "one more", "preset": "read-only"}
    refused = her_browser.post(KEYS, body)
    assert (refused.status_code, refused.json()["code"]) == (403, "API_KEY_LIMIT_REACHED")
    first = her_browser.get(KEYS).json()[0]["id"]
    assert her_browser.delete(f"{KEYS}/{first}").json() == {"success": True}
    assert her_browser.post(KEYS, body).status_code == 201


def test_a_key_manages_no_keys(hers: Caller, alice: User) -> None:
    mine = Token.objects.get(owner=alice).pk
    for method, path in (
        ("GET", KEYS),
        ("POST", KEYS),
        ("DELETE", f"{KEYS}/{mine}"),
        ("GET", f"{KEYS}/presets"),
        ("PUT", f"{KEYS}/{mine}/webhook"),
        ("GET", "/api/account"),
        ("POST", "/api/credentials"),
    ):
        response = hers.send(method, path, "{}")
        assert (response.status_code, response.json()["code"]) == (403, "SESSION_REQUIRED"), path


def test_somebody_elses_key_is_missing(her_browser: Caller, bob: User) -> None:
    his, _ = tokens.token_create(owner=bob, name="his", capabilities=["workflow:read"])
    answers = [her_browser.delete(f"{KEYS}/{id}") for id in (his.pk, 999_999, "x", "1" * 40)]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({answer.content for answer in answers}) == 1
    his.refresh_from_db()
    assert his.revoked_at is None


def test_a_downgrade_cuts_a_key_at_its_next_request(her_browser: Caller, alice: User) -> None:
    body = {"name": "k", "capabilities": ["model:run", "workflow:read"]}
    key = Caller({"x-api-key": her_browser.post(KEYS, body).json()["key"]})
    assert key.post("/api/models/none/run", {"inputs": {}}).status_code == 404
    on_tier(alice, Tier.PRO)
    denied = key.post("/api/models/none/run", {"inputs": {}})
    assert (denied.status_code, denied.json()["required"]) == (403, "model:run")
    assert key.get("/api/workflows").status_code == 200
    on_tier(alice, Tier.FREE)
    assert key.get("/api/workflows").json()["code"] == "API_KEY_ACCESS_DENIED"
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert key.get("/api/workflows").status_code == 401
