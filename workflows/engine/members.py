"""The processes of a site that share a PostgreSQL database, as this one knows them.

`heartbeat.py` finds out who lives; here is what all others read. With SQLite no one has joined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from django.db import connection

from workflows.models import Worker

#: The topic on which a death, a stop and runs for others are sent: look for runs to take up.
SWEEP = "sweep"


@dataclass(frozen=True, slots=True)
class Member:
    """A process that lives. `queue` is what it takes jobs from; empty: its runs are assigned to it.

    `capacity` is how many runs it executes at once, 0 for one that only serves. `watchers` are its
    open streams by account.
    """

    name: str
    tags: frozenset[str] = frozenset()
    queue: str = ""
    capacity: int = 0
    watchers: dict[str, int] = field(default_factory=dict)


class Joined(Protocol):
    """This process among the others."""

    me: Member
    #: All that live, as of a second ago, and this one.
    members: list[Member]

    @property
    def leads(self) -> bool:
        """Whether this process does what is done once for all."""

    def open(self) -> None:
        """Begin to take part."""

    def close(self) -> None:
        """End to take part."""


_here: Joined | None = None
_count: Callable[[], dict[str, int]] = dict


def join(joined: Joined) -> None:
    """Take part from now on."""
    global _here
    joined.open()
    _here = joined


def leave() -> None:
    """Take part no more."""
    global _here
    joined, _here = _here, None
    if joined is not None:
        joined.close()


def here() -> Joined | None:
    """Return this process among the others; None with SQLite, and in commands."""
    return _here


def watchers_counted_by(count: Callable[[], dict[str, int]]) -> None:
    """Say who counts the open streams of this process, by account."""
    global _count
    _count = count


def watchers_here() -> dict[str, int]:
    """Return how many streams are open in this process, by account."""
    return _count()


def watchers_elsewhere() -> Counter[str]:
    """Return how many were open in the other processes at their last heartbeats, by account."""
    found: Counter[str] = Counter()
    if _here is not None:
        for member in _here.members:
            if member.name != _here.me.name:
                found.update(member.watchers)
    return found


def alive(*, now: bool = False) -> list[Member]:
    """List the processes that live, as of a second ago or as of `now`."""
    if _here is not None and not now:
        return _here.members
    if connection.vendor != "postgresql":
        return []
    return [
        Member(row.name, frozenset(row.tags), row.queue, row.capacity, row.watchers)
        for row in Worker.objects.all()
    ]
