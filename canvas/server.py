"""Daphne with bounds: bodies are limited before they are kept, and replies wait for slow readers.

Daphne parses multipart bodies in memory before the application sees them, copies every body into an
unbounded queue and writes replies without waiting. This subclass of its Server, with the requests
of `bounded_request.py`, changes exactly that, and what a proxy's rules rely on: no header moves the
root path, none carries control bytes. Pinned to daphne 4.2.x; `tests/server` has one test for each
claim.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, BinaryIO

from daphne.server import Server as DaphneServer
from twisted.internet import defer
from twisted.internet.interfaces import ISSLTransport

from canvas.body_limits import MESSAGE_BYTES, Limits, Message, default_limits
from canvas.bounded_request import BoundedFactory
from canvas.connections import Pace, SocketFactory, Transport

Headers = list[tuple[bytes, bytes]]

CHUNK_BYTES = 256 * 1024
#: How long a busy server may take over a socket's handshake, once the request has arrived whole.
HANDSHAKE_SECONDS = 90
#: How long applications may take to end when the server stops.
STOP_SECONDS = 6.0


class Inbox:
    """What an application receives: its body, read piece by piece from disk, then what follows."""

    def __init__(self, content: BinaryIO) -> None:
        self._content = content
        self._later: asyncio.Queue[Message] = asyncio.Queue()
        self._ended = False

    async def receive(self) -> Message:
        """Return the next ASGI message."""
        if self._ended or self._content.closed:
            return await self._later.get()
        body = self._content.read(CHUNK_BYTES)
        self._ended = len(body) < CHUNK_BYTES
        if self._ended:
            self._content.close()
        return {"type": "http.request", "body": body, "more_body": not self._ended}

    def put_nowait(self, message: Message) -> None:
        """Take what Daphne reports; the body it read is the empty stand-in, so it is dropped."""
        if message["type"] == "http.disconnect":
            self._content.close()
            self._later.put_nowait(message)


class Room:
    """Room for so many requests at once, of those that have not begun to respond.

    Each request takes a thread and a connection to the database; threads that compete for the
    interpreter make each other slow. A slow one gives up its place after a while, so that it holds
    up no one.
    """

    def __init__(self, places: int = 8, seconds: float = 0.25) -> None:
        self._places = asyncio.Semaphore(places)
        self._seconds = seconds

    @asynccontextmanager
    async def place(self) -> AsyncIterator[Callable[[], None]]:
        """Wait for a place; yield what gives it up, which the end and the clock do as well."""
        await self._places.acquire()
        held = True

        def leave() -> None:
            nonlocal held
            if held:
                held = False
                self._places.release()

        timer = asyncio.get_running_loop().call_later(self._seconds, leave)
        try:
            yield leave
        finally:
            timer.cancel()
            leave()


class Server(DaphneServer):
    """Daphne's server with the requests above; `runserver` and `serve` both use it."""

    def __init__(
        self,
        application: Any,
        *,
        limits: Limits | None = None,
        pace: Pace | None = None,
        on_failure: Callable[[int, str], None] | None = None,
        **options: Any,
    ) -> None:
        """`on_failure` gets port and reason when a port cannot be listened on."""
        options.setdefault("websocket_max_message_size", MESSAGE_BYTES)
        options.setdefault("websocket_max_frame_size", MESSAGE_BYTES)
        # How long we take to let a user in, not how long the handshake takes to arrive.
        options.setdefault("websocket_handshake_timeout", HANDSHAKE_SECONDS)
        options["server_name"] = ""
        super().__init__(application, **options)
        self.limits = limits or default_limits()
        self.pace = pace or Pace()
        self.room = Room()
        self.on_failure = on_failure

    def run(self) -> None:
        """Serve until a signal; Daphne's own factories are exchanged for ours."""
        import daphne.server as daphne_server

        before = daphne_server.HTTPFactory, daphne_server.WebSocketFactory
        daphne_server.HTTPFactory = BoundedFactory
        daphne_server.WebSocketFactory = SocketFactory
        try:
            super().run()
        finally:
            daphne_server.HTTPFactory, daphne_server.WebSocketFactory = before

    def create_application(self, protocol: Any, scope: Message) -> Any:
        """Start the application on a request; an HTTP body comes from disk, piece by piece."""
        if scope["type"] != "http":
            # Daphne leaves out what ASGI wants a socket to say: whether it is encrypted.
            scope["scheme"] = "wss" if ISSLTransport.providedBy(protocol.transport) else "ws"
            host = dict(scope["headers"]).get(b"host", b"")
            limit = self.limits.of_message(scope["path"], host)
            # For what is received; what is sent goes out in frames without these limits.
            protocol.maxMessagePayloadSize = protocol.maxFramePayloadSize = limit
            return super().create_application(protocol, scope)
        if protocol not in self.connections:
            return None
        content, protocol.content = protocol.content, io.BytesIO()
        scope["headers"] = _with_length(scope["headers"], content)
        inbox = Inbox(content)
        scope["asgi"] = {"version": "3.0"}
        running = asyncio.ensure_future(self._respond(protocol, scope, inbox))
        self.connections[protocol]["application_instance"] = running
        return inbox

    async def _respond(self, protocol: Any, scope: Message, inbox: Inbox) -> None:
        """Run the application on a request when there is room for it."""
        async with self.room.place() as leave:

            async def send(message: Message) -> None:
                leave()
                await self.handle_reply(protocol, message)

            await self.application(scope, inbox.receive, send)

    async def handle_reply(self, protocol: Any, message: Message) -> None:
        """Write, then wait while the reader is slow."""
        await super().handle_reply(protocol, message)
        if message["type"] == "websocket.send":
            if protocol.state == protocol.STATE_OPEN:
                await asyncio.shield(protocol.written)
        elif message.get("more_body") and protocol.gate is not None:
            await protocol.gate.passed()

    def listen_success(self, port: Any) -> None:
        """Have what connects to a port send as we do."""
        port.transport = Transport
        super().listen_success(port)

    def listen_error(self, failure: Any) -> None:
        """Say why the port cannot be listened on, and stop."""
        if self.on_failure is None:
            super().listen_error(failure)
            return
        self.on_failure(getattr(failure.value, "port", 0), failure.getErrorMessage())
        self.stop()

    def kill_all_applications(self) -> Any:
        """Cancel what still runs and wait for it, but not for ever."""
        running = [
            application
            for details in self.connections.values()
            if (application := details.get("application_instance")) and not application.done()
        ]
        for application in running:
            application.cancel()
        if not running:
            return None

        async def ended() -> None:
            await asyncio.wait(running, timeout=STOP_SECONDS)

        return defer.Deferred.fromFuture(asyncio.ensure_future(ended()))


def _with_length(headers: Headers, content: BinaryIO) -> Headers:
    """Give a chunked body, which is complete and decoded by now, its length.

    Django and its parsers take a request without Content-Length for one without a body.
    """
    if not any(name == b"transfer-encoding" for name, _ in headers):
        return headers
    length = content.seek(0, io.SEEK_END)
    content.seek(0)
    dropped = (b"transfer-encoding", b"content-length")
    kept = [(name, value) for name, value in headers if name not in dropped]
    return [*kept, (b"content-length", str(length).encode())]
