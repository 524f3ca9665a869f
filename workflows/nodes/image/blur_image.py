"""Blur: an image, or a part of it, out of focus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, IMAGE, IMAGE_OUT, MASK, choice, fit_mask, save
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = ("gaussian", "box", "pixelate")


@node(
    "blurImage",
    name="Blur",
    category=CATEGORY,
    description="Blurs an image, all of it or where a mask is white.",
    aliases=("gaussian", "soften", "bokeh", "defocus", "censor", "pixelate", "smooth"),
    inputs=(
        IMAGE,
        Input(
            "radius",
            "number",
            "Radius",
            default=8,
            widget="slider",
            min=0,
            max=500,
            step=0.5,
            unit="px",
        ),
        Input("kind", "text", "Type", default="gaussian", widget="pills", options=KINDS),
        MASK,
    ),
    pixel_bytes=16,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def blur_image(
    context: Context, *, image: JsonObject, radius: float, kind: str, mask: JsonObject | None
) -> JsonObject:
    """Return the blurred image."""
    choice(kind, KINDS, "kind")
    pixels = await context.load_image(image, field="image")
    where = await context.load_image(mask, field="mask", mode="L") if mask else None
    result = await context.run_cpu(blur, pixels, float(radius), kind, where)
    return {"image": await save(context, result, "blurred", image)}


@kept("blur image")
def blur(image: Image, radius: float, kind: str, where: Image | None) -> Image:
    """Blur; colors of transparent pixels do not bleed into others."""
    from PIL import Image as Pillow
    from PIL import ImageFilter

    # Premultiplied: a transparent pixel counts for nothing, whatever color it hides.
    soft = image.convert("RGBa") if image.mode == "RGBA" else image
    if kind == "pixelate":
        block = max(1, round(radius))
        small = soft.reduce(block)
        grown = small.resize((small.width * block, small.height * block), Pillow.Resampling.NEAREST)
        soft = grown.crop((0, 0, image.width, image.height))
    elif kind == "box":
        soft = soft.filter(ImageFilter.BoxBlur(radius))
    else:
        soft = soft.filter(ImageFilter.GaussianBlur(radius))
    soft = soft.convert(image.mode) if soft.mode != image.mode else soft
    if where is None:
        return soft
    return Pillow.composite(soft, image, fit_mask(where, image.size))
