"""The response headers of every class of answer, whole, so that none is lost or slips in."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import override_settings

from tests.api.client import ECHO, Caller, Response
from workflows.services.library import workflows
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db

#: On every response, whatever it is.
EVERYWHERE = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "accelerometer=(), camera=(), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
    "img-src 'self' blob: data:; media-src 'self' blob:; font-src 'self'; connect-src 'self'; "
    "worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'"
)
#: Headers that differ from one answer to the next.
OWN = ("X-Request-Id", "Content-Length", "ETag", "Location", "Content-Disposition", "Allow")
VARY = "Authorization, Cookie, x-api-key"
JSON = "application/json"
PAGE = "text/html; charset=utf-8"
NO_STORE = {"Cache-Control": "no-store"}
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="patchbay"'}
KEPT = {"Cache-Control": "private, no-cache"}
#: What pages of every origin may read.
FOR_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "content-disposition, etag, location, retry-after, "
    "x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-request-id",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def headers_of(answer: Response) -> dict[str, str]:
    """Return what is not on every response; fails when something of that is missing."""
    found = dict(answer.headers)
    assert found.pop("X-Request-Id")
    policy = found.pop("Content-Security-Policy")
    parts = sorted(part.strip() for part in policy.split(";"))
    if parts != sorted(part.strip() for part in POLICY.split(";")):
        found["Content-Security-Policy"] = policy
    for name, value in EVERYWHERE.items():
        assert name in found
        if found[name] == value:
            del found[name]
    # Whether a response is long enough to be packed is told by tests/api/test_compress.py.
    kept = [part for part in found.pop("Vary", "").split(", ") if part != "Accept-Encoding"]
    if any(kept):
        found["Vary"] = ", ".join(kept)
    return {name: value for name, value in found.items() if name not in OWN}


@pytest.fixture
def answers(hers: Caller, nobody: Caller, her_browser: Caller) -> dict[str, Callable[[], Response]]:
    """One answer of each class."""
    rates.forget()
    hers.create("Echo", **ECHO, publicPlayground=True, publicRun=True)
    file = hers.upload(BytesIO(b"text")).json()["url"]
    run = hers.post("/api/workflows/echo/run?async=true", {"inputs": {}}).json()["executionId"]
    started = nobody.post("/api/workflows/echo/public-run", {"inputs": {}}).json()
    forgetful = Caller(enforce_csrf_checks=True)
    forgetful.client.cookies = her_browser.client.cookies
    return {
        "a list": lambda: hers.get("/api/workflows"),
        "a list by session": lambda: her_browser.get("/api/workflows"),
        "a workflow": lambda: hers.get("/api/workflows/echo"),
        "a workflow that has not changed": lambda: hers.get(
            "/api/workflows/echo", If_None_Match='"v1"'
        ),
        "something new": lambda: hers.post("/api/folders", {"name": "x"}),
        "a run": lambda: hers.get(f"/api/executions/{run}"),
        "a stream": lambda: hers.get(f"/api/executions/{run}/events"),
        "the catalogue": lambda: hers.get("/api/nodes"),
        "the description": lambda: nobody.get("/api/openapi.json"),
        "a public schema": lambda: nobody.get("/api/workflows/echo/public-schema"),
        "a public run": lambda: nobody.get(started["pollUrl"]),
        "a file": lambda: hers.get(file),
        "no credential": lambda: nobody.get("/api/workflows"),
        "no credential for a file": lambda: nobody.get(file),
        "no CSRF token": lambda: forgetful.post("/api/workflows", {"name": "x"}),
        "a wrong method": lambda: hers.delete("/api/nodes"),
        "a wrong method of an async view": lambda: hers.get("/api/workflows/echo/run"),
        "nothing there": lambda: hers.get("/api/nothing"),
        "a wrong body": lambda: hers.send("POST", "/api/workflows", "{"),
        "a page": lambda: her_browser.get("/"),
        "a page for those who log in": lambda: nobody.get("/"),
        "the login page": lambda: nobody.get("/login"),
        "the page of the API": lambda: nobody.get("/api/docs"),
        "a page that is not there": lambda: nobody.get("/nothing"),
    }


EXPECTED: dict[str, tuple[int, dict[str, str]]] = {
    "a list": (200, {"Content-Type": JSON, **NO_STORE}),
    "a list by session": (200, {"Content-Type": JSON, "Vary": "Cookie", **NO_STORE}),
    "a workflow": (200, {"Content-Type": JSON, "Vary": VARY, **KEPT}),
    "a workflow that has not changed": (304, {"Vary": VARY, **KEPT}),
    "something new": (201, {"Content-Type": JSON, **NO_STORE}),
    "a run": (200, {"Content-Type": JSON, **NO_STORE}),
    "a stream": (
        200,
        {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no", **NO_STORE},
    ),
    "the catalogue": (200, {"Content-Type": JSON, **KEPT}),
    "the description": (200, {"Content-Type": JSON, "Cache-Control": "no-cache"}),
    "a public schema": (200, {"Content-Type": JSON, **NO_STORE, **FOR_ALL}),
    "a public run": (200, {"Content-Type": JSON, **NO_STORE, **FOR_ALL}),
    "a file": (
        200,
        {
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=31536000, immutable",
            "Accept-Ranges": "bytes",
            "Vary": VARY,
        },
    ),
    "no credential": (401, {"Content-Type": JSON, "Vary": "Cookie", **CHALLENGE, **NO_STORE}),
    "no credential for a file": (
        401,
        {"Content-Type": JSON, "Vary": "Cookie", **CHALLENGE, **NO_STORE},
    ),
    "no CSRF token": (403, {"Content-Type": JSON, "Vary": "Cookie", **NO_STORE}),
    "a wrong method": (405, {"Content-Type": JSON, **NO_STORE}),
    "a wrong method of an async view": (405, {"Content-Type": JSON, **NO_STORE}),
    "nothing there": (404, {"Content-Type": JSON, **NO_STORE}),
    "a wrong body": (400, {"Content-Type": JSON, **NO_STORE}),
    "a page": (200, {"Content-Type": PAGE, "Vary": "Cookie", **NO_STORE}),
    "a page for those who log in": (302, {"Content-Type": PAGE, "Vary": "Cookie", **NO_STORE}),
    "the login page": (200, {"Content-Type": PAGE, "Vary": "Cookie", **NO_STORE}),
    "the page of the API": (200, {"Content-Type": PAGE, "Vary": "Cookie", **NO_STORE}),
    "a page that is not there": (404, {"Content-Type": PAGE, **NO_STORE}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_answer_carries_exactly_these_headers(
    answers: dict[str, Callable[[], Response]], name: str
) -> None:
    answer = answers[name]()
    status, headers = EXPECTED[name]
    assert (answer.status_code, headers_of(answer)) == (status, headers)


def test_every_class_of_answer_is_looked_at(
    answers: dict[str, Callable[[], Response]],
) -> None:
    assert answers.keys() == EXPECTED.keys()


def test_a_refused_method_is_answered_with_those_that_are_taken(hers: Caller) -> None:
    assert hers.delete("/api/nodes")["Allow"] == "GET, HEAD"
    assert hers.get("/api/workflows/echo/run")["Allow"] == "POST"


def test_a_foreign_host_is_refused_with_nothing_but_the_reason(nobody: Caller) -> None:
    for path in ("/api/workflows", "/", "/healthz", "/static/x"):
        answer = nobody.get(path, Host="evil.example")
        assert (answer.status_code, answer.json()["field"]) == (400, "Host")
        assert answer["Content-Type"] == JSON
        assert answer["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer


@override_settings(DEBUG=False)
def test_an_error_nobody_foresaw_tells_nothing(
    hers: Caller, her_browser: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("password=hunter2 in /home/someone")

    monkeypatch.setattr(workflows, "workflow_list", fail)
    answer = hers.get("/api/workflows")
    assert answer.status_code == 500
    assert answer.json() == {
        "error": "Something went wrong on the server.",
        "code": "INTERNAL_ERROR",
    }
    assert headers_of(answer) == {"Content-Type": JSON, **NO_STORE}
