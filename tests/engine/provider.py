"""A provider's queue, on loopback, and the node type that uses it."""

from __future__ import annotations

import asyncio
import http.server
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from tests.engine.nodes import OUT, TEXT
from workflows.errors import NodeError
from workflows.nodes.context import Charged, Context
from workflows.nodes.provider import Answer, Failed, Pending, Provider
from workflows.nodes.registry import node
from workflows.types import JsonObject


class Service(http.server.ThreadingHTTPServer):
    """Answers submit, poll and cancel; holds answers back until `open` is called."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.submitted: list[str] = []
        self.cancelled: list[str] = []
        self.polled = threading.Event()
        self.ready = threading.Event()
        #: Set when there are more calls under way than a provider has slots.
        self.overcrowded = threading.Event()
        self.answers: dict[str, str] = {}


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        _, verb, what = self.path.split("/", 2)
        answer: object = None
        if verb == "submit":
            self.server.submitted.append(what)
            if len(self.server.submitted) > TestProvider.slots and not self.server.ready.is_set():
                self.server.overcrowded.set()
            answer = f"r{len(self.server.submitted)}"
        elif verb == "poll":
            self.server.polled.set()
            answer = self.server.answers.get(what, what.upper())
            answer = answer if self.server.ready.is_set() else None
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
    """Serve for as long as the block lasts; LEDGER_SERVICE names the address."""
    server = Service()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
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
        return await self._get(f"submit/{key}")

    async def poll(self, context: Context, request_id: str) -> Any:
        answer = await self._get(f"poll/{request_id}")
        if answer == "WORN OUT":
            return Failed(NodeError("The machine gave out.", transient=True))
        if answer is None:
            return Pending(0.01, None, "waiting")
        await context.charged(Charged("test/model", Decimal("0.05"), {"units": 1}, request_id))
        return Answer(answer)

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
    context: Context, *, text: str, more: list[Any], answer: str = "nobody asked"
) -> Any:
    return {"text": answer}
