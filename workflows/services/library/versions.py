"""Versions of a workflow: keeping, publishing, reading and restoring any of them.

A version that is named or published is stored whole. Every other one is made from the next stored
one by the inverses of the changes between; checkpoints keep that way short, however long the log
is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Coalesce

from workflows.bodies import Body, Meta
from workflows.errors import InvalidBody, RoleForbidden, VersionNotFound
from workflows.graph.diff import diff
from workflows.graph.operations import apply
from workflows.models import Change, Role, Run, TakenVersion, User, Version, Workflow
from workflows.services.library import assets, changes
from workflows.services.library.access import may_publish, workflow_lock
from workflows.services.library.documents import check, document_of
from workflows.types import JsonObject

#: Changes that are read to make one version; CHECKPOINT_BYTES bounds their size (`changes.py`).
MAX_NODES_RESTORED = 500
#: What a restored version does not bring back: what opens a workflow to others, and its view.
NOT_RESTORED = frozenset(
    {"publicPlayground", "publicRun", "embedOrigins", "hidden", "archived", "viewport"}
)

_VersionNumber = Annotated[int, Meta(ge=1, extra={"expected": "a version of the document"})]


class NewVersion(Body):
    """A version to store: under a name, or published with notes."""

    name: Annotated[str, Meta(max_length=200)] = ""
    notes: Annotated[str, Meta(max_length=5_000)] = ""
    publish: bool = False
    version: Annotated[
        _VersionNumber | None, Meta(description="Which one; null: the draft as it is.")
    ] = None


class PublishedNumber(Body):
    """The number of the version that is to be live; null: none, so that the draft runs."""

    number: Annotated[int, Meta(ge=1)] | None


class RestoredField(Body):
    """One field of a node."""

    node: str
    field: str


class Restore(Body):
    """What is to be as it was at a version, or in a run of the caller's own.

    All of it, or these nodes and fields alone; a run has nodes and connections.
    """

    version: _VersionNumber | None = None
    run: UUID | None = None
    nodes: Annotated[list[str], Meta(max_length=MAX_NODES_RESTORED)] = []
    fields: Annotated[list[RestoredField], Meta(max_length=MAX_NODES_RESTORED)] = []


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a workflow: its versions, newest first, and how the draft differs."""

    workflow: Workflow
    versions: list[Version]
    live: Version | None
    steps_since: int


def document_at(workflow: Workflow, version: int) -> JsonObject:
    """Return the document as it was at a version. Raises VersionNotFound when it is not stored."""
    if version == workflow.version:
        return document_of(workflow)
    stored = (
        Version.objects.filter(workflow=workflow, version__gte=version).order_by("version").first()
    )
    document, start = (
        (document_of(workflow), workflow.version)
        if stored is None
        else (stored.document, stored.version)
    )
    rows = Change.objects.filter(workflow=workflow, version__gt=version, version__lte=start)
    inverses = list(rows.order_by("-version").values_list("inverse", flat=True))
    if version < 1 or len(inverses) != start - version:
        raise VersionNotFound(
            field="version",
            value=version,
            expected=f"a version from 1 to {workflow.version} whose changes are kept",
        )
    return apply(document, [operation for inverse in inverses for operation in inverse])


def version_list(*, workflow: Workflow) -> Kept:
    """List what is stored under a name or a number, newest first."""
    rows = Version.objects.filter(workflow=workflow).defer("document").select_related("author")
    shown = [row for row in rows.order_by("-created_at", "-pk") if row.name or row.number]
    live = next((row for row in shown if row.pk == workflow.published_id), None)
    since = Change.objects.filter(workflow=workflow, version__gt=live.version) if live else None
    ids = None if since is None else since.values_list(Coalesce("step", "batch_id"), flat=True)
    steps = 0 if ids is None else ids.distinct().count()
    return Kept(workflow, shown, live, steps)


@transaction.atomic
def version_keep(
    *, user: User, slug: str, request: NewVersion, shared: Role | None = None
) -> Version:
    """Keep a version of a workflow under a name, or publish it under the next number.

    `shared` as in `workflow_readable`. Raises WorkflowNotFound, VersionNotFound, RoleForbidden, and
    InvalidBody without a name or `publish`.
    """
    workflow = workflow_lock(user=user, slug=slug, shared=shared)
    if request.publish:
        _check_publisher(user, workflow)
    name = request.name.strip()
    if not (name or request.publish):
        raise InvalidBody(
            "name is empty; expected a name, or publish: true.",
            field="name",
            value=request.name,
            expected="a name, or publish: true",
        )
    at = workflow.version if request.version is None else request.version
    stored = Version(
        workflow=workflow,
        version=at,
        name=name,
        notes=request.notes,
        author=user,
        document=document_at(workflow, at),
    )
    if request.publish:
        highest = Version.objects.filter(workflow=workflow).aggregate(Max("number"))["number__max"]
        stored.number = (highest or 0) + 1
    stored.save()
    if request.publish:
        _make_live(user, workflow, stored)
    return stored


@transaction.atomic
def version_publish(
    *, user: User, slug: str, request: PublishedNumber, shared: Role | None = None
) -> Kept:
    """Make an earlier published version the live one again, or with null none.

    `shared` as in `workflow_readable`. Raises WorkflowNotFound, VersionNotFound and RoleForbidden.
    """
    workflow = workflow_lock(user=user, slug=slug, shared=shared)
    _check_publisher(user, workflow)
    stored = None
    if request.number is not None:
        stored = Version.objects.filter(workflow=workflow, number=request.number).first()
        if stored is None:
            raise VersionNotFound(
                field="number", value=request.number, expected="the number of a published version"
            )
    _make_live(user, workflow, stored)
    return version_list(workflow=workflow)


