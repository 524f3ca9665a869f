"""Runs that a node of another run starts: of a workflow by its owner and name."""

from __future__ import annotations

from workflows.engine.credentials import scope_of
from workflows.graph.schema import json_schema
from workflows.models import Run
from workflows.nodes.context import Inputs
from workflows.services.execution.runs import RunRequest, submit
from workflows.services.library.documents import document_of
from workflows.services.library.named import workflow_named
from workflows.types import NodeId


def run_nested(parent: Run, node_id: NodeId, owner: str, name: str, given: Inputs, key: str) -> Run:
    """Start a run for a node of another one, or find it again by its key.

    A workflow of another user reaches nothing that is private to the user who runs it.
    Raises WorkflowNotFound and what `runs.submit` raises.
    """
    above = parent.workflow.owner_id if parent.workflow else None
    scope = scope_of(parent.options, parent.owner_id, parent.workflow_id, above)
    workflow = workflow_named(user=parent.owner, owner=owner, name=name, private=scope.own)
    inputs = given(json_schema(document_of(workflow))) if callable(given) else given
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
