"""Workflows by owner and name, as fal names them: creating, finding and changing one.

Its owner, and for public workflows and templates everybody, may read one.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from workflows.errors import NameTaken, WorkflowNotFound
from workflows.models import Alias, User, Workflow
from workflows.nodes.fal import equivalents
from workflows.services.library.aliases import NAMESPACE
from workflows.services.library.choices import as_app_of, as_seen_by
from workflows.services.library.workflows import workflow_delete, workflow_insert, workflow_save
from workflows.services.locks import hold
from workflows.types import JsonObject


def workflow_named(*, user: User, owner: str, name: str, private: bool = True) -> Workflow:
    """Return the workflow `<owner>/<name>` if the user may read it. Raises WorkflowNotFound.

    `private`: the user's own ones are found though no other user may read them.
    """
    allowed = Q(is_public=True) | Q(is_template=True)
    if private:
        allowed |= Q(owner=user)
    rows = Workflow.objects.select_related("owner")
    workflow = rows.filter(allowed, owner__username=owner, handle=name).first()
    if workflow is None:
        raise WorkflowNotFound()
    return as_seen_by(user, workflow)


def workflow_of_app(*, user: User, app: str) -> Workflow | None:
    """Return the workflow an app id means to a user: by its name, or by an alias.

    None for an id that means no workflow here. Raises WorkflowNotFound for the name of one that is
    not there, or that the user may not read.
    """
    parts = app.split("/")
    if equivalents.get(app) is not None:
        return None
    if parts[0] != NAMESPACE:
        aliased = Alias.objects.workflow_for(user.pk, app)
        return None if aliased is None else as_app_of(user, aliased)
    if len(parts) == 3 and User.objects.filter(username=parts[1]).exists():
        named = workflow_named(user=user, owner=parts[1], name=parts[2])
        return as_app_of(user, named)
    found = Alias.objects.workflow_for(user.pk, app)
    if found is None:
        raise WorkflowNotFound()
    return as_app_of(user, found)


def workflow_own_list(*, user: User) -> list[Workflow]:
    """List the user's own workflows with their nodes, newest first."""
    rows = Workflow.objects.select_related("owner").defer("edges", "viewport")
    return list(rows.filter(owner=user).order_by("-created_at", "-pk"))


@transaction.atomic
def workflow_create_named(
    *, user: User, name: str, title: str, public: bool, document: JsonObject
) -> Workflow:
    """Create a workflow under a name that no other workflow of the user has.

    Raises NameTaken, InvalidBody, TooLarge and WorkflowLimitReached.
    """
    hold(f"owner:{user.pk}")
    if Workflow.objects.filter(owner=user, handle=name).exists():
        raise NameTaken(
            f"There is a workflow {name} already.",
            field="name",
            value=name,
            expected="a name that no other workflow of yours has",
        )
    return workflow_insert(
        user=user, document={**document, "name": title}, handle=name, public=public
    )


@transaction.atomic
def workflow_update_named(
    *,
    user: User,
    workflow: Workflow,
    document: JsonObject,
    title: str,
    name: str | None = None,
    public: bool | None = None,
) -> Workflow:
    """Change a workflow of the user's own, its content as one Change.

    Raises WorkflowNotFound, NameTaken, InvalidBody and TooLarge.
    """
    body = {**document, "name": title}
    hold(f"owner:{user.pk}")
    saved = workflow_save(user=user, slug=workflow.slug, body=body)
    others = Workflow.objects.filter(owner=user, handle=name).exclude(pk=saved.pk)
    if name is not None and others.exists():
        raise NameTaken(
            f"There is a workflow {name} already.",
            field="name",
            value=name,
            expected="a name that no other workflow of yours has",
        )
    saved.handle = saved.handle if name is None else name
    saved.is_public = saved.is_public if public is None else public
    saved.save(update_fields=["handle", "is_public"])
    return saved


def workflow_delete_named(*, user: User, workflow: Workflow) -> None:
    """Delete a workflow of the user's own; its runs stay. Raises WorkflowNotFound."""
    workflow_delete(user=user, slug=workflow.slug)
