"""How a run gets to an engine and how it is called off. The row says `queued`; this is the bell.

Call these functions after the commit. A process without an engine does nothing here: the engine
finds the row when it looks for runs nobody executes.
"""

from __future__ import annotations

from uuid import UUID

from workflows.engine import embedded


def enqueue(run_id: UUID, owner_id: int = 0) -> None:
    """Let the engine of this process execute the run; owners take turns."""
    engine = embedded.current()
    if engine is not None:
        engine.submit(run_id, owner_id)


def expire_at(run_id: UUID, start_by: float) -> None:
    """Look at a time (seconds since the epoch) whether the run has begun; see `journal.expire`."""
    engine = embedded.current()
    if engine is not None:
        engine.expire_at(run_id, start_by)


def abort(run_id: UUID) -> None:
    """Stop executing a run that has been cancelled; `journal.cancel` has fenced it already."""
    engine = embedded.current()
    if engine is not None:
        engine.abort(run_id)
