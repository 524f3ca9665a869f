"""Sharing: with whom an owner shares a workflow, and what they may do with it."""

from __future__ import annotations

from typing import Annotated

from django.db import transaction

from workflows.bodies import Body, Meta
from workflows.errors import InvalidBody, UserNotFound
from workflows.models import Collaborator, Role, User, Workflow
from workflows.services.database import one
from workflows.services.library import assets
from workflows.services.library.access import workflow_lock
from workflows.services.library.documents import document_of

MAX_COLLABORATORS = 100


class Sharing(Body):
    """A user, by name, and the role the user gets; null ends the share."""

    user: Annotated[str, Meta(min_length=1, max_length=150)]
    role: Role | None


def collaborator_list(*, user: User, slug: str) -> list[Collaborator]:
    """List with whom a workflow of the user's own is shared."""
    rows = Collaborator.objects.filter(workflow__owner=user, workflow__slug=slug)
    return list(rows.select_related("user").order_by("user__username"))


@transaction.atomic
def workflow_share(*, user: User, slug: str, request: Sharing) -> None:
    """Share a workflow of the user's own, change a role, or end a share.

    The other's pages of it close within a second when a share ends or changes. Raises
    WorkflowNotFound, UserNotFound, and InvalidBody for the owner or for one too many.
    """
    workflow = workflow_lock(user=user, slug=slug)
    other = one(User.objects.filter(username=request.user, is_active=True))
    if other is None:
        raise UserNotFound(field="user", value=request.user)
    if other.pk == user.pk:
        raise InvalidBody(
            "user is the owner.", field="user", value=request.user, expected="another user"
        )
    if request.role is None:
        workflow.collaborators.filter(user=other).delete()
    else:
        collaborator_set(workflow=workflow, user=other, role=request.role)
    share_files(workflow)


def collaborator_set(*, workflow: Workflow, user: User, role: Role) -> None:
    """Give a user a role in a locked workflow. Raises InvalidBody for one too many."""
    others = workflow.collaborators.exclude(user=user).count()
    if others >= MAX_COLLABORATORS:
        raise InvalidBody(
            f"This workflow is shared with {others} users.",
            field="user",
            value=others + 1,
            expected=f"at most {MAX_COLLABORATORS}",
        )
    Collaborator.objects.update_or_create(workflow=workflow, user=user, defaults={"role": role})


def share_files(workflow: Workflow) -> None:
    """Let all with whom a workflow is shared read its owner's files that it shows."""
    user = workflow.owner
    assets.assets_share(workflow=workflow, document=document_of(workflow), author=user)
    if workflow.published is not None:
        # Who may run it may run that one.
        document = workflow.published.document
        assets.assets_share(workflow=workflow, document=document, author=user)
