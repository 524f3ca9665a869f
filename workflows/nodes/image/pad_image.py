"""Pad: more room around an image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.image.crop_image import read_ratio
from workflows.nodes.image.fields import (
    ANCHORS,
    CATEGORY,
    IMAGE,
    IMAGE_OUT,
    Color,
    choice,
    new_size,
    parse_color,
    place,
    save,
)
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MODES = ("sides", "ratio")
FILLS = ("color", "blur", "mirror", "edge")
MAX_PADDING = 8_192  # px


def _side(name: str, label: str) -> Input:
    return Input(
        name,
        "number",
        label,
        default=64,
        widget="number",
        min=0,
        max=MAX_PADDING,
        step=1,
        unit="px",
        shown_when={"mode": ("sides",)},
    )


@node(
    "padImage",
    name="Pad",
    category=CATEGORY,
    description="Adds space around an image; the mask marks what is new.",
    aliases=(
        "extend",
        "border",
        "margin",
        "letterbox",
        "frame",
        "outpaint",
        "canvas size",
        "blur background",
        "passepartout",
    ),
    inputs=(
        IMAGE,
        Input(
            "mode",
            "text",
            "Mode",
            default="sides",
            widget="pills",
            options=MODES,
            help="Sides adds to each side; ratio adds just enough for a ratio.",
        ),
        _side("top", "Top"),
        _side("right", "Right"),
        _side("bottom", "Bottom"),
        _side("left", "Left"),
        Input(
            "ratio",
            "text",
            "Ratio",
            default="1:1",
            widget="ratio",
            placeholder="16:9",
            help="For the mode ratio: width to height.",
            shown_when={"mode": ("ratio",)},
        ),
        Input(
            "anchor",
            "text",
            "Position",
            default="center",
            widget="select",
            options=ANCHORS,
            help="For the mode ratio: where the image lies.",
            advanced=True,
            shown_when={"mode": ("ratio",)},
        ),
        Input(
            "fill",
            "text",
            "Fill",
            default="color",
            widget="select",
            options=FILLS,
            help="Blur fills with the image itself, enlarged and out of focus.",
        ),
        Input(
            "color",
            "color",
            "Color",
            default="#ffffff",
            widget="color",
            help="#00000000 for transparent.",
            shown_when={"fill": ("color",)},
        ),
    ),
    pixel_bytes=26,
    joins=True,
    outputs=(IMAGE_OUT, Output("mask", "mask", "New area")),
    preview="image",
    width=320,
)
async def pad_image(
    context: Context,
    *,
    image: JsonObject,
    mode: str,
    top: float,
    right: float,
    bottom: float,
    left: float,
    ratio: str,
    anchor: str,
    fill: str,
    color: str,
) -> JsonObject:
    """Return the larger image and a mask that is white where it is new."""
    choice(mode, MODES, "mode")
    choice(fill, FILLS, "fill")
    choice(anchor, ANCHORS, "anchor")
    paint = parse_color(color, "color")
    pixels = await context.load_image(image, field="image")
    if mode == "ratio":
        wanted = read_ratio(ratio)
        size = (
            max(pixels.width, round(pixels.height * wanted)),
            max(pixels.height, round(pixels.width / wanted)),
        )
        at = place(size, pixels.size, anchor)
    else:
        sides = [round(side) for side in (left, top, right, bottom)]
        if any(side < 0 for side in sides):
            raise NodeError(
                "A side cannot be padded by less than nothing.",
                field=("left", "top", "right", "bottom")[[side < 0 for side in sides].index(True)],
                value=min(sides),
                expected="0 px or more",
            )
        size = (pixels.width + sides[0] + sides[2], pixels.height + sides[1] + sides[3])
        at = (sides[0], sides[1])
    await new_size(context, *size, "ratio" if mode == "ratio" else "top")
    result, mask = await context.run_cpu(pad, pixels, size, at, fill, paint)
    return {
        "image": await save(context, result, "padded", image),
        "mask": await save(context, mask, "new-area", image),
    }


@kept("pad image")
def pad(
    image: Image, size: tuple[int, int], at: tuple[int, int], fill: str, paint: Color
) -> tuple[Image, Image]:
    """Lay the image on a larger ground; return that and the mask of the ground."""
    import cv2
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageFilter

    mask = Pillow.new("L", size, 255)
    mask.paste(0, (*at, at[0] + image.width, at[1] + image.height))
    if fill in ("mirror", "edge"):
        kind = cv2.BORDER_REFLECT if fill == "mirror" else cv2.BORDER_REPLICATE
        below, right = size[1] - at[1] - image.height, size[0] - at[0] - image.width
        pixels = np.ascontiguousarray(np.asarray(image))
        return Pillow.fromarray(cv2.copyMakeBorder(pixels, at[1], below, at[0], right, kind)), mask
    if fill == "color":
        mode = "RGBA" if image.mode == "RGBA" or paint[3] < 255 else "RGB"
        ground = Pillow.new(mode, size, paint[: len(mode)])
    else:
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        scale = max(size[0] / image.width, size[1] / image.height)
        grown = math.ceil(image.width * scale), math.ceil(image.height * scale)
        cover = image.convert(mode).resize(grown)
        left, top = place(cover.size, size, "center")
        ground = cover.crop((left, top, left + size[0], top + size[1]))
        ground = ground.filter(ImageFilter.GaussianBlur(max(size) / 40))
    layer = image.convert(ground.mode)
    if ground.mode == "RGBA":
        ground.alpha_composite(layer, at)
    else:
        ground.paste(layer, at)
    return ground, mask
