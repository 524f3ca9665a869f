"""The past of a run: what its events say to the next attempt of what earlier ones have done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from workflows.journal.events import (
    TERMINAL_TYPES,
    Completion,
    Items,
    NodeFailed,
    Paused,
    Queued,
    Started,
    Submit,
    Suspected,
    Warned,
)
from workflows.types import Json, JsonObject, NodeId


@dataclass(slots=True)
class Past:
    """What earlier attempts at a run have left behind.

    `completed` maps node id to output. `suspects` are the nodes that were submitted and not
    finished when a process died since the run was last queued, with the deaths each was alone
    suspected of; `crashed`: one has died since then.
    `requests` are ids at providers by (node id, item) that are not cancelled, `submitted` counts
    those there have ever been. `retries` counts how often the ended run was opened again.
    `warnings` are those of nodes since then. `items` are the results of list items by node, item
    and the digest of what the call was given.
    """

    completed: dict[NodeId, Json] = field(default_factory=dict)
    suspects: dict[NodeId, int] = field(default_factory=dict)
    requests: dict[tuple[NodeId, int | None], str] = field(default_factory=dict)
    submitted: dict[tuple[NodeId, int | None], int] = field(default_factory=dict)
    crashed: bool = False
    retries: int = 0
    warnings: dict[NodeId, list[str]] = field(default_factory=dict)
    items: dict[NodeId, dict[tuple[int, str], JsonObject]] = field(default_factory=dict)


def replay(rows: Iterable[tuple[str, Any]], past: Past) -> None:
    """Fold the (type, data) of earlier attempts' events into what a new attempt must know."""
    for type, data in rows:
        node_id = data.get("node_id")
        if type == Queued.type:
            past.suspects, past.crashed = {}, False
            for again in data.get("again") or ():
                past.items.pop(again, None)
            for id, numbers in (data.get("items") or {}).items():
                known = past.items.get(id, {})
                past.items[id] = {at: row for at, row in known.items() if at[0] not in numbers}
        elif type == Paused.type and not data.get("lost"):
            # What was under way is done, or has not been called.
            past.suspects, past.crashed = {}, False
        elif type == Started.type:
            past.crashed = True
        elif type == Submit.type:
            request_id = data.get("request_id")
            if request_id is None:
                past.suspects.setdefault(node_id, 0)
            else:
                place = node_id, data.get("item")
                past.requests[place] = request_id
                past.submitted[place] = past.submitted.get(place, 0) + 1
        elif type == Items.type:
            if node_id in past.suspects:
                past.suspects[node_id] = 0  # it goes on: what killed the process was not this
            known = past.items.setdefault(node_id, {})
            for row in data["items"]:
                if "output" in row:
                    known[row["item"], row["digest"]] = row["output"]
        elif type == Suspected.type:
            past.suspects[node_id] = data["deaths"]
        elif type == Warned.type:
            past.warnings.setdefault(node_id, []).append(data["message"])
        elif type in (Completion.type, NodeFailed.type):
            past.suspects.pop(node_id, None)
        elif type in TERMINAL_TYPES:
            past.requests, past.warnings = {}, {}
            past.retries += 1
