"""ComfyUI servers that are missing, busy, out of reach, or refuse a graph."""

from __future__ import annotations

from workflows.errors.base import PatchbayError
from workflows.errors.execution import NodeError


class RunnerNotFound(PatchbayError):
    """Runner not found"""

    code = "RUNNER_NOT_FOUND"
    status = 404


class RunnersForbidden(PatchbayError):
    """Only staff may register runners on this server."""

    code = "RUNNERS_FORBIDDEN"
    status = 403


class RunnerLimitReached(PatchbayError):
    """Runner limit exceeded for your tier"""

    code = "RUNNER_LIMIT_REACHED"
    status = 403


class RunnerBusy(PatchbayError):
    """Runs are under way on this runner."""

    code = "RUNNER_BUSY"
    status = 409


class RunnerMissing(NodeError):
    """No runner can take this."""

    code = "NO_RUNNER"


class RunnerUnreachable(NodeError):
    """The runner cannot be reached."""

    code = "RUNNER_UNREACHABLE"


class RunnerLost(NodeError):
    """The runner does not know the request any more."""

    code = "RUNNER_LOST"


class RunnerFailed(NodeError):
    """The runner could not execute the graph."""

    code = "RUNNER_FAILED"


class RunnerStopped(NodeError):
    """The request was stopped at the runner."""

    code = "RUNNER_STOPPED"


class GraphRejected(NodeError):
    """The runner refused the graph."""

    code = "GRAPH_REJECTED"
    state = "invalid"
