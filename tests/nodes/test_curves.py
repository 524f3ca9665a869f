"""Curves: tones by points, exact where they are straight and never beyond the points."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from workflows.nodes.image.curves_image import CHANNELS, MAX_POINTS, STRAIGHT, table, tones

from .context import FakeContext, failure, run

CASES = json.loads((Path(__file__).parent.parent / "pure/curve_cases.json").read_text("utf-8"))
TONES = st.integers(0, 255)


@st.composite
def curves(draw: st.DrawFn) -> list[tuple[float, float]]:
    """Points from left to right, as many as there can be."""
    places = draw(st.lists(TONES, min_size=2, max_size=MAX_POINTS, unique=True))
    return [(float(x), float(draw(TONES))) for x in sorted(places)]


def photo(mode: str) -> Image.Image:
    """Noise of all tones, and of all opacities where the mode has them."""
    chance = np.random.default_rng(7)
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = chance.integers(0, 256, (40, 60, bands), np.uint8)
    return Image.fromarray(pixels[..., 0] if bands == 1 else pixels, mode)


async def changed(image: Image.Image, curves: Any) -> Image.Image:
    context = FakeContext()
    answer = await run(context, "curvesImage", image=context.picture(image), curves=curves)
    return context.open(answer["image"])


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
@pytest.mark.parametrize(
    "curves",
    [None, {}, {"all": None}, {name: [[0, 0], [255, 255]] for name in CHANNELS}, "{}"],
)
async def test_a_straight_curve_changes_no_pixel(mode: str, curves: Any) -> None:
    image = photo(mode)
    made = await changed(image, curves)
    assert (made.mode, made.tobytes()) == (mode, image.tobytes())


@given(places=st.lists(TONES, min_size=2, max_size=MAX_POINTS, unique=True))
def test_points_on_the_diagonal_leave_what_is_between_them_exactly(places: list[int]) -> None:
    points = [(float(place), float(place)) for place in sorted(places)]
    low, high = min(places), max(places)
    assert table(points, points)[low : high + 1] == list(range(low, high + 1))


@given(curves())
def test_a_curve_goes_through_its_points_and_never_passes_them(points: list[Any]) -> None:
    for (x, y), (right, end) in pairwise(points):
        part = tones(points, [x + (right - x) * step / 50 for step in range(51)])
        assert part[0] == pytest.approx(y) and part[-1] == pytest.approx(end)
        way = 1 if end >= y else -1
        assert all(way * (after - before) >= -1e-9 for before, after in pairwise(part))


@given(curves(), curves())
def test_tones_stay_between_0_and_255_and_are_level_outside(first: list, second: list) -> None:
    values = table(first, second)
    assert len(values) == 256 and 0 <= min(values) <= max(values) <= 255
    assert set(table(first)[: int(first[0][0]) + 1]) == {first[0][1]}
    assert set(table(first)[int(first[-1][0]) :]) == {first[-1][1]}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_table_of_a_curve_is_that_of_the_browser(case: dict[str, Any]) -> None:
    assert table([(x, y) for x, y in case["points"]]) == case["table"]


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
async def test_every_pixel_is_looked_up_channel_first_then_all(mode: str) -> None:
    image = photo(mode)
    red, whole = [[0, 40], [100, 90], [255, 250]], [[10, 0], [128, 160], [240, 255]]
    made = np.asarray(await changed(image, {"red": red, "all": whole}))
    before = np.asarray(image if mode != "L" else image.convert("RGB"))
    both = [(float(x), float(y)) for x, y in red], [(float(x), float(y)) for x, y in whole]
    assert (made[..., 0] == np.array(table(*both))[before[..., 0]]).all()
    assert (made[..., 1] == np.array(table(STRAIGHT, both[1]))[before[..., 1]]).all()
    if mode == "RGBA":
        assert (made[..., 3] == before[..., 3]).all(), "opacity stays"


async def test_a_gray_image_stays_gray_under_a_curve_for_all() -> None:
    made = await changed(photo("L"), {"all": [[0, 255], [255, 0]]})
    assert made.mode == "L"
    assert (np.asarray(made) == 255 - np.asarray(photo("L"))).all()


@pytest.mark.parametrize(
    ("curves", "value", "expected"),
    [
        (7, "7", "an object of points by channel"),
        ({"alpha": []}, '"alpha"', "one of all, red, green, blue"),
        ({"red": [[0, 0]]}, "[[0, 0]]", "a list of 2 to 16 points"),
        ({"all": [[x, x] for x in range(17)]}, "a list of 17", "a list of 2 to 16 points"),
        ({"all": "s"}, '"s"', "a list of 2 to 16 points"),
        ({"all": [[0, 0], [256, 1]]}, "[256, 1]", "numbers from 0 to 255"),
        ({"all": [[0, 0], [9, True]]}, "[9, True]", "numbers from 0 to 255"),
        ({"all": [[0, 0], [1, 2, 3]]}, "[1, 2, 3]", "numbers from 0 to 255"),
        ({"blue": [[50, 0], [50, 9]]}, "50", "more than 50"),
    ],
)
async def test_what_is_no_curve_is_refused_with_what_is_expected(
    curves: Any, value: str, expected: str
) -> None:
    context = FakeContext()
    image = context.picture(Image.new("RGB", (2, 2)))
    error = await failure(context, "curvesImage", image=image, curves=curves)
    assert error.context["field"] == "curves"
    assert error.context["value"] == value
    assert expected in error.context["expected"]
