"""The task that workers do: execute a run. Procrastinate finds this module by its name."""

from __future__ import annotations

from uuid import UUID

from procrastinate.contrib.django import app

from workflows import database
from workflows.engine import jobs, singleton
from workflows.engine.jobs import TASK


@app.task(name=TASK)
async def run(run_id: str, owner_id: int) -> None:
    """Execute a run in the engine of this process, and return when it is done with it."""
    found = singleton.current()
    if found is not None:
        first = await database.read(jobs.first_of, UUID(run_id), owner_id)
        await found.carry(first, owner_id)
