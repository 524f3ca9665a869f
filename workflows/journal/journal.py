"""The journal of a run: the only writer of its status, steps and events while it is active.

A run belongs to one attempt at a time. A claim raises `attempt`; every later write names the
attempt it was made under, and writes of an older one change nothing (`Superseded`). Lines of all
runs of the process are committed together by `writer.py`; what services write about a run that no
engine executes yet (or any more) is written here within the caller's transaction.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from workflows.billing.ledger import Charge, Spent
from workflows.errors import ExecutionNotFound, NotPausable, NotRetryable, Superseded
from workflows.journal import wake
from workflows.journal.events import (
    TERMINAL_TYPES,
    Cancelled,
    Completion,
    Event,
    Failed,
    Items,
    NodeFailed,
    Paused,
    Queued,
    Resumed,
    Started,
    Submit,
    Suspected,
    Warned,
)
from workflows.journal.records import (
    CacheRow,
    StepRow,
    insert_events,
    moment,
    run_key,
    show_results,
)
from workflows.models import Event as EventRow
from workflows.models import Run, RunStatus, Step, StepStatus
from workflows.models.runs import TERMINAL, UNFINISHED, Source, next_turn
from workflows.nodes.runner import PROVIDER
from workflows.prepared import insert
from workflows.runners import cancels
from workflows.types import Json, JsonObject, NodeId
from workflows.webhooks import deliveries

#: The option of a run that must begin by a time, in seconds since the epoch.
START_BY = "startBy"
#: The option that undeclared inputs are left out instead of refused: the names of those that were.
IGNORED = "ignoredInputs"
#: The option with the random numbers a run has drawn, by node and field.
RANDOMIZED = "randomized"
START_TIMEOUT = "START_TIMEOUT"
NOT_STARTED = "The run had not begun by the time it was to begin."


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
class Past:
    """What earlier attempts at a run have left behind.

    `completed` maps node id to output. `suspects` are the nodes that were submitted and not
    finished when a process died since the run was last queued, with the deaths each was alone
    suspected of; `crashed`: one has died since then.
    `requests` are ids at providers by (node id, item) that are not cancelled, `submitted` counts
    those there have ever been. `retries` counts how often the ended run was opened again.
    `warnings` are those of nodes since then. `items` are the results of list items by node, item
    and the digest of what the call was given.
    """

    completed: dict[NodeId, Json] = field(default_factory=dict)
    suspects: dict[NodeId, int] = field(default_factory=dict)
    requests: dict[tuple[NodeId, int | None], str] = field(default_factory=dict)
    submitted: dict[tuple[NodeId, int | None], int] = field(default_factory=dict)
    crashed: bool = False
    retries: int = 0
    warnings: dict[NodeId, list[str]] = field(default_factory=dict)
    items: dict[NodeId, dict[tuple[int, str], JsonObject]] = field(default_factory=dict)


@dataclass(slots=True)
class Claim:
    """A run that now belongs to us."""

    journal: Journal
    started: Line
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


# --- what services write, in their own transaction ------------------------------------------------


def open_run(run: Run) -> None:
    """Insert a new run's row as queued, with its first event; wakes watchers on commit."""
    run.status = RunStatus.QUEUED
    run.last_seq = 1
    insert(run)
    _insert(run, Queued(run.options.get(IGNORED) or None, run.options.get(RANDOMIZED) or None))


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


def _insert(run: Run, event: Event) -> None:
    at = moment(timezone.now())
    row = (run_key(run.id), run.last_seq, event.type, event.line(), at)
    with connection.cursor() as cursor:
        insert_events(cursor, [row])
    transaction.on_commit(partial(wake.publish, run.id, wake.QUEUE))


def replay(rows: Iterable[tuple[str, Any]], past: Past) -> None:
    """Fold the (type, data) of earlier attempts' events into what a new attempt must know."""
    for type, data in rows:
        node_id = data.get("node_id")
        if type == Queued.type:
            past.suspects, past.crashed = {}, False
            for again in data.get("again") or ():
                past.items.pop(again, None)
            for id, numbers in (data.get("items") or {}).items():
                known = past.items.get(id, {})
                past.items[id] = {at: row for at, row in known.items() if at[0] not in numbers}
        elif type == Paused.type and not data.get("lost"):
            # What was under way is done, or has not been called.
            past.suspects, past.crashed = {}, False
        elif type == Started.type:
            past.crashed = True
        elif type == Submit.type:
            request_id = data.get("request_id")
            if request_id is None:
                past.suspects.setdefault(node_id, 0)
            else:
                place = node_id, data.get("item")
                past.requests[place] = request_id
                past.submitted[place] = past.submitted.get(place, 0) + 1
        elif type == Items.type:
            if node_id in past.suspects:
                past.suspects[node_id] = 0  # it goes on: what killed the process was not this
            known = past.items.setdefault(node_id, {})
            for row in data["items"]:
                if "output" in row:
                    known[row["item"], row["digest"]] = row["output"]
        elif type == Suspected.type:
            past.suspects[node_id] = data["deaths"]
        elif type == Warned.type:
            past.warnings.setdefault(node_id, []).append(data["message"])
        elif type in (Completion.type, NodeFailed.type):
            past.suspects.pop(node_id, None)
        elif type in TERMINAL_TYPES:
            past.requests, past.warnings = {}, {}
            past.retries += 1
