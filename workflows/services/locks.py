"""Locks the database holds until the transaction ends; they settle every race between requests."""

from __future__ import annotations

import hashlib

from django.db import connection


def hold(name: str) -> None:
    """Wait for the lock `name` and hold it until the current transaction ends.

    PostgreSQL: an advisory transaction lock on a hash of the name. SQLite: every transaction of
    ours begins IMMEDIATE, so its writer is alone already. Take `owner:` before `slug:`.
    """
    if not connection.in_atomic_block:
        raise RuntimeError(f"the lock {name!r} was requested outside a transaction")
    if connection.vendor == "postgresql":
        digest = hashlib.sha256(name.encode()).digest()
        key = int.from_bytes(digest[:8], "big", signed=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
