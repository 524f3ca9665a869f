"""Requests that are malformed, too many, or by a caller without the right."""

from __future__ import annotations

from workflows.errors.base import PatchbayError


class InvalidBody(PatchbayError):
    """The request body is not what was expected."""

    code = "INVALID_BODY"
    status = 400


class InvalidInputs(PatchbayError):
    """`inputs` must be a JSON object."""

    code = "INVALID_INPUTS"
    status = 400


class TooLarge(PatchbayError):
    """The request is larger than this server accepts."""

    code = "TOO_LARGE"
    status = 413


class Unauthorized(PatchbayError):
    """Unauthorized"""

    code = "UNAUTHORIZED"
    status = 401


class CapabilityDenied(PatchbayError):
    """This key lacks the capability the call needs."""

    code = "CAPABILITY_DENIED"
    status = 403


class ApiKeyAccessDenied(PatchbayError):
    """This account's tier has no external API."""

    code = "API_KEY_ACCESS_DENIED"
    status = 403


class RateLimitExceeded(PatchbayError):
    """Too many requests; try again in `retryAfter` seconds."""

    code = "RATE_LIMIT_EXCEEDED"
    status = 429


class PreconditionFailed(PatchbayError):
    """If-Match names another version of this workflow."""

    code = "PRECONDITION_FAILED"
    status = 412


class IdempotencyConflict(PatchbayError):
    """This Idempotency-Key was used for another request."""

    code = "IDEMPOTENCY_CONFLICT"
    status = 422


class TooManyWatchers(PatchbayError):
    """Too many event streams are open on this server; try again later."""

    code = "TOO_MANY_WATCHERS"
    status = 503


class TooManyOwnWatchers(TooManyWatchers):
    """Too many event streams and sockets of this account are open; close some first."""

    code = "TOO_MANY_STREAMS"
    status = 429
