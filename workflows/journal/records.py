"""The SQL of the journal: many rows in one statement, the same text on SQLite and PostgreSQL.

Knows how values are written to the columns of Event, Step and CacheEntry; when they are written and
in which transaction is decided by `writer.py` and `transitions.py`. The ORM is not used here
because one row costs it more than a whole node costs the engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from workflows.fields import encode
from workflows.models import CacheEntry, Event, NodeResult, Run, Step, StepStatus
from workflows.types import NodeId

#: Rows of one INSERT, or as many as are left: few different statements keep the databases'
#: statement caches useful, and one means one release of the interpreter lock, not one per row.
SIZES = (256, 64, 16)

_STEP_COLUMNS = (
    "run_id",
    "node_id",
    "status",
    "provider",
    "request_id",
    "state",
    "position",
    "cache_key",
    "cached",
    "output",
    "error",
    "warnings",
    "cost",
    "started_at",
    "finished_at",
    "digest",
)


@dataclass(slots=True)
class StepRow:
    """A node's row as it is after a journal line; `output` and `error` are JSON texts."""

    node_id: NodeId
    status: str = str(StepStatus.RUNNING)
    provider: str = ""
    request_id: str | None = None
    state: str = ""
    position: int | None = None
    cache_key: str | None = None
    cached: bool = False
    output: str | None = None
    error: str | None = None
    warnings: list[str] = field(default_factory=list)
    cost: Decimal = Decimal(0)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    digest: str = ""


@dataclass(slots=True)
class CacheRow:
    """A result to store, or (without output) one that was used today."""

    key: str
    node_type: str
    output: str | None


@cache
def _as_text() -> bool:
    """Say whether the database keeps ids and times as text; there is one database."""
    return connection.vendor == "sqlite"


def run_key(run_id: UUID) -> Any:
    """Write a run's id as the database stores it, and as its field would."""
    return run_id.hex if _as_text() else run_id


def moment(at: datetime | None) -> Any:
    """Write a time as the database stores it, and as its field would."""
    return str(at.astimezone(UTC).replace(tzinfo=None)) if at and _as_text() else at


def amount(credits: Decimal) -> Any:
    """Write credits as the database stores them."""
    return connection.ops.adapt_decimalfield_value(credits, 12, 3)


def insert_events(cursor: CursorWrapper, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert (run key, seq, type, data text, at) rows."""
    _many(cursor, Event, ("run_id", "seq", "type", "data", "at"), "", rows)


def upsert_steps(cursor: CursorWrapper, rows: Iterable[tuple[UUID, StepRow]]) -> None:
    """Insert or replace steps, each (run, node) at most once."""
    changed = ", ".join(f"{name} = excluded.{name}" for name in _STEP_COLUMNS[2:])
    values = [
        (
            run_key(run_id),
            step.node_id,
            step.status,
            step.provider,
            step.request_id,
            step.state,
            step.position,
            step.cache_key,
            step.cached,
            step.output,
            step.error,
            encode(step.warnings),
            amount(step.cost),
            moment(step.started_at),
            moment(step.finished_at),
            step.digest,
        )
        for run_id, step in rows
    ]
    conflict = f"ON CONFLICT (run_id, node_id) DO UPDATE SET {changed}"
    _many(cursor, Step, _STEP_COLUMNS, conflict, values)


def show_results(cursor: CursorWrapper, run_id: UUID) -> None:
    """Make what a run has completed the newest results of its workflow's nodes."""
    results, steps, runs = (f'"{model._meta.db_table}"' for model in (NodeResult, Step, Run))
    # In one order, so that two processes never wait for each other.
    cursor.execute(
        f"INSERT INTO {results} (owner_id, workflow_id, node_id, step_id) "
        f"SELECT r.owner_id, r.workflow_id, s.node_id, s.id FROM {steps} s "
        f"JOIN {runs} r ON r.id = s.run_id "
        "WHERE r.id = %s AND r.workflow_id IS NOT NULL AND s.status = %s ORDER BY s.node_id "
        "ON CONFLICT (owner_id, workflow_id, node_id) DO UPDATE SET step_id = excluded.step_id",
        [run_key(run_id), str(StepStatus.COMPLETED)],
    )


def upsert_cache(cursor: CursorWrapper, rows: Iterable[CacheRow], at: datetime) -> None:
    """Store results, and note that stored ones were used; each key at most once."""
    now = moment(at)
    found = list(rows)
    stored = [(row.key, row.node_type, row.output, now, now) for row in found if row.output]
    columns = ("key", "node_type", "output", "created_at", "last_used_at")
    conflict = (
        "ON CONFLICT (key) DO UPDATE SET output = excluded.output, "
        "last_used_at = excluded.last_used_at"
    )
    _many(cursor, CacheEntry, columns, conflict, stored)
    used = [row.key for row in found if not row.output]
    if used:
        CacheEntry.objects.filter(key__in=used).update(last_used_at=at)


def _many(
    cursor: CursorWrapper,
    model: type[models.Model],
    columns: tuple[str, ...],
    conflict: str,
    rows: Sequence[tuple[Any, ...]],
) -> None:
    start = 0
    while left := len(rows) - start:
        size = next((size for size in SIZES if size <= left), left)
        chunk = rows[start : start + size]
        parameters = [value for row in chunk for value in row]
        cursor.execute(_insert(model._meta.db_table, columns, conflict, size), parameters)
        start += size


@cache
def _insert(table: str, columns: tuple[str, ...], conflict: str, size: int) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    row = f"({', '.join(['%s'] * len(columns))})"
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([row] * size)} {conflict}'.rstrip()
