"""Gradient: a plain color, or one that turns into another."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE_OUT,
    Color,
    choice,
    new_size,
    parse_color,
    save,
    size_inputs,
)
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = ("linear", "radial", "solid")


@node(
    "gradient",
    name="Gradient",
    category=CATEGORY,
    description="Creates a solid or gradient image.",
    aliases=(
        "solid",
        "color",
        "colour",
        "background",
        "fill",
        "blank",
        "canvas",
        "linear",
        "radial",
        "ramp",
    ),
    inputs=(
        Input("kind", "text", "Type", default="linear", widget="pills", options=KINDS),
        Input("start", "color", "From", default="#1f2a44", widget="color"),
        Input(
            "middle",
            "color",
            "Middle",
            default="",
            widget="color",
            help="Empty for a direct blend of the two colors.",
        ),
        Input("end", "color", "To", default="#f2a65a", widget="color"),
        Input(
            "angle",
            "number",
            "Angle",
            default=90,
            widget="slider",
            min=0,
            max=360,
            step=1,
            unit="°",
            help="0 runs from left to right, 90 from top to bottom.",
        ),
        *size_inputs(1024, 1024),
        Input(
            "centerX",
            "number",
            "Center X",
            default=50,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="%",
            advanced=True,
        ),
        Input(
            "centerY",
            "number",
            "Center Y",
            default=50,
            widget="slider",
            min=0,
            max=100,
            step=1,
            unit="%",
            advanced=True,
        ),
        Input(
            "dither",
            "boolean",
            "Dither",
            default=True,
            widget="toggle",
            advanced=True,
            help="Adds invisible noise against banding; off for exact edges in masks.",
        ),
    ),
    pixel_bytes=40,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def gradient(
    context: Context,
    *,
    kind: str,
    start: str,
    middle: str | None,
    end: str,
    angle: float,
    width: float,
    height: float,
    centerX: float,
    centerY: float,
    dither: bool,
) -> JsonObject:
    """Return the image; colors may be transparent."""
    choice(kind, KINDS, "kind")
    stops = [parse_color(start, "start")]
    if kind != "solid":
        if middle:
            stops.append(parse_color(middle, "middle"))
        stops.append(parse_color(end, "end"))
    image = await context.run_cpu(
        draw_gradient,
        await new_size(context, width, height),
        kind,
        stops,
        float(angle),
        (float(centerX) / 100, float(centerY) / 100),
        bool(dither),
    )
    return {"image": await save(context, image, kind)}


@kept("gradient")
def draw_gradient(
    size: tuple[int, int],
    kind: str,
    stops: list[Color],
    angle: float,
    centre: tuple[float, float],
    dither: bool,
) -> Image:
    """Draw the ramp; dithering is noise of half a step that hides the bands 8 bits would show."""
    import numpy as np
    from PIL import Image as Pillow

    opaque = all(stop[3] == 255 for stop in stops)
    mode = "RGB" if opaque else "RGBA"
    width, height = size
    if len(stops) == 1:
        return Pillow.new(mode, size, stops[0][: len(mode)])
    across = (np.arange(width, dtype=np.float32) + 0.5 - centre[0] * width)[None, :]
    down = (np.arange(height, dtype=np.float32) + 0.5 - centre[1] * height)[:, None]
    if kind == "radial":
        reach = max(
            math.hypot(x * width, y * height)
            for x in (centre[0], 1 - centre[0])
            for y in (centre[1], 1 - centre[1])
        )
        position = np.sqrt(across**2 + down**2) / max(reach, 1e-6)
    else:
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        reach = abs(width * cos) + abs(height * sin)
        position = (across * cos + down * sin) / reach + 0.5
    places = np.linspace(0, 1, len(stops))
    generator = np.random.default_rng(0)
    alpha = np.interp(position, places, [stop[3] / 255 for stop in stops])
    pixels = np.empty((height, width, len(mode)), np.uint8)
    for channel in range(3):
        # A transparent color counts as little as it shows, so that clear to red is never gray.
        ramp = np.interp(position, places, [stop[channel] * stop[3] / 255 for stop in stops])
        ramp = ramp / np.maximum(alpha, 1e-6)
        if dither:
            ramp += generator.random(ramp.shape, np.float32) - 0.5
        pixels[:, :, channel] = np.clip(np.round(ramp), 0, 255)
    if not opaque:
        pixels[:, :, 3] = np.round(alpha * 255)
    return Pillow.fromarray(pixels)
