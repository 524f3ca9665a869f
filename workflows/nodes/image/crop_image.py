"""Crop: a part of an image."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    ANCHORS,
    CATEGORY,
    IMAGE,
    IMAGE_OUT,
    MAX_SIDE,
    choice,
    crop,
    place,
    save,
    size_inputs,
)
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MODES = ("ratio", "pixels", "area", "trim")

_RATIO = re.compile(r"\s*(\d+(?:\.\d+)?)\s*[:/x]\s*(\d+(?:\.\d+)?)\s*")


def _edge(name: str, label: str) -> Input:
    return Input(
        name,
        "number",
        label,
        default=0,
        widget="number",
        min=0,
        max=MAX_SIDE,
        step=1,
        unit="px",
        advanced=True,
        help="For the mode area: where it begins.",
        shown_when={"mode": ("area",)},
    )


@node(
    "cropImage",
    name="Crop",
    category=CATEGORY,
    description="Crops an image to a ratio, a size or an area, or trims its empty edges.",
    aliases=("cut", "trim", "aspect ratio", "square", "instagram", "story", "autocrop"),
    inputs=(
        IMAGE,
        Input(
            "mode",
            "text",
            "Mode",
            default="ratio",
            widget="pills",
            options=MODES,
            help="Area is drawn on the image. Trim removes edges of one color or none.",
        ),
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
            "Keep",
            default="center",
            widget="select",
            options=ANCHORS,
            help="Which part stays.",
            shown_when={"mode": ("ratio", "pixels")},
        ),
        *(replace(side, shown_when={"mode": ("pixels", "area")}) for side in size_inputs(512, 512)),
        _edge("left", "Left"),
        _edge("top", "Top"),
        Input(
            "tolerance",
            "number",
            "Tolerance",
            default=4,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="%",
            advanced=True,
            help="For the mode trim: how much the edge's color may differ.",
            shown_when={"mode": ("trim",)},
        ),
    ),
    pixel_bytes=12,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def crop_image(
    context: Context,
    *,
    image: JsonObject,
    mode: str,
    ratio: str,
    anchor: str,
    width: float,
    height: float,
    left: float,
    top: float,
    tolerance: float,
) -> JsonObject:
    """Return the part of the image."""
    choice(mode, MODES, "mode")
    choice(anchor, ANCHORS, "anchor")
    pixels = await context.load_image(image, field="image")
    if mode == "trim":
        box = await context.run_cpu(content_box, pixels, float(tolerance) / 100)
        if box is None:
            raise NodeError(
                "The image is empty: it has one color only.",
                field="image",
                expected="an image with content",
            )
    else:
        size = (round(width), round(height))
        if mode == "ratio":
            size = largest_inside(pixels.size, read_ratio(ratio))
        start = (round(left), round(top)) if mode == "area" else (0, 0)
        _check_inside(pixels.size, start, size)
        x, y = start if mode == "area" else place(pixels.size, size, anchor)
        box = (x, y, x + size[0], y + size[1])
    return {"image": await save(context, await context.run_cpu(crop, pixels, box), "crop", image)}


def _check_inside(image: tuple[int, int], start: tuple[int, int], size: tuple[int, int]) -> None:
    """Raise NodeError naming the side at which a part would end outside an image."""
    for side, name, edge in ((0, "width", "left"), (1, "height", "top")):
        if start[side] + size[side] <= image[side]:
            continue
        outside = start[side] >= image[side]
        raise NodeError(
            f"The image is only {image[0]} x {image[1]} px.",
            field=edge if outside else name,
            value=start[side] if outside else size[side],
            expected=f"at most {image[side] - (1 if outside else start[side])}",
        )


def read_ratio(text: str, field: str = "ratio") -> float:
    """Read a ratio such as 16:9 as width divided by height. Raises NodeError naming `field`."""
    match = _RATIO.fullmatch(str(text))
    width, height = (float(part) for part in match.groups()) if match else (0.0, 0.0)
    if not width or not height or not 1 / 100 <= width / height <= 100:
        raise NodeError(
            f"{text!r} is not a ratio.", field=field, value=text, expected="such as 16:9 or 1:1"
        )
    return width / height


def largest_inside(size: tuple[int, int], ratio: float) -> tuple[int, int]:
    """Return the largest size of a ratio that fits into another size, in px."""
    width, height = size
    if width / height > ratio:
        return max(1, min(width, round(height * ratio))), height
    return width, max(1, min(height, round(width / ratio)))


def content_box(image: Image, tolerance: float) -> tuple[int, int, int, int] | None:
    """Find where an image is neither transparent nor of its top left corner's color."""
    from PIL import ImageChops

    most = 255 * tolerance
    if image.mode == "RGBA":
        filled = image.getchannel("A").point([255 * (level > most) for level in range(256)])
        if filled.getextrema() != (255, 255):
            return filled.getbbox()
    elif most >= 255:
        return None
    found: Image | None = None
    for band in image.getbands()[:3]:
        channel = image.getchannel(band)
        wanted = int(cast("int", channel.getpixel((0, 0))))
        part = channel.point([255 * (abs(level - wanted) > most) for level in range(256)])
        found = part if found is None else ImageChops.lighter(found, part)
    return found.getbbox() if found is not None else None
