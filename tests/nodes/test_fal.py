"""The utilities of fal that run here: their names, their fields, and how they fail."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageStat

from workflows.errors import NodeError
from workflows.nodes.fal import equivalents

from .context import FakeContext, run

UTIL = equivalents.UTILITIES


def photo(context: FakeContext, size: tuple[int, int] = (80, 40)) -> Any:
    """Store an image, dark at the left and light at the right, and return its reference."""
    picture = Image.linear_gradient("L").rotate(90).resize(size).convert("RGB")
    return context.picture(picture)


async def call(app: str, context: FakeContext, **arguments: Any) -> dict[str, Any]:
    found: Any = equivalents.find(app)
    assert found is not None
    return await found(context, arguments)


Arguments = Callable[[Any], dict[str, Any]]
PICTURES: list[tuple[str, Arguments, tuple[int, int]]] = [
    ("crop-image", lambda p: {"image_url": p, "x_percent": 50, "width_percent": 25}, (20, 40)),
    ("resize-image", lambda p: {"image_url": p, "width": 30, "height": 30}, (30, 15)),
    ("resize-to-max-pixels", lambda p: {"image_url": p, "max_pixels": 800}, (40, 20)),
    ("rotate-image", lambda p: {"image_url": p, "angle": 90}, (40, 80)),
    ("composite-image", lambda p: {"background_image_url": p, "overlay_image_url": p}, (80, 40)),
    ("overlay-image", lambda p: {"background_image_url": p, "overlay_image_url": p}, (80, 40)),
    ("blend-image", lambda p: {"bottom_image_url": p, "top_image_url": p}, (80, 40)),
    ("image-grid", lambda p: {"image_urls": [p] * 3, "cell_width": 32, "spacing": 2}, (66, 82)),
    ("concat-image", lambda p: {"image_urls": [p, p], "spacing": 5}, (165, 40)),
    ("add-text-to-image", lambda p: {"image_url": p, "text": "Hi"}, (80, 40)),
    ("compress-image", lambda p: {"image_url": p, "quality": 40}, (80, 40)),
    ("rgba-to-rgb", lambda p: {"image_url": p}, (80, 40)),
    ("blur-image", lambda p: {"image_url": p, "radius": 3}, (80, 40)),
    ("rembg", lambda p: {"image_url": p}, (80, 40)),
    ("invert-mask", lambda p: {"image_url": p}, (80, 40)),
    ("blur-mask", lambda p: {"image_url": p, "radius": 2}, (80, 40)),
    ("grow-mask", lambda p: {"image_url": p, "pixels": 3}, (80, 40)),
    ("shrink-mask", lambda p: {"image_url": p, "threshold": 60}, (80, 40)),
    ("canny", lambda p: {"image_url": p, "low_threshold": 20}, (80, 40)),
]


@pytest.mark.parametrize(("name", "arguments", "size"), PICTURES, ids=[row[0] for row in PICTURES])
async def test_a_picture_goes_in_and_comes_out_as_fals_picture(
    name: str, arguments: Arguments, size: tuple[int, int]
) -> None:
    context = FakeContext()
    image = (await call(f"{UTIL}/{name}", context, **arguments(photo(context))))["image"]
    assert (image["width"], image["height"]) == size
    assert {"url", "content_type", "file_name", "file_size"} <= image.keys()
    assert context.open(image).size == size


def test_every_utility_for_pictures_is_tried() -> None:
    others = {"merge-text", "split-text", "image-size", "transparent-image-to-mask"}
    tried = {name for name, _, _ in PICTURES}
    here = {app.rpartition("/")[2] for app in equivalents.names() if app.startswith(UTIL)}
    moving = {name for name in here if re.search("video|audio|frame", name)}
    assert here - moving == tried | others


async def test_the_box_of_a_crop_is_where_it_says() -> None:
    context = FakeContext()
    left = await call(f"{UTIL}/crop-image", context, image_url=photo(context), width=10)
    right = await call(f"{UTIL}/crop-image", context, image_url=photo(context), x=90, width=10)
    dark, light = (
        int(ImageStat.Stat(context.open(found["image"]).convert("L")).mean[0])
        for found in (left, right)
    )
    assert abs(dark - light) > 150


async def test_masks_grow_shrink_and_come_of_what_is_transparent() -> None:
    context = FakeContext()
    white = Image.new("L", (41, 41))
    white.paste(255, (15, 15, 26, 26))
    reference = context.picture(white)
    spread = []
    for name, values in (("grow-mask", {}), ("shrink-mask", {"pixels": 2}), ("invert-mask", {})):
        answer = await call(f"fal-ai/workflowutils/{name}", context, image_url=reference, **values)
        spread.append(context.open(answer["image"]).convert("L").getbbox())
    assert spread == [(10, 10, 31, 31), (17, 17, 24, 24), (0, 0, 41, 41)]
    clear = Image.new("RGBA", (20, 20), (9, 9, 9, 0))
    clear.paste((9, 9, 9, 255), (5, 5, 10, 10))
    answer = await call(
        f"{UTIL}/transparent-image-to-mask", context, image_url=context.picture(clear)
    )
    mask = context.open(answer["image"])
    assert (mask.getbbox(), mask.getextrema()) == ((5, 5, 10, 10), (0, 255))


async def test_a_sticker_has_its_cut_out_and_its_border() -> None:
    context = FakeContext()
    ground = Image.new("RGB", (120, 120), "white")
    ground.paste("red", (40, 40, 80, 80))
    url = context.picture(ground)
    found = await call("fal-ai/face-to-sticker", context, image_url=url)
    assert found["images"] == [found["sticker_image"]]
    cut = context.open(found["sticker_image_background_removed"])
    assert cut.getchannel("A").getextrema() == (0, 255)


async def test_texts_are_put_together_and_taken_apart() -> None:
    context = FakeContext()
    assert await call("fal-ai/text-concat", context, text1="a", text2=5) == {"results": "a5"}
    merged = await call(f"{UTIL}/merge-text", context, texts=["a", "b"], separator=", ")
    assert merged == {"text": "a, b"}
    parts = await call(f"{UTIL}/split-text", context, text="a, b", separator=", ")
    assert parts == {"text1": "a", "text2": "b", "texts": ["a", "b"]}
    many = await call(f"{UTIL}/split-text", context, text="a|b|c", max_parts=2)
    assert many == {"text1": "a", "text2": "b", "texts": ["a", "b", "c"]}
    assert await call(f"{UTIL}/merge-text", context, texts=["a", "b"]) == {"text": "a--b"}
    size = await call(f"{UTIL}/image-size", context, image_url=photo(context))
    assert (size["width"], size["height"]) == (80, 40)
    assert size["image_size"] == {"width": 80, "height": 40}


@pytest.mark.parametrize(
    ("name", "arguments", "field"),
    [
        ("resize-image", {"width": 3}, "image_url"),
        ("resize-image", {"image_url": "/media/x", "width": "wide"}, "width"),
        ("merge-text", {"texts": "a"}, "texts"),
        ("crop-image", {"image_url": 7}, "image_url"),
        ("split-text", {}, "text"),
    ],
)
async def test_errors_name_the_field_as_fal_does(
    name: str, arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(NodeError) as caught:
        await call(f"{UTIL}/{name}", FakeContext(), **arguments)
    assert caught.value.context["field"] == field
    assert caught.value.status == 422


async def test_an_app_resolves_the_references_in_its_arguments() -> None:
    data = {
        "app": "fal-ai/text-concat",
        "arguments": {"text1": "$draw.texts.0", "text2": "$input.word"},
    }
    more = {"sources": ["draw", "input.word"]}
    given = {"$draw": {"texts": ["a"]}, "$input.word": "b"}
    answer = await run(FakeContext({**data, **more}), "falApp", **data, **given)
    assert answer == {"output": {"results": "ab"}}


async def test_a_reference_that_leads_nowhere_is_named() -> None:
    data = {"app": "fal-ai/text-concat", "arguments": {"text1": "$draw.x"}}
    context = FakeContext({**data, "sources": ["draw"]})
    with pytest.raises(NodeError, match=r"\$draw\.x leads nowhere"):
        await run(context, "falApp", **data, **{"$draw": {"y": 1}})


@pytest.mark.parametrize("app", equivalents.names())
async def test_an_app_declares_what_it_takes_and_gives(app: str) -> None:
    found: Any = equivalents.get(app)
    assert found is not None
    assert found.description
    inputs = {port.name: port for port in found.inputs()}
    assert inputs
    assert all(port.label and port.port for port in inputs.values())
    assert found.outputs
    with pytest.raises(NodeError) as caught:
        await found.function(FakeContext(), {})
    required = {name for name, port in inputs.items() if port.required}
    assert caught.value.context["field"] in required


async def test_a_sticker_of_what_is_cut_out_already_keeps_its_shape() -> None:
    context = FakeContext()
    cut = Image.new("RGBA", (60, 60), (0, 0, 0, 0))
    cut.paste((200, 30, 30, 255), (20, 20, 40, 40))
    made = await call("fal-ai/face-to-sticker", context, image_url=context.picture(cut))
    kept = await context.load_image(made["sticker_image_background_removed"], field="image_url")
    assert kept.tobytes() == cut.tobytes()


def plain(context: FakeContext, colour: str, size: tuple[int, int] = (20, 20)) -> Any:
    return context.picture(Image.new("RGBA", size, colour))


async def shown(app: str, context: FakeContext, **arguments: Any) -> Image.Image:
    found = await call(f"{UTIL}/{app}", context, **arguments)
    return context.open(found["image"]).convert("RGBA")


RED, BLUE, WHITE, CLEAR = (255, 0, 0, 255), (0, 0, 255, 255), (255, 255, 255, 255), (0, 0, 0, 0)


async def test_an_overlay_lies_where_its_middle_is_asked_to_be() -> None:
    context = FakeContext()
    made = await shown(
        "overlay-image",
        context,
        background_image_url=plain(context, "red", (100, 50)),
        overlay_image_url=plain(context, "blue"),
        x_percent=25,
        y_percent=50,
        scale_percent=50,
        stroke_width=2,
        stroke_color="white",
    )
    assert made.size == (100, 50)
    assert [made.getpixel((x, 25)) for x in (17, 19, 25, 31, 33)] == [RED, WHITE, BLUE, WHITE, RED]
    half = await shown(
        "overlay-image",
        context,
        background_image_url=plain(context, "white"),
        overlay_image_url=plain(context, "black"),
        opacity=0.5,
    )
    assert 126 <= half.getpixel((10, 10))[0] <= 129


async def test_a_picture_is_fitted_padded_cut_and_stretched_to_a_size() -> None:
    context = FakeContext()
    wide = plain(context, "red", (80, 40))
    sizes = {}
    for name in ("fit", "fill", "stretch"):
        given = {"width": 20, "height": 20, "scaling_proportions": name}
        sizes[name] = (await shown("resize-image", context, image_url=wide, **given)).size
    assert sizes == {"fit": (20, 10), "fill": (40, 20), "stretch": (20, 20)}
    padded = await shown(
        "resize-image",
        context,
        image_url=wide,
        width=20,
        height=20,
        mode="pad",
        padding_color="blue",
    )
    assert (padded.getpixel((10, 1)), padded.getpixel((10, 10))) == (BLUE, RED)
    halves = Image.new("RGB", (80, 40), "red")
    halves.paste("blue", (40, 0, 80, 40))
    cut = await shown(
        "resize-image",
        context,
        image_url=context.picture(halves),
        width=10,
        height=10,
        mode="crop",
        cropping_position="top_right",
    )
    assert (cut.size, cut.getpixel((5, 5))) == ((10, 10), BLUE)


async def test_a_grid_has_columns_cells_and_spaces() -> None:
    context = FakeContext()
    pictures = [plain(context, colour) for colour in ("red", "blue", "red")]
    made = await shown(
        "image-grid", context, image_urls=pictures, spacing=4, background_color="transparent"
    )
    assert made.size == (44, 44)
    places = [(10, 10), (30, 10), (10, 30), (30, 30), (22, 10)]
    assert [made.getpixel(place) for place in places] == [RED, BLUE, RED, CLEAR, CLEAR]


async def test_pictures_stand_below_each_other_at_the_side_that_is_asked_for() -> None:
    context = FakeContext()
    pictures = [plain(context, "red"), plain(context, "blue", (10, 5))]
    made = await shown(
        "concat-image",
        context,
        image_urls=pictures,
        direction="vertical",
        alignment="end",
        spacing=3,
    )
    assert made.size == (20, 28)
    assert [made.getpixel(place) for place in [(1, 1), (1, 21), (1, 25), (15, 25)]] == [
        RED,
        WHITE,
        WHITE,
        BLUE,
    ]


async def test_a_text_stands_on_its_ground() -> None:
    context = FakeContext()
    made = await shown(
        "add-text-to-image",
        context,
        image_url=plain(context, "red", (200, 100)),
        text="Hi",
        x_percent=10,
        anchor="left",
        background_color="blue",
        background_padding=4,
    )
    assert made.getpixel((18, 50)) == BLUE
    assert made.getpixel((150, 50)) == RED
    assert WHITE in {colour for _, colour in made.getcolors(100_000) or []}


async def test_a_compressed_picture_says_what_it_has_saved() -> None:
    context = FakeContext()
    noise = context.picture(Image.effect_noise((600, 300), 90))
    small = await call(f"{UTIL}/compress-image", context, image_url=noise, quality=30)
    assert (small["image"]["width"], small["image"]["content_type"]) == (470, "image/jpeg")
    assert small["compressed_size"] == small["image"]["size"] < small["original_size"]
    assert 0 < small["compression_ratio"] < 1
    whole = await call(f"{UTIL}/compress-image", context, image_url=noise, max_width=None)
    assert whole["image"]["width"] == 600


async def test_what_is_clear_gets_the_colour_that_is_asked_for() -> None:
    context = FakeContext()
    clear = plain(context, "#00000000")
    assert (await shown("rgba-to-rgb", context, image_url=clear)).getpixel((1, 1)) == WHITE
    blue = {"r": 0, "g": 0, "b": 255}
    made = await shown("rgba-to-rgb", context, image_url=clear, transparent_color=blue)
    assert made.getpixel((1, 1)) == BLUE


async def test_sides_come_out_divisible() -> None:
    context = FakeContext()
    given = {"image_url": photo(context, (400, 200)), "max_pixels": 20_000}
    made = await shown("resize-to-max-pixels", context, **given, enforce_divisibility=16)
    assert made.size == (192, 96)


@pytest.mark.parametrize("kind", ["png", "jpg", "jpeg", "webp"])
async def test_the_format_is_the_one_that_is_asked_for(kind: str) -> None:
    context = FakeContext()
    given = {"image_url": photo(context), "output_format": kind}
    image = (await call(f"{UTIL}/crop-image", context, **given))["image"]
    assert image["content_type"] == f"image/{'jpeg' if kind == 'jpg' else kind}"
