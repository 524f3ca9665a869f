"""What the canvas shows before and between runs: /api/workflows/<slug>/results and /plan."""

from __future__ import annotations

from typing import Annotated, TypedDict

from rest_framework.response import Response

from workflows.api import shapes
from workflows.api.base import ApiView, Request, absolute_media
from workflows.api.executions import READ, RUN
from workflows.services.execution import results, runs
from workflows.services.library import access
from workflows.types import Json, described


class NodeResults(TypedDict):
    """Results by node id."""

    version: int
    nodes: dict[str, shapes.NodeResult]


class RunPlan(TypedDict):
    """What a run would do with each node, by id, and what stands against it."""

    version: int
    run: list[str]
    cached: list[str]
    passed: list[str]
    skipped: list[str]
    problems: list[Annotated[Json, described("Problem")]]
    upToDate: list[str]


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
        }
        return Response(found)
