"""What stand-ins for providers share: short responses, and serving while a test wants it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar


class StandIn(ThreadingHTTPServer):
    """A server on a free port of this machine."""

    daemon_threads = True

    def __init__(self, handler: type[Handler]) -> None:
        super().__init__(("127.0.0.1", 0), handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Responses in one piece."""

    def body(self) -> Any:
        """Return the JSON that was sent, `{}` for none."""
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return json.loads(raw) if raw else {}

    def answer(self, status: int, body: Any) -> None:
        """Respond with JSON."""
        self.say(status, json.dumps(body).encode(), "application/json")

    def say(self, status: int, body: bytes, kind: str) -> None:
        """Respond with a file."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


S = TypeVar("S", bound=StandIn)


@contextmanager
def serving(server: S) -> Iterator[S]:
    """Serve for as long as the block lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
