"""fal's utility endpoints that no node type of ours covers as it is: texts, stickers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input, Output
from workflows.nodes.context import Context
from workflows.nodes.fal.equivalents import (
    IMAGE,
    UTILITIES,
    Call,
    equivalent,
    fal_file,
    given,
    missing,
    read,
)
from workflows.nodes.fal.fields import number, switch
from workflows.nodes.fal.images import IMAGE_URL
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_CHARACTERS = 1_000_000
#: What fal puts between texts, and takes texts apart at, by default.
BETWEEN, APART = "--", "|"
MAX_PARTS = 6

_CUT = Call("cutOut", {"image_url": "image"})
_OUTLINE = Call(
    "outline",
    {"image_url": "image", "outline_width": "width", "outline_color": "color"},
    {"shadow": 25},
)


@equivalent(
    "fal-ai/text-concat",
    "fal-ai/workflowutils/text-concat",
    inputs=(
        Input("text1", "text", "First text", required=True, widget="textarea"),
        Input("text2", "text", "Second text", required=True, widget="textarea"),
    ),
    outputs=(Output("results", "text", "Text"),),
)
async def text_concat(context: Context, arguments: JsonObject) -> JsonObject:
    """Return two texts, one behind the other, as `results`."""
    return {"results": _joined([_text(arguments, "text1"), _text(arguments, "text2")], "")}


@equivalent(
    f"{UTILITIES}/merge-text",
    inputs=(
        Input("texts", "list<text>", "Texts", required=True, widget="list"),
        Input("separator", "text", "Separator", default=BETWEEN, widget="text"),
    ),
    outputs=(Output("text", "text", "Text"),),
)
async def merge_text(context: Context, arguments: JsonObject) -> JsonObject:
    """Return `texts` with `separator` between them as `text`."""
    texts = arguments.get("texts")
    if not isinstance(texts, list):
        raise NodeError("texts must be a list.", field="texts", expected="a list of texts")
    rows = [read(Input("texts", "text"), "texts", text) or "" for text in texts]
    return {"text": _joined(rows, _text(arguments, "separator", BETWEEN))}


@equivalent(
    f"{UTILITIES}/split-text",
    inputs=(
        Input("text", "text", "Text", required=True, widget="textarea"),
        Input("separator", "text", "Separator", default=APART, widget="text"),
        number("max_parts", "Max parts", MAX_PARTS, 1, MAX_PARTS),
    ),
    outputs=(
        *(Output(f"text{at}", "text", f"Part {at}") for at in range(1, MAX_PARTS + 1)),
        Output("texts", "list<text>", "All parts"),
    ),
)
async def split_text(context: Context, arguments: JsonObject) -> JsonObject:
    """Return the first parts of `text` as `text1` to `text6`, and all of them as `texts`."""
    parts = _text(arguments, "text").split(_text(arguments, "separator", APART) or APART)
    port = number("max_parts", "Max parts", MAX_PARTS, 1, MAX_PARTS)
    most = read(port, "max_parts", arguments.get("max_parts"))
    first = parts[: MAX_PARTS if most is None else int(most)]
    return {**{f"text{at}": part for at, part in enumerate(first, 1)}, "texts": parts}


_REMBG = (IMAGE_URL, switch("crop_to_bbox", "Crop to subject", False))


@equivalent("fal-ai/imageutils/rembg", f"{UTILITIES}/rembg", inputs=_REMBG, outputs=IMAGE)
async def rembg(context: Context, arguments: JsonObject) -> JsonObject:
    """Remove the background of an image."""
    values = given(_REMBG, arguments)
    cut = (await _CUT(context, arguments))["image"]
    if not values["crop_to_bbox"]:
        return {"image": fal_file(cut)}
    image = await context.load_image(cut, field="image_url", mode="RGBA")
    made = await context.run_cpu(_to_subject, image)
    return {"image": fal_file(await context.save_image(made, name="cutout.png"))}


@equivalent(
    "fal-ai/face-to-sticker",
    inputs=_OUTLINE.inputs,
    outputs=(
        Output("images", "list<image>", "Images"),
        Output("sticker_image", "image", "Sticker"),
        Output("sticker_image_background_removed", "image", "Cut-out"),
    ),
)
async def sticker(context: Context, arguments: JsonObject) -> JsonObject:
    """Make a sticker of an image's subject: cut out, with a white border and a soft shadow.

    The image stays the user's own: nothing is painted again, as fal's model would. One that is
    cut out already stays as it is.
    """
    given_image = given((IMAGE_URL,), arguments)["image_url"]
    image = await context.load_image(given_image, field="image_url")
    if image.mode == "RGBA" and await context.run_cpu(_is_cut_out, image):
        cut = await context.save_image(image, name="cutout.png")
    else:
        cut = (await _CUT(context, arguments))["image"]
    made = (await _OUTLINE(context, {**arguments, "image_url": cut}))["image"]
    found = fal_file(made)
    return {
        "images": [found],
        "sticker_image": found,
        "sticker_image_background_removed": fal_file(cut),
    }


def _to_subject(image: Image) -> Image:
    box = image.getchannel("A").getbbox()
    return image.crop(box) if box else image


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
    if len(joined) > MAX_CHARACTERS:
        expected = f"at most {MAX_CHARACTERS:,}"
        raise NodeError(f"The text would have {len(joined):,} characters.", expected=expected)
    return joined
