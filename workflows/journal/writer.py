"""The thread that commits: one transaction for everything that all runs have appended meanwhile.

Group commit by itself: while one commit waits for the disk, the next lines gather. A batch that
meets a locked or lost database is tried again until it is in; since each run's part is recognised
by its seq, a commit whose outcome was unknown is never written twice.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from workflows import broadcast, database, metrics
from workflows.billing import ledger
from workflows.billing.ledger import Charge, Spent
from workflows.boundaries import background
from workflows.errors import Superseded
from workflows.failpoints import failpoint
from workflows.fields import encode
from workflows.journal import follow, records, wake
from workflows.journal.events import Paused, Progress, Started
from workflows.journal.journal import Claim, Ending, Journal, Line
from workflows.journal.past import replay
from workflows.journal.records import CacheRow, StepRow
from workflows.models import Event, Run, RunStatus, Step, StepStatus, Worker
from workflows.models.runs import TERMINAL
from workflows.types import NodeId
from workflows.webhooks import deliveries

logger = logging.getLogger(__name__)

#: How long a stopping process still tries to reach a database that does not respond.
GIVE_UP_SECONDS = 10.0
#: How long lines gather that no caller waits for: a short run is committed at once, and not twice.
#: A chain of ten takes more than 3 ms; once a caller waits for its end, nothing gathers any longer.
GATHER_SECONDS = 0.01

_RUN = f'"{Run._meta.db_table}"'
#: Where engines share a database: a run that one executes is another's only when that has died.
_FREE = (
    f" AND (status = %s OR runner = %s OR runner NOT IN "
    f'(SELECT name FROM "{Worker._meta.db_table}"))'
)


@dataclass(slots=True)
class _Request:
    """A request to own a run."""

    run_id: UUID
    runner: str
    nodes: list[NodeId]
    future: Future[Claim]
    #: The event of a claim that was granted.
    started: Line | None = None


@dataclass(slots=True)
class _Part:
    """One run's lines in a batch."""

    journal: Journal
    lines: list[Line]
    ending: Ending | None


