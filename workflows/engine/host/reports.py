"""How far a node is, reported to the journal: often by the node, seldom to the disk."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.journal.events import Progress

if TYPE_CHECKING:
    from workflows.engine.run import ActiveRun

#: A node's progress is written down at most this often; the first and the last report always are.
PROGRESS_SECONDS = 0.5


class Reports:
    """Coalesces the progress that the calls of one node report."""

    __slots__ = ("_due", "_run", "_timer", "_waiting", "items")

    def __init__(self, run: ActiveRun) -> None:
        self._run = run
        self._due = 0.0
        self._waiting: Progress | None = None
        self._timer: asyncio.TimerHandle | None = None
        #: Of a list's calls, how many are done and how many there are; None for a single call.
        self.items: tuple[int, int] | None = None

    def add(self, report: Progress) -> None:
        """Write a report down now or a little later, unless a newer one takes its place."""
        if report.preview is None and self._waiting is not None:
            report = replace(report, preview=self._waiting.preview)
        now = time.monotonic()
        if now >= self._due and self._timer is None:
            self._due = now + PROGRESS_SECONDS
            self._run.journal.append(report)
            return
        self._waiting = report
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._due - now, self._report)

    def close(self) -> None:
        """Write the last one down."""
        if self._timer is not None:
            self._timer.cancel()
        self._report()

    def _report(self) -> None:
        report, self._waiting, self._timer = self._waiting, None, None
        if report is None or self._run.journal.broken is not None:
            return
        self._due = time.monotonic() + PROGRESS_SECONDS
        self._run.journal.append(report)
