"""The queue: the runs that wait, run or are paused; pausing, resuming and ordering them."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.db.models import Aggregate, Case, Count, F, Max, QuerySet, Sum, Value, When
from django.utils import timezone

from workflows import database
from workflows.bodies import Body, Meta
from workflows.engine import queue
from workflows.errors import ExecutionNotFound, InvalidBody, NotPausable
from workflows.journal import transitions, wake
from workflows.journal.events import Started
from workflows.models import Event, Run, RunStatus, Step, StepStatus, User
from workflows.models.runs import UNFINISHED, next_turn
from workflows.services.execution.runs import run_get
from workflows.services.locks import hold

#: Runs that one request changes.
MAX_CHANGED = 1_000
#: Runs of one page of the queue.
MAX_PAGE = 200
#: Ended runs that say how long one of a workflow takes.
COMPARED = 300
#: How often a page of the queue gets news at most, and how often it is read when none come.
NEWS_SECONDS, READ_SECONDS = 0.5, 2.0
#: Turns are too large to be added up; what is left of them by this is not.
_PRIME = 1_000_003
#: Distance between the turns of runs that were put in order.
GAP = 1_000_000
#: What can be moved.
_MOVABLE = (RunStatus.QUEUED, RunStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A run of the queue. `position` is its place among the waiting ones of its account, from 1.

    `done` of `total` nodes have ended; 0 of 0 before it has begun. `expected_seconds` is how long
    such a run usually takes from its begin to its end, None where none has completed.
    """

    run: Run
    position: int | None
    done: int
    total: int
    expected_seconds: float | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, and how many runs of each state the whole has."""

    rows: list[Waiting]
    counts: Counter[str]


Ids = Annotated[list[str], Meta(min_length=1, max_length=MAX_CHANGED)]


class RunChange(Body):
    """What to do with runs of the queue."""

    execution_ids: Annotated[Ids, Meta(description="Ids of runs that have not ended.")]


class RunMove(Body):
    """Where runs that wait are put in the order of their account."""

    execution_ids: Annotated[Ids, Meta(description="Ids of runs that wait or are paused.")]
    after: Annotated[
        str | None,
        Meta(description="The id of the run they come behind, in this order; null: to the front."),
    ] = None


@dataclass(slots=True)
class Changed:
    """Which runs a request has changed, and why it could not change others."""

    done: list[UUID] = field(default_factory=list)
    refused: dict[str, ExecutionNotFound | NotPausable] = field(default_factory=dict)


#: Pauses, resumes or cancels a run.
Change = Callable[..., Run]


def queue_of(user: User | None, *, skip: int = 0, limit: int = MAX_PAGE) -> Queue:
    """Return the runs of an account, or of all, that have not ended: as they run, then wait.

    Runs inside runs belong to their parents and are not among them.
    """
    rows = _unfinished(user)
    counts = Counter(dict(rows.order_by().values_list("status").annotate(Count("pk"))))
    order = Case(
        When(status=RunStatus.RUNNING, then=Value(0)),
        When(status=RunStatus.PAUSED, then=Value(2)),
        default=Value(1),
    )
    ordered = rows.select_related("workflow", "owner", "token").defer(
        "inputs", "output", "error", "workflow__nodes", "workflow__edges", "workflow__extra"
    )
    page = list(ordered.order_by(order, "turn", "created_at")[skip : skip + limit])
    places = _positions({run.owner_id for run in page if run.status == RunStatus.QUEUED})
    done, totals = _progress([run.pk for run in page if run.attempt])
    usual = _usual({run.workflow_id for run in page if run.workflow_id is not None})
    return Queue(
        [
            Waiting(
                run,
                places.get(run.pk) if run.status == RunStatus.QUEUED else None,
                done.get(run.pk, 0),
                totals.get(run.pk, 0),
                usual.get((run.owner_id, run.workflow_id)),
            )
            for run in page
        ],
        counts,
    )


async def follow_queue(owner_id: int | None) -> AsyncIterator[None]:
    """Return at once, and whenever the queue of an account is not what it was; None: of all.

    That of all also says that runs have gone on, which their own watchers hear by themselves.
    """
    before: tuple[object, ...] | None = None
    with wake.watching(wake.QUEUE):
        while True:
            seen = wake.version(wake.QUEUE)
            stamp = await database.read(_stamp, owner_id)
            if stamp != before:
                before = stamp
                yield
            await asyncio.sleep(NEWS_SECONDS)
            await wake.news(wake.QUEUE, seen, READ_SECONDS)


def _stamp(owner_id: int | None) -> tuple[object, ...]:
    """Return what is another one when the queue is."""
    rows = Run.objects.filter(UNFINISHED, nested=False)
    sums: dict[str, Aggregate] = {"order": Sum(F("turn") % _PRIME)}
    if owner_id is None:
        sums["seq"] = Sum("last_seq")
    else:
        rows = rows.filter(owner=owner_id)
    found = rows.order_by("status", "pausing").values_list("status", "pausing")
    return tuple(found.annotate(Count("pk"), Max("turn"), **sums))


@transaction.atomic
def run_pause(*, user: User, run_id: UUID | str, everyone: bool = False) -> Run:
    """Have a run rest until it is resumed; steps under way are finished first.

    `everyone`: also a run of another account. Raises ExecutionNotFound and NotPausable.
    """
    run = run_get(user=user, run_id=run_id, everyone=everyone)
    paused = transitions.pause(run.pk)
    transaction.on_commit(_notify)
    if paused.pausing:
        transaction.on_commit(partial(queue.pause, run.pk))
    elif paused.status == RunStatus.PAUSED:
        queue.withdraw(paused)
        paused.save(update_fields=queue.COLUMNS)
    return run_get(user=user, run_id=run.pk, everyone=everyone)


@transaction.atomic
def run_resume(*, user: User, run_id: UUID | str, everyone: bool = False) -> Run:
    """Have a paused run wait for its turn, where it was; one that goes on changes nothing.

    Raises ExecutionNotFound and NotPausable.
    """
    run = run_get(user=user, run_id=run_id, everyone=everyone)
    hold(f"owner:{run.owner_id}")
    before = Run.objects.values_list("status", flat=True).get(pk=run.pk)
    resumed = transitions.resume(run.pk)
    transaction.on_commit(_notify)
    if before == RunStatus.PAUSED:
        active = Run.objects.filter(UNFINISHED, owner=run.owner_id).count() - 1
        queue.place(resumed, active)
        resumed.save(update_fields=queue.COLUMNS)
        if transitions.START_BY in resumed.options:
            by = resumed.options[transitions.START_BY]
            transaction.on_commit(partial(queue.expire_at, run.pk, by))
        transaction.on_commit(partial(queue.sort, run.owner_id))
    else:
        transaction.on_commit(partial(queue.go_on, run.pk, run.owner_id))
    return run_get(user=user, run_id=run.pk, everyone=everyone)


def change_all(change: Change, *, user: User, run_ids: Iterable[str], everyone: bool) -> Changed:
    """Pause, resume or cancel several runs, each by itself."""
    changed = Changed()
    for run_id in dict.fromkeys(run_ids):
        try:
            changed.done.append(change(user=user, run_id=run_id, everyone=everyone).pk)
        except (ExecutionNotFound, NotPausable) as error:
            changed.refused[run_id] = error
    return changed


@transaction.atomic
def runs_move(*, user: User, run_ids: Sequence[str], after: str | None) -> None:
    """Put waiting runs of an account behind one of them, or at the front.

    Raises ExecutionNotFound, and InvalidBody for a run that does not wait.
    """
    hold(f"owner:{user.pk}")
    moved = [_movable(user, id, "executionIds") for id in dict.fromkeys(run_ids)]
    behind = None if after is None else _movable(user, after, "after")
    if behind in moved:
        raise InvalidBody(
            "A run cannot come behind itself.",
            field="after",
            value=after,
            expected="a run that is not moved, or null",
        )
    rows = Run.objects.filter(UNFINISHED, owner=user, status__in=_MOVABLE).exclude(pk__in=moved)
    others = list(rows.order_by("turn", "created_at").values_list("pk", "turn"))
    at = 0 if behind is None else next(i for i, (pk, _) in enumerate(others) if pk == behind) + 1
    low = (
        others[at - 1][1]
        if at
        else (others[0][1] if others else next_turn()) - (GAP * (len(moved) + 1))
    )
    high = others[at][1] if at < len(others) else low + GAP * (len(moved) + 1)
    step = (high - low) // (len(moved) + 1)
    if step > 0:
        turns = {pk: low + step * (number + 1) for number, pk in enumerate(moved)}
    else:
        # No room between the two: all get new turns.
        order = [pk for pk, _ in others[:at]] + moved + [pk for pk, _ in others[at:]]
        first = next_turn() - GAP * len(order)
        turns = {pk: first + GAP * number for number, pk in enumerate(order)}
    Run.objects.bulk_update([Run(pk=pk, turn=turn) for pk, turn in turns.items()], ["turn"], 500)
    transaction.on_commit(partial(queue.sort, user.pk))
    transaction.on_commit(_notify)


def _notify() -> None:
    wake.publish(wake.QUEUE)


def _movable(user: User, run_id: str, field: str) -> UUID:
    run = run_get(user=user, run_id=run_id)
    if run.status not in _MOVABLE:
        raise InvalidBody(
            "Only a run that waits or is paused has a place in the queue.",
            field=field,
            value=str(run.pk),
            expected="a run that waits or is paused",
        )
    return run.pk


def _unfinished(user: User | None) -> QuerySet[Run]:
    rows = Run.objects.filter(UNFINISHED, nested=False)
    return rows if user is None else rows.filter(owner=user)


def _positions(owners: set[int]) -> dict[UUID, int]:
    """Return the places of waiting runs, each among those of its account."""
    rows = Run.objects.filter(UNFINISHED, owner__in=owners, status=RunStatus.QUEUED)
    places: dict[UUID, int] = {}
    seen: Counter[int] = Counter()
    for pk, owner_id in rows.order_by("turn", "created_at").values_list("pk", "owner_id"):
        seen[owner_id] += 1
        places[pk] = seen[owner_id]
    return places


def _progress(run_ids: list[UUID]) -> tuple[dict[UUID, int], dict[UUID, int]]:
    """Return how many nodes of each run have ended, and how many it has."""
    ended = (StepStatus.COMPLETED, StepStatus.SKIPPED, StepStatus.FAILED)
    steps = Step.objects.filter(run__in=run_ids)
    done: Counter[UUID] = Counter()
    known: defaultdict[UUID, set[str]] = defaultdict(set)
    for run_id, node_id, status in steps.values_list("run_id", "node_id", "status"):
        known[run_id].add(node_id)
        done[run_id] += status in ended
    started = Event.objects.filter(run__in=run_ids, type=Started.type)
    newest = dict(started.order_by().values_list("run_id").annotate(Max("seq")))
    for run_id, seq, data in started.values_list("run_id", "seq", "data"):
        if newest[run_id] == seq:
            known[run_id].update(data["nodes"])
    return done, {run_id: len(nodes) for run_id, nodes in known.items()}


def _usual(workflows: set[int]) -> dict[tuple[int, int | None], float]:
    """Return how long the latest completed runs took, by account and workflow."""
    rows = Run.objects.filter(
        workflow__in=workflows, status=RunStatus.COMPLETED, started_at__isnull=False
    ).order_by("-created_at")
    took: defaultdict[tuple[int, int | None], list[float]] = defaultdict(list)
    for owner_id, workflow_id, began, ended in rows.values_list(
        "owner_id", "workflow_id", "started_at", "finished_at"
    )[:COMPARED]:
        if began is not None:
            seconds = ((ended or timezone.now()) - began).total_seconds()
            took[owner_id, workflow_id].append(max(0.0, seconds))
    return {key: median(found) for key, found in took.items()}
