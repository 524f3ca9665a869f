"""Outline: width, softness, shadow and room."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from .context import FakeContext, failure, run


def _cut_disc() -> Image.Image:
    """A red disc with a radius of 40 px that touches two sides of its canvas."""
    picture = Image.new("RGBA", (100, 100), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((0, 0, 80, 80), fill=(200, 0, 0, 255))
    return picture


async def _outlined(context: FakeContext, **values: Any) -> np.ndarray:
    answer = await run(context, "outline", image=context.picture(_cut_disc()), **values)
    return np.asarray(context.open(answer["image"])).astype(int)


async def test_the_outline_has_its_width_all_round_and_is_never_clipped() -> None:
    pixels = await _outlined(FakeContext(), width=10, smooth=0, color="#00ff00")
    alpha = pixels[:, :, 3]
    assert alpha[0].max() == alpha[-1].max() == alpha[:, 0].max() == alpha[:, -1].max() == 0
    middle = pixels.shape[0] // 2
    row = pixels[middle]
    green = (row[:, 1] > 200) & (row[:, 3] > 127)
    assert 19 <= green.sum() <= 21, "ten on each side"
    assert abs((alpha > 127).sum() - np.pi * 50**2) < 120, "a disc with a radius of 50 px"


async def test_the_outlines_edge_is_anti_aliased() -> None:
    alpha = (await _outlined(FakeContext(), width=10, smooth=0))[:, :, 3]
    soft = ((alpha > 0) & (alpha < 255)).sum()
    assert 2 * 50 * np.pi * 0.7 < soft < 2 * 50 * np.pi * 2.5, "about one soft pixel of its length"


async def test_the_picture_itself_stays_as_it_is() -> None:
    pixels = await _outlined(FakeContext(), width=10, color="#00ff00")
    middle = pixels.shape[0] // 2
    assert tuple(pixels[middle, middle]) == (200, 0, 0, 255)


async def test_a_shadow_falls_below_and_gets_room() -> None:
    context = FakeContext()
    plain = await _outlined(context, width=6)
    shaded = await _outlined(context, width=6, shadow=60, shadowBlur=10, shadowOffset=20)
    assert shaded.shape[0] > plain.shape[0]
    alpha = shaded[:, :, 3]
    assert max(alpha[0].max(), alpha[-1].max(), alpha[:, 0].max(), alpha[:, -1].max()) <= 2
    dark = (shaded[:, :, :3].sum(axis=2) < 30) & (alpha > 40)
    rows = np.flatnonzero(dark.any(axis=1))
    assert rows.mean() > shaded.shape[0] / 2, "the shadow is in the lower half"


async def test_without_trimming_the_empty_canvas_stays() -> None:
    context = FakeContext()
    trimmed = await _outlined(context, width=4, trim=True)
    whole = await _outlined(context, width=4, trim=False)
    assert whole.shape[0] - trimmed.shape[0] == 19, "the disc is 81 px wide on 100"


async def test_no_width_and_no_shadow_leave_the_subject_alone() -> None:
    pixels = await _outlined(FakeContext(), width=0)
    assert (pixels[:, :, 3] > 0).sum() == (np.asarray(_cut_disc())[:, :, 3] > 0).sum()


async def test_an_opaque_picture_has_nothing_to_draw_round() -> None:
    context = FakeContext()
    error = await failure(
        context, "outline", image=context.picture(Image.new("RGB", (20, 20), "red"))
    )
    assert error.context["expected"] == "an image without its background"


async def test_an_empty_picture_has_nothing_to_draw_round() -> None:
    context = FakeContext()
    error = await failure(
        context, "outline", image=context.picture(Image.new("RGBA", (20, 20), (0, 0, 0, 0)))
    )
    assert "transparent" in error.message


async def test_a_colour_that_is_none_is_named() -> None:
    context = FakeContext()
    error = await failure(
        context, "outline", image=context.picture(_cut_disc()), shadowColor="#12345"
    )
    assert error.context["field"] == "shadowColor"
