"""Placeholders of ComfyUI files: the grammar, what is asked for, and how values are put in."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.comfy_files import API, CATALOGUE, node
from workflows.errors import InvalidBody
from workflows.graph.comfy_format import cast, fill_generated, placeholders, to_prompt
from workflows.graph.comfy_format.grammar import Placeholder, parse, write

NOW = 1_700_000_000_123
keys = st.text("abcXYZ019_-", min_size=1, max_size=12)
options = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=2, max_size=4
)


def _fill(prompt: Any, values: Any = (), catalogue: Any = None) -> Any:
    return to_prompt(prompt, dict(values), catalogue, now=NOW, random=Random(7)).prompt


@pytest.mark.parametrize(
    ("text", "kind", "key", "default", "options"),
    [
        ("$text(prompt)", "text", "prompt", None, ()),
        ("  $text( prompt )\n", "text", "prompt", None, ()),
        ("$text(prompt, a fox, red, and (old))", "text", "prompt", "a fox, red, and (old)", ()),
        (
            '$text(prompt, "  kept, with \\"quotes\\" ")',
            "text",
            "prompt",
            '  kept, with "quotes" ',
            (),
        ),
        ("$text(p,)", "text", "p", "", ()),
        ("$choice(s, euler, dpmpp_2m)", "choice", "s", "euler", ("euler", "dpmpp_2m")),
        ('$choice(s, "a,b", ")", "", d)', "choice", "s", "a,b", ("a,b", ")", "", "d")),
        ("$file(input-image_1)", "file", "input-image_1", None, ()),
        ("$random()", "random", "", None, ()),
        ("$timestamp( )", "timestamp", "", None, ()),
    ],
)
def test_a_whole_string_is_a_placeholder(
    text: str, kind: str, key: str, default: str | None, options: tuple[str, ...]
) -> None:
    found = parse(text)
    assert found is not None
    assert (found.kind, found.key, found.default, found.options) == (kind, key, default, options)


@pytest.mark.parametrize(
    "text",
    ["prefix_$random()", "$random() now", "$random", "random()", "$5 (off)", "", "$$text(a)"],
)
def test_everything_else_is_plain_text(text: str) -> None:
    assert parse(text) is None
    assert _fill({"1": node("X", a=text)})["1"]["inputs"]["a"] == text


@pytest.mark.parametrize(
    "text",
    [
        "$text()",
        "$text(a b)",
        "$text(a.png)",
        "$file(input.png)",
        "$file(a, b)",
        "$file()",
        "$choice(a, b)",
        "$choice(a, b, c, d, e, f)",
        '$choice(a, "b, c)',
        "$choice(a, b,)",
        "$choice(a, , b)",
        "$random(1)",
        "$timestamp(ms)",
        "$image(a)",
        "$text(" + "k" * 256 + ")",
    ],
)
def test_what_is_not_well_formed_is_refused_with_node_and_input(text: str) -> None:
    with pytest.raises(InvalidBody) as caught:
        placeholders({"12:5": node("X", deep={"list": [text]})})
    assert caught.value.context["node"] == "12:5"
    assert caught.value.context["input"] == "deep"
    assert caught.value.context["field"] == "12:5.deep"
    assert caught.value.context["expected"]


@given(keys, options)
def test_what_is_written_is_read_again(key: str, choices: list[str]) -> None:
    for one in (
        Placeholder("text", key, choices[0], (), "", ""),
        Placeholder("text", key, None, (), "", ""),
        Placeholder("choice", key, choices[0], tuple(choices), "", ""),
        Placeholder("file", key, None, (), "", ""),
    ):
        assert parse(write(one)) == one


def test_links_classes_and_titles_are_never_read() -> None:
    prompt = {
        "1": {
            "class_type": "$text(a)",
            "inputs": {"x": ["$text(b)", 0]},
            "_meta": {"title": "$text(c)"},
        }
    }
    assert placeholders(prompt) == []


def test_a_key_is_asked_for_once_and_its_default_holds_everywhere() -> None:
    prompt = {
        "1": node("X", a="$text(p)", b="$choice(p, x, y)"),
        "2": node("X", a="$text(p, fox)", b="$choice(p, x, y)", c="$random()"),
    }
    assert [(one.kind, one.key, one.default, one.node) for one in placeholders(prompt)] == [
        ("text", "p", "fox", "1"),
        ("choice", "p", "x", "1"),
        ("random", "", None, "2"),
    ]
    assert _fill(prompt)["1"]["inputs"] == {"a": "fox", "b": "x"}


@pytest.mark.parametrize("second", ["$file(k)", "$choice(c, x, z)"])
def test_one_key_cannot_mean_two_things(second: str) -> None:
    prompt = {"1": node("X", a="$text(k)", b="$choice(c, x, y)"), "2": node("X", a=second)}
    with pytest.raises(InvalidBody) as caught:
        placeholders(prompt)
    assert caught.value.context["node"] == "2"


def test_random_numbers_differ_and_the_time_is_one() -> None:
    prompt = {
        "1": node("X", a="$random()", b="$random()", c="$timestamp()", d="$timestamp()"),
        "2": node("X", a="$random()"),
    }
    inputs = _fill(prompt)["1"]["inputs"]
    numbers = {inputs["a"], inputs["b"], _fill(prompt)["2"]["inputs"]["a"]}
    assert len(numbers) == 3
    assert all(isinstance(one, int) and 0 <= one < 2**64 for one in numbers)
    assert inputs["c"] == inputs["d"] == str(NOW)


def test_what_is_generated_can_be_filled_first() -> None:
    prompt = {"1": node("KSampler", seed="$random()", text="$text(a)")}
    inputs = fill_generated(prompt, CATALOGUE, now=NOW, random=Random(1))["1"]["inputs"]
    assert isinstance(inputs["seed"], int)
    assert inputs["text"] == "$text(a)"


@given(st.integers(0, 2**32))
def test_random_numbers_stay_in_the_range_of_the_input(seed: int) -> None:
    prompt = {"1": node("Switches", seed="$random()")}
    made = to_prompt(prompt, {}, CATALOGUE, now=NOW, random=Random(seed)).prompt
    assert 0 <= made["1"]["inputs"]["seed"] <= 99


def test_values_get_the_type_the_runner_declares() -> None:
    prompt = {
        "1": node(
            "Switches",
            on="$text(on)",
            size="$choice(size, 4, 8)",
            seed="$text(seed)",
            either="$text(either)",
        ),
        "2": node("KSampler", cfg="$text(cfg)", scheduler="$text(s)"),
    }
    values = {"on": "false", "size": "8", "seed": "7.0", "either": "x", "cfg": "1e1", "s": "karras"}
    made = _fill(prompt, values, CATALOGUE)
    assert made["1"]["inputs"] == {"on": False, "size": 8, "seed": 7, "either": "x"}
    assert made["2"]["inputs"] == {"cfg": 10.0, "scheduler": "karras"}
    assert isinstance(made["1"]["inputs"]["seed"], int)


def test_without_a_catalogue_texts_stay_texts() -> None:
    assert _fill({"1": node("X", a="$text(n)")}, {"n": "20"})["1"]["inputs"] == {"a": "20"}


@pytest.mark.parametrize(
    ("spec", "value"),
    [
        (["INT"], "1.5"),
        (["INT"], "abc"),
        (["INT"], True),
        (["FLOAT"], "nan"),
        (["FLOAT"], "1_0"),
        (["BOOLEAN"], "yes"),
        (["BOOLEAN"], 2),
        (["STRING"], {"a": 1}),
        ("INT", "inf"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused(spec: Any, value: Any) -> None:
    with pytest.raises(InvalidBody) as caught:
        cast(value, spec, "6", "text")
    assert caught.value.context["node"] == "6"
    assert caught.value.context["input"] == "text"
    assert caught.value.context["expected"]


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        (["BOOLEAN"], "TRUE", True),
        (["BOOLEAN"], 0, False),
        (["INT"], " 12 ", 12),
        (["INT"], 3.0, 3),
        (["STRING"], 3, "3"),
        (["COMBO", {"options": [1, 2]}], "2", 2),
        ([["a", "b"]], "new.safetensors", "new.safetensors"),
        (["*"], [1], [1]),
        (["MODEL"], "x", "x"),
        ("FLOAT", "2.5", 2.5),
        (["INT,FLOAT"], "2.5", 2.5),
        (["BOOLEAN,INT"], "1", 1),
        (["COLOR"], "#fff", "#fff"),
        (["COMBO", {"options": ["1", "2"], "multiselect": True}], [1, "2"], ["1", "2"]),
    ],
)
def test_a_value_that_is_meant_is_taken(spec: Any, value: Any, expected: Any) -> None:
    found = cast(value, spec)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("text", "values", "field"),
    [("$text(p)", {}, "$p"), ("$file(f)", {}, "$f"), ("$choice(c, a, b)", {"c": "z"}, "#c")],
)
def test_a_missing_or_unknown_value_is_refused(text: str, values: Any, field: str) -> None:
    with pytest.raises(InvalidBody) as caught:
        _fill({"9": node("X", a=text)}, values)
    assert caught.value.context["field"] == field
    assert caught.value.context["node"] == "9"
    assert caught.value.context["input"] == "a"


def test_what_callers_type_is_never_read_as_a_placeholder() -> None:
    prompt = {"1": node("X", a="$text(p)"), **API}
    assert _fill({"1": prompt["1"]}, {"p": "$random()"})["1"]["inputs"]["a"] == "$random()"
    inputs = [{"name": "say", "type": "text", "target": {"node": "6", "input": "text"}}]
    made = to_prompt(API, {"say": "$file(x)"}, now=NOW, inputs=inputs).prompt
    assert made["6"]["inputs"]["text"] == "$file(x)"


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(InvalidBody) as caught:
        _fill({"1": node("X", a="$text(p)")}, {"p": "x", "promt": "y"})
    assert caught.value.context["field"] == "promt"
