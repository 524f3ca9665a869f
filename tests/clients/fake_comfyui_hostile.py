"""What the tests' ComfyUI server does when it is told to misbehave; see `Comfy.misbehaviour`.

Keys name the place, values the manner: `proxy` the status of every response; `view` endless, slow,
drop, drop-once, html, any, redirect; `json` types, endless, text or bomb; `queue` away; `upload`
large; `prompt` swallow, drop, busy, denied; `socket` refused, flood, giant, garbage or foreign;
`history` traversal, types or forgets; `hold` a list of calls such as "POST /prompt", which wait for
the gate "door".
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from tests.clients.fake_comfyui_server import Comfy

PIECE = b"\x89PNG\r\n\x1a\n" + bytes(64 * 1024)
ENDLESS = 10 * 1024**3
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0"
    "000003010100c9fe92ef0000000049454e44ae426082"
)
HTML = b"<!doctype html><script>alert(1)</script>"
#: Names and folders by which no file of ours may be written, nor any of the server's read.
TRAVERSALS = [
    {"filename": "../../../../etc/passwd", "subfolder": "", "type": "output"},
    {"filename": "/etc/passwd", "subfolder": "", "type": "output"},
    {"filename": "..\\..\\boot.ini", "subfolder": "..\\..", "type": "output"},
    {"filename": "x.png", "subfolder": "../../..", "type": "output"},
    {"filename": "a\nb\u202egnp.png", "subfolder": "", "type": "output"},
    {"filename": "\ud800.png", "subfolder": "", "type": "output"},
    {"filename": "x" * 100_000, "subfolder": "", "type": "output"},
    {"filename": "x.png&type=input", "subfolder": "?a=b", "type": "output"},
]


async def answer(comfy: Comfy, request: web.Request) -> web.StreamResponse | None:
    """Respond to a request in the manner told, or not at all."""
    path, how = request.path, comfy.misbehaviour
    if "proxy" in how:
        return web.Response(status=how["proxy"], text="Who are you?")
    if f"{request.method} {path}" in how.get("hold", ()):
        await comfy.gate("door").wait()
    if path == "/view" and how.get("view"):
        return await _view(comfy, request, how["view"])
    if path == "/upload/image" and how.get("upload") == "large":
        return web.Response(status=413, text="Maximum request body size exceeded")
    if path == "/prompt" and request.method == "POST" and how.get("prompt") == "denied":
        return web.Response(status=401, text="Who are you?")
    if path == "/prompt" and request.method == "POST" and how.get("prompt") == "busy":
        return web.Response(status=503, text="<h1>Service unavailable</h1>")
    if (how.get("json") and path in ("/queue", "/object_info", "/system_stats")) or (
        how.get("json") and path.startswith("/history/")
    ):
        return await _json(request, how["json"])
    if path == "/ws" and how.get("socket") == "refused":
        return web.Response(status=404)
    if path == "/queue" and how.get("queue") == "away":
        return web.Response(status=502)
    return None


async def after_prompt(comfy: Comfy, request: web.Request) -> web.StreamResponse | None:
    """Take a request, and then lose the response."""
    how = comfy.misbehaviour.get("prompt")
    if how == "drop":
        del comfy.misbehaviour["prompt"]
        assert request.transport is not None
        request.transport.abort()
        return web.Response()
    if how == "swallow":
        del comfy.misbehaviour["prompt"]
        await asyncio.sleep(3600)
    return None


def history_entry(comfy: Comfy, entry: dict[str, Any]) -> dict[str, Any]:
    """Tell of files that are none, or of things that are no files."""
    how = comfy.misbehaviour.get("history")
    if how == "traversal":
        return {**entry, "outputs": {"9": {"images": TRAVERSALS}}}
    if how == "types":
        odd: list[Any] = [7, None, "x", [], {"filename": 3, "type": []}, {"filename": "x.png"}]
        return {"prompt": 3, "outputs": {"9": {"images": odd, "text": 5}, "8": None}, "status": 1}
    return entry


async def on_socket(comfy: Comfy, socket: web.WebSocketResponse) -> None:
    """Say things nobody asked for, on a socket that has just been opened."""
    how = comfy.misbehaviour.get("socket")
    with contextlib.suppress(ConnectionError):
        if how == "flood":
            while not socket.closed:
                await socket.send_str('{"type": "status", "data": {}}')
        elif how == "giant":
            with contextlib.suppress(Exception):
                await socket.send_bytes(bytes(64 * 1024 * 1024))
        elif how == "garbage":
            for said in (
                "",
                "null",
                "[]",
                "7",
                '"x"',
                "{}",
                '{"type": 3, "data": []}',
                "[" * 100_000,
                '{"type": "progress", "data": 3}',
                '{"type": "executing"}',
            ):
                await socket.send_str(said)
            for frame in (
                b"",
                b"\0",
                b"\0\0\0\4\xff\xff\xff\xff{}",
                b"\0\0\0\1\0\0\0\1no",
                b"\xff" * 9,
            ):
                await socket.send_bytes(frame)


async def before_event(comfy: Comfy, client: str | None, type: str, data: dict[str, Any]) -> None:
    """Say things of other requests, twice, backwards and of wrong types before the true ones."""
    if comfy.misbehaviour.get("socket") != "foreign" or "prompt_id" not in data:
        return
    lies: list[tuple[str, dict[str, Any]]] = [
        ("execution_success", {"prompt_id": "11111111-1111-4111-8111-111111111111"}),
        ("progress", {"value": 10**400, "max": 0, "prompt_id": data["prompt_id"], "node": {}}),
        ("progress", {"value": 9, "max": 3, "prompt_id": data["prompt_id"], "node": "3"}),
        ("progress", {"value": "NaN", "max": None, "prompt_id": data["prompt_id"]}),
        (
            "progress_state",
            {"nodes": {"x": 3, "y": {"state": [], "value": {}}}, "prompt_id": data["prompt_id"]},
        ),
        ("execution_cached", {"nodes": 5, "prompt_id": data["prompt_id"]}),
        ("execution_start", {"prompt_id": data["prompt_id"]}),
    ]
    for kind, said in lies:
        for socket in list(comfy._sockets.values()):
            with contextlib.suppress(ConnectionError):
                await socket.send_str(json.dumps({"type": kind, "data": said}))


async def _view(comfy: Comfy, request: web.Request, how: str) -> web.StreamResponse | None:
    if how == "html":
        return web.Response(body=HTML, content_type="image/png")
    if how == "any":
        return web.Response(body=PICTURE, content_type="image/png")
    if how == "redirect":
        raise web.HTTPFound("http://169.254.169.254/latest/meta-data/")
    if how == "drop-once":
        comfy.misbehaviour.pop("view")
    response = web.StreamResponse()
    response.content_length = ENDLESS
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        if how == "slow":
            for byte in PIECE:
                await response.write(bytes([byte]))
                await asyncio.sleep(1)
        await response.write(PIECE)
        if how.startswith("drop"):
            assert request.transport is not None
            request.transport.abort()
            return response
        for _ in range(ENDLESS // len(PIECE)):
            await response.write(PIECE)
    return response


async def _json(request: web.Request, how: str) -> web.StreamResponse:
    if how == "types":
        odd = {"queue_running": {"a": 1}, "queue_pending": [[], [1], ["x", 3], 7, [{}, "id"]]}
        return web.json_response({**odd, "system": [], "devices": 3})
    if how == "text":
        return web.Response(text="<html>It works!</html>", content_type="text/html")
    if how == "bomb":
        zeros = gzip.compress(b'{"a": "' + bytes(64 * 1024 * 1024))
        return web.Response(body=zeros, headers={"Content-Encoding": "gzip"})
    response = web.StreamResponse()
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        await response.write(b'{"a": "')
        while True:
            await response.write(b"x" * 65536)
    return response
