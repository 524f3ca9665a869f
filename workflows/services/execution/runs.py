"""Runs: reading them, waiting for their end, cancelling; `starting.py` starts them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from workflows import database
from workflows.engine import discards, queue
from workflows.errors import ExecutionNotFound, ExecutionTimeout
from workflows.journal import transitions, wake
from workflows.journal.follow import REREAD_SECONDS
from workflows.models import Event, Run, RunStatus, Step, StepStatus, User
from workflows.models.runs import TERMINAL, UNFINISHED
from workflows.prepared import Parameter, PreparedQuery

MAX_LIST = 100
#: How long a thread waits for the end of a run that it has started.
SOON_SECONDS = 0.25
_WORKFLOW_HEAVY = ("workflow__nodes", "workflow__edges", "workflow__viewport", "workflow__extra")

_OWN = PreparedQuery(
    lambda: (
        Run.objects.select_related("workflow")
        .defer(*_WORKFLOW_HEAVY)
        .filter(owner=Parameter("owner"), pk=Parameter("id", Run._meta.pk))
    )
)
_END = PreparedQuery(
    lambda: Run.objects.only(
        "status", "output", "error", "cost", "created_at", "started_at", "finished_at"
    ).filter(pk=Parameter("id", Run._meta.pk))
)


def run_soon(*, run: Run) -> Run | None:
    """Return a run that was started just now once it has ended, None if that is not soon.

    Waits in this thread; only what the row says of the end is read.
    """
    with wake.end_of(run.pk) as end:
        try:
            end.result(SOON_SECONDS)
        except TimeoutError:
            return None
    return run_ended(run_id=run.pk)


def run_ended(*, run_id: UUID) -> Run | None:
    """Return what the row of a run says of its end, None before that. Raises ExecutionNotFound."""
    found = _END.one(id=run_id)
    if found is None:
        raise ExecutionNotFound()
    return found if found.status in TERMINAL else None


async def run_wait(*, run_id: UUID) -> Run:
    """Return what the row of a run says of its end when it has ended.

    Raises ExecutionTimeout after SYNC_RUN_SECONDS; the run goes on.
    """
    try:
        async with asyncio.timeout(settings.SYNC_RUN_SECONDS):
            while True:
                with wake.end_of(run_id) as end:
                    ended = await database.read(lambda: run_ended(run_id=run_id))
                    if ended is not None:
                        return ended
                    await asyncio.wait([asyncio.wrap_future(end)], timeout=REREAD_SECONDS)
    except TimeoutError as error:
        raise ExecutionTimeout(executionId=str(run_id)) from error


def run_get(*, user: User, run_id: UUID | str, everyone: bool = False) -> Run:
    """Return one of the user's own runs, or of `everyone`'s, with its workflow.

    Raises ExecutionNotFound.
    """
    if not isinstance(run_id, UUID):
        try:
            run_id = UUID(run_id)
        except ValueError:
            raise ExecutionNotFound() from None
    if everyone:
        rows = Run.objects.select_related("workflow").defer(*_WORKFLOW_HEAVY)
        found = rows.filter(pk=run_id).first()
    else:
        found = _OWN.one(owner=user.pk, id=run_id)
    if found is None:
        raise ExecutionNotFound()
    return found


def queue_length() -> int:
    """Count the runs, of everybody, that wait for their turn."""
    return Run.objects.filter(UNFINISHED, status=RunStatus.QUEUED).count()


def run_steps(*, run: Run) -> list[Step]:
    """List the steps of a run in the order they began; none is under way while it is paused."""
    rows = Step.objects.filter(run=run).order_by("started_at", "pk")
    if run.status == RunStatus.PAUSED:
        rows = rows.exclude(status=StepStatus.RUNNING)
    return list(rows)


def run_nodes(*, run: Run) -> list[str]:
    """List the ids of the nodes a run executes, in the order of its plan; empty until it starts."""
    started = Event.objects.filter(run_id=run.pk, type="started").order_by("-seq").first()
    return list(started.data.get("nodes", [])) if started else []


def run_states(*, run: Run) -> list[str]:
    """List the status of each node of a run, `pending` before its step; reads no results."""
    steps = dict(Step.objects.filter(run=run).values_list("node_id", "status"))
    return [steps.get(id, "pending") for id in dict.fromkeys([*run_nodes(run=run), *steps])]


def run_list(
    *,
    user: User,
    slug: str | None = None,
    states: Iterable[str] | None = None,
    source: str | None = None,
    token_id: int | None = None,
    before: datetime | UUID | None = None,
    limit: int = 20,
) -> list[Run]:
    """List the user's runs, newest first, of one workflow or of all.

    `states` are run statuses; `token_id` is the key that started them. `before` continues a list:
    behind a run of it, or before a time.
    """
    runs = (
        Run.objects.filter(owner=user).select_related("workflow", "payer").defer(*_WORKFLOW_HEAVY)
    )
    if slug is not None:
        runs = runs.filter(workflow__slug=slug)
    if states is not None:
        runs = runs.filter(status__in=list(states))
    if source is not None:
        runs = runs.filter(source=source)
    if token_id is not None:
        runs = runs.filter(token=token_id)
    if isinstance(before, UUID):
        last = run_get(user=user, run_id=before)
        same = Q(created_at=last.created_at, pk__lt=last.pk)
        runs = runs.filter(Q(created_at__lt=last.created_at) | same)
    elif before is not None:
        runs = runs.filter(created_at__lt=before)
    return list(runs.order_by("-created_at", "-pk")[: max(1, min(limit, MAX_LIST))])


@transaction.atomic
def run_cancel(*, user: User, run_id: UUID | str, everyone: bool = False) -> Run:
    """Cancel a run permanently, whichever engine executes it; a finished one stays as it is.

    `everyone`: also a run of another account. Raises ExecutionNotFound.
    """
    run = run_get(user=user, run_id=run_id, everyone=everyone)
    if transitions.cancel(run.pk):
        transaction.on_commit(partial(queue.abort, run.pk))
        if run.options.get(discards.OPTION):
            discards.delete_inputs(run.pk)
    return run_get(user=user, run_id=run.pk, everyone=everyone)
