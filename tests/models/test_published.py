"""What a model's published schema asks for is filled in, in its own words."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.errors import NodeError
from workflows.nodes.models import filling, outputs, published
from workflows.nodes.models.requests import Media, NewImages, NewOfAny, NewVideo
from workflows.types import JsonObject

PICTURE = Media(b"image", "image/png")
URL = PICTURE.data_url


def fields(required: Any = (), **properties: JsonObject) -> list[published.Field]:
    schema: JsonObject = {"properties": properties, "required": list(required)}
    return published.fields_of(schema, {})


TEXT: JsonObject = {"type": "string"}


@pytest.mark.parametrize(
    ("properties", "filled"),
    [
        ({"image_url": TEXT}, {"image_url": URL}),
        ({"image_urls": {"type": "array"}}, {"image_urls": [URL]}),
        ({"input_image": TEXT}, {"input_image": URL}),
        ({"reference_image_urls": {"type": "array"}}, {"reference_image_urls": [URL]}),
    ],
)
def test_an_image_goes_where_the_model_takes_one(
    properties: dict[str, JsonObject], filled: JsonObject
) -> None:
    asked = NewImages("p", images=(PICTURE,))
    assert filling.fill(fields(**properties), asked) == filled


def test_a_model_that_takes_no_image_is_not_sent_one() -> None:
    with pytest.raises(NodeError) as refused:
        filling.fill(fields(prompt=TEXT), NewImages("p", images=(PICTURE,)))
    assert refused.value.context["field"] == "image"


@pytest.mark.parametrize(
    ("properties", "filled"),
    [
        ({"aspect_ratio": {"enum": ["1:1", "16:9"]}}, {"aspect_ratio": "16:9"}),
        ({"aspect_ratio": {"enum": ["1:1"]}}, {}),
        (
            {"image_size": {"anyOf": [{"type": "object"}, {"enum": ["square"]}]}},
            {"image_size": {"width": 1024, "height": 576}},
        ),
        ({"width": {}, "height": {}}, {"width": 1024, "height": 576}),
        ({"prompt": TEXT}, {"prompt": "p"}),
    ],
)
def test_a_ratio_is_said_as_the_model_says_it(
    properties: dict[str, JsonObject], filled: JsonObject
) -> None:
    assert filling.fill(fields(**properties), NewImages("p", ratio="16:9")) == filled


@pytest.mark.parametrize(
    ("schema", "filled"),
    [
        ({"enum": ["5", "10"]}, "5"),
        ({"enum": ["4s", "6s", "8s"]}, "6s"),
        ({"enum": [4, 8]}, 4),
        ({"type": "string"}, "6"),
        ({"type": "integer"}, 6),
    ],
)
def test_a_duration_is_the_nearest_that_the_model_knows(schema: JsonObject, filled: object) -> None:
    asked = NewVideo("p", seconds=6)
    assert filling.fill(fields(duration=schema), asked) == {"duration": filled}


def test_first_and_last_frames_have_places_of_their_own() -> None:
    asked = NewVideo("p", first=PICTURE, last=Media(b"last", "image/png"))
    filled = filling.fill(fields(image_url=TEXT, end_image_url=TEXT), asked)
    assert set(filled) == {"image_url", "end_image_url"}
    assert filled["image_url"] == URL


def test_a_model_that_wants_more_than_a_node_has_says_what() -> None:
    known = fields(("prompt", "lora", "steps"), prompt=TEXT, lora=TEXT, steps={"default": 4})
    with pytest.raises(NodeError, match="lora") as refused:
        filling.fill(known, NewImages("p"))
    assert "choose the model again" in refused.value.context["expected"]


def test_a_schema_that_refers_to_itself_comes_to_an_end() -> None:
    loop: JsonObject = {"schemas": {"a": {"$ref": "#/schemas/a"}}}
    schema: JsonObject = {"properties": {"x": {"$ref": "#/schemas/a"}}}
    assert [field.name for field in published.fields_of(schema, loop)] == ["x"]


@pytest.mark.parametrize(
    ("output", "kind", "urls"),
    [
        ({"images": [{"url": "https://a/1.png"}, {"url": "https://a/2.png"}]}, "image", 2),
        ({"video": {"url": "https://a/v.mp4"}, "seed": 1}, "video", 1),
        (["https://a/1.png"], "image", 1),
        ("https://a/1.png", "image", 1),
        ({"text": "https://a/1.png"}, "image", 0),
        (None, "image", 0),
        ("a sentence", "image", 0),
    ],
)
def test_results_are_found_in_what_a_model_returns(output: object, kind: str, urls: int) -> None:
    assert len(outputs.results(output, kind)) == urls


@pytest.mark.parametrize(
    ("schema", "row"),
    [
        ({"type": "integer", "minimum": 1, "maximum": 50}, {"type": "slider", "step": 1}),
        ({"type": "number", "minimum": 0, "maximum": 1}, {"type": "slider", "step": 0.01}),
        ({"type": "number", "default": 3.5}, {"type": "number", "default": 3.5}),
        ({"type": "boolean", "default": True}, {"type": "toggle", "default": True}),
        ({"enum": ["low", "high"], "default": "low"}, {"type": "select", "default": "low"}),
        ({"enum": [5, 10], "default": 5}, {"options": ["5", "10"], "default": "5"}),
        ({"type": "array", "items": {"type": "object"}}, {"type": "json"}),
        ({"type": "string", "format": "uri"}, {"type": "file"}),
        ({"type": "string", "title": "Scheduler"}, {"type": "text", "label": "Scheduler"}),
    ],
)
def test_a_field_is_shown_as_what_its_schema_says(schema: JsonObject, row: JsonObject) -> None:
    (found,) = filling.rows(fields(x=schema), "any")
    assert found.items() >= {"name": "x", **row}.items()


@pytest.mark.parametrize(
    ("name", "schema", "kind", "many"),
    [
        ("image_url", TEXT, "image", False),
        ("image_urls", {"type": "array", "items": TEXT}, "image", True),
        ("mask_url", TEXT, "image", False),
        ("driving_video_url", TEXT, "video", False),
        ("voice_sample", {"type": "string", "format": "uri"}, "audio", False),
        ("mesh_url", TEXT, "file", False),
        ("loras", {"type": "array", "items": {"type": "object"}}, "json", False),
    ],
)
def test_files_are_told_by_their_names(
    name: str, schema: JsonObject, kind: str, many: bool
) -> None:
    (found,) = filling.rows(fields(**{name: schema}), "any")
    assert (found["type"], found.get("many", False)) == (kind, many)


def test_what_a_tasks_node_has_is_not_shown_twice_and_required_fields_come_first() -> None:
    known = fields(
        ("style",),
        prompt=TEXT,
        aspect_ratio={"enum": ["1:1"]},
        seed={"type": "integer"},
        num_images={"type": "integer"},
        image_url=TEXT,
        steps={"type": "integer"},
        style=TEXT,
    )
    assert [row["name"] for row in filling.rows(known, "edit")] == ["style", "steps"]
    assert len(filling.rows(known, "any")) == 7


def test_an_image_is_a_field_of_its_own_where_the_node_has_no_input_for_it() -> None:
    known = fields(image_url=TEXT, mask_url=TEXT, prompt=TEXT)
    assert [row["name"] for row in filling.rows(known, "image")] == ["image_url", "mask_url"]


def test_the_card_shows_required_fields_files_and_the_first_few_of_the_others() -> None:
    more = {f"x{number}": {"type": "integer", "x-order": 9 - number} for number in range(5)}
    known = fields(("must",), must=TEXT, photo_url={**TEXT, "x-order": 20}, **more)
    found = filling.rows(known, "any")
    assert [row["name"] for row in found if not row.get("advanced")] == [
        *("must", "x4", "x3", "x2", "photo_url")
    ]


def test_own_fields_are_filled_in_in_the_models_types_and_those_of_another_model_are_not() -> None:
    known = fields(
        steps={"type": "integer"},
        speed={"enum": [5, 10]},
        loras={"type": "array"},
        image_urls={"type": "array"},
    )
    given = {
        "steps": 20.0,
        "speed": "10",
        "loras": '[{"path": "a"}]',
        "image_urls": [PICTURE, PICTURE],
        "guidance": 3,
    }
    assert filling.fill(known, NewOfAny(given)) == {
        "steps": 20,
        "speed": 10,
        "loras": [{"path": "a"}],
        "image_urls": [URL, URL],
    }


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "integer", "maximum": 50}, 51),
        ({"type": "number", "minimum": 0}, -1),
        ({"enum": ["a"]}, "b"),
        ({"type": "object"}, "no JSON"),
    ],
)
def test_a_value_that_the_model_does_not_take_is_refused_by_name(
    schema: JsonObject, value: object
) -> None:
    with pytest.raises(NodeError) as refused:
        filling.fill(fields(x=schema), NewOfAny({"x": value}))
    assert refused.value.context["field"] == "x"


def test_the_whole_output_of_a_model_keeps_its_shape_with_files_in_their_places() -> None:
    output: JsonObject = {
        "image": {"url": "https://a/1.png", "width": 4},
        "masks": ["https://a/2.png", "https://a/1.png"],
        "text": "see https://a.example",
        "link": "https://a.example/page",
        "seed": 7,
    }
    whole, urls = outputs.gathered(output)
    assert urls == ["https://a/1.png", "https://a/2.png"]
    assert outputs.with_files(whole, ["one", "two"]) == {
        "image": "one",
        "masks": ["two", "one"],
        "text": "see https://a.example",
        "link": "https://a.example/page",
        "seed": 7,
    }
