"""What others see of a document: what is published, without its owner's choices of credentials.

Whatever leaves the owner passes here: pages, copies, files, and the runs of others.
"""

from __future__ import annotations

from collections import defaultdict

from workflows.graph import credentials
from workflows.models import CredentialBinding, User, Workflow
from workflows.nodes import registry
from workflows.services.library.published import as_published
from workflows.types import JsonObject


def as_seen_by(user: User, workflow: Workflow) -> Workflow:
    """Return a row, which is only to be read, as a user may see it."""
    if workflow.owner_id != user.pk:
        workflow = as_published(workflow)
        workflow.nodes, _ = without_choices(workflow.nodes)
    return workflow


def as_app_of(user: User, workflow: Workflow) -> Workflow:
    """Return a row, which is only to be read, as a run that a user starts by its name uses it."""
    if workflow.owner_id == user.pk:
        return as_published(workflow)
    return as_seen_by(user, workflow)


def without_choices(nodes: list[JsonObject]) -> tuple[list[JsonObject], list[str]]:
    """Return nodes without their choices of credentials, and in words where a key is missing."""
    return credentials.without_choices(nodes, registry.node_types())


def missing(nodes: list[JsonObject]) -> list[str]:
    """Say in words where a choice was taken out and no other one was made."""
    types = registry.node_types()
    rows = credentials.slots(nodes, types)
    return [credentials.place(row, types) for row in rows if row.chosen == credentials.WANTED]


def with_bindings(*, user: User, workflow: Workflow) -> list[JsonObject]:
    """Return the nodes of another user's workflow with what the user has bound to them."""
    rows = CredentialBinding.objects.filter(user=user, workflow=workflow)
    bound = dict(rows.values_list("slot", "credential__public_id"))
    chosen: dict[str, JsonObject] = defaultdict(dict)
    for slot in credentials.slots(workflow.nodes, registry.node_types()):
        if slot.name in bound:
            chosen[slot.node["id"]][slot.field.name] = bound[slot.name]
    return credentials.with_choices(workflow.nodes, chosen)
