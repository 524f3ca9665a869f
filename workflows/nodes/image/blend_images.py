"""Blend: one image over another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    ANCHORS,
    CATEGORY,
    IMAGE_OUT,
    MASK,
    choice,
    fit_mask,
    place,
    save,
    strips,
)
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    Grey = NDArray[Any]

MODES = (
    "normal",
    "multiply",
    "screen",
    "overlay",
    "soft light",
    "hard light",
    "darken",
    "lighten",
    "add",
    "subtract",
    "difference",
)
SCALES = ("keep", "fit", "fill", "stretch")


@node(
    "blendImages",
    name="Blend",
    category=CATEGORY,
    description="Blends one image over another in one of eleven modes.",
    aliases=(
        "composite",
        "overlay",
        "logo",
        "watermark",
        "layer",
        "multiply",
        "screen",
        "merge",
        "combine",
        "paste",
        "opacity",
    ),
    inputs=(
        Input("base", "image", "Base", required=True),
        Input("top", "image", "Layer", required=True),
        MASK,
        Input("mode", "text", "Mode", default="normal", widget="select", options=MODES),
        Input(
            "opacity",
            "number",
            "Opacity",
            default=100,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="%",
        ),
        Input(
            "scale",
            "text",
            "Scale",
            default="keep",
            widget="pills",
            options=SCALES,
            help="How the layer is scaled to the size of the base.",
        ),
        Input(
            "anchor",
            "text",
            "Position",
            default="center",
            widget="select",
            options=ANCHORS,
            shown_when={"scale": ("keep", "fit", "fill")},
        ),
        Input(
            "offsetX",
            "number",
            "Offset X",
            default=0,
            widget="number",
            min=-16384,
            max=16384,
            step=1,
            unit="px",
            advanced=True,
        ),
        Input(
            "offsetY",
            "number",
            "Offset Y",
            default=0,
            widget="number",
            min=-16384,
            max=16384,
            step=1,
            unit="px",
            advanced=True,
        ),
    ),
    pixel_bytes=20,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def blend_images(
    context: Context,
    *,
    base: JsonObject,
    top: JsonObject,
    mask: JsonObject | None,
    mode: str,
    opacity: float,
    scale: str,
    anchor: str,
    offsetX: float,
    offsetY: float,
) -> JsonObject:
    """Return an image of the lower one's size; the mask is on the upper one."""
    choice(mode, MODES, "mode")
    choice(scale, SCALES, "scale")
    choice(anchor, ANCHORS, "anchor")
    below = await context.load_image(base, field="base")
    above = await context.load_image(top, field="top", mode="RGBA")
    where = await context.load_image(mask, field="mask", mode="L") if mask else None
    offset = (round(offsetX), round(offsetY))
    result = await context.run_cpu(
        blend, below, above, where, mode, opacity / 100, scale, anchor, offset
    )
    return {"image": await save(context, result, "blend", base)}


@kept("blend images")
def blend(
    below: Image,
    above: Image,
    where: Image | None,
    mode: str,
    opacity: float,
    scale: str,
    anchor: str,
    offset: tuple[int, int],
) -> Image:
    """Blend as the W3C's compositing model says: mix by mode, then cover by opacity."""
    import numpy as np
    from PIL import Image as Pillow

    if where is not None:
        shown = fit_mask(where, above.size)
        above = above.copy()
        for box in strips(above.size):
            alpha = np.asarray(above.crop(box).getchannel("A")).astype(np.uint16)
            alpha = alpha * np.asarray(shown.crop(box)) // 255
            part = above.crop(box)
            part.putalpha(Pillow.fromarray(alpha.astype(np.uint8)))
            above.paste(part, box)
    layer = _scaled(above, below.size, scale)
    left, top = place(below.size, layer.size, anchor)
    result = Pillow.new("RGBA" if below.mode == "RGBA" else "RGB", below.size)
    for box in strips(below.size):
        sheet = Pillow.new("RGBA", (below.width, box[3] - box[1]), (0, 0, 0, 0))
        sheet.paste(layer, (left + offset[0], top + offset[1] - box[1]))
        ground = np.asarray(below.crop(box).convert("RGBA"))
        part = Pillow.fromarray(_blend_strip(ground, np.asarray(sheet), mode, opacity))
        result.paste(part.convert(result.mode), box)
    return result


def _blend_strip(ground: Grey, upper: Grey, mode: str, opacity: float) -> Grey:
    import numpy as np

    below, above = ground.astype(np.float32) / 255, upper.astype(np.float32) / 255
    below_alpha, above_alpha = below[:, :, 3:], above[:, :, 3:] * opacity
    b, a = below[:, :, :3], above[:, :, :3]
    mixed = (1 - below_alpha) * a + below_alpha * _mix(b, a, mode)
    alpha = above_alpha + below_alpha * (1 - above_alpha)
    colors = above_alpha * mixed + below_alpha * (1 - above_alpha) * b
    colors = colors / np.maximum(alpha, 1e-6)
    joined: Grey = np.round(np.clip(np.dstack([colors, alpha]), 0, 1) * 255).astype(np.uint8)
    return joined


def _mix(b: Grey, a: Grey, mode: str) -> Grey:
    """Mix the colors below (`b`) and above (`a`), each 0..1."""
    import numpy as np

    mixed: Grey = a
    if mode == "multiply":
        mixed = b * a
    elif mode == "screen":
        mixed = b + a - b * a
    elif mode == "overlay":
        mixed = _mix(a, b, "hard light")
    elif mode == "hard light":
        mixed = np.where(a <= 0.5, 2 * a * b, 1 - 2 * (1 - a) * (1 - b))
    elif mode == "soft light":
        # The W3C's formula; the curve is steeper in the shadows.
        curve = np.where(b <= 0.25, ((16 * b - 12) * b + 4) * b, np.sqrt(b))
        darker = b - (1 - 2 * a) * b * (1 - b)
        mixed = np.where(a <= 0.5, darker, b + (2 * a - 1) * (curve - b))
    elif mode == "darken":
        mixed = np.minimum(b, a)
    elif mode == "lighten":
        mixed = np.maximum(b, a)
    elif mode == "add":
        mixed = np.minimum(b + a, 1)
    elif mode == "subtract":
        mixed = np.maximum(b - a, 0)
    elif mode == "difference":
        mixed = np.abs(b - a)
    return mixed


def _scaled(above: Image, size: tuple[int, int], scale: str) -> Image:
    if scale == "keep" or above.size == size:
        return above
    if scale == "stretch":
        return above.resize(size)
    ratios = size[0] / above.width, size[1] / above.height
    factor = min(ratios) if scale == "fit" else max(ratios)
    return above.resize((max(1, round(above.width * factor)), max(1, round(above.height * factor))))
