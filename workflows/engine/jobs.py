"""The adapter to Procrastinate, which carries runs to workers: a job says which run, no more.

A job is created in the transaction that gives its run a place, and deleted when the worker is done
with it. Only this module and `tasks.py` know Procrastinate, and it is imported on PostgreSQL alone.
"""

from __future__ import annotations

import asyncio
import logging
from uuid import UUID

from django.db import OperationalError, connection, transaction

from workflows import database
from workflows.models import Run, RunStatus

logger = logging.getLogger(__name__)

#: The name of the task in `tasks.py`. It stays: workers of two versions share a queue.
TASK = "patchbay.run"
#: How often a worker checks whether there are jobs that it was not notified of.
POLL_SECONDS = 2.0
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


def withdraw(job_id: int) -> None:
    """Delete a job that waits; one that a worker has taken ends by itself."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {JOBS} WHERE id = %s AND status = 'todo'", [job_id])


def first_of(run_id: UUID, owner_id: int) -> UUID:
    """Return the run of an account whose turn it is, when the job of `run_id` has been taken.

    The two runs swap their jobs. Jobs are taken by the priority they were given; which run of the
    account that is for, its runs' turns say.
    """
    runs, queued = f'"{Run._meta.db_table}"', str(RunStatus.QUEUED)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id, r.job_id, mine.job_id FROM {runs} r JOIN {JOBS} j ON j.id = r.job_id "
            f"JOIN {runs} mine ON mine.id = %s AND mine.queue = r.queue AND mine.status = %s "
            "WHERE r.owner_id = %s AND r.finished_at IS NULL AND r.status = %s "
            "AND (j.status = 'todo' OR r.id = mine.id) "
            "ORDER BY r.turn, r.created_at LIMIT 1 FOR UPDATE OF r SKIP LOCKED",
            [run_id, queued, owner_id, queued],
        )
        row = cursor.fetchone()
        if row is None or row[0] == run_id or None in row:
            return run_id
        first, its_job, my_job = row
        cursor.execute(
            f"UPDATE {JOBS} SET args = args || jsonb_build_object('run_id', %s::text) "
            "WHERE id = %s AND status = 'todo'",
            [str(run_id), its_job],
        )
        if not cursor.rowcount:
            return run_id  # another worker has just taken it
        Run.objects.filter(pk=run_id).update(job_id=its_job)
        Run.objects.filter(pk=first).update(job_id=my_job)
        return UUID(str(first))


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
                    fetch_job_polling_interval=POLL_SECONDS,
                    shutdown_graceful_timeout=PATIENCE_SECONDS,
                )
        except Exception as error:  # the database is away, or whatever it is: jobs must be taken
            logger.warning("no jobs can be taken: %s", error)
        failures += 1
        await asyncio.sleep(database.pause_seconds(failures))
