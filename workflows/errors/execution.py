"""Runs that cannot start, wait or go on, and nodes that fail."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.errors.base import PatchbayError
from workflows.errors.requests import InvalidInputs
from workflows.types import Json, JsonObject, NodeId


class ExecutionNotFound(PatchbayError):
    """Execution not found"""

    code = "EXECUTION_NOT_FOUND"
    status = 404


class ModelNotFound(PatchbayError):
    """Model not found"""

    code = "MODEL_NOT_FOUND"
    status = 404


class InsufficientCredits(PatchbayError):
    """The account has not got the credits this run costs."""

    code = "INSUFFICIENT_CREDITS"
    status = 402


class ExecutionFailed(PatchbayError):
    """The run failed."""

    code = "EXECUTION_FAILED"
    status = 500


class ExecutionTimeout(PatchbayError):
    """The run is still going; poll it with its executionId."""

    code = "EXECUTION_TIMEOUT"
    status = 504


class NotRetryable(PatchbayError):
    """Only a run that failed, was cancelled, or went on without what failed can be retried."""

    code = "NOT_RETRYABLE"
    status = 409


class NotPausable(PatchbayError):
    """Only a run that waits or runs can be paused, and only one that has not ended be resumed."""

    code = "NOT_PAUSABLE"
    status = 409


class TooManyRuns(PatchbayError):
    """Too many runs are waiting; let some finish first."""

    code = "TOO_MANY_RUNS"
    status = 429


class NoWorker(PatchbayError):
    """No worker is available with matching tags."""

    code = "NO_WORKER"
    status = 400

    def __init__(self, value: str) -> None:
        expected = "tags that a running worker has"
        super().__init__(field="tags", value=value, expected=expected)


class Superseded(PatchbayError):
    """Another owner has taken over this run."""

    code = "SUPERSEDED"
    status = 400


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a graph, in a form the canvas can paint on the node.

    `field` is the port, field or key at fault; `value` what it holds; `expected` what would fit.
    """

    code: str
    message: str
    node_id: NodeId | None = None
    field: str | None = None
    value: Json = None
    expected: str | None = None
    edge_id: str | None = None
    #: Whether the run's inputs are at fault, and not the workflow.
    of_inputs: bool = False

    def as_json(self) -> dict[str, Json]:
        """Return the problem as JSON, absent facts left out."""
        pairs = {
            "code": self.code,
            "message": self.message,
            "nodeId": self.node_id,
            "field": self.field,
            "value": self.value,
            "expected": self.expected,
            "edgeId": self.edge_id,
        }
        return {key: value for key, value in pairs.items() if value is not None}


class InvalidGraph(PatchbayError):
    """The workflow cannot run as it is, or not with the inputs given."""

    code = "INVALID_GRAPH"
    status = 400

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        if problems and all(problem.of_inputs for problem in problems):
            self.code = InvalidInputs.code
        first = problems[0].message if problems else None
        super().__init__(first, issues=[problem.as_json() for problem in problems])


class NodeError(PatchbayError):
    """A node could not do its work.

    Raised by node types for every failure they can foresee. `field`, `value` and `expected` point
    at the repair; `transient` says that the same call may succeed later (the engine then retries).
    `cause` is what the other server said of it, `state` the state of the work there.
    """

    code = "NODE_FAILED"
    status = 400
    state = ""
    status = 422
    #: What had been made by then and is kept.
    outputs: JsonObject | None = None

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        value: Json = None,
        expected: str | None = None,
        cause: JsonObject | None = None,
        transient: bool = False,
        retry_after: float | None = None,
        status: int = 422,
    ) -> None:
        facts = {"field": field, "value": value, "expected": expected, "cause": cause}
        super().__init__(message, **{key: fact for key, fact in facts.items() if fact is not None})
        self.transient = transient
        self.retry_after = retry_after
        self.status = status


class CredentialMissing(NodeError):
    """This needs a key of its provider, and none is stored."""

    code = "CREDENTIAL_MISSING"


class TransparencyMissing(NodeError):
    """The image has no transparency."""

    code = "TRANSPARENCY_MISSING"


class CredentialUnknown(NodeError):
    """There is no such credential."""

    code = "CREDENTIAL_UNKNOWN"


class CredentialNotBound(NodeError):
    """A workflow of another user wants a key, and its user has chosen none for it."""

    code = "CREDENTIAL_NOT_BOUND"


class TooManyItems(NodeError):
    """Lists would call nodes more often than a run may."""

    code = "TOO_MANY_ITEMS"


class RunCapReached(NodeError):
    """The run may not spend what this node costs."""

    code = "RUN_CAP_REACHED"


class PayerCapReached(NodeError):
    """The owner pays no more for your runs today."""

    code = "PAYER_CAP_REACHED"


class CreditsMissing(NodeError):
    """The account has not got what this node costs."""

    code = "INSUFFICIENT_CREDITS"
