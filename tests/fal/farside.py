"""A queue that speaks as fal's does and answers what a test tells it, on loopback."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.test import override_settings

from workflows.nodes.fal import service


@dataclass(frozen=True)
class Reply:
    """A status, a JSON body and headers."""

    body: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What was submitted: the app, its arguments, and the headers in lower case."""

    app: str
    arguments: Any
    headers: dict[str, str]


class Farside(http.server.ThreadingHTTPServer):
    """Requests are called r1, r2, …; `states` and `results` are used up one after the other.

    `endless` makes a state of the number of times it was asked, for as long as it is there.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.sent: list[Sent] = []
        self.submits: list[Reply] = []
        self.refusals: list[Reply] = []
        self.states: list[Any] = []
        self.endless: Callable[[int], Any] | None = None
        self.asked = 0
        self.results: list[Reply] = []
        self.files: dict[str, bytes] = {}
        self.uploaded: list[tuple[bytes, dict[str, str]]] = []

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def store(self, name: str, body: bytes) -> str:
        """Keep a file and return its URL in the storage."""
        self.files[f"/fal/cdn/files/{name}"] = body
        return f"{self.origin}/fal/cdn/files/{name}"

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Reply:
        """Respond to one call of fal's protocol, or of a chat."""
        if path == "/models/chat/completions":
            self.sent.append(Sent("models", json.loads(body), headers))
            return Reply({"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]})
        if method == "PUT":
            return Reply({"status": "CANCELLATION_REQUESTED"}, 202)
        if path.startswith("/fal/rest/storage/") and self.refusals:
            return self.refusals.pop(0)
        if path == "/fal/rest/storage/auth/token":
            token = {"token": "t", "token_type": "Bearer", "base_url": f"{self.origin}/fal/cdn"}
            return Reply({**token, "expires_at": "2999-01-01T00:00:00+00:00"})
        if path == "/fal/cdn/files/upload":
            self.uploaded.append((body, headers))
            return Reply({"access_url": f"{self.origin}/fal/cdn/files/up{len(self.uploaded)}"})
        if method == "POST":
            return self._submitted(path.removeprefix("/fal/queue/"), body, headers)
        if path.endswith("/status"):
            self.asked += 1
            if self.endless is not None:
                return Reply(self.endless(self.asked))
            done = {"status": "COMPLETED", "logs": None, "metrics": {}}
            return Reply(self.states.pop(0) if self.states else done)
        return self.results.pop(0)

    def _submitted(self, app: str, body: bytes, headers: dict[str, str]) -> Reply:
        if self.submits:
            return self.submits.pop(0)
        self.sent.append(Sent(app, json.loads(body), headers))
        base = f"{self.origin}/fal/queue/{app}/requests/r{len(self.sent)}"
        places = {"response_url": base, "status_url": f"{base}/status"}
        return Reply({"request_id": f"r{len(self.sent)}", **places, "cancel_url": f"{base}/cancel"})


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Farside

    def _take(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        if path in self.server.files:
            self._say(200, {}, self.server.files[path])
            return
        reply = self.server.answer(self.command, path, body, headers)
        more = {"Content-Type": "application/json", "x-fal-request-id": "far", **reply.headers}
        self._say(reply.status, more, json.dumps(reply.body).encode())

    def _say(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = _take

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def farside() -> Iterator[Farside]:
    """Stand for fal for as long as the block lasts."""
    server = Farside()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    service.move(server.origin)
    try:
        with override_settings(FETCH_ALLOW=(server.origin,)):
            yield server
    finally:
        service.move("")
        server.shutdown()
        server.server_close()
        thread.join()
