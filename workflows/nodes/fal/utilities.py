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
    missing,
    picture,
    read,
)
from workflows.types import Json, JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_LETTERS = 1_000_000

_CUT = Call("cutOut", {"image_url": "image"})
_OUTLINE = Call(
    "outline",
    {"image_url": "image", "outline_width": "width", "outline_color": "color"},
    {"shadow": 25},
)
_SHRINK = Call("resizeImage", {"image_url": "image", "width": "width", "height": "height"},
               {"mode": "exact"})  # fmt: skip

_PICTURE = Input("image_url", "image", "Picture", required=True, widget="asset")


def _share(name: str, label: str, default: float) -> Input:
    return Input(name, "number", label, default=default, widget="slider", min=0, max=100, unit="%")


@equivalent(
    "fal-ai/text-concat",
    inputs=(
        Input("text1", "text", "First text", required=True, widget="textarea"),
        Input("text2", "text", "Second text", required=True, widget="textarea"),
    ),
    outputs=(Output("results", "text", "Text"),),
)
async def text_concat(context: Context, arguments: JsonObject) -> JsonObject:
    """Answer two texts, one behind the other, as `results`."""
    return {"results": _joined([_text(arguments, "text1"), _text(arguments, "text2")], "")}


@equivalent(
    f"{UTILITIES}/merge-text",
    inputs=(
        Input("texts", "list<text>", "Texts", required=True, widget="list"),
        Input("separator", "text", "Between them", widget="text"),
    ),
    outputs=(Output("text", "text", "Text"),),
)
async def merge_text(context: Context, arguments: JsonObject) -> JsonObject:
    """Answer `texts` with `separator` between them as `text`."""
    texts = arguments.get("texts")
    if not isinstance(texts, list):
        raise NodeError("texts must be a list.", field="texts", expected="a list of texts")
    rows = [read(Input("texts", "text"), "texts", text) or "" for text in texts]
    return {"text": _joined(rows, _text(arguments, "separator", ""))}


@equivalent(
    f"{UTILITIES}/split-text",
    inputs=(
        Input("text", "text", "Text", required=True, widget="textarea"),
        Input("separator", "text", "Between the parts", widget="text", help="A new line if empty."),
    ),
    outputs=(Output("texts", "list<text>", "Texts"),),
)
async def split_text(context: Context, arguments: JsonObject) -> JsonObject:
    """Answer the parts of `text` between `separator` (a new line if not given) as `texts`."""
    return {"texts": _text(arguments, "text").split(_text(arguments, "separator", "\n") or "\n")}


@equivalent(
    f"{UTILITIES}/image-size", "fal-ai/imageutils/image-size", "fal-ai/workflowutils/image-size",
    inputs=(_PICTURE,),
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
        _PICTURE,
        _share("x_percent", "Left", 0), _share("y_percent", "Top", 0),
        _share("width_percent", "Width", 100), _share("height_percent", "Height", 100),
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
    return {"image": picture(await context.save_image(cut, name="crop.png"))}


@equivalent(
    f"{UTILITIES}/resize-to-max-pixels", "fal-ai/workflowutils/resize-to-max-pixels",
    inputs=(
        _PICTURE,
        Input("max_pixels", "number", "At most", default=1_048_576, widget="number", min=1,
              max=64_000_000, unit="px"),
    ),
    outputs=IMAGE,
)  # fmt: skip
async def resize_to_max_pixels(context: Context, arguments: JsonObject) -> JsonObject:
    """Make a picture smaller until it has at most `max_pixels` pixels."""
    port = Input("max_pixels", "number", min=1, max=64_000_000)
    most = read(port, "max_pixels", arguments.get("max_pixels", 1_048_576))
    image = await context.load_image(_address(arguments), field="image_url")
    scale = min(1.0, math.sqrt(float(most) / (image.width * image.height)))
    size = {
        "width": max(1, math.floor(image.width * scale)),
        "height": max(1, math.floor(image.height * scale)),
    }
    found = await _SHRINK(context, {"image_url": arguments["image_url"], **size})
    return {"image": picture(found["image"])}


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
