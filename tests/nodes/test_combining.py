"""Nodes that bring images and masks together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from .context import FakeContext, failure, run


def _flat(colour: Any, size: tuple[int, int] = (8, 8), mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, colour)


async def _blend(
    base: Image.Image, top: Image.Image, mask: Image.Image | None = None, **values: Any
) -> Any:
    context = FakeContext()
    given = {"base": context.picture(base), "top": context.picture(top)}
    if mask:
        given["mask"] = context.picture(mask)
    return context.open((await run(context, "blendImages", **given, **values))["image"])


@pytest.mark.parametrize(
    ("mode", "level"),
    [
        ("normal", 200),
        ("multiply", 78),
        ("screen", 222),
        ("overlay", 157),
        ("soft light", 134),
        ("hard light", 188),
        ("darken", 100),
        ("lighten", 200),
        ("add", 255),
        ("subtract", 0),
        ("difference", 100),
    ],
)
async def test_a_mode_mixes_as_the_compositing_standard_says(mode: str, level: int) -> None:
    """Levels 100 below and 200 above, worked out by hand from the W3C's formulas."""
    result = await _blend(_flat((100,) * 3), _flat((200,) * 3), mode=mode)
    assert abs(result.getpixel((4, 4))[0] - level) <= 1


async def test_opacity_and_transparency_let_the_lower_picture_through() -> None:
    half = await _blend(_flat((0, 0, 0)), _flat((200, 100, 50)), opacity=50)
    assert half.getpixel((0, 0)) == (100, 50, 25)
    clear = await _blend(_flat((0, 0, 0)), _flat((200, 100, 50, 0), mode="RGBA"))
    assert clear.getpixel((0, 0)) == (0, 0, 0)


async def test_the_mask_says_where_the_upper_picture_shows() -> None:
    mask = _flat(0, mode="L")
    mask.paste(255, (0, 0, 4, 8))
    result = await _blend(_flat("black"), _flat("white"), mask)
    assert result.getpixel((1, 1)) == (255, 255, 255)
    assert result.getpixel((6, 1)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("values", "box"),
    [
        ({}, (6, 6, 14, 14)),
        ({"anchor": "top-left"}, (0, 0, 8, 8)),
        ({"anchor": "bottom-right", "offsetX": -2, "offsetY": -3}, (10, 9, 18, 17)),
        ({"offsetX": 10}, (16, 6, 20, 14)),
        ({"scale": "fit"}, (0, 0, 20, 20)),
        ({"anchor": "top-left", "offsetX": -5, "offsetY": -5}, (0, 0, 3, 3)),
    ],
)
async def test_the_upper_picture_lies_where_it_is_placed(values: dict, box: tuple) -> None:
    result = await _blend(_flat("black", (20, 20)), _flat("white"), **values)
    assert result.size == (20, 20)
    assert result.getbbox() == box


async def test_blending_on_a_clear_ground_keeps_it_clear() -> None:
    result = await _blend(_flat((0, 0, 0, 0), (20, 20), "RGBA"), _flat("red"), mode="multiply")
    assert result.getpixel((10, 10)) == (255, 0, 0, 255)
    assert result.getpixel((0, 0))[3] == 0


async def test_a_missing_picture_is_named_by_its_port() -> None:
    context = FakeContext()
    gone = {**context.picture(_flat("red")), "asset": "00000000-0000-0000-0000-000000000000"}
    error = await failure(context, "blendImages", base=context.picture(_flat("red")), top=gone)
    assert error.context["field"] == "top"


def _ramp() -> Image.Image:
    return Image.linear_gradient("L").convert("RGB")


async def _mask(picture: Image.Image, **values: Any) -> np.ndarray:
    context = FakeContext()
    answer = await run(context, "maskFromImage", image=context.picture(picture), **values)
    mask = context.open(answer["mask"])
    assert mask.mode == "L"
    return np.asarray(mask).astype(int)


async def test_brightness_becomes_the_mask() -> None:
    mask = await _mask(_ramp())
    assert mask[0].max() == 0
    assert mask[255].min() == 255
    assert abs(mask[100, 5] - 100) <= 1


async def test_a_threshold_leaves_black_and_white_and_inverting_swaps_them() -> None:
    mask = await _mask(_ramp(), threshold=50)
    assert set(np.unique(mask)) == {0, 255}
    assert 127 <= (mask == 0).all(axis=1).sum() <= 129
    assert ((await _mask(_ramp(), threshold=50, invert=True)) == 255 - mask).all()


async def test_transparency_becomes_the_mask() -> None:
    mask = await _mask(_flat((1, 2, 3, 90), mode="RGBA"), source="alpha")
    assert (mask == 90).all()


async def test_a_colour_becomes_white_and_others_black() -> None:
    picture = _flat("lime", (20, 20))
    picture.paste("red", (10, 0, 20, 20))
    mask = await _mask(picture, source="colour", color="#00ff00")
    assert mask[5, 5] == 255
    assert mask[5, 15] == 0


async def test_a_picture_without_transparency_has_no_alpha_to_take() -> None:
    context = FakeContext()
    error = await failure(
        context, "maskFromImage", image=context.picture(_flat("red")), source="alpha"
    )
    assert error.context["field"] == "source"


def _half_mask(size: tuple[int, int] = (8, 8)) -> Image.Image:
    mask = Image.new("L", size, 0)
    mask.paste(255, (0, 0, size[0] // 2, size[1]))
    return mask


async def _apply(**values: Any) -> Image.Image:
    context = FakeContext()
    answer = await run(
        context,
        "applyMask",
        image=context.picture(_flat("red")),
        mask=context.picture(values.pop("mask", _half_mask())),
        **values,
    )
    return context.open(answer["image"])


async def test_cutting_out_makes_the_rest_clear() -> None:
    result = await _apply()
    assert result.getpixel((1, 1)) == (255, 0, 0, 255)
    assert result.getpixel((6, 1))[3] == 0


async def test_filling_paints_the_rest() -> None:
    result = await _apply(mode="fill", color="#0000ff")
    assert result.getpixel((1, 1)) == (255, 0, 0)
    assert result.getpixel((6, 1)) == (0, 0, 255)


async def test_cropping_cuts_to_the_mask_and_inverting_to_the_other_side() -> None:
    assert (await _apply(mode="crop")).size == (4, 8)
    assert (await _apply(mode="crop", invert=True)).size == (4, 8)


async def test_a_mask_of_another_size_is_brought_to_the_pictures() -> None:
    assert (await _apply(mode="crop", mask=_half_mask((80, 80)))).size == (4, 8)


async def test_cropping_to_a_black_mask_is_refused() -> None:
    context = FakeContext()
    error = await failure(
        context,
        "applyMask",
        image=context.picture(_flat("red")),
        mask=context.picture(_flat(0, mode="L")),
        mode="crop",
    )
    assert error.context["field"] == "mask"
