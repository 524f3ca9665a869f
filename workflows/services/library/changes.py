"""Changes: the one way a document is altered, each with its inverse and a version of its own."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from workflows.bodies import Body, Meta
from workflows.errors import VersionConflict
from workflows.graph import operations as vocabulary
from workflows.models import Change, User, Workflow
from workflows.services.library import assets
from workflows.services.library.access import workflow_lock
from workflows.services.library.documents import check, document_of, document_store
from workflows.types import Json, JsonObject, described

MAX_OPERATIONS = 20_000
MAX_LABEL = 200


#: What `graph/operations.py` checks.
_Operation = Annotated[Json, described("Operation")]


class Changes(Body):
    """A batch of operations under an id of the caller's own."""

    base_version: Annotated[
        int, Meta(ge=1, extra={"expected": "the version the operations were made on"})
    ]
    batch_id: Annotated[UUID, Meta(extra={"expected": "a UUID of the caller's own"})]
    operations: Annotated[list[_Operation], Meta(min_length=1, max_length=MAX_OPERATIONS)]
    label: Annotated[str, Meta(max_length=MAX_LABEL)] = ""


@transaction.atomic
def change_apply(*, user: User, slug: str, request: Changes) -> int:
    """Apply a batch of operations to one's own workflow and return its new version.

    A batch that was applied before is not applied again and has the same response. Raises
    WorkflowNotFound; VersionConflict with `version` and `missed` when the workflow has changed
    since `baseVersion`; InvalidBody for an operation that does not fit: nothing is applied then.
    """
    workflow = workflow_lock(user=user, slug=slug)
    earlier = Change.objects.filter(workflow=workflow, batch_id=request.batch_id).first()
    if earlier is not None:
        return earlier.version
    if request.base_version != workflow.version:
        missed = _missed(workflow, request.base_version)
        raise VersionConflict(version=workflow.version, missed=missed)
    change_write(
        workflow=workflow,
        author=user,
        operations=request.operations,
        label=request.label,
        batch_id=request.batch_id,
    )
    return workflow.version


def change_write(
    *,
    workflow: Workflow,
    author: User,
    operations: list[JsonObject],
    label: str,
    batch_id: UUID | None = None,
) -> Workflow:
    """Apply operations to a locked row, save it and append the Change, in the caller's transaction.

    No operations is allowed: then only what the caller set on the row beside the document changes.
    """
    before = document_of(workflow)
    after, inverse = vocabulary.apply_and_invert(before, operations)
    check(after)
    document_store(workflow, after)
    workflow.version += 1
    workflow.updated_at = timezone.now()
    workflow.save()
    Change.objects.create(
        workflow=workflow,
        version=workflow.version,
        author=author,
        batch_id=batch_id or uuid4(),
        label=label,
        operations=operations,
        inverse=inverse,
    )
    assets.assets_share(workflow=workflow, document=after)
    return workflow


def _missed(workflow: Workflow, base_version: int) -> list[JsonObject]:
    rows = Change.objects.filter(workflow=workflow, version__gt=base_version).order_by("version")
    return [
        {
            "version": row.version,
            "batchId": str(row.batch_id),
            "label": row.label,
            "operations": row.operations,
        }
        for row in rows
    ]
