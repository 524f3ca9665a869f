"""Temporary tokens: what they open, for how long, and whose rights they carry."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from tests.api.client import Caller
from tests.api.conftest import TokenCaller
from tests.api.test_socket import session_of
from tests.fal.contents import TEXTS
from tests.fal.test_running import events, make
from workflows.api.auth import Caller as Person
from workflows.compat.fal import tokens
from workflows.models import Run, Token, User

APP = "workflows/alice/texts"
URL = f"/fal/run/{APP}"


def given(caller: Caller, *apps: str, seconds: int = 120) -> str:
    """Ask for a token as clients do: its response is a bare text."""
    body = {"allowed_apps": list(apps), "token_expiration": seconds}
    answer = caller.post("/fal/rest/tokens/", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def asked(caller: Caller, app: str, text: str) -> int:
    """Return the status of a run of an app by a token."""
    return caller.post(f"/fal/run/{app}?fal_jwt_token={text}", {"prompt": "x"}).status_code


@pytest.fixture
def texts(engine: None, hers: Caller) -> str:
    make(hers, "texts", TEXTS)
    return APP


def test_a_page_without_a_key_streams_and_runs_by_a_token(
    nobody: Caller, hers: Caller, texts: str
) -> None:
    text = given(hers, "texts")
    told = events(nobody.post(f"{URL}/stream?fal_jwt_token={text}", {"prompt": "a"}))
    assert told[-1]["output"] == {"text": "a & more|ünï"}
    assert asked(nobody, texts, text) == 200
    assert set(Run.objects.values_list("owner__username", flat=True)) == {"alice"}


@pytest.mark.parametrize(
    ("allowed", "good"),
    [
        ("texts", True),
        (APP, True),
        (f"{APP}/stream", True),
        (f"{APP}/realtime", True),
        (f"{APP}/other", False),
        ("workflows/alice", True),
        ("other", False),
        ("alice", False),
        ("", False),
        ("workflows/alice/text", False),
    ],
)
def test_a_token_is_for_the_apps_it_names(
    nobody: Caller, hers: Caller, alice: User, texts: str, allowed: str, good: bool
) -> None:
    caller = Person(alice, frozenset({"workflow:*"}), session=session_of(alice))
    text = tokens.token_for(caller, [allowed], 60)
    assert asked(nobody, texts, text) == (200 if good else 401)


def test_a_token_opens_no_more_than_running(nobody: Caller, hers: Caller, texts: str) -> None:
    text = given(hers, "texts")
    for method, path in (
        ("GET", "/v1/workflows"),
        ("POST", f"/fal/queue/{APP}/requests/{'0' * 36}/status"),
        ("POST", "/fal/rest/storage/auth/token"),
        ("POST", "/fal/rest/tokens/"),
    ):
        answer = nobody.send(method, f"{path}?fal_jwt_token={text}", b"{}")
        assert answer.status_code in (401, 405), path


def test_a_token_ends_with_its_time(
    nobody: Caller, hers: Caller, texts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, now = given(hers, "texts", seconds=30), time.time()
    monkeypatch.setattr("workflows.compat.fal.tokens.time.time", lambda: now + 29)
    assert asked(nobody, texts, text) == 200
    monkeypatch.setattr("workflows.compat.fal.tokens.time.time", lambda: now + 31)
    assert asked(nobody, texts, text) == 401


def test_a_token_dies_with_the_key_it_was_asked_by(
    nobody: Caller, hers: Caller, alice: User, texts: str
) -> None:
    text = given(hers, "texts")
    Token.objects.filter(owner=alice).update(revoked_at=timezone.now())
    assert asked(nobody, texts, text) == 401


def test_a_token_of_a_session_dies_with_the_account(
    nobody: Caller, her_browser: Caller, hers: Caller, alice: User, texts: str
) -> None:
    text = given(her_browser, "texts")
    assert asked(nobody, texts, text) == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert asked(nobody, texts, text) == 401


def test_a_token_has_the_rights_of_its_key_and_not_more(
    nobody: Caller, alice: User, hers: Caller, token: TokenCaller, texts: str
) -> None:
    narrow = token(alice, "workflow:other:run")
    assert asked(nobody, texts, given(narrow, "texts")) == 403
    assert token(alice, "workflow:read").post("/fal/rest/tokens/", {}).status_code == 403


def test_a_damaged_token_is_refused(nobody: Caller, hers: Caller, texts: str) -> None:
    text = given(hers, "texts")
    for wrong in ("", "x", text[:-1], f"{text}x", text[1:]):
        assert asked(nobody, texts, wrong) == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("allowed_apps", None),
        ("allowed_apps", []),
        ("allowed_apps", "texts"),
        ("allowed_apps", [3]),
        ("allowed_apps", [""]),
        ("allowed_apps", ["a"] * 51),
        ("token_expiration", 0),
        ("token_expiration", 3_601),
        ("token_expiration", "60"),
        ("token_expiration", True),
    ],
)
def test_a_wrong_wish_is_422_with_its_field(hers: Caller, field: str, value: object) -> None:
    body = {"allowed_apps": ["a"], "token_expiration": 60, field: value}
    answer = hers.post("/fal/rest/tokens/", body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", field]
