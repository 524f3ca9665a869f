"""Text, template, join text and list."""

from __future__ import annotations

from typing import Any

import pytest

from .context import FakeContext, failure, run


async def test_a_text_is_passed_on_as_it_stands() -> None:
    answer = await run(FakeContext(), "textBox", text="  two\nlines {not} a $input.gap ")
    assert answer == {"text": "  two\nlines {not} a $input.gap "}
    assert await run(FakeContext(), "textBox") == {"text": ""}


async def _fill(text: str, **values: Any) -> str:
    context = FakeContext({"text": text})
    return (await run(context, "template", **values))["text"]


async def test_a_templates_gaps_are_filled_with_what_was_given() -> None:
    assert await _fill("A {animal} in {style}, a {animal}!", animal="cat", style="ink") == (
        "A cat in ink, a cat!"
    )


@pytest.mark.parametrize(
    "text", ["{{7*7}}", "{0.__init__}", "%(x)s", "{}", "{a b}", "{__class__.x}", "{a!r}"]
)
async def test_nothing_but_names_in_braces_is_a_gap(text: str) -> None:
    assert await _fill(text) == text.replace("{{", "{").replace("}}", "}")


async def test_a_filled_in_text_is_not_filled_again() -> None:
    assert await _fill("{a}{b}", a="{b}", b="x") == "{b}x"


async def test_doubled_braces_are_braces() -> None:
    assert await _fill("{{{name}}} {{name}}", name="x") == "{x} {name}"


async def test_a_gap_without_a_value_is_named() -> None:
    error = await failure(FakeContext({"text": "Hello {who}"}), "template")
    assert error.context["field"] == "who"


async def test_a_template_cannot_blow_up() -> None:
    error = await failure(FakeContext({"text": "{a}" * 20}), "template", a="x" * 60_000)
    assert error.context["field"] == "text"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({}, "a\nb"),
        ({"separator": ", "}, "a, b"),
        ({"separator": "\\t"}, "a\tb"),
        ({"separator": ""}, "ab"),
        ({"separator": "-", "skipEmpty": False}, "a- -b"),
    ],
)
async def test_texts_are_joined_in_order(values: dict, text: str) -> None:
    answer = await run(FakeContext(), "joinText", texts=["a", " ", "b"], **values)
    assert answer == {"text": text}


async def test_joining_too_much_is_refused() -> None:
    error = await failure(FakeContext(), "joinText", texts=["x" * 600_000] * 2)
    assert error.context["field"] == "texts"


async def test_a_list_keeps_its_order_and_leaves_out_what_is_excluded() -> None:
    answer = await run(FakeContext(), "list", items=["a", "b", "c", "d"], excluded=[1, 9])
    assert answer == {"items": ["a", "c", "d"]}
    assert await run(FakeContext(), "list") == {"items": []}


@pytest.mark.parametrize("excluded", [["1"], [True], {"0": True}, 3])
async def test_positions_have_to_be_whole_numbers(excluded: object) -> None:
    error = await failure(FakeContext(), "list", items=["a"], excluded=excluded)
    assert error.context["field"] == "excluded"


async def test_a_list_has_an_end() -> None:
    error = await failure(FakeContext(), "list", items=[0] * 1001)
    assert error.context["value"] == 1001
