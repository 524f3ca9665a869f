"""A server of its own process for the tests: our Server class around a tiny application.

Run as `python -m tests.server.app PORT_FILE`; it writes its port when it listens. Limits are small,
so that a test needs little load to reach them; with `impatient` behind it the times are short too.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from canvas.body_limits import Limits
from canvas.connections import Pace
from canvas.server import Server

DEFAULT_LIMIT = 1024 * 1024
UPLOAD_LIMIT = 64 * 1024 * 1024
CHUNK = b"x" * 65_536
IMPATIENT = Pace(header_seconds=1.5, body_seconds=1.0, body_bytes=1_000, stall_seconds=1.5)

#: Facts the tests ask for.
state: dict[str, int] = {"open": 0, "chunks": 0}


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Serve a few routes that make the server's own behaviour visible."""
    if scope["type"] == "websocket":
        await _socket(scope, receive, send)
        return
    route = scope["path"].strip("/").split("/")[0]
    if route == "stream":
        await _stream(receive, send)
    elif route == "silent":
        await _silent(receive, send)
    elif route == "endless":
        await _endless(send)
    elif route == "boom":
        raise RuntimeError("the application failed")
    elif route == "scope":
        headers = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
        facts = {"path": scope["path"], "root_path": scope["root_path"], "headers": headers}
        await _json(send, facts)
    elif route == "state":
        await _json(send, state)
    elif route == "ignore":
        await _json(send, {"ignored": True})
    else:
        await _json(send, await _digest(receive))


async def _digest(receive: Any) -> dict[str, Any]:
    digest, size, pieces = hashlib.sha256(), 0, 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return {"disconnected": True}
        digest.update(message["body"])
        size += len(message["body"])
        pieces += 1
        if not message["more_body"]:
            return {"sha256": digest.hexdigest(), "size": size, "pieces": pieces}


async def _stream(receive: Any, send: Any) -> None:
    """Send events until the client goes, as Django does: one task sends, one listens."""
    await _start(send, b"text/event-stream")
    state["open"] += 1
    sending = asyncio.create_task(_send_events(send))
    while (await receive())["type"] != "http.disconnect":
        pass
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    state["open"] -= 1


async def _send_events(send: Any) -> None:
    for number in range(1_000_000):
        body = f"id: {number}\ndata: {'y' * 10_000}\n\n".encode()
        await send({"type": "http.response.body", "body": body, "more_body": True})
        state["chunks"] += 1
        await asyncio.sleep(0.005)


async def _silent(receive: Any, send: Any) -> None:
    """Open a stream, say nothing, and notice that the client goes."""
    await _start(send, b"text/event-stream")
    await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
    state["open"] += 1
    while (await receive())["type"] != "http.disconnect":
        pass
    state["open"] -= 1


async def _endless(send: Any) -> None:
    """Send 256 MB as fast as the server takes them."""
    await _start(send, b"application/octet-stream")
    state["chunks"] = 0
    for _ in range(4_000):
        await send({"type": "http.response.body", "body": CHUNK, "more_body": True})
        state["chunks"] += 1
    await send({"type": "http.response.body", "body": b""})


async def _socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    await send({"type": "websocket.send", "text": json.dumps({"root_path": scope["root_path"]})})
    while (message := await receive())["type"] != "websocket.disconnect":
        asked = message.get("text") or ""
        if asked == "bye":
            await send({"type": "websocket.close", "code": 1000})
        if asked.isdigit():
            await send({"type": "websocket.send", "text": "w" * int(asked)})


async def _start(send: Any, content_type: bytes) -> None:
    headers = [(b"content-type", content_type)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def _json(send: Any, body: Any) -> None:
    await _start(send, b"application/json")
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def main() -> None:
    """Listen on a free port and write it to the file named on the command line."""
    place = Path(sys.argv[1])

    def ready() -> None:
        partial = place.with_suffix(".partial")
        partial.write_text(str(server.listening_addresses[0][1]), encoding="ascii")
        partial.rename(place)

    server = Server(
        application,
        endpoints=["tcp:port=0:interface=127.0.0.1"],
        limits=Limits(DEFAULT_LIMIT, {"/upload": UPLOAD_LIMIT}),
        pace=IMPATIENT if "impatient" in sys.argv else None,
        ready_callable=ready,
    )
    server.run()


if __name__ == "__main__":
    main()
