"""What the canvas shows before and between runs: /api/workflows/<slug>/results and /plan."""

from __future__ import annotations

from typing import Annotated, TypedDict

from rest_framework.response import Response

from workflows.api import plans, query, run_shapes
from workflows.api.base import ApiView, Request, absolute_media, version_requested
from workflows.api.executions import READ, RUN
from workflows.models import Role
from workflows.services.execution import requests, results
from workflows.services.library import access, paying
from workflows.types import Json, described

#: Results of one page.
MAX_HISTORY = 100


class NodeResults(TypedDict):
    """Results by node id."""

    version: int
    nodes: dict[str, run_shapes.NodeResult]


class ResultHistory(TypedDict):
    """A page of a node's results, newest first; `next` continues it, null at the end."""

    results: list[run_shapes.PastResult]
    next: str | None


class PaidFor(TypedDict):
    """What the owner of a shared workflow pays for: version `number`, and how much a day.

    `pays` says whether it is what this run is of: it then uses the keys and credits of `user`.
    """

    user: str
    number: int
    dailyUsd: float
    spentUsd: float
    pays: bool


class RunPlan(TypedDict):
    """What a run would do with each node, by id, and what prevents it.

    `earlier` are those in `cached` whose result is taken as it is, though the workflow has changed.
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
    earlier: list[str]
    nodes: list[plans.PlannedNode]
    seconds: float | None
    untimed: int
    credits: float
    usd: plans.MoneyRange | None
    paidFor: PaidFor | None


class WorkflowResults(ApiView):
    """The newest result of each node, over the caller's runs from the canvas."""

    capability = {"GET": READ}

    def get(self, request: Request, slug: str) -> Response:
        """Return results by node id; `outdated` ones came of other inputs than today's."""
        workflow = access.workflow_readable(
            user=request.user, slug=slug, shared=request.auth.sharing(Role.VIEW)
        )
        rows = results.result_list(user=request.user, workflow=workflow)
        absolute = absolute_media(request, request.user.pk)
        nodes = {
            row.node_id: run_shapes.node_result(row.step, absolute, outdated=not fresh)
            for row, fresh in rows
        }
        found: NodeResults = {"version": workflow.version, "nodes": nodes}
        return Response(found)


class NodeResultHistory(ApiView):
    """The results of one node over the caller's runs."""

    capability = {"GET": READ, "PATCH": RUN}

    def get(self, request: Request, slug: str, node: str) -> Response:
        """List a node's results, newest first: `?before=` the id of the last one, `?limit=`."""
        query.paged_by(request, "limit", "before")
        workflow = access.workflow_readable(
            user=request.user, slug=slug, shared=request.auth.sharing(Role.VIEW)
        )
        limit = query.number(request, "limit", default=24, low=1, high=MAX_HISTORY)
        before = query.identifier(request, "before")
        # One more says whether there is a next page.
        rows = results.result_history(
            user=request.user, workflow=workflow, node_id=node, before=before, limit=limit + 1
        )
        absolute = absolute_media(request, request.user.pk)
        shown = rows[:limit]
        found: ResultHistory = {
            "results": [run_shapes.past_result(step, absolute) for step in shown],
            "next": str(shown[-1].pk) if len(rows) > limit else None,
        }
        return Response(found)

    def patch(self, request: Request, slug: str, node: str) -> Response:
        """Take a result out of the node's results, or back in; runs and files stay."""
        workflow = access.workflow_readable(
            user=request.user, slug=slug, shared=request.auth.sharing(Role.VIEW)
        )
        body = self.read(request, results.DiscardedResult)
        results.result_discard(user=request.user, workflow=workflow, node_id=node, request=body)
        return Response(status=204)


class WorkflowPlan(ApiView):
    """What a run would do."""

    capability = {"POST": RUN}

    def post(self, request: Request, slug: str) -> Response:
        """Return which nodes a run with this body would run; nothing is started."""
        workflow = access.workflow_readable(
            user=request.user, slug=slug, shared=request.auth.sharing(Role.VIEW)
        )
        workflow = version_requested(request, request.auth, workflow)
        preview = results.run_preview(
            user=request.user,
            workflow=workflow,
            request=self.read(request, requests.NewRun).request(),
        )
        found: RunPlan = {
            "version": workflow.version,
            "run": preview.run,
            "cached": preview.cached,
            "passed": preview.passed,
            "skipped": preview.skipped,
            "problems": preview.problems,
            "upToDate": sorted(preview.up_to_date),
            "earlier": preview.earlier,
            **plans.costs(preview.run, preview.reasons, preview.expected),
            "paidFor": _paid_for(paying.offer_of(request.user, workflow)),
        }
        return Response(found)


def _paid_for(offer: paying.Offer | None) -> PaidFor | None:
    if offer is None:
        return None
    return {
        "user": offer.owner.username,
        "number": offer.number,
        "dailyUsd": float(offer.usd),
        "spentUsd": float(offer.spent),
        "pays": offer.pays,
    }
