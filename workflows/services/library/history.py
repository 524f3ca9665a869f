"""The history of a workflow: its log as entries of one user's work each, and any two versions.

An entry is what one user changed without a pause of ten minutes; versions that were named or
published are between them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflows.graph.diff import diff
from workflows.graph.document import same
from workflows.graph.effects import Effects, Ledger, effects_of, nodes_in
from workflows.graph.operations import apply_and_invert
from workflows.models import Change, Run, RunStatus, User, Version, Workflow
from workflows.services.library.documents import document_of
from workflows.services.library.versions import document_at
from workflows.types import Json, JsonObject

PAUSE = timedelta(minutes=10)
#: Entries of one page, changes of one entry, and changes that one page reads at most.
MAX_ENTRIES, MAX_GROUPED, MAX_READ = 50, 300, 1_000
#: Changes that are read for the authors of a comparison, and runs whose graphs are read.
MAX_AUTHORED, MAX_RUNS = 2_000, 10


@dataclass(slots=True)
class Entry:
    """What one user changed in one go; `before` is the version it began from, `after` its end."""

    author: User | None
    before: int
    after: int
    began: datetime
    ended: datetime
    changes: int
    labels: list[str]
    effects: Effects


@dataclass(slots=True)
class HistoryPage:
    """Entries and stored versions, newest first; `nodes` has the nodes that entries name.

    `next` is the version to go on from, None at the end; `complete` says whether the log begins
    at the first version or what came before has been forgotten.
    """

    entries: list[Entry]
    versions: list[Version]
    nodes: dict[str, JsonObject]
    next: int | None
    complete: bool


@dataclass(slots=True)
class Comparison:
    """Two versions, what is between them, who changed which node, and a run of each."""

    before: JsonObject
    after: JsonObject
    effects: Effects
    authors: dict[str, list[User]] = field(default_factory=dict)
    runs: tuple[Run | None, Run | None] = (None, None)


def history_page(*, workflow: Workflow, before: int | None = None) -> HistoryPage:
    """Return a page of the history; `before` is the version that the page before has begun from."""
    at = workflow.version if before is None else min(before, workflow.version)
    rows = list(
        Change.objects.filter(workflow=workflow, version__lte=at)
        .select_related("author")
        .order_by("-version")[:MAX_READ]
    )
    stored = Version.objects.filter(workflow=workflow, version__lte=at).exclude(
        name="", number=None
    )
    versions = list(stored.defer("document").select_related("author").order_by("-version", "-pk"))
    stops = {row.version for row in versions}
    nodes = {node["id"]: node for node in document_of(workflow)["nodes"]}
    groups: list[list[Change]] = []
    for row in rows:
        for node in nodes_in([*row.operations, *row.inverse]):
            nodes.setdefault(node["id"], node)
        if groups and _joins(groups[-1], row, stops):
            groups[-1].append(row)
        elif len(groups) == MAX_ENTRIES:
            break
        else:
            groups.append([row])
    entries = [_entry(group) for group in groups]
    end = entries[-1].before if entries else at
    more = Change.objects.filter(workflow=workflow, version__lte=end).exists()
    named = {id for entry in entries for id in entry.effects.nodes}
    shown = [row for row in versions if row.version >= end or not more]
    if before is not None:
        shown = [row for row in shown if row.version < before]
    return HistoryPage(
        entries,
        shown,
        {id: nodes[id] for id in named if id in nodes},
        end if more else None,
        more or end <= 1,
    )


def compare(*, user: User, workflow: Workflow, before: int, after: int) -> Comparison:
    """Compare two versions. Raises VersionNotFound when one of them is not stored."""
    old, new = document_at(workflow, before), document_at(workflow, after)
    operations = diff(old, new)
    _, inverse = apply_and_invert(old, operations)
    found = Comparison(old, new, effects_of(operations, inverse))
    found.authors = _authors(workflow, *sorted((before, after)))
    found.runs = (_run_of(user, workflow, old, before), _run_of(user, workflow, new, after))
    return found


def _joins(group: list[Change], row: Change, stops: set[int]) -> bool:
    newest, oldest = group[0], group[-1]
    return (
        oldest.author_id == row.author_id
        and oldest.created_at - row.created_at < PAUSE
        and len(group) < MAX_GROUPED
        and row.version not in stops
        and newest.version > row.version
    )


def _entry(group: list[Change]) -> Entry:
    ledger = Ledger()
    for row in reversed(group):
        ledger.add(row.operations, row.inverse)
    newest, oldest = group[0], group[-1]
    return Entry(
        newest.author,
        oldest.version - 1,
        newest.version,
        oldest.created_at,
        newest.created_at,
        len({row.step or row.pk for row in group}),
        list(dict.fromkeys(row.label for row in group if row.label))[:5],
        ledger.effects(),
    )


def _authors(workflow: Workflow, start: int, end: int) -> dict[str, list[User]]:
    """Map the ids of nodes to those who changed them between two versions, the last one first."""
    rows = Change.objects.filter(workflow=workflow, version__gt=start, version__lte=end)
    found: dict[str, dict[int, User]] = defaultdict(dict)
    for row in rows.select_related("author").order_by("-version")[:MAX_AUTHORED]:
        for operation in row.operations:
            id = _node_of(operation)
            if id and row.author:
                found[id][row.author.pk] = row.author
    return {id: list(users.values()) for id, users in found.items()}


def _node_of(operation: JsonObject) -> str | None:
    noun = str(operation.get("op")).partition(".")[0]
    if noun not in ("node", "field"):
        return None
    node = operation.get("node")
    id = node.get("id") if isinstance(node, dict) else operation.get("id")
    return id if isinstance(id, str) else None


def _run_of(user: User, workflow: Workflow, document: JsonObject, version: int) -> Run | None:
    """Return the user's newest completed run of what a version computes, wherever its nodes are."""
    end = (
        Change.objects.filter(workflow=workflow, version=version + 1)
        .values_list("created_at", flat=True)
        .first()
    )
    rows = Run.objects.filter(workflow=workflow, owner=user, status=RunStatus.COMPLETED)
    if end is not None:
        rows = rows.filter(created_at__lte=end)
    wanted = _content(document["nodes"], document["edges"])
    for run in rows.select_related("snapshot").order_by("-created_at")[:MAX_RUNS]:
        if same(_content(run.snapshot.nodes, run.snapshot.edges), wanted):
            return run
    return None


def _content(nodes: list[JsonObject], edges: list[JsonObject]) -> Json:
    """Return what of a graph decides its results: neither places nor the order."""
    ends = ("source", "sourceHandle", "target", "targetHandle")
    return {
        "nodes": {
            node["id"]: {key: node.get(key) for key in ("type", "data", "mode", "pinned")}
            for node in nodes
        },
        "edges": {edge["id"]: [edge.get(end) for end in ends] for edge in edges},
    }