class Writer:
    """Owns the writer thread of an engine; `close` commits what is left and ends it."""

    def __init__(self, holds: Callable[[CursorWrapper], bool] = lambda cursor: True) -> None:
        #: Whether another engine has the database, so that nothing is claimed any more.
        self.dispossessed = False
        self._holds = holds
        self._wakeup = threading.Condition()
        self._changed: list[Journal] = []
        self._requests: list[_Request] = []
        self._closing = False
        #: Whether a caller waits for lines to be on disk.
        self._awaited = False
        self._busy_since = 0.0
        self._thread = threading.Thread(target=self._run, name="patchbay-journal", daemon=True)
        self._thread.start()

    async def claim(self, run_id: UUID, runner: str, nodes: list[NodeId]) -> Claim:
        """Take the run over from its last owner, and append `started`.

        `nodes` is the plan's order. Raises Superseded when the run is not queued or running.
        """
        future: Future[Claim] = Future()
        with self._wakeup:
            self._requests.append(_Request(run_id, runner, nodes, future))
            self._wakeup.notify()
        return await asyncio.wrap_future(future)

    def opened(self, run_id: UUID, seq: int) -> Claim:
        """Return the claim of a run that was ours when it was created, with events up to `seq`."""
        return Claim(Journal(run_id, 1, seq, self._on_change))

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def moved(self) -> float:
        """When the thread was last without a commit under way, by the monotonic clock."""
        return self._busy_since or time.monotonic()

    def close(self) -> None:
        """Commit everything appended so far and end the thread."""
        with self._wakeup:
            self._closing = True
            self._wakeup.notify()
        self._thread.join()

    def _on_change(self, journal: Journal, awaited: bool) -> None:
        with self._wakeup:
            if awaited:
                self._awaited = True
            else:
                self._changed.append(journal)
            self._wakeup.notify()

    def _run(self) -> None:
        try:
            while True:
                with self._wakeup:
                    self._wakeup.wait_for(lambda: self._changed or self._requests or self._closing)
                    self._wakeup.wait_for(self._is_urgent, GATHER_SECONDS)
                    if not (self._changed or self._requests):
                        return
                    changed, self._changed = self._changed, []
                    requests, self._requests = self._requests, []
                    self._awaited = False
                self._busy_since = time.monotonic()
                self._take(changed, requests)
                self._busy_since = 0.0
        finally:
            database.drop_connection()

    def _is_urgent(self) -> bool:
        return bool(self._requests or self._awaited or self._closing)

    def _take(self, changed: list[Journal], requests: list[_Request]) -> None:
        """Commit what has gathered; what cannot be is refused, so that no caller waits for ever."""
        try:
            parts = [_Part(journal, *journal.take()) for journal in changed]
            self._commit([part for part in parts if part.lines], requests)
        except Exception as error:  # the thread outlives whatever happens; runs are taken up again
            logger.exception("the journal could not be written")
            for journal in changed:
                journal.fail(error)
            _refuse([], requests, error)

    def _commit(self, parts: list[_Part], requests: list[_Request]) -> None:
        failures, waited = 0, 0.0
        while True:
            try:
                failpoint("journal.commit.before")
                with transaction.atomic():
                    claims = self._claim_all(requests)
                    lost = _write(parts)
                failpoint("journal.commit.after")
                break
            except database.LOST as error:
                failures += 1
                pause = database.pause_seconds(failures)
                waited += pause
                logger.warning("journal waits for the database: %s", error)
                database.drop_connection()
                if self._closing and waited > GIVE_UP_SECONDS:
                    return _refuse(parts, requests, error)
                time.sleep(pause)
            except Exception as error:
                # A value the database refuses must not take the other runs of the batch with it.
                if len(parts) + len(requests) <= 1:
                    logger.exception("journal could not write")
                    return _refuse(parts, requests, error)
                for part in parts:
                    self._commit([part], [])
                for request in requests:
                    self._commit([], [request])
                return None
        for request, claim in zip(requests, claims, strict=True):
            if request.started is not None:
                _publish(request.run_id, [request.started], None)
            if not request.future.set_running_or_notify_cancel():
                continue
            if isinstance(claim, Superseded):
                request.future.set_exception(claim)
            else:
                request.future.set_result(claim)
        for part in parts:
            if part.journal in lost:
                part.journal.fail(Superseded())
            else:
                part.journal.committed(part.lines[-1].seq)
                metrics.committed((timezone.now() - part.lines[0].at).total_seconds())
                _publish(part.journal.run_id, part.lines, part.ending)
                if part.ending is not None and part.ending.status in TERMINAL:
                    metrics.run_ended(str(part.ending.status))
                    wake.ended(part.journal.run_id)
        changed = {part.journal.run_id for part in parts}
        if requests or any(part.ending is not None for part in parts):
            wake.notify(wake.QUEUE)
            changed.add(wake.QUEUE)
        if changed:
            broadcast.publish(wake.RUNS, *map(str, changed))
        return None

    def _claim_all(self, requests: list[_Request]) -> list[Claim | Superseded]:
        if not requests:
            return []
        now = timezone.now()
        with connection.cursor() as cursor:
            if not self._holds(cursor):
                if not self.dispossessed:
                    raise OperationalError("the engine's lock on the database is lost")
                return [Superseded("Another engine has this database.") for _ in requests]
            return [self._claim(cursor, request, now) for request in requests]

    def _claim(self, cursor: CursorWrapper, request: _Request, now: datetime) -> Claim | Superseded:
        key = records.run_key(request.run_id)
        shared = connection.vendor == "postgresql"
        cursor.execute(
            f"UPDATE {_RUN} SET attempt = attempt + 1, last_seq = last_seq + 1, status = %s, "
            "runner = %s, started_at = COALESCE(started_at, %s) "
            f"WHERE id = %s AND status IN (%s, %s) AND NOT pausing{_FREE if shared else ''} "
            "RETURNING attempt, last_seq",
            [
                str(RunStatus.RUNNING),
                request.runner,
                records.moment(now),
                key,
                str(RunStatus.QUEUED),
                str(RunStatus.RUNNING),
                *([str(RunStatus.QUEUED), request.runner] if shared else []),
            ],
        )
        rows = cursor.fetchall()
        if not rows:
            _pause_instead(cursor, request.run_id, request.runner if shared else None, now)
            return Superseded("This run is not waiting to be executed.")
        attempt, seq = rows[0]
        claim = Claim(Journal(request.run_id, attempt, seq, self._on_change))
        if attempt > 1:
            _recall(claim)
        nodes = [node_id for node_id in request.nodes if node_id not in claim.past.completed]
        data = Started(attempt, request.runner, nodes).line()
        request.started = Line(seq, now, Started.type, data)
        records.insert_events(cursor, [(key, seq, Started.type, data, records.moment(now))])
        return claim


def _pause_instead(cursor: CursorWrapper, run_id: UUID, runner: str | None, now: datetime) -> None:
    """Pause a run that was to pause when the process that executed it stopped or died.

    `runner` is who would claim it, where several may.
    """
    key, queued = records.run_key(run_id), str(RunStatus.QUEUED)
    cursor.execute(f"SELECT status FROM {_RUN} WHERE id = %s AND pausing", [key])
    row = cursor.fetchone()
    if row is None or row[0] not in (queued, str(RunStatus.RUNNING)):
        return
    cursor.execute(
        f"UPDATE {_RUN} SET attempt = attempt + 1, last_seq = last_seq + 1, status = %s, "
        "pausing = %s, queue = '', runner = '', job_id = NULL "
        f"WHERE id = %s AND status = %s AND pausing{'' if runner is None else _FREE} "
        "RETURNING last_seq",
        [str(RunStatus.PAUSED), False, key, row[0], *([queued, runner] if runner else [])],
    )
    if (changed := cursor.fetchone()) is not None:
        event = Paused(lost=row[0] != queued or None)
        records.insert_events(
            cursor, [(key, changed[0], event.type, event.line(), records.moment(now))]
        )
        transaction.on_commit(partial(wake.publish, run_id, wake.QUEUE))


