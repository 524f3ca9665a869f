"""Nodes that make images: gradients, patterns, text, contact sheets, images from the web."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image

from workflows.media import images
from workflows.nodes.image.fonts import FONTS, font, path
from workflows.nodes.image.pattern import KINDS

from .context import Answer, FakeContext, failure, run


async def _picture(type: str, **values: Any) -> Image.Image:
    context = FakeContext()
    return context.open((await run(context, type, **values))["image"])


async def test_a_linear_gradient_runs_from_top_to_bottom() -> None:
    picture = await _picture("gradient", start="#000000", end="#ffffff", width=40, height=200)
    assert picture.size == (40, 200)
    column = np.asarray(picture.convert("L"))[:, 20].astype(int)
    assert column[0] < 3
    assert column[-1] > 252
    assert abs(column[100] - 127) < 4
    assert np.abs(np.diff(column)).max() <= 4


async def test_a_gradients_angle_turns_it() -> None:
    picture = await _picture(
        "gradient", start="#ff0000", end="#0000ff", angle=0, width=100, height=20
    )
    assert picture.getpixel((1, 10))[0] > 240
    assert picture.getpixel((98, 10))[2] > 240


async def test_a_gradient_passes_through_its_middle_colour() -> None:
    picture = await _picture(
        "gradient", start="#ff0000", middle="#00ff00", end="#0000ff", width=10, height=101
    )
    assert picture.getpixel((5, 50))[1] > 250


def stops(*pairs: tuple[str, float]) -> list[dict[str, Any]]:
    return [{"color": color, "place": place} for color, place in pairs]


@pytest.mark.parametrize("kind", ["linear", "radial", "solid"])
@pytest.mark.parametrize("colors", [("#102030", "#f0e0d080"), ("#102030", "#00000000", "#aabbcc")])
async def test_stops_evenly_apart_are_what_from_middle_and_to_are(
    kind: str, colors: tuple[str, ...]
) -> None:
    names = ("start", "middle", "end") if len(colors) == 3 else ("start", "end")
    places = [place * 100 / (len(colors) - 1) for place in range(len(colors))]
    size = {"kind": kind, "width": 33, "height": 21, "angle": 30}
    older = await _picture("gradient", **dict(zip(names, colors, strict=True)), **size)
    placed = stops(*zip(colors, places, strict=True))
    # A color beside stops does nothing; no stops at all are as if they had never been there.
    newer = await _picture(
        "gradient", stops=placed[::-1], start="#ff0000", middle="#00ff00", **size
    )
    empty = await _picture("gradient", stops=[], **dict(zip(names, colors, strict=True)), **size)
    assert newer.mode == older.mode
    assert newer.tobytes() == older.tobytes() == empty.tobytes()


async def test_two_stops_at_one_place_make_a_sharp_edge() -> None:
    flag = stops(("#ff0000", 0), ("#ff0000", 30), ("#0000ff", 30), ("#0000ff", 100))
    size = {"width": 100, "height": 4, "angle": 0, "dither": False}
    picture = await _picture("gradient", stops=flag, **size)
    assert sorted(picture.getcolors()) == [(4 * 30, (255, 0, 0)), (4 * 70, (0, 0, 255))]


async def test_a_radial_gradient_starts_at_its_centre() -> None:
    picture = await _picture(
        "gradient",
        kind="radial",
        start="#ffffff",
        end="#000000",
        centerX=25,
        centerY=50,
        width=80,
        height=40,
    )
    grey = np.asarray(picture.convert("L"))
    assert grey[20, 20] > 245
    assert grey[20, 79] < 30


async def test_a_solid_picture_has_one_colour_and_may_be_see_through() -> None:
    picture = await _picture("gradient", kind="solid", start="#11223380", width=8, height=8)
    assert picture.getcolors() == [(64, (0x11, 0x22, 0x33, 0x80))]


async def test_a_gradient_from_clear_keeps_its_colour_pure() -> None:
    picture = await _picture("gradient", start="#00000000", end="#ff0000", width=4, height=101)
    pixel: Any = picture.getpixel((2, 50))
    red, green, blue, alpha = pixel
    assert red > 250
    assert green == blue == 0
    assert abs(alpha - 127) < 4


@pytest.mark.parametrize(
    ("type", "values", "field"),
    [
        ("gradient", {"start": "blurple"}, "start"),
        ("gradient", {"end": "#ggg"}, "end"),
        ("gradient", {"kind": "conic"}, "kind"),
        ("gradient", {"stops": {}}, "stops"),
        ("gradient", {"stops": stops(("#fff", 0))}, "stops"),
        ("gradient", {"stops": stops(*[("#fff", 0)] * 17)}, "stops"),
        ("gradient", {"stops": stops(("#fff", 0), ("#fff", 101))}, "stops"),
        ("gradient", {"stops": stops(("#fff", 0), ("blurple", 1))}, "stops"),
        ("gradient", {"stops": [*stops(("#fff", 0)), {"color": "#fff"}]}, "stops"),
        ("gradient", {"stops": ["#fff", "#000"]}, "stops"),
        ("gradient", {"width": 16384, "height": 16384}, "width"),
        ("gradient", {"width": 20000}, "width"),
        ("pattern", {"color": ""}, "color"),
        ("pattern", {"kind": "tartan"}, "kind"),
        ("pattern", {"scale": 1}, "scale"),
        ("drawText", {"text": "Hi", "font": "Comic"}, "font"),
        ("drawText", {"text": "   "}, "text"),
        ("drawText", {"text": "x" * 5001}, "text"),
        ("drawText", {"text": "Hi", "boxX": 100}, "boxWidth"),
        ("drawText", {"text": "Hi", "boxY": 100}, "boxHeight"),
        ("drawText", {"text": "Hi", "align": "justify"}, "align"),
    ],
)
async def test_a_field_that_cannot_work_is_named(type: str, values: dict, field: str) -> None:
    error = await failure(FakeContext(), type, **values)
    assert error.context["field"] == field
    assert error.context["expected"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_pattern_shows_both_colours_in_about_the_asked_share(kind: str) -> None:
    picture = await _picture(
        "pattern",
        kind=kind,
        color="#ffffff",
        background="#000000",
        scale=32,
        amount=30,
        width=320,
        height=256,
    )
    grey = np.asarray(picture.convert("L")) / 255
    assert np.ptp(grey) > 0.75
    wanted = 0.5 if kind == "checker" else 0.3
    assert abs(grey.mean() - wanted) < 0.08


async def test_another_seed_is_another_noise_and_the_same_seed_the_same() -> None:
    pictures = [
        (await _picture("pattern", kind="clouds", seed=seed, width=64, height=64)).tobytes()
        for seed in (1, 1, 2)
    ]
    assert pictures[0] == pictures[1] != pictures[2]


async def test_a_pattern_on_a_clear_ground_lets_what_is_below_through() -> None:
    picture = await _picture(
        "pattern", kind="stripes", background="#00000000", scale=20, width=60, height=20
    )
    alpha = np.asarray(picture.getchannel("A"))
    assert alpha.min() == 0
    assert alpha.max() == 255
    edge = np.asarray(picture)[(alpha > 0) & (alpha < 255)]
    assert (edge[:, :3] == 255).all(), "no dark rim on half-covered pixels"


@pytest.mark.parametrize("name", FONTS)
def test_every_font_is_installed_and_draws_text(name: str) -> None:
    assert path(name).is_file()
    mask = font(name, 40).getmask("Äg1", mode="L")
    assert mask.getbbox()[3] > 15


async def test_text_fills_its_box_and_stays_inside_it() -> None:
    context = FakeContext()
    answer = await run(
        context,
        "drawText",
        text="Hello world",
        width=400,
        height=200,
        boxX=10,
        boxY=10,
        boxWidth=80,
        boxHeight=80,
    )
    left, top, right, bottom = context.open(answer["mask"]).getbbox()
    assert 40 <= left < right <= 361
    assert 18 <= top < bottom <= 182
    assert right - left > 240 or bottom - top > 110, "it is as large as fits"


async def test_a_longer_text_is_set_smaller_and_wrapped() -> None:
    context = FakeContext()
    heights = []
    for text in ("Hi", "A much longer line that has to wrap onto several lines to fit"):
        answer = await run(context, "drawText", text=text, width=300, height=200)
        mask = np.asarray(context.open(answer["mask"])) > 127
        rows = np.diff(np.concatenate([[0], mask.any(axis=1).astype(int), [0]]))
        lines = list(zip(np.flatnonzero(rows == 1), np.flatnonzero(rows == -1), strict=True))
        heights.append(max(end - start for start, end in lines))
    assert heights[0] > 2 * heights[1]


@pytest.mark.parametrize(("align", "side"), [("left", 0), ("right", 1)])
async def test_text_stands_where_it_is_aligned(align: str, side: int) -> None:
    context = FakeContext()
    answer = await run(
        context, "drawText", text="Hi", size=40, align=align, anchor="top", width=400, height=200
    )
    box = context.open(answer["mask"]).getbbox()
    assert box[1] < 60
    assert (box[2] < 120) if side == 0 else (box[0] > 280)


async def test_a_fixed_size_is_kept_and_an_endless_word_is_broken() -> None:
    context = FakeContext()
    answer = await run(context, "drawText", text="x" * 40, size=40, width=200, height=400)
    left, _, right, _ = context.open(answer["mask"]).getbbox()
    assert left >= 8
    assert right <= 192


async def test_text_is_drawn_on_the_picture_in_its_colour() -> None:
    context = FakeContext()
    ground = context.picture(Image.new("RGB", (200, 100), "#0000ff"), "sky.png")
    answer = await run(context, "drawText", text="I", image=ground, color="#ff0000")
    picture = context.open(answer["image"])
    assert picture.mode == "RGB"
    assert {(255, 0, 0), (0, 0, 255)} <= {colour for _, colour in picture.getcolors(10_000)}
    assert answer["image"]["name"] == "sky-text.png"


async def test_stroke_and_shadow_surround_the_text() -> None:
    plain = await _picture(
        "drawText", text="O", width=200, height=200, background="#ffffff", color="#ffffff"
    )
    assert plain.convert("L").getextrema() == (255, 255)
    stroked = await _picture(
        "drawText",
        text="O",
        width=200,
        height=200,
        background="#ffffff",
        color="#ffffff",
        stroke=4,
        strokeColor="#ff0000",
    )
    assert (255, 0, 0, 255) in {colour for _, colour in stroked.getcolors(10_000)}
    shaded = await _picture(
        "drawText",
        text="O",
        width=200,
        height=200,
        background="#ffffff",
        color="#ffffff",
        shadow=80,
    )
    extrema: Any = shaded.convert("L").getextrema()
    assert extrema[0] < 140


async def test_capitals_and_letter_spacing_make_text_wider() -> None:
    context = FakeContext()
    widths = []
    for values in ({}, {"uppercase": True}, {"letterSpacing": 30}):
        answer = await run(
            context, "drawText", text="wide", size=40, width=400, height=100, **values
        )
        box = context.open(answer["mask"]).getbbox()
        widths.append(box[2] - box[0])
    assert widths[0] < widths[1]
    assert widths[0] + 30 < widths[2]


def _many(context: FakeContext, count: int) -> list[dict]:
    colours = ("red", "lime", "blue", "yellow", "cyan")
    return [
        context.picture(Image.new("RGB", (60, 30), colours[i % 5]), f"{colours[i % 5]}.png")
        for i in range(count)
    ]


async def test_a_contact_sheet_lays_pictures_out_in_order() -> None:
    context = FakeContext()
    answer = await run(
        context,
        "contactSheet",
        images=_many(context, 5),
        columns=3,
        cell=60,
        gap=10,
        background="#ffffff",
    )
    sheet = context.open(answer["image"])
    assert sheet.size == (3 * 70 + 10, 2 * 40 + 10)
    firsts = [sheet.getpixel((10 + 70 * column + 30, 25)) for column in range(3)]
    assert firsts == [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert sheet.getpixel((75, 65)) == (255, 255, 0), "the last row stands in the middle"
    assert sheet.getpixel((145, 65)) == (0, 255, 255)


async def test_an_image_as_thin_as_a_thread_lies_on_a_contact_sheet() -> None:
    context = FakeContext()
    thin = context.picture(Image.new("RGB", (16, 30_000), "#ff0000"))
    answer = await run(context, "contactSheet", images=[thin], cell=64, background="#ffffff")
    sheet = np.asarray(context.open(answer["image"]))
    assert (sheet[:, :, 1] == 0).any(axis=0).sum() == 1


async def test_labels_get_room_below_the_pictures() -> None:
    context = FakeContext()
    given = _many(context, 2)
    plain = await run(context, "contactSheet", images=given, cell=200)
    for labels in ("names", "numbers", "texts"):
        answer = await run(
            context, "contactSheet", images=given, cell=200, labels=labels, texts=["one", "two"]
        )
        assert answer["image"]["height"] > plain["image"]["height"]
        sheet = np.asarray(context.open(answer["image"]).convert("L"))
        assert (sheet[130:150] < 120).any(), "there is text below the first picture"


async def test_columns_are_as_wide_as_their_widest_picture() -> None:
    context = FakeContext()
    tall = context.picture(Image.new("RGB", (30, 60), "red"))
    answer = await run(context, "contactSheet", images=[tall] * 3, columns=3, cell=60, gap=10)
    assert context.open(answer["image"]).size == (3 * 40 + 10, 80)


async def test_a_long_label_takes_several_lines_and_ends_in_dots_after_three() -> None:
    context = FakeContext()
    heights = []
    for text in ("cup", "a small cup of coffee on a bright red saucer", "a word and " * 40):
        answer = await run(
            context,
            "contactSheet",
            images=_many(context, 1),
            cell=200,
            gap=0,
            labels="texts",
            texts=[text],
        )
        heights.append(answer["image"]["height"] - 100)
    assert heights == [22, 44, 66]


async def test_covering_cells_fills_them() -> None:
    context = FakeContext()
    answer = await run(
        context, "contactSheet", images=_many(context, 1), cell=60, gap=0, fit="cover"
    )
    assert context.open(answer["image"]).getcolors() == [(3600, (255, 0, 0))]


async def test_a_sheet_needs_pictures_and_not_too_many() -> None:
    context = FakeContext()
    assert (await failure(context, "contactSheet", images=[])).context["field"] == "images"
    error = await failure(context, "contactSheet", images=_many(context, 1) * 401)
    assert error.context["value"] == 401
    error = await failure(context, "contactSheet", images=_many(context, 1) * 100, cell=2048)
    assert error.context["field"] == "cell"


async def test_a_picture_is_loaded_from_the_web_and_named_after_its_url() -> None:
    context = FakeContext()
    body = images.encode(Image.new("RGB", (12, 8), "red"))
    context.answers["https://example.com/pics/rose.png"] = Answer(body=body)
    answer = await run(context, "loadImage", url=" https://example.com/pics/rose.png ")
    assert answer["image"]["name"] == "rose-loaded.png"
    assert context.open(answer["image"]).size == (12, 8)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/y.png", "rose.png", "https://"])
async def test_only_web_urls_are_loaded(url: str) -> None:
    error = await failure(FakeContext(), "loadImage", url=url)
    assert error.context["field"] == "url"
    assert error.context["value"] == url


async def test_an_answer_that_is_no_picture_is_refused() -> None:
    context = FakeContext()
    context.answers["https://example.com/x.png"] = Answer(body=b"<html>not found</html>")
    error = await failure(context, "loadImage", url="https://example.com/x.png")
    assert "HTML page" in error.message
