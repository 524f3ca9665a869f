"""UI files as prompts: what ComfyUI's own page would send for the same file."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

import pytest
from hypothesis import given

from tests.pure.comfy_files import CATALOGUE
from tests.pure.comfy_ui import Raw, as_version_1, files, graph, node, subgraph
from tests.pure.effort import lines
from workflows.errors import InvalidBody, TooLarge
from workflows.graph.comfy_format import (
    from_document,
    placeholders,
    read,
    suggest,
    to_document,
    to_prompt,
    view,
)
from workflows.graph.comfy_format.conversion import convert
from workflows.graph.comfy_format.texts import pick
from workflows.graph.document import same

SAMPLER = [7, "randomize", 20, 8.0, "euler", "normal", 1.0]


def prompt_of(file: Raw, catalogue: Any = CATALOGUE) -> Any:
    """Return the prompt for a file."""
    return convert(read(file), catalogue).prompt


def inputs_of(file: Raw, id: str, catalogue: Any = CATALOGUE) -> Any:
    """Return the inputs of one node in the prompt for a file."""
    return prompt_of(file, catalogue)[id]["inputs"]


def declare(**specs: Any) -> Raw:
    """Return a catalogue with one class `X` with these inputs."""
    return {"X": {"input": {"required": specs}, "output": []}}


def sampler(id: int = 3, **more: Any) -> Raw:
    """Return a KSampler."""
    return node(
        id,
        "KSampler",
        ins="model:MODEL seed!INT",
        outs="LATENT:LATENT",
        **{"values": SAMPLER, **more},
    )


def test_values_are_named_in_the_order_of_the_class_past_the_control_slot() -> None:
    assert inputs_of(graph(sampler()), "3") == {
        "seed": 7,
        "steps": 20,
        "cfg": 8.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "denoise": 1.0,
    }
    old = graph(sampler(values=[7, 20, 8.0, "euler", "normal", 1.0]))
    assert inputs_of(old, "3") == inputs_of(graph(sampler()), "3")
    first = graph(sampler(values=[7, True, 20, 8.0, "euler", "normal", 1.0]))
    assert inputs_of(first, "3") == inputs_of(graph(sampler()), "3")


def test_a_control_word_that_is_a_value_is_no_control_slot() -> None:
    specs = declare(size=["INT"], after=[["fixed", "free"]], seed=["INT"], text=["STRING"])
    file = graph(node(1, "X", values=[3, "fixed", 5, "randomize", "hello"]))
    assert inputs_of(file, "1", specs) == {"size": 3, "after": "fixed", "seed": 5, "text": "hello"}


def test_what_buttons_leave_behind_is_passed_over() -> None:
    assert inputs_of(graph(node(1, "LoadImage", values=["a.png", "image"])), "1") == {
        "image": "a.png"
    }


def test_a_link_wins_over_the_value_whose_slot_stays() -> None:
    file = graph(
        sampler(),
        node(5, "Mystery", outs="INT:INT"),
        node(4, "CheckpointLoaderSimple", outs="MODEL:MODEL", values=["xl.safetensors"]),
        links="5.0>3.1 4.0>3.0",
    )
    found = inputs_of(file, "3")
    assert found["seed"] == ["5", 0]
    assert found["model"] == ["4", 0]
    assert found["steps"] == 20


def test_inputs_that_are_forced_have_no_slot_unless_the_file_is_old() -> None:
    specs = declare(forced=["INT", {"forceInput": True}], text=["STRING"], on=["BOOLEAN"])
    assert inputs_of(graph(node(1, "X", values=["hi", True])), "1", specs) == {
        "text": "hi",
        "on": True,
    }
    assert inputs_of(graph(node(1, "X", values=[0, "hi", True])), "1", specs) == {
        "text": "hi",
        "on": True,
    }


def test_both_forms_of_combos_and_types_with_a_widget_have_a_slot() -> None:
    specs = declare(
        a=[["x", "y"]],
        b=["COMBO", {"options": [1, 2]}],
        c=["MODEL"],
        d=["INT,FLOAT", {"widgetType": "FLOAT"}],
        e=["COLOR"],
        f=["IMAGE,MASK"],
        g=["CUSTOM", {"socketless": True}],
    )
    file = graph(node(1, "X", values=["y", 2, 0.5, "#fff", {"k": 1}]))
    assert inputs_of(file, "1", specs) == {"a": "y", "b": 2, "d": 0.5, "e": "#fff", "g": {"k": 1}}


def test_the_inputs_of_a_chosen_option_follow_their_combo_also_nested() -> None:
    inner = [
        "COMFY_DYNAMICCOMBO_V3",
        {
            "options": [
                {"key": "lo", "inputs": {"required": {}}},
                {"key": "hi", "inputs": {"required": {"bits": ["INT"]}}},
            ]
        },
    ]
    specs = declare(
        before=["INT"],
        codec=[
            "COMFY_DYNAMICCOMBO_V3",
            {
                "options": [
                    {"key": "auto", "inputs": {"required": {}}},
                    {"key": "h264", "inputs": {"required": {"level": inner, "crf": ["FLOAT"]}}},
                ]
            },
        ],
        after=["STRING"],
    )
    assert inputs_of(graph(node(1, "X", values=[1, "auto", "z"])), "1", specs) == {
        "before": 1,
        "codec": "auto",
        "after": "z",
    }
    file = graph(node(1, "X", values=[1, "h264", "hi", 10, 23.5, "z"]))
    assert inputs_of(file, "1", specs) == {
        "before": 1,
        "codec": "h264",
        "codec.level": "hi",
        "codec.level.bits": 10,
        "codec.crf": 23.5,
        "after": "z",
    }


def test_growing_inputs_are_sent_under_their_full_names() -> None:
    specs = declare(images=["COMFY_AUTOGROW_V3", {"template": {"prefix": "image"}}], n=["INT"])
    file = graph(
        node(1, "LoadImage", outs="IMAGE:IMAGE", values=["a.png"]),
        node(2, "X", ins="images.image0:IMAGE images.image1:IMAGE", values=[4]),
        links="1.0>2.0 1.0>2.1",
    )
    assert inputs_of(file, "2", {**CATALOGUE, **specs}) == {
        "n": 4,
        "images.image0": ["1", 0],
        "images.image1": ["1", 0],
    }


def test_values_that_are_missing_are_defaults_and_told() -> None:
    specs = declare(a=["INT", {"default": 5}], b=[["x", "y"]], c=["STRING"], d=["BOOLEAN"])
    converted = convert(read(graph(node(1, "X", values=[None]))), specs)
    assert converted.prompt["1"]["inputs"] == {"a": 5, "b": "x", "c": "", "d": False}
    assert "default" in converted.warnings[0]


def test_a_hole_that_an_unsaved_widget_left_is_passed_over() -> None:
    specs = declare(a=["INT"], b=["STRING"])
    assert inputs_of(graph(node(1, "X", values=[None, 3, "z"])), "1", specs) == {"a": 3, "b": "z"}


def test_values_held_by_name_need_no_order() -> None:
    specs = declare(a=["INT"], b=["STRING"], c=["FLOAT", {"default": 0.5}])
    saved = {"b": "z", "a": 3, "videopreview": {}}
    for catalogue in (specs, None):
        found = inputs_of(graph(node(1, "X", values=saved)), "1", catalogue)
        assert (found["a"], found["b"]) == (3, "z")
        assert "videopreview" not in found


def test_widgets_that_a_node_pack_adds_by_itself_are_sent_too() -> None:
    specs = declare(frame_rate=["FLOAT"], format=[["video/h264-mp4"]], images=["IMAGE"])
    saved = {
        "frame_rate": 16,
        "format": "video/h264-mp4",
        "crf": 19,
        "images": "",
        "videopreview": {"hidden": False},
        "choose video to upload": "image",
    }
    assert inputs_of(graph(node(1, "X", values=saved)), "1", specs) == {
        "frame_rate": 16,
        "format": "video/h264-mp4",
        "crf": 19,
    }


def test_named_values_give_the_names_and_the_list_the_values() -> None:
    named = {"prompt": "old", "seed": 5, "control_after_generate": "fixed", "size": "2K"}
    file = graph(node(1, "X", values=["new", 5, "fixed", "2K", "fixed"], named=named))
    expected = {"prompt": "new", "seed": 5, "size": "2K"}
    assert inputs_of(file, "1", None) == expected
    specs = declare(prompt=["STRING"], seed=["INT"], size=[["2K"]])
    assert inputs_of(file, "1", specs) == expected


def test_lists_are_wrapped_lest_they_be_taken_for_links() -> None:
    specs = declare(colors=["COLORS"])
    file = graph(node(1, "X", values=[["#fff", 0]]))
    assert inputs_of(file, "1", specs) == {"colors": {"__value__": ["#fff", 0]}}


def test_a_primitive_gives_its_value_to_all_it_feeds() -> None:
    file = graph(
        sampler(3),
        sampler(4),
        node(9, "PrimitiveNode", outs="INT:INT", values=[99, "fixed"]),
        links="9.0>3.1 9.0>4.1",
    )
    found = prompt_of(file)
    assert sorted(found) == ["3", "4"]
    assert found["3"]["inputs"]["seed"] == found["4"]["inputs"]["seed"] == 99


def test_reroutes_and_variables_are_followed_to_their_source() -> None:
    file = graph(
        node(1, "LoadImage", outs="IMAGE:IMAGE MASK:MASK", values=["a.png", "image"]),
        node(2, "Reroute", ins=":*", outs=":MASK"),
        node(3, "Reroute", ins=":*", outs=":MASK"),
        node(4, "SetNode", ins="MASK:MASK", outs="*:*", values=["m"]),
        node(5, "GetNode", outs="MASK:MASK", values=["m"]),
        node(6, "Mystery", ins="mask:MASK other:MASK"),
        links="1.1>2.0 2.0>3.0 3.0>4.0 5.0>6.0 4.0>6.1",
    )
    found = prompt_of(file)
    assert sorted(found) == ["1", "6"]
    assert found["6"]["inputs"] == {"mask": ["1", 1], "other": ["1", 1]}


def test_links_in_a_cycle_end() -> None:
    file = graph(
        node(1, "Reroute", ins=":*", outs=":*"),
        node(2, "Reroute", ins=":*", outs=":*"),
        node(3, "Mystery", ins="a:IMAGE"),
        links="1.0>2.0 2.0>1.0 2.0>3.0",
    )
    assert inputs_of(file, "3") == {}


@pytest.mark.parametrize(
    ("ins", "outs", "wanted", "slot", "expected"),
    [
        ("model:MODEL clip:CLIP", "MODEL:MODEL CLIP:CLIP", "CLIP", 1, ["1", 1]),
        ("clip:CLIP image:IMAGE", "IMAGE:IMAGE", "IMAGE", 0, ["1", 1]),
        ("a:CLIP b:CLIP", "x:LATENT", "*", 0, ["1", 0]),
        ("a:CLIP b:CLIP", "x:LATENT y:LATENT z:LATENT", "*", 2, ["1", 0]),
        ("a:FLOAT b:INT,STRING", "x:STRING", "STRING", 0, ["1", 1]),
        ("a:CLIP b:MODEL", "x:VAE", "VAE", 0, None),
        ("", "x:VAE", "VAE", 0, None),
    ],
)
def test_a_bypassed_node_passes_on_the_input_that_fits(
    ins: str, outs: str, wanted: str, slot: int, expected: Any
) -> None:
    count = len(ins.split())
    file = graph(
        node(1, "Source", outs="a:* b:*"),
        node(2, "Mystery", ins=ins, outs=outs, mode=4),
        node(3, "Sink", ins=f"x:{wanted}"),
        links=" ".join([*(f"1.{at}>2.{at}" for at in range(count)), f"2.{slot}>3.0"]),
    )
    found = prompt_of(file, None)
    assert "2" not in found
    assert found["3"]["inputs"].get("x") == expected


def test_what_a_muted_node_feeds_is_left_out() -> None:
    file = graph(
        sampler(),
        node(5, "Mystery", outs="INT:INT", mode=2),
        node(6, "Mystery", outs="MODEL:MODEL", mode=2),
        links="5.0>3.1 6.0>3.0",
    )
    found = prompt_of(file)
    assert list(found) == ["3"]
    assert {"seed", "model"}.isdisjoint(found["3"]["inputs"])


def _encoder(**more: Any) -> Raw:
    inner = node(
        5, "CLIPTextEncode", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=["inner"]
    )
    return subgraph(
        "s",
        inner,
        ins="clip:CLIP text:STRING",
        outs="C:CONDITIONING",
        links="in.0>5.0 in.1>5.1 5.0>out.0",
        **more,
    )


def _with_encoder(instance: Raw, *nodes: Raw, links: str = "") -> Raw:
    return graph(instance, *nodes, links=links, definitions={"subgraphs": [_encoder()]})


LOADER: dict[str, Any] = dict(outs="MODEL:MODEL CLIP:CLIP", values=["xl.safetensors"])


def test_a_subgraph_is_spread_out_and_its_shown_value_wins() -> None:
    instance = node(12, "s", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=["shown"])
    file = _with_encoder(
        instance, node(4, "CheckpointLoaderSimple", **LOADER), sampler(), links="4.1>12.0 12.0>3.0"
    )
    found = prompt_of(file)
    assert sorted(found) == ["12:5", "3", "4"]
    assert found["12:5"]["inputs"] == {"text": "shown", "clip": ["4", 1]}
    assert found["3"]["inputs"]["model"] == ["12:5", 0]


def test_without_a_shown_value_the_one_inside_holds_and_a_link_beats_both() -> None:
    bare = node(12, "s", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=[])
    assert inputs_of(_with_encoder(bare), "12:5")["text"] == "inner"
    linked = node(12, "s", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=["shown"])
    file = _with_encoder(linked, node(7, "Mystery", outs="S:STRING"), links="7.0>12.1")
    assert inputs_of(file, "12:5")["text"] == ["7", 0]


def test_inputs_of_an_instance_are_bound_by_name() -> None:
    swapped = node(12, "s", ins="text!STRING clip:CLIP", outs="C:CONDITIONING", values=["shown"])
    file = _with_encoder(swapped, node(4, "CheckpointLoaderSimple", **LOADER), links="4.1>12.1")
    assert inputs_of(file, "12:5") == {"text": "shown", "clip": ["4", 1]}
    fewer = node(12, "s", ins="clip:CLIP", outs="C:CONDITIONING", values=["shown"])
    assert inputs_of(_with_encoder(fewer), "12:5")["text"] == "shown"


@pytest.mark.parametrize("form", [[["5", "text"], ["5", "$$preview"]], '[["5", "text"]]'])
def test_values_that_older_files_show_are_set_inside(form: Any) -> None:
    instance = node(
        12,
        "s",
        ins="clip:CLIP",
        outs="C:CONDITIONING",
        values=["shown"],
        properties={"proxyWidgets": form},
    )
    assert inputs_of(_with_encoder(instance), "12:5")["text"] == "shown"


def test_a_value_in_quarantine_outranks_its_place_in_the_list() -> None:
    rows = [{"originalEntry": ["5", "text"], "hostValue": "kept"}]
    instance = node(
        12, "s", ins="clip:CLIP", values=["lost"], properties={"proxyWidgetErrorQuarantine": rows}
    )
    bare = subgraph("s", node(5, "CLIPTextEncode", values=["inner"]), ins="clip:CLIP")
    file = graph(instance, definitions={"subgraphs": [bare]})
    assert inputs_of(file, "12:5")["text"] == "kept"


def test_subgraphs_lie_in_subgraphs() -> None:
    outer = subgraph(
        "o",
        node(8, "s", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=["middle"]),
        ins="words:STRING",
        outs="C:CONDITIONING",
        links="in.0>8.1 8.0>out.0",
    )
    instance = node(20, "o", ins="words!STRING", outs="C:CONDITIONING", values=["outermost"])
    file = graph(
        instance, sampler(), links="20.0>3.0", definitions={"subgraphs": [outer, _encoder()]}
    )
    found = prompt_of(file)
    assert found["20:8:5"]["inputs"]["text"] == "outermost"
    assert found["3"]["inputs"]["model"] == ["20:8:5", 0]
    instance["widgets_values"] = []
    assert inputs_of(file, "20:8:5")["text"] == "middle"


def test_definitions_may_lie_in_definitions() -> None:
    outer = subgraph("o", node(8, "s", values=["deep"]))
    outer["definitions"] = {"subgraphs": [_encoder()]}
    file = graph(node(1, "o"), definitions={"subgraphs": [outer]})
    assert inputs_of(file, "1:8:5")["text"] == "deep"


@pytest.mark.parametrize("mode", [2, 4])
def test_what_is_inside_a_switched_off_subgraph_does_not_run(mode: int) -> None:
    instance = node(12, "s", ins="c:CONDITIONING", outs="C:CONDITIONING", mode=mode)
    file = _with_encoder(
        instance,
        node(1, "Source", outs="C:CONDITIONING"),
        node(3, "Sink", ins="c:CONDITIONING"),
        links="1.0>12.0 12.0>3.0",
    )
    found = prompt_of(file, None)
    assert sorted(found) == ["1", "3"]
    assert found["3"]["inputs"] == ({"c": ["1", 0]} if mode == 4 else {})


def test_a_subgraph_that_contains_itself_is_left_out_and_told() -> None:
    endless = subgraph("e", node(1, "e"), node(2, "Mystery"))
    converted = convert(read(graph(node(9, "e"), definitions={"subgraphs": [endless]})))
    assert "9:2" in converted.prompt
    assert "contains itself" in converted.warnings[0]


def test_subgraphs_that_multiply_without_end_are_refused() -> None:
    levels = [subgraph(f"d{at}", *(node(id, f"d{at + 1}") for id in range(10))) for at in range(8)]
    with pytest.raises(TooLarge):
        prompt_of(graph(node(1, "d0"), definitions={"subgraphs": levels}))


def test_group_nodes_of_old_files_are_refused_in_words() -> None:
    with pytest.raises(InvalidBody, match="ungroup"):
        prompt_of(graph(node(1, "workflow>Group")))
    found = to_document(graph(node(1, "workflow/Group")))
    assert "ungroup" in found.warnings[0]


def test_notes_are_drawn_and_never_sent() -> None:
    file = graph(node(1, "Note", values=["hi"]), node(2, "MarkdownNote", values=["# hi"]))
    assert prompt_of(file, None) == {}


def test_a_class_the_runner_does_not_know_is_told_and_dropped_only_when_alone() -> None:
    file = graph(
        node(1, "Label", values=["x"]),
        node(2, "Mystery", ins="a:IMAGE"),
        node(3, "LoadImage", outs="IMAGE:IMAGE", values=["a.png"]),
        links="3.0>2.0",
    )
    converted = convert(read(file), CATALOGUE)
    assert sorted(converted.prompt) == ["2", "3"]
    assert [text.split(":")[0] for text in converted.warnings] == ["Node 1", "Node 2"]


def test_without_a_catalogue_well_known_classes_and_saved_sockets_give_names() -> None:
    marked = node(2, "Mystery", ins="image:IMAGE text!STRING seed!INT", values=["hi", 3, "fixed"])
    file = graph(sampler(), marked, node(4, "Mystery", values=[1, 2]))
    converted = convert(read(file), None)
    assert converted.prompt["3"]["inputs"] == inputs_of(graph(sampler()), "3")
    assert converted.prompt["2"]["inputs"] == {"text": "hi", "seed": 3}
    assert converted.prompt["4"]["inputs"] == {}
    assert converted.warnings == (
        "The file does not name the values of Mystery; a runner that has these nodes knows their "
        "names.",
    )


def test_titles_are_those_of_people_else_of_the_class() -> None:
    info = {**CATALOGUE, "KSampler": {**CATALOGUE["KSampler"], "display_name": "Sampler"}}
    found = prompt_of(graph(sampler(3, title="Mine"), sampler(4)), info)
    assert found["3"]["_meta"] == {"title": "Mine"}
    assert found["4"]["_meta"] == {"title": "Sampler"}


def test_both_versions_of_the_format_mean_the_same() -> None:
    file = graph(sampler(), node(4, "CheckpointLoaderSimple", **LOADER), links="4.0>3.0")
    assert prompt_of(as_version_1(file)) == prompt_of(file)


def test_texts_are_made_ready_as_comfyui_does_on_its_page() -> None:
    save = node(
        9,
        "SaveImage",
        ins="images:IMAGE",
        values=["%date:yyyy-MM-dd_hhmmss%/%Sizes.width%_%KSampler.cfg%_%year%"],
    )
    file = graph(
        save,
        sampler(),
        node(5, "EmptyLatentImage", values=[640, 480, 1], title="Sizes"),
        node(6, "CLIPTextEncode", values=["a {red|blue|{dark|light} green} \\{fox\\} // no\nend"]),
        node(7, "CLIPTextEncode", values=["{never closed"]),
    )
    now = 1_700_000_000_000
    made = to_prompt(file, {}, CATALOGUE, now=now, random=Random(3)).prompt
    assert made["9"]["inputs"]["filename_prefix"] == "2023-11-14_221320/640_8.0_%year%"
    assert made["7"]["inputs"]["text"] == "{never closed"
    texts = {
        to_prompt(file, {}, CATALOGUE, now=now, random=Random(seed)).prompt["6"]["inputs"]["text"]
        for seed in range(40)
    }
    colours = ("red", "blue", "dark green", "light green")
    assert texts == {f"a {colour} {{fox}} \nend" for colour in colours}


def test_placeholders_in_a_ui_file_are_filled() -> None:
    file = graph(
        sampler(values=["$random()", "fixed", "$text(steps)", 8, "euler", "normal", 1]),
        node(6, "CLIPTextEncode", values=["$text(words, {a|b})"]),
    )
    made = to_prompt(file, {"steps": "9"}, CATALOGUE, now=1, random=Random(1)).prompt
    assert isinstance(made["3"]["inputs"]["seed"], int)
    assert made["3"]["inputs"]["steps"] == 9
    assert made["6"]["inputs"]["text"] == "{a|b}"


def test_placeholders_are_asked_for_even_where_nobody_knows_the_name_of_the_value() -> None:
    file = graph(node(1, "Mystery", values=[3, "$text(words)"]))
    assert [(one.field, one.node) for one in placeholders(file)] == [("$words", "1")]
    document = to_document(file).document
    assert document["nodes"][0]["data"]["fields"][0]["name"] == "words"
    specs = declare(n=["INT"], words=["STRING"])
    made = to_prompt(
        graph(node(1, "X", values=[3, "$text(words)"])),
        {"words": "hi"},
        specs,
        now=1,
        inputs=document["nodes"][1]["data"]["inputs"],
    )
    assert made.prompt["1"]["inputs"] == {"n": 3, "words": "hi"}


def test_what_a_subgraph_shows_is_offered_once_and_written_back_to_its_place() -> None:
    instance = node(12, "s", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=["shown"])
    file = _with_encoder(instance, node(9, "SaveImage", ins="images:IMAGE", values=["x"]))
    document = to_document(file).document
    fields = document["nodes"][0]["data"]["fields"]
    assert [(row["label"], row["default"]) for row in fields] == [("Text", "shown")]
    assert same(from_document(document), file)
    fields[0]["default"] = "changed"
    written: Any = from_document(document)
    assert written["nodes"][0]["widgets_values"] == ["changed"]
    assert written["definitions"] is file["definitions"]


def test_a_value_may_be_aimed_at_what_an_instance_shows() -> None:
    instance = node(12, "s", ins="clip:CLIP text!STRING", outs="C:CONDITIONING", values=[])
    inputs = [{"name": "t", "type": "text", "target": {"node": "12", "input": "text"}}]
    made = to_prompt(_with_encoder(instance), {"t": "mine"}, CATALOGUE, now=1, inputs=inputs)
    assert made.prompt["12:5"]["inputs"]["text"] == "mine"
    assert made.warnings == ()


def test_a_changed_value_is_written_wherever_the_file_holds_it() -> None:
    named = {
        "seed": 7,
        "control_after_generate": "randomize",
        "steps": 20,
        "cfg": 8.0,
        "sampler_name": "euler",
        "scheduler": "normal",
        "denoise": 1.0,
    }
    file = graph(sampler(named=named), node(9, "SaveImage", values=["x"]))
    document = to_document(file, CATALOGUE).document
    assert same(from_document(document), file)
    seed = next(row for row in document["nodes"][0]["data"]["fields"] if row["name"] == "Seed")
    seed["default"] = 8
    written: Any = from_document(document)
    assert written["nodes"][0]["widgets_values"] == [8, *SAMPLER[1:]]
    assert written["nodes"][0]["widgets_values_named"] == {**named, "seed": 8}


@given(files())
def test_any_file_is_read_without_loss(file: Raw) -> None:
    for catalogue in (CATALOGUE, None):
        document = to_document(file, catalogue).document
        assert same(from_document(document), file)
        assert same(from_document(document, CATALOGUE), file)


def test_subgraphs_in_subgraphs_are_read_once_each() -> None:
    def nested(depth: int) -> Raw:
        levels = [
            subgraph(
                f"d{at}",
                *(node(id, f"d{at + 1}", ins="a:INT") for id in range(4)),
                ins="a:INT",
                links=" ".join(f"in.0>{id}.0" for id in range(4)),
            )
            for at in range(depth)
        ]
        return graph(node(1, "d0", ins="a:INT"), definitions={"subgraphs": levels})

    small, large = (lines(partial(lambda depth: view(nested(depth)), depth)) for depth in (4, 8))
    assert large < 4 * small


def test_values_by_the_thousand_are_named_in_time_that_grows_with_their_number() -> None:
    def file(count: int) -> Raw:
        named = {f"v{at}": at for at in range(count)}
        return graph(node(1, "X", values=list(range(count)), named=named))

    small, large = (lines(partial(lambda n: convert(read(file(n))), n)) for n in (2_000, 8_000))
    assert large < 6 * small


def test_an_entry_of_older_files_for_the_subgraph_itself_sets_its_input() -> None:
    instance = node(
        12,
        "s",
        ins="clip:CLIP text!STRING",
        outs="C:CONDITIONING",
        values=["mine"],
        properties={"proxyWidgets": [["-1", "text"]]},
    )
    assert inputs_of(_with_encoder(instance), "12:5")["text"] == "mine"


def test_what_an_outer_instance_shows_of_an_inner_one_reaches_the_node() -> None:
    outer = subgraph("o", node(8, "s", ins="clip:CLIP text!STRING", values=["middle"]))
    instance = node(20, "o", values=["outer"], properties={"proxyWidgets": [["8", "text"]]})
    file = graph(instance, definitions={"subgraphs": [outer, _encoder()]})
    assert inputs_of(file, "20:8:5")["text"] == "outer"


def test_values_on_an_instance_may_have_names() -> None:
    instance = node(12, "s", ins="clip:CLIP text!STRING", values=["mine"], named={"text": "old"})
    assert inputs_of(_with_encoder(instance), "12:5")["text"] == "mine"
    held = node(12, "s", ins="clip:CLIP text!STRING", values={"text": "by name"})
    assert inputs_of(_with_encoder(held), "12:5")["text"] == "by name"


def test_inputs_of_an_instance_with_other_names_are_bound_by_their_place() -> None:
    instance = node(12, "s", ins="c:CLIP t!STRING", outs="C:CONDITIONING", values=["mine"])
    file = _with_encoder(instance, node(4, "CheckpointLoaderSimple", **LOADER), links="4.1>12.0")
    assert inputs_of(file, "12:5") == {"text": "mine", "clip": ["4", 1]}


def test_of_two_links_at_a_subgraphs_output_the_first_it_lists_counts() -> None:
    inside = subgraph(
        "s",
        node(1, "A", outs="x:IMAGE"),
        node(2, "B", outs="x:IMAGE"),
        outs="x:IMAGE",
        links="1.0>out.0 2.0>out.0",
    )
    inside["outputs"][0]["linkIds"] = [2, 1]
    file = graph(
        node(9, "s", outs="x:IMAGE"),
        node(3, "Sink", ins="x:IMAGE"),
        links="9.0>3.0",
        definitions={"subgraphs": [inside]},
    )
    assert inputs_of(file, "3", None) == {"x": ["9:2", 0]}


def test_a_renamed_class_is_found_by_what_the_node_was_made_of() -> None:
    one = node(
        1,
        "Renamed",
        values=["sd15.safetensors"],
        properties={"Node name for S&R": "CheckpointLoaderSimple"},
    )
    assert prompt_of(graph(one))["1"]["class_type"] == "CheckpointLoaderSimple"


def test_the_buttons_of_a_model_loader_are_passed_over() -> None:
    specs = declare(file=[["a.glb"]], scene=["LOAD_3D"], width=["INT"])
    saved = ["a.glb", "upload3dmodel", {"camera": 1}, 512]
    assert inputs_of(graph(node(1, "X", values=saved)), "1", specs) == {
        "file": "a.glb",
        "scene": {"camera": 1},
        "width": 512,
    }


def test_growing_inputs_with_widgets_take_the_slots_of_the_sockets_that_are_there() -> None:
    template = {"template": {"input": {"required": {"t": ["STRING"]}}, "prefix": "t", "min": 1}}
    specs = declare(n=["INT"], texts=["COMFY_AUTOGROW_V3", template], end=["STRING"])
    one = node(1, "X", ins="texts.t0!STRING texts.t1!STRING", values=[3, "a", "b", "z"])
    assert inputs_of(graph(one), "1", specs) == {
        "n": 3,
        "texts.t0": "a",
        "texts.t1": "b",
        "end": "z",
    }


def test_a_dynamic_combo_without_a_value_starts_with_its_first_option() -> None:
    options = [{"key": "a", "inputs": {"required": {"n": ["INT", {"default": 4}]}}}]
    specs = declare(mode=["COMFY_DYNAMICCOMBO_V3", {"options": options}])
    assert inputs_of(graph(node(1, "X")), "1", specs) == {"mode": "a", "mode.n": 4}


def test_braces_that_open_or_close_nothing_stay() -> None:
    random = Random(1)
    assert pick("a } b", random) == "a } b"
    assert pick("{{a}", random) == "{{a}"
    assert pick("x{only}y", random) == "xonlyy"
    assert pick("{" * 1000 + "a" + "}" * 1000, random).count("a") == 1


def test_a_title_of_a_primitive_names_what_it_feeds() -> None:
    file = graph(
        sampler(3),
        sampler(4),
        node(9, "PrimitiveNode", outs="INT:INT", title="Dice", values=[99, "fixed"]),
        links="9.0>3.1 9.0>4.1",
    )
    rows = [(row["label"], row["default"]) for row in suggest(file, CATALOGUE)[0]]
    assert rows == [("Dice", 99)]


def test_a_text_that_is_typed_is_made_ready_like_the_one_in_the_file() -> None:
    text = node(6, "CLIPTextEncode", values=["a {red|red} fox // no"])
    file = graph(text, node(9, "SaveImage", values=["%date:yyyy%"]))
    target = {"node": "9", "input": "filename_prefix"}
    rows = [*suggest(file)[0], {"name": "as", "type": "text", "target": target}]
    alone = to_prompt(file, {}, CATALOGUE, now=0, inputs=rows).prompt
    given = {rows[0]["name"]: rows[0]["default"], "as": "%date:yyyy%"}
    assert to_prompt(file, given, CATALOGUE, now=0, inputs=rows).prompt == alone
    assert alone["6"]["inputs"]["text"] == "a red fox "
    typed = to_prompt(file, {rows[0]["name"]: "$text(x) {y|y}"}, CATALOGUE, now=0, inputs=rows)
    assert typed.prompt["6"]["inputs"]["text"] == "$text(x) y"
    sent = to_prompt(alone, {"p": "{a|b}"}, CATALOGUE, now=0, inputs=[{**rows[0], "name": "p"}])
    assert sent.prompt["6"]["inputs"]["text"] == "{a|b}"
