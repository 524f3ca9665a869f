"""The engine of a process: a thread with an asyncio loop that executes queued runs.

One inside a web process, or one of many workers: by its seat (`ownership.py`) it knows which runs
are left for it. At the stop it hands the running ones back as queued.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from uuid import UUID
from weakref import WeakSet

from django.conf import settings
from django.db import connection, transaction

from workflows import broadcast, database
from workflows.boundaries import background
from workflows.engine import ownership, scheduler
from workflows.engine.file_lock import Taken, Unreachable
from workflows.engine.leader import Leader
from workflows.engine.limits import Threads
from workflows.engine.members import SWEEP
from workflows.engine.ownership import Seat
from workflows.engine.run import Host
from workflows.engine.scheduler import New
from workflows.engine.spending import Spending
from workflows.engine.suspects import FORGET_SECONDS
from workflows.engine.waiting_runs import WaitingRuns
from workflows.journal import transitions
from workflows.journal.writer import Writer
from workflows.models import Run, RunStatus
from workflows.models.runs import UNFINISHED
from workflows.runners.connections import Connections
from workflows.webhooks import deliveries

logger = logging.getLogger(__name__)

#: How often the threads show that they move, and after how long without they are stuck.
BEAT_SECONDS = 1.0
STUCK_SECONDS = 30.0
#: How long nodes may take to notice that the process stops.
STOP_SECONDS = 5.0

#: What is sent to the engines of other processes: a run was cancelled, a run must
#: begin by a time, or the order in which the runs of an account wait has changed.
ABORT, EXPIRE, ORDER = "abort", "expire", "order"


class Engine:
    """Owns the loop thread, the waiting runs and the tasks of the running ones."""

    def __init__(self, seat: Seat, capacity: int, on_taken: Callable[[str], object]) -> None:
        self._seat = seat
        self._on_taken = on_taken
        self._loop = asyncio.new_event_loop()
        self._began = False
        seat.open(lambda: not (self._began and self.trouble()))
        reserved = seat.reserved()
        self._host = Host(
            Writer(seat.holds),
            Threads(settings.CPU_THREADS),
            seat.slots(),
            seat.name,
            settings.RUN_PARALLELISM,
            reserved=reserved,
            spending=Spending(reserved),
            connections=Connections(seat.number),
            start=self._add_first,
            abort=self._abort,
            make_room=self._fill,
            look_at_pauses=self._look_at_pauses,
            pass_on=seat.pass_on,
        )
        self._capacity, self._waiting = capacity, WaitingRuns(capacity)
        self._known: set[UUID] = set()
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        #: How many of them are whose.
        self._executing: Counter[int] = Counter()
        self._again: set[UUID] = set()
        #: Created as ours, and perhaps committed; no strays, although no task has them yet.
        self._expected = WeakSet[UUID]()
        #: How often a run was set to pause or to go on.
        self._pauses = 0
        #: What is done besides, and soon over.
        self._small: set[asyncio.Task[None]] = set()
        self._stop, self._sweep_due = asyncio.Event(), asyncio.Event()
        self._subscriptions: dict[str, broadcast.Subscriber] = {
            SWEEP: lambda _: self._call(self._sweep_due.set),
            ABORT: self._on_abort,
            EXPIRE: self._on_expire,
            ORDER: self._on_order,
        }
        #: When the loop, and the readers, were last seen to move.
        self._moved = self._read = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="patchbay-engine", daemon=True)
        self._thread.start()
        self._began = True
        for topic, subscriber in self._subscriptions.items():
            broadcast.subscribe(topic, subscriber)

    @property
    def name(self) -> str:
        """What the runs of this engine name as their runner."""
        return self._seat.name

    def has_room(self) -> bool:
        """Return whether a run may be created as ours, within the transaction that does.

        Callable from any thread: as many too many may begin as do so at the same moment.
        """
        if len(self._tasks) >= self._capacity or self._waiting or self._host.stopping:
            return False
        with connection.cursor() as cursor:
            return self._seat.holds(cursor)

    def expect(self, run_id: UUID) -> None:
        """Note, within the transaction that creates a run as ours, that `begin` follows.

        Callable from any thread. If the transaction fails, it is forgotten with the run's id.
        """
        self._expected.add(run_id)

    def begin(self, run_id: UUID, owner_id: int, new: New) -> None:
        """Execute a run that was created as ours. Callable from any thread."""
        self._call(self._add_first, run_id, owner_id, new)

    def submit(self, run_id: UUID, owner_id: int) -> None:
        """Queue a run. Callable from any thread."""
        self._call(self._add, run_id, owner_id)

    def expire_at(self, run_id: UUID, start_by: float) -> None:
        """Fail a run at a time unless it has begun by then. Callable from any thread."""
        self._call(self._expire_later, run_id, start_by)

    def abort(self, run_id: UUID) -> None:
        """Stop executing a run. Callable from any thread."""
        self._call(self._abort, run_id)

    def pause(self, run_id: UUID) -> None:
        """Have a run pause once its steps under way are done. Callable from any thread."""
        self._call(self._pause, run_id)

    def resume(self, run_id: UUID, owner_id: int) -> None:
        """Have a run that is to pause go on. Callable from any thread."""
        self._call(self._resume, run_id, owner_id)

    def sort(self, owner_id: int) -> None:
        """Take the waiting runs of an account in a new order. Callable from any thread."""
        self._call(lambda: self._begin(self._sort(owner_id)))

    async def carry(self, run_id: UUID, owner_id: int) -> None:
        """Execute a run at once, however many are running, and return when that is over.

        For the engine's loop. Cancelling ends the waiting, not the run.
        """
        self._add_first(run_id, owner_id)
        task = self._tasks.get(run_id)
        if task is not None:
            await asyncio.wait([task])

    def stop(self) -> None:
        """Stop taking runs, hand back the running ones, commit everything, end the threads."""
        for topic, subscriber in self._subscriptions.items():
            broadcast.unsubscribe(topic, subscriber)
        self._call(self._stop.set)
        self._thread.join()

    def trouble(self) -> str:
        """Name the part that has ended or does not move; "" while all do."""
        now = time.monotonic()
        if not self._thread.is_alive():
            return "engine stopped"
        if now - self._moved > STUCK_SECONDS:
            return "engine stuck"
        if not self._host.writer.alive:
            return "journal stopped"
        if now - self._host.writer.moved > STUCK_SECONDS:
            return "journal stuck"
        return "readers stuck" if now - self._read > STUCK_SECONDS else ""

    def _call(self, function: Callable[..., object], *args: object) -> None:
        # A loop that has closed meanwhile has nothing to do any more.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(function, *args)

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(self._main())
        except Exception:
            logger.exception("the engine ended")
            raise
        finally:
            self._loop.close()
            self._seat.close()

    async def _main(self) -> None:
        lasting = [
            asyncio.create_task(work)
            for work in (
                self._seat.feed(),
                self._sweep(),
                Leader(self._seat, self._host.connections).run(),
                self._beat(),
                self._beat_readers(),
                self._keep_seat(),
                deliveries.DeliveryWorker().run(),
            )
        ]
        self._loop.call_later(FORGET_SECONDS, self._host.turns.forget)
        await self._stop.wait()
        for work in lasting:
            work.cancel()
        self._host.stopping = True
        self._waiting.clear()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        # Those in the background too: those that are in the middle of a call close its connection.
        await asyncio.wait([*lasting, *tasks], timeout=STOP_SECONDS)
        # In a thread, because the journal's last commits call back into this loop.
        await asyncio.to_thread(self._host.writer.close)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await self._host.settle()
        self._host.threads.close()
        await self._host.connections.close()
        await self._host.slots.close()
        await asyncio.to_thread(database.close)

    async def _sweep(self) -> None:
        """Take up runs that no engine executes, and leave those that are not ours any more."""
        while True:
            self._sweep_due.clear()
            with background(logger, "the engine could not look for unfinished runs"):
                for run_id, owner_id in await database.read(self._seat.strays):
                    if run_id not in self._tasks and run_id not in self._expected:
                        self._add(run_id, owner_id)
                if self._tasks:
                    await self._look_at_pauses()
                    for run_id, taken in await database.read(self._seat.lost, list(self._tasks)):
                        if taken:
                            self._host.taken.add(run_id)
                        self._abort(run_id)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seat.sweep_seconds):
                    await self._sweep_due.wait()

    async def _look_at_pauses(self) -> None:
        """Have the runs pause or go on as their rows say."""
        pausing, seen = set[UUID](), -1
        while seen != self._pauses:  # what was read may be older than what was heard meanwhile
            seen = self._pauses
            pausing = await database.read(transitions.pausing_of, list(self._tasks))
        for run_id in self._tasks:
            self._set_pausing(run_id, run_id in pausing)

    def _set_pausing(self, run_id: UUID, pausing: bool) -> None:
        run = self._host.runs.get(run_id)
        if run is not None:
            self._pauses += run.is_pausing != pausing
            run.pause() if pausing else run.go_on()
        elif pausing and run_id in self._tasks:
            self._host.pausing.add(run_id)
        else:
            self._host.pausing.discard(run_id)

    async def _beat(self) -> None:
        while True:
            self._moved = time.monotonic()
            await asyncio.sleep(BEAT_SECONDS)

    async def _beat_readers(self) -> None:
        while True:
            self._read = await database.read(time.monotonic)
            await asyncio.sleep(BEAT_SECONDS)

    async def _keep_seat(self) -> None:
        """Look after the lock; end when another engine has it."""
        while True:
            await asyncio.sleep(ownership.KEEP_SECONDS)
            try:
                await asyncio.to_thread(self._seat.keep)
            except Taken as error:
                logger.error("another engine has this database now: %s", error.holder)
                self._host.writer.dispossessed = True
                self._stop.set()
                self._on_taken(error.holder)
                return
            except Unreachable as error:  # claims wait until the lock is back
                logger.warning("the engine's lock is lost, and is tried for again: %s", error)

    def _add(self, run_id: UUID, owner_id: int) -> None:
        if self._host.stopping:
            return
        if run_id in self._tasks:
            # Retried while the task of its last attempt is still cleaning up.
            self._again.add(run_id)
            return
        if run_id in self._known:
            return
        self._known.add(run_id)
        self._waiting.add(run_id, owner_id)
        self._fill()

    def _add_first(self, run_id: UUID, owner_id: int, new: New | None = None) -> None:
        """Start a run that is new or that another one waits for, however many are running."""
        self._expected.discard(run_id)
        if self._host.stopping or run_id in self._tasks:
            return
        self._waiting.remove(run_id, owner_id)
        self._known.add(run_id)
        self._start(run_id, owner_id, new)

    def _start(self, run_id: UUID, owner_id: int, new: New | None = None) -> None:
        self._executing[owner_id] += 1
        self._tasks[run_id] = self._loop.create_task(self._execute(run_id, owner_id, new))

    def _fill(self) -> None:
        while (
            next_run := self._waiting.take(self._executing, len(self._host.waiting))
        ) is not None:
            self._start(*next_run)

    async def _execute(self, run_id: UUID, owner_id: int, new: New | None) -> None:
        try:
            with background(logger, "run %s: the engine failed", run_id):
                await scheduler.execute(run_id, self._host, new)
        finally:
            del self._tasks[run_id]
            self._executing[owner_id] -= 1
            if not self._executing[owner_id]:
                del self._executing[owner_id]
            self._known.discard(run_id)
            self._host.taken.discard(run_id)
            self._host.pausing.discard(run_id)
            if run_id in self._again:
                self._again.discard(run_id)
                self._add(run_id, owner_id)
            if not self._host.stopping:
                self._fill()

    def _expire_later(self, run_id: UUID, start_by: float) -> None:
        pause = max(0.0, start_by - time.time())
        self._loop.call_later(pause, lambda: self._begin(self._expire(run_id)))

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = self._loop.create_task(work)
        self._small.add(task)
        task.add_done_callback(self._small.discard)

    async def _expire(self, run_id: UUID) -> None:
        # The sweep tries it again.
        with background(logger, "run %s: could not be failed for not having begun", run_id):
            await database.read(_expire, run_id)

    def _on_abort(self, text: str | None) -> None:
        """Hear that another process has cancelled a run; what was missed, the sweep finds."""
        if text is None:
            self._call(self._sweep_due.set)
        else:
            self.abort(UUID(text))

    def _on_expire(self, text: str | None) -> None:
        """Hear by when a run must begin; what was missed, the leader finds."""
        if text is not None and self._seat.leads:
            run_id, _, start_by = text.partition("@")
            self.expire_at(UUID(run_id), float(start_by))

    def _on_order(self, text: str | None) -> None:
        if text is not None:
            self.sort(int(text))

    def _pause(self, run_id: UUID) -> None:
        self._pauses += 1
        self._set_pausing(run_id, True)
        # Two may be heard in another order than they were committed in.
        self._sweep_due.set()

    def _resume(self, run_id: UUID, owner_id: int) -> None:
        """Go on with a run; one that could not pause any more is taken up again."""
        self._pauses += 1
        self._set_pausing(run_id, False)
        self._sweep_due.set()
        self._add(run_id, owner_id)

    async def _sort(self, owner_id: int) -> None:
        with background(logger, "the runs of account %s could not be put in order", owner_id):
            order = {id: at for at, id in enumerate(await database.read(_in_order, owner_id))}
            self._waiting.sort(owner_id, order)

    def _abort(self, run_id: UUID) -> None:
        task = self._tasks.get(run_id)
        if task is not None:
            task.cancel()


def _in_order(owner_id: int) -> list[UUID]:
    rows = Run.objects.filter(UNFINISHED, owner=owner_id, status=RunStatus.QUEUED)
    return list(rows.order_by("turn", "created_at").values_list("pk", flat=True))


def _expire(run_id: UUID) -> None:
    with transaction.atomic():
        transitions.expire(run_id)
