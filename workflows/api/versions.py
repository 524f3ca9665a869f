"""/api/workflows/<slug>: its history, its versions, what is published, and what can be undone."""

from __future__ import annotations

from typing import Annotated, TypedDict, cast

from rest_framework.response import Response

from workflows.api import query, run_shapes, shapes
from workflows.api.base import ApiView, Request, absolute_media
from workflows.api.etag import etag_of
from workflows.graph import effects
from workflows.models import Role, Run, User, Version
from workflows.services.library import access, history, steps, versions
from workflows.services.library.originals import originals_of
from workflows.types import Edge, Json, JsonObject, Node, Time, Uuid, described


class Author(TypedDict):
    """Who changed something; null where the account was deleted."""

    id: str
    name: str
    you: bool


class NamedNode(TypedDict):
    """A node as history names it: its type, and its own title or nothing."""

    id: str
    type: str | None
    title: str


class ChangedValue(TypedDict):
    """One value that changed; without `node` a key of the document. Long values are cut."""

    node: NamedNode | None
    field: str
    before: Json
    after: Json


class EffectCounts(TypedDict):
    """How much of each there is; the lists beside it name the first twenty."""

    added: int
    removed: int
    moved: int
    changed: int
    connected: int
    disconnected: int


class Effects(TypedDict):
    """What was done to a document; what was undone in between is left out."""

    added: list[NamedNode]
    removed: list[NamedNode]
    moved: list[NamedNode]
    changed: list[ChangedValue]
    counts: EffectCounts


class HistoryEntry(TypedDict):
    """What one user changed without a pause of ten minutes, from one version to another."""

    author: Author | None
    before: int
    after: int
    began: Time
    ended: Time
    steps: int
    labels: list[str]
    effects: Effects


class KeptVersion(TypedDict):
    """A version that is kept: under a name, or published under a number with notes."""

    id: str
    version: int
    number: int | None
    name: str
    notes: str
    author: Author | None
    createdAt: Time
    live: bool


class History(TypedDict):
    """A page of a history, newest first.

    `next` is the value of `before` for the next page. Where `complete` is false, what came before
    has been forgotten.
    """

    version: int
    entries: list[HistoryEntry]
    versions: list[KeptVersion]
    next: int | None
    complete: bool


class Versions(TypedDict):
    """What is kept, newest first; `live` is the number that runs by the API, null: the draft.

    `steps` are those of the draft since. `role` is what the caller may do, `mayPublish` whether
    that includes publishing.
    """

    role: shapes.WorkflowRole | None
    mayPublish: bool

    version: int
    live: int | None
    steps: int
    versions: list[KeptVersion]
    copiedFrom: shapes.CopiedFrom | None


class ComparedVersion(TypedDict):
    """One side of a comparison; `run` is the caller's newest run of just this, if there is one."""

    version: int
    name: str
    nodes: list[Node]
    edges: list[Edge]
    run: run_shapes.ExecutionSummary | None


class ComparedValue(TypedDict):
    """One value that differs; `node` is an id, null: a key of the document. A missing one is left
    out of the version that lacks it.
    """

    node: str | None
    field: str
    before: Json
    after: Json


class Comparison(TypedDict):
    """Two versions and what is between them, by ids of nodes and of edges."""

    before: ComparedVersion
    after: ComparedVersion
    added: list[str]
    removed: list[str]
    moved: list[str]
    changed: list[ComparedValue]
    connected: list[str]
    disconnected: list[str]
    authors: dict[str, list[Author]]


class UndoStep(TypedDict):
    """One step of the caller's own."""

    id: Uuid
    label: str
    version: int
    operations: list[Annotated[Json, described("Operation")]]
    inverse: list[Annotated[Json, described("Operation")]]


class UndoSteps(TypedDict):
    """What the caller can undo and redo, the next one first."""

    version: int
    undo: list[UndoStep]
    redo: list[UndoStep]
    next: int | None


class VersionAfter(TypedDict):
    """The version there is now."""

    version: int


class WorkflowHistory(ApiView):
    """The log of a workflow, in entries."""

    capability = {"GET": "workflow:read"}

    def get(self, request: Request, slug: str) -> Response:
        """Return who changed what and when; `?before=` is the `next` of the page before."""
        shared = request.auth.sharing(Role.VIEW)
        workflow = access.workflow_own_get(user=request.user, slug=slug, shared=shared)
        before = query.number(request, "before", default=0)
        page = history.history_page(workflow=workflow, before=before or None)
        found: History = {
            "version": workflow.version,
            "entries": [_entry(row, page.nodes, request.user) for row in page.entries],
            "versions": [kept(row, workflow.published_id, request.user) for row in page.versions],
            "next": page.next,
            "complete": page.complete,
        }
        return Response(found)


class WorkflowVersions(ApiView):
    """The versions that are kept of a workflow."""

    capability = {"GET": "workflow:read", "POST": "workflow:write"}

    def get(self, request: Request, slug: str) -> Response:
        """List them, and how far the draft is from the one that is live."""
        shared = request.auth.sharing(Role.VIEW)
        workflow = access.workflow_own_get(user=request.user, slug=slug, shared=shared)
        return Response(_versions(versions.version_list(workflow=workflow), request.user))

    def post(self, request: Request, slug: str) -> Response:
        """Keep a version under a name, or publish it."""
        shared = request.auth.sharing(Role.EDIT)
        access.workflow_own(user=request.user, slug=slug, shared=shared)
        made = versions.version_keep(
            user=request.user,
            slug=slug,
            request=self.read(request, versions.NewVersion),
            shared=shared,
        )
        return Response(kept(made, made.workflow.published_id, request.user), status=201)


