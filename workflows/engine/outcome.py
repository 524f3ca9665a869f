"""What a node's outcome may be: how large a result, and which facts of a failure are kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workflows.errors import NodeError
from workflows.types import JsonObject

MAX_OUTPUT_BYTES = 8 * 1024 * 1024
_FACTS = frozenset({"field", "value", "expected", "item", "detail", "error_type", "cause"})


def facts_of(error: NodeError) -> JsonObject:
    """Return what is known of a failure besides its sentence and its code."""
    return {name: fact for name, fact in error.context.items() if name in _FACTS}


def check_size(count: int, most: int, message: str) -> None:
    """Raise NodeError with the message when a result has more than `most` bytes."""
    if count > most:
        raise NodeError(
            message, field="result", value=count, expected=f"at most {most // 2**20} MB"
        )


@contextmanager
def finite() -> Iterator[None]:
    """Raise NodeError for a number that JSON has no word for."""
    try:
        yield
    except ValueError as error:
        raise NodeError(
            "The result holds a number that JSON has no word for.",
            field="result",
            expected="finite numbers",
        ) from error
