"""Upscale: a larger image, with the detail that a model thinks belongs there."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, IMAGE, IMAGE_OUT, choice, new_size, save
from workflows.nodes.local import pack
from workflows.nodes.local.enlarging import enlarge
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

FACTORS = ("2", "4")


@node(
    "upscale",
    name="Upscale",
    category=CATEGORY,
    description="Makes an image two or four times as large, with a model that adds detail.",
    aliases=(
        "enlarge",
        "enhance",
        "super resolution",
        "superresolution",
        "increase resolution",
        "higher resolution",
        "sharpen",
        "esrgan",
        "real-esrgan",
        "upscaler",
        "4x",
        "2x",
        "bigger",
        "hd",
        "4k",
    ),
    inputs=(
        IMAGE,
        Input(
            "model",
            "text",
            "Model",
            default="local/realesrgan",
            widget="model",
            task="upscale",
            port=False,
            help="The fast one takes a tenth of the time and suits drawings.",
        ),
        Input(
            "factor",
            "text",
            "Factor",
            default="2",
            widget="pills",
            options=FACTORS,
            labels={"2": "Twice", "4": "Four times"},
        ),
    ),
    timeout_seconds=7_200,
    pixel_bytes=12,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def upscale(context: Context, *, image: JsonObject, model: str, factor: str) -> JsonObject:
    """Return the larger image."""
    choice(factor, FACTORS, "factor")
    return {"image": await here(context, image, model, int(factor))}


async def here(context: Context, image: JsonObject, model: str, factor: int) -> JsonObject:
    """Make an image larger with a local model; return its media reference."""
    local = pack.find(model, "upscale")
    folder = await context.weights(local.id, field="model")
    pixels = await context.load_image(image, field="image")
    await new_size(context, pixels.width * factor, pixels.height * factor, "factor")
    made: Image | None = None
    async with aclosing(context.run_model(enlarge, pixels, local.id, folder, factor)) as steps:
        async for step in steps:
            if isinstance(step, float):
                await context.progress(step, "Adding detail" if step else "Loading the model")
            else:
                made = step
    if made is None:
        raise NodeError("The model has made no image.", field="model", value=model)
    return await save(context, made, f"{factor}x", image)
