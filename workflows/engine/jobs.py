"""The adapter to Procrastinate, which carries runs to workers: a job says which run, no more.

A job is created in the transaction that gives its run a place, and deleted when the worker is done
with it. Only this module and `tasks.py` know Procrastinate, and it is imported on PostgreSQL alone.
"""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from django.db import OperationalError, connection

from workflows import database
from workflows.models import Run

logger = logging.getLogger(__name__)

#: The name of the task in `tasks.py`. It stays: workers of two versions share a queue.
TASK = "patchbay.run"
#: How often a worker looks whether there are jobs that it was not told of.
LOOK_SECONDS = 2.0
#: How long a stopping worker waits for its jobs; the runs of those that take longer go on without.
PATIENCE_SECONDS = 1.0
#: After so long the job of a run that has ended is no worker's any more.
ENDED_SECONDS = 10
JOBS = "procrastinate_jobs"


def defer(run_id: UUID, owner_id: int, queue: str, priority: int) -> int:
    """Put a run into a queue, within the caller's transaction; return the id of the job."""
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    task = app.configure_task(TASK, queue=queue, priority=priority)
    try:
        return task.defer(run_id=str(run_id), owner_id=owner_id)
    except ConnectorException as error:
        raise OperationalError(str(error)) from error


def discard(job_id: int) -> None:
    """Delete a job, whatever has become of it."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {JOBS} WHERE id = %s", [job_id])


def discard_left() -> None:
    """Delete the jobs that dead workers, and lost databases, have left of runs that have ended.

    Those that have just ended are deleted by their workers.
    """
    runs = f'"{Run._meta.db_table}"'
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {JOBS} j WHERE j.status <> 'todo' AND NOT EXISTS (SELECT 1 FROM {runs} r "
            "WHERE r.id = (j.args->>'run_id')::uuid AND (r.finished_at IS NULL "
            f"OR r.finished_at > clock_timestamp() - interval '{ENDED_SECONDS} seconds'))"
        )


async def serve(queue: str, concurrency: int) -> None:
    """Have the jobs of a queue done, so many at once, until cancelled; outlives the database."""
    from procrastinate.contrib.django import app
    from procrastinate.psycopg_connector import PsycopgConnector

    from workflows.engine.session_lock import parameters

    failures = 0
    while True:
        connector = PsycopgConnector(kwargs=parameters(), min_size=1, max_size=4, timeout=5.0)
        try:
            worker = app.with_connector(connector)
            async with worker.open_async():
                failures = 0
                await worker.run_worker_async(
                    queues=[queue],
                    concurrency=concurrency,
                    delete_jobs="always",
                    # Those of its Django app close connections, which our threads keep.
                    task_middleware=[],
                    install_signal_handlers=False,
                    fetch_job_polling_interval=LOOK_SECONDS,
                    shutdown_graceful_timeout=PATIENCE_SECONDS,
                )
        except Exception as error:  # the database is away, or whatever it is: jobs must be taken
            logger.warning("no jobs can be taken: %s", error)
        failures += 1
        await asyncio.sleep(database.pause_seconds(failures))
