"""ComfyUI files as documents: what is recognised, offered and written back."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings

from tests.pure import comfy_ui
from tests.pure.comfy_files import API, CATALOGUE, node
from workflows.errors import InvalidBody
from workflows.graph.comfy_format import (
    detect,
    from_document,
    ports,
    read,
    suggest,
    to_document,
    to_prompt,
)
from workflows.graph.document import check, same
from workflows.graph.randomize import RandomNumbers
from workflows.graph.schema import fields_of, resolve


def _fields(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["nodes"][0]["data"]["fields"]
    return found


@pytest.mark.parametrize(
    ("value", "format"),
    [
        (API, "api"),
        ({"prompt": API, "client_id": "x"}, "api"),
        ({"nodes": [], "links": [], "version": 0.4}, "ui"),
        ({"nodes": [{"id": 1, "type": "Note"}], "last_node_id": 1}, "ui"),
        ({"nodes": [], "state": {}, "version": 1}, "ui"),
        ({"workflow": {"nodes": [], "links": []}, "prompt": API}, "ui"),
        ({"nodes": [], "edges": []}, None),
        ({"nodes": {"a": {"type": "run"}}, "output": {}}, None),
        ({"name": "x", "nodes": [], "edges": [], "links": []}, None),
        ({}, None),
        ([], None),
        (None, None),
        ("x", None),
        ({"a": {"class_type": 3}}, None),
    ],
)
def test_the_format_is_told_by_its_shape(value: Any, format: str | None) -> None:
    assert detect(value) == format


def test_anything_else_is_refused_in_words() -> None:
    with pytest.raises(InvalidBody, match="class_type"):
        read({"nodes": [], "edges": []})


def test_an_api_file_offers_its_prompts_sizes_and_seed() -> None:
    inputs, outputs = suggest(API, CATALOGUE)
    assert [(row["name"], row["type"], row["target"]) for row in inputs] == [
        ("Positive", "textarea", {"node": "6", "input": "text"}),
        ("Negative", "textarea", {"node": "7", "input": "text"}),
        ("Width", "number", {"node": "5", "input": "width"}),
        ("Height", "number", {"node": "5", "input": "height"}),
        ("Seed", "number", {"node": "3", "input": "seed"}),
    ]
    assert inputs[2] | {"min": 16, "max": 16384, "step": 8, "default": 512} == inputs[2]
    assert "max" not in inputs[4]
    assert outputs == [
        {"name": "Save_Image", "label": "Save Image", "type": "list<image>", "node": "9"}
    ]


def test_placeholders_are_all_a_file_offers_when_it_has_any() -> None:
    prompt = copy.deepcopy(API)
    prompt["6"]["inputs"]["text"] = "$text(prompt, a fox)"
    prompt["3"]["inputs"] |= {
        "steps": "$text(steps)",
        "seed": "$random()",
        "sampler_name": "$choice(sampler, euler, dpmpp_2m)",
    }
    prompt["10"] = node("LoadImage", image="$file(graph)")
    inputs, _ = suggest(prompt, CATALOGUE)
    kept = ("name", "type", "default", "options", "required")
    assert [{key: row[key] for key in kept if key in row} for row in inputs] == [
        {"name": "steps", "type": "number", "required": True},
        {"name": "sampler", "type": "pills", "default": "euler", "options": ["euler", "dpmpp_2m"]},
        {"name": "prompt", "type": "textarea", "default": "a fox"},
        {"name": "graph_2", "type": "image", "required": True},
    ]
    made = to_prompt(prompt, {"steps": 8.0, "graph_2": "cc/1/x.png"}, CATALOGUE, now=1).prompt
    assert made["3"]["inputs"]["steps"] == 8
    assert made["10"]["inputs"]["image"] == "cc/1/x.png"


def test_a_document_is_made_that_can_be_checked_and_run() -> None:
    found = to_document(API, CATALOGUE)
    check(found.document)
    assert [one["type"] for one in found.document["nodes"]] == [
        "requestInput",
        "comfyWorkflow",
        "responseOutput",
    ]
    assert same(found.document["nodes"][1]["data"]["graph"], API)
    ends = {
        (edge["source"], edge["sourceHandle"], edge["target"], edge["targetHandle"])
        for edge in found.document["edges"]
    }
    assert ("input", "Positive-out", "comfy", "Positive-in") in ends
    assert ("comfy", "Save_Image-out", "output", "result-in") in ends
    resolved = resolve(fields_of(found.document), {}, needed={"input"}, numbers=RandomNumbers())
    assert resolved.problems == []
    assert resolved.values["Positive"] == "a fox"


def test_a_file_without_known_outputs_gives_all_its_files() -> None:
    document = to_document({"1": node("Mystery", x=1)}).document
    assert [edge["sourceHandle"] for edge in document["edges"]] == ["files-out"]


def test_an_unchanged_document_is_the_file_it_was_made_of() -> None:
    for value in (API, {"prompt": API, "extra_data": {"x": [1, 2.0]}}):
        before = copy.deepcopy(value)
        assert same(from_document(to_document(value, CATALOGUE).document), before)
        assert same(value, before)


def test_changed_values_and_nothing_else_are_written() -> None:
    document = to_document({"prompt": API, "k": 1}, CATALOGUE).document
    _fields(document)[0]["default"] = "an owl"
    document["nodes"][0]["data"]["values"] = {"Width": 640.0}
    expected = copy.deepcopy(API)
    expected["6"]["inputs"]["text"] = "an owl"
    expected["5"]["inputs"]["width"] = 640
    assert same(from_document(document), {"prompt": expected, "k": 1})


def test_a_value_typed_on_the_card_is_written_when_nothing_is_connected() -> None:
    document = to_document(API, CATALOGUE).document
    document["edges"] = []
    document["nodes"][1]["data"]["Negative"] = "grain"
    written: Any = from_document(document)
    assert written["7"]["inputs"]["text"] == "grain"
    assert written["6"] is API["6"]


def test_a_changed_default_is_written_into_the_placeholder() -> None:
    prompt = {"1": node("X", a="$text(p, fox)", b="$choice(c, x, y)"), "2": node("X", a="$text(p)")}
    document = to_document(prompt).document
    assert same(from_document(document), prompt)
    _fields(document)[0]["default"] = "owl, snowy"
    _fields(document)[1]["default"] = "y"
    assert from_document(document) == {
        "1": node("X", a='$text(p, "owl, snowy")', b="$choice(c, y, x)"),
        "2": node("X", a='$text(p, "owl, snowy")'),
    }


def test_lists_that_are_values_stay_wrapped() -> None:
    prompt = {"1": node("X", text={"__value__": [1, 2]})}
    inputs = [{"name": "t", "type": "text", "target": {"node": "1", "input": "text"}}]
    made = to_prompt(prompt, {"t": [3]}, now=1, inputs=inputs).prompt
    assert made["1"]["inputs"]["text"] == {"__value__": [3]}


def test_the_nodes_that_a_run_is_for_are_named() -> None:
    assert to_prompt(API, {}, CATALOGUE, now=1).outputs == ("9",)
    assert to_prompt(API, {}, now=1).outputs == ("9",)


def test_a_target_that_is_gone_is_told() -> None:
    inputs = [{"name": "t", "type": "text", "target": {"node": "99", "input": "text"}}]
    assert "99" in to_prompt(API, {"t": "x"}, now=1, inputs=inputs).warnings[0]


def test_a_file_with_a_broken_placeholder_is_imported_with_a_warning() -> None:
    prompt = {"1": node("SaveImage", filename_prefix="$text(a b)")}
    found = to_document(prompt)
    assert "$text(a b)" in found.warnings[0]
    assert same(from_document(found.document), prompt)


def test_entries_that_are_no_nodes_are_kept_and_told() -> None:
    value = {**API, "note": "hello"}
    found = to_document(value)
    assert "note" in found.warnings[0]
    assert same(from_document(found.document), value)


def test_a_value_for_an_input_that_had_an_edge_or_nothing_is_written() -> None:
    document = to_document(API, CATALOGUE).document
    data = document["nodes"][1]["data"]
    data["inputs"] = [{"name": "p", "type": "text", "target": {"node": "3", "input": "positive"}}]
    data["p"] = "words"
    document["edges"] = []
    written: Any = from_document(document)
    assert written["3"]["inputs"]["positive"] == "words"
    assert {**written, "3": API["3"]} == API


def test_prompts_without_a_title_are_called_by_the_part_they_play() -> None:
    untitled = {
        id: {key: value for key, value in one.items() if key != "_meta"} for id, one in API.items()
    }
    untitled["20"] = node("ConditioningZeroOut", conditioning=["7", 0])
    untitled["3"] = node("KSampler", **{**API["3"]["inputs"], "negative": ["20", 0]})
    named = copy.deepcopy(untitled)
    named["6"]["_meta"] = {"title": "CLIP Text Encode (Prompt)"}
    named["7"]["_meta"] = {"title": "CLIP Text Encode (Not this)"}
    assert [row["label"] for row in suggest(untitled)[0]][:2] == ["Prompt", "Negative prompt"]
    assert [row["label"] for row in suggest(named)[0]][:2] == ["Prompt", "Not this"]


def test_a_default_the_runner_does_not_offer_is_text_lest_it_be_refused() -> None:
    prompt = {"1": node("CLIPTextEncode", text="x"), "2": node("PrimitiveInt", value=20_000)}
    prompt["2"]["_meta"] = {"title": "Side"}
    specs = {
        "CLIPTextEncode": {"input": {"required": {"text": [["a", "b"]]}}},
        "PrimitiveInt": {"input": {"required": {"value": ["INT", {"min": 0, "max": 100}]}}},
    }
    text, side = suggest(prompt, specs)[0]
    assert (text["type"], text["default"]) == ("textarea", "x")
    assert side == {
        "name": "Side",
        "label": "Side",
        "type": "number",
        "default": 20_000,
        "target": {"node": "2", "input": "value"},
    }
    fields = fields_of(to_document(prompt, specs).document)
    assert resolve(fields, {}, needed={"input"}, numbers=RandomNumbers()).problems == []


@pytest.mark.parametrize(
    ("type", "name", "value", "kind"),
    [
        ("CLIPTextEncode", "text", "a dog", "textarea"),
        ("KSampler", "seed", 7, "number"),
        ("KSampler", "tiled", True, "toggle"),
        ("SaveImage", "filename_prefix", "x", "text"),
        ("CheckpointLoaderSimple", "ckpt_name", "x.safetensors", "text"),
        ("Any", "words", "one\ntwo", "textarea"),
        ("LoadImage", "image", "cat.png", "image"),
        ("LoadAudio", "audio", "a.mp3", "audio"),
        ("LoadImage", "upload", "x", "text"),
    ],
)
def test_any_value_can_be_an_input(type: str, name: str, value: Any, kind: str) -> None:
    (row,) = ports({"12:6": node(type, **{name: value, "model": ["1", 0], "held": {"a": 1}})})[0]
    assert (row["target"], row["type"]) == ({"node": "12:6", "input": name}, kind)
    assert row.get("default", value) == value


def test_a_port_is_what_its_runner_and_its_title_make_of_it() -> None:
    titled = {**API["3"], "_meta": {"title": "First pass"}}
    inputs, _ = ports({**API, "3": titled}, CATALOGUE)
    rows = {row["target"]["input"]: row for row in inputs if row["target"]["node"] == "3"}
    assert (rows["seed"]["name"], rows["seed"]["label"]) == ("First_pass_seed", "First pass: seed")
    assert (rows["sampler_name"]["type"], rows["sampler_name"]["default"]) == ("select", "euler")
    assert "model" not in rows


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("SaveImage", "list<image>"),
        ("VHS_VideoCombine", "list<video>"),
        ("SaveAudioMP3", "list<audio>"),
        ("ImageUpscale", "list<image>"),
        ("Anything", "list<file>"),
    ],
)
def test_any_node_can_be_an_output(type: str, kind: str) -> None:
    (row,) = ports({"9": node(type)})[1]
    assert (row["node"], row["type"]) == ("9", kind)


@given(comfy_ui.files())
@settings(max_examples=50, deadline=None)
def test_what_is_offered_is_among_what_can_be(file: dict[str, Any]) -> None:
    offered, possible = suggest(file, CATALOGUE), ports(file, CATALOGUE)
    kinds = {str(row["target"]): row["type"] for row in possible[0]}
    for row in offered[0]:
        if "node" in row["target"]:
            assert kinds[str(row["target"])] == row["type"]
    types = {row["node"]: row["type"] for row in possible[1]}
    assert all(types[row["node"]] == row["type"] for row in offered[1])


def test_the_names_of_models_are_not_offered() -> None:
    prompt = {"1": node("Mystery", prompt="x.safetensors", text="words")}
    assert [row["target"]["input"] for row in suggest(prompt)[0]] == ["text"]


def test_outputs_of_unknown_classes_are_known_by_the_runner_or_by_their_names() -> None:
    prompt = {"1": node("Exporter", clip=["0", 0]), "2": node("SaveMyVideo"), "3": node("Plain")}
    specs = {
        "Exporter": {"output_node": True, "input": {"required": {"clip": ["MASK,AUDIO"]}}},
        "SaveMyVideo": {"output_node": False},
        "Plain": {"output_node": True},
    }
    assert [(row["node"], row["type"]) for row in suggest(prompt, specs)[1]] == [
        ("1", "list<image>"),
        ("3", "list<file>"),
    ]
    assert [(row["node"], row["type"]) for row in suggest(prompt)[1]] == [("2", "list<video>")]


@pytest.mark.parametrize(
    "broken", [{"1": 5}, {"1": {"inputs": {}}}, {"1": node("X") | {"inputs": 3}}]
)
def test_a_prompt_with_entries_that_are_no_nodes_is_refused_naming_them(broken: Any) -> None:
    with pytest.raises(InvalidBody) as caught:
        to_prompt({**API, **broken}, {}, now=1)
    assert caught.value.context["node"] == "1"


def test_an_input_for_a_placeholder_that_is_gone_is_told() -> None:
    inputs = [{"name": "t", "type": "text", "target": {"placeholder": "gone", "kind": "text"}}]
    assert "gone" in to_prompt(API, {"t": "x"}, now=1, inputs=inputs).warnings[0]


def test_a_document_without_a_comfyui_node_has_no_such_file() -> None:
    with pytest.raises(InvalidBody, match="comfyWorkflow"):
        from_document({"nodes": [], "edges": []})


def test_inputs_of_one_label_are_told_apart() -> None:
    file = {
        str(at): {
            "class_type": "EmptyLatentImage",
            "inputs": {"width": 8, "height": 8},
            "_meta": {"title": title},
        }
        for at, title in enumerate(("Empty Latent Image",) * 2)
    } | {"9": {"class_type": "ImageCropV2", "inputs": {"width": 5, "height": 5}}}
    labels = [row["label"] for row in suggest(file)[0]]
    assert len(labels) == len(set(labels)) == 4
    assert not any("Crop" in label for label in labels)


@pytest.mark.parametrize(("mode", "number"), [("mute", 2), ("bypass", 4)])
def test_the_mode_of_the_node_is_written_as_that_of_all_its_nodes(mode: str, number: int) -> None:
    file = {
        "nodes": [
            {"id": 1, "type": "LoadImage", "mode": 0, "pos": [0, 0], "size": [1, 1]},
            {"id": 2, "type": "PreviewImage", "mode": 4, "pos": [0, 0], "size": [1, 1]},
        ],
        "links": [],
        "version": 0.4,
    }
    document = to_document(file, CATALOGUE).document
    plain = from_document(document)
    (held,) = [item for item in document["nodes"] if item["type"] == "comfyWorkflow"]
    held["mode"] = mode
    written = from_document(document)
    assert plain == file
    assert [one["mode"] for one in written["nodes"]] == [number, 4]
    api_file = to_document(API, CATALOGUE).document
    for item in api_file["nodes"]:
        item["mode"] = mode
    assert from_document(api_file) == API
