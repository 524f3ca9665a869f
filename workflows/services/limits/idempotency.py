"""Idempotency keys: what a client names a request by, so that repeating it does nothing twice."""

from __future__ import annotations

import hashlib

from workflows.errors import InvalidBody
from workflows.graph.strict_json import dumps
from workflows.types import Json

HEADER = "Idempotency-Key"
MAX_KEY = 200


def check_key(key: str | None) -> None:
    """Raise InvalidBody for a key that is empty or too long."""
    if key is not None and not 0 < len(key) <= MAX_KEY:
        raise InvalidBody(
            f"{HEADER} must be 1 to {MAX_KEY} characters.",
            field=HEADER,
            value=len(key),
            expected=f"1 to {MAX_KEY} characters",
        )


def digest(*parts: Json) -> str:
    """Return the digest by which a repeated request is distinguished from another one."""
    return hashlib.sha256(dumps(list(parts)).encode()).hexdigest()


def creation(key: str | None, verb: str, body: Json) -> dict[str, str]:
    """Return the columns that remember what made a workflow; none without a key."""
    check_key(key)
    return {} if key is None else {"creation_key": key, "creation_digest": digest(verb, body)}
