"""What an engine has to know of a run before it executes it, from its rows or from a new one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from workflows.engine.credentials import Scope, scope_of
from workflows.engine.held import Held, held_by, outputs_of
from workflows.graph.digests import digests
from workflows.graph.reach import holding
from workflows.journal.records import run_key
from workflows.models import Run, Snapshot, User, Workflow
from workflows.models.runs import Source
from workflows.nodes import registry
from workflows.types import JsonObject, NodeId


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rows say about a run."""

    owner_id: int
    payer_id: int
    document: JsonObject
    inputs: JsonObject
    options: JsonObject
    tier: str
    reported: bool
    shown: bool
    digests: Mapping[NodeId, str]
    scope: Scope
    held: Mapping[NodeId, Held]


def facts_of(run: Run, document: JsonObject, held: Mapping[NodeId, Held]) -> Facts:
    """Return what a new row says; `document` is the graph with what the run holds."""
    payer = run.payer or run.owner
    return Facts(
        owner_id=run.owner_id,
        payer_id=payer.pk,
        document=document,
        inputs=run.inputs,
        options=run.options,
        tier=payer.tier,
        reported=run.webhook_id is not None,
        shown=run.source == Source.CANVAS,
        digests=_digests(run.source, document, run.inputs, held),
        scope=scope_of(
            run.options,
            payer.pk,
            run.workflow_id,
            run.workflow.owner_id if run.workflow else None,
        ),
        held=held,
    )


def load(run_id: UUID) -> Facts | None:
    """Read what a run needs. Raw SQL: every run pays for this, and the ORM costs ten times more."""
    models = (Run, Snapshot, User, Workflow)
    runs, snapshots, users, workflows = (model._meta.db_table for model in models)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.owner_id, u.id, u.tier, r.webhook_id, r.source, r.workflow_id, "
            f'w.owner_id, r.inputs, r.options, s.nodes, s.edges FROM "{runs}" r '
            f'JOIN "{snapshots}" s ON s.id = r.snapshot_id '
            f'JOIN "{users}" u ON u.id = COALESCE(r.payer_id, r.owner_id) '
            f'LEFT JOIN "{workflows}" w ON w.id = r.workflow_id WHERE r.id = %s',
            [run_key(run_id)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    owner_id, payer_id, tier, webhook_id, source, workflow_id, author_id, *texts = row
    inputs, options, nodes, edges = (json.loads(text) for text in texts)
    held = held_by(run_id, options)
    document = holding({"nodes": nodes, "edges": edges}, outputs_of(held))
    return Facts(
        owner_id=owner_id,
        payer_id=payer_id,
        document=document,
        inputs=inputs,
        options=options,
        tier=tier,
        reported=webhook_id is not None,
        shown=source == Source.CANVAS,
        digests=_digests(source, document, inputs, held),
        scope=scope_of(options, payer_id, workflow_id, author_id),
        held=held,
    )


def _digests(
    source: str, document: JsonObject, inputs: JsonObject, held: Mapping[NodeId, Held]
) -> Mapping[NodeId, str]:
    """Return the digests of the nodes of a run whose results cards show; none of any other run."""
    if source != Source.CANVAS:
        return {}
    made = {id: result.made for id, result in held.items()}
    return digests(document, inputs, registry.node_types(), made)
