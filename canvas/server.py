"""Daphne with bounds: bodies are limited before they are kept, and replies wait for slow readers.

Daphne parses multipart bodies in memory before the application sees them, copies every body into an
unbounded queue and writes replies without waiting. This subclass of its Server changes exactly
that, and what a proxy's rules rely on: no header moves the root path, none carries control bytes.
Pinned to daphne 4.2.x; `tests/server` has one test for each claim.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, BinaryIO

from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server as DaphneServer
from twisted.internet import defer
from twisted.internet.interfaces import ISSLTransport

from canvas.connections import Channel, Gate, Pace, SocketFactory

logger = logging.getLogger(__name__)

Message = dict[str, Any]
Headers = list[tuple[bytes, bytes]]

CHUNK_BYTES = 256 * 1024
#: The largest message on a socket that has no limit of its own.
MESSAGE_BYTES = 64 * 1024
#: Room for the boundaries and part headers of a multipart body.
MULTIPART_BYTES = 64 * 1024
#: How long a busy server may take over a socket's handshake.
HANDSHAKE_SECONDS = 30
#: How long applications may take to end when the server stops.
STOP_SECONDS = 6.0
#: How long a refused sender may go on sending into nothing before the connection is cut.
LINGER_SECONDS = 2.0
#: The only header that moves a Daphne application; never taken from a client.
ROOT_PATH = b"daphne-root-path"
#: A UUID as a segment of a path.
_ID = re.compile(r"/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?=/|$)")
#: Where visitors run a workflow, with files of theirs.
PUBLIC_RUN = re.compile(r"/api/workflows/[^/]+/public-run")
_CREDENTIALS = (b"cookie", b"authorization", b"x-api-key")
#: Every control byte but the tab (RFC 9110 5.5).
_CONTROL = frozenset(range(0x20)) - {0x09} | {0x7F}


class Limits:
    """How many bytes a request's body may have, by its path.

    `others` returns the limit of paths whose larger bodies need no credential: they carry a
    permission of their own, or are open to visitors. `inner` says where the path of a request to a
    host lies here. `sockets` has the largest message by the beginning of a socket's path. `refusal`
    brings the response to a body that is too large into the form of its path. In the paths of
    `uploads`, `*` stands for a UUID.

    Only a request with some credential may use an upload route's larger limit, so that visitors
    cannot fill the disk with temporary files.
    """

    def __init__(
        self,
        default: int,
        uploads: Mapping[str, int],
        others: Callable[[str], int | None] = lambda path: None,
        inner: Callable[[str, str], str] = lambda host, path: path,
        sockets: Mapping[str, int] | None = None,
        refusal: Callable[[str, Message], Message] = lambda path, body: body,
    ) -> None:
        self.default = default
        self.uploads = uploads
        self.others = others
        self.inner = inner
        self.sockets = sockets or {}
        self.refusal = refusal

    def of(self, path: bytes, has_credential: bool, host: bytes = b"") -> int:
        """Return the limit for a path of a host."""
        text = self.inner(host.decode("latin-1"), path.decode("latin-1"))
        larger = self.uploads.get(_ID.sub("/*", text)) if has_credential else None
        if larger is None:
            larger = self.others(text)
        return larger if larger is not None else self.default

    def of_message(self, path: str, host: bytes) -> int:
        """Return the limit for one message on the socket at a path of a host."""
        text = self.inner(host.decode("latin-1"), path)
        found = (limit for start, limit in self.sockets.items() if text.startswith(start))
        return next(found, MESSAGE_BYTES)


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
    up nobody.
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


class BoundedRequest(WebRequest):
    """A request whose body has a limit and whose reply has backpressure."""

    _refused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.gate: Gate | None = None
        self._received = 0
        super().__init__(*args, **kwargs)
        # Twisted would parse form bodies into memory before anybody has seen the request.
        self._parsePOSTFormSubmission = False

    def gotLength(self, length: int | None) -> None:
        """Refuse a declared length above the limit before any of the body is read."""
        self._asked = path = self.channel._path.split(b"?", 1)[0] if self.channel else b""
        headers = self.requestHeaders
        host = headers.getRawHeaders(b"host", [b""])[0]
        credential = any(map(headers.hasHeader, _CREDENTIALS))
        self._limit = self.server.limits.of(path, credential, host)
        if length is not None and length > self._limit:
            super().gotLength(0)
            self._refuse_body(length)
        else:
            super().gotLength(length)

    def handleContentChunk(self, data: bytes) -> None:
        """Refuse a body without a declared length once it exceeds the limit."""
        if self._refused:
            return
        self._received += len(data)
        if self._received > self._limit:
            self._refuse_body(self._received)
            return
        super().handleContentChunk(data)

    def process(self) -> Any:
        """Hand the request over, unless it is refused already or carries control bytes."""
        if self._refused:
            return None
        headers = list(self.requestHeaders.getAllRawHeaders())
        if any(_CONTROL.intersection(value) for _, values in headers for value in values):
            self.basic_error(400, b"Bad Request", "A header holds a control character.")
            return None
        self.requestHeaders.removeHeader(ROOT_PATH)
        return super().process()

    def handle_reply(self, message: Message) -> None:
        """Register for backpressure when the reply begins, and leave before it ends."""
        if self.finished or self.channel is None:
            return
        if message["type"] == "http.response.start" and self.gate is None:
            headers = {name.lower(): value for name, value in message.get("headers", ())}
            streams = headers.get(b"content-type", b"").startswith(b"text/event-stream")
            # A paused player reads nothing for minutes and is right to; a stream can be resumed.
            seconds = self.server.pace.stall_seconds if streams else None
            self.gate = Gate(self.channel.transport.abortConnection, seconds)
            self.registerProducer(self.gate, True)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self._leave()
        super().handle_reply(message)

    def connectionLost(self, reason: Any) -> None:
        """Let a waiting application go on, so that it can end."""
        if self.gate is not None:
            self.gate.stopProducing()
        super().connectionLost(reason)

    def basic_error(self, status: int, status_text: bytes, body: str) -> None:
        """Respond to what the server itself refuses in the API's error shape."""
        code = {400: "INVALID_REQUEST", 413: "TOO_LARGE", 503: "UNAVAILABLE"}.get(status)
        self._answer(status, {"error": body, "code": code or "INTERNAL_ERROR"})

    def _refuse_body(self, length: int) -> None:
        """Answer 413, then close; the rest of the body is thrown away, so that the answer is read.

        The reply is written by hand: the request has not been dispatched, and never will be.
        """
        self._refused = True
        expected = f"at most {self._limit} bytes"
        body = {
            "error": f"The body has {length} bytes or more; this server accepts {expected} here.",
            "code": "TOO_LARGE",
            "field": "body",
            "value": length,
            "expected": expected,
        }
        body = self.server.limits.refusal(self._asked.decode("latin-1"), body)
        payload = json.dumps(body).encode()
        head = (
            b"HTTP/1.1 413 Content Too Large\r\nContent-Type: application/json\r\n"
            b"Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(payload)
        )
        # Otherwise Twisted would go on to say "100 Continue".
        self.requestHeaders.removeHeader(b"expect")
        transport = self.channel.transport
        transport.write(head + payload)
        transport.loseWriteConnection()
        self.channel.callLater(LINGER_SECONDS, transport.abortConnection)

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        payload = json.dumps(body).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(payload)).encode()),
            (b"cache-control", b"no-store"),
            (b"x-content-type-options", b"nosniff"),
        ]
        self.handle_reply({"type": "http.response.start", "status": status, "headers": headers})
        self.handle_reply({"type": "http.response.body", "body": payload})

    def _leave(self) -> None:
        if self.gate is not None and self.producer is not None:
            self.unregisterProducer()


