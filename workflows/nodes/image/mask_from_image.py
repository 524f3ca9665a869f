"""Mask from image: brightness, transparency or a color as a mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE,
    MASK_OUT,
    choice,
    parse_color,
    save,
    strips,
)
from workflows.nodes.image.segmentation import key_color
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

SOURCES = ("luminance", "alpha", "colour")


@node(
    "maskFromImage",
    name="Mask from image",
    category=CATEGORY,
    description="Makes a mask from an image's brightness, its transparency or one color.",
    aliases=("luminance", "alpha", "color key", "threshold", "select", "matte", "to mask"),
    inputs=(
        IMAGE,
        Input(
            "source",
            "text",
            "From",
            default="luminance",
            widget="pills",
            options=SOURCES,
            labels={"colour": "Color"},
        ),
        Input(
            "color",
            "color",
            "Color",
            default="#00ff00",
            widget="color",
            help="For color: white where the image has it.",
            shown_when={"source": ("colour",)},
        ),
        Input(
            "tolerance",
            "number",
            "Tolerance",
            default=20,
            widget="slider",
            min=1,
            max=100,
            step=1,
            unit="%",
            help="For color: how much it may differ.",
            shown_when={"source": ("colour",)},
        ),
        Input(
            "threshold",
            "number",
            "Threshold",
            default=0,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="%",
            help="0 keeps the grays; above, brighter parts become white.",
        ),
        Input("invert", "boolean", "Invert", default=False, widget="toggle"),
    ),
    joins=True,
    outputs=(MASK_OUT,),
    preview="mask",
    width=320,
)
async def mask_from_image(
    context: Context,
    *,
    image: JsonObject,
    source: str,
    color: str,
    tolerance: float,
    threshold: float,
    invert: bool,
) -> JsonObject:
    """Return the mask."""
    choice(source, SOURCES, "source")
    wanted = parse_color(color, "color")[:3]
    pixels = await context.load_image(image, field="image")
    if source == "alpha" and pixels.mode != "RGBA":
        raise NodeError(
            "The image has no transparency.",
            field="source",
            value=source,
            expected="an image with transparency, or luminance or colour",
        )
    mask = await context.run_cpu(
        make_mask, pixels, source, wanted, float(tolerance), threshold / 100, bool(invert)
    )
    return {"mask": await save(context, mask, "mask", image)}


@kept("mask from image")
def make_mask(
    image: Image,
    source: str,
    wanted: tuple[int, int, int],
    tolerance: float,
    threshold: float,
    invert: bool,
) -> Image:
    """Turn an image into grays from black to white."""
    import numpy as np
    from PIL import Image as Pillow

    made = Pillow.new("L", image.size)
    for box in strips(image.size):
        part = image.crop(box)
        if source == "alpha":
            values = np.asarray(part.getchannel("A")).astype(np.float32) / 255
        elif source == "luminance":
            values = np.asarray(part.convert("L")).astype(np.float32) / 255
        else:
            values = 1 - key_color(np.asarray(part.convert("RGB")), wanted, tolerance)
        if threshold:
            values = (values >= threshold).astype(np.float32)
        if invert:
            values = 1 - values
        made.paste(Pillow.fromarray(np.round(values * 255).astype(np.uint8)), box)
    return made
