"""A provider's queue, on loopback, and the node type that uses it.

What is submitted twice under one key is one request, as with providers that take such keys.
"""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

from tests.engine.nodes import OUT, TEXT
from workflows.errors import NodeError
from workflows.nodes.context import Charged, Context
from workflows.nodes.provider import Completed, Failed, Pending, Provider
from workflows.nodes.registry import node
from workflows.types import JsonObject


class Service(http.server.ThreadingHTTPServer):
    """Answers submit, poll and cancel; holds answers back until `open` is called."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        #: The key of every submit that arrived, and the request that each key has.
        self.submitted: list[str] = []
        self.requests: dict[str, str] = {}
        #: How long a request takes, and when each is due.
        self.seconds = 0.0
        self.due: dict[str, float] = {}
        self.cancelled: list[str] = []
        self.polled = threading.Event()
        self.ready = threading.Event()
        #: Set when there are more calls under way than a provider has slots.
        self.overcrowded = threading.Event()
        self.answers: dict[str, str] = {}
        #: Whether a request's result is the text of its call.
        self.echoes = False
        self.counting = threading.Lock()


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        path, _, text = self.path.partition("?")
        _, verb, what = path.split("/", 2)
        answer: object = None
        if verb == "submit":
            self.server.submitted.append(what)
            if len(self.server.submitted) > TestProvider.slots and not self.server.ready.is_set():
                self.server.overcrowded.set()
            with self.server.counting:
                answer = self.server.requests.setdefault(what, f"r{len(self.server.requests) + 1}")
            self.server.due.setdefault(answer, time.monotonic() + self.server.seconds)
            if self.server.echoes:
                self.server.answers[answer] = unquote(text)
        elif verb == "poll":
            self.server.polled.set()
            answer = self.server.answers.get(what, what.upper())
            late = time.monotonic() < self.server.due.get(what, 0.0)
            answer = answer if self.server.ready.is_set() and not late else None
        elif verb == "cancel":
            self.server.cancelled.append(what)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def service() -> Iterator[Service]:
    """Serve for as long as the block lasts; TEST_SERVICE names the port."""
    server = Service()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    os.environ["TEST_SERVICE"] = str(server.server_address[1])
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
        del os.environ["TEST_SERVICE"]


class TestProvider(Provider):
    """Speaks to the service."""

    name = "test"
    slots = 2
    __test__ = False

    async def takes(self, context: Context, inputs: JsonObject) -> Any:
        return inputs["text"] != "mine"

    async def submit(self, context: Context, inputs: JsonObject, key: str) -> Any:
        return await self._get(f"submit/{key}?{quote(inputs['text'] or '')}")

    async def poll(self, context: Context, request_id: str) -> Any:
        answer = await self._get(f"poll/{request_id}")
        if answer == "WORN OUT":
            return Failed(NodeError("The machine gave out.", transient=True))
        if answer is None:
            return Pending(0.01, None, "waiting")
        await context.charged(Charged("test/model", Decimal("0.05"), {"units": 1}, request_id))
        return Completed(answer)

    async def cancel(self, context: Context, request_id: str) -> Any:
        await self._get(f"cancel/{request_id}")

    async def _get(self, path: str) -> Any:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(os.environ["TEST_SERVICE"]))
        try:
            writer.write(f"GET /{path} HTTP/1.0\r\n\r\n".encode())
            answer = await reader.read()
        finally:
            writer.close()
        if not answer:
            raise NodeError("No answer.", transient=True)
        return json.loads(answer.split(b"\r\n\r\n", 1)[1])


@node(
    "testProvided",
    name="testProvided",
    category="Tests",
    description="Test.",
    inputs=TEXT,
    outputs=OUT,
    provider=TestProvider(),
    deterministic=False,
    cacheable=False,
    credits=2.0,
)
async def provided(
    context: Context, *, text: str, more: list[Any], provided: str = "nobody asked"
) -> Any:
    return {"text": provided}
