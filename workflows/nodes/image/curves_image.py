"""Curves: the tones of an image, moved by a curve for all channels and one for each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.document import is_number, show
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, IMAGE, IMAGE_OUT, save
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

#: The curves there can be; each channel has its own first, then that of all.
CHANNELS = ("all", "red", "green", "blue")
MAX_POINTS = 16
#: The brightest value of a channel.
TOP = 255
#: Where values stay as they are.
STRAIGHT = ((0.0, 0.0), (255.0, 255.0))

Curve = Sequence[tuple[float, float]]


@node(
    "curvesImage",
    name="Curves",
    category=CATEGORY,
    description="Changes an image's tones by curves, for all channels or for red, green and blue.",
    aliases=(
        "levels",
        "tone",
        "tone curve",
        "contrast",
        "exposure",
        "highlights",
        "shadows",
        "rgb curves",
        "color grading",
        "invert",
        "negative",
        "look-up table",
    ),
    inputs=(
        IMAGE,
        Input(
            "curves",
            "json",
            "Curves",
            widget="curve",
            help=(
                "Double-click adds or removes a point. Each channel has its own curve first, "
                "then that of all."
            ),
        ),
    ),
    pixel_bytes=12,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def curves_image(context: Context, *, image: JsonObject, curves: Json) -> JsonObject:
    """Return the image with its tones changed; its transparency stays."""
    read = read_curves(curves)
    pixels = await context.load_image(image, field="image")
    result = await context.run_cpu(apply_curves, pixels, read)
    return {"image": await save(context, result, "curves", image)}


def read_curves(value: Json) -> list[Curve]:
    """Return the curves in the order of CHANNELS; one that is not given changes nothing.

    Raises NodeError that names the channel, what it is and what was expected.
    """
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise _misfit("curves", value, "an object of points by channel: " + ", ".join(CHANNELS))
    for name in value:
        if name not in CHANNELS:
            raise _misfit("The channel", name, "one of " + ", ".join(CHANNELS))
    return [_read_curve(name, value.get(name)) for name in CHANNELS]


def _read_curve(channel: str, points: Json) -> Curve:
    if points is None:
        return STRAIGHT
    where = f"The curve {channel}"
    if not isinstance(points, list) or not 2 <= len(points) <= MAX_POINTS:
        raise _misfit(where, points, f"a list of 2 to {MAX_POINTS} points such as [64, 80]")
    read: list[tuple[float, float]] = []
    for place, point in enumerate(points, 1):
        if not isinstance(point, list) or len(point) != 2 or not all(map(_is_tone, point)):
            expected = f"[before, after] with numbers from 0 to {TOP}"
            raise _misfit(f"Point {place} of the curve {channel}", point, expected)
        before, after = float(point[0]), float(point[1])
        if read and before <= read[-1][0]:
            expected = f"more than {read[-1][0]:g}, the point to its left"
            raise _misfit(f"Point {place} of the curve {channel} begins at", point[0], expected)
        read.append((before, after))
    return read


def _is_tone(value: Json) -> bool:
    return is_number(value) and 0 <= value <= TOP


def _misfit(what: str, value: Json, expected: str) -> NodeError:
    is_ = "" if what.endswith(" at") else " is"
    shown = str(value) if isinstance(value, list) and len(str(value)) <= 40 else show(value)
    return NodeError(
        f"{what}{is_} {shown}; expected {expected}.",
        field="curves",
        value=shown,
        expected=expected,
    )


def tones(points: Curve, values: Sequence[float]) -> list[float]:
    """Return the values as a curve through the points gives them; outside it they stay level.

    Between two points it is a cubic whose slopes are limited so that it never passes what it
    goes between, after F. N. Fritsch and R. E. Carlson, "Monotone Piecewise Cubic
    Interpolation", SIAM Journal on Numerical Analysis 17 (1980), pages 238-246. The browser
    draws the same curve (`curve.ts`).
    """
    widths = [right[0] - left[0] for left, right in pairwise(points)]
    rises = [right[1] - left[1] for left, right in pairwise(points)]
    slopes = _slopes([rise / width for rise, width in zip(rises, widths, strict=True)])
    found: list[float] = []
    part = 0
    for value in values:
        while part < len(widths) - 1 and value > points[part + 1][0]:
            part += 1
        while part > 0 and value < points[part][0]:
            part -= 1
        (x, y), width = points[part], widths[part]
        t = min(1.0, max(0.0, (value - x) / width))
        # Written from the straight line between the points, so that a straight one is exact.
        secant = rises[part] / width
        bend = (1 - t) * (slopes[part] - secant) - t * (slopes[part + 1] - secant)
        found.append(y + t * rises[part] + t * (1 - t) * width * bend)
    return found


def _slopes(secants: Sequence[float]) -> list[float]:
    """Return the slope at each point: the mean of both sides, limited as Fritsch and Carlson do."""
    slopes = [secants[0], *secants]
    for at in range(1, len(secants)):
        left, right = secants[at - 1], secants[at]
        slopes[at] = (left + right) / 2 if left * right > 0 else 0.0
    for at, secant in enumerate(secants):
        if secant == 0:
            slopes[at] = slopes[at + 1] = 0.0
            continue
        reach = (slopes[at] / secant) ** 2 + (slopes[at + 1] / secant) ** 2
        if reach > 9:
            slopes[at], slopes[at + 1] = (
                3 / reach**0.5 * slope for slope in (slopes[at], slopes[at + 1])
            )
    return slopes


def table(*curves: Curve) -> list[int]:
    """Return what each value from 0 to 255 becomes by curves one after another."""
    values: list[float] = [float(value) for value in range(TOP + 1)]
    for points in curves:
        values = tones(points, values)
    return [min(TOP, max(0, int(value + 0.5))) for value in values]


@kept("curves image")
def apply_curves(image: Image, curves: Sequence[Curve]) -> Image:
    """Apply the curves in the order of CHANNELS to an image; opacity stays as it is."""
    whole, *channels = curves
    tables = [table(points, whole) for points in channels]
    if image.mode == "L" and tables[0] == tables[1] == tables[2]:
        return image.point(tables[0])
    if image.mode not in ("RGB", "RGBA"):
        image = image.convert("RGB")
    if image.mode == "RGBA":
        tables.append(list(range(TOP + 1)))
    return image.point([value for each in tables for value in each])
