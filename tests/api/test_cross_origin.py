"""Pages of other origins: what they may read (CORS), and which may frame the playground."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from tests.api.client import ECHO, Caller
from tests.api.expected import API
from workflows.models import Run
from workflows.services.limits import rates

pytestmark = pytest.mark.django_db

PAGE = "https://shop.example"
OPEN = {"publicPlayground": True, "publicRun": True}
PUBLIC = sorted((method, route) for method, route in API if "/public-" in route)
KEYED = sorted((method, route) for method, route in API if "/public-" not in route)


def _path(route: str) -> str:
    for name, value in (("slug", "echo"), ("name", "gradient"), ("id", "1"), ("file", "1")):
        route = route.replace(f"{{{name}}}", value)
    return route


def _preflight(caller: Caller, method: str, route: str, origin: str = PAGE) -> Any:
    return caller.send(
        "OPTIONS",
        _path(route),
        Origin=origin,
        Access_Control_Request_Method=method,
        Access_Control_Request_Headers="x-api-key, content-type",
    )


def _cors(answer: Any) -> dict[str, str]:
    return {
        name.lower(): value
        for name, value in answer.headers.items()
        if name.lower().startswith("access-control-")
    }


@pytest.mark.parametrize(("method", "route"), PUBLIC)
def test_what_is_for_everybody_is_for_pages_of_every_origin(
    nobody: Caller, method: str, route: str
) -> None:
    rates.forget()
    asked = _preflight(nobody, method, route)
    assert (asked.status_code, asked.content) == (204, b"")
    assert method in asked.headers["Access-Control-Allow-Methods"]
    for answer in (asked, nobody.send(method, _path(route), "{}", Origin=PAGE)):
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert "access-control-allow-credentials" not in _cors(answer)


def test_a_page_of_another_origin_runs_a_public_workflow_and_reads_its_result(
    nobody: Caller, hers: Caller, her_browser: Caller
) -> None:
    rates.forget()
    hers.create("Echo", **ECHO, **OPEN)
    said = {"Origin": PAGE, "Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "cors"}
    schema = nobody.get("/api/workflows/echo/public-schema", **said)
    assert schema.json()["fields"][0]["name"] == "text"
    # With a session's cookies it is the same call: they are not looked at.
    for caller in (nobody, her_browser):
        run = caller.post("/api/workflows/echo/public-run", {"inputs": {}}, **said)
        assert run.status_code == 202
        found = caller.get(run.json()["pollUrl"], **said)
        assert (found.status_code, found.headers["Access-Control-Allow-Origin"]) == (200, "*")
        assert found.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert Run.objects.count() == 2


@pytest.mark.parametrize(
    ("origins", "origin", "allowed"),
    [
        ((), PAGE, None),
        ((PAGE,), PAGE, PAGE),
        ((PAGE,), "https://evil.example", None),
        ((PAGE,), "null", None),
        ((PAGE,), f"{PAGE}.evil.example", None),
        ((PAGE,), "http://shop.example", None),
        ((PAGE,), f"{PAGE}:8443", None),
        (("*",), "https://evil.example", "*"),
        (("*",), "null", "*"),
    ],
)
def test_a_key_may_be_used_by_pages_of_the_origins_of_the_settings(
    hers: Caller, her_browser: Caller, origins: tuple[str, ...], origin: str, allowed: str | None
) -> None:
    hers.create("Echo", **ECHO)
    cross = {"Origin": origin, "Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "cors"}
    with override_settings(CORS_ORIGINS=frozenset(origins)):
        for method, route in (KEYED[0], KEYED[-1], ("POST", "/api/workflows")):
            asked = _preflight(Caller(), method, route, origin)
            assert asked.status_code in ((401, 405) if allowed is None else (204,))
            assert asked.headers.get("Access-Control-Allow-Origin") == allowed
        for caller, status in ((hers, 200), (her_browser, 401)):
            answer = caller.get("/api/workflows/echo", **cross)
            assert answer.status_code == status
            assert answer.headers.get("Access-Control-Allow-Origin") == allowed
            assert "access-control-allow-credentials" not in _cors(answer)
            if allowed == PAGE:
                assert "Origin" in answer.headers["Vary"]
        assert her_browser.post("/api/workflows", {"name": "x"}, **cross).status_code in (401, 403)
        assert not _cors(hers.get("/healthz", Origin=origin))
        assert not _cors(her_browser.get("/login", Origin=origin))


def _framed(caller: Caller, path: str) -> tuple[str, str | None]:
    answer = caller.get(path)
    policy = answer.headers["Content-Security-Policy"]
    ancestors = next(part for part in policy.split("; ") if part.startswith("frame-ancestors"))
    return ancestors, answer.headers.get("X-Frame-Options")


NONE = ("frame-ancestors 'none'", "DENY")


def test_the_playground_stands_in_frames_of_the_origins_its_owner_names(
    hers: Caller, nobody: Caller
) -> None:
    hers.create("Echo", **ECHO, **OPEN)
    assert _framed(nobody, "/play/echo") == NONE
    named = ["https://shop.example", "http://localhost:3000"]
    saved = hers.put("/api/workflows/echo", {"embedOrigins": named})
    assert saved.json()["embedOrigins"] == named
    assert hers.get("/api/workflows/echo").json()["embedOrigins"] == named
    allowed = "frame-ancestors 'self' https://shop.example http://localhost:3000"
    assert _framed(nobody, "/play/echo") == (allowed, None)
    assert _framed(nobody, "/login") == NONE
    hers.put("/api/workflows/echo", {"publicPlayground": False})
    assert _framed(hers, "/login") == NONE
    hers.put("/api/workflows/echo", {"publicPlayground": True, "embedOrigins": []})
    assert _framed(nobody, "/play/echo") == NONE


def test_a_framed_page_has_no_session(hers: Caller, her_browser: Caller) -> None:
    hers.create("Echo", **ECHO, **OPEN, embedOrigins=[PAGE])
    for site in ("cross-site", "same-site"):
        said = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "iframe"}
        page = her_browser.get("/play/echo", **said)
        assert page.status_code == 200
        assert b'data-user=""' in page.content


def test_a_copy_is_open_to_nobody(hers: Caller, his: Caller) -> None:
    hers.create("Echo", **ECHO, **OPEN, embedOrigins=[PAGE], isTemplate=True)
    copy = his.post("/api/workflows/echo/duplicate").json()
    assert copy["publicPlayground"] is False
    assert not {"publicRun", "embedOrigins"} & copy.keys()


@pytest.mark.parametrize(
    "value",
    [
        "https://shop.example",
        ["*"],
        ["https://*.example"],
        ["https://shop.example/path"],
        [1],
        ["shop.example"],
        ["https://shop.example; script-src *"],
        ["https://a.example 'self'"],
        ["data:"],
        ["https://shop.example\n"],
        {"a": 1},
        ["https://a.example"] * 21,
        ["https://user@shop.example"],
        ["javascript://a"],
    ],
)
def test_what_is_no_list_of_origins_is_refused_by_name(hers: Caller, value: object) -> None:
    hers.create("Echo", **ECHO)
    for answer in (
        hers.put("/api/workflows/echo", {"embedOrigins": value}),
        hers.post("/api/workflows", {"name": "x", "embedOrigins": value}),
    ):
        assert answer.status_code == 400
        assert (answer.json()["code"], answer.json()["field"]) == ("INVALID_BODY", "embedOrigins")
