"""The journal of a run while it is executed: the only writer of its status, steps and events.

A run belongs to one attempt at a time. A claim raises `attempt`; every later write names the
attempt it was made under, and writes of an older one change nothing (`Superseded`). Lines of all
runs of the process are committed together by `writer.py`; what changes a run that no engine
executes yet (or any more) is written by `transitions.py`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from workflows.billing.ledger import Charge, Spent
from workflows.errors import Superseded
from workflows.journal.events import Event
from workflows.journal.past import Past
from workflows.journal.records import CacheRow, StepRow
from workflows.types import Json


@dataclass(slots=True)
class Line:
    """One event that waits to be written, with the rows that must be true together with it."""

    seq: int
    at: datetime
    type: str
    data: str
    step: StepRow | None = None
    cache: CacheRow | None = None
    charge: Charge | Spent | None = None


@dataclass(slots=True)
class Ending:
    """What a run's row says from its last line on; `queued` returns the run to the queue."""

    status: str
    output: Json = None
    error: Json = None


@dataclass(slots=True)
class Claim:
    """A run that now belongs to us."""

    journal: Journal
    past: Past = field(default_factory=Past)


class Journal:
    """Writes for one attempt at one run. `append` returns at once; `flush` waits for the disk.

    Appending is for the engine's thread only; the writer thread takes what has gathered.
    """

    def __init__(
        self, run_id: UUID, attempt: int, seq: int, changed: Callable[[Journal, bool], None]
    ) -> None:
        # Called with the first line that waits, and with True when a caller waits for the lines.
        self.run_id = run_id
        self.attempt = attempt
        self.seq = seq
        self.written = seq
        #: Whether a webhook wants to know of the end.
        self.reported = False
        #: Whether the canvas shows its results.
        self.shown = False
        self.ending: Ending | None = None
        self.broken: BaseException | None = None
        #: Whether another engine executes the run by now; else, when we lost it, it has ended.
        self.taken_over = False
        self.on_broken: Callable[[], object] | None = None
        self._changed = changed
        self._lock = threading.Lock()
        self._lines: list[Line] = []
        #: Bytes of all lines there have been, up to the last one taken, and up to the last written.
        self._bytes = self._bytes_taken = self._bytes_written = 0
        self._waiters: list[tuple[int, Future[None]]] = []

    @property
    def is_open(self) -> bool:
        """Whether the run is still ours and has not ended."""
        return self.broken is None and self.ending is None

    @property
    def behind(self) -> int:
        """How many lines are not on disk yet."""
        return self.seq - self.written

    @property
    def bytes_behind(self) -> int:
        """How many bytes of lines are not on disk yet."""
        return self._bytes - self._bytes_written

    def append(
        self,
        event: Event,
        *,
        step: StepRow | None = None,
        cache: CacheRow | None = None,
        charge: Charge | Spent | None = None,
    ) -> int:
        """Add an event, and the rows that are true from then on, to the next commit.

        Returns the seq. Raises Superseded when another owner has the run, ValueError or TypeError
        when the event holds what JSON cannot say.
        """
        return self._put(event, event.line(), step, cache, charge, None)

    def end(self, event: Event, ending: Ending) -> int:
        """Add the last event of this attempt; the run's row changes with it."""
        return self._put(event, event.line(), None, None, None, ending)

    async def flush(self) -> None:
        """Return once every line appended so far is committed. Raises Superseded."""
        if self.broken is None and self.written >= self.seq:
            return
        future: Future[None] = Future()
        with self._lock:
            if self.broken is not None:
                raise self.broken
            if self.written >= self.seq:
                return
            self._waiters.append((self.seq, future))
        self._changed(self, True)
        await asyncio.wrap_future(future)

    def _put(
        self,
        event: Event,
        text: str,
        step: StepRow | None,
        cache: CacheRow | None,
        charge: Charge | Spent | None,
        ending: Ending | None,
    ) -> int:
        at = timezone.now()
        with self._lock:
            if self.broken is not None:
                raise self.broken
            if self.ending is not None:
                raise Superseded("This attempt has already written its last event.")
            self.seq += 1
            self._bytes += len(text)
            first = not self._lines
            self._lines.append(Line(self.seq, at, event.type, text, step, cache, charge))
            self.ending = ending
        if first:
            self._changed(self, False)
        return self.seq

    def take(self) -> tuple[list[Line], Ending | None]:
        """Pass the gathered lines to the writer, and the ending if it is among them."""
        with self._lock:
            lines, self._lines = self._lines, []
            self._bytes_taken = self._bytes
            return lines, self.ending

    def committed(self, seq: int) -> None:
        """Note that everything up to `seq` is on disk."""
        with self._lock:
            self.written = seq
            self._bytes_written = self._bytes_taken
            if not self._waiters:
                return
            ready = [future for wanted, future in self._waiters if wanted <= seq]
            self._waiters = [waiter for waiter in self._waiters if waiter[0] > seq]
        for future in ready:
            if future.set_running_or_notify_cancel():
                future.set_result(None)

    def fail(self, error: BaseException) -> None:
        """Note that nothing will be written under this attempt any more."""
        with self._lock:
            self.broken = error
            self._lines = []
            waiters, self._waiters = self._waiters, []
        for _, future in waiters:
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
        if self.on_broken is not None:
            self.on_broken()
