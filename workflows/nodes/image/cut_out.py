"""Cut out: the subject without its background."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from workflows.errors import NodeError
from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image import segmentation
from workflows.nodes.image.pictures import (
    CATEGORY,
    IMAGE,
    IMAGE_OUT,
    MASK_OUT,
    choice,
    colour,
    save,
)
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
            labels={"colour": "color"},
            help="Automatic finds what stands out; colour removes one plain color.",
        ),
        Input(
            "color",
            "color",
            "Background",
            default="",
            widget="color",
            help="For the method colour; empty uses the color at the image's edge.",
            advanced=True,
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
            help="For the method colour: how much a color may differ.",
            advanced=True,
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
        Input("fillHoles", "boolean", "Fill holes", default=True, widget="toggle", advanced=True),
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
    pixel_bytes=36,
    outputs=(IMAGE_OUT, MASK_OUT),
    preview="image",
    width=320,
)
async def cut_out(
    context: Context,
    *,
    image: JsonObject,
    method: str,
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
    key = colour(color, "color")[:3] if color else None
    picture = await context.load_image(image, field="image", mode="RGB")
    made: tuple[Image, Image] | None = None
    async with aclosing(
        context.run_steps(
            separate,
            picture,
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


def separate(
    picture: Image,
    automatic: bool,
    key: tuple[int, int, int] | None,
    tolerance: float,
    share: float,
    fill: bool,
    softness: float,
    grow: float,
) -> Iterator[Any]:
    """Yield (share done, what is done) step by step, and at last the subject and its mask.

    `key` is the background's color; None: that of the border. Raises NodeError when nothing is
    left.
    """
    import numpy as np

    rgb = np.asarray(picture)
    if automatic:
        yield 0.1, "Looking for the subject"
        rough = segmentation.find_subject(rgb)
        if rough is None:
            raise NodeError(
                "No subject stands out from the background.",
                field="image",
                expected="an image with a clear subject, or the method colour",
            )
        yield 0.5, "Drawing its outline"
        alpha = segmentation.refine(rgb, rough, keep=share, fill=fill)
    else:
        yield 0.1, "Removing the background color"
        alpha = segmentation.key_colour(rgb, key or segmentation.border_colour(rgb), tolerance)
        alpha = segmentation.keep_parts(alpha, share, fill)
        if not float(alpha.max()) > 0.5:
            raise NodeError(
                "Nothing is left of the image.",
                field="tolerance",
                value=tolerance,
                expected="a lower tolerance or another background color",
            )
    yield 0.8, "Softening the edge"
    yield _compose(picture, alpha, softness, grow)


def _compose(
    picture: Image, alpha: segmentation.Grey, softness: float, grow: float
) -> tuple[Image, Image]:
    import numpy as np
    from PIL import Image as Pillow

    final = segmentation.soften(alpha, softness, grow)
    rgb = segmentation.clean_edge(np.asarray(picture), final, max(2.0, softness))
    levels = np.round(final * 255).astype(np.uint8)
    return Pillow.fromarray(np.dstack([rgb, levels])), Pillow.fromarray(levels)
