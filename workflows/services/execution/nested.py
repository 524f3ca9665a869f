"""Runs that a node of another run starts: of a workflow by its owner and name."""

from __future__ import annotations

from dataclasses import replace

from workflows.engine.credentials import scope_of
from workflows.engine.spending import PAYER_USD
from workflows.errors import NodeError
from workflows.graph.schema import json_schema
from workflows.models import Run
from workflows.nodes.context import Inputs
from workflows.services.execution.requests import RunRequest
from workflows.services.execution.starting import submit
from workflows.services.library.choices import as_app_of
from workflows.services.library.documents import document_of
from workflows.services.library.named import workflow_named
from workflows.services.library.paying import published_by_owner
from workflows.types import NodeId


def run_nested(parent: Run, node_id: NodeId, owner: str, name: str, given: Inputs, key: str) -> Run:
    """Start a run for a node of another one, or find it again by its key.

    A workflow of another user reaches nothing that is private to the user who runs it. In a run
    that another user pays for, a workflow counts only if the payer has published it: in any other
    one another user could say what the payer's keys are used for.
    Raises WorkflowNotFound, NodeError and what `starting.submit` raises.
    """
    above = parent.workflow.owner_id if parent.workflow else None
    payer = parent.payer or parent.owner
    scope = scope_of(parent.options, payer.pk, parent.workflow_id, above)
    named = workflow_named(user=payer, owner=owner, name=name, private=scope.own)
    if parent.payer is not None and not (named.owner_id == payer.pk and published_by_owner(named)):
        raise NodeError(
            f"{payer.username} pays for this run, and has not published workflows/{owner}/{name}.",
            field="app",
            value=f"workflows/{owner}/{name}",
            expected=f"a workflow that {payer.username} has published",
        )
    workflow = as_app_of(payer, named)
    inputs = given(json_schema(document_of(workflow))) if callable(given) else given
    request = RunRequest(
        inputs,
        ignores_unknown=True,
        max_credits=parent.options.get("maxCredits"),
        max_usd=parent.options.get("maxUsd"),
    )
    run = Run(
        owner=parent.owner,
        payer=parent.payer,
        workflow=workflow,
        source=parent.source,
        token_id=parent.token_id,
        name=workflow.name,
        inputs=inputs,
        options={
            **request.options(),
            **scope.below(node_id, workflow.owner_id == payer.pk).option(),
            **{key: parent.options[key] for key in (PAYER_USD,) if key in parent.options},
            "parent": str(parent.pk),
            "root": parent.options.get("root", str(parent.pk)),
            "depth": parent.options.get("depth", 0) + 1,
        },
        idempotency_key=key,
        nested=True,
    )
    # An earlier version has requested this one without that limit.
    fingerprint = replace(request, max_credits=None).fingerprint(workflow.slug)
    return submit(run, workflow.nodes, workflow.edges, fingerprint, request)
