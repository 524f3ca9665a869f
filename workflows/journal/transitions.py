"""Changes of a run from outside its engine: opened, cancelled, paused, resumed, expired, retried.

Each writes the run's row and its event within the caller's transaction, and wakes those who watch
on commit. While an engine executes the run, `journal.py` alone writes it.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from workflows.errors import ExecutionNotFound, NotPausable, NotRetryable
from workflows.journal import follow, wake
from workflows.journal.events import (
    Cancelled,
    Event,
    Failed,
    Paused,
    Queued,
    Resumed,
    Started,
    Submit,
)
from workflows.journal.records import insert_events, moment, run_key, show_results
from workflows.models import Event as EventRow
from workflows.models import Run, RunStatus, Step, StepStatus
from workflows.models.runs import TERMINAL, UNFINISHED, Source, next_turn
from workflows.nodes.runner import PROVIDER
from workflows.prepared import insert
from workflows.runners import cancels
from workflows.types import NodeId
from workflows.webhooks import deliveries

#: The option of a run that must begin by a time, in seconds since the epoch.
START_BY = "startBy"
#: The option that undeclared inputs are left out instead of refused: the names of those that were.
IGNORED = "ignoredInputs"
#: The option with the random numbers a run has drawn, by node and field.
RANDOMIZED = "randomized"
START_TIMEOUT = "START_TIMEOUT"
NOT_STARTED = "The run had not begun by the time it was to begin."


def open_run(run: Run, started: Started | None = None) -> None:
    """Insert a new run's row as queued, with its first event; wakes watchers on commit.

    `started`: an engine has it already, so that no second transaction need claim it.
    """
    events: list[Event] = [
        Queued(run.options.get(IGNORED) or None, run.options.get(RANDOMIZED) or None)
    ]
    run.status = RunStatus.QUEUED
    if started is not None:
        events.append(started)
        run.status = RunStatus.RUNNING
        run.created_at = run.started_at = timezone.now()
        run.attempt, run.runner = started.attempt, started.runner
    run.last_seq = len(events)
    insert(run)
    rows = _insert(run, *events)
    if wake.is_watched(run.id):
        lines = [follow.line(seq, at, type, data) for _, seq, type, data, at in rows]
        transaction.on_commit(partial(follow.publish, run.id, 1, lines, False))


def cancel(run_id: UUID) -> bool:
    """Cancel a run at once and permanently, whether or not an engine executes it.

    Call it in a transaction; then `queue.abort(run_id)` on commit. Raising `attempt` fences the
    executing process, so whatever it still computes is dropped. Returns False, and changes nothing,
    when the run is already in a terminal state. Raises ExecutionNotFound.
    """
    run = _locked(run_id)
    if run.status in TERMINAL:
        return False
    now = timezone.now()
    run.attempt += 1
    run.status = RunStatus.CANCELLED
    run.pausing = False
    run.last_seq += 1
    run.finished_at = now
    run.save(update_fields=["attempt", "status", "pausing", "last_seq", "finished_at"])
    _cancel_requests(run_id)
    Step.objects.filter(run_id=run_id, status=StepStatus.RUNNING).update(
        status=StepStatus.SKIPPED, state="", position=None, finished_at=now
    )
    if run.source == Source.CANVAS:
        with connection.cursor() as cursor:
            show_results(cursor, run_id)
    _insert(run, Cancelled())
    if run.webhook_id is not None:
        deliveries.record([run_id])
    return True


def _cancel_requests(run_id: UUID) -> None:
    """Write down every request at a runner of which the node is still running."""
    running = Step.objects.filter(run_id=run_id, status=StepStatus.RUNNING, provider=PROVIDER)
    nodes = set(running.values_list("node_id", flat=True))
    if not nodes:
        return
    lines = EventRow.objects.filter(run_id=run_id, type=Submit.type).values_list("data", flat=True)
    cancels.remember(
        data["request_id"] for data in lines if data["node_id"] in nodes and data["request_id"]
    )


def pause(run_id: UUID) -> Run:
    """Have a run rest until it is resumed; return its row.

    One that waits is paused by this. One that is executed is `pausing`: its engine, which is to be
    notified on commit, lets the steps under way finish. Call it in a transaction. Raises
    ExecutionNotFound, and NotPausable for a run that has ended.
    """
    run = _locked(run_id)
    if run.status in TERMINAL:
        raise NotPausable(status=run.status)
    if run.nested:
        raise NotPausable("A node of another run waits for this run: pause that one.")
    if run.status == RunStatus.RUNNING:
        run.pausing = True
        run.save(update_fields=["pausing"])
    elif run.status != RunStatus.PAUSED:
        run.status, run.pausing = RunStatus.PAUSED, False
        run.last_seq += 1
        run.save(update_fields=["status", "pausing", "last_seq"])
        _insert(run, Paused())
    return run


def resume(run_id: UUID) -> Run:
    """Have a paused run wait for its turn again, and one that is about to pause go on.

    The time by which a run must begin is later by as long as it was paused. Call it in a
    transaction; one that is queued by then needs a place, and one that runs on is to be reported to
    its engine. Raises ExecutionNotFound, and NotPausable for a run that has ended.
    """
    run = _locked(run_id)
    if run.status in TERMINAL:
        raise NotPausable(status=run.status)
    if run.status == RunStatus.PAUSED:
        if run.attempt == 0 and START_BY in run.options:
            events = EventRow.objects.filter(run_id=run_id, type=Paused.type).order_by("-seq")
            paused = timezone.now() - events.values_list("at", flat=True)[0]
            run.options[START_BY] += paused.total_seconds()
        run.status = RunStatus.QUEUED
        run.last_seq += 1
        run.save(update_fields=["status", "last_seq", "options"])
        _insert(run, Resumed())
    elif run.pausing:
        run.pausing = False
        run.save(update_fields=["pausing"])
    return run


def pausing_of(run_ids: Collection[UUID]) -> set[UUID]:
    """Return those of some runs that are to pause."""
    rows = Run.objects.filter(pk__in=run_ids, pausing=True)
    return set(rows.values_list("pk", flat=True))


def expire(run_id: UUID) -> bool:
    """Fail a run that was to begin by `options["startBy"]` and that no engine has begun.

    Call it in a transaction. Returns False, and changes nothing, for every other run. Raises
    ExecutionNotFound.
    """
    run = _locked(run_id)
    start_by = run.options.get(START_BY)
    waits = run.status == RunStatus.QUEUED and run.attempt == 0
    if not waits or start_by is None or start_by > time.time():
        return False
    run.attempt += 1
    run.status = RunStatus.FAILED
    run.last_seq += 1
    run.finished_at = timezone.now()
    run.error = {"message": NOT_STARTED, "nodeId": None, "code": START_TIMEOUT}
    run.save(update_fields=["attempt", "status", "last_seq", "finished_at", "error"])
    _insert(run, Failed(NOT_STARTED, None, START_TIMEOUT))
    if run.webhook_id is not None:
        deliveries.record([run_id])
    return True


def expire_overdue() -> None:
    """Do the same to every run; for what was due while no engine watched the clock."""
    waiting = Run.objects.filter(UNFINISHED, status=RunStatus.QUEUED, attempt=0)
    for run_id, options in waiting.values_list("pk", "options"):
        if START_BY in options:
            with transaction.atomic():
                expire(run_id)


def requeue(
    run_id: UUID,
    steps: Collection[NodeId] = (),
    again: Collection[NodeId] = (),
    items: Mapping[NodeId, Sequence[int]] | None = None,
    version: int | None = None,
) -> None:
    """Open an ended run again: completed steps stay, all others are forgotten.

    Of completed ones `steps` run again too; with any, a completed run can be opened. The items of a
    list that are done stay, but for those of the nodes `again`, and for these `items` of nodes.
    `version` is that of the workflow whose graph it has been given.

    Call it in a transaction; then `queue.enqueue(run_id)` on commit. Raises ExecutionNotFound, and
    NotRetryable for a run in any other state.
    """
    run = _locked(run_id)
    able = [RunStatus.FAILED, RunStatus.CANCELLED, *([RunStatus.COMPLETED] if steps else [])]
    if run.status not in able:
        raise NotRetryable(status=run.status)
    run.status = RunStatus.QUEUED
    run.pausing = False
    run.turn = next_turn()
    run.last_seq += 1
    run.finished_at = None
    run.error = None
    run.output = None
    run.save(
        update_fields=[
            "status",
            "pausing",
            "turn",
            "last_seq",
            "finished_at",
            "error",
            "output",
        ]
    )
    rows = Step.objects.filter(run_id=run_id)
    rows.exclude(status=StepStatus.COMPLETED).delete()
    # The canvas shows their results until there are new ones.
    rows.filter(node_id__in=list(steps)).update(status=StepStatus.SKIPPED)
    places = {id: sorted(numbers) for id, numbers in (items or {}).items()}
    _insert(run, Queued(again=sorted(again) or None, items=places or None, version=version))


def _locked(run_id: UUID) -> Run:
    run: Run | None = Run.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise ExecutionNotFound
    return run


def _insert(run: Run, *events: Event) -> list[tuple[Any, ...]]:
    """Insert the events that lead to a run's `last_seq`, and return their rows."""
    key, at, first = run_key(run.id), moment(timezone.now()), run.last_seq - len(events) + 1
    rows = [(key, seq, event.type, event.line(), at) for seq, event in enumerate(events, first)]
    with connection.cursor() as cursor:
        insert_events(cursor, rows)
    transaction.on_commit(partial(wake.publish, run.id, wake.QUEUE))
    return rows
