"""JSON answers come compressed to who takes it, and to nobody else."""

from __future__ import annotations

import gzip
import json

import pytest

from tests.api.client import ECHO, Caller

pytestmark = pytest.mark.django_db(transaction=True)

LONG = {"description": "words " * 500}


@pytest.mark.parametrize(
    "path", ["/api/workflows", "/api/workflows/echo", "/api/nodes", "/api/openapi.json"]
)
def test_json_is_compressed_for_who_takes_it_and_says_so(hers: Caller, path: str) -> None:
    hers.create("Echo", **ECHO, **LONG)
    plain = hers.get(path)
    packed = hers.get(path, Accept_Encoding="br, gzip")
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert "Accept-Encoding" in plain["Vary"]
    assert int(packed["Content-Length"]) == len(packed.content) < len(plain.content)
    assert json.loads(gzip.decompress(packed.content)) == plain.json()


def test_what_was_got_compressed_is_put_back_under_its_etag(hers: Caller) -> None:
    hers.create("Echo", **ECHO, **LONG)
    packed = hers.get("/api/workflows/echo", Accept_Encoding="gzip")
    etag = packed["ETag"]
    assert etag == 'W/"v1"'
    body = json.loads(gzip.decompress(packed.content))
    again = hers.get("/api/workflows/echo", If_None_Match=etag, Accept_Encoding="gzip")
    assert (again.status_code, again.content) == (304, b"")
    assert hers.put("/api/workflows/echo", body, If_Match=etag).status_code == 200
    changed = {**body, "description": "other"}
    assert hers.put("/api/workflows/echo", changed, If_Match=etag).status_code == 200
    assert hers.put("/api/workflows/echo", body, If_Match=etag).status_code == 412


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/api/workflows/echo", {"Accept_Encoding": "gzip;q=0"}),
        ("/api/workflows/echo", {"Accept_Encoding": "identity"}),
        ("/login", {"Accept_Encoding": "gzip"}),
        ("/api/docs", {"Accept_Encoding": "gzip"}),
    ],
)
def test_nothing_else_is_compressed(hers: Caller, path: str, headers: dict[str, str]) -> None:
    hers.create("Echo", **ECHO, **LONG)
    assert "Content-Encoding" not in hers.get(path, **headers)


def test_another_sites_request_in_somebodys_session_is_not_compressed(her_browser: Caller) -> None:
    answers = [
        her_browser.get("/api/nodes", Accept_Encoding="gzip", Sec_Fetch_Site=site)
        for site in ("same-origin", "cross-site")
    ]
    assert answers[0]["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in answers[1]


def test_a_key_that_is_shown_once_is_never_compressed(her_browser: Caller) -> None:
    made = her_browser.post(
        "/api/keys", {"name": "k" * 100, "capabilities": ["workflow:read"]}, Accept_Encoding="gzip"
    )
    assert "Content-Encoding" not in made
