"""Pattern: dots, stripes, checks, waves and noise, drawn from numbers alone."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from workflows.graph.ports import Input
from workflows.nodes.context import Context
from workflows.nodes.image.fields import (
    CATEGORY,
    IMAGE_OUT,
    Color,
    choice,
    new_size,
    parse_color,
    save,
    seed_input,
    size_inputs,
)
from workflows.nodes.recipes import kept
from workflows.nodes.registry import node
from workflows.types import JsonObject

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    Grey = NDArray[Any]

KINDS = ("dots", "stripes", "checker", "waves", "rings", "rays", "grid", "clouds", "noise")


@node(
    "pattern",
    name="Pattern",
    category=CATEGORY,
    description="Draws dots, stripes, checks, waves, rings, rays, a grid, clouds or noise.",
    aliases=(
        "texture",
        "noise",
        "dots",
        "stripes",
        "checker",
        "waves",
        "halftone",
        "procedural",
        "grain",
        "sunburst",
        "background",
    ),
    inputs=(
        Input("kind", "text", "Type", default="dots", widget="select", options=KINDS),
        Input("color", "color", "Color", default="#ffffff", widget="color"),
        Input(
            "background",
            "color",
            "Background",
            default="#1f2a44",
            widget="color",
            help="#00000000 leaves it transparent.",
        ),
        Input(
            "scale",
            "number",
            "Size",
            default=48,
            widget="slider",
            min=2,
            max=4000,
            step=1,
            unit="px",
            help="From one repetition to the next.",
        ),
        Input(
            "amount",
            "number",
            "Coverage",
            default=50,
            widget="slider",
            min=1,
            max=99,
            step=1,
            unit="%",
            help="How much of the area the color covers.",
        ),
        Input(
            "angle",
            "number",
            "Angle",
            default=0,
            widget="slider",
            min=0,
            max=360,
            step=1,
            unit="°",
            shown_when={"kind": KINDS[:-2]},
        ),
        replace(seed_input(), shown_when={"kind": KINDS[-2:]}),
        *size_inputs(1024, 1024),
    ),
    pixel_bytes=53,
    outputs=(IMAGE_OUT,),
    preview="image",
    width=320,
)
async def pattern(
    context: Context,
    *,
    kind: str,
    color: str,
    background: str,
    scale: float,
    amount: float,
    angle: float,
    seed: float,
    width: float,
    height: float,
) -> JsonObject:
    """Return the image; the same fields always give the same one."""
    image = await context.run_cpu(
        draw_pattern,
        choice(kind, KINDS, "kind"),
        await new_size(context, width, height),
        parse_color(color, "color"),
        parse_color(background, "background"),
        float(scale),
        float(amount) / 100,
        float(angle),
        int(seed),
    )
    return {"image": await save(context, image, kind)}


@kept("pattern")
def draw_pattern(
    kind: str,
    size: tuple[int, int],
    front: Color,
    back: Color,
    scale: float,
    amount: float,
    angle: float,
    seed: int,
) -> Image:
    """Mix the two colors by the pattern's coverage, which is smooth at its edges."""
    import numpy as np
    from PIL import Image as Pillow

    covered = _coverage(kind, size, scale, amount, angle, seed)[:, :, None]
    # Mixing transparent colors has to weigh each by its opacity, or edges turn dark.
    front_alpha, back_alpha = covered * front[3], (1 - covered) * back[3]
    alpha = front_alpha + back_alpha
    paint = front_alpha * np.array(front[:3], np.float32)
    paint = paint + back_alpha * np.array(back[:3], np.float32)
    rgb = np.round(paint / np.maximum(alpha, 1e-6)).astype(np.uint8)
    if front[3] == back[3] == 255:
        return Pillow.fromarray(rgb)
    return Pillow.fromarray(np.dstack([rgb, np.round(alpha).astype(np.uint8)]))


