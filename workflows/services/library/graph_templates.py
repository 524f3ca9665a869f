"""ComfyUI graphs in the library: workflows with a ComfyUI node, found by their UUID."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from workflows.errors import GraphTemplateLimitReached, WorkflowNotFound
from workflows.models import User, Workflow
from workflows.services.database import one
from workflows.services.library.workflows import (
    HEAVY,
    workflow_create,
    workflow_delete,
    workflow_save,
)
from workflows.services.locks import hold
from workflows.types import JsonObject

NODE_TYPE = "comfyWorkflow"


def templates_of(*, user: User) -> QuerySet[Workflow]:
    """Return a user's own workflows with a ComfyUI node, newest first, without their content."""
    # The names of the types are keys of a JSON object that is stored as text.
    rows = Workflow.objects.filter(owner=user, node_types__contains=NODE_TYPE)
    return rows.defer(*HEAVY).order_by("-created_at", "-pk")


def template_get(*, user: User, template_id: UUID) -> Workflow:
    """Return one of the user's own. Raises WorkflowNotFound."""
    rows = Workflow.objects.filter(owner=user, uid=template_id)
    row = one(rows.filter(node_types__contains=NODE_TYPE))
    if row is None:
        raise WorkflowNotFound()
    return row


@transaction.atomic
def template_create(*, user: User, body: JsonObject) -> Workflow:
    """Keep a document as a new workflow.

    Raises GraphTemplateLimitReached and what `workflow_create` raises.
    """
    hold(f"owner:{user.pk}")
    limit, current = settings.MAX_COMFY_TEMPLATES.get(user.tier), templates_of(user=user).count()
    if limit is not None and current >= limit:
        raise GraphTemplateLimitReached(limit=int(limit), current=current, tier=user.tier)
    return workflow_create(user=user, body=body)


def template_update(*, user: User, template: Workflow, body: JsonObject) -> Workflow:
    """Change what is given, as one Change. Raises what `workflow_save` raises."""
    return workflow_save(user=user, slug=template.slug, body=body)


def template_delete(*, user: User, template: Workflow) -> None:
    """Delete a template; its runs stay. Raises WorkflowNotFound."""
    workflow_delete(user=user, slug=template.slug)