@transaction.atomic
def version_restore(*, user: User, slug: str, request: Restore, shared: Role | None = None) -> int:
    """Make a workflow, or parts of it, what it was at a version or in a run, as one new change.

    Returns the version there is then. `shared` as in `workflow_readable`. Raises WorkflowNotFound,
    VersionNotFound, InvalidBody and RoleForbidden.
    """
    workflow = workflow_lock(user=user, slug=slug, shared=shared)
    now, then = document_of(workflow), _then(user, workflow, request)
    if request.nodes or request.fields:
        after = _with_fields(_with_nodes(now, then, request.nodes), then, request.fields)
        label = "Restored a part of an earlier version"
    else:
        unchanged = {key: value for key, value in now.items() if key in NOT_RESTORED}
        back = {key: value for key, value in then.items() if key not in NOT_RESTORED}
        after = {**back, **unchanged}
        label = "Restored an earlier version" if request.run is None else "Continued from a run"
    check(after)
    operations = diff(now, after)
    if operations:
        changes.change_write(workflow=workflow, author=user, operations=operations, label=label)
        if request.version is not None and not (request.nodes or request.fields):
            _restore_original(workflow, request.version)
    return workflow.version


def _restore_original(workflow: Workflow, version: int) -> None:
    """Make a copy that was just restored one of the version of its template that it was one of."""
    rows = TakenVersion.objects.filter(change__workflow=workflow)
    upto = rows.filter(change__version__lte=version).order_by("-change__version").first()
    # Before anything was taken it was a copy of what the first change took the place of.
    after = rows.filter(change__version__gt=version).order_by("change__version").first()
    if upto is not None:
        changes.original_move(workflow, upto.taken_id)
    elif after is not None:
        changes.original_move(workflow, after.before_id)


def _then(user: User, workflow: Workflow, request: Restore) -> JsonObject:
    """Return the document that is to be restored. Raises VersionNotFound, InvalidBody."""
    if (request.version is None) == (request.run is None):
        raise InvalidBody(
            "version or run is to be given, one of them.",
            field="version",
            value=request.version,
            expected="a version of the document, or a run",
        )
    if request.run is None:
        return document_at(workflow, request.version or 0)
    rows = Run.objects.filter(pk=request.run, owner=user, workflow=workflow)
    run = rows.select_related("snapshot").first()
    if run is None:
        raise VersionNotFound(
            field="run", value=str(request.run), expected="a run of the caller's own of it"
        )
    graph = {"nodes": run.snapshot.nodes, "edges": run.snapshot.edges}
    return {**document_of(workflow), **graph}


def _check_publisher(user: User, workflow: Workflow) -> None:
    """Raise RoleForbidden where what is published is the owner's choice alone."""
    if not may_publish(user, workflow):
        raise RoleForbidden(
            "Others run this workflow on its owner's account; only the owner publishes it.",
            role=workflow.role,
            expected="the owner",
        )


def _make_live(user: User, workflow: Workflow, stored: Version | None) -> None:
    workflow.published = stored
    workflow.save(update_fields=["published"])
    document = document_of(workflow) if stored is None else stored.document
    assets.assets_share(workflow=workflow, document=document, author=user)


def _with_nodes(now: JsonObject, then: JsonObject, ids: list[str]) -> JsonObject:
    """Return the document of now with nodes as they were, those that were not there taken out."""
    wanted = set(ids)
    old = {node["id"]: node for node in then["nodes"] if node["id"] in wanted}
    current = {node["id"] for node in now["nodes"]}
    nodes = [
        old.get(node["id"], node)
        for node in now["nodes"]
        if node["id"] not in wanted or node["id"] in old
    ]
    nodes += [node for id, node in old.items() if id not in current]
    there = {node["id"] for node in nodes}
    edges = [edge for edge in now["edges"] if {edge["source"], edge["target"]} <= there]
    known = {edge["id"] for edge in edges}
    taken = {(edge["target"], edge.get("targetHandle")) for edge in edges}
    edges += [
        edge
        for edge in then["edges"]
        if edge["id"] not in known
        and {edge["source"], edge["target"]} <= there
        and {edge["source"], edge["target"]} & (wanted - current)
        and (edge["target"], edge.get("targetHandle")) not in taken
    ]
    return {**now, "nodes": nodes, "edges": edges}


def _with_fields(now: JsonObject, then: JsonObject, fields: list[RestoredField]) -> JsonObject:
    """Return the document of now with fields of nodes as they were."""
    old = {node["id"]: node["data"] for node in then["nodes"]}
    data = {node["id"]: node["data"] for node in now["nodes"]}
    for row in fields:
        if row.node not in old or row.node not in data:
            raise InvalidBody(
                "fields names a node that one of the two versions lacks.",
                field="fields",
                value=row.node[:80],
                expected="nodes that are in both versions",
            )
        changed = {key: value for key, value in data[row.node].items() if key != row.field}
        if row.field in old[row.node]:
            changed[row.field] = old[row.node][row.field]
        data[row.node] = changed
    nodes = [{**node, "data": data[node["id"]]} for node in now["nodes"]]
    return {**now, "nodes": nodes}
