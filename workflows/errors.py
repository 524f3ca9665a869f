"""Every error Patchbay's domain raises; a class's docstring is its default message.

How an error looks on the wire belongs to `api/errors.py` and the dialects; here are only the
machine-readable `code` and the facts (`context`) that a person needs to mend what was wrong.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any

from workflows.types import Json, JsonObject, NodeId


class PatchbayError(Exception):
    """Something went wrong."""

    code = "ERROR"

    def __init__(self, message: str | None = None, **context: Json) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.context: dict[str, Any] = context
        super().__init__(self.message)


class InvalidBody(PatchbayError):
    """The request body is not what was expected."""

    code = "INVALID_BODY"


class InvalidInputs(PatchbayError):
    """`inputs` must be a JSON object."""

    code = "INVALID_INPUTS"


class InvalidSlug(PatchbayError):
    """A slug has lowercase letters, digits and hyphens only."""

    code = "INVALID_SLUG"


class TooLarge(PatchbayError):
    """The request is larger than this server accepts."""

    code = "TOO_LARGE"


class Unauthorized(PatchbayError):
    """Unauthorized"""

    code = "UNAUTHORIZED"


class CapabilityDenied(PatchbayError):
    """This key lacks the capability the call needs."""

    code = "CAPABILITY_DENIED"


class InvalidCapability(PatchbayError):
    """This is not a capability."""

    code = "INVALID_CAPABILITY"


class ApiKeyAccessDenied(PatchbayError):
    """This account's tier has no external API."""

    code = "API_KEY_ACCESS_DENIED"


class WorkflowNotFound(PatchbayError):
    """Workflow not found"""

    code = "WORKFLOW_NOT_FOUND"


class FolderNotFound(PatchbayError):
    """Folder not found"""

    code = "FOLDER_NOT_FOUND"


class InvalidParent(PatchbayError):
    """A folder cannot lie there."""

    code = "INVALID_PARENT"


class FolderExists(PatchbayError):
    """There is a folder of this name here already."""

    code = "FOLDER_EXISTS"


class FolderLimitReached(PatchbayError):
    """This account holds as many folders as this server allows."""

    code = "FOLDER_LIMIT_REACHED"


class ExecutionNotFound(PatchbayError):
    """Execution not found"""

    code = "EXECUTION_NOT_FOUND"


class AssetNotFound(PatchbayError):
    """File not found"""

    code = "FILE_NOT_FOUND"


class ModelNotFound(PatchbayError):
    """Model not found"""

    code = "MODEL_NOT_FOUND"


class InsufficientCredits(PatchbayError):
    """The account has not got the credits this run costs."""

    code = "INSUFFICIENT_CREDITS"


class CapabilityAboveCeiling(PatchbayError):
    """This account's tier cannot grant that capability."""

    code = "CAPABILITY_ABOVE_CEILING"


class KeyNotFound(PatchbayError):
    """API key not found"""

    code = "API_KEY_NOT_FOUND"


class KeyLimitReached(PatchbayError):
    """This account holds as many keys as this server allows; revoke one first."""

    code = "API_KEY_LIMIT_REACHED"


class WebhookNotFound(PatchbayError):
    """This key has no webhook"""

    code = "WEBHOOK_NOT_FOUND"


class DeliveryNotFound(PatchbayError):
    """Delivery not found"""

    code = "DELIVERY_NOT_FOUND"


class CredentialNotFound(PatchbayError):
    """Credential not found"""

    code = "CREDENTIAL_NOT_FOUND"


class CredentialExists(PatchbayError):
    """There is a credential of this name already."""

    code = "CREDENTIAL_EXISTS"


class CredentialLimitReached(PatchbayError):
    """This account holds as many credentials as this server allows."""

    code = "CREDENTIAL_LIMIT_REACHED"


class RunnerNotFound(PatchbayError):
    """Runner not found"""

    code = "RUNNER_NOT_FOUND"


class RunnersForbidden(PatchbayError):
    """Only staff may register runners on this server."""

    code = "RUNNERS_FORBIDDEN"


class RunnerLimitReached(PatchbayError):
    """Runner limit exceeded for your tier"""

    code = "RUNNER_LIMIT_REACHED"


class GraphTemplateLimitReached(PatchbayError):
    """Template limit exceeded for your tier"""

    code = "GRAPH_TEMPLATE_LIMIT_REACHED"


class ParameterLimitReached(PatchbayError):
    """Workflow parameter limit exceeded for your tier"""

    code = "PARAMETER_LIMIT_REACHED"


class RunnerBusy(PatchbayError):
    """Runs are under way on this runner."""

    code = "RUNNER_BUSY"


class InvitationNotFound(PatchbayError):
    """This invitation has been used or is over."""

    code = "INVITATION_NOT_FOUND"


class RateLimitExceeded(PatchbayError):
    """Too many requests; try again in `retryAfter` seconds."""

    code = "RATE_LIMIT_EXCEEDED"


class WorkflowLimitReached(PatchbayError):
    """This account holds as many workflows as its tier allows."""

    code = "WORKFLOW_LIMIT_REACHED"


class NameTaken(PatchbayError):
    """Another workflow of yours has this name."""

    code = "NAME_TAKEN"


