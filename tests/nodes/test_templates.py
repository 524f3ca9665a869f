"""The templates: they run, look like their covers, and are laid out for users."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from workflows.graph.planner import compile
from workflows.graph.result import result_of
from workflows.models import Workflow
from workflows.nodes import registry
from workflows.samples import covers, rehearsal, templates
from workflows.services.library import facts
from workflows.services.library.templates import templates_install

from .context import FakeContext

SLUGS = tuple(templates.slugs())
#: Files of other formats, which have no place for notes.
FILES = ("sticker-in-three-steps",)
DRAWN = tuple(slug for slug in SLUGS if slug not in FILES)
#: What models would make is given while their covers are made.
ASKING = tuple(slug for slug in SLUGS if templates.stand_ins(slug))


def _filled(slug: str, context: FakeContext) -> dict:
    return templates.with_samples({**templates.document(slug), "cover": None}, context.sample)


def test_the_templates_are_there() -> None:
    assert len(SLUGS) >= 24
    assert len(SLUGS) - len(ASKING) >= 14
    assert {path.stem for path in templates.COVERS.glob("*.webp")} == set(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_template_has_stand_ins_for_its_models_and_for_nothing_else(slug: str) -> None:
    document = templates.document(slug)
    kinds, needs = facts.follow(document["nodes"], document["edges"])
    assert kinds
    types = {node["id"]: node["type"] for node in document["nodes"]}
    given = set(templates.stand_ins(slug))
    asking = {id for id, type in types.items() if facts.follow([_node(document, id)], [])[1]}
    assert asking <= given <= set(types)
    assert bool(needs) == bool(given)


@pytest.mark.parametrize("slug", DRAWN)
def test_a_template_is_an_api_and_a_playground_too(slug: str) -> None:
    document = templates.document(slug)
    types = [node["type"] for node in document["nodes"]]
    assert (types.count("requestInput"), types.count("responseOutput")) == (1, 1)
    context = FakeContext()
    plan = compile(_filled(slug, context), {}, registry.node_types())
    left_out = set(types) - {node.type for node in plan.nodes.values()}
    assert left_out == {"note"}, "every node is connected"


def _node(document: dict, id: str) -> dict:
    return next(node for node in document["nodes"] if node["id"] == id)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_template_introduces_itself(slug: str) -> None:
    document = templates.document(slug)
    assert document["name"]
    assert document["description"].endswith(".")
    assert document["tags"]
    assert document["cover"] == {"image": {"sample": f"{slug}.webp"}}
    notes = sum(node["type"] == "note" for node in document["nodes"])
    assert notes >= 2 or slug in FILES


@pytest.mark.parametrize("slug", SLUGS)
def test_every_sample_a_template_names_is_shipped(slug: str) -> None:
    named = []
    templates.with_samples(templates.document(slug), lambda name: named.append(name))
    assert named
    for name in named:
        assert templates.sample(name).is_file()


@pytest.mark.parametrize("slug", DRAWN)
def test_no_node_lies_on_another_and_edges_run_to_the_right(slug: str) -> None:
    document = templates.document(slug)
    boxes = {
        node["id"]: (
            node["position"]["x"],
            node["position"]["y"],
            node["position"]["x"] + node["width"],
            node["position"]["y"] + node["height"],
        )
        for node in document["nodes"]
    }
    for (one, a), (other, b) in itertools.combinations(boxes.items(), 2):
        apart = a[2] + 24 <= b[0] or b[2] + 24 <= a[0] or a[3] + 24 <= b[1] or b[3] + 24 <= a[1]
        assert apart, f"{one} and {other} are too close"
    for edge in document["edges"]:
        assert boxes[edge["source"]][2] < boxes[edge["target"]][0], edge["id"]


@pytest.mark.parametrize("slug", SLUGS)
async def test_a_template_still_makes_its_cover(slug: str) -> None:
    body = templates.cover(slug).read_bytes()
    assert len(body) <= covers.COVER_BYTES
    cover = Image.open(io.BytesIO(body)).convert("RGBA")
    assert cover.width == covers.COVER_WIDTH
    made = (await covers.render_cover(slug)).convert("RGBA")
    assert made.size == cover.size
    small = (cover.width // 4, cover.height // 4)
    ground = Image.new("RGBA", cover.size, "#7f7f7f")
    views = [
        np.asarray(Image.alpha_composite(ground, picture).resize(small)).astype(float)
        for picture in (cover, made)
    ]
    assert np.abs(views[0] - views[1]).mean() < 3, "run manage.py render_covers after a change"


async def test_the_sticker_answers_one_cut_out_picture() -> None:
    context = FakeContext()
    plan, outputs = await rehearsal.rehearse(context, _filled("sticker", context))
    result = result_of(plan, outputs)
    assert list(result) == ["images"]
    picture = context.open(result["images"][0])
    assert picture.mode == "RGBA"
    assert picture.getpixel((2, 2))[3] == 0


async def test_the_sticker_takes_another_picture_and_border() -> None:
    context = FakeContext()
    inputs = {"picture": context.sample("cat.png"), "border": "#00ff00", "width": 30}
    plan, outputs = await rehearsal.rehearse(context, _filled("sticker", context), inputs)
    picture = context.open(result_of(plan, outputs)["images"][0])
    assert (0, 255, 0, 255) in {colour for _, colour in picture.getcolors(1_000_000)}


async def test_the_posters_words_and_colours_change_it() -> None:
    context = FakeContext()
    document = _filled("poster", context)
    made = []
    for inputs in ({}, {"title": "Morning"}, {"sky": "#003322"}):
        plan, outputs = await rehearsal.rehearse(context, document, inputs)
        made.append(result_of(plan, outputs)["images"][0]["sha256"])
    assert len(set(made)) == 3


async def test_the_social_kit_answers_five_formats_and_an_overview() -> None:
    context = FakeContext()
    plan, outputs = await rehearsal.rehearse(context, _filled("social-kit", context))
    result = json.loads(json.dumps(result_of(plan, outputs)))
    sizes = {
        name: (value[0] if isinstance(value, list) else value) for name, value in result.items()
    }
    assert {name: (ref["width"], ref["height"]) for name, ref in sizes.items()} == {
        "square": (1080, 1080),
        "portrait": (1080, 1350),
        "story": (1080, 1920),
        "wide": (1600, 900),
        "banner": (1500, 500),
        "overview": (sizes["overview"]["width"], sizes["overview"]["height"]),
    }


async def test_the_slideshow_lasts_as_long_as_its_pictures_and_has_a_gif() -> None:
    context = FakeContext()
    plan, outputs = await rehearsal.rehearse(
        context, _filled("slideshow", context), {"seconds": 1, "title": "Hello"}
    )
    result = result_of(plan, outputs)
    film, gif = result["videos"][0], result["images"][0]
    assert (film["content_type"], gif["content_type"]) == ("video/mp4", "image/gif")
    assert film["duration"] == pytest.approx(3, abs=0.1)
    assert (film["width"], film["height"]) == (660, 440)


async def test_a_long_recording_makes_a_clip_as_long() -> None:
    context = FakeContext()
    inputs = {"audio": context.sample("melody.m4a"), "show": "Tunes"}
    plan, outputs = await rehearsal.rehearse(context, _filled("podcast-clip", context), inputs)
    clip = result_of(plan, outputs)["videos"][0]
    assert clip["duration"] == pytest.approx(inputs["audio"]["duration"], abs=0.3)
    assert (clip["width"], clip["height"]) == (720, 720)


async def test_one_quote_more_is_one_card_more() -> None:
    context = FakeContext()
    document = _filled("quote-cards", context)
    _node(document, "quotes")["data"]["items"].append("One more thing.")
    plan, outputs = await rehearsal.rehearse(context, document)
    cards = result_of(plan, outputs)["cards"]
    assert [(card["width"], card["height"]) for card in cards] == [(1080, 1350)] * 4


async def test_the_ad_set_is_made_in_five_ratios() -> None:
    context = FakeContext()
    plan, outputs = await rehearsal.rehearse(context, _filled("ad-set-in-five-ratios", context))
    ads = result_of(plan, outputs)["ads"]
    sizes = [(1080, 1080), (1080, 1350), (1080, 1920), (1600, 900), (1200, 628)]
    assert [(ad["width"], ad["height"]) for ad in ads] == sizes


async def test_text_is_read_from_a_photo_without_any_weights() -> None:
    context = FakeContext()
    plan, outputs = await rehearsal.rehearse(context, _filled("text-from-a-photo", context))
    text = result_of(plan, outputs)["text"]
    assert "Harbour" in text
    assert "Cinnamon roll" in text


def test_the_templates_are_installed_with_stored_samples_and_covers(
    db: Any, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    assert templates_install() == len(SLUGS)
    assert templates_install() == 0
    for workflow in Workflow.objects.filter(is_template=True):
        assert workflow.cover["image"].startswith("/media/")
