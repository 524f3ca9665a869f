"""What opens without a credential opens to nothing else: no body, query, name or token does more.

Public paths ignore whatever they do not document; slugs that are words of our own paths
open nothing; a token in a URL is refused and never logged.
"""

from __future__ import annotations

import json
import logging

import pytest

from tests.api.client import ECHO, Caller, a_node
from workflows.models import User
from workflows.services.identity.tokens import token_create

pytestmark = pytest.mark.django_db

PUBLIC = (
    "/api/workflows/echo/public-schema",
    "/api/openapi.json",
    "/api/docs",
    "/healthz",
    "/login",
)
#: Words that stand in paths of ours, here or in other dialects.
WORDS = (
    "public-schema",
    "public-run",
    "schema",
    "health",
    "healthz",
    "ready",
    "templates",
    "folders",
    "new",
    "static",
    "api",
    "run",
    "move",
    "changes",
    "duplicate",
    "executions",
    "media",
    "login",
    "admin",
    "app",
    "docs",
    "index",
    "null",
    "undefined",
    "me",
    "workflows",
)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_path_takes_no_notice_of_what_it_does_not_document(
    hers: Caller, nobody: Caller, path: str, settings: object
) -> None:
    settings.ENGINE = "none"  # type: ignore[attr-defined]  # health would miss the engine
    hers.create("Echo", **ECHO, publicPlayground=True)

    def face(answer: object) -> bytes:
        # A login form carries a fresh token, and says where to go next.
        text = answer.content  # type: ignore[attr-defined]
        return b"\n".join(line for line in text.splitlines() if b"csrfmiddlewaretoken" not in line)

    plain = nobody.get(path)
    assert plain.status_code == 200
    evil = json.dumps({"data": {"nodes": []}, "nodes": [], "owner": 1, "publicPlayground": False})
    variants = [
        nobody.send("GET", path, evil),
        nobody.get(f"{path}?flow=1&data=%7B%7D&user=1&format=api&callback=x"),
        nobody.get(path, X_HTTP_Method_Override="DELETE"),
        nobody.get(path, X_Original_URL="/api/workflows", X_Forwarded_Host="evil.example"),
        nobody.get(path, X_Forwarded_For="127.0.0.1", X_User="alice", Remote_User="alice"),
        nobody.get(path, Accept="text/html"),
        nobody.get(path, Accept="application/xml"),
    ]
    for answer in variants:
        assert (answer.status_code, face(answer)) == (200, face(plain))


@pytest.mark.parametrize("word", WORDS)
def test_a_workflow_named_like_a_path_opens_nothing_and_hides_nothing(
    hers: Caller, his: Caller, nobody: Caller, word: str
) -> None:
    hers.create("Echo", **ECHO, publicPlayground=True)
    before = nobody.get("/api/workflows/echo/public-schema").content
    slug = hers.create(word.replace("-", " "), nodes=[a_node(text="mine")])["slug"]
    assert slug == word
    assert hers.get(f"/api/workflows/{slug}").json()["nodes"][0]["data"] == {"text": "mine"}
    for path in (slug, f"{slug}/schema", f"{slug}/move", f"{slug}/run"):
        assert nobody.get(f"/api/workflows/{path}").status_code in (401, 405)
        assert his.get(f"/api/workflows/{path}").status_code in (404, 405)
    assert nobody.get(f"/api/workflows/{slug}/public-schema").status_code == 404
    assert nobody.get(f"/app/editor/{slug}").status_code == 302
    assert nobody.get("/api/workflows/echo/public-schema").content == before
    assert nobody.get("/api/workflows").status_code == 401
    assert hers.delete(f"/api/workflows/{slug}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/api/workflows",
        "/api/workflows/echo",
        "/api/executions",
        "/api/folders",
        "/api/models",
        "/api/nodes",
        "/api/whoami",
        "/media/00000000-0000-4000-8000-000000000000",
        "/api/executions/00000000-0000-4000-8000-000000000000/events",
    ],
)
def test_a_token_in_a_url_is_refused_and_not_logged(
    alice: User, nobody: Caller, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    _, text = token_create(owner=alice, name="t", capabilities=["*"])
    with caplog.at_level(logging.DEBUG):
        for name in ("api_key", "apikey", "key", "token", "access_token", "X-Api-Key", "other"):
            answer = nobody.get(f"{path}?{name}={text}")
            assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_REQUEST")
            assert text not in answer.content.decode()
    assert text not in caplog.text
