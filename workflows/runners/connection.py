"""All that one process has to do with one runner: its connections, and who waits for what there."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping

import httpcore

from workflows.boundaries import background
from workflows.errors import PatchbayError
from workflows.media.guard import Resolve
from workflows.runners import messages, shapes
from workflows.runners.client import Client
from workflows.runners.endpoint import Endpoint
from workflows.runners.http import Http
from workflows.runners.messages import Message, PreviewImage
from workflows.runners.socket import Socket
from workflows.runners.tracker import Watch
from workflows.types import JsonObject

logger = logging.getLogger(__name__)

#: However much a runner sends, it is polled no more often than this.
SHORTEST_PAUSE_SECONDS = 0.05
#: A request that was not read for so long has no run that waits for it, or copies its files.
ABANDONED_SECONDS = 120.0
COPIED_SECONDS = 3600.0


class Connection:
    """Connections to a runner, and the requests of ours that are under way there.

    The runner sends the events of a request to the `client_id` it was submitted with. The id stays
    the same from process to process, so that the events of a request still come after a restart.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        client_id: str,
        poll_seconds: float,
        network: httpcore.AsyncNetworkBackend | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        self.endpoint = endpoint
        http = Http(endpoint, network, resolve)
        self.client = Client(http)
        #: When the runner was needed last, and when it last did not respond.
        self.used_at = time.monotonic()
        self.failed_at: float | None = None
        #: When its node types were last read here; `_openings` of the socket before.
        self.catalogue_at: float | None = None
        self._openings = 0
        self._poll_seconds = poll_seconds
        self._watches: dict[str, Watch] = {}
        self._socket = Socket(endpoint, http.guard, client_id, self._receive)
        self._wake = asyncio.Event()
        self._poller: asyncio.Task[None] | None = None

    @property
    def client_id(self) -> str:
        """The id to which the runner sends the events of our requests."""
        return self._socket.client_id

    @property
    def open_requests(self) -> int:
        """How many requests of ours are under way."""
        return sum(watch.ended is None for watch in self._watches.values())

    @property
    def may_have_restarted(self) -> bool:
        """Whether the socket was lost, or opened again, since the node types were read."""
        openings = self._socket.openings
        lost = openings > 0 and self._socket.open_since is None
        return lost or openings > max(self._openings, 1)

    async def catalogue(self) -> JsonObject:
        """Read the node types of the runner."""
        openings = self._socket.openings
        found = await self.client.object_info()
        self.catalogue_at, self._openings = time.monotonic(), openings
        return found

    async def ready(self) -> None:
        """Have the socket open before something is submitted, if that can be had."""
        self.used_at = time.monotonic()
        await self._socket.tried()

    def watch(
        self, prompt_id: str, titles: Mapping[str, str] | None = None, *, submitted: bool = True
    ) -> Watch:
        """Return what is known of a request, and keep it up to date from now on.

        One that is not `submitted` yet cannot be missed.
        """
        self.used_at = time.monotonic()
        found = self._watches.get(prompt_id)
        if found is None:
            found = Watch(prompt_id, titles or {}, submitted=submitted)
            self._watches[prompt_id] = found
            self._socket.start()
            if self._poller is None:
                self._poller = asyncio.get_running_loop().create_task(self._poll())
            self.refresh()
        found.read_at = time.monotonic()
        return found

    def drop(self, prompt_id: str) -> None:
        """Forget a request."""
        self.used_at = time.monotonic()
        self._watches.pop(prompt_id, None)

    def tidy(self) -> None:
        """Forget the requests that were not read for long: those of runs that have failed."""
        now = time.monotonic()
        for prompt_id, watch in list(self._watches.items()):
            longest = ABANDONED_SECONDS if watch.ended is None else COPIED_SECONDS
            if now - watch.read_at > longest:
                self.drop(prompt_id)

    def refresh(self) -> None:
        """Read queue and history now, not only when it is time."""
        self._wake.set()

    async def close(self) -> None:
        """End everything; requests go on at the runner."""
        poller, self._poller = self._poller, None
        if poller is not None:
            poller.cancel()
            await asyncio.gather(poller, return_exceptions=True)
        await self._socket.close()
        await self.client.http.close()

    # What the runner says.

    def _receive(self, frame: str | bytes) -> None:
        message = messages.read(frame)
        if isinstance(message, Message):
            # Events of requests that are not ours are ignored.
            watch = self._watches.get(message.prompt_id)
            if message.type == "status" or (watch is not None and watch.hear(message)):
                self.refresh()
        elif isinstance(message, PreviewImage):
            watch = self._watches.get(message.prompt_id) or self._running(message.prompt_id)
            if watch is not None:
                watch.show(message.body)
        elif message is not None and (watch := self._running("")) is not None:
            watch.say(message.text)

    def _running(self, prompt_id: str) -> Watch | None:
        """Return the request that runs, which frames without an id are of; one runs at a time."""
        if prompt_id:
            return None
        running = [watch for watch in self._watches.values() if watch.state == "running"]
        return running[0] if len(running) == 1 else None

    # What is read from the runner.

    async def _poll(self) -> None:
        due = time.monotonic()
        while True:
            self._wake.clear()
            pause: float | None = None
            if any(watch.ended is None for watch in self._watches.values()):
                on_time = time.monotonic() >= due
                if on_time:
                    due = time.monotonic() + self._poll_seconds
                await self._read(on_time)
                pause = max(due - time.monotonic(), SHORTEST_PAUSE_SECONDS)
            try:
                async with asyncio.timeout(pause):
                    await self._wake.wait()
                    await asyncio.sleep(SHORTEST_PAUSE_SECONDS)
            except TimeoutError:
                continue

    async def _read(self, on_time: bool) -> None:
        """Compare every request with queue and history; only reads `on_time` count as missed."""
        open = [watch for watch in self._watches.values() if watch.ended is None]
        # Whatever a runner makes us stumble over must not end the polling.
        with background(logger, "%s: could not be polled", self.endpoint.url):
            try:
                await self._compare(open, on_time)
                self.failed_at = None
                return
            except PatchbayError as error:
                logger.info("%s: %s", self.endpoint.url, error)
        self.failed_at = time.monotonic()
        for watch in open:
            if watch.ended is None:
                watch.away()

    async def _compare(self, open: list[Watch], on_time: bool) -> None:
        queue = await self.client.queue()
        for watch in open:
            if not watch.titles and watch.prompt_id in queue.prompts:
                # Submitted by a process before this one.
                watch.titles = shapes.titles(queue.prompts[watch.prompt_id])
            if watch.prompt_id in queue.running:
                watch.running()
            elif (position := queue.position(watch.prompt_id)) is not None:
                watch.queued(position)
            else:
                await self._read_history(watch, on_time)

    async def _read_history(self, watch: Watch, on_time: bool) -> None:
        ended = await self.client.history(watch.prompt_id)
        if ended is None:
            if on_time and watch.submitted:
                seen_at = watch.seen_at
                held = seen_at is not None and await self._socket.held_since(seen_at)
                watch.missed(removed=held)
            return
        opened = self._socket.open_since
        if not watch.heard and opened is not None and opened < watch.since:
            # It should have sent an event: the runner has lost the socket without closing it.
            await self._socket.renew()
        watch.done(ended)
