"""The one WebSocket to a runner: opened through the guard, reopened when lost, never two at a time.

Frames are handed on at once; a runner that sends more than can be used is read more slowly.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socket
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpcore
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from workflows.boundaries import background
from workflows.errors import PatchbayError
from workflows.media.guard import CONNECT_SECONDS, GuardedNetwork
from workflows.runners.endpoint import Endpoint, ssl_context

logger = logging.getLogger(__name__)

FRAME_BYTES = 8 * 1024 * 1024
OPEN_SECONDS = 10.0
CLOSE_SECONDS = 5.0
PING_SECONDS = 30.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
#: What a runner may say per second before it is read more slowly.
MESSAGES_PER_SECOND = 500
BYTES_PER_SECOND = 16 * 1024 * 1024

_HELLO = json.dumps({"type": "feature_flags", "data": {"supports_preview_metadata": True}})


class Socket:
    """Keeps a socket open under one client id until `close`; `receive` gets every frame.

    A server cuts the newer of two sockets of one id off without a word, so the old one has always
    been closed to the end before the next is opened.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        guard: GuardedNetwork,
        client_id: str,
        receive: Callable[[str | bytes], None],
    ) -> None:
        self.client_id = client_id
        #: When the socket that is open now was opened, by the monotonic clock; None: none is.
        self.open_since: float | None = None
        #: How often it has been opened.
        self.openings = 0
        self._endpoint = endpoint
        self._guard = guard
        self._receive = receive
        self._tried = asyncio.Event()
        self._connection: ClientConnection | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to keep a socket open, if that has not begun yet."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def tried(self) -> None:
        """Wait until the first try to open it has ended, in one way or the other."""
        self.start()
        await self._tried.wait()

    async def renew(self) -> None:
        """Close the socket; another one is opened after it."""
        if self._connection is not None:
            await self._connection.close()

    async def held_since(self, moment: float) -> bool:
        """Say whether the socket has been open since a moment, and the server still responds on it.

        Then it is still the same process: one that was restarted has closed its sockets, and a
        machine that has gone down without a word does not respond.
        """
        connection, opened = self._connection, self.open_since
        if connection is None or opened is None or opened > moment:
            return False
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await (await connection.ping())
        except (TimeoutError, OSError, WebSocketException):
            return False
        return connection is self._connection

    async def close(self) -> None:
        """Close the socket and open no other."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        failures = 0
        while True:
            failures += 1
            # A socket is a convenience; polling goes on, and so must this.
            with background(logger, "%s: the socket failed", self._endpoint.url):
                try:
                    async with await self._connect() as connection:
                        failures = 0
                        await self._listen(connection)
                except (OSError, WebSocketException, httpcore.ConnectError, PatchbayError) as error:
                    logger.info("%s: %s", self._endpoint.url, error)
                finally:
                    self._connection, self.open_since = None, None
                    self._tried.set()
            pause = min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures, 10), LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(pause * (0.5 + 0.5 * random.random()))

    async def _listen(self, connection: ClientConnection) -> None:
        await connection.send(_HELLO)
        self._connection, self.open_since = connection, time.monotonic()
        self.openings += 1
        self._tried.set()
        spent, began = 0.0, time.monotonic()
        async for frame in connection:
            self._receive(frame)
            spent += 1 / MESSAGES_PER_SECOND + len(frame) / BYTES_PER_SECOND
            now = time.monotonic()
            # What has not been used up of a second that is over is not saved.
            ahead = spent - (now - began)
            if ahead < 0:
                spent, began = 0.0, now
            await asyncio.sleep(ahead - 1 if ahead > 1 else 0)

    async def _connect(self) -> ClientConnection:
        url = self._endpoint.url
        scheme = "wss" if self._endpoint.is_secure else "ws"
        path = self._endpoint.target("/ws")
        secure: dict[str, Any] = {}
        if self._endpoint.is_secure:
            secure = {"ssl": ssl_context(), "server_hostname": url.host}
        dialled = await self._dial(url.host, url.port)
        try:
            # A socket of our own also means that no redirect is followed.
            return await connect(
                f"{scheme}://{url.authority}{path}?clientId={quote(self.client_id)}",
                sock=dialled,
                additional_headers=dict(self._endpoint.headers),
                user_agent_header="Patchbay",
                compression=None,
                proxy=None,
                open_timeout=OPEN_SECONDS,
                close_timeout=CLOSE_SECONDS,
                ping_interval=PING_SECONDS,
                ping_timeout=PING_SECONDS,
                max_size=FRAME_BYTES,
                **secure,
            )
        except BaseException:
            dialled.close()
            raise

    async def _dial(self, host: str, port: int) -> socket.socket:
        """Connect to one of the judged addresses of the runner's name."""
        failure: Exception = OSError("the name has no address")
        for address in await self._guard.addresses(host, port):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            dialled = socket.socket(family, socket.SOCK_STREAM)
            dialled.setblocking(False)
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    await asyncio.get_running_loop().sock_connect(dialled, (address, port))
            except (OSError, TimeoutError) as error:
                dialled.close()
                failure = error
            except BaseException:
                dialled.close()
                raise
            else:
                return dialled
        raise failure
