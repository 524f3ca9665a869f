"""The connections: who sends or reads too slowly is cut, and what is sent waits for its reader.

Most requests arrive whole and most responses find room at once, so the clocks and the sending cost
those little: a deadline that is moved sets no timer, and what is written is sent without checking
first whether there is room.

A request's headers have a deadline and its body a least rate, so that dribbled requests do not keep
connections open for ever. Messages on sockets go out in frames, each when there is room for it;
their size has no limit, as only what is received must have one.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet.base import DelayedCall
from twisted.internet.interfaces import IPushProducer
from twisted.internet.protocol import connectionDone
from twisted.internet.tcp import Server as TcpConnection
from twisted.python.failure import Failure
from twisted.web.http import HTTPChannel
from twisted.web.http_headers import Headers
from zope.interface import implementer

#: The largest frame of a message on a socket.
FRAME_BYTES = 64 * 1024
_TEXT, _BINARY, _CONTINUATION = 1, 2, 0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a peer has to be."""

    #: From the first byte of a request to the end of its headers.
    header_seconds: float = 30.0
    #: A body brings at least `body_bytes` in each `body_seconds`, or its end.
    body_seconds: float = 20.0
    body_bytes: int = 20 * 1024
    #: How long the reader of an event stream or socket may take nothing while something waits.
    stall_seconds: float = 60.0
    #: How long a socket that we close may take to say goodbye as well.
    goodbye_seconds: float = 10.0


@implementer(IPushProducer)
class Gate:
    """Open while the transport takes data; the ASGI `send` waits here.

    Who keeps it closed for more than `seconds` is cut.
    """

    def __init__(self, cut: Callable[[], None], seconds: float | None) -> None:
        self._open = asyncio.Event()
        self._open.set()
        self._cut = cut
        self._seconds = seconds

    def pauseProducing(self) -> None:
        """Close: the transport's buffer is full."""
        self._open.clear()

    def resumeProducing(self) -> None:
        """Open: the transport has room again."""
        self._open.set()

    def stopProducing(self) -> None:
        """Open permanently: no one reads any more, so no one should wait."""
        self._open.set()

    async def passed(self) -> None:
        """Return when the gate is open, or the reader has been cut."""
        if self._open.is_set():
            return
        try:
            async with asyncio.timeout(self._seconds):
                await self._open.wait()
        except TimeoutError:
            self._cut()


class Transport(TcpConnection):
    """A connection that sends what was written at the end of the loop's turn.

    Twisted has the system say first that there is room, which costs two changes of what is watched
    and a turn of the loop; here that is only for what did not find room.
    """

    _due = _watched = False

    def startWriting(self) -> None:
        """See to it that what was written is sent."""
        if not (self._due or self._watched):
            self._due = True
            self.reactor._asyncioEventloop.call_soon(self._send)

    def stopWriting(self) -> None:
        """Watch no longer for room."""
        if self._watched:
            self._watched = False
            super().stopWriting()

    def _send(self) -> None:
        self._due = False
        if self.connected:
            self.reactor._readOrWrite(self, False)
        rest = len(self.dataBuffer) - self.offset + self._tempDataLen
        if self.connected and rest and not self._due:
            self._watched = True
            super().startWriting()


class Deadline:
    """The time by which something has to have happened; to move it sets no timer, as a rule."""

    def __init__(self, later: Callable[[float, Callable[[], None]], DelayedCall]) -> None:
        self._later = later
        self._due: float | None = None
        self._late: Callable[[], None] = lambda: None
        self._timer: DelayedCall | None = None
        self._rings = 0.0

    @property
    def is_set(self) -> bool:
        """Whether anything is waited for."""
        return self._due is not None

    def set(self, seconds: float, late: Callable[[], None]) -> None:
        """Have `late` called after so many seconds from now, and nothing else."""
        self._due, self._late = time.monotonic() + seconds, late
        if self._timer is None or self._rings > self._due:
            self._ring()

    def clear(self) -> None:
        """Wait for nothing; a timer that is set finds nothing to do."""
        self._due = None

    def stop(self) -> None:
        """Wait for nothing any more."""
        self._due = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        assert self._due is not None
        if self._timer is not None:
            self._timer.cancel()
        self._rings = self._due
        self._timer = self._later(max(0.0, self._due - time.monotonic()), self._rung)

    def _rung(self) -> None:
        self._timer = None
        if self._due is None:
            return
        if self._due > time.monotonic():
            self._ring()
        else:
            self._due = None
            self._late()


