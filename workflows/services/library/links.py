"""The link of a shared workflow: its owner makes it, and users who open it join in its role."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from workflows.bodies import Body
from workflows.errors import ShareLinkNotFound
from workflows.models import Collaborator, Role, ShareLink, User, Workflow
from workflows.services.database import one
from workflows.services.library.access import workflow_lock
from workflows.services.library.sharing import collaborator_set, share_files

#: 192 random bits need no slow hash.
_BYTES = 24
_RANKS = {Role.VIEW: 0, Role.RUN: 1, Role.EDIT: 2}


class LinkFields(Body):
    """The role that a link gives, null: there is none; `renew` replaces its text."""

    role: Role | None
    renew: bool = False


@transaction.atomic
def link_set(*, user: User, slug: str, request: LinkFields) -> tuple[ShareLink | None, str]:
    """Make, change, replace or revoke the link of a workflow of the user's own.

    Returns it with its text where that is new, which is stored nowhere. Who has joined stays.
    Raises WorkflowNotFound.
    """
    workflow = workflow_lock(user=user, slug=slug)
    link = ShareLink.objects.filter(workflow=workflow).first()
    if request.role is None:
        ShareLink.objects.filter(workflow=workflow).delete()
        return None, ""
    key = ""
    if link is None or request.renew:
        key = secrets.token_urlsafe(_BYTES)
        ShareLink.objects.filter(workflow=workflow).delete()
        link = ShareLink(workflow=workflow, digest=_digest(key), last4=key[-4:])
    link.role = request.role
    link.save()
    return link, key


def link_get(*, workflow: Workflow) -> ShareLink | None:
    """Return the link of a workflow, if it has one."""
    return ShareLink.objects.filter(workflow=workflow).first()


def link_find(*, key: str) -> ShareLink:
    """Return the link of a text. Raises ShareLinkNotFound."""
    rows = ShareLink.objects.select_related("workflow__owner")
    found = one(rows.filter(digest=_digest(key), workflow__owner__is_active=True))
    if found is None:
        raise ShareLinkNotFound()
    return found


def has_joined(*, user: User, link: ShareLink) -> bool:
    """Return whether a user has at least the role of a link already."""
    if link.workflow.owner_id == user.pk:
        return True
    share = Collaborator.objects.filter(workflow=link.workflow_id, user=user).first()
    return share is not None and _RANKS[Role(share.role)] >= _RANKS[Role(link.role)]


@transaction.atomic
def link_join(*, user: User, key: str) -> Workflow:
    """Let a user join by a link; a greater role that the user has stays.

    Raises ShareLinkNotFound, and InvalidBody where the workflow is shared with too many.
    """
    shared = link_find(key=key).workflow
    workflow = workflow_lock(user=shared.owner, slug=shared.slug)
    # It may have been revoked or changed before the lock.
    link = link_find(key=key)
    if not has_joined(user=user, link=link):
        collaborator_set(workflow=workflow, user=user, role=Role(link.role))
        share_files(workflow)
    return workflow


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
