"""Values and inputs: what converts, what is refused and in which words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.pure.strategies import values
from workflows.errors import NodeError
from workflows.graph.document import same
from workflows.graph.ports import TYPES, Input, fits
from workflows.graph.values import accept, accept_typed, as_problem, convert, is_media

PICTURE = {"asset": "6f", "url": "/media/6f", "content_type": "image/png"}
CLIP = {"asset": "7a", "url": "/media/7a", "content_type": "video/mp4"}


@pytest.mark.parametrize(
    ("value", "target", "converted"),
    [
        (3, "text", "3"),
        (3.0, "text", "3"),
        (0.1, "text", "0.1"),
        (1e22, "text", "1e+22"),
        (True, "text", "true"),
        ("#ff8800", "text", "#ff8800"),
        (" 42 ", "number", 42),
        ("-1.5e3", "number", -1500.0),
        (".5", "number", 0.5),
        (7, "number", 7),
        ("Yes", "boolean", True),
        ("0", "boolean", False),
        (False, "boolean", False),
        (" #F80 ", "color", "#F80"),
        ("#11223344", "color", "#11223344"),
        ({"a": [1]}, "json", {"a": [1]}),
        ([{"a": 1}], "table", [{"a": 1}]),
        (PICTURE, "image", PICTURE),
        (PICTURE, "mask", PICTURE),
        (PICTURE, "file", PICTURE),
        ("https://example.com/a.png", "image", "https://example.com/a.png"),
        ("/media/6f", "video", "/media/6f"),
        ({"url": "https://example.com/x"}, "audio", {"url": "https://example.com/x"}),
        (None, "number", None),
        ("x", "any", "x"),
        (5, "list<text>", ["5"]),
        ([1, "2"], "list<number>", [1, 2]),
    ],
)
def test_what_fits_is_converted(value: Any, target: str, converted: Any) -> None:
    assert same(convert(value, target, field="f"), converted)


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        ("four", "number", "a number"),
        ("1e999", "number", "a number"),
        ("0x10", "number", "a number"),
        ("\u0664", "number", "a number"),
        ("9" * 500, "number", "a number"),
        (True, "number", "a number"),
        (10**400, "number", "a number"),
        ([1], "number", "a number"),
        ("maybe", "boolean", "true or false"),
        (1, "boolean", "true or false"),
        ("red", "color", "a color"),
        (0xFF8800, "color", "a color"),
        ({"a": 1}, "text", "text"),
        (PICTURE, "text", "text"),
        ({"a": 1}, "table", "a table"),
        ([1], "table", "a table"),
        ("a cat", "image", "an image"),
        ("javascript:alert(1)", "image", "an image"),
        ("file:///etc/passwd", "file", "a file"),
        (CLIP, "image", "an image"),
        (PICTURE, "audio", "an audio file"),
        ({}, "image", "an image"),
        ({"url": ""}, "image", "an image"),
        (["x"], "list<number>", "a number"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(value: Any, target: str, expected: str) -> None:
    with pytest.raises(NodeError) as raised:
        convert(value, target, field="width")
    assert raised.value.context["field"] == "width"
    assert "value" in raised.value.context
    assert raised.value.context["expected"].startswith(expected)
    assert "width" in raised.value.message


def test_text_becomes_json_only_where_it_was_text() -> None:
    assert convert('{"a":1}', "json", field="f", source="text") == {"a": 1}
    assert convert('{"a":1}', "json", field="f", source="json") == '{"a":1}'
    with pytest.raises(NodeError, match="f is not JSON"):
        convert("{'a':1}", "json", field="f", source="text")
    with pytest.raises(NodeError, match="f is not JSON"):
        convert("[" * 500, "json", field="f", source="text")


def test_json_becomes_a_file_that_holds_it() -> None:
    url = convert({"a": "é#%"}, "file", field="f", source="json")
    assert url.startswith("data:application/json;base64,")
    assert convert(url, "file", field="f") == url


def test_a_picture_never_becomes_a_mask_by_itself() -> None:
    with pytest.raises(NodeError, match="a mask"):
        convert(PICTURE, "mask", field="f", source="image")
    assert fits("image", "mask") is None


@pytest.mark.parametrize(
    ("port", "value", "expected"),
    [
        (Input("w", "number", min=1, max=10), 11, "a number from 1 to 10"),
        (Input("w", "number", min=1, unit="px"), "0", "at least 1 px"),
        (Input("w", "number", max=1.5), 2, "at most 1.5"),
        (Input("w", "list<number>", max=5), [1, 6], "at most 5"),
        (Input("m", "text", options=("fit", "fill")), "stretch", "one of fit, fill"),
        (Input("m", "number", many=True, max=3), [1, 9], "at most 3"),
    ],
)
def test_a_value_outside_the_limits_of_an_input_is_an_error(
    port: Input, value: Any, expected: str
) -> None:
    with pytest.raises(NodeError) as caught:
        accept_typed(port, value)
    problem = as_problem(caught.value, "n1")
    assert (problem.code, problem.node_id, problem.field) == ("INVALID_VALUE", "n1", port.name)
    assert problem.expected == expected


def test_limits_hold_at_the_limit() -> None:
    port = Input("w", "number", min=1, max=10)
    assert [accept(port, value) for value in (1, "10", 10.0)] == [1, 10, 10.0]
    assert accept_typed(Input("m", "text", options=("fit",)), "fit") == "fit"


def test_nothing_given_is_none_and_empty_text_is_kept_where_it_may_be_empty() -> None:
    assert accept_typed(Input("w", "number"), "") is None
    assert accept_typed(Input("i", "image"), "") is None
    assert accept_typed(Input("t", "text"), "") == ""
    assert accept_typed(Input("t", "text", required=True), "") is None
    assert accept_typed(Input("t", "text", many=True), "a") == ["a"]


@given(values, st.sampled_from(list(TYPES)))
def test_a_converted_value_converts_to_itself_and_nothing_else_is_raised(
    value: Any, target: str
) -> None:
    try:
        converted = convert(value, target, field="f")
    except NodeError as error:
        assert error.context["expected"]
        return
    assert same(convert(converted, target, field="f", source=target), converted)
    if target in ("image", "mask", "video", "audio", "file") and converted is not None:
        assert isinstance(converted, str) or is_media(converted)
