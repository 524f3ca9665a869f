"""fal's utility endpoints for masks and edges, in the words of our node types.

Names and fields are those of fal's `workflowutils`; a threshold there goes from 0 to 255.
"""

from __future__ import annotations

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.fal.equivalents import IMAGE, UTILITIES, Call, equivalent, fal_file, given
from workflows.types import JsonObject

_IMAGE_URL = Input("image_url", "image", "Image", required=True, widget="asset")
_EDIT = Call(
    "editMask",
    {
        "image_url": "mask",
        "radius": "feather",
        "pixels": "grow",
        "threshold": "threshold",
        "invert": "invert",
    },
)
_ALPHA = Call(
    "maskFromImage", {"image_url": "image", "threshold": "threshold"}, {"source": "alpha"}
)


def _names(name: str) -> tuple[str, ...]:
    return f"{UTILITIES}/{name}", f"fal-ai/workflowutils/{name}"


def _level(name: str, label: str, default: int) -> Input:
    return Input(name, "number", label, default=default, widget="slider", min=0, max=255, step=1)


def _pixels(name: str, label: str) -> Input:
    return Input(name, "number", label, default=5, widget="slider", min=0, max=500, unit="px")


async def _edited(context: Context, arguments: JsonObject) -> JsonObject:
    return {"image": fal_file((await _EDIT(context, arguments))["mask"])}


@equivalent(*_names("invert-mask"), inputs=(_IMAGE_URL,), outputs=IMAGE)
async def invert_mask(context: Context, arguments: JsonObject) -> JsonObject:
    """Turns a mask round: white becomes black."""
    return await _edited(context, {**given((_IMAGE_URL,), arguments), "invert": True})


_BLUR = (_IMAGE_URL, _pixels("radius", "Radius"))


@equivalent(*_names("blur-mask"), inputs=_BLUR, outputs=IMAGE)
async def blur_mask(context: Context, arguments: JsonObject) -> JsonObject:
    """Softens the edges of a mask."""
    return await _edited(context, given(_BLUR, arguments))


_GROW = (_IMAGE_URL, _pixels("pixels", "Pixels"), _level("threshold", "Threshold", 128))


@equivalent(*_names("grow-mask"), inputs=_GROW, outputs=IMAGE)
async def grow_mask(context: Context, arguments: JsonObject) -> JsonObject:
    """Makes the white of a mask larger."""
    values = given(_GROW, arguments)
    return await _edited(context, {**values, "threshold": values["threshold"] / 2.55})


@equivalent(*_names("shrink-mask"), inputs=_GROW, outputs=IMAGE)
async def shrink_mask(context: Context, arguments: JsonObject) -> JsonObject:
    """Makes the white of a mask smaller."""
    values = given(_GROW, arguments)
    threshold, pixels = values["threshold"] / 2.55, -values["pixels"]
    return await _edited(context, {**values, "threshold": threshold, "pixels": pixels})


_CLEAR = (_IMAGE_URL, _level("threshold", "Threshold", 128))


@equivalent(*_names("transparent-image-to-mask"), inputs=_CLEAR, outputs=IMAGE)
async def transparent_image_to_mask(context: Context, arguments: JsonObject) -> JsonObject:
    """Makes a mask that is white where an image is not transparent."""
    values = given(_CLEAR, arguments)
    made = await _ALPHA(context, {**values, "threshold": values["threshold"] / 2.55})
    return {"image": fal_file(made["mask"])}


_CANNY = Call("edges", {"image_url": "image", "low_threshold": "low", "high_threshold": "high"})


@equivalent(*_names("canny"), inputs=_CANNY.inputs, outputs=IMAGE)
async def canny(context: Context, arguments: JsonObject) -> JsonObject:
    """Draws the outlines of what is in an image."""
    return {"image": fal_file((await _CANNY(context, arguments))["image"])}
