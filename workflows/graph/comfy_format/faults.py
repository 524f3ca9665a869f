"""The one form of error in this format: what is wrong, at which node and input, what would do."""

from __future__ import annotations

from workflows.errors import InvalidBody
from workflows.graph.document import show
from workflows.types import Json


def fault(
    message: str,
    value: Json,
    expected: str,
    *,
    field: str | None = None,
    node: str | None = None,
    input: str | None = None,
) -> InvalidBody:
    """Return an InvalidBody that names the node's id and the input as well as the field."""
    if field is None:
        field = f"{node}.{input}" if input is not None else str(node)
    facts: dict[str, Json] = {"field": field[:200], "value": show(value), "expected": expected}
    if node is not None:
        facts["node"] = node
    if input is not None:
        facts["input"] = input
    return InvalidBody(f"{message}; expected {expected}.", **facts)