def _publish(run_id: UUID, lines: list[Line], ending: Ending | None) -> None:
    if not wake.is_watched(run_id):
        return
    texts = [follow.line(line.seq, line.at, line.type, line.data) for line in lines]
    done = ending is not None and ending.status in TERMINAL
    # The lines are committed, and watchers read them again by themselves.
    with background(logger, "run %s: watchers were not woken", run_id):
        follow.publish(run_id, lines[0].seq, texts, done)


def _recall(claim: Claim) -> None:
    """Read what earlier attempts have left."""
    run_id = claim.journal.run_id
    done = Step.objects.filter(run_id=run_id, status=StepStatus.COMPLETED)
    claim.past.completed = dict(done.values_list("node_id", "output"))
    rows = Event.objects.filter(run_id=run_id).exclude(type=Progress.type).order_by("seq")
    replay(rows.values_list("type", "data"), claim.past)


def _write(parts: list[_Part]) -> set[Journal]:
    """Write every run's lines; return the journals that have lost their run."""
    lost: set[Journal] = set()
    if not parts:
        return lost
    events: list[tuple[Any, ...]] = []
    steps: dict[tuple[UUID, NodeId], StepRow] = {}
    stored: dict[str, CacheRow] = {}
    charges: list[tuple[UUID, Charge | Spent]] = []
    ended: list[UUID] = []
    shown: list[UUID] = []
    with connection.cursor() as cursor:
        for part in parts:
            key = records.run_key(part.journal.run_id)
            if not _advance(cursor, key, part):
                known = _written_already(cursor, key, part)
                if not known:
                    lost.add(part.journal)
                continue
            for line in part.lines:
                events.append((key, line.seq, line.type, line.data, records.moment(line.at)))
                if line.step is not None:
                    steps[part.journal.run_id, line.step.node_id] = line.step
                if line.cache is not None:
                    stored[line.cache.key] = line.cache
                if line.charge is not None:
                    charges.append((part.journal.run_id, line.charge))
            if part.ending and part.ending.status in TERMINAL:
                if part.journal.reported:
                    ended.append(part.journal.run_id)
                if part.journal.shown:
                    shown.append(part.journal.run_id)
        records.insert_events(cursor, events)
        records.upsert_steps(cursor, [(run_id, step) for (run_id, _), step in steps.items()])
        for run_id in shown:
            records.show_results(cursor, run_id)
        if stored:
            records.upsert_cache(cursor, stored.values(), parts[0].lines[0].at)
    # Accounts in one order, so that two processes never wait for each other.
    for run_id, charge in sorted(charges, key=lambda pair: pair[1].owner_id):
        ledger.write(run_id, charge)
    if ended:
        deliveries.record(ended)
    return lost


def _advance(cursor: CursorWrapper, key: Any, part: _Part) -> bool:
    """Move the run's counter (and its status, at the end); False when the run is not ours."""
    first, last = part.lines[0].seq, part.lines[-1]
    sets, values = "last_seq = %s", list[Any]([last.seq])
    if part.ending is not None:
        ended = part.ending.status in TERMINAL
        sets += ", status = %s, output = %s, error = %s, finished_at = %s"
        values += [
            str(part.ending.status),
            None if part.ending.output is None else encode(part.ending.output),
            None if part.ending.error is None else encode(part.ending.error),
            records.moment(last.at) if ended else None,
        ]
    # One that a user has resumed meanwhile must not rest.
    where = ""
    if part.ending is not None and part.ending.status == RunStatus.PAUSED:
        sets += ", pausing = %s, queue = '', runner = '', job_id = NULL"
        values.append(False)
        where = " AND pausing"
    cursor.execute(
        f"UPDATE {_RUN} SET {sets} WHERE id = %s AND attempt = %s AND last_seq = %s{where}",
        [*values, key, part.journal.attempt, first - 1],
    )
    return bool(cursor.rowcount)


def _written_already(cursor: CursorWrapper, key: Any, part: _Part) -> bool:
    """Return whether an earlier try, whose response was lost, did commit this part."""
    cursor.execute(f"SELECT attempt, last_seq, status FROM {_RUN} WHERE id = %s", [key])
    row = cursor.fetchone()
    part.journal.taken_over = bool(row) and row[2] not in TERMINAL
    return bool(row) and row[0] == part.journal.attempt and row[1] >= part.lines[-1].seq


def _refuse(parts: list[_Part], requests: list[_Request], error: BaseException) -> None:
    for part in parts:
        part.journal.fail(error)
    for request in requests:
        if request.future.set_running_or_notify_cancel():
            request.future.set_exception(error)
