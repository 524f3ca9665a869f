"""Edit mask: a mask grown, shrunk, softened or turned round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, MASK_OUT, save
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 500


@node(
    "editMask",
    name="Edit mask",
    category=CATEGORY,
    description="Grows, shrinks, feathers or inverts a mask.",
    aliases=(
        "soften",
        "invert",
        "feather",
        "expand",
        "dilate",
        "erode",
        "blur mask",
        "threshold",
        "grow",
        "shrink",
    ),
    inputs=(
        Input("mask", "mask", "Mask", required=True),
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
        Input(
            "grow",
            "number",
            "Grow",
            default=0,
            widget="slider",
            min=-MAX_PIXELS,
            max=MAX_PIXELS,
            step=1,
            unit="px",
            help="Below 0 it shrinks.",
        ),
        Input(
            "feather",
            "number",
            "Feather",
            default=0,
            widget="slider",
            min=0,
            max=MAX_PIXELS,
            step=0.5,
            unit="px",
        ),
        Input("invert", "boolean", "Invert", default=False, widget="toggle"),
    ),
    pixel_bytes=12,
    joins=True,
    outputs=(MASK_OUT,),
    preview="mask",
    width=320,
)
async def edit_mask(
    context: Context,
    *,
    mask: JsonObject,
    threshold: float,
    grow: float,
    feather: float,
    invert: bool,
) -> JsonObject:
    """Return the changed mask: threshold first, then grown, softened, inverted."""
    grey = await context.load_image(mask, field="mask", mode="L")
    made = await context.run_cpu(
        edit, grey, threshold / 100, round(grow), float(feather), bool(invert)
    )
    return {"mask": await save(context, made, "mask", mask)}


@kept("edit mask")
def edit(grey: Image, threshold: float, grow: int, feather: float, invert: bool) -> Image:
    """Change a gray image as a mask; what is grown is grown by so many px every way."""
    import cv2
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageFilter

    values = np.asarray(grey)
    if threshold:
        values = np.where(values >= threshold * 255, 255, 0).astype(np.uint8)
    if grow:
        side = 2 * abs(grow) + 1
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        values = (cv2.dilate if grow > 0 else cv2.erode)(values, disc).astype(np.uint8)
    made = Pillow.fromarray(values)
    if feather:
        made = made.filter(ImageFilter.GaussianBlur(feather))
    if invert:
        made = made.point([255 - level for level in range(256)])
    return made
