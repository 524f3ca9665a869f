"""What the canvas shows before and between runs: /api/workflows/<slug>/results and /plan."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypedDict

from rest_framework.response import Response

from workflows.api import shapes
from workflows.api.base import ApiView, Request, absolute_media
from workflows.api.executions import READ, RUN
from workflows.billing.estimate import number
from workflows.graph import why
from workflows.services.execution import results, runs
from workflows.services.library import access
from workflows.types import Json, described


class NodeResults(TypedDict):
    """Results by node id."""

    version: int
    nodes: dict[str, shapes.NodeResult]


class MoneyRange(TypedDict):
    """US dollars, at least and at most."""

    low: float
    high: float


class PlannedNode(TypedDict):
    """A node that a run would run: why, how often, and what that probably takes and costs.

    `fields` are the names of the node's fields or inputs that have changed, or are drawn again;
    `source` is the node that feeds it something else. `items` is null where no list is known that
    runs it per item, `seconds` where nothing like it has run, `usd` where it calls no provider.
    """

    id: str
    reason: why.Reason
    fields: list[str]
    source: str | None
    items: int | None
    seconds: float | None
    credits: float
    model: str
    usd: MoneyRange | None


class RunPlan(TypedDict):
    """What a run would do with each node, by id, and what stands against it.

    `nodes` are those in `run`, in an order in which they can run. `seconds` is the time of the
    chain of them that takes longest, `untimed` how many of them count as nothing in it; `credits`
    and `usd` are the sums.
    """

    version: int
    run: list[str]
    cached: list[str]
    passed: list[str]
    skipped: list[str]
    problems: list[Annotated[Json, described("Problem")]]
    upToDate: list[str]
    nodes: list[PlannedNode]
    seconds: float | None
    untimed: int
    credits: float
    usd: MoneyRange | None


class WorkflowResults(ApiView):
    """The newest result of each node, over the caller's runs from the canvas."""

    capability = {"GET": READ}

    def get(self, request: Request, slug: str) -> Response:
        """Return results by node id; `outdated` ones came of other inputs than today's."""
        workflow = access.workflow_readable(user=request.user, slug=slug)
        rows = results.result_list(user=request.user, workflow=workflow)
        absolute = absolute_media(request, request.user.pk)
        nodes = {
            row.node_id: shapes.node_result(row.step, absolute, outdated=not fresh)
            for row, fresh in rows
        }
        found: NodeResults = {"version": workflow.version, "nodes": nodes}
        return Response(found)


class WorkflowPlan(ApiView):
    """What a run would do."""

    capability = {"POST": RUN}

    def post(self, request: Request, slug: str) -> Response:
        """Return which nodes a run with this body would run; nothing is started."""
        workflow = access.workflow_readable(user=request.user, slug=slug)
        preview = results.run_preview(
            user=request.user, workflow=workflow, request=self.read(request, runs.NewRun).request()
        )
        found: RunPlan = {
            "version": workflow.version,
            "run": preview.run,
            "cached": preview.cached,
            "passed": preview.passed,
            "skipped": preview.skipped,
            "problems": preview.problems,
            "upToDate": sorted(preview.up_to_date),
            "nodes": [_planned(preview, id) for id in preview.run],
            "seconds": preview.expected.seconds,
            "untimed": preview.expected.untimed,
            "credits": number(preview.expected.credits),
            "usd": _range(preview.expected.usd),
        }
        return Response(found)


def _planned(preview: results.Preview, id: str) -> PlannedNode:
    reason, expected = preview.reasons[id], preview.expected.nodes[id]
    return {
        "id": id,
        "reason": reason.reason,
        "fields": list(reason.fields),
        "source": reason.source,
        "items": expected.items,
        "seconds": expected.seconds,
        "credits": number(expected.credits),
        "model": expected.model,
        "usd": _range(expected.usd),
    }


def _range(usd: tuple[Decimal, Decimal] | None) -> MoneyRange | None:
    return None if usd is None else {"low": float(usd[0]), "high": float(usd[1])}
