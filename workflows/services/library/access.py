"""Finding the workflow a user may read or write; anything else is as good as missing."""

from __future__ import annotations

from django.db.models import Q

from workflows.errors import WorkflowNotFound
from workflows.models import User, Workflow
from workflows.prepared import Parameter, PreparedQuery
from workflows.services.database import one
from workflows.services.library.choices import as_seen_by

_READABLE = PreparedQuery(
    lambda: Workflow.objects.select_related("owner").filter(
        Q(owner=Parameter("owner")) | Q(is_template=True), slug=Parameter("slug")
    )
)


def workflow_readable(*, user: User, slug: str) -> Workflow:
    """Return the user's own workflow or anybody's template. Raises WorkflowNotFound."""
    workflow = _READABLE.one(owner=user.pk, slug=slug)
    if workflow is None:
        raise WorkflowNotFound()
    return as_seen_by(user, workflow)


def workflow_runnable(*, user: User, slug: str) -> Workflow:
    """Return a workflow the user may run: their own, public or a template.

    Raises WorkflowNotFound.
    """
    allowed = Q(owner=user) | Q(is_template=True) | Q(is_public=True)
    workflow = one(Workflow.objects.filter(allowed, slug=slug))
    if workflow is None:
        raise WorkflowNotFound()
    return as_seen_by(user, workflow)


def workflow_public(*, slug: str) -> Workflow:
    """Return a workflow whose owner shows its playground to everybody. Raises WorkflowNotFound."""
    workflow = one(Workflow.objects.filter(public_playground=True, slug=slug))
    if workflow is None:
        raise WorkflowNotFound()
    return workflow


def public_run_open(workflow: Workflow) -> bool:
    """Return whether visitors may run this workflow."""
    return workflow.public_playground and workflow.extra.get("publicRun") is True


def workflow_lock(*, user: User, slug: str) -> Workflow:
    """Return the user's own workflow, locked until the transaction ends, or WorkflowNotFound."""
    workflow = one(Workflow.objects.select_for_update().filter(owner=user, slug=slug))
    if workflow is None:
        raise WorkflowNotFound()
    return workflow


def workflow_own(*, user: User, slug: str) -> None:
    """Raise WorkflowNotFound unless the workflow is the user's own; locks nothing."""
    if not Workflow.objects.filter(owner=user, slug=slug).exists():
        raise WorkflowNotFound()
