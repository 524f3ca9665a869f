"""Outline: a stroke round everything that is not transparent, as on a sticker."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workflows.errors import NodeError, TransparencyMissing
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE,
    IMAGE_OUT,
    Color,
    check_size,
    parse_color,
    save,
    strips,
)
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

    from workflows.nodes.image.segmentation import Grey


@node(
    "outline",
    name="Outline",
    category=CATEGORY,
    description="Draws a smooth outline around a cut-out subject, with an optional shadow.",
    aliases=("stroke", "border", "sticker", "contour", "edge", "die cut", "drop shadow", "glow"),
    inputs=(
        IMAGE,
        Input(
            "width",
            "number",
            "Width",
            default=12,
            widget="slider",
            min=0,
            max=200,
            step=1,
            unit="px",
        ),
        Input("color", "color", "Color", default="#ffffff", widget="color"),
        Input(
            "smooth",
            "number",
            "Smoothing",
            default=4,
            widget="slider",
            min=0,
            max=40,
            step=1,
            unit="px",
            help="Rounds small dents in the outline.",
        ),
        Input(
            "shadow",
            "number",
            "Shadow",
            default=0,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="%",
            help="0 for none.",
        ),
        Input(
            "shadowBlur",
            "number",
            "Shadow blur",
            default=14,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="px",
            advanced=True,
        ),
        Input(
            "shadowOffset",
            "number",
            "Shadow offset",
            default=8,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="px",
            advanced=True,
        ),
        Input(
            "shadowColor", "color", "Shadow color", default="#000000", widget="color", advanced=True
        ),
        Input(
            "trim",
            "boolean",
            "Trim",
            default=True,
            widget="toggle",
            help="Crops the canvas to the result.",
        ),
    ),
    pixel_bytes=36,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def outline(
    context: Context,
    *,
    image: JsonObject,
    width: float,
    color: str,
    smooth: float,
    shadow: float,
    shadowBlur: float,
    shadowOffset: float,
    shadowColor: str,
    trim: bool,
) -> JsonObject:
    """Return the image with its outline, on a canvas large enough for it."""
    stroke, shade = parse_color(color, "color"), parse_color(shadowColor, "shadowColor")
    pixels = await context.load_image(image, field="image", mode="RGBA")
    result = await context.run_cpu(
        draw_outline,
        pixels,
        float(width),
        stroke,
        float(smooth),
        float(shadow) / 100,
        float(shadowBlur),
        float(shadowOffset),
        shade,
        bool(trim),
    )
    return {"image": await save(context, result, "outline", image)}


@kept("outline")
def draw_outline(
    image: Image,
    width: float,
    stroke: Color,
    smooth: float,
    shadow: float,
    shadow_blur: float,
    shadow_offset: float,
    shade: Color,
    trim: bool,
) -> Image:
    """Draw the stroke, and below it the shadow, on a canvas grown by as much as they reach.

    Raises NodeError when there is no edge to draw along.
    """
    import cv2
    import numpy as np
    from PIL import Image as Pillow

    if image.getchannel("A").getextrema() == (255, 255):
        raise TransparencyMissing(
            "The image has no transparency, so there is nothing to outline.",
            field="image",
            expected="an image without its background",
        )
    if image.getbbox(alpha_only=True) is None:
        raise NodeError(
            "The image is wholly transparent.", field="image", expected="a cut-out image"
        )
    box = image.getbbox(alpha_only=True) if trim else None
    content = image.crop(box) if box else image
    border = math.ceil(width) + 2 if width else 1
    # A Gaussian has faded below a visible step at 2.6 sigma; sigma is half the blur.
    fade = math.ceil(shadow_blur * 1.3) if shadow else 0
    drop = round(shadow_offset) if shadow else 0
    left, top, bottom = border + fade, border + max(0, fade - drop), border + fade + drop
    size = check_size(content.width + 2 * left, content.height + top + bottom)
    canvas = Pillow.new("RGBA", size, (0, 0, 0, 0))
    canvas.paste(content, (left, top))
    del image, content
    coverage: Grey = np.asarray(canvas.getchannel("A")).astype(np.float32)
    coverage /= 255
    if width:
        np.maximum(_reach(coverage, width, smooth), coverage, out=coverage)
    result = Pillow.new("RGBA", size, (0, 0, 0, 0))
    if shadow:
        moved = np.roll(coverage, drop, axis=0)  # the canvas has `drop` empty rows at its bottom
        sigma = max(0.3, shadow_blur / 2)
        moved = cv2.GaussianBlur(moved, (0, 0), sigma)
        np.multiply(moved, np.float32(shadow), out=moved)
        _lay(result, moved, shade)
        del moved
    if width:
        _lay(result, coverage, stroke)
    result.alpha_composite(canvas)
    return result


def _reach(alpha: Grey, width: float, smooth: float) -> Grey:
    """Coverage 0..1 of everything within `width` px of the subject, its edge anti-aliased.

    The distance to the subject's edge falls by one per pixel, so its fraction is how much of a
    pixel is covered; blurring that distance rounds the outline without making it fuzzy.
    """
    import cv2
    import numpy as np

    sigma = 0.8 + smooth / 2
    # The blur needs to see the distance go on beyond the canvas.
    room = math.ceil(3 * sigma)
    inside = np.pad((alpha >= 0.5).astype(np.uint8), room)
    outer: Grey = cv2.distanceTransform(1 - inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    inner: Grey = cv2.distanceTransform(inside, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    # Large images take hundreds of megabytes here, so that what can be is worked out in place.
    outer -= inner
    del inside, inner
    distance: Grey = cv2.GaussianBlur(outer, (0, 0), sigma)
    del outer
    np.subtract(np.float32(width + 0.5), distance, out=distance)
    np.clip(distance, 0, 1, out=distance)
    return distance[room:-room, room:-room]


def _lay(result: Image, coverage: Grey, paint: Color) -> None:
    """Lay a color on an image where it is covered."""
    import numpy as np
    from PIL import Image as Pillow

    for left, top, right, bottom in strips(result.size):
        pixels = np.empty((bottom - top, right - left, 4), np.uint8)
        pixels[:, :, :3] = paint[:3]
        pixels[:, :, 3] = np.round(np.clip(coverage[top:bottom], 0, 1) * paint[3])
        result.alpha_composite(Pillow.fromarray(pixels), (left, top))
