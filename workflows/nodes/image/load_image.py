"""Load image: an image from a URL on the web."""

from __future__ import annotations

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.data.http_request import split_url
from workflows.nodes.image.fields import CATEGORY, IMAGE_OUT, save
from workflows.nodes.registry import node
from workflows.types import JsonObject


@node(
    "loadImage",
    name="Load image",
    category=CATEGORY,
    description="Loads an image from a URL.",
    aliases=("url", "download", "fetch", "web", "from url", "open", "import"),
    inputs=(
        Input(
            "url",
            "text",
            "URL",
            required=True,
            widget="text",
            placeholder="https://example.com/picture.jpg",
        ),
    ),
    outputs=(IMAGE_OUT,),
    deterministic=False,
    cacheable=False,
    preview="image",
    width=320,
    timeout_seconds=120,
)
async def load_image(context: Context, *, url: str | None) -> JsonObject:
    """Return the image found at the URL, stored again without its metadata."""
    target = str(url or "").strip()
    parts = split_url(target)
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise NodeError(
            "This is not a URL.",
            field="url",
            value=target[:500],
            expected="such as https://example.com/image.jpg",
        )
    await context.progress(None, "Loading")
    image = await context.load_image(target, field="url")
    name = parts.path.rsplit("/", 1)[-1] or parts.netloc
    return {"image": await save(context, image, "loaded", {"name": name})}
