"""A request of Twisted whose body has a limit and whose reply has backpressure."""

from __future__ import annotations

import json
from typing import Any

from daphne.http_protocol import HTTPFactory, WebRequest

from canvas.body_limits import Message
from canvas.connections import Channel, Gate

#: How long a refused sender may go on sending into nothing before the connection is cut.
LINGER_SECONDS = 2.0
#: The only header that moves a Daphne application; never taken from a client.
ROOT_PATH = b"daphne-root-path"
_CREDENTIALS = (b"cookie", b"authorization", b"x-api-key")
#: Every control byte but the tab (RFC 9110 5.5).
_CONTROL = frozenset(range(0x20)) - {0x09} | {0x7F}


class BoundedRequest(WebRequest):
    """A request whose body has a limit and whose reply has backpressure."""

    _refused = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.gate: Gate | None = None
        self._received = 0
        super().__init__(*args, **kwargs)
        # Twisted would parse form bodies into memory before the request has been seen.
        self._parsePOSTFormSubmission = False

    def gotLength(self, length: int | None) -> None:
        """Refuse a declared length above the limit before any of the body is read."""
        self._limited_path = path = self.channel._path.split(b"?", 1)[0] if self.channel else b""
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
        self._respond(status, {"error": body, "code": code or "INTERNAL_ERROR"})

    def _refuse_body(self, length: int) -> None:
        """Respond 413, then close; the rest of the body is thrown away, so that this is read.

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
        body = self.server.limits.refusal(self._limited_path.decode("latin-1"), body)
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

    def _respond(self, status: int, body: dict[str, Any]) -> None:
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
        """Write no line about a request; Twisted would make one for a log that no one keeps."""

    def buildProtocol(self, addr: Any) -> Any:
        """Build one connection."""
        protocol = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        protocol.pace = self.server.pace
        return protocol