def _coverage(
    kind: str, size: tuple[int, int], scale: float, amount: float, angle: float, seed: int
) -> Grey:
    import numpy as np

    width, height = size
    generator = np.random.default_rng(seed)
    if kind == "noise":
        grains = generator.random((math.ceil(height / 2), math.ceil(width / 2)), np.float32)
        grains = grains if scale >= 4 else generator.random((height, width), np.float32)
        step = max(1, math.ceil(height / grains.shape[0]))
        spread = np.repeat(np.repeat(grains, step, 0), step, 1)[:height, :width]
        covered: Grey = np.clip(spread + amount - 0.5, 0, 1)
        return covered
    if kind == "clouds":
        return _clouds(size, scale, amount, generator)
    cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    across = (np.arange(width, dtype=np.float32) + 0.5 - width / 2)[None, :]
    down = (np.arange(height, dtype=np.float32) + 0.5 - height / 2)[:, None]
    right, below = across * cos + down * sin, down * cos - across * sin
    if kind == "stripes":
        return _bands(right, scale, amount)
    if kind == "waves":
        bent = below + np.sin(right * (2 * math.pi / (scale * 3))) * scale * 0.45
        return _bands(bent, scale, amount)
    if kind == "rings":
        return _bands(np.sqrt(right**2 + below**2), scale, amount)
    if kind == "rays":
        rays = max(4, round(720 / scale))
        turn = np.arctan2(below, right) / (2 * math.pi) * rays
        radius = np.sqrt(right**2 + below**2)
        # One ray's width grows with the radius, and with it the sharpness of its edge.
        return _bands(turn, 1.0, amount, np.maximum(radius * 2 * math.pi / rays, 0.5))
    if kind == "grid":
        thin = 1 - math.sqrt(1 - amount)
        covered = np.maximum(_bands(right, scale, thin), _bands(below, scale, thin))
        return covered
    if kind == "checker":
        first = _bands(right, 2 * scale, 0.5)
        second = _bands(below, 2 * scale, 0.5)
        covered = first * second + (1 - first) * (1 - second)
        return covered
    # Dots are in two grids shifted by half a step: the way halftone screens are laid.
    radius = scale * math.sqrt(amount / (2 * math.pi))
    nearest = np.full((height, width), np.inf, np.float32)
    for shift in (0.0, scale / 2):
        x = np.mod(right + shift + scale / 2, scale) - scale / 2
        y = np.mod(below + shift + scale / 2, scale) - scale / 2
        nearest = np.minimum(nearest, np.sqrt(x**2 + y**2))
    covered = np.clip(radius + 0.5 - nearest, 0, 1)
    return covered


def _bands(position: Grey, period: float, share: float, pixels: Any = 1.0) -> Grey:
    """Cover `share` of each period; `pixels` is how many px one unit of `position` is."""
    import numpy as np

    middle = np.abs(np.mod(position, period) - period / 2)
    covered: Grey = np.clip((share * period / 2 - middle) * pixels + 0.5, 0, 1)
    return covered


def _clouds(size: tuple[int, int], scale: float, amount: float, generator: Any) -> Grey:
    """Value noise: smooth random values at several sizes, the finer the fainter."""
    import cv2
    import numpy as np

    width, height = size
    total = np.zeros((height, width), np.float32)
    weight, weights, step = 1.0, 0.0, scale * 2
    for _ in range(5):
        cells = math.ceil(height / step) + 3, math.ceil(width / step) + 3
        values = generator.random(cells, np.float32)
        shape = round(cells[1] * step), round(cells[0] * step)
        if shape[0] * shape[1] > 4 * width * height + 4_000_000:
            shape = 2 * width, 2 * height
        smooth = cv2.resize(values, shape, interpolation=cv2.INTER_CUBIC)
        total += weight * smooth[:height, :width]
        weights, weight, step = weights + weight, weight / 2, max(2.0, step / 2)
    spread: Grey = np.clip((total / weights - 0.5) * 2.2 + amount, 0, 1)
    return spread
