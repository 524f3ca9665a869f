"""The seats of engines that share a database: PostgreSQL, in web processes and workers.

A run that has not ended belongs to a process that lives, its `runner`, or has a job that waits in
the queue of a pool that lives. The others are strays; every engine looks for them, one at a
time, and gives each a place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count

from workflows.engine import jobs, members, placement
from workflows.engine.heartbeat import Membership
from workflows.engine.limits import Slots
from workflows.engine.reserved import Reserved, SharedReserved
from workflows.engine.session_lock import SessionLock
from workflows.engine.shared_slots import SharedSlots
from workflows.graph.tags import fits
from workflows.models import Run, RunStatus, Worker
from workflows.models.runs import DUE, TERMINAL

#: Names the lock of the one engine that looks for strays.
SWEEP_KEY = 0x7061746368_737765  # "patchswe"
#: Strays that are given a place in one round.
AT_ONCE = 500


class SharedSeat:
    """That of an engine among others."""

    sweep_seconds = 2.0

    def __init__(self, tags: frozenset[str], queue: str, capacity: int) -> None:
        self._place = tags, queue, capacity
        self._membership: Membership | None = None
        #: Runs whose job was taken and that had not begun at the last check.
        self._taken: set[UUID] = set()

    @property
    def name(self) -> str:
        """Return the name of this process among all."""
        return self._joined.me.name

    @property
    def leads(self) -> bool:
        """Return whether this process leads."""
        return self._joined.leads

    @property
    def _joined(self) -> Membership:
        assert self._membership is not None  # an engine begins by opening its seat
        return self._membership

    def open(self, fit: Callable[[], bool]) -> None:
        """Begin to take part."""
        self._membership = Membership(*self._place, fit=fit)
        members.join(self._membership)

    def slots(self) -> Slots:
        """Return those that all engines share."""
        return SharedSlots(self.name)

    def reserved(self) -> Reserved:
        """Return those that all engines share."""
        return SharedReserved(self.name)

    def number(self) -> int:
        """Return the number of this process."""
        return self._joined.number

    async def feed(self) -> None:
        """Return at once where runs are assigned to engines, else take them from the queue."""
        _, queue, capacity = self._place
        if queue:
            await jobs.serve(queue, capacity)

    def holds(self, cursor: CursorWrapper) -> bool:
        """Return True: which runs may be claimed is said by their rows."""
        return True

    def strays(self) -> list[tuple[UUID, int]]:
        """Give strays a place, and list the runs that are this engine's."""
        with transaction.atomic():
            if _locked():
                self._sweep()
        mine = Run.objects.filter(DUE, runner=self.name).order_by("turn", "created_at")
        return list(mine.values_list("pk", "owner_id"))

    def lost(self, run_ids: list[UUID]) -> list[tuple[UUID, bool]]:
        """List those that have ended, or that another process executes, which lives."""
        others = {member.name for member in self._joined.members} - {self.name}
        rows = Run.objects.filter(pk__in=run_ids).values_list("pk", "status", "runner")
        return [
            (pk, status not in TERMINAL)
            for pk, status, runner in rows
            if status in TERMINAL or runner in others
        ]

    def pass_on(self, run_id: UUID, node_types: Collection[str]) -> bool:
        """Hand a run that this engine has got to the least busy one with all of the node types.

        While a site is upgraded, and where packages of nodes differ, not all know the same.
        """
        with transaction.atomic():
            rows = Run.objects.select_for_update().filter(DUE, pk=run_id)
            run = rows.filter(runner__in=["", self.name]).first()
            if run is None:
                return True  # another one has it already
            tags = run.options.get(placement.OPTION, [])
            able = [
                worker.name
                for worker in Worker.objects.filter(capacity__gt=0).order_by("name")
                if fits(worker.tags, tags) and set(node_types) <= set(worker.node_types.split())
            ]
            if not able:
                return False
            counts = Run.objects.filter(DUE, runner__in=able).order_by().values_list("runner")
            busy = dict(counts.annotate(Count("pk")))
            run.queue, run.job_id = "", None
            run.runner = min(able, key=lambda name: busy.get(name, 0))
            run.save(update_fields=["queue", "runner", "job_id"])
            placement.notify()
        return True

    def keep(self) -> None:
        """Do nothing: the membership keeps itself."""

    def close(self) -> None:
        """Stop taking part."""
        members.leave()

    def _sweep(self) -> None:
        alive, taken = self._joined.members, set[UUID]()
        strays = _strays()
        active = _active({stray.owner_id for stray in strays})
        for stray in strays:
            if stray.is_taken and stray.run_id not in self._taken:
                # A worker may be about to claim it; if not, it is here again.
                taken.add(stray.run_id)
                continue
            found = placement.choose(alive, stray.tags, self.name)
            if found is None:
                continue
            if stray.job_id is not None:
                jobs.discard(stray.job_id)
            columns = placement.give(stray.run_id, stray.owner_id, found, active[stray.owner_id])
            active[stray.owner_id] += 1
            # One that has been claimed meanwhile stays whose it is; its new job does nothing.
            Run.objects.filter(pk=stray.run_id, runner=stray.runner).update(**columns)
            if found.name not in ("", self.name):
                placement.notify()
        self._taken = taken
        jobs.discard_left()


