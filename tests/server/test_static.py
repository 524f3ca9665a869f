"""Static files: hashed ones for ever, others revalidated, compressed where the client takes it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from servestatic import ServeStaticASGI

from canvas.static_files import PIECE_BYTES, static_files

SCRIPT = "canvas/assets/main-DhB_xTyY.js"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    for name, body in {
        "canvas/manifest.json": b"{}",
        SCRIPT: b"console.log(1)",
        f"{SCRIPT}.br": b"br",
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
    app: ServeStaticASGI, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    named = [(key.replace("_", "-").lower().encode(), v.encode()) for key, v in headers.items()]
    scope = {"type": "http", "method": method, "path": path, "headers": named, "query_string": b""}
    await app(scope, receive, send)
    got = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], got, b"".join(message.get("body", b"") for message in sent[1:])


async def django(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b"django"})


@pytest.fixture
def app(root: Path) -> ServeStaticASGI:
    return static_files(django, root=root, url="/static/")


async def test_a_hashed_file_is_kept_and_another_is_revalidated(
    app: ServeStaticASGI,
) -> None:
    status, headers, body = await ask(app, f"/static/{SCRIPT}")
    assert (status, body) == (200, b"console.log(1)")
    assert "immutable" in headers["cache-control"]
    assert headers["content-type"].startswith("text/javascript")
    assert headers["x-content-type-options"] == "nosniff"
    status, headers, _ = await ask(app, "/static/site/site.css")
    assert "max-age=0" in headers["cache-control"]
    again, _, body = await ask(app, "/static/site/site.css", If_None_Match=headers["etag"])
    assert (again, body) == (304, b"")


@pytest.mark.parametrize(
    ("accepts", "encoding", "body"),
    [
        ("gzip, deflate, br", "br", b"br"),
        ("gzip;q=0.5", "gzip", b"gzip"),
        ("deflate", None, b"console.log(1)"),
        ("", None, b"console.log(1)"),
    ],
)
async def test_the_best_form_the_client_takes_is_sent(
    app: ServeStaticASGI, accepts: str, encoding: str | None, body: bytes
) -> None:
    _, headers, got = await ask(app, f"/static/{SCRIPT}", Accept_Encoding=accepts)
    assert got == body
    assert headers.get("content-encoding") == encoding
    assert headers["vary"].lower() == "accept-encoding"
    assert headers["content-length"] == str(len(body))


@pytest.mark.parametrize(
    "path",
    [
        "/static/../secret",
        "/static/link.txt",
        "/static/canvas",
        "/static/",
        "/static//etc/passwd",
        "/static/canvas/../../secret",
        "/staticsite/site.css",
    ],
)
async def test_nothing_else_is_served(app: ServeStaticASGI, path: str) -> None:
    assert (await ask(app, path))[2] == b"django"


async def test_head_has_no_body(app: ServeStaticASGI) -> None:
    status, headers, body = await ask(app, "/static/site/site.css", "HEAD")
    assert (status, headers["content-length"], body) == (200, "6", b"")


async def test_a_file_is_read_without_a_thread_and_sent_in_pieces(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[threading.Thread] = []
    monkeypatch.setattr(threading.Thread, "start", begun.append)
    whole = b"0123456789abcdef" * (PIECE_BYTES // 8)
    (root / "site/site.css").write_bytes(whole)
    app = static_files(django, root=root, url="/static/")
    assert (await ask(app, "/static/site/site.css"))[2] == whole
    status, headers, body = await ask(app, "/static/site/site.css", Range="bytes=3-9")
    assert (status, headers["content-range"]) == (206, f"bytes 3-9/{len(whole)}")
    assert (body, headers["content-length"]) == (whole[3:10], "7")
    assert begun == []
