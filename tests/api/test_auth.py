"""Who may call: tokens, sessions, tiers, and the order in which a call is judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from workflows.errors import ApiKeyAccessDenied, InvalidCapability
from workflows.models import Token, User
from workflows.services.identity.tokens import allows, capability_check, token_create

pytestmark = pytest.mark.django_db


def test_no_credential_is_401_with_exactly_this_body(nobody: Caller) -> None:
    response = nobody.get("/api/workflows")
    assert response.status_code == 401
    assert response.content == b'{"error":"Unauthorized"}'
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("form", ["x-api-key", "Bearer", "Key", "bearer"])
def test_each_header_form_is_accepted(alice: User, form: str) -> None:
    _, text = token_create(owner=alice, name="t", capabilities=["workflow:read"])
    headers = {"x-api-key": text} if form == "x-api-key" else {"Authorization": f"{form} {text}"}
    assert Caller(headers).get("/api/whoami").json()["auth"] == "api-key"


def test_with_key_a_colon_may_stand_in_a_token_as_fals_have_one(alice: User) -> None:
    _, text = token_create(owner=alice, name="t", capabilities=["workflow:read"])
    for shown in (f"{text}:", f"{text[:11]}:{text[11:]}"):
        for form, status in (("Key", 200), ("Bearer", 401)):
            caller = Caller({"Authorization": f"{form} {shown}"})
            assert caller.get("/api/whoami").status_code == status
    assert Caller({"Authorization": f"Key {text}::"}).get("/api/whoami").status_code == 401


@pytest.mark.parametrize(
    "text",
    ["", "pb_", "pb_" + "a" * 40, "nonsense", "\xff\xfe", "pb_" + "a" * 39 + "\xff", "x" * 9000],
)
def test_a_bad_token_is_401_even_beside_a_good_session(her_browser: Caller, text: str) -> None:
    her_browser.headers["x-api-key"] = text
    response = her_browser.get("/api/workflows")
    assert (response.status_code, response.content) == (401, b'{"error":"Unauthorized"}')


def test_one_wrong_character_a_revoked_and_an_expired_token_are_401(alice: User) -> None:
    token, text = token_create(owner=alice, name="t", capabilities=["workflow:read"])
    flipped = text[:-1] + ("a" if text[-1] != "a" else "b")
    assert Caller({"x-api-key": flipped}).get("/api/whoami").status_code == 401
    caller = Caller({"x-api-key": text})
    assert caller.get("/api/whoami").status_code == 200
    past = timezone.now() - timedelta(seconds=1)
    for change in ({"revoked_at": past}, {"revoked_at": None, "expires_at": past}):
        Token.objects.filter(pk=token.pk).update(**change)
        assert caller.get("/api/whoami").status_code == 401


def test_a_deactivated_person_has_no_access_by_token_or_session(
    alice: User, hers: Caller, her_browser: Caller
) -> None:
    assert her_browser.get("/api/whoami").status_code == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert hers.get("/api/whoami").status_code == 401
    assert her_browser.get("/api/whoami").status_code == 401


def test_only_a_digest_of_the_token_is_kept(alice: User) -> None:
    token, text = token_create(owner=alice, name="t", capabilities=["*"])
    stored = " ".join(str(value) for value in Token.objects.values().get(pk=token.pk).values())
    assert text not in stored
    assert text[11:] not in stored
    assert text.startswith(f"pb_{token.lookup}")


@pytest.mark.parametrize("query", ["?api_key=pb_x", "?token=1", "?x-api-key=a", "?q=pb_abcdef"])
def test_a_token_in_the_url_is_refused(hers: Caller, query: str) -> None:
    response = hers.get(f"/api/workflows{query}")
    assert (response.status_code, response.json()["code"]) == (400, "INVALID_REQUEST")


def test_a_lower_tier_acts_at_once(alice: User, token: TokenCaller) -> None:
    caller = token(alice, "*")
    assert caller.get("/api/workflows").status_code == 200
    User.objects.filter(pk=alice.pk).update(tier="free")
    response = caller.get("/api/workflows")
    assert (response.status_code, response.json()["code"]) == (403, "API_KEY_ACCESS_DENIED")


def test_a_token_never_exceeds_its_owners_tier(bob: User, token: TokenCaller) -> None:
    User.objects.filter(pk=bob.pk).update(tier="pro")
    bob.refresh_from_db()
    held = token(bob, "*", "model:run").get("/api/whoami").json()["capabilities"]
    assert held == ["execution:*", "runner:*", "webhook:*", "workflow:*"]


def test_a_tier_without_api_can_make_no_token(alice: User) -> None:
    alice.tier = "creator"
    with pytest.raises(ApiKeyAccessDenied):
        token_create(owner=alice, name="t", capabilities=["workflow:read"])


@pytest.mark.parametrize(
    "capability",
    [
        "workflow",
        "workflow:fly",
        "workflow:A_b:run",
        "workflow:x:read",
        "disk:read",
        "",
        ":",
        "**",
        "workflow:read:",
        "execution:x:read",
        "workflow:read ",
    ],
)
def test_a_malformed_capability_is_refused(capability: str) -> None:
    with pytest.raises(InvalidCapability):
        capability_check(capability)


@pytest.mark.parametrize(
    ("held", "required", "granted"),
    [
        ("workflow:read", "workflow:read", True),
        ("workflow:read", "workflow:write", False),
        ("workflow:*", "workflow:write", True),
        ("*", "execution:cancel", True),
        ("workflow:run", "workflow:poster:run", True),
        ("workflow:poster:run", "workflow:poster:run", True),
        ("workflow:poster:run", "workflow:poster-2:run", False),
        ("workflow:run:run", "workflow:run", False),
        ("execution:*", "workflow:read", False),
    ],
)
def test_capabilities_cover_what_they_say(held: str, required: str, granted: bool) -> None:
    assert allows({held}, required) is granted


def test_a_session_needs_its_csrf_token_to_change_something(her_browser: Caller) -> None:
    assert her_browser.post("/api/workflows", {"name": "With"}).status_code == 201
    given = her_browser.headers.pop("X-CSRFToken")
    for headers in ({}, {"X-CSRFToken": "x" * 32}, {"X-CSRFToken": given[::-1]}):
        response = her_browser.post("/api/workflows", {"name": "Without"}, **headers)
        assert (response.status_code, response.json()["code"]) == (403, "CSRF_FAILED")
    assert her_browser.get("/api/workflows").status_code == 200


def test_a_session_request_from_a_foreign_page_is_refused(her_browser: Caller) -> None:
    for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
        response = her_browser.post("/api/workflows", {"name": "X"}, Origin=origin)
        assert response.status_code == 403


def test_an_upload_by_session_needs_the_header_too(her_browser: Caller) -> None:
    from io import BytesIO

    token = her_browser.headers.pop("X-CSRFToken")
    smuggled = her_browser.upload(BytesIO(b"text"), csrfmiddlewaretoken=token)
    assert smuggled.json()["code"] == "CSRF_FAILED"
    her_browser.headers["X-CSRFToken"] = token
    assert her_browser.upload(BytesIO(b"text")).status_code == 201


def test_calls_are_judged_in_the_documented_order(
    alice: User, nobody: Caller, token: TokenCaller
) -> None:
    reader, writer = token(alice, "workflow:read"), token(alice, "workflow:write")
    broken = "{"
    assert nobody.send("PUT", "/api/workflows/BAD", broken).status_code == 401
    assert reader.send("PUT", "/api/workflows/BAD", broken).json()["code"] == "INVALID_SLUG"
    assert reader.send("PUT", "/api/workflows/none", broken).json()["code"] == "CAPABILITY_DENIED"
    assert writer.send("PUT", "/api/workflows/none", broken).status_code == 404
    slug = writer.create("There")["slug"]
    assert writer.send("PUT", f"/api/workflows/{slug}", broken).json()["code"] == "INVALID_BODY"


def test_no_capability_brings_another(alice: User, token: TokenCaller) -> None:
    routes = {
        "workflow:read": ("GET", "/api/workflows"),
        "workflow:write": ("POST", "/api/workflows"),
        "workflow:run": ("POST", "/api/executions/x/retry"),
        "execution:cancel": ("POST", "/api/executions/x/cancel"),
        "execution:read": ("GET", "/api/executions/x"),
    }
    # Whoever may start runs may also follow and stop them.
    implied = {("workflow:run", "execution:cancel"), ("workflow:run", "execution:read")}
    for held in routes:
        caller = token(alice, held)
        for needed, (method, path) in routes.items():
            denied = caller.send(method, path).status_code == 403
            assert denied is (held != needed and (held, needed) not in implied), (held, needed)


def test_a_token_for_one_workflow_runs_that_one_only(alice: User, token: TokenCaller) -> None:
    token(alice, "workflow:write").create("Poster")
    one = token(alice, "workflow:poster:run")
    assert one.post("/api/workflows/poster/run", {"inputs": []}).json()["code"] == "INVALID_INPUTS"
    other = one.post("/api/workflows/other/run", {"inputs": {}})
    assert other.status_code == 403
    assert other.json()["required"] == "workflow:run"
    assert other.json()["anyOf"] == ["workflow:run", "workflow:other:run"]


def test_whoami_tells_who_and_what(her_browser: Caller, alice: User) -> None:
    body = her_browser.get("/api/whoami").json()
    assert (body["userId"], body["username"], body["auth"]) == (str(alice.pk), "alice", "session")
    assert body["capabilities"] == [
        "execution:*",
        "key:read",
        "key:write",
        "model:*",
        "runner:*",
        "webhook:read",
        "webhook:write",
        "workflow:*",
    ]
    assert body["keyId"] is None
