"""The background task that probes every runner, and closes connections that are not in use."""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from django.conf import settings

from workflows import database
from workflows.boundaries import background
from workflows.errors import PatchbayError
from workflows.models import Runner
from workflows.runners import pool
from workflows.runners.connections import Connections

logger = logging.getLogger(__name__)

#: Runners that are probed at a time.
AT_ONCE = 8


class HealthChecker:
    """Probes the runners of an engine every RUNNER_PROBE_SECONDS."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._room = asyncio.Semaphore(AT_ONCE)
        #: Runners that responded in the last round, and whose node types have been read since.
        self._known: set[UUID] = set()

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            with background(logger, "the engine could not probe the runners"):
                await self.round()
            await asyncio.sleep(settings.RUNNER_PROBE_SECONDS)

    async def round(self) -> None:
        """Probe every active runner once."""
        rows = await database.read(pool.active)
        await asyncio.gather(*(self._visit(row) for row in rows))
        await self._connections.close_idle()

    async def _visit(self, row: Runner) -> None:
        async with self._room:
            health = await pool.examine(row, by_user=False)
        await database.read(pool.keep_health, row, health)
        if health["state"] != pool.UP:
            self._known.discard(row.pk)
        elif (
            row.pk not in self._known
            or self._connections.may_have_restarted(row.pk)
            or await database.read(pool.is_catalogue_due, row)
        ):
            await self._learn(row)

    async def _learn(self, row: Runner) -> None:
        """Read the node types of a runner that is new, was unreachable, or may have others now."""
        connection = self._connections.existing(row.pk)
        with background(logger, "runner %s: its node types could not be read", row.pk):
            try:
                async with self._room:
                    found = await (
                        connection.catalogue() if connection else pool.read_catalogue(row)
                    )
            except PatchbayError as error:
                logger.info("runner %s: %s", row.pk, error)
                return
            await database.read(pool.store_catalogue, row, found)
            self._known.add(row.pk)