class WorkflowPublished(ApiView):
    """Which version is live."""

    capability = {"PUT": "workflow:write"}

    def put(self, request: Request, slug: str) -> Response:
        """Make an earlier published version live again, or the draft with null."""
        shared = request.auth.sharing(Role.EDIT)
        access.workflow_own(user=request.user, slug=slug, shared=shared)
        found = versions.version_publish(
            user=request.user,
            slug=slug,
            request=self.read(request, versions.PublishedNumber),
            shared=shared,
        )
        return Response(_versions(found, request.user))


class WorkflowComparison(ApiView):
    """Two versions of a workflow beside each other."""

    capability = {"GET": "workflow:read"}

    def get(self, request: Request, slug: str) -> Response:
        """Return both and what is between them: `?from=` and `?to=`, the draft if left out."""
        shared = request.auth.sharing(Role.VIEW)
        workflow = access.workflow_own_get(user=request.user, slug=slug, shared=shared)
        to = query.number(request, "to", default=workflow.version, low=1)
        start = query.number(request, "from", default=to, low=1)
        found = history.compare(user=request.user, workflow=workflow, before=start, after=to)
        return Response(comparison(request, found, start, to))


class WorkflowRestore(ApiView):
    """Taking back an earlier version."""

    capability = {"POST": "workflow:write"}

    def post(self, request: Request, slug: str) -> Response:
        """Make the workflow, or nodes or fields of it, what it was, as one new change."""
        shared = request.auth.sharing(Role.EDIT)
        access.workflow_own(user=request.user, slug=slug, shared=shared)
        version = versions.version_restore(
            user=request.user,
            slug=slug,
            request=self.read(request, versions.Restore),
            shared=shared,
        )
        found: VersionAfter = {"version": version}
        return Response(found, headers={"ETag": etag_of(version)})


class WorkflowSteps(ApiView):
    """What the caller can undo in a workflow."""

    capability = {"GET": "workflow:read"}

    def get(self, request: Request, slug: str) -> Response:
        """Return the caller's own steps, the newest first; `?before=` goes on from a `next`."""
        shared = request.auth.sharing(Role.EDIT)
        workflow = access.workflow_own_get(user=request.user, slug=slug, shared=shared)
        before = query.number(request, "before", default=0)
        page = steps.step_page(user=request.user, workflow=workflow, before=before or None)
        found: UndoSteps = {
            "version": workflow.version,
            "undo": [_step(row) for row in page.undo],
            "redo": [_step(row) for row in page.redo],
            "next": page.next,
        }
        return Response(found)


def kept(row: Version, live: int | None, viewer: User) -> KeptVersion:
    """Return a kept version without its document."""
    return {
        "id": str(row.pk),
        "version": row.version,
        "number": row.number,
        "name": row.name,
        "notes": row.notes,
        "author": author_of(row.author, viewer),
        "createdAt": shapes.moment(row.created_at),
        "live": row.pk == live,
    }


def _versions(found: versions.Kept, viewer: User) -> Versions:
    live = found.workflow.published_id
    role = shapes.role_of(found.workflow, viewer)
    original = originals_of([found.workflow], viewer).get(found.workflow.pk)
    return {
        "role": role,
        "mayPublish": role in ("owner", "edit") and access.may_publish(viewer, found.workflow),
        "version": found.workflow.version,
        "live": found.live.number if found.live else None,
        "steps": found.steps_since,
        "versions": [kept(row, live, viewer) for row in found.versions],
        "copiedFrom": None if original is None else shapes.copied_from(original),
    }


def author_of(user: User | None, viewer: User) -> Author | None:
    """Return who did something; None where the account was deleted."""
    return None if user is None else _author(user, viewer)


def _author(user: User, viewer: User) -> Author:
    name = user.get_full_name() or user.username
    return {"id": str(user.pk), "name": name, "you": user.pk == viewer.pk}


def _entry(row: history.Entry, nodes: dict[str, JsonObject], viewer: User) -> HistoryEntry:
    return {
        "author": author_of(row.author, viewer),
        "before": row.before,
        "after": row.after,
        "began": shapes.moment(row.began),
        "ended": shapes.moment(row.ended),
        "steps": row.changes,
        "labels": row.labels,
        "effects": cast("Effects", effects.summary(row.effects, nodes)),
    }


def comparison(request: Request, found: history.Comparison, start: int, to: int) -> Comparison:
    """Return two versions and what is between them."""
    absolute = absolute_media(request, request.user.pk)

    def side(version: int, document: JsonObject, run: Run | None) -> ComparedVersion:
        return {
            "version": version,
            "name": document["name"],
            "nodes": document["nodes"],
            "edges": document["edges"],
            "run": None if run is None else run_shapes.execution_summary(run, absolute),
        }

    return {
        "before": side(start, found.before, found.runs[0]),
        "after": side(to, found.after, found.runs[1]),
        "added": found.effects.added,
        "removed": found.effects.removed,
        "moved": found.effects.moved,
        "changed": [_value(row) for row in found.effects.changed],
        "connected": found.effects.connected,
        "disconnected": found.effects.disconnected,
        "authors": {
            id: [_author(user, request.user) for user in users]
            for id, users in found.authors.items()
        },
    }


def _value(row: effects.Changed) -> ComparedValue:
    return {
        "node": row.node,
        "field": row.field,
        "before": None if row.before is effects.MISSING else row.before,
        "after": None if row.after is effects.MISSING else row.after,
    }


def _step(row: steps.Step) -> UndoStep:
    return {
        "id": str(row.id),
        "label": row.label,
        "version": row.version,
        "operations": row.operations,
        "inverse": row.inverse,
    }
