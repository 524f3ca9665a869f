"""The connections of an engine to its runners: one for each, made when needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from workflows import database
from workflows.models import Runner
from workflows.runners import pool
from workflows.runners.connection import Connection
from workflows.runners.endpoint import Endpoint

#: How long what a runner's row says is believed.
FRESH_SECONDS = 5.0
#: A connection that was not used for so long is closed.
IDLE_SECONDS = 300.0


@dataclass(slots=True)
class _Entry:
    row: Runner
    connection: Connection
    endpoint: Endpoint
    read_at: float


class Connections:
    """Owns the connections; for one event loop.

    A runner sends messages to one connection of each client id, so every engine of a site has its
    own, by its `number`.
    """

    def __init__(self, number: Callable[[], int] = lambda: 0) -> None:
        self._number = number
        self._entries: dict[UUID, _Entry] = {}
        self._lock = asyncio.Lock()
        #: Set when there is a request to be cancelled (`cancels.py`).
        self.cancels = asyncio.Event()

    async def of(self, runner_id: UUID) -> tuple[Runner, Connection] | None:
        """Return a runner and the connection to it; None when it is not registered any more.

        A runner whose URL or headers have changed gets a new connection. Raises FetchRefused for a
        URL that could never be called.
        """
        entry = self._entries.get(runner_id)
        if entry is not None and time.monotonic() - entry.read_at < FRESH_SECONDS:
            return entry.row, entry.connection
        async with self._lock:
            row = await database.read(_row, runner_id)
            entry = self._entries.get(runner_id)
            if row is None:
                await self._close(runner_id)
                return None
            endpoint, client_id = pool.endpoint_of(row), self._client_id(runner_id)
            # Another engine may have our number by now, and go by the id that was ours.
            same = entry is not None and entry.connection.client_id == client_id
            if (
                entry is not None
                and entry.endpoint == endpoint
                and (same or entry.connection.open_requests)
            ):
                entry.row, entry.read_at = row, time.monotonic()
                return row, entry.connection
            await self._close(runner_id)
            connection = Connection(endpoint, client_id, settings.RUNNER_POLL_SECONDS)
            self._entries[runner_id] = _Entry(row, connection, endpoint, time.monotonic())
            return row, connection

    def open_requests(self, runner_id: UUID) -> int:
        """Return how many requests of ours are under way at a runner."""
        entry = self._entries.get(runner_id)
        return entry.connection.open_requests if entry is not None else 0

    def failed_lately(self, runner_id: UUID) -> bool:
        """Return whether a runner did not respond a moment ago, whatever its health says."""
        entry = self._entries.get(runner_id)
        failed = entry.connection.failed_at if entry is not None else None
        return failed is not None and time.monotonic() - failed < settings.RUNNER_PROBE_SECONDS

    def may_have_restarted(self, runner_id: UUID) -> bool:
        """Return whether a runner's socket was lost since its node types were read."""
        entry = self._entries.get(runner_id)
        return entry is not None and entry.connection.may_have_restarted

    def existing(self, runner_id: UUID) -> Connection | None:
        """Return the connection to a runner that there is already."""
        entry = self._entries.get(runner_id)
        return entry.connection if entry is not None else None

    async def close_idle(self) -> None:
        """Close the connections that are not in use."""
        before = time.monotonic() - IDLE_SECONDS
        for runner_id, entry in list(self._entries.items()):
            entry.connection.tidy()
            if not entry.connection.open_requests and entry.connection.used_at < before:
                await self._close(runner_id)

    async def close(self) -> None:
        """Close every connection; requests go on at the runners."""
        for runner_id in list(self._entries):
            await self._close(runner_id)

    def _client_id(self, runner_id: UUID) -> str:
        """Return an id that this engine of this installation alone goes by, and no one can guess.

        It stays the same over a restart, so that the runner goes on reporting.
        """
        name = f"{runner_id}:{number}" if (number := self._number()) else str(runner_id)
        return f"patchbay-{salted_hmac('workflows.runners', name).hexdigest()[:32]}"

    async def _close(self, runner_id: UUID) -> None:
        entry = self._entries.pop(runner_id, None)
        if entry is not None:
            await entry.connection.close()


def _row(runner_id: UUID) -> Runner | None:
    found: Runner | None = Runner.objects.filter(pk=runner_id).first()
    return found
