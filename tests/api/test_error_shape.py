"""Every refusal of every route has one shape, and none is HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.api.client import Caller, Response

pytestmark = pytest.mark.django_db

PARAMETER = re.compile(r"<str:\w+>")
BODIES = ("", "{", "[]", '{"x":1}')
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE")


def routes(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[str]:
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry.url_patterns, path)
        elif path.startswith(("api/", "media/")):
            yield "/" + PARAMETER.sub("no-such", path)


ROUTES = sorted(set(routes()))
#: What is open to visitors is missing for them when there is no such thing.
PUBLIC = ("/public-schema", "/public-run", "/cover", "/public-executions/no-such", "/files/no-such")
DESCRIPTION = ("/api/docs", "/api/openapi.json")


def check_shape(response: Response, where: str) -> None:
    assert response["Content-Type"] == "application/json", where
    body = response.json()
    assert isinstance(body["error"], str), where
    assert body["error"], where
    if response.status_code == 401:
        assert body == {"error": "Unauthorized"}, where
    else:
        assert body["code"].isupper(), where
    assert "Traceback" not in response.content.decode()


@pytest.mark.parametrize("path", ROUTES)
def test_strangers_get_401_or_405_in_the_shape(nobody: Caller, path: str) -> None:
    for method in METHODS:
        response = nobody.send(method, path, "{}")
        if path in DESCRIPTION and method == "GET":
            assert response.status_code == 200
            continue
        expected = (404, 405) if path.endswith(PUBLIC) else (401, 405)
        assert response.status_code in expected, f"{method} {path}"
        check_shape(response, f"{method} {path}")


@pytest.mark.parametrize("path", ROUTES)
def test_a_caller_with_every_right_gets_the_shape_for_whatever_fails(
    hers: Caller, path: str
) -> None:
    for at, method in enumerate(METHODS):
        for body in BODIES[at % len(BODIES) :] + BODIES[: at % len(BODIES)]:
            response = hers.send(method, path, body)
            assert response.status_code < 500, f"{method} {path} {body!r}"
            if response.status_code >= 400:
                check_shape(response, f"{method} {path} {body!r}")
            if response.status_code == 405:
                break  # whatever the body: a method that is not there reads none


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/workflows/", "/api/nothing", "/media/", "/api/workflows/a/b/c"]
)
def test_a_path_where_nothing_is_answers_json_under_api(hers: Caller, path: str) -> None:
    response = hers.get(path)
    assert response.status_code == 404
    if path != "/api":
        check_shape(response, path)


def test_a_method_that_does_not_fit_is_405_and_says_which_do(hers: Caller) -> None:
    response = hers.send("PATCH", "/api/workflows", "{}")
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) >= {"GET", "POST"}
    run = hers.get("/api/workflows/x/run")
    assert (run.status_code, run["Allow"]) == (405, "POST")


def test_an_unforeseen_error_is_500_without_details(
    hers: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from workflows.services.library import workflows as services

    def broken(**_: object) -> None:
        raise ZeroDivisionError("the secret detail")

    monkeypatch.setattr(services, "workflow_list", broken)
    response = hers.get("/api/workflows")
    assert response.status_code == 500
    assert response.json()["code"] == "INTERNAL_ERROR"
    assert b"secret detail" not in response.content
    assert "secret detail" in caplog.text
    assert response["X-Request-Id"] in caplog.records[0].__dict__["request_id"]


def test_api_answers_are_never_stored_and_carry_the_careful_headers(hers: Caller) -> None:
    response = hers.get("/api/workflows")
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "camera=()" in response["Permissions-Policy"]
    assert not any(name.startswith("Access-Control") for name in response.headers)