class EmbeddedSeat(SharedSeat):
    """That of the one engine inside a web process, which holds a lock besides."""

    def __init__(self, lock: SessionLock) -> None:
        super().__init__(settings.WORKER_TAGS, "", settings.ACTIVE_RUNS)
        self._lock = lock

    def open(self, fit: Callable[[], bool]) -> None:
        """Begin to take part. The one that had the lock before is dead, whatever its row says."""
        Worker.objects.filter(queue="", capacity__gt=0).delete()
        super().open(fit)

    def holds(self, cursor: CursorWrapper) -> bool:
        """Return whether the lock is ours."""
        return self._lock.holds(cursor)

    def keep(self) -> None:
        """Take a lost lock again."""
        self._lock.keep()

    def close(self) -> None:
        """Stop taking part, and let go."""
        super().close()
        self._lock.close()


class WorkerSeat(SharedSeat):
    """That of a worker, whose pool are all with the same tags."""

    def __init__(self, tags: frozenset[str], capacity: int) -> None:
        super().__init__(tags, placement.queue_name(tags), capacity)


@dataclass(frozen=True, slots=True)
class _Stray:
    """A run of no process. `is_taken`: a worker has its job, and may still claim it."""

    run_id: UUID
    owner_id: int
    tags: list[str]
    job_id: int | None
    runner: str
    is_taken: bool


def _strays() -> list[_Stray]:
    runs, workers = (f'"{model._meta.db_table}"' for model in (Run, Worker))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id, r.owner_id, r.options, r.job_id, r.runner, j.status FROM {runs} r "
            f"LEFT JOIN {jobs.JOBS} j ON j.id = r.job_id "
            "WHERE r.finished_at IS NULL AND r.status IN (%s, %s) "
            f"AND r.runner NOT IN (SELECT name FROM {workers}) AND (j.id IS NULL "
            f"OR j.status <> 'todo' OR j.queue_name NOT IN (SELECT queue FROM {workers})) "
            f"ORDER BY r.turn, r.created_at LIMIT {AT_ONCE}",
            [str(RunStatus.QUEUED), str(RunStatus.RUNNING)],
        )
        return [
            _Stray(
                run_id,
                owner_id,
                json.loads(options).get(placement.OPTION, []),
                job_id,
                runner,
                not runner and job_status == "doing",
            )
            for run_id, owner_id, options, job_id, runner, job_status in cursor.fetchall()
        ]


def _active(owners: set[int]) -> Counter[int]:
    """Count the runs of accounts that have a place: those of the fewest come first."""
    if not owners:
        return Counter()
    rows = Run.objects.filter(DUE, owner__in=owners, job_id__isnull=False)
    return Counter(dict(rows.order_by().values_list("owner").annotate(Count("pk"))))


def _locked() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SWEEP_KEY])
        (locked,) = cursor.fetchone() or (False,)
    return bool(locked)
