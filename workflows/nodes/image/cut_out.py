"""Cut out: the subject without its background."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from workflows.errors import LibraryMissing, NodeError, WeightsMissing
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image import segmentation
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE,
    IMAGE_OUT,
    MASK_OUT,
    choice,
    parse_color,
    save,
)
from workflows.nodes.local import pack
from workflows.nodes.local.matting import matte
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image

METHODS = ("automatic", "colour")
KEEP = ("largest", "all")


@node(
    "cutOut",
    name="Remove background",
    category=CATEGORY,
    description="Separates the subject of an image from its background.",
    aliases=(
        "cut out",
        "cutout",
        "background removal",
        "background remover",
        "remove bg",
        "bg remove",
        "rmbg",
        "birefnet",
        "isnet",
        "matting",
        "segment",
        "transparent",
        "rembg",
        "isolate",
        "grabcut",
        "chroma key",
        "green screen",
    ),
    inputs=(
        IMAGE,
        Input(
            "method",
            "text",
            "Method",
            default="automatic",
            widget="pills",
            options=METHODS,
            labels={"colour": "Color"},
            help="Automatic finds the subject; color removes one plain color.",
        ),
        Input(
            "model",
            "text",
            "Model",
            default="local/isnet",
            widget="model",
            task="removeBackground",
            port=False,
            help="For the method automatic; one that is not here yet is replaced by a simpler way.",
            shown_when={"method": ("automatic",)},
        ),
        Input(
            "color",
            "color",
            "Background",
            default="",
            widget="color",
            help="For the method color; empty uses the color at the image's edge.",
            advanced=True,
            shown_when={"method": ("colour",)},
        ),
        Input(
            "tolerance",
            "number",
            "Tolerance",
            default=15,
            widget="slider",
            min=1,
            max=100,
            step=1,
            unit="%",
            help="For the method color: how much a color may differ.",
            advanced=True,
            shown_when={"method": ("colour",)},
        ),
        Input(
            "keep",
            "text",
            "Keep",
            default="largest",
            widget="pills",
            options=KEEP,
            help="Only the largest piece, or all pieces of some size.",
        ),
        Input(
            "fillHoles",
            "boolean",
            "Fill holes",
            default=True,
            widget="toggle",
            help="Where no model looks: a model sees which holes are real.",
            advanced=True,
        ),
        Input(
            "softness",
            "number",
            "Edge softness",
            default=1,
            widget="slider",
            min=0,
            max=20,
            step=0.5,
            unit="px",
        ),
        Input(
            "grow",
            "number",
            "Grow or shrink",
            default=0,
            widget="slider",
            min=-20,
            max=20,
            step=1,
            unit="px",
            advanced=True,
        ),
    ),
    version=2,
    timeout_seconds=3_600,
    pixel_bytes=36,
    joins=True,
    outputs=(IMAGE_OUT, MASK_OUT),
    preview="image",
    width=320,
)
async def cut_out(
    context: Context,
    *,
    image: JsonObject,
    method: str,
    model: str,
    color: str | None,
    tolerance: float,
    keep: str,
    fillHoles: bool,
    softness: float,
    grow: float,
) -> JsonObject:
    """Return the subject on a transparent ground, and its mask."""
    choice(method, METHODS, "method")
    share = 1.0 if choice(keep, KEEP, "keep") == "largest" else 0.02
    key = parse_color(color, "color")[:3] if color else None
    pixels = await context.load_image(image, field="image", mode="RGB")
    alpha = await _matte(context, pixels, model) if method == "automatic" else None
    made: tuple[Image, Image] | None = None
    async with aclosing(
        context.run_steps(
            separate,
            pixels,
            alpha,
            method == "automatic",
            key,
            float(tolerance),
            share,
            bool(fillHoles),
            float(softness),
            float(grow),
        )
    ) as steps:
        async for step in steps:
            if isinstance(step[1], str):
                await context.progress(*step)
            else:
                made = step
    assert made is not None  # the last step is the result
    result, mask = made
    return {
        "image": await save(context, result, "cutout", image),
        "mask": await save(context, mask, "mask", image),
    }


async def _matte(context: Context, image: Image, model: str) -> Image | None:
    """Have the chosen model look for the subject; None where it is not there, with a warning."""
    local = pack.find(model, "removeBackground")
    try:
        folder = await context.weights(local.id, field="model")
    except (WeightsMissing, LibraryMissing) as error:
        context.warn(f"{error.message} Until then the subject is found in a simpler way.")
        return None
    alpha: Image | None = None
    async with aclosing(context.run_model(matte, image, local.id, folder)) as steps:
        async for step in steps:
            if isinstance(step, tuple):
                await context.progress(*step)
            else:
                alpha = step
    return alpha


def separate(
    image: Image,
    alpha: Image | None,
    automatic: bool,
    key: tuple[int, int, int] | None,
    tolerance: float,
    share: float,
    fill: bool,
    softness: float,
    grow: float,
) -> Iterator[Any]:
    """Yield (share done, what is done) step by step, and at last the subject and its mask.

    `alpha` is what a model has found, of any size. `key` is the background's color; None: that of
    the border. Raises NodeError when nothing is left.
    """
    import numpy as np

    rgb = np.asarray(image)
    if alpha is not None:
        yield 0.6, "Drawing its outline"
        found = _fitted(alpha, rgb, share)
    elif automatic:
        yield 0.1, "Looking for the subject"
        rough = segmentation.find_subject(rgb)
        if rough is None:
            raise NodeError(
                "No subject stands out from the background.",
                field="image",
                expected="an image with a clear subject, or the method color",
            )
        yield 0.5, "Drawing its outline"
        found = segmentation.refine(rgb, rough, keep=share, fill=fill)
    else:
        yield 0.1, "Removing the background color"
        found = segmentation.key_color(rgb, key or segmentation.border_color(rgb), tolerance)
        found = segmentation.keep_parts(found, share, fill)
        if not float(found.max()) > 0.5:
            raise NodeError(
                "Nothing is left of the image.",
                field="tolerance",
                value=tolerance,
                expected="a lower tolerance or another background color",
            )
    yield 0.8, "Softening the edge"
    yield _compose(image, found, softness, grow)


def _fitted(alpha: Image, rgb: segmentation.Colors, share: float) -> segmentation.Grey:
    """Make an alpha of an image's size of what a model has found."""
    import cv2
    import numpy as np

    height, width = rgb.shape[:2]
    found = np.asarray(alpha).astype(np.float32) / 255
    # In the image's own shape, but no larger than the model saw it.
    scale = min(1.0, max(found.shape) / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    shrinks = size[0] < found.shape[1] or size[1] < found.shape[0]
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    settled = segmentation.settle(cv2.resize(found, size, interpolation=how), share)
    return settled if scale == 1 else segmentation.upscale(settled, rgb)


def _compose(
    image: Image, alpha: segmentation.Grey, softness: float, grow: float
) -> tuple[Image, Image]:
    import numpy as np
    from PIL import Image as Pillow

    final = segmentation.soften(alpha, softness, grow)
    rgb = segmentation.clean_edge(np.asarray(image), final, max(2.0, softness))
    levels = np.round(final * 255).astype(np.uint8)
    return Pillow.fromarray(np.dstack([rgb, levels])), Pillow.fromarray(levels)
