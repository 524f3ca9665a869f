"""Resize: another size, with or without keeping the proportions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE,
    IMAGE_OUT,
    check_size,
    choice,
    new_size,
    save,
    size_inputs,
)
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MODES = ("fit", "fill", "exact", "longest side", "percent")
FILTERS = ("smooth", "pixels")
_WIDTH, _HEIGHT = size_inputs(1024, 1024)


@node(
    "resizeImage",
    name="Resize",
    category=CATEGORY,
    description="Makes an image larger or smaller.",
    aliases=(
        "scale",
        "size",
        "fit",
        "fill",
        "shrink",
        "enlarge",
        "upscale",
        "downscale",
        "thumbnail",
        "dimensions",
    ),
    inputs=(
        IMAGE,
        Input(
            "mode",
            "text",
            "Mode",
            default="fit",
            widget="select",
            options=MODES,
            help="Fit keeps all of it inside the size, fill covers the size and cuts the rest.",
        ),
        replace(_WIDTH, shown_when={"mode": ("fit", "fill", "exact", "longest side")}),
        replace(_HEIGHT, shown_when={"mode": ("fit", "fill", "exact")}),
        Input(
            "percent",
            "number",
            "Percent",
            default=50,
            widget="slider",
            min=1,
            max=1000,
            step=1,
            unit="%",
            help="For the mode percent.",
            shown_when={"mode": ("percent",)},
        ),
        Input("enlarge", "boolean", "Enlarge", default=True, widget="toggle", advanced=True),
        Input(
            "filter",
            "text",
            "Filter",
            default="smooth",
            widget="pills",
            options=FILTERS,
            help="Pixels keeps hard edges, for pixel art.",
            advanced=True,
        ),
    ),
    pixel_bytes=12,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def resize_image(
    context: Context,
    *,
    image: JsonObject,
    mode: str,
    width: float,
    height: float,
    percent: float,
    enlarge: bool,
    filter: str,
) -> JsonObject:
    """Return the resized image; `longest side` takes the width as that side's length."""
    choice(mode, MODES, "mode")
    sharp = choice(filter, FILTERS, "filter") == "pixels"
    pixels = await context.load_image(image, field="image")
    scales = width / pixels.width, height / pixels.height
    factor = {
        "fit": min(scales),
        "fill": max(scales),
        "longest side": width / max(pixels.size),
        "percent": percent / 100,
    }.get(mode, 0.0)
    if not enlarge:
        factor = min(factor, 1.0)
        width, height = min(width, pixels.width), min(height, pixels.height)
    target = (width, height) if mode == "exact" else (pixels.width * factor, pixels.height * factor)
    size = await new_size(context, *target, "percent" if mode == "percent" else "width")
    crop = check_size(width, height) if mode == "fill" else None
    result = await context.run_cpu(resize, pixels, size, sharp, crop)
    return {"image": await save(context, result, "resized", image)}


@kept("resize image")
def resize(image: Image, size: tuple[int, int], sharp: bool, crop: tuple[int, int] | None) -> Image:
    """Resize an image and cut the middle out of it."""
    from PIL import Image as Pillow

    kind = Pillow.Resampling.NEAREST if sharp else Pillow.Resampling.LANCZOS
    result = image if size == image.size else image.resize(size, kind, reducing_gap=3.0)
    if crop and crop != result.size:
        left, top = max(0, (result.width - crop[0]) // 2), max(0, (result.height - crop[1]) // 2)
        right, bottom = min(result.width, left + crop[0]), min(result.height, top + crop[1])
        result = result.crop((left, top, right, bottom))
    return result
