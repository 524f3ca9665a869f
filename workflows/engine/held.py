"""Results of earlier runs that a run takes as they are, of the nodes that feed those it runs alone.

They are steps of the run, which the service that creates it copies into it; its option names them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from workflows.graph.digests import Made
from workflows.graph.reach import holding
from workflows.models import Run, Step, StepStatus
from workflows.types import JsonObject, NodeId

#: The option of a run with the ids of these nodes.
OPTION = "held"


@dataclass(frozen=True, slots=True)
class Held:
    """A result; `key` is the one by which today's graph knows it, empty for one it does not."""

    output: JsonObject
    digest: str
    key: str
    began: datetime
    ended: datetime

    @property
    def made(self) -> Made:
        """Return it as far as its age matters."""
        return Made(self.digest, self.began, self.ended)

    def step(self, run: Run, node_id: NodeId) -> Step:
        """Return it as an unsaved step of a run."""
        return Step(
            run=run,
            node_id=node_id,
            status=StepStatus.COMPLETED,
            cached=True,
            output=self.output,
            digest=self.digest,
            cache_key=self.key or None,
            started_at=self.began,
            finished_at=self.ended,
        )


def held_by(run_id: UUID, options: JsonObject) -> dict[NodeId, Held]:
    """Return the results that a run holds; reads the database where it holds some."""
    names = options.get(OPTION)
    if not names:
        return {}
    now = timezone.now()
    return {
        step.node_id: Held(
            step.output or {},
            step.digest,
            step.cache_key or "",
            step.started_at or now,
            step.finished_at or now,
        )
        for step in Step.objects.filter(run=run_id, node_id__in=names)
    }


def outputs_of(held: Mapping[NodeId, Held]) -> dict[NodeId, JsonObject]:
    """Return the outputs of results."""
    return {id: result.output for id, result in held.items()}


def document_of(run: Run) -> JsonObject:
    """Return the graph that a run executes, with what it holds."""
    document: JsonObject = {"nodes": run.snapshot.nodes, "edges": run.snapshot.edges}
    return holding(document, outputs_of(held_by(run.pk, run.options)))
