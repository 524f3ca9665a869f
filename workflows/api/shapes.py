"""How workflows look in JSON, with their last runs (contract of `docs/api.md`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Literal, TypedDict, overload

from workflows.billing.estimate import cost_estimate
from workflows.bodies import Meta
from workflows.graph import formats
from workflows.models import Run, RunStatus, User, Workflow
from workflows.services.library.apps import app_id
from workflows.services.library.facts import TemplateFacts, template_facts
from workflows.services.library.originals import Original, originals_of
from workflows.types import Json, JsonObject, Time, Uuid, described

Status = Literal["processing", "completed", "failed", "cancelled"]
WorkflowRole = Literal["owner", "edit", "run", "view"]
ROLES: Mapping[str, Literal["edit", "run", "view"]] = {
    "edit": "edit",
    "run": "run",
    "view": "view",
}
#: Our states of a run in the words of the API.
STATUS: dict[str, Status] = {
    RunStatus.COMPLETED: "completed",
    RunStatus.FAILED: "failed",
    RunStatus.INVALID: "failed",
    RunStatus.CANCELLED: "cancelled",
}


def or_null(name: str) -> Meta:
    """Say that a stored shape, or null, is described by hand under this name."""
    found = [{"$ref": f"#/components/schemas/{name}"}, {"type": "null"}]
    return Meta(extra_json_schema={"anyOf": found})


class LastRun(TypedDict):
    """The caller's last run of a workflow, as a card shows it."""

    executionId: Uuid
    status: Status
    ms: int | None
    finishedAt: Time | None
    failedNode: str | None


class CopiedFrom(TypedDict):
    """The template one's own copy was made of; a newer published version, until it is decided on.

    `number` is null where the copy was made before the template was published.
    """

    slug: str
    name: str
    number: int | None
    newer: int | None


class WorkflowSummary(TypedDict):
    """A workflow as lists show it; the folder and the cost are the caller's."""

    slug: str
    name: str
    description: str
    tags: list[str]
    publicPlayground: bool
    hidden: bool
    archived: bool
    isTemplate: bool
    cover: Annotated[Json, or_null("StoredCover")]
    thumbnail: str | None
    createdBy: str
    role: WorkflowRole | None
    sharedBy: str | None
    estimatedCreditCost: float | None
    folderId: str | None
    version: int
    formats: list[Annotated[str, described("Format")]]
    nodeCount: int
    lastRun: LastRun | None
    template: TemplateFacts | None
    copiedFrom: CopiedFrom | None
    appId: str
    createdAt: Time
    updatedAt: Time


@overload
def moment(at: datetime) -> Time: ...


@overload
def moment(at: datetime | None) -> Time | None: ...


def moment(at: datetime | None) -> Time | None:
    """Write a time as ISO 8601 in UTC with milliseconds."""
    if at is None:
        return None
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def summary(
    workflow: Workflow,
    last_run: Run | None,
    viewer: User,
    *,
    template: TemplateFacts | None,
    original: Original | None,
) -> WorkflowSummary:
    """Return a workflow as lists show it to a user; reads none of the heavy columns.

    The folder of another user's template is not shown, and the cost is the viewer's.
    """
    folder = workflow.folder_id if workflow.owner_id == viewer.pk else None
    return {
        "slug": workflow.slug,
        "name": workflow.name,
        "description": workflow.description,
        "tags": workflow.tags,
        "isTemplate": workflow.is_template,
        "hidden": workflow.hidden,
        "archived": workflow.archived,
        "publicPlayground": workflow.public_playground,
        "cover": workflow.cover,
        "thumbnail": workflow.thumbnail,
        "createdBy": str(workflow.owner_id),
        "role": role_of(workflow, viewer),
        "sharedBy": None if workflow.role is None else workflow.owner.username,
        "estimatedCreditCost": cost_estimate(workflow.work, viewer.tier),
        "folderId": None if folder is None else str(folder),
        "version": workflow.version,
        "formats": formats.offered(workflow.node_types),
        "nodeCount": sum(workflow.node_types.values()),
        "lastRun": last_run_of(last_run),
        "template": template,
        "copiedFrom": None if original is None else copied_from(original),
        "appId": app_id(workflow),
        "createdAt": moment(workflow.created_at),
        "updatedAt": moment(workflow.updated_at),
    }


def copied_from(original: Original) -> CopiedFrom:
    """Return the template of a copy."""
    return {
        "slug": original.slug,
        "name": original.name,
        "number": original.number,
        "newer": original.newer,
    }


def role_of(workflow: Workflow, viewer: User) -> WorkflowRole | None:
    """Return what a user may do with a workflow; None for a template of another user."""
    if workflow.owner_id == viewer.pk:
        return "owner"
    return None if workflow.role is None else ROLES[workflow.role]


def full(workflow: Workflow, last_run: Run | None, viewer: User) -> JsonObject:
    """Return a whole workflow; unknown keys stand beside the known ones, as they were sent."""
    template = template_facts([workflow]).get(workflow.pk)
    original = originals_of([workflow], viewer).get(workflow.pk)
    return {
        **workflow.extra,
        **summary(workflow, last_run, viewer, template=template, original=original),
        "nodes": workflow.nodes,
        "edges": workflow.edges,
        "viewport": workflow.viewport,
        "epoch": str(workflow.epoch),
        "canEdit": role_of(workflow, viewer) in ("owner", "edit"),
    }


def last_run_of(run: Run | None) -> LastRun | None:
    """Return the last run as a card shows it."""
    if run is None:
        return None
    error = run.error or {}
    return {
        "executionId": str(run.pk),
        "status": STATUS.get(run.status, "processing"),
        "ms": duration_ms(run),
        "finishedAt": moment(run.finished_at),
        "failedNode": error.get("nodeName") or error.get("nodeId"),
    }


def duration_ms(run: Run) -> int | None:
    """Return how long a finished run took from its submit, in ms."""
    if run.finished_at is None:
        return None
    # A clock that was set back must not make a run end before it began.
    return max(0, round((run.finished_at - run.created_at).total_seconds() * 1000))
