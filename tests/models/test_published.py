"""What a model's published schema asks for is filled in, in its own words."""

from __future__ import annotations

import pytest

from workflows.errors import NodeError
from workflows.nodes.models import published
from workflows.nodes.models.requests import Media, NewImages, NewVideo
from workflows.types import JsonObject

PICTURE = Media(b"image", "image/png")
URL = PICTURE.data_url


def fields(required: tuple[str, ...] = (), **properties: JsonObject) -> list[published.Field]:
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
    assert published.images(fields(**properties), asked) == filled


def test_a_model_that_takes_no_image_is_not_sent_one() -> None:
    with pytest.raises(NodeError) as refused:
        published.images(fields(prompt=TEXT), NewImages("p", images=(PICTURE,)))
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
    assert published.images(fields(**properties), NewImages("p", ratio="16:9")) == filled


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
    assert published.video(fields(duration=schema), asked) == {"duration": filled}


def test_first_and_last_frames_have_places_of_their_own() -> None:
    asked = NewVideo("p", first=PICTURE, last=Media(b"last", "image/png"))
    filled = published.video(fields(image_url=TEXT, end_image_url=TEXT), asked)
    assert set(filled) == {"image_url", "end_image_url"}
    assert filled["image_url"] == URL


def test_a_model_that_wants_more_than_a_node_has_says_what() -> None:
    known = fields(("prompt", "lora", "steps"), prompt=TEXT, lora=TEXT, steps={"default": 4})
    with pytest.raises(NodeError, match="lora") as refused:
        published.images(known, NewImages("p"))
    assert "fal app" in refused.value.context["expected"]


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
    assert len(published.results(output, kind)) == urls
