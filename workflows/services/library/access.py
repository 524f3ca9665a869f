"""Finding the workflow a user may read or write; anything else is as good as missing."""

from __future__ import annotations

from django.db.models import Q

from workflows.errors import RoleForbidden, WorkflowNotFound
from workflows.models import Collaborator, Payer, Role, User, Workflow
from workflows.prepared import Parameter, PreparedQuery
from workflows.services.database import one
from workflows.services.library.choices import as_seen_by
from workflows.services.library.published import as_published

_READABLE = PreparedQuery(
    lambda: Workflow.objects.select_related("owner").filter(
        Q(owner=Parameter("owner")) | Q(is_template=True), slug=Parameter("slug")
    )
)
_OWN = PreparedQuery(
    lambda: Workflow.objects.filter(owner=Parameter("owner"), slug=Parameter("slug")).values_list(
        "pk"
    )
)
_LOCKED = PreparedQuery(lambda: Workflow.objects.select_for_update().filter(slug=Parameter("slug")))
_ROLE = PreparedQuery(
    lambda: Collaborator.objects.filter(
        user=Parameter("user"), workflow__slug=Parameter("slug")
    ).values_list("role")
)

#: The roles that suffice, by what is requested.
_ENOUGH: dict[Role, tuple[Role, ...]] = {
    Role.VIEW: (Role.VIEW, Role.RUN, Role.EDIT),
    Role.RUN: (Role.RUN, Role.EDIT),
    Role.EDIT: (Role.EDIT,),
}


def workflow_readable(*, user: User, slug: str, shared: Role | None = None) -> Workflow:
    """Return the user's own workflow, any template, or one that is shared with the user.

    Shares count for who is at the canvas: `shared` is the role that is needed, None for a key,
    which has none. Raises WorkflowNotFound, and RoleForbidden for a lesser role.
    """
    if shared is not None:
        found = collaborator_of(user=user, slug=slug, role=shared)
        if found is not None:
            # The same document as its owner's, or edits of both would not meet.
            return found.workflow
    workflow = _READABLE.one(owner=user.pk, slug=slug)
    if workflow is None:
        raise WorkflowNotFound()
    return as_seen_by(user, workflow)


def collaborator_of(*, user: User, slug: str, role: Role) -> Collaborator | None:
    """Return the user's share of a workflow, or None. Raises RoleForbidden for a lesser role."""
    rows = Collaborator.objects.select_related("workflow__owner")
    found = one(rows.filter(user=user, workflow__slug=slug))
    if found is None:
        return None
    _check_role(found.role, role)
    found.workflow.role = found.role
    return found


def _check_role(role: str, wanted: Role) -> None:
    if role not in _ENOUGH[wanted]:
        raise RoleForbidden(role=role, expected=" or ".join(_ENOUGH[wanted]))


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
    """Return what is published of a workflow whose playground everybody sees.

    Raises WorkflowNotFound.
    """
    workflow = one(Workflow.objects.filter(public_playground=True, slug=slug))
    if workflow is None:
        raise WorkflowNotFound()
    return as_published(workflow)


def public_run_open(workflow: Workflow) -> bool:
    """Return whether visitors may run this workflow."""
    return workflow.public_playground and workflow.extra.get("publicRun") is True


def may_publish(user: User, workflow: Workflow) -> bool:
    """Return whether a user who may edit a workflow may also say what is published of it.

    While others run it on the owner's account, only the owner chooses what they run.
    """
    if workflow.owner_id == user.pk:
        return True
    return not public_run_open(workflow) and workflow.payer != Payer.OWNER


def workflow_lock(*, user: User, slug: str, shared: Role | None = None) -> Workflow:
    """Return the user's own workflow, locked until the transaction ends, or WorkflowNotFound.

    `shared` as in `workflow_readable`.
    """
    rows = Workflow.objects.select_for_update()
    workflow = one(rows.filter(owner=user, slug=slug))
    if workflow is None and shared is not None:
        found = collaborator_of(user=user, slug=slug, role=shared)
        workflow = None if found is None else one(rows.filter(pk=found.workflow_id))
        if found is not None and workflow is not None:
            workflow.role = found.role
    if workflow is None:
        raise WorkflowNotFound()
    return workflow


def workflow_own_get(*, user: User, slug: str, shared: Role | None = None) -> Workflow:
    """Return the user's own workflow, only to be read. Raises WorkflowNotFound.

    `shared` as in `workflow_readable`.
    """
    workflow = one(Workflow.objects.filter(owner=user, slug=slug))
    if workflow is None and shared is not None:
        found = collaborator_of(user=user, slug=slug, role=shared)
        workflow = None if found is None else found.workflow
    if workflow is None:
        raise WorkflowNotFound()
    return workflow


def workflow_own(*, user: User, slug: str, shared: Role | None = None) -> None:
    """Raise WorkflowNotFound unless the workflow is the user's own; locks nothing.

    `shared` as in `workflow_readable`.
    """
    if _OWN.one(owner=user.pk, slug=slug) is None:
        _check_share(user, slug, shared)


def workflow_locked(*, slug: str) -> Workflow:
    """Return a workflow, locked until the transaction ends; call `check_access` for each user.

    Raises WorkflowNotFound.
    """
    workflow = _LOCKED.one(slug=slug)
    if workflow is None:
        raise WorkflowNotFound()
    return workflow


def check_access(*, user: User, workflow: Workflow, shared: Role | None = None) -> None:
    """Raise WorkflowNotFound unless the workflow is the user's own; `shared` as above."""
    if workflow.owner_id != user.pk:
        _check_share(user, workflow.slug, shared)


def _check_share(user: User, slug: str, wanted: Role | None) -> None:
    found = None if wanted is None else _ROLE.one(user=user.pk, slug=slug)
    if wanted is None or found is None:
        raise WorkflowNotFound()
    _check_role(found[0], wanted)
