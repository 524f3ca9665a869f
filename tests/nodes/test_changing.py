"""Nodes that change an image: size, part, room, direction, colors, sharpness, format."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from .context import FakeContext, failure, run


def _quarters(width: int = 80, height: int = 40) -> Image.Image:
    """Red, green above; blue, white below."""
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, width // 2 - 1, height // 2 - 1), fill=(255, 0, 0))
    pen.rectangle((width // 2, 0, width, height // 2 - 1), fill=(0, 255, 0))
    pen.rectangle((0, height // 2, width // 2 - 1, height), fill=(0, 0, 255))
    return picture


async def _change(
    type: str, picture: Image.Image, port: str = "image", **values: Any
) -> Image.Image:
    context = FakeContext()
    answer = await run(context, type, image=context.picture(picture), **values)
    return context.open(answer[port])


@pytest.mark.parametrize(
    ("values", "size"),
    [
        ({"mode": "fit", "width": 40, "height": 40}, (40, 20)),
        ({"mode": "fill", "width": 40, "height": 40}, (40, 40)),
        ({"mode": "exact", "width": 30, "height": 70}, (30, 70)),
        ({"mode": "longest side", "width": 160}, (160, 80)),
        ({"mode": "percent", "percent": 25}, (20, 10)),
        ({"mode": "percent", "percent": 200, "enlarge": False}, (80, 40)),
        ({"mode": "fit", "width": 400, "height": 400, "enlarge": False}, (80, 40)),
        ({"mode": "fill", "width": 400, "height": 20, "enlarge": False}, (80, 20)),
        ({"mode": "exact", "width": 1, "height": 1}, (1, 1)),
    ],
)
async def test_resizing_gives_the_promised_size(values: dict, size: tuple) -> None:
    assert (await _change("resizeImage", _quarters(), **values)).size == size


async def test_filling_keeps_the_middle() -> None:
    picture = await _change("resizeImage", _quarters(), mode="fill", width=40, height=40)
    assert picture.getpixel((2, 2)) == (255, 0, 0)
    assert picture.getpixel((37, 2)) == (0, 255, 0)


async def test_the_pixel_filter_makes_no_new_colours() -> None:
    picture = await _change(
        "resizeImage", _quarters(), mode="percent", percent=300, filter="pixels"
    )
    assert len(picture.getcolors()) == 4


async def test_a_result_beyond_the_limit_is_refused() -> None:
    context = FakeContext()
    picture = context.picture(Image.new("L", (4000, 3000)))
    error = await failure(context, "resizeImage", image=picture, mode="percent", percent=1000)
    assert error.context["field"] == "percent"
    assert error.context["value"] == "40000x30000"


@pytest.mark.parametrize(
    ("ratio", "size"), [("1:1", (40, 40)), ("2:1", (80, 40)), ("4:1", (80, 20)), ("1:2", (20, 40))]
)
async def test_cropping_to_a_ratio_takes_the_largest_part(ratio: str, size: tuple) -> None:
    assert (await _change("cropImage", _quarters(), ratio=ratio)).size == size


@pytest.mark.parametrize(
    ("anchor", "colour"),
    [
        ("top-left", (255, 0, 0)),
        ("top-right", (0, 255, 0)),
        ("bottom-left", (0, 0, 255)),
        ("bottom-right", (255, 255, 255)),
    ],
)
async def test_the_anchor_says_which_part_stays(anchor: str, colour: tuple) -> None:
    picture = await _change(
        "cropImage", _quarters(), mode="pixels", width=40, height=20, anchor=anchor
    )
    assert picture.getcolors() == [(800, colour)]


async def test_an_area_is_cut_out_where_it_lies() -> None:
    values: dict = {"mode": "area", "left": 30, "top": 15, "width": 20, "height": 10}
    picture = await _change("cropImage", _quarters(), **values)
    assert picture.tobytes() == _quarters().crop((30, 15, 50, 25)).tobytes()


async def test_trimming_removes_a_border_of_one_colour_or_of_nothing() -> None:
    plain = Image.new("RGB", (50, 50), "#eeeeee")
    plain.paste("#202020", (10, 20, 30, 25))
    assert (await _change("cropImage", plain, mode="trim")).size == (20, 5)
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    clear.paste((9, 9, 9, 255), (1, 2, 4, 8))
    assert (await _change("cropImage", clear, mode="trim")).size == (3, 6)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"mode": "ratio", "ratio": "wide"}, "ratio"),
        ({"mode": "ratio", "ratio": "0:1"}, "ratio"),
        ({"mode": "ratio", "ratio": "1000:1"}, "ratio"),
        ({"mode": "pixels", "width": 81, "height": 10}, "width"),
        ({"mode": "pixels", "width": 10, "height": 41}, "height"),
        ({"mode": "area", "left": 80, "width": 1, "height": 1}, "left"),
        ({"mode": "area", "left": 60, "width": 21, "height": 1}, "width"),
        ({"mode": "area", "top": 30, "width": 1, "height": 11}, "height"),
        ({"anchor": "north"}, "anchor"),
    ],
)
async def test_a_crop_that_cannot_be_is_explained(values: dict, field: str) -> None:
    context = FakeContext()
    error = await failure(context, "cropImage", image=context.picture(_quarters()), **values)
    assert error.context["field"] == field


async def test_an_empty_picture_cannot_be_trimmed() -> None:
    context = FakeContext()
    blank = context.picture(Image.new("RGB", (9, 9), "red"))
    error = await failure(context, "cropImage", image=blank, mode="trim")
    assert error.context["field"] == "image"


async def test_padding_adds_each_side_and_marks_the_new_area() -> None:
    context = FakeContext()
    answer = await run(
        context,
        "padImage",
        image=context.picture(_quarters()),
        left=1,
        top=2,
        right=3,
        bottom=4,
        color="#123456",
    )
    picture, mask = context.open(answer["image"]), context.open(answer["mask"])
    assert picture.size == mask.size == (84, 46)
    assert picture.getpixel((0, 0)) == (0x12, 0x34, 0x56)
    assert picture.getpixel((1, 2)) == (255, 0, 0)
    assert mask.getpixel((0, 0)) == 255
    assert mask.getpixel((1, 2)) == mask.getpixel((80, 41)) == 0
    assert mask.getpixel((81, 41)) == 255
    assert np.asarray(mask).sum() / 255 == 84 * 46 - 80 * 40


@pytest.mark.parametrize(("ratio", "size"), [("1:1", (80, 80)), ("4:1", (160, 40))])
async def test_padding_to_a_ratio_adds_just_enough(ratio: str, size: tuple) -> None:
    assert (await _change("padImage", _quarters(), mode="ratio", ratio=ratio)).size == size


@pytest.mark.parametrize("fill", ["color", "blur", "mirror", "edge"])
async def test_every_fill_leaves_the_picture_itself_alone(fill: str) -> None:
    picture = await _change("padImage", _quarters(), top=8, right=8, bottom=8, left=8, fill=fill)
    assert picture.crop((8, 8, 88, 48)).tobytes() == _quarters().tobytes()


async def test_padding_with_a_clear_colour_makes_the_picture_see_through_there() -> None:
    picture = await _change("padImage", _quarters(), color="#00000000")
    assert picture.mode == "RGBA"
    assert picture.getpixel((0, 0))[3] == 0
    assert picture.getpixel((70, 70)) == (255, 0, 0, 255)


async def test_padding_beyond_the_limit_is_refused() -> None:
    context = FakeContext()
    error = await failure(
        context, "padImage", image=context.picture(_quarters()), top=8000, right=8000, left=8000
    )
    assert "megapixels" in error.context["expected"]


@pytest.mark.parametrize(
    ("values", "corner"),
    [
        ({"angle": 90}, (0, 0, 255)),
        ({"angle": -90}, (0, 255, 0)),
        ({"angle": 180}, (255, 255, 255)),
        ({"flip": "horizontal"}, (0, 255, 0)),
        ({"flip": "vertical"}, (0, 0, 255)),
        ({"flip": "both"}, (255, 255, 255)),
        ({"flip": "both", "angle": 180}, (255, 0, 0)),
    ],
)
async def test_quarter_turns_and_flips_move_whole_pixels(values: dict, corner: tuple) -> None:
    picture = await _change("rotateImage", _quarters(), **values)
    assert picture.getpixel((0, 0)) == corner
    assert len(picture.getcolors()) == 4


async def test_a_free_angle_grows_the_canvas_or_keeps_it() -> None:
    grown = await _change("rotateImage", _quarters(), angle=45)
    assert grown.width > 80
    assert grown.height > 80
    assert grown.getpixel((0, 0))[3] == 0
    kept = await _change("rotateImage", _quarters(), angle=45, expand=False, background="#000000")
    assert kept.size == (80, 40)
    assert kept.mode == "RGB"


async def test_adjusting_by_nothing_changes_nothing() -> None:
    assert (await _change("adjustImage", _quarters())).tobytes() == _quarters().tobytes()


@pytest.mark.parametrize(
    ("values", "check"),
    [
        ({"brightness": 40}, lambda p: p.mean() > 150),
        ({"brightness": -40}, lambda p: p.mean() < 100),
        ({"contrast": 80}, lambda p: p.std() > 60),
        ({"contrast": -100}, lambda p: p.std() < 2),
        ({"saturation": -100}, lambda p: np.ptp(p.reshape(-1, 3), axis=1).max() <= 1),
        ({"temperature": 100}, lambda p: p[..., 0].mean() > p[..., 2].mean() + 30),
        ({"temperature": -100}, lambda p: p[..., 2].mean() > p[..., 0].mean() + 30),
        ({"gamma": 2}, lambda p: p.mean() > 150),
        ({"gamma": 0.5}, lambda p: p.mean() < 100),
    ],
)
async def test_each_adjustment_does_what_it_is_called(values: dict, check: Any) -> None:
    grey = Image.linear_gradient("L").resize((64, 64)).convert("RGB")
    assert check(np.asarray(await _change("adjustImage", grey, **values)).astype(float))


async def test_adjusting_keeps_transparency() -> None:
    clear = Image.new("RGBA", (4, 4), (10, 20, 30, 77))
    assert (await _change("adjustImage", clear, brightness=50)).getpixel((0, 0))[3] == 77


@pytest.mark.parametrize("kind", ["gaussian", "box", "pixelate"])
async def test_blurring_softens_an_edge_but_keeps_the_mean(kind: str) -> None:
    before = np.asarray(_quarters()).astype(float)
    after = np.asarray(await _change("blurImage", _quarters(), radius=7, kind=kind)).astype(float)
    assert abs(before.mean() - after.mean()) < 3
    assert after.std() < before.std()


async def test_a_mask_says_where_to_blur() -> None:
    context = FakeContext()
    mask = Image.new("L", (80, 40), 0)
    mask.paste(255, (40, 0, 80, 40))
    answer = await run(
        context,
        "blurImage",
        image=context.picture(_quarters()),
        radius=10,
        mask=context.picture(mask),
    )
    result = context.open(answer["image"])
    assert result.crop((0, 0, 40, 40)).tobytes() == _quarters().crop((0, 0, 40, 40)).tobytes()
    assert len(result.crop((40, 0, 80, 40)).getcolors(9999)) > 10


async def test_blurring_does_not_darken_the_rim_of_a_cut_out() -> None:
    cut = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    cut.paste((250, 250, 250, 255), (10, 10, 30, 30))
    pixels = np.asarray(await _change("blurImage", cut, radius=4)).astype(int)
    rim = pixels[(pixels[:, :, 3] > 60) & (pixels[:, :, 3] < 200)]
    assert rim[:, 0].min() > 240


def _photo() -> Image.Image:
    generator = np.random.default_rng(5)
    small = Image.fromarray(generator.integers(0, 255, (40, 60, 3), dtype=np.uint8))
    return small.resize((600, 400), Image.Resampling.BICUBIC)


@pytest.mark.parametrize(
    ("format", "content_type", "name"),
    [
        ("PNG", "image/png", "picture.png"),
        ("JPEG", "image/jpeg", "picture.jpg"),
        ("WebP", "image/webp", "picture.webp"),
    ],
)
async def test_converting_writes_the_format(format: str, content_type: str, name: str) -> None:
    context = FakeContext()
    answer = await run(context, "convertImage", image=context.picture(_photo()), format=format)
    assert answer["file"] == answer["image"]
    assert (answer["file"]["content_type"], answer["file"]["name"]) == (content_type, name)
    assert answer["size"] == round(answer["file"]["size"] / 1000, 1)
    assert context.open(answer["image"]).size == (600, 400)


@pytest.mark.parametrize("format", ["JPEG", "WebP"])
async def test_a_size_limit_is_kept_and_used(format: str) -> None:
    context = FakeContext()
    picture = context.picture(_photo())
    free = await run(context, "convertImage", image=picture, format=format, quality=95)
    limit = free["size"] * 0.5
    held = await run(
        context, "convertImage", image=picture, format=format, quality=95, targetSize=limit
    )
    assert limit * 0.6 < held["size"] <= limit


async def test_a_limit_that_cannot_be_kept_names_what_it_takes() -> None:
    context = FakeContext()
    error = await failure(
        context, "convertImage", image=context.picture(_photo()), format="PNG", targetSize=1
    )
    assert error.context["field"] == "targetSize"
    assert "kB" in error.message


async def test_an_image_too_long_for_a_format_says_so() -> None:
    context = FakeContext()
    long = context.picture(Image.new("L", (4, 17_000)))
    error = await failure(context, "convertImage", image=long, format="WebP")
    assert (error.context["field"], "16,383" in error.context["expected"]) == ("format", True)


async def test_jpeg_shows_the_background_through_transparency() -> None:
    context = FakeContext()
    clear = context.picture(Image.new("RGBA", (16, 16), (0, 0, 0, 0)))
    answer = await run(context, "convertImage", image=clear, format="JPEG", background="#ff0000")
    pixel: Any = context.open(answer["image"]).getpixel((8, 8))
    red, green, blue = pixel
    assert red > 250
    assert max(green, blue) < 5
