"""What one process of a site sends to all others: `pg_notify`, for wake-ups that may be lost.

A message is a topic and a text. Who sends it has heard it already, so it does not come back.
A subscriber also looks at the tables from time to time. With SQLite there is one process, and
this does nothing. Who listens is `engine/heartbeat.py`.
"""

from __future__ import annotations

import logging
import os
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable

from django.db import DatabaseError, connection

from workflows.boundaries import background

logger = logging.getLogger(__name__)

CHANNEL = "patchbay"
NOTIFY = f"SELECT pg_notify('{CHANNEL}', %s)"
#: What a message may have; PostgreSQL allows 8,000 bytes.
MAX_TEXT = 7_000

#: Gets a text, or None when messages may have been missed.
Subscriber = Callable[[str | None], object]

_subscribers: defaultdict[str, list[Subscriber]] = defaultdict(list)
_process = (0, "")


def subscribe(topic: str, subscriber: Subscriber) -> None:
    """Have messages of other processes on a topic; they come in the listener's thread."""
    _subscribers[topic].append(subscriber)


def unsubscribe(topic: str, subscriber: Subscriber) -> None:
    """Have them no more."""
    _subscribers[topic].remove(subscriber)


def has_others() -> bool:
    """Return whether the site may have other processes: not with SQLite."""
    return connection.vendor == "postgresql"


def publish(topic: str, *texts: str) -> None:
    """Send to all other processes, when the transaction commits; never raises for a lost database.

    Inside a transaction a lost database raises, for the transaction is lost with it.
    """
    if not has_others():
        return
    try:
        with connection.cursor() as cursor:
            for part in _parts(texts):
                cursor.execute(NOTIFY, [message(topic, part)])
    except DatabaseError:
        if connection.in_atomic_block:
            raise


def deliver(payload: str) -> None:
    """Hand a message that has come in to those who subscribed."""
    sender, _, rest = payload.partition(" ")
    topic, _, text = rest.partition(" ")
    if sender == process_name():
        return
    for part in text.split(","):
        for subscriber in list(_subscribers[topic]):
            # The listener goes on, whatever another version of this program says.
            with background(logger, "a message on %s was not understood", topic):
                subscriber(part)


def missed(topic: str | None = None) -> None:
    """Send all subscribers, or those of a topic, that messages may have been lost."""
    for each in [topic] if topic else list(_subscribers):
        for subscriber in list(_subscribers[each]):
            subscriber(None)


def message(topic: str, text: str = "") -> str:
    """Write what `NOTIFY` is given."""
    return f"{process_name()} {topic} {text}"


def process_name() -> str:
    """Return the name of this process, which may have been forked from another one."""
    global _process
    if _process[0] != os.getpid():
        _process = os.getpid(), secrets.token_hex(4)
    return _process[1]


def _parts(texts: Iterable[str]) -> Iterable[str]:
    part = ""
    for text in texts or ("",):
        if part and len(part) + len(text) >= MAX_TEXT:
            yield part
            part = ""
        part = f"{part},{text}" if part else text
    yield part
