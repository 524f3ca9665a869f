"""Static files: hashed ones for ever, others revalidated, compressed where the client takes it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from canvas.static_files import FOREVER, REVALIDATE, StaticFiles

SCRIPT = "canvas/assets/main-DhB_xTyY.js"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    for name, body in {
        "canvas/manifest.json": b"{}",
        SCRIPT: b"console.log(1)",
        f"{SCRIPT}.br": b"brotli",
        f"{SCRIPT}.gz": b"gzip",
        "site/site.css": b"body{}",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret")
    return folder


async def ask(
    app: StaticFiles, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    named = [(key.replace("_", "-").lower().encode(), v.encode()) for key, v in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": named}
    await app(scope, receive, send)
    got = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], got, b"".join(message.get("body", b"") for message in sent[1:])


async def django(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"django"})


@pytest.fixture
def app(root: Path) -> StaticFiles:
    return StaticFiles(django, root=root, url="/static/")


async def test_a_hashed_file_is_kept_for_ever_and_another_is_revalidated(app: StaticFiles) -> None:
    status, headers, body = await ask(app, f"/static/{SCRIPT}")
    assert (status, body) == (200, b"console.log(1)")
    assert headers["cache-control"] == FOREVER
    assert headers["content-type"] == "text/javascript; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"
    status, headers, _ = await ask(app, "/static/site/site.css")
    assert headers["cache-control"] == REVALIDATE
    again, _, body = await ask(app, "/static/site/site.css", If_None_Match=headers["etag"])
    assert (again, body) == (304, b"")


@pytest.mark.parametrize(
    ("accepts", "encoding", "body"),
    [("gzip, deflate, br", "br", b"brotli"), ("gzip;q=0.5", "gzip", b"gzip"),
     ("deflate", None, b"console.log(1)"), ("", None, b"console.log(1)")],
)  # fmt: skip
async def test_the_best_form_the_client_takes_is_sent(
    app: StaticFiles, accepts: str, encoding: str | None, body: bytes
) -> None:
    _, headers, got = await ask(app, f"/static/{SCRIPT}", Accept_Encoding=accepts)
    assert got == body
    assert headers.get("content-encoding") == encoding
    assert headers["vary"] == "accept-encoding"
    assert headers["content-length"] == str(len(body))


@pytest.mark.parametrize(
    "path",
    ["/static/../secret", "/static/link.txt", "/static/canvas", "/static/", "/static//etc/passwd",
     "/static/canvas/../../secret", f"/static/{SCRIPT}.br", "/staticsite/site.css"],
)  # fmt: skip
async def test_nothing_else_is_served(app: StaticFiles, path: str) -> None:
    assert (await ask(app, path))[2] == b"django"


async def test_head_has_no_body_and_other_methods_are_djangos(app: StaticFiles) -> None:
    status, headers, body = await ask(app, "/static/site/site.css", "HEAD")
    assert (status, headers["content-length"], body) == (200, "6", b"")
    assert (await ask(app, "/static/site/site.css", "POST"))[2] == b"django"


async def test_a_new_build_is_noticed_without_a_restart(app: StaticFiles, root: Path) -> None:
    assert (await ask(app, "/static/canvas/assets/new-AAAAAAAA.js"))[0] == 404
    (root / "canvas/assets/new-AAAAAAAA.js").write_bytes(b"new")
    manifest = root / "canvas/manifest.json"
    os.utime(manifest, (1, manifest.stat().st_mtime + 5))
    assert (await ask(app, "/static/canvas/assets/new-AAAAAAAA.js"))[2] == b"new"
