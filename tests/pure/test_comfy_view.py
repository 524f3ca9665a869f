"""ComfyUI files as images: everything in its place, whatever the runner knows."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given

from tests.pure.comfy_files import API, CATALOGUE
from tests.pure.comfy_ui import Raw, as_version_1, files, graph, node, subgraph
from workflows.graph.comfy_format import view

SAMPLER = [7, "randomize", 20, 8.0, "euler", "normal", 1.0]


def shown(drawn: Any, id: str) -> Any:
    """Return one node of an image."""
    return next(one for one in drawn["nodes"] if one["id"] == id)


def test_nodes_stand_where_the_file_has_them() -> None:
    one = node(
        3,
        "KSampler",
        ins="model:MODEL",
        outs="LATENT:LATENT",
        values=SAMPLER,
        mode=4,
        pos=[10.5, -20],
        size=[315, 262],
        title="Draw",
        bgcolor="#335",
        flags={"collapsed": True},
    )
    drawn = view(graph(one, groups=[{"title": "G", "bounding": [0, 1, 2, 3], "color": "#abc"}]))
    found = shown(drawn, "3")
    assert (
        found
        | {
            "type": "KSampler",
            "title": "Draw",
            "x": 10.5,
            "y": -20,
            "width": 315,
            "height": 262,
            "mode": 4,
            "collapsed": True,
            "color": "#335",
            "inputs": [{"name": "model", "type": "MODEL"}],
            "outputs": [{"name": "LATENT", "type": "LATENT"}],
        }
        == found
    )
    assert drawn["groups"] == [
        {"title": "G", "x": 0, "y": 1, "width": 2, "height": 3, "color": "#abc"}
    ]


def test_values_are_named_as_far_as_somebody_knows() -> None:
    file = graph(
        node(3, "KSampler", values=SAMPLER),
        node(4, "Mystery", values=["x", 5, None]),
        node(5, "LoadImage", values=["a.png", "image"]),
    )
    drawn = view(file)
    assert shown(drawn, "3")["widgets"][:2] == [
        {"name": "seed", "value": 7, "control": "randomize"},
        {"name": "steps", "value": 20},
    ]
    assert shown(drawn, "4")["widgets"] == [
        {"name": "", "value": "x"},
        {"name": "", "value": 5},
        {"name": "", "value": None},
    ]
    assert shown(drawn, "5")["widgets"] == [{"name": "image", "value": "a.png"}]
    rows = {row["name"]: row for row in shown(view(file, CATALOGUE), "3")["widgets"]}
    assert rows["scheduler"]["options"] == ["normal", "karras"]


def test_links_tell_their_ends_in_both_versions_of_the_format() -> None:
    file = graph(node(1, "A", outs="x:IMAGE y:MASK"), node("2", "B", ins="m:MASK"), links="1.1>2.0")
    expected = [{"id": "1", "from": "1", "fromSlot": 1, "to": "2", "toSlot": 0, "type": "MASK"}]
    assert view(file)["links"] == view(as_version_1(file))["links"] == expected
    assert shown(view(file), "2")["inputs"] == [{"name": "m", "type": "MASK", "link": "1"}]


def test_notes_show_their_words() -> None:
    drawn = view(graph(node(1, "Note", values=["hi"]), node(2, "MarkdownNote", values=["# hi"])))
    assert [(one["note"], one["widgets"]) for one in drawn["nodes"]] == [("hi", []), ("# hi", [])]


def test_a_subgraph_is_a_node_with_what_it_shows_and_a_picture_of_its_own() -> None:
    inner = node(
        5, "CLIPTextEncode", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=["inner"]
    )
    definition = subgraph(
        "s",
        inner,
        ins="clip:CLIP text:STRING",
        outs="C:CONDITIONING",
        links="in.0>5.0 in.1>5.1 5.0>out.0",
    )
    definition["inputs"][1]["label"] = "Words"
    instance = node(12, "s", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=["shown"])
    file = graph(instance, node(13, "s", values=[]), definitions={"subgraphs": [definition]})
    drawn = view(file)
    assert shown(drawn, "12")["title"] == "Sub s"
    assert shown(drawn, "12")["widgets"] == [{"name": "text", "value": "shown", "label": "Words"}]
    assert shown(drawn, "13")["widgets"] == [{"name": "text", "value": "inner", "label": "Words"}]
    inside = drawn["subgraphs"]["s"]
    assert inside["name"] == "Sub s"
    assert [one["id"] for one in inside["nodes"]] == ["5", "-10", "-20"]
    assert [slot["name"] for slot in shown(inside, "-10")["outputs"]] == ["clip", "text"]
    assert (shown(inside, "-20")["x"], shown(inside, "-20")["width"]) == (900, 120)
    assert [(link["from"], link["to"]) for link in inside["links"]] == [
        ("-10", "5"),
        ("-10", "5"),
        ("5", "-20"),
    ]


def test_a_value_shown_from_deep_inside_is_shown_outside() -> None:
    inner = subgraph(
        "s",
        node(5, "CLIPTextEncode", ins="clip:CLIP text!STRING", values=["deep"]),
        ins="text:STRING",
        links="in.0>5.1",
    )
    outer = subgraph(
        "o", node(8, "s", ins="text!STRING", values=[]), ins="words:STRING", links="in.0>8.0"
    )
    file = graph(
        node(1, "o", ins="words!STRING", values=[]),
        node(2, "o", values=["old"], properties={"proxyWidgets": [["8", "text"]]}),
        definitions={"subgraphs": [inner, outer]},
    )
    assert shown(view(file), "1")["widgets"] == [{"name": "words", "value": "deep"}]
    assert {"name": "text", "value": "old"} in shown(view(file), "2")["widgets"]
    outer["nodes"][0]["widgets_values"] = ["middle"]
    assert shown(view(file), "1")["widgets"] == [{"name": "words", "value": "middle"}]


def test_odd_places_and_notes_do_no_harm() -> None:
    file = graph(
        node(1, "A", pos="?", size=None),
        node(2, "Note", values={"text": "hi"}),
        node(3, "Note", properties={"text": "old"}),
        groups=[{"title": 5, "bounding": {"0": 1, "1": 2, "2": 3, "3": 4}}, "?", {"bounding": []}],
    )
    drawn = view(file)
    assert (shown(drawn, "1")["x"], shown(drawn, "1")["width"]) == (0, 210)
    assert [shown(drawn, id)["note"] for id in ("2", "3")] == ["hi", "old"]
    assert drawn["groups"] == [
        {"title": "", "x": 1, "y": 2, "width": 3, "height": 4, "color": None}
    ]


def test_a_prompt_is_laid_out_in_columns_from_the_left() -> None:
    drawn = view(API, CATALOGUE)
    x = {one["id"]: one["x"] for one in drawn["nodes"]}
    assert x["4"] == x["5"] < x["6"] == x["7"] < x["3"] < x["8"] < x["9"]
    boxes = [(one["x"], one["y"], one["y"] + one["height"]) for one in drawn["nodes"]]
    for at, (left, top, bottom) in enumerate(boxes):
        assert not any(
            left == other and top < low and high < bottom for other, high, low in boxes[at + 1 :]
        )
    assert shown(drawn, "6")["title"] == "Positive"
    assert shown(drawn, "6")["widgets"] == [{"name": "text", "value": "a fox"}]
    link = next(one for one in drawn["links"] if one["to"] == "6")
    assert (link["from"], link["fromSlot"], link["type"]) == ("4", 1, "CLIP")
    assert shown(drawn, "6")["inputs"][link["toSlot"]]["name"] == "clip"


def test_a_prompt_of_unknown_classes_is_drawn_as_well() -> None:
    prompt = {
        "1": {"class_type": "A", "inputs": {"x": {"__value__": [1, 2]}}},
        "2": {"class_type": "B", "inputs": {"y": ["1", 3], "gone": ["99", 0]}},
        "note": "no node",
    }
    drawn = view(prompt)
    assert shown(drawn, "1")["widgets"] == [{"name": "x", "value": [1, 2]}]
    assert len(shown(drawn, "1")["outputs"]) == 4
    assert shown(drawn, "2")["widgets"] == [{"name": "gone", "value": ["99", 0]}]


@given(files())
def test_any_file_is_drawn_with_all_its_nodes(file: Raw) -> None:
    drawn = json.loads(json.dumps(view(file)))
    ids = {int(float(one["id"])) for one in file["nodes"]}
    assert {int(one["id"]) for one in drawn["nodes"]} == ids
    for level in (drawn, *drawn["subgraphs"].values()):
        known = {one["id"] for one in level["nodes"]}
        assert all({link["from"], link["to"]} <= known for link in level["links"])


def test_a_value_that_javascript_would_round_is_told_as_text() -> None:
    seed = 1234567890123456789
    graph = {"3": {"class_type": "RandomNoise", "inputs": {"noise_seed": seed, "small": 7}}}
    [node] = view(graph)["nodes"]
    values = {one["name"]: one["value"] for one in node["widgets"]}
    assert values == {"noise_seed": str(seed), "small": 7}