class AliasNotFound(PatchbayError):
    """App alias not found"""

    code = "ALIAS_NOT_FOUND"


class AliasExists(PatchbayError):
    """This app id is an alias already."""

    code = "ALIAS_EXISTS"


class AliasForbidden(PatchbayError):
    """Only staff may change the app aliases of the whole site."""

    code = "ALIAS_FORBIDDEN"


class TemplateForbidden(PatchbayError):
    """Only staff may publish templates on this server."""

    code = "TEMPLATE_FORBIDDEN"


class VersionConflict(PatchbayError):
    """The workflow has changed since the version you edited."""

    code = "CONFLICT"


class PreconditionFailed(PatchbayError):
    """If-Match names another version of this workflow."""

    code = "PRECONDITION_FAILED"


class IdempotencyConflict(PatchbayError):
    """This Idempotency-Key was used for another request."""

    code = "IDEMPOTENCY_CONFLICT"


class ExecutionFailed(PatchbayError):
    """The run failed."""

    code = "EXECUTION_FAILED"


class ExecutionTimeout(PatchbayError):
    """The run is still going; poll it with its executionId."""

    code = "EXECUTION_TIMEOUT"


class NotRetryable(PatchbayError):
    """Only a failed or cancelled run can be retried."""

    code = "NOT_RETRYABLE"


class TooManyRuns(PatchbayError):
    """Too many runs are waiting; let some finish first."""

    code = "TOO_MANY_RUNS"


class TooManyWatchers(PatchbayError):
    """Too many event streams are open on this server; try again later."""

    code = "TOO_MANY_WATCHERS"


class TooManyOwnWatchers(TooManyWatchers):
    """Too many event streams and sockets of this account are open; close some first."""

    code = "TOO_MANY_STREAMS"


class Unavailable(PatchbayError):
    """The server cannot do this at the moment; try again in a few seconds."""

    code = "UNAVAILABLE"


class StorageFull(PatchbayError):
    """The server's disk is full; nothing was stored."""

    code = "STORAGE_FULL"


class MediaBusy(PatchbayError):
    """The server is busy with other media; try again later."""

    code = "MEDIA_BUSY"


class MediaTooLarge(PatchbayError):
    """Working on this needs more memory than this server gives to media."""

    code = "MEDIA_TOO_LARGE"


class BlockedAddress(PatchbayError):
    """The address cannot be reached from here."""

    code = "BLOCKED_ADDRESS"


class FetchError(PatchbayError):
    """The address cannot be reached from here."""

    code = "UNREACHABLE"
    transient = True


class FetchUnsent(FetchError):
    """The address cannot be reached; nothing has been sent."""


class FetchTimeout(FetchError):
    """The address took too long to answer."""

    code = "FETCH_TIMEOUT"


class FetchTooLarge(FetchError):
    """The answer is larger than this server accepts."""

    code = "FETCH_TOO_LARGE"
    transient = False


class FetchRefused(FetchError):
    """This address or request cannot be used."""

    code = "FETCH_REFUSED"
    transient = False


class BadPicture(PatchbayError):
    """This file is not a picture that can be opened."""

    code = "BAD_PICTURE"


class BadVideo(PatchbayError):
    """This file is not a video or a sound that can be opened."""

    code = "BAD_VIDEO"


class QuotaExceeded(PatchbayError):
    """This account's storage is full."""

    code = "QUOTA_EXCEEDED"


class Superseded(PatchbayError):
    """Another owner has taken over this run."""

    code = "SUPERSEDED"


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
        """Return the problem in wire form, absent facts left out."""
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
    `cause` is what somebody else's server said of it, `state` how that server stands with the work.
    """

    code = "NODE_FAILED"
    state = ""
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
    """The picture has no transparency."""

    code = "TRANSPARENCY_MISSING"


class CredentialUnknown(NodeError):
    """There is no such credential."""

    code = "CREDENTIAL_UNKNOWN"


class CredentialNotBound(NodeError):
    """A workflow of somebody else wants a key, and its user has chosen none for it."""

    code = "CREDENTIAL_NOT_BOUND"


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
    """Somebody stopped the request at the runner."""

    code = "RUNNER_STOPPED"


class GraphRejected(NodeError):
    """The runner refused the graph."""

    code = "GRAPH_REJECTED"
    state = "invalid"


class RunCapReached(NodeError):
    """The run may not spend what this node costs."""

    code = "RUN_CAP_REACHED"


class CreditsMissing(NodeError):
    """The account has not got what this node costs."""

    code = "INSUFFICIENT_CREDITS"


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_BROKEN = frozenset({errno.EIO, errno.EROFS, errno.EMFILE, errno.ENFILE})


def trouble(error: BaseException) -> PatchbayError | None:
    """Return what to say when the machine fails us, as the system says it; None for other errors.

    Errors of a database's driver are known to whoever knows the database, see `api/errors.py`.
    """
    if isinstance(error, MemoryError):
        return Unavailable("The server has no memory left for this; try again later.")
    number = error.errno if isinstance(error, OSError) else None
    if number in _FULL:
        return StorageFull()
    return Unavailable("The server's disk cannot be used.") if number in _BROKEN else None
