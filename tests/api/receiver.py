"""A receiver of webhooks on loopback: keeps what it gets, and answers as it is told."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.test import override_settings


@dataclass(frozen=True)
class Received:
    """One request: header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver(http.server.ThreadingHTTPServer):
    """Answers `status` (the last of the list for ever), with `location` if there is one."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses = [200]
        self.location = ""
        self.answer = b"{}"
        self.got: list[Received] = []
        self.arrived = threading.Semaphore(0)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.origin}/hook"

    def wait(self) -> Received:
        """Return the newest request as soon as one more has come."""
        assert self.arrived.acquire(timeout=10), "nothing came"
        return self.got[-1]


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        server = self.server
        status = server.statuses.pop(0) if len(server.statuses) > 1 else server.statuses[0]
        self.send_response(status)
        if server.location:
            self.send_header("Location", server.location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(server.answer)))
        self.end_headers()
        self.wfile.write(server.answer)
        server.got.append(Received(self.path, headers, body))
        server.arrived.release()

    do_GET = do_POST = _take

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def receiver(*, allowed: bool = True) -> Iterator[Receiver]:
    """Receive for as long as the block lasts; `allowed` lets the server call this URL."""
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        with override_settings(FETCH_ALLOW=(server.origin,) if allowed else ()):
            yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
