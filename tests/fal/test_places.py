"""fal's own host names: where they lead, what they refuse, and the URLs answers name."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.compat.fal.places import HOSTS, ByName, inner_path, places


@pytest.mark.parametrize(
    ("host", "path", "inner"),
    [
        ("fal.run", "/workflows/a/b", "/fal/run/workflows/a/b"),
        ("FAL.run:443", "/x/y/stream", "/fal/run/x/y/stream"),
        ("fal.run.", "/login", "/fal/run/login"),
        ("fal.run.:80", "/login", "/fal/run/login"),
        ("falrun.com", "/x/y", "/fal/run/x/y"),
        ("queue.fal.run", "/x/y/requests/1/status", "/fal/queue/x/y/requests/1/status"),
        ("queue.falrun.com", "/x/y", "/fal/queue/x/y"),
        ("ws.fal.run", "/x/y", "/fal/ws/x/y"),
        ("rest.fal.ai", "/tokens/", "/fal/rest/tokens/"),
        ("rest.alpha.fal.ai", "/workflows/", "/fal/rest/workflows/"),
        ("v3.fal.media", "/files/upload", "/fal/cdn/files/upload"),
        ("api.fal.ai", "/v1/workflows", "/v1/workflows"),
    ],
)
def test_fals_names_lead_to_their_surfaces(host: str, path: str, inner: str) -> None:
    assert inner_path(host, path) == inner


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "notfal.run", ""])
def test_other_names_lead_where_they_say(host: str) -> None:
    assert inner_path(host, "/settings") == "/settings"


@pytest.mark.parametrize("host", sorted(HOSTS))
@pytest.mark.parametrize("path", ["/", "/login", "/api/workflows", "/admin/", "/ws/canvas"])
def test_no_page_and_no_api_of_ours_is_found_under_fals_names(host: str, path: str) -> None:
    inner = inner_path(host, path)
    assert inner.startswith("/fal") or (host, inner) == ("api.fal.ai", "/v1/")


@pytest.mark.parametrize(
    ("origin", "queue", "cdn"),
    [
        ("https://queue.fal.run", "https://queue.fal.run", "https://v3.fal.media"),
        ("https://fal.run:8443", "https://queue.fal.run:8443", "https://v3.fal.media:8443"),
        ("https://falrun.com", "https://queue.falrun.com", "https://v3.fal.media"),
        (
            "http://localhost:8000",
            "http://localhost:8000/fal/queue",
            "http://localhost:8000/fal/cdn",
        ),
    ],
)
def test_urls_in_answers_lie_where_the_caller_came_by(origin: str, queue: str, cdn: str) -> None:
    found = places(origin)
    assert (found.queue, found.cdn) == (queue, cdn)


async def test_what_comes_by_fals_names_has_no_cookie() -> None:
    seen: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope)

    cookie = (b"cookie", b"sessionid=x")
    for host in (b"fal.run", b"localhost"):
        for kind in ("http", "websocket"):
            headers = [(b"host", host), cookie]
            scope = {
                "type": kind,
                "path": "/ws/canvas",
                "raw_path": b"/ws/canvas",
                "headers": headers,
            }
            await ByName(application)(scope, None, None)
    assert [cookie in scope["headers"] for scope in seen] == [False, False, True, True]
    assert [scope["raw_path"] for scope in seen[1:3]] == [b"/fal/run/ws/canvas", b"/ws/canvas"]