class Channel(HTTPChannel):
    """An HTTP connection whose requests have to arrive in time."""

    pace = Pace()
    _came = 0

    def __init__(self) -> None:
        super().__init__()
        self._arrival, self._idle = Deadline(self.callLater), Deadline(self.callLater)

    def setTimeout(self, period: int | None) -> int | None:
        """Cut a connection without a request after so many seconds, or not at all."""
        before, self.timeOut = self.timeOut, period
        if period is None:
            self._idle.clear()
        else:
            self._idle.set(period, self.timeoutConnection)
        return before

    def resetTimeout(self) -> None:
        """Count these seconds from now on."""
        if self._idle.is_set:
            self.setTimeout(self.timeOut)

    def dataReceived(self, data: bytes) -> None:
        """Start the clock with the first byte of a request."""
        if not (self._arrival.is_set or self._handlingRequest):
            self._arrival.set(self.pace.header_seconds, self._late)
        super().dataReceived(data)

    def allHeadersReceived(self) -> None:
        """Watch the body from here on."""
        self._came = 0
        self._arrival.set(self.pace.body_seconds, self._check_body)
        super().allHeadersReceived()

    def rawDataReceived(self, data: bytes) -> None:
        """Count what comes of a body."""
        self._came += len(data)
        super().rawDataReceived(data)

    def allContentReceived(self) -> None:
        """Stop the clock: the request is there."""
        self._arrival.clear()
        super().allContentReceived()

    def writeHeaders(self, version: bytes, code: bytes, reason: bytes, headers: Headers) -> None:
        """Write the head of a response in one piece; Twisted would check four for each header."""
        pairs = ((name, value) for name, values in headers.getAllRawHeaders() for value in values)
        lines = (b"%s: %s\r\n" % pair for pair in pairs)
        self.write(b"%s %s %s\r\n%s\r\n" % (version, code, reason, b"".join(lines)))

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        """Stop the clocks."""
        super().connectionLost(reason)
        self._arrival.stop()
        self._idle.stop()

    def _check_body(self) -> None:
        if self._came < self.pace.body_bytes:
            self._late()
            return
        self._came = 0
        self._arrival.set(self.pace.body_seconds, self._check_body)

    def _late(self) -> None:
        """Respond with 408 and close; who does not even read that is cut by `timeoutConnection`."""
        payload = json.dumps(
            {"error": "The request took too long to arrive.", "code": "REQUEST_TIMEOUT"}
        ).encode()
        self.write(
            b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\n"
            b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(payload), payload)
        )
        self.timeoutConnection()


class Socket(WebSocketProtocol):
    """A WebSocket whose messages go out frame by frame, as its reader takes them."""

    def onConnect(self, request: Any) -> Any:
        """Learn from the transport when there is room; the HTTP connection did so far."""
        self._turn = asyncio.Lock()
        self.written: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._gate = Gate(self.transport.abortConnection, self.factory.pace.stall_seconds)
        self.unregisterProducer()
        self.registerProducer(self._gate, True)
        return super().onConnect(request)

    def serverSend(self, content: str | bytes, binary: bool = False) -> None:
        """Begin to send a message; `written` is done when it has gone out.

        A task of its own, because half a message would spoil the connection when its sender is
        cancelled.
        """
        self.written = asyncio.ensure_future(self._write(content, binary))

    async def _write(self, content: str | bytes, binary: bool) -> None:
        async with self._turn:
            for start in range(0, len(content), FRAME_BYTES):
                if self.state != self.STATE_OPEN:
                    return
                chunk = content[start : start + FRAME_BYTES]
                self.sendFrame(
                    opcode=_CONTINUATION if start else _BINARY if binary else _TEXT,
                    payload=chunk.encode() if isinstance(chunk, str) else chunk,
                    fin=start + FRAME_BYTES >= len(content),
                )
                await self._gate.passed()


class SocketFactory(WebSocketFactory):
    """Makes such sockets."""

    protocol = Socket

    def __init__(self, site: Any, **options: Any) -> None:
        self.pace: Pace = site.pace
        super().__init__(site, **options)
        # Autobahn's own wait is one second, and its timer drops fractions, so it may be none: a
        # client that is slow to say goodbye would see a lost connection in place of our code.
        self.setProtocolOptions(closeHandshakeTimeout=self.pace.goodbye_seconds)
