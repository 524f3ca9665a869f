"""The queue of runs: /api/queue, and pausing and resuming a run at /api/executions/<id>."""

from __future__ import annotations

from typing import Literal, TypedDict

from rest_framework.response import Response

from workflows.api import query
from workflows.api.base import ApiView, Request
from workflows.api.errors import Forbidden
from workflows.api.executions import CANCEL, READ, execution
from workflows.api.shapes import moment
from workflows.models import RunStatus
from workflows.models.runs import Source
from workflows.services.execution import runs, waiting
from workflows.types import Time, Uuid

RESUME = "workflow:run"
State = Literal["queued", "running", "paused"]


class QueuedRun(TypedDict):
    """A run that has not ended.

    `position` is its place among the waiting runs of its account, 1 for the next, null for others.
    A running one that is `pausing` finishes its steps under way first. `done` of `total` nodes have
    ended, 0 of 0 before the run has begun. `expectedSeconds` is how long such a run usually takes,
    null where none has completed. `account` is whose it is.
    """

    executionId: Uuid
    name: str
    workflowSlug: str | None
    account: str
    mine: bool
    state: State
    pausing: bool
    position: int | None
    source: Source
    keyId: str | None
    keyName: str | None
    createdAt: Time
    startedAt: Time | None
    done: int
    total: int
    expectedSeconds: float | None


class RunQueue(TypedDict):
    """Runs that have not ended: those that run, those that wait by their turns, those paused.

    `running`, `waiting` and `paused` count all of them, also those that this page does not list.
    """

    runs: list[QueuedRun]
    running: int
    waiting: int
    paused: int
    mayShowAll: bool


class RefusedChange(TypedDict):
    """A run that was not changed, and why."""

    executionId: str
    code: str
    error: str


class QueueChange(TypedDict):
    """Which runs were changed."""

    changed: list[Uuid]
    refused: list[RefusedChange]


class QueueDetail(ApiView):
    """The runs that have not ended."""

    capability = {"GET": READ}

    def get(self, request: Request) -> Response:
        """List one's own, or with `?all=true` those of every account; staff only."""
        everyone = bool(query.flag(request, "all"))
        if everyone and not _may_all(request):
            raise Forbidden("Only staff may see the runs of other accounts.")
        found = waiting.queue_of(
            None if everyone else request.user,
            skip=query.number(request, "skip", default=0, high=1_000_000),
            limit=query.number(request, "limit", default=100, low=1, high=waiting.MAX_PAGE),
        )
        shown: RunQueue = {
            "runs": [_row(row, request) for row in found.rows],
            "running": found.counts[RunStatus.RUNNING],
            "waiting": found.counts[RunStatus.QUEUED],
            "paused": found.counts[RunStatus.PAUSED],
            "mayShowAll": _may_all(request),
        }
        return Response(shown)


class QueueCancel(ApiView):
    """Cancelling many runs."""

    capability = {"POST": CANCEL}

    def post(self, request: Request) -> Response:
        """Cancel runs; those that have ended stay as they are."""
        return _change(self, request, runs.run_cancel)


class QueuePause(ApiView):
    """Pausing many runs."""

    capability = {"POST": CANCEL}

    def post(self, request: Request) -> Response:
        """Pause runs that wait or run."""
        return _change(self, request, waiting.run_pause)


class QueueResume(ApiView):
    """Resuming many runs."""

    capability = {"POST": RESUME}

    def post(self, request: Request) -> Response:
        """Resume paused runs."""
        return _change(self, request, waiting.run_resume)


class QueueMove(ApiView):
    """Ordering the runs that wait."""

    capability = {"POST": RESUME}

    def post(self, request: Request) -> Response:
        """Put one's own waiting runs behind another one, or at the front."""
        move = self.read(request, waiting.RunMove)
        waiting.runs_move(user=request.user, run_ids=move.execution_ids, after=move.after)
        return Response(status=204)


class ExecutionPause(ApiView):
    """Pausing a run."""

    capability = {"POST": CANCEL}

    def post(self, request: Request, id: str) -> Response:
        """Pause; a run whose steps are under way is `pausing` until they are done."""
        return execution(request, waiting.run_pause(user=request.user, run_id=id))


class ExecutionResume(ApiView):
    """Resuming a run."""

    capability = {"POST": RESUME}

    def post(self, request: Request, id: str) -> Response:
        """Resume; the run waits for its turn, where it was."""
        return execution(request, waiting.run_resume(user=request.user, run_id=id))


def _may_all(request: Request) -> bool:
    """Return whether the caller may see, pause and cancel the runs of every account."""
    caller = request.auth
    return bool(request.user.is_staff) and (
        caller.token is None or "*" in caller.token.capabilities
    )


def _change(view: ApiView, request: Request, change: waiting.Change) -> Response:
    wanted = view.read(request, waiting.RunChange)
    changed = waiting.change_all(
        change, user=request.user, run_ids=wanted.execution_ids, everyone=_may_all(request)
    )
    found: QueueChange = {
        "changed": [str(id) for id in changed.done],
        "refused": [
            {"executionId": id[:80], "code": error.code, "error": error.message}
            for id, error in changed.refused.items()
        ],
    }
    return Response(found)


def _row(row: waiting.Waiting, request: Request) -> QueuedRun:
    run, mine = row.run, row.run.owner_id == request.user.pk
    state: State = "queued"
    if run.status in ("running", "paused"):
        state = "running" if run.status == RunStatus.RUNNING else "paused"
    return {
        "executionId": str(run.pk),
        "name": run.name,
        "workflowSlug": run.workflow.slug if mine and run.workflow else None,
        "account": run.owner.username,
        "mine": mine,
        "state": state,
        "pausing": run.pausing,
        "position": row.position,
        "source": Source(run.source),
        "keyId": str(run.token_id) if mine and run.token_id is not None else None,
        "keyName": run.token.name if mine and run.token else None,
        "createdAt": moment(run.created_at),
        "startedAt": moment(run.started_at),
        "done": row.done,
        "total": row.total,
        "expectedSeconds": row.expected_seconds,
    }
