"""Files in and out: which format a file is in, and that nothing of it is lost."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.fal_contents import BUILDER, VARIANTS, contents
from tests.pure.types import edge
from workflows.errors import InvalidBody
from workflows.graph import formats
from workflows.graph.document import same
from workflows.graph.titles import titles
from workflows.nodes import registry

WRAPPER = {
    "name": "duo",
    "title": "Duo",
    "is_public": True,
    "user_nickname": "ada",
    "created_at": "2026-01-01T00:00:00Z",
    "more": [1],
}
DOCUMENT: dict[str, Any] = {
    "name": "Mine",
    "description": "d",
    "tags": ["t"],
    "viewport": {"x": 0, "y": 0, "zoom": 1},
    "nodes": [{"id": "a", "type": "textBox", "position": {"x": 0, "y": 0}, "data": {}, "k": 1}],
    "edges": [],
    "unknown": {"kept": True},
}


def node(id: str, type: str, x: int, **data: Any) -> dict[str, Any]:
    return {"id": id, "type": type, "position": {"x": x, "y": 0}, "data": data}


def back(file: Any) -> Any:
    """Read a file and write it again in its own format."""
    found = formats.read(file, "file.json")
    return formats.write({**found.document, "name": found.name}, found.format)


@pytest.mark.parametrize("name", [name for name in VARIANTS if not name.startswith("V4")])
@pytest.mark.parametrize("wrapped", [True, False])
def test_a_file_of_fal_comes_back_as_it_was(name: str, wrapped: bool) -> None:
    file = {**WRAPPER, "contents": VARIANTS[name]} if wrapped else VARIANTS[name]
    before = copy.deepcopy(file)
    assert formats.read(file).format == formats.FAL
    assert same(back(file), before)


# Making contents takes most of the time, all the more on a busy machine.
@given(contents(), st.booleans())
def test_whatever_fal_writes_comes_back_as_it_was(value: dict[str, Any], wrapped: bool) -> None:
    file = {**WRAPPER, "contents": value} if wrapped else value
    found = formats.read(file)
    if found.format == formats.FAL and formats.FAL in formats.offered(
        node["type"] for node in found.document["nodes"]
    ):
        assert same(back(file), file)


API: dict[str, Any] = {
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "m.safetensors"}},
    "9": {"class_type": "SaveImage", "inputs": {"images": ["8", 0], "filename_prefix": "a"}},
}


@pytest.mark.parametrize("file", [API, {"prompt": API, "client_id": "x"}])
def test_a_file_of_comfyui_comes_back_as_it_was(file: Any) -> None:
    before = copy.deepcopy(file)
    found = formats.read(file, "fox.json")
    assert (found.format, found.name) == (formats.COMFY, "fox")
    assert same(back(file), before)


def test_a_document_comes_back_without_what_is_the_servers() -> None:
    served = {
        **DOCUMENT,
        "slug": "mine",
        "version": 7,
        "canEdit": True,
        "isTemplate": True,
        "publicPlayground": True,
        "archived": True,
        "lastRun": None,
    }
    assert same(back(served), DOCUMENT)


def test_a_piece_from_the_clipboard_is_a_document_too() -> None:
    piece = {"patchbay": "nodes", "nodes": DOCUMENT["nodes"], "edges": []}
    found = formats.read(piece, "Pasted")
    assert (found.format, found.name) == (formats.PATCHBAY, "Pasted")
    assert found.document == {"nodes": DOCUMENT["nodes"], "edges": []}


@pytest.mark.parametrize(
    ("file", "filename", "name"),
    [
        ({**WRAPPER, "contents": BUILDER}, "x.json", "Duo"),
        (BUILDER, "x.json", "duo"),
        ({"nodes": BUILDER["nodes"]}, "C:\\files\\my flow.workflow.json", "my flow"),
        ({"nodes": BUILDER["nodes"]}, "", "Imported workflow"),
        ({**DOCUMENT, "name": "  "}, "dir/a.json", "a"),
        ({**DOCUMENT, "name": "n" * 300}, "a.json", "n" * 200),
    ],
)
def test_the_name_is_the_files_own_or_that_of_the_file(file: Any, filename: str, name: str) -> None:
    assert formats.read(file, filename).name == name


def test_a_new_name_and_description_are_written() -> None:
    for file in ({**WRAPPER, "contents": BUILDER}, BUILDER):
        found = formats.read(file)
        assert found.document["description"] == "Two side by side"
        changed = {**found.document, "name": "Three!", "description": ""}
        again = formats.read(formats.write(changed, formats.FAL))
        assert again.name == ("Three!" if "title" in file else "three")
        assert "description" not in again.document


def test_what_was_made_here_is_written_with_a_name_fal_takes() -> None:
    app = {"id": "a", "type": "falApp", "position": {"x": 0, "y": 0}, "data": {"app": "x/y"}}
    file = formats.write({"name": "Zoë's one", "nodes": [app], "edges": []}, formats.FAL)
    assert (file["name"], file["title"], file["is_public"]) == ("zoe-s-one", "Zoë's one", False)
    assert list(file["contents"]["nodes"]) == ["a"]


@pytest.mark.parametrize(
    ("types", "expected"),
    [
        ([], ["patchbay"]),
        (["requestInput"], ["patchbay"]),
        (["requestInput", "falApp", "falOutput"], ["patchbay", "fal"]),
        (["falApp", "textBox"], ["patchbay"]),
        (["comfyWorkflow", "requestInput"], ["patchbay", "comfy"]),
    ],
)
def test_only_formats_that_can_hold_the_workflow_are_offered(
    types: list[str], expected: list[str]
) -> None:
    assert formats.offered(types) == expected


def test_a_format_that_does_not_suit_is_refused_with_those_that_do() -> None:
    with pytest.raises(InvalidBody) as caught:
        formats.write(DOCUMENT, formats.FAL)
    assert caught.value.context["expected"] == "one of patchbay"


@pytest.mark.parametrize("value", [None, 3, [], {}, {"a": 1}, {"nodes": 3}, {"nodes": [1]}])
def test_anything_else_is_refused_saying_what_was_expected(value: Any) -> None:
    with pytest.raises(InvalidBody) as caught:
        formats.read(value, "x.json")
    assert caught.value.context["expected"]


def test_a_node_copied_on_the_canvas_is_written_under_its_own_id() -> None:
    found = formats.read(BUILDER)
    nodes = copy.deepcopy(found.document["nodes"])
    copied = {**copy.deepcopy(nodes[1]), "id": "copy"}
    document = {**found.document, "nodes": [*nodes, copied]}
    written = formats.write(document, formats.FAL)["nodes"]
    assert written["copy"]["id"] == "copy"
    formats.read({"nodes": written})


def test_what_fal_cannot_hold_of_modes_is_said_and_left_out() -> None:
    types = registry.node_types()
    request = {"fields": [{"name": "prompt", "type": "text"}]}
    document: Any = {
        "nodes": [
            node("in", "requestInput", 0, **request),
            {**node("one", "falApp", 1, app="fal-ai/one"), "mode": "mute"},
            {**node("two", "falApp", 2, app="fal-ai/two"), "pinned": {"outputs": {"result": 1}}},
        ],
        "edges": [edge("in.prompt", "two.$input.prompt"), edge("one.result", "two.after")],
    }
    found, said = formats.without_modes(document, formats.FAL, types)
    first, second = (titles(document["nodes"], types)[id] for id in ("one", "two"))
    assert said == [
        f"{first} is muted, which fal cannot hold: it is left out.",
        f"{second} is pinned, which fal cannot hold: it runs there.",
    ]
    assert [item["id"] for item in found["nodes"]] == ["in", "two"]
    assert all("pinned" not in item and "mode" not in item for item in found["nodes"])
    assert [edge["source"] for edge in found["edges"]] == ["in"]
    assert formats.without_modes(document, formats.PATCHBAY, types) == (document, [])
