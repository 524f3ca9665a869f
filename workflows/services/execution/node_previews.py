"""What a node would make, at preview size and without a run: shown while a field is changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, cast

from workflows.engine.host.preview import NO_PREVIEW, SIDE, PreviewContext
from workflows.errors import InvalidBody, InvalidGraph, NodeError
from workflows.graph.planner import compile
from workflows.graph.ports import Input
from workflows.media import images
from workflows.media.references import asset_id
from workflows.models import Asset, User
from workflows.nodes import registry
from workflows.types import Json, JsonObject

#: A preview that takes longer is none.
SECONDS = 5.0
_NODE = "node"


def node_preview(*, user: User, type: str, data: JsonObject, inputs: JsonObject) -> bytes:
    """Return a WebP image of what a node makes of some inputs, at most `SIDE` px wide.

    `data` are the node's fields, `inputs` what is connected to it. Lengths in px are brought to
    the size of the preview. Raises InvalidBody for a node without such a preview, InvalidGraph and
    NodeError as a run would fail.
    """
    registered = registry.get(type)
    if registered is None or not has_preview(registered):
        raise InvalidBody(
            NO_PREVIEW,
            field="type",
            value=type,
            expected="a node that makes an image on this server",
        )
    document = {"nodes": [{"id": _NODE, "type": type, "data": {**data, **inputs}}], "edges": []}
    plan = compile(document, {}, registry.node_types(), only=[_NODE])
    if _NODE not in plan.nodes:
        raise InvalidGraph([])
    calls = plan.calls(_NODE, {})
    arguments = calls.arguments[0]
    ids = {id for value in _values(arguments) if (id := asset_id(value)) is not None}
    files = {str(asset.pk): asset for asset in Asset.objects.readable(user.pk).filter(pk__in=ids)}
    _scale(arguments, plan.nodes[_NODE].inputs, files)
    context = PreviewContext(plan.nodes[_NODE].data, files)
    return asyncio.run(_preview(registered, context, arguments))


def has_preview(registered: registry.Registered) -> bool:
    """Return whether a node works on this server alone and makes an image."""
    type = registered.node_type
    return type.deterministic and type.preview == "image" and registered.provider is None


async def _preview(
    registered: registry.Registered, context: PreviewContext, arguments: JsonObject
) -> bytes:
    try:
        async with asyncio.timeout(SECONDS):
            outputs = await registered.function(cast(Any, context), **arguments)
            made = next(
                (found for value in outputs.values() if (found := context.made(value))), None
            )
            if made is None:
                raise NodeError(NO_PREVIEW, field="type")
            return await context.run_cpu(images.preview, cast(Any, made), SIDE)
    except TimeoutError as error:
        raise NodeError("The preview takes too long.", field="type") from error


def _scale(arguments: JsonObject, inputs: tuple[Input, ...], files: dict[str, Asset]) -> None:
    """Bring every length in px to the size of the preview."""
    sides = [max(file.width or 1, file.height or 1) for file in files.values()]
    lengths = [port.name for port in inputs if port.unit == "px"]
    if not sides:
        sides = [arguments[name] for name in lengths if name in ("width", "height")]
    factor = min(1.0, SIDE / max(sides, default=SIDE))
    for name in lengths:
        if isinstance(arguments.get(name), int | float):
            arguments[name] = arguments[name] * factor


def _values(arguments: JsonObject) -> Iterator[Json]:
    for value in arguments.values():
        yield from value if isinstance(value, list) else [value]
