"""Making runs and reading journals in tests."""

from __future__ import annotations

import asyncio
import json
import uuid
from functools import partial
from typing import Any

from django.db import transaction
from jsonschema import Draft202012Validator

from workflows.api.openapi import FILE
from workflows.engine import queue
from workflows.errors import InvalidGraph
from workflows.graph.plan import Plan
from workflows.graph.planner import compile
from workflows.journal import transitions
from workflows.journal.events import follow
from workflows.models import Event, Run, Snapshot, Step, User
from workflows.nodes import registry

TERMINAL = ("output", "failed", "cancelled")

_COMPONENTS = json.loads(FILE.read_text(encoding="utf-8"))["components"]
#: What the API's description says of each type of event.
_SHAPES = {
    type: Draft202012Validator({"$ref": reference, "components": _COMPONENTS})
    for type, reference in _COMPONENTS["schemas"]["RunEvent"]["discriminator"]["mapping"].items()
}


def graph(nodes: dict[str, Any], *edges: str) -> dict[str, Any]:
    """Build a document: `{"a": "testText", "b": ("testText", {data})}` and `"a > b"` edges.

    An edge feeds `text`; `"a > b.more"` names another input, `"a.image > b.image"` an output too.
    """
    items, rows = [], []
    for id, spec in nodes.items():
        type, data = spec if isinstance(spec, tuple) else (spec, {})
        items.append({"id": id, "type": type, "position": {"x": 0, "y": 0}, "data": data})
    for number, edge in enumerate(edges):
        source, target = edge.split(" > ")
        source, _, out = source.partition(".")
        target, _, into = target.partition(".")
        rows.append(
            {
                "id": f"e{number}",
                "source": source,
                "target": target,
                "sourceHandle": out or "text",
                "targetHandle": into or "text",
            }
        )
    return {"nodes": items, "edges": rows}


def chain(length: int, type: str = "testText") -> dict[str, Any]:
    """Build n0 > n1 > ... of one type."""
    nodes = {f"n{at}": (type, {"text": "hello"} if at == 0 else {}) for at in range(length)}
    return graph(nodes, *(f"n{at} > n{at + 1}" for at in range(length - 1)))


def create(owner: User, document: dict[str, Any], *, start: bool = True, **options: Any) -> Run:
    """Insert a queued run as the run service does."""
    inputs = options.pop("inputs", {})
    with transaction.atomic():
        snapshot = Snapshot.objects.create(
            sha256=uuid.uuid4().hex, nodes=document["nodes"], edges=document["edges"]
        )
        run = Run(owner=owner, snapshot=snapshot, inputs=inputs, options=options)
        plan = planned(run) if start else None
        if plan is not None:
            queue.open_run(run, 0, plan, document, {})
            return run
        if start:
            queue.place(run)
        transitions.open_run(run)
    return run


def planned(run: Run) -> Plan | None:
    """Plan a run; None for a graph that cannot run, which the run service refuses."""
    document = {"nodes": run.snapshot.nodes, "edges": run.snapshot.edges}
    try:
        plan = compile(document, run.inputs, registry.node_types(), run.options.get("only"))
    except InvalidGraph:
        return None
    if plan.randomized:
        run.options[transitions.RANDOMIZED] = dict(plan.randomized)
    return plan


def start(run: Run) -> None:
    """Give a run that was created without a place."""
    with transaction.atomic():
        queue.place(run)
        run.save(update_fields=queue.COLUMNS)


def cancel(run: Run) -> bool:
    """Cancel as the run service does."""
    with transaction.atomic():
        done = transitions.cancel(run.id)
        transaction.on_commit(partial(queue.abort, run.id))
    return done


def retry(run: Run) -> None:
    """Retry as the run service does."""
    with transaction.atomic():
        transitions.requeue(run.id)
        queue.place(run)
        run.save(update_fields=queue.COLUMNS)


def finish(run: Run, seconds: float = 120.0) -> list[dict[str, Any]]:
    """Wait for the run's end and return its events."""
    return asyncio.run(watch(run.id, seconds=seconds))


async def watch(run_id: uuid.UUID, after: int = 0, seconds: float = 120.0) -> list[dict[str, Any]]:
    """Follow a run to its end."""
    events: list[dict[str, Any]] = []
    async with asyncio.timeout(seconds):
        async for page in follow(run_id, after):
            events += page.events
    return events


def execute(owner: User, document: dict[str, Any], **options: Any) -> tuple[Run, list[Any]]:
    """Create a run, wait for its end, and return it fresh with its events."""
    run = create(owner, document, **options)
    events = finish(run)
    run.refresh_from_db()
    return run, events


def of(events: list[dict[str, Any]], type: str) -> list[dict[str, Any]]:
    """Pick the events of a type."""
    return [event for event in events if event["type"] == type]


def ids(events: list[dict[str, Any]], type: str) -> list[str]:
    """Pick the node ids of the events of a type."""
    return [event["node_id"] for event in of(events, type)]


def check_line(line: dict[str, Any]) -> None:
    """Hold an event to its description, which must know everything that is in it."""
    shape = _SHAPES[line["type"]]
    shape.validate(line)
    name = shape.schema["$ref"].rsplit("/", 1)[1]
    assert line.keys() <= _COMPONENTS["schemas"][name]["properties"].keys(), line


def check_journal(run: Run) -> None:
    """Hold a finished run to what the journal promises."""
    run.refresh_from_db()
    rows = list(Event.objects.filter(run=run).order_by("seq").values_list("seq", "type", "data"))
    assert [seq for seq, _, _ in rows] == list(range(1, len(rows) + 1))
    assert run.last_seq == len(rows)
    for seq, type, data in rows:
        check_line({"seq": seq, "at": "", "type": type, **data})
    types = [type for _, type, _ in rows]
    assert types[0] == "queued"
    assert types[-1] in TERMINAL
    # One terminal event for the first time the run was opened, and one for each time it was again.
    assert sum(type in TERMINAL for type in types[:-1]) == sum(
        type == "queued" and types[at - 1] in TERMINAL for at, type in enumerate(types) if at
    )
    assert run.status == {"output": "completed"}.get(types[-1], types[-1])
    # A completed run that is opened again runs again what had failed, and what follows that.
    opened = max((at for at, type in enumerate(types[:-1]) if type == "output"), default=0)
    done = [data["node_id"] for _, type, data in rows[opened:] if type == "completion"]
    assert len(done) == len(set(done)), "a completed node ran again"
    steps = Step.objects.filter(run=run, status="completed").values_list("node_id", flat=True)
    assert {data["node_id"] for _, type, data in rows if type == "completion"} == set(steps)
