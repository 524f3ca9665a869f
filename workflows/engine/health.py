"""The chore that asks every active runner how it is, and closes connections nobody uses."""

from __future__ import annotations

import asyncio
import logging

from django.conf import settings

from workflows.engine import database, runners
from workflows.engine.links import Links
from workflows.models import Runner

logger = logging.getLogger(__name__)

#: Runners that are asked at a time.
AT_ONCE = 8


class Nurse:
    """Looks after the runners of an engine, every RUNNER_PROBE_SECONDS."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._room = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Go on until cancelled."""
        while True:
            try:
                await self.round()
            except Exception:  # a chore that fails is tried again later; runs must go on
                logger.exception("the engine could not look after the runners")
            await asyncio.sleep(settings.RUNNER_PROBE_SECONDS)

    async def round(self) -> None:
        """Ask every active runner once."""
        rows = await database.read(runners.active)
        await asyncio.gather(*(self._visit(row) for row in rows))
        await self._links.close_idle()

    async def _visit(self, row: Runner) -> None:
        async with self._room:
            health = await runners.examine(row, asked=False)
        version = str(health.get("version") or "")
        await database.read(runners.keep_health, row, health)
        if health["state"] == runners.UP and version:
            await self._learn(row)

    async def _learn(self, row: Runner) -> None:
        """Read the node types of a runner that is new or has changed its version."""
        if await database.read(runners.knows_catalogue, row):
            return
        try:
            async with self._room:
                answer = await runners.ask_catalogue(row)
        except Exception as error:
            logger.info("runner %s: %s", row.pk, error)
            return
        await database.read(runners.keep_catalogue, row, answer)
