"""The heartbeat of this process, and the death of those that have none any more.

With PostgreSQL every process of a site has a row of `Worker` and writes it every second, over a
session of its own on which it also hears what others broadcast. A row means that the process lives.
One whose row has not moved for some seconds, while we could read it, loses it: a database that was
away, or a process of ours that was asleep, proves no one dead. Of one that is killed the server
closes the session at once, and lists it no more; one that we saw there, and that is gone for longer
than it takes to open another, is dead sooner. A process that was declared dead and is not gets the
row back with its next beat; what others have taken over by then is fenced by the run's `attempt`.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable
from itertools import chain, count
from typing import Any

import psycopg

from workflows import broadcast, database
from workflows.engine import members
from workflows.engine.members import SWEEP, Member
from workflows.engine.session_lock import open_session
from workflows.fields import encode
from workflows.models import Worker
from workflows.nodes import registry

logger = logging.getLogger(__name__)

#: How the server lists these sessions; those that hold a lock are called otherwise.
NAME = "patchbay-member"
BEAT_SECONDS = 1.0
#: A row that has not moved for so long is that of a dead process.
DEAD_SECONDS = 5.0
#: The same where the session of the process has ended.
GONE_SECONDS = 2.0
#: Names the locks of the engines' numbers, from here on.
NUMBER_KEY = 0x70617463_00000000  # "patc"

_TABLE = f'"{Worker._meta.db_table}"'
#: What the server keeps of the name of a session, bytes.
_SESSION_BYTES = 63
_SESSIONS = (
    "SELECT application_name FROM pg_stat_activity "
    f"WHERE datname = current_database() AND application_name LIKE '{NAME} %'"
)


class Membership:
    """This process among the others. `fit` says at each beat whether it still can work."""

    def __init__(
        self,
        tags: frozenset[str] = frozenset(),
        queue: str = "",
        capacity: int = 0,
        fit: Callable[[], bool] = lambda: True,
    ) -> None:
        # Unlike any before it, also on a machine where every process has the same number.
        name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(2)}"
        self.me = Member(name, tags, queue, capacity)
        self._leads = False
        #: One that no other engine has, kept over a lost session unless another has it by then.
        self.number = 0
        #: All that live, as of the last beat, and this one.
        self.members: list[Member] = [self.me]
        self._fit = fit
        self._seen: dict[str, tuple[Any, float]] = {}
        #: Those whose sessions the server listed at some beat of this session of ours.
        self._listed: set[str] = set()
        self._beaten = 0.0
        self._soon = False
        self._over = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="patchbay-members", daemon=True)

    @property
    def leads(self) -> bool:
        """Whether this process is the one that does what is done once for all.

        That is the engine whose row is the oldest. One that was asleep has lost its row, and with
        it the lead; it does not believe that it leads before it has checked.
        """
        return self._leads and time.monotonic() - self._beaten < DEAD_SECONDS

    def open(self, seconds: float = 10.0) -> None:
        """Begin, and wait for the first beat for so long."""
        self._thread.start()
        self._ready.wait(seconds)

    def close(self) -> None:
        """End, and say so; others take over at once what is left."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(2 * BEAT_SECONDS)

    def _run(self) -> None:
        failures = 0
        while not self._over.is_set():
            try:
                with open_session(session_name(self.me.name)) as session:
                    self._take_part(session)
                    return
            except psycopg.Error as error:
                failures = failures + 1 if time.monotonic() - self._beaten < 60 else 1
                logger.warning("out of touch with the other processes: %s", error)
            except Exception:  # whatever it is, this process must not be taken for dead
                failures += 1
                logger.exception("out of touch with the other processes")
            self._leads = False
            self._over.wait(database.pause_seconds(failures))

    def _take_part(self, session: psycopg.Connection[Any]) -> None:
        session.execute(f"LISTEN {broadcast.CHANNEL}")
        self._forget()
        broadcast.missed()
        if self.me.capacity:
            numbers = chain([self.number], count())
            self.number = next(at for at in numbers if _locks(session, NUMBER_KEY + at))
        broadcast.subscribe(SWEEP, self._hear)
        try:
            while not self._over.is_set():
                self._soon = False
                self._beat(session)
                if not self._ready.is_set():
                    self._notify(session)
                    self._ready.set()
                for notice in session.notifies(timeout=BEAT_SECONDS):
                    broadcast.deliver(notice.payload)
                    late = time.monotonic() > self._beaten + BEAT_SECONDS
                    if self._soon or late or self._over.is_set():
                        break
            session.execute(f"DELETE FROM {_TABLE} WHERE name = %s", [self.me.name])
            self._notify(session)
        finally:
            broadcast.unsubscribe(SWEEP, self._hear)

    def _beat(self, session: psycopg.Connection[Any]) -> None:
        now = time.monotonic()
        if now - self._beaten > 3 * BEAT_SECONDS:
            # We were asleep; what we have not seen meanwhile says nothing of others.
            self._forget()
        if self._fit():
            session.execute(
                f"INSERT INTO {_TABLE} (name, tags, queue, capacity, node_types, watchers, "
                "created_at, last_seen_at) "
                "VALUES (%s, %s, %s, %s, %s, %s, clock_timestamp(), clock_timestamp()) "
                "ON CONFLICT (name) DO UPDATE SET watchers = excluded.watchers, "
                "last_seen_at = excluded.last_seen_at",
                [
                    self.me.name,
                    encode(sorted(self.me.tags)),
                    self.me.queue,
                    self.me.capacity,
                    " ".join(sorted(registry.node_types())) if self.me.capacity else "",
                    encode(members.watchers_here()),
                ],
            )
        rows = session.execute(
            "SELECT name, tags, queue, capacity, watchers, last_seen_at "
            f"FROM {_TABLE} ORDER BY created_at, name"
        ).fetchall()
        sessions = {name for (name,) in session.execute(_SESSIONS).fetchall()}
        self._beaten = time.monotonic()
        dead = self._bury(session, {row[0]: row[-1] for row in rows}, sessions)
        self.members = [_member(*row[:-1]) for row in rows if row[0] not in dead]
        first = next((member.name for member in self.members if member.capacity), None)
        self._leads = first == self.me.name

    def _bury(
        self, session: psycopg.Connection[Any], beats: dict[str, Any], sessions: set[str]
    ) -> set[str]:
        """Take their rows from those that have not moved for too long; return their names."""
        seen = {}
        dead = set[str]()
        listed = {name for name in beats if session_name(name) in sessions}
        gone = (self._listed & beats.keys()) - listed
        self._listed = listed | gone
        for name, beat in beats.items():
            before, since = self._seen.get(name, (None, 0.0))
            seen[name] = (beat, since if beat == before else self._beaten)
            patience = GONE_SECONDS if name in gone else DEAD_SECONDS
            if name == self.me.name or self._beaten - seen[name][1] < patience:
                continue
            deleted = session.execute(
                f"DELETE FROM {_TABLE} WHERE name = %s AND last_seen_at = %s", [name, beat]
            )
            if deleted.rowcount:
                logger.warning("the process %s has died", name)
                dead.add(name)
        self._seen = seen
        if dead:
            self._notify(session)
            broadcast.missed(SWEEP)
        return dead

    def _forget(self) -> None:
        """Begin again to see who lives."""
        self._seen.clear()
        self._listed.clear()

    def _hear(self, _: str | None) -> None:
        """Check at once who has come or gone."""
        self._soon = True

    def _notify(self, session: psycopg.Connection[Any]) -> None:
        session.execute(broadcast.NOTIFY, [broadcast.message(SWEEP)])


def session_name(name: str) -> str:
    """Return how the server lists the session of a process: by the end of its name."""
    return f"{NAME} {name[len(NAME) + 1 - _SESSION_BYTES :]}"


def _locks(session: psycopg.Connection[Any], key: int) -> bool:
    row = session.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
    return bool(row and row[0])


def _member(name: str, tags: str, queue: str, capacity: int, watchers: str) -> Member:
    return Member(name, frozenset(json.loads(tags)), queue, capacity, json.loads(watchers))
