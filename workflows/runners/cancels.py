"""Requests at runners that are to be cancelled: stored, and sent until the runner responds.

A row is there from the moment a run is cancelled until the runner has responded, even when this
process or the runner restarts meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from uuid import UUID

from workflows import broadcast, database
from workflows.boundaries import background
from workflows.errors import PatchbayError
from workflows.models import Runner, RunnerCancel
from workflows.runners.connections import Connections

logger = logging.getLogger(__name__)

#: How long until a cancel that had no response is sent again.
AGAIN_SECONDS = 3.0
#: How often rows are looked for that other processes have written.
POLL_SECONDS = 30.0
RESPONSE_SECONDS = 15.0
#: The topic on which processes say that there is something to cancel.
TOPIC = "cancels"


def remember(request_ids: Iterable[str]) -> None:
    """Write down that requests (`<runner id>/<prompt id>`) are to be cancelled."""
    rows = [
        RunnerCancel(runner_id=UUID(runner), prompt_id=prompt)
        for runner, _, prompt in (id.partition("/") for id in set(request_ids))
    ]
    if not rows:
        return
    known = set(
        Runner.objects.filter(pk__in=[row.runner_id for row in rows]).values_list("pk", flat=True)
    )
    rows = [row for row in rows if row.runner_id in known]
    RunnerCancel.objects.bulk_create(rows, ignore_conflicts=True)
    broadcast.publish(TOPIC)


class Canceller:
    """Sends runners what to cancel, until each has responded."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def run(self) -> None:
        """Go on until cancelled."""
        loop = asyncio.get_running_loop()

        def hear(_: str | None) -> None:
            # A loop that has closed meanwhile has nothing to do any more.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._connections.cancels.set)

        broadcast.subscribe(TOPIC, hear)
        try:
            while True:
                left = True
                with background(logger, "the engine could not cancel requests at runners"):
                    left = await self.round()
                with suppress(TimeoutError):
                    async with asyncio.timeout(AGAIN_SECONDS if left else POLL_SECONDS):
                        await self._connections.cancels.wait()
        finally:
            broadcast.unsubscribe(TOPIC, hear)

    async def round(self) -> bool:
        """Send to every runner once; return whether one has not responded."""
        self._connections.cancels.clear()
        open: dict[UUID, list[str]] = {}
        for runner_id, prompt_id in await database.read(_open):
            open.setdefault(runner_id, []).append(prompt_id)
        heard = await asyncio.gather(*(self._notify(id, prompts) for id, prompts in open.items()))
        return not all(heard)

    async def _notify(self, runner_id: UUID, prompts: list[str]) -> bool:
        for prompt_id in prompts:
            try:
                found = await self._connections.of(runner_id)
                if found is not None:
                    async with asyncio.timeout(RESPONSE_SECONDS):
                        await found[1].client.cancel(prompt_id)
            except (PatchbayError, TimeoutError) as error:
                logger.info("runner %s has not heard of a cancel: %s", runner_id, error)
                return False
            await database.read(_forget, runner_id, prompt_id)
        return True


def _open() -> list[tuple[UUID, str]]:
    # The newest first, or those that wait would begin as those before them are stopped.
    rows = RunnerCancel.objects.order_by("-pk")
    return list(rows.values_list("runner_id", "prompt_id"))


def _forget(runner_id: UUID, prompt_id: str) -> None:
    RunnerCancel.objects.filter(runner_id=runner_id, prompt_id=prompt_id).delete()
