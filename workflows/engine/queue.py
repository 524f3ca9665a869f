"""How a run gets to an engine and how it is called off. The row is the truth; this is the bell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from workflows import broadcast
from workflows.engine import jobs, members, placement
from workflows.engine.engine import ABORT, EXPIRE, ORDER, Engine
from workflows.engine.held import Held
from workflows.engine.placement import Place
from workflows.engine.run_facts import facts_of
from workflows.engine.scheduler import New, executed
from workflows.engine.singleton import current
from workflows.errors import NoWorker
from workflows.graph.plan import Plan
from workflows.graph.tags import fits
from workflows.journal import transitions
from workflows.journal.events import Started
from workflows.models import Run
from workflows.types import JsonObject, NodeId

#: The columns of a run that say where it is.
COLUMNS = ("queue", "runner", "job_id")


def open_run(
    run: Run, active: int, plan: Plan, document: JsonObject, held: Mapping[NodeId, Held]
) -> None:
    """Insert a new run, with its place; an engine of this process that has room has begun it.

    `document` is its graph with the results that it holds. For the rest see `place`.
    """
    engine = _placed(run, active)
    if engine is None or not engine.has_room():
        transitions.open_run(run)
        if engine is not None:
            transaction.on_commit(partial(engine.submit, run.pk, run.owner_id))
        return
    engine.expect(run.pk)
    transitions.open_run(run, Started(1, engine.name, executed(plan, held)))

    def begin() -> None:
        engine.begin(run.pk, run.owner_id, New(facts_of(run, document, held), plan, run.last_seq))

    transaction.on_commit(begin)


def place(run: Run, active: int = 0) -> None:
    """Say who is to execute a run that is queued with this transaction, in unsaved columns of it.

    It is the engine of this process, or another, notified on commit; a run that no one can take
    now is taken up later. `active` counts the owner's other runs, whose turns come first. Raises
    NoWorker when the run requires tags that no worker has.
    """
    engine = _placed(run, active)
    if engine is not None:
        transaction.on_commit(partial(engine.submit, run.pk, run.owner_id))


def _placed(run: Run, active: int) -> Engine | None:
    """Give a run its place, and return the engine of this process if that is it."""
    engine, tags = current(), run.options.get(placement.OPTION, [])
    if connection.vendor != "postgresql":
        if not fits(settings.WORKER_TAGS, tags):
            raise NoWorker(value=",".join(tags))
        return engine
    here, found = members.here(), None
    if engine is not None and here is not None and "parent" in run.options:
        # Its parent waits for it in this process.
        found = Place(here.me.name, "")
    else:
        name = here.me.name if here else ""
        found = placement.choose(members.alive(), tags, name)
        if found is None:
            found = placement.choose(members.alive(now=True), tags, name)
        if found is None and tags:
            raise NoWorker(value=",".join(tags))
    given = placement.give(run.pk, run.owner_id, found, active) if found else _NOWHERE
    for name, value in given.items():
        setattr(run, name, value)
    if engine is not None and here is not None and run.runner == here.me.name:
        return engine
    if not run.queue:
        transaction.on_commit(placement.notify)
    return None


_NOWHERE: dict[str, object] = {"queue": "", "runner": "", "job_id": None}


def withdraw(run: Run) -> None:
    """Take a run that waits out of its place, within a transaction, in unsaved columns of it."""
    if run.job_id is not None:
        jobs.withdraw(run.job_id)
    for name, value in _NOWHERE.items():
        setattr(run, name, value)


def pause(run_id: UUID) -> None:
    """Have the engine that executes a run pause it."""
    engine = current()
    if engine is not None:
        engine.pause(run_id)
    placement.notify()


def go_on(run_id: UUID, owner_id: int) -> None:
    """Have the engine that executes a run go on with it."""
    engine = current()
    if engine is not None:
        engine.resume(run_id, owner_id)
    placement.notify()


def sort(owner_id: int) -> None:
    """Have the waiting runs of an account taken in the order of their turns."""
    engine = current()
    if engine is not None:
        engine.sort(owner_id)
    broadcast.publish(ORDER, str(owner_id))


def expire_at(run_id: UUID, start_by: float) -> None:
    """Check at a time (seconds since the epoch) if the run has begun; see `transitions.expire`."""
    engine = current()
    if engine is not None:
        engine.expire_at(run_id, start_by)
    else:
        broadcast.publish(EXPIRE, f"{run_id}@{start_by}")


def abort(run_id: UUID) -> None:
    """Stop executing a run that has been cancelled; `transitions.cancel` has fenced it already."""
    engine = current()
    if engine is not None:
        engine.abort(run_id)
    broadcast.publish(ABORT, str(run_id))
