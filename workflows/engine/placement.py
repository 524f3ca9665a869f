"""Who executes a run: the pool that has the tags it requires and the least to do.

Processes with the same tags are a pool. Workers take jobs from the queue of their pool; the engine
inside a web process has its runs assigned to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from workflows import broadcast
from workflows.engine import jobs
from workflows.engine.members import SWEEP, Member
from workflows.graph.tags import fits
from workflows.models import Run
from workflows.models.runs import DUE

#: The option of a run that only workers with these tags may execute.
OPTION = "workerTags"
MOST_BEHIND = 100
#: Characters of a queue's name: Procrastinate's part of a channel's 63 taken away.
MAX_NAME = 36


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run goes: to the worker that takes it from a pool's `queue`, or else to `name`."""

    name: str
    queue: str


def queue_name(tags: Collection[str]) -> str:
    """Name the queue of the pool with these tags.

    A channel of PostgreSQL is named by it, so a long one is cut and distinguished by a digest.
    """
    name = ",".join(sorted(tags)) or "any"
    if len(name) <= MAX_NAME and name.isascii():
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:12]
    return f"{name[: MAX_NAME - 13].encode('ascii', 'replace').decode()}#{digest}"


def choose(alive: Sequence[Member], tags: Collection[str], here: str = "") -> Place | None:
    """Pick the least loaded place with these tags, `here` before others; None: there is none."""
    room: dict[Place, int] = {}
    for member in alive:
        if member.capacity and fits(member.tags, tags):
            place = Place("" if member.queue else member.name, member.queue)
            room[place] = room.get(place, 0) + member.capacity
    if len(room) > 1:
        rows = Run.objects.filter(DUE).values_list("queue").annotate(Count("pk"))
        busy = dict(rows.order_by())
        # Equal ones by name, so that they do not change with the order of rows.
        return min(
            room,
            key=lambda at: (busy.get(at.queue, 0) / room[at], at.name != here, at.queue, at.name),
        )
    return next(iter(room), None)


def give(run_id: UUID, owner_id: int, place: Place, active: int = 0) -> dict[str, object]:
    """Give a run a place, within a transaction; return the columns of its row that say so.

    The more `active` runs its owner has, the later it is taken from a queue.
    """
    if not place.queue:
        return {"queue": "", "runner": place.name, "job_id": None}
    job_id = jobs.defer(run_id, owner_id, place.queue, -min(active, MOST_BEHIND))
    return {"queue": place.queue, "runner": "", "job_id": job_id}


def notify() -> None:
    """Wake the engines, for a run that is assigned or has no place; a queue wakes by itself."""
    broadcast.publish(SWEEP)
