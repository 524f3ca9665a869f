"""Finds the node that kills the process: after a death, suspects begin one after another.

A suspect is a node that was submitted and not finished when a process died over its run. Whether it
had begun is not known of the first death, so that one blames no node. From then on only one
suspect of the process works at a time, and the journal says which (`Suspected`): the next death
counts for that one alone. A suspect that waits for a provider gives its turn up. Of a list, the
first item that is done clears the node.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from heapq import heappop, heappush
from itertools import count
from typing import TYPE_CHECKING

from workflows.journal.events import Suspected

if TYPE_CHECKING:
    from workflows.journal.journal import Journal
    from workflows.types import NodeId

#: Deaths of a process while a node alone was suspected that mean that the node causes them.
DEATHS = 3
#: How long a suspect that has been at a death lets the others go first, once, for each death.
BACK_OFF_SECONDS = 1.0
#: How long others wait for a suspect's turn to end; the suspicion goes over to the next one then.
TURN_SECONDS = 60.0
#: A process that has lived so long is not being killed by what was suspected.
FORGET_SECONDS = 600.0


class Suspect:
    """One suspected node of one attempt; `deaths` are those it was alone suspected of."""

    def __init__(self, turns: Turns, journal: Journal, node_id: NodeId, deaths: int) -> None:
        self.deaths = deaths
        #: The node's time-out; waiting for a turn is not the node's time.
        self.scope: asyncio.Timeout | None = None
        #: Whether it has let the others go first.
        self.has_waited = False
        self._turns = turns
        self._journal = journal
        self._node_id = node_id
        self._written = deaths
        self._outside = 0
        self._is_cleared = False

    async def begin(self) -> None:
        """Return when it is this node's turn and the journal says so durably."""
        if self._turns.holder is not self and not self._is_cleared:
            await self._turns.take(self)
            await self._journal.flush()

    @asynccontextmanager
    async def outside(self) -> AsyncIterator[None]:
        """Let others have the turn while this node waits for a provider."""
        if self._is_cleared:
            yield
            return
        self._outside += 1
        if self._outside == 1:
            self.mark(self.deaths)
            self._turns.leave(self)
        try:
            yield
        finally:
            self._outside -= 1
        if self._outside:
            return
        loop = asyncio.get_running_loop()
        ends, since = self.scope and self.scope.when(), loop.time()
        if self.scope is None or ends is None:
            await self.begin()
            return
        self.scope.reschedule(None)
        await self.begin()
        self.scope.reschedule(ends + loop.time() - since)

    def end(self) -> None:
        """Give the turn up permanently; the node's last line has cleared it, or will."""
        self._turns.leave(self)

    def forget(self) -> None:
        """Take back every suspicion."""
        self.deaths = 0
        self.mark(0)

    def clear(self) -> None:
        """Suspect this node no more: it has done, and written down, a part of its work."""
        self.forget()
        self.end()
        self._is_cleared = True

    def mark(self, deaths: int) -> None:
        """Write how many deaths are this node's if the process dies now."""
        if self._written != deaths and self._journal.is_open:
            self._written = deaths
            self._journal.append(Suspected(self._node_id, deaths))


class Turns:
    """Whose turn it is among the suspects of a process; those of the fewest deaths come first."""

    def __init__(self) -> None:
        self.holder: Suspect | None = None
        self._over = False
        self._late = False
        self._timer: asyncio.TimerHandle | None = None
        self._number = count()
        self._waiting: list[tuple[int, int, Suspect, asyncio.Future[None]]] = []

    async def take(self, suspect: Suspect) -> None:
        """Wait for a turn and mark the suspect with it."""
        if suspect.deaths and not self._over and not suspect.has_waited:
            await asyncio.sleep(suspect.deaths * BACK_OFF_SECONDS)
            suspect.has_waited = True
        if self._over:
            suspect.forget()
            return
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting, (suspect.deaths, next(self._number), suspect, turn))
        self._advance()
        try:
            await turn
        except asyncio.CancelledError:
            self.leave(suspect)
            raise

    def leave(self, suspect: Suspect) -> None:
        """End a suspect's turn, if it has it."""
        if self.holder is suspect:
            self.holder = None
            self._advance()

    def forget(self) -> None:
        """End the suspicion, because the process has lived for long."""
        self._over = True
        holder, self.holder = self.holder, None
        if holder is not None:
            holder.forget()
        waiting, self._waiting = self._waiting, []
        for _, _, suspect, turn in waiting:
            if not turn.done():
                suspect.forget()
                turn.set_result(None)

    def _advance(self) -> None:
        while self._waiting and (self.holder is None or self._late):
            _, _, suspect, turn = heappop(self._waiting)
            if turn.done():
                continue
            if self.holder is not None:
                self.holder.mark(self.holder.deaths)
            self.holder, self._late = suspect, False
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_later(TURN_SECONDS, self._expire)
            suspect.mark(suspect.deaths + 1)
            turn.set_result(None)

    def _expire(self) -> None:
        self._late = True
        self._advance()
