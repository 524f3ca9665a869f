"""The right of an engine to execute runs, and which runs are left for it.

A `Seat` is all that an engine knows of others. SQLite: there are none, for a locked file beside the
database keeps them out, and the kernel keeps it locked until we die. PostgreSQL: engines share the
runs (`shared.py`); the one inside a web process also holds a lock that no second one gets.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol
from uuid import UUID

from django.db import connection
from django.db.backends.utils import CursorWrapper

from workflows.engine.file_lock import FileLock
from workflows.engine.limits import Slots
from workflows.engine.reserved import Reserved
from workflows.models import Run
from workflows.models.runs import DUE

#: How long a start waits for the lock of a process that has just died.
PATIENCE_SECONDS = 2.0
#: How often a session is checked.
KEEP_SECONDS = 2.0


class Seat(Protocol):
    """The right to execute runs of a database."""

    #: How often an engine looks for runs that no engine executes, and for those that it lost.
    sweep_seconds: float

    @property
    def name(self) -> str:
        """What the runs of this engine name as their runner."""

    @property
    def leads(self) -> bool:
        """Whether this engine is the one that does what is done once for all."""

    def open(self, fit: Callable[[], bool]) -> None:
        """Begin, when the tables are there; `fit` says whether the engine still works."""

    def slots(self) -> Slots:
        """Return what limits calls of providers."""

    def reserved(self) -> Reserved:
        """Return what keeps the amounts that calls are about to spend."""

    def number(self) -> int:
        """Return a number that no other engine has now, the smallest that is free."""

    async def feed(self) -> None:
        """Bring the engine runs that wait in a queue, until cancelled; return if there is none."""

    def holds(self, cursor: CursorWrapper) -> bool:
        """Return whether runs may be claimed, within the transaction that does."""

    def strays(self) -> list[tuple[UUID, int]]:
        """List the runs, by id and owner, that this engine is to execute if it does not yet."""

    def lost(self, run_ids: list[UUID]) -> list[tuple[UUID, bool]]:
        """List those of an engine's running runs that it has lost, and whether to another engine
        (else they have ended)."""

    def pass_on(self, run_id: UUID, node_types: Collection[str]) -> bool:
        """Give a run to another engine, which knows these node types; False: there is none."""

    def keep(self) -> None:
        """Take a lost lock again. Raises Taken, and Unreachable while the database is away."""

    def close(self) -> None:
        """Let go."""


class SoleSeat:
    """That of the one engine of an SQLite database."""

    sweep_seconds = 30.0
    leads = True

    def __init__(self, path: Path) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self._lock = FileLock(path)

    def open(self, fit: Callable[[], bool]) -> None:
        """Do nothing: there is no one to notify."""

    def slots(self) -> Slots:
        """Return those of this process."""
        return Slots()

    def reserved(self) -> Reserved:
        """Return those of this process."""
        return Reserved()

    def number(self) -> int:
        """Return 0: there is no other."""
        return 0

    async def feed(self) -> None:
        """Return at once: the caller that creates a run submits it."""

    def holds(self, cursor: CursorWrapper) -> bool:
        """Return True: the kernel takes nothing away."""
        return True

    def strays(self) -> list[tuple[UUID, int]]:
        """List all that have not ended: what another engine began, it left."""
        rows = Run.objects.filter(DUE).order_by("turn", "created_at")
        return list(rows.values_list("pk", "owner_id"))

    def lost(self, run_ids: list[UUID]) -> list[tuple[UUID, bool]]:
        """Return none: the caller that cancels a run here notifies the engine."""
        return []

    def pass_on(self, run_id: UUID, node_types: Collection[str]) -> bool:
        """Return False: there is no other."""
        return False

    def keep(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Let go."""
        self._lock.close()


def take() -> Seat:
    """Become the engine inside the web processes of a site.

    Raises Taken when there is another, and Unreachable while the database is away.
    """
    if connection.vendor == "postgresql":
        # Imported here: SQLite needs no driver of PostgreSQL.
        from workflows.engine.session_lock import SessionLock
        from workflows.engine.shared import EmbeddedSeat

        return EmbeddedSeat(SessionLock(PATIENCE_SECONDS))
    file = Path(connection.settings_dict["NAME"]).resolve()
    return SoleSeat(file.with_name(f"{file.name}-engine"))
