"""fal's utility endpoints that no node type of ours covers as it is: texts, sizes, stickers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.fal.equivalents import (
    IMAGE,
    UTILITIES,
    Call,
    equivalent,
    given,
    missing,
    picture,
    read,
    utility,
)
from workflows.nodes.fal.fields import number, share, switch
from workflows.nodes.fal.pictures import FORMAT, PICTURE, answer
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_LETTERS = 1_000_000
#: What fal puts between texts, and takes texts apart at, unless told otherwise.
BETWEEN, APART = "--", "|"
MAX_PARTS = 6

_CUT = Call("cutOut", {"image_url": "image"})
_OUTLINE = Call(
    "outline",
    {"image_url": "image", "outline_width": "width", "outline_color": "color"},
    {"shadow": 25},
)


@equivalent(
    "fal-ai/text-concat", "fal-ai/workflowutils/text-concat",
    inputs=(
        Input("text1", "text", "First text", required=True, widget="textarea"),
        Input("text2", "text", "Second text", required=True, widget="textarea"),
    ),
    outputs=(Output("results", "text", "Text"),),
)  # fmt: skip
async def text_concat(context: Context, arguments: JsonObject) -> JsonObject:
    """Answer two texts, one behind the other, as `results`."""
    return {"results": _joined([_text(arguments, "text1"), _text(arguments, "text2")], "")}


@equivalent(
    f"{UTILITIES}/merge-text",
    inputs=(
        Input("texts", "list<text>", "Texts", required=True, widget="list"),
        Input("separator", "text", "Between them", default=BETWEEN, widget="text"),
    ),
    outputs=(Output("text", "text", "Text"),),
)
async def merge_text(context: Context, arguments: JsonObject) -> JsonObject:
    """Answer `texts` with `separator` between them as `text`."""
    texts = arguments.get("texts")
    if not isinstance(texts, list):
        raise NodeError("texts must be a list.", field="texts", expected="a list of texts")
    rows = [read(Input("texts", "text"), "texts", text) or "" for text in texts]
    return {"text": _joined(rows, _text(arguments, "separator", BETWEEN))}


@equivalent(
    f"{UTILITIES}/split-text",
    inputs=(
        Input("text", "text", "Text", required=True, widget="textarea"),
        Input("separator", "text", "Between the parts", default=APART, widget="text"),
        number("max_parts", "Parts at most", MAX_PARTS, 1, MAX_PARTS),
    ),
    outputs=(
        *(Output(f"text{at}", "text", f"Part {at}") for at in range(1, MAX_PARTS + 1)),
        Output("texts", "list<text>", "All parts"),
    ),
)
async def split_text(context: Context, arguments: JsonObject) -> JsonObject:
    """Answer the first parts of `text` as `text1` to `text6`, and all of them as `texts`."""
    parts = _text(arguments, "text").split(_text(arguments, "separator", APART) or APART)
    port = number("max_parts", "Parts at most", MAX_PARTS, 1, MAX_PARTS)
    most = read(port, "max_parts", arguments.get("max_parts"))
    first = parts[: MAX_PARTS if most is None else int(most)]
    return {**{f"text{at}": part for at, part in enumerate(first, 1)}, "texts": parts}


@equivalent(
    f"{UTILITIES}/image-size", "fal-ai/imageutils/image-size", "fal-ai/workflowutils/image-size",
    inputs=(PICTURE,),
    outputs=(Output("width", "number", "Width"), Output("height", "number", "Height"),
             Output("image_size", "json", "Both")),
)  # fmt: skip
async def image_size(context: Context, arguments: JsonObject) -> JsonObject:
    """Answer the width and height of a picture in px."""
    image = await context.load_image(_address(arguments), field="image_url")
    size = {"width": image.width, "height": image.height}
    return {**size, "image_size": size}


@equivalent(
    f"{UTILITIES}/crop-image", "fal-ai/imageutils/crop", "fal-ai/workflowutils/crop-image",
    inputs=(
        PICTURE,
        share("x_percent", "Left", 0), share("y_percent", "Top", 0),
        share("width_percent", "Width", 100), share("height_percent", "Height", 100), FORMAT,
    ),
    outputs=IMAGE,
)  # fmt: skip
async def crop_image(context: Context, arguments: JsonObject) -> JsonObject:
    """Cut out the box from x, y (percent from left, top) of width, height (percent).

    Callers write `x_percent` as well as `x`, and so on.
    """
    image = await context.load_image(_address(arguments), field="image_url")
    x, y = _percent(arguments, "x", 0, 0), _percent(arguments, "y", 0, 0)
    width, height = _percent(arguments, "width", 100, 1), _percent(arguments, "height", 100, 1)
    left, top = round(image.width * x / 100), round(image.height * y / 100)
    right = min(image.width, max(left + 1, round(image.width * (x + width) / 100)))
    bottom = min(image.height, max(top + 1, round(image.height * (y + height) / 100)))
    if left >= image.width or top >= image.height:
        raise NodeError(
            "The box lies outside the picture.", field="x", value=x, expected="below 100"
        )
    cut = await context.run_cpu(image.crop, (left, top, right, bottom))
    kind = {"output_format": read(FORMAT, FORMAT.name, arguments.get(FORMAT.name)) or "png"}
    return await answer(context, cut, kind, "crop")


_SMALLER = (
    PICTURE,
    number("max_pixels", "Pixels at most", 1_000_000, 1, 64_000_000),
    number("enforce_divisibility", "Sides divisible by", None, 1, 1_024),
    FORMAT,
)


@equivalent(
    f"{UTILITIES}/resize-to-max-pixels", "fal-ai/workflowutils/resize-to-max-pixels",
    inputs=_SMALLER,
    outputs=IMAGE,
)  # fmt: skip
async def resize_to_max_pixels(context: Context, arguments: JsonObject) -> JsonObject:
    """Make a picture smaller until it has at most `max_pixels` pixels."""
    values = given(_SMALLER, arguments)
    image = await context.load_image(values["image_url"], field="image_url")
    scale = min(1.0, math.sqrt(values["max_pixels"] / (image.width * image.height)))
    step = int(values["enforce_divisibility"] or 1)
    width, height = (max(step, int(side * scale) // step * step) for side in image.size)
    size = (width, height)
    return await answer(context, await context.run_cpu(image.resize, size), values, "resized")


_OPAQUE = (
    PICTURE,
    Input("transparent_color", "json", "Colour behind", widget="json",
          help='Such as {"r": 255, "g": 255, "b": 255}, which it is if there is none.'),
    FORMAT,
)  # fmt: skip


@equivalent(*utility("rgba-to-rgb"), inputs=_OPAQUE, outputs=IMAGE)
async def rgba_to_rgb(context: Context, arguments: JsonObject) -> JsonObject:
    """Put a colour behind what is transparent in a picture."""
    values = given(_OPAQUE, arguments)
    image = await context.load_image(values["image_url"], field="image_url", mode="RGBA")
    parts = values["transparent_color"]
    shade = tuple(
        parts.get(name, 255) if isinstance(parts, dict) else 255 for name in ("r", "g", "b")
    )
    if not all(isinstance(part, int) and 0 <= part <= 255 for part in shade):
        raise NodeError(
            "transparent_color is no colour.", field="transparent_color", value=parts,
            expected='such as {"r": 255, "g": 255, "b": 255}',
        )  # fmt: skip
    made = await context.run_cpu(_over, image, shade)
    return await answer(context, made, values, "opaque")


def _over(image: Image, shade: tuple[int, ...]) -> Image:
    from PIL import Image as Pillow

    ground = Pillow.new("RGBA", image.size, (*shade, 255))
    ground.alpha_composite(image)
    return ground.convert("RGB")


_REMBG = (PICTURE, switch("crop_to_bbox", "Cut to the subject", False))


@equivalent("fal-ai/imageutils/rembg", f"{UTILITIES}/rembg", inputs=_REMBG, outputs=IMAGE)
async def rembg(context: Context, arguments: JsonObject) -> JsonObject:
    """Remove the background of a picture."""
    values = given(_REMBG, arguments)
    cut = (await _CUT(context, arguments))["image"]
    if not values["crop_to_bbox"]:
        return {"image": picture(cut)}
    image = await context.load_image(cut, field="image_url", mode="RGBA")
    box = await context.run_cpu(image.getchannel("A").getbbox)
    made = image.crop(box) if box else image
    return {"image": picture(await context.save_image(made, name="cutout.png"))}


@equivalent(
    "fal-ai/face-to-sticker",
    inputs=_OUTLINE.inputs,
    outputs=(
        Output("images", "list<image>", "Pictures"),
        Output("sticker_image", "image", "Sticker"),
        Output("sticker_image_background_removed", "image", "Cut-out"),
    ),
)  # fmt: skip
async def sticker(context: Context, arguments: JsonObject) -> JsonObject:
    """Make a sticker of a picture's subject: cut out, with a white border and a soft shadow.

    The picture stays the person's own: nothing is painted anew, as fal's model would. One that is
    cut out already stays as it is.
    """
    image = await context.load_image(_address(arguments), field="image_url")
    if image.has_transparency_data and await context.run_cpu(_is_cut_out, image):
        cut = await context.save_image(image, name="cutout.png")
    else:
        cut = (await _CUT(context, arguments))["image"]
    made = (await _OUTLINE(context, {**arguments, "image_url": cut}))["image"]
    found = picture(made)
    return {"images": [found], "sticker_image": found,
            "sticker_image_background_removed": picture(cut)}  # fmt: skip


def _is_cut_out(image: Image) -> bool:
    lowest, _ = image.convert("RGBA").getchannel("A").getextrema()
    return bool(lowest == 0)


def _text(arguments: JsonObject, name: str, default: str | None = None) -> str:
    value = read(Input(name, "text"), name, arguments.get(name))
    if value is None and default is None:
        raise missing(name)
    return str(default if value is None else value)


def _joined(texts: list[str], between: str) -> str:
    joined = between.join(texts)
    if len(joined) > MAX_LETTERS:
        expected = f"at most {MAX_LETTERS:,}"
        raise NodeError(f"The text would have {len(joined):,} letters.", expected=expected)
    return joined


def _address(arguments: JsonObject) -> Json:
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