class BoundedFactory(HTTPFactory):
    """Makes connections whose requests are bounded."""

    protocol = Channel

    def log(self, request: Any) -> None:
        """Write no line about a request; Twisted would make one for a log that nobody keeps."""

    def buildProtocol(self, addr: Any) -> Any:
        """Build one connection."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        protocol.pace = self.server.pace
        return protocol


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
        """`on_failure` is told port and reason when an address cannot be listened on."""
        options.setdefault("websocket_max_message_size", MESSAGE_BYTES)
        options.setdefault("websocket_max_frame_size", MESSAGE_BYTES)
        # How long we take to let somebody in, not how long the handshake takes to arrive.
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
            # Daphne leaves out what ASGI wants a socket to tell: whether it is encrypted.
            scope["scheme"] = "wss" if ISSLTransport.providedBy(protocol.transport) else "ws"
            host = dict(scope["headers"]).get(b"host", b"")
            limit = self.limits.of_message(scope["path"], host)
            # For what is received; what is sent goes out in frames without asking these.
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

    def listen_error(self, failure: Any) -> None:
        """Tell why the address cannot be listened on, and stop."""
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


def default_limits() -> Limits:
    """Return the limits of this site's settings."""
    from django.conf import settings

    from workflows.compat.comfy.errors import refusal
    from workflows.compat.comfy.urls import UPLOADS
    from workflows.compat.fal.links import is_ticket_path
    from workflows.compat.fal.places import RUN, SOCKET, inner_path

    upload = settings.LIMITS["upload_bytes"] + MULTIPART_BYTES
    routes = dict.fromkeys(("/api/uploads", "/api/import", "/fal/cdn/files/upload"), upload)
    document = settings.LIMITS["document_bytes"]
    routes |= dict.fromkeys(UPLOADS, settings.LIMITS["comfy_bytes"] + MULTIPART_BYTES)
    sockets = {RUN: document, SOCKET: document}
    visitors = settings.LIMITS["public_upload_bytes"] + MULTIPART_BYTES

    def others(path: str) -> int | None:
        if is_ticket_path(path):
            return upload
        return max(visitors, document) if PUBLIC_RUN.fullmatch(path) else None

    return Limits(document, routes, others, inner_path, sockets, refusal)
