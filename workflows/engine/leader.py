"""What is done once for all engines of a site: by the one whose seat leads.

It fails runs that have not begun in time, removes what has expired, probes the runners and sends
them what is to be cancelled.
"""

from __future__ import annotations

import asyncio
import logging

from django.utils import timezone

from workflows import database
from workflows.boundaries import background
from workflows.engine import upkeep
from workflows.engine.ownership import Seat
from workflows.journal import transitions
from workflows.media import litter
from workflows.runners import cancels
from workflows.runners.connections import Connections
from workflows.runners.health import HealthChecker

logger = logging.getLogger(__name__)

#: How often the leader does what falls due.
DUE_SECONDS = 30.0
#: How often an engine checks whether it leads, where there are several.
LEAD_SECONDS = 1.0
#: How often the leader removes what has expired, and how soon after the start for the first time.
TIDY_SECONDS = 3600.0
FIRST_TIDY_SECONDS = 60.0
#: How long what is under way may take to end when another engine leads.
STOP_SECONDS = 5.0


class Leader:
    """Does that while the seat of its engine leads."""

    def __init__(self, seat: Seat, connections: Connections) -> None:
        self._seat = seat
        self._connections = connections

    async def run(self) -> None:
        """Do what is done once for all, as long as this engine leads; until it is cancelled."""
        while True:
            while not self._seat.leads:  # noqa: ASYNC110  another thread finds out
                await asyncio.sleep(LEAD_SECONDS)
            duties = [
                asyncio.create_task(duty)
                for duty in (
                    self._do_due(),
                    self._tidy(),
                    HealthChecker(self._connections).run(),
                    cancels.Canceller(self._connections).run(),
                )
            ]
            try:
                while self._seat.leads:  # noqa: ASYNC110  the same
                    await asyncio.sleep(LEAD_SECONDS)
            finally:
                for duty in duties:
                    duty.cancel()
                # Those in the middle of a call close its connection.
                await asyncio.wait(duties, timeout=STOP_SECONDS)

    async def _do_due(self) -> None:
        """Fail runs that have not begun in time, delete files that have expired."""
        while True:
            with background(logger, "the engine could not do what was due"):
                await database.read(transitions.expire_overdue)
                await database.read(upkeep.delete_expired, timezone.now())
            await asyncio.sleep(DUE_SECONDS)

    async def _tidy(self) -> None:
        """Remove what has expired, a round at a time until nothing is left."""
        pause = FIRST_TIDY_SECONDS
        while True:
            await asyncio.sleep(pause)
            pause = TIDY_SECONDS
            with background(logger, "the engine could not tidy up"):
                more = True
                while more:
                    more = any(await database.read(upkeep.tidy, timezone.now()))
                await database.read(litter.remove, timezone.now())
                await database.read(upkeep.clear_sessions)
