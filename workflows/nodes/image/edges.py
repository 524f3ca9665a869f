"""Edges: the outlines of what is in an image, white on black."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, IMAGE, IMAGE_OUT, save
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image


def _level(name: str, label: str, default: int, help: str) -> Input:
    return Input(
        name, "number", label, default=default, widget="slider", min=1, max=255, step=1, help=help
    )


@node(
    "edges",
    name="Edges",
    category=CATEGORY,
    description="Detects the edges in an image, drawn white on black.",
    aliases=("canny", "edge detection", "outline", "line art", "controlnet", "sketch"),
    inputs=(
        IMAGE,
        _level("low", "Weak edges", 100, "These count where they touch a strong one."),
        _level("high", "Strong edges", 200, "From here on an edge always counts."),
    ),
    pixel_bytes=12,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def edges(context: Context, *, image: JsonObject, low: float, high: float) -> JsonObject:
    """Return the outlines, found as Canny described."""
    if low > high:
        raise NodeError(
            "Weak edges are stronger than strong ones.",
            field="low",
            value=low,
            expected=f"at most {high:g}",
        )
    pixels = await context.load_image(image, field="image")
    made = await context.run_cpu(find, pixels, float(low), float(high))
    return {"image": await save(context, made, "edges", image)}


@kept("edges")
def find(image: Image, low: float, high: float) -> Image:
    """Return the edges of an image as gray image of its size."""
    import cv2
    import numpy as np
    from PIL import Image as Pillow

    grey = np.asarray(image.convert("RGB").convert("L"))
    return Pillow.fromarray(cv2.Canny(grey, low, high).astype(np.uint8))
