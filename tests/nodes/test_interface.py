"""Request input, response output, upload, preview and note."""

from __future__ import annotations

from typing import Any

import pytest
from PIL import Image

from workflows.nodes import registry

from .context import FakeContext, failure, run

FIELDS = [
    {"name": "title", "type": "text", "default": "Untitled"},
    {"name": "count", "type": "slider", "min": 1, "max": 9, "default": 3},
    {"name": "loud", "type": "toggle", "default": False},
    {"name": "picture", "type": "image"},
]


def _context(inputs: dict | None = None, **data: Any) -> FakeContext:
    return FakeContext({"fields": FIELDS, **data}, inputs)


async def test_each_field_is_an_output_and_params_holds_all_but_media() -> None:
    context = _context()
    picture = context.picture(Image.new("RGB", (4, 4)))
    context.inputs = {"title": "Hello", "picture": picture}
    answer = await run(context, "requestInput")
    assert answer["title"] == "Hello"
    assert answer["picture"] == picture
    assert answer["params"] == {"title": "Hello", "count": 3, "loud": False}


async def test_what_the_run_was_given_beats_what_is_saved_beats_the_default() -> None:
    saved = {"title": "Saved", "count": 5}
    answer = await run(_context({"title": "Given"}, values=saved), "requestInput")
    assert (answer["title"], answer["count"], answer["loud"]) == ("Given", 5, False)


async def test_inputs_of_other_nodes_are_none_of_its_business() -> None:
    answer = await run(_context({"other": 1}), "requestInput")
    assert "other" not in answer


@pytest.mark.parametrize(
    ("inputs", "field"), [({"count": 10}, "count"), ({"count": "many"}, "count")]
)
async def test_a_value_that_does_not_fit_its_field_is_refused(inputs: dict, field: str) -> None:
    error = await failure(_context(inputs), "requestInput")
    assert error.context["field"] == field
    assert error.context["expected"]


async def test_a_required_field_without_a_value_is_refused() -> None:
    context = FakeContext({"fields": [{"name": "title", "type": "text", "required": True}]})
    assert (await failure(context, "requestInput")).context["field"] == "title"


async def test_outputs_and_previews_pass_on_what_came_in_order() -> None:
    assert await run(FakeContext(), "responseOutput", result=["a", 1]) == {"result": ["a", 1]}
    assert await run(FakeContext(), "preview", value=["a", 1]) == {"value": ["a", 1]}


async def test_an_upload_answers_its_picture() -> None:
    context = FakeContext()
    picture = context.picture(Image.new("RGB", (4, 4)))
    assert await run(context, "upload", asset=picture) == {"image": picture}


async def test_an_upload_without_a_picture_says_so() -> None:
    assert (await failure(FakeContext(), "upload")).context["field"] == "asset"


def test_frames_and_notes_never_run_and_sinks_are_what_a_run_is_for() -> None:
    types = registry.node_types()
    assert [name for name, type in types.items() if not type.runs] == ["frame", "note"]
    assert {"responseOutput", "preview"} <= {name for name, type in types.items() if type.sink}
