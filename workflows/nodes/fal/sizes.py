"""fal's utility endpoints that change how large an image is, what of it is there, and its file.

Fields, their defaults and what they mean are those of fal's published types.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.fal.equivalents import (
    IMAGE,
    UTILITIES,
    equivalent,
    fal_file,
    given,
    missing,
    read,
    utility,
)
from workflows.nodes.fal.fields import choice, number, share, switch
from workflows.nodes.fal.images import (
    FORMAT,
    FORMATS,
    IMAGE_URL,
    color_of,
    fal_result,
    ink,
    made_of,
)
from workflows.nodes.image.fields import check_size, crop, within
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

_SAMPLING = ("nearest", "bilinear", "bicubic", "lanczos")
_PLACES = {
    "center": (0.5, 0.5),
    "top_left": (0.0, 0.0),
    "top_right": (1.0, 0.0),
    "bottom_left": (0.0, 1.0),
    "bottom_right": (1.0, 1.0),
}


def resize(values: dict[str, Any]) -> Image:
    """Scale an image into, over or onto a size, or pad or cut what does not fit."""
    from PIL import Image as Pillow
    from PIL import ImageOps

    image: Image = values["image_url"]
    size = check_size(values["width"], values["height"])
    kind = Pillow.Resampling[values["resampling"].upper()]
    if values["mode"] == "crop":
        return ImageOps.fit(image, size, kind, centering=_PLACES[values["cropping_position"]])
    if values["mode"] == "pad":
        sheet = Pillow.new("RGBA", size, color_of(values, "padding_color"))
        small = image.resize(within(image.size, size), kind)
        sheet.alpha_composite(small, ((size[0] - small.width) // 2, (size[1] - small.height) // 2))
        return sheet
    factors = size[0] / image.width, size[1] / image.height
    factor = {"fit": min(factors), "fill": max(factors)}.get(values["scaling_proportions"])
    target = size if factor is None else check_size(image.width * factor, image.height * factor)
    return image.resize(target, kind)


made_of(
    utility("resize-image"),
    (
        IMAGE_URL,
        Input(
            "width", "number", "Width", required=True, widget="number", min=1, max=16_384, unit="px"
        ),
        Input(
            "height",
            "number",
            "Height",
            required=True,
            widget="number",
            min=1,
            max=16_384,
            unit="px",
        ),
        choice("mode", "Mode", "scale", "scale", "crop", "pad"),
        choice("scaling_proportions", "Proportions", "fit", "fit", "fill", "stretch"),
        choice("resampling", "Sampling", "nearest", *_SAMPLING),
        choice("cropping_position", "Keep", "center", *_PLACES),
        ink("padding_color", "Padding", "black"),
        FORMAT,
    ),
    resize,
    "Changes the size of an image.",
)


@equivalent(
    f"{UTILITIES}/image-size",
    "fal-ai/imageutils/image-size",
    "fal-ai/workflowutils/image-size",
    inputs=(IMAGE_URL,),
    outputs=(
        Output("width", "number", "Width"),
        Output("height", "number", "Height"),
        Output("image_size", "json", "Both"),
    ),
)
async def image_size(context: Context, arguments: JsonObject) -> JsonObject:
    """Return the width and height of an image in px."""
    image = await context.load_image(_url(arguments), field="image_url")
    size = {"width": image.width, "height": image.height}
    return {**size, "image_size": size}


@equivalent(
    f"{UTILITIES}/crop-image",
    "fal-ai/imageutils/crop",
    "fal-ai/workflowutils/crop-image",
    inputs=(
        IMAGE_URL,
        share("x_percent", "Left", 0),
        share("y_percent", "Top", 0),
        share("width_percent", "Width", 100),
        share("height_percent", "Height", 100),
        FORMAT,
    ),
    outputs=IMAGE,
)
async def crop_image(context: Context, arguments: JsonObject) -> JsonObject:
    """Cut out the box from x, y (percent from left, top) of width, height (percent).

    Callers write `x_percent` as well as `x`, and so on.
    """
    image = await context.load_image(_url(arguments), field="image_url")
    x, y = _percent(arguments, "x", 0, 0), _percent(arguments, "y", 0, 0)
    width, height = _percent(arguments, "width", 100, 1), _percent(arguments, "height", 100, 1)
    left, top = round(image.width * x / 100), round(image.height * y / 100)
    right = min(image.width, max(left + 1, round(image.width * (x + width) / 100)))
    bottom = min(image.height, max(top + 1, round(image.height * (y + height) / 100)))
    if left >= image.width or top >= image.height:
        raise NodeError("The box lies outside the image.", field="x", value=x, expected="below 100")
    cut = await context.run_cpu(crop, image, (left, top, right, bottom))
    kind = {"output_format": read(FORMAT, FORMAT.name, arguments.get(FORMAT.name)) or "png"}
    return await fal_result(context, cut, kind, "crop")


_SMALLER = (
    IMAGE_URL,
    number("max_pixels", "Max pixels", 1_000_000, 1, 64_000_000),
    number("enforce_divisibility", "Sides divisible by", None, 1, 1_024),
    FORMAT,
)


@equivalent(
    f"{UTILITIES}/resize-to-max-pixels",
    "fal-ai/workflowutils/resize-to-max-pixels",
    inputs=_SMALLER,
    outputs=IMAGE,
)
async def resize_to_max_pixels(context: Context, arguments: JsonObject) -> JsonObject:
    """Make an image smaller until it has at most `max_pixels` pixels."""
    values = given(_SMALLER, arguments)
    image = await context.load_image(values["image_url"], field="image_url")
    scale = min(1.0, math.sqrt(values["max_pixels"] / (image.width * image.height)))
    step = int(values["enforce_divisibility"] or 1)
    width, height = (max(step, int(side * scale) // step * step) for side in image.size)
    size = (width, height)
    return await fal_result(
        context, await context.run_cpu(_resized, image, size), values, "resized"
    )


def _resized(image: Image, size: tuple[int, int]) -> Image:
    return image.resize(size)


_OPAQUE = (
    IMAGE_URL,
    Input(
        "transparent_color",
        "json",
        "Background color",
        widget="json",
        help='Such as {"r": 255, "g": 255, "b": 255}, which is the default.',
    ),
    FORMAT,
)


@equivalent(*utility("rgba-to-rgb"), inputs=_OPAQUE, outputs=IMAGE)
async def rgba_to_rgb(context: Context, arguments: JsonObject) -> JsonObject:
    """Put a color behind what is transparent in an image."""
    values = given(_OPAQUE, arguments)
    image = await context.load_image(values["image_url"], field="image_url", mode="RGBA")
    parts = values["transparent_color"]
    shade = tuple(
        parts.get(name, 255) if isinstance(parts, dict) else 255 for name in ("r", "g", "b")
    )
    if not all(isinstance(part, int) and 0 <= part <= 255 for part in shade):
        raise NodeError(
            "transparent_color is no color.",
            field="transparent_color",
            value=parts,
            expected='such as {"r": 255, "g": 255, "b": 255}',
        )
    made = await context.run_cpu(_over, image, shade)
    return await fal_result(context, made, values, "opaque")


def _over(image: Image, shade: tuple[int, ...]) -> Image:
    from PIL import Image as Pillow

    ground = Pillow.new("RGBA", image.size, (*shade, 255))
    ground.alpha_composite(image)
    return ground.convert("RGB")


_COMPRESS = (
    IMAGE_URL,
    number("quality", "Quality", 99, 1, 100),
    number("max_width", "Max width", 470, 1, 16_384),
    number("max_height", "Max height", None, 1, 16_384),
    choice("output_format", "Format", "jpg", *FORMATS),
    switch("optimize", "Optimize", True),
)


@equivalent(
    *utility("compress-image"),
    inputs=_COMPRESS,
    outputs=(
        *IMAGE,
        Output("original_size", "number", "Original size"),
        Output("compressed_size", "number", "Compressed size"),
        Output("compression_ratio", "number", "Compression ratio"),
    ),
)
async def compress(context: Context, arguments: JsonObject) -> JsonObject:
    """Makes the file of an image smaller."""
    values = given(_COMPRESS, arguments)
    if "max_width" in arguments and arguments["max_width"] is None:
        values["max_width"] = None  # said to be unlimited, which is not the same as not said
    before = len(await context.load_bytes(values["image_url"], field="image_url"))
    image = await context.load_image(values["image_url"], field="image_url")
    kind = FORMATS[values["output_format"]]
    options: dict[str, Any] = {} if kind == "PNG" else {"quality": int(values["quality"])}
    if kind != "WEBP":
        options["optimize"] = values["optimize"]
    small = await context.run_cpu(_within, image, values["max_width"], values["max_height"])
    name = f"compressed.{values['output_format']}"
    found = await context.save_image(small, name=name, format=kind, **options)
    size = found["size"]
    return {
        "image": fal_file(found),
        "original_size": before,
        "compressed_size": size,
        "compression_ratio": round(size / before, 4) if before else 1.0,
    }


def _within(image: Image, width: float | None, height: float | None) -> Image:
    from PIL import Image as Pillow

    factor = min(1.0, (width or image.width) / image.width, (height or image.height) / image.height)
    size = check_size(image.width * factor, image.height * factor)
    return image if size == image.size else image.resize(size, Pillow.Resampling.LANCZOS)


def _url(arguments: JsonObject) -> Json:
    value = read(Input("image_url", "image"), "image_url", arguments.get("image_url"))
    if value is None:
        raise missing("image_url")
    return value


def _percent(arguments: JsonObject, name: str, default: float, low: float) -> float:
    port = Input(name, "number", min=low, max=100)
    long = f"{name}_percent"
    chosen = long if arguments.get(long) is not None else name
    value = read(port, chosen, arguments.get(chosen))
    return default if value is None else float(value)
