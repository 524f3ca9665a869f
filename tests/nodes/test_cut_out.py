"""Cut out, tried on the sample photos and on images whose subject is known exactly."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw

from workflows.samples import templates

from .context import FakeContext, failure, run

GOLDEN = Path(__file__).parent / "golden"


def _sample(context: FakeContext, name: str) -> dict:
    return context.sample(name)


def _disc(size: int = 200, ground: str = "#3060c0", hole: bool = False) -> Image.Image:
    picture = Image.new("RGB", (size, size), ground)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((50, 50, 150, 150), fill="#e0c040")
    if hole:
        pen.ellipse((85, 85, 115, 115), fill=ground)
    return picture


def _parts(mask: np.ndarray) -> int:
    return cv2.connectedComponents((mask > 127).astype(np.uint8))[0] - 1


async def test_the_espresso_comes_out_as_one_whole_piece_with_a_soft_edge() -> None:
    context = FakeContext()
    answer = await run(context, "cutOut", image=_sample(context, "espresso.png"))
    mask = np.asarray(context.open(answer["mask"]))
    assert mask.shape == (400, 600)
    assert _parts(mask) == 1
    assert _parts(255 - cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT)) == 1, "no holes"
    assert 0.42 < (mask > 127).mean() < 0.52
    soft = ((mask > 0) & (mask < 255)).sum()
    outline = cv2.findContours((mask > 127).astype(np.uint8), 0, 1)[0][0]
    assert 0.5 < soft / len(outline) < 6, "about as many soft pixels as the outline is long"
    assert mask[200, 300] == 255, "the cup"
    assert mask[320, 160] == 255, "the saucer"
    assert mask[20, 20] == mask[380, 560] == mask[200, 550] == 0, "the table"


async def test_the_espresso_matches_the_mask_that_was_checked_by_eye() -> None:
    context = FakeContext()
    answer = await run(context, "cutOut", image=_sample(context, "espresso.png"))
    found = np.asarray(context.open(answer["mask"]).resize((300, 200))) > 127
    wanted = np.asarray(Image.open(GOLDEN / "espresso-mask.png").convert("L")) > 127
    assert (found & wanted).sum() / (found | wanted).sum() > 0.95


async def test_the_cat_keeps_its_eyes_and_nose_and_loses_the_room_behind_it() -> None:
    context = FakeContext()
    answer = await run(context, "cutOut", image=_sample(context, "cat.png"))
    mask = np.asarray(context.open(answer["mask"]))
    assert mask[115, 170] == mask[135, 315] == mask[245, 260] == 255
    assert mask[40, 430] == mask[200, 440] == 0


async def test_the_rocket_is_cut_out_of_the_sky() -> None:
    context = FakeContext()
    answer = await run(context, "cutOut", image=_sample(context, "rocket.jpg"))
    mask = np.asarray(context.open(answer["mask"]))
    assert mask[250, 322] == 255
    assert mask[60, 320] == mask[200, 60] == mask[250, 500] == 0


async def test_a_plain_disc_is_found_to_the_pixel() -> None:
    context = FakeContext()
    answer = await run(context, "cutOut", image=context.picture(_disc()))
    found = np.asarray(context.open(answer["mask"])) > 127
    wanted = np.asarray(_disc())[:, :, 0] > 100
    assert (found ^ wanted).sum() < 0.03 * wanted.sum()


@pytest.mark.parametrize(("fill", "parts"), [(True, 255), (False, 0)])
async def test_holes_are_filled_only_if_wanted(fill: bool, parts: int) -> None:
    context = FakeContext()
    picture = context.picture(_disc(hole=True))
    answer = await run(context, "cutOut", image=picture, method="colour", fillHoles=fill)
    assert context.open(answer["mask"]).getpixel((100, 100)) == parts


@pytest.mark.parametrize(("keep", "parts"), [("largest", 1), ("all", 2)])
async def test_either_the_largest_piece_or_all_stay(keep: str, parts: int) -> None:
    context = FakeContext()
    picture = _disc()
    ImageDraw.Draw(picture).rectangle((5, 5, 35, 35), fill="#e04040")
    answer = await run(
        context, "cutOut", image=context.picture(picture), method="colour", keep=keep
    )
    assert _parts(np.asarray(context.open(answer["mask"]))) == parts


async def test_a_named_colour_is_removed_wherever_it_is() -> None:
    context = FakeContext()
    picture = context.picture(_disc(ground="#00ff00"))
    answer = await run(context, "cutOut", image=picture, method="colour", color="#00ff00")
    result = context.open(answer["image"])
    assert result.mode == "RGBA"
    assert result.getpixel((5, 5))[3] == 0
    assert result.getpixel((100, 100)) == (224, 192, 64, 255)


async def test_no_background_colour_is_left_in_the_soft_edge() -> None:
    context = FakeContext()
    answer = await run(context, "cutOut", image=context.picture(_disc()), softness=4)
    pixels = np.asarray(context.open(answer["image"])).astype(int)
    edge = (pixels[:, :, 3] > 10) & (pixels[:, :, 3] < 245)
    assert edge.any()
    assert (pixels[edge][:, 2] < 120).mean() > 0.95, "the blue ground would be 192"


async def test_softness_widens_the_edge_and_zero_makes_it_hard() -> None:
    context = FakeContext()
    picture = context.picture(_disc())
    soft = []
    for softness in (0, 1, 10):
        answer = await run(context, "cutOut", image=picture, softness=softness)
        mask = np.asarray(context.open(answer["mask"]))
        soft.append(int(((mask > 0) & (mask < 255)).sum()))
    assert soft[0] == 0 < soft[1] < soft[2]


async def test_growing_and_shrinking_move_the_edge() -> None:
    context = FakeContext()
    picture = context.picture(_disc())
    areas = []
    for grow in (-6, 0, 6):
        answer = await run(context, "cutOut", image=picture, grow=grow)
        areas.append(float(np.asarray(context.open(answer["mask"])).mean()))
    assert areas[0] < areas[1] < areas[2]


async def test_a_large_picture_is_cut_at_its_full_size() -> None:
    context = FakeContext()
    picture = Image.open(templates.sample("espresso.png")).convert("RGB").resize((2400, 1600))
    answer = await run(context, "cutOut", image=context.picture(picture))
    mask = np.asarray(context.open(answer["mask"]))
    assert mask.shape == (1600, 2400)
    assert _parts(mask) == 1


async def test_progress_is_told_in_words() -> None:
    context = FakeContext()
    await run(context, "cutOut", image=context.picture(_disc()))
    assert [text for _, text in context.reports] == [
        "Looking for the subject",
        "Drawing its outline",
        "Softening the edge",
    ]


async def test_a_picture_of_one_colour_has_no_subject() -> None:
    context = FakeContext()
    error = await failure(
        context, "cutOut", image=context.picture(Image.new("RGB", (80, 60), "#808080"))
    )
    assert error.context["field"] == "image"
    assert "clear subject" in error.context["expected"]


async def test_a_colour_key_that_takes_everything_says_so() -> None:
    context = FakeContext()
    picture = context.picture(Image.new("RGB", (80, 60), "#808080"))
    error = await failure(context, "cutOut", image=picture, method="colour")
    assert error.context["field"] == "tolerance"


@pytest.mark.parametrize("size", [(1, 1), (2, 300), (300, 2), (3, 3)])
async def test_tiny_and_thin_pictures_give_an_answer_or_a_clear_error(size: tuple) -> None:
    context = FakeContext()
    picture = Image.effect_noise(size, 80).convert("RGB")
    try:
        answer = await run(context, "cutOut", image=context.picture(picture))
    except Exception as error:
        assert type(error).__name__ == "NodeError"
    else:
        assert context.open(answer["mask"]).size == size
