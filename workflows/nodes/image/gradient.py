"""Gradient: a plain color, or colors that turn into each other.

The colors are those of `stops`, each at its place. Where it is empty they are `start`, `middle` (if
there is one) and `end`, evenly apart, as documents from before there were stops have them.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.document import is_number, show
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
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = ("linear", "radial", "solid")
MAX_STOPS = 16
#: What shows the fields of a blend: all but one plain color.
_BLENDED = {"kind": ("linear", "radial")}
#: What the older fields of the colors say of themselves.
_WITHOUT_STOPS = "Used while there are no stops."


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
        Input(
            "stops",
            "json",
            "Colors",
            widget="gradient",
            help="Double-click adds a color, dragging down removes it. Solid takes the first.",
        ),
        Input(
            "start",
            "color",
            "From",
            default="#1f2a44",
            widget="color",
            advanced=True,
            help=_WITHOUT_STOPS,
        ),
        Input(
            "middle",
            "color",
            "Middle",
            default="",
            widget="color",
            advanced=True,
            help=f"{_WITHOUT_STOPS} Empty for a direct blend of the two colors.",
            shown_when=_BLENDED,
        ),
        Input(
            "end",
            "color",
            "To",
            default="#f2a65a",
            widget="color",
            advanced=True,
            help=_WITHOUT_STOPS,
            shown_when=_BLENDED,
        ),
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
            shown_when={"kind": ("linear",)},
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
            shown_when=_BLENDED,
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
            shown_when=_BLENDED,
        ),
        Input(
            "dither",
            "boolean",
            "Dither",
            default=True,
            widget="toggle",
            advanced=True,
            help="Adds invisible noise against banding; off for exact edges in masks.",
            shown_when=_BLENDED,
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
    stops: Json,
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
    placed = read_stops(stops)
    colors = [color for _, color in placed] or [parse_color(start, "start")]
    if kind != "solid" and not placed:
        if middle:
            colors.append(parse_color(middle, "middle"))
        colors.append(parse_color(end, "end"))
    size = await new_size(context, width, height)
    how = float(angle), (float(centerX) / 100, float(centerY) / 100), bool(dither)
    if placed and kind != "solid":
        places = [place / 100 for place, _ in placed]
        image = await context.run_cpu(draw_stops, size, kind, colors, places, *how)
    else:
        image = await context.run_cpu(
            draw_gradient, size, kind, colors[:1] if kind == "solid" else colors, *how
        )
    return {"image": await save(context, image, kind)}


def read_stops(value: Json) -> list[tuple[float, Color]]:
    """Return places in % and colors, from first to last; none where nothing is given.

    Of two at one place the later one begins there, which makes a sharp edge. Raises NodeError that
    says which stop it is, what it is and what was expected.
    """
    if value is None or value == []:
        return []
    if not isinstance(value, list) or not 2 <= len(value) <= MAX_STOPS:
        raise _misfit("stops is", value, f"a list of 2 to {MAX_STOPS} stops")
    return sorted(
        (_read_stop(number, stop) for number, stop in enumerate(value, 1)),
        key=lambda stop: stop[0],
    )


def _read_stop(number: int, stop: Json) -> tuple[float, Color]:
    if not isinstance(stop, dict) or set(stop) != {"color", "place"}:
        raise _misfit(f"Stop {number} is", stop, 'an object {"color", "place"}')
    place = stop["place"]
    if not is_number(place) or not 0 <= place <= 100:
        raise _misfit(f"The place of stop {number} is", place, "a number from 0 to 100")
    return float(place), parse_color(stop["color"], "stops")


def _misfit(start: str, value: Json, expected: str) -> NodeError:
    return NodeError(
        f"{start} {show(value)}; expected {expected}.",
        field="stops",
        value=show(value),
        expected=expected,
    )


@kept("gradient")
def draw_gradient(
    size: tuple[int, int],
    kind: str,
    stops: list[Color],
    angle: float,
    centre: tuple[float, float],
    dither: bool,
) -> Image:
    """Draw a ramp whose colors are evenly apart."""
    import numpy as np

    places = [float(place) for place in np.linspace(0, 1, len(stops))]
    return _draw(size, kind, stops, places, angle, centre, dither)


@kept("gradient of stops")
def draw_stops(
    size: tuple[int, int],
    kind: str,
    stops: list[Color],
    places: list[float],
    angle: float,
    centre: tuple[float, float],
    dither: bool,
) -> Image:
    """Draw a ramp whose colors have places from 0 to 1."""
    return _draw(size, kind, stops, places, angle, centre, dither)


def _draw(
    size: tuple[int, int],
    kind: str,
    stops: list[Color],
    places: list[float],
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
