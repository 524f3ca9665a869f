"""Rotate: turn or flip an image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE,
    IMAGE_OUT,
    Color,
    check_size,
    choice,
    parse_color,
    save,
)
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

FLIPS = ("none", "horizontal", "vertical", "both")


@node(
    "rotateImage",
    name="Rotate",
    category=CATEGORY,
    description="Turns an image by an angle, or flips it.",
    aliases=("flip", "mirror", "turn", "tilt", "straighten", "orientation"),
    inputs=(
        IMAGE,
        Input(
            "angle",
            "number",
            "Angle",
            default=0,
            widget="slider",
            min=-180,
            max=180,
            step=1,
            unit="°",
            help="Clockwise.",
        ),
        Input("flip", "text", "Flip", default="none", widget="pills", options=FLIPS),
        Input(
            "expand",
            "boolean",
            "Grow the canvas",
            default=True,
            widget="toggle",
            help="Off keeps the size and cuts the corners.",
        ),
        Input("background", "color", "Background", default="#00000000", widget="color"),
    ),
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def rotate_image(
    context: Context, *, image: JsonObject, angle: float, flip: str, expand: bool, background: str
) -> JsonObject:
    """Return the image, first flipped, then turned."""
    choice(flip, FLIPS, "flip")
    ground = parse_color(background, "background")
    pixels = await context.load_image(image, field="image")
    if expand and angle % 90:
        check_size(*(2 * (sum(side**2 for side in pixels.size) ** 0.5,)), field="angle")
    if angle % 90 or flip != "none":
        await context.make_room(*pixels.size, field="image", pixel_bytes=16)
    result = await context.run_cpu(turn, pixels, float(angle), flip, bool(expand), ground)
    return {"image": await save(context, result, "rotated", image)}


@kept("turn image")
def turn(image: Image, angle: float, flip: str, expand: bool, ground: Color) -> Image:
    """Flip and turn; quarter turns move pixels without resampling."""
    from PIL import Image as Pillow

    result = image
    if flip in ("horizontal", "both"):
        result = result.transpose(Pillow.Transpose.FLIP_LEFT_RIGHT)
    if flip in ("vertical", "both"):
        result = result.transpose(Pillow.Transpose.FLIP_TOP_BOTTOM)
    quarters = {90: "ROTATE_270", 180: "ROTATE_180", 270: "ROTATE_90"}
    turned = angle % 360
    if turned in quarters and (expand or turned == 180):
        return result.transpose(getattr(Pillow.Transpose, quarters[int(turned)]))
    if not turned:
        return result
    layer = result.convert("RGBA").rotate(-angle, Pillow.Resampling.BICUBIC, expand=expand)
    base = Pillow.new("RGBA", layer.size, ground)
    base.alpha_composite(layer)
    return base.convert("RGB") if ground[3] == 255 else base
