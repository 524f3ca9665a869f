"""What the image nodes share: their usual ports, colors, size limits, masks and file names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.recipes import kept
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_PIXELS = 64_000_000
MAX_SIDE = 16_384  # px
#: Pixels that are worked on at once in floating numbers.
STRIP_PIXELS = 1_000_000
CATEGORY = "Image"

IMAGE = Input("image", "image", "Image", required=True)
MASK = Input(
    "mask",
    "mask",
    "Mask",
    widget="mask",
    help="White applies fully, black not at all; gray applies partly.",
)
IMAGE_OUT = Output("image", "image", "Image")
MASK_OUT = Output("mask", "mask", "Mask")

Color = tuple[int, int, int, int]  # red, green, blue, opacity; 0-255 each

ANCHORS = (
    "center",
    "top",
    "bottom",
    "left",
    "right",
    "top-left",
    "top-right",
    "bottom-left",
    "bottom-right",
)


def size_inputs(width: int, height: int) -> tuple[Input, Input]:
    """Declare the two fields for a new image's size in px."""
    return (
        Input(
            "width",
            "number",
            "Width",
            default=width,
            widget="number",
            min=1,
            max=MAX_SIDE,
            step=1,
            unit="px",
        ),
        Input(
            "height",
            "number",
            "Height",
            default=height,
            widget="number",
            min=1,
            max=MAX_SIDE,
            step=1,
            unit="px",
        ),
    )


def seed_input() -> Input:
    """Declare the field that makes one random result differ from another."""
    return Input(
        "seed",
        "number",
        "Seed",
        default=1,
        widget="number",
        min=0,
        max=2**31 - 1,
        step=1,
        help="The same seed always gives the same image.",
    )


def parse_color(value: Json, field: str) -> Color:
    """Read a color: `#rgb`, `#rrggbb`, `#rrggbbaa` or a CSS name.

    Raises NodeError naming `field`.
    """
    from PIL import ImageColor

    try:
        found = ImageColor.getcolor(str(value).strip(), "RGBA")
    except ValueError:
        found = 0
    if not isinstance(value, str) or not isinstance(found, tuple) or len(found) != 4:
        raise NodeError(
            f"{value!r} is not a color.", field=field, value=value, expected="such as #1f6feb"
        )
    return found


def check_size(width: float, height: float, field: str = "width") -> tuple[int, int]:
    """Return an image's size in whole px. Raises NodeError when it would be too large."""
    size = max(1, round(width)), max(1, round(height))
    if size[0] * size[1] > MAX_PIXELS:
        raise NodeError(
            f"The image would be {size[0]:,} x {size[1]:,} px.",
            field=field,
            value=f"{size[0]}x{size[1]}",
            expected=f"at most {MAX_PIXELS // 1_000_000} megapixels",
        )
    return size


async def new_size(
    context: Context, width: float, height: float, field: str = "width"
) -> tuple[int, int]:
    """Return the size of an image to be made, in whole px, once there is memory for it.

    Raises NodeError when it would be too large.
    """
    size = check_size(width, height, field)
    await context.make_room(*size, field=field)
    return size


def choice(value: Json, options: tuple[str, ...], field: str) -> str:
    """Return one of a field's options. Raises NodeError for anything else."""
    if value not in options:
        raise NodeError(
            f"{value!r} is not one of the choices.",
            field=field,
            value=value,
            expected=", ".join(options),
        )
    return str(value)


@kept("blank image")
def blank(size: tuple[int, int], paint: Color) -> Image:
    """Make an image of one color."""
    from PIL import Image as Pillow

    return Pillow.new("RGBA", size, paint)


@kept("crop image")
def crop(image: Image, box: tuple[int, int, int, int]) -> Image:
    """Cut a box (left, top, right, bottom; px) out of an image."""
    return image.crop(box)


def fit_mask(mask: Image, size: tuple[int, int]) -> Image:
    """Return a mask as gray image of the wanted size."""
    from PIL import Image as Pillow

    grey = mask if mask.mode == "L" else mask.convert("L")
    if grey.size == size:
        return grey
    # Averaging exactly what one pixel covers keeps an edge where it is.
    shrinks = grey.width >= size[0] and grey.height >= size[1]
    return grey.resize(size, Pillow.Resampling.BOX if shrinks else Pillow.Resampling.BILINEAR)


def within(own: tuple[int, int], size: tuple[int, int]) -> tuple[int, int]:
    """Return the largest size of the same shape that fits within another, at least 1 px a side."""
    wide, high = size
    if own[0] * high > own[1] * wide:
        return wide, max(1, round(own[1] / own[0] * wide))
    return max(1, round(own[0] / own[1] * high)), high


def strips(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes over the whole width that cover an image from top to bottom.

    Work in floating numbers takes many times the memory of an image: strip by strip it does not.
    """
    rows = max(1, STRIP_PIXELS // size[0])
    for top in range(0, size[1], rows):
        yield 0, top, size[0], min(size[1], top + rows)


def place(outer: tuple[int, int], inner: tuple[int, int], anchor: str) -> tuple[int, int]:
    """Return where a box is in another one: px from the left and the top."""
    across = 0.0 if "left" in anchor else 1.0 if "right" in anchor else 0.5
    down = 0.0 if "top" in anchor else 1.0 if "bottom" in anchor else 0.5
    return round((outer[0] - inner[0]) * across), round((outer[1] - inner[1]) * down)


async def save(context: Context, image: Image, suffix: str, source: Json = None) -> JsonObject:
    """Store a result as PNG, named after the image it was made from."""
    name = f"{suffix}.png"
    if isinstance(source, dict) and isinstance(source.get("name"), str) and source["name"]:
        name = f"{PurePosixPath(source['name']).stem[:80]}-{suffix}.png"
    return await context.save_image(image, name=name)
