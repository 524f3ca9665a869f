"""Adjust: brightness, contrast, saturation, temperature and gamma."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import CATEGORY, IMAGE, IMAGE_OUT, save
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from PIL.Image import Image


def _amount(name: str, label: str, help: str = "") -> Input:
    return Input(
        name,
        "number",
        label,
        default=0,
        widget="slider",
        min=-100,
        max=100,
        step=1,
        unit="%",
        help=help,
    )


@node(
    "adjustImage",
    name="Adjust",
    category=CATEGORY,
    description="Changes an image's brightness, contrast, saturation, warmth and gamma.",
    aliases=(
        "brightness",
        "contrast",
        "saturation",
        "temperature",
        "gamma",
        "levels",
        "warm",
        "grayscale",
        "black and white",
        "exposure",
        "color correction",
        "colour",
    ),
    inputs=(
        IMAGE,
        _amount("brightness", "Brightness"),
        _amount("contrast", "Contrast"),
        _amount("saturation", "Saturation", "-100 is black and white."),
        _amount("temperature", "Temperature", "Below 0 is cooler, above 0 warmer."),
        Input(
            "gamma",
            "number",
            "Gamma",
            default=1,
            widget="slider",
            min=0.1,
            max=5,
            step=0.05,
            help="Above 1 lifts the dark parts, below 1 deepens them.",
        ),
    ),
    pixel_bytes=21,
    joins=True,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def adjust_image(
    context: Context,
    *,
    image: JsonObject,
    brightness: float,
    contrast: float,
    saturation: float,
    temperature: float,
    gamma: float,
) -> JsonObject:
    """Return the adjusted image; its transparency stays."""
    pixels = await context.load_image(image, field="image")
    result = await context.run_cpu(
        adjust,
        pixels,
        brightness / 100,
        contrast / 100,
        saturation / 100,
        temperature / 100,
        float(gamma),
    )
    return {"image": await save(context, result, "adjusted", image)}


@kept("adjust image")
def adjust(
    image: Image,
    brightness: float,
    contrast: float,
    saturation: float,
    temperature: float,
    gamma: float,
) -> Image:
    """Apply the changes in that order; each is -1 to 1, gamma a factor."""
    import numpy as np
    from PIL import Image as Pillow
    from PIL import ImageEnhance

    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colors = image.convert("RGB")
    levels = np.arange(256, dtype=np.float64) / 255
    levels = levels + brightness * 0.5
    slope = 1 + contrast if contrast < 0 else 1 / max(0.02, 1 - contrast * 0.9)
    levels = (levels - 0.5) * slope + 0.5
    curve = np.clip(levels, 0, 1) ** (1 / gamma)
    # Warm light has more red and less blue; green stays, so that brightness does too.
    warmth = (1 + 0.25 * temperature, 1.0, 1 - 0.25 * temperature)
    tables = [np.round(np.clip(curve * factor, 0, 1) * 255).astype(int) for factor in warmth]
    result: Image = colors.point([int(value) for table in tables for value in table])
    if saturation:
        result = ImageEnhance.Color(result).enhance(1 + saturation)
    if alpha is not None:
        result = Pillow.merge("RGBA", (*result.split(), alpha))
    return result
