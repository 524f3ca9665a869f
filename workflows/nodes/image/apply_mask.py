"""Apply mask: keep what a mask shows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE,
    IMAGE_OUT,
    MASK,
    Color,
    choice,
    fit_mask,
    parse_color,
    save,
)
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MODES = ("cut out", "fill", "crop")


@node(
    "applyMask",
    name="Apply mask",
    category=CATEGORY,
    description="Cuts out, fills or crops an image with a mask.",
    aliases=("alpha", "cut", "clip", "stencil", "transparent", "fill", "replace background"),
    inputs=(
        IMAGE,
        replace(MASK, required=True),
        Input(
            "mode",
            "text",
            "Mode",
            default="cut out",
            widget="pills",
            options=MODES,
            help="Cut out makes the rest transparent, fill paints it, crop cuts to the mask.",
        ),
        Input(
            "color",
            "color",
            "Color",
            default="#ffffff",
            widget="color",
            help="For the mode fill.",
            shown_when={"mode": ("fill",)},
        ),
        Input("invert", "boolean", "Invert", default=False, widget="toggle"),
    ),
    pixel_bytes=17,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def apply_mask(
    context: Context, *, image: JsonObject, mask: JsonObject, mode: str, color: str, invert: bool
) -> JsonObject:
    """Return the image where the mask is white."""
    choice(mode, MODES, "mode")
    paint = parse_color(color, "color")
    pixels = await context.load_image(image, field="image", mode="RGBA")
    where = await context.load_image(mask, field="mask", mode="L")
    result = await context.run_cpu(cut, pixels, where, mode, paint, bool(invert))
    if result is None:
        raise NodeError(
            "The mask is black, so nothing would be left.",
            field="mask",
            expected="a mask with white parts, or the switch invert",
        )
    return {"image": await save(context, result, "masked", image)}


@kept("apply mask")
def cut(image: Image, where: Image, mode: str, paint: Color, invert: bool) -> Image | None:
    """Apply a mask; None when cropping to it leaves nothing."""
    from PIL import Image as Pillow
    from PIL import ImageChops

    shown = fit_mask(where, image.size)
    if invert:
        shown = ImageChops.invert(shown)
    if mode == "crop":
        box = shown.getbbox()
        return image.crop(box) if box else None
    kept = image.copy()
    kept.putalpha(ImageChops.multiply(image.getchannel("A"), shown))
    if mode == "cut out":
        return kept
    ground = Pillow.new("RGBA", image.size, paint)
    ground.alpha_composite(kept)
    return ground.convert("RGB") if paint[3] == 255 else ground
