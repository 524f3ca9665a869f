"""Workflows by owner and name, as fal addresses them: making, finding and running one.

Its owner, and for public workflows and templates everybody, may read and run a workflow.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from workflows.engine.credentials import scope_of
from workflows.errors import NameTaken, WorkflowNotFound
from workflows.graph import document as shape
from workflows.models import Alias, Run, Token, User, Webhook, Workflow
from workflows.models.runs import Source
from workflows.nodes.fal import equivalents
from workflows.services.aliases import NAMESPACE
from workflows.services.choices import as_seen_by
from workflows.services.locks import hold
from workflows.services.runs import RunRequest, submit
from workflows.services.workflows import workflow_delete, workflow_insert, workflow_save
from workflows.types import JsonObject, NodeId


def workflow_named(*, user: User, owner: str, name: str, private: bool = True) -> Workflow:
    """Return the workflow `<owner>/<name>` if the person may read it. Raises WorkflowNotFound.

    `private`: the person's own ones are found though nobody else may read them.
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
        return None if aliased is None else as_seen_by(user, aliased)
    if len(parts) == 3 and User.objects.filter(username=parts[1]).exists():
        return workflow_named(user=user, owner=parts[1], name=parts[2])
    found = Alias.objects.workflow_for(user.pk, app)
    if found is None:
        raise WorkflowNotFound()
    return as_seen_by(user, found)


def workflow_own_list(*, user: User) -> list[Workflow]:
    """List the person's own workflows with their nodes, newest first."""
    rows = Workflow.objects.select_related("owner").defer("edges", "viewport")
    return list(rows.filter(owner=user).order_by("-created_at", "-pk"))


@transaction.atomic
def workflow_create_named(
    *, user: User, name: str, title: str, public: bool, document: JsonObject
) -> Workflow:
    """Create a workflow under a name that no other workflow of the person has.

    Raises NameTaken, InvalidBody, TooLarge and WorkflowLimitReached.
    """
    hold(f"owner:{user.pk}")
    if Workflow.objects.filter(owner=user, handle=name).exists():
        raise NameTaken(
            f"There is a workflow {name} already.", field="name", value=name,
            expected="a name that no other workflow of yours has",
        )  # fmt: skip
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
    """Change a workflow of the person's own, its content as one Change.

    Raises WorkflowNotFound, NameTaken, InvalidBody and TooLarge.
    """
    body = {**document, "name": title}
    hold(f"owner:{user.pk}")
    saved = workflow_save(user=user, slug=workflow.slug, body=body)
    others = Workflow.objects.filter(owner=user, handle=name).exclude(pk=saved.pk)
    if name is not None and others.exists():
        raise NameTaken(
            f"There is a workflow {name} already.", field="name", value=name,
            expected="a name that no other workflow of yours has",
        )  # fmt: skip
    saved.handle = saved.handle if name is None else name
    saved.is_public = saved.is_public if public is None else public
    saved.save(update_fields=["handle", "is_public"])
    return saved


def workflow_delete_named(*, user: User, workflow: Workflow) -> None:
    """Delete a workflow of the person's own; its runs stay. Raises WorkflowNotFound."""
    workflow_delete(user=user, slug=workflow.slug)


def run_document(
    *,
    user: User,
    name: str,
    document: JsonObject,
    request: RunRequest,
    idempotency_key: str | None = None,
    webhook: Webhook | None = None,
    token: Token | None = None,
) -> Run:
    """Start a run of a document that is stored nowhere; a repeated key returns the first run.

    `webhook` is told of the end. Raises what `runs.submit` raises.
    """
    nodes, edges = document["nodes"], document["edges"]
    run = Run(
        owner=user,
        source=Source.FAL,
        name=name,
        inputs=request.inputs,
        options=request.options(),
        idempotency_key=idempotency_key,
        webhook=webhook,
        token=token,
    )
    return submit(run, nodes, edges, request.fingerprint(shape.sha256(nodes, edges)))


def run_nested(
    parent: Run, node_id: NodeId, owner: str, name: str, inputs: JsonObject, key: str
) -> Run:
    """Start a run for a node of another one, or find it again by its key.

    A workflow of somebody else reaches nothing that is private to the user who runs it.
    Raises WorkflowNotFound and what `runs.submit` raises.
    """
    above = parent.workflow.owner_id if parent.workflow else None
    scope = scope_of(parent.options, parent.owner_id, parent.workflow_id, above)
    workflow = workflow_named(user=parent.owner, owner=owner, name=name, private=scope.own)
    request = RunRequest(inputs, ignores_unknown=True)
    run = Run(
        owner=parent.owner,
        workflow=workflow,
        source=parent.source,
        token_id=parent.token_id,
        name=workflow.name,
        inputs=inputs,
        options={
            **request.options(),
            **scope.below(node_id, workflow.owner_id == parent.owner_id).option(),
            "parent": str(parent.pk),
            "depth": parent.options.get("depth", 0) + 1,
        },
        idempotency_key=key,
    )
    return submit(run, workflow.nodes, workflow.edges, request.fingerprint(workflow.slug))
