"""Upload: a file that is part of the workflow."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import IMAGE_OUT
from workflows.nodes.registry import node
from workflows.types import JsonObject


@node(
    "upload",
    name="Image input",
    category="Interface",
    description="Holds an image that you drop or choose.",
    aliases=("upload", "file", "picture", "photo", "drop", "asset", "load", "open", "import"),
    inputs=(
        Input(
            "asset",
            "image",
            "Image",
            required=True,
            widget="asset",
            port=False,
            help="PNG, JPEG, WebP, GIF or AVIF.",
        ),
    ),
    outputs=(IMAGE_OUT,),
    cacheable=False,
    preview="image",
    width=320,
)
async def upload(context: Context, *, asset: JsonObject | None) -> JsonObject:
    """Return the file's reference."""
    if not asset:
        raise NodeError("No image has been chosen.", field="asset", expected="an image")
    return {"image": asset}
